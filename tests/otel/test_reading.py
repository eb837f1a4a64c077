from __future__ import annotations

import json
import subprocess

import pytest

from bedrock_o11y.errors import UsageError
from bedrock_o11y.otel.reading import read_environment


def read(tmp_path, name, text, **more):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_environment(path, **more)


def values(found):
    return {name: value.text for name, value in found.values.items()}


DOTENV = """\
# a comment

export A=plain
B='single ${A} # no comment'
C="double \\"q\\" \\$x \\\\ ${A}"
D=${A}-2 # a comment
E=
F=a#b
G="x" # a comment
A=again
"""


def test_a_dotenv_file_is_read_as_a_shell_reads_it(tmp_path):
    found = values(read(tmp_path, ".env", DOTENV))
    assert found == {
        "A": "again", "B": "single ${A} # no comment", "C": 'double "q" $x \\ plain', "D": "plain-2", "E": "",
        "F": "a#b", "G": "x",
    }  # fmt: skip
    shell = subprocess.run(
        ["sh", "-c", f'{DOTENV}\nprintf "%s\\0" "$A" "$B" "$C" "$D" "$E" "$F" "$G"'], capture_output=True, text=True
    )
    assert shell.stdout.split("\0")[:-1] == [found[name] for name in "ABCDEFG"]


def test_a_reference_that_the_file_does_not_answer_makes_the_value_unknown(tmp_path):
    found = read(tmp_path, ".env", "A=x\nB=${A}-${C:-d}\nE='${C}'\nF=$A$G")
    assert found.values["B"].unresolved == ("C",)
    assert found.values["E"].unresolved == ()
    assert found.values["F"].unresolved == ("G",)
    assert found.get("B") is None
    assert found.is_set("B")


def test_the_text_of_printenv_is_taken_as_it_is(tmp_path):
    text = "PATH=/bin\nHOME=/root\nX='quoted' ${Y} # all of it\nLONG=first\nsecond line\nA==b\n"
    found = values(read(tmp_path, "env.txt", text))
    assert found["X"] == "'quoted' ${Y} # all of it"
    assert found["LONG"] == "first"
    assert found["A"] == "=b"


def test_the_environment_of_a_process_in_proc_is_read(tmp_path):
    assert values(read(tmp_path, "environ", "A=1\0B=2\0")) == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    "document",
    [
        {"A": "x", "B": "true", "C": "1"},
        {"A": "x", "B": True, "C": 1},
        {"Variables": {"A": "x", "B": "true", "C": "1"}},
        {"FunctionName": "f", "Environment": {"Variables": {"A": "x", "B": "true", "C": "1"}}},
        {"agentRuntimeArn": "arn", "roleArn": "r", "environmentVariables": {"A": "x", "B": "true", "C": "1"}},
        {
            "schema": {"name": "bedrock-o11y/env-variables", "version": 1},
            "environment": {"A": "x", "B": "true", "C": "1"},
        },
        [{"name": "A", "value": "x"}, {"name": "B", "value": "true"}, {"name": "C", "value": "1"}],
        {
            "name": "container",
            "environment": [{"name": "A", "value": "x"}, {"name": "B", "value": "true"}, {"name": "C", "value": "1"}],
        },
    ],
)
def test_json_is_read_in_the_shapes_in_which_aws_prints_it(document, tmp_path):
    assert values(read(tmp_path, "x", json.dumps(document))) == {"A": "x", "B": "true", "C": "1"}


DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION} AS base
ARG GROUP=/aws/x
ENV A=1 B="two \\"words\\"" \\
    # a comment in between
    C=three\\ words
FROM scratch as other
ENV A=other
FROM base
ENV D the rest of the line
ENV E=$A-${B} F='$A' G="\\$A" H=${UNKNOWN} I=${GROUP}
CMD ["python", "main.py"]
"""


def test_the_last_stage_of_a_dockerfile_counts_and_those_on_which_it_stands(tmp_path):
    found = read(tmp_path, "Dockerfile", DOCKERFILE)
    assert values(found) == {
        "A": "1", "B": 'two "words"', "C": "three words", "D": "the rest of the line", "E": '1-two "words"', "F": "$A",
        "G": "$A", "H": "${UNKNOWN}", "I": "${GROUP}",
    }  # fmt: skip
    assert found.values["H"].unresolved == ("UNKNOWN",)
    assert found.values["I"].unresolved == ("GROUP",)  # an argument ends with its stage
    assert found.values["C"].line == 5
    assert found.start == ("python", "main.py")
    assert values(read(tmp_path, "no-name", DOCKERFILE)) == values(found)


def test_a_continuation_sign_of_its_own_is_known(tmp_path):
    assert values(read(tmp_path, "Dockerfile", "# escape=`\nFROM x\nENV A=1 `\n  B=2\n")) == {"A": "1", "B": "2"}


COMPOSE = """\
services:
  agent:
    image: x
    env_file: [agent.env, gone.env]
    environment:
      A: x
      B: true
      C: 1
      D: ${OUTSIDE}
      E:
      F: a$$b
  database:
    image: y
