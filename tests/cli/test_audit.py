"""What the audit command promises: options, streams, exit codes, a quick start."""

from __future__ import annotations

import json
import os
import pty
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from bedrock_o11y.cli import main
from bedrock_o11y.cli.audit_options import day, facts
from bedrock_o11y.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.sandbox import Sandbox

QUIET = Path(__file__).parents[1] / "roles" / "quiet-runtime-role.json"
PROGRAM = [sys.executable, "-c", "from bedrock_o11y.cli import main; raise SystemExit(main())"]
FROM = ["audit", "--from", str(QUIET)]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main([*FROM, *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def findings(text: str) -> list[dict[str, Any]]:
    return [finding for role in json.loads(text)["roles"] for finding in role["findings"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to audit: name roles of the account, or give --all, or --from FILE"),
        (["agent", "--all"], "ROLE and --all do not go together: choose one"),
        (["agent", "--from", "x.json"], "ROLE and --from do not go together: choose one; a second file needs"),
        (["--all", "--from", "x.json"], "--all and --from do not go together: choose one"),
        (["--from", "x.json", "--profile", "p"], "--profile and --from do not go together: a file needs no account"),
        (["--from", "x.json", "--region", "Frankfurt"], "'Frankfurt' is not the name of a Region; expected something"),
        (["--from", "x.json", "--patch", "cdk", "--format", "text"], "--patch and --format do not go together"),
        (["--from", "x.json", "--patch", "cdk", "--diff"], "--patch and --diff do not go together"),
        (["--from", "x.json", "--diff", "--format", "sarif"], "--diff goes with --format text or json, not with sarif"),
        (["--from", "x.json", "--as", "lambda"], "there is no kind of role 'lambda'; choose from invocation-logging, "),
        (["--from", "x.json", "--as", "agentcore-runtime:zip"], "agentcore-runtime has no variant 'zip'"),
        (["--from", "x.json", "--agent-created", "2026-02-30"], "--agent-created: '2026-02-30' is not a day; expected"),
        (["--from", "x.json", "--agent-created", "soon"], "--agent-created: 'soon' is not a day"),
        (["--from", "x.json", "--facts", "aws:SourceVpc"], "--facts: 'aws:SourceVpc' is not allowed; expected KEY=VAL"),
        (["--from", "x.json", "--facts", "=x"], "--facts: '=x' is not allowed; expected KEY=VALUE"),
        (
            ["--from", "x.json", "--facts", "agent=x"],
            "--facts: there is no parameter 'agent'; expected a condition key",
        ),
        (["--from", "x.json", "--facts", "Agent="], "--facts: 'Agent=' is not allowed; expected one value for Agent"),
        (["--from", "x.json", "--facts", "Agent=a"], "expected the pattern of its log groups, such as my_agent-*"),
        (["--from", "x.json", "--facts", "Account=1"], "'Account=1' is not allowed; expected the twelve digits"),
        (["--from", "x.json", "--region", "us-east-1", "--facts", "Region=eu-west-1"], "contradict each other"),
        (["--all", "--profile", ""], "--profile: '' is not the name of a profile"),
        (["--from", str(QUIET), "--out", str(QUIET)], "--out and --from are the same file"),
        (["--from", "x.json", "--scp", "nowhere.json"], "--scp nowhere.json: cannot be read: No such file"),
        (["--from", "x.json", "--scp", str(QUIET)], "it is not a policy document"),
        (["--from", "x.json", "--baseline", "nowhere.yaml"], "nowhere.yaml: the baseline cannot be read: No such file"),
        (["--from", "nowhere.json"], "nowhere.json"),
        (["--explain", "nonsense"], "there is no rule 'nonsense'; choose from missing-grant, "),
    ],
)
def test_what_cannot_be_understood_is_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *arguments]) == 2
    output = capsys.readouterr()
    assert output.err.startswith("bedrock-o11y: ")
    assert said in output.err
    assert output.err.count("\n") == 1
    assert output.out == ""


@pytest.mark.parametrize("option", ["--fail-on", "--format", "--patch"])
def test_a_choice_that_does_not_exist_is_a_usage_error(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FROM, option, "nonsense"]) == 2
    assert "'nonsense' is not one of" in capsys.readouterr().err


def test_facts_are_condition_keys_and_parameters() -> None:
    given = [
        "aws:SourceVpc=vpc-1",
        "aws:PrincipalTag/a=b=c",
        "s3:prefix=x",
        "s3:prefix=y",
        "aws:SourceIp=",
        "Agent=a-*",
    ]
    assert facts(given) == {
        "aws:SourceVpc": "vpc-1",
        "aws:PrincipalTag/a": "b=c",
        "s3:prefix": ("x", "y"),
        "aws:SourceIp": None,
        "Agent": "a-*",
    }


