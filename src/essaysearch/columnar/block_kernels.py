"""Compiled reading of blocks (see `blocks` for their bytes): what the query kernels are made of.

A segment comes to the kernels as two arrays (`Segment.arrays`): ``data``, its whole file as bytes,
and ``at``, int64: where in it each array of `segment.KERNEL_ARRAYS` begins (0 to 10), how many blocks
it has (11), the bytes of an offset in block_at, block_pos and term_ends (12 to 14), the size of a
checksummed page (15), how many terms it has (16). What is read must have been verified before.

The kernels of queries allocate nothing: their work space comes with the call. So they can do without
numba's counting of references, whose atomic instructions would cost more than their work.

Numba's cache notices changes of a kernel's own file alone, not of what is compiled into it from others:
what was compiled from other sources is forgotten here, before any kernel is looked for.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.core.options import DefaultOptions

from essaysearch.columnar.compiling import forget_stale

BLOCK = 128
_OPTIONS: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}


forget_stale()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile on first use, keep on disk, run without the interpreter's lock; no reference counting."""
    return numba.njit(cache=True, nogil=True, **_OPTIONS)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """As `kernel`, but made part of whatever calls it: an array passed costs a call seven arguments, a
    segment a hundred, which is more than a small function's work."""
    return numba.njit(cache=True, nogil=True, inline="always", **_OPTIONS)(function)


Blocks = namedtuple("Blocks", "data base at wide size form postings pos_at wide_pos positions")


@kernel
def views(data, at):  # type: ignore[no-untyped-def]
    """The arrays of a segment, as a `Blocks`."""
    count = at[11]
    return Blocks(
        data,
        data[at[3] : at[3] + 4 * count].view(np.uint32),
        data[at[4] : at[4] + at[12] * (count + 1)].view(np.uint32),
        at[12] == 8,
        data[at[6] : at[6] + count],
        data[at[7] : at[7] + count],
        at[9],
        data[at[5] : at[5] + at[13] * (count + 1)].view(np.uint32),
        at[13] == 8,
        at[10],
    )


@kernel
def offset(values, wide, i):  # type: ignore[no-untyped-def]
    """The i-th offset, of four bytes or (``wide``) of eight."""
    if wide:
        return np.int64(values[2 * i]) | np.int64(values[2 * i + 1]) << 32
    return np.int64(values[i])


@kernel
def docs_of(blocks, block, docs):  # type: ignore[no-untyped-def]
    """Write the passages of a block into ``docs`` (int64); returns (how many, the byte of their codes)."""
    count = np.int64(blocks.size[block])
    mode = blocks.form[block] & 3
    begin = blocks.postings + offset(blocks.at, blocks.wide, block)
    doc = np.int64(blocks.base[block])
    data = blocks.data
    if mode == 0:
        for i in range(count):
            doc += np.int64(data[begin + i])
            docs[i] = doc
        return count, begin + count
    if mode == 1:
        for i in range(count):
            docs[i] = doc + (np.int64(data[begin + 2 * i]) | np.int64(data[begin + 2 * i + 1]) << 8)
        return count, begin + 2 * count
    if mode == 3:
        for i in range(count):
            doc += np.int64(data[begin + 2 * i]) | np.int64(data[begin + 2 * i + 1]) << 8
            docs[i] = doc
        return count, begin + 2 * count
    for i in range(count):
        here = begin + 4 * i
        docs[i] = doc + (
            np.int64(data[here]) | np.int64(data[here + 1]) << 8
            | np.int64(data[here + 2]) << 16 | np.int64(data[here + 3]) << 24
        )  # fmt: skip
    return count, begin + 4 * count


@kernel
def code_of(data, codes, i):  # type: ignore[no-untyped-def]
    """The i-th code of a block whose codes begin at byte ``codes``."""
    return (data[codes + (i >> 1)] >> ((i & 1) << 2)) & 15


