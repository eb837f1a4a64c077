"""One statement of the resource policy of one log group, such as the one that lets X-Ray write an agent's spans.

A log group has one policy of its own, beside the ten of the account. Whatever else stands in it belongs to others: the
setting is the statement of one Sid, the others are written back as they were found. Every change names the revision of
the policy that it was based on; one that has been overtaken is decided anew.

Sources: CloudWatch Logs API reference, PutResourcePolicy (`resourceArn`, `expectedRevisionId`),
DescribeResourcePolicies and DeleteResourcePolicy. That a wrong revision is answered with OperationAbortedException or
with InvalidParameterException is observed, not documented.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from .failures import CallFailedError, Failure
from .instance import setting_name
from .log_group import LogGroupSetting, split
from .log_group_index import document_of
from .setting import InvalidValueError, SettingRules

if TYPE_CHECKING:
    from .live import Value

NAME = "log-group-policy"
STATEMENT = "Statement"
_READ = "logs:DescribeResourcePolicies"
_OVERTAKEN = "expectedrevisionid"
_VERSION = "2012-10-17"
_ORDERLESS = ("Action", "NotAction", "Resource", "NotResource")


def normalise(value: Value) -> Value:
    """The statement with lists where a single text would do, so that equal statements compare equal."""
    statement = value.get(STATEMENT)
    if not isinstance(statement, dict):
        return {}
    result = {
        name: _listed(member) if name in _ORDERLESS else _nested(member)
        for name, member in statement.items()
        if member not in (None, "", [], {})
    }
    return {STATEMENT: result}


def _listed(member: Any) -> Any:
    return sorted(member if isinstance(member, list) else [member], key=str)


def _nested(member: Any) -> Any:
    """Principal and Condition: their innermost members are lists."""
    if not isinstance(member, dict):
        return member
    return {name: _nested(inner) if isinstance(inner, dict) else _listed(inner) for name, inner in member.items()}


def merge(found: Value, _desired: Value) -> Value:
    """A statement is taken as a whole: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say whom the statement lets in."""
    statement = value.get(STATEMENT) or {}
    return f"it is about {json.dumps(statement.get('Principal', 'nobody'))}"


def rules_of(instance: str) -> SettingRules:
    """The pure half of the setting of one statement of one log group."""
    log_group, sid = split(instance)
    return SettingRules(
        name=setting_name(NAME, instance),
        title=f"the statement {sid} in the policy of log group {log_group}",
        option="agents[].runtime_arn",
        normalise=normalise,
        merge=merge,
        describe=describe,
        shared=True,
    )


@dataclass(slots=True)
class LogGroupPolicy(LogGroupSetting):
    """One statement of the policy of one log group.

    Attributes:
        instance: log group and Sid.
    """

    instance: str = ""
    _document: Value = field(default_factory=dict, init=False)
    _revision: str | None = field(default=None, init=False)
    """The policy as the last look found it; the revision is None where there is no policy."""

    operation: ClassVar[str] = "PutResourcePolicy"
    put: ClassVar[str] = "logs:PutResourcePolicy"
    delete: ClassVar[str] = "logs:DeleteResourcePolicy"

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.instance)

    @property
    def _sid(self) -> str:
        return split(self.instance)[1]

    def _value(self, group: dict[str, Any]) -> Value | None:
        read = partial(self.logs.describe_resource_policies, resourceArn=self._arn, policyScope="RESOURCE")
        policy = next(iter(self.calls.run(read, _READ).get("resourcePolicies", [])), None)
        self._document = document_of(policy, _READ) if policy else {}
        self._revision = policy.get("revisionId") if policy else None
        ours = next((each for each in self._statements() if each.get("Sid") == self._sid), None)
        return {STATEMENT: ours} if ours else None

    def _statements(self) -> list[dict[str, Any]]:
        found = self._document.get(STATEMENT) or []
        return found if isinstance(found, list) else [found]

    def _others(self) -> list[dict[str, Any]]:
        return [each for each in self._statements() if each.get("Sid") != self._sid]

    def _put(self, value: Value) -> None:
        self._replace([*self._others(), value[STATEMENT]])

    def _delete(self) -> None:
        others = self._others()
        if others:
            self._replace(others)
        else:
            self.logs.delete_resource_policy(resourceArn=self._arn, **self._expected())

    def _replace(self, statements: list[dict[str, Any]]) -> None:
        document = {"Version": _VERSION, **self._document, STATEMENT: statements}
        self.logs.put_resource_policy(**self._arguments(document), **self._expected())

    def _expected(self) -> dict[str, str]:
        return {"expectedRevisionId": self._revision} if self._revision else {}

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {"resourceArn": self._arn, "policyDocument": json.dumps(value)}

    def _meaning(self, failed: CallFailedError) -> CallFailedError:
        overtaken = failed.failure is Failure.REJECTED and _OVERTAKEN in failed.message.replace(" ", "").casefold()
        return replace(failed, failure=Failure.CONFLICT) if overtaken else failed

    def validate(self, value: Value) -> None:
        """Compare the statement with what the setting is about, and with the shape of the API.

        Raises:
            InvalidValueError: it is no statement, or has another Sid.
        """
        statement = value.get(STATEMENT)
        if not isinstance(statement, dict) or statement.get("Sid") != self._sid:
            raise InvalidValueError(f"{self.rules.title} is {statement!r}; expected a statement of this Sid")
        LogGroupSetting.validate(self, value)
