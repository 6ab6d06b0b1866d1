"""Compiled ranking: the k best passages that hold all of some words. Needs the extra ``fast``.

The passages of the rarest word are looked up among those of the others, the next rarest first.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import mask_at, part_of
from essaysearch.columnar.best_kernels import best_first, merge, offer
from essaysearch.columnar.block_kernels import block_at, docs_of, kernel
from essaysearch.columnar.match_kernels import (
    POSITIONS,
    bind,
    by_size,
    find,
    holds_any,
    reader_of,
    rows_in,
    score_of,
    share_of,
    wanted,
)


@kernel
def _best_in(  # type: ignore[no-untyped-def]
    part, number, masks, excluded, asked, given, nearby, window, theta, counted, ints, floats, scores, docs,
    orders,
):  # fmt: skip
    """The best of one segment that reach ``theta``, best first; returns (how many, how many match)."""
    mask = mask_at(masks[number], part.passages).bits
    barred_rows, ints = rows_in(excluded, number, ints)
    q, _, ints = bind(part, number, mask, asked, given, nearby, window, ints, floats)
    blocks, terms, k = part.blocks, len(q.rows), len(scores)
    if terms < len(asked):
        return 0, 0
    reader, ints = reader_of(ints, terms)
    barred, ints = reader_of(ints, len(excluded))
    order, ints = by_size(q.rows, ints)
    low, ints = ints[:terms], ints[terms:]
    left, right = ints[:POSITIONS], ints[POSITIONS : 2 * POSITIONS]
    for n in range(terms):
        low[n] = q.rows[n, 0]
    rarest = order[0]
    weight, others = q.weights[rarest], q.everything - q.tops[rarest] + q.extra
    held, found = 0, 0
    for block in range(q.rows[rarest, 0], q.rows[rarest, 1]):
        x = np.float64(blocks.bound[block]) * q.grown
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
                share = share_of(blocks, reader.read, rarest, i, q.norms, doc)
                if (weight * share + others) * q.slack < theta:
                    continue
            holds = True
            for n in range(1, terms):
                t = order[n]
                low[t] = block_at(blocks.base, low[t], q.rows[t, 1], doc)
                if find(blocks, q.rows[t, 1], t, doc, low[t], reader) < 0:
                    holds = False
                    break
            if not holds or holds_any(blocks, barred_rows, doc, barred):
                continue
            found += 1
            score = score_of(q, doc, low, reader, left, right)
            if score >= theta:
                held = offer(scores, orders, docs, held, score, np.int64(part.order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
    best_first(scores, orders, docs, held)
    return held, found


@kernel
def all_of(  # type: ignore[no-untyped-def]
    table, masks, excluded, asked, given, nearby, window, k, counted, ints, floats, scores, docs, parts
):
    """The k best passages that hold all of the terms; see `any_kernels.any_of`.

    Returns (how many, how many match). Unless ``counted``, what cannot be among the
    best is not looked at, and the last number is less.
    """
    held, theta, total = 0, -1.0, 0
    orders, ints = ints[:k], ints[k:]
    for number in range(len(table)):
        count, found = _best_in(
            part_of(table, number), number, masks, excluded, asked, given, nearby, window, theta, counted,
            ints, floats, scores[len(scores) - k :], docs[len(docs) - k :], orders,
        )  # fmt: skip
        held = merge(table, scores, docs, parts, held, count, number, k)
        total += found
        if held >= k:
            theta = scores[k - 1]
    return held, total
