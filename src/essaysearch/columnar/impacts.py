"""Words bound to a snapshot with what each posting adds to a score: exact, and ready for the kernels.

A posting's *share* x / (1 + x) depends on the averages of the library, so it is worked out for a
commit when a word is first asked for, and kept in memory within a limit.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.addresses import address
from essaysearch.columnar.postings import BLOCK

if TYPE_CHECKING:
    from essaysearch.columnar.store import Snapshot

Array = npt.NDArray[Any]

DOCS, SHARES, BOUNDS, COUNT, BLOCK_AT = range(5)
WIDTH = 5
"""The columns of a word's row for a segment: addresses of its passages (uint32), of their shares
(float64) and of bounds (float64: the `LEADERS` largest shares, the largest first and zeros where
there are fewer, then the largest of each `BLOCK` postings); how many postings; its first block."""

LEADERS = 16
_ROW = Struct("=5q")
_NO_ROW = _ROW.pack(0, 0, 0, 0, 0)
MOST_BYTES = 160 << 20
"""Memory that a snapshot's impacts may take."""


class Weighed(NamedTuple):
    """A word with its shares. ``rows``: one for each segment, packed; ``held``: what they point to."""

    idf: float
    rows: bytes
    held: tuple[Array, ...]


class Impacts:
    """The words of one snapshot that were asked for lately."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Weighed] = {}
        self._bytes = 0

    def of(self, snapshot: Snapshot, term: str, words: int, kernels: Any) -> Weighed:
        """A word, for queries of ``words`` ranking words."""
        key = (term, words if words > scoring.SHORT_QUERY else 0)
        known = self._known.get(key)
        if known is None:
            known = _weighed(snapshot, term, words, kernels)
            size = sum(array.nbytes for array in known.held) + 256
            if self._bytes + size > MOST_BYTES:
                self._known, self._bytes = {}, 0
            self._bytes += size
            self._known[key] = known
        return known


def _weighed(snapshot: Snapshot, term: str, words: int, kernels: Any) -> Weighed:
    bound, table = snapshot.term(term, kernels), snapshot.table(words)
    rows: list[bytes] = []
    held: list[Array] = []
    for number, info in enumerate(bound.infos):
        if info is None:
            rows.append(_NO_ROW)
            continue
        docs, shares = np.empty(info.df, dtype=np.uint32), np.empty(info.df)
        bounds = np.zeros(LEADERS + info.block_end - info.block)
        kernels.impacts(table.rows, number, info.block, info.block_end, docs, shares, bounds)
        held += (docs, shares, bounds)
        rows.append(_ROW.pack(address(docs), address(shares), address(bounds), info.df, info.block))
    return Weighed(bound.idf, b"".join(rows), tuple(held))


assert LEADERS < BLOCK
