"""A forum author's comment page saved as plain text: one document, its quote marks lost.

Such a file opens with the author's name and biography, then a heading, then the comments one
after another, quotes and answers alike as bare paragraphs, and ends in a "Load More". The text
itself is left as it is: ``<insert any goal here>`` and ``[steps]`` are words, not markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from essaysearch.model import Block, Document, Reading, Skipped, SourceFacts
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id

LOST_MARKS = "the page has lost its quote marks"
"""Why a block's voice is unknown here; `voices.infer` is asked about documents that say so."""

HEADINGS = frozenset(
    ("wiki contributions", "comments", "recent comments", "no wiki contributions to display.")
)
FURNITURE = frozenset(("load more", "show more", "load more comments", "see more", "back to top"))

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_OWNER = re.compile(r"(?:comments (?:by|of|from) )?(?P<name>.+?)(?:['’]s? comments)?", re.IGNORECASE)
_SORTED = re.compile(r"sorted by \w+", re.IGNORECASE)
_SURE_HEADING = "wiki contributions"
_LONGEST_NAME = 60


def sniff(source: SourceFile) -> float:
    """Sure of a name, the heading over the comments, and a "Load More" at the end."""
    if source.is_binary:
        return 0.0
    lines = [line.strip() for line in source.head_text.split("\n") if line.strip()]
    if len(lines) < 3 or not _is_name(lines[0]):
        return 0.0
    heading = any(line.lower() == _SURE_HEADING for line in lines)
    furniture = lines[-1].lower() in FURNITURE
    return 0.95 if heading and furniture else 0.85 if heading else 0.6 if furniture else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document of kind ``comment``, its blocks in unknown voice where no ``>`` marks quotes."""
    text = source.text()
    name, begin, start = _opening(text)
    end = _before_furniture(text)
    body = text[start:end]
    if not body.strip():
        yield Skipped(source.path, "The page holds no comments after its heading.")
        return
    start += len(body) - len(body.lstrip())
    body = text[start:end]
    blocks = blocks_of(body, headings=False)
    if all(block.voice == "own" for block in blocks):
        blocks = tuple(_unsure(block) for block in blocks)
    biography = text[begin:start].strip()
    yield Document(
        id=derived_document_id(READER.name, name, ""),
        kind="comment",
        text=body,
        blocks=blocks,
        authors=(name,) if name else (),
        line=text.count("\n", 0, start) + 1,
        notes=("the borders between comments are not marked: the page is one document",),
    )
    yield SourceFacts(source.path, {"author": name, "biography": _without_headings(biography)})


def _unsure(block: Block) -> Block:
    return replace(block, voice="unknown", confidence=0.5, reason=LOST_MARKS)


def _opening(text: str) -> tuple[str, int, int]:
    """The author's name, where it ends, and where the comments begin.

    They begin after "Wiki Contributions" where that stands, else after the first heading over
    comments, else after the name; headings that follow at once are passed over too.
    """
    lines = _LINE.finditer(text)
    first = next(lines, None)
    if first is None or not _is_name(first.group().strip()):
        return "", 0, 0
    match = _OWNER.fullmatch(first.group().strip())
    name = match["name"] if match else first.group().strip()
    start, sure, headed = first.end(), False, False
    for line in lines:
        folded = line.group().strip().lower()
        if folded == _SURE_HEADING and not sure:
            start, sure, headed = line.end(), True, True
        elif folded in HEADINGS or _SORTED.fullmatch(folded):
            if headed or start == first.end():
                start, headed = line.end(), True
        elif sure:
            break
        else:
            headed = False
    return name, first.end(), start


def _before_furniture(text: str) -> int:
    """Where the text ends once the page's last buttons are left out."""
    end = len(text.rstrip())
    while end:
        begin = text.rfind("\n", 0, end) + 1
        if text[begin:end].strip().lower() not in FURNITURE:
            break
        end = len(text[:begin].rstrip())
    return end


def _without_headings(text: str) -> str:
    kept = [line for line in text.split("\n") if line.strip().lower() not in HEADINGS]
    return "\n".join(kept).strip()


def _is_name(line: str) -> bool:
    return (
        len(line) <= _LONGEST_NAME
        and len(line.split()) <= 6
        and line[-1:] not in (*".!?:;,>",)
        and line[:1].isalnum()
    )


READER = Reader("comment-page", "an author's comment page saved as plain text", (".txt",), sniff, read)
