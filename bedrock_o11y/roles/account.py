"""The roles of a live account: all of them, or some by name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import Reading as Look
from bedrock_o11y.aws import RoleReader, look, one_after_another
from bedrock_o11y.errors import CouldNotRunError, UsageError
from bedrock_o11y.iam import PolicyDocument

from .plain import document_of, role_of
from .role import Reading, Role, UnreadRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bedrock_o11y.aws import Account

_LIST_ALL: Final = "iam:GetAccountAuthorizationDetails"
_PAGE_SIZE: Final = 1000
"""The most that IAM gives (IAM API reference, GetAccountAuthorizationDetails)."""
_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
"""What IAM takes for the name of a role (IAM API reference, CreateRole)."""
_NOT_LOOKED_AT: Final = "it was not looked at, because no service that matters here assumes the role"


class AccountRoles:
    """The roles of an account, each with its policies.

    All roles are read in two rounds: the managed policies first, which many roles share and which are kept; then the
    roles, one page at a time. Neither needs memory for more than a page of roles.
    """

    def __init__(
        self,
        account: Account,
        names: Sequence[str] = (),
        wanted: Callable[[PolicyDocument], bool] | None = None,
        *,
        page_size: int = _PAGE_SIZE,
    ) -> None:
        """Asks who the caller is, nothing else yet.

        Args:
            account: where to look.
            names: names or ARNs of roles; none means all.
            wanted: tells from its trust policy whether a role matters; of one that does not, the policies are not
                looked at and stand there as not known. It applies to all roles, not to named ones.
            page_size: how much one page holds.

        Raises:
            UsageError: what cannot be the name of a role.
            CouldNotRunError: no usable credentials, or AWS is out of reach.
        """
        self._account = account
        self._names = tuple(dict.fromkeys(names))
        if wrong := [name for name in self._names if not _NAME.fullmatch(name.rpartition("/")[2])]:
            raise UsageError(f"{wrong[0]!r} is not the name or the ARN of a role; 'aws iam list-roles' prints them")
        self._wanted = wanted
        self._page_size = page_size
        self._reader = RoleReader(account, page_size=page_size)
        self._id = account.identity().account
        self.origin = f"account {self._id}"
        self.reading = Reading()

    def roles(self) -> Iterator[Role | UnreadRole]:
        """The roles, one by one.

        Raises:
            UsageError: none of the names is that of a role.
            CouldNotRunError: nothing can be read at all.
        """
        return self._named() if self._names else self._all()

    # --- All -----------------------------------------------------------------------------------------------------

    def _all(self) -> Iterator[Role]:
        managed = _Managed(self._reader)
        for policy in self._details("Policies", "LocalManagedPolicy", "AWSManagedPolicy"):
            managed.keep(policy)
        for detail in self._details("RoleDetailList", "Role"):
            yield self._role(detail, managed)

    def _details(self, member: str, *kinds: str) -> Iterator[dict[str, Any]]:
        """What all pages list, until one cannot be read."""
        call = partial(
            self._account.client("iam").get_account_authorization_details, Filter=kinds, MaxItems=self._page_size
        )
        marker: dict[str, str] = {}
        given = 0
        while True:
            page = look(_LIST_ALL, partial(call, **marker))
            if not page.is_present:
                self._stopped(page, member, given, at_once=not marker)
                return
            for each in page.value[member]:
                given += 1
                yield each
            if not page.value.get("IsTruncated"):
                return
            marker = {"Marker": page.value["Marker"]}

    def _stopped(self, page: Look, member: str, given: int, *, at_once: bool) -> None:
        if at_once:
            raise CouldNotRunError(f"the roles of {self.origin} cannot be listed: {page.reason}; {_advice(page)}")
        if member == "RoleDetailList":  # a managed policy that was not listed is read by itself instead
            self.reading.partial.append(
                f"{given} roles of {self.origin} were read, then {page.reason}: roles may be missing; {_advice(page)}"
            )

    def _role(self, detail: Mapping[str, Any], managed: _Managed) -> Role:
        trust = document_of({"name": "trust", "document": detail["AssumeRolePolicyDocument"]})
        about: dict[str, Any] = {
            "name": detail["RoleName"],
            "arn": detail["Arn"],
            "trust": trust,
            "created": detail["CreateDate"].date(),
            "tags": {tag["Key"]: tag["Value"] for tag in detail.get("Tags", [])},
        }
        if self._wanted and not trust.unknown and not self._wanted(trust):
            return Role(**about, policies=(PolicyDocument.not_known(_NOT_LOOKED_AT),))
        inline = (
            document_of({"name": each["PolicyName"], "document": each["PolicyDocument"]})
            for each in detail.get("RolePolicyList", [])
        )
        attached = tuple(each["PolicyArn"] for each in detail.get("AttachedManagedPolicies", []))
        boundary = (detail.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        return Role(
            **about,
            policies=(*inline, *(managed.document(arn) for arn in attached)),
            managed=attached,
            boundary=replace(managed.document(boundary), name="boundary") if boundary else None,
        )

    # --- By name -------------------------------------------------------------------------------------------------

    def _named(self) -> Iterator[Role | UnreadRole]:
        looks = one_after_another(partial(self._reader.role, name.rpartition("/")[2]) for name in self._names)
        found = dict(zip(self._names, looks, strict=True))
        if all(each.is_absent for each in found.values()):
            raise UsageError(
                f"{self.origin} has no role {', '.join(self._names)}; 'aws iam list-roles' prints those that exist"
            )
        once: dict[str, tuple[str, Look]] = {}
        for name, each in found.items():
            same = each.is_present and name in (each.value["arn"], each.value["name"])  # an ARN and its name
            once.setdefault(each.value["arn"] if same else name, (name, each))
        yield from one_after_another(partial(self._complete, name, each) for name, each in once.values())

    def _complete(self, name: str, found: Look) -> Role | UnreadRole:
        if found.is_absent:
            return UnreadRole(
                name, f"{self.origin} has no role of this name; 'aws iam list-roles' prints those that exist"
            )
        if found.is_unreadable:
            return UnreadRole(name, f"it could not be read: {found.reason}; {_advice(found)}")
        if name.startswith("arn:") and name != found.value["arn"]:
            own = name.split(":")[4:5] == [self._id]
            advice = "the path is another; name that one" if own else "choose the --profile of the role's account"
            return UnreadRole(name, f"{self.origin} has {found.value['arn']} instead; {advice}")
        return role_of(found.value, self._reader.policies(found.value))


class _Managed:
    """The managed policies of an account, each understood once, when the first role needs it."""

    def __init__(self, reader: RoleReader) -> None:
        self._reader = reader
        self._listed: dict[str, dict[str, Any]] = {}
        self._documents: dict[str, PolicyDocument] = {}

    def keep(self, detail: Mapping[str, Any]) -> None:
        """Keeps the default version of a policy, if anything uses the policy."""
        if not (detail.get("AttachmentCount", 1) or detail.get("PermissionsBoundaryUsageCount", 1)):
            return
        for version in detail["PolicyVersionList"]:
            if version["IsDefaultVersion"]:
                self._listed[detail["Arn"]] = {"name": detail["PolicyName"], "document": version["Document"]}

    def document(self, arn: str) -> PolicyDocument:
        """A policy; one that was not listed is read by itself."""
        if arn not in self._documents:
            listed = self._listed.pop(arn) if arn in self._listed else self._reader.managed(arn)
            self._documents[arn] = document_of(listed)
        return self._documents[arn]


def _advice(found: Look) -> str:
    return f"grant {found.action} to the caller and run again" if found.action else "run again later"
