"""What a canary leaves behind, and what may be said of it.

The canary is one model call that carries a nonce in its request metadata. Its fact is plain data::

    {"asked": true, "model": …, "nonce": …, "sent_at": …,
     "call": {"answered": true, "request_id": …, "input_tokens": …, "output_tokens": …}
          or {"answered": false, "reason": …, "next": …, "action": … or null},
     "log": {"found": true, "seen_at": …, "delay_seconds": …, "record": {…}}
         or {"found": false, "waited_seconds": …, "stopped_early": bool, "reason": … or null, "action": … or null}}

``call`` is missing when the canary was not sent because a rung below had failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import invocation_logging as blueprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .evidence import Evidence

REDACTED: Final = "[redacted]"
_PARTS: Final = ("input", "output")


def carries(record: Mapping[str, Any], nonce: str) -> bool:
    """Whether a record is the canary's own: the nonce is compared, whatever a filter pattern has let through."""
    metadata = record.get("requestMetadata")
    return isinstance(metadata, dict) and bool(nonce) and metadata.get(blueprint.CANARY_METADATA_KEY) == nonce


def arrived(evidence: Evidence) -> Mapping[str, Any] | None:
    """The ``log`` part of a canary whose record was found and carries its nonce; None otherwise."""
    canary = evidence.value("canary") or {}
    log = canary.get("log") or {}
    if log.get("found") and carries(log.get("record") or {}, canary.get("nonce", "")):
        return dict(log)
    return None


def redacted(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without the prompt and the answer; what was there is still seen to have been there.

    Args:
        record: an invocation record.

    Returns:
        A copy with ``[redacted]`` in place of the bodies.
    """
    copy = dict(record)
    for part in _PARTS:
        inside = copy.get(part)
        if isinstance(inside, dict):
            copy[part] = {name: REDACTED if _holds_a_body(name, value) else value for name, value in inside.items()}
    return copy


def bodies(record: Mapping[str, Any]) -> dict[str, Any]:
    """The bodies of a record that are not redacted, by member."""
    inside = {name: value for part in _PARTS for name, value in (record.get(part) or {}).items()}
    return {name: value for name, value in inside.items() if _holds_a_body(name, value) and value != REDACTED}


def _holds_a_body(name: str, value: Any) -> bool:
    # inputBodyJson today; whatever else is called a body tomorrow. A path to one is not one.
    return "Body" in name and not name.endswith("S3Path") and value not in (None, "", {}, [])