def test_an_scp_may_be_what_describe_policy_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scp = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*"}}
    texts = {"bare.json": scp, "described.json": {"Policy": {"PolicySummary": {}, "Content": json.dumps(scp)}}}
    answers = []
    for name, value in texts.items():
        (tmp_path / name).write_text(json.dumps(value))
        code, out, err = answer(capsys, "--scp", str(tmp_path / name), "--format", "json")
        assert (code, err) == (1, "")
        answers.append([(each["rule"], each["action"]) for each in findings(out)])
    assert answers[0] == answers[1]
    assert "blocked-by-boundary" in {rule for rule, _ in answers[0]}


def test_a_parameter_has_one_value() -> None:
    with pytest.raises(UsageError, match="expected one value for Agent"):
        facts(["Agent=a-*", "Agent=b-*"])


def test_a_day_is_iso() -> None:
    assert day("2026-07-20").isoformat() == "2026-07-20"


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--explain", "missing-grant"]) == 0
    output = capsys.readouterr()
    assert output.out.startswith("missing-grant: ")
    assert output.err == ""


def test_the_quiet_runtime_fails_and_its_report_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys)
    assert (code, err) == (1, "")
    assert "arn:aws:iam::123456789012:role/agent-runtime-role" in out
    assert "xray:GetSamplingRules is missing" in out
    (last,) = [line for line in out.splitlines() if line.startswith("Next, the patch")]
    command = shlex.split(last.partition(": ")[2])
    assert command[0] == "bedrock-o11y"
    assert main(command[1:]) == 1
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--fail-on", "critical"], 0),
        (["--fail-on", "high"], 1),
        (["--fail-on", "never"], 0),
        (["--fail-on", "never", "--allow-unknown"], 0),
    ],
)
def test_the_threshold_decides_the_exit_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, *arguments)[0] == code


def test_the_options_reach_the_audit(capsys: pytest.CaptureFixture[str]) -> None:
    def token(*arguments: str) -> list[str]:
        out = answer(capsys, "--format", "json", *arguments)[1]
        return [each["severity"] for each in findings(out) if each["action"].endswith(":GetWorkloadAccessToken")]

    assert token() == ["info"]
    assert token("--agent-created", datetime.now(UTC).date().isoformat()) == ["info"]
    assert token("--agent-created", "2025-01-01") == ["high"]
    as_memory = json.loads(answer(capsys, "--format", "json", "--as", "agentcore-memory")[1])
    assert [role["kind"] for role in as_memory["roles"]] == ["agentcore-memory"]


def test_an_scp_limits_the_role(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scp = tmp_path / "scp.json"
    scp.write_text(
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "xray:*", "Resource": "*"}]})
    )
    out = answer(capsys, "--format", "json", "--scp", str(scp))[1]
    denied = [each["action"] for each in findings(out) if each["rule"] in ("denied-grant", "blocked-by-boundary")]
    assert "xray:PutTraceSegments" in denied


