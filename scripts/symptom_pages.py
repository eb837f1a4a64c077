"""The page of symptoms: what somebody sees, the command that tells the cause, and what it says then.

``tests/journeys/test_symptoms.py`` makes each cause in the sandbox, runs the command as it stands here, and looks for
every text of ``says`` in its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Symptom:
    """One symptom.

    Attributes:
        id: for the tests.
        seen: what somebody sees, a heading.
        command: what tells the cause.
        says: what the command says of it, texts of its answer in their order.
        then: what to do, in a sentence or two.
    """

    id: str
    seen: str
    command: str
    says: tuple[str, ...]
    then: str


_ROLE: Final = "bedrock-o11y audit my-agent-role"
_ELSEWHERE: Final = "bedrock-o11y env check --hosted elsewhere --from agent.env"

SYMPTOMS: Final = (
    Symptom(
        "no-invocation-logs",
        "No invocation logs",
        "bedrock-o11y check",
        ("FAIL      configuration", "Model invocation logging is off in account"),
        "Deploy. Where `configuration` passes, the first FAIL below it is the cause.",
    ),
    Symptom(
        "no-records",
        "Invocation logging is on, and its log group stays empty",
        "bedrock-o11y check",
        ("FAIL      logging-role-permissions", "may not do logs:PutLogEvents"),
        "Repair the statement that it names; `bedrock-o11y check --canary` then follows a record of its own.",
    ),
    Symptom(
        "no-traces",
        "No traces of any agent",
        "bedrock-o11y plan",
        ("the destination of trace segments", "Transaction Search is off, so the spans of agents are not kept"),
        "Set `tracing.enabled: true`, for every application of the account and Region, and deploy.",
    ),
    Symptom(
        "no-traces-of-one-agent",
        "No traces of one agent",
        _ROLE,
        ("HIGH      missing-grant: xray:PutTraceSegments is missing",),
        f"`{_ROLE} --patch terraform` prints what closes the gap. Where the audit finds nothing, ask `env check`.",
    ),
    Symptom(
        "only-otel-rt-logs",
        "The log group of an agent has only the stream `otel-rt-logs`, and that is empty",
        _ROLE,
        ("HIGH      missing-grant: logs:PutResourcePolicy", "missing-grant: logs:DescribeLogGroups is missing"),
        f"`{_ROLE} --diff` compares the role with what AWS asks for; `--patch cli` repairs it.",
    ),
    Symptom(
        "not-in-aws-spans",
        "Spans are not in `aws/spans`",
        "bedrock-o11y env show --agent my_agent --agent-id my_agent-Ab12345678",
        ("Spans go to /aws/bedrock-agentcore/runtimes/my_agent-Ab12345678-DEFAULT, log stream spans.",),
        "Agents from 2026-07-20 on write them to their own log group. Query both, or set "
        "`UNIFIED_TRACES_DESTINATION_ENABLED=false`.",
    ),
    Symptom(
        "still-in-aws-spans",
        "Spans are still in `aws/spans`, and not in the agent's own log group",
        f"{_ELSEWHERE} --requirements requirements.txt",
        ("HIGH      adot-version: aws-opentelemetry-distro is older than 0.18.0",),
        "Install the version that it names.",
    ),
    Symptom(
        "resource-policy-limit",
        "`LimitExceededException: Resource limit exceeded`, a resource policy limit of CloudWatch Logs",
        "bedrock-o11y plan",
        ("STOPS     CloudWatch Logs resource policies", "10 of 10 are used; this deploy needs 1"),
        "Free one: policies of deliveries that are gone are what fills an account.",
    ),
    Symptom(
        "log-group-taken",
        "The deploy would take over a log group of an agent that somebody else made",
        "bedrock-o11y plan",
        ("STOPS     log group /aws/bedrock-agentcore/runtimes/my-agent", "It exists, and no deploy of ours made it"),
        "Set the agent's `log_group.create: false`, or name another log group.",
    ),
    Symptom(
        "otlp-logs-nowhere",
        "An agent hosted elsewhere: `The specified log group or log stream does not exist`",
        _ELSEWHERE,
        ("HIGH      log-group", "The log group /aws/bedrock-agentcore/runtimes/my-agent does not exist"),
        "Name the agent under `agents:` with its `host`, and deploy; or make both by hand.",
    ),
    Symptom(
        "spans-refused",
        "An agent hosted elsewhere: `XRay does not have permission to call PutLogEvents`",
        _ELSEWHERE,
        ("HIGH      traces-resource-policy", "No resource policy lets xray.amazonaws.com write spans to"),
        "A deploy puts the policy on the log group that it makes, and takes one slot for those that are there.",
    ),
    Symptom(
        "exporter-refused",
        "An agent hosted elsewhere: `is not authorized to perform: logs:PutLogEvents`",
        f"{_ROLE} --as agent-elsewhere",
        ("HIGH      missing-grant: logs:PutLogEvents",),
        "Name the role under `agents:` as `role`: it gets one policy more, and is otherwise left alone.",
    ),
    Symptom(
        "variable-without-effect",
        "A variable is set, and nothing changes",
        _ELSEWHERE,
        ("HIGH      misspelt-variable", "OTEL_PYTHON_CONFIGURATOR was probably meant"),
        "Rename it.",
    ),
    Symptom(
        "other-log-group",
        "CloudWatch shows spans of an agent without its log records",
        _ELSEWHERE,
        ("MEDIUM    log-group-contradiction", "the spans point to another log group"),
        "Name the same log group in the headers and in the resource attributes.",
    ),
)
"""Every symptom, those of records first, then those of traces, then those of agents hosted elsewhere."""


def symptoms() -> str:
    """The page."""
    lines = [
        "# Symptoms",
        "",
        "What you see, and the command that tells the cause, with what it says. Put the name of your own role, agent",
        "or file in the place of `my-agent-role`, `my_agent` and `agent.env`. Written by `make docs`.",
        "<!-- held by tests/journeys/test_symptoms.py::test_the_command_says_the_cause -->",
        "",
        *(f"- [{each.seen}](#{_anchor(each.seen)})" for each in SYMPTOMS),
        "",
    ]
    for each in SYMPTOMS:
        said = "\n[...]\n".join(each.says)
        lines += [f"## {each.seen}", "", f"```console\n$ {each.command}\n```", "", f"```text\n{said}\n```", ""]
        lines += [each.then, ""]
    return "\n".join(lines).rstrip() + "\n"


def _anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in "_- ")
    return kept.replace(" ", "-")
