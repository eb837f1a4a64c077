"""What ``--explain RUNG`` prints: everything a person needs to trust or dispute a rung."""

from __future__ import annotations

import textwrap

from .facts import FACTS, closure
from .ladder import CANARY_ID, actions_of, rung


def explain(name: str) -> str:
    """A rung in words.

    Args:
        name: id of the rung.

    Returns:
        Several lines: title, why it matters, what it looks at, how it judges, which permissions it needs, what can
        block it, and where AWS documents it.

    Raises:
        UsageError: there is no such rung.
    """
    spec = rung(name)
    facts = [FACTS[fact].title for fact in FACTS if fact in closure(spec.reads)]
    if spec.id == CANARY_ID:
        facts.append("the answer of one model call, and its record in the log stream")
    lines = [f"{spec.id}: {spec.title}", "", *_paragraph(spec.why), "", "Looks at"]
    lines += _items(facts)
    lines += ["", "How it judges", *_paragraph(spec.how, "  ")]
    if spec.needs:
        lines += ["", "Blocked by a failure of", *_items([f"{need}: {rung(need).title}" for need in spec.needs])]
    lines += ["", "Permissions it needs", *_items(list(actions_of(spec)))]
    lines += ["", "Sources"]
    for source in spec.sources:
        lines += [f"  - {source.title}", f"    {source.url}"]
    return "\n".join(lines)


def _items(texts: list[str]) -> list[str]:
    return [f"  - {text}" for text in texts]


def _paragraph(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, 100, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
