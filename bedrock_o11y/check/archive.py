"""Saves evidence to a file and reads it back: ``--record`` and ``--replay``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import Reading, Status
from bedrock_o11y.errors import UsageError
from bedrock_o11y.report.output import write_whole

from .evidence import Evidence
from .ladder import judge

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: Final = {"name": "bedrock-o11y/check-evidence", "version": 1}


def save(evidence: Evidence, path: Path) -> None:
    """Writes evidence to a file.

    Args:
        evidence: what was seen; it holds a prompt or an answer only if bodies were asked for.
        path: the file.

    Raises:
        UsageError: the folder does not exist.
        CouldNotRunError: the file cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "account": evidence.account,
        "region": evidence.region,
        "partition": evidence.partition,
        "caller": evidence.caller,
        "time": evidence.time,
        "facts": {name: _reading(reading) for name, reading in sorted(evidence.facts.items())},
    }
    write_whole(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def load(path: Path) -> Evidence:
    """Reads evidence from a file that :func:`save` wrote.

    Raises:
        UsageError: the file is missing, unreadable, or something else.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"cannot read {path}: it is not JSON ({error}); give a file written by --record") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise UsageError(
            f"cannot replay {path}: its schema is {json.dumps(schema)}, expected {json.dumps(SCHEMA)}; "
            "give a file written by 'bedrock-o11y check --record' of this version"
        )
    try:
        evidence = Evidence(
            account=str(document["account"]),
            region=str(document["region"]),
            partition=str(document["partition"]),
            caller=str(document["caller"]),
            time=str(document["time"]),
            facts={str(name): _parsed(reading) for name, reading in document["facts"].items()},
        )
        judge(evidence)  # facts of the wrong shape show here, not halfway through a report
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(f"cannot replay {path}: it is damaged ({type(error).__name__}: {error})") from error
    return evidence


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "status": reading.status.value,
        "value": reading.value,
        "action": reading.action,
        "reason": reading.reason,
        "seconds": reading.seconds,
    }


def _parsed(document: Any) -> Reading:
    return Reading(
        Status(document["status"]),
        document["value"],
        document["action"],
        document["reason"],
        float(document["seconds"]),
    )
