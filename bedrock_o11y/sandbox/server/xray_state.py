"""What X-Ray keeps for one account and Region."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from . import service_seams as seams

XRAY, CLOUDWATCH_LOGS = "XRay", "CloudWatchLogs"
PENDING, ACTIVE = "PENDING", "ACTIVE"
DEFAULT_PERCENTAGE = 1.0
"""Indexed without charge and by default (CloudWatch user guide, "Transaction Search")."""


@dataclass(slots=True)
class ResourcePolicy:
    """A resource policy of X-Ray.

    Attributes:
        document: as it was put.
        revision: counts up with each change.
        updated: seconds since the epoch.
    """

    document: str
    revision: int
    updated: float


@dataclass(slots=True)
class XRayAccount:
    """The settings and the traces of one account and Region.

    Attributes:
        destination: `XRay` or `CloudWatchLogs`.
        status: `PENDING` while it changes, then `ACTIVE`.
        changes: how often the destination was changed; a change that is overtaken by another has no effect.
        percentage: of traces to index, rule `Default`.
        indexing_modified: seconds since the epoch.
        policies: resource policies by name.
        segments: segment documents by trace id and segment id.
    """

    destination: str = XRAY
    status: str = ACTIVE
    changes: int = 0
    percentage: float = DEFAULT_PERCENTAGE
    indexing_modified: float = field(default_factory=time.time)
    policies: dict[str, ResourcePolicy] = field(default_factory=dict)
    segments: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def searches_transactions(self) -> bool:
        """Whether Transaction Search is on and in force."""
        return self.destination == CLOUDWATCH_LOGS and self.status == ACTIVE


_accounts: dict[tuple[str, str], XRayAccount] = {}


def current() -> XRayAccount:
    """What X-Ray keeps for the account and Region of this request.

    Returns:
        the record itself.
    """
    return _accounts.setdefault((seams.account_id(), seams.region()), XRayAccount())
