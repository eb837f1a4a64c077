"""A variable whose name is almost one that means something: it means nothing, and nobody complains."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.otel import sources
from bedrock_o11y.otel.finding import Finding
from bedrock_o11y.otel.specification import OF_A_LANGUAGE, PYTHON, SPECIFIED
from bedrock_o11y.otel.variables import BY_NAME, OTHER_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.otel.reading import Environment
    from bedrock_o11y.otel.subject import Subject

RULE: Final = "misspelt-variable"
_TOO_COMMON: Final = frozenset({"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"})
"""Many names of other programs are close to these."""
KNOWN: Final = frozenset({*BY_NAME, *SPECIFIED, *PYTHON, *OTHER_NAMES})
"""Every name that means something."""

_MEANT: Final = sorted(KNOWN - _TOO_COMMON)
_CLOSE: Final = 0.88
_OURS: Final = sorted(BY_NAME.keys() - _TOO_COMMON)
"""What a language's own name is compared with: of its relatives there are real ones that no list holds."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yields a finding for each name that looks like another one."""
    for name, meant in misspelt(subject.environment).items():
        environment = subject.environment
        both = f"{meant} itself is {'set too' if environment.is_set(meant) else 'not set'}."
        yield Finding(
            rule=RULE,
            severity=Severity.HIGH if meant in BY_NAME or meant.endswith("_HEADERS") else Severity.MEDIUM,
            variable=name,
            message=f"{name} means nothing; {meant} was probably meant.",
            evidence=(f"{environment.place(name)}: {name} is set.", both),
            next=f"Rename it to {meant}." if not environment.is_set(meant) else f"Remove it, or rename it to {meant}.",
            sources=BY_NAME[meant].sources if meant in BY_NAME else (sources.SDK_VARIABLES,),
        )


def misspelt(environment: Environment) -> dict[str, str]:
    """Names that mean nothing, each with the one that was probably meant.

    A name that is unlike every known one is left alone: it may be real, as there are more than any list holds.
    """
    found = {}
    for name in environment.values:
        if name in KNOWN:
            continue
        of_a_language = name.upper().startswith(OF_A_LANGUAGE)
        if name.upper() in KNOWN:
            found[name] = name.upper()
        elif close := difflib.get_close_matches(name.upper(), _OURS if of_a_language else _MEANT, n=1, cutoff=_CLOSE):
            found[name] = close[0]
    return found
