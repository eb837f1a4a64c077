"""What is wrong with a policy document."""

from __future__ import annotations


class PolicyError(ValueError):
    """A policy document cannot be read.

    Attributes:
        pointer: JSON pointer of what is wrong inside the document, ``/Statement/2/Action``; empty for the whole.
        problem: what is wrong and what was expected.
    """

    def __init__(self, problem: str, pointer: str = "") -> None:
        super().__init__(f"{pointer or '/'}: {problem}")
        self.pointer = pointer
        self.problem = problem
