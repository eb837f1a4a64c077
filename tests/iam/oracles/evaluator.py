"""An evaluator of policies as plain as the documentation reads: dictionaries, sets, one request at a time.

Written from the IAM User Guide (the page is named beside each rule), without a look at the product, and slow. Where
AWS's own pages disagree (does a star in the first five fields of an ARN cross a colon?) the reading is a parameter.
"""

from __future__ import annotations

import enum
import functools
import ipaddress
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Document = dict[str, Any]
Context = dict[str, Any]
"""Lower-case condition keys and their value or list of values; a key that is not here is absent."""

_STAR, _QUESTION = "\uf000", "\uf001"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class Reading(enum.Enum):
    """Of a star in one of the first five fields of an ARN."""

    FIELDS = "does not cross a colon"
    WHOLE = "crosses colons"
    AS_WRITTEN = "crosses colons, and an ARN without all of its fields is not completed"


class Answer(enum.Enum):
    ALLOWED = "ALLOWED"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    IMPLICIT_DENY = "IMPLICIT_DENY"


def literal(text: str) -> str:
    """A text whose stars and question marks are themselves; both sides of a comparison go through this."""
    return text.replace("*", _STAR).replace("?", _QUESTION)


def glob(pattern: str, text: str) -> bool:
    """``*`` is any run of characters, also none, ``?`` exactly one (reference_policies_elements_resource)."""
    reached = {0}  # how much of the text the pattern so far can have taken
    for token in pattern:
        if token == "*":
            reached = set(range(min(reached), len(text) + 1))
        else:
            reached = {place + 1 for place in reached if place < len(text) and token in ("?", text[place])}
        if not reached:
            return False
    return len(text) in reached


@functools.lru_cache(maxsize=50_000)
def action_matches(pattern: str, action: str) -> bool:
    """Prefix and name without regard to case (reference_policies_elements_action)."""
    return glob(pattern.lower(), literal(action.lower()))


@functools.lru_cache(maxsize=200_000)
def resource_matches(pattern: str, resource: str, reading: Reading) -> bool:
    """An ARN with missing fields gets a star for each (reference-arns); case counts."""
    resource = literal(resource)
    if reading is Reading.AS_WRITTEN:
        return glob(pattern, resource)
    if not pattern.strip("*") and pattern:
        return True
    fields = pattern.split(":", 5)
    fields += ["*"] * (6 - len(fields))
    if reading is Reading.WHOLE:
        return glob(":".join(fields), resource)
    given = resource.split(":", 5)
    return len(given) == 6 and all(glob(*pair) for pair in zip(fields, given, strict=True))


