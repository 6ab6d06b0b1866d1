"""Pieces of a page's text to blocks: what only shows when they stand beside each other, and their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from essaysearch.model import Block, Role, Voice

_NOTES_HEADING = re.compile(r"(?:foot|end)?notes?:?", re.I)
_NOTE_BEGINS = re.compile(r"\[(?:\d{1,3}|[*†‡a-z])\]")
_LABEL_TOUCHES = re.compile(r"^(\[\w{1,3}\])(?=\w)")
_THANKS = re.compile(r"(?:Many )?[Tt]hanks\b")
_HEADING_WORDS = 14


@dataclass(frozen=True, slots=True)
class Piece:
    """A block to be; ``run`` is the list it belongs to (0: none), ``speaker`` who speaks in a dialogue."""

    text: str
    role: Role
    depth: int
    run: int = 0
    bold: bool = False
    speaker: str | None = None


def settled(pieces: list[Piece]) -> list[Piece]:
    """Short wholly bold paragraphs become headings; numbered paragraphs under "Notes" become notes."""
    made: list[Piece] = []
    in_notes = False
    pieces = _with_labels(pieces)
    for number, piece in enumerate(pieces):
        if piece.bold and number + 1 < len(pieces) and _is_bold_heading(piece):
            piece = replace(piece, role="heading")
        if piece.role == "heading":
            in_notes = bool(_NOTES_HEADING.fullmatch(piece.text)) and bool(
                number + 1 < len(pieces) and _NOTE_BEGINS.match(pieces[number + 1].text)
            )
        elif _THANKS.match(piece.text):
            in_notes = False
        elif in_notes and piece.role == "paragraph":
            piece = replace(piece, role="note")
        if piece.role == "note":
            piece = replace(piece, text=_LABEL_TOUCHES.sub(r"\1 ", piece.text))
        made.append(piece)
    return made


def _with_labels(pieces: list[Piece]) -> list[Piece]:
    """The pieces, where a footnote's label that stands alone is put before the note that follows."""
    whole: list[Piece] = []
    for piece in pieces:
        last = whole[-1] if whole else None
        if last and last.role == piece.role == "note" and _NOTE_BEGINS.fullmatch(last.text):
            whole[-1] = replace(piece, text=f"{last.text} {piece.text}")
        else:
            whole.append(piece)
    return whole


def _is_bold_heading(piece: Piece) -> bool:
    text = piece.text
    return (
        not piece.depth
        and "\n" not in text
        and len(text.split()) <= _HEADING_WORDS
        and text[-1] not in ".,;…"
        and any(c.isalnum() for c in text)
    )


def joined(pieces: list[Piece]) -> tuple[str, tuple[Block, ...]]:
    blocks, texts, start = [], [], 0
    for piece in pieces:
        end = start + len(piece.text)
        voice: Voice = "quoted" if piece.depth else "own"
        blocks.append(Block(start, end, piece.role, voice, piece.depth, piece.speaker))
        texts.append(piece.text)
        start = end + 2
    return "\n\n".join(texts), tuple(blocks)


def kept_blocks(
    text: str, blocks: tuple[Block, ...], wanted: Sequence[bool]
) -> tuple[str, tuple[Block, ...]]:
    """The text and its blocks without those not wanted; ``wanted`` has one entry a block."""
    if all(wanted):
        return text, blocks
    texts: list[str] = []
    kept: list[Block] = []
    start = 0
    for block, want in zip(blocks, wanted, strict=True):
        if want:
            texts.append(text[block.start : block.end])
            kept.append(replace(block, start=start, end=start + block.end - block.start))
            start += block.end - block.start + 2
    return "\n\n".join(texts), tuple(kept)
