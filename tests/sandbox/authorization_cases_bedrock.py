"""Amazon Bedrock."""

from __future__ import annotations

from typing import Any

from tests.sandbox.authorization_case import ROLE, Allow, Case, on, passing

BEDROCK = "arn:aws:bedrock:us-east-1:000000000000"
NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
FOUNDATION = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"

CASES: list[Case] = []

# --- Amazon Bedrock: model calls ---------------------------------------------------------------------------------

TALK = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "bedrock:Converse": ("bedrock:InvokeModel", TALK),
    "bedrock:InvokeModel": ("bedrock:InvokeModel", {"body": "{}"}),
    "bedrock:ConverseStream": ("bedrock:InvokeModelWithResponseStream", TALK),
    "bedrock:InvokeModelWithResponseStream": ("bedrock:InvokeModelWithResponseStream", {"body": "{}"}),
}
OTHER_ACTION = {
    "bedrock:InvokeModel": "bedrock:InvokeModelWithResponseStream",
    "bedrock:InvokeModelWithResponseStream": "bedrock:InvokeModel",
}


def profile_case(operation: str, model_id: str, profile: str, foundation: tuple[str, ...], about: str) -> Case:
    action, arguments = CALLS[operation]
    only_through = {"StringLike": {"bedrock:InferenceProfileArn": profile}}
    elsewhere = {"StringLike": {"bedrock:InferenceProfileArn": f"{profile}-not"}}
    behind = [Allow(action, arn, only_through) for arn in foundation]
    return Case(
        operation, {**arguments, "modelId": model_id}, (Allow(action, profile), *behind),
        ((Allow(action, profile), *(Allow(action, arn, elsewhere) for arn in foundation)),
         (Allow(action, f"{profile}-not"), *behind)),
        "bedrock-runtime", about,
    )  # fmt: skip


