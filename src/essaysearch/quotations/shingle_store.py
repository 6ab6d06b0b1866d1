"""The words of a library as arrays: where every three words in a row stand, document by document.

Growing is cheap: what is added forms a small sorted segment, and segments of like size are
merged, so that n additions cost O(n log n) together. One file holds all of it; it is data only.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.errors import IndexDamaged, IndexMissing, IndexVersion
from essaysearch.model import Voice
from essaysearch.quotations.shingle_segments import Growing, Positions, Segment, merged, segment_of
from essaysearch.quotations.shingles import Hashes, joined_words
from essaysearch.text.analysis import ANALYZER_VERSION

FORMAT = 1

VOICES: tuple[Voice, ...] = ("quoted", "unknown", "own")
"""Voices by how likely a passage in them is an original."""


class StoredPassage(NamedTuple):
    """A passage as the store keeps it: its id, its document's number, its voice as a number of `VOICES`."""

    id: str
    document: int
    voice: int


class StoredDocument(NamedTuple):
    """A document as the store keeps it."""

    id: str
    authors: tuple[str, ...]
    date: str | None


class Found(NamedTuple):
    """Places of shingles: the number of the shingle asked for, the word where it stands, how rare it is."""

    asked: Positions
    places: Positions
    weights: npt.NDArray[np.float64]


