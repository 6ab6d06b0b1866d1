"""A query as compiled kernels take it, and what they found as it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from essaysearch import scoring
from essaysearch.columnar.addresses import Table
from essaysearch.columnar.impacts import WIDTH, Weighed
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.columnar.space import NAME, SPACE


class Wanted(NamedTuple):
    """``k``: how many passages. ``counted``: whether all that match are counted. ``offset``: the ids of the
    passages from this place on are wanted too; None: of none."""

    k: int
    counted: bool
    offset: int | None = None


def frame(
    snapshot: Snapshot,
    masks: Table,
    wanted: Wanted,
    terms: Sequence[Weighed],
    excluded: Sequence[Weighed] = (),
    weights: Sequence[float] = (),
    pairs: Sequence[float] = (),
    words: int = 0,
) -> int:
    """A query as the kernels take it: the address of the thread's frame (see `space`).

    ``pairs``: as `match_kernels` tells. ``words``: its ranking words, if not as many as ``terms``.
    """
    segments, size, (k, counted, offset) = len(snapshot.views), len(terms), wanted
    head = (
        snapshot.table(words or size).at, segments, masks.at, k, scoring.PROXIMITY_WINDOW, counted,
        0 if offset is None else snapshot.passage_ids.at, offset or 0,
        size, len(excluded), len(pairs) // 3,
    )  # fmt: skip
    rows = [term.at for term in terms]
    if excluded:
        rows += [term.at for term in excluded]
    return SPACE.room.ask(k, head, rows, (*weights, *pairs) if pairs else weights, segments)


def match_room(terms: Sequence[Weighed], snapshot: Snapshot, positions: int) -> None:
    """Make room to match a phrase of terms that stand at most so often in a passage."""
    words, most = len(terms), min([term.most for term in terms])
    # What the frame's words take of the same room comes first.
    positions += len(snapshot.views) * WIDTH
    SPACE.room.matching(words, positions, most + 1, snapshot.longest)


def named(held: int, offset: int, weight: float = 1.0) -> list[tuple[str, float]]:
    """(passage id, score) of the passages that a kernel just found, from place ``offset`` on.

    ``weight``: what their scores are to be multiplied by.
    """
    if held <= offset:
        return []
    room = SPACE.room
    names = str(room.digits[: NAME * (held - offset)], "ascii").split()
    scores = room.scores[offset:held].tolist()
    return list(zip(names, scores if weight == 1.0 else [weight * score for score in scores], strict=True))