def filled(pattern: str, context: Context) -> str | None:
    """Policy variables replaced by their values, which are text (reference_policies_variables)."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, _, rest = match.group(1).partition(",")
        if name in ("*", "?", "$"):
            return literal(name)
        given = context.get(name.strip().lower())
        if given is None and rest.strip():
            given = rest.strip()[1:-1]
        if given is None or isinstance(given, list):
            missing = True
            return ""
        return literal(given)

    text = _VARIABLE.sub(value, pattern)
    return None if missing else text


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statement_applies(
    statement: Mapping[str, Any], version: str, action: str, resource: str, context: Context, reading: Reading
) -> bool:
    return (
        statement_names_action(statement, action)
        and statement_names_resource(statement, version, resource, context, reading)
        and conditions_hold(statement.get("Condition", {}), version, context)
    )


def statement_names_action(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(action_matches(pattern, action) for pattern in listed(statement["NotAction"]))
    return any(action_matches(pattern, action) for pattern in listed(statement["Action"]))


def statement_names_resource(
    statement: Mapping[str, Any], version: str, resource: str, context: Context, reading: Reading
) -> bool:
    negated = "NotResource" in statement
    patterns = listed(statement["NotResource" if negated else "Resource"])
    if version == "2012-10-17":
        patterns = [text for pattern in patterns if (text := filled(pattern, context)) is not None]
    return negated != any(resource_matches(pattern, resource, reading) for pattern in patterns)


def conditions_hold(block: Mapping[str, Mapping[str, Any]], version: str, context: Context) -> bool:
    """Operators and keys are joined by AND (reference_policies_condition-logic-multiple-context-keys-or-values)."""
    return all(
        condition_holds(operator, key, listed(values), version, context)
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def condition_holds(operator: str, key: str, values: list[Any], version: str, context: Context) -> bool:
    """One operator and key (reference_policies_elements_condition_operators, …_condition-single-vs-multi-valued)."""
    expected = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    given = context.get(key.lower())
    if operator.lower() == "null":
        return (given is None) == (expected[0].lower() == "true")
    quantifier, _, name = operator.rpartition(":")
    name = name.lower()
    if name.endswith("ifexists"):
        name = name.removesuffix("ifexists")
        if given is None:
            return True
    if version == "2012-10-17" and name.startswith(("string", "arn")):
        expected = [text for value in expected if (text := filled(value, context)) is not None]
    negated = "not" in name
    positive = name.replace("not", "") if name != "notipaddress" else "ipaddress"

    def one(actual: str) -> bool:
        return negated != any(compare(positive, actual, value) for value in expected)

    if quantifier.lower() == "forallvalues":
        return given is None or all(one(actual) for actual in listed(given))
    if quantifier.lower() == "foranyvalue":
        return given is not None and any(one(actual) for actual in listed(given))
    if given is None:
        return negated
    return one(listed(given)[0])


def compare(name: str, actual: str, expected: str) -> bool:
    """A positive operator on one value."""
    if name.startswith("numeric"):
        return ordered(name.removeprefix("numeric"), number(actual), number(expected))
    if name.startswith("date"):
        return ordered(name.removeprefix("date"), moment(actual), moment(expected))
    if name in ("arnequals", "arnlike"):
        # Each of the six fields is checked separately, and each may hold wildcards.
        wanted, given = expected.split(":", 5), literal(actual).split(":", 5)
        return len(wanted) == len(given) == 6 and all(glob(*pair) for pair in zip(wanted, given, strict=True))
    if name == "stringlike":
        return glob(expected, literal(actual))
    if name == "bool":
        return actual.lower() == expected.lower()
    if name == "ipaddress":
        try:
            return ipaddress.ip_address(actual) in ipaddress.ip_network(expected, strict=False)
        except ValueError:
            return False
    if name == "stringequalsignorecase":
        return actual.lower() == _unmarked(expected).lower()
    if name in ("stringequals", "binaryequals"):
        return actual == _unmarked(expected)
    raise AssertionError(f"no operator {name}")


def _unmarked(text: str) -> str:
    return text.replace(_STAR, "*").replace(_QUESTION, "?")


def ordered(name: str, actual: float | None, expected: float | None) -> bool:
    if actual is None or expected is None:
        return False
    return {
        "equals": actual == expected,
        "lessthan": actual < expected,
        "lessthanequals": actual <= expected,
        "greaterthan": actual > expected,
        "greaterthanequals": actual >= expected,
    }[name]


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def moment(text: str) -> float | None:
    """An ISO 8601 date and time, or seconds since 1970."""
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return number(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def evaluate(
    identity: Iterable[Document],
    action: str,
    resource: str,
    context: Mapping[str, Any],
    *,
    boundary: Document | None = None,
    limits: Iterable[Document] = (),
    reading: Reading = Reading.FIELDS,
) -> Answer:
    """An explicit Deny wins, then every fence must allow, then the identity (reference_policies_evaluation-logic)."""
    request: Context = {key.lower(): value for key, value in context.items() if value is not None}
    documents = list(identity)
    fences = [*limits, *([boundary] if boundary is not None else [])]

    def applying(document: Document, effect: str) -> bool:
        version = document.get("Version", "2008-10-17")
        return any(
            statement["Effect"] == effect and statement_applies(statement, version, action, resource, request, reading)
            for statement in listed(document["Statement"])
        )

    if any(applying(document, "Deny") for document in [*documents, *fences]):
        return Answer.EXPLICIT_DENY
    if all(applying(fence, "Allow") for fence in fences) and any(applying(document, "Allow") for document in documents):
        return Answer.ALLOWED
    return Answer.IMPLICIT_DENY
