"""Logs Insights: a query is answered rightly or refused.

MiniStack runs a small part of the language and ignores the rest, which gives raw rows where a sum was asked for. Here
a query that uses anything outside that part is refused with MalformedQueryException, as Insights refuses a query that
it does not understand (API reference, StartQuery).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .logs_answers import LogsError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIELD = r"@(?:timestamp|message|logStream|log|ptr)"
_STAGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"fields\s+{_FIELD}(?:\s*,\s*{_FIELD})*",
        rf"filter\s+{_FIELD}\s*=\s*'(?:\\'|[^'])*'",
        rf"filter\s+{_FIELD}\s+like\s+/(?:\\.|[^/])*/i?",
        r"filter\s+toMillis\(@timestamp\)\s*(?:<=|>=|<|>|!=|=)\s*-?\d+",
        r"sort\s+@timestamp(?:\s+(?:asc|desc))?",
        r"limit\s+\d+",
    )
)
_PIPE = re.compile(r"""\|(?=(?:[^"'/]|"[^"]*"|'(?:\\'|[^'])*'|/(?:\\.|[^/])*/)*$)""")


def checked(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """StartQuery that refuses what it would answer wrongly.

    Args:
        original: MiniStack's handler.

    Returns:
        a handler.
    """

    def start_query(data: dict[str, Any]) -> Any:
        if data.get("queryLanguage") not in (None, "CWLI"):
            raise LogsError("MalformedQueryException", "The sandbox understands queries in CWLI only.")
        query = re.sub(r"#[^\n]*", "", str(data.get("queryString") or ""))
        for stage in _PIPE.split(query):
            text = stage.strip()
            if text and not any(known.fullmatch(text) for known in _STAGES):
                raise LogsError("MalformedQueryException", f"The sandbox does not understand: {text[:200]}")
        return original({**data, "queryString": query})

    return start_query
