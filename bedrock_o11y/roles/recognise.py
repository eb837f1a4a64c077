"""Which kind of role a role is: by who may assume it, on whose behalf, and by what it touches.

Roles that share a service principal are told apart by ``aws:SourceArn`` first. Resources in a role's own policies say
less: an agent that reads a memory or calls a gateway names those too, and is still a runtime.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import agent_elsewhere, agentcore, invocation_logging
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import Effect, readable
from bedrock_o11y.iam.patterns import matches

from .deeds import allowed_actions, allows, does_only, touches, touching, unknown_policy
from .expressions import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedrock_o11y.iam import Statement

    from .role import Role

_LOGGING: Final = "invocation-logging"
_RUNTIME: Final = "agentcore-runtime"
_MEMORY: Final = "agentcore-memory"
_GATEWAY: Final = "agentcore-gateway"
_EVALUATION: Final = "evaluation"
_ELSEWHERE: Final = "agent-elsewhere"

_BY_SOURCE_ARN: Final = (_RUNTIME, _EVALUATION, _GATEWAY, _MEMORY)
"""The kinds of AgentCore, in the order in which they are preferred for a role that serves several."""

_BY_DEEDS: Final = ((_MEMORY, "call models, as a memory does"), (_GATEWAY, "what a gateway does"))
"""The kinds that are told by what a role does, when nothing else tells; a runtime writes logs."""

_WRITES_LOGS: Final = invocation_logging.LOGGING_ROLE_GRANTS[0].actions
_CALLS_TARGETS: Final = ("lambda:InvokeFunction", "execute-api:Invoke")
_HOSTS: Final = {service: each.variant for each in agent_elsewhere.TRUSTS for service in each.trust.principals}
"""The services on which an agent runs elsewhere, each with its variant."""
_WRITES_EVENTS: Final = ("logs:PutLogEvents",)
_TRACES: Final = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")

_ALMOST_AGENTCORE: Final = "bedrock-agentcore."
"""How a service principal begins that means AgentCore and is misspelt, or has a Region in it."""

_SERVICES_OF_BEDROCK: Final = "bedrock"
"""How the services begin that are taken for AgentCore by mistake."""

_OF_LOGGING: Final = "logs:*"
_WRITES_OBJECTS: Final = "s3:putobject"
"""What a role may need for logging to a bucket, and for the results of a batch job as well."""

_ARN_COLONS: Final = 5

_VARIANTS: Final = {
    _RUNTIME: ("container", "direct-code", "ECR images"),
    _GATEWAY: ("policy-engine", "plain", "a policy engine"),
}
"""The variant that touches something and the one that does not, and what that is."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a role was recognised as.

    Attributes:
        kind: id of the kind; empty for a role that is none of ours.
        variant: of the kind; empty for a kind without variants.
        why: what spoke for it, a sentence.
        undecided: it may be one of ours, but what would tell is not known; it is not counted as somebody else's.
    """

    kind: str
    variant: str
    why: str
    undecided: bool = False


def recognise(role: Role, kind: str = "") -> Recognition:
    """Recognises a role.

    Args:
        role: the role.
        kind: the id of its kind when that is given: then only the variant is to be found.
    """
    if kind:
        variant, why = _variant(role, kind)
        return Recognition(kind, variant, why)
    if role.trust is None:
        return Recognition("", "", "The file does not say who may assume it; name its kind with --as.", undecided=True)
    if role.trust.unknown:
        why = f"Who may assume it is not known: {role.trust.unknown}."
        return Recognition("", "", why, undecided=True)
    services, open_to_all, unknown = _principals(role.trust.statements)
    if agentcore.SERVICE_PRINCIPAL in services:
        return _agentcore(role)
    if services and (meant := _meant_for_agentcore(role, services)):
        return meant
    if invocation_logging.SERVICE_PRINCIPAL in services:
        return _logging(role, alone=len(services) == 1 and not open_to_all)
    if open_to_all and (hinted := _hinted(role)):
        variant, about_variant = _variant(role, hinted)
        why = f"Anybody may assume it, and it touches what a role of kind {hinted} touches. {about_variant}"
        return Recognition(hinted, variant, why.strip())
    if hosted := _hosted_elsewhere(role, services):
        return hosted
    if unknown:
        return Recognition("", "", f"Who may assume it is not known: {unknown}.", undecided=True)
    return Recognition("", "", "No service that is observed here may assume it.")


def _hosted_elsewhere(role: Role, services: Iterable[str]) -> Recognition | None:
    """What a role is that a service or somebody assumes to run an agent; None when nothing tells of an agent.

    Somebody who writes into the log group of an agent and makes no spans may be anybody: a person, a forwarder of logs.
    """
    written = [resource for statement in touching(role, _WRITES_EVENTS) for resource in statement.resources]
    found = next((one for one in written for hint in _log_groups(_ELSEWHERE) if _hinted_at(hint, one)), "")
    host = next((_HOSTS[service] for service in sorted(services) if service in _HOSTS), agent_elsewhere.ELSEWHERE)
    if not found or (host == agent_elsewhere.ELSEWHERE and (services or not touches(role, _TRACES))):
        return None
    trust = agent_elsewhere.trust_of(host)
    who = trust.principals[0] if trust else "Somebody who is no service"
    return Recognition(_ELSEWHERE, host, f"{who} may assume it, and it writes to {readable(found)}: variant {host}.")


def _principals(statements: Iterable[Statement]) -> tuple[set[str], bool, str]:
    """The services that may assume a role, whether anybody may, and a principal that is not known."""
    services: set[str] = set()
    open_to_all, unknown = False, ""
    for statement in statements:
        if statement.effect is Effect.DENY:
            continue
        if statement.effect is Effect.UNKNOWN and statement.principals is None:
            unknown = readable(statement.actions[0]) if statement.actions else "a statement"
        for principal in statement.principals or ():
            if is_unknown(principal.value) and principal.kind not in ("AWS", "Federated", "CanonicalUser"):
                unknown = readable(principal.value)
            elif principal.kind == "Service":
                services.add(principal.value.lower())
            elif principal.value == "*":
                open_to_all = True
    return services, open_to_all, unknown


def _meant_for_agentcore(role: Role, services: Iterable[str]) -> Recognition | None:
    """What a role is that AgentCore may not assume and that was written for it all the same; None when it was not."""
    named = ", ".join(sorted(services))
    kept_out = f"{named} may assume it, and {agentcore.SERVICE_PRINCIPAL} may not"
    if any(service.startswith(_ALMOST_AGENTCORE) for service in services):
        as_agentcore = _agentcore(role)
        why = as_agentcore.why.replace(f"{agentcore.SERVICE_PRINCIPAL} may assume it", kept_out, 1)
        return replace(as_agentcore, why=f"{why} The name of the service is {agentcore.SERVICE_PRINCIPAL}.")
    if not any(service.startswith(_SERVICES_OF_BEDROCK) for service in services):
        # An agent outside of the runtime, in a container say, may write to a log group of that name as well.
        return None
    written = [resource for statement in touching(role, _WRITES_LOGS) for resource in statement.resources]
    for kind in (_RUNTIME, _EVALUATION):
        if found := next((one for one in written for hint in _log_groups(kind) if matches(hint, one)), ""):
            return _as(role, kind, f"It writes to {readable(found)}, as a role of this kind does; {kept_out}.")
    return None


def _logging(role: Role, *, alone: bool) -> Recognition:
    """What a role is that Bedrock may assume, ``alone`` or among others."""
    service = invocation_logging.SERVICE_PRINCIPAL
    arns = _source_arns(role)
    named = [arn for arn in arns if _names_a_resource(arn)]
    for_others = bool(named) and len(named) == len(arns)
    resources = [resource for statement in allows(role) for resource in statement.resources]
    own_stream = any(matches(hint, one) for hint in _log_groups(_LOGGING) for one in resources)
    if touches(role, _WRITES_LOGS) and (own_stream or not for_others):
        return Recognition(_LOGGING, "", f"{service} may assume it, and it writes log events.")
    if for_others:
        return Recognition("", "", f"{service} assumes it for {readable(named[0])}, which is not invocation logging.")
    if missing := unknown_policy(role):
        why = f"{service} may assume it; whether it writes log events is not known: {missing}."
        return Recognition("", "", why, undecided=True)
    others = dict.fromkeys(one for one in allowed_actions(role) if not matches(_OF_LOGGING, one.lower()))
    if alone and [one.lower() for one in others] == [_WRITES_OBJECTS]:
        why = f"{service} may assume it, and it only writes objects; name its kind with --as."
        return Recognition("", "", why, undecided=True)
    if others:
        why = f"{service} may assume it, and {next(iter(others))} is for an agent, a model or a knowledge base."
        return Recognition("", "", why)
    if not alone:
        return Recognition("", "", f"{service} may assume it, among others, and it writes no log events.")
    why = f"{service} alone may assume it, for no resource in particular, and nothing tells of another purpose."
    return Recognition(_LOGGING, "", why)


def _names_a_resource(arn: str) -> bool:
    """Whether a pattern of ARNs says more than the service, Region and account."""
    return not is_unknown(arn) and arn.count(":") >= _ARN_COLONS and arn.split(":", _ARN_COLONS)[-1] != "*"


def _agentcore(role: Role) -> Recognition:
    service = agentcore.SERVICE_PRINCIPAL
    arns = _source_arns(role)
    for kind in _BY_SOURCE_ARN:
        hints = [hint for hint in ROLE_KINDS[kind].hints if ":bedrock-agentcore:" in hint]
        if found := next((arn for arn in arns for hint in hints if _hinted_at(hint, arn)), ""):
            return _as(role, kind, f"{service} may assume it for {readable(found)}.")
    resources = [resource for statement in allows(role) for resource in statement.resources]
    runs_agents = any(matches(hint, one) for one in resources for hint in ROLE_KINDS[_RUNTIME].hints)
    runs_agents = runs_agents or touches(role, _actions_of_variant(_RUNTIME, "container")) is not None
    named = [arn for arn in arns if _names_a_resource(arn)]
    if named and len(named) == len(arns) and not runs_agents:
        why = f"{service} assumes it for {readable(named[0])}, which is no kind of role that is judged here."
        return Recognition("", "", why)
    if found := next((one for one in resources for hint in _log_groups(_EVALUATION) if _hinted_at(hint, one)), ""):
        return _as(role, _EVALUATION, f"{service} may assume it, and it touches {readable(found)}.")
    for kind, what in _BY_DEEDS:
        if does_only(role, kind):
            why = f"{service} may assume it, and it does nothing but {what}; name it with --as if it is a runtime."
            return _as(role, kind, why)
    if not runs_agents and touches(role, _CALLS_TARGETS) and not touches(role, _TRACES):
        why = f"{service} may assume it; it may be a gateway's or an agent's. Name its kind with --as."
        return Recognition("", "", why, undecided=True)
    return _as(role, _RUNTIME, f"{service} may assume it, and nothing tells of a memory, a gateway or an evaluation.")


def _as(role: Role, kind: str, why: str) -> Recognition:
    variant, about_variant = _variant(role, kind)
    return Recognition(kind, variant, f"{why} {about_variant}".strip())


def _hinted(role: Role) -> str:
    """The kind one of whose log groups a role touches; empty for none."""
    resources = [resource for statement in allows(role) for resource in statement.resources]
    for kind in ROLE_KINDS:
        if any(_hinted_at(hint, resource) for hint in _log_groups(kind) for resource in resources):
            return kind
    return ""


def _log_groups(kind: str) -> list[str]:
    """Patterns of the log groups by which a kind is told."""
    return [hint for hint in ROLE_KINDS[kind].hints if ":logs:" in hint]


def _variant(role: Role, kind: str) -> tuple[str, str]:
    """The variant of a role whose kind is known, and why."""
    if kind == _ELSEWHERE:
        services = _principals(role.trust.statements)[0] if role.trust else set()
        return next((_HOSTS[one] for one in sorted(services) if one in _HOSTS), agent_elsewhere.ELSEWHERE), ""
    if kind not in _VARIANTS:
        variants = ROLE_KINDS[kind].variants if kind in ROLE_KINDS else ()
        return (variants[0], "") if variants else ("", "")
    with_it, without, what = _VARIANTS[kind]
    if statement := touches(role, _actions_of_variant(kind, with_it)):
        return with_it, f"{statement.label} reaches {what}: variant {with_it}."
    why = f"No statement reaches {what}: variant {without}."
    if missing := unknown_policy(role):
        why = f"No statement that is known reaches {what}: variant {without} ({missing})."
    return without, why


@cache
def _actions_of_variant(kind: str, variant: str) -> tuple[str, ...]:
    """The actions that a variant needs and the others do not."""
    return tuple(
        action for grant in ROLE_KINDS[kind].grants if grant.variants == (variant,) for action in grant.actions
    )


def _source_arns(role: Role) -> list[str]:
    """The ARNs on whose behalf a role may be assumed, as its trust policy writes them."""
    return [
        value
        for statement in (role.trust.statements if role.trust else ())
        for condition in statement.conditions
        if condition.key.lower() == "aws:sourcearn"
        for value in condition.values
    ]


def _hinted_at(hint: str, text: str) -> bool:
    """Whether a text is what a hint means. Most texts of an account do not even have its longest piece."""
    return _longest(hint) in text and matches(hint, text)


@cache
def _longest(hint: str) -> str:
    return max(hint.split("*"), key=len)
