"""Compiled ranking: the k best passages that hold any, or all, of some terms. Needs the extra ``fast``.

Any-of follows MaxScore (Turtle and Flood 1995) with bounds for each block (Ding and Suel 2011).
Terms whose bounds together cannot lift a passage over the worst of the best need not be
traversed: they can be looked up in the passages that other terms bring, where that is cheaper.
Blocks that cannot lift any are not read. The terms that are traversed are added up over a window
of passage numbers at a time. Partial sums serve only to reject: a score is always the float64 sum
of its terms in the order of the query, then of its pairs, whatever the order of work.

A query's terms come as ``rows``, int64 (terms, 3): first block, end of blocks, number of postings
(zeros where the segment has none), and their ``weights``. ``mask`` has a bit for each passage (0: not
wanted; the lowest first), or no byte at all (all wanted). ``order`` is how equal scores are ordered.
``pairs``: three numbers each, two terms by their place in the query and what their nearness adds at
most. ``excluded``: rows of terms that no passage found may hold. ``ints`` and ``floats`` are work
space; `quick` knows how much is needed.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from essaysearch.columnar.best_kernels import best_first, offer
from essaysearch.columnar.block_kernels import (
    BLOCK,
    block_at,
    code_of,
    docs_of,
    exception_row,
    field_of,
    kernel,
    offset,
    place_in,
    positions_of,
    views,
    weighted,
)

ROUNDING = 4e-7
"""Relative error that bounds are widened by, for each term: they come from float32."""

POSITIONS = 512
"""Positions of a word in a passage that are looked at for nearness."""

FIRST_WINDOW = 1024
"""Passages of the first window; each is twice as wide as the one before, as far as it may be."""

LOOKUP = 30.0
"""What looking up a passage costs, in postings read on."""

ONCE = 0.42
"""A usual x / (1 + x) of a word that stands once in a rather short passage."""

END = np.int64(1) << 62
ONE, TWO = np.uint64(1), np.uint64(2)

Query = namedtuple(
    "Query", "blocks norms starts mask rows weights tops by_top pairs window grown slack extra everything"
)
"""``tops``: the most that each term adds; ``by_top``: the terms, the least of them first; ``extra``:
the most that all pairs add; ``slack``: what bounds are widened by."""

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
def _share(blocks, read, t, i, norms, doc):  # type: ignore[no-untyped-def]
    """x / (1 + x) of the i-th posting of a decoded block."""
    code = code_of(blocks.data, read[t, 2], i)
    if code:
        f = np.float64(code)
        return f / (np.float64(norms[0, doc]) + f)
    row = exception_row(blocks.data, read[t, 2], i)
    x = weighted(blocks, read[t, 0], read[t, 2], read[t, 1], row, norms, doc)
    return x / (1.0 + x)


@kernel
def _score(q, doc, low, reader, left, right):  # type: ignore[no-untyped-def]
    """The score of a passage: its terms in the order of the query, then its pairs."""
    blocks, read = q.blocks, reader.read
    score = 0.0
    for t in range(len(q.weights)):
        place = find(blocks, q.rows[t, 1], t, doc, low[t], reader)
        read[t, 3] = place
        if place >= 0:
            score += q.weights[t] * _share(blocks, read, t, place, q.norms, doc)
    for p in range(0, len(q.pairs), 3):
        a, b = np.int64(q.pairs[p]), np.int64(q.pairs[p + 1])
        if read[a, 3] >= 0 and read[b, 3] >= 0:
            m = positions_of(blocks, read[a, 0], read[a, 2], read[a, 1], read[a, 3], left)
            n = positions_of(blocks, read[b, 0], read[b, 2], read[b, 1], read[b, 3], right)
            near = nearness(left, min(m, len(left)), right, min(n, len(right)), q.starts, doc, q.window)
            score += q.pairs[p + 2] * near / (1.0 + near)
    return score


@kernel
def _completed(q, partial, theta, skipped, first, doc, low, reader, left, right):  # type: ignore[no-untyped-def]
    """The score of a passage whose traversed terms add up to ``partial``; -1 where it cannot reach ``theta``.

    ``skipped``: the sum of the tops of the terms not traversed, the ``first`` ones of ``q.by_top``.
    """
    blocks = q.blocks
    for n in range(first - 1, -1, -1):
        t = q.by_top[n]
        skipped -= q.tops[t]
        low[t] = block_at(blocks.base, low[t], q.rows[t, 1], doc)
        x = np.float64(blocks.bound[low[t]]) * q.grown
        if (partial + q.weights[t] * (x / (1.0 + x)) + skipped + q.extra) * q.slack < theta:
            return -1.0
        place = find(blocks, q.rows[t, 1], t, doc, low[t], reader)
        if place >= 0:
            partial += q.weights[t] * _share(blocks, reader.read, t, place, q.norms, doc)
        if (partial + skipped + q.extra) * q.slack < theta:
            return -1.0
    return _score(q, doc, low, reader, left, right)


@kernel
def _bind(blocks, norms, starts, mask, asked, given, nearby, window, grown, ints, floats):  # type: ignore[no-untyped-def]
    """(the query without what the segment has not, the tops with the pairs' share, the work space left)."""
    rows, most = ints[: 3 * len(asked)].reshape(len(asked), 3), len(asked)
    weights, tops = floats[:most], floats[most : 2 * most]
    carried, pairs = floats[2 * most : 3 * most], floats[3 * most : 3 * most + len(nearby)]
    by_top, kept = ints[3 * most : 4 * most], ints[4 * most : 5 * most]
    terms = 0
    everything = 0.0
    for n in range(most):
        kept[n] = -1
        if asked[n, 0] == asked[n, 1]:
            continue
        kept[n] = terms
        rows[terms, 0], rows[terms, 1], rows[terms, 2] = asked[n, 0], asked[n, 1], asked[n, 2]
        weights[terms] = given[n]
        bound = np.float32(0.0)
        for block in range(asked[n, 0], asked[n, 1]):
            bound = max(bound, blocks.bound[block])
        x = np.float64(bound) * grown
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
        blocks, norms, starts, mask, rows[:terms], weights[:terms], tops[:terms], by_top[:terms],
        pairs[:size], window, grown, 1.0 + ROUNDING * (terms + 1), extra, everything,
    )  # fmt: skip
    return query, carried[:terms], ints[5 * most :]


