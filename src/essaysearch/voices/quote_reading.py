"""Runs of quoted and unquoted lines to parts: who speaks each, and what is in no one's voice.

Mail repeats itself: quotations, signatures and footers come again and again. What a paragraph is by
itself is therefore remembered (`_facts_of`); what depends on its surroundings is read here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from essaysearch.model import Role, Voice
from essaysearch.voices.furniture import (
    Opening,
    furniture_of,
    is_contact,
    names_a_way,
    openers_in,
    opening_at,
)
from essaysearch.voices.intros import Intro, intro_ending_at
from essaysearch.voices.plain_text import is_console, read_paragraph, rejoined
from essaysearch.voices.prose import prose_in
from essaysearch.voices.quote_runs import HEAD, TAG, Run

INTRODUCTION = "introduces a quotation"
FORWARD = "forwarded header"
SIGNATURE = "signature"
PGP = "cryptographic signature"
QUOTE_TAG = "quote tag"
ADDRESS = "address"

_MOST_CONTACT_LINES, _LONGEST_PGP = 15, 40
# A named tuple made without a call of Python: this is done for nearly every paragraph of every message.
_new = tuple.__new__
_NO_OPENINGS: dict[int, Opening] = {}
_NO_INTROS: dict[int, Intro] = {}
_NO_STOPS: list[int] = []


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


class _Facts(NamedTuple):
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


@dataclass(slots=True)
class _Level:
    """A level of quotation that header lines or an introduction open without marks."""

    base: int
    confidence: float
    reason: str
    first_only: bool = False
    begun: bool = False


def parts_of(runs: list[Run]) -> list[Part]:
    """The parts of a text in order, from the runs of its lines. Linear in the text."""
    return _Reading(_without_consoles(runs)).read()


@lru_cache(maxsize=8192)
def _facts_of(text: str) -> _Facts:
    lines = text.split("\n")
    if joined := prose_in(text):
        return _new(_Facts, (lines, "paragraph", joined, "", _NO_OPENINGS, _NO_INTROS, True, _NO_STOPS))
    opens = openers_in(lines)
    if whole := furniture_of(text, lines, bool(opens) and not opens[0]):
        return _Facts(lines, "furniture", text, whole, _NO_OPENINGS, _NO_INTROS, True, [])
    openers = _openings(lines, opens) if opens else _NO_OPENINGS
    sure = _sure_intros(lines) if ":\n" in text or "：" in text or text[-1] == ":" else _NO_INTROS
    if not openers and not sure:
        role, joined = read_paragraph(text)
        return _new(_Facts, (lines, role, joined, "", openers, sure, True, _NO_STOPS))
    stops = [at for at, opening in openers.items() if opening.ends_signature]
    stops += (last + 1 - intro.lines for last, intro in sure.items())
    return _Facts(lines, "paragraph", "", "", openers, sure, False, sorted(stops))


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
def _introduced_by(text: str) -> Intro | None:
    """The introduction a paragraph ends with, if a deeper quotation follows it."""
    lines = text.split("\n") if "\n" in text else [text]
    return intro_ending_at(lines, len(lines) - 1)


@lru_cache(maxsize=4096)
def _is_console(text: str) -> bool:
    return is_console(text.split("\n"))


@lru_cache(maxsize=4096)
def _is_contact(text: str) -> bool:
    return is_contact(text.split("\n"))


class _Reading:
    """The state of the reading: who speaks at which depth, and which levels nobody marked."""

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs
        self.parts: list[Part] = []
        self.levels: list[_Level] = []
        self.speakers: dict[int, str | None] = {}
        self.deepest = 0
        self.spoke: set[int] = set()
        self.said: set[int] = set()
        self.unsaid: tuple[Run, Sequence[str], int, int] | None = None

    def read(self) -> list[Part]:
        runs, levels, speakers, parts = self.runs, self.levels, self.speakers, self.parts
        spoke, said = self.spoke, self.said
        belows = [run[0] for run in runs[1:]] + [-1]
        number, line, before, noted = 0, 0, 0, -1
        while number < len(runs):
            level, text, _, told, kind, numbers = run = runs[number]
            if level < before:
                spoke.difference_update([spoken for spoken in spoke if spoken > level])
                while levels and level < levels[-1].base:
                    levels.pop()
            before = level
            if kind:
                self._told(run)
                number += 1
                continue
            marked = _introduced_by(text) if belows[number] > level else None
            if marked and not line and "\n" not in text and not openers_in((text,)):
                first = numbers[0] if numbers else 0
                parts.append(_furniture(text, level + len(levels), INTRODUCTION, first))
                self._introduce(level, marked.speaker)
                number += 1
                continue
            _, role, joined, whole, _, _, plain, _ = facts = _facts_of(text)
            if line or marked or not plain:
                number, line = self._detail(number, line, facts, marked)
                continue
            number += 1
            if levels or whole or told:
                self._say_whole(run, text, facts, 0)
                continue
            # Nearly every paragraph is as simple as this.
            if level != noted:
                noted = level
                spoke.add(level)
                said.add(level)
            first = numbers[0] if numbers else 0
            if level:
                speaker = speakers.get(level)
                parts.append(_new(Part, (joined, role, "quoted", level, speaker, 1.0, "", text, first)))
            else:
                parts.append(_new(Part, (joined, role, "own", 0, None, 1.0, "", text, first)))
        self._settle()
        return parts

    def _told(self, run: Run) -> None:
        """A run that its marks alone explain: an introduction of Emacs, a tag."""
        first = run.numbers[0] if run.numbers else 0
        deep = run.level + len(self.levels)
        if run.kind == HEAD:
            self.parts.append(_furniture(run.text, deep, INTRODUCTION, first))
            self._introduce(run.level, run.speaker)
        elif run.kind == TAG:
            self.parts.append(_furniture("", deep, QUOTE_TAG, first))

    def _say(self, run: Run, raw: str, role: Role, text: str, first: int) -> None:
        """A paragraph in somebody's words; ``raw`` before its lines were joined."""
        level = run.level
        deep = level + len(self.levels)
        number = run.numbers[first] if run.numbers else 0
        speaker = None
        if deep:
            speaker = run.speaker if run.speaker is not None else self.speakers.get(deep)
            if run.speaker is not None:
                self.speakers.setdefault(deep, speaker)
                self.deepest = max(self.deepest, deep)
        self.spoke.add(level)
        voice: Voice = "quoted" if deep else "own"
        confidence, reason = 1.0, ""
        if self.levels:
            implied = self.levels[-1]
            confidence, reason = implied.confidence, implied.reason
            if implied.first_only and implied.begun:
                voice, deep, speaker = "unknown", level, None
                confidence, reason = 0.5, "follows a quotation whose end is not marked"
            implied.begun = True
        self.said.add(deep)
        self.parts.append(Part(text, role, voice, deep, speaker, confidence, reason, raw, number))

    def _detail(self, number: int, line: int, facts: _Facts, marked: Intro | None) -> tuple[int, int]:
        """Reads a run that holds more than words, from a line on; gives the run and line to go on with."""
        run, lines = self.runs[number], facts.lines
        places = sorted({*facts.openers, *facts.sure})
        if marked:
            places.append(len(lines) - 1)
        at = line
        for place in places:
            if place < at:
                continue
            # Words before it are said only if there is something: a rule alone parts no paragraph.
            self.unsaid = (run, lines, at, place)
            after = self._furniture(number, place, facts) if place in facts.openers else None
            if after is None:
                last = marked is not None and place == len(lines) - 1
                found = marked if last else facts.sure.get(place)
                if found is None:
                    continue
                begin = max(at, place + 1 - found.lines)
                self.unsaid = (run, lines, at, begin)
                self._introduction(run, lines, begin, place + 1, found, last)
                after = (number, place + 1)
            if after[0] != number:
                return after
            at = after[1]
        self._say_lines(run, lines, at, len(lines))
        return number + 1, 0

    def _say_lines(self, run: Run, lines: Sequence[str], start: int, end: int) -> None:
        if start < end:
            text = run.text if start == 0 and end == len(lines) else "\n".join(lines[start:end])
            self._say_whole(run, text, _facts_of(text), start)

    def _say_whole(self, run: Run, text: str, facts: _Facts, start: int) -> None:
        """A paragraph that is furniture, or else in somebody's words."""
        if facts.whole:
            number = run.numbers[start] if run.numbers else 0
            self.parts.append(_furniture(text, run.level + len(self.levels), facts.whole, number))
        else:
            role, joined = (facts.role, facts.text) if facts.plain else read_paragraph(text)
            self._say(run, text, role, joined, start)

    def _furnish(self, run: Run, start: int, text: str, what: str) -> None:
        if self.unsaid is not None:
            self._say_lines(*self.unsaid)
            self.unsaid = None
        first = run.numbers[start] if run.numbers else 0
        self.parts.append(_furniture(text, run.level + len(self.levels), what, first))

    def _introduce(self, level: int, speaker: str | None) -> None:
        """Notes who speaks one level below."""
        deeper = level + len(self.levels) + 1
        for depth in range(deeper + 1, self.deepest + 1):
            self.speakers.pop(depth, None)
        self.deepest = deeper
        self.speakers[deeper] = speaker

    def _introduction(
        self, run: Run, lines: Sequence[str], start: int, end: int, intro: Intro, marked: bool
    ) -> None:
        above = run.level + len(self.levels) in self.said
        text = lines[start] if end - start == 1 else rejoined(lines[start:end])
        self._furnish(run, start, text, INTRODUCTION)
        self._introduce(run.level, intro.speaker)
        if not marked:
            reason = "stands below an introduction, unmarked"
            self.levels.append(_Level(run.level, 0.8 if above else 0.7, reason, first_only=not above))

    def _furniture(self, number: int, at: int, facts: _Facts) -> tuple[int, int] | None:
        """Takes the furniture that begins at a line; gives where to go on, None where there is none."""
        run, lines, opening = self.runs[number], facts.lines, facts.openers[at]
        taken = 1
        if opening.ends_forward and self.levels:
            self._furnish(run, at, lines[at], FORWARD)
            self.levels.pop()
        elif header := opening.header:
            taken = header.lines
            self._furnish(run, at, "\n".join(lines[at : at + taken]), FORWARD)
            rest = at + taken < len(lines)
            if header.whole or rest or not self._is_headed(number + 1, run.level):
                self._forwarded(number, run.level, header.speaker, rest)
        elif opening.rule and at + 1 == len(lines) and self._is_headed(number + 1, run.level):
            self._furnish(run, at, lines[at], FORWARD)
        elif opening.furniture:
            taken, what = opening.furniture
            self._furnish(run, at, "\n".join(lines[at : at + taken]), what)
        elif opening.signature:
            return self._signature(number, at, opening.signature, loose=opening.rule)
        elif opening.pgp == "SIGNED":
            taken = len(lines) - at
            self._furnish(run, at, "\n".join(lines[at:]), PGP)
        elif opening.pgp:
            return self._pgp(number, at, opening.pgp)
        else:
            return None
        return number, at + taken

    def _is_headed(self, number: int, level: int) -> bool:
        """Whether a run is on this level and opens with a whole header."""
        if number >= len(self.runs) or self.runs[number].level != level or self.runs[number].kind:
            return False
        opening = _facts_of(self.runs[number].text).openers.get(0)
        return opening is not None and opening.header is not None and opening.header.whole

    def _forwarded(self, number: int, level: int, speaker: str | None, rest: bool) -> None:
        """What a forwarded header says of what follows it."""
        marked = not rest and number + 1 < len(self.runs) and self.runs[number + 1].level > level
        deep = level + len(self.levels)
        described = level > 0 and (level not in self.spoke or self.speakers.get(deep) == speaker)
        if described and not marked:
            # The quotation opens with its own header: it speaks of this level, not of one below.
            self.speakers[deep] = speaker
            return
        self._introduce(level, speaker)
        if not marked:
            self.levels.append(_Level(level, 0.95, "stands below a forwarded header"))

    def _signature(self, number: int, at: int, longest: int, loose: bool) -> tuple[int, int] | None:
        """Takes a signature to the end of its level, if that is near; paragraphs may stand in it."""
        first, level = number, self.runs[number].level
        pieces: list[str] = []
        filled, begin = -1, at
        while number < len(self.runs) and self.runs[number].level == level and not self.runs[number].kind:
            facts = _facts_of(self.runs[number].text)
            if number > first and facts.whole:
                break
            end = self._end_of_signature(number, facts, begin + (number == first))
            filled += end - begin
            if filled > longest:
                return None
            if end > begin:
                pieces.append("\n".join(facts.lines[begin:end]))
            begin = end
            if end < len(facts.lines):
                break
            number, begin = number + 1, 0
        text = "\n".join(pieces)
        if (loose and not any(map(names_a_way, text.split("\n")))) or (filled == 0 and number > first + 1):
            return None
        self._furnish(self.runs[first], at, text, SIGNATURE)
        return number, begin

    def _end_of_signature(self, number: int, facts: _Facts, begin: int) -> int:
        """Where in a run a signature ends: at a header, a list's footer, an introduction, or with the run."""
        at = bisect_left(facts.stops, begin)
        stops = facts.stops[at : at + 1]
        run = self.runs[number]
        if number + 1 < len(self.runs) and self.runs[number + 1].level > run.level:
            marked = _introduced_by(run.text)
            stops += [len(facts.lines) - marked.lines] if marked else []
        return min((stop for stop in stops if stop >= begin), default=len(facts.lines))

    def _pgp(self, number: int, at: int, mark: str) -> tuple[int, int]:
        """Takes a block of PGP to its end mark, if that is near; else the line alone."""
        first, pieces, begin = number, [], at
        while mark != "END" and number < min(len(self.runs), first + _LONGEST_PGP):
            if self.runs[number].kind:
                break
            facts = _facts_of(self.runs[number].text)
            for end, opening in facts.openers.items():
                if opening.pgp == "END" and end >= begin:
                    pieces.append("\n".join(facts.lines[begin : end + 1]))
                    self._furnish(self.runs[first], at, "\n".join(pieces), PGP)
                    return (number, end + 1) if end + 1 < len(facts.lines) else (number + 1, 0)
            pieces.append("\n".join(facts.lines[begin:]))
            number, begin = number + 1, 0
        self._furnish(self.runs[first], at, _facts_of(self.runs[first].text).lines[at], PGP)
        return first, at + 1

    def _settle(self) -> None:
        """Of each depth the last paragraph may be an address block."""
        last = {part.depth: number for number, part in enumerate(self.parts) if part.role != "furniture"}
        for number in last.values():
            part = self.parts[number]
            if 2 <= part.raw.count("\n") < _MOST_CONTACT_LINES and _is_contact(part.raw):
                self.parts[number] = _furniture(part.raw, part.depth, ADDRESS, part.first)


def _furniture(text: str, depth: int, what: str, first: int) -> Part:
    return Part(text.strip(), "furniture", "unknown", depth, None, 1.0, what, "", first)


def _without_consoles(runs: list[Run]) -> list[Run]:
    """The runs with console sessions made code again, where nothing else in the text is quoted."""
    first = next((run for run in runs if run.level), None)
    if first is None or first.kind or not _is_console(first.text):
        return runs
    quoted = [run for run in runs if run.level]
    if any(run.kind or run.speaker for run in runs):
        return runs
    if not is_console([line for run in quoted for line in run.text.split("\n")]):
        return runs
    if any(_introduced_by(run.text) for run in runs if not run.level):
        return runs
    mended: list[Run] = []
    for run in runs:
        if run.level:
            marks = "> " * run.level
            run = run._replace(level=0, text="\n".join(marks + line for line in run.text.split("\n")))
        if mended and not run.after_blank:
            before = mended.pop()
            numbers = (*before.numbers[:-1], *run.numbers)
            run = Run(0, f"{before.text}\n{run.text}", before.after_blank, None, "", numbers)
        mended.append(run)
    return mended
