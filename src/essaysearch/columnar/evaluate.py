"""A query tree to ranked passages, segment by segment.

Three steps: *bind* gives each leaf its weight from the statistics of all live passages; *evaluate*
turns the tree into arrays of (passage, score) for each segment; the best k are chosen by score,
then document id, then passage number. The usual trees - words side by side, words that must all
be there, one phrase, each with conditions - have compiled ways of their own that look only at
what can still be among the best. Both ways give the same scores: every score is the float64 sum
of its clauses in the order of the query, plus the pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar import filters, proximity
from essaysearch.columnar.decoded import held_by_all, is_in
from essaysearch.columnar.leaves import Found, find
from essaysearch.columnar.scopes import same_mask
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.tree import (
    AddedWord,
    AnyFilter,
    Clauses,
    Every,
    Expand,
    Filter,
    Node,
    Nothing,
    Phrase,
    Same,
    Word,
)

Array = npt.NDArray[Any]
LEAVES = (Word, Phrase, Expand)


class Best(NamedTuple):
    """A ranked passage: its score, its segment's view and its number there."""

    score: float
    view: View
    number: int


class Ranked(NamedTuple):
    """The best passages, best first, and how many match in all (-1: not counted)."""

    best: list[Best]
    total: int


class Scored(NamedTuple):
    """``docs``: matching live passages of one segment, ascending, int64; ``scores``: float64."""

    docs: Array
    scores: Array


EMPTY = Scored(np.zeros(0, np.int64), np.zeros(0))


