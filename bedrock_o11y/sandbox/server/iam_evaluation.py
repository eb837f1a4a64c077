"""Where MiniStack's evaluator reads a request or a policy otherwise than IAM does.

- ``aws:PrincipalArn`` of a session is the ARN of its role, path included, and not that of the session (IAM user guide,
  "AWS global condition context keys"); MiniStack takes the session's.
- ``aws:ViaAWSService`` and ``aws:PrincipalIsAWSService`` are part of every signed request (same page), false for what a
  principal calls by itself; MiniStack leaves them out.
- An ARN with fewer than six fields stands, in a policy of an identity, for the ARN with a star in each missing field
  (IAM user guide, "Identify AWS resources with ARNs"); MiniStack compares it as it is written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Callable

_FIELDS: Final = 6
_SESSION: Final = ":assumed-role/"
_OF_NO_SERVICE: Final = ("aws:viaawsservice", "aws:principalisawsservice")


def install() -> None:
    """Put the corrections in their place."""
    seams.replace("iam.condition_key", _condition_key(seams.get("iam.condition_key")))
    for name in ("iam.role_policies", "iam.user_policies"):
        seams.replace(name, _completed(seams.get(name)))
    boundary = seams.get("iam.boundary")
    seams.replace("iam.boundary", lambda *details: [_complete(layer) for layer in boundary(*details)])


def role_keys(role: dict[str, Any]) -> dict[str, str]:
    """The condition keys that a session of a role carries because of the role: its tags.

    Args:
        role: as MiniStack keeps it.

    Returns:
        keys in lower case, as MiniStack's evaluator looks them up.
    """
    return {f"aws:principaltag/{tag['Key'].lower()}": str(tag["Value"]) for tag in role.get("Tags") or []}


def _condition_key(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def resolve(key: str, context: Any) -> Any:
        name = key.lower()
        if name == "aws:principalarn" and _SESSION in context.principal_arn:
            return _role_arn(context.principal_arn, context.principal_account)
        found = original(key, context)
        return "false" if found is None and name in _OF_NO_SERVICE else found

    return resolve


def _role_arn(session: str, account: str) -> str:
    """The ARN of a session's role; a role that is gone has none, and then the session's own stands for it."""
    name = session.partition(_SESSION)[2].partition("/")[0]
    role = seams.get("iam.roles").get_scoped(account, None, name)
    return str(role["Arn"]) if role else session


def _completed(original: Callable[..., Any]) -> Callable[..., Any]:
    def policies(*details: Any) -> Any:
        return _complete(original(*details))

    return policies


def _complete(documents: list[list[Any]]) -> list[list[Any]]:
    """Parsed policies whose incomplete ARNs are complete."""
    return [
        [
            replace(
                statement,
                resources=[_whole(arn) for arn in statement.resources],
                not_resources=[_whole(arn) for arn in statement.not_resources],
            )
            for statement in document
        ]
        for document in documents
    ]


def _whole(arn: str) -> str:
    missing = _FIELDS - 1 - arn.count(":")
    return arn + ":*" * missing if arn.startswith("arn:") and missing > 0 else arn
