"""A scripted model: an endpoint on this machine that answers in place of the models, turn by turn."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCRIPT = Path(__file__).with_name("script.yaml")


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the model.

    Attributes:
        say: the text with which it ends, or None.
        tool: the tool it asks for, or None.
        arguments: what it asks the tool.
    """

    say: str | None
    tool: str | None
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """What the model answers to each prompt.

    Attributes:
        turns: prompt to turns, in the order of the file.
    """

    turns: Mapping[str, Sequence[Turn]]

    @property
    def calls(self) -> int:
        """How many calls of the model all prompts make together."""
        return sum(len(turns) for turns in self.turns.values())

    @classmethod
    def read(cls, path: Path = SCRIPT) -> Script:
        """Read a script.

        Args:
            path: a YAML file in the form of ``script.yaml``.

        Returns:
            The script.
        """
        return cls(
            {
                entry["prompt"]: [
                    Turn(turn.get("say"), turn.get("tool"), turn.get("input", {})) for turn in entry["turns"]
                ]
                for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
            }
        )

    def answer(self, messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The answer to a conversation, as an OpenAI-compatible endpoint gives it.

        Args:
            messages: the conversation so far, in that endpoint's form.

        Returns:
            A chat completion. A prompt that is not in the script is answered with one word.
        """
        prompt = next((_text(message) for message in messages if message["role"] == "user"), "")
        done = sum(message["role"] == "tool" for message in messages)
        turns = self.turns.get(prompt, (Turn("ok", None, {}),))
        turn = turns[min(done, len(turns) - 1)]
        message: dict[str, Any] = {"role": "assistant", "content": turn.say}
        if turn.tool:
            function = {"name": turn.tool, "arguments": json.dumps(dict(turn.arguments))}
            message["tool_calls"] = [{"id": f"tool-{done + 1}", "type": "function", "function": function}]
        usage = {
            "prompt_tokens": 40 + sum(len(str(one)) for one in messages) // 4,
            "completion_tokens": max(1, len(str(message)) // 6),
        }
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        finish = "tool_calls" if turn.tool else "stop"
        return {"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage}


def _text(message: Mapping[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@contextmanager
def serve(script: Script) -> Iterator[str]:
    """Answer on a free port of the loopback interface.

    Args:
        script: what to answer.

    Yields:
        The URL of the endpoint, until the block ends.
    """

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(script.answer(asked["messages"])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the terminal for the demo."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
