"""Compiled shares of postings: working them out, and reading them (see `impacts`). Needs ``fast``."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from essaysearch.columnar.address_kernels import array_at, part_of
from essaysearch.columnar.block_kernels import (
    block_at,
    code_of,
    docs_of,
    kernel,
    offset,
    place_in,
    weighted,
)
from essaysearch.columnar.impacts import BLOCK_AT, BOUNDS, COUNT, DOCS, LEADERS, SHARES

BLOCK = 128
Word = namedtuple("Word", "docs shares leaders maxima first")
"""A word in a segment. ``docs`` and ``shares``: by posting; ``leaders``: the largest shares, largest
first; ``maxima``: the largest share of each block; ``first``: the number of its first block."""


@kernel
def word_of(rows, t):  # type: ignore[no-untyped-def]
    """A word by its row."""
    count = rows[t, COUNT]
    bounds = array_at(rows[t, BOUNDS], LEADERS + (count + BLOCK - 1) // BLOCK, np.float64)
    return Word(
        array_at(rows[t, DOCS], count, np.uint32),
        array_at(rows[t, SHARES], count, np.float64),
        bounds[:LEADERS],
        bounds[LEADERS:],
        rows[t, BLOCK_AT],
    )


@kernel
def impacts(table, number, begin, end, docs, shares, bounds):  # type: ignore[no-untyped-def]
    """The passages (uint32) of the blocks ``begin`` to ``end`` of a segment and their shares x / (1 + x).

    ``bounds``: zeros; becomes what `impacts.BOUNDS` tells.
    """
    part = part_of(table, number)
    blocks, norms = part.blocks, part.norms
    data, norm = blocks.data, norms[0]
    out = 0
    for block in range(begin, end):
        size, codes = docs_of(blocks, block, docs[out:])
        row, most = 0, 0.0
        for i in range(size):
            doc = docs[out + i]
            code = code_of(data, codes, i)
            if code:
                f = np.float64(code)
                share = f / (np.float64(norm[doc]) + f)
            else:
                x = weighted(blocks, block, codes, size, row, norms, doc)
                share = x / (1.0 + x)
                row += 1
            shares[out + i] = share
            most = max(most, share)
            if share > bounds[LEADERS - 1]:
                at = LEADERS - 1
                while at > 0 and bounds[at - 1] < share:
                    bounds[at] = bounds[at - 1]
                    at -= 1
                bounds[at] = share
        bounds[LEADERS + block - begin] = most
        out += size


@kernel
def place_of(base, word, doc, low):  # type: ignore[no-untyped-def]
    """(the place of a passage among a word's, -1 where it is not; a block from which to look for later ones).

    ``base``: the first passage of each block of the segment; ``low``: what was given for an earlier
    passage, at first 0.
    """
    block = block_at(base[word.first :], low, len(word.maxima), doc)
    begin = block * BLOCK
    place = place_in(word.docs[begin:], min(BLOCK, len(word.docs) - begin), doc)
    return (begin + place if place >= 0 else -1), block


@kernel
def codes_at(blocks, block):  # type: ignore[no-untyped-def]
    """The byte where the codes of a block begin."""
    mode = blocks.form[block] & 3
    width = 1 if mode == 0 else 2 if mode == 1 else 4
    return blocks.postings + offset(blocks.at, blocks.wide, block) + np.int64(blocks.size[block]) * width
