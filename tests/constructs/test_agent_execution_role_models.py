"""What AgentExecutionRole allows when a model is named: by its id, by an ARN, by a construct."""

from __future__ import annotations

import json

import pytest
from aws_cdk import CfnParameter
from aws_cdk import aws_bedrock as bedrock

from tests.constructs.agent_stacks import ACCOUNT, new_agent, new_stack, refused, statements, synthesised

CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
HERE = "arn:aws:bedrock:us-east-1::foundation-model/"
ANYWHERE = "arn:aws:bedrock:*::foundation-model/"
OWN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:"
APPLICATION_PROFILE = f"{OWN}application-inference-profile/abcdefgh1234"


def resources_of(stack):
    statement = statements(synthesised(stack))["BedrockModelInvocation"]
    assert statement["Action"] == ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    assert "Condition" not in statement
    return statement["Resource"]


@pytest.mark.parametrize(
    ("model", "behind", "expected"),
    [
        (CLAUDE, [], {HERE + CLAUDE}),
        ("anthropic.claude-v2:1:200k", [], {HERE + "anthropic.claude-v2:1:200k"}),
        ("zai.glm-4.7", [], {HERE + "zai.glm-4.7"}),
        *[
            (f"{prefix}.{CLAUDE}", [], {f"{OWN}inference-profile/{prefix}.{CLAUDE}", ANYWHERE + CLAUDE})
            for prefix in ("us", "eu", "apac", "jp", "au", "ca", "us-gov", "global")
        ],
        (
            f"{OWN}inference-profile/mars.{CLAUDE}",
            [],
            {f"{OWN}inference-profile/mars.{CLAUDE}", ANYWHERE + CLAUDE},
        ),
        (
            f"arn:aws:bedrock:eu-west-1::foundation-model/{CLAUDE}",
            [],
            {f"arn:aws:bedrock:eu-west-1::foundation-model/{CLAUDE}"},
        ),
        (APPLICATION_PROFILE, [CLAUDE], {APPLICATION_PROFILE, HERE + CLAUDE}),
        (APPLICATION_PROFILE, [f"us.{CLAUDE}"], {APPLICATION_PROFILE, ANYWHERE + CLAUDE}),
        (APPLICATION_PROFILE, [f"{OWN}inference-profile/us.{CLAUDE}"], {APPLICATION_PROFILE, ANYWHERE + CLAUDE}),
        (
            f"{OWN}default-prompt-router/anthropic.claude:1",
            [CLAUDE, "amazon.nova-lite-v1:0"],
            {f"{OWN}default-prompt-router/anthropic.claude:1", HERE + CLAUDE, HERE + "amazon.nova-lite-v1:0"},
        ),
        (f"{OWN}provisioned-model/abcdef123456", [], {f"{OWN}provisioned-model/abcdef123456"}),
        (f"{OWN}imported-model/abcdef123456", [], {f"{OWN}imported-model/abcdef123456"}),
        (f"{OWN}custom-model-deployment/abcdef123456", [], {f"{OWN}custom-model-deployment/abcdef123456"}),
        (f"{OWN}marketplace/model-endpoint/mine", [], {f"{OWN}marketplace/model-endpoint/mine"}),
    ],
)
def test_what_is_named_may_be_called_and_nothing_else(model, behind, expected):
    stack = new_stack()
    new_agent(stack).grant_model(model, behind=behind)
    assert set(resources_of(stack)) == expected


def test_models_of_the_cdk_are_as_good_as_their_arns():
    stack = new_stack()
    agent = new_agent(stack)
    identifier = bedrock.FoundationModelIdentifier.AMAZON_NOVA_LITE_V1_0
    agent.grant_model(bedrock.FoundationModel.from_foundation_model_id(stack, "Model", identifier))
    agent.grant_model(bedrock.FoundationModelIdentifier(CLAUDE))
    agent.grant_model(
        bedrock.ProvisionedModel.from_provisioned_model_arn(stack, "Own", f"{OWN}provisioned-model/abcdef123456")
    )
    assert set(resources_of(stack)) == {
        HERE + "amazon.nova-lite-v1:0",
        HERE + CLAUDE,
        f"{OWN}provisioned-model/abcdef123456",
    }


