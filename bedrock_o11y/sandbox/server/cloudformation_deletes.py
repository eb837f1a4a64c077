"""A resource outlives whatever still needs it, so that a delete that failed can be tried again.

CloudFormation deletes in reverse order of the dependencies: what a resource depends on is deleted after it, and not at
all while it is still there. ("It retains all resources that failed to delete, and retains dependencies of those
resources", CloudFormation user guide, deleting a stack, of the forced delete.) MiniStack goes on, deletes the function
behind a custom resource whose Delete failed, and no second delete can succeed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Callable


def waiting_for_dependents(original: Callable[..., None]) -> Callable[..., None]:
    """A delete that is refused while something of the stack still needs the resource.

    Args:
        original: MiniStack's, which deletes one resource.

    Returns:
        a function that raises ValueError, which becomes the resource's DELETE_FAILED.
    """

    def delete(kind: str, physical_id: str, properties: dict[str, Any], stack_name: str, logical_id: str) -> None:
        stack = seams.get("cfn.stacks").get(stack_name) or {}
        # Dependents go first; one that is still there during a delete of the whole stack has failed.
        if stack.get("StackStatus") == "DELETE_IN_PROGRESS":
            left = _dependents(logical_id, stack)
            if left:
                raise ValueError(f"Not deleted, because these resources still need it: {', '.join(left)}")
        original(kind, physical_id, properties, stack_name, logical_id)

    return delete


def _dependents(logical_id: str, stack: dict[str, Any]) -> list[str]:
    declared = (stack.get("_template") or {}).get("Resources") or {}
    present = set(stack.get("_resources") or {})
    needed_by = seams.get("cfn.with_dependencies")
    return sorted(other for other in present - {logical_id} if logical_id in needed_by([other], declared, present))


def install() -> None:
    """Wrap MiniStack's delete of one resource."""
    seams.replace("cfn.delete_resource", waiting_for_dependents(seams.get("cfn.delete_resource")))
