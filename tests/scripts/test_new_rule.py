"""The skeleton of a rule: written where it belongs, failing until it is filled in, and whole when it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULE, TEST = Path("bedrock_o11y/rules/my_rule.py"), Path("tests/rules/test_my_rule.py")
REGISTRY = Path("bedrock_o11y/rules/__init__.py")


@pytest.fixture
def tree(tmp_path):
    """A copy of what a rule needs: the package, the script, and the folder of its tests."""
    without = shutil.ignore_patterns("__pycache__", "sandbox", "cli")
    shutil.copytree(ROOT / "bedrock_o11y", tmp_path / "bedrock_o11y", ignore=without)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=without)
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    for name in ("conftest.py", "test_rules.py"):
        shutil.copy(ROOT / "tests" / "rules" / name, tmp_path / "tests" / "rules")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def write(tree, *arguments):
    command = [sys.executable, "scripts/new_rule.py", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def tried(tree, *tests):
    """What pytest says of tests of the copy; its last line counts."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", *map(str, tests)]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def replace(path, *pairs):
    text = path.read_text()
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)


def test_it_writes_a_rule_and_its_test_and_says_what_is_left_to_do(tree):
    done = write(tree, "my-rule")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"wrote {RULE}",
        f"wrote {TEST}",
        f"now add my_rule to the import and to _MODULES in {REGISTRY}, and run make docs",
    ]
    for tool in (["check"], ["format", "--check"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, RULE, TEST], cwd=tree, check=True, capture_output=True)


def test_the_skeleton_fails_until_the_rule_is_registered_and_has_both_kinds_of_cases(tree):
    write(tree, "my-rule")
    done = tried(tree, TEST, "tests/rules/test_rules.py")
    assert done.returncode == 1
    assert f"FAILED {TEST}::test_there_is_a_case_that_is_found_and_one_that_is_not" in done.stdout
    assert "FAILED tests/rules/test_rules.py::test_every_file_with_a_rule_is_registered" in done.stdout
    assert "2 failed" in done.stdout


def test_filled_in_it_is_a_rule_like_the_others(tree):
    write(tree, "my-rule")
    replace(
        tree / RULE,
        ("\nfrom .rule import", "\nfrom bedrock_o11y.report import Finding\n\nfrom .rule import"),
        ("    from bedrock_o11y.report import Finding\n\n", ""),
        (
            "    raise NotImplementedError\n",
            "    for _, statement in subject.statements():\n"
            '        if "s3:*" in statement.actions:\n'
            '            yield Finding(RULE.id, RULE.severity, "So.", RULE.why, "EXCESS", actions=("s3:*",))\n',
        ),
    )
    replace(tree / REGISTRY, ("    missing_grant,\n    never", "    missing_grant,\n    my_rule,\n    never"))
    replace(tree / REGISTRY, ("    obsolete_grant,\n)\n\nRULES", "    obsolete_grant,\n    my_rule,\n)\n\nRULES"))
    case = '{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
    cases = (
        f'    ("all of S3", {case.format(action="s3:*")}, ["s3:*"]),\n'
        f'    ("one action of S3", {case.format(action="s3:GetObject")}, []),\n'
    )
    replace(tree / TEST, ("of the findings)\n", f"of the findings)\n{cases}"))
    done = tried(tree, TEST, "tests/rules/test_rules.py::test_every_file_with_a_rule_is_registered")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["My-Rule"], ["my_rule"], ["../rule"], ["-rule"], ["one", "two"]])
def test_an_id_that_is_none_is_refused(tree, arguments):
    done = write(tree, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
    assert not (tree / RULE).exists()


def test_a_rule_that_exists_is_never_overwritten(tree):
    before = (tree / "bedrock_o11y" / "rules" / "missing_grant.py").read_text()
    done = write(tree, "missing-grant")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "bedrock_o11y/rules/missing_grant.py exists already; choose another id\n"
    assert (tree / "bedrock_o11y" / "rules" / "missing_grant.py").read_text() == before
    assert not (tree / "tests" / "rules" / "test_missing_grant.py").exists()
