"""How the library talks to AWS: sessions, one look at a time, and what went wrong in words.

boto3 is imported when the first client is made, never at import.
"""

from .background import in_background, one_after_another
from .reading import Reading, Status, look
from .role_reader import RoleReader
from .session import Account, AwsAccount

__all__ = ["Account", "AwsAccount", "Reading", "RoleReader", "Status", "in_background", "look", "one_after_another"]
