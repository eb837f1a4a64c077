"""Names that the stacks of a target carry, so that two targets in one account never meet."""

from __future__ import annotations

import re
from typing import Final

OWNER_TAG: Final = "bedrock-o11y:stack"
"""Tag of a log group whose stack keeps no record of it: the name of the stack that made it."""

_LONGEST_BUCKET_NAME = 63


def slug(target: str) -> str:
    """A target's name as it stands in names that know no capitals.

    Args:
        target: name of the target, such as ``BedrockO11y``.

    Returns:
        The words in lower case with hyphens between them: ``bedrock-o11y``.
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", target).lower()


def stack_name(target: str, stack: str) -> str:
    """Name of a stack.

    Args:
        target: name of the target.
        stack: ``Foundation``, ``InvocationLogging``, ``Tracing`` or ``Agents``.

    Returns:
        The name, as a CDK stage composes it.
    """
    return f"{target}-{stack}"


def payload_bucket_name(target: str, account: str, region: str) -> str:
    """Name of the payload bucket, unique among all accounts and Regions.

    Args:
        target: name of the target.
        account: account id.
        region: the Region.

    Returns:
        At most 63 characters; a long target name is cut.
    """
    rest = f"-payloads-{account}-{region}"
    return slug(target)[: _LONGEST_BUCKET_NAME - len(rest)].rstrip("-") + rest


def key_alias(target: str) -> str:
    """Alias of the customer key.

    Args:
        target: name of the target.

    Returns:
        The alias without ``alias/``.
    """
    return f"{slug(target)}/logs"


def transaction_search_policy_name(stack: str) -> str:
    """Name of the resource policy that lets X-Ray write spans.

    Args:
        stack: name of the stack that makes it.

    Returns:
        A name of its own for each stack, so that nobody's policy of the same purpose is met.
    """
    return f"{stack}-TransactionSearch"


def log_delivery_policy_name(stack: str) -> str:
    """Name of the resource policies, of CloudWatch Logs and of X-Ray, that let vended logs and traces in.

    Args:
        stack: name of the stack that makes them.

    Returns:
        A name of its own for each stack.
    """
    return f"{stack}-LogDelivery"


def spans_policy_name(stack: str) -> str:
    """Name of the resource policy that lets X-Ray write spans into log groups that agents have already.

    Args:
        stack: name of the stack that makes it.
    """
    return f"{stack}-SpansOfAgents"