@kernel
def exception_row(data, codes, i):  # type: ignore[no-untyped-def]
    """How many exceptions come before the i-th posting of a block."""
    row = 0
    for before in range(i):
        if code_of(data, codes, before) == 0:
            row += 1
    return row


@kernel
def frequency(blocks, block, codes, count, row, field):  # type: ignore[no-untyped-def]
    """How often a field holds the term, from the block's ``row``-th exception."""
    data = blocks.data
    begin = codes + ((count + 1) >> 1)
    if blocks.form[block] >> 7 == 0:
        return np.int64(data[begin + row * 4 + field])
    here = begin + row * 16 + field * 4
    return (
        np.int64(data[here]) | np.int64(data[here + 1]) << 8
        | np.int64(data[here + 2]) << 16 | np.int64(data[here + 3]) << 24
    )  # fmt: skip


@kernel
def weighted(blocks, block, codes, count, row, norms, doc):  # type: ignore[no-untyped-def]
    """x of a posting with an exception: the sum over fields of frequency / norm."""
    x = 0.0
    for field in range(norms.shape[0]):
        times = frequency(blocks, block, codes, count, row, field)
        if times:
            x += np.float64(times) / np.float64(norms[field, doc])
    return x


@kernel
def x_of(blocks, block, codes, count, i, norms, doc):  # type: ignore[no-untyped-def]
    """x of the i-th posting of a block, its weighted frequency before saturation."""
    code = code_of(blocks.data, codes, i)
    if code:
        return np.float64(code) / np.float64(norms[0, doc])
    return weighted(blocks, block, codes, count, exception_row(blocks.data, codes, i), norms, doc)


@kernel
def block_at(base, low, high, doc):  # type: ignore[no-untyped-def]
    """The last block in [low, high) whose first passage is at most ``doc``, found by leaps from
    ``low``; ``low`` itself where there is none."""
    step = 1
    while low + step < high and np.int64(base[low + step]) <= doc:
        low += step
        step *= 2
    high = min(high, low + step)
    while high - low > 1:
        middle = (low + high) >> 1
        if np.int64(base[middle]) <= doc:
            low = middle
        else:
            high = middle
    return low


@kernel
def place_in(docs, count, doc):  # type: ignore[no-untyped-def]
    """The place of a passage among ``count`` ascending ones, -1 where it is not."""
    low = 0
    while count > 1:  # without branches on the comparison
        half = count >> 1
        low += half if docs[low + half] <= doc else 0
        count -= half
    return low if docs[low] == doc else -1


@kernel
def total_of(blocks, block, codes, count, i):  # type: ignore[no-untyped-def]
    """(occurrences before the i-th posting of a block, its own, those of the whole block)."""
    before, own, whole, row = np.int64(0), np.int64(0), np.int64(0), 0
    for j in range(count):
        times = np.int64(code_of(blocks.data, codes, j))
        if times == 0:
            for field in range(4):
                times += frequency(blocks, block, codes, count, row, field)
            row += 1
        if j == i:
            before, own = whole, times
        whole += times
    return before, own, whole


@kernel
def positions_of(blocks, block, codes, count, i, out):  # type: ignore[no-untyped-def]
    """Write the positions of the i-th posting of a block into ``out``, at most its length.

    Returns how many there are.
    """
    before, own, _ = total_of(blocks, block, codes, count, i)
    width = np.int64(1) << ((blocks.form[block] >> 2) & 3)
    here = blocks.positions + offset(blocks.pos_at, blocks.wide_pos, block) + before * width
    for n in range(min(own, len(out))):
        value = np.int64(blocks.data[here])
        for byte in range(1, width):
            value |= np.int64(blocks.data[here + byte]) << (8 * byte)
        out[n] = value
        here += width
    return own


@kernel
def field_of(position, starts, doc):  # type: ignore[no-untyped-def]
    """The field of a position. ``starts``: (4, passages) int, where each field's positions begin."""
    field = 0
    for number in range(1, starts.shape[0]):
        if position >= starts[number, doc]:
            field = number
    return field
