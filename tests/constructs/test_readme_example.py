"""The example of the README is a program that synthesises."""

from __future__ import annotations

import json
import re
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Template

README = Path(__file__).parents[2] / "README.md"


def test_the_example_of_an_agent_synthesises():
    (example,) = [
        text
        for text in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
        if "AgentExecutionRole" in text
    ]
    stack = Stack(App(), "Mine")
    repository = ecr.Repository.from_repository_name(stack, "Repository", "mine")
    image = agentcore.AgentRuntimeArtifact.from_ecr_repository(repository, "latest")
    exec(example, {"stack": stack, "repository": repository, "image": image, "agentcore": agentcore})  # noqa: S102 (the example under test)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::BedrockAgentCore::Runtime", 1)
    settings = json.dumps(template.find_resources("Custom::BedrockO11yAccountSetting"))
    assert settings.count("log-delivery") == 3
