"""Names within a query - a passage to be like - to the clauses they stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from essaysearch import scoring
from essaysearch.columnar.store import Snapshot
from essaysearch.errors import UnknownId
from essaysearch.text.analysis import STOP_WORDS, tokens
from essaysearch.tree import Clauses, Filter, Like, Named, Node, Nothing, Same, Word

MOST_WORDS = 24
"""Distinctive words that stand for a passage."""


TopicTree = Callable[[str], Node]
"""From a topic's name to its clauses; raises `TopicError` for a name nobody bears."""


def resolve(snapshot: Snapshot, tree: Node, topic: TopicTree) -> Node:
    """The tree with every `Like` and `Named` replaced. An id nobody bears is `Nothing`."""
    if isinstance(tree, Clauses):
        if not _names_something(tree):
            return tree
        parts = [
            tuple(resolve(snapshot, child, topic) for child in part)
            for part in (tree.must, tree.should, tree.must_not)
        ]
        exclude = tuple(Filter("passage", "is", like.passage_id) for like in _likes(tree))
        return Clauses(parts[0], parts[1], parts[2] + exclude, tree.filters, tree.boost, tree.start, tree.end)
    if isinstance(tree, Same):
        return Same(tree.scope, resolve(snapshot, tree.child, topic), tree.boost, tree.start, tree.end)
    if isinstance(tree, Like):
        return _like(snapshot, tree)
    if isinstance(tree, Named):
        return topic(tree.name)
    return tree


def _names_something(node: Node) -> bool:
    if isinstance(node, (Like, Named)):
        return True
    return any(_names_something(child) for child in node.children())


def _likes(tree: Clauses) -> list[Like]:
    return [node for node in (*tree.must, *tree.should) if isinstance(node, Like)]


def _like(snapshot: Snapshot, node: Like) -> Node:
    """The distinctive words of a passage, weighted by how often they occur in it."""
    try:
        view, number = snapshot.locate(node.passage_id)
    except UnknownId:
        return Nothing(node.start, node.end)
    held = [
        t
        for t in tokens(view.segment.passage_text(number))
        if t.surface not in STOP_WORDS and len(t.surface) > 1
    ]
    times = Counter(token.term for token in held)
    surface = {token.term: token.surface for token in held}
    weight = {
        term: count / (count + 1.0) * float(scoring.idf(snapshot.df(term), snapshot.passages))
        for term, count in times.items()
    }
    best = sorted(weight, key=lambda term: (-weight[term], term))[:MOST_WORDS]
    words = tuple(
        Word(surface[term], term, ("body",), boost=times[term] / (times[term] + 1.0)) for term in best
    )
    return (
        Clauses((), words, boost=node.boost, start=node.start, end=node.end)
        if words
        else Nothing(node.start, node.end)
    )
