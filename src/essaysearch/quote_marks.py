"""The voices that marks give in plain text: who speaks in a message, and whom it quotes.

The answers to what mail makes hard:

- A quote in a quote in a quote has depth 3; each level's speaker is the one whom the nearest
  introduction above it names, on the level over it.
- A quote that is the whole message leaves it without own words (``posting`` is ``quote``).
- An answer above its quote ("top-posting") stays above it; ``posting`` is ``above``. Below
  forwarded header lines everything is quoted, marked or not. Below a sure introduction ("On
  DATE, Ada <a@b.c> wrote:") without marks the rest is quoted where an answer stands above it;
  otherwise only its first paragraph is, and the rest is of unknown voice.
- Introductions, forwarded headers, signatures, footers of lists and disclaimers are furniture:
  role ``furniture``, voice ``unknown``, ``reason`` saying which.
- A console session (``> x <- 3``) in a message that quotes nobody is code, not a quotation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from essaysearch.model import Block, Role, Voice
from essaysearch.quote_furniture import (
    OPENERS,
    OPENING_PAIRS,
    ends_forward,
    forwarded_header_at,
    furniture_at,
    is_contact,
    is_disclaimer,
    is_list_line,
    may_disclaim,
)
from essaysearch.quote_intros import intro_ending_at
from essaysearch.quote_lines import Lines, quoted_lines
from essaysearch.quote_text import is_console, read_paragraph, rejoined, role_of

Posting = Literal["none", "below", "above", "between", "quote"]

INTRODUCTION = "introduces a quotation"
FORWARD = "forwarded header"
QUOTE_TAG = "quote tag"

_INTRODUCING = frozenset((":", "："))


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its quote marks, and its blocks.

    Paragraphs stand two newlines apart; wrapped lines of a paragraph are joined by spaces where
    they are prose. ``posting`` is where the author's words stand: ``none`` (nothing is quoted),
    ``below``, ``above`` or ``between`` quotations, ``quote`` (there are none: all is quoted).
    """

    text: str
    blocks: tuple[Block, ...]
    posting: Posting


@dataclass(slots=True)
class _Part:
    """A paragraph to be: its lines from ``start`` to before ``end``, and what is known of it."""

    start: int
    end: int
    depth: int
    speaker: str | None = None
    furniture: str = ""
    confidence: float = 1.0
    reason: str = ""
    unknown: bool = False


@dataclass(slots=True)
class _Level:
    """A level of quotation that header lines or an introduction open without marks."""

    base: int
    confidence: float
    reason: str
    first_only: bool = False
    begun: bool = False


@dataclass(slots=True)
class _Reading:
    """What is known where the reading stands. ``open`` is the paragraph that the next line may continue."""

    lines: Lines
    parts: list[_Part] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    speakers: dict[int, str | None] = field(default_factory=dict)
    open: _Part | None = None
    spoke: set[int] = field(default_factory=set)


def unmark(text: str) -> Marked:
    """A plain text (line ends ``\\n``) without its marks of quotation; blocks cover its every non-space.

    Linear in the text, for any depth. Nothing but marks, ``[quote]`` tags and spaces is taken away.
    """
    lines = quoted_lines(text)
    parts = _parts(lines)
    pieces: list[str] = []
    blocks: list[Block] = []
    at = 0
    for part in parts:
        content = lines.text[part.start : part.end]
        if part.furniture:
            role: Role = "furniture"
            joined = rejoined(content) if part.furniture == INTRODUCTION else "\n".join(filter(None, content))
        else:
            glued = [i in lines.glued for i in range(part.start, part.end)] if lines.glued else None
            role, joined = read_paragraph(content, glued)
        if not joined:
            continue
        if pieces:
            pieces.append("\n\n")
            at += 2
        pieces.append(joined)
        blocks.append(_block(part, at, at + len(joined), role))
        at += len(joined)
    return Marked("".join(pieces), tuple(blocks), _posting(blocks))


