"""Postings in the bytes of a segment, and how they are read (`packing` writes them).

A term's postings are cut into *blocks* of 128, the last of them of what is left. The array ``postings``
holds, block after block, each from a new byte on:

- the passages but the first, as steps from the one before, less 1;
- the codes, less the least code that the block may have: 0, or 1 where it has no exception;
- where it has any, how wide the exceptions are, in `EXCEPTION_BITS`, then these: four frequencies a row.

Steps, codes and exceptions have as many bits each (see `bits`) as the largest of their block needs.

The array ``positions`` holds, block after block, the positions of all occurrences in one, two or
four bytes each, then the numbers of their surfaces in as many bits each as the largest needs.

Of each block are kept: ``block_base``, its first passage; ``block_at`` and ``block_pos``, where its
bytes begin in ``postings`` and ``positions`` (and where the last block's end); ``block_size``, how
many postings it has; ``block_format``, how wide its parts are. ``term_block`` tells where each term's
blocks begin. All integers are little-endian.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import bits
from essaysearch.columnar.postings import EXCEPTION, FIELDS, Postings

Array = npt.NDArray[Any]
Arrays = Callable[[str, int, int], Array]

STEP, LEAST, CODE, POSITION, ORDINAL = 0, 5, 6, 9, 11
"""The bits of ``block_format`` from which on each part of `Formats` stands, up to the next part's."""

EXCEPTION_BITS = 5


class Formats(NamedTuple):
    """``step``, ``code`` and ``ordinal``: the bits of each; ``least``: the least code; ``position``: the
    bytes of each."""

    step: Array
    least: Array
    code: Array
    position: Array
    ordinal: Array


def formats(values: Array) -> Formats:
    """``block_format`` taken apart, int64."""
    values = values.astype(np.int64)
    return Formats(
        values & 31, values >> LEAST & 1, values >> CODE & 7, 1 << (values >> POSITION & 3), values >> ORDINAL
    )


class Blocks(NamedTuple):
    """Blocks of one or more terms, their passages and codes decoded.

    ``size``: postings of each block; ``docs``: int64; ``codes``: int64; ``exc``: (n, 4) int64
    frequencies by field of the postings whose code is 0.
    """

    size: Array
    docs: Array
    codes: Array
    exc: Array

    def totals(self) -> Array:
        """Occurrences of each posting in all fields, int64."""
        totals = self.codes.copy()
        totals[totals == EXCEPTION] = self.exc.sum(axis=1)
        return totals

    def frequencies(self) -> Array:
        """(postings, 4) frequency of each posting in each field, int64."""
        table = np.zeros((len(self.docs), FIELDS), dtype=np.int64)
        table[:, 0] = self.codes
        table[self.codes == EXCEPTION] = self.exc
        return table


def read_blocks(arrays: Arrays, low: int, high: int) -> Blocks:
    """Decode the blocks ``low`` to ``high``. ``arrays`` gives a part of an array of the segment, verified."""
    size = arrays("block_size", low, high).astype(np.int64)
    form = formats(arrays("block_format", low, high))
    at, data = _bytes(arrays, "block_at", "postings", low, high)
    held, first = bits.windows(data), np.cumsum(size) - size
    # The first posting has no step: what is read for it is forgotten.
    steps = _spread(held, at - form.step, size, first, form.step) + 1
    steps[first] = 0
    sums = np.cumsum(steps)
    docs = sums + np.repeat(arrays("block_base", low, high) - sums[first], size)
    at = at + (size - 1) * form.step
    codes = np.repeat(form.least, size)
    if form.code.any():
        codes += _spread(held, at, size, first, form.code)
    if form.least.all():
        return Blocks(size, docs, codes, np.zeros((0, FIELDS), np.int64))
    count = np.add.reduceat(codes == EXCEPTION, first, dtype=np.int64) * FIELDS
    at = at + size * form.code
    width = bits.get(held, at, np.where(form.least, 0, EXCEPTION_BITS))
    exc = _spread(held, at + EXCEPTION_BITS, count, np.cumsum(count) - count, width)
    return Blocks(size, docs, codes, exc.reshape(-1, FIELDS))


def _spread(held: Array, at: Array, count: Array, first: Array, width: Array) -> Array:
    """The integers that blocks hold one after another: ``count`` of ``width`` bits in each, from the places
    ``at`` on. ``first``: how many come before each block's."""
    wide = np.repeat(width, count)
    return bits.get(held, np.repeat(at - first * width, count) + np.arange(len(wide)) * wide, wide)


def read_positions(
    arrays: Arrays, low: int, high: int, held: Blocks, rows: Array | None = None
) -> tuple[Array, Array, Array]:
    """(how many, positions, numbers of surfaces) of the occurrences of postings, int64.

    ``held``: the blocks ``low`` to ``high``, as `read_blocks` gives them. ``rows``: the postings
    wanted, by their place in these blocks, ascending; None for all.
    """
    form = formats(arrays("block_format", low, high))
    at, data = _bytes(arrays, "block_pos", "positions", low, high)
    totals = held.totals()
    ends = np.concatenate(([0], np.cumsum(totals)))
    edges = np.concatenate(([0], np.cumsum(held.size)))
    first = ends[edges[:-1]]
    block = np.repeat(np.arange(len(held.size)), held.size)
    before = ends[:-1] - first[block]
    if rows is not None:
        block, before, totals = block[rows], before[rows], totals[rows]
    place = np.arange(int(totals.sum())) + np.repeat(before - np.cumsum(totals) + totals, totals)
    home = np.repeat(block, totals)
    wide = 8 * form.position
    windows = bits.windows(data, max(int(wide.max(initial=0)), int(form.ordinal.max(initial=0))))
    width = wide[home]
    positions = bits.get(windows, at[home] + place * width, width)
    ordinal_at = at + np.diff(ends[edges]) * wide
    width = form.ordinal[home]
    return totals, positions, bits.get(windows, ordinal_at[home] + place * width, width)


def _bytes(arrays: Arrays, offsets: str, name: str, low: int, high: int) -> tuple[Array, Array]:
    """Where blocks begin within their bytes, in bits, int64, and these bytes."""
    at = arrays(offsets, low, high + 1).astype(np.int64)
    begin, stop = int(at[0]), int(at[-1])
    return 8 * (at[:-1] - begin), arrays(name, begin, stop)


def unpack(arrays: Arrays, low: int, high: int) -> Postings:
    """The postings of terms ``low`` to ``high`` (by rank) of a segment: the inverse of `packing.pack`.

    ``arrays`` gives a part of an array of the segment by name, verified.
    """
    term_block = arrays("term_block", low, high + 1).astype(np.int64)
    first, last = int(term_block[0]), int(term_block[-1])
    held = read_blocks(arrays, first, last)
    totals, positions, ordinals = read_positions(arrays, first, last, held)
    return Postings(
        np.concatenate(([0], np.cumsum(held.size)))[term_block - first],
        held.docs.astype(np.uint32),
        held.codes.astype(np.uint8),
        held.exc,
        np.concatenate(([0], np.cumsum(totals))),
        positions.astype(np.uint32),
        ordinals.astype(np.uint16),
    )
