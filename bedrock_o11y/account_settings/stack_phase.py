"""What a stack is doing: rolling back, or being deleted.

A request does not say whether it belongs to a rollback, and some answers depend on it: a rollback that is refused
leaves the stack in UPDATE_ROLLBACK_FAILED, which only a person can end. One call, `cloudformation:DescribeStacks` on
the own stack, made only then. Without the permission the answer is "unknown", and the request counts as no rollback.

Source: CloudFormation API reference, Stack, StackStatus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .action import Phase
from .failures import CallFailedError, Failure

if TYPE_CHECKING:
    from .calls import Calls


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
        answer = calls.run(lambda: client.describe_stacks(StackName=stack_id), "cloudformation:DescribeStacks")
    except CallFailedError as failed:
        if failed.failure is Failure.DENIED:
            return Phase.UNKNOWN
        raise
    status = str(answer["Stacks"][0].get("StackStatus", "")) if answer.get("Stacks") else ""
    if "ROLLBACK" in status:
        return Phase.ROLLING_BACK
    if status.startswith("DELETE"):
        return Phase.DELETING
    return Phase.OTHER
