"""An AWS account in memory: the account settings, Parameter Store, the status of stacks, and every way to fail.

How it behaves is compared with the sandbox by `test_the_fake_behaves_like_the_sandbox`.
"""

from __future__ import annotations

import contextlib
import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.account_settings.fake_calls import (
    DELETE,
    DISCOVER,
    DROP,
    GET,
    PUT,
    READ,
    SAVE,
    STATUS,
    SWITCHES,
    Client,
    Crash,
    Fault,
    client_error,
    service_model,
)
from tests.account_settings.fake_logs import Logs

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class FakeAccount:
    """The account. `before` and `after` are called around every call that is performed; `fault` may break one."""

    live: dict[str, Any] | None = None
    log_group: bool = False
    others: dict[str, Any] = field(default_factory=dict)
    """What stands beside the setting and belongs to others: tags by key, statements by Sid."""
    revision: int = 1
    source: str | None = None
    parameters: dict[str, tuple[str, int]] = field(default_factory=dict)
    overwritten: dict[tuple[str, int], str] = field(default_factory=dict)
    stack_status: dict[str, str] = field(default_factory=dict)
    stacks_created: datetime | None = datetime(2026, 1, 1, tzinfo=UTC)
    unusable_roles: set[str] = field(default_factory=set)
    fault: Callable[[str], Fault | None] = lambda _operation: None
    before: Callable[[str, Any], None] = lambda _operation, _value: None
    after: Callable[[str], None] = lambda _operation: None
    calls: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return _CLIENTS[service](self)

    def perform(self, operation: str, work: Callable[[], Any], value: Any = None) -> Any:
        self.calls.append(operation)
        fault = self.fault(operation)
        if fault in (Fault.CRASH_AFTER, Fault.LOST_RESPONSE):
            # The call is performed, and an answer that is an error is lost as well.
            with contextlib.suppress(ClientError):
                self._perform(operation, work, value)
        if fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            raise Crash
        if fault is Fault.DENIED:
            message = f"User: arn:aws:sts::123456789012:assumed-role/x is not authorized to perform: {operation}"
            raise client_error(operation, "AccessDeniedException", message, 403)
        if fault is Fault.THROTTLED:
            raise client_error(operation, "ThrottlingException", "Rate exceeded", 429)
        if fault is Fault.SERVER_ERROR:
            raise client_error(operation, "InternalServerException", "try again", 500)
        if fault in (Fault.LOST_REQUEST, Fault.LOST_RESPONSE):
            raise ReadTimeoutError(endpoint_url="https://bedrock")
        return self._perform(operation, work, value)

    def _perform(self, operation: str, work: Callable[[], Any], value: Any) -> Any:
        self.before(operation, value)
        result = work()
        self.after(operation)
        return result


class _Bedrock(Client):
    @property
    def meta(self) -> Any:
        return SimpleNamespace(service_model=service_model("bedrock"))

    def get_model_invocation_logging_configuration(self) -> dict[str, Any]:
        account = self.account
        return account.perform(GET, lambda: {"loggingConfig": copy.deepcopy(account.live)} if account.live else {})

    def put_model_invocation_logging_configuration(self, *, loggingConfig: dict[str, Any]) -> dict[str, Any]:
        return self.account.perform(PUT, lambda: self._put(loggingConfig), loggingConfig)

    def _put(self, value: dict[str, Any]) -> dict[str, Any]:
        log_group = value.get("cloudWatchConfig", {})
        role = log_group.get("roleArn")
        if role in self.account.unusable_roles:
            message = (
                f"Failed to validate permissions for log group: {log_group['logGroupName']}, with role: {role}. "
                "Verify the IAM role permissions are correct."
            )
            raise client_error(PUT, "ValidationException", message)
        self.account.live = {switch: True for switch in SWITCHES} | copy.deepcopy(value)
        return {}

    def delete_model_invocation_logging_configuration(self) -> dict[str, Any]:
        return self.account.perform(DELETE, self._delete)

    def _delete(self) -> dict[str, Any]:
        self.account.live = None
        return {}


