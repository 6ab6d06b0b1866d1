"""Work space of the kernels, kept by each thread: what is big enough once is not made again.

A query goes to its kernel as one block of numbers, the *frame*, whose address is all that a call
passes: each argument more costs the interpreter as much as a kernel's work on a hundred postings.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from struct import Struct, pack_into
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.addresses import address
from essaysearch.columnar.impacts import WIDTH

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

EACH_FLOAT = 8
"""Floats that every kernel may need for each term."""

(
    INTS, INTS_SIZE, FLOATS, FLOATS_SIZE, SUMS, SCORES, DOCS, PARTS, DIGITS, FOUND, XS, SEEN,
    TABLE, SEGMENTS, MASKS, K, WINDOW, COUNTED, IDS, OFFSET, WORDS, EXCLUDED, PAIRS, HEAD,
) = range(24)  # fmt: skip
"""The numbers at the head of a frame. First what a thread has: addresses of its work space and the sizes
of some, then of the results and of what else a kernel may write. From ``TABLE`` on what a query gives:
the address of a snapshot's table, its segments, the address of masks, how many passages are wanted, how near
words may stand, whether all matches are counted, the address of the passages' ids (0: not asked for) and
the place of the first one asked for, how many words, excluded words and pairs of words there are. Behind
the head: addresses of the rows of the words and of the excluded words (`impacts`), the weights of the
words, and three floats for each pair (`match_kernels`)."""

NAME = 17
"""Bytes of a passage's id as a kernel writes it: hexadecimal digits and a space."""

_KEPT = 10_000
"""Results for which room is kept after a query."""

_USUAL = 16
_HEADS = [Struct(f"={HEAD - TABLE + words}q") for words in range(2 * _USUAL)]


class Space(threading.local):
    """``wide``: as `window_kernels.window_of` parts it; ``counts``: flags of surfaces. Sums and counts
    are zeros between calls; all else may hold anything. ``scores``, ``docs``, ``parts`` and ``digits``:
    results; ``at``: where the frame begins."""

    def __init__(self) -> None:
        self.wide = np.zeros(3 * WIDE + 2 * NOTED, dtype=np.int32)
        self.counts = np.zeros(1 << 16, dtype=np.uint8)
        self._frame = np.zeros(0, dtype=np.int64)
        self._held: dict[int, Array] = {}
        self._grow(_USUAL, 16, 1)
        self._wide = np.zeros(0)

    def ready(self, words: int, k: int, segments: int) -> None:
        """Make room for a query of ``words`` words and the k best of so many segments, and k more."""
        if words > self._words or k > self._most or segments > self._segments or self._most > _KEPT:
            self._grow(max(words, _USUAL), max(k, 16), segments)

    def _grow(self, words: int, k: int, segments: int) -> None:
        self._words, self._most, self._segments = words, k, segments
        size = k * (segments + 1)
        frame = np.zeros(HEAD + 6 * words, dtype=np.int64)
        frame[: min(HEAD, len(self._frame))] = self._frame[:HEAD]
        self._frame, self.frame, self.at = frame, memoryview(frame.data).cast("B"), address(frame)
        self.ints(words, words * segments * WIDTH + 2 * PUT_BY + 10 * k)
        frame[INTS_SIZE] = len(self._held[INTS])
        self._hold(FLOATS, np.empty(EACH_FLOAT * words))
        frame[FLOATS_SIZE] = EACH_FLOAT * words
        self._hold(SUMS, self.wide)
        self.scores = self._hold(SCORES, np.empty(size))
        self.docs = self._hold(DOCS, np.empty(size, dtype=np.int64))
        self.parts = self._hold(PARTS, np.empty(size, dtype=np.int64))
        self.digits = memoryview(self._hold(DIGITS, np.empty(NAME * k, dtype=np.uint8)).data)

    def _hold(self, what: int, array: Array) -> Array:
        self._held[what], self._frame[what] = array, address(array)
        return array

    def ask(
        self,
        head: tuple[int, ...],
        rows: Sequence[int],
        weights: Sequence[float],
        pairs: Sequence[float],
    ) -> int:
        """Write a query into the frame: what its head has from ``TABLE`` on, and what stands behind it.

        Returns its address. The room must be `ready`.
        """
        size = len(rows)
        form = _HEADS[size] if size < len(_HEADS) else Struct(f"={HEAD - TABLE + size}q")
        form.pack_into(self.frame, 8 * TABLE, *head, *rows)
        behind = 8 * (HEAD + size)
        pack_into(f"={len(weights) + len(pairs)}d", self.frame, behind, *weights, *pairs)
        return self.at

    def ints(self, terms: int, more: int = 0) -> Array:
        """Integers for a query of ``terms`` terms, and ``more``."""
        need = terms * EACH + FIXED + more
        if INTS not in self._held or len(self._held[INTS]) < need:
            self._hold(INTS, np.empty(need, dtype=np.int64))
            self._frame[INTS_SIZE] = need
        return self._held[INTS]

    def found(self, size: int) -> tuple[Array, Array]:
        """Room for passages and x."""
        if FOUND not in self._held or len(self._held[FOUND]) < size:
            self._hold(FOUND, np.empty(size, dtype=np.int64))
            self._hold(XS, np.empty(size))
        return self._held[FOUND], self._held[XS]

    def seen(self, passages: int) -> Array:
        """A bit for each of so many passages."""
        if SEEN not in self._held or len(self._held[SEEN]) < (passages + 7) >> 3:
            self._hold(SEEN, np.empty((passages + 7) >> 3, dtype=np.uint8))
        return self._held[SEEN]

    def passages(self, count: int) -> Array:
        """A zero for each of ``count`` passages; to be left as zeros."""
        if len(self._wide) < count:
            self._wide = np.zeros(count)
        return self._wide


SPACE = Space()
