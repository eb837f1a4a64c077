"""A part that does not stand its own audit is never printed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bedrock_o11y.audit.audit import judge, kind_and_variant, reaudit
from bedrock_o11y.audit.patch import patch, patch_as
from bedrock_o11y.audit.patch import tightening as proposals
from bedrock_o11y.iam import PolicyDocument

from .patching import QUIET, TODAY, allow, document, role, statements, trusting, with_statements, without

QUIET_ROLE = role(QUIET["RolePolicyList"][0]["PolicyDocument"], trust=QUIET["AssumeRolePolicyDocument"])
CONTAINER = kind_and_variant("agentcore-runtime:container")


def audited(one=QUIET_ROLE):
    _, found = judge(one, *CONTAINER, TODAY)
    return found, reaudit(found, TODAY)


def test_a_tightening_that_the_audit_still_complains_about_is_withdrawn():
    found, again = audited()

    def stubborn(changed):
        return found.findings if changed.policies[-1] != QUIET_ROLE.policies[-1] else again(changed)

    answer = patch(found, stubborn)
    assert answer.tighten == ()
    assert answer.add is not None
    assert "The proposal to tighten was withdrawn: an audit of the patched role still finds" in answer.refused


def test_a_trust_policy_that_the_audit_still_complains_about_is_withdrawn():
    found, again = audited()
    answer = patch(found, lambda changed: again(replace(changed, trust=QUIET_ROLE.trust)))
    assert answer.trust is None
    assert "The new trust policy was withdrawn: an audit of it still finds trust-source-arn." in answer.refused


def test_an_addition_that_closes_nothing_is_not_printed():
    found, _ = audited()
    answer = patch(found, lambda _: found.findings)
    assert answer.add is None
    assert any("not added" in note for note in answer.notes)


def test_an_addition_that_brings_something_new_is_withdrawn():
    found, again = audited()
    strange = replace(found.findings[0], rule="excess-action", verdict="EXCESS", need="", message="It is too much.")

    def suspicious(changed):
        return (*again(changed), strange) if len(changed.policies) > 1 else again(changed)

    answer = patch(found, suspicious)
    assert answer.add is None
    assert "finds something new: It is too much." in answer.refused


def test_an_addition_that_allows_more_than_old_and_recommended_is_withdrawn():
    found, again = audited()
    narrow = replace(found, recommendation=document(allow("xray:GetSamplingRules")))
    answer = patch(narrow, again)
    assert answer.add is None
    assert "which is neither allowed today nor recommended" in answer.refused


def test_a_rewriting_that_widens_is_withdrawn(monkeypatch):
    found, again = audited()
    honest = proposals.tightening

    def widening(one):
        proposal = honest(one)
        (rewrite,) = proposal.rewrites
        after = document(*rewrite.after["Statement"], allow("kms:Decrypt", "*", "Slipped"))
        return replace(proposal, rewrites=(replace(rewrite, after=after),))

    monkeypatch.setattr("bedrock_o11y.audit.patch.patcher.tightening", widening)
    answer = patch(found, lambda changed: tuple(each for each in again(changed) if "kms" not in each.action))
    assert answer.tighten == ()
    assert "kms:decrypt" in answer.refused.lower()


def test_what_was_withdrawn_is_nowhere_in_the_answer():
    found, _ = audited()
    answer = patch(found, lambda _: found.findings)
    written = json.loads(patch_as("json", [answer]))["roles"][0]
    assert (written["add"], written["tighten"], written["trust"]) == (None, [], None)
    assert written["refused"]


def padding(characters):
    """A policy of about so many characters that bears on nothing."""
    return document(allow("s3:GetObject", [f"arn:aws:s3:::{number:060d}" for number in range(characters // 75)]))


def test_an_addition_that_has_no_room_among_the_inline_policies_becomes_a_managed_one():
    found, again = audited(role(without("Sampling"), padding(8600)))
    answer = patch(found, again)
    assert answer.add.managed
    assert any("10,240" in note and "reference_iam-quotas" in note for note in answer.notes)


def test_an_addition_that_has_room_is_inline():
    found, again = audited(role(without("Sampling"), padding(6000)))
    assert not patch(found, again).add.managed


def test_a_managed_policy_takes_no_room_among_the_inline_ones():
    found, again = audited(role(without("Sampling"), managed=[padding(9000)]))
    assert not patch(found, again).add.managed


def test_a_tightening_past_the_quota_is_withdrawn(monkeypatch):
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:us-east-1:123456789012:log-group:/aws/*")
    found, again = audited(role(with_statements(wide), padding(8400)))
    monkeypatch.setattr("bedrock_o11y.audit.patch.quotas.INLINE_POLICIES", 10_000)
    answer = patch(found, again)
    assert answer.tighten == ()
    assert "10,000 characters in sum" in answer.refused


@pytest.mark.parametrize(("principals", "kept", "noted"), [(20, True, False), (40, True, True), (200, False, False)])
def test_the_quota_of_the_trust_policy_is_kept(principals, kept, noted):
    people = {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::123456789012:role/person-{number:020d}" for number in range(principals)]},
        "Action": "sts:AssumeRole",
    }
    trust = document(*trusting()["Statement"], people)
    found, again = audited(role(without(), trust=trust))
    answer = patch(found, again)
    assert (answer.trust is not None) == kept
    assert any("Role trust policy length" in note for note in answer.notes) == noted
    assert ("8,192 at most" in answer.refused) == (not kept)


def test_a_document_with_characters_that_iam_refuses_is_withdrawn():
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "*", "Logs")
    strange = allow("s3:GetObject", "arn:aws:s3:::\u4e16\u754c/*", "Own")
    found, again = audited(role(with_statements(wide, strange)))
    answer = patch(found, again)
    assert answer.tighten == ()
    assert "characters that IAM refuses" in answer.refused


def test_the_parts_that_stand_are_printed_beside_one_that_does_not():
    strange = allow("s3:GetObject", "arn:aws:s3:::\u4e16\u754c/*", "Own")
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "*", "Logs")
    found, again = audited(role(with_statements(wide, strange, base=without("Sampling")), trust=trusting()))
    answer = patch(found, again)
    assert answer.refused
    assert set(statements(answer.add)) == {"ReadSamplingRules"}
    assert answer.trust is not None
    assert PolicyDocument.parse(answer.trust.after).statements
