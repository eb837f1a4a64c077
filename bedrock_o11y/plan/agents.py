"""The log groups of agents hosted elsewhere: free, ours, or somebody else's.

No record is kept of them: the stack that makes one writes its name on it, as a tag.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import Reading, in_background, look
from bedrock_o11y.blueprint import names
from bedrock_o11y.report.plan import Bearing, Collision

from .collisions import judge_name, look_for_log_group

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account

    from .wanted import WantedAgents

_KIND: Final = "log group"


def look_for_owner(account: Account, log_group: str) -> Reading:
    """Whose a log group is, if it exists: its value carries ``stack``, the name that its tag says, or None."""
    found = look_for_log_group(account, log_group)
    if not found.is_present:
        return found
    identity = account.identity()
    arn = f"arn:{identity.partition}:logs:{account.region}:{identity.account}:log-group:{log_group}"

    def call() -> Any:
        return {"stack": account.client("logs").list_tags_for_resource(resourceArn=arn)["tags"].get(names.OWNER_TAG)}

    return look("logs:ListTagsForResource", call)


def look_at_agents(account: Account, wanted: WantedAgents) -> dict[str, Reading]:
    """Looks at every log group of agents, at once.

    Args:
        account: where to look.
        wanted: what is asked for.

    Returns:
        What was found, by the name of the log group.
    """
    made = {name: in_background(partial(look_for_owner, account, name)) for name in wanted.log_groups}
    used = {name: in_background(partial(look_for_log_group, account, name)) for name in wanted.existing}
    return {name: each.result() for name, each in (made | used).items()}


def judge_agents(wanted: WantedAgents, found: dict[str, Reading]) -> tuple[Collision, ...]:
    """What the log groups of agents mean for the deploy.

    Args:
        wanted: what is asked for.
        found: as :func:`look_at_agents` gives it.
    """
    return (
        *(_made(wanted.stack, name, found[name]) for name in wanted.log_groups),
        *(judge_name(_KIND, name, found[name], (), must_exist=True) for name in wanted.existing),
    )


def _made(stack: str, name: str, found: Reading) -> Collision:
    if not found.is_present or found.value["stack"] == stack:
        return judge_name(_KIND, name, found, (name,), must_exist=False)
    owner = found.value["stack"]
    whose = f"the stack {owner} made it" if owner else "no deploy of ours made it"
    advice = "set the agent's log_group.create to false to use it as it is, or name another log group"
    return Collision(_KIND, name, Bearing.STOPS, f"It exists, and {whose}: {advice}.")
