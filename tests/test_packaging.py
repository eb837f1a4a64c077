"""What an installation consists of, and what must never be in the repository."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_constructs_is_the_package_of_pypi_in_pytest():
    import constructs

    assert "site-packages" in constructs.__file__
    assert constructs.Construct.__module__.startswith("constructs")


@pytest.mark.parametrize("start", [["-c"], ["-I", "-c"]])
def test_constructs_is_the_package_of_pypi_beside_app_py(start):
    code = "import sys; sys.path.insert(0, '.'); import constructs, stacks; print(constructs.__file__)"
    found = subprocess.run([sys.executable, *start, code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "site-packages" in found.stdout


def test_there_is_no_init_file_that_would_shadow_constructs():
    assert not (ROOT / "constructs" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_command_line_runs_without_the_cdk():
    code = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"aws_cdk", "constructs", "cdk_nag", "jsii", "cryptography", "ministack"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from bedrock_o11y.cli import main
main()
"""
    for arguments in (["--version"], ["--help"], ["check", "--help"], ["plan", "--help"], ["sandbox", "--help"]):
        run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr


def test_a_wheel_holds_the_library_and_the_constructs_and_nothing_else(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"bedrock_o11y", "bedrock_o11y_constructs"}
    assert "bedrock_o11y/sandbox/requirements-sandbox.txt" in names
    assert "bedrock_o11y/py.typed" in names
    metadata = zipfile.ZipFile(wheel).read(next(name for name in names if name.endswith("/METADATA"))).decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert not [line for line in required if "aws-cdk" in line or "constructs" in line or "ministack" in line]


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-sandbox.txt"])
def test_python_locks_pin_every_package_with_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "http" not in text
    pins = re.findall(r"^([a-z0-9._-]+)(\[[a-z,]+\])?==([^ ;\\]+)(.*?)(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(pins) > 10
    assert all("--hash=sha256:" in rest for *_, rest in pins)


def test_the_npm_lock_pins_the_cdk_command_line_without_an_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    version = lock["packages"]["node_modules/aws-cdk"]["version"]
    assert version.startswith("2."), "npm's latest is a 3.0.0 that cannot read our assemblies"
    assert json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"] == version


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


_REGISTRIES = ["pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian"]
_MACHINE_PATH = re.compile(r"(?<![\w.$}])/(root|work|home|farm)/\w")


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    for path in _tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [registry for registry in _REGISTRIES if registry in text], path
        assert not _MACHINE_PATH.search(text), path


def test_no_file_holds_an_account_id_that_may_be_real():
    # Twelve digits that stand alone, as an account id does in an ARN, a policy or a configuration.
    allowed = {
        "123456789012",
        "000000000000",
        "000123456789",  # the bank account of a masking test
        "012345678901",
        "111111111111",
        "111122223333",
        "210987654321",
        "222222222222",
        "333333333333",
        "444455556666",
        "999999999999",
    }
    for path in _tracked():
        if path.name.startswith("requirements") or path.name == "package-lock.json":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found = set(re.findall(r"(?<![\w.-])[0-9]{12}(?![\w.-])", text)) | set(re.findall(r"::([0-9]{12}):", text))
        assert found <= allowed, (path, found - allowed)
