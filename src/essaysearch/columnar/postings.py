"""Occurrences to postings: how the words of many passages become arrays, term after term.

A *posting* says that a term occurs in a passage, in any of the ranking fields. Postings stand
term after term, and within a term by passage. Beside each stands a *code*: 1 to 15 is the
frequency in the body, where the term occurs nowhere else in the passage; 0 points to the next
row of the *exceptions*, which gives the frequency in each field.

A *position* counts words through the fields of a passage: body first, then the other fields,
one position left free between any two, so that no phrase runs from one field into the next.
Each occurrence also bears the number of the surface that stood there.

How postings become the bytes of a segment, see `packing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

BLOCK = 128
EXCEPTION = 0
MAX_CODE = 15
FIELDS = 4

RUN = 1_500_000
"""Occurrences taken at a time where NumPy works on them: some 150 MB of work space."""

_COMPILED_RUN = 5_000_000
"""The same for the compiled loops, which need less. To invert, each run looks at all words once."""

Array = npt.NDArray[Any]


class Postings(NamedTuple):
    """Postings of sorted terms, uncompressed.

    ``post``: int64 (terms + 1), where each term's postings begin. ``docs``: uint32, passage of
    each posting. ``codes``: uint8. ``exc``: (n, 4) int64 frequencies by field of the postings
    whose code is 0, in order. ``occ``: int64 (postings + 1), where each posting's occurrences
    begin. ``pos``: uint32 position and ``ord``: uint16 number of the surface, of each occurrence.
    """

    post: Array
    docs: Array
    codes: Array
    exc: Array
    occ: Array
    pos: Array
    ord: Array


def field_starts(lengths: Array) -> Array:
    """Where each field's positions begin. ``lengths``: (4, passages). Returns the same shape, int64."""
    starts = np.zeros(lengths.shape, dtype=np.int64)
    np.cumsum(lengths[:-1].astype(np.int64) + 1, axis=0, out=starts[1:])
    return starts


class Inversion:
    """Turns the words of passages, in reading order, into postings, a run of terms at a time.

    ``words``: int32 surface number of every word, passage by passage, field by field.
    ``lengths``: (4, passages) int64 words in each field. ``rank`` and ``ordinal``: int32, for each
    surface the rank of its term among the sorted terms and its number among the term's surfaces.
    ``occurrences``: int64, how often each term occurs. ``fast``: use the compiled loops. Several
    threads may ask for postings at once.
    """

    def __init__(
        self, words: Array, lengths: Array, rank: Array, ordinal: Array, occurrences: Array, fast: bool
    ) -> None:
        self._given, self._occurrences = (words, lengths, rank, ordinal), occurrences
        self._kernels: Any = None
        if fast:
            from essaysearch.columnar import index_kernels

            self._kernels = index_kernels

    def runs(self) -> Iterator[tuple[int, int]]:
        """(first term, end of terms) of every run, in order."""
        return runs(self._occurrences, RUN if self._kernels is None else _COMPILED_RUN)

    def postings(self, low: int, high: int) -> Postings:
        """The postings of the terms ``low`` to ``high``."""
        if self._kernels is None:
            return _invert(*self._given, low, high)
        return Postings(*self._kernels.scatter(*self._given, low, high, self._occurrences[low:high]))


def runs(sizes: Array, most: int = RUN) -> Iterator[tuple[int, int]]:
    """Cut terms into runs of at most ``most`` occurrences, or one term; ``sizes`` are those of each."""
    ends = np.cumsum(sizes)
    low = 0
    while low < len(sizes):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + most, "right")))
        yield low, high
        low = high


def _invert(words: Array, lengths: Array, rank: Array, ordinal: Array, low: int, high: int) -> Postings:
    """The postings of the terms ``low`` to ``high``."""
    unit_lengths = lengths.T.reshape(-1)
    unit_starts = np.cumsum(unit_lengths) - unit_lengths
    shift = field_starts(lengths).T.reshape(-1) - unit_starts
    ranks = rank[words]
    chosen = np.flatnonzero((ranks >= low) & (ranks < high))
    chosen = chosen[np.argsort(ranks[chosen], kind="stable")]
    unit = np.searchsorted(unit_starts + unit_lengths, chosen, "right")
    position = (chosen + shift[unit]).astype(np.uint32)
    passage = (unit // FIELDS).astype(np.uint32)
    words, ranks = words[chosen], ranks[chosen]

    first = np.empty(len(words), dtype=bool)
    if len(words):
        first[0] = True
        np.not_equal(ranks[1:], ranks[:-1], out=first[1:])
        first[1:] |= passage[1:] != passage[:-1]
    begins = np.flatnonzero(first)
    docs = passage[begins]
    occ = np.append(begins, len(words))
    totals = np.diff(occ)
    post = np.searchsorted(ranks[begins], np.arange(low, high + 1)).astype(np.int64)

    field = unit % FIELDS
    elsewhere = np.add.reduceat(field > 0, begins, dtype=np.int64) if len(begins) else totals
    exceptional = (elsewhere > 0) | (totals > MAX_CODE)
    codes = np.where(exceptional, EXCEPTION, totals).astype(np.uint8)
    inside = np.repeat(exceptional, totals)
    at = np.repeat(np.cumsum(exceptional) - 1, totals)[inside]
    count = int(exceptional.sum())
    exc = np.bincount(at * FIELDS + field[inside], minlength=count * FIELDS).reshape(count, FIELDS)
    return Postings(post, docs, codes, exc, occ, position, ordinal[words].astype(np.uint16))


def narrow(values: Array) -> Array:
    """The same unsigned integers in the narrowest of uint8, uint16, uint32, uint64."""
    top = int(values.max()) if values.size else 0
    for dtype in (np.uint8, np.uint16, np.uint32):
        if top <= np.iinfo(dtype).max:
            return values.astype(dtype)
    return values.astype(np.uint64)
