"""A plan as JSON, for programs. The shape is a contract: a member that goes or changes raises the version."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .plan import PlanReport

SCHEMA: Final = {"name": "bedrock-o11y/plan", "version": 1}


def plan_json(report: PlanReport) -> str:
    """A plan as JSON text.

    Args:
        report: the result.

    Returns:
        An object with ``schema``, ``account``, ``region``, ``target``, ``stacks``, ``settings`` (``setting``,
        ``title``, ``live``, ``owner``, ``policy``, ``outcome``, ``bearing``, ``message``), ``collisions`` (``kind``,
        ``name``, ``bearing``, ``message``), ``slots`` and ``trace_slots`` (``used``, ``limit``, ``needed``) and
        ``cost`` (``currency``, ``monthly``, ``fixed``, ``usage``, ``region``, ``as_of``).
    """
    document = asdict(report)
    document["cost"] = {"currency": "USD", "monthly": report.cost.monthly, **document["cost"]}
    return json.dumps({"schema": SCHEMA, **document}, indent=2, ensure_ascii=False)
