"""How the instances of a family are called in the request and in the record."""

from __future__ import annotations

import hashlib
import re

_NOT_OF_A_RECORD = re.compile(r"[^A-Za-z0-9_.-]")


def setting_name(family: str, instance: str) -> str:
    """The name of the setting of one instance, as its record has it.

    Args:
        family: name of the family.
        instance: which one, such as the name of a log group.

    Returns:
        A name of letters that Parameter Store takes, on one level below the family, and different for different
        instances.
    """
    readable = _NOT_OF_A_RECORD.sub(".", instance.strip("/"))
    return f"{family}/{readable}-{hashlib.sha256(instance.encode()).hexdigest()[:8]}"
