"""A small agent: it calls the model until the model stops asking for tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MODEL_ID = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
FOUNDATION_MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"
_MOST_TURNS = 10
_HOURS_FROM_UTC = {"Tokyo": 9, "New York": -5, "London": 0}


@dataclass
class Agent:
    """An agent with three tools: a clock, and two that work on a bucket.

    Attributes:
        bedrock: boto3 client of ``bedrock-runtime``.
        s3: boto3 client of ``s3``.
        bucket: where the tools read and write.
        calls: request ids of the model calls made so far, in order.
    """

    bedrock: Any
    s3: Any
    bucket: str
    calls: list[str] = field(default_factory=list)

    def answer(self, prompt: str, *, request: str) -> str:
        """Answer one prompt.

        Args:
            prompt: what a user asked.
            request: id of the user's request, carried into each invocation record.

        Returns:
            The text with which the model ended.

        Raises:
            RuntimeError: the model asked for tools without end.
        """
        messages: list[dict[str, Any]] = [{"role": "user", "content": [{"text": prompt}]}]
        for _ in range(_MOST_TURNS):
            response = self.bedrock.converse(
                modelId=MODEL_ID,
                messages=messages,
                toolConfig={"tools": [{"toolSpec": tool} for tool in _TOOLS]},
                requestMetadata={"request": request},
            )
            self.calls.append(response["ResponseMetadata"]["RequestId"])
            message = response["output"]["message"]
            if response["stopReason"] != "tool_use":
                return "".join(part.get("text", "") for part in message["content"])
            messages += [message, self._use_tools(message)]
        raise RuntimeError(f"the model asked for tools more than {_MOST_TURNS} times")

    def _use_tools(self, message: Mapping[str, Any]) -> dict[str, Any]:
        results = []
        for part in message["content"]:
            if use := part.get("toolUse"):
                tool: Callable[..., str] = getattr(self, f"_{use['name']}")
                result = [{"text": tool(**use["input"])}]
                results.append({"toolResult": {"toolUseId": use["toolUseId"], "content": result}})
        return {"role": "user", "content": results}

    def _clock(self, city: str) -> str:
        return datetime.now(timezone(timedelta(hours=_HOURS_FROM_UTC[city]))).strftime("%H:%M")

    def _list_files(self) -> str:
        return (
            ", ".join(one["Key"] for one in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])) or "none"
        )

    def _write_file(self, name: str, text: str) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=text.encode())
        return f"{name} written"


def _tool(name: str, description: str, /, **properties: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {key: {"type": "string", "description": text} for key, text in properties.items()},
        "required": list(properties),
    }
    return {"name": name, "description": description, "inputSchema": {"json": schema}}


_TOOLS = [
    _tool("clock", "The time in a city.", city="Name of the city."),
    _tool("list_files", "The files in the bucket."),
    _tool("write_file", "Writes a file to the bucket.", name="Name of the file.", text="What it says."),
]
