"""What a person reads is true: generated parts are those of the code, examples run, commands exist, links lead on."""

from __future__ import annotations

import ast
import doctest
import re
import shlex
from datetime import date
from pathlib import Path

import click
import pytest
import yaml

from bedrock_o11y.audit.audit import Options, run
from bedrock_o11y.audit.baseline import Baseline
from bedrock_o11y.audit.baseline_file import read
from bedrock_o11y.cli import cli, main
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.rules import RULES
from scripts import audit_pages, generate_docs

ROOT = Path(__file__).parents[2]
README, AUDIT, SYMPTOMS = ROOT / "README.md", ROOT / "docs" / "audit.md", ROOT / "docs" / "symptoms.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
DAY = date(2026, 11, 21)
"""On which the examples are judged: their baselines end some day."""


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


# --- Generated parts -------------------------------------------------------------------------------------------------


def test_a_part_without_its_marks_is_told():
    with pytest.raises(SystemExit, match="expected a part between <!-- audit report -->"):
        generate_docs._with_part("# no part\n", "audit report", "text")


def test_the_example_is_the_report_with_findings_left_out(capsys):
    assert main(list(audit_pages.EXAMPLE)) == 1
    report = capsys.readouterr().out.splitlines()
    _, command, *shown, _ = audit_pages.report_example().splitlines()
    assert command == f"$ bedrock-o11y {' '.join(audit_pages.EXAMPLE)}"
    kept = [line for line in shown if line != "[...]"]
    rest = iter(report)
    assert all(line in rest for line in kept), "in the order of the report"
    assert len(kept) < len(report)
    assert report[-1] in kept
    assert report[-3] in kept


def test_the_example_of_a_patch_is_its_addition_whole(capsys):
    assert main([*audit_pages.EXAMPLE, "--patch", "terraform"]) == 1
    patch = capsys.readouterr().out
    addition = audit_pages.patch_example().removeprefix("```terraform\n").removesuffix("\n\n# [...]\n```")
    assert patch.startswith(addition)
    assert patch.count("aws_iam_role_policy") > addition.count("aws_iam_role_policy") == 1


def test_the_page_of_the_rules_has_every_rule_with_all_that_is_said_of_it():
    page = audit_pages.rules()
    for rule in RULES:
        _, _, section = page.partition(f"\n## {rule.id}\n")
        section = section.partition("\n## ")[0]
        for text in (rule.title, rule.why, rule.how, rule.severity.value, *(source.url for source in rule.sources)):
            assert text in section, rule.id


def test_the_museum_shows_every_exhibit_with_every_finding():
    page = audit_pages.museum()
    for path in audit_pages.EXHIBITS.glob("*.yaml"):
        shown = yaml.safe_load(path.read_text(encoding="utf-8"))
        _, _, section = page.partition(f"\n## {shown['title']}\n")
        section = section.partition("\n## ")[0]
        assert shown["source"] in section
        rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
        told = [
            f"{severity} {re.sub(r'^.`|`.*', '', rule)} {action.strip('`')}"
            for severity, rule, actions in rows
            for action in actions.split("<br>")
        ]
        assert told == shown["findings"]


# --- Examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if ">>>" in page.read_text()], ids=lambda page: page.name)
def test_an_example_of_a_page_gives_what_it_says(page):
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks(page, "python")), {}, page.name, str(page), 0)
    assert examples.examples
    said: list[str] = []
    assert doctest.DocTestRunner(verbose=False).run(examples, out=said.append).failed == 0, "".join(said)


def baselines(page):
    return [text for text in blocks(page, "yaml") if "accepted:" in text]


@pytest.mark.parametrize(
    ("page", "accepted"),
    [(README, ["wider-resource"]), (AUDIT, ["trust-source-arn", "wider-resource"])],
    ids=["README.md", "audit.md"],
)
def test_the_baseline_of_the_page_accepts_what_it_says(tmp_path, page, accepted):
    (text,) = baselines(page)
    file = tmp_path / "accepted.yaml"
    file.write_text(text)
    baseline = Baseline(read(file), today=DAY)
    source = open_source(Path("tests/roles/quiet-runtime-role.json"))
    report = run([source], Options(agent_created=DAY), baseline).report
    assert [each.finding.rule for role in report.roles for each in role.accepted] == accepted
    assert report.unused == report.expired == ()


@pytest.mark.parametrize("page", [README, AUDIT], ids=lambda page: page.name)
def test_yaml_of_a_page_is_yaml(page):
    for text in blocks(page, "yaml"):
        assert yaml.safe_load(text)


# --- Commands --------------------------------------------------------------------------------------------------------


def commands(page):
    """Every command line of ours on a page: in blocks, in the steps of a pipeline, and between backticks."""
    text = page.read_text(encoding="utf-8")
    lines = [
        line for language in ("console", "yaml") for block in blocks(page, language) for line in block.splitlines()
    ]
    written = [
        found[1] for line in lines if (found := re.match(r"(?:- run: |# |\$ )?(?:\.venv/bin/)?(bedrock-o11y .+)", line))
    ]
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return sorted({*written, *(" ".join(each.split()) for each in re.findall(r"`(bedrock-o11y [^`]+)`", prose))})


COMMANDS = sorted({(page.name, each) for page in (README, AUDIT, SYMPTOMS) for each in commands(page)})


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[line for _, line in COMMANDS])
def test_every_command_of_a_page_is_one_that_the_parser_knows(page, line):
    command, words = cli, shlex.split(line)[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        word = words.pop(0)
        command = command.get_command(click.Context(command), word)
        assert command, f"{page}: there is no command {word}"
    command.make_context("bedrock-o11y", words)


def test_enough_commands_were_looked_at():
    assert sum(line.startswith("bedrock-o11y audit") for _, line in COMMANDS) >= 15


RUNNABLE = [line for _, line in COMMANDS if re.search(r"--from tests/|--explain [a-z]", line)]


@pytest.mark.parametrize("line", dict.fromkeys(RUNNABLE))
def test_a_command_about_a_file_of_this_repository_does_what_the_page_says(line, capsys):
    code = main(shlex.split(line)[1:])
    output = capsys.readouterr()
    assert code == (0 if "--explain" in line else 1)
    assert output.out
    assert output.err == ""


# --- What holds it ---------------------------------------------------------------------------------------------------

HELD = [(page.name, held) for page in PAGES for held in re.findall(r"<!-- held by (\S+) -->", page.read_text())]


@pytest.mark.parametrize(("page", "held"), HELD, ids=[held for _, held in HELD])
def test_what_a_page_claims_is_held_by_a_test_that_exists(page, held):
    path, _, name = held.partition("::")
    assert (ROOT / path).is_file(), page
    assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), page


def test_the_oracles_share_no_code_with_the_policy_core():
    taken = {
        f"{node.module}.{alias.name}"
        for path in (ROOT / "tests" / "iam" / "oracles").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bedrock_o11y")
        for alias in node.names
    }
    assert taken <= {"bedrock_o11y.iam.Outcome"}, "the names of the three answers, and nothing that decides"


def anchors(page):
    """What GitHub makes of the headings of a page."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


LINKS = [
    (page, link)
    for page in PAGES
    for link in dict.fromkeys(re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")))
    if "://" not in link
]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{page.name} {link}" for page, link in LINKS])
def test_every_link_leads_to_a_file_and_a_heading(page, link):
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.is_file()
    assert not anchor or anchor in anchors(target)
