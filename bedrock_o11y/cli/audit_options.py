"""What an audit is asked for: options that go together, and the sources, terms and baseline that they name."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.audit.audit import Audit, Options, kind_and_variant, run
from bedrock_o11y.blueprint import Severity
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import PolicyDocument, PolicyError

from .progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bedrock_o11y.aws import AwsAccount
    from bedrock_o11y.roles import RoleSource

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
_SHAPES: Final = {
    "Partition": (re.compile(r"aws(-[a-z]+)*"), "something like aws-cn"),
    "Region": (_REGION, "the name of a Region, such as us-east-1"),
    "Account": (re.compile(r"\d{12}"), "the twelve digits of an account"),
    # The name of an agent has no hyphen and is the name of no log group: <name>-<id>-<endpoint> is.
    "Agent": (re.compile(r".*[^A-Za-z0-9_].*"), "the pattern of its log groups, such as my_agent-*"),
}
"""What parameters that stand in ARNs look like, and how to say it."""

_ALWAYS_ASKED: Final = ("Partition", "Region", "Account", "Agent")


@dataclass(frozen=True, slots=True)
class Question:
    """The options of the command; each attribute is the option of that name.

    Attributes:
        default_form: ``--format`` was not given.
    """

    names: tuple[str, ...]
    every: bool
    files: tuple[Path, ...]
    kind: str | None
    agent_created: str | None
    scps: tuple[Path, ...]
    facts: tuple[str, ...]
    fail_on: str
    baseline: Path | None
    diff: bool
    patch: str | None
    out: Path | None
    profile: str | None
    region: str | None
    form: str
    quiet: bool
    default_form: bool

    def audit(self) -> tuple[Options, Audit]:
        """Runs the audit.

        Returns:
            What was asked for, in the words of the audit, and the result.

        Raises:
            UsageError: options that do not go together or cannot be understood, a file that is not what it should be.
            CouldNotRunError: no usable credentials, or AWS is out of reach.
        """
        self._check()
        account = None if self.files else self._account()
        options = Options(
            kind=self.kind,
            agent_created=datetime.now(UTC).date() if self.agent_created is None else day(self.agent_created),
            limits=tuple(_scp(path) for path in self.scps),
            facts=self._facts(),
            # A role is of no Region, and its agent need not be in the one of the profile: only what was said counts.
            region=self.region,
            named=bool(self.names),
            moment=datetime.now(UTC),
            fail_on=None if self.fail_on == "never" else Severity(self.fail_on),
            with_diff=self.diff,
        )
        baseline = None
        if self.baseline:
            from bedrock_o11y.audit.baseline import Baseline  # most audits have none

            baseline = Baseline.load(self.baseline)
        with Progress("looking for roles", quiet=self.quiet) as progress:
            return options, run(self._sources(account), options, baseline, lambda seen: progress(f"{seen} roles read"))

    def patch_command(self) -> str:
        """The command that prints the patch of what this question found."""
        words = ["bedrock-o11y", "audit", *self.names, *(["--all"] if self.every else [])]
        pairs: list[tuple[str, Any]] = [
            *(("--from", path) for path in self.files),
            ("--as", self.kind),
            ("--agent-created", self.agent_created),
            *(("--scp", path) for path in self.scps),
            *(("--facts", fact) for fact in self.facts),
            ("--baseline", self.baseline),
            ("--profile", self.profile),
            ("--region", self.region),
        ]
        for option, value in pairs:
            words += [option, str(value)] if value else []
        return shlex.join([*words, "--patch", "json"])

    def _check(self) -> None:
        chosen = [
            name for name, given in (("ROLE", self.names), ("--all", self.every), ("--from", self.files)) if given
        ]
        if not chosen:
            raise UsageError("nothing to audit: name roles of the account, or give --all, or --from FILE")
        if len(chosen) > 1:
            more = "; a second file needs a second --from" if self.names and self.files else ""
            raise UsageError(f"{chosen[0]} and {chosen[-1]} do not go together: choose one{more}")
        if self.files and self.profile:
            raise UsageError("--profile and --from do not go together: a file needs no account")
        # An empty value is a shell variable that was not set, and not a wish for the default.
        if self.profile == "":
            raise UsageError("--profile: '' is not the name of a profile; leave the option out for the default one")
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise UsageError(f"{self.region!r} is not the name of a Region; expected something like us-east-1")
        if self.patch and not self.default_form:
            raise UsageError("--patch and --format do not go together: --patch prints the patch instead of the report")
        if self.patch and self.diff:
            raise UsageError("--patch and --diff do not go together: --patch prints the patch instead of the report")
        if self.diff and self.form not in ("text", "json"):
            raise UsageError(f"--diff goes with --format text or json, not with {self.form}")
        if self.kind is not None:
            kind_and_variant(self.kind)
        self._check_out()

    def _check_out(self) -> None:
        """A report takes the place of no file that the audit reads."""
        for option, path in (
            *(("--from", path) for path in self.files),
            *(("--scp", path) for path in self.scps),
            *([("--baseline", self.baseline)] if self.baseline else []),
        ):
            if self.out and self.out.is_file() and path.is_file() and self.out.samefile(path):
                raise UsageError(f"--out and {option} are the same file, {path}: the answer would take its place")

    def _facts(self) -> dict[str, Any]:
        told = facts(self.facts)
        if self.region and told.get("Region", self.region) != self.region:
            raise UsageError(f"--region {self.region} and --facts Region={told['Region']} contradict each other")
        return told

    def _account(self) -> AwsAccount:
        from .options import open_account

        return open_account(self.profile, self.region)

    def _sources(self, account: AwsAccount | None) -> Sequence[RoleSource]:
        if account:
            from bedrock_o11y.roles.account import AccountRoles  # a file needs nothing of the live account

            return [AccountRoles(account, self.names)]
        from bedrock_o11y.roles.files import open_source

        return [open_source(path) for path in dict.fromkeys(self.files)]


def day(text: str) -> date:
    """The day of ``--agent-created``.

    Raises:
        UsageError: it is not a day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--agent-created: {text!r} is not a day; expected something like 2026-07-20") from None


