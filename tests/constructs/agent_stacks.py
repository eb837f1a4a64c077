"""What the tests of AgentExecutionRole share: a stack with one, its policies, and its audit."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from aws_cdk import App, Environment, Stack

from bedrock_o11y.audit.audit import Options, run
from bedrock_o11y.roles.files import open_source
from bedrock_o11y_constructs import AgentExecutionRole

ACCOUNT = "123456789012"
FLAGS = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
HERE = Environment(account=ACCOUNT, region="us-east-1")
MODEL = "amazon.nova-lite-v1:0"
TODAY = date(2026, 11, 21)


def new_stack(env=HERE, *, context=FLAGS, outdir=None):
    return Stack(App(context=context, outdir=str(outdir) if outdir else None), "Mine", env=env)


def new_agent(stack, **props):
    defaults = {"agent_name": "my_agent"}
    if props.get("deployment", "container") == "container":
        defaults["repository"] = "team/agent"
    return AgentExecutionRole(stack, "Agent", **(defaults | props))


def synthesised(stack):
    """The template, after all that a synth checks."""
    assembly = stack.node.root.synth()
    return json.loads(Path(assembly.get_stack_by_name("Mine").template_full_path).read_text())


def resources(template, kind):
    return {id: one["Properties"] for id, one in template["Resources"].items() if one["Type"] == kind}


def listed(value):
    return value if isinstance(value, list) else [value]


def statements(template, *kinds):
    """Every statement by its id, lists throughout; of managed policies, where no other kinds are named."""
    found = {}
    for kind in kinds or ("AWS::IAM::ManagedPolicy",):
        for policy in resources(template, kind).values():
            for statement in policy["PolicyDocument"]["Statement"]:
                sid = statement.get("Sid", "")
                assert sid not in found, f"{sid} stands in the policy twice"
                found[sid] = {**statement, **{key: listed(statement[key]) for key in ("Action", "Resource")}}
    return found


def audited(path, *, created=TODAY, kind=None):
    """The report of the one role of AgentCore that a template or an assembly has."""
    audit = run([open_source(Path(path))], Options(agent_created=created, kind=kind))
    (role,) = audit.report.roles
    assert audit.report.partial == ()
    return role


def above_info(report):
    return [
        (each.rule, each.severity.value, each.actions, each.resource)
        for each in report.findings
        if each.severity.rank < 4
    ]


@contextmanager
def refused():
    """The one line with which the synth stops."""
    lines = []
    try:
        yield lines
    except (ValueError, RuntimeError) as error:
        lines += [line.strip() for line in str(error).splitlines() if line.strip().startswith(("Mine", "[Mine"))]
        assert len(lines) == 1, str(error)
    else:
        raise AssertionError("nothing was refused")
