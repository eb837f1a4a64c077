"""How the library talks to AWS: sessions, one look at a time, and what went wrong in words.

boto3 is imported when the first client is made, never at import.
"""

from .background import in_background
from .reading import Reading, Status, look
from .session import Account, AwsAccount

__all__ = ["Account", "AwsAccount", "Reading", "Status", "in_background", "look"]
