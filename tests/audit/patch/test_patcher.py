from __future__ import annotations

import json

import pytest

from bedrock_o11y.audit.patch import patch_as
from bedrock_o11y.iam import PolicyDocument, includes

from .patching import (
    ACCOUNT,
    LOGS,
    PINNED,
    QUIET,
    RUNTIMES,
    WHOLE,
    allow,
    applied,
    deny,
    document,
    patched,
    remaining,
    role,
    statements,
    told,
    trusting,
    with_statements,
    without,
)

AGENTCORE_LOGS = f"{LOGS}/aws/bedrock-agentcore/*"
TOKENS = "bedrock-agentcore:GetWorkloadAccessToken"
QUIET_ROLE = role(QUIET["RolePolicyList"][0]["PolicyDocument"], trust=QUIET["AssumeRolePolicyDocument"])


def test_a_whole_role_has_nothing_to_patch():
    patch, found = patched(role(WHOLE))
    assert found == set()
    assert not patch.changes
    assert (patch.notes, patch.refused) == ((), "")


CLOSED = {
    "quiet runtime": QUIET_ROLE,
    "no policy": role(),
    "an empty policy": role(document()),
    "everything for logs": role(with_statements(allow("logs:PutLogEvents", "*", "All"), base=without("Write"))),
    "stream without group": role(
        with_statements(allow("logs:PutLogEvents", f"{RUNTIMES[:-1]}x*"), base=without("Write"))
    ),
    "doubled star": role(
        with_statements(
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{RUNTIMES}:*:log-stream:*", "Doubled"),
            base=without("Write"),
        )
    ),
    "wrong prefix": role(
        with_statements(
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}/aws/agentcore/*", "Wrong"),
            base=without("Write"),
        )
    ),
    "phantom action": role(with_statements(allow(["bedrock:Converse", "bedrock:InvokeModel"], "*", "Converse"))),
    "phantom action alone": role(with_statements(allow("bedrock:ConverseStream", "*", "Converse"))),
    "user id token": role(
        with_statements(
            allow(
                [TOKENS, f"{TOKENS}ForUserId"],
                f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:workload-identity-directory/default",
                "Tokens",
            )
        )
    ),
    "user id token by pattern": role(with_statements(allow(f"{TOKENS}*", "*", "Tokens"))),
    "models anywhere": role(
        with_statements(
            allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]),
            base=without("BedrockModelInvocation"),
        )
    ),
    "models anywhere by pattern": role(
        with_statements(allow("bedrock:InvokeModel*", "*"), base=without("BedrockModelInvocation"))
    ),
    "metrics anywhere": role(with_statements(allow("cloudwatch:PutMetricData"), base=without("CloudWatchMetrics"))),
    "metrics elsewhere": role(
        with_statements(
            allow(
                "cloudwatch:PutMetricData",
                Condition={"StringEquals": {"cloudwatch:namespace": ["other", "bedrock-agentcore"]}},
            ),
            base=without("CloudWatchMetrics"),
        )
    ),
    "open trust": role(WHOLE, trust=trusting()),
    "trust of two services": role(
        WHOLE, trust=trusting(["bedrock-agentcore.amazonaws.com", "bedrock-agentcore.amazonaws.com"])
    ),
    "trust by StringEquals": role(
        WHOLE,
        trust=trusting(
            Condition={"StringEquals": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:*"}}
        ),
    ),
    "a policy of 2008": role({**QUIET["RolePolicyList"][0]["PolicyDocument"], "Version": "2008-10-17"}),
    "trust of another account": role(
        WHOLE, trust=trusting(Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}})
    ),
    "trust if exists": role(WHOLE, trust=trusting(Condition={"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}})),
    "trust by StringLike": role(
        WHOLE,
        trust=trusting(
            Condition={
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "StringLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:*:{ACCOUNT}:*"},
            }
        ),
    ),
    "trust of the wrong service": role(WHOLE, trust=trusting("bedrock.amazonaws.com", Condition=PINNED)),
}

LEFT = {
    "everything for logs": set(),
    "trust of the wrong service": {"trust-other-principal sts:AssumeRole"},
}


@pytest.mark.parametrize("name", CLOSED)
def test_after_the_patch_the_audit_is_clean(name):
    patch, found = patched(CLOSED[name])
    assert found, "the case shows nothing"
    assert patch.refused == ""
    assert remaining(applied(CLOSED[name], patch)) == LEFT.get(name, set())


@pytest.mark.parametrize("name", CLOSED)
def test_no_patch_allows_more_than_the_old_role_and_the_recommendation(name):
    patch, _ = patched(CLOSED[name])
    _, recommended = _judged(CLOSED[name])
    new = applied(CLOSED[name], patch)
    assert includes(outer=[*CLOSED[name].policies, recommended], inner=list(new.policies)).holds is True


def _judged(one):
    from bedrock_o11y.audit.audit import judge, kind_and_variant

    from .patching import TODAY

    _, audited = judge(one, *kind_and_variant("agentcore-runtime:container"), TODAY)
    return audited, audited.recommendation


@pytest.mark.parametrize("name", CLOSED)
def test_the_addition_alone_closes_what_is_missing(name):
    patch, found = patched(CLOSED[name])
    missing = {each for each in found if each.startswith(("missing-grant", "partial-grant"))}
    after = remaining(applied(CLOSED[name], patch, "add"))
    assert not {each for each in after if each.startswith(("missing-grant", "partial-grant"))}
    assert (patch.add is not None) == bool(missing)


def test_the_addition_is_the_smallest():
    patch, _ = patched(QUIET_ROLE)
    added = statements(patch.add)
    assert {sid: each["Action"] for sid, each in added.items()} == {
        "FindLogGroups": ["logs:DescribeLogGroups"],
        "LetSpansIntoOwnLogGroup": ["logs:PutResourcePolicy"],
        "ReadSamplingRules": ["xray:GetSamplingRules", "xray:GetSamplingTargets"],
    }
    assert added["LetSpansIntoOwnLogGroup"]["Resource"] == [RUNTIMES]
    assert patch.add.name == "bedrock-o11y-additions"
    for sid in added:
        assert patch.add.reasons[sid].text.endswith(".")
        assert patch.add.reasons[sid].source.startswith("https://docs.aws.amazon.com/")


def test_only_the_missing_action_of_a_grant_is_added():
    patch, _ = patched(role(with_statements(allow("xray:GetSamplingRules"), base=without("Sampling"))))
    assert statements(patch.add) == {
        "ReadSamplingRules": allow(["xray:GetSamplingTargets"], ["*"], "ReadSamplingRules")
    }
    assert patch.tighten == ()


def test_the_statement_is_split_for_exactly_the_actions_that_are_too_wide():
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject"], [AGENTCORE_LOGS, f"{LOGS}/x"], "Mixed")
    patch, _ = patched(role(with_statements(wide, base=without("Write"))))
    (rewrite,) = patch.tighten
    assert rewrite.name == "runtime"
    after = statements(rewrite)
    assert after["Mixed"] == {**wide, "Action": ["s3:GetObject"]}
    assert after["WriteOwnLogs"] == allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{RUNTIMES}:log-stream:*"], "WriteOwnLogs"
    )
    kept = [each for each in rewrite.before["Statement"] if each["Sid"] != "Mixed"]
    assert [each for each in rewrite.after["Statement"] if each["Sid"] not in ("Mixed", "WriteOwnLogs")] == kept
    assert any("s3:GetObject" in note and "stays" in note for note in patch.notes)


def test_a_statement_that_is_narrowed_as_a_whole_keeps_its_sid():
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], AGENTCORE_LOGS, "Mine")
    patch, _ = patched(role(with_statements(wide, base=without("Write"))))
    assert statements(patch.tighten[0])["Mine"]["Resource"] == [f"{RUNTIMES}:log-stream:*"]


def test_a_resource_that_is_not_too_wide_stays_as_it_is():
    fine = f"{LOGS}/aws/bedrock-agentcore/runtimes/mine-*:log-stream:otel*"
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], [fine, f"{LOGS}/aws/lambda/*"], "Mine")
    patch, _ = patched(role(with_statements(wide)))
    assert statements(patch.tighten[0])["Mine"]["Resource"] == [fine]


def test_sids_stay_unique():
    wide = allow(["logs:PutLogEvents", "s3:GetObject"], AGENTCORE_LOGS, "WriteOwnLogs")
    patch, _ = patched(role(with_statements(wide, base=without("Write"))))
    sids = [each["Sid"] for each in patch.tighten[0].after["Statement"]]
    assert len(sids) == len(set(sids))
    assert {"WriteOwnLogs", "WriteOwnLogs2"} <= set(sids)


def test_what_the_blueprint_does_not_know_stays_and_is_said():
    patch, found = patched(role(with_statements(allow("dynamodb:*", "*", "Table"))))
    assert "excess-action dynamodb:*" in found
    assert patch.tighten == ()
    assert any("dynamodb:*" in note and "runtime/Table" in note for note in patch.notes)


def test_conditions_of_a_narrowed_statement_stay():
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "a"}}
    wide = allow("cloudwatch:PutMetricData", Condition=tagged, sid="Own")
    patch, _ = patched(role(with_statements(wide)))
    assert statements(patch.tighten[0])["Own"]["Condition"] == {
        "StringEquals": {"aws:PrincipalTag/team": ["a"], "cloudwatch:namespace": ["bedrock-agentcore"]}
    }


def test_a_managed_policy_is_never_rewritten():
    wide = document(allow(["logs:CreateLogStream", "logs:PutLogEvents"], AGENTCORE_LOGS, "Write"))
    patch, found = patched(role(without("Write"), managed=[wide]))
    assert "wider-resource logs:PutLogEvents" in found
    assert patch.tighten == ()
    assert any("Managed0" in note and "other roles" in note for note in patch.notes)


def test_a_policy_with_unknown_text_is_never_rewritten():
    from bedrock_o11y.iam import unknown

    wide = with_statements(allow("s3:GetObject", f"arn:aws:s3:::{unknown('Bucket')}/*", "Own"), base=QUIET_ROLE_POLICY)
    patch, _ = patched(role(wide))
    assert patch.tighten == ()
    assert any("<Bucket>" in note for note in patch.notes)
    assert patch.add is not None
    assert "\ue000" not in patch_as("json", [patch])


QUIET_ROLE_POLICY = QUIET["RolePolicyList"][0]["PolicyDocument"]


def test_a_policy_that_could_not_be_read_does_not_keep_the_addition_away():
    patch, found = patched(role(without("Spans"), managed=[PolicyDocument.not_known("not in the dump", name="AWSOwn")]))
    assert not any(each.startswith("missing") for each in found)  # it may be in that policy
    assert patch.add is None
    assert any("logs:PutResourcePolicy" in note and "not known" in note for note in patch.notes)


NOT_ADDED = {
    "denied": (role(with_statements(deny("logs:PutResourcePolicy", sid="No"))), "runtime/No"),
    "denied and missing": (role(with_statements(deny("xray:Get*", sid="No"))), "runtime/No"),
    "boundary": (role(WHOLE, boundary=document(allow(["logs:*", "bedrock*:*", "ecr:*", "cloudwatch:*"]))), "boundary"),
    "condition": (
        role(
            with_statements(
                allow("logs:PutResourcePolicy", Condition={"StringEquals": {"aws:ResourceTag/x": "y"}}, sid="If"),
                base=without("Spans"),
            )
        ),
        "runtime/If",
    ),
}


@pytest.mark.parametrize("name", NOT_ADDED)
def test_nothing_is_added_where_an_allow_cannot_help(name):
    one, named = NOT_ADDED[name]
    patch, found = patched(one)
    assert found
    assert patch.add is None
    assert patch.refused == ""
    assert any("nothing is added" in note and named in note for note in patch.notes), patch.notes


def test_what_a_deny_takes_away_in_part_is_not_added():
    one = role(with_statements(deny("logs:PutLogEvents", f"{RUNTIMES}:log-stream:secret*", "Secret")))
    patch, found = patched(one)
    assert "partial-grant logs:PutLogEvents" in found
    assert patch.add is None
    assert any("runtime/Secret" in note for note in patch.notes)


def test_what_the_boundary_takes_away_in_part_is_not_added():
    fence = document(
        allow(["xray:*", "bedrock*:*", "ecr:*", "cloudwatch:*", "logs:CreateLogGroup", "logs:Describe*"]),
        allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutResourcePolicy"], f"{LOGS}*:log-stream:a*"),
    )
    patch, found = patched(role(without("Sampling"), boundary=fence))
    assert any(each.startswith("partial-grant") for each in found)
    assert set(statements(patch.add)) == {"ReadSamplingRules"}
    assert any("not added" in note for note in patch.notes)
    assert patch.refused == ""


def test_what_a_service_linked_role_supplies_is_not_added():
    patch, _ = patched(role(without("Sampling")))
    assert set(statements(patch.add)) == {"ReadSamplingRules"}


def test_an_addition_never_takes_the_name_of_a_policy_that_is_there():
    one = role(
        without("Sampling"),
        document(allow("s3:GetObject")),
        names=("Bedrock-o11y-additions", "bedrock-o11y-additions-2"),
    )
    patch, _ = patched(one)
    assert patch.add.name == "bedrock-o11y-additions-3"


def test_an_open_trust_policy_is_fenced_and_the_other_principals_stay():
    trust = document(
        {
            "Sid": "Both",
            "Effect": "Allow",
            "Principal": {"Service": ["bedrock-agentcore.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    )
    one = role(WHOLE, trust=trust)
    patch, found = patched(one)
    assert "trust-source-account sts:AssumeRole" in found
    others, fenced, people = patch.trust.after["Statement"]
    assert others["Principal"] == {"Service": ["lambda.amazonaws.com"]}
    assert others["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert fenced["Principal"] == {"Service": ["bedrock-agentcore.amazonaws.com"]}
    assert fenced["Condition"]["StringEquals"] == {"aws:SourceAccount": [ACCOUNT]}
    assert people == {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
        "Action": ["sts:AssumeRole"],
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
    }
    assert not patch.repairs
    assert any("lambda.amazonaws.com" in note for note in patch.notes)


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        (document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}), "lets * in"),
        (
            document(
                *trusting(Condition=PINNED)["Statement"],
                {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
            ),
            "denies it",
        ),
    ],
)
def test_a_trust_policy_that_conditions_cannot_mend_is_left_as_it_is(trust, said):
    patch, found = patched(role(WHOLE, trust=trust))
    assert found
    assert patch.trust is None
    assert any(said in note for note in patch.notes), patch.notes


def test_a_trust_policy_that_keeps_the_service_out_is_a_repair():
    patch, _ = patched(CLOSED["trust by StringEquals"])
    assert patch.repairs


def test_without_an_account_the_trust_policy_is_left_as_it_is():
    patch, found = patched(role(trust=trusting(), account=""))
    assert "trust-source-account sts:AssumeRole" in found
    assert patch.trust is None
    assert any("--facts Account=ID" in note for note in patch.notes)


def test_the_patch_of_a_patched_role_is_empty():
    patch, _ = patched(QUIET_ROLE)
    again, found = patched(applied(QUIET_ROLE, patch))
    assert found == set()
    assert not again.changes


def test_findings_that_a_baseline_accepts_do_not_stop_a_patch():
    from dataclasses import replace

    from bedrock_o11y.audit.audit import judge, kind_and_variant, reaudit
    from bedrock_o11y.audit.patch import patch

    from .patching import TODAY

    _, audited = judge(QUIET_ROLE, *kind_and_variant("agentcore-runtime:container"), TODAY)
    left = tuple(finding for finding in audited.findings if finding.rule == "missing-grant")
    found = patch(replace(audited, findings=left), reaudit(audited, TODAY))
    assert (found.refused, found.tighten, found.trust) == ("", (), None)
    assert found.add is not None


def test_the_json_of_a_patch_is_a_document_that_iam_reads():
    patch, _ = patched(QUIET_ROLE)
    written = json.loads(patch_as("json", [patch]))["roles"][0]
    for one in (written["add"]["document"], written["tighten"][0]["document"], written["trust"]):
        assert PolicyDocument.parse(one).statements


def test_told_leaves_info_out():
    assert told(()) == set()


def test_an_action_that_is_written_twice_is_narrowed_twice():
    wide = allow(["logs:PutLogEvent?", "logs:PutLogEvents", "logs:CreateLogStream"], f"{LOGS}*", "Twice")
    one = role(with_statements(wide, base=without("Write")))
    patch, _ = patched(one)
    assert patch.refused == ""
    assert statements(patch.tighten[0])["Twice"] == allow(
        ["logs:PutLogEvents", "logs:CreateLogStream"], [f"{RUNTIMES}:log-stream:*"], "Twice"
    )


def test_a_statement_that_cannot_be_narrowed_does_not_keep_its_neighbours_wide():
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}*", "Wide")
    everything_but = {
        "Sid": "But",
        "Effect": "Allow",
        "Action": ["logs:PutLogEvents"],
        "NotResource": [f"{LOGS}/secret*"],
    }
    patch, _ = patched(role(with_statements(wide, everything_but, base=without("Write"))))
    assert patch.refused == ""
    assert statements(patch.tighten[0])["Wide"]["Resource"] == [f"{RUNTIMES}:log-stream:*"]
    assert any("runtime/But is left as it is" in note for note in patch.notes)


def test_a_policy_variable_in_a_deny_does_not_keep_a_policy_wide():
    own = deny("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*", "Fence")
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}*", "Wide")
    patch, _ = patched(role(with_statements(own, wide, base=without("Write"))))
    assert patch.refused == ""
    after = statements(patch.tighten[0])
    assert after["Wide"]["Resource"] == [f"{RUNTIMES}:log-stream:*"]
    assert after["Fence"] == {**own, "Action": ["s3:*"], "Resource": ["arn:aws:s3:::b/${aws:PrincipalTag/team}/*"]}


def test_a_deny_for_the_service_in_a_trust_policy_is_said():
    trust = document(
        *trusting(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})["Statement"],
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:*",
            "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:*"}},
        },
    )
    patch, found = patched(role(WHOLE, trust=trust))
    assert found
    assert (patch.trust, patch.refused) == (None, "")
    assert any("Deny" in note or "denies" in note for note in patch.notes)


def test_what_a_phantom_action_was_meant_to_be_is_added():
    one = role(
        with_statements(
            allow(["bedrock:Converse", "s3:GetObject"], "*", "Talk"), base=without("BedrockModelInvocation")
        )
    )
    patch, found = patched(one)
    assert "phantom-action bedrock:Converse" in found
    assert statements(patch.add)["BedrockModelInvocation"]["Action"] == [
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
    ]
    assert statements(patch.tighten[0])["Talk"]["Action"] == ["s3:GetObject"]
    assert "InvokeModel" in patch.tighten[0].reasons["Talk"].text


def test_notes_of_one_reason_are_one_note():
    one = role(managed=[PolicyDocument.not_known("not in the dump", name="AWSOwn")])
    patch, _ = patched(one)
    (note,) = [note for note in patch.notes if "nothing is added" in note]
    assert note.startswith("logs:CreateLogGroup, logs:DescribeLogStreams, ")


def test_a_policy_of_2008_becomes_one_of_2012_unless_that_would_change_its_meaning():
    wide = allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}*", "Wide")
    literal = allow("s3:GetObject", "arn:aws:s3:::${aws:userid}", "Literal")
    for more, version in (((wide,), "2012-10-17"), ((wide, literal), "2008-10-17")):
        one = role({**with_statements(*more, base=without("Write")), "Version": "2008-10-17"})
        patch, _ = patched(one)
        assert patch.tighten[0].after["Version"] == version


def test_a_recommended_condition_with_a_variable_is_one_in_the_patch():
    wide = allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "*", "Models")
    one = role({**document(wide), "Version": "2008-10-17"})
    patch, found = patched(one, "agentcore-memory")
    assert found
    assert patch.refused == ""
    assert remaining(applied(one, patch), "agentcore-memory") == set()
