"""One committed state of an index: its segments with what is live in them, and the statistics they share.

It stays whole and readable whatever a writer does beside it. What queries find out about it is kept
in it, within bounds.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.addresses import Table, addresses_of, table_of
from essaysearch.columnar.decoded import Decoded
from essaysearch.columnar.impacts import Impacts
from essaysearch.columnar.manifest import Manifest
from essaysearch.columnar.norms import EMPTY, Averages
from essaysearch.columnar.postings import field_starts
from essaysearch.columnar.segment import Segment, TermInfo
from essaysearch.errors import UnknownId
from essaysearch.tree import Filter

Array = npt.NDArray[Any]
_MOST_BITS = 64 << 20
"""Bytes of masks that a snapshot keeps."""


class View:
    """A segment within a snapshot: its norms at the library's averages, its place among the others.

    ``snapshot`` gives the state that it is part of, as long as somebody holds that.
    ``units``, ``document_lengths`` and ``holders`` (live documents that hold a term) are what others
    found out about it and keep here.
    """

    def __init__(self, segment: Segment, base: int, averages: Averages) -> None:
        self.segment, self.base, self._averages = segment, base, averages
        self._norms: dict[int, Array] = {}
        self.snapshot: Callable[[], Snapshot | None] = lambda: None
        self.units: dict[str, Array] = {}
        self.document_lengths: Array | None = None
        self.holders: dict[str, int] = {}

    def norms(self, words: int) -> Array:
        """(fields, passages) float32, for a query of ``words`` ranking words."""
        words = max(words, scoring.SHORT_QUERY)
        known = self._norms.get(words)
        if known is None:
            if len(self._norms) > 4:
                self._norms = {}
            known = self._norms[words] = self.segment.norms(self._averages, words)
        return known

    @cached_property
    def starts(self) -> Array:
        """(4, passages) int32, where each field's positions begin; (1, 1) where only the body has words."""
        lengths = self.segment.lengths
        return field_starts(lengths).astype(np.int32) if lengths[1:].any() else np.zeros((1, 1), np.int32)

    @cached_property
    def live(self) -> Array:
        """Which passages are not deleted, bool."""
        live = self.segment.live_passages
        return np.ones(self.segment.passages, dtype=bool) if live is None else live

    @cached_property
    def live_bits(self) -> Array:
        """Which passages are not deleted, a bit each; no byte at all where all are live."""
        live = self.segment.live_passages
        return NO_MASK if live is None else bits_of(live)

    @cached_property
    def passage_ids(self) -> Array:
        """The ids of the passages, uint64."""
        return self.segment.column("pass_id")


NO_MASK = np.frombuffer(b"", dtype=np.uint8)


def bits_of(mask: Array) -> Array:
    """A bool array as bits, the lowest first, of the one type that the kernels are compiled for."""
    return np.frombuffer(np.packbits(mask, bitorder="little").tobytes(), dtype=np.uint8)


class Term(NamedTuple):
    """A term bound to a snapshot: its idf, and by segment where its postings stand."""

    idf: float
    infos: tuple[TermInfo | None, ...]


