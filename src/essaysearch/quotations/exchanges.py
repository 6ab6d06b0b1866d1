"""Who quotes whom, and what they answer: the quotations of a library, linked to their sources.

The links are kept beside the index, in two files that can always be made anew from it; they are
brought up to date when somebody asks, looking only at the documents that changed since.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.errors import EssaysearchError
from essaysearch.model import Document, Passage
from essaysearch.quotations.alignment import Change, difference
from essaysearch.quotations.duplicates import Group
from essaysearch.quotations.linking import Link, QuoteIndex

WORDS_FILE = "essaysearch.quotes"
LINKS_FILE = "essaysearch.quotes.json"
VERSION = 1


@dataclass(frozen=True)
class Quoted:
    """A passage that quotes, the passage it quotes (by id), and how well they match (0 to 1).

    ``answered_by``: the ids of the passages that answer it where it is quoted.
    """

    quote: str
    source: str
    score: float
    answered_by: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where quoted words come from: the passage, the match, and how the quoter changed them."""

    link: Link
    text: str
    changes: tuple[Change, ...]


class Exchanges:
    """The quotations of one committed state. Made by `open_exchanges`."""

    def __init__(self, words: QuoteIndex, known: dict[str, Any]) -> None:
        self.words, self._known = words, known
        self._by_source: dict[str, list[Quoted]] | None = None
        self._copies: dict[str, int] | None = None

    def sources(self, snapshot: Snapshot, passage_id: str, most: int = 5) -> list[Source]:
        """The passages that a passage quotes, the likeliest first. Raises `UnknownId`."""
        view, number = snapshot.locate(passage_id)
        segment = view.segment
        row = segment.passage(number)
        document = segment.document(row.document, with_text=False)
        links = self.words.link(row.text, document.id, row.passage.speaker, document.date, most)
        found = []
        for link in links:
            home, place = snapshot.locate(link.passage_id)
            text = home.segment.passage_text(place)
            found.append(Source(link, text, difference(row.text, text)))
        return found

    def quoted_by(self, passage_id: str) -> list[Quoted]:
        """The quotations of a passage, best match first."""
        return self._sources().get(passage_id, [])

    def answers_count(self) -> dict[str, int]:
        """For each passage that is quoted anywhere, how many of its quotations are answered there.

        (An answer may be long: it counts once, however many passages it has.)
        """
        return {source: sum(bool(q.answered_by) for q in rows) for source, rows in self._sources().items()}

    def duplicates(self, threshold: float = 0.8, unit: str = "document") -> list[Group]:
        """Near-duplicates and cross-posts."""
        return self.words.duplicates(threshold, unit)

    def copies(self) -> dict[str, int]:
        """For each passage that is a near-duplicate of another the number of their group."""
        if self._copies is None:
            groups = self.duplicates(unit="passage")
            self._copies = {name: number for number, group in enumerate(groups) for name in group.ids}
        return self._copies

    def __len__(self) -> int:
        """How many quotations are linked to a source."""
        return sum(len(rows) for rows in self._sources().values())

    def _sources(self) -> dict[str, list[Quoted]]:
        if self._by_source is None:
            table: dict[str, list[Quoted]] = {}
            for told in self._known["documents"].values():
                for quote, source, score, answered in told["links"]:
                    if source is not None:
                        table.setdefault(source, []).append(Quoted(quote, source, score, tuple(answered)))
            for rows in table.values():
                rows.sort(key=lambda row: (-row.score, row.quote))
            self._by_source = table
        return self._by_source


def open_exchanges(snapshot: Snapshot) -> Exchanges:
    """The quotations of a snapshot, brought up to date and, where the index may be written, kept."""
    directory = snapshot.directory
    words, known = _load(directory)
    if known["generation"] != snapshot.manifest.generation:
        _update(snapshot, words, known)
        known["generation"] = snapshot.manifest.generation
        with contextlib.suppress(OSError):  # a directory that cannot be written: made anew next time
            words.save(directory / WORDS_FILE)
            fresh = directory / (LINKS_FILE + ".new")
            fresh.write_text(json.dumps(known), encoding="utf-8")
            os.replace(fresh, directory / LINKS_FILE)
    return Exchanges(words, known)


