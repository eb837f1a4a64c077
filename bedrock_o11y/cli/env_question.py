"""What ``env check`` is asked: the environment of the options, and a look at the account when its headers need one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.errors import CouldNotRunError, UsageError
from bedrock_o11y.otel.judge import judge
from bedrock_o11y.otel.reading import read_environment
from bedrock_o11y.otel.requirements import read_distribution
from bedrock_o11y.otel.subject import Subject
from bedrock_o11y.otel.variable import Hosting

from .options import open_account
from .progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from bedrock_o11y.otel.finding import EnvReport

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")


def answer(
    *,
    file: Path | None,
    service: str | None,
    hosted: str,
    requirements: Path | None,
    offline: bool,
    fail_on: str,
    profile: str | None,
    region: str | None,
    quiet: bool,
    out: Path | None,
) -> EnvReport:
    """Judges the environment that the options name; each argument is the option of that name.

    Raises:
        UsageError: options that do not go together, a file that cannot be read, a profile that does not exist.
    """
    if offline and profile is not None:
        raise UsageError("--offline asks AWS nothing, so it does not go with --profile")
    if region is not None and not _REGION.fullmatch(region):
        raise UsageError(f"{region!r} is not the name of a Region; expected something like us-east-1")
    for option, path in (("--from", file), ("--requirements", requirements)):
        if out and path and out.is_file() and path.is_file() and out.samefile(path):
            raise UsageError(f"--out and {option} are the same file, {path}: the answer would take its place")
    subject = Subject(
        environment=read_environment(file, service=service),
        hosted=Hosting(hosted),
        region=region,
        distribution=read_distribution(requirements) if requirements else None,
    )
    seen = _looked_at(subject, offline=offline, profile=profile, quiet=quiet)
    return judge(seen, None if fail_on == "never" else Severity(fail_on))


def _looked_at(subject: Subject, *, offline: bool, profile: str | None, quiet: bool) -> Subject:
    """The subject with what its account shows; without credentials the rest is judged all the same."""
    destinations = subject.destinations()
    if not destinations or subject.another_vendor:
        return subject
    if offline:
        return replace(subject, not_seen="--offline was given")
    from bedrock_o11y.otel.account import look_at  # boto3 costs 0.2 s

    try:
        account = open_account(profile, subject.region or subject.own_region)
    except UsageError as error:
        if profile is not None:
            raise
        return replace(subject, not_seen=str(error))  # no Region, or one that is none: a finding of its own
    try:
        with Progress(f"looking at {account.region}", quiet=quiet):
            return replace(subject, seen=look_at(account, destinations))
    except CouldNotRunError as error:
        return replace(subject, not_seen=str(error))
