"""Sentences for a person whose deploy has just stopped: what is there, whose it is, and the ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .record import Corrupt, Owner, parameter_name

if TYPE_CHECKING:
    from .setting import SettingRules


def sentence_start(rules: SettingRules) -> str:
    """The title of a setting as the first words of a sentence."""
    return rules.title[0].upper() + rules.title[1:]


def waits(rules: SettingRules, target: str) -> str:
    """Say that the value comes later, and by whom."""
    return (
        f"{sentence_start(rules)} waits: it is not there yet, and only AWS can make it. Once it is, a timer that looks "
        f"once a day, or the next deploy that changes it, sets it: {target}."
    )


def foreign_value(rules: SettingRules, found: str, *, update: bool) -> str:
    """Say that somebody else's value is in the way, and the three ways on."""
    since = (
        " It was changed by somebody else since this stack last set it, or the record of this stack was lost."
        if update
        else ""
    )
    return (
        f"{sentence_start(rules)} of this account and Region is already set by somebody else: {found}.{since} "
        f"Nothing was changed. Choose one of three ways on with {rules.option} in bedrock-o11y.yaml: "
        "adopt (keep that value and manage it from now on), "
        "merge (keep it and fill in what is missing), or "
        "replace (remember it, write ours, and put it back when the stack is deleted)."
    )


def owned_by_another(rules: SettingRules, owner: Owner) -> str:
    """Say which stack of ours has the setting."""
    return (
        f"{sentence_start(rules)} of this account and Region is managed by the stack {owner.stack_name} "
        f"({owner.stack_id}). "
        "Only one stack can manage it. Nothing was changed. Delete that stack first, or leave the setting to it. "
        f"If that stack no longer exists, delete the parameter {parameter_name(rules.name)}; the value then counts as "
        "somebody else's."
    )


def being_given_back(rules: SettingRules, owner: Owner) -> str:
    """Say that the stack that has the setting is just giving it back."""
    return (
        f"{sentence_start(rules)} of this account and Region is being given back by the stack {owner.stack_name} "
        f"({owner.stack_id}). Nothing was changed. Try again when that stack is deleted."
    )


def owned_by_sibling(rules: SettingRules, owner: Owner) -> str:
    """Say which resource of the same stack has the setting."""
    return (
        f"{sentence_start(rules)} is managed by another resource of this stack ({owner.physical_resource_id}). "
        "Nothing was changed. Keep one of the two."
    )


def unusable_record(rules: SettingRules, record: Corrupt) -> str:
    """Say that the record cannot be understood, and what that means."""
    return (
        f"The record of who manages {rules.title}, parameter {parameter_name(rules.name)}, cannot be understood: "
        f"{record.reason}. Nothing was changed, because what stood there before would be guessed. Restore an earlier "
        "version of the parameter (aws ssm get-parameter-history), or deploy with the newer version that wrote it. "
        "Deleting the parameter gives up what it remembers; the value then counts as somebody else's."
    )


def removed_instead(rules: SettingRules, before: str, reason: str) -> str:
    """Say that the value of before could not be put back."""
    return (
        f"The value that {rules.title} held before ({before}) could not be put back: {reason}. Ours was removed; the "
        f"former value is kept in the parameter {parameter_name(rules.name)}."
    )
