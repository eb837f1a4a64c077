"""Which traces are indexed and which requests are sampled: the rules named Default, which every account has.

Sources: X-Ray API reference, GetIndexingRules, UpdateIndexingRule, GetSamplingRules, GetSamplingTargets; X-Ray
developer guide, "Configuring sampling rules" (the default rule: one request a second and five percent of the rest).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from . import xray_state
from .xray_answers import XRayError, invalid, ok

if TYPE_CHECKING:
    from .service_seams import Response

RULE = "Default"
_WHOLE = 100.0
_RATE, _RESERVOIR, _INTERVAL_SECONDS = 0.05, 1, 10


def get_indexing_rules(_data: dict[str, Any]) -> Response:
    """GetIndexingRules.

    Returns:
        the one rule there is.
    """
    return ok({"IndexingRules": [_indexing_rule()]})


def update_indexing_rule(data: dict[str, Any]) -> Response:
    """UpdateIndexingRule.

    Args:
        data: the request.

    Returns:
        the rule as it is now.

    Raises:
        XRayError: another rule, or no percentage between 0 and 100.
    """
    if data.get("Name") != RULE:
        raise XRayError("ResourceNotFoundException", f"There is no indexing rule {data.get('Name')}.")
    rule = data.get("Rule")
    probabilistic = rule.get("Probabilistic") if isinstance(rule, dict) else None
    wanted = probabilistic.get("DesiredSamplingPercentage") if isinstance(probabilistic, dict) else None
    set_percentage(wanted)
    return ok({"IndexingRule": _indexing_rule()})


def set_percentage(wanted: Any) -> None:
    """Index so many percent of the traces from now on.

    Args:
        wanted: a number from 0 to 100.

    Raises:
        XRayError: it is none.
    """
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 <= wanted <= _WHOLE:
        raise invalid("DesiredSamplingPercentage must be a number between 0 and 100.")
    account = xray_state.current()
    account.percentage, account.indexing_modified = float(wanted), time.time()


def is_indexed(trace_id: str, percentage: float) -> bool:
    """Whether a trace is among the indexed ones: decided by its id, so that all its segments share the answer.

    Args:
        trace_id: hexadecimal digits, with or without dashes.
        percentage: of traces that are indexed.

    Returns:
        True when it is.
    """
    digits = 8
    return int(trace_id[-digits:], 16) / 16**digits * _WHOLE < percentage


def _indexing_rule() -> dict[str, Any]:
    account = xray_state.current()
    percentages = dict.fromkeys(("DesiredSamplingPercentage", "ActualSamplingPercentage"), account.percentage)
    return {"Name": RULE, "ModifiedAt": account.indexing_modified, "Rule": {"Probabilistic": percentages}}


def get_sampling_rules(_data: dict[str, Any]) -> Response:
    """GetSamplingRules.

    Returns:
        the default rule; the sandbox has no operation to make others.
    """
    rule = {
        "RuleName": RULE,
        "RuleARN": f"arn:aws:xray:{seams.region()}:{seams.account_id()}:sampling-rule/{RULE}",
        "ResourceARN": "*",
        "Priority": 10000,
        "FixedRate": _RATE,
        "ReservoirSize": _RESERVOIR,
        "ServiceName": "*",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
        "Version": 1,
        "Attributes": {},
    }
    return ok({"SamplingRuleRecords": [{"SamplingRule": rule, "CreatedAt": 0.0, "ModifiedAt": 0.0}]})


def get_sampling_targets(data: dict[str, Any]) -> Response:
    """GetSamplingTargets.

    Args:
        data: the request.

    Returns:
        the quota of the default rule for everybody who asks; statistics of another rule are not processed.

    Raises:
        XRayError: the statistics are no list of structures.
    """
    statistics = data.get("SamplingStatisticsDocuments")
    if not isinstance(statistics, list) or not all(isinstance(item, dict) for item in statistics):
        raise invalid("SamplingStatisticsDocuments must be a list of structures.")
    targets: list[dict[str, Any]] = []
    unprocessed: list[dict[str, Any]] = []
    for item in statistics:
        if item.get("RuleName") == RULE:
            quota = {"ReservoirQuota": _RESERVOIR, "ReservoirQuotaTTL": time.time() + _INTERVAL_SECONDS}
            targets.append({"RuleName": RULE, "FixedRate": _RATE, "Interval": _INTERVAL_SECONDS, **quota})
        else:
            unprocessed.append({"RuleName": item.get("RuleName"), "ErrorCode": "400", "Message": "Unknown rule"})
    return ok({"SamplingTargetDocuments": targets, "LastRuleModification": 0.0, "UnprocessedStatistics": unprocessed})
