"""Runs of quoted and unquoted lines to parts: who speaks each, and what is in no one's voice.

What a paragraph is by itself is told by `quote_facts`; what depends on its surroundings is read here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from essaysearch.model import Role, Voice
from essaysearch.voices.closings import without_closings
from essaysearch.voices.furniture import names_a_way, openers_in
from essaysearch.voices.intros import Intro
from essaysearch.voices.plain_text import is_console, read_paragraph, rejoined
from essaysearch.voices.quote_facts import Facts, facts_of, introduced_by, looks_like_a_console
from essaysearch.voices.quote_parts import (
    FORWARD,
    INTRODUCTION,
    PGP,
    QUOTE_TAG,
    SIGNATURE,
    Part,
    furniture,
)
from essaysearch.voices.quote_runs import HEAD, TAG, Run

_LONGEST_PGP = 40
# A named tuple made without a call of Python: this is done for nearly every paragraph of every message.
_new = tuple.__new__


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
            marked = introduced_by(text) if belows[number] > level else None
            if marked and not line and "\n" not in text and not openers_in((text,)):
                first = numbers[0] if numbers else 0
                parts.append(furniture(text, level + len(levels), INTRODUCTION, first))
                self._introduce(level, marked.speaker)
                number += 1
                continue
            _, role, joined, whole, _, _, plain, _ = facts = facts_of(text)
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
        return without_closings(parts)

    def _told(self, run: Run) -> None:
        """A run that its marks alone explain: an introduction of Emacs, a tag."""
        first = run.numbers[0] if run.numbers else 0
        deep = run.level + len(self.levels)
        if run.kind == HEAD:
            self.parts.append(furniture(run.text, deep, INTRODUCTION, first))
            self._introduce(run.level, run.speaker)
        elif run.kind == TAG:
            self.parts.append(furniture("", deep, QUOTE_TAG, first))

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

    def _detail(self, number: int, line: int, facts: Facts, marked: Intro | None) -> tuple[int, int]:
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
            self._say_whole(run, text, facts_of(text), start)

    def _say_whole(self, run: Run, text: str, facts: Facts, start: int) -> None:
        """A paragraph that is furniture, or else in somebody's words."""
        if facts.whole:
            number = run.numbers[start] if run.numbers else 0
            self.parts.append(furniture(text, run.level + len(self.levels), facts.whole, number))
        else:
            role, joined = (facts.role, facts.text) if facts.plain else read_paragraph(text)
            self._say(run, text, role, joined, start)

    def _furnish(self, run: Run, start: int, text: str, what: str) -> None:
        if self.unsaid is not None:
            self._say_lines(*self.unsaid)
            self.unsaid = None
        first = run.numbers[start] if run.numbers else 0
        self.parts.append(furniture(text, run.level + len(self.levels), what, first))

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

    def _furniture(self, number: int, at: int, facts: Facts) -> tuple[int, int] | None:
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
        opening = facts_of(self.runs[number].text).openers.get(0)
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
            facts = facts_of(self.runs[number].text)
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

    def _end_of_signature(self, number: int, facts: Facts, begin: int) -> int:
        """Where in a run a signature ends: at a header, a list's footer, an introduction, or with the run."""
        at = bisect_left(facts.stops, begin)
        stops = facts.stops[at : at + 1]
        run = self.runs[number]
        if number + 1 < len(self.runs) and self.runs[number + 1].level > run.level:
            marked = introduced_by(run.text)
            stops += [len(facts.lines) - marked.lines] if marked else []
        return min((stop for stop in stops if stop >= begin), default=len(facts.lines))

    def _pgp(self, number: int, at: int, mark: str) -> tuple[int, int]:
        """Takes a block of PGP to its end mark, if that is near; else the line alone."""
        first, pieces, begin = number, [], at
        while mark != "END" and number < min(len(self.runs), first + _LONGEST_PGP):
            if self.runs[number].kind:
                break
            facts = facts_of(self.runs[number].text)
            for end, opening in facts.openers.items():
                if opening.pgp == "END" and end >= begin:
                    pieces.append("\n".join(facts.lines[begin : end + 1]))
                    self._furnish(self.runs[first], at, "\n".join(pieces), PGP)
                    return (number, end + 1) if end + 1 < len(facts.lines) else (number + 1, 0)
            pieces.append("\n".join(facts.lines[begin:]))
            number, begin = number + 1, 0
        self._furnish(self.runs[first], at, facts_of(self.runs[first].text).lines[at], PGP)
        return first, at + 1


def _without_consoles(runs: list[Run]) -> list[Run]:
    """The runs with console sessions made code again, where nothing else in the text is quoted."""
    first = next((run for run in runs if run.level), None)
    if first is None or first.kind or not looks_like_a_console(first.text):
        return runs
    quoted = [run for run in runs if run.level]
    if any(run.kind or run.speaker for run in runs):
        return runs
    if not is_console([line for run in quoted for line in run.text.split("\n")]):
        return runs
    if any(introduced_by(run.text) for run in runs if not run.level):
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