@kernel
def _reached(bound, low, high, heap):  # type: ignore[no-untyped-def]
    """The k-th largest of the bounds ``low`` to ``high``, of at least k: as many passages have it.

    ``heap``: work space, k numbers.
    """
    k = len(heap)
    held = 0
    for block in range(low, high):
        value = np.float64(bound[block])
        if held < k:
            at = held
            held += 1
            while at > 0 and heap[(at - 1) >> 1] > value:
                heap[at] = heap[(at - 1) >> 1]
                at = (at - 1) >> 1
            heap[at] = value
        elif value > heap[0]:
            at = 0
            while True:
                child = 2 * at + 1
                if child >= k:
                    break
                if child + 1 < k and heap[child + 1] < heap[child]:
                    child += 1
                if heap[child] >= value:
                    break
                heap[at] = heap[child]
                at = child
            heap[at] = value
    return heap[0]


@kernel
def _seek(q, t, start, cursor):  # type: ignore[no-untyped-def]
    """Move the cursor of a term to its first passage that is not before ``start``."""
    base, read = q.blocks.base, cursor.read
    if read[t, 0] >= q.rows[t, 1] or np.int64(base[read[t, 0]]) >= start:
        return
    block = block_at(base, read[t, 0], q.rows[t, 1], start)
    if block != read[t, 0] or read[t, 1] == 0:
        read[t, 0], read[t, 3] = block, 0
        read[t, 1], read[t, 2] = docs_of(q.blocks, block, cursor.docs[t])
    while read[t, 3] < read[t, 1] and cursor.docs[t, read[t, 3]] < start:
        read[t, 3] += 1
    if read[t, 3] == read[t, 1]:
        read[t, 0] += 1
        read[t, 1], read[t, 3] = 0, 0