def _load(directory: Path) -> tuple[QuoteIndex, dict[str, Any]]:
    """What was kept; nothing where it is missing, of another version, or does not fit together."""
    empty = {"version": VERSION, "generation": -1, "documents": {}}
    try:
        known = json.loads((directory / LINKS_FILE).read_text(encoding="utf-8"))
        words = QuoteIndex.load(directory / WORDS_FILE)
    except (OSError, ValueError, EssaysearchError):
        return QuoteIndex(), empty
    if known.get("version") != VERSION or len(words) != len(known["documents"]):
        return QuoteIndex(), empty
    return words, known


def _update(snapshot: Snapshot, words: QuoteIndex, known: dict[str, Any]) -> None:
    documents: dict[str, Any] = known["documents"]
    present: dict[str, int] = {}
    fresh: list[tuple[Document, tuple[Passage, ...]]] = []
    for view in snapshot.views:
        segment = view.segment
        prints, codes, names = segment.column("doc_print"), segment.file.array("id_code"), segment.names("id")
        for number in range(segment.documents):
            if not segment.live_documents[number]:
                continue
            name, mark = names[int(codes[number]) - 1], int(prints[number])
            present[name] = mark
            if documents.get(name, {}).get("print") != mark:
                fresh.append(_whole(view, number))
    for name in [name for name in documents if name not in present]:
        words.remove(name)
        del documents[name]
    for document, passages in fresh:
        words.add(document, passages)
        documents[document.id] = {"print": present[document.id], "links": []}
    changed = {document.id for document, _ in fresh}
    for document, passages in fresh:
        documents[document.id]["links"] = _links(words, document, passages)
    _relink(snapshot, words, documents, changed)


def _links(words: QuoteIndex, document: Document, passages: Iterable[Passage]) -> list[list[Any]]:
    """[quoting passage, source passage or None, score, passages that answer it] of a document."""
    held = list(passages)
    rows: list[list[Any]] = []
    for passage in held:
        if passage.voice == "quoted":
            text = document.text[passage.start : passage.end]
            found = words.link(text, document.id, passage.speaker, document.date, 1)
            answered = [other.id for other in held if passage.number in other.answers]
            source, score = (found[0].passage_id, round(found[0].score, 4)) if found else (None, 0.0)
            rows.append([passage.id, source, score, answered])
    return rows


def _relink(snapshot: Snapshot, words: QuoteIndex, documents: dict[str, Any], changed: set[str]) -> None:
    """Look again for the sources of older quotations: those whose source is gone, and those of which
    some stands in what came, which may be a source where there was none, or a better one."""
    asked = sorted({row[1] for told in documents.values() for row in told["links"] if row[1] is not None})
    numbers = np.array([int(source, 16) for source in asked], dtype=np.uint64)
    there = np.zeros(len(asked), dtype=bool)
    for view in snapshot.views:
        there |= np.isin(numbers, view.segment.column("pass_id")[view.live])
    gone = {source for source, present in zip(asked, there, strict=True) if not present}
    concerned = {name for name, told in documents.items() if any(row[1] in gone for row in told["links"])}
    quoting = {name for name, told in documents.items() if told["links"]} - changed
    if len(changed) < len(quoting):
        for name in changed:
            concerned |= words.quoting(name) & quoting
    else:
        concerned |= quoting
    for name in sorted(concerned - changed):
        found = snapshot.locate_document(name)
        if found is not None:
            documents[name]["links"] = _links(words, *_whole(*found))


def _whole(view: View, number: int) -> tuple[Document, tuple[Passage, ...]]:
    """A document and its passages, as they were added."""
    segment = view.segment
    begin, end = (int(v) for v in segment.column("doc_first")[number : number + 2])
    record = segment.record(number)
    passages = tuple(segment.passage(place, record).passage for place in range(begin, end))
    return segment.document(number, record=record), passages
