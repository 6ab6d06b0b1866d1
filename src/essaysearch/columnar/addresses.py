"""A snapshot as compiled kernels take it: where in memory the arrays of its segments begin.

A kernel is called once for a query, not once for each segment: it takes one table with a row for
each segment. So what surrounds the kernels does not grow with the number of segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from essaysearch.columnar.snapshot import View

Array = npt.NDArray[Any]

(
    DATA, SIZE, PASSAGES, NORMS, FIELDS, LEAST, STARTS, STARTED, ORDER, LIVE, NAMES, ENDS, NAME_OF, AT
) = range(14)  # fmt: skip
"""The columns of a row: addresses of arrays and how long these are; ``LEAST``: the least norm of each field.
`Segment.arrays`' ``at`` stands from ``AT`` on."""

COLUMNS = AT + 16


class Table(NamedTuple):
    """``rows``: int64, for each segment a row, or an address. ``held``: the arrays it points to, kept alive
    by it. ``at``: where ``rows`` begins."""

    rows: Array
    held: tuple[Array, ...]
    at: int


def table_of(views: Sequence[View], words: int) -> Table:
    """A snapshot's table, for queries of ``words`` ranking words."""
    rows: list[list[int]] = []
    held: list[Array] = []
    for view in views:
        data, at = view.segment.arrays
        norms, starts, order, live = view.norms(words), view.starts, view.segment.order, view.live_bits
        # Documents' ids order equally good passages of different segments; of one segment, ``order`` does.
        names = view.segment.document_names if len(views) > 1 else (_NONE,) * 3
        least = norms.min(axis=1, initial=np.inf).astype(np.float64)
        arrays = (data, norms, least, starts, order, live, *names)
        assert all(array.flags.c_contiguous for array in arrays)
        held += arrays
        rows.append(
            [
                address(data), len(data), view.segment.passages, address(norms), len(norms), address(least),
                address(starts), len(starts), address(order), address(live), *map(address, names),
                *at.tolist(),
            ]
        )  # fmt: skip
    table = np.array(rows, dtype=np.int64).reshape(-1, COLUMNS)
    return Table(table, tuple(held), address(table))


def addresses_of(arrays: Sequence[Array]) -> Table:
    """Where an array of each segment begins."""
    rows = np.array([address(array) for array in arrays], dtype=np.int64)
    return Table(rows, tuple(arrays), address(rows))


_NONE = np.zeros(0, dtype=np.uint8)


def address(array: Array) -> int:
    """Where an array begins; 0 for one without elements."""
    return int(array.ctypes.data) if array.size else 0
