"""What has been read of one pair of brackets, and the values a field was given."""

from __future__ import annotations

import re

from essaysearch.query.items import SIDE, Item, Join
from essaysearch.query.lexer import ALTERNATIVE
from essaysearch.query.operator_rows import Operator
from essaysearch.query.words import Fields
from essaysearch.tree import Node


class Frame:
    """An open pair of brackets: its items so far, and what waits for its next clause.

    ``fields`` and ``exact`` hold for all words in it, ``next_fields`` and ``next_exact`` for the
    next clause. ``extras`` are words that only rank, ``within`` the fields of ``in:``, ``scope``
    that of a ``same:`` without brackets, ``same`` that of the one which opened it.
    """

    __slots__ = (
        "exact", "extras", "fields", "items", "join", "joint", "negated", "next_exact", "next_fields",
        "same", "scope", "sign", "start", "within",
    )  # fmt: skip

    def __init__(self, start: int, fields: Fields, exact: bool, same: str = "") -> None:
        self.start, self.fields, self.exact, self.same = start, fields, exact, same
        self.items: list[Item] = []
        self.extras: list[Node] = []
        self.within: list[str] = []
        self.scope = ""
        self.clear()

    def clear(self) -> None:
        """Nothing waits."""
        self.join: Join = SIDE
        self.joint: tuple[int, int] | None = None
        self.negated = False
        self.unmark()

    def unmark(self) -> None:
        """No ``+``, ``-`` or field waits; AND, OR and NOT may."""
        self.sign = ""
        self.next_fields, self.next_exact = self.fields, self.exact

    def excludes(self) -> bool:
        """Whether the next clause is to be excluded."""
        return self.negated != (self.sign == "-")


_DOTTED = frozenset(("date", "year", "karma", "id", "thread", "like"))


def weight_behind(match: re.Match[str]) -> tuple[str, int]:
    """The ``^2`` behind a match of `lexer.VALUE`, perhaps empty, and its place."""
    if match["factor"]:
        return match["factor"], match.start("factor")
    before, caret, after = (match["plain"] or "").rpartition("^")
    if before and after and not after.strip("0123456789."):
        return caret + after, match.start() + len(before)
    return "", match.end()


def values_of(row: Operator, match: re.Match[str], end: int, most: int) -> list[tuple[str, int]]:
    """The values in a match of `lexer.VALUE` up to ``end``, each with its place, at most so many."""
    if match["quoted"] is not None:
        return [(match["quoted"], match.start("quoted"))]
    if match["plain"] is not None:
        # A sentence's punctuation is no part of the value, but a range may end in dots.
        edge = ",;!?" if row.name in _DOTTED else ",;!?.:"
        return [(match.string[match.start() : end].rstrip(edge), match.start())]
    at = match.start("inside")
    found: list[tuple[str, int]] = []
    together = False
    for part in ALTERNATIVE.finditer(match["inside"]):
        value = part[0] if part[1] is None else part[1]
        if value == "OR":
            together = False
        elif together and part[1] is None:
            found[-1] = (f"{found[-1][0]} {value}", found[-1][1])
        else:
            found.append((value, at + part.start()))
            together = row.words and part[1] is None
        if len(found) > most:
            break
    return found[:most]
