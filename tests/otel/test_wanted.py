from __future__ import annotations

import pytest

from bedrock_o11y.errors import UsageError
from bedrock_o11y.otel.variable import Hosting
from bedrock_o11y.otel.wanted import Wish, notes, settings

from .environments import GOOD, GROUP, LAMBDA, TRACES, judged

CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def values(**wish):
    return {setting.name: setting.value for setting in settings(Wish(**wish))}


def test_an_agent_elsewhere_gets_what_the_developer_guide_says():
    shared = values(hosted=Hosting.ELSEWHERE, agent="mine", region="eu-west-1", unified=False)
    assert shared == GOOD
    own = values(hosted=Hosting.ELSEWHERE, agent="mine", region="eu-west-1")
    assert own == {**GOOD, "OTEL_EXPORTER_OTLP_TRACES_HEADERS": TRACES}


def test_a_lambda_function_gets_what_the_developer_guide_says_and_no_reserved_name():
    found = values(hosted=Hosting.LAMBDA, agent="mine", unified=False)
    assert found == LAMBDA
    assert not {"AWS_REGION", "AWS_DEFAULT_REGION"} & found.keys()


def test_the_runtime_sets_the_rest_itself():
    assert values() == {"UNIFIED_TRACES_DESTINATION_ENABLED": "true", CONTENT: "false"}
    assert values(unified=False)["UNIFIED_TRACES_DESTINATION_ENABLED"] == "false"


@pytest.mark.parametrize("hosted", list(Hosting))
def test_message_content_is_captured_only_when_it_was_asked_for(hosted):
    common = {"hosted": hosted, "agent": "mine", "region": "us-east-1"}
    assert values(**common)[CONTENT] == "false"
    assert "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT" not in values(**common)
    with_content = values(**common, content=True)
    assert with_content[CONTENT] == "true"
    assert with_content["AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT"] == "true"
    assert "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT" not in values(**common, content=True, unified=False)


@pytest.mark.parametrize("hosted", list(Hosting))
@pytest.mark.parametrize("unified", [True, False])
@pytest.mark.parametrize("content", [True, False])
def test_what_is_shown_is_never_found_to_be_wrong(hosted, unified, content):
    wish = {"hosted": hosted, "agent": "my agent", "agent_id": "mine", "region": "us-east-1"}
    found = judged(values(**wish, unified=unified, content=content), {}, hosted)
    assert {each.severity.value for each in found} <= {"info"}


@pytest.mark.parametrize(
    ("wish", "group"),
    [
        ({"agent_id": "a-1"}, "/aws/bedrock-agentcore/runtimes/a-1-DEFAULT"),
        ({"agent_id": "a-1", "endpoint": "prod"}, "/aws/bedrock-agentcore/runtimes/a-1-prod"),
        ({}, None),
        ({"log_group": "/x"}, "/x"),
        ({"hosted": Hosting.LAMBDA, "agent": "a"}, "/aws/bedrock-agentcore/runtimes/a"),
        ({"hosted": Hosting.LAMBDA, "agent": "a", "endpoint": "e"}, "/aws/bedrock-agentcore/runtimes/a-e"),
        ({"hosted": Hosting.LAMBDA, "agent": "a b", "log_group": "/x"}, "/x"),
    ],
)
def test_the_log_group_is_the_usual_one_unless_it_is_named(wish, group):
    assert Wish(**wish).group == group


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"hosted": Hosting.ELSEWHERE, "region": "us-east-1"}, "--hosted elsewhere needs --agent"),
        ({"hosted": Hosting.LAMBDA}, "--hosted lambda needs --agent"),
        ({"hosted": Hosting.ELSEWHERE, "agent": "a"}, "needs a Region: pass --region"),
        ({"region": "Frankfurt"}, "--region 'Frankfurt': expected something like us-east-1"),
        ({"agent_id": "a/b"}, "--agent-id 'a/b': expected letters"),
        ({"endpoint": ""}, "--endpoint '': expected letters"),
        ({"log_group": "a b"}, "--log-group 'a b': expected letters"),
        ({"log_stream": "a,b"}, "--log-stream 'a,b': expected ASCII"),
        ({"log_stream": ""}, "--log-stream '': expected ASCII"),
        ({"agent": "a\nb"}, r"--agent 'a\nb': expected"),
        ({"hosted": Hosting.LAMBDA, "agent": "a b"}, "makes no name of a log group"),
    ],
)
def test_what_no_agent_can_have_is_refused_in_one_line(wish, said):
    with pytest.raises(UsageError) as error:
        Wish(**wish)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_notes_say_which_variable_decides_about_prompts():
    for content, word in ((True, "are captured"), (False, "are not captured")):
        said = " ".join(notes(Wish(content=content)))
        assert f"Prompts and answers {word}: {CONTENT} decides that" in said


def test_the_notes_hold_commands_that_a_shell_takes_as_they_are():
    wish = Wish(hosted=Hosting.ELSEWHERE, agent="a", region="us-east-1", log_stream="[x]'y")
    assert f"  aws logs create-log-group --log-group-name {GROUP[:-4]}a --region us-east-1" in notes(wish)
    assert any("--log-stream-name '[x]'\"'\"'y'" in note for note in notes(wish))