class ShingleStore:
    """Documents, their passages and their words. Nothing is read or written but by `save` and `load`."""

    def __init__(self) -> None:
        self.documents: list[StoredDocument] = []
        self.passages: list[StoredPassage] = []
        self._number: dict[str, int] = {}
        self._first_passages: list[int] = []
        self._alive = Growing(np.empty(0, dtype=bool))
        self._words = Growing(np.empty(0, dtype=np.uint32))
        self._passage_starts = Growing(np.empty(0, dtype=np.int64))
        self._paragraph_starts = Growing(np.empty(0, dtype=np.int64))
        self._voices = Growing(np.empty(0, dtype=np.int8))
        self._document_starts = Growing(np.empty(0, dtype=np.int64))
        self._segments: list[Segment] = []
        self._new_words: list[Hashes] = []
        self._new_passages: list[int] = []
        self._new_paragraphs: list[int] = []
        self._new_documents: list[int] = []
        self._size = 0
        self._dead_words = 0

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._number)

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._number

    def add(self, document: StoredDocument, passages: Sequence[tuple[str, int, Sequence[Hashes]]]) -> None:
        """Adds a document, in place of one with the same id.

        Its passages are (id, voice, the words of each paragraph), in order.
        """
        self.remove(document.id)
        number = len(self.documents)
        self.documents.append(document)
        self._number[document.id] = number
        self._first_passages.append(len(self.passages))
        self._new_documents.append(self._size)
        for name, voice, paragraphs in passages:
            self.passages.append(StoredPassage(name, number, voice))
            self._new_passages.append(self._size)
            for words in paragraphs:
                self._new_paragraphs.append(self._size)
                self._new_words.append(words)
                self._size += len(words)

    def remove(self, document_id: str) -> bool:
        """Takes a document out; False where it was not there."""
        number = self._number.pop(document_id, None)
        if number is None:
            return False
        self.settle()
        self._alive.values[number] = False
        start, end = self.words_of_document(number)
        self._dead_words += end - start
        if self._dead_words > max(1 << 16, self._size // 3):
            self._compact()
        return True

    def settle(self) -> None:
        """Puts what was added since the last time into the arrays; every lookup does so first."""
        if not self._new_documents:
            return
        words = joined_words(self._new_words)
        starts = np.array(self._new_documents, dtype=np.int64)
        base = len(self._words.values)
        self._words.extend(words)
        fresh = self.passages[len(self._voices.values) :]
        self._voices.extend(np.array([passage.voice for passage in fresh], dtype=np.int8))
        self._paragraph_starts.extend(np.array(self._new_paragraphs, dtype=np.int64))
        self._passage_starts.extend(np.array(self._new_passages, dtype=np.int64))
        self._document_starts.extend(starts)
        self._alive.extend(np.ones(len(starts), dtype=bool))
        self._new_words, self._new_paragraphs, self._new_passages, self._new_documents = [], [], [], []
        if segment := segment_of(words, starts - base, base):
            self._segments.append(segment)
        while len(self._segments) > 1 and len(self._segments[-1].hashes) * 2 > len(self._segments[-2].hashes):
            self._segments[-2:] = [merged(self._segments[-2:])]

    def find(self, asked: Hashes, most: int = 400) -> Found:
        """Where shingles stand in live documents; those that stand in more than ``most`` places are left out.

        Where all do, the rarest is kept. A weight is the logarithm of words over places.
        """
        self.settle()
        ranges = [
            (
                segment,
                np.searchsorted(segment.hashes, asked, side="left"),
                np.searchsorted(segment.hashes, asked, side="right"),
            )
            for segment in self._segments
        ]
        counts = np.zeros(len(asked), dtype=np.int64)
        for _, left, right in ranges:
            counts += right - left
        weights = np.log1p(max(1, self._size) / np.maximum(counts, 1))
        wanted = (counts > 0) & (counts <= most)
        if not wanted.any() and (counts > 0).any():
            wanted = counts == counts[counts > 0].min()
        numbers = np.flatnonzero(wanted)
        who: list[Positions] = []
        where: list[Positions] = []
        for segment, left, right in ranges:
            low, high = left[numbers], right[numbers]
            lengths = high - low
            total = int(lengths.sum())
            if not total:
                continue
            offsets = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            who.append(np.repeat(numbers, lengths))
            where.append(segment.places[np.repeat(low, lengths) + offsets].astype(np.int64))
        if not where:
            nothing = np.empty(0, dtype=np.int64)
            return Found(nothing, nothing, weights)
        asked_at, places = np.concatenate(who), np.concatenate(where)
        live = self._alive.values[self.document_at(places)]
        return Found(asked_at[live], places[live], weights)

    def document_at(self, places: Positions) -> Positions:
        """The number of the document that holds each word."""
        found: Positions = np.searchsorted(self._document_starts.values, places, side="right") - 1
        return found

    def passage_at(self, places: Positions) -> Positions:
        """The number of the passage that holds each word."""
        found: Positions = np.searchsorted(self._passage_starts.values, places, side="right") - 1
        return found

    def voices_of(self, passages: Positions) -> Positions:
        """The voices of passages, as numbers of `VOICES`."""
        found: Positions = self._voices.values[passages].astype(np.int64)
        return found

    def number_of(self, document_id: str) -> int:
        """A document's number; -1 where it is not here."""
        return self._number.get(document_id, -1)

    def live_documents(self) -> list[int]:
        """The numbers of the documents that were not removed, in the order of their adding."""
        return sorted(self._number.values())

    def passages_of_document(self, number: int) -> range:
        """The numbers of a document's passages."""
        following = number + 1 < len(self._first_passages)
        return range(
            self._first_passages[number],
            self._first_passages[number + 1] if following else len(self.passages),
        )

    def words_of_document(self, number: int) -> tuple[int, int]:
        """The range of a document's words."""
        self.settle()
        return _range(self._document_starts.values, number, len(self._words.values))

    def words_of_passage(self, number: int) -> tuple[int, int]:
        """The range of a passage's words."""
        self.settle()
        return _range(self._passage_starts.values, number, len(self._words.values))

    def paragraphs_of_words(self, start: int, end: int) -> tuple[int, int]:
        """The range of the paragraphs that hold a range of words: from the first one to the last one."""
        starts = self._paragraph_starts.values
        first, last = np.searchsorted(starts, [start, end - 1], side="right") - 1
        return _range(starts, int(first), len(self._words.values))[0], _range(starts, int(last), self._size)[
            1
        ]

    def words(self, start: int, end: int) -> Hashes:
        """The hashes of a range of words."""
        self.settle()
        found: Hashes = self._words.values[start:end]
        return found

    def _compact(self) -> None:
        """Writes the arrays anew without what was removed."""
        fresh = ShingleStore()
        for number in self.live_documents():
            rows = [
                (self.passages[p].id, self.passages[p].voice, self._paragraphs_of_passage(p))
                for p in self.passages_of_document(number)
            ]
            fresh.add(self.documents[number], rows)
        fresh.settle()
        self.__dict__.update(fresh.__dict__)

    def _paragraphs_of_passage(self, number: int) -> list[Hashes]:
        low, high = self.words_of_passage(number)
        starts = self._paragraph_starts.values
        inner = starts[
            np.searchsorted(starts, low, side="right") : np.searchsorted(starts, high, side="left")
        ]
        return [self.words(a, b).copy() for a, b in pairwise([low, *inner.tolist(), high])]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the store into one file, which is replaced only when the new one is whole."""
        self.settle()
        if self._dead_words:
            self._compact()
        tables: dict[str, Any] = {
            "format": FORMAT,
            "analyzer": ANALYZER_VERSION,
            "documents": [[d.id, list(d.authors), d.date] for d in self.documents],
            "passages": [p.id for p in self.passages],
        }
        arrays: dict[str, npt.NDArray[Any]] = {
            "tables": np.frombuffer(json.dumps(tables, separators=(",", ":")).encode(), dtype=np.uint8),
            "voices": self._voices.values,
            "paragraph_starts": self._paragraph_starts.values,
            "words": self._words.values,
            "passage_starts": self._passage_starts.values,
            "document_starts": self._document_starts.values,
            "passage_documents": np.array([p.document for p in self.passages], dtype=np.int64),
        }
        for number, segment in enumerate(self._segments):
            arrays[f"hashes_{number}"], arrays[f"places_{number}"] = segment.hashes, segment.places
        target = Path(path)
        partial = target.with_name(f"{target.name}.partial")
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ShingleStore:
        """Reads a store that `save` wrote.

        Raises `IndexMissing`, `IndexDamaged` or `IndexVersion`, each saying what to do.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            tables = json.loads(arrays["tables"].tobytes())
            if (tables["format"], tables["analyzer"]) != (FORMAT, ANALYZER_VERSION):
                raise IndexVersion(
                    f"{path}: the quotation index was written by another version; "
                    "`essaysearch index` builds it anew."
                )
            return cls._from(tables, arrays)
        except FileNotFoundError as error:
            raise IndexMissing(
                f"{path}: there is no quotation index; `essaysearch index` builds it."
            ) from error
        except (OSError, ValueError, KeyError, IndexError, TypeError, zipfile.BadZipFile, EOFError) as error:
            raise IndexDamaged(
                f"{path}: the quotation index is damaged ({error}); `essaysearch index` builds it anew."
            ) from error

    @classmethod
    def _from(cls, tables: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> ShingleStore:
        store = cls()
        store.documents = [
            StoredDocument(name, tuple(authors), date) for name, authors, date in tables["documents"]
        ]
        rows = zip(
            tables["passages"], arrays["passage_documents"].tolist(), arrays["voices"].tolist(), strict=True
        )
        store.passages = [StoredPassage(*row) for row in rows]
        store._number = {document.id: number for number, document in enumerate(store.documents)}
        store._alive = Growing(np.ones(len(store.documents), dtype=bool))
        store._words = Growing(arrays["words"])
        store._passage_starts = Growing(arrays["passage_starts"])
        store._voices = Growing(arrays["voices"])
        store._paragraph_starts = Growing(arrays["paragraph_starts"])
        store._document_starts = Growing(arrays["document_starts"])
        store._size = len(arrays["words"])
        holders = arrays["passage_documents"]
        store._first_passages = np.searchsorted(holders, np.arange(len(store.documents))).tolist()
        if (len(arrays["document_starts"]), len(arrays["passage_starts"])) != (
            len(store.documents),
            len(holders),
        ):
            raise ValueError("its tables do not fit its arrays")
        number = 0
        while f"hashes_{number}" in arrays:
            store._segments.append(Segment(arrays[f"hashes_{number}"], arrays[f"places_{number}"]))
            number += 1
        return store


def _range(starts: npt.NDArray[Any], number: int, size: int) -> tuple[int, int]:
    return int(starts[number]), int(starts[number + 1]) if number + 1 < len(starts) else size
