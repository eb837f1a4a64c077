"""Reads a policy document: what IAM's grammar allows, and a pointer to the first thing that it does not.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy elements reference". Empty lists
are read as what they say (nothing, or everything under a NotAction): IAM Access Analyzer calls them suggestions, not
errors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import unquote

from .errors import PolicyError
from .statement import Condition, Effect, Principal, Statement
from .unknown_text import UNKNOWN_END, UNKNOWN_START, readable

VERSION_WITH_VARIABLES: Final = "2012-10-17"
DEFAULT_VERSION: Final = "2008-10-17"
"""The version of a document that names none: variables in it are literal text."""

_DOCUMENT_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS: Final = frozenset(
    {
        *("Sid", "Effect", "Condition"),
        *("Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"),
    }
)
_PRINCIPAL_KINDS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_EFFECTS: Final = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}
_ENCODINGS: Final = 3
"""How often a text may be percent-encoded: IAM answers once encoded, a dump of a dump twice."""


def read(source: Mapping[str, Any] | str) -> tuple[str, tuple[Statement, ...], str]:
    """The version and the statements of a document, and why it is not known if it is not.

    Args:
        source: a dict, JSON text, percent-encoded JSON text, or one unknown text.

    Raises:
        PolicyError: with the JSON pointer of what is wrong.
    """
    if isinstance(source, str):
        if _is_unknown(source):
            return VERSION_WITH_VARIABLES, (), f"the text of {readable(source)} is not known"
        source = _load(source)
    if not isinstance(source, Mapping):
        raise PolicyError(f"expected an object, found {_kind(source)}")
    if not _DOCUMENT_ELEMENTS.issuperset(source):
        _refuse_element(source, _DOCUMENT_ELEMENTS, "")
    version = source.get("Version", DEFAULT_VERSION)
    if version not in (VERSION_WITH_VARIABLES, DEFAULT_VERSION):
        raise PolicyError(
            f"expected {VERSION_WITH_VARIABLES} or {DEFAULT_VERSION}, found {_shown(version)}", "/Version"
        )
    if "Statement" not in source:
        raise PolicyError("no Statement in this document")
    found = source["Statement"]
    if isinstance(found, list | tuple):
        return version, tuple(_statement(one, i, f"/Statement/{i}") for i, one in enumerate(found)), ""
    return version, (_statement(found, 0, "/Statement"),), ""


def _load(text: str) -> Any:
    """The value of a JSON text, percent-encoded or not."""
    text = text.lstrip("\ufeff \t\r\n")
    for _ in range(_ENCODINGS):
        if text.startswith("{") or "%" not in text:
            break
        text = unquote(text).lstrip("\ufeff \t\r\n")
    twice: list[tuple[dict[str, Any], str]] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    twice.append((value, key))
                seen.add(key)
        return value

    def constant(name: str) -> NoReturn:
        raise PolicyError(f"not JSON: {name} is no value of JSON")

    try:
        value = json.loads(text, object_pairs_hook=once, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise PolicyError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except PolicyError:
        raise
    except ValueError as error:  # a number longer than Python converts
        raise PolicyError(f"not JSON that can be read: {error}") from None
    except RecursionError:
        raise PolicyError("not a policy: nested too deeply") from None
    if twice:
        within, key = twice[0]
        raise PolicyError("this key stands here twice", f"{_find(value, within) or ''}/{_escape(key)}")
    return value


def _statement(value: Any, index: int, pointer: str) -> Statement:
    if not isinstance(value, Mapping):
        if isinstance(value, str) and _is_unknown(value):
            return Statement(index, "", Effect.UNKNOWN, (value,), (value,), pointer=pointer)
        raise PolicyError(f"expected an object, found {_kind(value)}", pointer)
    if not _STATEMENT_ELEMENTS.issuperset(value):
        _refuse_element(value, _STATEMENT_ELEMENTS, pointer)
    if "Effect" not in value:
        raise PolicyError("this statement has no Effect", pointer)
    effect = _effect(value["Effect"], pointer)
    sid = value.get("Sid", "")
    if not isinstance(sid, str):
        raise PolicyError(f"expected text, found {_kind(sid)}", f"{pointer}/Sid")
    not_actions = "NotAction" in value
    if not_actions and "Action" in value:
        raise PolicyError("this statement has both Action and NotAction", f"{pointer}/NotAction")
    if not not_actions and "Action" not in value:
        raise PolicyError("this statement has neither Action nor NotAction", pointer)
    not_principals = "NotPrincipal" in value
    if not_principals and "Principal" in value:
        raise PolicyError("this statement has both Principal and NotPrincipal", f"{pointer}/NotPrincipal")
    principals = None
    if not_principals or "Principal" in value:
        name = "NotPrincipal" if not_principals else "Principal"
        principals = _principals(value[name], f"{pointer}/{name}")
    not_resources = "NotResource" in value
    if not_resources and "Resource" in value:
        raise PolicyError("this statement has both Resource and NotResource", f"{pointer}/NotResource")
    if not_resources or "Resource" in value:
        resources = _texts(value, "NotResource" if not_resources else "Resource", pointer)
    elif principals is None:
        raise PolicyError("this statement has neither Resource nor NotResource", pointer)
    else:
        resources = ()
    return Statement(
        index,
        sid,
        effect,
        _texts(value, "NotAction" if not_actions else "Action", pointer),
        resources,
        not_actions,
        not_resources,
        _conditions(value["Condition"], f"{pointer}/Condition") if "Condition" in value else (),
        principals,
        not_principals,
        pointer,
    )


def _effect(value: Any, pointer: str) -> Effect:
    if isinstance(value, str):
        if value in _EFFECTS:
            return _EFFECTS[value]
        if UNKNOWN_START in value:
            return Effect.UNKNOWN
    raise PolicyError(f"expected Allow or Deny, found {_shown(value)}", f"{pointer}/Effect")


def _texts(statement: Mapping[str, Any], name: str, pointer: str) -> tuple[str, ...]:
    value = statement[name]
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        for i, one in enumerate(value):
            if not isinstance(one, str):
                raise PolicyError(f"expected text, found {_kind(one)}", f"{pointer}/{name}/{i}")
        return tuple(value)
    raise PolicyError(f"expected text or a list of texts, found {_kind(value)}", f"{pointer}/{name}")


def _principals(value: Any, pointer: str) -> tuple[Principal, ...]:
    if isinstance(value, str):
        if value == "*":
            return (Principal("*", "*"),)
        if UNKNOWN_START in value:
            return (Principal(value, value),)
        raise PolicyError(f'expected "*" or an object, found {_shown(value)}', pointer)
    if not isinstance(value, Mapping):
        raise PolicyError(f'expected "*" or an object, found {_kind(value)}', pointer)
    found = []
    for kind in value:
        if kind not in _PRINCIPAL_KINDS and UNKNOWN_START not in kind:
            expected = ", ".join(sorted(_PRINCIPAL_KINDS))
            raise PolicyError(f"expected one of {expected}, found {_shown(kind)}", f"{pointer}/{_escape(kind)}")
        found += [Principal(kind, one) for one in _texts(value, kind, pointer)]
    return tuple(found)


def _conditions(value: Any, pointer: str) -> tuple[Condition, ...]:
    if isinstance(value, str) and _is_unknown(value):
        return (Condition(value, "", ()),)
    if not isinstance(value, Mapping):
        raise PolicyError(f"expected an object, found {_kind(value)}", pointer)
    found = []
    for operator, keys in value.items():
        if isinstance(keys, str) and _is_unknown(keys):
            found.append(Condition(keys, "", ()))
            continue
        if not isinstance(keys, Mapping):
            raise PolicyError(f"expected an object, found {_kind(keys)}", f"{pointer}/{_escape(operator)}")
        for key, values in keys.items():
            texts = _values(values, pointer, operator, key)
            found.append(Condition(operator, key, texts))
    return tuple(found)


def _values(value: Any, pointer: str, operator: str, key: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    several = isinstance(value, list | tuple)
    found = []
    for i, one in enumerate(value if several else (value,)):
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, bool):
            found.append("true" if one else "false")
        elif isinstance(one, int | float):
            found.append(str(one))
        else:
            place = f"{pointer}/{_escape(operator)}/{_escape(key)}" + (f"/{i}" if several else "")
            raise PolicyError(f"expected text, a number or true or false, found {_kind(one)}", place)
    return tuple(found)


def _refuse_element(value: Mapping[str, Any], known: frozenset[str], pointer: str) -> NoReturn:
    name = next(name for name in value if name not in known)
    raise PolicyError(
        f"IAM knows no element of this name here, only {', '.join(sorted(known))}", f"{pointer}/{_escape(name)}"
    )


def _is_unknown(text: str) -> bool:
    return text.startswith(UNKNOWN_START) and text.find(UNKNOWN_END) == len(text) - 1


def _find(value: Any, wanted: Any) -> str | None:
    """The JSON pointer of an object inside a value."""
    pending = [(value, "")]
    while pending:
        one, pointer = pending.pop()
        if one is wanted:
            return pointer
        if isinstance(one, dict):
            pending += [(inner, f"{pointer}/{_escape(key)}") for key, inner in one.items()]
        elif isinstance(one, list):
            pending += [(inner, f"{pointer}/{i}") for i, inner in enumerate(one)]
    return None


def _escape(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"the number {value}" if isinstance(value, int | float) else f"the text {_shown(value)}"


def _shown(value: Any) -> str:
    if not isinstance(value, str):
        return _kind(value)
    text = readable(value)
    return json.dumps(text if len(text) <= 60 else f"{text[:57]}...", ensure_ascii=False)
