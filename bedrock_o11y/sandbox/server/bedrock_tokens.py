"""Token counts of a call, read where each kind of answer carries them.

Sources: Converse API reference (usage); the model families' own bodies for InvokeModel. A family whose body has no
counts is estimated as MiniStack does, four characters to a token: right in shape, approximate in number.
"""

from __future__ import annotations

from typing import Any

from .bedrock_records import Bodies, Invocation, Tokens, encode

_INPUT_NAMES = ("input_tokens", "inputTokens", "prompt_tokens", "inputTextTokenCount", "prompt_token_count")
_OUTPUT_NAMES = ("output_tokens", "outputTokens", "completion_tokens", "generation_token_count")


def tokens_of(call: Invocation, bodies: Bodies) -> Tokens:
    """The token counts of a call.

    Args:
        call: the call.
        bodies: its bodies.

    Returns:
        the counts; none of them for a failed call.
    """
    if call.status >= 400:
        return Tokens()
    if call.operation.startswith("Converse"):
        usage = _converse_usage(bodies.output)
        return Tokens(
            input=usage.get("inputTokens"),
            output=usage.get("outputTokens"),
            cache_read=usage.get("cacheReadInputTokens"),
            cache_write=usage.get("cacheWriteInputTokens"),
        )
    counts = list(_numbers(bodies.output))
    return Tokens(
        input=_largest(counts, _INPUT_NAMES, len(encode(bodies.input))),
        output=_largest(
            counts, (*_OUTPUT_NAMES, "tokenCount", "totalOutputTextTokenCount"), len(encode(bodies.output))
        ),
        cache_read=_first(counts, "cache_read_input_tokens"),
        cache_write=_first(counts, "cache_creation_input_tokens"),
    )


def _converse_usage(output: Any) -> dict[str, int]:
    if isinstance(output, dict):
        return dict(output.get("usage") or {})
    for event in output or []:
        if "metadata" in event:
            return dict(event["metadata"].get("usage") or {})
    return {}


def _numbers(value: Any) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, int) and not isinstance(item, bool):
                found.append((key, item))
            else:
                found.extend(_numbers(item))
    elif isinstance(value, list):
        for item in value:
            found.extend(_numbers(item))
    return found


def _largest(counts: list[tuple[str, int]], names: tuple[str, ...], characters: int) -> int:
    known = [count for name, count in counts if name in names]
    return max(known) if known else max(1, characters // 4)


def _first(counts: list[tuple[str, int]], name: str) -> int | None:
    return next((count for found, count in counts if found == name), None)
