"""The end of every history: nothing fails any more, and everything converges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.account_settings.cloudformation import Properties, Stack
from tests.account_settings.world import Violation

if TYPE_CHECKING:
    from tests.account_settings.world import World


def _finish(world: World, stack: Stack) -> None:
    for _ in range(12):
        world.advance(stack)
        if stack.operation is None:
            return
    raise Violation(f"the operation of {stack.name} does not end although nothing fails any more")


def settle(world: World) -> None:
    """Without faults, everything converges, and after a destroy everything is as somebody else left it."""
    world.account.unusable_roles.clear()
    if world.is_corrupt():
        world.disturbances += 1
        del world.account.parameters[world.parameter]
    for stack in world.stacks.values():
        _finish(world, stack)
    for stack in world.stacks.values():
        if stack.must_be_destroyed:
            world.begin(stack, world.destroy(stack))
            _finish(world, stack)
        properties = stack.properties or Properties(world.case.desired[stack.name][0], "refuse")
        properties = replace(properties, serial=properties.serial + 1)
        expected = _refusal(world, stack, properties)
        world.begin(stack, world.deploy(stack, stack.logical_id or "A", properties))
        _finish(world, stack)
        succeeded = stack.properties == properties
        if succeeded == expected:
            raise Violation(f"{stack.name}: succeeded is {succeeded}, and so is the reason to refuse it")
        if succeeded and world.case.awaited:
            world.aws_makes_the_log_group()
            for each in world.stacks.values():
                world.ring(each, each.logical_id or "A", properties.desired, None)
        if succeeded:
            _check_converged(world, stack, properties)
    for stack in world.stacks.values():
        if stack.exists:
            world.begin(stack, world.destroy(stack))
            _finish(world, stack)
            if stack.exists:
                raise Violation(f"{stack.name} cannot be destroyed although nothing fails any more")
    world.check_nothing_is_lost()
    record = world.record()
    if record and record["owner"]:
        raise Violation(f"nobody is left and the record has an owner: {record}")
    live = world.account.live
    if live is not None and live not in world.once_set_by_somebody and not world.record_was_lost:
        raise Violation(f"nobody is left and the setting is still {world.account.live}")


def _refusal(world: World, stack: Stack, properties: Properties) -> bool:
    record, live = world.record() or {}, world.account.live
    owner = record.get("owner")
    if owner and owner["stackId"] != stack.stack_id:
        held = record.get("waiting") if live is None else live
        return not (world.case.rules.shared and held is not None and _is_content(world, properties, held))
    if live is None or properties.policy == "replace" or _is_content(world, properties):
        return False
    return not owner or world.case.normalise(live) not in (record["written"], record.get("writing"))


def _is_content(world: World, properties: Properties, held: dict[str, Any] | None = None) -> bool:
    """Whether what is live, or waits, may stay, whoever has set it."""
    live = world.case.normalise(held or world.account.live or {})
    return live == world.case.normalise(properties.desired) or properties.policy in ("merge", "adopt", "leave")


def _check_converged(world: World, stack: Stack, properties: Properties) -> None:
    # Where the record was lost, what a stack had set counts as somebody else's.
    left = world.account.live in world.once_set_by_somebody or world.record_was_lost
    if properties.policy == "leave" and left:
        return
    live, record = world.case.normalise(world.account.live or {}), world.record()
    if live == world.case.normalise(properties.desired):
        return
    sharing = [sharer["owner"]["stackId"] for sharer in (record or {}).get("sharers", [])]
    if stack.stack_id in sharing and _is_content(world, properties):
        return
    if not record or record["basis"] not in ("merged", "adopted") or record["written"] != live:
        raise Violation(f"asked for {properties.desired}, live is {live}")
