"""Compiled choice of the best: a heap of scores whose worst stands at the root. Needs the extra ``fast``.

Of equal scores the one with the smaller number in ``orders`` is better.
"""

from __future__ import annotations

from essaysearch.columnar.address_kernels import named_before
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
def raised(heap, held, value):  # type: ignore[no-untyped-def]
    """Offer a number to a heap of the largest, the least at the root; returns how many it holds."""
    size = len(heap)
    if held < size:
        at = held
        while at > 0 and heap[(at - 1) >> 1] > value:
            heap[at] = heap[(at - 1) >> 1]
            at = (at - 1) >> 1
        heap[at] = value
        return held + 1
    if value > heap[0]:
        at = 0
        while 2 * at + 1 < size:
            child = 2 * at + 1
            if child + 1 < size and heap[child + 1] < heap[child]:
                child += 1
            if heap[child] >= value:
                break
            heap[at] = heap[child]
            at = child
        heap[at] = value
    return held


@kernel
def best_first(scores, orders, docs, held):  # type: ignore[no-untyped-def]
    """Turn the heap into a list, best first."""
    for last in range(held - 1, 0, -1):
        score, order, doc = scores[last], orders[last], docs[last]
        scores[last], orders[last], docs[last] = scores[0], orders[0], docs[0]
        _sink(scores, orders, docs, last, score, order, doc)


@kernel
def saturate(xs, held):  # type: ignore[no-untyped-def]
    """x of the first ``held`` passages made x / (1 + x)."""
    for n in range(held):
        xs[n] = xs[n] / (1.0 + xs[n])


@kernel
def merge(table, scores, docs, parts, held, count, part, k):  # type: ignore[no-untyped-def]
    """Merge the ``count`` best of one segment into the ``held`` best of those before it; returns how many.

    At most k are kept. Both stand best first, the new ones in the last ``k`` places of ``scores`` and
    ``docs``. Of equally good passages of different segments the one whose document's id is less is
    better. ``table``: as in `addresses`.
    """
    fresh = len(scores) - k
    old, new, to = held - 1, count - 1, held + count - 1
    while new >= 0:
        last = old >= 0 and scores[old] <= scores[fresh + new]
        if last and scores[old] == scores[fresh + new]:
            last = named_before(table, part, docs[fresh + new], parts[old], docs[old])
        if last:
            scores[to], docs[to], parts[to] = scores[old], docs[old], parts[old]
            old -= 1
        else:
            scores[to], docs[to], parts[to] = scores[fresh + new], docs[fresh + new], part
            new -= 1
        to -= 1
    return min(held + count, k)
