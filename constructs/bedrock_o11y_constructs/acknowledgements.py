"""Acknowledges single findings of cdk-nag on single constructs, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings on one construct.

    Args:
        construct: the construct that the finding is reported on; never an app, a stage or a stack, because there an
            acknowledgement silences everything below.
        reasons: id of a rule, with the finding in brackets where the rule has findings, and the reason in a sentence.
    """
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
