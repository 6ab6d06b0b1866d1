"""What a paragraph is by itself, whatever stands around it.

Mail repeats itself: quotations, signatures and footers come again and again. So it is remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from essaysearch.model import Role
from essaysearch.voices.furniture import Opening, furniture_of, is_contact, openers_in, opening_at
from essaysearch.voices.intros import Intro, intro_ending_at
from essaysearch.voices.plain_text import is_console, read_paragraph
from essaysearch.voices.prose import prose_in

# A named tuple made without a call of Python: this is done for nearly every paragraph of every message.
_new = tuple.__new__
_NO_OPENINGS: dict[int, Opening] = {}
_NO_INTROS: dict[int, Intro] = {}
_NO_STOPS: list[int] = []


class Facts(NamedTuple):
    """What a paragraph is by itself.

    ``sure`` are those of its lines that introduce a quotation in any case (by the last of their
    lines), ``openers`` those that open as furniture does; ``plain``: it has neither, so that ``role``
    and ``text`` are known. At ``stops`` a signature above is over.
    """

    lines: list[str]
    role: Role
    text: str
    whole: str
    openers: dict[int, Opening]
    sure: dict[int, Intro]
    plain: bool
    stops: list[int]


@lru_cache(maxsize=8192)
def facts_of(text: str) -> Facts:
    lines = text.split("\n")
    if joined := prose_in(text):
        return _new(Facts, (lines, "paragraph", joined, "", _NO_OPENINGS, _NO_INTROS, True, _NO_STOPS))
    opens = openers_in(lines)
    if whole := furniture_of(text, lines, bool(opens) and not opens[0]):
        return Facts(lines, "furniture", text, whole, _NO_OPENINGS, _NO_INTROS, True, [])
    openers = _openings(lines, opens) if opens else _NO_OPENINGS
    sure = _sure_intros(lines) if ":\n" in text or "：" in text or text[-1] == ":" else _NO_INTROS
    if not openers and not sure:
        role, joined = read_paragraph(text)
        return _new(Facts, (lines, role, joined, "", openers, sure, True, _NO_STOPS))
    stops = [at for at, opening in openers.items() if opening.ends_signature]
    stops += (last + 1 - intro.lines for last, intro in sure.items())
    return Facts(lines, "paragraph", "", "", openers, sure, False, sorted(stops))


def _sure_intros(lines: list[str]) -> dict[int, Intro]:
    """The introductions that are sure without a mark below them, by their last line."""
    found: dict[int, Intro] = {}
    for at, line in enumerate(lines):
        if line[-1:] in (":", "：") and (intro := intro_ending_at(lines, at, marked=False)):
            found[at] = intro
    return found


def _openings(lines: list[str], opens: list[int]) -> dict[int, Opening]:
    """What furniture may begin at which line; lines within a forwarded header begin none."""
    found: dict[int, Opening] = {}
    end = 0
    for at in opens:
        if at >= end and (opening := opening_at(lines, at)):
            found[at] = opening
            end = at + opening.header.lines if opening.header else end
    return found


@lru_cache(maxsize=4096)
def introduced_by(text: str) -> Intro | None:
    """The introduction a paragraph ends with, if a deeper quotation follows it."""
    lines = text.split("\n") if "\n" in text else [text]
    return intro_ending_at(lines, len(lines) - 1)


@lru_cache(maxsize=4096)
def looks_like_a_console(text: str) -> bool:
    return is_console(text.split("\n"))


@lru_cache(maxsize=4096)
def looks_like_a_contact(text: str) -> bool:
    return is_contact(text.split("\n"))
