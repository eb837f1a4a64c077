"""What can be chosen about the emulated services where AWS is slow, or where its documentation can be read two ways.

Settings stand in ``services.json`` in the state folder of the sandbox and are read at each use, so that a test or a
rehearsal can change them while the server runs. Without the file every setting has its default.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path

FILE_NAME = "services.json"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The choices.

    Attributes:
        iam_propagation_seconds: a role younger than this is refused by PutModelInvocationLoggingConfiguration, as IAM's
            eventual consistency does for real.
        delivery_seconds: time between the end of a model call and the delivery of its record.
        delivery_metric_dimension: ``none``, or ``model-id`` for the dimension ModelId = "Across all model IDs". The
            user guide lists the delivery metrics "across all model IDs"; some read that as a metric without
            dimensions, some as the value of the dimension. Nobody outside AWS knows.
        converse_stream_body: ``events`` for a list of the stream's events, ``assembled`` for the shape of Converse.
            Records of both kinds have been seen in accounts.
        log_delivery_change_seconds: how long a change of a log delivery has its source and destination in hand; in AWS
            about a second.
        trace_destination_seconds: time until a changed destination of trace segments is in force; in AWS about ten
            minutes.
        agentcore_change_seconds: how long a runtime, endpoint, memory or gateway of AgentCore is being created, updated
            or deleted; in AWS up to some minutes.
        spans_without_own_group: where the spans of a new agent go whose role may not put the policy of its own log
            group: ``shared`` for ``aws/spans``, ``nowhere``. No page says which.
    """

    iam_propagation_seconds: float = 0.0
    delivery_seconds: float = 0.0
    delivery_metric_dimension: str = "none"
    converse_stream_body: str = "events"
    log_delivery_change_seconds: float = 0.1
    trace_destination_seconds: float = 2.0
    agentcore_change_seconds: float = 0.2
    spans_without_own_group: str = "shared"


def current() -> ServiceSettings:
    """The settings as they are now.

    Returns:
        defaults, changed by what the file says; an unreadable file changes nothing.
    """
    # serving.py points STATE_DIR at a folder inside the state folder.
    state = os.environ.get("STATE_DIR")
    if not state:
        return ServiceSettings()
    try:
        values = json.loads((Path(state).parent / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ServiceSettings()
    known = {field.name for field in fields(ServiceSettings)}
    return ServiceSettings(**{name: value for name, value in values.items() if name in known})
