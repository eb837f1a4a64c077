"""The scripted model: an OpenAI-compatible endpoint that answers for every model of the sandbox.

MiniStack already forwards to one and translates tool calls both ways; what it lacks is honesty when the endpoint fails
(it silently answers with its own mock) and the stop reason of a truncated answer. An HTTP error of the endpoint becomes
the error Bedrock would give (API reference, Common errors of Converse and InvokeModel).
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ENDPOINT_VARIABLE = "MINISTACK_BEDROCK_PROXY_URL"
"""Address of the endpoint; ``/v1/chat/completions`` is added. Empty: MiniStack's deterministic answers."""

_TIMEOUT_SECONDS = 60
_ERRORS = {
    400: (400, "ValidationException", "The model rejected the request."),
    403: (403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
    404: (404, "ResourceNotFoundException", "The model was not found."),
    408: (408, "ModelTimeoutException", "The model took too long to answer."),
    424: (424, "ModelErrorException", "The request failed due to an error while processing the model."),
    429: (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    500: (500, "InternalServerException", "The system encountered an unexpected error during processing."),
    503: (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
}


class ModelError(Exception):
    """The scripted model failed; carries the answer that Bedrock would give.

    Attributes:
        response: status, headers, body.
    """

    def __init__(self, status: int, detail: str = "") -> None:
        answered, code, message = _ERRORS.get(status, _ERRORS[500 if status >= 500 else 400])
        super().__init__(f"{code}: {message} {detail}".strip())
        body = json.dumps({"message": f"{message} {detail}".strip()}).encode()
        self.response: seams.Response = (answered, {"Content-Type": "application/json", "x-amzn-ErrorType": code}, body)


def ask_model(
    model_id: str, messages: Any, system: Any, inference_config: Any, tool_config: Any = None
) -> tuple[dict[str, Any] | None, tuple[int, int] | None]:
    """Ask the scripted model, in MiniStack's terms.

    Args:
        model_id: as the caller gave it; the endpoint sees it as ``model``.
        messages: of Converse.
        system: of Converse.
        inference_config: of Converse.
        tool_config: of Converse.

    Returns:
        the assistant's message and (input, output) tokens; (None, None) without an endpoint, which means the mock.

    Raises:
        ModelError: the endpoint failed or is not there.
    """
    endpoint = os.environ.get(ENDPOINT_VARIABLE, "").rstrip("/")
    if not endpoint:
        return None, None
    tools, choice = seams.get("runtime.openai_tools")(tool_config)
    settings = inference_config or {}
    names = {"maxTokens": "max_tokens", "temperature": "temperature", "topP": "top_p", "stopSequences": "stop"}
    question: dict[str, Any] = {
        "model": model_id,
        "messages": seams.get("runtime.openai_messages")(messages, system),
        "stream": False,
        **{theirs: settings[ours] for ours, theirs in names.items() if ours in settings},
    }
    if tools:
        question["tools"] = tools
    if choice is not None:
        question["tool_choice"] = choice
    answer = _post(f"{endpoint}/v1/chat/completions", question)
    try:
        first = answer["choices"][0]
        message = dict(first["message"])
    except (KeyError, IndexError, TypeError):
        raise ModelError(424, "Its answer is not a chat completion.") from None
    message["finish_reason"] = first.get("finish_reason")
    usage = answer.get("usage") or {}
    asked, answered = usage.get("prompt_tokens"), usage.get("completion_tokens")
    counts = (asked, answered) if isinstance(asked, int) and isinstance(answered, int) else None
    return message, counts


def _post(url: str, question: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the endpoint is the user's own, on this machine
        url, data=json.dumps(question).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - see above
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise ModelError(error.code) from None
    except TimeoutError:
        raise ModelError(408) from None
    except OSError:
        raise ModelError(503, f"Nothing answers at {url}.") from None
    except ValueError:
        raise ModelError(424, "Its answer is not JSON.") from None


def install() -> None:
    """Ask the model ourselves, and turn its failures into Bedrock's errors."""
    seams.replace("runtime.proxy_message", ask_model)
    blocks_of = seams.get("runtime.blocks")

    def blocks_and_stop_reason(message: dict[str, Any]) -> tuple[list[Any], str]:
        blocks, stop_reason = blocks_of(message)
        truncated = message.get("finish_reason") == "length"
        return blocks, "max_tokens" if truncated and stop_reason == "end_turn" else stop_reason

    seams.replace("runtime.blocks", blocks_and_stop_reason)
    handle: Callable[..., Awaitable[seams.Response]] = seams.get("runtime.handle")

    async def handle_request(*request: Any) -> seams.Response:
        try:
            return await handle(*request)
        except ModelError as error:
            return error.response

    seams.replace("runtime.handle", handle_request)
