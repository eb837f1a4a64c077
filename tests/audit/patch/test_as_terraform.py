from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bedrock_o11y.audit.patch import hcl, patch_as

from .hcl_reading import TERRAFORM, documents, evaluated, terraform
from .typed_patches import ALL, FROM_TEMPLATE, FROM_TERRAFORM, MANAGED, NASTY, ORDINARY, nasty

needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on this machine")

SAYABLE = tuple(text for text in NASTY if "&{" not in text)
"""aws_iam_policy_document would take an ampersand before a brace for a variable."""

FILES = {
    "all": ALL,
    "ordinary": (ORDINARY,),
    "hostile": (nasty(),),
    "hostile, sayable": (nasty(texts=SAYABLE),),
    "hostile, of 2008": (nasty("2008-10-17"),),
    "none": (),
}


@needs_terraform
@pytest.mark.parametrize("name", FILES)
def test_terraform_accepts_the_format(name):
    answer = terraform("fmt", "-check", "-", stdin=patch_as("terraform", FILES[name]))
    assert answer.returncode == 0, answer.stdout + answer.stderr


@needs_terraform
@pytest.mark.parametrize("version", ["2012-10-17", "2008-10-17"])
def test_terraform_reads_the_documents_that_were_meant(version, tmp_path):
    patch = nasty(version, texts=SAYABLE)
    found = documents(patch_as("terraform", [patch]), tmp_path)
    assert found["agent_runtime_role_additions"] == patch.add.document
    assert found["agent_runtime_role_own_name"] == patch.tighten[0].after
    assert found["agent_runtime_role_trust"] == patch.trust.after


@needs_terraform
def test_an_ordinary_patch_is_read_as_it_was_meant(tmp_path):
    found = documents(patch_as("terraform", [ORDINARY]), tmp_path)
    assert found == {
        "agent_runtime_role_additions": ORDINARY.add.document,
        "agent_runtime_role_runtime": ORDINARY.tighten[0].after,
        "agent_runtime_role_trust": ORDINARY.trust.after,
    }


@needs_terraform
def test_what_a_policy_document_cannot_say_is_encoded_as_json(tmp_path):
    patch = nasty()
    text = patch_as("terraform", [patch])
    assert "policy = local.agent_runtime_role_additions" in text
    (tmp_path / "main.tf").write_text(
        "\n".join(re.findall(r"^locals \{$.*?^\}$", text, re.DOTALL | re.MULTILINE)), encoding="utf-8"
    )
    for name, document in (("additions", patch.add.document), ("own_name", patch.tighten[0].after)):
        answer = terraform("console", stdin=f"local.agent_runtime_role_{name}\n", cwd=tmp_path)
        assert json.loads(json.loads(answer.stdout)) == document


@needs_terraform
def test_strings_are_read_as_they_were_meant(tmp_path):
    texts = [*NASTY, "", "$", "$$", "%", "a$", "${", "%%%{", "$$$$${x}", "\u0085", "\u00a0"]
    assert evaluated([hcl.string(text) for text in texts], tmp_path) == texts


@pytest.mark.parametrize(
    ("text", "written", "in_a_policy"),
    [
        ("${aws:userid}", '"$${aws:userid}"', '"&{aws:userid}"'),
        ("$${aws:userid}", '"$$${aws:userid}"', '"$&{aws:userid}"'),
        ("%{if}", '"%%{if}"', '"%%{if}"'),
        ('a"b\\c\nd', '"a\\"b\\\\c\\nd"', '"a\\"b\\\\c\\nd"'),
    ],
)
def test_escapes(text, written, in_a_policy):
    assert hcl.string(text) == written
    assert hcl.variable_string(text) == in_a_policy


def test_the_file_is_as_it_was_when_terraform_checked_it(snapshot):
    assert patch_as("terraform", [ORDINARY]) == snapshot


def test_a_role_of_terraform_is_named_by_its_address():
    text = patch_as("terraform", [FROM_TERRAFORM])
    assert "  role   = aws_iam_role.agent[0].name\n" in text
    assert '# It belongs inside module.agents["a"], beside the role.\n' in text


def test_a_policy_that_terraform_has_already_gets_a_document_and_no_second_resource():
    text = patch_as("terraform", [replace(FROM_TERRAFORM, add=None, tighten=ORDINARY.tighten)])
    assert "resource " not in text
    assert "# In its own resource:\n# policy = data.aws_iam_policy_document.agent_0_runtime.json\n" in text


@pytest.mark.parametrize("name", ["<Stack.Name>", "aws_iam_role_policy.own", "module.m.aws_iam_role_policy.own[0]"])
def test_a_name_that_nothing_tells_is_never_written_as_a_name(name):
    template = replace(FROM_TEMPLATE, tighten=(replace(ORDINARY.tighten[0], name=name),))
    text = patch_as("terraform", [template])
    assert f'name   = "{name}"' not in text
    assert "resource " not in text


def test_a_managed_addition_is_attached():
    text = patch_as("terraform", [MANAGED])
    assert 'resource "aws_iam_policy" "agent_1_additions"' in text
    assert "policy_arn = aws_iam_policy.agent_1_additions.arn" in text
    assert 'aws_iam_role_policy"' not in text


def test_a_role_without_a_known_name_gets_no_resource_that_cannot_be_applied():
    text = patch_as("terraform", [FROM_TEMPLATE])
    assert "resource " not in text
    assert "Nothing tells the name of the deployed role" in text
    assert "${data.aws_caller_identity.current.account_id}" in text
    assert 'data "aws_caller_identity" "current" {}' in text


def test_two_roles_of_like_names_have_names_of_their_own():
    text = patch_as("terraform", [MANAGED, MANAGED, ORDINARY, ORDINARY])
    names = re.findall(r'^(?:data|resource) "(\w+)" "(\w+)"', text, re.MULTILINE)
    assert len(names) == len(set(names))


def test_nothing_breaks_out_of_a_comment():
    lines = patch_as("terraform", [nasty()]).splitlines()
    assert not any(line.startswith(("EOF", "JSON", "end")) for line in lines)
