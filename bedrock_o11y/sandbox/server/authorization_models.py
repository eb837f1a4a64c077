"""Which ARNs a model call of Amazon Bedrock is judged on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .authorization_model import Request

DESTINATIONS: dict[str, tuple[str, ...]] = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "us-gov": ("us-gov-east-1", "us-gov-west-1"),
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "apac": (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
    ),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "ca": ("ca-central-1", "us-east-1", "us-east-2", "us-west-2"),
    # A global profile may lead to any Region, so AWS judges the model without one.
    "global": ("",),
}
"""The Regions behind a system-defined profile, by its prefix.

Source: Bedrock user guide, "Supported Regions and models for inference profiles". There they differ by model and by the
Region of the call; here each prefix has one list, the one of most models."""

_PROFILE = re.compile(rf"({'|'.join(sorted(DESTINATIONS, key=len, reverse=True))})\.(.+)")


def model(request: Request) -> list[str]:
    """What is invoked: a foundation model, a profile, a provisioned model, whatever the model id names.

    Args:
        request: a call with `modelId` in its path.

    Returns:
        its ARN.
    """
    identifier = request.path.get("modelId", "")
    if identifier.startswith("arn:"):
        return [identifier]
    if _PROFILE.fullmatch(identifier):
        return [request.arn("bedrock", f"inference-profile/{identifier}")]
    if request.models_behind(identifier):
        return [request.arn("bedrock", f"application-inference-profile/{identifier}")]
    return [request.arn("bedrock", f"foundation-model/{identifier}", account="")]


def models_behind_profile(request: Request) -> list[str]:
    """The foundation models behind the profile that is invoked, in each Region of the profile.

    Source: Bedrock user guide, "Prerequisites for inference profiles": who names an inference profile as a resource
    must also name the foundation model in each Region associated with it. For global profiles AWS names the model
    without a Region (`arn:aws:bedrock:::foundation-model/…`, in its error messages).

    Args:
        request: a call with `modelId` in its path.

    Returns:
        their ARNs; nothing when no profile is invoked.
    """
    found: list[str] = []
    for arn in _profiles(request):
        match = _PROFILE.fullmatch(arn.rpartition("/")[2])
        if match and ":inference-profile/" in arn:
            regions = DESTINATIONS[match[1]]
            # The call's own Region is always one of a global profile's.
            regions = (request.region, *regions) if match[1] == "global" else regions
            found += [
                request.arn("bedrock", f"foundation-model/{match[2]}", region=item, account="") for item in regions
            ]
        elif ":foundation-model/" in arn:
            found.append(arn)
    return found


def through_profile(request: Request) -> dict[str, str | list[str]]:
    """The condition key that tells a call through a profile from a direct one.

    Args:
        request: a call with `modelId` in its path.

    Returns:
        `bedrock:InferenceProfileArn` with the profile's ARN.
    """
    arn = model(request)[0]
    return {"bedrock:InferenceProfileArn": arn} if "inference-profile/" in arn else {}


def guardrail(request: Request) -> list[str]:
    """The guardrail a model call uses.

    Args:
        request: the call.

    Returns:
        its ARN; nothing when it uses none.
    """
    arn, _version = _guardrail(request)
    return [arn] if arn else []


def with_guardrail(request: Request) -> dict[str, str | list[str]]:
    """The condition key that tells which guardrail a model call uses.

    Source: Bedrock user guide, "Set up permissions to use Amazon Bedrock Guardrails": the guardrail's ARN, followed by
    `:VERSION` unless it is the draft.

    Args:
        request: the call.

    Returns:
        `bedrock:GuardrailIdentifier`; nothing when it uses none.
    """
    arn, version = _guardrail(request)
    if not arn:
        return {}
    return {"bedrock:GuardrailIdentifier": f"{arn}:{version}" if version.isdigit() else arn}


def _guardrail(request: Request) -> tuple[str, str]:
    configured = request.parameters.get("guardrailConfig")
    if isinstance(configured, dict):
        identifier, version = configured.get("guardrailIdentifier"), configured.get("guardrailVersion")
    else:
        identifier = request.headers.get("x-amzn-bedrock-guardrailidentifier") or request.path.get("guardrailId")
        version = request.headers.get("x-amzn-bedrock-guardrailversion") or request.path.get("guardrailVersion")
    if not identifier:
        return "", ""
    arn = str(identifier)
    if not arn.startswith("arn:"):
        arn = request.arn("bedrock", f"guardrail/{arn}")
    return arn, str(version or "")


def _profiles(request: Request) -> list[str]:
    """The invoked profile and, behind an application profile, what it was made from."""
    arn = model(request)[0]
    if ":application-inference-profile/" in arn:
        return request.models_behind(arn.rpartition("/")[2])
    return [arn] if ":inference-profile/" in arn else []


def profile(request: Request) -> list[str]:
    """The inference profile a control-plane request names.

    Args:
        request: the request.

    Returns:
        its ARN.
    """
    identifier = request.path.get("profile", "")
    if identifier.startswith("arn:"):
        return [identifier]
    kind = "inference-profile" if _PROFILE.fullmatch(identifier) else "application-inference-profile"
    return [request.arn("bedrock", f"{kind}/{identifier}")]


def new_profile(request: Request) -> list[str]:
    """What CreateInferenceProfile needs its permission on.

    Source: service authorisation reference, CreateInferenceProfile: application-inference-profile, foundation-model
    and inference-profile are required resource types. The new profile has no id yet.

    Args:
        request: the request.

    Returns:
        the application profiles of the account, and what the profile copies from.
    """
    source = request.parameters.get("modelSource")
    copied = source.get("copyFrom") if isinstance(source, dict) else None
    return [request.arn("bedrock", "application-inference-profile/*"), *([str(copied)] if copied else [])]


def foundation_model(request: Request) -> list[str]:
    """The foundation model a control-plane request names.

    Args:
        request: the request.

    Returns:
        its ARN.
    """
    identifier = request.path.get("model", "")
    if identifier.startswith("arn:"):
        return [identifier]
    return [request.arn("bedrock", f"foundation-model/{identifier}", account="")]