class _XRay(Client):
    """One setting at a time: `live` is the destination, or the percentage, and None what an account begins with."""

    @property
    def meta(self) -> Any:
        return SimpleNamespace(service_model=service_model("xray"))

    def get_trace_segment_destination(self) -> dict[str, Any]:
        account = self.account
        return account.perform(GET, lambda: {"Destination": "XRay", "Status": "ACTIVE", **(account.live or {})})

    def update_trace_segment_destination(self, *, Destination: str) -> dict[str, Any]:
        operation = DELETE if Destination == "XRay" else PUT
        return self.account.perform(operation, lambda: self._send(Destination), {"Destination": Destination})

    def _send(self, destination: str) -> dict[str, Any]:
        if (self.account.live or {"Destination": "XRay"})["Destination"] == destination:
            message = f"The destination is already set to {destination}."
            raise client_error(PUT, "InvalidRequestException", message)
        self.account.live = None if destination == "XRay" else {"Destination": destination}
        return {"Destination": destination, "Status": "PENDING"}

    def get_indexing_rules(self) -> dict[str, Any]:
        return self.account.perform(GET, self._rules)

    def _rules(self) -> dict[str, Any]:
        percentage = (self.account.live or {"DesiredSamplingPercentage": 1.0})["DesiredSamplingPercentage"]
        rule = {"Probabilistic": {"DesiredSamplingPercentage": percentage, "ActualSamplingPercentage": percentage}}
        return {"IndexingRules": [{"Name": "Default", "Rule": rule}]}

    def update_indexing_rule(self, *, Name: str, Rule: dict[str, Any]) -> dict[str, Any]:
        assert Name == "Default"
        value = {"DesiredSamplingPercentage": float(Rule["Probabilistic"]["DesiredSamplingPercentage"])}
        operation = DELETE if value["DesiredSamplingPercentage"] == 1 else PUT
        return self.account.perform(operation, lambda: self._index(value), value)

    def _index(self, value: dict[str, Any]) -> dict[str, Any]:
        self.account.live = None if value["DesiredSamplingPercentage"] == 1 else value
        return {}


class _ApplicationSignals(Client):
    def start_discovery(self) -> dict[str, Any]:
        return self.account.perform(DISCOVER, lambda: {})


class _ParameterStore(Client):
    def get_parameter(self, *, Name: str) -> dict[str, Any]:
        return self.account.perform(READ, lambda: self._get(Name))

    def _get(self, name: str) -> dict[str, Any]:
        name, _, number = name.partition(":")
        if number:
            value = self.account.overwritten[name, int(number)]
            return {"Parameter": {"Name": name, "Type": "String", "Value": value, "Version": int(number)}}
        if name not in self.account.parameters:
            raise client_error(READ, "ParameterNotFound", f"Parameter {name} not found")
        value, version = self.account.parameters[name]
        return {"Parameter": {"Name": name, "Type": "String", "Value": value, "Version": version}}

    def put_parameter(self, **request: Any) -> dict[str, Any]:
        return self.account.perform(SAVE, lambda: self._put(**request), request)

    def _put(
        self,
        *,
        Name: str,
        Value: str,
        Type: str,
        Tier: str,
        Overwrite: bool = False,
        Description: str = "",
    ) -> dict[str, Any]:
        assert (Type, Tier) == ("String", "Intelligent-Tiering")
        _, version = self.account.parameters.get(Name, ("", 0))
        if version and not Overwrite:
            raise client_error(SAVE, "ParameterAlreadyExists", "The parameter already exists.")
        self.account.parameters[Name] = (Value, version + 1)
        self.account.overwritten[Name, version + 1] = Value
        return {"Version": version + 1}

    def delete_parameter(self, *, Name: str) -> dict[str, Any]:
        return self.account.perform(DROP, lambda: self._delete(Name))

    def _delete(self, name: str) -> dict[str, Any]:
        if self.account.parameters.pop(name, None) is None:
            raise client_error(DROP, "ParameterNotFound", f"Parameter {name} not found")
        return {}


class _CloudFormation(Client):
    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        status = self.account.stack_status.get(StackName, "UPDATE_IN_PROGRESS")
        stack = {"StackId": StackName, "StackStatus": status, "CreationTime": self.account.stacks_created}
        return self.account.perform(STATUS, lambda: {"Stacks": [stack]})


_CLIENTS = {
    "bedrock": _Bedrock,
    "xray": _XRay,
    "logs": Logs,
    "application-signals": _ApplicationSignals,
    "ssm": _ParameterStore,
    "cloudformation": _CloudFormation,
}
