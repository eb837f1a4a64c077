"""``env show`` and ``env check`` as a person or a pipeline runs them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bedrock_o11y.cli import main

SHOW = ["env", "show", "--hosted", "elsewhere", "--agent", "mine", "--region", "us-east-1"]
CHECK = ["env", "check", "--hosted", "elsewhere", "--offline"]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch, tmp_path):
    """Neither credentials nor variables of an agent, and a folder of its own."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)


def run(capsys, *arguments):
    code = main(list(arguments))
    output = capsys.readouterr()
    return code, output.out, output.err


def written(capsys, path, *options):
    assert main([*SHOW, "--out", str(path), *options]) == 0
    assert capsys.readouterr().out == ""
    return str(path)


@pytest.mark.parametrize("form", ["dotenv", "json", "dockerfile"])
def test_what_is_shown_is_judged_without_a_finding_but_what_only_aws_knows(form, capsys, tmp_path):
    path = written(capsys, tmp_path / "agent", "--format", form)
    code, out, _ = run(capsys, *CHECK, "--from", path, "--format", "json")
    answer = json.loads(out)
    assert code == 3
    assert answer["schema"] == {"name": "bedrock-o11y/env", "version": 1}
    assert {each["rule"] for each in answer["findings"]} == {"log-group", "traces-resource-policy"}
    assert {each["state"] for each in answer["findings"]} == {"UNKNOWN"}
    assert answer["counts"] == {"unknown": 2}
    assert run(capsys, *CHECK, "--from", path, "--allow-unknown")[0] == 0


def test_without_credentials_the_rest_is_judged_and_says_why(capsys, tmp_path):
    path = written(capsys, tmp_path / "agent.env")
    code, out, err = run(capsys, "env", "check", "--hosted", "elsewhere", "--from", path)
    assert (code, err) == (3, "")
    assert "no usable AWS credentials" in out
    assert "this is no pass. (2 unknown)" in out


def test_without_a_region_the_missing_region_is_the_finding(capsys, tmp_path):
    path = tmp_path / "agent.env"
    path.write_text("OTEL_EXPORTER_OTLP_LOGS_HEADERS=x-aws-log-group=/a,x-aws-log-stream=b\n")
    code, out, _ = run(capsys, "env", "check", "--hosted", "elsewhere", "--from", str(path))
    assert code == 1
    assert "HIGH      region: Neither AWS_REGION nor AWS_DEFAULT_REGION is set." in out
    assert "no Region is set" in " ".join(out.split())


def test_a_failing_environment_is_exit_code_1_from_the_threshold_on(capsys, tmp_path):
    (tmp_path / "a.env").write_text("OTEL_METRICS_EXPORTER=none\n")
    common = ["env", "check", "--from", "a.env"]
    for threshold, code in (("low", 1), ("medium", 0), ("never", 0), ("info", 1)):
        assert run(capsys, *common, "--fail-on", threshold)[0] == code
    assert run(capsys, *common)[1].splitlines()[-1] == "Passed: nothing is medium or worse. (2 low)"
    assert run(capsys, *common, "--fail-on", "never")[1].splitlines()[-1] == "Passed. (2 low)"
    failed = run(capsys, *common, "--fail-on", "low")[1].splitlines()[-1]
    assert failed == "Failed: 2 findings low or worse. (2 low)"


def test_the_report_names_place_value_and_next_step(capsys, tmp_path):
    (tmp_path / "a.env").write_text("# agent\nOTEL_SDK_DISABLED=true\nSECRET_KEY=hunter2\n")
    code, out, _ = run(capsys, "env", "check", "--from", "a.env")
    assert code == 1
    assert "HIGH      switched-off: OTEL_SDK_DISABLED: OpenTelemetry is switched off as a whole." in out
    assert "Seen: a.env:2: OTEL_SDK_DISABLED=true" in out
    assert "Next: Remove OTEL_SDK_DISABLED." in out
    assert "hunter2" not in out


def test_the_environment_of_the_process_is_judged_when_no_file_is_given(capsys, monkeypatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    code, out, _ = run(capsys, "env", "check")
    assert code == 1
    assert out.startswith("bedrock-o11y env check: this process, an agent on AgentCore Runtime\n")


def test_a_pipe_is_read_from_stdin(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"OTEL_SDK_DISABLED=true\n")))
    code, out, _ = run(capsys, "env", "check", "--from", "-")
    assert code == 1
    assert "Seen: stdin:1: OTEL_SDK_DISABLED=true" in out


