"""How the services reach MiniStack: by the names of ``service_names.py``, through the table of ``seams.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import seams
from .service_names import SERVICE_NAMES

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body, as every handler of MiniStack returns them."""


def get(name: str) -> Any:
    """The object behind one of our names, as it is now.

    Args:
        name: a key of ``SERVICE_NAMES``.

    Returns:
        MiniStack's object, or what someone put in its place.
    """
    return seams.get(SERVICE_NAMES[name][0])


def replace(name: str, replacement: Any) -> Any:
    """Put ours in the place of one of MiniStack's.

    MiniStack looks its handlers up by name at each request, after authentication and enforcement, so a replacement
    answers nothing that MiniStack would have refused.

    Args:
        name: a key of ``SERVICE_NAMES``.
        replacement: what stands there from now on.

    Returns:
        what stood there before.
    """
    return seams.replace(SERVICE_NAMES[name][0], replacement)


def account_id() -> str:
    """Account of the request being answered."""
    return str(get("responses.account_id")())


def region() -> str:
    """Region of the request being answered."""
    return str(get("responses.region")())


def scope(account: str, region_name: str) -> AbstractContextManager[None]:
    """Act for this account and Region outside a request.

    Args:
        account: twelve digits.
        region_name: for example ``us-east-1``.

    Returns:
        a context manager.
    """
    opened: AbstractContextManager[None] = get("responses.scope")(account, region_name)
    return opened