def mark_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text as it stands, marks included; they cover its every non-space character."""
    lines = quoted_lines(text)
    parts = _parts(lines, tags=True)
    blocks: list[Block] = []
    starts = lines.starts()
    begin = 0
    for number, part in enumerate(parts):
        # Lines that are nothing but marks belong to what stands before them.
        end = starts[parts[number + 1].start] if number + 1 < len(parts) else len(text)
        start, stop = _trimmed(text, begin if number == 0 else starts[part.start], end)
        begin = end
        if start < stop:
            role: Role = "furniture" if part.furniture else role_of(lines.text[part.start : part.end])
            blocks.append(_block(part, start, stop, role))
    if not blocks and text.strip():
        start, stop = _trimmed(text, 0, len(text))
        return (Block(start, stop, role="furniture", voice="unknown", reason="marks alone"),)
    return tuple(blocks)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _block(part: _Part, start: int, end: int, role: Role) -> Block:
    if part.furniture:
        return Block(start, end, "furniture", "unknown", part.depth, part.speaker, 1.0, part.furniture)
    voice: Voice = "unknown" if part.unknown else "quoted" if part.depth else "own"
    return Block(start, end, role, voice, part.depth, part.speaker, part.confidence, part.reason)


def _posting(blocks: list[Block]) -> Posting:
    voices = [block.voice for block in blocks if block.role != "furniture"]
    if "quoted" not in voices:
        return "none"
    own = [number for number, voice in enumerate(voices) if voice != "quoted"]
    if not own:
        return "quote"
    first, last = voices.index("quoted"), len(voices) - 1 - voices[::-1].index("quoted")
    if own[-1] < first:
        return "above"
    return "below" if own[0] > last else "between"


def _parts(lines: Lines, tags: bool = False) -> list[_Part]:
    """The paragraphs of a text in order; with ``tags`` also the ``[quote]`` tags, as furniture."""
    if any(lines.depth):
        _unmark_consoles(lines)
    reading = _Reading(lines)
    text, depth = lines.text, lines.depth
    special = _special_lines(lines)
    special.append(len(text) + 1)
    following = 0
    at = 0
    for start, end, level, below in _runs(text, depth, tags):
        if end <= at:
            continue
        start = max(start, at)
        reading.open = None
        if level < 0:
            reading.parts += (
                _Part(i, i + 1, depth[i], furniture=QUOTE_TAG) for i in range(start, end) if i in lines.tags
            )
            continue
        if start and level < depth[start - 1] and text[start - 1]:
            reading.spoke = {spoken for spoken in reading.spoke if spoken <= level}
        while reading.levels and level < reading.levels[-1].base:
            reading.levels.pop()
        while special[following] < start:
            following += 1
        if special[following] < end or below > level:
            places = [place for place in special[following : following + end - start] if place < end]
            at = _read_run(reading, start, end, places, below > level)
        else:
            _speak(reading, start, end)
    _settle(reading)
    return reading.parts


def _special_lines(lines: Lines) -> list[int]:
    """The lines that may be more than words: by how they open, how they end, what is known of them."""
    found = [i for i, line in enumerate(lines.text) if line[:2] in OPENING_PAIRS or line[-1:] in _INTRODUCING]
    if lines.heads or lines.spoken:
        return sorted({*found, *lines.heads, *lines.spoken})
    return found


def _runs(text: list[str], depth: list[int], empty: bool) -> list[tuple[int, int, int, int]]:
    """The runs of lines of one depth as (first, one past the last, depth, depth of what follows).

    With ``empty`` the runs of empty lines are among them, at depth -1.
    """
    keys = [level if line else -1 for line, level in zip(text, depth, strict=True)]
    cuts = [i for i, (above, here) in enumerate(pairwise(keys), 1) if above != here]
    runs = [(start, end, keys[start]) for start, end in pairwise([0, *cuts, len(keys)])]
    told = [run for run in runs if run[2] >= 0]
    belows = [run[2] for run in told[1:]] + [-1]
    found = [(*run, below) for run, below in zip(told, belows, strict=True)]
    if empty:
        found = sorted([*found, *((*run, -1) for run in runs if run[2] < 0)])
    return found


def _read_run(reading: _Reading, start: int, end: int, special: list[int], deepens: bool) -> int:
    """Reads a run that may hold more than words; gives where to go on, past its end where furniture does.

    ``deepens``: a deeper quotation follows, which the run's last line may introduce.
    """
    lines = reading.lines
    at = start
    for place in [*special, end - 1] if deepens and end - 1 not in special else special:
        if place < at:
            continue
        if place > at:
            _speak(reading, at, place)
        at = place
        line = lines.text[at]
        marked = deepens and at == end - 1
        if at in lines.heads:
            taken, speaker = lines.heads[at]
            _furnish(reading, at, taken, INTRODUCTION)
            _introduce(reading, lines.depth[at], speaker)
            at += taken
        elif (
            line[:2] in OPENING_PAIRS
            and line.lstrip().startswith(OPENERS)
            and (taken := _furniture(reading, at))
        ):
            at += taken
        else:
            if not (marked or line[-1] in _INTRODUCING) or not _introduction(reading, at, marked):
                _speak(reading, at, at + 1)
            at += 1
    if at < end:
        _speak(reading, at, end)
    return at


def _speak(reading: _Reading, start: int, end: int) -> None:
    """Lines of somebody's words: into the open paragraph, or a new one."""
    lines = reading.lines
    level = lines.depth[start]
    deep = level + len(reading.levels)
    tagged = start in lines.spoken
    speaker = (lines.spoken[start] if tagged else reading.speakers.get(deep)) if deep else None
    part = reading.open
    if part is not None and (not tagged or part.speaker == speaker):
        part.end = end
        return
    reading.spoke.add(level)
    if tagged:
        reading.speakers.setdefault(deep, speaker)
    part = _Part(start, end, deep, speaker)
    if reading.levels:
        implied = reading.levels[-1]
        part.confidence, part.reason = implied.confidence, implied.reason
        if implied.first_only and implied.begun:
            part.depth, part.speaker, part.unknown = level, None, True
            part.confidence, part.reason = 0.5, "follows a quotation whose end is not marked"
        implied.begun = True
    reading.parts.append(part)
    reading.open = part