def facts(given: Sequence[str]) -> dict[str, Any]:
    """What ``--facts`` tells: condition keys, which have a colon, and parameters of the blueprint, which have none.

    Args:
        given: ``KEY=VALUE`` each. A condition key that stands several times has several values; one without a value is
            absent from every request.

    Returns:
        For a condition key a text, a tuple of texts, or None for absent; for a parameter a text.

    Raises:
        UsageError: an equals sign is missing, or a parameter does not exist, stands twice, or has no value or one that
            it cannot have.
    """
    parameters = (*_ALWAYS_ASKED, *(name for kind in ROLE_KINDS.values() for name, _ in kind.parameters))
    values: dict[str, list[str]] = {}
    for fact in given:
        key, equals, value = fact.partition("=")
        if not (key and equals):
            raise UsageError(
                f"--facts: {fact!r} is not allowed; expected KEY=VALUE, aws:SourceVpc=vpc-1 or Agent=name-*"
            )
        if ":" not in key and key not in parameters:
            choices = ", ".join(dict.fromkeys(parameters))
            raise UsageError(f"--facts: there is no parameter {key!r}; expected a condition key, or one of {choices}")
        if ":" not in key and (key in values or not value):
            raise UsageError(f"--facts: {fact!r} is not allowed; expected one value for {key}")
        if key in _SHAPES and not _SHAPES[key][0].fullmatch(value):
            raise UsageError(f"--facts: {fact!r} is not allowed; expected {_SHAPES[key][1]}")
        values.setdefault(key, []).extend([value] if value else [])
    return {key: None if not texts else texts[0] if len(texts) == 1 else tuple(texts) for key, texts in values.items()}


def _scp(path: Path) -> PolicyDocument:
    try:
        document = PolicyDocument.parse(_content(path.read_text(encoding="utf-8-sig")), name=f"SCP {path.name}")
    except OSError as error:
        raise UsageError(f"--scp {path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--scp {path}: it is not UTF-8 text; expected a policy document as JSON") from None
    except PolicyError as error:
        raise UsageError(f"--scp {path}: it is not a policy document: {error}") from None
    for statement in document.statements:
        if statement.principals is not None:
            raise UsageError(
                f"--scp {path}: {statement.label} has a Principal, which no SCP has; expected a service control policy"
            )
    return document


def _content(text: str) -> Any:
    """The text of an SCP, also out of what ``aws organizations describe-policy`` prints."""
    try:
        described = json.loads(text)["Policy"]["Content"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return text  # the policy itself, or something of which the parser says what is wrong
    return described if isinstance(described, str) else text
