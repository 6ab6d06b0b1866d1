"""Compiled choice of the best: a heap of scores whose worst stands at the root. Needs the extra ``fast``.

Of equal scores the one with the smaller number in ``orders`` is better.
"""

from __future__ import annotations

from essaysearch.columnar.block_kernels import kernel


@kernel
def _worse(score, order, other_score, other_order):  # type: ignore[no-untyped-def]
    return score < other_score or (score == other_score and order > other_order)


@kernel
def _sink(scores, orders, docs, size, score, order, doc):  # type: ignore[no-untyped-def]
    """Put a passage at the root of a heap of ``size`` and let it sink to its place."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and _worse(scores[child + 1], orders[child + 1], scores[child], orders[child]):
            child += 1
        if _worse(scores[child], orders[child], score, order):
            scores[at], orders[at], docs[at] = scores[child], orders[child], docs[child]
            at = child
        else:
            break
    scores[at], orders[at], docs[at] = score, order, doc


@kernel
def offer(scores, orders, docs, held, score, order, doc):  # type: ignore[no-untyped-def]
    """Offer a passage to the heap, which has room for ``len(scores)``; returns how many it holds."""
    if held == len(scores):
        if _worse(scores[0], orders[0], score, order):
            _sink(scores, orders, docs, held, score, order, doc)
        return held
    at = held
    while at > 0:
        parent = (at - 1) >> 1
        if not _worse(score, order, scores[parent], orders[parent]):
            break
        scores[at], orders[at], docs[at] = scores[parent], orders[parent], docs[parent]
        at = parent
    scores[at], orders[at], docs[at] = score, order, doc
    return held + 1


@kernel
def best_first(scores, orders, docs, held):  # type: ignore[no-untyped-def]
    """Turn the heap into a list, best first."""
    for last in range(held - 1, 0, -1):
        score, order, doc = scores[last], orders[last], docs[last]
        scores[last], orders[last], docs[last] = scores[0], orders[0], docs[0]
        _sink(scores, orders, docs, last, score, order, doc)
