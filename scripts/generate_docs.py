"""Writes the generated parts of the documentation: what is said of the code is read from the code.

``--check`` writes nothing and fails when something is out of date.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import click
from pydantic import BaseModel

from bedrock_o11y.blueprint import (
    Confidence,
    account_setting,
    invocation_logging,
    names,
    permissions,
    policy_document,
)
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.check.ladder import LADDER, actions_of
from bedrock_o11y.cli import cli
from bedrock_o11y.config import Settings, Target
from scripts import audit_pages, symptom_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from bedrock_o11y.blueprint import Grant, RoleKind

ROOT = Path(__file__).resolve().parent.parent
VALUES = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": "123456789012",
    "LogGroupName": invocation_logging.LOG_GROUP_NAME,
    "BucketName": names.payload_bucket_name("BedrockO11y", "123456789012", "us-east-1"),
    "RecordName": account_setting.RECORD_NAME_PREFIX + account_setting.MODEL_INVOCATION_LOGGING,
    "ModelId": invocation_logging.CANARY_MODEL_ID,
    "Qualifier": "hnb659fds",
}


def main() -> int:
    """Write or check every generated part.

    Returns:
        0, or 1 when ``--check`` finds something out of date.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is out of date")
    parser.add_argument("--transcript", type=Path, help="put this transcript of `make demo` into README.md, and stop")
    arguments = parser.parse_args()
    if arguments.transcript:
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        shown = arguments.transcript.read_text(encoding="utf-8").rstrip()
        text = _with_part(text, "transcript", f"```text\n$ make demo\n{shown}\n```")
        (ROOT / "README.md").write_text(text, encoding="utf-8")
        return 0
    stale = []
    for path, text in parts():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT))
        if not arguments.check:
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path}: {'out of date; run make docs' if arguments.check else 'written'}")
    return int(bool(stale) and arguments.check)


def parts() -> Iterator[tuple[Path, str]]:
    """Every generated file.

    Yields:
        Its path and what it must say.
    """
    yield ROOT / "README.md", readme()
    yield ROOT / "docs" / "cli.md", command_line()
    yield ROOT / "docs" / "check.md", ladder()
    yield ROOT / "docs" / "permissions.md", permission_pages()
    yield ROOT / "docs" / "roles.md", role_pages()
    yield ROOT / "docs" / "rules.md", audit_pages.rules()
    yield ROOT / "docs" / "museum.md", audit_pages.museum()
    yield ROOT / "docs" / "symptoms.md", symptom_pages.symptoms()
    yield ROOT / "docs" / "bedrock-o11y.schema.json", json.dumps(schema(), indent=2) + "\n"


def readme() -> str:
    """README.md with its generated parts, between comments that name them."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, body in {
        "configuration": configuration_table(),
        "deployer": _policy(permissions.DEPLOYER_GRANTS),
        "retained": retained_list(),
        "audit report": audit_pages.report_example(),
        "audit patch": audit_pages.patch_example(),
    }.items():
        text = _with_part(text, name, body)
    return text


def _with_part(text: str, name: str, body: str) -> str:
    before, start, rest = text.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not (start and end):
        raise SystemExit(f"README.md: expected a part between <!-- {name} --> and <!-- /{name} -->")
    return f"{before}{start}{body}\n{end}{after}"


def configuration_table() -> str:
    """Every key of the configuration file with its default and meaning."""
    rows = ["| key | default | meaning |", "| --- | --- | --- |"]
    rows += [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _keys(Settings, "")]
    own = {name: field for name, field in Target.model_fields.items() if name != "settings"}
    for name, field in own.items():
        rows.append(f"| `targets[].{name}` | {_shown(field)} | {field.description} |")
    rows.append("| `targets[].settings` | | Any of the keys above, for this target alone. |")
    return "\n".join(rows)


def _keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        sections = _sections(field.annotation)
        if not sections:
            yield f"{prefix}{name}", _shown(field), str(field.description)
            continue
        listed = "[]" if get_origin(field.annotation) is tuple else ""
        told: set[str] = set()
        for section in sections:
            # What several kinds of section have in common is told once.
            for row in _keys(section, f"{prefix}{name}{listed}."):
                if row[0] not in told:
                    yield row
                told.add(row[0])


def _sections(annotation: Any) -> list[type[BaseModel]]:
    """The sections that a key holds: one, or one of several kinds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [section for inner in get_args(annotation) for section in _sections(inner)]


