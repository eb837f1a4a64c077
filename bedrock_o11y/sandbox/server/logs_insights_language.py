"""The part of the Logs Insights query language that the sandbox understands, parsed; everything else is an error.

Source: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax". Understood: ``fields``,
``display``, ``filter``, ``stats`` (once), ``sort``, ``limit`` with plain fields; in filters comparisons, ``like``,
``in``, ``ispresent``, ``and``, ``or``, ``not``; in stats ``count``, ``count_distinct``, ``sum``, ``avg``, ``min`` and
``max`` by fields and ``bin()``. Decided here: a comparison with a field that is missing is false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .logs_insights_values import COMPARE, equal, present

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Condition = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<regex>/(?:[^/\\]|\\.)+/i?)
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<field>`[^`]+`)
      | (?P<word>@?[A-Za-z_][\w.@-]*|\d+[a-z]+)
      | (?P<sign><=|>=|!=|=~|[=<>(),|*\[\]])
    )""",
    re.VERBOSE,
)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FUNCTIONS = ("count", "count_distinct", "sum", "avg", "min", "max")
"""The aggregations of ``stats``."""


class QueryError(Exception):
    """The query uses something that the sandbox does not understand."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One column of ``stats``: a function over a field (None for ``*``), under a name."""

    function: str
    field: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """One column after ``by``: a field, or a time bin of so many seconds, under a name."""

    field: str
    seconds: int
    name: str


@dataclass(slots=True)
class Query:
    """A parsed query.

    Attributes:
        before: filters ahead of ``stats``.
        after: filters behind it, over its columns.
        columns: fields to show, as (field, name).
        aggregates: of ``stats``; empty without.
        groups: of ``stats``.
        order: fields and whether descending.
        limit: of rows.
    """

    before: list[Condition] = field(default_factory=list)
    after: list[Condition] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    limit: int | None = None