def test_an_application_profile_of_this_app_tells_the_model_behind_it():
    stack = new_stack()
    source = bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
        copy_from=f"{OWN}inference-profile/us.{CLAUDE}"
    )
    profile = bedrock.CfnApplicationInferenceProfile(
        stack, "Profile", inference_profile_name="mine", model_source=source
    )
    new_agent(stack).grant_model(profile)
    found = resources_of(stack)
    assert ANYWHERE + CLAUDE in found
    assert {"Fn::GetAtt": ["Profile", "InferenceProfileArn"]} in found
    assert len(found) == 2


def test_an_application_profile_of_this_app_that_does_not_is_asked_for():
    stack = new_stack()
    profile = bedrock.CfnApplicationInferenceProfile(stack, "Profile", inference_profile_name="mine")
    with refused() as lines:
        new_agent(stack).grant_model(profile)
    assert "does not tell the models behind it" in lines[0]


def test_a_token_is_granted_as_it_is_and_models_behind_it_beside_it():
    stack = new_stack()
    new_agent(stack).grant_model(CfnParameter(stack, "Profile").value_as_string, behind=[CLAUDE])
    found = resources_of(stack)
    assert {"Ref": "Profile"} in found
    assert HERE + CLAUDE in found
    assert len(found) == 2


def test_an_environment_that_only_the_deploy_knows_stays_open():
    stack = new_stack(None)
    new_agent(stack).grant_model(f"eu.{CLAUDE}")
    text = json.dumps(resources_of(stack))
    assert f':inference-profile/eu.{CLAUDE}"' in text
    assert '{"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":inference-profile' in text
    assert f'{{"Ref": "AWS::Partition"}}, ":bedrock:*::foundation-model/{CLAUDE}"' in text


def test_a_text_that_is_half_a_token_is_refused_because_nobody_knows_its_arn():
    stack = new_stack()
    with refused() as lines:
        new_agent(stack).grant_model(f"eu.{CfnParameter(stack, 'Model').value_as_string}")
    assert "is no model; expected the id of a foundation model" in lines[0]


def test_an_arn_with_tokens_in_it_is_checked_as_far_as_it_is_known():
    stack = new_stack()
    id = CfnParameter(stack, "Model").value_as_string
    agent = new_agent(stack)
    agent.grant_model(f"{OWN}provisioned-model/{id}")
    with refused() as lines:
        agent.grant_model(f"{OWN}guardrail/{id}")
    assert "is of another kind" in lines[0]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude", "'claude' is no model; expected the id of a foundation model (PROVIDER.MODEL)"),
        ("", "'' is no model"),
        ("*", "'*' is no model"),
        ("anthropic.*", "'anthropic.*' is no model"),
        ("Claude Sonnet 4.5", "is no model"),
        ("us.claude", "names no foundation model; expected us.PROVIDER.MODEL"),
        (f"xx.{CLAUDE}", "begins with a geography that is not known here; expected one of apac, au,"),
        (f"{OWN}inference-profile/claude", "names no foundation model"),
        (APPLICATION_PROFILE, "does not tell the models behind it"),
        (f"{OWN}prompt-router/abcdef123456", "does not tell the models behind it"),
        (f"{OWN}guardrail/abcdef123456", "is of another kind; expected an ARN that ends in foundation-model/ID"),
        (f"{OWN}provisioned-model/", "is of another kind"),
        ("arn:aws:bedrock:us-east-1", "is no ARN; expected arn:PARTITION:bedrock:REGION:ACCOUNT:…"),
        ("arn:aws:lambda:us-east-1:123456789012:function:x", "has the service lambda; expected bedrock"),
        (f"arn:aws-cn:bedrock:us-east-1::foundation-model/{CLAUDE}", "has the partition aws-cn; expected aws"),
        (
            f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.{CLAUDE}",
            f"has the account 000000000000; expected {ACCOUNT}",
        ),
        (
            f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:provisioned-model/abcdef123456",
            "has the Region eu-west-1; expected us-east-1",
        ),
        (3, "a int is no model; expected an id, an ARN"),
    ],
)
def test_what_is_no_model_of_this_account_is_refused_in_one_line(model, expected):
    with refused() as lines:
        new_agent(new_stack()).grant_model(model)
    assert lines[0].startswith("Mine/Agent: ")
    assert expected in lines[0]
