"""The folder is the whole asset: it works alone, with boto3 and nothing else of ours or of anybody."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

import bedrock_o11y.account_settings

FOLDER = Path(bedrock_o11y.account_settings.__file__).parent
SITE_PACKAGES = Path(boto3.__file__).parent.parent
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
"""What the Lambda runtime of Python brings. Source: Lambda developer guide, "Runtime-included SDK versions"."""
OTHERS = [shutil.which(f"python3.{minor}") for minor in range(11, 15)]


def works(python: str) -> bool:
    """Whether it is a Python and not the placeholder of a version manager."""
    return subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0


PYTHONS = sorted({sys.executable, *(python for python in OTHERS if python and works(python))})

PROGRAM = """
import importlib, json, pathlib, sys
sys.path[:0] = json.loads(sys.argv[1])
folder = pathlib.Path(sys.argv[1 + 1])
for module in sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__"):
    importlib.import_module(f"bedrock_o11y.account_settings.{module}")
from bedrock_o11y.account_settings import handler
import bedrock_o11y
assert bedrock_o11y.__file__ is None, bedrock_o11y.__file__
ours = [name for name in sys.modules if name.startswith("bedrock_o11y.")]
assert all(name.startswith("bedrock_o11y.account_settings") for name in ours), ours
class Context:
    def get_remaining_time_in_millis(self):
        return 120000
request = {"RequestType": "Delete", "RequestId": "1", "StackId": "arn", "LogicalResourceId": "x", "ResourceProperties":
           {"Request": json.dumps({"setting": "model-invocation-logging", "mode": "guard"})}}
import boto3
surroundings = handler.Surroundings(connect=lambda name: boto3.client(name, region_name="us-east-1"))
answer = handler.handle(request, Context(), surroundings)
assert answer.success, answer
print("alone")
"""


@pytest.mark.parametrize("python", PYTHONS)
def test_the_folder_works_alone_with_what_the_lambda_runtime_brings(python: str, tmp_path: Path) -> None:
    asset = tmp_path / "asset" / "bedrock_o11y" / "account_settings"
    asset.mkdir(parents=True)
    for module in FOLDER.glob("*.py"):
        shutil.copy(module, asset)
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    for name in RUNTIME:
        (runtime / name).symlink_to(SITE_PACKAGES / name)
    paths = json.dumps([str(tmp_path / "asset"), str(runtime)])
    done = subprocess.run(
        # -I -S: no environment, no site packages, no current folder.
        [python, "-I", "-S", "-B", "-W", "error::SyntaxWarning", "-c", PROGRAM, paths, str(asset)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "alone"
    assert not list(asset.rglob("__pycache__"))


def test_the_folder_holds_modules_only_and_they_are_not_executable() -> None:
    files = [path for path in FOLDER.iterdir() if path.name != "__pycache__"]
    assert {path.suffix for path in files} == {".py"}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o111 for path in files} == {0}


def test_no_module_reaches_out_of_the_folder() -> None:
    for path in FOLDER.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "from .." not in text, path
        assert "import bedrock_o11y" not in text, path
        assert "from bedrock_o11y" not in text, path


def test_reading_a_record_and_deciding_import_neither_boto3_nor_botocore() -> None:
    program = (
        "import sys, bedrock_o11y.account_settings.reconcile, bedrock_o11y.account_settings.record_store, "
        "bedrock_o11y.account_settings.model_invocation_logging; "
        "print([name for name in sys.modules if name in ('boto3', 'botocore')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
