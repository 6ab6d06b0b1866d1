"""The usual queries, the compiled way: plain words, all of some words, one phrase or pattern.

What is not usual goes to `evaluate.Evaluation`; scores, order and totals are the same. The care
here is for what surrounds a kernel that takes some ten microseconds: terms are bound to a snapshot
once, conditions become bits once, and a thread keeps its work space.
"""

from __future__ import annotations

import threading
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.evaluate import Best, Evaluation, Ranked, untied
from essaysearch.columnar.leaves import find
from essaysearch.columnar.store import NO_MASK, Snapshot, Term, View
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Node, Phrase, Word

Array = npt.NDArray[Any]
_SCALE = scoring.K1 + 1.0
_NO_ROWS = np.frombuffer(b"", dtype=np.int64).reshape(-1, 6)
_NO_PAIRS = np.zeros((0, 2), dtype=np.int64)
_NO_WEIGHTS = np.zeros(0)
_UNBOUNDED = 1e12
"""Makes every bound hold: for queries whose norms differ from those that bounds were taken at."""

_POSITIONS_OF_A_WORD = 512
_score = itemgetter(0)


def best(
    snapshot: Snapshot, tree: Node, kernels: Any, k: int, proximity: bool = True, count: bool = True
) -> Ranked:
    """The k best passages for a tree and, if asked for, how many match (else -1 may be told)."""
    if (
        kernels is not None
        and k > 0
        and type(tree) is Clauses
        and tree.boost == 1.0
        and not (tree.must and tree.should)
    ):
        leaves = tree.must or tree.should
        if leaves and _are_conditions(tree):
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


class _Space(threading.local):
    """Work space of a thread: sums (kept at 0), passages touched, positions of two words."""

    def __init__(self) -> None:
        from essaysearch.columnar.kernels import WINDOW

        self.sums = np.zeros(WINDOW, dtype=np.float32)
        self.touched = np.empty(WINDOW, dtype=np.int32)
        self.left = np.empty(_POSITIONS_OF_A_WORD, dtype=np.int64)
        self.right = np.empty(_POSITIONS_OF_A_WORD, dtype=np.int64)


_space: _Space | None = None


def _work() -> _Space:
    global _space
    if _space is None:
        _space = _Space()
    return _space


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
    bound = [snapshot.term(term) for term in terms]
    weights = [word.boost * held.idf * _SCALE for word, held in zip(words, bound, strict=True)]
    pairs = [(n, n + 1) for n in range(len(words) - 1)] if proximity else []
    excluded = [snapshot.term(node.term) for node in tree.must_not if isinstance(node, Word)]
    required = bool(tree.must)
    rows: list[Best] = []
    total, threshold = 0, -1.0
    space = _work()
    for number, view in enumerate(snapshot.views):
        held = [n for n in range(len(words)) if bound[n].rows[number]]
        if not held or (required and len(held) < len(words)):
            continue
        mask = _mask(snapshot, tree, view)
        without = _rows(excluded, number)
        packed = _rows([bound[n] for n in held] if len(held) < len(words) else bound, number)
        near, caps = _NO_PAIRS, _NO_WEIGHTS
        if pairs:
            near, caps = _near(bound, pairs, held, weights, number)
            if len(near):
                for n in held:
                    view.segment.touch_positions(bound[n].infos[number])  # type: ignore[arg-type]
        fixed = (*view.arrays, view.norms(len(words)), view.segment.order, view.starts)
        values = np.array(weights if len(held) == len(words) else [weights[n] for n in held])
        if required:
            scores, docs, matching = kernels.all_of(
                *fixed,
                space.left,
                space.right,
                mask,
                without,
                packed,
                values,
                k,
                near,
                caps,
                scoring.PROXIMITY_WINDOW,
            )
            total += matching
        else:
            grown = view.grown if len(words) <= scoring.SHORT_QUERY else _UNBOUNDED
            if not (len(mask) or excluded or grown == _UNBOUNDED):
                for n in held:
                    known = weights[n] * view.reached(bound[n].infos[number], k)  # type: ignore[arg-type]
                    threshold = max(threshold, known)
            scores, docs = kernels.any_of(
                *fixed, space.sums, space.touched, space.left, space.right, mask, without, packed, values,
                grown, threshold, k, near, caps, scoring.PROXIMITY_WINDOW,
            )  # fmt: skip
            if count:
                if len(held) == 1 and not (len(mask) or excluded):
                    total += bound[held[0]].infos[number].df  # type: ignore[union-attr]
                else:
                    total += kernels.count_any(
                        view.arrays[0], view.arrays[3], packed, mask, without, view.segment.passages
                    )
        rows += [Best(score, view, doc) for score, doc in zip(scores.tolist(), docs.tolist(), strict=True)]
        if len(snapshot.views) > 1:
            rows.sort(key=_score, reverse=True)
            if len(rows) >= k:
                threshold = max(threshold, rows[k - 1].score)
    return Ranked(untied(rows, k), total if count or required else -1)


def _rows(terms: list[Term], view: int) -> Array:
    """Terms as the kernels take them."""
    packed = b"".join([term.rows[view] for term in terms])
    return np.frombuffer(packed, dtype=np.int64).reshape(-1, 6) if packed else _NO_ROWS


def _near(
    bound: list[Term], pairs: list[tuple[int, int]], held: list[int], weights: list[float], view: int
) -> tuple[Array, Array]:
    """The pairs whose words a segment both has, by place among them, and the most each can add."""
    place = {n: at for at, n in enumerate(held)}
    kept = [
        (place[a], place[b], min(bound[a].idf, bound[b].idf)) for a, b in pairs if a in place and b in place
    ]
    if not kept:
        return _NO_PAIRS, _NO_WEIGHTS
    caps = np.array([least for _, _, least in kept]) * scoring.PROXIMITY_WEIGHT
    return np.array([(a, b) for a, b, _ in kept], dtype=np.int64), caps


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
    size = len(leaf.words) if isinstance(leaf, Phrase) else 1
    excluded = [node for node in tree.must_not if isinstance(node, Word)]
    if excluded:
        return Evaluation(snapshot, tree, kernels).best(k)
    found = []
    total, df = 0, 0
    for view in snapshot.views:
        docs, x = find(view, leaf, view.norms(size), kernels)
        mask = _mask(snapshot, tree, view)
        live = view.live_bits
        xs, docs, wanted, alive = kernels.best_of(
            docs, x, view.segment.order, NO_MASK if mask is live else mask, live, k
        )
        total, df = total + wanted, df + alive
        found.append((view, xs, docs))
    weight = leaf.boost * float(scoring.idf(df, snapshot.passages)) * _SCALE
    rows = []
    for view, xs, docs in found:
        scores = weight * (xs / (1.0 + xs))
        rows += [Best(score, view, doc) for score, doc in zip(scores.tolist(), docs.tolist(), strict=True)]
    if len(snapshot.views) > 1:
        rows.sort(key=_score, reverse=True)
    return Ranked(untied(rows, k), total)
