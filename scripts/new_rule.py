"""Writes the skeleton of a new rule of the audit and its test table: ``python scripts/new_rule.py my-rule``.

What is left to do is what the skeleton asks for: the metadata, the generator of findings, the line in the registry and
the cases. The test fails until there is a case that finds something and one that does not.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

_RULE: Final = '''"""One sentence: what is wrong with such a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import Severity, sources

from .rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.report import Finding

    from .subject import Subject

RULE: Final = Rule(
    id="{id}",
    title="What is wrong, in a few words",
    severity=Severity.MEDIUM,
    why="What happens to the account or the agent, in a sentence.",
    how="What is looked at and how it is judged, for --explain.",
    sources=(sources.LEAST_PRIVILEGE,),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Yields one finding for each ..."""
    raise NotImplementedError
'''

_TEST: Final = '''"""{id}: cases that it finds, and cases that it must leave alone."""

from __future__ import annotations

import pytest

CASES: list[tuple[str, dict, list[str]]] = [
    # (what the case shows, a statement beside those of a role that is fine, the actions of the findings)
]


def test_there_is_a_case_that_is_found_and_one_that_is_not():
    assert any(found for _, _, found in CASES)
    assert any(not found for _, _, found in CASES)


@pytest.mark.parametrize(("statement", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_it_finds_exactly_this(judge, statement, found):
    findings = [finding for finding in judge(statement) if finding.rule == "{id}"]
    assert [action for finding in findings for action in finding.actions] == found
'''


def main(arguments: list[str]) -> int:
    """Writes both files.

    Args:
        arguments: the id of the rule, words of small letters joined by hyphens.

    Returns:
        0, or 2 when the id is wrong or the rule exists.
    """
    if len(arguments) != 1 or not re.fullmatch(r"[a-z]+(-[a-z]+)*", arguments[0]):
        print("usage: python scripts/new_rule.py my-rule-id (small letters and hyphens)", file=sys.stderr)
        return 2
    name = arguments[0]
    module = name.replace("-", "_")
    files = {
        ROOT / "bedrock_o11y" / "rules" / f"{module}.py": _RULE,
        ROOT / "tests" / "rules" / f"test_{module}.py": _TEST,
    }
    for path in files:
        if path.exists():
            print(f"{path.relative_to(ROOT)} exists already; choose another id", file=sys.stderr)
            return 2
    for path, text in files.items():
        path.write_text(text.format(id=name))
        print(f"wrote {path.relative_to(ROOT)}")
    print(f"now add {module} to the import and to _MODULES in bedrock_o11y/rules/__init__.py, and run make docs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
