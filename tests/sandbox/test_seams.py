"""What the server relies on in MiniStack is one table, checked at start; its modules import their own folder alone."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bedrock_o11y.sandbox import certificates
from bedrock_o11y.sandbox import server as package
from bedrock_o11y.sandbox.process import server_python
from bedrock_o11y.sandbox.server import gate, seams

pytestmark = pytest.mark.sandbox

SERVER = Path(package.__file__).parent
MODULES = sorted(SERVER.glob("*.py"))

IN_THE_SERVER = """
import importlib, importlib.util, os, sys
from pathlib import Path
main = importlib.util.spec_from_file_location("entry", sys.argv[1])
entry = importlib.util.module_from_spec(main)
main.loader.exec_module(entry)
entry.load_package(Path(sys.argv[1]).parent)
seams = importlib.import_module("sandbox_server.seams")
import ministack.app, ministack.core.iam_actions
{change}
try:
    seams.verify()
except seams.SeamError as error:
    print(error)
"""


def verify(change: str) -> list[str]:
    answer = subprocess.run(
        [str(server_python()), "-I", "-c", IN_THE_SERVER.format(change=change), str(SERVER / "__main__.py")],
        capture_output=True, text=True, check=True, env={"LOG_LEVEL": "ERROR"},
    )  # fmt: skip
    return answer.stdout.splitlines()


def test_the_installed_ministack_is_as_the_table_says() -> None:
    assert verify("") == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("seams.MINISTACK_VERSION = '1.5.34'", "ministack 1.5.33 is installed, the sandbox needs 1.5.34"),
        ("del ministack.app._collect_scripts",
         "ministack 1.5.33 has no app:_collect_scripts (replaced: it would find scripts in fixed folders of this"
         " machine)"),
        ("ministack.core.iam_actions.extract_iam_action = lambda request: None",
         "ministack 1.5.33: core.iam_actions:extract_iam_action takes request, not as expected"),
        ("sys.modules['ministack.services.kms'] = None", "ministack 1.5.33 has no services.kms:"),
    ],
)  # fmt: skip
def test_what_differs_is_named_in_one_line(change: str, line: str) -> None:
    said = verify(change)
    assert len(said) == 1
    assert said[0].startswith(line)


def test_a_server_that_finds_something_missing_does_not_start(tmp_path: Path) -> None:
    copy = tmp_path / "server"
    shutil.copytree(SERVER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    table = (copy / "seams.py").read_text(encoding="utf-8")
    (copy / "seams.py").write_text(table.replace('"app:AUTH"', '"app:NO_SUCH_NAME"'), encoding="utf-8")
    (tmp_path / "tls").mkdir()
    certificates.issue(tmp_path / "tls")
    settings: dict[str, Any] = {
        "port": 0, "account_id": "000000000000", "region": "us-east-1", "access_key_id": "x", "secret_access_key": "x",
        "model_endpoint": "", "stop_with_parent": False,
    }  # fmt: skip
    (tmp_path / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    answer = subprocess.run(
        [str(server_python()), "-I", str(copy / "__main__.py"), str(tmp_path / "settings.json")],
        capture_output=True, text=True, check=False, timeout=30, env={"LOG_LEVEL": "ERROR", "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert answer.returncode == 1
    said = json.loads((tmp_path / "server-answer.json").read_text())["error"]
    assert said == "ministack 1.5.33 has no app:NO_SUCH_NAME (tells whether enforcement is on)"
    assert answer.stderr.splitlines()[-1] == f"sandbox server: {said}"
    assert "Traceback" not in answer.stderr


def test_each_name_stands_in_the_table_once_with_its_reason() -> None:
    addresses = [seam.address for seam in seams.MACHINE]
    assert len(addresses) == len(set(addresses))
    assert all(seam.why for seam in seams.SEAMS)


def test_the_version_of_the_table_is_the_one_that_is_locked() -> None:
    locked = (Path(__file__).resolve().parents[2] / "requirements-sandbox.txt").read_text(encoding="utf-8")
    assert f"ministack=={seams.MINISTACK_VERSION} " in locked


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_of_the_server_imports_its_own_folder_and_reaches_ministack_through_the_table(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"{module.name} imports from above its folder"
            names = [] if node.level else [node.module or ""]
        roots = {name.partition(".")[0] for name in names}
        assert not roots & {"bedrock_o11y", "boto3", "aws_cdk", "click"}, module.name
        assert "ministack" not in roots, f"{module.name} imports MiniStack past the table of seams"


def test_every_address_that_is_asked_for_is_in_the_table() -> None:
    table = {seam.address for seam in seams.SEAMS}
    asked = {
        str(node.args[0].value)
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get", "replace"}
        and getattr(node.func.value, "id", "") == "seams"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and ":" in str(node.args[0].value)
    }
    assert asked
    assert asked <= table


def test_the_readme_speaks_of_this_version_and_of_every_page_that_stays_open() -> None:
    readme = (SERVER.parent / "README.md").read_text(encoding="utf-8")
    assert f"MiniStack {seams.MINISTACK_VERSION} " in readme
    for method, path in [*gate.OPEN_PATHS, *gate.CAPABILITY_PREFIXES]:
        assert f"`{method} {path}" in readme