class Evaluation:
    """One tree against one snapshot. ``kernels``: the compiled module, or None for NumPy alone.

    ``proximity``: whether words that stand near one another add to the score.
    """

    def __init__(self, snapshot: Snapshot, tree: Node, kernels: Any = None, proximity: bool = True) -> None:
        self.snapshot, self.kernels = snapshot, kernels
        self.words = query_length(tree)
        self.tree = _without_repetition(tree)
        self.pairs = _pairs(tree) if proximity and self.words > 1 else []
        self._found: dict[tuple[int, int], Found] = {}
        self._near: dict[tuple[int, str, str], tuple[Array, Array]] = {}
        self._weights: dict[int, float] = {}

    # Weights

    def weight(self, leaf: Node) -> float:
        """boost * idf * (k1 + 1): what x / (1 + x) is multiplied by."""
        known = self._weights.get(id(leaf))
        if known is None:
            known = (
                leaf.boost * float(scoring.idf(self.df(leaf), self.snapshot.passages)) * (scoring.K1 + 1.0)
            )
            self._weights[id(leaf)] = known
        return known

    def df(self, leaf: Node) -> int:
        """Live passages that hold a word in any ranking field; that match a phrase or pattern."""
        if isinstance(leaf, Word):
            return self.snapshot.df(leaf.term)
        total = 0
        for view in self.snapshot.views:
            docs = self.found(view, leaf).docs
            total += len(docs) if view.segment.live is None else int(np.count_nonzero(view.live[docs]))
        return total

    def found(self, view: View, leaf: Node) -> Found:
        """What a leaf finds in a segment, deleted passages included; computed once."""
        key = (view.base, id(leaf))
        known = self._found.get(key)
        if known is None:
            known = self._found[key] = find(view, leaf, self.words, self.kernels)
        return known

    # Whole arrays

    def matching(self, view: View) -> Array:
        """Every live passage of a segment that matches, without scores: ascending, int64."""
        met = self.mask(view, self.tree)
        return np.flatnonzero(met if view.segment.live is None else met & view.live)

    def matches(self, view: View, among: Array | None = None) -> Scored:
        """Every live passage of a segment that matches, with its score.

        ``among``: passages, ascending, of which alone this is wanted.
        """
        found = self._node(view, self.tree, among)
        if view.segment.live is not None:
            keep = view.live[found.docs]
            found = Scored(found.docs[keep], found.scores[keep])
        if self.pairs and len(found.docs):
            scores = found.scores.copy()
            for a, b in self.pairs:
                if self.snapshot.df(a.term) and self.snapshot.df(b.term):
                    scores += self._bonus(view, a, b, found.docs)
            found = Scored(found.docs, scores)
        return found

    def share_nearness(self, other: Evaluation) -> None:
        """Take over what another evaluation of the same snapshot knows of words that stand together."""
        self._near = other._near

    def near(self, view: View, a: Word, b: Word) -> tuple[Array, Array]:
        """The live passages of a segment in which two words stand near each other, and how near."""
        key = (view.base, a.term, b.term)
        known = self._near.get(key)
        if known is None:
            found = proximity.nearness_by_passage(view, a, b, kernels=self.kernels)
            known = self._near[key] = (np.zeros(0, np.int64), np.zeros(0)) if found is None else found
        return known

    def _bonus(self, view: View, a: Word, b: Word, docs: Array) -> Array:
        if self.kernels is None and (view.base, a.term, b.term) not in self._near:
            return proximity.bonus(self.snapshot, view, a, b, docs)
        return proximity.bonus(self.snapshot, view, a, b, docs, self.near(view, a, b))

    def _node(self, view: View, node: Node, among: Array | None = None) -> Scored:
        if isinstance(node, LEAVES):
            docs, x = self.found(view, node)
            if among is not None:
                among = among[is_in(among, docs)]
                docs, x = among, x[np.searchsorted(docs, among)]
            return Scored(docs, self.weight(node) * (x / (1.0 + x)))
        if isinstance(node, Clauses):
            return self._clauses(view, node, among)
        if isinstance(node, (Filter, AnyFilter, Every)):
            met = self.mask(view, node)
            docs = np.flatnonzero(met) if among is None else among[met[among]]
            return Scored(docs, np.zeros(len(docs)))
        if isinstance(node, Same):
            inner = self._node(view, _any_of(node.child), among)
            keep = same_mask(self, view, node)[inner.docs]
            return Scored(inner.docs[keep], node.boost * inner.scores[keep])
        assert isinstance(node, Nothing), f"{type(node).__name__} must be resolved before evaluation"
        return EMPTY

    def _clauses(self, view: View, node: Clauses, among: Array | None) -> Scored:
        parts = [self._node(view, child, among) for child in (*node.must, *node.should)]
        required, optional = parts[: len(node.must)], parts[len(node.must) :]
        if required:
            docs = held_by_all([part.docs for part in required])
        elif optional:
            docs = _union([part.docs for part in optional])
        else:
            docs = np.arange(view.segment.passages) if among is None else among
        for condition in node.filters:
            docs = docs[self.mask(view, condition)[docs]]
        for excluded in node.must_not:
            docs = docs[~self.mask(view, excluded)[docs]]
        scores = np.zeros(len(docs))
        for part in parts:
            if len(part.docs):
                place = np.minimum(np.searchsorted(part.docs, docs), len(part.docs) - 1)
                scores += np.where(part.docs[place] == docs, part.scores[place], 0.0)
        return Scored(docs, scores * node.boost if node.boost != 1.0 else scores)

    def mask(self, view: View, node: Node) -> Array:
        """Which passages of a segment meet a condition, or match a clause; bool."""
        if isinstance(node, Filter):
            return self.snapshot.mask(
                view, node, lambda: filters.passage_mask(self.snapshot, view.segment, node)
            )
        if isinstance(node, AnyFilter):
            met = np.zeros(view.segment.passages, dtype=bool)
            for child in node.filters:
                met |= self.mask(view, child)
            return met
        if isinstance(node, Every):
            return np.ones(view.segment.passages, dtype=bool)
        met = np.zeros(view.segment.passages, dtype=bool)
        if isinstance(node, LEAVES):
            met[self.found(view, node).docs] = True
        elif isinstance(node, Clauses):
            self._meet(view, node, met)
        else:
            met[self._node(view, node).docs] = True
        return met

    def _meet(self, view: View, node: Clauses, met: Array) -> None:
        """Say in ``met`` (so far nowhere true) where clauses match."""
        if node.must:
            met |= self.mask(view, node.must[0])
            for child in node.must[1:]:
                met &= self.mask(view, child)
        elif not node.should:
            met |= True
        else:
            for child in node.should:
                if isinstance(child, LEAVES):
                    met[self.found(view, child).docs] = True
                else:
                    met |= self.mask(view, child)
        for condition in node.filters:
            met &= self.mask(view, condition)
        for excluded in node.must_not:
            met &= ~self.mask(view, excluded)

    # The best

    def best(self, k: int) -> Ranked:
        """The k best passages, and how many match."""
        rows: list[Best] = []
        total = 0
        for view in self.snapshot.views:
            found = self.matches(view)
            total += len(found.docs)
            rows += _top(view, found, k)
        return Ranked(choose(rows, k), total)


_NO_DOCS = np.zeros(0, np.int64)


