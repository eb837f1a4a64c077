"""How the building blocks are deployed together: a stage for each target, its stacks inside."""

from .stage import ObservabilityStage

__all__ = ["ObservabilityStage"]
