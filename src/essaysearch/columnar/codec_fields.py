"""One searchable field of one segment, as Whoosh's readers need it: sorted terms and their postings.

Whoosh keeps a posting list for each field of a term; our segments keep one for each term and
say how often it occurs in each field. Here the one is read as the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.postings import EXCEPTION, field_starts, runs
from essaysearch.columnar.schema import KEYWORDS
from essaysearch.columnar.segment import Segment
from essaysearch.model import VOICES
from essaysearch.tree import RANKING_FIELDS

Array = npt.NDArray[Any]
Positions = Callable[[], list[list[int]]]


class FieldPostings(NamedTuple):
    """The passages (ascending), how often each holds the term, and where in the field (when asked)."""

    docs: Array
    counts: Array
    positions: Positions


class Field(Protocol):
    """Terms are numbered in the order of their UTF-8 bytes; some may not occur in the field."""

    def __len__(self) -> int: ...
    def raw(self, number: int) -> bytes: ...
    def position(self, wanted: bytes) -> int: ...
    def occurs(self, number: int) -> bool: ...
    def postings(self, number: int) -> FieldPostings: ...
    @property
    def lengths(self) -> Array | None: ...


def fields_of(segment: Segment) -> dict[str, Field]:
    """Every searchable field of a segment, by name, in the order of names."""
    found: dict[str, Field] = {name: TextField(segment, name) for name in RANKING_FIELDS}
    found.update({name: KeywordField(segment, column) for name, column in KEYWORDS.items()})
    found["voice"] = VoiceField(segment)
    return dict(sorted(found.items()))


def _nowhere() -> list[list[int]]:
    return []


class TextField:
    """The stems of one ranking field."""

    def __init__(self, segment: Segment, name: str) -> None:
        self._segment, self._field, self._terms = segment, RANKING_FIELDS.index(name), segment.terms()

    def __len__(self) -> int:
        return len(self._terms)

    def raw(self, number: int) -> bytes:
        return self._terms.raw(number)

    def position(self, wanted: bytes) -> int:
        return self._terms.position(wanted)

    def occurs(self, number: int) -> bool:
        return bool(self._present[number])

    @property
    def lengths(self) -> Array:
        lengths: Array = self._segment.lengths[self._field]
        return lengths

    @cached_property
    def _present(self) -> Array:
        """Which terms occur in this field, bool."""
        segment, field = self._segment, self._field
        present = np.zeros(len(self), dtype=bool)
        for low, high in runs(segment.term_sizes()):
            postings = segment.unpack(low, high)
            term = np.repeat(np.arange(low, high), np.diff(postings.post))
            exceptional = postings.codes == EXCEPTION
            present[term[exceptional][postings.exc[:, field] > 0]] = True
            if field == 0:
                present[term[~exceptional]] = True
        return present

    def postings(self, number: int) -> FieldPostings:
        segment, field = self._segment, self._field
        info = segment.info(number)
        counts = segment.frequencies(info)[:, field]
        rows = np.flatnonzero(counts)
        docs = segment.docs(info)[rows]

        def positions() -> list[list[int]]:
            ends, place, _ = segment.occurrences(info)
            starts = field_starts(segment.lengths[:, docs])[field]
            lengths = segment.lengths[field][docs]
            begins = np.concatenate(([0], ends))[rows]
            found = []
            for begin, end, start, length in zip(begins, ends[rows], starts, lengths, strict=True):
                within = place[begin:end] - start
                found.append(within[(within >= 0) & (within < length)].tolist())
            return found

        return FieldPostings(docs, counts[rows], positions)


class KeywordField:
    """The values of a keyword column; a passage has those of its document."""

    def __init__(self, segment: Segment, column: str) -> None:
        self._segment, self._column, self._names = segment, column, segment.names(column)

    def __len__(self) -> int:
        return len(self._names)

    def raw(self, number: int) -> bytes:
        return self._names.raw(number)

    def position(self, wanted: bytes) -> int:
        return self._names.position(wanted)

    def occurs(self, number: int) -> bool:
        return len(self._docs(number)) > 0

    @property
    def lengths(self) -> None:
        return None

    def _docs(self, number: int) -> Array:
        segment, file = self._segment, self._segment.file
        codes = file.array(f"{self._column}_code")
        holds = np.zeros(segment.documents, dtype=bool)
        if f"{self._column}_first" in file:
            first = file.array(f"{self._column}_first")
            holds[np.searchsorted(first, np.flatnonzero(codes == number), "right") - 1] = True
        else:
            holds = codes == number + 1
        return np.flatnonzero(holds[segment.doc_of])

    def postings(self, number: int) -> FieldPostings:
        docs = self._docs(number)
        return FieldPostings(docs, np.ones(len(docs), dtype=np.int64), _nowhere)


class VoiceField:
    """Who speaks in a passage."""

    def __init__(self, segment: Segment) -> None:
        self._segment, self._values = segment, sorted(VOICES)

    def __len__(self) -> int:
        return len(self._values)

    def raw(self, number: int) -> bytes:
        return self._values[number].encode()

    def position(self, wanted: bytes) -> int:
        return sum(value.encode() < wanted for value in self._values)

    def occurs(self, number: int) -> bool:
        return len(self._docs(number)) > 0

    @property
    def lengths(self) -> None:
        return None

    def _docs(self, number: int) -> Array:
        return np.flatnonzero(self._segment.column("voice") == VOICES.index(self._values[number]))

    def postings(self, number: int) -> FieldPostings:
        docs = self._docs(number)
        return FieldPostings(docs, np.ones(len(docs), dtype=np.int64), _nowhere)


def find(field: Field, wanted: bytes) -> int:
    """The number of a term that occurs in the field, -1 if it does not."""
    at = field.position(wanted)
    return at if at < len(field) and field.raw(at) == wanted and field.occurs(at) else -1
