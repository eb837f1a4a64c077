"""Reads from an HTTP request which operation it is and what it says, the way MiniStack's handlers read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from .authorization_model import Row, routed
from .authorization_table import CORRECTED

if TYPE_CHECKING:
    from collections.abc import Mapping


def operation_of(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, Any],
    table: Mapping[str, Row],
) -> tuple[str, dict[str, str]]:
    """The operation that the handler of a corrected service will run, found the way the handler finds it.

    Args:
        service: by MiniStack's name.
        method: the HTTP method.
        path: the path, decoded.
        headers: the headers, names in lower case.
        body: the body.
        query: the parameters of the query string.
        table: the rows by operation, for the routes of REST services.

    Returns:
        `prefix:Operation` and the parts of the path; a name that no row has when the request names none.
    """
    prefix = CORRECTED[service]
    if service.startswith("bedrock"):
        return routed(prefix, method, path, table) or (f"{prefix}:{method} {path}", {})
    target = headers.get("x-amz-target", "")
    name = target.rpartition(".")[2] if "." in target else ""
    if service == "monitoring" and not name:
        name = path.rpartition("/operation/")[2] if "/operation/" in path else ""
        name = name or str(parameters_of(headers, body, query).get("Action", ""))
    return f"{prefix}:{name or 'unnamed operation'}", {}


def parameters_of(headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> dict[str, Any]:
    """What a request says.

    Args:
        headers: the headers, names in lower case.
        body: the body, JSON or a form.
        query: the parameters of the query string.

    Returns:
        the members; of a body that cannot be read none, so that no ARN and no condition key comes from it.
    """
    known = {name: value[0] if isinstance(value, list) and value else value for name, value in query.items()}
    if "x-www-form-urlencoded" in headers.get("content-type", ""):
        form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        return {**known, **{name: values[0] for name, values in form.items()}}
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return known
    return {**known, **parsed} if isinstance(parsed, dict) else known