def test_the_requirements_are_judged(capsys, tmp_path):
    (tmp_path / "a.env").write_text("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=false\n")
    for line, code in (("==0.17.0", 1), ("==0.21.0", 0), ("", 3)):
        (tmp_path / "requirements.txt").write_text(f"aws-opentelemetry-distro{line}\n")
        found, out, _ = run(capsys, "env", "check", "--from", "a.env", "--requirements", "requirements.txt")
        assert found == code, out
        assert "was not looked at" not in out


def test_what_lambda_takes_has_no_comments_so_they_go_to_stderr(capsys):
    common = ["env", "show", "--hosted", "lambda", "--agent", "mine", "--format", "lambda"]
    code, out, err = run(capsys, *common)
    assert code == 0
    assert json.loads(out)["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/otel-instrument"
    assert "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT decides that" in err
    assert run(capsys, *common, "--quiet")[2] == ""


def test_the_region_of_the_environment_is_taken(capsys, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    _, out, _ = run(capsys, "env", "show", "--hosted", "elsewhere", "--agent", "mine")
    assert "AWS_REGION=eu-north-1\n" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["env"], "Usage:"),
        (["env", "show", "--hosted", "elsewhere"], "--hosted elsewhere needs --agent"),
        (["env", "show", "--hosted", "elsewhere", "--agent", "a"], "pass --region or set AWS_REGION"),
        (["env", "show", "--hosted", "moon"], "'moon' is not one of"),
        (["env", "show", "--format", "lambda"], "--format lambda goes with --hosted lambda"),
        (["env", "show", "--out", "gone/x"], "the folder gone does not exist"),
        (["env", "check", "--from", "gone.env"], "gone.env: cannot be read: No such file or directory"),
        (["env", "check", "--from", "."], "cannot be read: Is a directory"),
        (["env", "check", "--region", "Frankfurt"], "'Frankfurt' is not the name of a Region"),
        (["env", "check", "--offline", "--profile", "x"], "--offline asks AWS nothing"),
        (["env", "check", "--service", "x"], "--service goes with --from and a Compose file"),
        (["env", "check", "--requirements", "gone.txt"], "gone.txt: cannot be read"),
        (["env", "check", "--fail-on", "maybe"], "'maybe' is not one of"),
        (
            ["env", "check", "--from", "a.env", "--profile", "gone", "--hosted", "elsewhere"],
            "'aws configure list-profiles'",
        ),
        (["env", "check", "--from", "a.env", "--out", "a.env"], "--out and --from are the same file"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, said, capsys, tmp_path):
    Path("a.env").write_text("OTEL_EXPORTER_OTLP_LOGS_HEADERS=x-aws-log-group=/a,x-aws-log-stream=b\n")
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["env", "--help"], {"boto3", "yaml", "pydantic", "rich", "bedrock_o11y.blueprint"}),
        (["env", "check", "--help"], {"boto3", "yaml", "pydantic", "rich", "bedrock_o11y.blueprint"}),
        (["env", "show"], {"boto3", "yaml", "pydantic", "rich"}),
        (["env", "check", "--offline"], {"boto3", "yaml", "pydantic", "rich"}),
    ],
)
def test_nothing_heavy_is_imported_that_is_not_used(arguments, heavy):
    program = f"import sys\nfrom bedrock_o11y.cli import main\nmain({arguments!r})\nprint(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(answer.stdout.splitlines()[-1].split())


# --- An agent of the configuration file ------------------------------------------------------------------------------

CONFIGURED = """
targets: [{name: A, region: eu-north-1}, {name: B, region: us-east-1, settings: {agents: [{name: far, host: ecs}]}}]
agents:
  - {name: fn, host: lambda, agent_id: fn-1}
  - {name: task, host: ecs, log_group: {name: /agents/task, create: false}, log_stream: out, unified_spans: false}
  - name: helper
    repository: a/b
    runtime_arn: "arn:aws:bedrock-agentcore:eu-north-1:123456789012:runtime/helper-Ab12345678"
  - {name: old, repository: a/b, created: 2026-01-15}
"""


