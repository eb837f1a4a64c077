"""The agent that every runtime of the sandbox runs, whatever image or code it names.

It takes the `prompt` of the payload, asks a model through Converse with the credentials of the execution role, and
answers `{"result": ...}`. What it says of itself has the shape of the SDK of AgentCore (bedrock-agentcore 1.x, JSON
lines on standard output) and of Strands with aws-opentelemetry-distro (spans and log records).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .agentcore_telemetry import APPLICATION_SCOPE, MODEL_SCOPE

if TYPE_CHECKING:
    from .agentcore_calls import Caller
    from .agentcore_telemetry import Span, Telemetry

MODEL_VARIABLE = "BEDROCK_MODEL_ID"
"""The environment variable of the runtime that names the model."""

DEFAULT_MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
CONTENT_ON_SPANS = "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT"
"""`true` keeps prompts and answers on the spans (AgentCore developer guide, observability)."""

_SEEMS_FINE, _BAD_PAYLOAD, _FAILED = 200, 400, 500


class AgentError(Exception):
    """The agent cannot answer.

    Attributes:
        status: of its HTTP answer.
        kind: name of the exception, as the agent logs it.
    """

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


@dataclass(slots=True)
class Agent:
    """One process of the agent, for one invocation.

    Attributes:
        caller: makes its requests.
        telemetry: takes its spans and log records.
        environment: of the runtime's version.
        request_id: of the invocation.
        output: lines that it printed.
    """

    caller: Caller
    telemetry: Telemetry
    environment: dict[str, str]
    request_id: str
    output: list[str] = field(default_factory=list)

    async def serve(self, payload: bytes) -> tuple[int, dict[str, Any]]:
        """Answer `POST /invocations`.

        Args:
            payload: of InvokeAgentRuntime.

        Returns:
            the status and the JSON of the agent's answer.
        """
        began = time.monotonic()
        span = self.telemetry.open_invocation()
        try:
            answer = {"result": await self._invoke(_prompt(payload), span)}
        except AgentError as error:
            self._print("ERROR", f"Invocation failed ({_seconds(began)})", span, error)
            span.attributes["http.response.status_code"] = error.status
            span.close(str(error))
            return error.status, {"error": str(error)}
        self._print("INFO", f"Invocation completed successfully ({_seconds(began)})", span)
        span.attributes["http.response.status_code"] = _SEEMS_FINE
        span.close()
        return _SEEMS_FINE, answer

    async def _invoke(self, prompt: str, parent: Span) -> str:
        span = self.telemetry.open_agent(parent)
        try:
            text = await self._chat(prompt, span)
        except AgentError as error:
            span.close(str(error))
            raise
        span.close()
        return text

    async def _chat(self, prompt: str, parent: Span) -> str:
        model = self.environment.get(MODEL_VARIABLE) or DEFAULT_MODEL
        span = self.telemetry.open_chat(parent, model)
        question = {"messages": [{"role": "user", "content": [{"text": prompt}]}]}
        path = f"/model/{quote(model, safe='')}/converse"
        answer = await self.caller.post("bedrock", path, question, {"Content-Type": "application/json"})
        if not answer.is_ok:
            span.attributes["error.type"] = answer.code or str(answer.status)
            span.close(answer.problem)
            raise AgentError(_FAILED, answer.code or "ConnectionClosedError", f"Converse: {answer.problem}")
        members = answer.members
        text = "".join(block.get("text", "") for block in members["output"]["message"]["content"])
        span.attributes |= {
            "gen_ai.response.model": model,
            "gen_ai.response.finish_reasons": [members["stopReason"]],
            "gen_ai.usage.input_tokens": members["usage"]["inputTokens"],
            "gen_ai.usage.output_tokens": members["usage"]["outputTokens"],
        }
        parent.attributes |= {key: value for key, value in span.attributes.items() if key.startswith("gen_ai.usage.")}
        self._tell(prompt, text, span)
        span.close()
        return text

    def _tell(self, prompt: str, text: str, span: Span) -> None:
        asked = [{"role": "user", "content": prompt}]
        answered = [{"role": "assistant", "content": text}]
        if self.environment.get(CONTENT_ON_SPANS, "").lower() == "true":
            span.attributes |= {
                "gen_ai.input.messages": json.dumps(asked),
                "gen_ai.output.messages": json.dumps(answered),
            }
            return
        body = {"input": {"messages": asked}, "output": {"messages": answered}}
        self.telemetry.log(MODEL_SCOPE, body, span, event__name=MODEL_SCOPE)

    def _print(self, level: str, message: str, span: Span, error: AgentError | None = None) -> None:
        line = {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "message": message,
            "logger": APPLICATION_SCOPE,
            "requestId": self.request_id,
            "sessionId": self.telemetry.session_id,
        }
        told: dict[str, str] = {}
        if error is not None:
            line |= {"errorType": error.kind, "errorMessage": str(error)}
            told = {"exception__type": error.kind, "exception__message": str(error)}
        self.output.append(json.dumps(line))
        # Python's logging goes to standard output and through the telemetry library to the log records.
        self.telemetry.log(APPLICATION_SCOPE, message, span, level, **told)


def _prompt(payload: bytes) -> str:
    try:
        members = json.loads(payload)
    except ValueError:
        raise AgentError(_BAD_PAYLOAD, "JSONDecodeError", "Invalid JSON") from None
    prompt = members.get("prompt") if isinstance(members, dict) else None
    if not isinstance(prompt, str) or not prompt:
        raise AgentError(_FAILED, "KeyError", "The payload has no prompt")
    return prompt


def _seconds(began: float) -> str:
    return f"{time.monotonic() - began:.3f}s"
