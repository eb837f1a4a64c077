# ruff: noqa: E501 (a table of cases reads better than a pile of them)
"""Intrinsic functions: resolved where the template says what they come to, unknown pieces where it does not."""

from __future__ import annotations

import pytest

from bedrock_o11y.iam import readable, unknown
from bedrock_o11y.roles.intrinsics import Resolver
from bedrock_o11y.roles.template_conditions import NO_VALUE

TEMPLATE = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "prod"},
        "Days": {"Type": "Number", "Default": 7},
        "Agent": {"Type": "String"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
        "FromStore": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path/of/parameter"},
    },
    "Mappings": {"Stages": {"prod": {"Group": "/prod/x", "Groups": ["/p/1", "/p/2"]}, "test": {"Group": "/test/x"}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsTest": {"Fn::Not": [{"Condition": "IsProd"}]},
        "IsMine": {"Fn::Equals": [{"Ref": "Agent"}, "mine"]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsMine"}]},
        "Neither": {"Fn::And": [{"Condition": "IsTest"}, {"Condition": "IsMine"}]},
        "Either": {"Fn::Or": [{"Condition": "IsMine"}, {"Condition": "IsProd"}]},
        "Same": {"Fn::Equals": [{"Ref": "Agent"}, {"Fn::Sub": "${Agent}"}]},
        "Circle": {"Condition": "Circle"},
        "Broken": {"Fn::Xor": [1]},
    },
    "Resources": {
        "Named": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "/agents/${Stage}"}}},
        "Unnamed": {"Type": "AWS::Logs::LogGroup"},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "writer", "Path": "/agents/"}},
        "Other": {"Type": "AWS::IAM::Role"},
        "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "own"}},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b"}},
        "Key": {"Type": "AWS::KMS::Key"},
        "Runtime": {"Type": "AWS::BedrockAgentCore::Runtime"},
        "Custom": {"Type": "Custom::X"},
        "First": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Second"}}},
        "Second": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "First"}}},
    },
}


def att(name, attribute="Arn"):
    return {"Fn::GetAtt": [name, attribute]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ({"Ref": "Stage"}, "prod"),
        ({"Ref": "Days"}, "7"),
        ({"Ref": "Agent"}, "<Agent>"),
        ({"Ref": "Names"}, ["a", "b", "c"]),
        ({"Ref": "FromStore"}, "<FromStore>"),
        ({"Ref": "Nobody"}, "<Nobody>"),
        ({"Ref": "AWS::Region"}, "<AWS::Region>"),
        ({"Ref": "AWS::AccountId"}, "<AWS::AccountId>"),
        ({"Ref": "AWS::Partition"}, "<AWS::Partition>"),
        ({"Ref": "Named"}, "/agents/prod"),
        ({"Ref": "Unnamed"}, "<Unnamed>"),
        ({"Ref": "Role"}, "writer"),
        ({"Ref": "First"}, "<First>"),
        ({"Ref": "Policy"}, "arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/own"),
        (att("Named"), "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/agents/prod:*"),
        (att("Unnamed"), "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<Unnamed>:*"),
        ({"Fn::GetAtt": "Named.Arn"}, "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/agents/prod:*"),
        (att("Role"), "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/agents/writer"),
        (att("Other"), "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/<Other>"),
        (att("Role", "RoleId"), "<Role.RoleId>"),
        (att("Bucket"), "arn:<AWS::Partition>:s3:::b"),
        (att("Key"), "arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/<Key>"),
        (att("Runtime", "AgentRuntimeArn"), "arn:<AWS::Partition>:bedrock-agentcore:<AWS::Region>:<AWS::AccountId>:runtime/<Runtime.AgentRuntimeId>"),
        (att("Custom"), "<Custom.Arn>"),
        (att("Nobody"), "<Nobody.Arn>"),
        ({"Fn::Sub": "a-${Stage}-${Agent}-${AWS::Region}"}, "a-prod-<Agent>-<AWS::Region>"),
        ({"Fn::Sub": "${Named.Arn}:log-stream:x"}, "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/agents/prod:*:log-stream:x"),
        ({"Fn::Sub": "b/${!aws:PrincipalTag/team}/*"}, "b/${aws:PrincipalTag/team}/*"),
        ({"Fn::Sub": ["${A}-${Stage}", {"A": {"Ref": "Role"}}]}, "writer-prod"),
        ({"Fn::Sub": ["${A}", 3]}, '<Fn::Sub ["${A}", 3]>'),
        ({"Fn::Join": [":", ["a", {"Ref": "Stage"}, {"Ref": "Agent"}]]}, "a:prod:<Agent>"),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "ab"),
        ({"Fn::Join": ["/", {"Ref": "Names"}]}, "a/b/c"),
        ({"Fn::Join": ["/", {"Ref": "Agent"}]}, '<Fn::Join ["/", {"Ref": "Agent"}]>'),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["2", {"Ref": "Names"}]}, "c"),
        ({"Fn::Select": [7, ["a"]]}, '<Fn::Select [7, ["a"]]>'),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "x/y/z"]}]}, "y"),
        ({"Fn::Select": [4, {"Fn::Split": [":", att("Named")]}]}, "<AWS::AccountId>"),
        ({"Fn::Select": [6, {"Fn::Split": [":", att("Unnamed")]}]}, "<Unnamed>"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", {"Fn::Sub": "a-${Agent}-b"}]}]}, '<Fn::Select [1, {"Fn::Split": ["-", {"Fn::Sub": "a-${Agent}-b"}]}]>'),
        ({"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, "Group"]}, "/prod/x"),
        ({"Fn::FindInMap": ["Stages", "prod", "Groups"]}, ["/p/1", "/p/2"]),
        ({"Fn::FindInMap": ["Stages", "dev", "Group", {"DefaultValue": "/d"}]}, "/d"),
        ({"Fn::FindInMap": ["Stages", "dev", "Group"]}, '<Fn::FindInMap ["Stages", "dev", "Group"]>'),
        ({"Fn::FindInMap": ["Stages", {"Ref": "Agent"}, "Group"]}, '<Fn::FindInMap ["Stages", {"Ref": "Agent"}, "Group"]>'),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsTest", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Neither", "yes", "no"]}, "no"),
        ({"Fn::If": ["Same", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsMine", "yes", "no"]}, '<Fn::If ["IsMine", "yes", "no"]>'),
        ({"Fn::If": ["Both", "yes", "no"]}, '<Fn::If ["Both", "yes", "no"]>'),
        ({"Fn::If": ["Circle", "yes", "no"]}, '<Fn::If ["Circle", "yes", "no"]>'),
        ({"Fn::If": ["Broken", "yes", "no"]}, '<Fn::If ["Broken", "yes", "no"]>'),
        ({"Fn::If": ["Nowhere", "yes", "no"]}, '<Fn::If ["Nowhere", "yes", "no"]>'),
        ({"Fn::If": ["IsProd", {"Fn::If": ["IsTest", "a", {"Ref": "Stage"}]}, "no"]}, "prod"),
        ({"Fn::ImportValue": "Shared-Key"}, "<Fn::ImportValue Shared-Key>"),
        ({"Fn::GetAZs": ""}, "<Fn::GetAZs >"),
        ({"Fn::ToJsonString": {"a": {"Ref": "Stage"}}}, '{"a": "prod"}'),
        (["a", {"Ref": "AWS::NoValue"}, {"Fn::If": ["IsTest", "x", {"Ref": "AWS::NoValue"}]}], ["a"]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "Stage"}]}, {"b": ["prod"]}),
        ({"Ref": "a", "b": "c"}, {"Ref": "a", "b": "c"}),
    ],
)  # fmt: skip
def test_a_value_comes_to_what_the_template_says_of_it(value, expected):
    found = Resolver(TEMPLATE).resolve(value)
    assert (readable(found) if isinstance(found, str) else found) == expected


