"""Reads back what the Terraform target writes: blocks by their lines, values by Terraform itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

TERRAFORM = shutil.which("terraform")
_ASSIGNMENT = re.compile(r"(\s*)([a-z_]+)\s* = (.*)")


def terraform(*arguments, stdin="", cwd=None):
    """Runs Terraform without configuration, plug-ins or a look for newer versions."""
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [TERRAFORM, *arguments], input=stdin, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60
    )


def evaluated(expressions, folder):
    """The values of expressions of Terraform's language, in one call."""
    names = {f"e{number}": text for number, text in enumerate(expressions)}
    body = "\n".join(f"  {name} = {text}" for name, text in names.items())
    (folder / "main.tf").write_text(f"locals {{\n{body}\n}}\n", encoding="utf-8")
    answer = terraform("console", stdin=f"jsonencode([{', '.join(f'local.{name}' for name in names)}])\n", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return json.loads(json.loads(answer.stdout))


def documents(text, folder):
    """The documents of all ``aws_iam_policy_document`` of a file, by name, as the provider renders them."""
    found, expressions = {}, []
    lines = iter(text.splitlines())
    for line in lines:
        if match := re.fullmatch(r'data "aws_iam_policy_document" "(\w+)" \{', line):
            found[match[1]] = _block(lines, expressions)
    values = evaluated(expressions, folder) if expressions else []
    return {name: _document(_filled(block, values)) for name, block in found.items()}


def _block(lines, expressions):
    """A block as a list of (name, expression number or inner block)."""
    content = []
    for line in lines:
        text = line.strip()
        if text == "}":
            return content
        if not text or text.startswith("#"):
            continue
        if match := _ASSIGNMENT.fullmatch(line):
            written = match[3]
            if written == "[":
                written = "[" + "".join(iter(lambda: next(lines).strip(), "]")) + "]"
            expressions.append(written)
            content.append((match[2], len(expressions) - 1))
        else:
            content.append((text.removesuffix(" {"), _block(lines, expressions)))
    return content


def _filled(block, values):
    return [(name, values[each] if isinstance(each, int) else _filled(each, values)) for name, each in block]


def _document(block):
    top = {name: value for name, value in block if name == "version"}
    version = top.get("version", "2012-10-17")
    statements = [_statement(dict(value), value, version) for name, value in block if name == "statement"]
    return {"Version": version, "Statement": statements}


def _statement(values, block, version):
    names = {"sid": "Sid", "effect": "Effect"} | {
        "actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource",
    }  # fmt: skip
    statement = {to: _variables(values[name], version) for name, to in names.items() if name in values}
    for name, to in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        kinds = [dict(inner) for each, inner in block if each == name]
        if kinds:
            statement[to] = {each["type"]: each["identifiers"] for each in kinds}
            if statement[to] == {"*": ["*"]}:
                statement[to] = "*"
    for condition in [dict(inner) for each, inner in block if each == "condition"]:
        wanted = _variables(condition["values"], version)
        statement.setdefault("Condition", {}).setdefault(condition["test"], {})[condition["variable"]] = wanted
    return statement


def _variables(value, version):
    """The provider turns ``&{`` into ``${``, in documents of the newer version alone."""
    if isinstance(value, list):
        return [_variables(each, version) for each in value]
    return value.replace("&{", "${") if version == "2012-10-17" else value