def _union(lists: list[Array]) -> Array:
    filled = [docs for docs in lists if len(docs)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        return _NO_DOCS
    # Not np.unique, which loads numpy.ma: a twentieth of a cold search.
    merged = np.sort(np.concatenate(filled))
    return np.asarray(merged[np.concatenate(([True], merged[1:] != merged[:-1]))])


def _any_of(node: Node) -> Node:
    """A boolean with its conjunctions loosened: what can be evidence of it in one passage."""
    if isinstance(node, Clauses):
        return Clauses((), tuple(_any_of(child) for child in (*node.must, *node.should)), boost=node.boost)
    return node


def _top(view: View, found: Scored, k: int) -> list[Best]:
    docs, scores = found.docs, found.scores
    if len(docs) > k > 0:
        worst = np.partition(scores, len(scores) - k)[len(scores) - k]
        keep = np.flatnonzero(scores >= worst)
        docs, scores = docs[keep], scores[keep]
        if len(docs) > k:
            order = np.lexsort((view.segment.order[docs], -scores))[:k]
            docs, scores = docs[order], scores[order]
    return (
        [Best(score, view, doc) for score, doc in zip(scores.tolist(), docs.tolist(), strict=True)]
        if k > 0
        else []
    )


def choose(rows: list[Best], k: int) -> list[Best]:
    """The k best of several segments: by score, then document id, then passage number."""
    rows.sort(key=lambda row: (-row.score, row.view.base))
    if any(a.score == b.score and a.view is b.view for a, b in pairwise(rows)):  # else no order is read
        rows.sort(key=lambda row: (-row.score, row.view.base, int(row.view.segment.order[row.number])))
    return untied(rows, k)


def untied(rows: list[Best], k: int) -> list[Best]:
    """The k best of rows that stand by score and, within a segment, by (document id, number)."""
    if len({row.view.base for row in rows}) < 2:
        return rows[:k]
    at = 0
    while at < min(k, len(rows)):
        end = at + 1
        while end < len(rows) and rows[end].score == rows[at].score:
            end += 1
        if end - at > 1:
            rows[at:end] = sorted(rows[at:end], key=_place)
        at = end
    return rows[:k]


def _place(row: Best) -> tuple[str, int]:
    segment = row.view.segment
    document = int(segment.doc_of[row.number])
    return segment.keyword("id", document) or "", row.number


def query_length(tree: Node) -> int:
    """How many ranking words a query holds; what its expansion adds does not count."""
    leaves = (leaf for leaf in _ranking_leaves(tree) if not isinstance(leaf, AddedWord))
    return sum(len(leaf.words) if isinstance(leaf, Phrase) else 1 for leaf in leaves)


def query_weight(tree: Node) -> float:
    """The weights of all that a query ranks by, added up."""
    return sum(leaf.boost for leaf in _ranking_leaves(tree))


def _ranking_leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, LEAVES):
        yield node
    elif isinstance(node, Clauses):
        for child in (*node.must, *node.should):
            yield from _ranking_leaves(child)
    elif isinstance(node, Same):
        yield from _ranking_leaves(node.child)


def _pairs(tree: Node) -> list[tuple[Word, Word]]:
    """The distinct pairs of plain words that stand side by side in the query, in its order."""
    if not isinstance(tree, Clauses):
        return []
    words = [n for n in (*tree.must, *tree.should) if type(n) is Word and n.fields is None and not n.exact]
    if tree.must and tree.should:
        words.sort(key=lambda word: word.start)
    pairs: dict[frozenset[str], tuple[Word, Word]] = {}
    for a, b in pairwise(words):
        if a.term != b.term:
            pairs.setdefault(frozenset((a.term, b.term)), (a, b))
    return list(pairs.values())


def _without_repetition(tree: Node) -> Node:
    """The tree with plain words that stand more than once side by side joined into one.

    The first of them stays, its boost risen by `scoring.query_weight`.
    """
    if not isinstance(tree, Clauses):
        return tree
    for words in (tree.must, tree.should):
        terms = [word.term for word in words if type(word) is Word]
        if len(set(terms)) < len(terms):
            break
    else:
        return tree
    return Clauses(
        _joined(tree.must),
        _joined(tree.should),
        tree.must_not,
        tree.filters,
        tree.boost,
        tree.start,
        tree.end,
    )


def _joined(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    held: dict[Any, Node] = {}
    times: dict[Any, int] = {}
    for node in nodes:
        key = (
            (node.term, node.fields, node.exact and node.text, node.boost) if type(node) is Word else id(node)
        )
        held.setdefault(key, node)
        times[key] = times.get(key, 0) + 1
    return tuple(_repeated(node, times[key]) for key, node in held.items())


def _repeated(node: Node, times: int) -> Node:
    if times == 1 or not isinstance(node, Word):
        return node
    boost = node.boost * float(scoring.query_weight(times))
    return Word(node.text, node.term, node.fields, node.exact, boost, node.start, node.end)
