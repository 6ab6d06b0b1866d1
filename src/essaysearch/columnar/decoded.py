"""Words as NumPy takes them, kept in memory within a limit: decoding costs ten times what ranking does.

With compiled kernels `impacts` is what this is without them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from essaysearch.columnar.segment import TermInfo
    from essaysearch.columnar.snapshot import View

Array = npt.NDArray[Any]
Arrays = TypeVar("Arrays", bound=tuple[Array, ...])
MOST_BYTES = 256 << 20
"""Memory that the decoded words of a snapshot may take."""


class Decoded:
    """What was decoded of one snapshot lately."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}
        self._bytes = 0

    def of(self, key: Any, make: Callable[[], Arrays]) -> Arrays:
        """The arrays of ``key``, from ``make`` or from before. They cannot be written into."""
        known: Arrays | None = self._known.get(key)
        if known is None:
            known = make()
            for array in known:
                array.setflags(write=False)  # others hold it too
            size = _size(known)
            while self._known and self._bytes + size > MOST_BYTES:  # the older half goes
                kept = list(self._known.items())[(len(self._known) + 1) // 2 :]
                self._known, self._bytes = dict(kept), sum(_size(arrays) for _, arrays in kept)
            self._bytes += size
            self._known[key] = known
        return known


def _size(arrays: tuple[Array, ...]) -> int:
    return sum(array.nbytes for array in arrays) + 256


class Placed(NamedTuple):
    """Where a term stands in a segment. ``docs``: its passages, ascending, int64, deleted ones included;
    ``first``: int64 (passages + 1), where the positions of each begin; ``positions``: int32."""

    docs: Array
    first: Array
    positions: Array

    def at(self, docs: Array) -> tuple[Array, Array]:
        """(how often it stands in each of ``docs``, all of which hold it; its positions there, int64)."""
        rows = np.searchsorted(self.docs, docs)
        begin = self.first[rows]
        sizes = self.first[rows + 1] - begin
        before = np.cumsum(sizes)
        total = int(before[-1]) if len(before) else 0
        places = np.arange(total) + np.repeat(begin - before + sizes, sizes)
        return sizes, self.positions[places].astype(np.int64)


def placed(view: View, info: TermInfo) -> Placed:
    """Where a term of a segment stands."""

    def make() -> Placed:
        ends, positions, _ = view.segment.occurrences(info)
        first = np.concatenate((np.zeros(1, np.int64), ends))
        return Placed(view.segment.docs(info), first, positions.astype(np.int32))

    snapshot = view.snapshot()
    assert snapshot is not None  # whoever evaluates holds it
    return snapshot.decoded.of((view.base, info.number), make)


def held_by_all(lists: list[Array]) -> Array:
    """What stands in each of some ascending lists (at least one): the shortest is looked up in the others."""
    shortest, *others = sorted(lists, key=len)
    for other in others:
        shortest = shortest[is_in(shortest, other)]
    return shortest


def is_in(docs: Array, others: Array) -> Array:
    """Which of ``docs`` stand in ``others``; both ascending."""
    if not len(others):
        return np.zeros(len(docs), dtype=bool)
    return np.asarray(others[np.minimum(np.searchsorted(others, docs), len(others) - 1)] == docs)
