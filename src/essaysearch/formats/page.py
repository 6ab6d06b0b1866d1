"""Results as a page for reading: wrapped lines, on a terminal with what matched in colour.

Drawn here and not by rich, whose import alone would take a fifth of a cold search.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from essaysearch.formats.facts import (
    answer_of,
    answered_by,
    heading_of,
    introduced_by,
    one_line,
    place_of,
    plain,
)
from essaysearch.model import Hit
from essaysearch.search.results import Results

Span = tuple[int, int]

WIDEST = 100
"""Columns of a line, however wide the terminal is."""

_INDENT = "   "
_NARROWEST = 20


class Paint(NamedTuple):
    """What stands before a title, facts and a match, and after each of them."""

    title: str = ""
    facts: str = ""
    match: str = ""
    end: str = ""


COLOURED = Paint("\x1b[1;36m", "\x1b[2m", "\x1b[1;33m", "\x1b[0m")


def text(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A paragraph a hit: title, facts, what it answers, the snippet, place and id."""
    return page(hits, WIDEST, Paint())


def page(hits: Iterable[Hit], columns: int, paint: Paint) -> Iterator[str]:
    """Each hit as lines of at most ``columns`` columns; only addresses and long words are longer."""
    room = max(_NARROWEST, min(columns, WIDEST) - len(_INDENT) - 1)
    for hit in hits:
        number = f"{hit.rank}. "
        title, facts = heading_of(hit)
        lines = [
            f"{' ' * len(number) if at else number}{paint.title}{line}{paint.end}"
            for at, line in enumerate(_wrapped(plain(title), (), room, paint))
        ]
        under = _wrapped(plain(facts), (), room, paint)
        lines += [f"{_INDENT}{paint.facts}{line}{paint.end}" for line in under]
        if hit.answers:
            answered = plain(one_line(answered_by(hit), room - 16))
            lines.append(f"{_INDENT}{paint.facts}in answer to: {answered}{paint.end}")
        for at, shown in enumerate(hit.snippets or (hit.snippet,)):
            left = _INDENT + ("· " if at else "")
            for line in _wrapped(plain(shown.text), shown.spans, room - 2 * bool(at), paint):
                lines.append(left + line)
                left = _INDENT + ("  " if at else "")
        if answer := plain(one_line(answer_of(hit), 3 * room)):
            told = _wrapped(f"answered: {answer}", (), room, paint)
            lines += [f"{_INDENT}{paint.facts}{line}{paint.end}" for line in told]
        if introduced := introduced_by(hit):
            led = plain("introduces: " + one_line(introduced, 2 * room - 20))
            lines += [f"{_INDENT}{paint.facts}{line}{paint.end}" for line in _wrapped(led, (), room, paint)]
        lines.append(f"{_INDENT}{paint.facts}{plain(place_of(hit))}  [{hit.passage_id}]{paint.end}")
        yield "\n".join(lines) + "\n\n"


def _wrapped(text: str, spans: Sequence[Span], room: int, paint: Paint) -> Iterator[str]:
    """Lines of at most ``room`` columns, cut between words, the spans coloured."""
    for start, end in _lines(text, room):
        parts, at = [], start
        for a, b in spans:
            a, b = max(a, start), min(b, end)
            if a < b:
                parts += [text[at:a], paint.match, text[a:b], paint.end]
                at = b
        yield "".join(parts) + text[at:end]


def _lines(text: str, room: int) -> Iterator[Span]:
    """Where each line begins and ends; only a word longer than a line is cut."""
    begin = 0
    while begin < len(text):
        at = end = _filled(text, begin, room)
        if at < len(text) and text[at] not in "\n ":
            cut = text.rfind(" ", begin, at)
            end = cut if cut > begin else max(at, begin + 1)
        if text[begin:end].strip():
            yield begin, end
        begin = end + (end < len(text) and text[end] in "\n ")


def _filled(text: str, begin: int, room: int) -> int:
    """Where a line from ``begin`` on is full, or broken, or the text ends."""
    if text[begin : begin + room + 1].isascii():
        broken = text.find("\n", begin, begin + room)
        return broken if broken >= 0 else min(begin + room, len(text))
    width, at = 0, begin
    while at < len(text) and text[at] != "\n":
        width += _columns(text[at])
        if width > room:
            break
        at += 1
    return at


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
