"""``AWS::Logs::LogStream`` that exists already and is imported by a change set, with the events in it.

Sources: CloudFormation resource schema of AWS::Logs::LogStream (the log group and the name identify it; it can be read,
and so imported); CloudFormation user guide, importing existing resources with a change set. MiniStack imports the log
group and not its streams, and then fails because a stream exists.
"""

from __future__ import annotations

import json
from typing import Any

from . import service_seams as seams

TYPE = "AWS::Logs::LogStream"
IDENTIFIER = ("LogGroupName", "LogStreamName")


def problem(group: str, stream: str) -> str | None:
    """Why a log stream cannot be imported.

    Args:
        group: name of the log group.
        stream: name of the log stream.

    Returns:
        a sentence; None when it exists.
    """
    if stream in seams.get("logs.groups").get(group, {}).get("streams", {}):
        return None
    named = {f"/properties/{key}": value for key, value in zip(IDENTIFIER, (group, stream), strict=True)}
    return f"Resource of type '{TYPE}' with identifier '{json.dumps(named, separators=(',', ':'))}' was not found."


def imported(identifier: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Take a log stream over as it is.

    Args:
        identifier: log group and log stream.

    Returns:
        its physical id and its attributes.
    """
    return identifier["LogStreamName"], {}


def install() -> None:
    """Let change sets find log streams, and import them."""
    seams.get("cfn.import_lookups")[TYPE] = (IDENTIFIER, problem)
    handlers = seams.get("cfn.handlers")
    handlers[TYPE] = {**handlers[TYPE], "import": imported}
