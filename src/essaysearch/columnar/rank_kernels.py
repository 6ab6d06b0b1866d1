"""Compiled ranking: the k best passages that hold any, or all, of some words. Needs the extra ``fast``.

MaxScore (Turtle and Flood 1995) with bounds for each block (Ding and Suel 2011) and each posting.
Words whose bounds together cannot lift a passage over the worst of the best need not be traversed:
they can be looked up in the passages that other words bring, where that is cheaper. Windows, blocks
and postings that cannot lift any, whatever else their passage holds, are passed over. The words that
are traversed are added up over a window of passage numbers at a time (`window_kernels`). Such sums
reject; the few passages that are left are scored as `match_kernels` does.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import mask_at
from essaysearch.columnar.best_kernels import best_first, offer, raised
from essaysearch.columnar.block_kernels import block_at, kernel
from essaysearch.columnar.impact_kernels import BLOCK, place_of, word_of
from essaysearch.columnar.impacts import COUNT, LEADERS, STEPS, TAILS
from essaysearch.columnar.match_kernels import SLACK, bind, holds_any, rows_in, score_of, wanted
from essaysearch.columnar.space import NARROW, NOTED, PUT_BY, WIDE
from essaysearch.columnar.window_kernels import PLACES, VALUES, add, add_some, clear, reaching, seek, top

FIRST_WINDOW = 1024
"""Passages of the first window; each is twice as wide as the one before, as far as it may be."""

THIN = 32
"""Passages to a posting from which on windows are wide."""

LOOKUP = 40.0
"""What looking up a passage costs, in postings read on."""

FULL = 1 << 22
"""The sum of a passage that had every word with share 1, about."""

EACH_BITS = 24
EACH = 1 << EACH_BITS
"""What a word adds beside where all are required, or pairs count: sums then tell how many a passage holds."""

SUM_BITS = 32
SUM = (1 << SUM_BITS) - 1

BINS = 1024
"""Heights of sums that are told apart where it is counted how many passages reach them."""

HEIGHT = FULL // BINS

MOST_REQUIRED = 100
"""Words that can be told so."""

END = np.int64(1) << 62


@kernel
def _completed(q, tops, partial, theta, skipped, first, doc, room):  # type: ignore[no-untyped-def]
    """The score of a passage whose traversed words add up to ``partial``; -1 where it cannot reach ``theta``.

    ``skipped``: the sum of the ``tops`` of the words not traversed, the ``first`` ones of ``q.by_top``.
    """
    base = q.part.blocks.base
    for n in range(first - 1, -1, -1):
        t = q.by_top[n]
        word = word_of(q.rows, t)
        skipped -= tops[t]
        room.low[t] = block_at(base[word.first :], room.low[t], len(word.maxima), doc)
        if (partial + q.weights[t] * word.maxima[room.low[t]] + skipped + q.extra) * SLACK < theta:
            return -1.0
        place, room.low[t] = place_of(base, word, doc, room.low[t])
        if place >= 0:
            partial += q.weights[t] * word.shares[place]
        if (partial + skipped + q.extra) * SLACK < theta:
            return -1.0
    return score_of(q, doc, room, theta)


@kernel
def _start(q, theta, heap):  # type: ignore[no-untyped-def]
    """A score that k passages reach by one word alone, or ``theta``. ``heap``: work space, k numbers."""
    k = len(heap)
    for t in range(len(q.rows)):
        word = word_of(q.rows, t)
        if k <= LEADERS:
            theta = max(theta, q.weights[t] * word.leaders[k - 1])
        elif len(word.maxima) >= k:
            held = 0
            for share in word.maxima:
                held = raised(heap, held, share)
            theta = max(theta, q.weights[t] * heap[0])
    return theta


@kernel
def _allows_few(mask):  # type: ignore[no-untyped-def]
    """Whether a mask allows less than a quarter of the passages, as some of its bytes tell."""
    bits, seen = 0, 0
    for at in range(0, len(mask), max(1, len(mask) // 64)):
        byte = np.int64(mask[at])
        while byte:
            byte &= byte - 1
            bits += 1
        seen += 8
    return bits * 4 < seen


@kernel
def _next(base, rows, order, cursors, begin, required):  # type: ignore[no-untyped-def]
    """The first passage from ``begin`` on that one of the words ``order`` holds; `END` if there is none.

    Where all are ``required``, the last of those that they hold first.
    """
    start = begin if required else END
    for t in order:
        word = word_of(rows, t)
        cursors[t] = at = seek(base, word, cursors[t], begin)
        here = np.int64(word.docs[at]) if at < len(word.docs) else END
        start = max(start, here) if required else min(start, here)
    return start


@kernel
def _part(word, share):  # type: ignore[no-untyped-def]
    """About which part of a word's postings reaches a share."""
    return word.tails[np.int64(max(share, 0.0) * TAILS)] if share < 1.0 else 0.0


@kernel
def _added(rows, order, weights, tops, lack, cursors):  # type: ignore[no-untyped-def]
    """About how many postings of the words ``order`` will be added up.

    ``lack``: what is lacking to the threshold where a passage has the top of every word.
    """
    added = 0.0
    for t in order:
        added += (rows[t, COUNT] - cursors[t]) * _part(word_of(rows, t), (lack + tops[t]) / weights[t])
    return added


