"""What a deploy would do to an account setting, said without doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .action import Action, Event, Policy
from .reconcile import reconcile
from .record import Owner, Stored

if TYPE_CHECKING:
    from .live import Live, Value
    from .setting import SettingRules


def preview(
    rules: SettingRules, stack_name: str, desired: Value | None, policy: Policy, live: Live, record: Stored
) -> Action:
    """Decide as the next deploy of a stack would, read-only.

    Args:
        rules: the setting, such as `model_invocation_logging.RULES`.
        stack_name: name of the stack that manages the setting; a record of a stack of that name counts as its own.
        desired: the value the stack asks for; None when it is not known yet, and any foreign value counts as another.
        policy: what to do with a value that somebody else has set.
        live: what the setting holds.
        record: its ownership record, as `record_store.read_record` gives it.

    Returns:
        The action, with its outcome and message, and no steps.
    """
    event = Event(
        kind="Update",
        rules=rules,
        owner=Owner("", ""),
        desired=desired,
        request_id="preview",
        mode="guard",
        owner_stack=stack_name,
    )
    return reconcile(event, live, record, policy)
