"""The kinds of role that the audit knows, by their ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import invocation_logging, permissions
from .agent_elsewhere import AGENT_ELSEWHERE
from .agentcore_gateway import AGENTCORE_GATEWAY
from .agentcore_memory import AGENTCORE_MEMORY
from .agentcore_runtime import AGENTCORE_RUNTIME
from .evaluation import EVALUATION
from .role_kind import RoleKind

if TYPE_CHECKING:
    from .grant import Grant

INVOCATION_LOGGING: Final = RoleKind(
    id="invocation-logging",
    title="Model invocation logging role",
    service=invocation_logging.SERVICE_PRINCIPAL,
    trust=invocation_logging.LOGGING_ROLE_TRUST,
    source_arns=("arn:${Partition}:bedrock:*:${Account}:*",),
    # The guide has the condition, …:*, and not the ARN that is sent; logging is a setting of the account and the Region
    # as a whole, and has no resource.
    stand_in="arn:${Partition}:bedrock:*:${Account}:logging-of-the-account",
    grants=invocation_logging.LOGGING_ROLE_GRANTS,
    hints=(f"arn:*:logs:*:*:log-group:*:log-stream:{invocation_logging.LOG_STREAM_NAME}",),
    parameters=(("LogGroupName", "the log group of the invocation records"),),
)

_READER_PARAMETERS = (
    ("LogGroupName", "the log group of the invocation records"),
    ("BucketName", "the payload bucket"),
    ("RecordName", "the SSM parameter in which the owner of the setting is recorded"),
    ("ModelId", "the model that the canary calls"),
)


def _optional(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    return tuple(replace(grant, optional=True) for grant in grants)


OBSERVABILITY_READER: Final = RoleKind(
    id="observability-reader",
    title="Role of people and pipelines that run plan, check and audit",
    service="",
    trust=None,
    source_arns=(),
    grants=(
        *permissions.READER_GRANTS,
        *_optional((*permissions.CANARY_GRANTS, permissions.READ_ALL_ROLES_GRANT)),
    ),
    required_hint=True,
    parameters=_READER_PARAMETERS,
)

DEPLOYER: Final = RoleKind(
    id="deployer",
    title="Role of people and pipelines that deploy",
    service="",
    trust=None,
    source_arns=(),
    grants=(
        *permissions.DEPLOYER_GRANTS,
        *permissions.PLAN_GRANTS,
        *_optional(tuple(grant for grant in permissions.READER_GRANTS if grant not in permissions.PLAN_GRANTS)),
        *_optional(permissions.CANARY_GRANTS),
    ),
    required_hint=True,
    parameters=(*_READER_PARAMETERS, ("Qualifier", "the qualifier of the CDK bootstrap, hnb659fds by default")),
)

_KINDS: Final = (
    INVOCATION_LOGGING,
    AGENTCORE_RUNTIME,
    AGENTCORE_MEMORY,
    AGENTCORE_GATEWAY,
    EVALUATION,
    AGENT_ELSEWHERE,
    OBSERVABILITY_READER,
    DEPLOYER,
)

ROLE_KINDS: Final[dict[str, RoleKind]] = {kind.id: kind for kind in _KINDS}
"""Every kind, in the order in which they are listed for people."""
