"""Phrases and patterns bound to a snapshot: where the postings of all their words stand."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.addresses import address
from essaysearch.columnar.patterns import expansions
from essaysearch.columnar.segment import Segment
from essaysearch.columnar.snapshot import Snapshot, Term
from essaysearch.tree import Expand, Phrase

Array = npt.NDArray[Any]


def phrase(snapshot: Snapshot, leaf: Phrase, kernels: Any) -> list[Term] | None:
    """The terms of a phrase, their positions verified; None where kernels cannot decide it.

    That is: one word alone, more than two within a distance, in some fields only, letter for letter.
    """
    words = leaf.words
    if len(words) < 2 or leaf.fields is not None or (leaf.slop and len(words) > 2):
        return None
    if any(word.exact for word in words):
        return None
    terms = [snapshot.term(word.term, kernels) for word in words]
    for number, view in enumerate(snapshot.views):
        infos = [term.infos[number] for term in terms]
        if None not in infos:
            for info in infos:
                view.segment.touch_positions(info)  # type: ignore[arg-type]
    return terms


def place(snapshot: Snapshot, term: str, kernels: Any) -> None:
    """Verify the positions of a term in all segments; `Snapshot.placed` remembers it."""
    for view, info in zip(snapshot.views, snapshot.term(term, kernels).infos, strict=True):
        if info is not None:
            view.segment.touch_positions(info)
    if len(snapshot.placed) > _MOST_PLACED:
        snapshot.placed = set()
    snapshot.placed.add(term)


_MOST_PLACED = 1 << 16


ROWS, FIRSTS, ORDINALS, ORDINALS_SIZE, SIZE, TOLD = range(6)
"""What `Bound.told` tells: addresses of its arrays, how many ordinals there are, the most postings in one
segment; how many numbers that are."""


class Bound(NamedTuple):
    """The words of a pattern in each segment.

    ``rows``: int64 (terms, 4), segment by segment: first block, end of blocks, where in
    ``ordinals`` the numbers of the surfaces that count begin and end (no number: all count).
    ``firsts``: where the rows of each segment begin, and their end. ``told``: the same for a kernel.
    """

    rows: Array
    firsts: Array
    ordinals: Array
    told: Array

    @property
    def size(self) -> int:
        """The most postings in one segment."""
        return int(self.told[SIZE])

    @property
    def at(self) -> int:
        """Where ``told`` begins."""
        return address(self.told)


def _bound_of(rows: Array, firsts: Array, ordinals: Array, size: int) -> Bound:
    told = [address(rows), address(firsts), address(ordinals), len(ordinals), size]
    return Bound(rows, firsts, ordinals, np.array(told, dtype=np.int64))


def pattern(snapshot: Snapshot, leaf: Expand, kernels: Any) -> Bound:
    """The words of a pattern, all that is read of them verified. Raises `QueryTooLarge`."""
    if len(snapshot.views) == 1:
        return pattern_in(snapshot.views[0].segment, leaf, kernels)
    key = "pattern", leaf.how, leaf.pattern, leaf.distance
    return snapshot.decoded.of(key, lambda: _joined(snapshot, leaf, kernels))


def _joined(snapshot: Snapshot, leaf: Expand, kernels: Any) -> Bound:
    parts = [pattern_in(view.segment, leaf, kernels) for view in snapshot.views]
    shifts = np.cumsum([0, *(len(part.ordinals) for part in parts)])
    rows = [part.rows + np.array([0, 0, shift, shift]) for part, shift in zip(parts, shifts, strict=False)]
    return _bound_of(
        np.concatenate(rows),
        np.cumsum([0, *(len(part.rows) for part in parts)]),
        np.concatenate([part.ordinals for part in parts]),
        max(part.size for part in parts),
    )


def pattern_in(segment: Segment, leaf: Expand, kernels: Any) -> Bound:
    """The words of a pattern in one segment; remembered."""
    key = ("bound", leaf.how, leaf.pattern, leaf.distance)
    known: Bound | None = segment.expanded.get(key)
    if known is None:
        known = _bind(segment, leaf, kernels)
        segment.expanded[key] = known
    return known


def _bind(segment: Segment, leaf: Expand, kernels: Any) -> Bound:
    chosen = expansions(segment, leaf)
    numbers = np.array([number for number, _ in chosen], dtype=np.int64)
    held = np.array([len(ordinals) for _, ordinals in chosen], dtype=np.int64)
    first = segment.column("surface_first").astype(np.int64)
    partial = held < first[numbers + 1] - first[numbers]
    infos = segment.infos(numbers, partial, kernels)
    ends = np.cumsum(np.where(partial, held, 0))
    rows = np.column_stack((infos[:, :2], ends - np.where(partial, held, 0), ends))
    ordinals = [
        n for (_, ordinals), some in zip(chosen, partial.tolist(), strict=True) if some for n in ordinals
    ]
    return _bound_of(
        np.ascontiguousarray(rows),
        np.array([0, len(rows)]),
        np.array(ordinals, dtype=np.int64),
        int(infos[:, 2].sum()),
    )
