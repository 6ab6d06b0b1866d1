"""Marks that people type by hand into comments in HTML: ``> `` for quotes, ``* `` for lists."""

from __future__ import annotations

import re
from dataclasses import replace

from essaysearch.model import Block
from essaysearch.text.sentences import BULLET

# Not marks: ">=", ">!" (a spoiler), an arrow's head, an unhappy face.
_MARKS = re.compile(r"[ \t]*((?:>[ \t]?)+)(?![=!(]|:-?\()")
_MARKED = re.compile(rf"^{_MARKS.pattern}\s*\S", re.M)


def with_typed_quotes(text: str, blocks: tuple[Block, ...]) -> tuple[str, tuple[Block, ...]]:
    """The text without its ``>`` marks, what they quote in blocks of voice quoted; else both as they are.

    Only lines of the author's own paragraphs and lists are looked at, each block by itself. A
    block is cut where the number of marks changes.
    """
    if ">" not in text or not any(_is_marked(text, block) for block in blocks):
        return text, blocks
    pieces: list[str] = []
    made: list[Block] = []
    at = 0
    for block in blocks:
        piece = text[block.start : block.end]
        runs = _runs(piece) if _is_marked(text, block) else [(0, piece)]
        for depth, run in runs:
            if not depth:
                made.append(replace(block, start=at, end=at + len(run)))
            else:
                made.append(Block(at, at + len(run), voice="quoted", depth=depth))
            pieces.append(run)
            at += len(run) + 2
    return "\n\n".join(pieces), tuple(made)


def _runs(text: str) -> list[tuple[int, str]]:
    """The lines of a block in runs of one depth, without their marks; runs without text are left out."""
    runs: list[tuple[int, list[str]]] = []
    for line in text.split("\n"):
        marks = _MARKS.match(line)
        depth = marks[1].count(">") if marks else 0
        rest = line[marks.end() :] if marks else line
        if not runs or runs[-1][0] != depth:
            runs.append((depth, []))
        runs[-1][1].append(rest)
    joined = ((depth, "\n".join(lines).strip()) for depth, lines in runs)
    return [(depth, run) for depth, run in joined if run]


def with_typed_lists(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks, where two or more paragraphs in a row that open with bullets are one list."""
    made: list[Block] = []
    run: list[Block] = []
    for block in (*blocks, None):
        if block and block.role == "paragraph" and BULLET.match(text, block.start, block.end):
            if run and (block.voice, block.depth) != (run[-1].voice, run[-1].depth):
                made += _listed(run)
                run = []
            run.append(block)
            continue
        made += _listed(run)
        run = []
        if block:
            made.append(block)
    return tuple(made)


def _listed(run: list[Block]) -> list[Block]:
    return run if len(run) < 2 else [replace(run[0], end=run[-1].end, role="list")]


def _is_marked(text: str, block: Block) -> bool:
    if block.role not in ("paragraph", "list") or block.depth:
        return False
    return _MARKED.search(text, block.start, block.end) is not None
