"""A role without a right is patched to one that its kind's audit calls clean, whatever the kind."""

from __future__ import annotations

import pytest

from bedrock_o11y.blueprint.roles import ROLE_KINDS

from .patching import allow, applied, document, patched, remaining, role, trusting

KINDS = [
    f"{kind.id}:{variant}" if variant else kind.id for kind in ROLE_KINDS.values() for variant in kind.variants or ("",)
]


def trust_of(kind):
    name, _, variant = kind.partition(":")
    service = ROLE_KINDS[name].of_variant(variant).service
    return trusting(service) if service else document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s:a"})


NEEDS_NOTHING = {"agentcore-gateway:plain"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NEEDS_NOTHING])
def test_a_role_without_a_right_becomes_a_clean_one(kind):
    empty = role(trust=trust_of(kind))
    patch, found = patched(empty, kind)
    assert any(each.startswith("missing-grant") for each in found)
    assert patch.refused == ""
    assert remaining(applied(empty, patch), kind) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_rights_on_everything_are_narrowed_to_what_the_kind_needs(kind):
    known = ROLE_KINDS[kind.split(":")[0]]
    actions = sorted({action for grant in known.grants for action in grant.actions})
    wide = role(document(allow(actions, "*", "All")), trust=trust_of(kind))
    patch, _ = patched(wide, kind)
    assert patch.refused == ""
    assert not {each for each in remaining(applied(wide, patch), kind) if not each.startswith("excess-action")}
