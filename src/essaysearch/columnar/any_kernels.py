"""Compiled ranking: the k best passages that hold any of some words. Needs the extra ``fast``.

MaxScore (Turtle and Flood 1995) with bounds for each block (Ding and Suel 2011). Terms whose bounds
together cannot lift a passage over the worst of the best need not be traversed: they can be looked
up in the passages that other terms bring, where that is cheaper. Blocks that cannot lift any are not
read. The terms that are traversed are added up over a window of passage numbers at a time. Partial
sums serve only to reject: scores are those of `match_kernels`.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import mask_at, part_of
from essaysearch.columnar.best_kernels import best_first, merge, offer
from essaysearch.columnar.block_kernels import (
    BLOCK,
    block_at,
    code_of,
    docs_of,
    exception_row,
    kernel,
    offset,
    weighted,
)
from essaysearch.columnar.match_kernels import (
    POSITIONS,
    bind,
    find,
    holds_any,
    reader_of,
    rows_in,
    score_of,
    share_of,
    wanted,
)

FIRST_WINDOW = 1024
"""Passages of the first window; each is twice as wide as the one before, as far as it may be."""

LOOKUP = 30.0
"""What looking up a passage costs, in postings read on."""

ONCE = 0.42
"""A usual x / (1 + x) of a word that stands once in a rather short passage."""

END = np.int64(1) << 62
ONE, TWO = np.uint64(1), np.uint64(2)


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
            partial += q.weights[t] * share_of(blocks, reader.read, t, place, q.norms, doc)
        if (partial + skipped + q.extra) * q.slack < theta:
            return -1.0
    return score_of(q, doc, low, reader, left, right)


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
def _best_in(  # type: ignore[no-untyped-def]
    part, number, masks, excluded, asked, given, nearby, window, theta, ints, floats, sums, touched,
    scores, docs, orders,
):  # fmt: skip
    """The best of one segment that reach ``theta``, best first; returns how many."""
    mask = mask_at(masks[number], part.passages).bits
    barred_rows, ints = rows_in(excluded, number, ints)
    q, carried, ints = bind(part, number, mask, asked, given, nearby, window, ints, floats)
    blocks, terms, k = part.blocks, len(q.rows), len(scores)
    if part.shrunk > 0.0 and len(mask) == 0 and len(excluded) == 0:
        for t in range(terms):
            if q.rows[t, 1] - q.rows[t, 0] >= k:
                x = _reached(blocks.bound, q.rows[t, 0], q.rows[t, 1], scores) * part.shrunk / q.slack
                theta = max(theta, q.weights[t] * (x / (1.0 + x)) / q.slack)
    # The terms traversed are read by cursors, those looked up (and those excluded) apart.
    cursor, ints = reader_of(ints, terms)
    reader, ints = reader_of(ints, terms)
    barred, ints = reader_of(ints, len(excluded))
    low, begun, ints = ints[:terms], ints[terms : 2 * terms], ints[2 * terms :]
    left, right = ints[:POSITIONS], ints[POSITIONS : 2 * POSITIONS]
    for t in range(terms):
        cursor.read[t, 0] = begun[t] = q.rows[t, 0]
        cursor.read[t, 1] = cursor.read[t, 2] = cursor.read[t, 3] = 0
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
            if score >= theta and score > 0.0 and not holds_any(blocks, barred_rows, doc, barred):
                held = offer(scores, orders, docs, held, score, np.int64(part.order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
    best_first(scores, orders, docs, held)
    return held


@kernel
def any_of(  # type: ignore[no-untyped-def]
    table, masks, excluded, asked, given, nearby, window, k, ints, floats, sums, touched, scores, docs, parts,
):  # fmt: skip
    """The k best passages that hold any of the terms; returns how many.

    ``table``: as in `addresses`. ``masks``: the address of a mask for each segment. ``excluded``: terms
    that no passage found may hold. For all else see `match_kernels`. ``scores`` and ``docs`` have room
    for k of each segment and k more, ``parts`` (the segment of each) for k of each: they stand best
    first, equally good ones as `merge` tells. ``sums``: float64 zeros, and zeros
    afterwards. ``touched``: int32, one longer than that.
    """
    held, theta = 0, -1.0
    orders, ints = ints[:k], ints[k:]
    for number in range(len(table)):
        count = _best_in(
            part_of(table, number), number, masks, excluded, asked, given, nearby, window, theta, ints,
            floats, sums, touched, scores[len(scores) - k :], docs[len(docs) - k :], orders,
        )  # fmt: skip
        held = merge(table, scores, docs, parts, held, count, number, k)
        if held >= k:
            theta = scores[k - 1]
    return held
