"""Random roles: what the audit and the policy core say is what the account does, call by call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.iam import Verdict
from tests.journeys import comparison
from tests.journeys.random_roles import random_roles

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

DECIDED = {Verdict.GRANTED, Verdict.PARTIAL, Verdict.MISSING, Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY}


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 40), *(pytest.param(seed, 300, marks=pytest.mark.long) for seed in (2, 3, 4))]
)
def test_the_account_does_what_the_audit_says_of_random_roles(sandbox: Sandbox, seed: int, count: int) -> None:
    verdicts: Counter[Verdict] = Counter()
    calls: Counter[bool | None] = Counter()
    wrong, unnameable = [], 0
    roles = random_roles(seed, count)
    for in_force in comparison.in_force(sandbox, roles):
        for case in roles:
            subject = in_force.subject(case)
            verdicts.update(asked.coverage.verdict for asked in subject.asked)
            found = comparison.compare(subject, in_force.caller)
            calls.update(found.calls)
            unnameable += len(found.unnameable)
            wrong += [f"{text}\n{case.policies}\nboundary {case.boundary}" for text in found.disagreements]
    assert not wrong, "\n\n".join(wrong)
    assert set(verdicts) <= DECIDED, "every key of the conditions is known, so nothing is left open"
    assert verdicts[Verdict.GRANTED] < 0.9 * verdicts.total(), "the roles are hardly changed"
    assert calls[True] > 5 * count
    assert calls[False] > 2 * count
    # The shortest example of "some model" has no name, and nothing can be called so.
    assert unnameable <= 0.02 * calls.total()
