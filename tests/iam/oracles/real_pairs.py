"""Pairs of policies as people write them, and whether the first allows all of the second, worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:"
RUNTIMES = LOGS + "/aws/bedrock-agentcore/runtimes/"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/"
PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/"
REPOSITORY = "arn:aws:ecr:us-east-1:123456789012:repository/"
Text = str | list[str]


def allow(action: Text, resource: Text = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def deny(action: Text, resource: Text = "*") -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource}


def everything_but(element: str, patterns: Text, effect: str = "Allow", other: Text = "*") -> dict[str, Any]:
    second = "Resource" if element == "Action" else "Action"
    return {"Effect": effect, f"Not{element}": patterns, second: other}


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


@dataclass(frozen=True)
class Pair:
    about: str
    outer: list[dict[str, Any]]
    inner: list[dict[str, Any]]
    holds: bool

    @property
    def documents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return document(self.outer), document(self.inner)

    def __str__(self) -> str:
        return self.about.replace(" ", "-")


def _one(about: str, action: str, outer: Text, inner: Text, holds: bool) -> Pair:
    return Pair(about, [allow(action, outer)], [allow(action, inner)], holds)


_PUT, _GET, _INVOKE = "logs:PutLogEvents", "s3:GetObject", "bedrock:InvokeModel"

PATTERNS = [
    _one("the same group", _PUT, f"{RUNTIMES}a:*", f"{RUNTIMES}a:*", True),
    _one("one stream in its group", _PUT, f"{RUNTIMES}a:*", f"{RUNTIMES}a:log-stream:s", True),
    _one("a group in one stream", _PUT, f"{RUNTIMES}a:log-stream:s", f"{RUNTIMES}a:*", False),
    _one("a group without star in its streams", _PUT, f"{RUNTIMES}a:*", f"{RUNTIMES}a", False),
    _one("the streams of all runtimes in all groups", _PUT, f"{LOGS}*", f"{RUNTIMES}*:log-stream:*", True),
    _one("all groups in the runtimes", _PUT, f"{RUNTIMES}*", f"{LOGS}*", False),
    _one("a doubled star", _PUT, f"{RUNTIMES}a:*", f"{RUNTIMES}a:*:*", True),
    _one("a doubled star the other way", _PUT, f"{RUNTIMES}a:*:*", f"{RUNTIMES}a:*", False),
    _one("an endpoint of an agent", _PUT, f"{RUNTIMES}agent-*", f"{RUNTIMES}agent-*-DEFAULT:*", True),
    _one("a name that only begins alike", _PUT, f"{RUNTIMES}agent-*", f"{RUNTIMES}agents*", False),
    _one("default endpoints in two unions", _PUT, [f"{RUNTIMES}a*", f"{RUNTIMES}b*"], f"{RUNTIMES}?-DEFAULT", False),
    _one("one question mark in a star", _PUT, f"{RUNTIMES}*", f"{RUNTIMES}?", True),
    _one("a star in none or one and more", _PUT, [f"{RUNTIMES}x", f"{RUNTIMES}x?*"], f"{RUNTIMES}x*", True),
    _one("a star in one and more", _PUT, f"{RUNTIMES}x?*", f"{RUNTIMES}x*", False),
    _one("a star in lengths", _GET, ["arn:aws:s3:::b/?", "arn:aws:s3:::b/??*"], "arn:aws:s3:::b/*", False),
    _one("a star in all lengths", _GET, ["arn:aws:s3:::b/", "arn:aws:s3:::b/?*"], "arn:aws:s3:::b/*", True),
    _one("objects in a bucket", _GET, "arn:aws:s3:::b/*", "arn:aws:s3:::b/logs/2026/*", True),
    _one("the bucket in its objects", _GET, "arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
    _one("bucket and objects in a loose star", _GET, "arn:aws:s3:::b*", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], True),
    _one("a loose star in bucket and objects", _GET, ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "arn:aws:s3:::b*", False),
    _one("a suffix in a star", _GET, "arn:aws:s3:::b/*", "arn:aws:s3:::b/*.json", True),
    _one("two suffixes", _GET, ["arn:aws:s3:::b/*.json", "arn:aws:s3:::b/*.gz"], "arn:aws:s3:::b/a*.json.gz", True),
    _one("a middle in a suffix", _GET, "arn:aws:s3:::b/*/x", "arn:aws:s3:::b/*/y/*/x", True),
    _one("a middle that is missing", _GET, "arn:aws:s3:::b/*/y/*/x", "arn:aws:s3:::b/*/x", False),
    _one("overlapping middles", _GET, "arn:aws:s3:::b/*aba*", "arn:aws:s3:::b/*ababa*", True),
    _one("overlapping ends", _GET, "arn:aws:s3:::b/ab*ba", "arn:aws:s3:::b/aba", False),
    _one("case counts", _GET, "arn:aws:s3:::b/Logs/*", "arn:aws:s3:::b/logs/*", False),
    _one("a bracket is a bracket", _GET, "arn:aws:s3:::b/[ab]", "arn:aws:s3:::b/a", False),
    _one("a table and its indexes", "dynamodb:Query", [f"{TABLE}t", f"{TABLE}t/index/*"], f"{TABLE}t/index/i", True),
    _one("a table in its indexes", "dynamodb:Query", f"{TABLE}t/index/*", f"{TABLE}t", False),
    _one("tables by prefix in two", "dynamodb:Query", [f"{TABLE}a*", f"{TABLE}t-*"], f"{TABLE}t*", False),
    _one("a model in all models", _INVOKE, f"{MODEL}*", f"{MODEL}anthropic.claude-3-haiku-20240307-v1:0", True),
    _one("a model with a colon", _INVOKE, f"{MODEL}anthropic.*", f"{MODEL}anthropic.claude-*-v?:0", True),
    _one("a profile is no model", _INVOKE, f"{MODEL}*", f"{PROFILE}us.anthropic.*", False),
    _one("a provider of two", _INVOKE, [f"{MODEL}amazon.*", f"{MODEL}anthropic.*"], f"{MODEL}a*.*", False),
    _one("everything in a star", _INVOKE, "*", [f"{MODEL}*", f"{PROFILE}*"], True),
    _one("a star in every ARN", _INVOKE, "arn:*:*:*:*:*", "*", False),
    _one("many stars", _GET, "arn:aws:s3:::*a*b*c*", "arn:aws:s3:::*a*a*b*b*c*c*", True),
    _one("many stars in another order", _GET, "arn:aws:s3:::*a*b*c*", "arn:aws:s3:::*a*c*b*", False),
]

STATEMENTS = [
    Pair("actions by prefix", [allow("logs:*")], [allow(["logs:PutLogEvents", "logs:CreateLogStream"])], True),
    Pair("actions without case", [allow("logs:putlogevents")], [allow("LOGS:PutLogEvents")], True),
    Pair("reads in reads", [allow(["s3:Get*", "s3:List*"])], [allow(["s3:GetObject*", "s3:ListBucket"])], True),
    Pair("a read that is none", [allow(["s3:Get*", "s3:List*"])], [allow("s3:*")], False),
    Pair(
        "resources per action", [allow("a:X", f"{LOGS}x"), allow("a:Y", f"{LOGS}y")], [allow("a:?", f"{LOGS}x")], False
    ),
    Pair(
        "resources per action, matched",
        [allow("a:X*", f"{LOGS}x*"), allow("a:Y*", f"{LOGS}y*")],
        [allow("a:XY", f"{LOGS}xy"), allow("a:YX", [f"{LOGS}yx", f"{LOGS}y"])],
        True,
    ),
    Pair(
        "a rectangle from two halves",
        [allow("a:X", ["arn:aws:s3:::b/0*", "arn:aws:s3:::b/1*"]), allow("a:Y", "arn:aws:s3:::b/*")],
        [allow(["a:X", "a:Y"], ["arn:aws:s3:::b/0", "arn:aws:s3:::b/1/*"])],
        True,
    ),
    Pair("a Deny outside takes", [allow(_GET), deny(_GET, "arn:aws:s3:::b/*")], [allow(_GET)], False),
    Pair(
        "a Deny outside takes what is not asked",
        [allow("s3:*"), deny("s3:*", "arn:aws:s3:::b/*")],
        [allow("s3:*", "arn:aws:s3:::c/*")],
        True,
    ),
    Pair(
        "both deny",
        [allow("s3:*"), deny("s3:*", "arn:aws:s3:::b/*")],
        [allow("s3:*"), deny("s3:*", "arn:aws:s3:::b*")],
        True,
    ),
    Pair(
        "the inner side denies less",
        [allow("s3:*"), deny("s3:*", "arn:aws:s3:::b*")],
        [allow("s3:*"), deny("s3:*", "arn:aws:s3:::b/*")],
        False,
    ),
    Pair(
        "an inner Deny leaves what is granted",
        [allow("s3:Get*")],
        [allow("s3:*"), everything_but("Action", "s3:Get*", "Deny")],
        True,
    ),
    Pair(
        "an inner Deny leaves a little more",
        [allow("s3:Get*")],
        [allow("s3:*"), everything_but("Action", "s3:G*", "Deny")],
        False,
    ),
    Pair(
        "a Deny of another action on all resources but one",
        [allow(_PUT, f"{LOGS}g:*")],
        [allow(_PUT), everything_but("Resource", f"{LOGS}g:*", "Deny", "logs:CreateLogStream")],
        False,
    ),
    Pair(
        "a Deny on all resources but one",
        [allow(_PUT, f"{LOGS}g:*")],
        [allow(_PUT), everything_but("Resource", f"{LOGS}g:*", "Deny", "logs:Put*")],
        True,
    ),
    Pair(
        "NotAction in NotAction",
        [everything_but("Action", "iam:*")],
        [everything_but("Action", ["iam:*", "sts:*"])],
        True,
    ),
    Pair(
        "NotAction the other way",
        [everything_but("Action", ["iam:*", "sts:*"])],
        [everything_but("Action", "iam:*")],
        False,
    ),
    Pair("an action in NotAction", [everything_but("Action", "iam:*")], [allow("s3:*")], True),
    Pair("a star in NotAction", [everything_but("Action", "iam:*")], [allow("*")], False),
    Pair("the two halves of everything", [everything_but("Action", "iam:*"), allow("iam:*")], [allow("*")], True),
    Pair(
        "NotResource and its resource",
        [everything_but("Resource", f"{LOGS}*"), allow("*", f"{LOGS}*")],
        [allow("*")],
        True,
    ),
    Pair(
        "NotResource in NotResource",
        [everything_but("Resource", f"{LOGS}a*", other="logs:*")],
        [everything_but("Resource", [f"{LOGS}*", "*"], other="logs:*")],
        True,
    ),
    Pair(
        "a resource beside NotResource",
        [everything_but("Resource", f"{LOGS}a*", other="logs:*")],
        [allow("logs:*", f"{LOGS}b*")],
        True,
    ),
    Pair("nothing left to allow", [allow("s3:GetObject", "arn:aws:s3:::b/x")], [allow("*"), deny("*")], True),
    Pair(
        "repositories less one",
        [allow("ecr:*", f"{REPOSITORY}*"), deny("ecr:*", f"{REPOSITORY}prod-*")],
        [allow("ecr:*", [f"{REPOSITORY}pro", f"{REPOSITORY}prod", f"{REPOSITORY}production"])],
        True,
    ),
    Pair(
        "repositories with the denied one",
        [allow("ecr:*", f"{REPOSITORY}*"), deny("ecr:*", f"{REPOSITORY}prod-*")],
        [allow("ecr:*", f"{REPOSITORY}prod?x")],
        False,
    ),
]

PAIRS = [*PATTERNS, *STATEMENTS]
