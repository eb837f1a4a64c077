from __future__ import annotations

import json

from bedrock_o11y.audit.patch import patch_as

from .typed_patches import ALL, FROM_TEMPLATE, MANAGED, NOTHING, ORDINARY, nasty


def roles(*patches):
    return json.loads(patch_as("json", patches))["roles"]


def test_the_answer_names_its_schema():
    assert json.loads(patch_as("json", ALL))["schema"] == {"name": "bedrock-o11y/audit-patch", "version": 1}


def test_documents_are_what_iam_takes():
    (found,) = roles(ORDINARY)
    assert found["role"] == "arn:aws:iam::123456789012:role/agent-runtime-role"
    assert found["kind"] == "agentcore-runtime"
    assert found["add"]["policy_name"] == "bedrock-o11y-additions"
    assert found["add"]["document"] == ORDINARY.add.document
    assert [(each["policy"], each["document"]) for each in found["tighten"]] == [("runtime", ORDINARY.tighten[0].after)]
    assert found["trust"] == ORDINARY.trust.after
    assert found["notes"] == list(ORDINARY.notes)


def test_every_statement_that_changes_says_why():
    (found,) = roles(ORDINARY)
    assert found["add"]["reasons"]["PublishMetrics"] == {"text": "The agent's own metrics are refused.", "source": ""}


def test_a_text_stays_what_it_is():
    (found,) = roles(nasty())
    assert found["add"]["document"] == nasty().add.document


def test_nothing_to_apply_says_why():
    (found,) = roles(NOTHING)
    assert (found["add"], found["tighten"], found["trust"]) == (None, [], None)
    assert found["refused"] == "It did not stand its audit."


def test_a_managed_addition_and_a_repair_are_marked():
    (found,) = roles(MANAGED)
    assert found["add"]["managed"] is True
    assert found["repairs"] is True


def test_a_role_of_a_template_gets_what_cloudformation_substitutes():
    (found,) = roles(FROM_TEMPLATE)
    assert found["add"]["document"]["Statement"][0]["Resource"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:x${!aws:userid}*"}
    ]
