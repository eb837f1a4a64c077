"""What the rules judge: an environment, where its agent runs, and what is known beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pairs import LOG_GROUP, header
from .secrecy import shown
from .variable import Hosting
from .variables import (
    DEFAULT_REGION,
    DISABLE_ADOT,
    GROUP_HEADER,
    LOGS_HEADERS,
    REGION,
    STREAM_HEADER,
    TRACES_HEADERS,
    UNIFIED,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.aws import Reading

    from .reading import Environment
    from .requirements import Distribution


@dataclass(frozen=True, slots=True)
class Destination:
    """A log group and log stream to which a signal is sent.

    Attributes:
        variable: the variable that names them.
        group: name of the log group.
        stream: name of the log stream.
    """

    variable: str
    group: str
    stream: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the account showed.

    Attributes:
        region: the Region that was looked at.
        account: the account id; empty when it could not be asked.
        partition: of the account.
        groups: of each log group, whether it exists.
        streams: of each log group and log stream, whether it exists.
        policies: the documents of the resource policies that bear on a log group, by group.
    """

    region: str
    account: str
    partition: str
    groups: Mapping[str, Reading]
    streams: Mapping[tuple[str, str], Reading]
    policies: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Subject:
    """One environment to be judged.

    Attributes:
        environment: its variables.
        hosted: where its agent runs.
        region: the Region that was asked for; None when it was not.
        distribution: which version of ADOT the agent installs; None when nobody asked.
        seen: what the account showed; None when it was not looked at.
        not_seen: why the account was not looked at.
    """

    environment: Environment
    hosted: Hosting
    region: str | None = None
    distribution: Distribution | None = None
    seen: Seen | None = None
    not_seen: str = ""

    @property
    def on_runtime(self) -> bool:
        """Whether AgentCore Runtime sets the variables that are not here."""
        return self.hosted is Hosting.RUNTIME

    @property
    def own_region(self) -> str | None:
        """The Region that the environment names."""
        return self.environment.get(REGION) or self.environment.get(DEFAULT_REGION)

    @property
    def another_vendor(self) -> bool:
        """Whether the environment says that its agent reports to somebody else than AWS."""
        return self.environment.says(DISABLE_ADOT, "true")

    @property
    def wants_unified(self) -> bool:
        """Whether spans are to go to the agent's own log group."""
        if self.on_runtime:
            return not self.environment.says(UNIFIED, "false") and not self.another_vendor
        return header(self.environment.get(TRACES_HEADERS) or "", GROUP_HEADER, exactly=False) is not None

    def destinations(self) -> tuple[Destination, ...]:
        """Where log records and spans are sent, as far as the headers say it and AWS could have such a group."""
        found = []
        for name in (LOGS_HEADERS, TRACES_HEADERS):
            text = self.environment.get(name) or ""
            exactly = name == LOGS_HEADERS
            group = header(text, GROUP_HEADER, exactly=exactly)
            if group and LOG_GROUP.fullmatch(group):
                found.append(Destination(name, group, header(text, STREAM_HEADER, exactly=exactly)))
        return tuple(found)

    def seen_as(self, name: str) -> str:
        """A variable with its value and place as evidence, secrets hidden."""
        value = self.environment.values[name].text
        return f"{self.environment.place(name)}: {name}={shown(name, value)}"