for call, (its_action, its_arguments) in CALLS.items():
    CASES += [
        Case(
            call, {**its_arguments, "modelId": NOVA}, (Allow(its_action, FOUNDATION),),
            ((Allow(its_action, f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}"),),
             (Allow(its_action, f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}"),),
             (Allow(OTHER_ACTION[its_action], FOUNDATION),),
             # Actions that people grant and that do not exist.
             (Allow("bedrock:Converse", FOUNDATION), Allow("bedrock:ConverseStream", FOUNDATION))),
            "bedrock-runtime", "a foundation model",
        ),
        profile_case(
            call, f"us.{CLAUDE}", f"{BEDROCK}:inference-profile/us.{CLAUDE}",
            tuple(f"arn:aws:bedrock:{region}::foundation-model/{CLAUDE}"
                  for region in ("us-east-1", "us-east-2", "us-west-2")), "a profile of the United States",
        ),
        Case(
            call, {**its_arguments, "modelId": NOVA,
                   **({"guardrailConfig": {"guardrailIdentifier": "g1", "guardrailVersion": "3"}}
                      if "messages" in its_arguments else {"guardrailIdentifier": "g1", "guardrailVersion": "3"})},
            (Allow(its_action, FOUNDATION,
                   {"StringEquals": {"bedrock:GuardrailIdentifier": f"{BEDROCK}:guardrail/g1:3"}}),
             Allow("bedrock:ApplyGuardrail", f"{BEDROCK}:guardrail/g1")),
            ((Allow(its_action, FOUNDATION,
                    {"StringEquals": {"bedrock:GuardrailIdentifier": f"{BEDROCK}:guardrail/g1:2"}}),
              Allow("bedrock:ApplyGuardrail", f"{BEDROCK}:guardrail/g1")),
             (Allow(its_action, FOUNDATION), Allow("bedrock:ApplyGuardrail", f"{BEDROCK}:guardrail/g2"))),
            "bedrock-runtime", "with a guardrail",
        ),
    ]  # fmt: skip

JAPAN = f"{BEDROCK}:inference-profile/jp.{CLAUDE}"
CASES += [
    profile_case(
        "bedrock:Converse", f"jp.{CLAUDE}", JAPAN,
        tuple(f"arn:aws:bedrock:{region}::foundation-model/{CLAUDE}"
              for region in ("ap-northeast-1", "ap-northeast-3")), "a profile of Japan",
    ),
    profile_case(
        "bedrock:Converse", JAPAN, JAPAN,
        tuple(f"arn:aws:bedrock:{region}::foundation-model/{CLAUDE}"
              for region in ("ap-northeast-1", "ap-northeast-3")), "a profile by its ARN",
    ),
    profile_case(
        "bedrock:Converse", f"global.{CLAUDE}", f"{BEDROCK}:inference-profile/global.{CLAUDE}",
        (f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}", f"arn:aws:bedrock:::foundation-model/{CLAUDE}"),
        "the global profile",
    ),
    Case(
        "bedrock:Converse", {**TALK, "modelId": f"{BEDROCK}:provisioned-model/abc"},
        (Allow("bedrock:InvokeModel", f"{BEDROCK}:provisioned-model/abc"),),
        ((Allow("bedrock:InvokeModel", f"{BEDROCK}:provisioned-model/abd"),),
         (Allow("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*"),)),
        "bedrock-runtime", "a provisioned model",
    ),
    on("bedrock:CountTokens", {"modelId": NOVA, "input": {"converse": TALK}}, FOUNDATION,
       f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}", client="bedrock-runtime"),
    on("bedrock:ApplyGuardrail",
       {"guardrailIdentifier": "g1", "guardrailVersion": "1", "source": "INPUT", "content": [{"text": {"text": "x"}}]},
       f"{BEDROCK}:guardrail/g1", f"{BEDROCK}:guardrail/g2", client="bedrock-runtime"),
]  # fmt: skip

# --- Amazon Bedrock: the account setting and the catalogue -------------------------------------------------------

TO_BEDROCK = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
TO_GROUP = {"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/case/a", "roleArn": ROLE}}}
TO_BUCKET = {"loggingConfig": {"s3Config": {"bucketName": "case-bucket"}, "textDataDeliveryEnabled": True}}
APPLICATION = f"{BEDROCK}:application-inference-profile"
CASES += [
    passing(on("bedrock:PutModelInvocationLoggingConfiguration", {}, "*"), TO_BEDROCK, **TO_GROUP),
    *(
        on(operation, arguments, "*", f"{BEDROCK}:*")
        for operation, arguments in {
            "bedrock:PutModelInvocationLoggingConfiguration": TO_BUCKET,
            "bedrock:GetModelInvocationLoggingConfiguration": {},
            "bedrock:DeleteModelInvocationLoggingConfiguration": {},
            "bedrock:ListFoundationModels": {},
            "bedrock:ListInferenceProfiles": {},
        }.items()
    ),
    on("bedrock:GetFoundationModel", {"modelIdentifier": NOVA}, FOUNDATION,
       f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE}"),
    on("bedrock:GetInferenceProfile", {"inferenceProfileIdentifier": f"us.{CLAUDE}"},
       f"{BEDROCK}:inference-profile/us.{CLAUDE}", f"{BEDROCK}:inference-profile/eu.{CLAUDE}"),
    on("bedrock:GetInferenceProfile", {"inferenceProfileIdentifier": f"{APPLICATION}/abc"}, f"{APPLICATION}/abc",
       f"{APPLICATION}/abd", about="by its ARN"),
    Case(
        "bedrock:CreateInferenceProfile",
        {"inferenceProfileName": "n", "modelSource": {"copyFrom": FOUNDATION}},
        (Allow("bedrock:CreateInferenceProfile", f"{APPLICATION}/*"),
         Allow("bedrock:CreateInferenceProfile", FOUNDATION)),
        (),
    ),
    on("bedrock:DeleteInferenceProfile", {"inferenceProfileIdentifier": "abc"}, f"{APPLICATION}/abc",
       f"{APPLICATION}/abd"),
    *(
        on(operation, {"resourceARN": f"{APPLICATION}/abc", **arguments}, f"{APPLICATION}/abc", f"{APPLICATION}/abd")
        for operation, arguments in {
            "bedrock:TagResource": {"tags": [{"key": "k", "value": "v"}]},
            "bedrock:UntagResource": {"tagKeys": ["k"]},
            "bedrock:ListTagsForResource": {},
        }.items()
    ),
]  # fmt: skip
