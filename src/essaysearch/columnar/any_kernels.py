"""Compiled ranking: the k best passages that hold any of some words. Needs the extra ``fast``."""

from __future__ import annotations

from essaysearch.columnar.address_kernels import part_of
from essaysearch.columnar.best_kernels import merge
from essaysearch.columnar.block_kernels import kernel
from essaysearch.columnar.rank_kernels import best_in


@kernel
def any_of(  # type: ignore[no-untyped-def]
    table, masks, excluded, asked, given, nearby, window, k, ints, floats, wide, scores, docs, parts
):
    """The k best passages that hold any of the words; returns how many.

    ``table``: as in `addresses`. ``masks``: the address of a mask for each segment. ``excluded``: words
    that no passage found may hold. For all else see `match_kernels`. ``scores`` and ``docs`` have room
    for k of each segment and k more, ``parts`` (the segment of each) for k of each: they stand best
    first, equally good ones as `merge` tells. ``ints``, ``floats`` and ``wide``: work space as `space`
    knows.
    """
    held, theta = 0, -1.0
    orders, ints = ints[:k], ints[k:]
    for number in range(len(table)):
        count, _ = best_in(
            part_of(table, number), number, masks, excluded, asked, given, nearby, window, theta, False,
            False, ints, floats, wide, scores[len(scores) - k :], docs[len(docs) - k :], orders,
        )  # fmt: skip
        held = merge(table, scores, docs, parts, held, count, number, k)
        if held >= k:
            theta = scores[k - 1]
    return held
