"""The usual queries, read a shorter way: words, ``+`` and ``-`` before them, phrases, simple filters.

What these functions read they read as `parser` does, which the tests hold them to; whatever else
stands in a query is left to it.
"""

from __future__ import annotations

import re
from datetime import date

from essaysearch.late import late
from essaysearch.query.operator_rows import Given
from essaysearch.query.operators import FIELDS
from essaysearch.query.parser import JOINTS
from essaysearch.query.questions import FRAMING
from essaysearch.query.ranges import Problem
from essaysearch.query.reading import MOST_CLAUSES, MOST_STOPS
from essaysearch.query.words import plain_word
from essaysearch.tree import Clauses, Node, Phrase, Word

_NOT_WORDS = late(r"[^0-9A-Za-z ?.,!]|[?.,!][0-9A-Za-z]")
_WORD = late(r"[0-9A-Za-z]+")
_SIGNS = late(
    r'(?: *(?:[+-]?[0-9A-Za-z]+|"[0-9A-Za-z]+(?: +[0-9A-Za-z]+)+"'
    r"|[A-Za-z]+:[0-9A-Za-z](?:[\w.-]*[0-9A-Za-z])?)(?= |\Z)){1,64} *",
    re.ASCII,
)
_SIGN = late(r'(?P<mark>[+-]?)(?P<word>[0-9A-Za-z]+)(?P<value>:[\w.-]+)?|"(?P<phrase>[^"]*)"', re.ASCII)

_DAYS = (date(2001, 2, 3), date(2012, 11, 10))

Short = tuple[Clauses, tuple[Word, ...], bool]
"""The tree, its ranking words, and whether they are stop words all."""


def plain_clauses(text: str, today: date | None) -> Short | None:
    """What a usual query means; None where it is not one."""
    if _NOT_WORDS.search(text) is None:
        return _words(text)
    return _clauses(text, today) if _SIGNS.fullmatch(text) else None


def piece_of(text: str) -> tuple[str, Node] | None:
    """What a piece of a query means that spaces or its ends surround; None where that depends on the rest.

    It is (``must``, ``should``, ``must_not`` or ``filters``, the node): the place in the `Clauses` of any
    query of nothing but such pieces that has ranking words, and no field twice. Or (``stop``, a word) for
    one that is left out there, or (``frame``, a word) for one that may count less there; within quote marks
    both are words as those of ``should`` are.
    """
    match = _SIGN.fullmatch(text) if _SIGNS.fullmatch(text) and " " not in text else None
    if match is None or match["phrase"] is not None or match["word"] in JOINTS:
        return None
    if match["value"]:
        read, later = (_clauses(f"word {text}", day) for day in _DAYS)
        # What differs between two days counts from the day it is.
        same = read is not None and later is not None and read[0] == later[0]
        return ("filters", read[0].filters[0]) if read and same else None
    term, stop = plain_word(match["word"])
    word, mark = Word(match["word"], term), match["mark"]
    if stop or word.text.lower() in FRAMING:
        return None if mark else ("stop" if stop else "frame", word)
    return {"+": "must", "-": "must_not", "": "should"}[mark], word


def _words(text: str) -> Short | None:
    """A query of plain ASCII words; None where one is an operator, or there are none or too many."""
    ranking: list[Word] = []
    stops: list[tuple[str, str, int, int]] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word in JOINTS:
            return None
        term, stop = plain_word(word)
        start, end = match.span()
        if stop:
            stops.append((word, term, start, end))
        elif len(ranking) < MOST_CLAUSES:
            ranking.append(Word(word, term, None, False, 1.0, start, end))
        else:
            return None
    if ranking:
        words = tuple(ranking)
    elif stops and len(stops) <= MOST_STOPS:
        words = tuple(Word(word, term, None, False, 1.0, start, end) for word, term, start, end in stops)
    else:
        return None
    return Clauses((), words, (), (), 1.0, 0, len(text)), words, not ranking


def _clauses(text: str, today: date | None) -> Short | None:
    """Words, perhaps marked, phrases and filters; None where something about them is not usual."""
    must: list[Node] = []
    should: list[Node] = []
    must_not: list[Node] = []
    filters: list[Node] = []
    words: list[Word] = []
    fields: set[str] = set()
    for match in _SIGN.finditer(text):
        mark, written, value, phrase = match.groups()
        start, end = match.span()
        if phrase is not None:
            parts = _phrase_words(phrase, start + 1)
            words += parts
            must.append(Phrase(parts, 0, True, None, 1.0, start + 1, end - 1))
        elif value is not None:
            row = FIELDS.get(written.lower())
            if row is None or row.kind != "filter" or row.name in fields or row.build is None:
                return None
            fields.add(row.name)
            day = date.today if today is None else (lambda known=today: known)
            node = row.build(Given(row.name, value[1:], start, end, row.values, row.example, day))
            if isinstance(node, Problem):
                return None
            filters.append(node)
        else:
            term, stop = plain_word(written)
            if written in JOINTS or (stop and mark):
                return None
            if stop:
                continue
            word = Word(written, term, None, False, 1.0, start + len(mark), end)
            if mark == "-":
                must_not.append(word)
                continue
            words.append(word)
            (must if mark else should).append(word)
    if not words:
        return None
    tree = Clauses(tuple(must), tuple(should), tuple(must_not), tuple(filters), 1.0, 0, len(text))
    return tree, tuple(words), False


def _phrase_words(phrase: str, at: int) -> tuple[Word, ...]:
    words = []
    for match in _WORD.finditer(phrase):
        written, (start, end) = match.group(), match.span()
        words.append(Word(written, plain_word(written)[0], None, False, 1.0, at + start, at + end))
    return tuple(words)
