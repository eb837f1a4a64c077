"""What the configuration file may say about any log group: how long events are kept, and which fields have an index."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from bedrock_o11y.blueprint import invocation_logging, transaction_search


def _is_known(value: int) -> int:
    if value not in invocation_logging.RETENTION_VALUES:
        raise ValueError(f"expected one of {', '.join(map(str, invocation_logging.RETENTION_VALUES))} days")
    return value


def _are_fields(value: tuple[str, ...]) -> tuple[str, ...]:
    most, longest = transaction_search.MOST_INDEXED_FIELDS, transaction_search.LONGEST_INDEXED_FIELD
    if len(set(value)) != len(value) or len(value) > most or not all(0 < len(name) <= longest for name in value):
        raise ValueError(f"expected at most {most} fields, each once and of at most {longest} characters")
    return value


RetentionDays = Annotated[int, AfterValidator(_is_known)]
"""Days that CloudWatch Logs knows."""

IndexedFields = Annotated[tuple[str, ...], AfterValidator(_are_fields)]
"""Fields that one policy has room for."""
