"""The same agent on Amazon Bedrock AgentCore Runtime, which puts the session id into the baggage of each invocation.

The entry point of the archive is `["opentelemetry-instrument", "main.py"]`.
"""

from __future__ import annotations

import logging
import os

from bedrock_agentcore import BedrockAgentCoreApp
from strands_agent import answer

log = logging.getLogger("agent")
app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload: dict[str, str]) -> dict[str, str]:
    """Answer one invocation.

    Args:
        payload: of the invocation.

    Returns:
        What the caller gets as JSON.
    """
    log.info("asked: %s", payload["prompt"])
    return {"result": answer(payload["prompt"])}


if __name__ == "__main__":
    app.run(port=int(os.getenv("PORT", "8080")))  # AgentCore Runtime asks for 8080
