"""Compiled reading of a snapshot's table (see `addresses`): addresses back to arrays.

Needs the extra ``fast``.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from essaysearch.columnar.addresses import (
    AT,
    DATA,
    ENDS,
    FIELDS,
    LIVE,
    NAME_OF,
    NAMES,
    NORMS,
    ORDER,
    PASSAGES,
    SIZE,
    STARTED,
    STARTS,
)
from essaysearch.columnar.block_kernels import kernel, views

Part = namedtuple("Part", "blocks passages norms starts order live")
"""One segment. ``norms``: (fields, passages) float32; ``starts``: as `View.starts`; ``live``: a bit for
each passage, or no byte."""


def _array_at(typing: Any, address: Any, count: Any, dtype: Any) -> Any:
    """``count`` items of ``dtype`` from an address on, which the caller keeps alive."""
    item = dtype.dtype
    made = types.Array(item, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array = make_array(made)(context, builder)  # type: ignore[no-untyped-call]
        held = context.get_data_type(item)
        size = context.get_constant(types.intp, context.get_abi_sizeof(held))
        place = builder.inttoptr(given[0], held.as_pointer())
        populate_array(array, place, [given[1]], [size], size, meminfo=None)  # type: ignore[no-untyped-call]
        return array._getvalue()

    return made(types.int64, types.int64, dtype), generate


array_at: Any = intrinsic(_array_at)


Mask = namedtuple("Mask", "bits")
"""``bits``: one for each passage, the lowest first; no byte where all are allowed."""


@kernel
def mask_at(address, passages):  # type: ignore[no-untyped-def]
    """A mask by its address; 0: all passages are allowed."""
    return Mask(array_at(address, (passages + 7) >> 3 if address else 0, np.uint8))


@kernel
def part_of(table, number):  # type: ignore[no-untyped-def]
    """A segment, by its row of the table."""
    row = table[number]
    passages, fields, started = row[PASSAGES], row[FIELDS], row[STARTED]
    return Part(
        views(array_at(row[DATA], row[SIZE], np.uint8), row[AT:]),
        passages,
        array_at(row[NORMS], fields * passages, np.float32).reshape((fields, passages)),
        array_at(row[STARTS], started * (passages if started > 1 else 1), np.int32).reshape(
            (started, passages if started > 1 else 1)
        ),
        array_at(row[ORDER], passages, np.uint32),
        mask_at(row[LIVE], passages).bits,
    )


@kernel
def named_before(table, part, doc, other_part, other):  # type: ignore[no-untyped-def]
    """Whether a passage's document stands before that of a passage of another segment, by their ids."""
    begin, end = _name_of(table, part, doc)
    other_begin, other_end = _name_of(table, other_part, other)
    size = min(end - begin, other_end - other_begin)
    names, others = array_at(begin, size, np.uint8), array_at(other_begin, size, np.uint8)
    for n in range(size):
        if names[n] != others[n]:
            return names[n] < others[n]
    return end - begin < other_end - other_begin


@kernel
def _name_of(table, part, doc):  # type: ignore[no-untyped-def]
    """Where in memory the id of a passage's document begins and ends."""
    row = table[part]
    number = np.int64(array_at(row[NAME_OF], doc + 1, np.uint32)[doc])
    ends = array_at(row[ENDS], number + 2, np.int64)
    return row[NAMES] + ends[number], row[NAMES] + ends[number + 1]
