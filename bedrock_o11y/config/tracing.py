"""What the configuration file may say about tracing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from bedrock_o11y.blueprint import transaction_search

from .log_groups import IndexedFields, RetentionDays  # noqa: TC001 (pydantic looks them up)
from .section import Section


class IndexingStep(Section):
    """A percentage from some day on."""

    after_days: Annotated[int, Field(description="Days after the deploy of the stack.", ge=1, le=3650)]
    percentage: Annotated[float, Field(description="Percentage of the traces from then on.", ge=0, le=100)]


class Indexing(Section):
    """How many of the traces are indexed for searching; one percent is free of charge."""

    percentage: Annotated[float, Field(description="Percentage of the traces, from the deploy on.", ge=0, le=100)] = (
        transaction_search.INDEXING_PERCENTAGE
    )
    later: Annotated[
        tuple[IndexingStep, ...],
        Field(
            description="Percentages that follow, each from some day on; an empty list stays with the first.",
            strict=False,
        ),
    ] = tuple(
        IndexingStep(after_days=days, percentage=percentage) for days, percentage in transaction_search.INDEXING_LATER
    )
    existing: Annotated[
        Literal["keep", "refuse", "replace"],
        Field(
            description="What to do with a percentage that somebody else chose: `keep` leaves it as it is, `refuse` "
            "stops the deploy, `replace` remembers it and puts ours in its place until the destroy."
        ),
    ] = "keep"

    @field_validator("later")
    @classmethod
    def _is_in_order(cls, value: tuple[IndexingStep, ...]) -> tuple[IndexingStep, ...]:
        days = [step.after_days for step in value]
        if days != sorted(set(days)):
            raise ValueError("expected each after_days to be greater than the one before")
        return value


class Spans(Section):
    """The log group `aws/spans`, which X-Ray makes minutes after Transaction Search is on."""

    retention_days: Annotated[
        RetentionDays | None,
        Field(
            description="Days until a span is deleted, of every application of the account and Region; `null` leaves "
            "that as it is, because older spans are deleted at once. A retention that somebody else chose stays."
        ),
    ] = None
    encryption: Annotated[
        bool,
        Field(
            description="`true` encrypts the spans of every application that arrive from then on with the customer "
            "key, which is needed for as long as they are kept. A key that somebody else chose stays."
        ),
    ] = False
    index: Annotated[
        IndexedFields,
        Field(
            description="Fields that have an index; an empty list leaves them as they are. Fields that somebody else "
            "chose stay.",
            strict=False,
        ),
    ] = transaction_search.INDEXED_FIELDS


class Tracing(Section):
    """Transaction Search: spans are kept in CloudWatch Logs. It holds for every producer of traces of the account."""

    enabled: Annotated[
        bool,
        Field(
            description="`true` turns Transaction Search on, if it is not on already. It changes where the traces of "
            "every application of the account and Region are kept, and how they are billed."
        ),
    ] = False
    indexing: Annotated[Indexing, Field(description="How many of the traces are indexed.")] = Indexing()
    spans: Annotated[Spans, Field(description="The log group of the spans.")] = Spans()
