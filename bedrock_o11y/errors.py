"""What can go wrong in a way that a user can act on.

Each error is one clear line: what was attempted, on what, what was expected, what to do next. The command line prints
that line, without a traceback, and leaves with the exit code of the class.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    CLEAN = 0
    """Nothing to report."""
    FAILED = 1
    """A check failed, or findings are at or above the threshold."""
    USAGE = 2
    """The command line or an input file is wrong."""
    UNKNOWN = 3
    """Nothing failed, but something could not be read."""
    COULD_NOT_RUN = 4
    """No credentials, an endpoint out of reach, an internal error."""
    INTERRUPTED = 130
    """Ctrl-C."""


class BedrockO11yError(Exception):
    """Base of every error whose message is meant for a person.

    Attributes:
        exit_code: what the command line leaves with.
    """

    exit_code: ExitCode = ExitCode.COULD_NOT_RUN


class UsageError(BedrockO11yError):
    """The command line or an input file is wrong."""

    exit_code = ExitCode.USAGE


class CouldNotRunError(BedrockO11yError):
    """The work could not be done here: no credentials, no network, a missing program."""

    exit_code = ExitCode.COULD_NOT_RUN
