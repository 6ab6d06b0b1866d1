"""Corrections in a file beside the source: ``NAME.overrides.toml`` for a source called ``NAME``.

What was inferred - whose words a paragraph is, where a comment begins, an author, a date - can be
corrected without touching the source. Corrections name paragraphs by their words, so they survive
a source that grows; one that fits nothing any more is complained about.

    [document]                 # every document of the file, or only the one named by id = "…"
    author = "Evan Hubinger"
    date = "2023-10"

    [[paragraph]]
    begins = "So this feels like"
    voice = "quoted"           # own, quoted or unknown
    speaker = "Alex"
    border = true              # a comment begins here
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from essaysearch.filling.report import BY_HAND
from essaysearch.model import KINDS, VOICES, Block, Document, Skipped
from essaysearch.readers.dates import parse_date
from essaysearch.readers.names import authors_of
from essaysearch.text.analysis import fold

SUFFIX = ".overrides.toml"
_DOCUMENT_KEYS = frozenset(("id", "author", "date", "title", "url", "kind"))
_PARAGRAPH_KEYS = frozenset(("begins", "voice", "speaker", "border", "document"))
_PLACES = frozenset(("id", "begins", "document"))
"""Keys that say where to correct, and not what."""
_TEXTS = ("id", "author", "title", "url", "begins", "speaker", "document")


@dataclass
class Overrides:
    """The corrections of one file. ``problems`` are those that cannot be understood, as sentences."""

    path: str
    documents: list[Mapping[str, Any]] = field(default_factory=list)
    paragraphs: list[Mapping[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)

    def apply(self, document: Document) -> Document:
        """The document as corrected."""
        for number, row in enumerate(self.documents):
            if "id" not in row or row["id"] == document.id:
                self._used.add(number)
                document = replace(document, **_fields(row))
        paragraphs = [row for row in self.paragraphs if row.get("document", document.id) == document.id]
        if not paragraphs:
            return document
        blocks = list(document.blocks)
        for row in paragraphs:
            wanted = _words(row["begins"])
            places = [n for n, block in enumerate(blocks) if _begins(document.text, block, wanted)]
            if len(places) == 1:
                self._used.add(len(self.documents) + self.paragraphs.index(row))
                blocks[places[0]] = _corrected(blocks[places[0]], row)
            elif places:
                self._used.add(len(self.documents) + self.paragraphs.index(row))
                self.problems.append(
                    f"`{row['begins']}` begins {len(places)} paragraphs of {document.id}; write more of it."
                    " None was corrected."
                )
        return replace(document, blocks=tuple(blocks))

    def corrected(self, document: Document) -> tuple[str, ...]:
        """The fields of a document that corrections set, by their names."""
        rows = [row for row in self.documents if row.get("id", document.id) == document.id]
        names = {"author": "authors"}
        return tuple(names.get(key, key) for row in rows for key in row if key != "id")

    def complaints(self) -> Iterator[Skipped]:
        """What could not be understood, and what fits nothing in the source any more."""
        for problem in self.problems:
            yield Skipped(self.path, problem)
        for number, row in enumerate([*self.documents, *self.paragraphs]):
            if number not in self._used:
                what = (
                    f"`{row['begins']}` begins no paragraph"
                    if "begins" in row
                    else f"no document has the id `{row.get('id')}`"
                )
                yield Skipped(
                    self.path, f"A correction no longer fits: {what} of the source. Mend it or take it out."
                )


def overrides_for(path: str) -> Overrides | None:
    """The corrections beside a source file, None where there are none."""
    source = Path(path)
    for place in (source.with_name(source.name + SUFFIX), source.with_name(source.stem + SUFFIX)):
        if place.is_file():
            return load(str(place))
    return None


def load(path: str) -> Overrides:
    """Read a file of corrections; what is wrong with it is in ``problems``."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    made = Overrides(path)
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        made.problems.append(f"The corrections cannot be read: {error}.")
        return made
    for key in sorted(set(told) - {"document", "paragraph"}):
        made.problems.append(f"`{key}` is no kind of correction; there are [document] and [[paragraph]].")
    documents = told.get("document", [])
    for row in documents if isinstance(documents, list) else [documents]:
        _take(made, row, made.documents, _DOCUMENT_KEYS, "document")
    paragraphs = told.get("paragraph", [])
    if isinstance(paragraphs, dict):
        made.problems.append("Paragraphs are corrected under [[paragraph]], in two brackets.")
        paragraphs = []
    for row in paragraphs if isinstance(paragraphs, list) else [paragraphs]:
        _take(made, row, made.paragraphs, _PARAGRAPH_KEYS, "paragraph")
    return made


def _take(made: Overrides, row: Any, rows: list[Mapping[str, Any]], keys: frozenset[str], what: str) -> None:
    problem = _problem(row, keys, what)
    if problem is None:
        rows.append(row)
    else:
        made.problems.append(problem)


def _problem(row: Any, keys: frozenset[str], what: str) -> str | None:
    if not isinstance(row, dict):
        return f"A correction of a {what} is a table: [{what}]."
    unknown = sorted(set(row) - keys)
    if unknown:
        return f"A correction of a {what} has no `{unknown[0]}`; it may have: {', '.join(sorted(keys))}."
    for name in _TEXTS:
        if name in row and not (isinstance(row[name], str) and row[name].strip()):
            return f"`{name}` is a text in quotation marks, and not empty."
    if what == "paragraph" and not _words(str(row.get("begins", ""))):
        return "A correction of a paragraph needs `begins`, the paragraph's first words."
    if not set(row) - _PLACES:
        return f"A correction of a {what} needs something to correct: {', '.join(sorted(keys - _PLACES))}."
    if row.get("voice", "own") not in VOICES:
        return f"`{row['voice']}` is no voice; choose one of: {', '.join(VOICES)}."
    if row.get("kind", "page") not in KINDS:
        return f"`{row['kind']}` is no kind; choose one of: {', '.join(KINDS)}."
    if "date" in row and parse_date(str(row["date"])) is None:
        return f"`{row['date']}` is no date; write one such as 2023-06-11, 2023-06 or 2023."
    if not isinstance(row.get("border", True), bool):
        return "`border` is true or false."
    return None


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {name: row[name] for name in ("title", "url", "kind") if name in row}
    if "author" in row:
        changed.update(authors=authors_of(row["author"])[0], authors_complete=True, authors_inferred=())
    if "date" in row:
        changed.update(date=parse_date(str(row["date"])), date_inferred="")
    return changed


def _words(text: str) -> str:
    return " ".join(fold(text).split())


def _begins(text: str, block: Block, wanted: str) -> bool:
    return _words(text[block.start : block.end][: len(wanted) * 2 + 40]).startswith(wanted)


def _corrected(block: Block, row: Mapping[str, Any]) -> Block:
    changed: dict[str, Any] = {}
    if "voice" in row:
        changed.update(
            voice=row["voice"], confidence=1.0, reason=BY_HAND, depth=1 if row["voice"] == "quoted" else 0
        )
    if "speaker" in row:
        changed.update(speaker=row["speaker"])
    if "border" in row:
        changed.update(border=1.0 if row["border"] else 0.0, border_reason=BY_HAND)
    return replace(block, **changed)
