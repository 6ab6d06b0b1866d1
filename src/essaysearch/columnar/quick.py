"""The usual queries, the compiled way: plain words, all of some words, one phrase or pattern.

What is not usual goes to `evaluate.Evaluation`; scores, order and totals are the same. The care
here is for what surrounds a kernel that takes some ten microseconds: one call for all segments,
terms bound to a snapshot once, conditions made bits once, work space kept by each thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar import bound
from essaysearch.columnar.addresses import Table
from essaysearch.columnar.calls import Wanted, frame, match_room, named
from essaysearch.columnar.evaluate import Best, Evaluation, Ranked
from essaysearch.columnar.impacts import Weighed
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.columnar.space import SPACE
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Node, Phrase, Word

Array = npt.NDArray[Any]
SCALE = scoring.K1 + 1.0


class Rows(NamedTuple):
    """How many of the best there are and how many match (-1: not counted).

    They stand in the thread's room (`space`) until its next query; ``weight``: what their scores there are
    to be multiplied by.
    """

    held: int
    total: int
    weight: float = 1.0


def best(
    snapshot: Snapshot, tree: Node, kernels: Any, k: int, proximity: bool = True, count: bool = True
) -> Ranked:
    """The k best passages for a tree and, if asked for, how many match (else -1 may be told)."""
    found = _rows(snapshot, tree, kernels, Wanted(k, count), proximity)
    if found is None:
        return Evaluation(snapshot, tree, kernels, proximity).best(k)
    room, views, weight = SPACE.room, snapshot.views, found.weight
    scores, docs, parts = (values[: found.held].tolist() for values in (room.scores, room.docs, room.parts))
    return Ranked(
        [
            Best(weight * score, views[part], doc)
            for score, part, doc in zip(scores, parts, docs, strict=True)
        ],
        found.total,
    )


def ids(
    snapshot: Snapshot, tree: Node, kernels: Any, k: int, offset: int, proximity: bool
) -> list[tuple[str, float]]:
    """(passage id, score) of the ``k`` best passages from place ``offset`` on."""
    rows = _rows(snapshot, tree, kernels, Wanted(offset + k, False, offset), proximity)
    if rows is None:
        found = best(snapshot, tree, kernels, offset + k, proximity, False).best[offset:]
        return [(f"{row.view.passage_ids.item(row.number):016x}", row.score) for row in found]
    return named(rows.held, offset, rows.weight)


def _rows(snapshot: Snapshot, tree: Node, kernels: Any, wanted: Wanted, proximity: bool) -> Rows | None:
    """The best by a kernel; None where a query has no kernel of its own."""
    if kernels is None or wanted.k <= 0 or not snapshot.views:
        return None
    if type(tree) is not Clauses or tree.boost != 1.0:
        return None
    leaves = tree.must or tree.should
    if not leaves or (tree.must and tree.should) or not _are_conditions(tree):
        return None
    wanted = wanted._replace(k=min(wanted.k, snapshot.passages) or 1)
    for leaf in leaves:
        if type(leaf) is not Word or leaf.fields is not None or leaf.exact:
            break
    else:
        words: tuple[Any, ...] = leaves
        return _plain(snapshot, tree, words, kernels, wanted, proximity)
    if len(leaves) == 1 and not any(isinstance(node, Word) for node in tree.must_not):
        if isinstance(leaves[0], Phrase):
            return _phrase(snapshot, tree, leaves[0], kernels, wanted)
        if isinstance(leaves[0], Expand):
            return _pattern(snapshot, tree, leaves[0], kernels, wanted)
    return None


def _are_conditions(tree: Clauses) -> bool:
    """Whether all that narrows a query is metadata, or plain words to be left out."""
    for node in tree.filters:
        if not isinstance(node, (Filter, AnyFilter)):
            return False
    for node in tree.must_not:
        if isinstance(node, Word):
            if node.fields is not None or node.exact:
                return False
        elif not isinstance(node, (Filter, AnyFilter)):
            return False
    return True


def _plain(
    snapshot: Snapshot, tree: Clauses, words: tuple[Word, ...], kernels: Any, wanted: Wanted, proximity: bool
) -> Rows | None:
    """Plain words side by side (or all required), with conditions; None where one stands twice."""
    size = len(words)
    if size > 1 and len({word.term for word in words}) < size:
        return None
    of = snapshot.impacts.of
    terms = [of(snapshot, word.term, size, kernels) for word in words]
    weights = [word.boost * term.idf * SCALE for word, term in zip(words, terms, strict=True)]
    if min(weights) <= 0.0:
        return None
    barring = [node for node in tree.must_not if isinstance(node, Word)]
    excluded = [of(snapshot, node.term, size, kernels) for node in barring]
    pairs = _pairs(snapshot, words, kernels) if proximity and size > 1 else ()
    masks = masks_of(snapshot, tree)
    asked = frame(snapshot, masks, wanted, terms, excluded, weights, pairs)
    if tree.must:
        return Rows(*kernels.all_of(asked))
    held, total = kernels.any_of(asked), -1
    if wanted.counted and size == 1 and not excluded and masks is snapshot.live_masks:
        total = snapshot.df(words[0].term)
    elif wanted.counted:
        SPACE.room.seen(snapshot.longest)
        total = kernels.count(asked)
    return Rows(held, total)


def _pairs(snapshot: Snapshot, words: tuple[Word, ...], kernels: Any) -> list[float]:
    """The pairs of words that stand side by side, and the most each can add, as the kernels take them.

    Their positions are verified.
    """
    terms = [snapshot.term(word.term, kernels) for word in words]
    for term in terms:
        for view, info in zip(snapshot.views, term.infos, strict=True):
            if info is not None:
                view.segment.touch_positions(info)
    flat: list[float] = []
    for n in range(len(terms) - 1):
        flat += (n, n + 1, min(terms[n].idf, terms[n + 1].idf) * scoring.PROXIMITY_WEIGHT)
    return flat


def masks_of(snapshot: Snapshot, tree: Clauses) -> Table:
    """The passages that the conditions allow."""
    barred = tuple(node for node in tree.must_not if not isinstance(node, Word))
    if not tree.filters and not barred:
        return snapshot.live_masks

    def make(view: View) -> Array:
        evaluation = Evaluation(snapshot, tree)
        met = view.live.copy()
        for node in tree.filters:
            met &= evaluation.mask(view, node)
        for node in barred:
            met &= ~evaluation.mask(view, node)
        return met

    return snapshot.masks((tree.filters, barred), make)


def _phrase(snapshot: Snapshot, tree: Clauses, leaf: Phrase, kernels: Any, wanted: Wanted) -> Rows | None:
    """One phrase, with conditions; None where positions alone do not decide it."""
    if bound.phrase(snapshot, leaf, kernels) is None:
        return None
    terms = [snapshot.impacts.of(snapshot, word.term, 1, kernels) for word in leaf.words]
    return together(
        snapshot, masks_of(snapshot, tree), terms, kernels, wanted, leaf.slop, leaf.ordered, leaf.boost
    )


def together(
    snapshot: Snapshot,
    masks: Table,
    terms: Sequence[Weighed],
    kernels: Any,
    wanted: Wanted,
    slop: int = 0,
    ordered: bool = True,
    boost: float = 1.0,
) -> Rows:
    """The best passages in which terms whose positions are verified stand together."""
    asked = frame(snapshot, masks, wanted, terms)
    room, held = 0, -64
    while held < 0:  # a word stands more often in one passage than there is room for
        room = max(-held, 2 * room)
        match_room(terms, snapshot, room)
        held, total, df = kernels.best_phrase(asked, slop, ordered, room)
    return Rows(held, total, _weight(snapshot, boost, df))


def _pattern(snapshot: Snapshot, tree: Clauses, leaf: Expand, kernels: Any, wanted: Wanted) -> Rows | None:
    """One pattern, with conditions; None where only some fields are asked for."""
    if leaf.fields is not None:
        return None
    terms = bound.pattern(snapshot, leaf, kernels)
    asked = frame(snapshot, masks_of(snapshot, tree), wanted, (), words=1)
    SPACE.room.found(terms.size + 1)
    SPACE.room.tallies(len(snapshot.views[0].norms(1)), snapshot.longest)
    held, total, df = kernels.best_pattern(asked, terms.at)
    return Rows(held, total, _weight(snapshot, leaf.boost, df))


def _weight(snapshot: Snapshot, boost: float, df: int) -> float:
    return boost * _idf(df, snapshot.passages) * SCALE


@lru_cache(maxsize=1 << 12)
def _idf(df: int, passages: int) -> float:
    return float(scoring.idf(df, passages))
