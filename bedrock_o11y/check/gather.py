"""Looks at the facts, several at a time: a check waits for the slowest answer, not for the sum of them."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bedrock_o11y.aws import in_background

from .evidence import Evidence
from .facts import FACTS, closure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedrock_o11y.aws import Account, Reading


def gather(account: Account, names: Iterable[str]) -> Evidence:
    """Looks at facts, and at those that they need first.

    Args:
        account: where to look.
        names: facts of :data:`bedrock_o11y.check.facts.FACTS`.

    Returns:
        The evidence. A fact that could not be read is unreadable, with its reason.

    Raises:
        CouldNotRunError: no usable credentials, or AWS is out of reach.
    """
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    waiting = set(closure(names))
    asked = in_background(account.identity)
    running: dict[Future[Reading], str] = {}
    seen = Evidence("", account.region, "", "", started)
    while waiting or running:
        for name in sorted(waiting):
            if all(earlier in seen.facts for earlier in FACTS[name].after):
                running[in_background(partial(FACTS[name].read, account, seen))] = name
                waiting.discard(name)
        unfinished: list[Future[Any]] = [*running, *(() if asked.done() else (asked,))]
        wait(unfinished, return_when=FIRST_COMPLETED)
        if asked.done():
            asked.result()  # nobody waits for the others when the caller is unknown or AWS is out of reach
        seen = seen.with_facts({running.pop(each): each.result() for each in tuple(running) if each.done()})
    identity = asked.result()
    return Evidence(identity.account, account.region, identity.partition, identity.arn, started, seen.facts)
