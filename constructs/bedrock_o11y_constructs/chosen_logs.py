"""What a user asks to have delivered, held against what a resource sends and a destination takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import vended_logs as blueprint
from bedrock_o11y.blueprint.vended_logs import DestinationType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.blueprint.vended_logs import VendedLog, VendedResource


def chosen_logs(kind: VendedResource, log_types: Sequence[str] | None) -> list[VendedLog]:
    """The types of log that are delivered.

    Args:
        kind: of the resource.
        log_types: their names; None for everything that AWS's documents agree the kind sends.

    Raises:
        ValueError: there are none, or the kind does not send one of them.
    """
    wanted = kind.default_log_types if log_types is None else tuple(dict.fromkeys(log_types))
    if isinstance(log_types, str) or not wanted:
        raise ValueError("no types of log; expected a list such as ['APPLICATION_LOGS', 'TRACES']")
    chosen: list[VendedLog] = []
    for name in wanted:
        log = kind.log(name)
        if log is None:
            raise ValueError(
                f"a {kind.kind} sends no {name}; expected {', '.join(each.log_type for each in kind.logs)}"
            )
        chosen.append(log)
    return chosen


def refuse_two_names(log_group_name: str | None) -> None:
    """Raise ``ValueError`` when a log group that exists is given a name as well."""
    if log_group_name is not None:
        raise ValueError("log_group has a name of its own; give log_group or log_group_name")


def refuse_unfit_format(output_format: str, *, to_group: bool, to_bucket: bool) -> None:
    """Raise ``ValueError`` when a destination does not take an output format.

    Args:
        output_format: the format.
        to_group: whether logs go to a log group.
        to_bucket: whether logs go to a bucket.
    """
    if not to_group and not to_bucket and output_format != blueprint.FORMATS[DestinationType.LOG_GROUP][0]:
        raise ValueError(f"X-Ray takes no output format, and nothing else is delivered; leave {output_format} out")
    for kind, used in ((DestinationType.LOG_GROUP, to_group), (DestinationType.BUCKET, to_bucket)):
        if used and output_format not in blueprint.FORMATS[kind]:
            where = "log group" if kind is DestinationType.LOG_GROUP else "bucket"
            raise ValueError(
                f"a {where} takes no output format {output_format}; expected {', '.join(blueprint.FORMATS[kind])}"
            )
