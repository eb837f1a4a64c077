"""Requests about settings of log groups, sent to the handler."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.account_settings import handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.account_settings.response import Answer
    from tests.account_settings.cases import Case

_NUMBERS = itertools.count()


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 170_000


def send(connect: Callable[[str], Any], case: Case, kind: str, desired: dict[str, Any], **members: Any) -> Answer:
    document = {
        "setting": case.setting,
        "instance": case.instance,
        "mode": "manage",
        "policy": "merge",
        "desired": desired,
    }
    request = {
        "RequestType": kind,
        "RequestId": f"log-group-{next(_NUMBERS)}",
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/Agents/1",
        "LogicalResourceId": "Setting",
        "PhysicalResourceId": f"bedrock-o11y:{case.rules.name}:Setting",
        "ResourceProperties": {"Request": json.dumps(document | members)},
    }
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    surroundings = handler.Surroundings(connect=connect, clock=lambda: now[0], sleep=sleep, log=lambda _line: None)
    return handler.handle(request, Context(), surroundings)
