"""Compiled ranking: the k best passages that hold all of some words. Needs the extra ``fast``.

The passages of a rare word are looked up among those of the others; frequent words are traversed.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import mask_at, part_of
from essaysearch.columnar.best_kernels import best_first, merge, offer
from essaysearch.columnar.block_kernels import kernel
from essaysearch.columnar.call_kernels import call_of, name
from essaysearch.columnar.impact_kernels import BLOCK, place_of, word_of
from essaysearch.columnar.impacts import COUNT
from essaysearch.columnar.match_kernels import SLACK, added_up, bind, by_size, holds_any, rows_in, wanted
from essaysearch.columnar.rank_kernels import LOOKUP, MOST_REQUIRED, best_in


@kernel
def _best_in(  # type: ignore[no-untyped-def]
    part, number, masks, excluded, asked, given, nearby, window, theta, counted, ints, floats, scores, docs,
    orders,
):  # fmt: skip
    """The best of one segment that reach ``theta``, best first; returns (how many, how many match).

    The passages of the rarest word are looked up among those of the others, the next rarest first.
    """
    mask = mask_at(masks[number], part.passages).bits
    barred, ints = rows_in(excluded, number, ints)
    q, room, ints = bind(part, number, mask, asked, given, nearby, window, ints, floats)
    terms, k, base = len(q.rows), len(scores), part.blocks.base
    if terms < len(asked):
        return 0, 0
    order, ints = by_size(q.rows, COUNT, ints)
    room.low[:] = 0
    rarest = order[0]
    word = word_of(q.rows, rarest)
    others = q.everything - q.tops[rarest] + q.extra
    need = (theta / SLACK - others) / q.weights[rarest]
    held, found = 0, 0
    for block in range(len(word.maxima)):
        if not counted and word.maxima[block] < need:
            continue
        for i in range(block * BLOCK, min(block * BLOCK + BLOCK, len(word.docs))):
            if not counted and word.shares[i] < need:
                continue
            doc = np.int64(word.docs[i])
            if not wanted(mask, doc):
                continue
            room.places[rarest] = i
            holds = True
            for n in range(1, terms):
                t = order[n]
                place, block_of = place_of(base, word_of(q.rows, t), doc, room.low[t])
                room.places[t], room.low[t] = place, block_of
                if place < 0:
                    holds = False
                    break
            if not holds or holds_any(base, barred, doc):
                continue
            found += 1
            score = added_up(q, doc, room, theta)
            if score >= theta:
                held = offer(scores, orders, docs, held, score, np.int64(part.order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
                    need = (theta / SLACK - others) / q.weights[rarest]
    best_first(scores, orders, docs, held)
    return held, found


@kernel
def _is_looked_up(asked, number):  # type: ignore[no-untyped-def]
    """Whether looking up the rarest word's passages costs less than traversing all words."""
    least, postings = asked[0, number, COUNT], np.int64(0)
    for t in range(len(asked)):
        held = asked[t, number, COUNT]
        least = min(least, held)
        postings += held
    return least * LOOKUP < postings or len(asked) > MOST_REQUIRED


@kernel
def all_of(frame):  # type: ignore[no-untyped-def]
    """The k best passages that hold all of the words of a query (`call_kernels.Call`).

    Returns (how many, how many match). Unless all are to be counted, what cannot be among the best is not
    looked at, and the last number is less.
    """
    call = call_of(frame)
    k, asked, scores, docs = call.k, call.asked, call.scores, call.docs
    held, theta, total = 0, -1.0, 0
    orders, ints = call.ints[:k], call.ints[k:]
    for number in range(len(call.table)):
        part = part_of(call.table, number)
        fresh, fresh_docs = scores[len(scores) - k :], docs[len(docs) - k :]
        if _is_looked_up(asked, number):
            count, found = _best_in(
                part, number, call.masks, call.excluded, asked, call.weights, call.pairs, call.window, theta,
                call.counted, ints, call.floats, fresh, fresh_docs, orders,
            )  # fmt: skip
        else:
            count, found = best_in(
                part, number, call.masks, call.excluded, asked, call.weights, call.pairs, call.window, theta,
                True, call.counted, ints, call.floats, call.wide, fresh, fresh_docs, orders,
            )  # fmt: skip
        held = merge(call.table, scores, docs, call.parts, held, count, number, k)
        total += found
        if held >= k:
            theta = scores[k - 1]
    name(frame, held)
    return held, total