"""


def test_the_service_of_a_compose_file_that_has_an_environment_is_the_agent(tmp_path):
    (tmp_path / "agent.env").write_text("A=file\nG=file\n")
    found = read(tmp_path, "compose.yaml", COMPOSE)
    assert values(found) | {"E": ""} == {
        "A": "x", "B": "true", "C": "1", "D": "${OUTSIDE}", "E": "", "F": "a$b", "G": "file",
    }  # fmt: skip
    assert found.values["D"].unresolved == ("OUTSIDE",)
    assert found.values["E"].unresolved == ("E",)
    assert len(found.elsewhere) == 1
    assert "gone.env" in found.elsewhere[0]


def test_a_list_is_an_environment_too_and_a_service_can_be_named(tmp_path):
    text = "services:\n  a:\n    environment: [X=1]\n  b:\n    environment:\n      - X=2\n      - Y=a=b\n"
    assert values(read(tmp_path, "c.yml", text, service="b")) == {"X": "2", "Y": "a=b"}
    with pytest.raises(UsageError, match="not clear which service is the agent; choose one of a, b with --service"):
        read(tmp_path, "c.yml", text)
    with pytest.raises(UsageError, match="there is no service 'c'; it has a, b"):
        read(tmp_path, "c.yml", text, service="c")


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.env", f"A=1\n{SECRET}\n", "a.env:2: it is no line of an environment; expected NAME=value"),
        ("a.env", f"A='{SECRET}\n", "a.env:1: the quotation marks do not fit"),
        ("a.env", f'A="x"{SECRET}"\n', "a.env:1: the quotation marks do not fit"),
        ("a.env", "", "it is empty"),
        ("a.env", "# nothing\n", "no variable is in it"),
        ("a.json", f'{{"A": "{SECRET}"', "a.json:1:"),
        ("a.json", f'{{"A": {{"B": ["{SECRET}"]}}}}', "no environment is in it"),
        ("a.json", f'{{"Variables": {{"A": ["{SECRET}"]}}}}', "no environment is in it"),
        ("a.json", '{"A": null}', "the value of 'A' is no text"),
        ("a.json", "[" * 100_000, "not JSON of an environment"),
        ("a.json", f'["{SECRET}"]', "no environment is in it"),
        ("Dockerfile", f"FROM x\nENV {SECRET}\n", "Dockerfile:2: it is no ENV instruction"),
        ("Dockerfile", f'FROM x\nENV A="{SECRET}\n', "Dockerfile:2: a quotation mark is not closed"),
        ("Dockerfile", f"FROM x\nENV A=1 {SECRET}\n", "Dockerfile:2: it is no ENV instruction"),
        ("Dockerfile", "FROM x\n", "no variable is in it"),
        ("c.yaml", f"a: [{SECRET}", "c.yaml:1: not YAML"),
        ("c.yaml", SECRET, "no Compose file"),
        ("c.yaml", "services:\n  a: x\n", "no Compose file"),
        ("c.yaml", f"services:\n  a:\n    environment: {SECRET}\n", "neither a list nor a mapping"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line_without_any_value(name, text, said, tmp_path):
    with pytest.raises(UsageError) as error:
        read(tmp_path, name, text)
    assert said in str(error.value)
    assert SECRET not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_none_is_one_line(tmp_path):
    for path, said in (
        (tmp_path / "gone", "gone: cannot be read: No such file"),
        (tmp_path, "cannot be read: Is a directory"),
    ):
        with pytest.raises(UsageError, match=said):
            read_environment(path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00A")
    with pytest.raises(UsageError, match="it is not UTF-8 text"):
        read_environment(tmp_path / "binary")
    (tmp_path / "large").write_bytes(b"A=" + b"x" * (4 * 2**20))
    with pytest.raises(UsageError, match="larger than 4 MB"):
        read_environment(tmp_path / "large")


def test_a_service_goes_with_a_compose_file_alone(tmp_path):
    with pytest.raises(UsageError, match="--service goes with --from"):
        read_environment(None, service="x")
    with pytest.raises(UsageError, match="--service goes with a Compose file"):
        read(tmp_path, "a.env", "A=1", service="x")


def test_without_a_file_it_is_the_environment_of_this_process(monkeypatch):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "a ${b}")
    found = read_environment(None)
    assert found.origin == "this process"
    assert found.get("OTEL_SERVICE_NAME") == "a ${b}"
