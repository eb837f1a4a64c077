"""Reads what Bedrock counts about deliveries: records that reached their destination, and those that did not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import Reading, look
from bedrock_o11y.blueprint import invocation_logging as blueprint

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account
    from bedrock_o11y.check.evidence import Evidence

WINDOW: Final = timedelta(hours=1)
"""How far back deliveries are judged: long enough to see a quiet account's last call, short enough to be about now."""

TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_PERIOD_SECONDS: Final = 60
_METRICS: Final = (
    blueprint.LOGS_DELIVERY_SUCCESS,
    blueprint.LOGS_DELIVERY_FAILURE,
    blueprint.S3_DELIVERY_SUCCESS,
    blueprint.S3_DELIVERY_FAILURE,
    blueprint.LARGE_DATA_DELIVERY_SUCCESS,
    blueprint.LARGE_DATA_DELIVERY_FAILURE,
)
_MOST_DIMENSION_SETS: Final = 10
"""Of one metric; the guide knows one. Keeps the query below the 500 metrics of one GetMetricData call."""

_Metric = tuple[str, tuple[tuple[str, str], ...]]


def read_delivery(account: Account, seen: Evidence) -> Reading:
    """The delivery metrics of the last hour, minute by minute.

    The guide lists them "across all model IDs", which some read as no dimension and others as a dimension of that
    value; so ListMetrics is asked first, and both readings are queried besides, because a metric that is new takes a
    while to be listed. Where one metric is published under several dimensions the largest count of a minute is taken:
    they count the same deliveries.

    Args:
        account: where to look.
        seen: when it holds an earlier reading of the same metrics, ListMetrics is not asked again.

    Returns:
        Present: ``{"start", "end", "listed", "series": {metric: {minute: count}}}``; minutes without deliveries are
        left out.
    """
    earlier = seen.value("delivery")
    listed = Reading.present(earlier["listed"]) if earlier else look("cloudwatch:ListMetrics", lambda: _listed(account))
    if not listed.is_present:
        return listed
    read = look("cloudwatch:GetMetricData", lambda: _series(account, listed.value))
    return Reading(read.status, read.value, read.action, read.reason, listed.seconds + read.seconds)


def _listed(account: Account) -> list[Any]:
    client = account.client("cloudwatch")
    found: list[Any] = []
    for metric in _METRICS:
        answer = client.list_metrics(Namespace=blueprint.DELIVERY_METRIC_NAMESPACE, MetricName=metric)
        found += [
            [metric, [[each["Name"], each["Value"]] for each in entry.get("Dimensions", [])]]
            for entry in answer["Metrics"][:_MOST_DIMENSION_SETS]
        ]
    return found


def _series(account: Account, listed: list[Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    start = (now - WINDOW).replace(second=0, microsecond=0)
    documented: tuple[tuple[tuple[str, str], ...], ...] = ((), (blueprint.DELIVERY_METRIC_DIMENSION,))
    wanted: list[_Metric] = sorted(
        {(metric, tuple((name, value) for name, value in dimensions)) for metric, dimensions in listed}
        | {(metric, dimensions) for metric in _METRICS for dimensions in documented}
    )
    answer = account.client("cloudwatch").get_metric_data(
        StartTime=start,
        EndTime=now + timedelta(seconds=_PERIOD_SECONDS),
        MetricDataQueries=[_query(number, metric) for number, metric in enumerate(wanted)],
    )
    series: dict[str, dict[str, float]] = {}
    for result in answer["MetricDataResults"]:
        minutes = series.setdefault(wanted[int(result["Id"][1:])][0], {})
        for stamp, value in zip(result["Timestamps"], result["Values"], strict=True):
            minute = stamp.astimezone(UTC).strftime(TIME_FORMAT)
            if value:
                minutes[minute] = max(minutes.get(minute, 0.0), float(value))
    return {
        "start": start.strftime(TIME_FORMAT),
        "end": now.strftime(TIME_FORMAT),
        "listed": listed,
        "series": {metric: dict(sorted(minutes.items())) for metric, minutes in sorted(series.items()) if minutes},
    }


def _query(number: int, metric: _Metric) -> dict[str, Any]:
    name, dimensions = metric
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": blueprint.DELIVERY_METRIC_NAMESPACE,
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
            },
            "Period": _PERIOD_SECONDS,
            "Stat": "Sum",
        },
    }
