"""What the audit says of a trust policy is what Bedrock and the people of the account can do with the role.

Whether Bedrock can take a role on shows when it is configured as the logging role: Bedrock tries it then. Whether
another account could make it do so cannot be shown in one account; the tests of the policy core are about that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bedrock_o11y.audit.audit import kind_and_variant
from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import TrustVerdict
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.account import AccountRoles
from bedrock_o11y.rules import Subject, Terms, findings
from tests.journeys.audited_roles import ACCOUNT, LOGGING_POLICY, VALUES
from tests.journeys.policy_changes import Document, changed, deny, policy, statement
from tests.journeys.roles_in_account import Administered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

KIND = ROLE_KINDS["invocation-logging"]
assert KIND.trust
TRUST = policy_document((KIND.trust,), VALUES)
SID = KIND.trust.sid
ARN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:*"
OWN, ELSEWHERE = {"aws:SourceAccount": ACCOUNT}, {"aws:SourceAccount": "111122223333"}
OK, BROKEN, DEPUTY = TrustVerdict.OK, TrustVerdict.BROKEN, TrustVerdict.CONFUSED_DEPUTY
WEAK = TrustVerdict.WEAK_IF_ABSENT
PEOPLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@dataclass(frozen=True)
class Trust:
    """A trust policy.

    Attributes:
        id: name of its role.
        document: the policy.
        verdict: what the audit must say.
        people: whether a user of the account may take the role on.
        region: where Bedrock is asked to take it on.
    """

    id: str
    document: Document
    verdict: TrustVerdict
    people: bool = False
    region: str = "us-east-1"

    def __str__(self) -> str:
        return self.id


def when(id: str, verdict: TrustVerdict, condition: Document | None, **more: Any) -> Trust:
    """The blueprint's trust under another condition."""
    return Trust(id, changed(TRUST, SID, Condition=condition), verdict, **more)


def of(id: str, verdict: TrustVerdict, principal: Any, **more: Any) -> Trust:
    """The blueprint's trust in another principal."""
    return Trust(id, changed(TRUST, SID, Principal=principal), verdict, **more)


def beside(id: str, verdict: TrustVerdict, document: Document, *more: Document, **options: Any) -> Trust:
    """A trust policy with further statements, without a Resource, as trust policies have none."""
    added = [{key: value for key, value in each.items() if key != "Resource"} for each in more]
    return Trust(id, policy(*document["Statement"], *added), verdict, **options)


def denied(condition: Document | None = None) -> Document:
    (one,) = deny("sts:AssumeRole", Principal="*")["Statement"]
    return {**one, "Condition": condition} if condition else one


OPEN = changed(TRUST, SID, Condition=None)
TRUSTS = (
    Trust("trust-blueprint", TRUST, OK),
    when("trust-open", DEPUTY, None),
    when("trust-account", OK, {"StringEquals": OWN}),
    when("trust-account-key-case", OK, {"stringEquals": {"AWS:SOURCEACCOUNT": [ACCOUNT]}}),
    when("trust-account-pattern", DEPUTY, {"StringLike": {"aws:SourceAccount": "0000*"}}),
    when("trust-account-literal-star", BROKEN, {"StringEquals": {"aws:SourceAccount": "0000*"}}),
    when("trust-two-accounts", DEPUTY, {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "111122223333"]}}),
    when("trust-other-account", BROKEN, {"StringEquals": ELSEWHERE}),
    when("trust-both-keys-other", BROKEN, {"StringEquals": ELSEWHERE, "ArnLike": {"aws:SourceArn": ARN}}),
    when("trust-arn", OK, {"ArnLike": {"aws:SourceArn": ARN}}),
    when("trust-arn-equals", OK, {"ArnEquals": {"aws:SourceArn": ARN}}),
    when("trust-arn-loose", OK, {"StringLike": {"aws:SourceArn": ARN}}),
    when("trust-arn-literal-star", BROKEN, {"StringEquals": {"aws:SourceArn": ARN}}),
    when("trust-arn-question-marks", OK, {"ArnLike": {"aws:SourceArn": ARN.replace("us-east", "us-????")}}),
    when("trust-arn-any-account", DEPUTY, {"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:*:*"}}),
    when("trust-arn-of-agentcore", BROKEN, {"ArnLike": {"aws:SourceArn": ARN.replace("bedrock", "bedrock-agentcore")}}),
    when("trust-arn-elsewhere", OK, {"ArnLike": {"aws:SourceArn": ARN.replace("us-east", "eu-west")}},
         region="eu-west-1"),
    when("trust-if-exists", WEAK, {"StringEqualsIfExists": OWN}),
    when("trust-any-present", DEPUTY, {"Null": {"aws:SourceAccount": "false"}}),
    when("trust-absent", BROKEN, {"Null": {"aws:SourceAccount": "true", "aws:SourceArn": "true"}}),
    when("trust-not-another", DEPUTY, {"StringNotEquals": ELSEWHERE}),
    when("trust-not-ours", BROKEN, {"StringNotEquals": {"aws:SourceAccount": [ACCOUNT, "111122223333"]},
                                    "Null": {"aws:SourceAccount": "false"}}),
    of("trust-agentcore", BROKEN, {"Service": "bedrock-agentcore.amazonaws.com"}),
    of("trust-services", OK, {"Service": ["lambda.amazonaws.com", "bedrock.amazonaws.com"]}),
    of("trust-people-with-keys", BROKEN, PEOPLE),
    Trust("trust-people", changed(OPEN, SID, Principal=PEOPLE), BROKEN, people=True),
    beside("trust-people-beside", OK, TRUST, statement("Allow", "sts:AssumeRole", Principal=PEOPLE), people=True),
    Trust("trust-tags", changed(TRUST, SID, Action="sts:TagSession"), BROKEN),
    Trust("trust-any-sts", changed(TRUST, SID, Action="STS:Assume*"), OK),
    Trust("trust-denied", changed(TRUST, SID, Effect="Deny"), BROKEN),
    beside("trust-deny-beside", BROKEN, TRUST, denied()),
    beside("trust-fence", OK, OPEN, denied({"StringNotEquals": OWN})),
    beside("trust-fence-by-arn", OK, OPEN, denied({"ArnNotLike": {"aws:SourceArn": ARN}})),
    beside("trust-fence-if-exists", WEAK, OPEN, denied({"StringNotEqualsIfExists": OWN, "Null": {
        "aws:SourceAccount": "false"}})),
    beside("trust-wrong-fence", BROKEN, OPEN, denied({"StringNotEquals": ELSEWHERE})),
    beside("trust-fence-around-people", OK, TRUST, statement("Allow", "sts:AssumeRole", Principal=PEOPLE),
           denied({"StringNotEquals": OWN})),
)  # fmt: skip


