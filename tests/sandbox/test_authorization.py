from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.sandbox.authorization_cases import CASES, MINISTACKS, Allow, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

DENIED = {"AccessDenied", "AccessDeniedException"}
ONCE = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False)


class Actor:
    """A role whose policy is set before each call, and the calls it makes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._iam = sandbox.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
        for name in ("actor", "case"):
            self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([trust]))
        self._clients: dict[str, Any] = {}

    def refusal(self, case: Case, policy: tuple[Allow, ...]) -> str | None:
        """Why AWS refuses the call under the policy, or None when it does not."""
        statements = [allow.statement() for allow in policy] or [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
        self._iam.put_role_policy(RoleName="actor", PolicyName="case", PolicyDocument=_document(statements))
        name = case.client or case.operation.partition(":")[0]
        if name not in self._clients:
            self._clients[name] = self._sandbox.client(name, role="actor", config=ONCE)
        try:
            answer = getattr(self._clients[name], xform_name(case.operation.partition(":")[2]))(**case.arguments)
            for body in answer.values():
                if hasattr(body, "close"):
                    body.close()  # an event stream
        except ClientError as error:
            if error.response["Error"]["Code"] in DENIED:
                return error.response["Error"]["Message"]
        return None


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def actor(sandbox: Sandbox) -> Iterator[Actor]:
    sandbox.client("logs").create_log_group(logGroupName="/case/log")
    kms = sandbox.client("kms")
    kms.create_alias(AliasName="alias/case", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="case-bucket")
    s3.put_object(Bucket="case-bucket", Key="k", Body=b"x")
    yield Actor(sandbox)


@pytest.mark.parametrize("case", CASES + MINISTACKS, ids=str)
def test_the_smallest_policy_lets_the_call_through_and_nothing_less_does(actor: Actor, case: Case) -> None:
    assert actor.refusal(case, case.granted) is None
    for missing in case.granted:
        less = tuple(allow for allow in case.granted if allow is not missing)
        refusal = actor.refusal(case, less)
        assert refusal is not None, f"allowed without {missing}"
        assert missing.action in refusal, "the refusal names another action than the missing one"
    for near in case.refused:
        assert actor.refusal(case, near) is not None, f"allowed by {near}"
