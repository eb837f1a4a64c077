from __future__ import annotations

import json

import pytest

from bedrock_o11y.errors import UsageError
from bedrock_o11y.otel.requirements import Distribution, read_distribution


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("==0.18.0", True),
        ("==0.18", True),
        ("==0.21.0", True),
        ("==1.0", True),
        ("==0.17.9", False),
        ("==0.9.0", False),
        ("===0.18.0", True),
        ("==0.18.*", True),
        ("==0.17.*", False),
        ("==0.*", None),
        ("==0.18.0rc1", False),
        ("==0.18.0.post1", True),
        (">=0.18.0", True),
        (">=0.18", True),
        ("> 0.17.9, <1", None),
        (">0.18.0", True),
        (">=0.20,<0.22", True),
        (">=0.10", None),
        (">=0.10,<0.18", False),
        ("<0.18.0", False),
        ("<=0.17", False),
        ("<0.30", None),
        ("~=0.18.0", True),
        ("~=0.17.1", False),
        ("~=0.17", None),
        ("!=0.17.0", None),
        ("", None),
        ("@ git+https://example.com/x", None),
    ],
)
def test_whether_a_version_is_new_enough_is_known_only_where_the_file_says_it(specifier, expected):
    assert Distribution("r", True, specifier).is_at_least((0, 18, 0)) is expected


REQUIREMENTS = """\
# agents
boto3>=1.40  # the SDK
strands-agents[otel]==1.0 ; python_version > "3.9"
AWS_OpenTelemetry.Distro[x] == 0.21.0 ; python_version >= "3.10" \\
    --hash=sha256:aa \\
    --hash=sha256:bb
aws-opentelemetry-distro-other==9.9
"""


@pytest.mark.parametrize(
    ("name", "text", "specifier"),
    [
        ("requirements.txt", REQUIREMENTS, "== 0.21.0"),
        ("requirements.txt", "aws-opentelemetry-distro\n", ""),
        ("requirements.txt", "aws-opentelemetry-distro>=0.18.0,<1\n", ">=0.18.0,<1"),
        ("requirements.txt", "aws-opentelemetry-distro==0.17.0 --hash=sha256:aa\n", "==0.17.0"),
        ("uv.lock", '[[package]]\nname = "aws-opentelemetry-distro"\nversion = "0.21.0"\n', "==0.21.0"),
        ("pylock.toml", '[[packages]]\nname = "aws-opentelemetry-distro"\nversion = "0.21.0"\n', "==0.21.0"),
        ("Pipfile.lock", json.dumps({"default": {"aws-opentelemetry-distro": {"version": "==0.17.0"}}}), "==0.17.0"),
        ("pyproject.toml", '[project]\ndependencies = ["aws-opentelemetry-distro[x]>=0.18"]\n', ">=0.18"),
    ],
)
def test_the_version_is_found_in_requirements_and_locks(name, text, specifier, tmp_path):
    (tmp_path / name).write_text(text)
    found = read_distribution(tmp_path / name)
    assert found.found
    assert found.specifier == specifier


def test_the_place_is_told_and_an_included_file_is_read(tmp_path):
    (tmp_path / "base.txt").write_text("\n\naws-opentelemetry-distro==0.18.0\n")
    (tmp_path / "requirements.txt").write_text("-r requirements.txt\n-r base.txt\n-r gone.txt\n")
    assert read_distribution(tmp_path / "requirements.txt").place == f"{tmp_path / 'base.txt'}:3"
    (tmp_path / "one.txt").write_text(REQUIREMENTS)
    assert read_distribution(tmp_path / "one.txt").place == f"{tmp_path / 'one.txt'}:4"


@pytest.mark.parametrize("name", ["requirements.txt", "uv.lock"])
def test_a_file_without_it_says_so(name, tmp_path):
    (tmp_path / name).write_text('boto3 = "1"\n' if name == "uv.lock" else "boto3\n")
    assert not read_distribution(tmp_path / name).found


def test_what_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / "uv.lock").write_text("= nonsense")
    (tmp_path / "binary.txt").write_bytes(b"\xff")
    for name, said in (
        ("uv.lock", "neither TOML nor JSON"),
        ("binary.txt", "it is not UTF-8 text"),
        ("gone", "cannot be read: No such file"),
    ):
        with pytest.raises(UsageError, match=said):
            read_distribution(tmp_path / name)
