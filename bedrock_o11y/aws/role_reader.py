"""Reads a role of a live account, and its policies, as plain data.

What could not be read stands there with its reason: ``{"name", "reason", "action"}`` in the place of
``{"name", "document"}``. So a policy that nobody may look at is never taken for one that is not there.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .reading import Reading, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .session import Account

_MISSING: Final = ("NoSuchEntity",)


class RoleReader:
    """Reads roles by name; safe to use from several threads. A managed policy is read once, however many have it."""

    def __init__(self, account: Account, *, page_size: int = 1000) -> None:
        """Calls nothing yet.

        Args:
            account: where to look.
            page_size: how many policies of a role one page holds.
        """
        self._account = account
        self._page_size = page_size
        self._managed: dict[str, dict[str, Any]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def role(self, name: str) -> Reading:
        """A role without its policies.

        Args:
            name: of the role, without its path.

        Returns:
            Present: ``{"name", "arn", "created", "tags", "trust", "boundary"}``, the boundary as its ARN or None.
            Absent when the account has no role of that name.
        """

        def call() -> Any:
            role = self._iam.get_role(RoleName=name)["Role"]
            return {
                "name": role["RoleName"],
                "arn": role["Arn"],
                "created": role["CreateDate"].date().isoformat(),
                "tags": {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
                "trust": role["AssumeRolePolicyDocument"],
                "boundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            }

        return look("iam:GetRole", call, absent=_MISSING)

    def policies(self, role: Mapping[str, Any]) -> dict[str, Any]:
        """The policies of a role.

        Args:
            role: as :meth:`role` gave it.

        Returns:
            ``{"inline", "managed", "unlisted", "boundary"}``: lists of policies, managed ones with their ``arn``;
            ``unlisted`` holds an entry for each list that could not be read to its end; the boundary is a policy or
            None.
        """
        name = role["name"]
        unlisted: list[dict[str, Any]] = []
        inline = [self._inline(name, each) for each in self._names(name, unlisted)]
        managed = [self.managed(each["PolicyArn"]) for each in self._attached(name, unlisted)]
        return {
            "inline": [each for each in inline if each],
            "managed": managed,
            "unlisted": unlisted,
            "boundary": self.managed(role["boundary"]) if role["boundary"] else None,
        }

    def managed(self, arn: str) -> dict[str, Any]:
        """A managed policy in its default version.

        Args:
            arn: of the policy.

        Returns:
            ``{"arn", "name", "document"}``, or ``{"arn", "name", "reason", "action"}``.
        """
        with self._lock:
            lock = self._locks.setdefault(arn, threading.Lock())
        with lock:
            if arn not in self._managed:
                name = arn.rpartition("/")[2]
                self._managed[arn] = {"arn": arn, **_entry(name, self._default_version(arn))}
            return self._managed[arn]

    @property
    def _iam(self) -> Any:
        return self._account.client("iam")

    def _inline(self, role: str, name: str) -> dict[str, Any] | None:
        reading = look(
            "iam:GetRolePolicy",
            lambda: self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"],
            absent=_MISSING,
        )
        return None if reading.is_absent else _entry(name, reading)  # taken away since it was listed

    def _default_version(self, arn: str) -> Reading:
        policy = look("iam:GetPolicy", lambda: self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"])
        if not policy.is_present:
            return policy
        return look(
            "iam:GetPolicyVersion",
            lambda: self._iam.get_policy_version(PolicyArn=arn, VersionId=policy.value)["PolicyVersion"]["Document"],
        )

    def _names(self, role: str, unlisted: list[dict[str, Any]]) -> Iterator[str]:
        call = partial(self._iam.list_role_policies, RoleName=role, MaxItems=self._page_size)
        return _pages("iam:ListRolePolicies", call, "PolicyNames", "inline policies", unlisted)

    def _attached(self, role: str, unlisted: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        call = partial(self._iam.list_attached_role_policies, RoleName=role, MaxItems=self._page_size)
        return _pages("iam:ListAttachedRolePolicies", call, "AttachedPolicies", "attached policies", unlisted)


def _pages(
    action: str, call: Callable[..., Any], member: str, what: str, unlisted: list[dict[str, Any]]
) -> Iterator[Any]:
    marker: dict[str, str] = {}
    while True:
        page = look(action, partial(call, **marker))
        if not page.is_present:
            unlisted.append(_entry(what, page))
            return
        yield from page.value[member]
        if not page.value.get("IsTruncated"):
            return
        marker = {"Marker": page.value["Marker"]}


def _entry(name: str, reading: Reading) -> dict[str, Any]:
    if reading.is_present:
        return {"name": name, "document": reading.value}
    return {"name": name, "reason": reading.reason, "action": reading.action}
