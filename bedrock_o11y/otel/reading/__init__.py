"""Reads an environment: of this process, of a dotenv file, JSON, a Dockerfile, a Compose file, the text of printenv."""

from .environment import Environment, Value
from .file import read_environment

__all__ = ["Environment", "Value", "read_environment"]