@kernel
def _traverse(q, t, start, end, theta, cursor, sums, touched, count):  # type: ignore[no-untyped-def]
    """Add a term's shares of the passages before ``end`` to their sums; returns how many are touched."""
    blocks, norms, weight, read = q.blocks, q.norms, q.weights[t], cursor.read
    data, norm, masked = blocks.data, q.norms[0], len(q.mask) > 0
    others = q.everything - q.tops[t] + q.extra
    written, home = np.uint64(count), np.uint64(start)
    while read[t, 0] < q.rows[t, 1]:
        block = read[t, 0]
        if read[t, 3] == 0:
            if np.int64(blocks.base[block]) >= end:
                break
            x = np.float64(blocks.bound[block]) * q.grown
            if (weight * (x / (1.0 + x)) + others) * q.slack < theta:
                read[t, 0] += 1
                read[t, 1] = 0
                continue
        whole = read[t, 3] == 0 and block + 1 < q.rows[t, 1] and np.int64(blocks.base[block + 1]) <= end
        if whole and blocks.form[block] & 3 == 0 and not masked:
            # The usual block, read and added up in one pass. Unsigned numbers need no check of their sign.
            size = np.uint64(blocks.size[block])
            begin = np.uint64(blocks.postings + offset(blocks.at, blocks.wide, block))
            doc = np.uint64(blocks.base[block])
            row = -1
            for number in range(size):
                i = np.uint64(number)
                doc += np.uint64(data[begin + i])
                code = (data[begin + size + (i >> ONE)] >> np.uint8((i & ONE) << TWO)) & np.uint8(15)
                if code:
                    f = np.float64(code)
                    share = f / (np.float64(norm[doc]) + f)
                else:
                    row += 1
                    x = weighted(blocks, block, np.int64(begin + size), np.int64(size), row, norms, doc)
                    share = x / (1.0 + x)
                here = doc - home
                touched[written] = here
                written += np.uint64(sums[here] == 0.0)
                sums[here] += weight * share
            read[t, 0] += 1
            read[t, 1] = 0
            continue
        docs = cursor.docs[t]
        if read[t, 1] == 0:
            read[t, 1], read[t, 2] = docs_of(blocks, block, docs)
        size, codes = read[t, 1], read[t, 2]
        stop = size
        while stop > read[t, 3] and docs[stop - 1] >= end:
            stop -= 1
        row = exception_row(data, codes, read[t, 3])
        for place in range(read[t, 3], stop):
            passage = docs[place]
            code = code_of(data, codes, place)
            if masked and not wanted(q.mask, passage):
                row += code == 0
                continue
            if code:
                f = np.float64(code)
                share = f / (np.float64(norm[passage]) + f)
            else:
                x = weighted(blocks, block, codes, size, row, norms, passage)
                share = x / (1.0 + x)
                row += 1
            here = np.uint64(passage) - home
            touched[written] = here
            written += np.uint64(sums[here] == 0.0)
            sums[here] += weight * share
        if stop < size:
            read[t, 3] = stop
            break
        read[t, 0] += 1
        read[t, 1], read[t, 3] = 0, 0
    return np.int64(written)


@kernel
def _fewest(q, allowed, theta, cursor):  # type: ignore[no-untyped-def]
    """How many of the ``allowed`` terms it is cheapest not to traverse, but to look up.

    A passage is looked up where what is not traversed could lift it to ``theta``; taken to be so
    for all or none of a term's passages, by what it adds where it stands once.
    """
    terms = len(q.by_top)
    skipped = 0.0
    for n in range(allowed):
        skipped += q.tops[q.by_top[n]]
    best, least = allowed, -1.0
    for first in range(allowed, -1, -1):
        rest, tried = 0.0, 0.0
        for n in range(first, terms):
            t = q.by_top[n]
            held = min((q.rows[t, 1] - cursor.read[t, 0]) * BLOCK, q.rows[t, 2])
            rest += held
            if q.weights[t] * ONCE + skipped + q.extra >= theta:
                tried += held
        cost = rest + tried * first * LOOKUP
        if least < 0.0 or cost < least:
            best, least = first, cost
        if first:
            skipped -= q.tops[q.by_top[first - 1]]
    return best


