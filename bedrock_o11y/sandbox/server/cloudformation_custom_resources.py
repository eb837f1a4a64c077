"""Custom resources as CloudFormation runs them, where MiniStack stops too early.

A creation that failed or was never answered is undone: CloudFormation sends Delete for it while it rolls back, with the
physical id of the answer or one of its own making. That is why the CDK's provider framework answers a failed creation
with a marker it recognises in the Delete that follows (aws-cdk, custom-resources, cfn-response). Here the Delete comes
right after the failure, also when the caller asked for no rollback.

The answer of a custom resource may have 4096 bytes ("Custom resource response objects", CloudFormation user guide).
"""

from __future__ import annotations

import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_ANSWER = 4096
_physical_ids: dict[tuple[str, str], str] = {}
_logger = logging.getLogger("bedrock-o11y.sandbox.cloudformation")


def answered(original: Callable[[str, dict[str, Any]], bool]) -> Callable[[str, dict[str, Any]], bool]:
    """What arrives at a response URL, within the limits, and its physical id remembered.

    Args:
        original: MiniStack's, which wakes the operation that waits.

    Returns:
        a function that does the same.
    """

    def deliver(token: str, answer: dict[str, Any]) -> bool:
        if len(json.dumps(answer)) > _LARGEST_ANSWER:
            answer = {**answer, "Status": "FAILED", "Reason": "Response object is too long.", "Data": {}}
        elif answer.get("Status") not in ("SUCCESS", "FAILED"):
            answer = {**answer, "Status": "FAILED", "Reason": "Invalid Status. It must be SUCCESS or FAILED."}
        physical_id = answer.get("PhysicalResourceId")
        if physical_id:
            _physical_ids[str(answer.get("StackId")), str(answer.get("LogicalResourceId"))] = str(physical_id)
        return original(token, answer)

    return deliver


def created(original: Callable[..., Any]) -> Callable[..., Any]:
    """A creation that is undone when it fails.

    Args:
        original: MiniStack's, which sends Create and waits.

    Returns:
        a function that raises the same.
    """

    def create(logical_id: str, properties: dict[str, Any], stack_name: str, *resource_type: str) -> Any:
        for known in [key for key in _physical_ids if key[1] == logical_id and f":stack/{stack_name}/" in key[0]]:
            del _physical_ids[known]
        try:
            return original(logical_id, properties, stack_name, *resource_type)
        except (RuntimeError, TimeoutError):
            _undo(logical_id, properties, stack_name, *resource_type)
            raise

    return create


def _undo(logical_id: str, properties: dict[str, Any], stack_name: str, *resource_type: str) -> None:
    answered_with = [
        physical_id
        for (stack_id, logical), physical_id in _physical_ids.items()
        if logical == logical_id and f":stack/{stack_name}/" in stack_id
    ]
    physical_id = answered_with[-1] if answered_with else f"{stack_name}-{logical_id}-{secrets.token_hex(6).upper()}"
    named = {"resource_type": resource_type[0]} if resource_type else {}
    try:
        seams.get("cfn.delete_custom")(physical_id, properties, stack_name=stack_name, logical_id=logical_id, **named)
    except (RuntimeError, TimeoutError, ValueError) as error:
        _logger.warning("Delete of the failed custom resource %s failed too: %s", logical_id, error)


def install() -> None:
    """Wrap MiniStack's custom resources."""
    seams.replace("cfn.custom_answer", answered(seams.get("cfn.custom_answer")))
    create = created(seams.get("cfn.create_custom"))
    seams.replace("cfn.create_custom", create)
    handlers = seams.get("cfn.handlers")
    handlers["AWS::CloudFormation::CustomResource"] = {
        **handlers["AWS::CloudFormation::CustomResource"],
        "create": create,
    }
