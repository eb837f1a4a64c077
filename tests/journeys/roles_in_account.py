"""Roles in an account: made, read back as the audit reads them, taken on, and deleted again."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_o11y.aws.session import Identity
from tests.journeys.audited_roles import ACCOUNT, AuditedRole

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox
    from tests.journeys.permission_calls import Call

REFUSALS: Final = {"AccessDenied", "AccessDeniedException"}
ONCE: Final = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, proxies={})
NOTHING_OF_THE_USERS: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class Caller:
    """Calls the account as its roles; what a call is answered beside a refusal does not matter.

    One client for each service and Region serves all roles: making a client takes longer than ten calls.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sts = sandbox.client("sts")
        self._environment = sandbox.environment()
        self._session = botocore.session.Session(session_vars=NOTHING_OF_THE_USERS)
        self._session.set_credentials("none", "none")
        self._credentials = self._session.get_credentials()
        self._role = ""
        self._clients: dict[tuple[str, str], Any] = {}

    def refusal(self, role: str, call: Call) -> str:
        """Why the call is refused; empty when it is not."""
        self._become(role)
        method = getattr(self._client(call.service, call.region), call.method)
        try:
            answer = method(**call.arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in REFUSALS:
                return str(error.response["Error"]["Message"])
        else:
            if "stream" in answer:
                answer["stream"].close()
        return ""

    def _become(self, role: str) -> None:
        if role != self._role:
            arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
            session = self._sts.assume_role(RoleArn=arn, RoleSessionName="in-force")["Credentials"]
            self._role = role
            self._credentials.access_key = session["AccessKeyId"]
            self._credentials.secret_key = session["SecretAccessKey"]
            self._credentials.token = session["SessionToken"]

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self._session.create_client(
                service,
                region_name=region,
                endpoint_url=self._environment["AWS_ENDPOINT_URL"],
                verify=self._environment["AWS_CA_BUNDLE"],
                config=ONCE,
            )
        return self._clients[service, region]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@dataclass
class Administered:
    """The account as the audit reads it."""

    sandbox: Sandbox
    region: str = "us-east-1"
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.sandbox.client(service)
        return self.clients[service]

    def identity(self) -> Identity:
        return Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/administrator", "aws")


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


TRUST = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})
"""Lets the test take the role on; the audit is told the kind."""


def create(iam: Any, case: AuditedRole) -> None:
    options: dict[str, Any] = {"Tags": [{"Key": key, "Value": value} for key, value in case.tags.items()]}
    if case.boundary:
        options["PermissionsBoundary"] = iam.create_policy(
            PolicyName=f"{case.id}-boundary", PolicyDocument=json.dumps(case.boundary)
        )["Policy"]["Arn"]
    iam.create_role(RoleName=case.id, AssumeRolePolicyDocument=TRUST, **options)
    for number, policy in enumerate(case.policies):
        iam.put_role_policy(RoleName=case.id, PolicyName=f"p{number}", PolicyDocument=json.dumps(policy))
    if case.managed:
        made = iam.create_policy(PolicyName=f"{case.id}-managed", PolicyDocument=json.dumps(case.managed))
        iam.attach_role_policy(RoleName=case.id, PolicyArn=made["Policy"]["Arn"])


def delete(iam: Any, case: AuditedRole) -> None:
    policies = [f"{case.id}-{each}" for each in ("boundary", "managed") if getattr(case, each)]
    for arn in (f"arn:aws:iam::{ACCOUNT}:policy/{name}" for name in policies):
        if arn.endswith("-managed"):
            iam.detach_role_policy(RoleName=case.id, PolicyArn=arn)
        else:
            iam.delete_role_permissions_boundary(RoleName=case.id)
        iam.delete_policy(PolicyArn=arn)
    for number in range(len(case.policies)):
        iam.delete_role_policy(RoleName=case.id, PolicyName=f"p{number}")
    iam.delete_role(RoleName=case.id)


def log_groups(sandbox: Sandbox) -> set[tuple[str, str]]:
    return {
        (region, group["logGroupName"])
        for region in ("us-east-1", "us-east-2", "eu-central-1")
        for page in sandbox.client("logs", region_name=region).get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    }
