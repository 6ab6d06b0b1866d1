"""The usual queries, the compiled way: plain words, all of some words, one phrase or pattern.

What is not usual goes to `evaluate.Evaluation`; scores, order and totals are the same. The care
here is for what surrounds a kernel that takes some ten microseconds: terms are bound to a snapshot
once, conditions become bits once, and a thread keeps its work space.
"""

from __future__ import annotations

from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.evaluate import Best, Evaluation, Ranked, untied
from essaysearch.columnar.leaves import find
from essaysearch.columnar.space import SPACE
from essaysearch.columnar.store import NO_MASK, Snapshot, Term, View
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Node, Phrase, Word

Array = npt.NDArray[Any]
_SCALE = scoring.K1 + 1.0
_NO_ROWS = np.frombuffer(b"", dtype=np.int64).reshape(-1, 3)
_NO_PAIRS = np.zeros(0)
_UNBOUNDED = 1e12
"""Makes every bound hold: for queries whose norms differ from those that bounds were taken at."""

_score = itemgetter(0)


def best(
    snapshot: Snapshot, tree: Node, kernels: Any, k: int, proximity: bool = True, count: bool = True
) -> Ranked:
    """The k best passages for a tree and, if asked for, how many match (else -1 may be told)."""
    if kernels is not None and k > 0 and type(tree) is Clauses and tree.boost == 1.0:
        leaves = tree.must or tree.should
        if leaves and not (tree.must and tree.should) and _are_conditions(tree):
            if all(type(leaf) is Word and leaf.fields is None and not leaf.exact for leaf in leaves):
                words = tuple(leaf for leaf in leaves if isinstance(leaf, Word))
                found = _plain(snapshot, tree, words, kernels, k, proximity, count)
                if found is not None:
                    return found
            elif len(leaves) == 1 and isinstance(leaves[0], (Phrase, Expand)):
                return _single(snapshot, tree, leaves[0], kernels, k)
    return Evaluation(snapshot, tree, kernels, proximity).best(k)


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
) -> Ranked | None:
    """Plain words side by side (or all required), with conditions; None where one stands twice."""
    terms = [word.term for word in words]
    if len(words) > 1 and len(set(terms)) < len(terms):
        return None
    bound = [snapshot.term(term, kernels) for term in terms]
    weights = [word.boost * held.idf * _SCALE for word, held in zip(words, bound, strict=True)]
    if min(weights) <= 0.0:
        return None
    excluded = [snapshot.term(node.term, kernels) for node in tree.must_not if isinstance(node, Word)]
    pairs = _pairs(bound) if proximity and len(words) > 1 else _NO_PAIRS
    values = np.array(weights)
    k = min(k, snapshot.passages) or 1
    scores, docs = SPACE.best(k)
    size = len(words) + len(excluded)
    ints, floats = SPACE.ints(size, k), SPACE.floats(size)
    rows: list[Best] = []
    total, threshold = 0, -1.0
    for number, view in enumerate(snapshot.views):
        segment = view.segment
        if len(pairs):
            for held in bound:
                if held.infos[number] is not None:
                    segment.touch_positions(held.infos[number])  # type: ignore[arg-type]
        bounded = len(words) <= scoring.SHORT_QUERY
        grown = view.grown if bounded else _UNBOUNDED
        mask = _mask(snapshot, tree, view)
        without = _rows(excluded, number) if excluded else _NO_ROWS
        asked = _rows(bound, number)
        fixed = (
            *segment.arrays, view.norms(len(words)), segment.order, view.starts, mask, without, asked, values,
            pairs, scoring.PROXIMITY_WINDOW, grown, ints, floats, scores, docs,
        )  # fmt: skip
        if tree.must:
            size, matching = kernels.all_of(*fixed, threshold, count)
            total += matching
        else:
            shrunk = view.shrunk if bounded else 0.0
            size = kernels.any_of(*fixed, shrunk, threshold, SPACE.sums, SPACE.touched)
            if count:
                if len(bound) == 1 and not (len(mask) or excluded):
                    total += bound[0].infos[number].df if bound[0].infos[number] is not None else 0  # type: ignore[union-attr]
                else:
                    seen = np.zeros((segment.passages >> 3) + 1, dtype=np.uint8)
                    total += kernels.count(*segment.arrays, asked, mask, without, seen, ints)
        rows += map(Best, scores[:size].tolist(), repeat(view), docs[:size].tolist())
        if len(snapshot.views) > 1:
            rows.sort(key=_score, reverse=True)
            if len(rows) >= k:
                threshold = max(threshold, rows[k - 1].score)
    return Ranked(untied(rows, k), total if count else -1)


def _pairs(bound: list[Term]) -> Array:
    """The pairs of words that stand side by side, and the most each can add, as the kernels take them."""
    flat: list[float] = []
    for n in range(len(bound) - 1):
        flat += (n, n + 1, min(bound[n].idf, bound[n + 1].idf) * scoring.PROXIMITY_WEIGHT)
    return np.array(flat)


def _rows(terms: list[Term], view: int) -> Array:
    """Terms as the kernels take them."""
    return np.frombuffer(b"".join([term.rows[view] for term in terms]), dtype=np.int64).reshape(-1, 3)


def _mask(snapshot: Snapshot, tree: Clauses, view: View) -> Array:
    """The passages that the conditions allow, as bits; no byte where all are allowed."""
    barred = tuple(node for node in tree.must_not if not isinstance(node, Word))
    if not tree.filters and not barred:
        return view.live_bits

    def make() -> Array:
        evaluation = Evaluation(snapshot, tree)
        met = view.live.copy()
        for node in tree.filters:
            met &= evaluation.mask(view, node)
        for node in barred:
            met &= ~evaluation.mask(view, node)
        return met

    return snapshot.bits(view, (tree.filters, barred), make)


def _single(snapshot: Snapshot, tree: Clauses, leaf: Phrase | Expand, kernels: Any, k: int) -> Ranked:
    """One phrase or pattern, with conditions."""
    words = len(leaf.words) if isinstance(leaf, Phrase) else 1
    k = min(k, snapshot.passages) or 1
    excluded = [node for node in tree.must_not if isinstance(node, Word)]
    if excluded:
        return Evaluation(snapshot, tree, kernels).best(k)
    found = []
    total, df = 0, 0
    for view in snapshot.views:
        docs, x = find(view, leaf, view.norms(words), kernels)
        mask = _mask(snapshot, tree, view)
        live = view.live_bits
        xs, best_docs = SPACE.best(k)
        mask = NO_MASK if mask is live else mask
        size, wanted, alive = kernels.best_of(
            docs, x, view.segment.order, mask, live, SPACE.ints(0, k), xs, best_docs
        )
        total, df = total + wanted, df + alive
        found.append((view, xs[:size].copy(), best_docs[:size].copy()))
    weight = leaf.boost * float(scoring.idf(df, snapshot.passages)) * _SCALE
    rows = []
    for view, xs, docs in found:
        scores = weight * (xs / (1.0 + xs))
        rows += [Best(score, view, doc) for score, doc in zip(scores.tolist(), docs.tolist(), strict=True)]
    if len(snapshot.views) > 1:
        rows.sort(key=_score, reverse=True)
    return Ranked(untied(rows, k), total)