def _furnish(reading: _Reading, at: int, taken: int, what: str, speaker: str | None = None) -> None:
    deep = reading.lines.depth[at] + len(reading.levels)
    reading.parts.append(_Part(at, at + taken, deep, speaker, what))
    reading.open = None


def _introduce(reading: _Reading, level: int, speaker: str | None) -> int:
    """Notes who speaks one level below; gives that level."""
    deeper = level + len(reading.levels) + 1
    reading.speakers = {depth: name for depth, name in reading.speakers.items() if depth < deeper}
    reading.speakers[deeper] = speaker
    return deeper


def _introduction(reading: _Reading, at: int, marked: bool) -> bool:
    """Takes the introduction that ends at a line, with its lines out of the open paragraph."""
    lines = reading.lines
    level = lines.depth[at]
    run = reading.open
    found = intro_ending_at(lines.text, at, run.start if run is not None else at, marked)
    if found is None:
        return False
    earlier = found.lines - 1
    if earlier and run is not None:
        run.end -= earlier
        if run.end == run.start:
            reading.parts.pop()
    _furnish(reading, at - earlier, found.lines, INTRODUCTION)
    _introduce(reading, level, found.speaker)
    if not marked:
        deep = level + len(reading.levels)
        above = any(not part.furniture and part.depth == deep for part in reading.parts)
        reason = "stands below an introduction, unmarked"
        reading.levels.append(_Level(level, 0.8 if above else 0.7, reason, first_only=not above))
    return True


