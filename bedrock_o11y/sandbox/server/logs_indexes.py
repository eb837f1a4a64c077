"""Field index policies of log groups.

Source: CloudWatch Logs API reference, PutIndexPolicy (20 fields of 100 characters, the types `FIELD_INDEX` and `FACET`,
Standard class only), DescribeIndexPolicies (exactly one log group) and DeleteIndexPolicy. What an index saves a query
is not emulated, nor are policies of the account, which DescribeIndexPolicies would show for a log group without its
own.

Not published, therefore decided here: the wording and codes of the refusals, and that deleting a policy that is not
there is one.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from .logs_answers import LogsError, arn_of, group_named, group_of, ok

if TYPE_CHECKING:
    from . import service_seams as seams

MOST_FIELDS, LONGEST_FIELD = 20, 100
_TYPES = ("FIELD_INDEX", "FACET")
_STORED = "indexPolicy"


def put_policy(data: dict[str, Any]) -> seams.Response:
    """PutIndexPolicy.

    Args:
        data: the request.

    Returns:
        the policy.

    Raises:
        LogsError: no such log group, another class than Standard, or a document that is none.
    """
    name = group_named(data.get("logGroupIdentifier"))
    group = group_of(name)
    if group.get("logGroupClass", "STANDARD") != "STANDARD":
        raise _invalid("Field index policies are supported only for log groups of the Standard log class.")
    document = str(data.get("policyDocument") or "")
    _check(document)
    group[_STORED] = {
        "logGroupIdentifier": arn_of(name),
        "lastUpdateTime": int(time.time() * 1000),
        "policyDocument": document,
        "source": "LOG_GROUP",
    }
    return ok({"indexPolicy": group[_STORED]})


def describe_policies(data: dict[str, Any]) -> seams.Response:
    """DescribeIndexPolicies.

    Args:
        data: the request.

    Returns:
        the policy of the log group, or none.

    Raises:
        LogsError: no such log group, or not exactly one.
    """
    identifiers = data.get("logGroupIdentifiers")
    if not isinstance(identifiers, list) or len(identifiers) != 1:
        raise _invalid("logGroupIdentifiers must have exactly one member.")
    stored = group_of(group_named(identifiers[0])).get(_STORED)
    return ok({"indexPolicies": [stored] if stored else []})


def delete_policy(data: dict[str, Any]) -> seams.Response:
    """DeleteIndexPolicy.

    Args:
        data: the request.

    Returns:
        an empty answer.

    Raises:
        LogsError: no such log group, or it has no policy.
    """
    if group_of(group_named(data.get("logGroupIdentifier"))).pop(_STORED, None) is None:
        raise LogsError("ResourceNotFoundException", "The log group has no field index policy.")
    return ok({})


def _check(document: str) -> None:
    try:
        policy = json.loads(document)
        fields, typed = policy.get("Fields", []), policy.get("FieldsV2", {})
        types = [how.get("type") for how in typed.values()]
        names = [*fields, *typed]
    except (ValueError, AttributeError, TypeError):
        raise _invalid("The policy document is not a JSON object with Fields or FieldsV2.") from None
    if not names or not isinstance(fields, list) or not all(isinstance(name, str) and name for name in names):
        raise _invalid("The policy document names no field.")
    if len(set(names)) > MOST_FIELDS:
        raise _invalid(f"A field index policy can include at most {MOST_FIELDS} fields.")
    if max(map(len, names)) > LONGEST_FIELD:
        raise _invalid(f"The name of a field can have at most {LONGEST_FIELD} characters.")
    if not all(kind in _TYPES for kind in types):
        raise _invalid(f"The type of a field must be one of {', '.join(_TYPES)}.")


def _invalid(message: str) -> LogsError:
    return LogsError("InvalidParameterException", message)
