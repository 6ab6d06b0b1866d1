"""How near two words of the query stand in given passages, and what that adds to a score."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.decoded import held_by_all, is_in, placed
from essaysearch.columnar.leaves import field_of
from essaysearch.columnar.segment import TermInfo
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.columnar.space import SPACE
from essaysearch.tree import Word

Array = npt.NDArray[Any]
MOST_POSITIONS = 512
"""Positions of a word in a passage that are looked at; later ones count no nearness."""


def bonus(
    snapshot: Snapshot, view: View, a: Word, b: Word, docs: Array, found: tuple[Array, Array] | None = None
) -> Array:
    """What the nearness of two words adds to the score of each of ``docs`` (ascending), float64.

    ``found``: what `nearness_by_passage` has found in the segment, where that is known.
    """
    added = np.zeros(len(docs))
    if found is None:
        found = nearness_by_passage(view, a, b, docs)
    if found is not None and len(docs):
        common, near = found
        place = np.minimum(np.searchsorted(docs, common), len(docs) - 1)
        held = docs[place] == common
        place, near = place[held], near[held]
        least = min(float(scoring.idf(snapshot.df(word.term), snapshot.passages)) for word in (a, b))
        added[place] = scoring.PROXIMITY_WEIGHT * least * near / (1.0 + near)
    return added


def nearness_by_passage(
    view: View, a: Word, b: Word, docs: Array | None = None, kernels: Any = None
) -> tuple[Array, Array] | None:
    """The passages (of ``docs``, ascending, or live) that hold both words, and their nearness in each.

    With ``kernels`` only those in which it is not 0.
    """
    segment = view.segment
    first, second = segment.term(a.term), segment.term(b.term)
    if first is None or second is None:
        return None
    if kernels is not None and docs is None:
        return _compiled(view, first, second, kernels)
    held = placed(view, first), placed(view, second)
    common = held_by_all([held[0].docs, held[1].docs, *([] if docs is None else [docs])])
    if docs is None:
        common = common[view.live[common]]
    if not len(common):
        return None
    near = np.zeros(len(common))
    (left_at, left), (right_at, right) = (_capped(*word.at(common)) for word in held)
    width = 32
    keys = (right_at << width) + right
    mask = (1 << width) - 1
    for distance in range(-scoring.PROXIMITY_WINDOW, scoring.PROXIMITY_WINDOW + 1):
        wanted = (left_at << width) + left + distance
        rows = np.flatnonzero(is_in(wanted, keys)) if distance else wanted[:0]
        rows = rows[(wanted[rows] >> width) == left_at[rows]]
        if len(rows) and len(view.starts) > 1:
            places = common[left_at[rows]]
            rows = rows[field_of(view, places, left[rows]) == field_of(view, places, wanted[rows] & mask)]
        if len(rows):
            near += np.bincount(left_at[rows], minlength=len(common)) / float(distance * distance)
    return common, near


def _compiled(view: View, first: TermInfo, second: TermInfo, kernels: Any) -> tuple[Array, Array]:
    segment = view.segment
    if first.df < second.df:
        first, second = second, first
    for info in (first, second):
        segment.touch_positions(info)
    docs, values = np.empty(second.df, np.int64), np.empty(second.df)
    size = kernels.near(
        *segment.arrays, view.starts, (first.block, first.block_end), (second.block, second.block_end),
        scoring.PROXIMITY_WINDOW, SPACE.room.ints(2), docs, values,
    )  # fmt: skip
    keep = np.flatnonzero(view.live[docs[:size]])
    return docs[keep], values[keep]


def _capped(sizes: Array, positions: Array) -> tuple[Array, Array]:
    """(number of the passage, position) of the first `MOST_POSITIONS` occurrences in each."""
    at = np.repeat(np.arange(len(sizes)), sizes)
    if len(sizes) and int(sizes.max()) > MOST_POSITIONS:
        within = np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        keep = within < MOST_POSITIONS
        return at[keep], positions[keep]
    return at, positions