def parse(text: str) -> Query:
    """Parse a query.

    Args:
        text: the query string.

    Returns:
        the query.

    Raises:
        QueryError: something in it is not understood.
    """
    return _Parser(re.sub(r"(?m)^\s*#.*$", "", text)).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise QueryError(text[position:].strip()[:80])
            kind = str(match.lastgroup)
            self._tokens.append((kind, match.group(kind)))
            position = match.end()

    def query(self) -> Query:
        query = Query()
        while self._tokens:
            command = self._take("word").lower()
            stage = getattr(self, f"_{command}", None) if command in COMMANDS else None
            if stage is None or query.limit is not None:
                raise QueryError(command if stage is None else f"{command} after limit")
            if query.aggregates and command in ("fields", "display", "stats"):
                raise QueryError(f"{command} after stats")
            stage(query)
            if self._tokens and not self._skip("|"):
                raise QueryError(self._tokens[0][1])
        return query

    def _fields(self, query: Query) -> None:
        query.columns += self._list(self._named_field)

    def _display(self, query: Query) -> None:
        query.columns = self._list(self._named_field)

    def _filter(self, query: Query) -> None:
        (query.after if query.aggregates else query.before).append(self._either())

    def _stats(self, query: Query) -> None:
        query.aggregates = self._list(self._aggregate)
        if self._skip_word("by"):
            query.groups = self._list(self._group)

    def _sort(self, query: Query) -> None:
        query.order = self._list(self._ordering)

    def _limit(self, query: Query) -> None:
        query.limit = int(self._take("number"))

    def _list(self, one: Callable[[], Any]) -> list[Any]:
        items = [one()]
        while self._skip(","):
            items.append(one())
        return items

    def _named_field(self) -> tuple[str, str]:
        name = self._field()
        return name, self._alias(name)

    def _alias(self, otherwise: str) -> str:
        return self._field() if self._skip_word("as") else otherwise

    def _aggregate(self) -> Aggregate:
        function = self._take("word").lower()
        if function not in FUNCTIONS or not self._skip("("):
            raise QueryError(function)
        over = None if self._skip("*") or self._peek() == ("sign", ")") else self._field()
        self._expect(")")
        if over is None and function != "count":
            raise QueryError(f"{function}(*)")
        return Aggregate(function, over, self._alias(f"{function}({over or '*'})"))

    def _group(self) -> Group:
        if self._peek() == ("word", "bin"):
            self._take("word")
            self._expect("(")
            span = self._take("word")
            self._expect(")")
            if span[-1] not in _UNITS or not span[:-1].isdigit():
                raise QueryError(f"bin({span})")
            return Group("@timestamp", int(span[:-1]) * _UNITS[span[-1]], self._alias(f"bin({span})"))
        name = self._field()
        return Group(name, 0, self._alias(name))

    def _ordering(self) -> tuple[str, bool]:
        name = self._field()
        if self._peek() == ("sign", "("):  # sort by count(*) names the column of stats
            self._take("sign")
            inner = "*" if self._skip("*") else self._field()
            self._expect(")")
            name = f"{name}({inner})"
        descending = self._skip_word("desc")
        if not descending:
            self._skip_word("asc")
        return name, descending

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._skip_word("or"):
            parts.append(self._both())
        return lambda row: any(part(row) for part in parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._skip_word("and"):
            parts.append(self._one())
        return lambda row: all(part(row) for part in parts)

    def _one(self) -> Condition:
        if self._skip_word("not"):
            inner = self._one()
            return lambda row: not inner(row)
        if self._skip("("):
            inner = self._either()
            self._expect(")")
            return inner
        name = self._field()
        if self._peek() == ("sign", "("):
            self._take("sign")
            argument = self._field()
            self._expect(")")
            if name.lower() == "ispresent":
                return lambda row: row.get(argument) is not None
            if (name.lower(), argument) != ("tomillis", "@timestamp"):
                raise QueryError(f"{name}()")
            name = "@milliseconds"
        negated = self._skip_word("not")
        if self._skip_word("in"):
            self._expect("[")
            values = self._list(self._literal)
            self._expect("]")
            return present(name, lambda value: any(equal(value, item) for item in values), negated=negated)
        if self._skip_word("like") or self._skip("=~"):
            return present(name, self._likeness(), negated=negated)
        sign = self._take("sign")
        if negated or sign not in COMPARE:
            raise QueryError(f"{name} {sign}")
        wanted = self._literal()
        return present(name, lambda value: COMPARE[sign](value, wanted), negated=False)

    def _likeness(self) -> Callable[[Any], bool]:
        kind, text = self._next()
        if kind == "regex":
            flags = re.IGNORECASE if text.endswith("i") else 0
            try:
                pattern = re.compile(text.rstrip("i")[1:-1] if flags else text[1:-1], flags)
            except re.error:
                raise QueryError(text) from None
            return lambda value: pattern.search(str(value)) is not None
        if kind != "text":
            raise QueryError(f"like {text}")
        part = text[1:-1]
        return lambda value: part in str(value)

    def _literal(self) -> str | float:
        kind, text = self._next()
        if kind == "number":
            return float(text)
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        raise QueryError(text)

    def _field(self) -> str:
        kind, text = self._next()
        if kind not in ("word", "field"):
            raise QueryError(text)
        return text.strip("`")

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[0] if self._tokens else None

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise QueryError("the query ends too early")
        return self._tokens.pop(0)

    def _take(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            raise QueryError(text)
        return text

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise QueryError(f"{sign} is missing")

    def _skip(self, sign: str) -> bool:
        return self._skip_token("sign", sign)

    def _skip_word(self, word: str) -> bool:
        return self._skip_token("word", word)

    def _skip_token(self, kind: str, text: str) -> bool:
        found = self._peek()
        if found is not None and found[0] == kind and found[1].lower() == text:
            self._tokens.pop(0)
            return True
        return False


COMMANDS = ("fields", "display", "filter", "stats", "sort", "limit")
"""The commands that the sandbox understands."""
