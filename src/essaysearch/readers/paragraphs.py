"""Plain text to blocks: paragraphs, headings, lists and quotation marked by ``>``, in place.

The text itself is not touched: blocks are ranges of it, so that every character keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from essaysearch.model import Block
from essaysearch.text.sentences import BULLET, trimmed

_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_MARKED_LINE = re.compile(r"^[ \t]*>", re.MULTILINE)
_MARKS = re.compile(r"[ \t]*((?:>[ \t]?)+)")
_UNDERLINE = re.compile(r"\s*(=|-|~|\*|#)\1{2,}\s*")
_NUMBERED = re.compile(
    r"(?:(?:chapter|part|section|book)\s+(?:\d{1,3}|[IVXLC]{1,6})\b.*"
    r"|(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6})\.?\s+[^\W\d_a-z].*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
_LONGEST_HEADING = 80


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The ranges between empty lines, in order, without the spaces around them."""
    for match in _PARAGRAPH.finditer(text):
        yield trimmed(text, match.start(), match.end())


def blocks_of(text: str, headings: bool = True) -> tuple[Block, ...]:
    """The blocks of a plain text; they cover its every character that is no space.

    A run of lines that open with ``>`` is quoted, as deep as it has marks. A paragraph whose
    first line opens with a bullet is a list, and so are such paragraphs in a row. With
    ``headings``, an underlined, numbered or upper-case line that stands alone before other text
    is a heading. What holds no letter or digit (``* * *``) joins the block that follows it.
    """
    found: list[Block] = []
    for paragraph in paragraphs(text):
        for start, end, depth in _quotation(text, *paragraph):
            _add(found, text, _block(text, start, end, depth, headings))
    return _last_is_no_heading(found, text)


def _quotation(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The paragraph's runs of lines of one depth of quotation, as (start, end, depth)."""
    if text.find(">", start, end) < 0 or not (text[start] == ">" or _MARKED_LINE.search(text, start, end)):
        yield start, end, 0
        return
    run = (start, start, -1)
    at = start
    while at < end:
        line_end = text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        marks = _MARKS.match(text, at, line_end)
        depth = marks[1].count(">") if marks else 0
        if depth != run[2]:
            if run[2] >= 0:
                yield run
            run = (at, line_end, depth)
        run = (run[0], line_end, depth)
        at = line_end + 1
    yield run


def _block(text: str, start: int, end: int, depth: int, headings: bool) -> Block:
    start, end = trimmed(text, start, end)
    if depth:
        return Block(start, end, voice="quoted", depth=depth)
    if headings and _is_heading(text[start : min(end, start + 2 * _LONGEST_HEADING + 2)]):
        return Block(start, end, role="heading")
    return Block(start, end, role="list" if BULLET.match(text, start, end) else "paragraph")


def _is_heading(text: str) -> bool:
    line, _, rest = text.partition("\n")
    if len(line) > _LONGEST_HEADING or not _WORD.search(line):
        return False
    if rest:
        return bool(_UNDERLINE.fullmatch(rest))
    if line.rstrip()[-1] in ".!?,;:…":
        return False
    return (line.isupper() and sum(c.isalpha() for c in line) >= 4) or bool(_NUMBERED.fullmatch(line))


def _add(found: list[Block], text: str, block: Block) -> None:
    """Appends a block, joined to the one before where that is no block of its own."""
    if found:
        last = found[-1]
        if not _WORD.search(text, last.start, last.end):
            found[-1] = replace(block, start=last.start)
            return
        # "1. First" and "2. Second" on lines of their own are a list, not two headings.
        listed = block.role == "list" or (block.role == "heading" and BULLET.match(text, block.start))
        before = last.role == "list" or (last.role == "heading" and BULLET.match(text, last.start))
        if listed and before and last.depth == block.depth == 0:
            found[-1] = Block(last.start, block.end, role="list")
            return
    found.append(block)


def _last_is_no_heading(found: list[Block], text: str) -> tuple[Block, ...]:
    """A heading heads something: the last block is none. A trailing ``* * *`` joins what it ends."""
    if found and not _WORD.search(text, found[-1].start, found[-1].end) and len(found) > 1:
        last = found.pop()
        found[-1] = replace(found[-1], end=last.end)
    if found and found[-1].role == "heading":
        found[-1] = replace(found[-1], role="paragraph")
    return tuple(found)
