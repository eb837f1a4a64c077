"""Where trace segments go: X-Ray, or CloudWatch Logs (Transaction Search).

Sources: X-Ray API reference and model, UpdateTraceSegmentDestination and GetTraceSegmentDestination; CloudWatch user
guide, "Enable Transaction Search". Observed in public: setting what is set already is an error, and without the
resource policy of CloudWatch Logs the change is refused as a missing permission (METR/hawk, pull request 1820).
"""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from . import service_settings, xray_state
from .logs_answers import LogsError
from .logs_keys import check_key
from .xray_answers import XRayError, invalid, ok
from .xray_log_groups import SIGNALS_GROUP, SPANS_GROUP, SPANS_STREAM, create_spans_group, may_write
from .xray_state import ACTIVE, CLOUDWATCH_LOGS, PENDING, XRAY, XRayAccount

if TYPE_CHECKING:
    from .service_seams import Response

_KEY_ARN = re.compile(r"arn:[\w-]+:kms:([\w-]+):(\d{12}):key/[\w-]+")
_lock = threading.Lock()
_logger = logging.getLogger("bedrock-o11y.sandbox.xray")


def get_destination(_data: dict[str, Any]) -> Response:
    """GetTraceSegmentDestination.

    Returns:
        the destination, and whether it is in force.
    """
    return ok(_answer(xray_state.current()))


def update_destination(data: dict[str, Any]) -> Response:
    """UpdateTraceSegmentDestination.

    Args:
        data: the request.

    Returns:
        the new destination, pending.

    Raises:
        XRayError: no such destination, set already, a key that cannot be used, no permission to write.
    """
    account = xray_state.current()
    wanted = data.get("Destination")
    if wanted not in (XRAY, CLOUDWATCH_LOGS):
        raise invalid(f"Destination must be {XRAY} or {CLOUDWATCH_LOGS}.")
    configured = data.get("CloudWatchLogsConfiguration")
    if configured is not None and wanted != CLOUDWATCH_LOGS:
        raise invalid(f"CloudWatchLogsConfiguration is only for the destination {CLOUDWATCH_LOGS}.")
    if account.destination == wanted:
        raise invalid(f"The destination is already set to {wanted}")
    key = None
    if wanted == CLOUDWATCH_LOGS:
        key = _key(configured)
        for group in (SPANS_GROUP, SIGNALS_GROUP):
            if not may_write(group, SPANS_STREAM):
                raise XRayError(
                    "AccessDeniedException",
                    f"XRay does not have permission to call PutLogEvents on the {group} Log Group",
                )
    set_destination(str(wanted), key)
    return ok(_answer(account))


def set_destination(wanted: str, key: str | None = None) -> None:
    """Change the destination; it is in force after the seconds that the settings say.

    Args:
        wanted: the destination.
        key: ARN of the key for `aws/spans`, when the log group is made.
    """
    account = xray_state.current()
    with _lock:
        account.destination, account.status = wanted, PENDING
        account.changes += 1
        change = account.changes
    where = seams.account_id(), seams.region()
    seconds = service_settings.current().trace_destination_seconds
    if seconds <= 0:
        _settle(account, change, key, where)
        return
    timer = threading.Timer(seconds, _settle, (account, change, key, where))
    timer.daemon = True  # a server that is told to stop does not wait for it
    timer.start()


def _settle(account: XRayAccount, change: int, key: str | None, where: tuple[str, str]) -> None:
    with _lock, seams.scope(*where):
        if account.changes != change:
            return
        if account.destination == CLOUDWATCH_LOGS:
            try:
                create_spans_group(key)
            except LogsError as error:
                # The key could be used when the destination was set, and cannot any more.
                _logger.warning("the destination of trace segments stays pending: %s", error)
                return
        account.status = ACTIVE


def _answer(account: XRayAccount) -> dict[str, Any]:
    return {"Destination": account.destination, "Status": account.status}


def _key(configured: Any) -> str | None:
    """The key for `aws/spans`: a full ARN of this account and Region, usable by CloudWatch Logs (API model)."""
    if configured is None:
        return None
    if not isinstance(configured, dict):
        raise invalid("CloudWatchLogsConfiguration must be a structure.")
    key = configured.get("SpansLogGroupKmsKeyId")
    if key is None:
        return None
    match = _KEY_ARN.fullmatch(str(key))
    if match is None or match.groups() != (seams.region(), seams.account_id()):
        raise invalid("SpansLogGroupKmsKeyId must be the ARN of a KMS key in the same account and Region.")
    if SPANS_GROUP in seams.get("logs.groups"):
        raise invalid(
            f"The log group {SPANS_GROUP} already exists. Call UpdateTraceSegmentDestination without"
            " SpansLogGroupKmsKeyId, and use the CloudWatch Logs operation AssociateKmsKey to set its key."
        )
    try:
        return check_key(SPANS_GROUP, str(key))
    except LogsError as error:
        raise invalid(str(error)) from None