def _furniture(reading: _Reading, at: int) -> int:
    """Takes the furniture that begins at a line; gives how many lines it has (0: none)."""
    lines = reading.lines
    text, depth = lines.text, lines.depth
    level = depth[at]
    if reading.levels and ends_forward(text[at]):
        _furnish(reading, at, 1, FORWARD)
        reading.levels.pop()
        return 1
    header = forwarded_header_at(text, depth, at)
    if header is not None:
        marked = lines.next_depth(at + header.lines - 1) > level
        known = reading.speakers.get(level + len(reading.levels))
        described = level > 0 and (level not in reading.spoke or known == header.speaker)
        _furnish(reading, at, header.lines, FORWARD)
        if described and not marked:
            # The quotation opens with its own header: it speaks of this level, not of one below.
            reading.speakers[level + len(reading.levels)] = header.speaker
            return header.lines
        _introduce(reading, level, header.speaker)
        if not marked:
            reading.levels.append(_Level(level, 0.95, "stands below a forwarded header"))
        return header.lines
    found = furniture_at(text, depth, at)
    if found is None:
        return 0
    _furnish(reading, at, *found)
    return found[0]


def _settle(reading: _Reading) -> None:
    """Names the furniture that only a whole paragraph shows: disclaimers, bare footers, address blocks."""
    text = reading.lines.text
    last: dict[int, _Part] = {}
    for part in reading.parts:
        if part.furniture:
            continue
        if text[part.start].endswith(" mailing list") and is_list_line(text[part.start : part.end]):
            part.furniture = "list footer"
        elif may_disclaim(text[part.start]) and is_disclaimer("\n".join(text[part.start : part.end][:6])):
            part.furniture = "disclaimer"
        else:
            last[part.depth] = part
    for part in last.values():
        if 2 < part.end - part.start < 16 and is_contact(text[part.start : part.end]):
            part.furniture = "address"


def _unmark_consoles(lines: Lines) -> None:
    """Gives their ``>`` back to console sessions where nothing else in the text is quoted."""
    marked = [i for i, depth in enumerate(lines.depth) if depth and lines.text[i]]
    if lines.heads or lines.tags or lines.spoken or not is_console([lines.text[i] for i in marked]):
        return
    for i in marked:
        if (
            i
            and lines.text[i - 1]
            and not lines.depth[i - 1]
            and re.search(r"(?:wrote|writes)\W*$", lines.text[i - 1])
        ):
            return
    for i, depth in enumerate(lines.depth):
        if depth:
            lines.depth[i] = 0
            lines.text[i] = "> " * depth + lines.text[i]
    lines.glued.clear()


def attributed(text: str, blocks: tuple[Block, ...]) -> Marked:
    """Blocks that have their voices from a page's structure, with speakers and furniture from their words.

    An introduction right before a deeper quotation becomes furniture and names its speaker;
    signatures, footers and disclaimers that stand as paragraphs become furniture.
    """
    named: list[Block] = []
    speakers: dict[int, str | None] = {}
    for number, block in enumerate(blocks):
        depth = block.depth
        lines = text[block.start : block.end].split("\n")
        deeper = number + 1 < len(blocks) and blocks[number + 1].depth > depth
        if block.role == "paragraph" and len(lines) <= 4:
            found = intro_ending_at(lines, len(lines) - 1) if deeper else None
            if found is not None and found.lines == len(lines):
                speakers = {level: name for level, name in speakers.items() if level <= depth}
                speakers[depth + 1] = found.speaker
                named.append(_furniture_of(block, INTRODUCTION))
                continue
        if block.role in ("paragraph", "list"):
            levels = [0] * len(lines)
            taken = furniture_at(lines, levels, 0) if lines[0].startswith(OPENERS) else None
            if taken and taken[0] == len(lines):
                named.append(_furniture_of(block, taken[1]))
                continue
            if is_disclaimer(text[block.start : block.end]):
                named.append(_furniture_of(block, "disclaimer"))
                continue
        if depth and block.speaker is None and block.voice == "quoted":
            block = replace(block, speaker=speakers.get(depth))
        named.append(block)
    return Marked(text, tuple(named), _posting(named))


def _furniture_of(block: Block, reason: str) -> Block:
    return Block(block.start, block.end, "furniture", "unknown", block.depth, None, 1.0, reason)
