"""The passages of a library as sparse vectors: what a screening learns from.

A row is a passage (or a document, its passages together), a column a term of the index. Rows are
read from the postings, not from the texts, so that a hundred thousand passages take seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from essaysearch.columnar.segment import TermInfo
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.text.analysis import STOP_WORDS, stem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STOP_TERMS = frozenset(stem(word) for word in STOP_WORDS) | STOP_WORDS


@dataclass(frozen=True, slots=True)
class Features:
    """Texts as sparse vectors of unit length: row ``i`` is ``columns[starts[i]:starts[i+1]]``.

    ``values`` go with ``columns``; ``idf`` has one value a column. A text without terms is an
    empty row.
    """

    starts: Ints
    columns: NDArray[np.int32]
    values: Floats
    idf: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Counted:
    """Term counts of the live passages of a library, row after row, all fields together.

    ``terms``: the column of each term. ``places``: (segment's base, number there) of each row;
    ``ids``: uint64, its passage id; ``documents``: a number for its document, the same for all
    passages of one.
    """

    starts: Ints
    columns: NDArray[np.int32]
    counts: NDArray[np.float32]
    terms: Mapping[str, int]
    places: Ints
    ids: NDArray[np.uint64]
    documents: Ints


def counted(snapshot: Snapshot) -> Counted:
    """The term counts of every live passage; stop words are left out."""
    terms: dict[str, int] = {}
    rows, columns, counts, places, ids, documents = [], [], [], [], [], []
    base = document_base = 0
    for view in snapshot.views:
        segment = view.segment
        live = view.live
        number_of = np.cumsum(live) - 1 + base
        names = segment.terms().all()
        column_of = np.array([terms.setdefault(name, len(terms)) for name in names], np.int32)
        kept = np.array([name not in _STOP_TERMS for name in names], bool)
        blocks = int(segment.column("term_block")[-1]) if names else 0
        postings = segment.blocks(TermInfo(0, blocks, 0, 0))
        term = np.repeat(np.arange(len(names), dtype=np.int32), segment.term_sizes() if names else 0)
        keep = live[postings.docs] & kept[term]
        rows.append(number_of[postings.docs[keep]])
        columns.append(column_of[term[keep]])
        counts.append(postings.totals()[keep].astype(np.float32))
        numbers = np.flatnonzero(live)
        places.append(np.column_stack((np.full(len(numbers), view.base), numbers)))
        ids.append(view.passage_ids[numbers])
        documents.append(segment.doc_of[numbers] + document_base)
        base += len(numbers)
        document_base += segment.documents
    row = np.concatenate([*rows, np.zeros(0, np.int64)])
    order = np.argsort(row, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=base)))).astype(np.int64)
    return Counted(
        starts,
        np.concatenate([*columns, np.zeros(0, np.int32)])[order],
        np.concatenate([*counts, np.zeros(0, np.float32)])[order],
        terms,
        np.concatenate([*places, np.zeros((0, 2), np.int64)]),
        np.concatenate([*ids, np.zeros(0, np.uint64)]),
        np.concatenate([*documents, np.zeros(0, np.int64)]),
    )


def by_document(known: Counted) -> tuple[Ints, NDArray[np.int32], Floats, Ints]:
    """Starts, columns and counts with a row a document, and the first passage (row) of each."""
    documents, first, number = np.unique(known.documents, return_index=True, return_inverse=True)
    row = np.repeat(number.reshape(-1), np.diff(known.starts))
    width = max(len(known.terms), 1)
    cells, inverse = np.unique(row * width + known.columns, return_inverse=True)
    counts: Floats = np.bincount(inverse.reshape(-1), known.counts).astype(np.float64)
    starts: Ints = np.searchsorted(cells, np.arange(len(documents) + 1) * width).astype(np.int64)
    columns: NDArray[np.int32] = (cells % width).astype(np.int32)
    return starts, columns, counts, first.astype(np.int64)


def features(starts: Ints, columns: Any, counts: Any, terms: int) -> Features:
    """Vectors of (1 + ln tf) · ln(N / df), cut to unit length, from term counts.

    Row ``i`` holds the columns (term numbers below ``terms``, each once) and counts between
    ``starts[i]`` and ``starts[i + 1]``.
    """
    starts, columns = np.asarray(starts, np.int64), np.asarray(columns, np.int32)
    rows = len(starts) - 1
    df = np.bincount(columns, minlength=terms)
    idf = np.log(max(rows, 1) / np.maximum(df, 1.0))
    values = (1.0 + np.log(np.asarray(counts, np.float64))) * idf[columns]
    return Features(starts, columns, unit(values, starts), idf)


def query_vector(query: Mapping[int, float], known: Features) -> tuple[Ints, Floats]:
    """Columns and values of a query given as counts by term number; terms out of range are left out."""
    kept = {term: count for term, count in query.items() if 0 <= term < len(known.idf) and count > 0}
    columns = np.array(sorted(kept), np.int64)
    counts = np.array([kept[term] for term in columns.tolist()], np.float64)
    values = (1.0 + np.log(counts)) * known.idf[columns]
    return columns, unit(values, np.array([0, len(columns)], np.int64))


def unit(values: Floats, starts: Ints) -> Floats:
    """Rows cut to length 1; rows of nothing but zeros stay."""
    length = np.sqrt(sums(values * values, starts))
    length[length == 0.0] = 1.0
    cut: Floats = values / np.repeat(length, np.diff(starts))
    return cut


def sums(values: Floats, starts: Ints) -> Floats:
    """The sum of each row, 0 for an empty one."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    return running[starts[1:]] - running[starts[:-1]]


def view_of(snapshot: Snapshot, base: int) -> View:
    """The segment of a snapshot that begins at ``base``."""
    return next(view for view in snapshot.views if view.base == base)


def columns_of(terms: Iterable[str], known: Counted) -> dict[int, float]:
    """How often each column stands among terms; unknown terms and stop words are left out."""
    found: dict[int, float] = {}
    for term in terms:
        column = known.terms.get(term)
        if column is not None and term not in _STOP_TERMS:
            found[column] = found.get(column, 0.0) + 1.0
    return found
