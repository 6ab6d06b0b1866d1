"""Words bound to a snapshot with what each posting adds to a score: exact, and ready for the kernels.

A posting's *share* x / (1 + x) depends on the averages of the library, so it is worked out for a
commit when a word is first asked for, and kept in memory within a limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.addresses import address
from essaysearch.columnar.postings import BLOCK

if TYPE_CHECKING:
    from essaysearch.columnar.snapshot import Snapshot

Array = npt.NDArray[Any]

DOCS, SHARES, STEPPED, BEFORE, BOUNDS, COUNT, BLOCK_AT = range(7)
WIDTH = 7
"""The columns of a word's row for a segment: addresses of its passages (uint32), of their shares
(float64), of these in steps of 1 / `STEPS` rounded up (uint8), of how many occurrences come before a
posting's in its block (uint32), and of bounds (float64: the `LEADERS` largest shares, the largest
first and zeros where there are fewer, then which part of the postings has at least 0, 1, 2 ... of
`TAILS` parts of the share 1, then the largest of each `BLOCK` postings); how many postings; its first
block."""

STEPS = 255

LEADERS = 16
TAILS = 16
MOST_BYTES = 384 << 20
"""Memory that a snapshot's impacts may take."""


class Weighed(NamedTuple):
    """A word with its shares. ``rows``: one for each segment, int64 (segments, `WIDTH`); ``held``: what they
    point to; ``at``: where they begin; ``most``: the most postings in one segment."""

    idf: float
    rows: Array
    held: tuple[Array, ...]
    at: int
    most: int


class Impacts:
    """The words of one snapshot that were asked for lately."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Weighed] = {}
        self.pieces: dict[str, Any] = {}
        """What `pieces` remembers; it forgets all of it whenever words are forgotten here."""
        self._bytes = 0

    def of(self, snapshot: Snapshot, term: str, words: int, kernels: Any) -> Weighed:
        """A word, for queries of ``words`` ranking words."""
        key = (term, words if words > scoring.SHORT_QUERY else 0)
        known = self._known.get(key)
        if known is None:
            known = _weighed(snapshot, term, words, kernels)
            if self._bytes + _size(known) > MOST_BYTES:  # the older half goes
                kept = list(self._known.items())[len(self._known) // 2 :]
                self._known, self._bytes = dict(kept), sum(_size(word) for _, word in kept)
                self.pieces = {}
            self._bytes += _size(known)
            self._known[key] = known
        return known


def _size(word: Weighed) -> int:
    return sum(array.nbytes for array in word.held) + 256


def _weighed(snapshot: Snapshot, term: str, words: int, kernels: Any) -> Weighed:
    bound, table = snapshot.term(term, kernels), snapshot.table(words)
    rows = np.zeros((len(bound.infos), WIDTH), dtype=np.int64)
    held: list[Array] = []
    for number, info in enumerate(bound.infos):
        if info is None:
            continue
        arrays: tuple[Array, ...] = (
            np.empty(info.df, dtype=np.uint32),
            np.empty(info.df),
            np.empty(info.df, dtype=np.uint8),
            np.empty(info.df, dtype=np.uint32),
            np.zeros(LEADERS + TAILS + info.block_end - info.block),
        )
        kernels.impacts(table.rows, number, info.block, info.block_end, *arrays)
        held += arrays
        rows[number] = *map(address, arrays), info.df, info.block
    return Weighed(bound.idf, rows, tuple(held), address(rows), int(rows[:, COUNT].max(initial=0)))


assert LEADERS < BLOCK
