"""A small agent of the framework Strands: a model of Amazon Bedrock, one tool, and the session id in the baggage.

Nothing here knows of a sandbox, of an exporter or of an endpoint: what is observed comes from the environment it is
started in (Amazon Bedrock AgentCore developer guide, "Configure observability") and from `opentelemetry-instrument`,
which reads it. Run it with `make agent`, then as README.md of this folder says; `main.py` serves it on AgentCore
Runtime.
"""

from __future__ import annotations

import argparse
import logging
import uuid
from datetime import datetime, timedelta, timezone

from opentelemetry import baggage, context
from strands import Agent, tool
from strands.models import BedrockModel

MODEL_ID = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
PROMPT = "What time is it in Tokyo?"
_HOURS_FROM_UTC = {"Tokyo": 9, "New York": -5, "London": 0}

log = logging.getLogger("agent")


@tool
def clock(city: str) -> str:
    """The time in a city.

    Args:
        city: Name of the city: Tokyo, New York or London.
    """
    return datetime.now(timezone(timedelta(hours=_HOURS_FROM_UTC[city]))).strftime("%H:%M")


def answer(prompt: str) -> str:
    """What the agent says.

    Args:
        prompt: what it is asked.
    """
    agent = Agent(name="clock-agent", model=BedrockModel(model_id=MODEL_ID), tools=[clock], callback_handler=None)
    return str(agent(prompt)).strip()


def main() -> None:
    """Answer one prompt within a session."""
    parser = argparse.ArgumentParser(description="Answers one prompt.")
    parser.add_argument("prompt", nargs="?", default=PROMPT)
    parser.add_argument("--session", default="", help="session id; a new one when it is not given")
    options = parser.parse_args()
    session = options.session or str(uuid.uuid4())

    # Every span that begins from here on carries the session id.
    token = context.attach(baggage.set_baggage("session.id", session))
    try:
        log.info("session %s begins", session)
        print(answer(options.prompt))
    finally:
        context.detach(token)


if __name__ == "__main__":
    main()
