"""Budget: the whole app synthesises within 1.3 x the time of the same resources as plain L1s in one file."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import ROOT, BrokenWorkError, Budget, Work, in_turn, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = "app.py"
PEER = "benchmarks/peers/plain_l1.py"
CONFIGURATION = "targets:\n  - account: '123456789012'\n    region: us-east-1\n"
FACTOR = 1.3
ROUNDS = 7

Shape = Counter[tuple[str, str, tuple[str, ...]]]
"""How often a stack holds a resource of a type with these properties: stack, type, names of the properties."""


def measure() -> Iterator[Budget]:
    """Time both apps in turn, each as a whole process into an empty folder, and compare their templates.

    Yields:
        The least processor time of our app, Node included, as a multiple of the peer's least.

    Raises:
        BrokenWorkError: an app does not synthesise, or the two do not create the same.
    """
    with tempfile.TemporaryDirectory(prefix="bedrock-o11y-synth-") as folder:
        works = [_synth(program, Path(folder)) for program in (OURS, PEER)]
        timings = in_turn(works, ROUNDS)
        count = _compare(Path(folder, OURS), Path(folder, PEER))
        print(f"  both create the same {count} resources with the same properties and asset files")
    ours, peer = timings[OURS], timings[PEER]
    print(f"  {PEER}: {peer}")
    print(f"  {OURS}: {ours}")
    print(f"  by the clock {ours.best / peer.best:.3f} x (best), {ours.median / peer.median:.3f} x (median)")
    # Neither app waits for anything but the processor, whose time stays the same when other programs run beside it.
    detail = "processor time, best of each"
    yield Budget(f"synth of {OURS}", ours.best_processor / peer.best_processor, FACTOR, f"x {PEER}", detail)


def _synth(program: str, folder: Path) -> Work:
    """The synthesis of an app into a folder of its own, with the feature flags of cdk.json."""
    configuration = folder / "bedrock-o11y.yaml"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return Work(
        program,
        ("python", program),
        os.environ
        | {
            "BEDROCK_O11Y_CONFIG": str(configuration),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(folder / program),
        },
        folder / program,
    )


def _compare(ours: Path, peer: Path) -> int:
    """How many resources both assemblies hold; raises when they are not the same."""
    here, there = _shape(ours), _shape(peer)
    if here != there:
        more, less = _listed(here - there), _listed(there - here)
        raise BrokenWorkError(f"the apps do not create the same; only {OURS}: {more}; only {PEER}: {less}")
    if _assets(ours) != _assets(peer):
        raise BrokenWorkError("the apps do not stage the same asset files")
    return here.total()


def _shape(assembly: Path) -> Shape:
    shape: Shape = Counter()
    for manifest in assembly.rglob("manifest.json"):
        artifacts = json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {})
        for artifact in artifacts.values():
            if artifact["type"] == "aws:cloudformation:stack":
                template = json.loads((manifest.parent / artifact["properties"]["templateFile"]).read_text("utf-8"))
                shape.update(_resources(artifact["properties"]["stackName"], template))
    return shape


def _resources(stack: str, template: dict[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for resource in template["Resources"].values():
        yield stack, resource["Type"], tuple(sorted(resource.get("Properties", {})))


def _assets(assembly: Path) -> Counter[tuple[str, bytes]]:
    files = (file for folder in assembly.glob("asset.*") for file in folder.rglob("*") if file.is_file())
    return Counter((file.name, file.read_bytes()) for file in files)


def _listed(shape: Shape) -> str:
    return ", ".join(f"{count} {' '.join((*one[:2], *one[2]))}" for one, count in shape.items()) or "nothing"


if __name__ == "__main__":
    sys.exit(judge(measure))
