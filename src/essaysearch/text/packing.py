"""The blocks of one run to pieces of 40 to 180 words: what is short is joined, what is long is cut."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from essaysearch.model import Block
from essaysearch.text import spaces
from essaysearch.text.sentences import items, lines, sentences, trimmed

SHORTEST, LONGEST = 40, 180
"""The words a piece aims at."""

# A "word" beyond this many characters (an address, encoded data) counts as several.
_CHARACTERS_A_WORD = 30
_CHARACTER_WORD = re.compile(
    "[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]"
)
_NO_CHARACTER_WORD = bytes({*range(256)} - {0xE0, *range(0xE3, 0xF0)})
"""Bytes that begin none of them in UTF-8."""

_COLONS = (":", "：")


class Piece(NamedTuple):
    """A passage to be, and the blocks it holds, wholly or in part.

    ``intro`` is the sentence that introduces the list it continues, None elsewhere.
    """

    start: int
    end: int
    intro: str | None
    blocks: tuple[Block, ...]


class _Atom(NamedTuple):
    """What is not cut further: a sentence, a bullet, a whole block; ``words`` is its length."""

    start: int
    end: int
    words: int


class _Part(NamedTuple):
    atoms: list[_Atom]
    intro: str | None = None


def pack(text: str, blocks: Sequence[Block]) -> list[Piece]:
    """Pieces that cover the blocks (trimmed, in order, of one voice, headings first).

    A heading is never alone where anything follows it. A block that brings a piece to `SHORTEST`
    words or more ends it, unless it ends in a colon; a remainder that stays short joins the
    piece before it where that fits.
    """
    packing = _Packing(text)
    for number, block in enumerate(blocks):
        packing.add(block, blocks[number + 1].role if number + 1 < len(blocks) else None)
    return list(_with_blocks(packing.finished(), blocks))


def count_words(text: str, start: int, end: int) -> int:
    """The length of a range: runs of non-spaces; in writing that has no spaces, characters besides."""
    least = (end - start) // _CHARACTERS_A_WORD
    if least > 4 * LONGEST:
        return least
    part = text[start:end]
    number = spaces.count(part)
    if not part.isascii() and part.encode("utf-8", "surrogatepass").translate(None, _NO_CHARACTER_WORD):
        number += len(_CHARACTER_WORD.findall(part))
    return max(number, least)


class _Packing:
    """The parts that are done, and the atoms of the one that is still open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._done: list[_Part] = []
        self._open: list[_Atom] = []
        self._headed = False

    def add(self, block: Block, following: str | None) -> None:
        """Takes the next block; ``following`` is the role of the one behind it."""
        whole = self._atom(block.start, block.end)
        if block.role == "heading":
            self._open.append(whole)
            self._headed = True
        elif _words(self._open) + whole.words <= LONGEST:
            self._open.append(whole)
            if _words(self._open) >= SHORTEST and not (following and self._introduces(whole)):
                self._close()
        elif block.role == "list":
            self._add_long_list(block, whole)
        else:
            self._add_long(block, following == "list" and self._introduces(whole))

    def finished(self) -> list[_Part]:
        """The parts; what is still open joins the last of them if it is short and fits."""
        rest = _words(self._open)
        if rest and self._done and rest < SHORTEST and _words(self._done[-1].atoms) + rest <= LONGEST:
            self._done[-1].atoms.extend(self._open)
        elif self._open:
            self._close()
        return self._done

    def _add_long(self, block: Block, opens_list: bool) -> None:
        atoms = self._after_heading(self._cut(block))
        held = [atoms.pop()] if opens_list and len(atoms) > 1 else []
        self._done.extend(_Part(group) for group in _balanced(atoms))
        self._open, self._headed = held, False

    def _add_long_list(self, block: Block, whole: _Atom) -> None:
        intro = self._introduction()
        if intro and _words(self._open) >= SHORTEST:
            self._hold_back(intro)
            if _words(self._open) + whole.words <= LONGEST:
                self._open.append(whole)
                self._close()
                return
        first, *others = self._cut(block)
        groups = _balanced([_joined([*self._open, first]), *others])
        sentence = " ".join(self._text[intro.start : intro.end].split()) if intro else None
        self._done.extend(_Part(group, sentence if number else None) for number, group in enumerate(groups))
        self._open, self._headed = [], False

    def _hold_back(self, intro: _Atom) -> None:
        """Closes what is open up to the sentence that introduces a list, which stays open."""
        last = self._open.pop()
        if last.start < intro.start:
            self._open.append(self._atom(*trimmed(self._text, last.start, intro.start)))
        if self._open and not (self._headed and len(self._open) == 1):
            self._close()
        self._open.append(intro)

    def _introduction(self) -> _Atom | None:
        """The sentence that introduces a list coming now: one with a colon, or a short one alone."""
        if not self._open or (self._headed and len(self._open) == 1):
            return None
        before = self._open[-1]
        ranges = sentences(self._text, before.start, before.end)
        if self._introduces(before) or (len(ranges) == 1 and before.words < SHORTEST):
            return self._atom(*ranges[-1])
        return None

    def _introduces(self, atom: _Atom) -> bool:
        return self._text.endswith(_COLONS, atom.start, atom.end)

    def _after_heading(self, atoms: list[_Atom]) -> list[_Atom]:
        """The open atoms and these; a heading stays with what follows it, however long that is."""
        atoms = [*self._open, *atoms]
        return [_joined(atoms[:2]), *atoms[2:]] if self._headed else atoms

    def _close(self) -> None:
        self._done.append(_Part(self._open))
        self._open, self._headed = [], False

    def _cut(self, block: Block) -> list[_Atom]:
        """The block in atoms: bullets of a list, lines of code and tables, else sentences."""
        ranges = {"list": items, "code": lines, "table": lines}.get(block.role, sentences)
        if ranges is sentences:
            return self._sentences(block)
        atoms = [self._atom(*part) for part in ranges(self._text, block.start, block.end)]
        return [
            fine for atom in atoms for fine in ([atom] if atom.words <= LONGEST else self._sentences(atom))
        ]

    def _sentences(self, whole: Block | _Atom) -> list[_Atom]:
        text, ranges = self._text, sentences(self._text, whole.start, whole.end)
        if not spaces.are_single(text[whole.start : whole.end]):
            return [self._atom(*part) for part in ranges]
        return [
            _Atom(start, end, max(text.count(" ", start, end) + 1, (end - start) // _CHARACTERS_A_WORD))
            for start, end in ranges
        ]

    def _atom(self, start: int, end: int) -> _Atom:
        return _Atom(start, end, count_words(self._text, start, end))


def _words(atoms: Sequence[_Atom]) -> int:
    return sum(atom.words for atom in atoms)


def _joined(atoms: Sequence[_Atom]) -> _Atom:
    return _Atom(atoms[0].start, atoms[-1].end, _words(atoms))


def _balanced(atoms: Sequence[_Atom]) -> list[list[_Atom]]:
    """The atoms in groups of about equal length, as few as `LONGEST` allows; an atom beyond it is alone."""
    groups: list[list[_Atom]] = []
    left = _words(atoms)
    target = left / max(1, math.ceil(left / LONGEST))
    group: list[_Atom] = []
    size = 0
    for atom in atoms:
        if group and (size + atom.words > LONGEST or size + atom.words / 2 > target):
            groups.append(group)
            left -= size
            target = left / max(1, math.ceil(left / LONGEST))
            group, size = [], 0
        group.append(atom)
        size += atom.words
    return [*groups, group] if group else groups


def _with_blocks(parts: Sequence[_Part], blocks: Sequence[Block]) -> Iterator[Piece]:
    at = 0
    for part in parts:
        start, end = part.atoms[0].start, part.atoms[-1].end
        while at < len(blocks) and blocks[at].end <= start:
            at += 1
        last = at
        while last < len(blocks) and blocks[last].start < end:
            last += 1
        yield Piece(start, end, part.intro, tuple(blocks[at:last]))
