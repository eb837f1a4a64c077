"""The events of a ConverseStream answer, without a text block where the model said nothing.

Source: Bedrock API reference, ConverseStream: messageStart, for each block contentBlockStart (tool use only),
contentBlockDelta and contentBlockStop, then messageStop and metadata. MiniStack puts an empty text block before every
tool call; a program that sends it back, as it has to, would be refused by Bedrock for a blank text field.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PIECES = 5
"""Into how many deltas a text is cut."""


def build_stream(
    _model_id: str,
    messages: Any,
    system: Any,
    started_at_ms: int,
    text: str,
    stop_reason: str = "end_turn",
    tool_uses: Sequence[dict[str, Any]] = (),
    input_tokens: int | None = None,
    output_tokens: int | None = None,
) -> bytes:
    """The whole stream, in MiniStack's terms.

    Args:
        messages: of the request.
        system: of the request.
        started_at_ms: when the call began.
        text: of the answer.
        stop_reason: why the model stopped.
        tool_uses: tool calls of the answer.
        input_tokens: as the model counted them; estimated when None.
        output_tokens: likewise.

    Returns:
        framed events.
    """
    if input_tokens is None:
        asked = seams.get("runtime.system_text")(system) + seams.get("runtime.messages_text")(messages)
        input_tokens = int(seams.get("runtime.estimate")(asked))
    if output_tokens is None:
        output_tokens = int(seams.get("runtime.estimate")(text))
    usage = {
        "inputTokens": input_tokens,
        "outputTokens": output_tokens,
        "totalTokens": input_tokens + output_tokens,
    }
    latency = max(1, int(time.time() * 1000) - started_at_ms)
    events = [
        ("messageStart", {"role": "assistant"}),
        *_blocks(text, tool_uses),
        ("messageStop", {"stopReason": stop_reason}),
        ("metadata", {"usage": usage, "metrics": {"latencyMs": latency}}),
    ]
    return b"".join(seams.get("runtime.event")(kind, payload) for kind, payload in events)


def _blocks(text: str, tool_uses: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    index = 0
    if text or not tool_uses:
        size = max(1, len(text) // _PIECES) if len(text) > 4 * _PIECES else max(1, len(text))
        for start in range(0, max(1, len(text)), size):
            yield "contentBlockDelta", {"contentBlockIndex": index, "delta": {"text": text[start : start + size]}}
        yield "contentBlockStop", {"contentBlockIndex": index}
        index += 1
    for number, use in enumerate(tool_uses, start=index):
        begun = {"toolUseId": use["toolUseId"], "name": use["name"]}
        yield "contentBlockStart", {"contentBlockIndex": number, "start": {"toolUse": begun}}
        arguments = {"toolUse": {"input": json.dumps(use.get("input") or {})}}
        yield "contentBlockDelta", {"contentBlockIndex": number, "delta": arguments}
        yield "contentBlockStop", {"contentBlockIndex": number}


def install() -> None:
    """Put it in the place of MiniStack's."""
    seams.replace("runtime.build_stream", build_stream)
