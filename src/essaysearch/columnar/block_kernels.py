"""Compiled reading of blocks (see `blocks` for their bytes): what the query kernels are made of.

A segment comes to the kernels as two arrays (`Segment.arrays`): ``data``, its whole file as bytes,
and ``at``, int64: where in it each array of `segment.KERNEL_ARRAYS` begins (0 to 9), how many blocks
it has (10), the bytes of an offset in block_at, block_pos and term_ends (11 to 13), the size of a
checksummed page (14), how many terms it has (15). What is read must have been verified before.

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

from essaysearch.columnar.bit_kernels import load
from essaysearch.columnar.blocks import CODE, EXCEPTION_BITS, LEAST, POSITION
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
Codes = namedtuple("Codes", "at width top least")
"""The codes of a block: the place (in bits) where they begin, the bits of each, all of these set, and what is
added to each."""


@kernel
def views(data, at):  # type: ignore[no-untyped-def]
    """The arrays of a segment, as a `Blocks`."""
    count = at[10]
    return Blocks(
        data,
        data[at[3] : at[3] + 4 * count].view(np.uint32),
        data[at[4] : at[4] + at[11] * (count + 1)].view(np.uint32),
        at[11] == 8,
        data[at[6] : at[6] + count],
        data[at[7] : at[7] + 2 * count].view(np.uint16),
        at[8],
        data[at[5] : at[5] + at[12] * (count + 1)].view(np.uint32),
        at[12] == 8,
        at[9],
    )


@kernel
def offset(values, wide, i):  # type: ignore[no-untyped-def]
    """The i-th offset, of four bytes or (``wide``) of eight."""
    if wide:
        return np.int64(values[2 * i]) | np.int64(values[2 * i + 1]) << 32
    return np.int64(values[i])


@inlined
def number_at(data, place, top):  # type: ignore[no-untyped-def]
    """The integer at a place (in bits), int64. ``top``: the largest of its width."""
    return (load(data, place >> 3) >> (place & 7)) & top


@kernel
def codes_of(blocks, block):  # type: ignore[no-untyped-def]
    """The codes of a block, as a `Codes`."""
    form = np.int64(blocks.form[block])
    begin = (blocks.postings + offset(blocks.at, blocks.wide, block)) << 3
    steps = (np.int64(blocks.size[block]) - 1) * (form & 31)
    width = (form >> CODE) & 7
    return Codes(begin + steps, width, (np.int64(1) << width) - 1, (form >> LEAST) & 1)


@kernel
def docs_of(blocks, block, docs):  # type: ignore[no-untyped-def]
    """Write the passages of a block into ``docs``; returns (how many, their codes)."""
    count, codes = np.int64(blocks.size[block]), codes_of(blocks, block)
    data, doc, width = blocks.data, np.int64(blocks.base[block]), np.int64(blocks.form[block]) & 31
    top = (np.int64(1) << width) - 1
    place = codes.at - (count - 1) * width
    docs[0] = doc
    for i in range(1, count):
        doc += number_at(data, place, top) + 1
        docs[i] = doc
        place += width
    return count, codes


@kernel
def code_of(data, codes, i):  # type: ignore[no-untyped-def]
    """The i-th code of a block, int64."""
    return number_at(data, codes.at + i * codes.width, codes.top) + codes.least


@kernel
def exception_row(data, codes, i):  # type: ignore[no-untyped-def]
    """How many exceptions come before the i-th posting of a block."""
    row = 0
    for before in range(i):
        if code_of(data, codes, before) == 0:
            row += 1
    return row


@kernel
def frequency(blocks, codes, count, row, field):  # type: ignore[no-untyped-def]
    """How often a field holds the term, from the ``row``-th exception of a block of ``count`` postings."""
    told = codes.at + count * codes.width
    width = number_at(blocks.data, told, (1 << EXCEPTION_BITS) - 1)
    place = told + EXCEPTION_BITS + (row * 4 + field) * width
    return number_at(blocks.data, place, (np.int64(1) << width) - 1)


@kernel
def weighted(blocks, codes, count, row, norms, doc):  # type: ignore[no-untyped-def]
    """x of a posting with an exception: the sum over fields of frequency / norm."""
    x = 0.0
    for field in range(norms.shape[0]):
        times = frequency(blocks, codes, count, row, field)
        if times:
            x += np.float64(times) / np.float64(norms[field, doc])
    return x


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
def total_of(blocks, codes, count, i):  # type: ignore[no-untyped-def]
    """(occurrences before the i-th posting of a block, its own, those of the whole block)."""
    before, own, whole, row = np.int64(0), np.int64(0), np.int64(0), 0
    for j in range(count):
        times = code_of(blocks.data, codes, j)
        if times == 0:
            for field in range(4):
                times += frequency(blocks, codes, count, row, field)
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
    before, own, _ = total_of(blocks, codes, count, i)
    width = np.int64(1) << ((blocks.form[block] >> POSITION) & 3)
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
