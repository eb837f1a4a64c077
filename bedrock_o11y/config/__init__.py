"""The configuration file ``bedrock-o11y.yaml``.

Without a file everything has a default, and the one target is whatever account and Region the caller has credentials
for. Settings at the top of the file hold for every target; a target overrides them under ``settings``.
"""

from .agents import Agent, AnyAgent, HostedAgent
from .model import Configuration, ExistingPolicy, InvocationLogging, Network, Settings, Target
from .reading import DEFAULT_PATH, load, parse
from .tracing import Tracing

__all__ = [
    "DEFAULT_PATH",
    "Agent",
    "AnyAgent",
    "Configuration",
    "ExistingPolicy",
    "HostedAgent",
    "InvocationLogging",
    "Network",
    "Settings",
    "Target",
    "Tracing",
    "load",
    "parse",
]
