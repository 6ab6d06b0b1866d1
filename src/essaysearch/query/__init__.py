"""Query language to query tree, in one pass over the text, with a diagnostic for whatever was odd.

Any text is a query: what cannot be read as an operator is searched as words, and a
`Diagnostic` says so. The operators are rows of `operators.OPERATORS`; docs/query.md is written
from them. The usual queries take a short way of their own (`plain`).
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import NamedTuple

from essaysearch.model import Diagnostic
from essaysearch.nearest import nearest
from essaysearch.query.parser import Parser
from essaysearch.query.plain import plain_clauses
from essaysearch.query.questions import framed
from essaysearch.query.sentences import ALL_STOPS
from essaysearch.tree import Clauses, Node, Nothing, Phrase, Same, Word

__all__ = ["MOST_CHARACTERS", "Query", "caret", "nearest", "parse"]

MOST_CHARACTERS = 50_000
"""What is longer is cut, and said."""


class Query(NamedTuple):
    """A query understood: its tree, what was odd about it, and its ranking words.

    ``words`` are the `Word` nodes of the tree that rank, those within phrases too, in the order
    in which they were typed (the joined form of a compound after its parts).
    """

    tree: Node
    diagnostics: tuple[Diagnostic, ...]
    words: tuple[Word, ...]


def parse(text: str, today: date | None = None, literal: bool = False) -> Query:
    """What a query means. Never raises: every text gives a tree, perhaps `Nothing`, and diagnostics.

    The tree is a `Clauses`, or `Nothing` where there is nothing to search. Relative dates count
    from ``today`` (by default this day). With ``literal`` the text is one exact phrase and nothing
    in it an operator. What exceeds `MOST_CHARACTERS` or a cap of `reading` is left out, and
    said. Time is linear in the text.

    >>> parse("what is scheming?").tree.should
    (Word(text='scheming', term='scheme', fields=None, exact=False),)
    >>> parse("autor:hubinger").diagnostics[0].message
    'no field `autor`; did you mean `author`? It is searched as words.'
    """
    if not literal and len(text) <= MOST_CHARACTERS:
        short = plain_clauses(text, today)
        if short is not None:
            tree, words, stops = short
            if stops:
                return Query(tree, (_all_stops(len(text)),), words)
            read, words, odd = framed(text, tree, words, ())
            return Query(read, odd, words)
    parser = _read(text, today, literal, keep_stops=False)
    tree = parser.tree()
    if parser.stops and isinstance(tree, Nothing):
        parser = _read(text, today, literal, keep_stops=True)
        parser.diagnostics.append(_all_stops(len(text)))
        tree = parser.tree()
    words = _ranking_words(tree)
    odd = tuple(parser.diagnostics)
    if not literal:
        tree, words, odd = framed(text, tree, words, odd)
    return Query(tree, odd, words)


def caret(query_text: str, diagnostic: Diagnostic, width: int = 72) -> str:
    """Two lines: the query around the diagnostic's place, and carets under its cause.

    A long query is cut to about ``width`` characters; control characters show as spaces, and wide
    ones have two carets, so that the lines agree on a terminal.

    >>> print(caret("autor:hubinger", Diagnostic("unknown-field", 0, 6, "")))
    autor:hubinger
    ^^^^^^
    """
    size = len(query_text)
    start = min(max(diagnostic.start, 0), size)
    end = min(max(diagnostic.end, start + 1), start + width)
    left = 0 if size <= width else max(0, min(start - width // 4, size - width))
    right = min(size, max(left + width, end))
    shown = "".join(c if c.isprintable() else " " for c in query_text[left:right])
    before, after = "…" if left else "", "…" if right < size else ""
    indent = len(before) + sum(_columns(c) for c in shown[: start - left])
    marks = sum(_columns(c) for c in shown[start - left : end - left]) or 1
    return f"{before}{shown}{after}\n{' ' * indent}{'^' * marks}"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _read(text: str, today: date | None, literal: bool, keep_stops: bool) -> Parser:
    parser = Parser(text[:MOST_CHARACTERS], today, keep_stops)
    if len(text) > MOST_CHARACTERS:
        parser.cut("too-long", MOST_CHARACTERS, f"more than {MOST_CHARACTERS:,} characters")
    if literal:
        parser.read_literally()
    else:
        parser.read()
    return parser


def _all_stops(size: int) -> Diagnostic:
    return Diagnostic("all-stop-words", 0, size, ALL_STOPS)


def _ranking_words(tree: Node) -> tuple[Word, ...]:
    found: dict[int, Word] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Word):
            found[id(node)] = node
        elif isinstance(node, Phrase):
            waiting += node.words
        elif isinstance(node, Clauses):
            waiting += node.must
            waiting += node.should
        elif isinstance(node, Same):
            waiting.append(node.child)
    return tuple(sorted(found.values(), key=lambda word: (word.end, -word.start)))
