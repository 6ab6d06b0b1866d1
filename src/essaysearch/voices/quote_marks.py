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

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from essaysearch.model import Block, Voice
from essaysearch.voices.furniture import paragraph_furniture
from essaysearch.voices.intros import intro_ending_at
from essaysearch.voices.quote_lines import quoted_lines
from essaysearch.voices.quote_parts import INTRODUCTION
from essaysearch.voices.quote_reading import parts_of
from essaysearch.voices.quote_runs import quoted_runs, runs_of

# A frozen record made field by field, at half the cost of its constructor: mail has seventeen in a message.
_new = object.__new__
(
    _start, _end, _role, _voice, _depth, _speaker, _confidence, _reason, _border, _border_reason
) = (getattr(Block, name).__set__ for name in Block.__dataclass_fields__)  # fmt: skip

Posting = Literal["none", "below", "above", "between", "quote"]


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


def unmark(text: str) -> Marked:
    """A plain text (line ends ``\\n``) without its marks of quotation; blocks cover its every non-space.

    Linear in the text, for any depth. Nothing but marks, ``[quote]`` tags and spaces is taken away.
    """
    pieces: list[str] = []
    blocks: list[Block] = []
    voices: list[Voice] = []
    at = 0
    for piece, role, voice, depth, speaker, confidence, reason, _, _ in parts_of(quoted_runs(text)):
        pieces.append(piece)
        if role != "furniture":
            voices.append(voice)
        end = at + len(piece)
        block = _new(Block)
        _start(block, at)
        _end(block, end)
        _role(block, role)
        _voice(block, voice)
        _depth(block, depth)
        _speaker(block, speaker)
        _confidence(block, confidence)
        _reason(block, reason)
        _border(block, 0.0)
        _border_reason(block, "")
        blocks.append(block)
        at = end + 2
    return Marked("\n\n".join(pieces), tuple(blocks), _posting(voices))


def mark_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text as it stands, marks included; they cover its every non-space character."""
    lines = quoted_lines(text)
    starts = lines.starts()
    parts = parts_of(runs_of(lines, tags=True))
    begins = [starts[part.first] for part in parts]
    blocks: list[Block] = []
    for number, part in enumerate(parts):
        # Lines that are nothing but marks belong to what stands before them.
        begin = begins[number] if number else 0
        end = begins[number + 1] if number + 1 < len(parts) else len(text)
        piece = text[begin:end]
        if piece.strip():
            start = begin + len(piece) - len(piece.lstrip())
            stop = end - len(piece) + len(piece.rstrip())
            blocks.append(Block(start, stop, *part[1:7]))
    if not blocks and text.strip():
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        return (Block(start, end, role="furniture", voice="unknown", reason="marks alone"),)
    return tuple(blocks)


def attributed(text: str, blocks: Sequence[Block]) -> Marked:
    """Blocks that have their voices from a page's structure, with speakers and furniture from their words.

    An introduction right before a deeper quotation becomes furniture and names its speaker;
    signatures, footers and disclaimers that stand as paragraphs become furniture.
    """
    named: list[Block] = []
    speakers: dict[int, str | None] = {}
    for number, block in enumerate(blocks):
        depth = block.depth
        if block.role in ("paragraph", "list"):
            lines = text[block.start : block.end].split("\n")
            deeper = number + 1 < len(blocks) and blocks[number + 1].depth > depth
            found = intro_ending_at(lines, len(lines) - 1) if deeper and len(lines) <= 4 else None
            if found is not None and found.lines == len(lines):
                speakers = {level: name for level, name in speakers.items() if level <= depth}
                speakers[depth + 1] = found.speaker
                named.append(_furniture(block, INTRODUCTION))
                continue
            if what := paragraph_furniture(lines):
                named.append(_furniture(block, what))
                continue
        if depth and block.speaker is None and block.voice == "quoted":
            block = replace(block, speaker=speakers.get(depth))
        named.append(block)
    voices = [block.voice for block in named if block.role != "furniture"]
    return Marked(text, tuple(named), _posting(voices))


def _furniture(block: Block, what: str) -> Block:
    return Block(block.start, block.end, "furniture", "unknown", block.depth, None, 1.0, what)


def _posting(voices: list[Voice]) -> Posting:
    """Where own words stand, by the voices of all that is no furniture."""
    if "quoted" not in voices:
        return "none"
    own = [number for number, voice in enumerate(voices) if voice != "quoted"]
    if not own:
        return "quote"
    first, last = voices.index("quoted"), len(voices) - 1 - voices[::-1].index("quoted")
    if own[-1] < first:
        return "above"
    return "below" if own[0] > last else "between"
