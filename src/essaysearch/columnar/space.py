"""Work space of the kernels, kept by each thread: what is big enough once is not made again.

A query goes to its kernel as one block of numbers, the *frame*, whose address is all that a call
passes: each argument more costs the interpreter as much as a kernel's work on a hundred postings.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from struct import Struct
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

FIXED = 1 << 12
"""Integers that every kernel may need beside those for each term."""

EACH = 300
"""Integers that every kernel may need for each term."""

EACH_FLOAT = 8
"""Floats that every kernel may need for each term."""

(
    INTS, INTS_SIZE, FLOATS, FLOATS_SIZE, SUMS, SCORES, DOCS, PARTS, DIGITS, FOUND, XS, SEEN,
    SURFACES, BYTES, TALLIES,
    TABLE, SEGMENTS, MASKS, K, WINDOW, COUNTED, IDS, OFFSET, WORDS, EXCLUDED, PAIRS, HEAD,
) = range(27)  # fmt: skip
"""The numbers at the head of a frame. First what a thread has: addresses of its work space and the sizes
of some, then of the results and of what else a kernel may write. From ``TABLE`` on what a query gives:
the address of a snapshot's table, its segments, the address of masks, how many passages are wanted, how near
words may stand, whether all matches are counted, the address of the passages' ids (0: not asked for) and
the place of the first one asked for, how many words, excluded words and pairs of words there are. Behind
the head: addresses of the rows of the words and of the excluded words (`impacts`), the weights of the
words, and three floats for each pair (`match_kernels`)."""

SURFACES_SIZE = 1 << 16
"""Surfaces that a term may have."""

NAME = 17
"""Bytes of a passage's id as a kernel writes it: hexadecimal digits and a space."""

_KEPT = 10_000
"""Results for which room is kept after a query."""

_USUAL = 16


class Room:
    """The work space of one thread.

    ``wide``: as `window_kernels` parts it; ``surfaces``: flags of surfaces. Sums, flags, `tallies`
    and what is `seen` are zeros between calls; all else may hold anything. Results: ``scores``, ``docs``,
    ``parts``, ``digits``.
    """

    def __init__(self) -> None:
        self.wide = np.zeros(3 * WIDE + 2 * NOTED, dtype=np.int32)
        self._frame = np.zeros(0, dtype=np.int64)
        self._held: dict[int, Array] = {}
        self._forms: dict[tuple[int, int], Struct] = {}
        self._grow(_USUAL, 16, 1)
        self.surfaces = self._hold(SURFACES, np.zeros(SURFACES_SIZE, dtype=np.uint8))

    def ask(
        self, k: int, head: tuple[int, ...], rows: Sequence[int], floats: Sequence[float], segments: int
    ) -> int:
        """Make room for a query and write it into the frame; returns the frame's address.

        ``head``: what it has from ``TABLE`` on; ``rows`` and ``floats``: what stands behind it. ``k``: how
        many passages are wanted, of each of so many segments, and as many more.
        """
        if len(rows) > self._words or k > self._most or segments > self._segments or self._most > _KEPT:
            self._grow(max(len(rows), _USUAL), max(k, 16), segments)
        sizes = len(rows), len(floats)
        form = self._forms.get(sizes)
        if form is None:
            form = Struct(f"={HEAD - TABLE + sizes[0]}q{sizes[1]}d")
            self._forms = {**self._forms, sizes: form} if len(self._forms) < 256 else {sizes: form}
        form.pack_into(self._bytes, 8 * TABLE, *head, *rows, *floats)
        return self._at

    def _grow(self, words: int, k: int, segments: int) -> None:
        self._words, self._most, self._segments = words, k, segments
        size = k * (segments + 1)
        frame = np.zeros(HEAD + 6 * words, dtype=np.int64)
        frame[: min(HEAD, len(self._frame))] = self._frame[:HEAD]
        self._frame, self._bytes, self._at = frame, memoryview(frame.data).cast("B"), address(frame)
        self.ints(words, words * segments * WIDTH + 2 * PUT_BY + 10 * k)
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

    def ints(self, terms: int, more: int = 0) -> Array:
        """Integers for a query of ``terms`` terms, and ``more``."""
        need = terms * EACH + FIXED + more
        if INTS not in self._held or len(self._held[INTS]) < need:
            self._hold(INTS, np.empty(need, dtype=np.int64))
            self._frame[INTS_SIZE] = need
        return self._held[INTS]

    def matching(self, words: int, positions: int, postings: int, passages: int) -> None:
        """Make room to match a phrase: for so many words, positions of each of them in a passage, postings of
        the rarest and passages of a segment."""
        size = words * (EACH + positions) + FIXED + 2 * PUT_BY + self._most
        if size > self._frame[INTS_SIZE]:
            self.ints(words, size)
        self.found(postings)
        self.seen(passages)

    def found(self, size: int) -> None:
        """Make room for passages and x (or another eight bytes of each)."""
        if FOUND not in self._held or len(self._held[FOUND]) < size:
            self._hold(FOUND, np.empty(size, dtype=np.int64))
            self._hold(XS, np.empty(size))

    def seen(self, passages: int) -> None:
        """Make room for a bit for each of so many passages."""
        if SEEN not in self._held or len(self._held[SEEN]) < (passages + 7) >> 3:
            self._hold(SEEN, np.zeros((passages + 7) >> 3, dtype=np.uint8))

    def tallies(self, fields: int, passages: int) -> tuple[Array, Array]:
        """Make room for a byte for each of so many passages and for an int32 of each of their fields.

        They are to be left as zeros.
        """
        size = fields * passages
        if TALLIES not in self._held or len(self._held[TALLIES]) < size:
            self._hold(TALLIES, np.zeros(size, dtype=np.int32))
        if BYTES not in self._held or len(self._held[BYTES]) < passages:
            self._hold(BYTES, np.zeros(passages, dtype=np.uint8))
        return self._held[BYTES][:passages], self._held[TALLIES][:size].reshape(fields, passages)


class _Rooms(threading.local):
    def __init__(self) -> None:
        self.room = Room()


SPACE = _Rooms()
"""``room`` is the calling thread's."""
