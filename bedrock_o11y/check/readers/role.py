"""Reads the logging role: whom it lets in, and the policies that say what it may do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bedrock_o11y.aws import Reading, RoleReader, Status
from bedrock_o11y.check.logging_role import account_of
from bedrock_o11y.check.subject import subject

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account
    from bedrock_o11y.check.evidence import Evidence


def read_role(account: Account, seen: Evidence) -> Reading:
    """The role without its policies, as :meth:`RoleReader.role` gives it; absent when it does not exist."""
    arn = subject(seen).role_arn
    if not arn:
        return Reading.unreadable("no role is named")
    if account_of(arn) != account.identity().account:
        return Reading.unreadable("it is not of the caller's account")
    return RoleReader(account).role(arn.rpartition("/")[2])


def read_role_policies(account: Account, seen: Evidence) -> Reading:
    """The policies of the role, as :meth:`RoleReader.policies` gives them; each may be unreadable by itself."""
    role = seen.fact("logging_role")
    if not role.is_present:
        return role
    started = time.monotonic()
    found = RoleReader(account).policies(role.value)  # each policy has a look of its own
    return Reading(Status.PRESENT, found, seconds=round(time.monotonic() - started, 3))
