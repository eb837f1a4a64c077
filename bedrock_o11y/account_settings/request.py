"""A custom resource request of CloudFormation, read into an event.

Properties travel as one JSON text, `ResourceProperties.Request`, because CloudFormation turns numbers and booleans of a
custom resource into text.

Source: CloudFormation user guide, "Custom resource request objects".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from .action import Event, Kind, Mode
from .plan_of_values import Later
from .policy import Policy
from .record import Owner
from .registry import FAMILIES, SETTINGS, Registration, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .live import Value


class BadRequestError(ValueError):
    """A request does not say what the handler needs to know."""


def physical_resource_id(setting: str, logical_id: str) -> str:
    """Identify a resource, the same for all its life and before CloudFormation knows it.

    It is derived from the logical id and never made up, because a create that never answered is deleted under an id
    that CloudFormation makes up itself.
    """
    return f"bedrock-o11y:{setting}:{logical_id}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A request that has been read.

    Attributes:
        event: what is asked for.
        policy: what to do with a value that somebody else has set.
        registration: the setting it is about.
        later: values that are due when the stack is older.
    """

    event: Event
    policy: Policy
    registration: Registration
    later: tuple[Later, ...] = ()


def parse(request: dict[str, Any]) -> Parsed:
    """Read a request.

    Args:
        request: what CloudFormation sent.

    Returns:
        What it says. A delete is read leniently: it needs the name of the setting and nothing else.

    Raises:
        BadRequestError: a member is missing, unknown or of the wrong type; the message names it.
    """
    kind = request.get("RequestType")
    if kind not in get_args(Kind):
        raise BadRequestError(f"RequestType is {kind!r}, expected one of {', '.join(get_args(Kind))}")
    document = request.get("ResourceProperties", {}).get("Request")
    if kind != "Step" or isinstance(document, str):  # a timer hands over the object itself
        try:
            document = json.loads(document)
        except (TypeError, ValueError) as error:
            raise BadRequestError(f"the property Request is not JSON text ({error})") from None
    if not isinstance(document, dict):
        raise BadRequestError("the property Request is not a JSON object")
    instance = document.get("instance")
    registration = find(str(document.get("setting")), str(instance) if instance else None)
    if registration is None:
        known = ", ".join([*SETTINGS, *(f"{family} with its instance" for family in FAMILIES)])
        raise BadRequestError(f"setting is {document.get('setting')!r}, instance {instance!r}; expected one of {known}")
    rules = registration.rules
    mode = document.get("mode")
    owner = Owner(str(request["StackId"]), physical_resource_id(rules.name, str(request["LogicalResourceId"])))
    request_id = str(request["RequestId"])
    if kind == "Delete":
        known_mode = cast("Mode", mode) if mode in get_args(Mode) else "manage"
        event = Event("Delete", rules, owner, None, request_id, mode=known_mode)
        return Parsed(event, Policy.REFUSE, registration)
    if mode not in get_args(Mode):
        raise BadRequestError(f"mode is {mode!r}, expected manage or guard")
    policy = document.get("policy")
    if policy not in rules.policies:
        raise BadRequestError(f"policy is {policy!r}, expected one of {', '.join(rules.policies)}")
    desired = _object(document, "desired")
    later = tuple(_later(document, "later"))
    for value in (desired, *(step.desired for step in later)):
        compared = {name: member for name, member in (value or {}).items() if name not in rules.along}
        unmanaged = _unmanaged(compared, rules.normalise(compared)) if compared else None
        if unmanaged:
            raise BadRequestError(
                f"desired has the member {unmanaged}, which is not one of {rules.title} that is managed"
            )
    owner_stack = document.get("ownerStack")
    if mode == "manage" and desired is None:
        raise BadRequestError("desired is missing; only a guard may do without")
    if mode == "guard" and not isinstance(owner_stack, str):
        raise BadRequestError(f"ownerStack is {owner_stack!r}, expected the name of the stack that manages the setting")
    event = Event(
        kind=cast("Kind", kind),
        rules=rules,
        owner=owner,
        desired=desired,
        request_id=request_id,
        expects=_object(document, "expects"),
        mode=cast("Mode", mode),
        owner_stack=owner_stack,
    )
    return Parsed(event, Policy(policy), registration, later)


def _later(document: Value, name: str) -> Iterator[Later]:
    steps = document.get(name) or []
    if not isinstance(steps, list):
        raise BadRequestError(f"{name} is a {type(steps).__name__}, expected a list")
    for step in steps:
        days = step.get("afterDays") if isinstance(step, dict) else None
        desired = step.get("desired") if isinstance(step, dict) else None
        if not isinstance(days, int) or isinstance(days, bool) or days < 1 or not isinstance(desired, dict):
            raise BadRequestError(f"{name} has {step!r}, expected afterDays, a number of days, and desired, an object")
        yield Later(days, desired)


def _object(document: Value, name: str) -> Value | None:
    member = document.get(name)
    if member is not None and not isinstance(member, dict):
        raise BadRequestError(f"{name} is a {type(member).__name__}, expected an object")
    return member


def _unmanaged(value: Value, normalised: Value, prefix: str = "") -> str | None:
    """The first member that would silently not be set, as a path; None when there is none."""
    for name, member in value.items():
        if member in (None, "", {}):
            continue
        if name not in normalised:
            return prefix + name
        if isinstance(member, dict):
            below = _unmanaged(member, normalised[name], f"{prefix}{name}.")
            if below:
                return below
    return None
