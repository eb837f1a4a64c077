"""Logs Insights: a query is answered rightly, or refused with MalformedQueryException.

Source: API reference, StartQuery. MiniStack ignores ``stats`` and JSON fields and answers raw rows.

The order of rows without ``sort`` is that of time here; the user guide promises none.
"""

from __future__ import annotations

import json
import math
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .logs_answers import LogsError, group_named, group_of, ok
from .logs_insights_language import Aggregate, Group, Query, QueryError, parse
from .logs_insights_values import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Row = dict[str, Any]

_DEFAULT_COLUMNS = [(name, name) for name in ("@timestamp", "@message", "@logStream", "@log")]
_MOST_ROWS = 10_000


def start_query(data: dict[str, Any]) -> seams.Response:
    """StartQuery: the results are there at once.

    Args:
        data: the request.

    Returns:
        the id of the query.

    Raises:
        LogsError: a log group is missing, or the query is not understood.
    """
    if data.get("queryLanguage") not in (None, "CWLI"):
        raise LogsError("MalformedQueryException", "The sandbox understands queries in CWLI only.")
    names = [data.get("logGroupName"), *(data.get("logGroupNames") or []), *(data.get("logGroupIdentifiers") or [])]
    groups = list(dict.fromkeys(group_named(name) for name in names if name))
    if not groups:
        raise LogsError("InvalidParameterException", "Specify the log groups to query.")
    for name in groups:
        group_of(name)
    try:
        query = parse(str(data.get("queryString") or ""))
    except QueryError as error:
        raise LogsError("MalformedQueryException", f"The sandbox does not understand: {error}") from None
    records = seams.get("logs.collect_records")(groups, data.get("startTime", 0), data.get("endTime", time.time()))
    events = [_row(record, query.columns) for record in records]
    matched = [event for event in events if all(test(event) for test in query.before)]
    limit = min(value for value in (query.limit, data.get("limit"), _MOST_ROWS) if value)
    query_id = str(uuid.uuid4())
    seams.get("logs.queries")[query_id] = {
        "queryId": query_id,
        "queryString": data.get("queryString"),
        "startTime": data.get("startTime"),
        "endTime": data.get("endTime"),
        "status": "Complete",
        "results": _results(query, matched)[:limit],
        "statistics": {
            "recordsMatched": float(len(matched)),
            "recordsScanned": float(len(events)),
            "bytesScanned": float(sum(len(event["@message"]) for event in events)),
        },
    }
    return ok({"queryId": query_id})


def _row(record: Row, columns: list[tuple[str, str]]) -> Row:
    row = {key: value for key, value in record.items() if key.startswith("@")}
    row["@milliseconds"] = record["_timestamp_ms"]
    try:
        event = json.loads(record["@message"])
    except ValueError:
        event = None
    if isinstance(event, dict | list):
        row.update(_flattened(event, ""))
    # A filter or a sort may use the name that a field was given.
    row.update({name: row[field] for field, name in columns if field in row})
    return row


def _flattened(value: Any, path: str) -> Iterable[tuple[str, Any]]:
    """JSON fields by their dotted paths; members of arrays by their index (user guide, "Fields in JSON logs")."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in members:
            yield from _flattened(item, f"{path}.{key}" if path else str(key))
    elif value is not None:
        yield path, value


def _results(query: Query, matched: list[Row]) -> list[list[dict[str, str]]]:
    rows, columns = matched, query.columns or _DEFAULT_COLUMNS
    if query.aggregates:
        rows = [row for row in _aggregated(query, matched) if all(test(row) for test in query.after)]
        names = [*(group.name for group in query.groups), *(one.name for one in query.aggregates)]
        columns = [(name, name) for name in names]
    for field, descending in reversed(query.order):
        rows = sorted(rows, key=lambda row: _key(row.get(field)), reverse=descending)
    pointer = [] if query.aggregates else [("@ptr", "@ptr")]
    return [
        [{"field": name, "value": _shown(row[field])} for field, name in [*columns, *pointer] if field in row]
        for row in rows
    ]


def _aggregated(query: Query, rows: list[Row]) -> list[Row]:
    grouped: dict[tuple[Any, ...], list[Row]] = {} if query.groups else {(): []}
    for row in rows:
        grouped.setdefault(tuple(_group_value(group, row) for group in query.groups), []).append(row)
    answers = []
    for values, members in grouped.items():
        answer = {group.name: value for group, value in zip(query.groups, values, strict=True) if value is not None}
        for aggregate in query.aggregates:
            value = _aggregate(aggregate, members)
            if value is not None:
                answer[aggregate.name] = value
        answers.append(answer)
    return answers


def _group_value(group: Group, row: Row) -> Any:
    if not group.seconds:
        return row.get(group.field)
    start = row["@milliseconds"] // 1000 // group.seconds * group.seconds
    return datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M:%S.000")


def _aggregate(aggregate: Aggregate, rows: list[Row]) -> Any:
    if aggregate.field is None:
        return len(rows)
    values = [row[aggregate.field] for row in rows if row.get(aggregate.field) is not None]
    if aggregate.function == "count":
        return len(values)
    if aggregate.function == "count_distinct":
        return len({str(value) for value in values})
    numbers = [known for value in values if (known := number(value)) is not None]
    if not numbers:
        return 0 if aggregate.function == "sum" else None
    if aggregate.function == "avg":
        return math.fsum(numbers) / len(numbers)
    functions: dict[str, Callable[[list[float]], float]] = {"sum": math.fsum, "min": min, "max": max}
    return functions[aggregate.function](numbers)


def _key(value: Any) -> tuple[int, float, str]:
    known = number(value)
    return (0, 0.0, "") if value is None else (1, known, "") if known is not None else (2, 0.0, str(value))


def _shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value) if isinstance(value, bool) else str(value)
