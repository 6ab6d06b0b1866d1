"""Pages of a PDF to lines with their place and type size, without what repeats on every page.

One module owns pypdf: this one. Its exceptions, which are of every kind, become `ReadError`.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from essaysearch.errors import ExtraMissing, ReadError
from essaysearch.readers.source import SourceFile

INSTALL = "pip install 'essaysearch[pdf]'"

_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\u00a0": " ",
        "\u200b": "",
        # Bullets of fonts of signs, which have no characters of their own.
        "\x7f": "•",
        "\uf0b7": "•",
        "\uf0a7": "▪",
        "\uf0d8": "▪",
        "\uf02d": "–",
    }
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b", re.I)
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[-–—]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", re.I
)
_STAMP = re.compile(r"(?:arXiv|viXra|bioRxiv|medRxiv)\s*:?\s*\S+.*\[[\w.-]+\].*\d{4}$", re.I)
_ENDS_IN_NUMBER = re.compile(r"^\d{1,4}(?= )|(?<= )\d{1,4}$|^\d{1,4}$")
_EDGE = 3
_FEW_PAGES = 8
_GAP = 1.7
"""How far a head stands from the text, in parts of its size: lines of a text stand 1.2 apart."""
_TELLING = 8
_WIDEST = 0.62
"""How wide a letter is at most, on average, in parts of its size: a typewriter's have 0.6."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its text, the page it is on (from 0), where it begins (points), its size, its kind of type.

    ``cells``: its parts, where a wide gap parts them.
    """

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool = False
    mono: bool = False
    cells: tuple[str, ...] = ()


@dataclass
class Pages:
    """What a PDF holds: facts about the file, lines in reading order, how many pages had no text."""

    facts: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    pages: int = 0
    empty: int = 0
    stamp: str = ""
    problems: list[str] = field(default_factory=list)


def pages_of(source: SourceFile) -> Pages:
    """The lines of a PDF, page numbers and running heads left out.

    Raises `ExtraMissing` where pypdf is not installed, `ReadError` where the file is encrypted
    or so damaged that no page can be read.
    """
    try:
        import pypdf
    except ImportError as error:
        raise ExtraMissing(f"Reading PDF needs pypdf, which is not installed: {INSTALL}") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    data = source.bytes()
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(f"{source.path}: is encrypted; save it without a password and read it again.")
        count = len(reader.pages)
        facts = _facts(reader)
    except (ReadError, MemoryError):
        raise
    except pypdf.errors.DependencyError as error:
        raise ExtraMissing(
            f"Reading this encrypted PDF needs cryptography, which is not installed: {INSTALL}"
        ) from error
    except Exception as error:
        raise ReadError(f"{source.path}: is damaged and cannot be read as PDF ({_said(error)}).") from error
    found = Pages(facts, pages=count)
    per_page: list[list[Line]] = []
    for number in range(count):
        try:
            lines = list(_lines(reader.pages[number], number))
        except MemoryError:
            raise
        except Exception as error:
            found.problems.append(f"page {number + 1} is damaged and was left out ({_said(error)})")
            lines = []
        found.empty += not lines
        per_page.append(lines)
    if per_page:
        found.stamp = next((line.text for line in per_page[0] if _STAMP.fullmatch(line.text)), "")
    repeated = _repeated(per_page)
    ahead = _numbered(per_page)
    for number, lines in enumerate(per_page):
        printed = frozenset(str(number + offset) for offset in ahead)
        if number:
            # Of two pages only the second has a head, and nothing repeats it but the title itself.
            heads = [
                line for line in _apart(lines) if len(line.text) < 120 and _bears_title(line, per_page[0])
            ]
            lines = [line for line in lines if line not in heads]
        found.lines.extend(_without_furniture(lines, repeated, printed))
    return found


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().rstrip(".")[:120]


def _facts(reader: Any) -> dict[str, str]:
    try:
        facts = reader.metadata or {}
    except Exception:
        return {}
    try:
        values = {
            str(key): getattr(value, "get_object", lambda value=value: value)()
            for key, value in facts.items()
        }
    except Exception:
        return {}
    return {
        key.lstrip("/").lower(): str(value).strip() for key, value in values.items() if isinstance(value, str)
    }


@dataclass
class _Run:
    """A line that is being put together."""

    text: str
    x: float
    y: float
    size: float
    bold: int = 0
    mono: int = 0
    end: float = 0.0


def _lines(page: Any, number: int) -> Iterator[Line]:
    runs: list[_Run] = []

    def visit(text: str, outer: list[float], inner: list[float], font: Any, size: float) -> None:
        place_x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        place_y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        scale = abs(inner[3] * outer[3]) or abs(inner[1] * outer[1]) or 1.0
        name = str(font.get("/BaseFont", "")) if font else ""
        for part in text.split("\n"):
            if part.strip():
                _append(runs, part, place_x, place_y, float(size) * scale, name)

    page.extract_text(visitor_text=visit)
    for run in runs:
        cells = [" ".join(cell.split()) for cell in run.text.translate(_LIGATURES).split("\t")]
        cells = [cell for cell in cells if cell]
        if cells:
            text = " ".join(cells)
            yield Line(
                text,
                number,
                run.x,
                run.y,
                run.size,
                run.bold * 2 > len(run.text),
                run.mono * 2 > len(run.text),
                tuple(cells) if len(cells) > 1 else (),
            )


def _append(runs: list[_Run], part: str, x: float, y: float, size: float, font: str) -> None:
    bold = len(part) if re.search(r"bold|black|heavy|CMBX|-BX|medi(?!um-it)", font, re.I) else 0
    mono = len(part) if re.search(r"mono|courier|consol|typewriter|CMTT|NimbusMonL|menlo", font, re.I) else 0
    last = runs[-1] if runs else None
    if last and abs(last.y - y) < 0.55 * max(last.size, size, 1.0):
        # Cells of a table stand apart without a space between them.
        apart = x > last.end and not last.text[-1:].isspace() and not part[:1].isspace()
        wide = x > last.end + size
        last.text += f"\t{part}" if wide else f" {part}" if apart else part
        last.end = x + _WIDEST * size * len(part)
        last.bold += bold
        last.mono += mono
        if len(part) > 3:
            last.size = max(last.size, size)
    else:
        runs.append(_Run(part, x, y, size, bold, mono, x + _WIDEST * size * len(part)))


def _key(text: str) -> str:
    """A running head without what changes from page to page: its numbers."""
    return " ".join(_DIGITS.sub("#", text.lower()).split())


def _edges(lines: list[Line]) -> list[int]:
    """The places of the lines that stand at the top and bottom of a page."""
    by_height = sorted(range(len(lines)), key=lambda place: -lines[place].y)
    return [*by_height[:_EDGE], *by_height[-_EDGE:]] if len(lines) > 2 * _EDGE else by_height


def _repeated(pages: list[list[Line]]) -> frozenset[tuple[str, int]]:
    """What stands at the edges of several pages in one height and size (odd and even pages may differ)."""
    seen: Counter[tuple[str, int, int]] = Counter()
    alone: Counter[tuple[str, int, int]] = Counter()
    for lines in pages:
        seen.update({(*_head(lines[place]), round(lines[place].y / 6)) for place in _edges(lines)})
        alone.update({(*_head(line), round(line.y / 6)) for line in _apart(lines)})
    enough = max(3, len(pages) * 0.25) if len(pages) > 2 else 2
    found = {head for head, times in seen.items() if times >= enough}
    # The first page often has no head: of a short paper, two pages that have it are enough.
    found |= {head for head, times in alone.items() if times >= 2 and len(pages) <= _FEW_PAGES}
    return frozenset((key, size) for key, size, _ in found if key != "#")


def _apart(lines: list[Line]) -> list[Line]:
    """The topmost and bottommost line of a page where a gap parts it from the others."""
    heights = sorted({line.y for line in lines}, reverse=True)
    if len(heights) < 3:
        return []
    edges = ((heights[0], heights[0] - heights[1]), (heights[-1], heights[-2] - heights[-1]))
    return [line for y, gap in edges for line in lines if line.y == y and gap > _GAP * max(line.size, 1.0)]


def _bears_title(line: Line, first: list[Line]) -> bool:
    """Whether a line repeats what stands in the largest type of the first page, or the line below that."""
    largest = max((one.size for one in first), default=0.0)
    places = [place for place, one in enumerate(first) if one.size > 0.97 * largest]
    said = _letters(line.text)
    title = _letters(" ".join(first[place].text for place in places))
    below = _letters(first[places[-1] + 1].text) if places and places[-1] + 1 < len(first) else ""
    return len(said) >= _TELLING and any(
        said in one or one in said for one in (title, below) if len(one) >= _TELLING
    )


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalpha())


def _head(line: Line) -> tuple[str, int]:
    return _key(line.text), round(line.size)


def _numbered(pages: list[list[Line]]) -> frozenset[int]:
    """How far printed page numbers run ahead of the pages, where a line at an edge carries them.

    Heads that change from chapter to chapter are known by the number beside them.
    """
    ahead: Counter[int] = Counter()
    for number, lines in enumerate(pages):
        ahead.update(
            {
                int(found) - number
                for line in _outermost(lines)
                for found in _ENDS_IN_NUMBER.findall(line.text)
            }
        )
    enough = max(3, len(pages) * 0.5)
    return frozenset(offset for offset, times in ahead.items() if times >= enough)


def _outermost(lines: list[Line]) -> list[Line]:
    return (
        [max(lines, key=lambda line: line.y), min(lines, key=lambda line: line.y)] if len(lines) > 1 else []
    )


def _without_furniture(
    lines: list[Line], repeated: frozenset[tuple[str, int]], printed: frozenset[str]
) -> Iterator[Line]:
    edges = set(_edges(lines))
    outermost = _outermost(lines) if printed else []
    for place, line in enumerate(lines):
        if _STAMP.fullmatch(line.text):
            continue
        if place in edges and (_head(line) in repeated or _PAGE_NUMBER.fullmatch(line.text)):
            continue
        if (
            line in outermost
            and len(line.text) < 120
            and printed.intersection(_ENDS_IN_NUMBER.findall(line.text))
        ):
            continue
        yield replace(line, text=line.text[:-1] + "-") if line.text.endswith("\u00ad") else line
