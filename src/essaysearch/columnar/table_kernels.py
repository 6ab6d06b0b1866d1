"""Compiled reading of whole terms: frequencies by field, and how near two terms stand in each passage.

Ranking documents as wholes looks at every posting of a query's words; this is where that is quick.
Needs the extra ``fast``. For ``data`` and ``at`` see `block_kernels`; results go into arrays of the caller.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.block_kernels import (
    BLOCK,
    block_at,
    code_of,
    codes_of,
    docs_of,
    frequency,
    kernel,
    place_in,
    positions_of,
    views,
)
from essaysearch.columnar.match_kernels import POSITIONS, nearness


@kernel
def frequencies(data, at, begin, end, ints, docs, table):  # type: ignore[no-untyped-def]
    """The passages of a term and how often each ranking field of them holds it.

    ``begin`` and ``end``: its blocks; ``docs``: int64 (postings); ``table``: int64 (postings, 4);
    ``ints``: at least `BLOCK`.
    """
    blocks = views(data, at)
    out = 0
    for block in range(begin, end):
        size, codes = docs_of(blocks, block, ints)
        row = 0
        for i in range(size):
            code = code_of(data, codes, i)
            docs[out] = ints[i]
            for field in range(4):
                if code:
                    table[out, field] = np.int64(code) if field == 0 else 0
                else:
                    table[out, field] = frequency(blocks, codes, size, row, field)
            row += code == 0
            out += 1


@kernel
def near(data, at, starts, first, second, window, ints, docs, values):  # type: ignore[no-untyped-def]
    """The passages that hold both of two terms near each other, and their nearness; returns how many.

    ``first`` and ``second``: (first block, end of blocks), the second the one with fewer postings;
    ``ints``: as `SPACE.ints` gives for two terms; ``docs``: int64, ``values``: float64, as long as the
    postings of the second. Positions beyond the first `POSITIONS` in a passage are not looked at.
    """
    blocks = views(data, at)
    other, held = ints[:BLOCK], ints[BLOCK : 2 * BLOCK]
    ints = ints[2 * BLOCK :]
    left, right = ints[:POSITIONS], ints[POSITIONS : 2 * POSITIONS]
    low, read, out = first[0], -1, 0
    size, codes = np.int64(0), codes_of(blocks, low)
    for block in range(second[0], second[1]):
        own_size, own_codes = docs_of(blocks, block, held)
        for i in range(own_size):
            doc = held[i]
            low = block_at(blocks.base, low, first[1], doc)
            if low != read:
                size, codes = docs_of(blocks, low, other)
                read = low
            place = place_in(other, size, doc)
            if place < 0:
                continue
            m = positions_of(blocks, low, codes, size, place, left)
            n = positions_of(blocks, block, own_codes, own_size, i, right)
            value = nearness(left, min(m, POSITIONS), right, min(n, POSITIONS), starts, doc, window)
            if value > 0.0:
                docs[out], values[out] = doc, value
                out += 1
    return out
