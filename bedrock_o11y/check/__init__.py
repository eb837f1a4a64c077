"""The evidence ladder: does every model call leave a record, and how do we know?

Readers look at the account and give plain data; rungs judge the data, lowest cause first. A rung says PASS only for
what was seen, FAIL for what was seen to be wrong, UNKNOWN for what could not be seen.
"""

from .canary import Canary
from .evidence import Evidence
from .ladder import LADDER, selected
from .run import look_at, report

__all__ = ["LADDER", "Canary", "Evidence", "look_at", "report", "selected"]
