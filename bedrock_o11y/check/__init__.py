"""The evidence ladder: does every model call leave a record, and how do we know?

Readers look at the account and give plain data; rungs judge the data, lowest cause first. A rung says PASS only for
what was seen, FAIL for what was seen to be wrong, UNKNOWN for what could not be seen.
"""

from .archive import load, save
from .canary import Canary
from .evidence import Evidence
from .explain import explain
from .ladder import LADDER, selected
from .run import look_at, report
from .rung import RungSpec

__all__ = ["LADDER", "Canary", "Evidence", "RungSpec", "explain", "load", "look_at", "report", "save", "selected"]
