"""Looks at the facts, several at a time: a check waits for the slowest answer, not for the sum of them."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from .evidence import Evidence
from .facts import FACTS, closure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedrock_o11y.aws import Account, Reading

_AT_ONCE: Final = 8


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
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="look")
    try:
        asked = pool.submit(account.identity)
        running: dict[Future[Reading], str] = {}
        seen = Evidence("", account.region, "", "", started)
        while waiting or running:
            for name in sorted(waiting):
                if all(earlier in seen.facts for earlier in FACTS[name].after):
                    running[pool.submit(FACTS[name].read, account, seen)] = name
                    waiting.discard(name)
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            # A thread that fails with bad credentials fails as all the others do; the first one speaks.
            seen = seen.with_facts({running.pop(each): each.result() for each in finished})
        identity = asked.result()
        return Evidence(identity.account, account.region, identity.partition, identity.arn, started, seen.facts)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
