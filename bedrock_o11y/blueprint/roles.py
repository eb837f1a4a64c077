"""The kinds of role that the audit knows, by their ids."""

from __future__ import annotations

from typing import Final

from . import invocation_logging
from .agentcore_runtime import AGENTCORE_RUNTIME
from .role_kind import RoleKind

INVOCATION_LOGGING: Final = RoleKind(
    id="invocation-logging",
    title="Model invocation logging role",
    service=invocation_logging.SERVICE_PRINCIPAL,
    trust=invocation_logging.LOGGING_ROLE_TRUST,
    source_arns=("arn:${Partition}:bedrock:*:${Account}:*",),
    grants=invocation_logging.LOGGING_ROLE_GRANTS,
    hints=(f"arn:*:logs:*:*:log-group:*:log-stream:{invocation_logging.LOG_STREAM_NAME}",),
    parameters=(("LogGroupName", "the log group of the invocation records"),),
)

_KINDS: Final = (INVOCATION_LOGGING, AGENTCORE_RUNTIME)

ROLE_KINDS: Final[dict[str, RoleKind]] = {kind.id: kind for kind in _KINDS}
"""Every kind, in the order in which they are listed for people."""
