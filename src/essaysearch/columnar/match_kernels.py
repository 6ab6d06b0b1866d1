"""Compiled scoring of a passage against the words of a query. Needs the extra ``fast``.

A query's terms come as ``rows``, int64 (terms, segments, 3): first block, end of blocks, number of
postings (zeros where the segment has none), and their ``weights``. ``mask`` has a bit for each passage
(0: not wanted; the lowest first), or no byte at all (all wanted). ``pairs``: three numbers each, two
terms by their place in the query and what their nearness adds at most. A score is always the float64
sum of its terms in the order of the query, then of its pairs, whatever the order of work.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from essaysearch.columnar.block_kernels import (
    BLOCK,
    block_at,
    code_of,
    docs_of,
    exception_row,
    field_of,
    kernel,
    place_in,
    positions_of,
    weighted,
)

ROUNDING = 4e-7
"""Relative error that bounds are widened by, for each term: they come from float32."""

POSITIONS = 512
"""Positions of a word in a passage that are looked at for nearness."""

Query = namedtuple(
    "Query", "blocks norms starts mask rows weights tops by_top pairs window grown slack extra everything"
)
"""The words that a segment has. ``tops``: the most that each term adds; ``by_top``: the terms, the least
of them first; ``extra``: the most that all pairs add; ``slack``: what bounds are widened by."""

Reader = namedtuple("Reader", "read docs")
"""Decoded blocks, one for each term: its number, size, the byte of its codes, a place in it."""


@kernel
def wanted(mask, doc):  # type: ignore[no-untyped-def]
    """Whether a mask allows a passage."""
    return len(mask) == 0 or (mask[doc >> 3] >> (doc & 7)) & 1


@kernel
def find(blocks, end, t, doc, low, reader):  # type: ignore[no-untyped-def]
    """The place of a passage in its block of term ``t``, -1 where it is not; the block is decoded.

    ``low``: a block of the term's that is not after it; ``end``: the end of the term's blocks.
    """
    block = block_at(blocks.base, low, end, doc)
    read = reader.read
    if read[t, 0] != block:
        read[t, 0] = block
        read[t, 1], read[t, 2] = docs_of(blocks, block, reader.docs[t])
    return place_in(reader.docs[t], read[t, 1], doc)


@kernel
def holds_any(blocks, rows, doc, reader):  # type: ignore[no-untyped-def]
    """Whether a passage holds any of some terms."""
    for t in range(len(rows)):
        if rows[t, 0] < rows[t, 1] and find(blocks, rows[t, 1], t, doc, rows[t, 0], reader) >= 0:
            return True
    return False


@kernel
def nearness(left, left_count, right, right_count, starts, doc, window):  # type: ignore[no-untyped-def]
    """The sum of 1 / d² over pairs of positions at most ``window`` apart in one field."""
    near = 0.0
    begin = 0
    for a in range(left_count):
        while begin < right_count and right[begin] < left[a] - window:
            begin += 1
        b = begin
        while b < right_count and right[b] <= left[a] + window:
            if right[b] != left[a]:
                one = starts.shape[0] == 1
                if one or field_of(left[a], starts, doc) == field_of(right[b], starts, doc):
                    distance = np.float64(right[b] - left[a])
                    near += 1.0 / (distance * distance)
            b += 1
    return near


@kernel
def share_of(blocks, read, t, i, norms, doc):  # type: ignore[no-untyped-def]
    """x / (1 + x) of the i-th posting of a decoded block."""
    code = code_of(blocks.data, read[t, 2], i)
    if code:
        f = np.float64(code)
        return f / (np.float64(norms[0, doc]) + f)
    row = exception_row(blocks.data, read[t, 2], i)
    x = weighted(blocks, read[t, 0], read[t, 2], read[t, 1], row, norms, doc)
    return x / (1.0 + x)


@kernel
def score_of(q, doc, low, reader, left, right):  # type: ignore[no-untyped-def]
    """The score of a passage: its terms in the order of the query, then its pairs."""
    blocks, read = q.blocks, reader.read
    score = 0.0
    for t in range(len(q.weights)):
        place = find(blocks, q.rows[t, 1], t, doc, low[t], reader)
        read[t, 3] = place
        if place >= 0:
            score += q.weights[t] * share_of(blocks, read, t, place, q.norms, doc)
    for p in range(0, len(q.pairs), 3):
        a, b = np.int64(q.pairs[p]), np.int64(q.pairs[p + 1])
        if read[a, 3] >= 0 and read[b, 3] >= 0:
            m = positions_of(blocks, read[a, 0], read[a, 2], read[a, 1], read[a, 3], left)
            n = positions_of(blocks, read[b, 0], read[b, 2], read[b, 1], read[b, 3], right)
            near = nearness(left, min(m, len(left)), right, min(n, len(right)), q.starts, doc, q.window)
            score += q.pairs[p + 2] * near / (1.0 + near)
    return score


@kernel
def reader_of(ints, terms):  # type: ignore[no-untyped-def]
    """(a `Reader` of so many terms that has read nothing, the work space left)."""
    reader = Reader(ints[: 4 * terms].reshape(terms, 4), ints[4 * terms : 132 * terms].reshape(terms, BLOCK))
    for t in range(terms):
        reader.read[t, 0] = -1
    return reader, ints[132 * terms :]


@kernel
def rows_in(asked, number, ints):  # type: ignore[no-untyped-def]
    """(the rows of terms in segment ``number``, the work space left)."""
    rows = ints[: 3 * len(asked)].reshape(len(asked), 3)
    for t in range(len(asked)):
        for place in range(3):
            rows[t, place] = asked[t, number, place]
    return rows, ints[3 * len(asked) :]


@kernel
def by_size(rows, ints):  # type: ignore[no-untyped-def]
    """(the numbers of terms, those with the fewest postings first, the work space left)."""
    order = ints[: len(rows)]
    for n in range(len(rows)):
        place = n
        while place > 0 and rows[order[place - 1], 2] > rows[n, 2]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = n
    return order, ints[len(rows) :]


@kernel
def bind(part, number, mask, asked, given, nearby, window, ints, floats):  # type: ignore[no-untyped-def]
    """(the query in segment ``number`` without what that has not, the tops with the pairs' share, the
    work space left)."""
    blocks, most = part.blocks, len(asked)
    rows = ints[: 3 * most].reshape(most, 3)
    weights, tops = floats[:most], floats[most : 2 * most]
    carried, pairs = floats[2 * most : 3 * most], floats[3 * most : 3 * most + len(nearby)]
    by_top, kept = ints[3 * most : 4 * most], ints[4 * most : 5 * most]
    terms = 0
    everything = 0.0
    for n in range(most):
        kept[n] = -1
        begin, end = asked[n, number, 0], asked[n, number, 1]
        if begin == end:
            continue
        kept[n] = terms
        rows[terms, 0], rows[terms, 1], rows[terms, 2] = begin, end, asked[n, number, 2]
        weights[terms] = given[n]
        bound = np.float32(0.0)
        for block in range(begin, end):
            bound = max(bound, blocks.bound[block])
        x = np.float64(bound) * part.grown
        tops[terms] = carried[terms] = given[n] * (x / (1.0 + x))
        everything += tops[terms]
        terms += 1
    size, extra = 0, 0.0
    for p in range(0, len(nearby), 3):
        a, b = kept[np.int64(nearby[p])], kept[np.int64(nearby[p + 1])]
        if a >= 0 and b >= 0:
            pairs[size], pairs[size + 1], pairs[size + 2] = a, b, nearby[p + 2]
            # The most a pair adds is carried by the term of the two that weighs less.
            carried[a if weights[a] < weights[b] else b] += nearby[p + 2]
            extra += nearby[p + 2]
            size += 3
    for n in range(terms):
        at = n
        while at > 0 and carried[by_top[at - 1]] > carried[n]:
            by_top[at] = by_top[at - 1]
            at -= 1
        by_top[at] = n
    query = Query(
        blocks, part.norms, part.starts, mask, rows[:terms], weights[:terms], tops[:terms], by_top[:terms],
        pairs[:size], window, part.grown, 1.0 + ROUNDING * (terms + 1), extra, everything,
    )  # fmt: skip
    return query, carried[:terms], ints[5 * most :]
