"""The audit's part of the demo: an agent's role that logs almost nothing, and the patch that repairs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

QUIET_AGENT: Final = "agent-runtime-role"
FIXTURE: Final = Path(__file__).resolve().parent.parent / "tests" / "roles" / "quiet-runtime-role.json"
_ACCOUNT: Final = "123456789012"


def create_quiet_agent(sandbox: Sandbox) -> None:
    """Create the execution role of an agent whose log group stays nearly empty.

    Args:
        sandbox: the running sandbox.
    """
    text = FIXTURE.read_text(encoding="utf-8").replace(_ACCOUNT, sandbox.account_id)
    role = json.loads(text)["RoleDetailList"][0]
    iam = sandbox.client("iam")
    iam.create_role(RoleName=QUIET_AGENT, AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]))
    for policy in role["RolePolicyList"]:
        iam.put_role_policy(
            RoleName=QUIET_AGENT,
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )


def apply(sandbox: Sandbox, patch: dict[str, Any]) -> list[str]:
    """Apply a patch as ``audit --patch json`` prints it.

    Args:
        sandbox: the running sandbox.
        patch: the whole answer.

    Returns:
        What was done, one line each.
    """
    iam = sandbox.client("iam")
    done = []
    for one in patch["roles"]:
        name = one["role"].rpartition("/")[2]
        policies = [one["add"], *one["tighten"]] if one["add"] else one["tighten"]
        for policy in policies:
            key = "policy_name" if "policy_name" in policy else "policy"
            iam.put_role_policy(RoleName=name, PolicyName=policy[key], PolicyDocument=json.dumps(policy["document"]))
            done.append(f"put policy {policy[key]}")
        if one["trust"]:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(one["trust"]))
            done.append("put the trust policy")
    return done


def delete_quiet_agent(sandbox: Sandbox) -> None:
    """Take the role away again, so that the account is as it was before.

    Args:
        sandbox: the running sandbox.
    """
    iam = sandbox.client("iam")
    for name in iam.list_role_policies(RoleName=QUIET_AGENT)["PolicyNames"]:
        iam.delete_role_policy(RoleName=QUIET_AGENT, PolicyName=name)
    iam.delete_role(RoleName=QUIET_AGENT)
