from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from bedrock_o11y.audit.patch import RolePatch, patch_as

from .typed_patches import ACCOUNT, ALL, FROM_TEMPLATE, MANAGED, NASTY, NOTHING, ORDINARY, RUNTIME, nasty, role

RECORDER = """\
#!{python}
import json, os, sys
with open(os.environ["RECORD"], "a", encoding="utf-8") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
answers = {{"get-caller-identity": os.environ["IDENTITY"], "create-policy": "arn:of:policy"}}
if "Arn" in sys.argv:
    answers["get-caller-identity"] = "arn:aws-cn:sts::" + os.environ["IDENTITY"] + ":assumed-role/x/y"
print(answers.get(sys.argv[2], "{{}}"))
"""


@pytest.fixture
def run(tmp_path):
    """Runs a script with an ``aws`` that only writes down what it was called with."""
    fake = tmp_path / "bin" / "aws"
    fake.parent.mkdir()
    fake.write_text(RECORDER.format(python=sys.executable))
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)

    def run(text, *arguments, identity=ACCOUNT, shell="sh", **environment):
        script = tmp_path / "patch.sh"
        script.write_text(text, encoding="utf-8")
        record = tmp_path / "record"
        record.write_text("")
        answer = subprocess.run(
            [shell, str(script), *arguments],
            env={
                **{"PATH": f"{fake.parent}:{os.environ['PATH']}", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
                **{"RECORD": str(record), "IDENTITY": identity, **environment},
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        calls = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
        return answer, [call for call in calls if call[0] == "iam"]

    return run


def options(call):
    """The options of a call, by name, documents read."""
    found = dict(zip(call[2::2], call[3::2], strict=True))
    return {
        name.removeprefix("--"): json.loads(value) if value.startswith("{") else value for name, value in found.items()
    }


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("patches", [ALL, (nasty(),), ()], ids=["ordinary", "hostile", "none"])
def test_a_shell_can_read_it(shell, patches, tmp_path):
    script = tmp_path / "patch.sh"
    script.write_text(patch_as("cli", patches), encoding="utf-8")
    answer = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_it_adds_and_touches_nothing_else(run):
    answer, calls = run(patch_as("cli", [ORDINARY]))
    assert answer.returncode == 0, answer.stderr
    assert [call[:2] for call in calls] == [["iam", "put-role-policy"]]
    assert options(calls[0]) == {
        "role-name": "agent-runtime-role",
        "policy-name": "bedrock-o11y-additions",
        "policy-document": ORDINARY.add.document,
    }


def test_it_narrows_only_when_asked_to_and_keeps_what_was_there(run, tmp_path):
    answer, calls = run(patch_as("cli", [ORDINARY]), "--tighten")
    assert answer.returncode == 0, answer.stderr
    assert [call[1] for call in calls] == [
        *("put-role-policy", "get-role-policy", "put-role-policy", "get-role", "update-assume-role-policy"),
    ]
    assert options(calls[2])["policy-name"] == "runtime"
    assert options(calls[2])["policy-document"] == ORDINARY.tighten[0].after
    assert options(calls[4]) == {"role-name": "agent-runtime-role", "policy-document": ORDINARY.trust.after}
    kept = sorted(path.name for path in tmp_path.glob("tmp.*/*"))
    assert kept == ["agent_runtime_role-trust.json", "agent_runtime_role_1.json"]
    assert "the documents from before are in" in answer.stderr


def test_a_trust_policy_that_keeps_the_service_out_is_repaired_without_being_asked(run):
    answer, calls = run(patch_as("cli", [MANAGED]))
    assert answer.returncode == 0, answer.stderr
    assert [call[1] for call in calls] == [
        *("create-policy", "attach-role-policy", "get-role", "update-assume-role-policy"),
    ]
    assert options(calls[0])["policy-name"] == "bedrock-o11y-additions-Agent+=,.@-_1"
    assert options(calls[1]) == {"role-name": "Agent+=,.@-_1", "policy-arn": "arn:of:policy"}


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_every_text_arrives_as_it_is(run, shell):
    patch = nasty()
    answer, calls = run(patch_as("cli", [patch]), "--tighten", shell=shell)
    assert answer.returncode == 0, answer.stderr
    assert options(calls[0])["policy-document"] == patch.add.document
    assert options(calls[2])["policy-name"] == patch.tighten[0].name
    assert options(calls[2])["policy-document"] == patch.tighten[0].after


@pytest.mark.parametrize("name", ["a b", "$(touch x)", "'", '"', "-rf", "`id`"])
def test_a_hostile_role_name_is_never_run(run, tmp_path, name):
    patch = RolePatch(role(name), RUNTIME, add=ORDINARY.add)
    before = sorted(tmp_path.iterdir())
    run(patch_as("cli", [patch]))
    assert {path.name for path in tmp_path.iterdir()} - {path.name for path in before} <= {"patch.sh", "record"}


def test_a_role_of_another_account_is_left_alone(run):
    answer, calls = run(patch_as("cli", [ORDINARY]), "--tighten", identity="111122223333")
    assert (answer.returncode, calls) == (1, [])
    assert f"skipped a role of account {ACCOUNT}" in answer.stderr


def test_a_role_of_a_template_must_be_named(run):
    text = patch_as("cli", [FROM_TEMPLATE])
    answer, calls = run(text)
    assert "# Where a template makes this role, change it there: its next deploy takes this back.\n" in text
    assert answer.returncode != 0
    assert calls == []
    assert "ROLE_AGENTROLE1A2B3C: set it to the name of the deployed role AgentRole1A2B3C" in answer.stderr


def test_what_a_template_says_of_its_account_is_filled_in(run):
    answer, calls = run(patch_as("cli", [FROM_TEMPLATE]), ROLE_AGENTROLE1A2B3C="own", AWS_REGION="cn-north-1")
    assert answer.returncode == 0, answer.stderr
    resource = options(calls[0])["policy-document"]["Statement"][0]["Resource"]
    assert resource == [f"arn:aws-cn:logs:cn-north-1:{ACCOUNT}:log-group:x${{aws:userid}}*"]


def test_a_policy_whose_name_nothing_tells_must_be_named(run):
    text = patch_as("cli", [RolePatch(role(), RUNTIME, tighten=(replace(ORDINARY.tighten[0], name="<Stack.Name>"),))])
    answer, calls = run(text, "--tighten")
    assert answer.returncode != 0
    assert calls == []
    assert "POLICY_AGENT_RUNTIME_ROLE_1: set it to the name of the deployed policy Stack.Name" in answer.stderr
    answer, calls = run(text, "--tighten", POLICY_AGENT_RUNTIME_ROLE_1="real")
    assert answer.returncode == 0, answer.stderr
    assert [options(call)["policy-name"] for call in calls] == ["real", "real"]


def test_an_unknown_option_changes_nothing(run):
    answer, calls = run(patch_as("cli", [ORDINARY]), "--tigthen")
    assert (answer.returncode, calls) == (2, [])
    assert "usage:" in answer.stderr


def test_a_failing_command_ends_the_script(run):
    text = patch_as("cli", [ORDINARY]).replace("set -eu\n", "set -eu\nexport RECORD=/nowhere/at/all\n")
    answer, calls = run(text)
    assert answer.returncode != 0
    assert calls == []


def test_nothing_to_apply_is_said_and_not_done(run):
    text = patch_as("cli", [NOTHING])
    answer, calls = run(text)
    assert (answer.returncode, calls) == (0, [])
    assert "# - Nothing can be done here.\n# - Withdrawn: It did not stand its audit.\n# Nothing to apply.\n" in text


def test_no_command_deletes_or_detaches():
    text = patch_as("cli", [*ALL, nasty(texts=NASTY)])
    assert "delete-" not in text
    assert "detach-" not in text
