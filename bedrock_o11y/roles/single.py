"""One role out of one small file: a policy, a trust policy, or a role as ``aws iam get-role`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import PolicyDocument

from .documents import TRUST, UnreadableError, is_policy, is_trust, read_document
from .dump import boundary_of, created_on, tags_of
from .role import Reading, Role, UnreadRole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRAPPED: Final = (
    ("PolicyDocument", ("PolicyDocument",)),
    ("PolicyVersion", ("PolicyVersion", "Document")),
)
"""Where ``get-role-policy`` and ``get-policy-version`` have the document."""


def policy_in(value: Any) -> tuple[Any, str] | None:
    """The policy document of a file, bare or as the AWS CLI prints one, and its pointer; None when it has none."""
    if not isinstance(value, dict):
        return None
    if is_policy(value):
        return value, ""
    for key, path in _WRAPPED:
        if key in value:
            inner: Any = value
            for part in path:
                inner = inner.get(part) if isinstance(inner, dict) else None
            if isinstance(inner, (dict, str)):
                return inner, "/" + "/".join(path)
    return None


class PolicyFileSource:
    """The role that has the one policy, or the one trust policy, of a file; it is called like the file."""

    def __init__(self, path: Path, value: dict[str, Any]) -> None:
        self.origin = str(path)
        self.reading = Reading()
        self._path = path
        self._value = value

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The one role.

        Raises:
            UsageError: the document is not what IAM accepts.
        """
        found = policy_in(self._value)
        if found is None:
            raise UsageError(f"{self._path}: there is no policy document in it")
        source, pointer = found
        name = self._path.stem
        try:
            if isinstance(source, dict) and is_trust(source):
                trust = read_document(source, name=TRUST, pointer=pointer)
                missing = PolicyDocument.not_known("the file is a trust policy and has no permissions", name="policies")
                yield Role(name, trust=trust, policies=(missing,), file=self._path, pointer=pointer)
                return
            named = str(self._value.get("PolicyName") or name)
            policy = read_document(source, name=named, pointer=pointer)
        except UnreadableError as error:
            raise UsageError(f"{self._path}: {error}") from None
        yield Role(name, policies=(policy,), file=self._path, pointer=pointer)


class RoleFileSource:
    """The role of a file that ``aws iam get-role`` printed: its trust, and nothing of its permissions."""

    def __init__(self, path: Path, value: dict[str, Any]) -> None:
        self.origin = str(path)
        self.reading = Reading()
        self._path = path
        self._raw = value["Role"]

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The one role."""
        raw, pointer = self._raw, "/Role"
        name = str(raw.get("RoleName") or self._path.stem)
        try:
            if "AssumeRolePolicyDocument" not in raw:
                raise UnreadableError("AssumeRolePolicyDocument is missing; expected who may assume the role", pointer)
            trust = read_document(
                raw["AssumeRolePolicyDocument"], name=TRUST, pointer=f"{pointer}/AssumeRolePolicyDocument"
            )
        except UnreadableError as error:
            yield UnreadRole(
                str(raw.get("Arn") or name), f"{self._path}: {error}", file=self._path, pointer=error.pointer
            )
            return
        yield Role(
            name,
            arn=str(raw.get("Arn", "")),
            trust=trust,
            policies=(
                PolicyDocument.not_known(
                    "get-role does not print the policies of a role; audit the account, or a dump of it",
                    name="policies",
                ),
            ),
            boundary=boundary_of(raw, None),
            created=created_on(raw.get("CreateDate")),
            tags=tags_of(raw.get("Tags")),
            file=self._path,
            pointer=pointer,
        )
