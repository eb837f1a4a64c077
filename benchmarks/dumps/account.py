"""A whole account: its roles in their shares, its managed policies, written as one authorization-details dump."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from . import other_roles, our_roles
from .parts import ACCOUNT, Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 20261121
OURS_EVERY = 10
"""Every tenth role is ours: plenty for a real account, where most roles are those of functions and pipelines."""
ROLES_PER_POLICY = 10 / 3
"""1,000 roles have 300 managed policies."""
PIPELINE_SHARE = 0.1
"""Of the roles that are none of ours: those of pipelines, which may do much."""
WIDE_SHARE = 0.05
"""Of the roles with managed policies: those with a policy for developers or auditors."""
_METRICS_AGENT = "CloudWatchAgentServerPolicy"
_FIRST = {
    "boundary-wide": other_roles.boundary,
    "boundary-narrow": other_roles.narrow_boundary,
    _METRICS_AGENT: other_roles.metrics_agent,
    "developers": other_roles.power_user,
    "auditors": other_roles.read_only,
}
"""Policies that every account of these has, by name."""
_BOUNDARIES = ("boundary-wide", "boundary-narrow")
_DAY = "2026-{month:02}-{day:02}T09:30:00+00:00"


def write_dump(path: Path, roles: int, *, seed: int = SEED, ours_every: int = OURS_EVERY) -> None:
    """Write a dump; the same arguments give the same bytes.

    Some of the roles are ours (AgentCore runtimes and invocation logging); a third of all have managed policies, and of
    these half have a permissions boundary. Every role has an inline policy; among the inline and the managed policies
    are some with a Deny.

    Args:
        path: of the file.
        roles: how many; there are three managed policies for ten roles.
        seed: of the choices.
        ours_every: 10 makes every tenth role ours.
    """
    random = Random(seed)  # noqa: S311 - a benchmark's data, no secrets
    policies = round(roles / ROLES_PER_POLICY)
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n  "UserDetailList": [],\n  "GroupDetailList": [],\n  "RoleDetailList": [')
        _write(file, (_role(random, number, policies, ours_every) for number in range(roles)))
        file.write('],\n  "Policies": [')
        _write(file, (_policy(random, number) for number in range(policies)))
        file.write("]\n}\n")


def _write(file: Any, items: Iterator[dict[str, Any]]) -> None:
    for place, item in enumerate(items):
        text = json.dumps(item, indent=2)
        file.write(("," if place else "") + "\n    " + text.replace("\n", "\n    "))
    file.write("\n  ")


def _role(random: Random, number: int, policies: int, ours_every: int) -> dict[str, Any]:
    ours = number % ours_every == 0
    trusted, permissions, name = _body(random, number, ours=ours)
    role: dict[str, Any] = {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{number:017}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "CreateDate": _date(random),
        "AssumeRolePolicyDocument": trusted,
        "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": f"{name}-policy", "PolicyDocument": permissions}],
        "AttachedManagedPolicies": [],
        "Tags": [{"Key": "team", "Value": f"team-{number % 17}"}],
        "RoleLastUsed": {"LastUsedDate": _date(random), "Region": "us-east-1"},
    }
    # Three in a row of nine have managed policies: that share crosses the share of ours.
    if number // 3 % 3 == 0:
        chosen = random.sample(range(len(_FIRST), policies), random.randint(1, 3))
        role["AttachedManagedPolicies"] = [_attached(f"managed-{each}") for each in chosen]
        if number % 3 == 1:
            role["AttachedManagedPolicies"].append(_attached(_METRICS_AGENT))
        if not ours and random.random() < WIDE_SHARE:
            role["AttachedManagedPolicies"].append(_attached(random.choice(("developers", "auditors"))))
        if number // 9 % 2:
            role["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": _arn(random.choice(_BOUNDARIES)),
            }
    return role


def _body(random: Random, number: int, *, ours: bool) -> tuple[Document, Document, str]:
    if ours:
        if random.random() < our_roles.LOGGING_SHARE:
            return *our_roles.logging(random, number), f"invocation-logging-{number}"
        return *our_roles.runtime(random, number), f"agent-runtime-{number}"
    if random.random() < PIPELINE_SHARE:
        return other_roles.trusted(random), other_roles.pipeline(random), f"pipeline-{number}"
    return other_roles.trusted(random), other_roles.permissions(random, number, 4), f"application-{number}"


def _policy(random: Random, number: int) -> dict[str, Any]:
    """A managed policy; some keep older versions."""
    if number < len(_FIRST):
        name = list(_FIRST)[number]
        documents = [_FIRST[name]()]
    else:
        name = f"managed-{number}"
        documents = [other_roles.permissions(random, number, 8) for _ in range(random.choice((1, 1, 2, 3)))]
    newest = len(documents)
    return {
        "PolicyName": name,
        "PolicyId": f"ANPA{number:017}",
        "Arn": _arn(name),
        "Path": "/",
        "DefaultVersionId": f"v{newest}",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": int(name in _BOUNDARIES),
        "IsAttachable": True,
        "CreateDate": _date(random),
        "UpdateDate": _date(random),
        "PolicyVersionList": [
            {
                "Document": document,
                "VersionId": f"v{newest - place}",
                "IsDefaultVersion": place == 0,
                "CreateDate": _date(random),
            }
            for place, document in enumerate(documents)
        ],
    }


def _attached(name: str) -> dict[str, str]:
    return {"PolicyName": name, "PolicyArn": _arn(name)}


def _arn(name: str) -> str:
    if name == _METRICS_AGENT:
        return f"arn:aws:iam::aws:policy/{name}"
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


def _date(random: Random) -> str:
    return _DAY.format(month=random.randint(1, 11), day=random.randint(1, 20))
