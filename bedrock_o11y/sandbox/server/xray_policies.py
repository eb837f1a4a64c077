"""Resource policies of X-Ray, which let other services send traces to it.

Sources: X-Ray API reference and model, PutResourcePolicy, ListResourcePolicies, DeleteResourcePolicy (at most five
policies in an account and Region, of at most 5 KB; a revision id guards against overtaking; 0 means that the policy
must not exist yet). Whether a policy locks its writer out is not looked at.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from . import xray_state
from .xray_answers import XRayError, invalid, ok
from .xray_state import ResourcePolicy

if TYPE_CHECKING:
    from .service_seams import Response

MOST_POLICIES = 5
LARGEST_DOCUMENT = 5 * 1024
_NAME = re.compile(r"[\w+=,.@-]{1,128}")
_NEW = "0"
_EFFECTS = ("Allow", "Deny")
_ELEMENTS = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))


def put_policy(data: dict[str, Any]) -> Response:
    """PutResourcePolicy.

    Args:
        data: the request.

    Returns:
        the policy with its revision id.

    Raises:
        XRayError: malformed, too large, too many, or another revision than the caller knows.
    """
    name, document = data.get("PolicyName"), data.get("PolicyDocument")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise invalid(f"PolicyName must match {_NAME.pattern}.")
    if not isinstance(document, str):
        raise XRayError("MalformedPolicyDocumentException", "PolicyDocument must be JSON text.")
    if len(document.encode()) > LARGEST_DOCUMENT:
        raise XRayError("PolicySizeLimitExceededException", "The policy document exceeds 5 KB.")
    _check(document)
    policies = xray_state.current().policies
    former = policies.get(name)
    expected = data.get("PolicyRevisionId")
    if expected is not None and str(expected) != (str(former.revision) if former else _NEW):
        raise _overtaken(name)
    if former is None and len(policies) >= MOST_POLICIES:
        raise XRayError(
            "PolicyCountLimitExceededException", f"An account can have at most {MOST_POLICIES} resource policies."
        )
    policies[name] = ResourcePolicy(document, former.revision + 1 if former else 1, time.time())
    return ok({"ResourcePolicy": _answer(name, policies[name])})


def list_policies(_data: dict[str, Any]) -> Response:
    """ListResourcePolicies.

    Returns:
        all of them; five fit on one page.
    """
    policies = xray_state.current().policies
    return ok({"ResourcePolicies": [_answer(name, policy) for name, policy in policies.items()]})


def delete_policy(data: dict[str, Any]) -> Response:
    """DeleteResourcePolicy.

    Args:
        data: the request.

    Returns:
        an empty answer.

    Raises:
        XRayError: there is none of this name, or it has another revision.
    """
    policies = xray_state.current().policies
    name = str(data.get("PolicyName"))
    if name not in policies:
        raise invalid(f"There is no resource policy {name}.")
    expected = data.get("PolicyRevisionId")
    if expected is not None and str(expected) != str(policies[name].revision):
        raise _overtaken(name)
    del policies[name]
    return ok({})


def _check(document: str) -> None:
    try:
        policy = json.loads(document)
        statements = policy["Statement"]
        statements = [statements] if isinstance(statements, dict) else list(statements)
        sound = bool(statements) and all(map(_is_statement, statements))
    except (ValueError, TypeError, KeyError):
        sound = False
    if not sound:
        raise XRayError(
            "MalformedPolicyDocumentException",
            "The policy document must be a JSON policy whose statements have Effect, Principal, Action and Resource.",
        )


def _is_statement(statement: Any) -> bool:
    return (
        isinstance(statement, dict)
        and statement.get("Effect") in _EFFECTS
        and all(sum(name in statement for name in pair) == 1 for pair in _ELEMENTS)
    )


def _overtaken(name: str) -> XRayError:
    return XRayError(
        "InvalidPolicyRevisionIdException",
        f"The policy revision id does not match the latest revision of the resource policy {name}.",
    )


def _answer(name: str, policy: ResourcePolicy) -> dict[str, Any]:
    return {
        "PolicyName": name,
        "PolicyDocument": policy.document,
        "PolicyRevisionId": str(policy.revision),
        "LastUpdatedTime": policy.updated,
    }
