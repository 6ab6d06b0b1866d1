"""Compiled scoring of a passage against the words of a query. Needs the extra ``fast``.

A query's words come as ``asked``, int64 (words, segments, 5): the rows of `impacts`, and their
``weights``. ``mask`` has a bit for each passage (0: not wanted; the lowest first), or no byte at all
(all wanted). ``pairs``: three numbers each, two words by their place in the query and what their
nearness adds at most. A score is always the float64 sum of its words in the order of the query, then
of its pairs, whatever the order of work.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from essaysearch.columnar.block_kernels import field_of, inlined, kernel
from essaysearch.columnar.impact_kernels import place_of, spots, word_of
from essaysearch.columnar.impacts import COUNT, WIDTH

SLACK = 1.0 + 1e-9
"""What bounds are widened by: the order of adding up changes the last bits of a sum."""

POSITIONS = 512
"""Positions of a word in a passage that are looked at for nearness."""

Query = namedtuple("Query", "part mask rows weights tops by_top carried pairs window extra everything")
"""The words that a segment has. ``tops``: the most that each adds; ``carried``: that and its share of
the pairs; ``by_top``: the words, those of the least ``carried`` first; ``extra``: the most that all
pairs add; ``everything``: the most that all words add."""

Room = namedtuple("Room", "low places left right")
"""Work space of scoring: for each word a block to look from and a place, and positions of two."""


@kernel
def wanted(mask, doc):  # type: ignore[no-untyped-def]
    """Whether a mask allows a passage."""
    return len(mask) == 0 or (mask[doc >> 3] >> (doc & 7)) & 1


@kernel
def rows_in(asked, number, ints):  # type: ignore[no-untyped-def]
    """(the rows of words in segment ``number``, the work space left)."""
    width = asked.shape[2]
    rows = ints[: width * len(asked)].reshape(len(asked), width)
    for t in range(len(asked)):
        for place in range(width):
            rows[t, place] = asked[t, number, place]
    return rows, ints[width * len(asked) :]


@kernel
def by_size(rows, column, ints):  # type: ignore[no-untyped-def]
    """(the numbers of rows, those with the least in a column first, the work space left)."""
    order = ints[: len(rows)]
    for n in range(len(rows)):
        place = n
        while place > 0 and rows[order[place - 1], column] > rows[n, column]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = n
    return order, ints[len(rows) :]


@kernel
def holds_any(base, rows, doc):  # type: ignore[no-untyped-def]
    """Whether a passage holds any of some words."""
    held = False
    for t in range(len(rows)):
        if rows[t, COUNT] and not held:
            held = place_of(base, word_of(rows, t), doc, 0)[0] >= 0
    return held


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


@inlined
def added_up(q, doc, room, theta):  # type: ignore[no-untyped-def]
    """The score of a passage, from its places: its words in the order of the query, then its pairs.

    -1 where it cannot reach ``theta`` however near its words stand: then positions are not read.
    """
    score, most = 0.0, 0.0
    for t in range(len(q.weights)):
        if room.places[t] >= 0:
            score += q.weights[t] * word_of(q.rows, t).shares[room.places[t]]
    for p in range(0, len(q.pairs), 3):
        if room.places[np.int64(q.pairs[p])] >= 0 and room.places[np.int64(q.pairs[p + 1])] >= 0:
            most += q.pairs[p + 2]
    if most == 0.0:
        return score
    if (score + most) * SLACK < theta:
        return -1.0
    for p in range(0, len(q.pairs), 3):
        a, b = np.int64(q.pairs[p]), np.int64(q.pairs[p + 1])
        if room.places[a] >= 0 and room.places[b] >= 0:
            m = spots(q.part.blocks, word_of(q.rows, a), room.places[a], room.left)
            n = spots(q.part.blocks, word_of(q.rows, b), room.places[b], room.right)
            m, n = min(m, POSITIONS), min(n, POSITIONS)
            near = nearness(room.left, m, room.right, n, q.part.starts, doc, q.window)
            score += q.pairs[p + 2] * near / (1.0 + near)
    return score


@inlined
def score_of(q, doc, room, theta):  # type: ignore[no-untyped-def]
    """The score of a passage; -1 where it cannot reach ``theta``, as in `added_up`."""
    for t in range(len(q.weights)):
        place, block = place_of(q.part.blocks.base, word_of(q.rows, t), doc, room.low[t])
        room.places[t], room.low[t] = place, block
    return added_up(q, doc, room, theta)


@kernel
def bind(part, number, mask, asked, given, nearby, window, ints, floats):  # type: ignore[no-untyped-def]
    """(the query in segment ``number`` without what that has not, room for scoring, the work space left)."""
    most = len(asked)
    rows, ints = ints[: WIDTH * most].reshape(most, WIDTH), ints[WIDTH * most :]
    by_top, kept, ints = ints[:most], ints[most : 2 * most], ints[2 * most :]
    weights, tops = floats[:most], floats[most : 2 * most]
    carried, pairs = floats[2 * most : 3 * most], floats[3 * most : 3 * most + len(nearby)]
    terms = 0
    everything = 0.0
    for n in range(most):
        kept[n] = -1
        if asked[n, number, COUNT] == 0:
            continue
        kept[n] = terms
        for place in range(WIDTH):
            rows[terms, place] = asked[n, number, place]
        weights[terms] = given[n]
        tops[terms] = carried[terms] = given[n] * word_of(rows, terms).leaders[0]
        everything += tops[terms]
        terms += 1
    size, extra = 0, 0.0
    for p in range(0, len(nearby), 3):
        a, b = kept[np.int64(nearby[p])], kept[np.int64(nearby[p + 1])]
        if a >= 0 and b >= 0:
            pairs[size], pairs[size + 1], pairs[size + 2] = a, b, nearby[p + 2]
            # The most a pair adds is carried by the word of the two that weighs less.
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
        part, mask, rows[:terms], weights[:terms], tops[:terms], by_top[:terms], carried[:terms],
        pairs[:size], window, extra, everything,
    )  # fmt: skip
    room = Room(
        ints[:terms],
        ints[terms : 2 * terms],
        ints[2 * terms : 2 * terms + POSITIONS],
        ints[2 * terms + POSITIONS : 2 * terms + 2 * POSITIONS],
    )
    return query, room, ints[2 * terms + 2 * POSITIONS :]
