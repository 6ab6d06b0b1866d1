"""Compiled matching of words: their passages, x in each, the best of what is found. Needs ``fast``.

x is the sum over fields of frequency / norm (see `scoring`), before saturation. Results are
written into arrays that the caller gives; ``ints`` is work space of his too.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import array_at, mask_at, part_of
from essaysearch.columnar.best_kernels import best_first, offer
from essaysearch.columnar.block_kernels import code_of, docs_of, kernel, views, weighted
from essaysearch.columnar.call_kernels import call_of
from essaysearch.columnar.impact_kernels import word_of
from essaysearch.columnar.impacts import COUNT
from essaysearch.columnar.match_kernels import holds_any, rows_in, wanted
from essaysearch.columnar.space import SEEN


@kernel
def postings(data, at, norms, begin, end, ints, docs, xs):  # type: ignore[no-untyped-def]
    """The passages of a term (int64) and x in each (float64), of its blocks ``begin`` to ``end``.

    ``ints``: at least 128.
    """
    blocks = views(data, at)
    out = 0
    for block in range(begin, end):
        size, codes = docs_of(blocks, block, ints)
        row = 0
        for i in range(size):
            doc = ints[i]
            code = code_of(data, codes, i)
            docs[out] = doc
            if code:
                xs[out] = np.float64(code) / np.float64(norms[0, doc])
            else:
                xs[out] = weighted(blocks, codes, size, row, norms, doc)
                row += 1
            out += 1


@kernel
def count(frame):  # type: ignore[no-untyped-def]
    """How many passages hold any of the words of a query (`call_kernels.Call`), and none of the excluded."""
    call = call_of(frame)
    seen_at, total = call.head[SEEN], 0
    for number in range(len(call.table)):
        part = part_of(call.table, number)
        mask = mask_at(call.masks[number], part.passages).bits
        barred, rest = rows_in(call.excluded, number, call.ints)
        rows, rest = rows_in(call.asked, number, rest)
        seen = array_at(seen_at, (part.passages + 7) >> 3, np.uint8)
        for t in range(len(rows)):
            if rows[t, COUNT] == 0:
                continue
            for found in word_of(rows, t).docs:
                doc = np.int64(found)
                bit = np.uint8(1 << (doc & 7))
                if seen[doc >> 3] & bit == 0:
                    seen[doc >> 3] |= bit
                    if wanted(mask, doc) and not holds_any(part.blocks.base, barred, doc):
                        total += 1
        seen[:] = 0
    return total


@kernel
def best_of(found, xs, order, mask, live, orders, scores, docs):  # type: ignore[no-untyped-def]
    """The passages of the largest x that a mask allows, best first, into ``scores`` and ``docs``.

    Returns (how many, how many the mask allows, how many are ``live``).
    """
    held, allowed, alive = 0, 0, 0
    for n in range(len(found)):
        doc = found[n]
        if not wanted(live, doc):
            continue
        alive += 1
        if not wanted(mask, doc):
            continue
        allowed += 1
        if held < len(scores) or xs[n] >= scores[0]:
            held = offer(scores, orders, docs, held, xs[n], np.int64(order[doc]), doc)
    best_first(scores, orders, docs, held)
    return held, allowed, alive
