"""Lines of a PDF to the paragraphs, headings, lists and code that they were before they were set.

Everything here is read off the page: a larger size or a bold line is a heading, a wider gap or
an indent begins a paragraph, a bullet begins an item, a hyphen at a line's end was put there by
the setter unless the word stands with it elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from essaysearch.model import Block, Role
from essaysearch.readers.pdf_byline import ABSTRACT, Byline, byline
from essaysearch.readers.pdf_lines import Line
from essaysearch.text.sentences import BULLET

_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.(?:\d{1,2})?|[IVX]{1,5}\.)\s+[A-Z“\"(]")
_REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:references|bibliography|literature cited|works cited)\s*:?", re.I
)
_ENDS = (".", "!", "?", ":", "”", '"', ")", ";")
_JOINED = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_LAST_WORD = re.compile(r"([^\W\d_]+)-$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_ENTRY = re.compile(r"\[\d{1,3}\]\s")
_LEADERS = re.compile(r"(?:\. ?){6,}\s*(?:\d+|[ivxlc]+)\s*$")
_FOOT_MARK = re.compile(
    r"(?:\d{1,3}|[*†‡§¶∗]{1,3})\s?(?=[A-Z“\"(a-z])|(?:In )?Proceedings of |Permission to |Copyright|c?[©⃝]"
    r"|To appear in |This (?:work|research) (?:is|was|has been) |Correspond"
)
_NO_TITLE = re.compile(
    r"(?:table of )?contents|references|bibliography|abstract|(?:1\.? )?introduction|summary", re.I
)
_MARK_AT_END = re.compile(r"\s*[*∗†‡§¶]+$")
_CAPTION = re.compile(r"(?:Figure|Fig\.|Table|Algorithm|Listing|Box)\s*\w{1,4}\s*[:.]", re.I)
_REAL_WORD = re.compile(r"[^\W\d_]{3}")
_MARKER = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])[.)]\s")
_SMALL = 0.93
_LONGEST_FOOT = 30
_COLUMN = 60.0
"""Lines of one column begin within so many points of each other."""
_BULLET_ALONE = re.compile(r"[•◦▪‣·∙*–-]")


@dataclass
class _Piece:
    role: Role
    lines: list[Line]

    @property
    def last(self) -> Line:
        return self.lines[-1]


@dataclass(frozen=True, slots=True)
class Laid:
    """A text with its blocks; ``title`` is what stands in the largest type at the top of the first page."""

    text: str
    blocks: tuple[Block, ...]
    title: str | None
    has_abstract: bool
    byline: Byline


def laid_out(lines: list[Line]) -> Laid:
    """The text of a PDF. The title is not part of it; the blocks cover its every non-space character."""
    body = _body_size(lines)
    titled, lines = _title(lines, body)
    title = _MARK_AT_END.sub("", " ".join(line.text for line in titled)) or None
    lines, feet = _footnotes(lines, body)
    said = byline(lines, titled)
    lines = [line for line in lines if line not in said.lines]
    hyphenated = {word.lower() for line in lines for word in _JOINED.findall(line.text)}
    pieces = list(_pieces(lines, body))
    made: list[tuple[Role, str]] = (
        [("furniture", "\n".join(line.text for line in said.lines))] if said.lines else []
    )
    abstract = references = False
    for piece in pieces:
        text = _text(piece, hyphenated)
        if not text:
            continue
        match = ABSTRACT.match(text) if not abstract and len(made) < 40 else None
        if match and (piece.role == "heading" or match.end() == len(text) or match[1][0].isupper()):
            abstract = True
            made.append(("heading", match[1].replace(" ", "")))
            if rest := text[match.end() :].strip():
                made.append(("paragraph", rest))
            continue
        if _REFERENCES.fullmatch(text):
            references = True
            made.append(("heading", text))
            continue
        if piece.role == "heading":
            references = False
        role: Role = "note" if references and piece.role in ("paragraph", "list") else piece.role
        if _LEADERS.search(text):
            role = "furniture"
        if len(made) > bool(said.lines) and role == made[-1][0] and role in ("list", "furniture"):
            made[-1] = (role, f"{made[-1][1]}\n{text}")
        else:
            made.append((role, text))
    made += [("note", _text(_Piece("note", foot), hyphenated)) for foot in feet]
    blocks, texts, at = [], [], 0
    for place, (role, text) in enumerate(made):
        furniture = role == "furniture"
        reason = "" if not furniture else "table of contents" if place or not said.lines else "byline"
        blocks.append(Block(at, at + len(text), role, "unknown" if furniture else "own", reason=reason))
        texts.append(text)
        at += len(text) + 2
    return Laid("\n\n".join(texts), tuple(blocks), title, abstract, said)


def _body_size(lines: list[Line]) -> float:
    """The size that most characters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _title(lines: list[Line], body: float) -> tuple[list[Line], list[Line]]:
    """The lines of the largest type in the upper half of the first page, and the rest."""
    first = [line for line in lines if line.page == 0][:25]
    if not first:
        return [], lines
    largest = max(line.size for line in first)
    if largest < 1.15 * body:
        return [], lines
    start = next(place for place, line in enumerate(lines) if line.size >= 0.97 * largest)
    end = start
    while end < len(lines) and lines[end].page == 0 and lines[end].size >= 0.97 * largest and end - start < 5:
        end += 1
    title = " ".join(line.text for line in lines[start:end])
    if len(title) > 300 or not _REAL_WORD.search(title) or _NO_TITLE.fullmatch(title):
        return [], lines
    return lines[start:end], lines[:start] + lines[end:]


