"""An authorization-details dump (``aws iam get-account-authorization-details``), role by role, whatever its size.

The documents of managed policies may stand behind the roles that attach them, so the file is read twice: first the
default versions of managed policies go to a spool on disk, then the roles are yielded one by one.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import PolicyDocument

from .documents import BOUNDARY, TRUST, UnreadableError, compact, read_document
from .dump_file import BrokenDumpError, DumpFile
from .dump_policies import DumpPolicies, mentions
from .dump_trouble import Trouble, trouble_in
from .json_object import KeyTwice, key_twice
from .role import OtherRole, Reading, Role, UnreadRole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOP_LEVEL_KEYS: Final = frozenset(
    ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "IsTruncated", "Marker", "NextToken")
)
"""By which a dump is known; they come in any order."""


class DumpSource:
    """The roles of a dump, or of a list of its pages."""

    def __init__(self, path: Path, *, pages: bool = False) -> None:
        """Reads nothing yet.

        Args:
            path: of the dump.
            pages: the file is a list of dumps, as paging programs save them.
        """
        self.origin = str(path)
        self.reading = Reading()
        self._path = path
        self._pages = pages

    def roles(self) -> Iterator[Role | UnreadRole | OtherRole]:
        """The roles in the order of the file.

        Raises:
            UsageError: the file cannot be read, or it is broken before its first role ends.
        """
        try:
            file = DumpFile(self._path, pages=self._pages)
            words = self.reading.wanted.policies if self.reading.wanted else ()
            with DumpPolicies(file, pages=self._pages, words=words) as policies:
                yield from self._roles(file, policies)
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be read: {error.strerror}") from None

    def _roles(self, file: DumpFile, policies: DumpPolicies) -> Iterator[Role | UnreadRole | OtherRole]:
        last = ""
        trouble: Trouble | None = None
        try:
            for number, raw in enumerate(file.elements("RoleDetailList")):
                other = None if file.noticed else self._other(raw, policies)
                role = other or self._role(raw, number, policies, key_twice(raw) if file.noticed else None)
                file.noticed.clear()
                last = role.name
                yield role
        except BrokenDumpError:
            trouble = trouble_in(self._path)
        if trouble:
            self._say(trouble, last)
        elif not last and not any(isinstance(found, list) for found in file.values("RoleDetailList")):
            raise UsageError(
                f"{self._path}: there is no RoleDetailList in it; "
                "expected what aws iam get-account-authorization-details prints"
            )
        elif file.may_be_cut and _is_cut(file):
            self.reading.partial.append(
                f"{self._path}: it is one page of several, the roles of the others are missing; "
                "get the dump without --no-paginate and --max-items"
            )

    def _other(self, raw: Any, policies: DumpPolicies) -> OtherRole | None:
        """The role, if it is none of those wanted by its letters alone: then it need not be understood."""
        wanted = self.reading.wanted
        if not wanted or not isinstance(raw, dict) or not isinstance(raw.get("RoleName"), str):
            return None
        said = raw.get("AssumeRolePolicyDocument")
        if not isinstance(said, dict):
            return None  # text may be percent-encoded, and whatever else it is says nothing of whose role it is
        trust = compact(said)
        if "*" in trust or mentions(trust, wanted.trust):
            return None
        try:
            read_document(trust, name=TRUST, pointer="")
        except UnreadableError:
            return None  # whoever may assume it, a broken trust policy does not tell
        attached = raw.get("AttachedManagedPolicies")
        for one in attached if isinstance(attached, list) else ():
            if isinstance(one, dict) and str(one.get("PolicyArn")) in policies.mentioning:
                return None
        own = compact(raw.get("RolePolicyList"))
        return None if mentions(own, wanted.policies) else OtherRole(raw["RoleName"])

    def _say(self, trouble: Trouble, last: str) -> None:
        if not last:
            raise UsageError(f"{trouble}, before the first role was whole; get the dump again")
        self.reading.partial.append(
            f"{trouble}, after the role {last}; roles behind it were not read; get the dump again"
        )

    def _role(self, raw: Any, number: int, policies: DumpPolicies, twice: KeyTwice | None) -> Role | UnreadRole:
        # Of a list of pages the pointer would need the page, which ijson does not tell: those roles have none.
        pointer = "" if self._pages else f"/RoleDetailList/{number}"
        said = {key: raw.get(key) for key in ("RoleName", "Arn")} if isinstance(raw, dict) else {}
        texts = [text for text in said.values() if isinstance(text, str) and text]
        name = texts[0] if texts else f"role {number + 1}"
        try:
            if not isinstance(raw, dict):
                raise UnreadableError(
                    "the role is no object; expected what get-account-authorization-details prints", pointer
                )
            if not isinstance(raw.get("Arn", ""), str):
                raise UnreadableError(f"the Arn is {json.dumps(raw['Arn'])[:40]}; expected text", f"{pointer}/Arn")
            if twice:
                raise UnreadableError(f"the key {twice.key} stands twice; expected it once", pointer + twice.pointer)
            return _whole_role(raw, name, policies, self._path, pointer)
        except UnreadableError as error:
            return UnreadRole(
                name=texts[-1] if texts else name,
                reason=f"{self._path}: {error}",
                file=self._path,
                pointer=error.pointer,
            )


def _is_cut(file: DumpFile) -> bool:
    """Whether the dump says of itself that more follows: its last page, where it has several."""
    for mark in ("IsTruncated", "NextToken"):
        said = list(file.values(mark))
        if said and said[-1] not in (False, None):
            return True
    return False


def _whole_role(raw: dict[str, Any], name: str, policies: DumpPolicies, path: Path, pointer: str) -> Role:
    inline = [
        read_document(
            one.get("PolicyDocument"),
            name=str(one.get("PolicyName", "")),
            pointer=f"{pointer}/RolePolicyList/{index}/PolicyDocument",
        )
        for index, one in enumerate(_objects(raw, "RolePolicyList", pointer))
    ]
    attached = _objects(raw, "AttachedManagedPolicies", pointer)
    managed = [policies.get(str(one.get("PolicyArn", "")), str(one.get("PolicyName", ""))) for one in attached]
    if "AssumeRolePolicyDocument" not in raw:
        raise UnreadableError("AssumeRolePolicyDocument is missing; expected who may assume the role", pointer)
    return Role(
        name=name,
        arn=str(raw.get("Arn", "")),
        trust=read_document(raw["AssumeRolePolicyDocument"], name=TRUST, pointer=f"{pointer}/AssumeRolePolicyDocument"),
        policies=(*inline, *managed),
        managed=tuple(str(one.get("PolicyArn", "")) for one in attached),
        boundary=boundary_of(raw, policies),
        created=created_on(raw.get("CreateDate")),
        tags=tags_of(raw.get("Tags")),
        file=path,
        pointer=pointer,
    )


def boundary_of(raw: dict[str, Any], policies: DumpPolicies | None) -> PolicyDocument | None:
    """The permissions boundary of a role as AWS prints it; not known when its text is not in the file.

    Args:
        raw: the role.
        policies: the managed policies of the file; None when it has none.

    Raises:
        UnreadableError: the text of the boundary cannot be read.
    """
    written = raw.get("PermissionsBoundary")
    if not written:
        return None
    arn = str(written.get("PermissionsBoundaryArn", "")) if isinstance(written, dict) else str(written)
    if policies is None:
        return PolicyDocument.not_known(f"the file does not contain {arn}", name=BOUNDARY)
    return policies.get(arn, BOUNDARY)


def created_on(written: Any) -> date | None:
    """The day of a date as AWS prints it; None when there is none."""
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None


def tags_of(written: Any) -> dict[str, str] | None:
    """Tags as AWS prints them, a list of Key and Value; None when the source says nothing about them."""
    if not isinstance(written, list):
        return None
    return {str(tag.get("Key", "")): str(tag.get("Value", "")) for tag in written if isinstance(tag, dict)}


def _objects(raw: dict[str, Any], key: str, pointer: str) -> list[dict[str, Any]]:
    """A list of objects; a role that lacks the list cannot be called clean."""
    if key not in raw:
        raise UnreadableError(f"{key} is missing; expected a list, which may be empty", pointer)
    listed = raw[key]
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise UnreadableError(f"{key} is no list of objects", f"{pointer}/{key}")
    return listed
