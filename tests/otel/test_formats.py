from __future__ import annotations

import json
import os
import shutil
import string
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.otel.formats import dockerfile_value, dotenv_value, environment_as, hcl_value
from bedrock_o11y.otel.reading import read_environment
from bedrock_o11y.otel.variable import Hosting
from bedrock_o11y.otel.wanted import Wish, notes
from bedrock_o11y.otel.wanted import settings as variables

TERRAFORM = shutil.which("terraform")
NASTY = Wish(
    hosted=Hosting.ELSEWHERE,
    agent='Zoë\'s ${agent}, 100 % "mine"',
    agent_id="mine",
    region="eu-west-1",
    log_stream="a$b${HOME}'`%{if}[c]".replace("%", "~"),
)
WISHES = [NASTY, Wish(), Wish(agent_id="a-1", unified=False, content=True), Wish(hosted=Hosting.LAMBDA, agent="mine")]
TEXTS = st.text(st.sampled_from(string.printable[:95]), max_size=30)


def written(form, wish):
    return environment_as(form, wish, variables(wish), notes(wish))


def expected(wish):
    return {setting.name: setting.value for setting in variables(wish)}


def terraform(*arguments, stdin="", cwd=None):
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [TERRAFORM, *arguments], input=stdin, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60
    )


def sourced(text):
    """The variables of a file that a shell has read; nothing else is in its environment."""
    script = f"set -a\n{text}\nexec {shutil.which('env')} -0"
    answer = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True)
    found = dict(entry.split("=", 1) for entry in answer.stdout.split("\0") if entry)
    return {name: value for name, value in found.items() if name not in ("PWD", "SHLVL", "_", "OLDPWD")}


@pytest.mark.parametrize("wish", WISHES)
def test_a_shell_reads_from_the_dotenv_file_what_was_meant(wish):
    assert sourced(written("dotenv", wish)) == expected(wish)


@pytest.mark.parametrize("wish", WISHES)
def test_the_json_forms_hold_what_was_meant(wish):
    document = json.loads(written("json", wish))
    assert document["schema"] == {"name": "bedrock-o11y/env-variables", "version": 1}
    assert document["environment"] == expected(wish)
    assert {each["name"]: each["value"] for each in document["variables"]} == expected(wish)
    assert document["notes"] == list(notes(wish))
    assert json.loads(written("lambda", wish)) == {"Variables": expected(wish)}


@pytest.mark.skipif(not TERRAFORM, reason="terraform is not installed")
@pytest.mark.parametrize("wish", WISHES)
def test_terraform_evaluates_what_was_meant_and_finds_nothing_to_format(wish, tmp_path):
    text = written("terraform", wish) + "\n"
    assert terraform("fmt", "-check", "-", stdin=text).returncode == 0
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    answer = terraform("console", stdin="jsonencode(local.agent_environment)\n", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(json.loads(answer.stdout)) == expected(wish)


@pytest.mark.parametrize("form", ["dotenv", "json", "dockerfile", "lambda"])
@pytest.mark.parametrize("wish", WISHES)
def test_what_was_printed_is_read_back_as_it_was_meant(wish, form, tmp_path):
    path = tmp_path / form
    path.write_text(written(form, wish), encoding="utf-8")
    found = read_environment(path)
    assert {name: value.text for name, value in found.values.items()} == expected(wish)
    assert not any(value.unresolved for value in found.values.values())


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_a_shell_reads_every_value(text):
    assert sourced(f"X={dotenv_value(text)}") == {"X": text}


@settings(max_examples=60, deadline=None)
@given(TEXTS.filter(lambda text: "`" not in text and "!" not in text))
def test_a_value_of_a_dockerfile_means_in_double_quotes_what_it_means_to_a_shell(text):
    # A Dockerfile and a shell agree about \\, \" and \$ between double quotes (Dockerfile reference, ENV).
    assert sourced(f"X={dockerfile_value(text)}") == {"X": text}


@pytest.mark.skipif(not TERRAFORM, reason="terraform is not installed")
def test_terraform_reads_every_value(tmp_path):
    texts = ["", "${x}", "$${x}", "$$${x}", "%{if}", "%%{if}", "$", "a\\b", 'say "x"', "ü", "{}", "$ {", "$${"]
    body = "\n".join(f"  e{number} = {hcl_value(text)}" for number, text in enumerate(texts))
    (tmp_path / "main.tf").write_text(f"locals {{\n{body}\n}}\n", encoding="utf-8")
    names = ", ".join(f"local.e{number}" for number in range(len(texts)))
    answer = terraform("console", stdin=f"jsonencode([{names}])\n", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(json.loads(answer.stdout)) == texts


def test_a_bare_value_has_no_quotes_because_docker_run_would_keep_them():
    assert dotenv_value("x-aws-log-group=/aws/a,x-aws-log-stream=spans") == (
        "x-aws-log-group=/aws/a,x-aws-log-stream=spans"
    )


@pytest.mark.parametrize("form", ["dotenv", "dockerfile", "terraform"])
def test_every_variable_is_explained_where_comments_are_possible(form):
    comments = " ".join(
        line.lstrip(" #") for line in written(form, NASTY).splitlines() if line.lstrip().startswith("#")
    )
    for setting in variables(NASTY):
        assert setting.variable.purpose in comments
    assert "Prompts and answers are not captured" in comments
