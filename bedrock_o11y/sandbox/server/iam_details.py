"""What IAM tells of roles in lists: pages, boundaries, and the AWS managed policies in use.

Sources: IAM API reference, GetAccountAuthorizationDetails, ListRolePolicies, ListAttachedRolePolicies, and the API
model of each. MiniStack answers everything on one page whatever is asked for, leaves the permissions boundary out of
the details of a role, the AWS managed policies out of the list of policies, and counts and dates out of each policy.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any]], seams.Response]

_NAMESPACE: Final = "https://iam.amazonaws.com/doc/2010-05-08/"
_DEFAULT_PAGE: Final = 100
_LONGEST_PAGE: Final = 1000
_MARKER: Final = "bedrock-o11y:"
_DETAILS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")

PAGED: Final[dict[str, tuple[str, ...]]] = {
    "GetAccountAuthorizationDetails": _DETAILS,
    "ListRolePolicies": ("PolicyNames",),
    "ListAttachedRolePolicies": ("AttachedPolicies",),
}
"""Operations that answer page by page, and the lists that a page is cut from, in order."""


def install() -> None:
    """Put the corrections in their place."""
    ElementTree.register_namespace("", _NAMESPACE)
    handlers: dict[str, Handler] = seams.get("iam.handlers")
    handlers["GetAccountAuthorizationDetails"] = _detailed(handlers["GetAccountAuthorizationDetails"])
    for operation, lists in PAGED.items():
        handlers[operation] = _paged(handlers[operation], lists)


# --- What the details lack ---------------------------------------------------------------------------------------


def _detailed(original: Handler) -> Handler:
    def answer(parameters: dict[str, Any]) -> seams.Response:
        status, headers, body = original(parameters)
        root = _parsed(body)
        for detail in root.iterfind(_path("RoleDetailList", "member")):
            _add_boundary(detail)
        wanted = _filters(parameters)
        policies = root.find(_path("Policies"))
        if policies is not None:
            for detail in policies:
                detail[:] = _policy_details(str(detail.findtext(_tag("Arn"))))
            if not wanted or "AWSManagedPolicy" in wanted:
                for arn in _aws_managed_in_use():
                    policies.append(_element("member", *_policy_details(arn)))
        return status, headers, _written(root)

    return answer


def _add_boundary(detail: ElementTree.Element) -> None:
    arn = seams.get("iam.roles")[detail.findtext(_tag("RoleName"))].get("PermissionsBoundary")
    if arn:
        kind = _element("PermissionsBoundaryType", text="PermissionsBoundaryPolicy")
        detail.append(_element("PermissionsBoundary", kind, _element("PermissionsBoundaryArn", text=arn)))


def _policy_details(arn: str) -> list[ElementTree.Element]:
    """Everything of a policy: what GetPolicy says of it, and its versions.

    Tags are no part of it (API model, ManagedPolicyDetail).
    """
    about = _parsed(f'<Policy xmlns="{_NAMESPACE}">{seams.get("iam.policy_xml")(arn)}</Policy>')
    details = [each for each in about if each.tag != _tag("Tags")]
    # MiniStack quotes the documents of GetPolicyVersion, and gives the date that the details lack.
    versions = [
        _single(seams.get("iam.policy_version")({"PolicyArn": [arn], "VersionId": [version]}), "PolicyVersion")
        for version in seams.get("iam.policy")(arn)["Versions"]
    ]
    members = [_element("member", *version) for version in versions]
    return [*details, _element("PolicyVersionList", *members)]


def _aws_managed_in_use() -> list[str]:
    """The AWS managed policies that something in this account has attached or has as its boundary."""
    entities = [
        entity for kind in ("iam.roles", "iam.users", "iam.groups") for entity in list(seams.get(kind).values())
    ]
    used = {arn for entity in entities for arn in entity.get("AttachedPolicies", [])}
    used |= {entity.get("PermissionsBoundary") or "" for entity in entities}
    return sorted(arn for arn in used if arn.startswith("arn:aws:iam::aws:policy/") and seams.get("iam.policy")(arn))


def _filters(parameters: dict[str, Any]) -> set[str]:
    return {_one(parameters, name) for name in parameters if re.fullmatch(r"Filter\.member\.\d+", name)}


# --- Pages -------------------------------------------------------------------------------------------------------


def _paged(original: Handler, lists: tuple[str, ...]) -> Handler:
    def answer(parameters: dict[str, Any]) -> seams.Response:
        size, start = _size(_one(parameters, "MaxItems")), _start(_one(parameters, "Marker"))
        if size is None:
            return _refused("MaxItems", f"Member must have value between 1 and {_LONGEST_PAGE}")
        if start is None:
            return _refused("Marker", "Invalid Marker")
        status, headers, body = original(parameters)
        root = _parsed(body)
        found = [(each, member) for name in lists if (each := root.find(_path(name))) is not None for member in each]
        for number, (holder, member) in enumerate(found):
            if not start <= number < start + size:
                holder.remove(member)
        truncated = root.find(_path("IsTruncated"))
        if truncated is not None and start + size < len(found):
            truncated.text = "true"
            root[0].append(_element("Marker", text=_marker(start + size)))
        return status, headers, _written(root)

    return answer


def _size(text: str) -> int | None:
    if not text:
        return _DEFAULT_PAGE
    return int(text) if text.isdigit() and 1 <= int(text) <= _LONGEST_PAGE else None


def _marker(start: int) -> str:
    return base64.b64encode(f"{_MARKER}{start}".encode()).decode()


def _start(marker: str) -> int | None:
    if not marker:
        return 0
    try:
        text = base64.b64decode(marker, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    rest = text.removeprefix(_MARKER)
    return int(rest) if text.startswith(_MARKER) and rest.isdigit() else None


def _refused(parameter: str, why: str) -> seams.Response:
    refusal: seams.Response = seams.get("iam.error")(
        400,
        "ValidationError",
        f"1 validation error detected: Value at '{parameter}' failed to satisfy constraint: {why}",
    )
    return refusal


# --- XML ---------------------------------------------------------------------------------------------------------


def _parsed(text: str | bytes) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314, it is MiniStack's own answer


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _path(*names: str) -> str:
    return "/".join(["*", *map(_tag, names)])


def _element(name: str, *children: ElementTree.Element, text: str | None = None) -> ElementTree.Element:
    element = ElementTree.Element(_tag(name))
    element.text = text
    element.extend(children)
    return element


def _single(answer: seams.Response, name: str) -> ElementTree.Element:
    found = _parsed(answer[2]).find(_path(name))
    return _element(name) if found is None else found


def _written(root: ElementTree.Element) -> bytes:
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _one(parameters: dict[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)
