"""Patches as a shell script of AWS CLI commands.

It adds by itself; it narrows only when asked to, and then keeps what was there before.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, Final

from .document import indented
from .text import Names, Pseudo, comment, headline, joined, one_line, pseudos, reason_comment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .role_patch import Addition, Reason, Rewrite, RolePatch

_VARIABLES: Final = {Pseudo.ACCOUNT: "account", Pseudo.REGION: "region", Pseudo.PARTITION: "partition"}
_HEAD: Final = """\
#!/bin/sh
# Patches of IAM roles, for the AWS CLI with the credentials of an administrator of their account.
#
#   sh FILE             adds what is missing
#   sh FILE --tighten   narrows what is too wide as well, and keeps the documents that it replaces
set -eu

tighten=no
case "${1:-}" in
  "") ;;
  --tighten) tighten=yes ;;
  *)
    echo "usage: $0 [--tighten]" >&2
    exit 2
    ;;
esac

account=$(aws sts get-caller-identity --query Account --output text)
skipped=0

# Role names repeat from account to account: a role of another account than that of the credentials is left alone.
here() {
  # An aws that answers nothing at all is a rehearsal.
  if [ -z "$account" ] || [ "$account" = "$1" ]; then
    return 0
  fi
  echo "skipped a role of account $1: the credentials are those of account $account" >&2
  skipped=1
  return 1
}
"""
_REGION: Final = "region=${AWS_REGION:-$(aws configure get region)}\n"
_PARTITION: Final = "partition=$(aws sts get-caller-identity --query Arn --output text | cut -d: -f2)\n"
_KEEP: Final = """\

before=

# Keeps a document that the next command replaces.
keep() {
  before=${before:-$(mktemp -d)}
  file=$1
  shift
  "$@" >"$before/$file"
}
"""
_KEPT: Final = """\
if [ -n "$before" ]; then
  echo "the documents from before are in $before" >&2
fi
"""


def cli(patches: Sequence[RolePatch]) -> str:
    """The patches as one script."""
    names = Names(set())
    sections = "\n".join("\n".join(_role(patch, names)) for patch in patches)
    used = pseudos(_texts(patches))
    replaces = any(patch.tighten or patch.trust for patch in patches)
    head = _HEAD + (_REGION if Pseudo.REGION in used else "") + (_PARTITION if Pseudo.PARTITION in used else "")
    return f'{head}{_KEEP if replaces else ""}\n{sections}\n{_KEPT if replaces else ""}exit "$skipped"\n'


def _role(patch: RolePatch, names: Names) -> list[str]:
    lines = headline(patch)
    if not patch.changes:
        return [*lines, ""]
    label = names.snake(patch.label)
    if patch.role_name:
        role = shlex.quote(patch.role_name)
        body: list[str] = []
    else:
        role, asked = _asked_for(f"ROLE_{label.upper()}", "role", patch.role.name)
        lines += comment("Where a template makes this role, change it there: its next deploy takes this back.")
        body = [asked]
    adds = [*(_add(patch.add, role) if patch.add else []), *(_trust(patch, role, label) if patch.repairs else [])]
    narrows = [
        line
        for number, rewrite in enumerate(patch.tighten, start=1)
        for line in _rewrite(patch, rewrite, role, f"{label}_{number}")
    ]
    narrows += _trust(patch, role, label) if not patch.repairs else []
    body += adds
    if narrows:
        body += ['if [ "$tighten" = yes ]; then', *narrows, "fi"]
    if not patch.role.account:
        return [*lines, *body, ""]
    return [*lines, f"if here {shlex.quote(patch.role.account)}; then", *body, "fi", ""]


def _add(added: Addition, role: str) -> list[str]:
    lines = [*comment("Addition: closes what is missing."), *_reasons(added.reasons)]
    if not added.managed:
        return [*lines, _put(role, shlex.quote(added.name), added.document)]
    return [
        *lines,
        f"policy=$(aws iam create-policy --policy-name {shlex.quote(added.name)}-{role} \\",
        f"  --query Policy.Arn --output text --policy-document {_quoted(indented(added.document))})",
        f'aws iam attach-role-policy --role-name {role} --policy-arn "$policy"',
    ]


def _rewrite(patch: RolePatch, rewrite: Rewrite, role: str, label: str) -> list[str]:
    policy, asked = shlex.quote(rewrite.name), ""
    if not patch.knows(rewrite.name):
        policy, asked = _asked_for(f"POLICY_{label.upper()}", "policy", rewrite.name)
    return [
        *comment(f"Proposal: tighten the policy {rewrite.name}."),
        *_reasons(rewrite.reasons),
        *([asked] if asked else []),
        f"keep {label}.json aws iam get-role-policy --role-name {role} --policy-name {policy} \\",
        "  --query PolicyDocument --output json",
        _put(role, policy, rewrite.after),
    ]


def _asked_for(variable: str, what: str, called: str) -> tuple[str, str]:
    """A name that nothing tells: the variable that must hold it, and the line that ends the script without it."""
    hint = one_line(re.sub(r"[^\w .:/-]", "", called, flags=re.ASCII))
    return f'"${variable}"', f': "${{{variable}:?set it to the name of the deployed {what} {hint}}}"'


def _trust(patch: RolePatch, role: str, label: str) -> list[str]:
    if patch.trust is None:
        return []
    why = "Repair: without it the service cannot assume the role." if patch.repairs else "Proposal: trust."
    return [
        *comment(why),
        *_reasons(patch.trust.reasons),
        f"keep {label}-trust.json aws iam get-role --role-name {role} \\",
        "  --query Role.AssumeRolePolicyDocument --output json",
        f"aws iam update-assume-role-policy --role-name {role} \\",
        f"  --policy-document {_quoted(indented(patch.trust.after))}",
    ]


def _put(role: str, policy: str, document: dict[str, Any]) -> str:
    return (
        f"aws iam put-role-policy --role-name {role} --policy-name {policy} \\\n"
        f"  --policy-document {_quoted(indented(document))}"
    )


def _reasons(reasons: Mapping[str, Reason]) -> list[str]:
    lines = []
    for sid, reason in reasons.items():
        lines += [*comment(f"{sid}:"), *reason_comment(reason)]
    return lines


def _quoted(text: str) -> str:
    """A text as one word of the shell; what a template says of its own account is a variable between the quotes."""
    if not pseudos(text):
        return shlex.quote(text)
    return joined(text, shlex.quote, lambda pseudo: f'"${_VARIABLES[pseudo]}"')


def _texts(patches: Sequence[RolePatch]) -> str:
    documents: list[Any] = []
    for patch in patches:
        documents += [patch.add.document] if patch.add else []
        documents += [each.after for each in (*patch.tighten, *([patch.trust] if patch.trust else []))]
    return "".join(indented(document) for document in documents)
