"""Entry of the sandbox server, run as a script by the interpreter of its own environment.

The modules beside this file are loaded as a package of their own, so that the server's process never sees
`bedrock_o11y`: what its Lambda workers can import is what a Lambda function could.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

PACKAGE = "sandbox_server"


def load_package(folder: Path) -> None:
    """Make `folder` importable as the package `sandbox_server`, without adding anything to the search path.

    Args:
        folder: where the server's modules are.
    """
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        sys.exit(f"sandbox server: {folder} cannot be loaded as a package")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load_package(Path(__file__).resolve().parent)
    sys.exit(importlib.import_module(f"{PACKAGE}.serving").main(sys.argv[1:]))