def test_a_baseline_made_from_the_json_makes_the_audit_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(answer(capsys, "--format", "json")[1])
    baseline = tmp_path / "baseline.yaml"

    def accept(expires: str) -> None:
        entries = [
            {"fingerprint": each["fingerprint"], "reason": "The role goes in March.", "expires": expires}
            for each in found
        ]
        baseline.write_text(json.dumps({"accepted": entries}))

    accept("2999-12-31")
    code, out, _ = answer(capsys, "--baseline", str(baseline))
    assert code == 0
    assert f"{len(found)} findings accepted by the baseline" in " ".join(out.split())
    accept("2020-12-31")
    code, out, _ = answer(capsys, "--baseline", str(baseline))
    assert code == 1
    assert out.count("EXPIRED") == len(found)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_diff_sets_the_role_beside_the_blueprint(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    without = answer(capsys, "--format", form)[1]
    out = answer(capsys, "--format", form, "--diff")[1]
    if form == "json":
        assert "diff" not in json.loads(without)["roles"][0]
        marks = {line["mark"] for line in json.loads(out)["roles"][0]["diff"]}
    else:
        assert "Role against blueprint" not in without
        marks = {line[0] for line in out.partition("Role against blueprint")[2].splitlines()[3:] if line[1:2] == " "}
    assert marks >= {"=", "-", "~"}


def test_sarif_points_at_the_statement(capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = json.loads(answer(capsys, "--format", "sarif")[1])["runs"]
    lines = QUIET.read_text().splitlines()
    seen = []
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("tests/roles/quiet-runtime-role.json")
        region = place["region"]
        shown = lines[region["startLine"] - 1 : region["endLine"]]
        shown[-1] = shown[-1][: region["endColumn"] - 1]
        shown[0] = shown[0][region["startColumn"] - 1 :]
        value = json.loads("\n".join(shown))
        seen.append(value.get("Sid", value.get("RoleName", "trust")))
    assert {"CloudWatchLogs", "agent-runtime-role", "trust"} <= set(seen)


def test_junit_and_markdown_are_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    assert answer(capsys, "--format", "junit", "--out", str(out)) == (1, "", "")
    assert ElementTree.parse(out).getroot().get("failures") != "0"  # noqa: S314  our own document
    assert answer(capsys, "--format", "markdown", "--out", str(out)) == (1, "", "")
    assert out.read_text().startswith("### bedrock-o11y audit: Failed: ")


@pytest.mark.parametrize("form", ["json", "terraform", "cdk", "cli"])
def test_the_patch_is_alone_on_stdout(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "--patch", form)
    assert (code, err) == (1, "")
    assert "xray:GetSamplingRules" in out
    assert "judged" not in out


def test_what_could_not_be_read_is_said_beside_the_patch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump = json.loads(QUIET.read_text())
    role = dump["RoleDetailList"][0]
    role["AttachedManagedPolicies"] = [{"PolicyName": "Shared", "PolicyArn": "arn:aws:iam::123456789012:policy/Shared"}]
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(dump))
    assert main(["audit", "--from", str(path), "--patch", "json", "--fail-on", "never"]) == 3
    output = capsys.readouterr()
    assert json.loads(output.out)
    assert "Shared" in output.err
    assert main(["audit", "--from", str(path), "--patch", "json", "--fail-on", "never", "--allow-unknown"]) == 0


def run_and_list_modules(*arguments: str) -> tuple[int, set[str]]:
    program = (
        "import json, sys\n"
        "from bedrock_o11y.cli import main\n"
        f"code = int(main({list(arguments)!r}))\n"
        "print(json.dumps([code, sorted(sys.modules)]))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, loaded = json.loads(run.stdout.splitlines()[-1])
    return code, set(loaded)


@pytest.mark.parametrize("form", ["text", "json", "junit", "markdown"])
def test_an_audit_of_a_file_imports_nothing_that_it_does_not_need(form: str) -> None:
    code, loaded = run_and_list_modules(*FROM, "--format", form)
    assert code == 1
    assert loaded.isdisjoint({"boto3", "botocore", "pydantic", "rich", "yaml", "importlib.metadata"})
    assert not [name for name in loaded if name.startswith(("bedrock_o11y.aws", "bedrock_o11y.audit.patch"))]


def test_help_imports_nothing_heavy() -> None:
    code, loaded = run_and_list_modules("audit", "--help")
    assert code == 0
    assert loaded.isdisjoint({"boto3", "pydantic", "rich", "yaml", "ijson"})
    assert not [name for name in loaded if name.startswith(("bedrock_o11y.iam", "bedrock_o11y.rules"))]


@pytest.fixture
def quiet_role(sandbox: Sandbox) -> Iterator[str]:
    """The quiet runtime in the account of the sandbox."""
    role = json.loads(QUIET.read_text().replace("123456789012", "000000000000"))["RoleDetailList"][0]
    (inline,) = role["RolePolicyList"]
    iam = sandbox.client("iam")
    iam.create_role(RoleName="quiet", AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]))
    iam.put_role_policy(RoleName="quiet", PolicyName="runtime", PolicyDocument=json.dumps(inline["PolicyDocument"]))
    yield "quiet"
    iam.delete_role_policy(RoleName="quiet", PolicyName="runtime")
    iam.delete_role(RoleName="quiet")


@pytest.mark.parametrize("chosen", ["quiet", "--all"])
def test_a_live_account_is_audited_like_its_dump(
    chosen: str, quiet_role: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    run = subprocess.run(
        [*PROGRAM, "audit", chosen, "--format", "json"],
        env=sandbox.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (1, "")
    live = json.loads(run.stdout)
    (role,) = (role for role in live["roles"] if role["name"] == quiet_role)
    dumped = findings(answer(capsys, "--format", "json")[1])
    assert [(each["rule"], each["action"]) for each in role["findings"]] == [
        (each["rule"], each["action"]) for each in dumped
    ]
    assert (live["summary"]["others"] > 0) is (chosen == "--all")
    assert live["origins"] == ["account 000000000000"]


def test_a_role_that_does_not_exist_is_one_line(sandbox: Sandbox) -> None:
    run = subprocess.run(
        [*PROGRAM, "audit", "nobody"],
        env=sandbox.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert "nobody" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(("options", "coloured"), [([], True), (["--no-color"], False), (["--format", "json"], False)])
def test_a_terminal_gets_a_table_in_colours_unless_told_otherwise(options: list[str], coloured: bool) -> None:
    master, terminal = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
    process = subprocess.Popen([*PROGRAM, *FROM, *options], stdout=terminal, env=environment)
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(master, 65536):
            shown += chunk
    except OSError:
        pass  # the other end is closed: everything was read
    os.close(master)
    assert process.wait() == 1
    assert (b"\x1b[" in shown) is coloured
    assert b"agent-runtime-role" in shown
