"""A check as JSON, for programs. The shape is a contract: a change raises the version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from .ladder import State

if TYPE_CHECKING:
    from .ladder import LadderReport

SCHEMA: Final = {"name": "bedrock-o11y/check", "version": 1}


def ladder_json(report: LadderReport) -> str:
    """A check as JSON text.

    Args:
        report: the result.

    Returns:
        An object with ``schema``, ``account``, ``region``, ``time``, ``basis``, ``summary`` (rungs by state) and
        ``rungs``, each with ``id``, ``title``, ``state``, ``blocked_by``, ``evidence``, ``next`` and ``seconds``.
    """
    return json.dumps(
        {
            "schema": SCHEMA,
            "account": report.account,
            "region": report.region,
            "time": report.time,
            "basis": report.basis,
            "summary": {state.value: report.count(state) for state in State},
            "rungs": [
                {
                    "id": rung.id,
                    "title": rung.title,
                    "state": rung.state.value,
                    "blocked_by": rung.blocked_by,
                    "evidence": list(rung.evidence),
                    "next": rung.next,
                    "seconds": round(rung.seconds, 3),
                }
                for rung in report.rungs
            ],
        },
        indent=2,
        ensure_ascii=False,
    )
