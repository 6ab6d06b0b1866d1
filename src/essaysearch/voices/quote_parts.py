"""The parts that a quoting text is read into, and what furniture among them may be."""

from __future__ import annotations

from typing import NamedTuple

from essaysearch.model import Role, Voice

INTRODUCTION = "introduces a quotation"
FORWARD = "forwarded header"
SIGNATURE = "signature"
PGP = "cryptographic signature"
QUOTE_TAG = "quote tag"
ADDRESS = "address"


class Part(NamedTuple):
    """A paragraph of the text to be; its fields up to ``reason`` are those of the block it becomes.

    Furniture has role ``furniture`` and says in ``reason`` what it is. ``raw`` is the text before its
    lines were joined, ``first`` the number of its first line, where lines have numbers.
    """

    text: str
    role: Role
    voice: Voice
    depth: int
    speaker: str | None = None
    confidence: float = 1.0
    reason: str = ""
    raw: str = ""
    first: int = 0


def furniture(text: str, depth: int, what: str, first: int) -> Part:
    return Part(text.strip(), "furniture", "unknown", depth, None, 1.0, what, "", first)
