"""Compiled ranking: the k best passages that hold any of some words. Needs the extra ``fast``."""

from __future__ import annotations

from essaysearch.columnar.address_kernels import part_of
from essaysearch.columnar.best_kernels import merge
from essaysearch.columnar.block_kernels import kernel
from essaysearch.columnar.call_kernels import call_of, name
from essaysearch.columnar.rank_kernels import best_in


@kernel
def any_of(frame):  # type: ignore[no-untyped-def]
    """The k best passages that hold any of the words of a query (`call_kernels.Call`); returns how many."""
    call = call_of(frame)
    k, scores, docs = call.k, call.scores, call.docs
    held, theta = 0, -1.0
    orders, ints = call.ints[:k], call.ints[k:]
    for number in range(len(call.table)):
        count, _ = best_in(
            part_of(call.table, number), number, call.masks, call.excluded, call.asked, call.weights,
            call.pairs, call.window, theta, False, False, ints, call.floats, call.wide,
            scores[len(scores) - k :], docs[len(docs) - k :], orders,
        )  # fmt: skip
        held = merge(call.table, scores, docs, call.parts, held, count, number, k)
        if held >= k:
            theta = scores[k - 1]
    name(frame, held)
    return held