@pytest.fixture(scope="module")
def bedrock(sandbox: Sandbox) -> dict[str, Any]:
    """A client for each Region."""
    return {region: sandbox.client("bedrock", region_name=region) for region in {case.region for case in TRUSTS}}


@pytest.fixture(scope="module")
def sts(sandbox: Sandbox) -> Any:
    return sandbox.client("sts")


@pytest.fixture(scope="module")
def roles(sandbox: Sandbox, bedrock: dict[str, Any]) -> Iterator[dict[str, Role]]:
    """A role for each trust policy, as the audit read it in the account."""
    iam = sandbox.client("iam")
    for region in bedrock:
        sandbox.client("logs", region_name=region).create_log_group(logGroupName=VALUES["LogGroupName"])
    for case in TRUSTS:
        iam.create_role(RoleName=case.id, AssumeRolePolicyDocument=json.dumps(case.document))
        write = json.dumps(LOGGING_POLICY).replace("us-east-1", case.region)
        iam.put_role_policy(RoleName=case.id, PolicyName="write", PolicyDocument=write)
    found = AccountRoles(Administered(sandbox), [case.id for case in TRUSTS]).roles()
    yield {role.name: role for role in found if isinstance(role, Role)}
    for case in TRUSTS:
        iam.delete_role_policy(RoleName=case.id, PolicyName="write")
        iam.delete_role(RoleName=case.id)
    for region, client in bedrock.items():
        sandbox.client("logs", region_name=region).delete_log_group(logGroupName=VALUES["LogGroupName"])
        client.delete_model_invocation_logging_configuration()


@pytest.mark.parametrize("case", TRUSTS, ids=str)
def test_bedrock_can_take_the_role_on_unless_the_audit_calls_its_trust_broken(
    bedrock: dict[str, Any], roles: dict[str, Role], case: Trust
) -> None:
    subject = Subject(roles[case.id], *kind_and_variant(KIND.id), Terms(date(2026, 11, 21)))
    assert subject.trust
    assert subject.trust.verdict is case.verdict
    told = {finding.rule for finding in findings(subject)}
    assert ("trust-broken" in told) is (case.verdict is BROKEN)
    assert refused_by_bedrock(bedrock[case.region], case) is (case.verdict is BROKEN)


def refused_by_bedrock(bedrock: Any, case: Trust) -> bool:
    configuration = {
        "logGroupName": VALUES["LogGroupName"],
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{case.id}",
    }
    try:
        bedrock.put_model_invocation_logging_configuration(loggingConfig={"cloudWatchConfig": configuration})
    except bedrock.exceptions.ValidationException as error:
        assert "Failed to validate permissions" in error.response["Error"]["Message"]
        return True
    return False


@pytest.mark.parametrize("case", TRUSTS, ids=str)
def test_people_can_take_the_role_on_only_if_the_audit_names_them(
    sts: Any, roles: dict[str, Role], case: Trust
) -> None:
    subject = Subject(roles[case.id], *kind_and_variant(KIND.id), Terms(date(2026, 11, 21)))
    assert subject.trust
    named = any(other.principal.kind == "AWS" for other in subject.trust.others)
    try:
        sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{case.id}", RoleSessionName="in-force")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        assert not case.people
    else:
        assert case.people
        assert named
