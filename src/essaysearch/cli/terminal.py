"""Results on a terminal: wrapped to its width, what matched in bold colour.

Drawn here and not by rich, whose import alone would take a fifth of a cold search.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from essaysearch.formats.facts import facts_of, one_line, place_of, plain, title_of
from essaysearch.model import Hit
from essaysearch.readable import readable

Span = tuple[int, int]

WIDEST = 100
"""Columns of a line, however wide the terminal is."""

_INDENT = "   "
_TITLE, _FACTS, _MATCH, _END = "\x1b[1;36m", "\x1b[2m", "\x1b[1;33m", "\x1b[0m"


def is_colourful() -> bool:
    """Whether standard output is a terminal that takes colour; NO_COLOR and TERM=dumb say that it is not."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(hits: Iterable[Hit], columns: int | None = None) -> Iterator[str]:
    """Each hit as coloured lines of at most ``columns`` columns."""
    columns = min(columns or shutil.get_terminal_size().columns, WIDEST)
    room = max(20, columns - len(_INDENT) - 1)
    for hit in hits:
        number = f"{hit.rank}. "
        lines = [
            f"{number if first else ' ' * len(number)}{_TITLE}{line}{_END}"
            for first, line in _flagged(_wrapped(plain(title_of(hit)), (), room))
        ]
        lines += [f"{_INDENT}{_FACTS}{line}{_END}" for line in _wrapped(plain(facts_of(hit)), (), room)]
        if hit.answers:
            answered = one_line(readable(hit.answers.text)[0], room - 18)
            lines.append(f"{_INDENT}{_FACTS}in answer to: {plain(answered)}{_END}")
        lines += [_INDENT + line for line in _wrapped(plain(hit.snippet.text), hit.snippet.spans, room)]
        lines.append(f"{_INDENT}{_FACTS}{plain(place_of(hit))}  {hit.passage_id}{_END}")
        yield "\n".join(lines) + "\n\n"


def _flagged(lines: Iterable[str]) -> Iterator[tuple[bool, str]]:
    for number, line in enumerate(lines):
        yield number == 0, line


def _wrapped(text: str, spans: Sequence[Span], room: int) -> Iterator[str]:
    """Lines of at most ``room`` columns, cut between words, the spans coloured."""
    for start, end in _lines(text, room):
        parts, at = [], start
        for a, b in spans:
            a, b = max(a, start), min(b, end)
            if a < b:
                parts += [text[at:a], _MATCH, text[a:b], _END]
                at = b
        yield "".join(parts) + text[at:end]


def _lines(text: str, room: int) -> Iterator[Span]:
    """Where each line begins and ends; only a word longer than a line is cut."""
    begin = 0
    while begin < len(text):
        width, at, cut = 0, begin, -1
        while at < len(text) and text[at] != "\n":
            width += _columns(text[at])
            if width > room:
                break
            if text[at] == " ":
                cut = at
            at += 1
        end = at
        if at < len(text) and text[at] not in "\n ":
            end = cut if cut > begin else max(at, begin + 1)
        if text[begin:end].strip():
            yield begin, end
        begin = end + (end < len(text) and text[end] in "\n ")


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
