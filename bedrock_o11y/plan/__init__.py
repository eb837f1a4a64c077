"""What a deploy would change beyond its own resources, read-only and before it."""

from .plan import make_plan
from .wanted import Wanted, WantedAgents, WantedTracing

__all__ = ["Wanted", "WantedAgents", "WantedTracing", "make_plan"]
