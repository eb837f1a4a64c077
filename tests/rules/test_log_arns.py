"""Which patterns can match an ARN on which CloudWatch Logs authorises, and which cannot."""

from __future__ import annotations

import itertools
from fnmatch import fnmatchcase

import pytest

from bedrock_o11y.rules.log_arns import meets, never_matches

LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:"
WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
GROUP = ("logs:CreateLogGroup", "logs:DescribeLogStreams")


@pytest.mark.parametrize(
    ("resource", "actions", "kind", "reason"),
    [
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/*:log-stream:*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/aws/bedrock-agentcore/*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/a-DEFAULT:*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/a-DEFAULT:*", GROUP, "agentcore-runtime", ""),
        (f"{LOGS}*", WRITE, "agentcore-runtime", ""),
        ("arn:aws:logs:*:*:*", WRITE, "agentcore-runtime", ""),
        ("*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/app/own", GROUP, "observability-reader", "append ':*'"),
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/a:*:log-stream:*", WRITE, "agentcore-runtime", "doubled"),
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/a:*:*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/aws/bedrock-agentcore/runtimes/a", WRITE, "agentcore-runtime", "append ':*'"),
        (f"{LOGS}/aws/bedrock/agentcore/*", WRITE, "agentcore-runtime", "below /aws/bedrock-agentcore/runtimes/"),
        (f"{LOGS}/aws/bedrock-agentcore/runtime/*", WRITE, "agentcore-runtime", "below"),
        (f"{LOGS}/aws/lambda/tool:*", WRITE, "agentcore-runtime", ""),
        (f"{LOGS}/x:log-stream:aws/bedrock/modelinvocations", WRITE, "invocation-logging", ""),
        (f"{LOGS}/x:log-stream:bedrock", WRITE, "invocation-logging", "aws/bedrock/modelinvocations"),
        (f"{LOGS}/x:*:log-stream:aws/bedrock/modelinvocations", WRITE, "invocation-logging", "doubled"),
        (f"{LOGS}/aws/bedrock/agentcore/*", ("logs:StartQuery",), "agentcore-runtime", ""),
        ("arn:aws:s3:::bucket/*", WRITE, "agentcore-runtime", ""),
    ],
)
def test_a_resource_matches_or_never_matches_for_a_reason(resource, actions, kind, reason):
    told = never_matches(resource, actions, kind)
    assert reason in told
    assert bool(told) is bool(reason)


WORDS = ["".join(letters) for length in range(6) for letters in itertools.product("a:b", repeat=length)]


@pytest.mark.parametrize("shape", ["\0", "a\0", "\0:\0", "\0:b:\0", "a:\0b", "", "a"])
@pytest.mark.parametrize("pattern", ["*", "a*", "*:*", "?:?", "*:*:*", "a:*:b", "**", "a?b*", "", "b", "*b:"])
def test_meeting_agrees_with_a_look_at_every_word(pattern, shape):
    import re

    expected = re.compile("^" + re.escape(shape).replace("\\\0", "\0").replace("\0", "[^:]+") + "$")
    both = [word for word in WORDS if fnmatchcase(word, pattern) and expected.match(word)]
    if both:
        assert meets(pattern, shape)
    elif not meets(pattern, shape):
        assert not both
    else:
        longer = ["".join(each) for each in itertools.product("a:b", repeat=6)]
        assert any(fnmatchcase(word, pattern) and expected.match(word) for word in longer)