@kernel
def _fewest(rows, by_top, weights, tops, allowed, theta, cursors):  # type: ignore[no-untyped-def]
    """How many of the ``allowed`` words it is cheapest not to traverse, but to look up.

    A passage is looked up where what is not traversed could lift it to ``theta``. How many are is
    taken from each word by itself.
    """
    terms = len(by_top)
    skipped = 0.0
    for n in range(allowed):
        skipped += tops[by_top[n]]
    best, least = allowed, -1.0
    for first in range(allowed, -1, -1):
        rest, tried = 0.0, 0.0
        for n in range(first, terms):
            t = by_top[n]
            held = rows[t, COUNT] - cursors[t]
            rest += held
            tried += held * _part(word_of(rows, t), (theta - skipped) / weights[t])
        cost = rest + tried * first * LOOKUP
        if least < 0.0 or cost < least:
            best, least = first, cost
        if first:
            skipped -= tops[by_top[first - 1]]
    return best


@kernel
def _least(theta, less, scale):  # type: ignore[no-untyped-def]
    """The least sum of a passage that may reach ``theta`` with what can add ``less``."""
    return max(np.int64(1), np.int64((theta / SLACK - less) * scale))


@kernel
def _reckon(pairs, extras):  # type: ignore[no-untyped-def]
    """Write the most that pairs add to a passage of 1, 2 ... of the words: n words make less than n pairs."""
    extras[:] = 0.0
    for p in range(0, len(pairs), 3):  # the largest first
        at, value = 1 + p // 3, pairs[p + 2]
        while at > 1 and extras[at - 1] < value:
            extras[at] = extras[at - 1]
            at -= 1
        extras[at] = value
    for n in range(1, len(extras)):
        extras[n] += extras[n - 1]


@kernel
def _settle(  # type: ignore[no-untyped-def]
    q, barred, room, put, count, mark, theta, scale, extras, scores, orders, docs, held
):
    """Score what was put by and offer it, sums of at least ``mark`` first; returns (how many held, theta).

    ``put``: (2, ...), passages, and their sums with how many words they may have above `SUM_BITS`.
    ``extras``: as of `_reckon`.
    """
    for turn in range(2):
        before = END
        least = _least(theta, q.extra, scale)
        for n in range(count):
            value = put[1, n] & SUM
            if value < least or (value >= mark) == (turn == 1):
                continue
            if len(q.pairs) and value < _least(theta, extras[(put[1, n] >> SUM_BITS) - 1], scale):
                continue
            doc = put[0, n]
            if doc < before:
                room.low[:] = 0
            before = doc
            if holds_any(q.part.blocks.base, barred, doc):
                continue
            score = score_of(q, doc, room, theta)
            if score >= theta and score > 0.0:
                held = offer(scores, orders, docs, held, score, np.int64(q.part.order[doc]), doc)
                if held == len(scores) and scores[0] > theta:
                    theta = scores[0]
                    least = _least(theta, q.extra, scale)
    return held, theta


@kernel
def _fill(  # type: ignore[no-untyped-def]
    base, rows, order, weights, tops, lack, mask, spans, start, end, wholes, beside, wide
):
    """Add up the words ``order`` over a window; `reaching` tells ``spans``, whose fourth is where they stop.

    ``lack``: as in `_added`. ``mask``: of passages to be left out already here, or no byte.
    """
    count = 0
    for t in order:
        word, at, need = word_of(rows, t), spans[t, 0], (lack + tops[t]) / weights[t]
        if (need * STEPS < 1.0 and len(mask) == 0) or count + (end - start) > NOTED:
            stop = seek(base, word, at, end)
            add(word.docs[at:stop], word.steps[at:stop], np.uint32(start), wholes[t], beside, wide)
            spans[t, 1], spans[t, 2], spans[t, 3] = stop, 0, stop
        else:
            begin = count
            stop, count = add_some(
                word, at, np.uint32(start), end, need, mask, wholes[t], beside, wide, count
            )
            spans[t, 0], spans[t, 1], spans[t, 2], spans[t, 3] = begin, count, 1, stop


