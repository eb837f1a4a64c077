"""CloudFormation, as far as a custom resource sees it.

It is played as documented: a failed create is deleted, a failed update is updated back, a changed logical id is a
create and then, in the clean-up, a delete that is tried three times and then forgotten; a create that never answered is
deleted under an id made up by CloudFormation. An operation is a generator: it gives requests, and is sent whether each
succeeded.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

CLEAN_UP_ATTEMPTS = 3


@dataclass(frozen=True)
class Properties:
    desired: dict[str, Any]
    policy: str
    serial: int = 0


@dataclass(frozen=True)
class Request:
    kind: str
    logical_id: str
    properties: Properties
    mode: str = "manage"


Operation = Generator[Request, bool, None]


@dataclass
class Stack:
    name: str
    setting: str
    asks_for: dict[str, Any]
    generation: int = 0
    exists: bool = False
    must_be_destroyed: bool = False
    guard: Properties | None = None
    logical_id: str | None = None
    properties: Properties | None = None
    never_answered: set[str] = field(default_factory=set)
    operation: Operation | None = None
    request: Request | None = None

    @property
    def stack_id(self) -> str:
        return f"arn:aws:cloudformation:us-east-1:123456789012:stack/{self.name}/{self.generation}"


def event(stack: Stack, request: Request, request_id: str) -> dict[str, Any]:
    """The request as the Lambda function gets it."""
    document = {
        **stack.asks_for,
        "mode": request.mode,
        "policy": request.properties.policy,
        "desired": request.properties.desired,
        "ownerStack": stack.name,
        "expects": {"serial": request.properties.serial},
    }
    event: dict[str, Any] = {
        "RequestType": request.kind,
        "RequestId": request_id,
        "StackId": stack.stack_id,
        "LogicalResourceId": request.logical_id,
        "ResourceProperties": {"Request": json.dumps(document)},
    }
    if request.kind != "Create":
        known = f"bedrock-o11y:{stack.setting}:{request.logical_id}"
        event["PhysicalResourceId"] = "made-up" if request.logical_id in stack.never_answered else known
    return event


def deploy(
    status: dict[str, str], stack: Stack, logical_id: str, properties: Properties, *, fails_later: bool
) -> Generator[Request, bool, bool]:
    """Deploy a stack with a guard and a setting; gives whether it was rolled back."""
    fresh = not stack.exists
    if fresh:
        stack.generation += 1
        stack.exists = True
        stack.never_answered.clear()
    status[stack.stack_id] = "CREATE_IN_PROGRESS" if fresh else "UPDATE_IN_PROGRESS"
    old_guard, old_id, old = stack.guard, stack.logical_id, stack.properties
    guarded = yield Request("Update" if old_guard else "Create", "Guard", properties, "guard")
    succeeded, change = guarded, None
    if guarded:
        change = "Update" if old_id == logical_id else "Create"
        succeeded = yield Request(change, logical_id, properties)
    if succeeded and not fails_later:
        stack.guard, stack.logical_id, stack.properties = properties, logical_id, properties
        stack.never_answered.discard(logical_id)
        if old_id and old and old_id != logical_id:
            yield from _clean_up(Request("Delete", old_id, old))
        status[stack.stack_id] = "UPDATE_COMPLETE"
        return False
    status[stack.stack_id] = "ROLLBACK_IN_PROGRESS" if fresh else "UPDATE_ROLLBACK_IN_PROGRESS"
    if change == "Update" and old:
        # A failed rollback waits for a person, who lets it go on.
        while not (yield Request("Update", logical_id, old)):
            pass
    if change == "Create":
        deleted = yield from _clean_up(Request("Delete", logical_id, properties))
        if fresh and not deleted:
            stack.logical_id, stack.properties = logical_id, properties
    if old_guard:
        while not (yield Request("Update", "Guard", old_guard, "guard")):
            pass
    if fresh:
        stack.must_be_destroyed = True
    return True


def _clean_up(request: Request) -> Generator[Request, bool, bool]:
    for _ in range(CLEAN_UP_ATTEMPTS):
        if (yield request):
            return True
    return False


def destroy(status: dict[str, str], stack: Stack) -> Operation:
    """Delete a stack, as far as it goes."""
    status[stack.stack_id] = "DELETE_IN_PROGRESS"
    stack.must_be_destroyed = True
    if stack.logical_id and stack.properties:
        if not (yield Request("Delete", stack.logical_id, stack.properties)):
            return
        stack.logical_id = stack.properties = None
    if stack.guard:
        yield Request("Delete", "Guard", stack.guard, "guard")
    stack.guard, stack.exists, stack.must_be_destroyed = None, False, False