@pytest.fixture
def configured(tmp_path):
    (tmp_path / "bedrock-o11y.yaml").write_text(CONFIGURED)


def shown(capsys, *options):
    code, out, err = run(capsys, "env", "show", *options, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)["environment"]


@pytest.mark.usefixtures("configured")
def test_an_agent_of_the_configuration_gets_what_the_file_says(capsys):
    function = shown(capsys, "--agent", "fn")
    group = "/aws/bedrock-agentcore/runtimes/fn-1"
    assert function["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/otel-instrument"
    assert function["OTEL_EXPORTER_OTLP_LOGS_HEADERS"] == (
        f"x-aws-log-group={group},x-aws-log-stream=runtime-logs,x-aws-metric-namespace=bedrock-agentcore"
    )
    assert function["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] == f"x-aws-log-group={group},x-aws-log-stream=spans"
    task = shown(capsys, "--agent", "task")
    assert task["AWS_REGION"] == "eu-north-1"
    assert "x-aws-log-group=/agents/task,x-aws-log-stream=out," in task["OTEL_EXPORTER_OTLP_LOGS_HEADERS"]
    assert "OTEL_EXPORTER_OTLP_TRACES_HEADERS" not in task
    assert shown(capsys, "--agent", "far", "--target", "B")["AWS_REGION"] == "us-east-1"
    assert shown(capsys, "--agent", "helper")["UNIFIED_TRACES_DESTINATION_ENABLED"] == "true"
    assert shown(capsys, "--agent", "old")["UNIFIED_TRACES_DESTINATION_ENABLED"] == "false"


@pytest.mark.usefixtures("configured")
def test_an_option_that_is_given_wins_over_the_configuration(capsys):
    task = shown(capsys, "--agent", "task", "--unified", "--log-stream", "mine")
    assert "x-aws-log-stream=mine" in task["OTEL_EXPORTER_OTLP_LOGS_HEADERS"]
    assert task["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] == "x-aws-log-group=/agents/task,x-aws-log-stream=spans"


@pytest.mark.usefixtures("configured")
def test_what_the_deploy_makes_nobody_is_told_to_make(capsys):
    made = run(capsys, "env", "show", "--agent", "fn")[1]
    assert "The deploy makes log group /aws/bedrock-agentcore/runtimes/fn-1" in made
    assert "create-log-group" not in made
    assert "aws logs create-log-group --log-group-name /agents/task" in run(capsys, "env", "show", "--agent", "task")[1]


@pytest.mark.usefixtures("configured")
def test_a_name_that_the_configuration_does_not_have_is_a_name(capsys):
    assert "service.name=other," in run(capsys, *SHOW[:-3], "other", "--region", "us-east-1")[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--agent", "other", "--config", "bedrock-o11y.yaml"], "its agents: fn, task, helper, old, far"),
        (["--agent", "far", "--target", "A"], "its agents: fn, task, helper, old"),
        (["--agent", "far", "--region", "eu-west-1", "--target", "B"], "no such agent in eu-west-1"),
        (["--agent", "fn", "--target", "C"], "no target of this name"),
        (["--agent", "fn", "--hosted", "elsewhere"], "the configuration says that fn runs on lambda"),
        (["--agent", "fn", "--config", "gone.yaml"], "gone.yaml: cannot be read"),
        (["--config", "bedrock-o11y.yaml"], "go with --agent"),
    ],
)
@pytest.mark.usefixtures("configured")
def test_a_question_that_the_configuration_cannot_answer_is_refused(options, said, capsys):
    code, out, err = run(capsys, "env", "show", *options)
    assert (code, out) == (2, "")
    assert said in err


def test_an_agent_of_two_targets_is_told_apart_by_the_region(capsys, tmp_path):
    agent = "agents: [{name: a, host: ecs}]\ntargets: [{name: A, region: eu-north-1}, {name: B, region: us-east-1}]"
    (tmp_path / "bedrock-o11y.yaml").write_text(agent)
    assert shown(capsys, "--agent", "a", "--region", "us-east-1")["AWS_REGION"] == "us-east-1"
    assert "stands in the targets A and B; choose one with --target" in run(capsys, "env", "show", "--agent", "a")[2]