@kernel
def best_in(  # type: ignore[no-untyped-def]
    part, number, masks, excluded, asked, given, nearby, within, theta, required, counted, ints, floats,
    wide, scores, docs, orders,
):  # fmt: skip
    """The best of one segment that reach ``theta``, best first; returns (how many, how many match).

    ``required``: all words must stand in a passage. The second number is told only where they must,
    and ``counted``.
    """
    mask = mask_at(masks[number], part.passages).bits
    barred, ints = rows_in(excluded, number, ints)
    q, room, ints = bind(part, number, mask, asked, given, nearby, within, ints, floats)
    base, terms, k = part.blocks.base, len(q.rows), len(scores)
    if terms == 0 or (required and terms < len(asked)):
        return 0, 0
    if len(mask) == 0 and len(excluded) == 0 and not required:
        theta = _start(q, theta, scores)
    cursors, begun, wholes, ints = (
        ints[:terms],
        ints[terms : 2 * terms],
        ints[2 * terms : 3 * terms],
        ints[3 * terms :],
    )
    spans, ints = ints[: 4 * terms].reshape(terms, 4), ints[4 * terms :]
    bins, room_for = ints[:BINS], PUT_BY + 4 * k
    put = ints[BINS : BINS + 2 * room_for].reshape(2, room_for)
    bins[:] = 0
    early = mask if _allows_few(mask) else mask[:0]
    tops, extras = floats[6 * len(asked) :], floats[7 * len(asked) : 7 * len(asked) + terms]
    _reckon(q.pairs, extras)
    cursors[:] = 0
    numbered = not required and len(q.pairs) > 0 and terms <= MOST_REQUIRED
    scale, beside, loose = FULL / q.weights.sum(), EACH if required or numbered else 0, 0
    for t in range(terms):
        wholes[t] = np.int64(np.ceil(q.weights[t] * scale / STEPS))
        loose += wholes[t] + STEPS
    full, bits = (0, np.int32(EACH - 1)) if numbered else (terms * beside, np.int32(-1))
    held, waiting, found, allowed, below = 0, 0, 0, 0, 0.0
    floor, above = 0, 0  # how many passages surely reach ``floor``
    width, end = FIRST_WINDOW, np.int64(0)
    while True:
        if not required:
            while allowed < terms and (below + q.carried[q.by_top[allowed]]) * SLACK < theta:
                below += q.carried[q.by_top[allowed]]
                allowed += 1
        start = _next(base, q.rows, q.by_top[allowed:], cursors, end, required)
        if start == END:
            break
        first = 0
        if allowed:
            first = _fewest(q.rows, q.by_top, q.weights, q.tops, allowed, theta - q.extra, cursors)
        order = q.by_top[first:]
        lack = -END if counted else theta / SLACK - q.extra - q.everything
        thin = len(early) > 0
        if not thin:
            added = _added(q.rows, order, q.weights, q.tops, lack, cursors)
            thin = added * THIN < part.passages - start
        width = min(2 * width, NARROW)
        end = min(start + (WIDE if thin else width), part.passages)
        everything, skipped = 0.0, 0.0
        for t in range(terms):
            word = word_of(q.rows, t)
            spans[t, 0] = cursors[t] = seek(base, word, cursors[t], start)
            begun[t] = min(cursors[t] // BLOCK, len(word.maxima) - 1)
            tops[t] = q.weights[t] * top(base, word, cursors[t], end)
            everything += tops[t]
        if (everything + q.extra) * SLACK < theta and not counted:
            continue
        for n in range(first):
            skipped += tops[q.by_top[n]]
        lack += q.everything - everything
        _fill(base, q.rows, order, q.weights, tops, lack, early, spans, start, end, wholes, beside, wide)
        for t in order:
            cursors[t] = spans[t, 3]
        least = _least(theta, skipped + q.extra, scale)
        bringing = q.by_top[terms - 1 if required else allowed :]
        count = reaching(
            q.rows, bringing, spans, start, end - start, bits, full + (1 if counted else least), wide
        )
        clear(q.rows, order, spans, start, end - start, wide)
        for n in range(count):
            value, words = np.int64(wide[VALUES + n]) - full, terms
            if numbered:
                if not first:  # else there may be more than were added up
                    words = int(value >> EACH_BITS)
                value &= EACH - 1
                least = _least(theta, skipped + extras[words - 1], scale)
            if value < least and not counted:
                continue
            doc = start + wide[PLACES + n]
            if not wanted(mask, doc):
                continue
            surely = int(value) - loose
            height = min(surely // HEIGHT, BINS - 1) if surely > 0 else 0
            leads = not first and height >= floor
            if (counted or first or leads) and holds_any(base, barred, doc):
                continue
            found += 1
            if value < least:
                continue
            if first:
                for t in range(terms):
                    room.low[t] = begun[t]
                score = _completed(q, tops, value / scale, theta, skipped, first, doc, room)
                if score >= theta and score > 0.0:
                    held = offer(scores, orders, docs, held, score, np.int64(part.order[doc]), doc)
                    if held == k:
                        theta = max(theta, scores[0])
            else:
                if leads:
                    bins[height] += 1
                    above += 1
                    while above - bins[floor] >= k:
                        above -= bins[floor]
                        floor += 1
                    if above >= k:
                        theta = max(theta, floor * HEIGHT / scale / SLACK)
                put[0, waiting], put[1, waiting] = doc, value | words << SUM_BITS
                waiting += 1
                if waiting == room_for:
                    mark = floor * HEIGHT + loose if above >= k else 0
                    held, theta = _settle(
                        q, barred, room, put, waiting, mark, theta, scale, extras, scores, orders, docs, held
                    )
                    waiting = 0
            if not numbered:
                least = _least(theta, skipped + q.extra, scale)
    mark = floor * HEIGHT + loose if above >= k else 0
    held, theta = _settle(
        q, barred, room, put, waiting, mark, theta, scale, extras, scores, orders, docs, held
    )
    best_first(scores, orders, docs, held)
    return held, found
