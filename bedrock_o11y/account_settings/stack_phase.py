"""What a stack is doing (rolling back, being deleted), and how old it is.

A request does not say whether it belongs to a rollback, and some answers depend on it: a rollback that is refused
leaves the stack in UPDATE_ROLLBACK_FAILED, which only a person can end. One call, `cloudformation:DescribeStacks` on
the own stack, made only then. Without the permission the answer is "unknown", and the request counts as no rollback.

Source: CloudFormation API reference, Stack, StackStatus.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .action import Phase
from .failures import CallFailedError, Failure

if TYPE_CHECKING:
    from .calls import Calls


_DESCRIBE = "cloudformation:DescribeStacks"


def read_phase(client: Any, stack_id: str, calls: Calls) -> Phase:
    """Ask CloudFormation what a stack is doing.

    Args:
        client: a boto3 client for `cloudformation`.
        stack_id: ARN of the stack.
        calls: the patience of the request.

    Returns:
        The phase; `UNKNOWN` when the permission is missing.

    Raises:
        CallFailedError: CloudFormation did not answer; a repeated request may get one.
    """
    try:
        status = str(_describe(client, stack_id, calls).get("StackStatus", ""))
    except CallFailedError as failed:
        if failed.failure is Failure.DENIED:
            return Phase.UNKNOWN
        raise
    if "ROLLBACK" in status:
        return Phase.ROLLING_BACK
    if status.startswith("DELETE"):
        return Phase.DELETING
    return Phase.OTHER


def read_created(client: Any, stack_id: str, calls: Calls) -> datetime:
    """Ask CloudFormation when a stack was created.

    Args:
        client: a boto3 client for `cloudformation`.
        stack_id: ARN of the stack.
        calls: the patience of the request.

    Returns:
        The time, with a time zone.

    Raises:
        CallFailedError: CloudFormation did not answer, or does not say.
    """
    created = _describe(client, stack_id, calls).get("CreationTime")
    if not isinstance(created, datetime):
        message = f"the answer does not say when {stack_id} was created"
        raise CallFailedError(Failure.REJECTED, _DESCRIBE, "NoCreationTime", message)
    return created if created.tzinfo else created.replace(tzinfo=UTC)


def _describe(client: Any, stack_id: str, calls: Calls) -> dict[str, Any]:
    answer = calls.run(lambda: client.describe_stacks(StackName=stack_id), _DESCRIBE)
    return answer["Stacks"][0] if answer.get("Stacks") else {}