def test_unknown_pieces_have_exactly_the_names_of_the_pseudo_parameters():
    found = Resolver(TEMPLATE).resolve({"Fn::Sub": "${AWS::Partition}${AWS::Region}${AWS::AccountId}"})
    assert found == unknown("AWS::Partition") + unknown("AWS::Region") + unknown("AWS::AccountId")


@pytest.mark.parametrize(
    ("partition", "suffix"),
    [
        ("", "amazonaws.com"),
        ("aws", "amazonaws.com"),
        ("aws-us-gov", "amazonaws.com"),
        ("aws-cn", "amazonaws.com.cn"),
        ("aws-iso", "<AWS::URLSuffix>"),
    ],
)
def test_the_suffix_of_service_principals_is_known_outside_of_rare_partitions(partition, suffix):
    resolver = Resolver(TEMPLATE, {"AWS::Partition": partition} if partition else {})
    assert (
        readable(resolver.resolve({"Fn::Sub": "bedrock-agentcore.${AWS::URLSuffix}"})) == f"bedrock-agentcore.{suffix}"
    )


@pytest.mark.parametrize(
    ("known", "china"), [({}, None), ({"AWS::Partition": "aws"}, False), ({"AWS::Partition": "aws-cn"}, True)]
)
def test_a_template_that_asks_whether_it_is_in_china_is_not_answered_by_guess(known, china):
    assert (
        Resolver(TEMPLATE, known).conditions.holds({"Fn::Equals": [{"Ref": "AWS::URLSuffix"}, "amazonaws.com.cn"]})
        is china
    )


def test_what_is_known_from_elsewhere_is_used():
    resolver = Resolver(TEMPLATE, {"AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1", "Agent": "mine"})
    assert (
        readable(resolver.resolve(att("Named")))
        == "arn:<AWS::Partition>:logs:eu-west-1:123456789012:log-group:/agents/prod:*"
    )
    assert resolver.resolve({"Fn::If": ["IsMine", "yes", "no"]}) == "yes"


def test_no_value_is_gone():
    assert Resolver(TEMPLATE).resolve({"Ref": "AWS::NoValue"}) is NO_VALUE


def test_the_branches_of_a_condition_that_is_not_decided_are_both_given_and_neither_is_certain():
    value = {"Fn::If": ["IsMine", {"Fn::If": ["IsProd", "a", "b"]}, {"Ref": "AWS::NoValue"}]}
    assert list(Resolver(TEMPLATE).conditions.branches(value, "/X")) == [
        ("a", "/X/Fn::If/1/Fn::If/1", False),
        (NO_VALUE, "/X/Fn::If/2", False),
    ]
