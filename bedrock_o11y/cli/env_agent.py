"""The agent of the configuration file that ``env show --agent`` names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import agent_elsewhere, agentcore_runtime
from bedrock_o11y.config import Agent, load
from bedrock_o11y.errors import UsageError
from bedrock_o11y.otel.variable import Hosting

if TYPE_CHECKING:
    from pathlib import Path

    from bedrock_o11y.config import AnyAgent, Target

_HOSTINGS: Final = {agentcore_runtime.HOST: Hosting.RUNTIME, agent_elsewhere.LAMBDA: Hosting.LAMBDA}
"""Where an agent runs by its ``host``; anywhere else is elsewhere."""


def agent_of_configuration(
    file: Path | None, target: str | None, name: str, region: str | None
) -> dict[str, Any] | None:
    """What the configuration file says of an agent, in the words of a wish.

    Args:
        file: the configuration file; None takes the usual one, if there is one.
        target: name of the target; None takes the one that has the agent.
        name: of the agent.
        region: the Region that was asked for; None when it was not.

    Returns:
        The values that the file tells; None when no file that was named has such an agent: then it is only a name.

    Raises:
        UsageError: the file says something that is not allowed, it has no such agent although it was named, or several
            targets have it and nothing tells which is meant.
    """
    targets = [one for one in load(file).targets if target in (None, one.name)]
    if target is not None and not targets:
        raise UsageError(f"--target {target}: the configuration has no target of this name")
    found = [(one, agent) for one in targets for agent in one.settings.agents if agent.name == name]
    here = [(one, agent) for one, agent in found if region is None or one.region in (None, region)]
    if not here and (file is not None or target is not None):
        known = ", ".join(dict.fromkeys(agent.name for one in targets for agent in one.settings.agents)) or "none"
        where = f" in {region}" if found else ""
        raise UsageError(f"--agent {name!r}: the configuration has no such agent{where}; its agents: {known}")
    if not here:
        return None
    if len(here) > 1:
        names = " and ".join(one.name for one, _ in here)
        raise UsageError(f"--agent {name!r} stands in the targets {names}; choose one with --target")
    return _told(*here[0])


def _told(target: Target, agent: AnyAgent) -> dict[str, Any]:
    told: dict[str, Any] = {"hosted": _HOSTINGS.get(agent.host, Hosting.ELSEWHERE), "region": target.region}
    if isinstance(agent, Agent):
        day = agent.created or agentcore_runtime.UNIFIED_SPANS_SINCE
        unified = day >= agentcore_runtime.UNIFIED_SPANS_SINCE if agent.unified_spans is None else agent.unified_spans
        runtime_id = agent.runtime_arn.rpartition("/")[2] if agent.runtime_arn else None
        return {**told, "agent_id": runtime_id, "unified": unified}
    return {
        **told,
        "agent_id": agent.agent_id,
        "log_group": agent.own_log_group,
        "log_stream": agent.log_stream,
        "unified": agent.unified_spans is not False,
        "deployed": agent.log_group.create,
    }