def _footnotes(lines: list[Line], body: float) -> tuple[list[Line], list[list[Line]]]:
    """The lines without the footnotes at the feet of columns, and these, each with its lines.

    They are in small type, stand below what is in the usual size, and open with a number or sign.
    """
    usual: dict[int, list[Line]] = {}
    for line in lines:
        if not _is_small(line, body):
            usual.setdefault(line.page, []).append(line)
    kept: list[Line] = []
    notes: list[list[Line]] = []
    place = 0
    while place < len(lines):
        end = place + 1
        while end < len(lines) and _is_small(lines[end], body) and _follows(lines[end - 1], lines[end]):
            end += 1
        first = lines[place]
        column = [line.y for line in usual.get(first.page, ()) if abs(line.x - first.x) < _COLUMN]
        at_foot = _is_small(first, body) and bool(column) and min(column) > first.y
        if at_foot and end - place <= _LONGEST_FOOT and _FOOT_MARK.match(first.text):
            for line in lines[place:end]:
                if _FOOT_MARK.match(line.text):
                    notes.append([line])
                else:
                    notes[-1].append(line)
        else:
            end = place + 1 if not _is_small(first, body) else end
            kept += lines[place:end]
        place = end
    return kept, notes


def _is_small(line: Line, body: float) -> bool:
    return line.size < _SMALL * body


def _follows(above: Line, below: Line) -> bool:
    """Whether a line stands below another in one column of one page."""
    return above.page == below.page and below.y < above.y


def _pieces(lines: list[Line], body: float) -> Iterator[_Piece]:
    leading = _leading(lines)
    piece: _Piece | None = None
    for line in lines:
        role = _role(line, body)
        if piece is not None and _continues(piece, line, role, leading):
            piece.lines.append(line)
            continue
        if piece is not None:
            yield piece
        piece = _Piece(role, [line])
    if piece is not None:
        yield piece


def _leading(lines: list[Line]) -> float:
    gaps = [
        above.y - below.y
        for above, below in pairwise(lines)
        if above.page == below.page and 0 < above.y - below.y < 4 * max(above.size, 1)
    ]
    return float(median(gaps)) if gaps else 12.0


def _role(line: Line, body: float) -> Role:
    text = line.text
    short = len(text) < 120 and len(text.split()) < 16 and not _CAPTION.match(text)
    if BULLET.match(text) or _BULLET_ALONE.fullmatch(text):
        return (
            "heading"
            if short and _NUMBERED.match(text) and (line.bold or line.size > 1.08 * body)
            else "list"
        )
    if short and _REAL_WORD.search(text):
        if line.size > 1.08 * body:
            return "heading"
        if line.bold and not text.endswith((".", ",", ";")) and not line.mono:
            return "heading"
        if _REFERENCES.fullmatch(text):
            return "heading"
    return "code" if line.mono else "paragraph"


def _continues(piece: _Piece, line: Line, role: Role, leading: float) -> bool:
    last = piece.last
    apart = last.y - line.y
    turned = line.page != last.page or apart < -leading
    wide = not turned and apart > 1.35 * leading
    if piece.role == "heading":
        same = abs(line.size - last.size) < 0.3 and line.bold == last.bold
        return (
            role == "heading"
            and same
            and not turned
            and apart < 1.6 * max(leading, last.size)
            and not _NUMBERED.match(line.text)
        )
    if role == "heading":
        return False
    if role == "code" or piece.role == "code":
        return role == piece.role and (turned or apart < 2.5 * leading)
    if _ENTRY.match(line.text) or (role == "list" and not _runs_on(piece, line)):
        return False
    if abs(line.size - last.size) > 0.12 * last.size and len(line.text) > 3:
        return False
    if turned:
        # A paragraph goes on over the page where nothing ended before it.
        return not last.text.endswith(_ENDS)
    if wide:
        return False
    if piece.role == "list" and role != "list":
        return line.x >= piece.lines[0].x - 1
    indented = line.x - last.x > 0.7 * last.size
    return not (indented and last.text.endswith(_ENDS))


def _runs_on(piece: _Piece, line: Line) -> bool:
    """Whether a line that begins as an item does is the next line of a sentence: "of length" "k. This is"."""
    last = piece.last
    return (
        piece.role == "paragraph"
        and bool(_MARKER.match(line.text))
        and abs(line.x - last.x) < 2
        and not last.text.endswith((*_ENDS, ","))
    )


def _text(piece: _Piece, hyphenated: set[str]) -> str:
    if piece.role == "code":
        return "\n".join(line.text for line in piece.lines).strip()
    text = piece.lines[0].text
    for line in piece.lines[1:]:
        following = line.text
        last, first = _LAST_WORD.search(text), _FIRST_WORD.match(following)
        if last and first and first[0][0].islower():
            kept = f"{last[1]}-{first[0]}".lower() in hyphenated
            text = (text if kept else text[:-1]) + following
        else:
            text = f"{text} {following}"
    return text.strip()
