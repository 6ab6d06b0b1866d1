"""Compiled shares of postings: working them out, and reading them (see `impacts`). Needs ``fast``."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from essaysearch.columnar.address_kernels import array_at, part_of
from essaysearch.columnar.block_kernels import (
    block_at,
    code_of,
    codes_of,
    docs_of,
    exception_row,
    frequency,
    inlined,
    kernel,
    offset,
    place_in,
    weighted,
)
from essaysearch.columnar.blocks import POSITION
from essaysearch.columnar.impacts import (
    BEFORE,
    BLOCK_AT,
    BOUNDS,
    COUNT,
    DOCS,
    LEADERS,
    SHARES,
    STEPPED,
    STEPS,
    TAILS,
)

BLOCK = 128
Word = namedtuple("Word", "docs shares steps before leaders tails maxima first")
"""A word in a segment. ``docs``, ``shares``, ``steps`` and ``before``: by posting; ``leaders``: the largest
shares, largest first; ``tails``: which part of the postings reaches which share; ``maxima``: the largest
share of each block; ``first``: its first block."""


@kernel
def word_of(rows, t):  # type: ignore[no-untyped-def]
    """A word by its row."""
    count = rows[t, COUNT]
    bounds = array_at(rows[t, BOUNDS], LEADERS + TAILS + (count + BLOCK - 1) // BLOCK, np.float64)
    return Word(
        array_at(rows[t, DOCS], count, np.uint32),
        array_at(rows[t, SHARES], count, np.float64),
        array_at(rows[t, STEPPED], count, np.uint8),
        array_at(rows[t, BEFORE], count, np.uint32),
        bounds[:LEADERS],
        bounds[LEADERS : LEADERS + TAILS],
        bounds[LEADERS + TAILS :],
        rows[t, BLOCK_AT],
    )


@kernel
def impacts(table, number, begin, end, docs, shares, steps, before, bounds):  # type: ignore[no-untyped-def]
    """The passages (uint32) of the blocks ``begin`` to ``end`` of a segment and their shares x / (1 + x).

    ``steps``, ``before`` and ``bounds`` (zeros at first) become what `impacts.WIDTH` tells.
    """
    part = part_of(table, number)
    blocks, norms = part.blocks, part.norms
    data, norm = blocks.data, norms[0]
    tails = bounds[LEADERS : LEADERS + TAILS]
    out = 0
    for block in range(begin, end):
        size, codes = docs_of(blocks, block, docs[out:])
        row, most, occurrences = 0, 0.0, np.int64(0)
        for i in range(size):
            doc = docs[out + i]
            code = code_of(data, codes, i)
            before[out + i] = occurrences
            if code:
                occurrences += code
                x = np.float64(code) / np.float64(norm[doc])
                share = x / (1.0 + x)  # as NumPy does, to the last bit
            else:
                x = weighted(blocks, codes, size, row, norms, doc)
                share = x / (1.0 + x)
                for field in range(4):
                    occurrences += frequency(blocks, codes, size, row, field)
                row += 1
            shares[out + i] = share
            steps[out + i] = np.int64(share * STEPS) + 1
            most = max(most, share)
            tails[min(np.int64(share * TAILS), TAILS - 1)] += 1.0
            if share > bounds[LEADERS - 1]:
                at = LEADERS - 1
                while at > 0 and bounds[at - 1] < share:
                    bounds[at] = bounds[at - 1]
                    at -= 1
                bounds[at] = share
        bounds[LEADERS + TAILS + block - begin] = most
        out += size
    for n in range(TAILS - 2, -1, -1):
        tails[n] += tails[n + 1]
    tails /= np.float64(out)


@inlined
def place_of(base, word, doc, low):  # type: ignore[no-untyped-def]
    """(the place of a passage among a word's, -1 where it is not; a block from which to look for later ones).

    ``base``: the first passage of each block of the segment; ``low``: what was given for an earlier
    passage, at first 0.
    """
    block = block_at(base[word.first :], low, len(word.maxima), doc)
    begin = block * BLOCK
    place = place_in(word.docs[begin:], min(BLOCK, len(word.docs) - begin), doc)
    return (begin + place if place >= 0 else -1), block


@inlined
def span(blocks, word, place):  # type: ignore[no-untyped-def]
    """(how many positions a word's posting has, the byte where they begin, the bytes of each)."""
    block, data = word.first + place // BLOCK, blocks.data
    if place + 1 == len(word.docs) or (place + 1) % BLOCK == 0:  # the next posting cannot tell
        i, codes, size = place % BLOCK, codes_of(blocks, block), np.int64(blocks.size[block])
        own = code_of(data, codes, i)
        if own == 0:
            row = exception_row(data, codes, i)
            for field in range(4):
                own += frequency(blocks, codes, size, row, field)
    else:
        own = np.int64(word.before[place + 1]) - np.int64(word.before[place])
    width = np.int64(1) << ((blocks.form[block] >> POSITION) & 3)
    begin = blocks.positions + offset(blocks.pos_at, blocks.wide_pos, block)
    return own, begin + np.int64(word.before[place]) * width, width


@inlined
def position(data, here, width):  # type: ignore[no-untyped-def]
    """The position of ``width`` bytes that begins at a byte."""
    value = np.int64(data[here])
    for byte in range(1, width):
        value |= np.int64(data[here + byte]) << (8 * byte)
    return value


@kernel
def spots(blocks, word, place, out):  # type: ignore[no-untyped-def]
    """Write the positions of a word's posting into ``out``, at most its length; returns how many it has."""
    own, here, width = span(blocks, word, place)
    for n in range(min(own, len(out))):
        out[n] = position(blocks.data, here + n * width, width)
    return own
