"""The account's first user and role, and sessions of roles."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bedrock_o11y.errors import CouldNotRunError
from bedrock_o11y.sandbox.environment import Credentials

if TYPE_CHECKING:
    from bedrock_o11y.sandbox.state import Running, StateFolder

ADMINISTRATOR = "SandboxAdministrator"
"""The role everything is done with unless another is named: an administrator, and still subject to every policy."""

USER = "sandbox-user"
"""The user that takes on roles; it may do nothing else."""

SESSION_SECONDS = 3600
"""How long a session lasts: what AWS gives when the caller names no duration."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A long-term access key.

    Attributes:
        access_key_id: the key.
        secret_access_key: the secret.
    """

    access_key_id: str
    secret_access_key: str


def client(folder: StateFolder, running: Running, service: str, key: AccessKey | Credentials, **options: Any) -> Any:
    """A boto3 client for the sandbox.

    Args:
        folder: the state folder.
        running: the server.
        service: as boto3 names it.
        key: whose permissions it has.
        options: passed on to boto3.

    Returns:
        the client; neither the environment nor the user's AWS files have a say in it.
    """
    # Imported here: boto3 takes a quarter of a second, and `sandbox status` does not need it.
    import boto3
    import botocore.session
    from botocore.config import Config

    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, str(folder.path / "no-config"), None),
            "credentials_file": (None, None, str(folder.path / "no-credentials"), None),
        }
    )
    session = boto3.Session(
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        aws_session_token=key.session_token if isinstance(key, Credentials) else None,
        region_name=running.region,
        botocore_session=core,
    )
    direct = Config(proxies={})
    config = options.pop("config", None)
    return session.client(
        service,
        endpoint_url=running.endpoint,
        verify=str(folder.tls / "ca.pem"),
        config=config.merge(direct) if config else direct,
        **options,
    )


def create_administrator(folder: StateFolder, running: Running, root: AccessKey) -> AccessKey:
    """Create the role of the administrator and the user that takes on roles.

    Done with the root user's key, which is not kept: it would bypass every policy.

    Args:
        folder: the state folder.
        running: the server.
        root: the root user's key.

    Returns:
        the key of the user.
    """
    with contextlib.closing(client(folder, running, "iam", root)) as iam:
        return _create_administrator(iam, {"AWS": f"arn:aws:iam::{running.account_id}:root"})


def _create_administrator(iam: Any, everyone: dict[str, str]) -> AccessKey:
    iam.create_role(
        RoleName=ADMINISTRATOR,
        AssumeRolePolicyDocument=_policy(Principal=everyone, Action="sts:AssumeRole"),
        Description="Administrator of the sandbox account",
    )
    iam.put_role_policy(
        RoleName=ADMINISTRATOR, PolicyName="everything", PolicyDocument=_policy(Action="*", Resource="*")
    )
    iam.create_user(UserName=USER)
    iam.put_user_policy(
        UserName=USER, PolicyName="take-on-roles", PolicyDocument=_policy(Action="sts:AssumeRole", Resource="*")
    )
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def assume(folder: StateFolder, running: Running, role: str) -> Credentials:
    """Take on a role.

    Args:
        folder: the state folder.
        running: the server.
        role: its name or ARN.

    Returns:
        credentials of a new session.

    Raises:
        CouldNotRunError: there is no such role, or its trust policy does not let the account take it on.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # as above

    key = AccessKey(running.access_key_id, running.secret_access_key)
    arn = role if role.startswith("arn:") else f"arn:aws:iam::{running.account_id}:role/{role.lstrip('/')}"
    name = arn.rsplit("/", 1)[-1]
    try:
        with contextlib.closing(client(folder, running, "sts", key)) as sts:
            session = sts.assume_role(RoleArn=arn, RoleSessionName="sandbox")
    except ClientError as error:
        answer = error.response["Error"]
        raise CouldNotRunError(
            f"cannot take on role {name} of the sandbox ({answer['Code']}): it must exist and its trust policy must "
            f"allow sts:AssumeRole to arn:aws:iam::{running.account_id}:root"
        ) from None
    except BotoCoreError as error:
        raise CouldNotRunError(f"the sandbox at {running.endpoint} does not answer: {error}") from None
    values = session["Credentials"]
    return Credentials(values["AccessKeyId"], values["SecretAccessKey"], values["SessionToken"])
