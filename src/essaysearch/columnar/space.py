"""Work space of the kernels, kept by each thread: what is big enough once is not made again."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
NARROW = 1 << 12
"""Passages whose sums are held at a time where most are touched: they stay close to the processor."""

WIDE = 1 << 16
"""Passages whose sums are held at a time where few are touched."""

NOTED = 1 << 17
"""Postings of a window that can be noted."""

PUT_BY = 1 << 11
"""Passages that wait at a time to be scored."""

FIXED = 1 << 11
"""Integers that every kernel may need beside those for each term."""

EACH = 300
"""Integers that every kernel may need for each term."""


class Space(threading.local):
    """``wide``: as `window_kernels.window_of` parts it; ``counts``: flags of surfaces. Sums and counts
    are zeros between calls; all else may hold anything."""

    def __init__(self) -> None:
        self.wide = np.zeros(3 * WIDE + 2 * NOTED, dtype=np.int32)
        self.counts = np.zeros(1 << 16, dtype=np.uint8)
        self._ints = np.empty(16 * EACH + FIXED, dtype=np.int64)
        self._floats = np.empty(256)
        self._best: dict[tuple[int, int], tuple[Array, Array, Array]] = {}
        self._found = np.empty(0, dtype=np.int64), np.empty(0)
        self._seen = np.empty(0, dtype=np.uint8)
        self._wide = np.zeros(0)

    def ints(self, terms: int, more: int = 0) -> Array:
        """Integers for a query of ``terms`` terms, and ``more``."""
        need = terms * EACH + FIXED + more
        if len(self._ints) < need:
            self._ints = np.empty(need, dtype=np.int64)
        return self._ints

    def floats(self, terms: int) -> Array:
        """Floats for a query of ``terms`` terms."""
        if len(self._floats) < 8 * terms:
            self._floats = np.empty(8 * terms)
        return self._floats

    def best(self, k: int, segments: int) -> tuple[Array, Array, Array]:
        """Room for scores, passages and segments of the k best of each of several segments, and k more."""
        room = self._best.get((k, segments))
        if room is None:
            size = k * (segments + 1)
            room = np.empty(size), np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
            few = len(self._best) < 8 and size <= 10_000
            self._best = {**self._best, (k, segments): room} if few else {(k, segments): room}
        return room

    def found(self, size: int) -> tuple[Array, Array]:
        """Room for passages and x."""
        if len(self._found[0]) < size:
            self._found = np.empty(size, dtype=np.int64), np.empty(size)
        return self._found

    def seen(self, passages: int) -> Array:
        """A bit for each of so many passages."""
        if len(self._seen) < (passages + 7) >> 3:
            self._seen = np.empty((passages + 7) >> 3, dtype=np.uint8)
        return self._seen

    def passages(self, count: int) -> Array:
        """A zero for each of ``count`` passages; to be left as zeros."""
        if len(self._wide) < count:
            self._wide = np.zeros(count)
        return self._wide


SPACE = Space()
