"""The fields of one log group that CloudWatch Logs indexes, where AWS makes the group and not CloudFormation.

An index saves a query on the field from reading every event. Only a policy of the log group itself counts: one of the
account, which DescribeIndexPolicies shows where the log group has none, is nobody's choice for this log group. It is in
force again once the log group's own policy is gone; until then a policy of the log group takes its place.

Sources: CloudWatch Logs API reference, PutIndexPolicy (20 fields of 100 characters), DescribeIndexPolicies and
DeleteIndexPolicy.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from .failures import CallFailedError, Failure
from .instance import setting_name
from .log_group import LogGroupSetting
from .setting import InvalidValueError, SettingRules

if TYPE_CHECKING:
    from .live import Value

NAME = "log-group-index"
FIELDS = "Fields"
MOST_FIELDS = 20
LONGEST_FIELD = 100
_TYPED, _PLAIN_TYPE = "FieldsV2", "FIELD_INDEX"
_READ = "logs:DescribeIndexPolicies"
_OWN = "LOG_GROUP"


def normalise(value: Value) -> Value:
    """The fields in order, and those of another type than a plain index by their type."""
    typed = value.get(_TYPED) or {}
    others = {name: dict(how) for name, how in typed.items() if (how or {}).get("type", _PLAIN_TYPE) != _PLAIN_TYPE}
    plain = sorted({*(value.get(FIELDS) or []), *typed} - others.keys())
    return {**({FIELDS: plain} if plain else {}), **({_TYPED: others} if others else {})}


def merge(found: Value, desired: Value) -> Value:
    """The fields found, and of ours those that there is room for."""
    known = [*(found.get(FIELDS) or []), *(found.get(_TYPED) or {})]
    missing = [name for name in normalise(desired).get(FIELDS, []) if name not in known]
    added = missing[: max(0, MOST_FIELDS - len(set(known)))]
    return {**found, FIELDS: [*(found.get(FIELDS) or []), *added]} if added else found


def describe(value: Value) -> str:
    """Name the fields."""
    names = [*value.get(FIELDS, []), *value.get(_TYPED, {})]
    return f"the index has {', '.join(names)}" if names else "no field has an index"


def rules_of(log_group: str) -> SettingRules:
    """The pure half of the setting of one log group."""
    return SettingRules(
        name=setting_name(NAME, log_group),
        title=f"the field index of log group {log_group}",
        option="agents[].log_index",
        normalise=normalise,
        merge=merge,
        describe=describe,
        shared=True,
    )


class LogGroupIndex(LogGroupSetting):
    """The index policy of one log group."""

    __slots__ = ()
    operation: ClassVar[str] = "PutIndexPolicy"
    put: ClassVar[str] = "logs:PutIndexPolicy"
    delete: ClassVar[str] = "logs:DeleteIndexPolicy"

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.log_group)

    def _value(self, group: dict[str, Any]) -> Value | None:
        describe_policies = partial(self.logs.describe_index_policies, logGroupIdentifiers=[self.log_group])
        for policy in self.calls.run(describe_policies, _READ).get("indexPolicies", []):
            if policy.get("source", _OWN) == _OWN:
                document = document_of(policy, _READ)
                return document if normalise(document) else None
        return None

    def _put(self, value: Value) -> None:
        self.logs.put_index_policy(**self._arguments(value))

    def _delete(self) -> None:
        self.logs.delete_index_policy(logGroupIdentifier=self.log_group)

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {"logGroupIdentifier": self.log_group, "policyDocument": json.dumps(value)}

    def validate(self, value: Value) -> None:
        """Compare the fields with the limits of the API.

        Raises:
            InvalidValueError: they are too many, one is too long, or they are no names.
        """
        names = [*(value.get(FIELDS) or []), *(value.get(_TYPED) or {})]
        if not all(isinstance(name, str) and 0 < len(name) <= LONGEST_FIELD for name in names):
            raise InvalidValueError(
                f"{self.rules.title} has {names}; expected names of at most {LONGEST_FIELD} characters"
            )
        if not 0 < len(set(names)) <= MOST_FIELDS:
            raise InvalidValueError(f"{self.rules.title} has {len(names)} fields; expected 1 to {MOST_FIELDS}")
        LogGroupSetting.validate(self, value)


def document_of(policy: dict[str, Any], action: str) -> Value:
    """The document of a policy that CloudWatch Logs gave.

    Args:
        policy: with its `policyDocument`.
        action: the IAM action that it was read with, for the message.

    Returns:
        The document.

    Raises:
        CallFailedError: it is no JSON object; what it means must not be guessed.
    """
    try:
        document = json.loads(policy.get("policyDocument", ""))
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise CallFailedError(Failure.REJECTED, action, "NoDocument", "the policy that was answered is no JSON object")
    return document
