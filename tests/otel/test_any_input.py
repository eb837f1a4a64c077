"""Whatever a file or a variable holds: it is judged or refused in one line, never a traceback, never for long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.errors import UsageError
from bedrock_o11y.otel.judge import judge
from bedrock_o11y.otel.reading import Environment, Value, read_environment
from bedrock_o11y.otel.report_json import report_json
from bedrock_o11y.otel.report_text import report_text
from bedrock_o11y.otel.requirements import Distribution, read_distribution
from bedrock_o11y.otel.rules.spelling import KNOWN
from bedrock_o11y.otel.subject import Subject
from bedrock_o11y.otel.variable import Hosting

PIECES = st.sampled_from(
    (
        "A", "=", "x-aws-log-group", "/g", ",", ";", " ", "'", '"', "\\", "\n", "${A}", "$A", "{", "}", "[", "]", ":",
        "%", "services:\n", "FROM x\n", "ENV ", "name", "version", "#",
        "\t", "ü", "\x1b", "1", "true", "environment", "&a",
        "*a",
    )
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@pytest.mark.parametrize("name", ["a.env", "a.json", "Dockerfile", "a.yaml", "uv.lock", "requirements.txt"])
@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_file_is_read_or_refused_in_one_line(tmp_path_factory, name, text):
    path = tmp_path_factory.getbasetemp() / name
    path.write_text(text, encoding="utf-8")
    for read in (read_environment, read_distribution):
        try:
            read(path)
        except UsageError as error:
            assert "\n" not in str(error)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(KNOWN)), TEXTS, max_size=6), st.sampled_from(list(Hosting)), TEXTS)
def test_any_environment_is_judged(values, hosted, specifier):
    environment = Environment("x", {name: Value(text) for name, text in values.items()})
    report = judge(Subject(environment, hosted, distribution=Distribution("r", True, specifier), not_seen="x"))
    assert "\x1b" not in report_text(report)
    assert report_json(report).isascii()


BOMB = "A0=" + "x" * 1000 + "\n" + "".join(f"A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60))
LAUGHS = (
    "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    + "services:\n  s:\n    environment:\n      X: *a39\n"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.env", BOMB),
        ("Dockerfile", "FROM x\n" + "".join(f"ENV {line}\n" for line in BOMB.splitlines())),
        ("a.yaml", LAUGHS),
        ("text", "\n" * 100_000 + "x"),
        ("text", "# a\n" * 50_000 + "x"),
        ("text", " " * 200_000 + "x"),
        ("a.env", "A='" + "\\" * 200_000),
        ("a.env", 'A="' + "\\a" * 100_000),
        ("a.json", "[" * 100_000),
    ],
)
def test_a_file_that_is_meant_to_take_long_is_refused_at_once(name, text, tmp_path):
    path = tmp_path / name
    path.write_text(text)
    started = time.monotonic()
    with pytest.raises(UsageError) as error:
        read_environment(path)
    assert time.monotonic() - started < 2
    assert len(str(error.value)) < 300
