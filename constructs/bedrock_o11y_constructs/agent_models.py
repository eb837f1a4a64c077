"""On which ARNs AWS authorises the calls of a model that somebody names: by id, by ARN or by a construct."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Any, NoReturn

from aws_cdk import Stack, Token

from bedrock_o11y.blueprint import agentcore as blueprint

from .agent_checks import ResourceArn, check_kind, check_own, read_arn, refuse
from .statements import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct

_MODEL_ID = re.compile(r"[a-z0-9-]{1,63}\.[A-Za-z0-9.-]{1,200}(?::[a-z0-9-]{1,63}){0,2}")
_ARN_ATTRIBUTES = ("model_arn", "inference_profile_arn", "attr_inference_profile_arn", "attr_provisioned_model_arn")
_COUNTRY_LETTERS = 2
_TOKEN = "${Token["  # noqa: S105 (how the CDK writes a value that only the deploy knows)
_FOUNDATION_MODEL = "foundation-model"
_CROSS_REGION = "inference-profile"


@dataclass(frozen=True, slots=True)
class _Name:
    """The id of a model, cut at the geography.

    Attributes:
        geography: ``eu``; empty for the id of a foundation model.
        model: the id of the foundation model.
    """

    geography: str
    model: str


def arns_of_calls(scope: IConstruct, model: Any, behind: Sequence[object] = ()) -> tuple[str, ...]:
    """What a role must be allowed to invoke so that a model can be called.

    Source: Bedrock user guide, prerequisites for inference profiles: the profile, and the foundation model in each
    Region to which it routes.

    Args:
        scope: the construct that calls it; its stack tells partition, Region and account.
        model: id of a foundation model or of a cross-Region inference profile, the ARN of anything that can be
            called, a model or an inference profile of the CDK, or a token of an ARN.
        behind: the models behind an application inference profile or a prompt router, whose ARNs do not tell them.

    Returns:
        ARNs, without doubles.

    Raises:
        ValueError: it is none of these, it is of another partition, account or Region than the stack, or the models
            behind it are not told.
    """
    text = _text_of(scope, model)
    further = [text for one in behind or _copied_by(model) for text in _behind(scope, _text_of(scope, one))]
    if hasattr(model, "attr_inference_profile_arn") and not further:
        _refuse_untold(scope, model.node.path)
    return tuple(dict.fromkeys([*_arns(scope, text, told=bool(further)), *further]))


def _arns(scope: IConstruct, text: str, *, told: bool) -> list[str]:
    if not text.startswith("arn:"):
        return [text] if text.startswith(_TOKEN) else _of_id(scope, text)
    arn = read_arn(scope, text, what="model", service="bedrock")
    if arn is None or Token.is_unresolved(arn.kind):
        return [text]
    kinds = (_FOUNDATION_MODEL, *blueprint.ROUTES_TO_MODELS, *blueprint.MODELS_OF_ACCOUNT)
    check_kind(scope, arn, what="model", kinds=kinds)
    if arn.kind == _FOUNDATION_MODEL:
        return [text]
    check_own(scope, arn, what="model")
    if arn.kind == _CROSS_REGION and not Token.is_unresolved(arn.name):
        return [text, _filled(scope, blueprint.ROUTED_MODEL, Model=_behind_profile(scope, arn))]
    if arn.kind in blueprint.ROUTES_TO_MODELS and not told:
        _refuse_untold(scope, text)
    return [text]


def _refuse_untold(scope: IConstruct, model: str) -> NoReturn:
    refuse(
        scope,
        f"model {model} does not tell the models behind it, on which AWS authorises the call too; name them with "
        "behind=[…]",
    )


def _of_id(scope: IConstruct, text: str) -> list[str]:
    name = _name(scope, text)
    if not name.geography:
        return [_filled(scope, blueprint.FOUNDATION_MODEL, Model=name.model)]
    return [
        _filled(scope, blueprint.INFERENCE_PROFILE, Profile=text),
        _filled(scope, blueprint.ROUTED_MODEL, Model=name.model),
    ]


def _behind(scope: IConstruct, text: str) -> list[str]:
    """The foundation models alone, of what is called through something else."""
    arns = _arns(scope, text, told=True)
    return [arn for arn in arns if f":{_FOUNDATION_MODEL}/" in arn] or arns


def _behind_profile(scope: IConstruct, arn: ResourceArn) -> str:
    """The model of a cross-Region profile: such a profile is named after it, with its geography before it."""
    _, _, model = arn.name.partition(".")
    if not _MODEL_ID.fullmatch(model):
        refuse(
            scope, f"model {arn.text} names no foundation model; expected inference-profile/GEOGRAPHY.PROVIDER.MODEL"
        )
    return model


def _name(scope: IConstruct, text: str) -> _Name:
    geography, _, rest = text.partition(".")
    if not _MODEL_ID.fullmatch(text):
        refuse(
            scope,
            f"model {text!r} is no model; expected the id of a foundation model (PROVIDER.MODEL), the id of a "
            "cross-Region inference profile (eu.PROVIDER.MODEL) or an ARN",
        )
    if geography not in blueprint.GEOGRAPHIES:
        if len(geography) == _COUNTRY_LETTERS and "." in rest:
            refuse(
                scope,
                f"model {text} begins with a geography that is not known here; expected one of "
                f"{', '.join(blueprint.GEOGRAPHIES)}, or the ARN of the profile",
            )
        return _Name("", text)
    if not _MODEL_ID.fullmatch(rest):
        refuse(scope, f"model {text} names no foundation model; expected {geography}.PROVIDER.MODEL")
    return _Name(geography, rest)


def _text_of(scope: IConstruct, model: Any) -> str:
    """The id or ARN of what was given: a text, or anything of the CDK that has one."""
    if isinstance(model, str):
        return model
    for attribute in (*_ARN_ATTRIBUTES, "model_id"):
        found = getattr(model, attribute, None)
        if isinstance(found, str):
            return found
    return refuse(
        scope,
        f"a {type(model).__name__} is no model; expected an id, an ARN, or a model or inference profile of the CDK",
    )


def _copied_by(model: Any) -> list[str]:
    """What an application inference profile of this app was copied from, where it says so in plain text."""
    found = getattr(getattr(model, "model_source", None), "copy_from", None)
    return [found] if isinstance(found, str) else []


def _filled(scope: IConstruct, template: str, **names: str) -> str:
    stack = Stack.of(scope)
    return Template(template).substitute(values_of(stack, **names))