class Snapshot:
    """One committed state of an index."""

    def __init__(self, directory: Path, manifest: Manifest, segments: list[Segment]) -> None:
        self.directory, self.manifest = directory, manifest
        self.averages = sum((segment.averages for segment in segments), EMPTY)
        self.views: list[View] = []
        base = 0
        for segment in segments:
            self.views.append(View(segment, base, self.averages))
            self.views[-1].snapshot = weakref.ref(self)
            base += max(1, segment.passages)  # a segment of empty documents has a place of its own too
        self._df: dict[str, int] = {}
        self._masks: dict[tuple[int, Filter], Array] = {}
        self._terms: dict[str, Term] = {}
        self._bits: dict[Any, Table] = {}
        self._tables: dict[int, Table] = {}
        self._bits_held = 0
        self._unit_numbers: dict[str, int] = {}
        self.kept: dict[Any, Any] = {}
        """What others found out about this state and keep here."""
        self.impacts, self.decoded = Impacts(), Decoded()
        self.placed: set[str] = set()
        """Terms whose positions are verified in every segment."""

    @property
    def passages(self) -> int:
        """Live passages."""
        return self.averages.passages

    @cached_property
    def longest(self) -> int:
        """Passages of the largest segment, deleted ones included."""
        return max((view.segment.passages for view in self.views), default=0)

    @cached_property
    def documents(self) -> int:
        """Live documents."""
        return sum(int(view.segment.live_documents.sum()) for view in self.views)

    def df(self, term: str) -> int:
        """Live passages that hold a term in any ranking field."""
        known = self._df.get(term)
        if known is None:
            known = 0
            for view in self.views:
                info = view.segment.term(term)
                if info is not None:
                    if view.segment.live is None:
                        known += info.df
                    else:
                        known += int(np.count_nonzero(view.live[view.segment.docs(info)]))
            if len(self._df) > 1 << 18:
                self._df = {}
            self._df[term] = known
        return known

    def term(self, term: str, kernels: Any = None) -> Term:
        """A term bound to this snapshot."""
        known = self._terms.get(term)
        if known is None:
            infos = tuple(view.segment.term(term, kernels) for view in self.views)
            known = Term(float(scoring.idf(self.df(term), self.passages)), infos)
            if len(self._terms) > 1 << 16:
                self._terms = {}
            self._terms[term] = known
        return known

    def table(self, words: int) -> Table:
        """This snapshot as the kernels take it, for a query of ``words`` ranking words."""
        key = max(words, scoring.SHORT_QUERY)
        known = self._tables.get(key)
        if known is None:
            known = table_of(self.views, words)
            self._tables = {**self._tables, key: known} if len(self._tables) < 4 else {key: known}
        return known

    @cached_property
    def live_masks(self) -> Table:
        """Which passages are not deleted, as the kernels take masks: an address for each segment."""
        return addresses_of([view.live_bits for view in self.views])

    @cached_property
    def passage_ids(self) -> Table:
        """The ids of the passages, uint64, as the kernels take them: an address for each segment."""
        return addresses_of([np.ascontiguousarray(view.passage_ids, dtype=np.uint64) for view in self.views])

    def masks(self, key: Any, make: Callable[[View], Array]) -> Table:
        """Masks over the segments as the kernels take them; ``make`` gives bools, unless known."""
        known = self._bits.get(key)
        if known is None:
            known = addresses_of([bits_of(make(view)) for view in self.views])
            size = sum(bits.nbytes for bits in known.held)
            if self._bits_held + size > _MOST_BITS:
                self._bits, self._bits_held = {}, 0
            self._bits_held += size
            self._bits[key] = known
        return known

    def mask(self, view: View, condition: Filter, make: Callable[[], Array]) -> Array:
        """The mask of a condition over a segment, from ``make`` or from before."""
        key = (view.base, condition)
        known = self._masks.get(key)
        if known is None:
            known = make()
            if len(self._masks) >= 64:
                self._masks = {}
            self._masks[key] = known
        return known

    def unit_number(self, name: str) -> int:
        """A number for a document or thread id, the same for the same id."""
        return self._unit_numbers.setdefault(name, len(self._unit_numbers) + 1)

    def locate(self, passage_id: str) -> tuple[View, int]:
        """The segment and the number in it of a live passage. Raises `UnknownId`."""
        try:
            wanted = np.uint64(int(passage_id, 16))
        except (ValueError, OverflowError):
            wanted = None
        if wanted is not None and len(passage_id) == 16:
            for view in self.views:
                for number in np.flatnonzero(view.segment.column("pass_id") == wanted):
                    if view.live[number]:
                        return view, int(number)
        raise UnknownId(
            f"No passage bears the id `{passage_id}`. Ids stand in search results (`passage_id`)."
        )

    def locate_document(self, document_id: str) -> tuple[View, int] | None:
        """The segment and the number in it of a live document, or None."""
        for view in self.views:
            number = view.segment.document_of_id(document_id)
            if number >= 0:
                return view, number
        return None

    def verify(self) -> int:
        """Check every byte against its checksum, as it is on disk now; returns how many were read.

        Raises `IndexDamaged`, naming the file.
        """
        total = 0
        for view in self.views:
            total += view.segment.file.verify()
            Segment(self.directory, view.segment.entry)  # reads its bitmap of deletions anew
        return total

    def size(self) -> int:
        """Bytes on disk of the segments."""
        return sum(view.segment.file.nbytes for view in self.views)
