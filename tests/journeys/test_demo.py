"""``make demo`` itself: every step does what it should, offline, and README.md shows what it really prints."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from demo.model import SCRIPT, Script

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.sandbox


def without_network() -> list[str]:
    """A prefix that leaves a command nothing but the loopback interface, where the kernel lets us."""
    prefix = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    able = shutil.which("unshare") and shutil.which("ip")
    return (
        prefix if able and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0 else []
    )


def run_demo(out: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict]:
    bare = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    bare["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin", "/usr/sbin", "/sbin"])
    run = subprocess.run(
        [*without_network(), sys.executable, "-m", "demo", "--out", str(out), *arguments],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    return run, json.loads((out / "report.json").read_text())


def timeless(text: str) -> list[str]:
    """A transcript without what differs from run to run: seconds, times of day, ids."""
    text = re.sub(r" +[0-9]+(\.[0-9])? s$", " S", text, flags=re.MULTILINE)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "KEY", text)
    text = re.sub(r"[0-9]{2}:[0-9]{2}( UTC)?", "TIME", text)
    text = re.sub(r"(runtimes/[a-z_]+)-[0-9a-zA-Z]{10}-", r"\1-ID-", text)
    # How many lines a library logs is its own business; whether it logs anything is ours.
    text = re.sub(r"(\[runtime-logs\]|otel-rt-logs) +[1-9][0-9]* events", r"\1 SOME events", text)
    text = re.sub(r"^Report: .*", "Report", text, flags=re.MULTILINE)
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = sorted(line for line in lines if line.strip().startswith("kept:"))
    return [kept.pop(0) if line.strip().startswith("kept:") else line for line in lines]


def test_the_demo_passes_offline_and_the_readme_shows_its_transcript(tmp_path):
    run, report = run_demo(tmp_path / "demo")
    assert run.returncode == 0, run.stdout + run.stderr
    assert report["schema"] == {"name": "bedrock-o11y/demo", "version": 1}
    assert report["state"] == "PASS"
    assert [step["name"] for step in report["steps"]] == [
        "sandbox",
        "bootstrap",
        "plan",
        "deploy",
        "prompts",
        "check",
        "audit",
        "agent",
        "quiet-agent",
        "quiet-audit",
        "patched-agent",
        "broken-role",
        "repair",
        "destroy",
        "plan-again",
        "deploy-again",
        "check-again",
        "loopback-only",
    ]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- transcript -->\n```text\n$ make demo\n")[2].partition("\n```\n<!-- /transcript -->")[
        0
    ]
    assert timeless(shown) == timeless(run.stdout)


def test_the_script_of_the_model_makes_the_seventeen_calls():
    script = Script.read()
    assert [len(turns) for turns in script.turns.values()] == [2, 1, 2, 2, 2, 1, 2, 2, 1, 2]
    assert script.calls == 17


@pytest.mark.long
def test_another_script_makes_another_number_of_calls(tmp_path):
    entries = yaml.safe_load(SCRIPT.read_text())[:2]
    entries[1]["turns"].insert(0, {"tool": "clock", "input": {"city": "London"}})
    (tmp_path / "script.yaml").write_text(yaml.safe_dump(entries))
    run, report = run_demo(tmp_path / "demo", "--script", str(tmp_path / "script.yaml"))
    assert run.returncode == 0, run.stdout + run.stderr
    prompts = next(step for step in report["steps"] if step["name"] == "prompts")
    assert "2 requests made 4 model calls" in prompts["evidence"][-1]


@pytest.mark.long
def test_a_step_that_does_not_do_what_it_should_fails_the_demo(tmp_path):
    """A script whose model never ends makes the agent give up; the demo must not call that a success."""
    (tmp_path / "script.yaml").write_text(
        "- {prompt: Loop, turns: [" + "{tool: clock, input: {city: Tokyo}}, " * 12 + "{say: done}]}\n"
    )
    run, report = run_demo(tmp_path / "demo", "--script", str(tmp_path / "script.yaml"))
    assert run.returncode == 1
    assert report["state"] == "FAIL"
    assert report["steps"][-1]["name"] == "prompts"
