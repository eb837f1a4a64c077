"""What a plan found: what a deploy would change beyond its own resources, and what may stand in its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bedrock_o11y.errors import ExitCode


class Bearing(StrEnum):
    """What something in the account means for the deploy."""

    CLEAR = "clear"
    """Nothing is in the way."""
    NOTICE = "notice"
    """The deploy goes on; a person should know."""
    STOPS = "stops"
    """The deploy would stop."""
    UNKNOWN = "unknown"
    """It could not be read."""


@dataclass(frozen=True, slots=True)
class SettingPlan:
    """What a deploy would do to one account setting.

    Attributes:
        setting: its name, ``model-invocation-logging``.
        title: as in a sentence.
        live: where the value of today points to; None when the setting is off or could not be read.
        owner: name of the stack that manages it; None when no stack of ours does.
        policy: what the configuration says to do with a value of somebody else.
        outcome: what the deploy would do, in one word.
        bearing: what that means for the deploy.
        message: why, for a person.
    """

    setting: str
    title: str
    live: str | None
    owner: str | None
    policy: str
    outcome: str
    bearing: Bearing
    message: str


@dataclass(frozen=True, slots=True)
class Collision:
    """A name that the deploy wants, and what has it today.

    Attributes:
        kind: ``log group``, ``bucket`` or ``key``.
        name: the name.
        bearing: what it means for the deploy.
        message: why, for a person.
    """

    kind: str
    name: str
    bearing: Bearing
    message: str


@dataclass(frozen=True, slots=True)
class Slots:
    """Resource policies of a service, of which an account has a few for each Region.

    Attributes:
        used: how many exist; None when they could not be counted.
        limit: how many there can be.
        needed: how many this deploy adds.
        message: for a person.
        bearing: what it means for the deploy.
    """

    used: int | None
    limit: int
    needed: int
    message: str
    bearing: Bearing


@dataclass(frozen=True, slots=True)
class Price:
    """One price.

    Attributes:
        what: what is paid for.
        usd: US dollars.
        per: for what; ``month`` for a fixed price.
        source: page of AWS's price list.
    """

    what: str
    usd: float
    per: str
    source: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the deploy costs.

    Attributes:
        fixed: what is paid every month whether or not a model is called.
        usage: prices of what grows with use.
        region: the Region of the prices.
        as_of: month of the prices.
    """

    fixed: tuple[Price, ...]
    usage: tuple[Price, ...]
    region: str
    as_of: str

    @property
    def monthly(self) -> float:
        """US dollars a month before any model is called."""
        return sum(price.usd for price in self.fixed)


@dataclass(frozen=True, slots=True)
class PlanReport:
    """The result of a plan for one target.

    Attributes:
        account: the account that was looked at.
        region: the Region that was looked at.
        target: name of the target.
        stacks: names of the stacks that the deploy makes.
        settings: account settings.
        collisions: names that are taken, or free.
        slots: resource policies of CloudWatch Logs.
        trace_slots: resource policies of X-Ray.
        cost: what it costs.
    """

    account: str
    region: str
    target: str
    stacks: tuple[str, ...]
    settings: tuple[SettingPlan, ...]
    collisions: tuple[Collision, ...]
    slots: Slots
    trace_slots: Slots
    cost: Cost

    @property
    def bearings(self) -> tuple[Bearing, ...]:
        """What each finding means for the deploy."""
        settings = (setting.bearing for setting in self.settings)
        collisions = (collision.bearing for collision in self.collisions)
        return (*settings, *collisions, self.slots.bearing, self.trace_slots.bearing)

    def exit_code(self) -> ExitCode:
        """FAILED when the deploy would stop, else UNKNOWN when something could not be read, else CLEAN."""
        if Bearing.STOPS in self.bearings:
            return ExitCode.FAILED
        return ExitCode.UNKNOWN if Bearing.UNKNOWN in self.bearings else ExitCode.CLEAN
