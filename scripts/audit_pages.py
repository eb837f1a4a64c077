"""The generated pages about the audit: every rule, the museum, and the examples of README.md."""

from __future__ import annotations

from contextlib import chdir
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from click.testing import CliRunner

from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.cli import cli
from bedrock_o11y.errors import ExitCode
from bedrock_o11y.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedrock_o11y.blueprint import Source

ROOT: Final = Path(__file__).resolve().parent.parent
EXHIBITS: Final = ROOT / "tests" / "museum" / "exhibits"
AGENT_CREATED: Final = date(2026, 8, 1)
EXAMPLE: Final = (
    "audit", "--from", "tests/roles/quiet-runtime-role.json", "--agent-created", AGENT_CREATED.isoformat(),
)  # fmt: skip
"""The command of README.md. The day is fixed, because without one the report would change from day to day."""

_LEFT_OUT: Final = "[...]"
_NOT_SHOWN: Final = ("MEDIUM    missing-grant", "MEDIUM    trust-source-arn", "INFO ")
"""Findings that the example leaves out: what they show, others show too."""


def rules() -> str:
    """Every rule, with its reason, its method and its sources."""
    lines = [
        "# Rules of the audit",
        "",
        "What `bedrock-o11y audit` looks for in a role, in the order of its reports. Generated from the code by",
        "`make docs`; `bedrock-o11y audit --explain RULE` says the same. How the audit works: [audit.md](audit.md).",
        "",
        "| rule | usual severity | what it finds |",
        "| --- | --- | --- |",
        *(f"| [`{rule.id}`](#{rule.id}) | {rule.severity.value} | {rule.title} |" for rule in RULES),
        "",
    ]
    for rule in RULES:
        lines += [f"## {rule.id}", "", f"{rule.title}. Usual severity: {rule.severity.value}.", ""]
        lines += [f"**Why it matters.** {rule.why}", "", f"**How it is judged.** {rule.how}", ""]
        lines += ["Sources: " + _links(rule.sources) + ".", ""]
    return "\n".join(lines).rstrip() + "\n"


def museum() -> str:
    """What real projects ship, and what the audit says of it."""
    lines = [
        "# The museum",
        "",
        "Policies that real projects ship, re-typed to what matters, and everything that the audit finds in each. A",
        "test holds every list: no finding more, no finding less. The policies are those of the day on which they were",
        "seen; a project may have repaired its own since. Generated from `tests/museum/exhibits` by `make docs`.",
        "",
    ]
    for path in sorted(EXHIBITS.glob("*.yaml")):
        shown: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        kind = ROLE_KINDS[shown["kind"]]
        lines += [f"## {shown['title']}", "", shown["shows"].strip(), ""]
        lines += [f"- Seen in: {shown['source']}", f"- Judged as: [`{kind.id}`](roles.md), {kind.title}"]
        lines += [f"- The policies: [{path.name}](../{path.relative_to(ROOT).as_posix()})", ""]
        lines += _findings(shown["findings"])
    return "\n".join(lines).rstrip() + "\n"


def _findings(findings: list[str]) -> list[str]:
    if not findings:
        return ["The audit finds nothing.", ""]
    lines = ["| severity | rule | actions |", "| --- | --- | --- |"]
    for (severity, rule), group in groupby((line.split(" ", 2) for line in findings), key=lambda parts: parts[:2]):
        actions = "<br>".join(f"`{each[2]}`" for each in group)
        lines.append(f"| {severity} | [`{rule}`](rules.md#{rule}) | {actions} |")
    return [*lines, ""]


def _links(sources: tuple[Source, ...]) -> str:
    return ", ".join(f"[{source.title}]({source.url})" for source in sources)


def report_example() -> str:
    """The report of the example, as the command prints it, with some findings left out."""
    text = _answer(*EXAMPLE)
    return _fenced("text", f"$ {_command()}\n{_without(text, lambda block: block.startswith(_NOT_SHOWN))}")


def patch_example() -> str:
    """The addition of the example's patch as Terraform, without the proposals behind it."""
    addition, proposal, _ = _answer(*EXAMPLE, "--patch", "terraform").partition("# Proposal:")
    if not proposal:
        raise SystemExit("README.md: the patch of the example has no proposal any more; show it whole")
    return _fenced("terraform", f"{addition.rstrip()}\n\n# {_LEFT_OUT}")


def _command() -> str:
    return " ".join(("bedrock-o11y", *EXAMPLE))


def _answer(*arguments: str) -> str:
    """What a command prints on stdout; its findings are what the example shows."""
    with chdir(ROOT):
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    if result.exit_code != ExitCode.FAILED:
        raise SystemExit(f"{' '.join(arguments)}: expected findings, got exit code {result.exit_code}: {result.stderr}")
    return result.stdout


def _without(text: str, left_out: Callable[[str], bool]) -> str:
    """A report without some of its blocks: a block is a line at the margin and the indented lines below it."""
    blocks: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and blocks:
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
    shown: list[str] = []
    for block in blocks:
        if not left_out(block):
            shown.append(block)
        elif shown[-1:] != [_LEFT_OUT]:
            shown.append(_LEFT_OUT)
    return "\n".join(shown).rstrip()


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
