"""Compiled ranking: the k best passages that hold any of some words. Needs the extra ``fast``.

MaxScore (Turtle and Flood 1995) with bounds for each block (Ding and Suel 2011) and each posting.
Words whose bounds together cannot lift a passage over the worst of the best need not be traversed:
they can be looked up in the passages that other words bring, where that is cheaper. Blocks and
postings that cannot lift any, whatever else their passage holds, are passed over. The words that are
traversed are added up over a window of passage numbers at a time. Partial sums serve only to reject:
scores are those of `match_kernels`.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import mask_at, part_of
from essaysearch.columnar.best_kernels import best_first, merge, offer
from essaysearch.columnar.block_kernels import block_at, kernel
from essaysearch.columnar.impact_kernels import BLOCK, place_of, word_of
from essaysearch.columnar.impacts import COUNT, LEADERS
from essaysearch.columnar.match_kernels import SLACK, bind, holds_any, rows_in, score_of, wanted

FIRST_WINDOW = 1024
"""Passages of the first window; each is twice as wide as the one before, as far as it may be."""

LOOKUP = 30.0
"""What looking up a passage costs, in postings read on."""

ONCE = 0.42
"""A usual x / (1 + x) of a word that stands once in a rather short passage."""

END = np.int64(1) << 62


@kernel
def _completed(q, partial, theta, skipped, first, doc, room):  # type: ignore[no-untyped-def]
    """The score of a passage whose traversed words add up to ``partial``; -1 where it cannot reach ``theta``.

    ``skipped``: the sum of the tops of the words not traversed, the ``first`` ones of ``q.by_top``.
    """
    base = q.part.blocks.base
    for n in range(first - 1, -1, -1):
        t = q.by_top[n]
        word = word_of(q.rows, t)
        skipped -= q.tops[t]
        room.low[t] = block_at(base[word.first :], room.low[t], len(word.maxima), doc)
        if (partial + q.weights[t] * word.maxima[room.low[t]] + skipped + q.extra) * SLACK < theta:
            return -1.0
        place, room.low[t] = place_of(base, word, doc, room.low[t])
        if place >= 0:
            partial += q.weights[t] * word.shares[place]
        if (partial + skipped + q.extra) * SLACK < theta:
            return -1.0
    return score_of(q, doc, room)


@kernel
def _reached(values, heap):  # type: ignore[no-untyped-def]
    """The k-th largest of at least k values. ``heap``: work space, k numbers."""
    k = len(heap)
    held = 0
    for value in values:
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
def _start(q, theta, heap):  # type: ignore[no-untyped-def]
    """A score that k passages reach by one word alone, or ``theta``. ``heap``: work space, k numbers."""
    k = len(heap)
    for t in range(len(q.rows)):
        word = word_of(q.rows, t)
        if k <= LEADERS:
            theta = max(theta, q.weights[t] * word.leaders[k - 1])
        elif len(word.maxima) >= k:
            theta = max(theta, q.weights[t] * _reached(word.maxima, heap))
    return theta


@kernel
def _traverse(q, t, at, start, end, theta, sums, touched, count):  # type: ignore[no-untyped-def]
    """Add a word's shares of the passages before ``end`` to their sums, from its posting ``at`` on.

    Returns (the posting where it stopped, how many passages are touched). A passage that cannot reach
    ``theta`` may miss this word's share.
    """
    word = word_of(q.rows, t)
    docs, shares, weight = word.docs, word.shares, q.weights[t]
    need = (theta / SLACK - (q.everything - q.tops[t] + q.extra)) / weight
    masked = len(q.mask) > 0
    while at < len(docs) and docs[at] < end:
        block = at // BLOCK
        stop = min(block * BLOCK + BLOCK, len(docs))
        if word.maxima[block] < need:
            at = stop
            continue
        if docs[stop - 1] >= end:
            stop = at + np.searchsorted(docs[at:stop], np.uint32(end))
        for i in range(at, stop):
            share = shares[i]
            if share >= need:
                doc = np.int64(docs[i])
                if not masked or wanted(q.mask, doc):
                    here = np.uint64(doc - start)
                    touched[count] = here
                    count += sums[here] == 0.0
                    sums[here] += weight * share
        at = stop
    return at, count


@kernel
def _fewest(q, allowed, theta, cursors):  # type: ignore[no-untyped-def]
    """How many of the ``allowed`` words it is cheapest not to traverse, but to look up.

    A passage is looked up where what is not traversed could lift it to ``theta``; taken to be so
    for all or none of a word's passages, by what it adds where it stands once.
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
            held = q.rows[t, COUNT] - cursors[t]
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
    barred, ints = rows_in(excluded, number, ints)
    q, room, ints = bind(part, number, mask, asked, given, nearby, window, ints, floats)
    base, terms, k = part.blocks.base, len(q.rows), len(scores)
    if len(mask) == 0 and len(excluded) == 0:
        theta = _start(q, theta, scores)
    cursors, begun = ints[:terms], ints[terms : 2 * terms]
    cursors[:] = 0
    begun[:] = 0
    held, allowed, below = 0, 0, 0.0
    width = min(FIRST_WINDOW, len(sums))
    while True:
        while allowed < terms and (below + q.carried[q.by_top[allowed]]) * SLACK < theta:
            below += q.carried[q.by_top[allowed]]
            allowed += 1
        start = END
        for n in range(allowed, terms):
            word, at = word_of(q.rows, q.by_top[n]), cursors[q.by_top[n]]
            if at < len(word.docs):
                start = min(start, np.int64(word.docs[at]))
        if start == END:
            break
        end = min(start + width, part.passages)
        width = min(2 * width, len(sums))
        first = _fewest(q, allowed, theta, cursors) if allowed else 0
        looked_up = first > 0 or len(q.pairs) > 0
        skipped, count = 0.0, 0
        for n in range(first):
            skipped += q.tops[q.by_top[n]]
        for t in range(terms):
            word = word_of(q.rows, t)
            begun[t] = block_at(base[word.first :], begun[t], len(word.maxima), start)
        for n in range(first, terms):
            # Where all words are traversed, in the order of the query: then the sums are the scores.
            t = q.by_top[n] if first else n
            at = cursors[t]
            if allowed:  # it may have been looked up so far
                word = word_of(q.rows, t)
                at = max(at, begun[t] * BLOCK)
                while at < len(word.docs) and word.docs[at] < start:
                    at += 1
            cursors[t], count = _traverse(q, t, at, start, end, theta, sums, touched, count)
        for n in range(count):
            here = touched[n]
            score = sums[here]
            sums[here] = 0.0
            if (score + skipped + q.extra) * SLACK < theta:
                continue
            doc = start + here
            if looked_up:
                for t in range(terms):
                    room.low[t] = begun[t]
                score = _completed(q, score, theta, skipped, first, doc, room)
            if score >= theta and score > 0.0 and not holds_any(base, barred, doc):
                held = offer(scores, orders, docs, held, score, np.int64(part.order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
    best_first(scores, orders, docs, held)
    return held


@kernel
def any_of(  # type: ignore[no-untyped-def]
    table, masks, excluded, asked, given, nearby, window, k, ints, floats, sums, touched, scores, docs, parts,
):  # fmt: skip
    """The k best passages that hold any of the words; returns how many.

    ``table``: as in `addresses`. ``masks``: the address of a mask for each segment. ``excluded``: words
    that no passage found may hold. For all else see `match_kernels`. ``scores`` and ``docs`` have room
    for k of each segment and k more, ``parts`` (the segment of each) for k of each: they stand best
    first, equally good ones as `merge` tells. ``sums``: float64 zeros, and zeros afterwards.
    ``touched``: int32, one longer than that. ``ints`` and ``floats``: work space as `space` knows.
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
