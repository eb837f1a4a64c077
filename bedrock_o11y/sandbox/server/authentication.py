"""Closes the ways around authentication that MiniStack keeps open for convenience, enforcement on or off.

It takes `test`, any account number and a missing key for the root user and does not look at the signature of any of
them; and it derives the credentials of Lambda functions from their names, so that anybody can.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import Any

from . import seams


def install() -> None:
    """Let one root key count, verify its signature too, and make Lambda's credentials unguessable."""
    root = os.environ["AWS_ACCESS_KEY_ID"]

    def is_root_access_key(access_key_id: str) -> bool:
        return access_key_id == root

    def skips_verification(_access_key_id: str) -> bool:
        return False

    seams.replace("core.iam_evaluator:is_root_access_key", is_root_access_key)
    seams.replace("core.iam_evaluator:_is_root_key", skips_verification)
    credentials = _unguessable(seams.get("core.lambda_runtime:execution_credentials"))
    for address in ("core.lambda_runtime:execution_credentials", "services.lambda_svc:execution_credentials"):
        seams.replace(address, credentials)


def _unguessable(before: Any) -> Any:
    salt = secrets.token_bytes(32)
    sessions = seams.get("services.sts:_sessions")
    register = seams.get("services.sts:register_session")

    def keyed(what: str) -> str:
        return hmac.new(salt, what.encode(), hashlib.sha256).hexdigest()

    def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
        guessable = before(config)
        known = guessable["AWS_ACCESS_KEY_ID"]
        # The same function gets the same session again: a worker that runs keeps the one it has.
        fresh = {
            "AWS_ACCESS_KEY_ID": f"ASIA{keyed(known)[:16].upper()}",
            "AWS_SECRET_ACCESS_KEY": keyed(f"secret:{known}")[:40],
            "AWS_SESSION_TOKEN": keyed(f"token:{known}"),
        }
        session = sessions.pop(known)
        register(
            fresh["AWS_ACCESS_KEY_ID"],
            {
                **session,
                "SecretAccessKey": fresh["AWS_SECRET_ACCESS_KEY"],
                "SessionToken": fresh["AWS_SESSION_TOKEN"],
            },
        )
        return fresh

    return execution_credentials
