"""The usual queries, the compiled way: plain words, all of some words, one phrase or pattern.

What is not usual goes to `evaluate.Evaluation`; scores, order and totals are the same. The care
here is for what surrounds a kernel that takes some ten microseconds: one call for all segments,
terms bound to a snapshot once, conditions made bits once, work space kept by each thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar import bound
from essaysearch.columnar.addresses import Table
from essaysearch.columnar.evaluate import Best, Evaluation, Ranked
from essaysearch.columnar.impacts import WIDTH, Weighed
from essaysearch.columnar.space import PUT_BY, SPACE
from essaysearch.columnar.store import Snapshot, Term, View
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Node, Phrase, Word

Array = npt.NDArray[Any]
_SCALE = scoring.K1 + 1.0
_NO_PAIRS = np.zeros(0)
_BIG_ENDIAN = np.dtype(">u8")


class Rows(NamedTuple):
    """The best passages as a kernel leaves them, best first; good until the thread's next query.

    ``parts``: the segment of each. ``held``: how many there are. ``total``: how many match (-1: not
    counted).
    """

    scores: Array
    docs: Array
    parts: Array
    held: int
    total: int


def best(
    snapshot: Snapshot, tree: Node, kernels: Any, k: int, proximity: bool = True, count: bool = True
) -> Ranked:
    """The k best passages for a tree and, if asked for, how many match (else -1 may be told)."""
    rows = _rows(snapshot, tree, kernels, k, proximity, count)
    if rows is None:
        return Evaluation(snapshot, tree, kernels, proximity).best(k)
    scores, docs, parts = (values[: rows.held].tolist() for values in (rows.scores, rows.docs, rows.parts))
    views = snapshot.views
    return Ranked(
        [Best(score, views[part], doc) for score, part, doc in zip(scores, parts, docs, strict=True)],
        rows.total,
    )


def ids(
    snapshot: Snapshot, tree: Node, kernels: Any, k: int, offset: int, proximity: bool
) -> list[tuple[str, float]]:
    """(passage id, score) of the ``k`` best passages from place ``offset`` on."""
    rows = _rows(snapshot, tree, kernels, offset + k, proximity, False)
    if rows is None:
        found = best(snapshot, tree, kernels, offset + k, proximity, False).best[offset:]
        return [(f"{row.view.passage_ids.item(row.number):016x}", row.score) for row in found]
    names = _names(snapshot, rows.docs[offset : rows.held], rows.parts[offset : rows.held])
    return list(zip(names, rows.scores[offset : rows.held].tolist(), strict=True))


def _names(snapshot: Snapshot, docs: Array, parts: Array) -> list[str]:
    """The ids of passages: 16 hexadecimal digits each."""
    views = snapshot.views
    if len(views) == 1:
        found = views[0].passage_ids[docs]
    else:
        columns = [view.passage_ids for view in views]
        numbers = zip(docs.tolist(), parts.tolist(), strict=True)
        found = np.array([columns[part].item(doc) for doc, part in numbers], dtype=np.uint64)
    digits = found.astype(_BIG_ENDIAN).tobytes().hex()
    return [digits[at : at + 16] for at in range(0, len(digits), 16)]


def _rows(snapshot: Snapshot, tree: Node, kernels: Any, k: int, proximity: bool, count: bool) -> Rows | None:
    """The best by a kernel; None where a query has no kernel of its own."""
    if kernels is None or k <= 0 or not snapshot.views or type(tree) is not Clauses or tree.boost != 1.0:
        return None
    leaves = tree.must or tree.should
    if not leaves or (tree.must and tree.should) or not _are_conditions(tree):
        return None
    k = min(k, snapshot.passages) or 1
    for leaf in leaves:
        if type(leaf) is not Word or leaf.fields is not None or leaf.exact:
            break
    else:
        words: tuple[Any, ...] = leaves
        return _plain(snapshot, tree, words, kernels, k, proximity, count)
    if len(leaves) == 1 and not any(isinstance(node, Word) for node in tree.must_not):
        if isinstance(leaves[0], Phrase):
            return _phrase(snapshot, tree, leaves[0], kernels, k)
        if isinstance(leaves[0], Expand):
            return _pattern(snapshot, tree, leaves[0], kernels, k)
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
    snapshot: Snapshot,
    tree: Clauses,
    words: tuple[Word, ...],
    kernels: Any,
    k: int,
    proximity: bool,
    count: bool,
) -> Rows | None:
    """Plain words side by side (or all required), with conditions; None where one stands twice."""
    if len(words) > 1 and len({word.term for word in words}) < len(words):
        return None
    count_of, of = len(words), snapshot.impacts.of
    terms = [of(snapshot, word.term, count_of, kernels) for word in words]
    weights = [word.boost * term.idf * _SCALE for word, term in zip(words, terms, strict=True)]
    if min(weights) <= 0.0:
        return None
    excluded: list[Weighed] = []
    if tree.must_not:
        barring = [node for node in tree.must_not if isinstance(node, Word)]
        excluded = [of(snapshot, node.term, count_of, kernels) for node in barring]
    pairs = _pairs(snapshot, words, kernels) if proximity and count_of > 1 else _NO_PAIRS
    table, masks = snapshot.table(count_of), _masks(snapshot, tree)
    size, segments = count_of + len(excluded), len(snapshot.views)
    asked, barred = _asked(terms, segments, WIDTH), _asked(excluded, segments, WIDTH)
    ints = SPACE.ints(size, 2 * PUT_BY + 10 * k)
    scores, docs, parts = SPACE.best(k, segments)
    given = (table.rows, masks.rows, barred, asked, np.array(weights), pairs, scoring.PROXIMITY_WINDOW, k)
    if tree.must:
        held, total = kernels.all_of(*given, count, ints, SPACE.floats(size), SPACE.wide, scores, docs, parts)
    else:
        held = kernels.any_of(*given, ints, SPACE.floats(size), SPACE.wide, scores, docs, parts)
        total = -1
        if count and len(terms) == 1 and not excluded and masks is snapshot.live_masks:
            total = snapshot.df(words[0].term)
        elif count:
            seen = SPACE.seen(max(view.segment.passages for view in snapshot.views))
            total = kernels.count(table.rows, masks.rows, barred, asked, seen, ints)
    return Rows(scores, docs, parts, held, total)


def _pairs(snapshot: Snapshot, words: tuple[Word, ...], kernels: Any) -> Array:
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
    return np.array(flat)


def _asked(terms: Sequence[Term | Weighed], segments: int, width: int) -> Array:
    """Words as the kernels take them, int64 (words, segments, width)."""
    if not terms:
        return _no_words(segments, width)
    return np.frombuffer(b"".join([term.rows for term in terms]), np.int64).reshape(-1, segments, width)


@cache
def _no_words(segments: int, width: int) -> Array:
    return np.zeros((0, segments, width), dtype=np.int64)


def _masks(snapshot: Snapshot, tree: Clauses) -> Table:
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


def _phrase(snapshot: Snapshot, tree: Clauses, leaf: Phrase, kernels: Any, k: int) -> Rows | None:
    """One phrase, with conditions; None where positions alone do not decide it."""
    terms = bound.phrase(snapshot, leaf, kernels)
    if terms is None:
        return None
    masks, segments = _masks(snapshot, tree), len(snapshot.views)
    weighed = [snapshot.impacts.of(snapshot, word.term, 1, kernels) for word in leaf.words]
    table, asked = snapshot.table(len(terms)), _asked(weighed, segments, WIDTH)
    scores, docs, parts = SPACE.best(k, segments)
    most = min(max(info.df if info else 0 for info in term.infos) for term in terms)
    found, xs = SPACE.found(most + 1)
    room, held = 0, -64
    while held < 0:  # a word stands more often in one passage than there is room for
        room = max(-held, 2 * room)
        ints = SPACE.ints(len(terms), len(terms) * room + k)
        held, total, df = kernels.best_phrase(
            table.rows,
            masks.rows,
            asked,
            leaf.slop,
            leaf.ordered,
            room,
            k,
            ints,
            found,
            xs,
            scores,
            docs,
            parts,
        )
    return _weighed(snapshot, leaf, df, Rows(scores, docs, parts, held, total))


def _pattern(snapshot: Snapshot, tree: Clauses, leaf: Expand, kernels: Any, k: int) -> Rows | None:
    """One pattern, with conditions; None where only some fields are asked for."""
    if leaf.fields is not None:
        return None
    held_terms = bound.pattern(snapshot, leaf, kernels)
    masks, table, segments = _masks(snapshot, tree), snapshot.table(1), len(snapshot.views)
    scores, docs, parts = SPACE.best(k, segments)
    found, xs = SPACE.found(held_terms.size + 1)
    held, total, df = kernels.best_pattern(
        table.rows, masks.rows, held_terms.rows, held_terms.firsts, held_terms.ordinals, SPACE.counts, k,
        SPACE.ints(0, k), SPACE.passages(max(view.segment.passages for view in snapshot.views)), found, xs,
        scores, docs, parts,
    )  # fmt: skip
    return _weighed(snapshot, leaf, df, Rows(scores, docs, parts, held, total))


def _weighed(snapshot: Snapshot, leaf: Phrase | Expand, df: int, rows: Rows) -> Rows:
    """Rows of x made rows of scores: which are the best does not change."""
    weight = leaf.boost * float(scoring.idf(df, snapshot.passages)) * _SCALE
    x = rows.scores[: rows.held]
    rows.scores[: rows.held] = weight * (x / (1.0 + x))
    return rows