def _shown(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ("", {}, ()):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def retained_list() -> str:
    """What stays after a destroy."""
    return "\n".join(
        [
            f"- the log group `{invocation_logging.LOG_GROUP_NAME}` with its records,",
            "- the payload bucket `<target>-payloads-<account>-<region>` with its objects,",
            "- the KMS key, without which neither can be read.",
        ]
    )


def schema() -> dict[str, Any]:
    """JSON Schema of the configuration file, for editors."""
    document = Settings.model_json_schema()
    target = Target.model_json_schema()
    definitions = document.setdefault("$defs", {})
    definitions.update(target.pop("$defs", {}))
    definitions["Target"] = target
    document["properties"]["targets"] = {
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/$defs/Target"},
        "description": "Accounts and Regions, one stage each.",
    }
    document["title"] = "bedrock-o11y.yaml"
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return document


def command_line() -> str:
    """Help of every command."""
    lines = ["# Commands", "", "Generated from the parser by `make docs`.", ""]
    for context in _contexts(cli, "bedrock-o11y", None):
        lines += [f"## `{_words(context)}`", "", "```text", context.command.get_help(context), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _contexts(command: click.Command, name: str, parent: click.Context | None) -> Iterator[click.Context]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=100)
    yield context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            if below := command.get_command(context, each):
                yield from _contexts(below, each, context)


def _words(context: click.Context) -> str:
    above = f"{_words(context.parent)} " if context.parent else ""
    return f"{above}{context.info_name}"


def ladder() -> str:
    """Every rung of the check."""
    lines = [
        "# The evidence ladder",
        "",
        "What `bedrock-o11y check` looks at, in the order of causes. A rung below a failure is UNKNOWN and names what",
        "blocks it. Generated from the code by `make docs`; `bedrock-o11y check --explain RUNG` says the same.",
        "",
    ]
    for rung in LADDER:
        lines += [f"## `{rung.id}`: {rung.title}", "", rung.why, "", rung.how, ""]
        if actions := actions_of(rung):
            lines += ["Needs " + ", ".join(f"`{action}`" for action in actions) + ".", ""]
        lines += ["Source: " + ", ".join(f"[{source.title}]({source.url})" for source in rung.sources) + ".", ""]
    return "\n".join(lines).rstrip() + "\n"


def permission_pages() -> str:
    """Every set of grants of the blueprint, as a table with reasons and as a policy."""
    lines = ["# Permissions", "", "Generated from the blueprint by `make docs`.", ""]
    for title, about, grants in (
        ("Reader", "For `bedrock-o11y check` and `bedrock-o11y plan`.", permissions.READER_GRANTS),
        ("Canary", "For `bedrock-o11y check --canary`, beside the reader's.", permissions.CANARY_GRANTS),
        (
            "Auditor",
            "For `bedrock-o11y audit` of a live account; files need none.",
            permissions.AUDITOR_GRANTS,
        ),
        ("Deployer", "For `cdk deploy` in a bootstrapped account.", permissions.DEPLOYER_GRANTS),
    ):
        lines += [f"## {title}", "", about, "", "| actions | without it | source |", "| --- | --- | --- |"]
        for grant in grants:
            actions = ", ".join(f"`{action}`" for action in grant.actions)
            lines.append(f"| {actions} | {grant.purpose} | {_sources(grant)} |")
        lines += ["", _policy(grants), ""]
    return "\n".join(lines).rstrip() + "\n"


def role_pages() -> str:
    """Every kind of role that the audit knows, grant by grant."""
    lines = [
        "# Roles",
        "",
        "The kinds of role that `bedrock-o11y audit` knows, and what it compares a role of each kind with. Names in",
        "`${...}` are filled in for each role. Generated from the blueprint by `make docs`.",
        "",
    ]
    for kind in ROLE_KINDS.values():
        lines += [f"## `{kind.id}`: {kind.title}", ""]
        if kind.variants:
            lines += ["Variants: " + ", ".join(f"`{variant}`" for variant in kind.variants) + ".", ""]
        lines += [f"- `${{{name}}}`: {meaning}" for name, meaning in kind.parameters]
        lines += [""] if kind.parameters else []
        optional = tuple(grant for grant in kind.grants if grant.optional)
        for heading, grants in (
            ("Who assumes it", _trusts(kind)),
            ("What it needs", tuple(grant for grant in kind.grants if not grant.optional)),
            ("What it may have beside", optional),
            ("What may be denied", kind.denies),
        ):
            lines += _role_table(heading, grants) if grants else []
    return "\n".join(lines).rstrip() + "\n"


def _trusts(kind: RoleKind) -> tuple[Grant, ...]:
    return (
        *((kind.trust,) if kind.trust else ()),
        *(replace(each.trust, variants=(each.variant,)) for each in kind.trusts),
    )


def _role_table(heading: str, grants: tuple[Grant, ...]) -> list[str]:
    rows = [f"### {heading}", "", "| grant | on | without it | source |", "| --- | --- | --- | --- |"]
    for grant in grants:
        granted = [f"**{grant.sid}**", *(f"`{action}`" for action in grant.actions)]
        on = [f"`{text}`" for text in grant.principals or grant.resources]
        on += [f"if {each.operator} `{each.key}` `{', '.join(each.values)}`" for each in grant.conditions]
        on += [f"or `{text}`" for text in grant.accepted]
        on += [f"authorised on `{text}`" for text in grant.asked]
        why = [grant.purpose] if grant.optional else [f"{grant.severity.value.upper()}. {grant.purpose}"]
        why += [f"Only for {', '.join(grant.variants)}."] if grant.variants else []
        why += [grant.superseded] if grant.superseded else []
        why += [] if grant.confidence is Confidence.DOCUMENTED else [f"({grant.confidence.value})"]
        rows.append(f"| {'<br>'.join(granted)} | {'<br>'.join(on)} | {'<br>'.join(why)} | {_sources(grant)} |")
    return [*rows, ""]


def _sources(grant: Grant) -> str:
    return ", ".join(f"[{source.title}]({source.url})" for source in grant.sources)


def _policy(grants: tuple[Grant, ...]) -> str:
    return f"```json\n{json.dumps(policy_document(grants, VALUES), indent=2)}\n```"


if __name__ == "__main__":
    sys.exit(main())
