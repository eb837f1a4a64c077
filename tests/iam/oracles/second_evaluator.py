"""MiniStack's evaluator as a second opinion, in a process of its own that is killed when it hangs.

Its regular expressions take exponential time on many stars, and hold the interpreter meanwhile, so that only another
process can end it.
"""

from __future__ import annotations

import json
import select
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bedrock_o11y.iam import Outcome

if TYPE_CHECKING:
    from tests.iam.oracles.evaluator import Document

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-sandbox" / "bin" / "python"
PROGRAM = Path(__file__).with_name("second_evaluator_process.py")
_ANSWERS = {"Allow": Outcome.ALLOWED, "Deny": Outcome.EXPLICIT_DENY, "ImplicitDeny": Outcome.IMPLICIT_DENY}


@dataclass(frozen=True)
class Case:
    """One request and all policies that bear on it.

    Attributes:
        fences: boundary, SCPs, session policies: each must allow.
    """

    identity: list[Document]
    fences: list[Document]
    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)


class SecondEvaluator:
    """Answers cases; a question that takes too long ends the process, and the next gets a new one.

    Attributes:
        hung: how many questions were given up.
    """

    def __init__(self, patience: float = 30) -> None:
        """Makes it.

        Args:
            patience: seconds for one question. They only tell a hang from an answer, which takes a millisecond.
        """
        self.hung = 0
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def answer(self, case: Case) -> Outcome | None:
        """Its answer, or None when it hangs.

        Raises:
            RuntimeError: it failed.
        """
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(case.__dict__).encode() + b"\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], self._patience)[0]:
            self.hung += 1
            self._end()
            return None
        line = process.stdout.readline()
        if not line:
            self._end()
            raise RuntimeError(f"MiniStack's evaluator ended at {case}")
        return _ANSWERS[json.loads(line)]

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [PYTHON, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self._process

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
