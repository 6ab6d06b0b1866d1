"""What readers of posts and comments share: how one is made, what is said of a title alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from essaysearch.model import Block, Document, Kind

TITLE_ONLY = "it has no text: its title is all there is"
"""The note of a document that is a title and nothing else: its text is empty, its title is found."""


def post(
    id: str,
    kind: Kind,
    body: tuple[str, tuple[Block, ...]],
    *,
    title: str = "",
    metadata: Mapping[str, Any] | None = None,
    notes: Iterable[str] = (),
    **more: Any,
) -> Document | None:
    """The document of a post or comment; None where it has neither a body nor a title.

    ``body`` is the text with its blocks. A post without a body is its title alone (`TITLE_ONLY`).
    Metadata that is empty is left out.
    """
    text, blocks = body
    title = " ".join(title.split())
    said = tuple(notes)
    if not text.strip():
        if not title:
            return None
        text, blocks, said = "", (), (*said, TITLE_ONLY)
    return Document(
        id=id,
        kind=kind,
        text=text,
        blocks=blocks,
        title=title or None,
        metadata={
            key: value for key, value in (metadata or {}).items() if value not in (None, "", [], {}, ())
        },
        notes=said,
        **more,
    )


def number(value: Any) -> float | None:
    """A count as a float, also where it is written as a string; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        count = float(value)
    except (ValueError, OverflowError):
        return None
    return count if count - count == 0 else None


def count(value: Any) -> int | None:
    """A whole number, also where it is written as a string; None for what is none."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def string(value: Any) -> str:
    """A string or number as text without spaces at its ends; empty for anything else."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
