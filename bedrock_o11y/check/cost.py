"""What a canary costs."""

from __future__ import annotations

from typing import Final

from bedrock_o11y.blueprint import invocation_logging as blueprint

_PROMPT_TOKENS: Final = 10
"""Of the canary's prompt, rounded up."""

_NOVA_MICRO_INPUT_USD: Final = 0.035e-6
_NOVA_MICRO_OUTPUT_USD: Final = 0.14e-6
"""USD per token of Amazon Nova Micro, on demand, us-east-1 (Amazon Bedrock pricing page, as of 2026-11)."""


def canary_price(model: str | None) -> str:
    """What one canary costs, in words.

    Args:
        model: the model that was asked for; None for the default.

    Returns:
        An upper bound for the default model; for any other the number of tokens, whose price is not known here.
    """
    tokens = f"at most {_PROMPT_TOKENS} input and {blueprint.CANARY_MAX_TOKENS} output tokens"
    if model not in (None, blueprint.CANARY_MODEL_ID):
        return f"{model}, {tokens}"
    price = _PROMPT_TOKENS * _NOVA_MICRO_INPUT_USD + blueprint.CANARY_MAX_TOKENS * _NOVA_MICRO_OUTPUT_USD
    return f"{blueprint.CANARY_MODEL_ID}, {tokens}: about {price:.7f} USD at list price"
