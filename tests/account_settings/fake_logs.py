"""CloudWatch Logs in memory: one log group, and one setting at a time, which is `live` of the account."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.account_settings.fake_calls import CREATE, DELETE, GET, PUT, client_error, service_model
from tests.account_settings.fake_deliveries import Deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

SID, TAG = "LetXRayWriteSpans", "team"
INHERITED = {"source": "ACCOUNT", "policyName": "theirs", "policyDocument": json.dumps({"Fields": ["theirs"]})}


def arn_of(name: str) -> str:
    return f"arn:aws:logs:us-east-1:123456789012:log-group:{name}"


class Logs(Deliveries):
    @property
    def meta(self) -> Any:
        return SimpleNamespace(service_model=service_model("logs"))

    def describe_log_groups(self, *, logGroupNamePrefix: str) -> dict[str, Any]:
        return self.account.perform(GET, lambda: {"logGroups": self._groups(logGroupNamePrefix)})

    def _groups(self, name: str) -> list[dict[str, Any]]:
        theirs = {"retentionInDays": 1, "kmsKeyId": "theirs"}
        groups: list[dict[str, Any]] = [{"logGroupName": f"{name}-other", "arn": arn_of(f"{name}-other:*"), **theirs}]
        if self.account.log_group:
            groups.append({"logGroupName": name, "arn": arn_of(f"{name}:*"), **(self.account.live or {})})
        return groups

    def create_log_group(self, *, logGroupName: str) -> dict[str, Any]:
        return self.account.perform(CREATE, lambda: self._create(logGroupName))

    def _create(self, name: str) -> dict[str, Any]:
        if name.startswith("aws/"):
            message = "Log groups starting with AWS/ are reserved for AWS."
            raise client_error(CREATE, "InvalidParameterException", message)
        if self.account.log_group:
            raise client_error(CREATE, "ResourceAlreadyExistsException", "The specified log group already exists")
        self.account.log_group = True
        return {}

    def put_retention_policy(self, *, logGroupName: str, retentionInDays: int) -> dict[str, Any]:
        return self._set({"retentionInDays": retentionInDays})

    def delete_retention_policy(self, *, logGroupName: str) -> dict[str, Any]:
        return self._set(None)

    def associate_kms_key(self, *, logGroupName: str, kmsKeyId: str) -> dict[str, Any]:
        return self._set({"kmsKeyId": kmsKeyId})

    def disassociate_kms_key(self, *, logGroupName: str) -> dict[str, Any]:
        return self._set(None)

    def describe_index_policies(self, *, logGroupIdentifiers: list[str]) -> dict[str, Any]:
        return self._in_the_group(GET, lambda: {"indexPolicies": [self._index()]})

    def _index(self) -> dict[str, Any]:
        live = self.account.live
        return {"source": "LOG_GROUP", "policyDocument": json.dumps(live)} if live else INHERITED

    def put_index_policy(self, *, logGroupIdentifier: str, policyDocument: str) -> dict[str, Any]:
        return self._set(json.loads(policyDocument))

    def delete_index_policy(self, *, logGroupIdentifier: str) -> dict[str, Any]:
        return self._set(None)

    def list_tags_for_resource(self, *, resourceArn: str) -> dict[str, Any]:
        return self._in_the_group(GET, lambda: {"tags": self._tags()})

    def _tags(self) -> dict[str, str]:
        ours = {TAG: self.account.live["value"]} if self.account.live else {}
        return {**self.account.others, **ours}

    def tag_resource(self, *, resourceArn: str, tags: dict[str, str]) -> dict[str, Any]:
        assert list(tags) == [TAG]
        return self._set({"value": tags[TAG]})

    def untag_resource(self, *, resourceArn: str, tagKeys: list[str]) -> dict[str, Any]:
        assert tagKeys == [TAG]
        return self._set(None)

    def describe_resource_policies(self, *, resourceArn: str, policyScope: str) -> dict[str, Any]:
        assert policyScope == "RESOURCE"
        return self.account.perform(GET, lambda: {"resourcePolicies": self._policies()})

    def _policies(self) -> list[dict[str, Any]]:
        ours = [self.account.live["Statement"]] if self.account.live else []
        statements = [*self.account.others.values(), *ours]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return [{"policyDocument": document, "revisionId": str(self.account.revision)}] if statements else []

    def put_resource_policy(
        self, *, resourceArn: str, policyDocument: str, expectedRevisionId: str | None = None
    ) -> dict[str, Any]:
        statements = {each["Sid"]: each for each in json.loads(policyDocument)["Statement"]}
        ours = statements.pop(SID, None)
        value = {"Statement": ours} if ours else None
        return self._change(value, lambda: self._put_policy(value, statements, expectedRevisionId))

    def delete_resource_policy(self, *, resourceArn: str, expectedRevisionId: str) -> dict[str, Any]:
        return self._change(None, lambda: self._put_policy(None, {}, expectedRevisionId))

    def _put_policy(self, value: dict[str, Any] | None, others: dict[str, Any], expected: str | None) -> dict[str, Any]:
        policies = self._policies()
        if (expected is None) == bool(policies):
            raise client_error(PUT, "OperationAbortedException", "A conflicting operation is in progress.")
        if policies and policies[0]["revisionId"] != expected:
            raise client_error(PUT, "InvalidParameterException", "Invalid ExpectedRevisionId")
        self.account.live, self.account.others = value, others
        self.account.revision += 1
        return {}

    def _set(self, value: dict[str, Any] | None) -> dict[str, Any]:
        return self._change(value, lambda: self._keep(value))

    def _change(self, value: dict[str, Any] | None, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return self._in_the_group(PUT if value else DELETE, work, value)

    def _in_the_group(self, operation: str, work: Callable[[], dict[str, Any]], value: Any = None) -> dict[str, Any]:
        def checked() -> dict[str, Any]:
            if not self.account.log_group:
                raise client_error(operation, "ResourceNotFoundException", "The specified log group does not exist.")
            return work()

        return self.account.perform(operation, checked, value)

    def _keep(self, value: dict[str, Any] | None) -> dict[str, Any]:
        self.account.live = value
        return {}