@kernel
def any_of(  # type: ignore[no-untyped-def]
    data, at, norms, order, starts, mask, excluded, asked, given, nearby, window, grown, ints, floats,
    scores, docs, shrunk, threshold, sums, touched,
):  # fmt: skip
    """The best passages that hold any of the terms, into ``scores`` and ``docs``; returns how many.

    They stand best first.

    ``grown`` and ``shrunk``: the factors that make the bounds of blocks valid now, from above and
    from below (0: not known). ``threshold``: a score that as many passages as are wanted are known
    to reach. ``sums``: float64 zeros, and zeros afterwards. ``touched``: int32, one longer than that.
    """
    blocks = views(data, at)
    q, carried, ints = _bind(blocks, norms, starts, mask, asked, given, nearby, window, grown, ints, floats)
    terms, k = len(q.rows), len(scores)
    theta = threshold
    if shrunk > 0.0 and len(mask) == 0 and len(excluded) == 0:
        for t in range(terms):
            if q.rows[t, 1] - q.rows[t, 0] >= k:
                x = _reached(blocks.bound, q.rows[t, 0], q.rows[t, 1], scores) * shrunk / q.slack
                theta = max(theta, q.weights[t] * (x / (1.0 + x)) / q.slack)
    # The terms traversed are read by cursors, those looked up (and those excluded) apart.
    cursor = Reader(ints[: 4 * terms].reshape(terms, 4), ints[4 * terms : 132 * terms].reshape(terms, BLOCK))
    ints = ints[132 * terms :]
    reader = Reader(ints[: 4 * terms].reshape(terms, 4), ints[4 * terms : 132 * terms].reshape(terms, BLOCK))
    ints = ints[132 * terms :]
    count = len(excluded)
    barred = Reader(ints[: 4 * count].reshape(count, 4), ints[4 * count : 132 * count].reshape(count, BLOCK))
    ints = ints[132 * count :]
    low, begun, orders = ints[:terms], ints[terms : 2 * terms], ints[2 * terms : 2 * terms + k]
    ints = ints[2 * terms + k :]
    left, right = ints[:POSITIONS], ints[POSITIONS : 2 * POSITIONS]
    barred.read[:] = -1
    for t in range(terms):
        cursor.read[t, 0] = begun[t] = q.rows[t, 0]
        cursor.read[t, 1] = cursor.read[t, 2] = cursor.read[t, 3] = 0
        reader.read[t, 0] = -1
    held, allowed, below = 0, 0, 0.0
    width = min(FIRST_WINDOW, len(sums))
    while True:
        while allowed < terms and (below + carried[q.by_top[allowed]]) * q.slack < theta:
            below += carried[q.by_top[allowed]]
            allowed += 1
        start = END
        for n in range(allowed, terms):
            t = q.by_top[n]
            if cursor.read[t, 0] < q.rows[t, 1]:
                doc = np.int64(blocks.base[cursor.read[t, 0]])
                start = min(start, cursor.docs[t, cursor.read[t, 3]] if cursor.read[t, 1] else doc)
        if start == END:
            break
        end = start + width
        width = min(2 * width, len(sums))
        first = _fewest(q, allowed, theta, cursor) if allowed else 0
        looked_up = first > 0 or len(q.pairs) > 0
        skipped = 0.0
        for n in range(first):
            skipped += q.tops[q.by_top[n]]
        if looked_up:
            for t in range(terms):
                begun[t] = block_at(blocks.base, begun[t], q.rows[t, 1], start)
        count = 0
        for n in range(first, terms):
            # Where all terms are traversed, in the order of the query: then the sums are the scores.
            t = q.by_top[n] if first else n
            if allowed:
                _seek(q, t, start, cursor)
            count = _traverse(q, t, start, end, theta, cursor, sums, touched, count)
        for n in range(count):
            here = touched[n]
            score = sums[here]
            sums[here] = 0.0
            if (score + skipped + q.extra) * q.slack < theta:
                continue
            doc = start + here
            if looked_up:
                for t in range(terms):
                    low[t] = begun[t]
                score = _completed(q, score, theta, skipped, first, doc, low, reader, left, right)
            if score >= theta and score > 0.0 and not holds_any(blocks, excluded, doc, barred):
                held = offer(scores, orders, docs, held, score, np.int64(order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
    best_first(scores, orders, docs, held)
    return held


@kernel
def all_of(  # type: ignore[no-untyped-def]
    data, at, norms, order, starts, mask, excluded, asked, given, nearby, window, grown, ints, floats,
    scores, docs, threshold, counted,
):  # fmt: skip
    """The best passages that hold all of the terms, as `any_of`.

    Returns (how many, how many hold them all).

    Unless ``counted``, what cannot be among the best is not looked at, and the second number is less.
    """
    blocks = views(data, at)
    q, _, ints = _bind(blocks, norms, starts, mask, asked, given, nearby, window, grown, ints, floats)
    terms, k, count = len(q.rows), len(scores), len(excluded)
    if terms < len(asked):
        return 0, 0
    reader = Reader(ints[: 4 * terms].reshape(terms, 4), ints[4 * terms : 132 * terms].reshape(terms, BLOCK))
    ints = ints[132 * terms :]
    barred = Reader(ints[: 4 * count].reshape(count, 4), ints[4 * count : 132 * count].reshape(count, BLOCK))
    ints = ints[132 * count :]
    low, by_size, orders = ints[:terms], ints[terms : 2 * terms], ints[2 * terms : 2 * terms + k]
    ints = ints[2 * terms + k :]
    left, right = ints[:POSITIONS], ints[POSITIONS : 2 * POSITIONS]
    barred.read[:] = -1
    for n in range(terms):
        reader.read[n, 0] = -1
        low[n] = q.rows[n, 0]
        place = n
        while place > 0 and q.rows[by_size[place - 1], 2] > q.rows[n, 2]:
            by_size[place] = by_size[place - 1]
            place -= 1
        by_size[place] = n
    rarest = by_size[0]
    weight, others = q.weights[rarest], q.everything - q.tops[rarest] + q.extra
    theta = threshold
    held, found = 0, 0
    for block in range(q.rows[rarest, 0], q.rows[rarest, 1]):
        x = np.float64(blocks.bound[block]) * grown
        if not counted and (weight * (x / (1.0 + x)) + others) * q.slack < theta:
            continue
        size, codes = docs_of(blocks, block, reader.docs[rarest])
        reader.read[rarest, 0], reader.read[rarest, 1], reader.read[rarest, 2] = block, size, codes
        low[rarest] = block
        for i in range(size):
            doc = reader.docs[rarest, i]
            if not wanted(mask, doc):
                continue
            if not counted and held == k:
                share = _share(blocks, reader.read, rarest, i, norms, doc)
                if (weight * share + others) * q.slack < theta:
                    continue
            holds = True
            for n in range(1, terms):
                t = by_size[n]
                low[t] = block_at(blocks.base, low[t], q.rows[t, 1], doc)
                if find(blocks, q.rows[t, 1], t, doc, low[t], reader) < 0:
                    holds = False
                    break
            if not holds or holds_any(blocks, excluded, doc, barred):
                continue
            found += 1
            score = _score(q, doc, low, reader, left, right)
            if score >= theta:
                held = offer(scores, orders, docs, held, score, np.int64(order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
    best_first(scores, orders, docs, held)
    return held, found
