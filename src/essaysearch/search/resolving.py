"""Names within a query - a passage to be like - to the clauses they stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from essaysearch import scoring
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import TopicError, UnknownId
from essaysearch.model import Diagnostic
from essaysearch.query.sentences import with_outcome
from essaysearch.text.analysis import STOP_WORDS, tokens
from essaysearch.tree import Clauses, Filter, Like, Named, Node, Nothing, Same, Word

MOST_WORDS = 24
"""Distinctive words that stand for a passage."""


TopicTree = Callable[[str], Node]
"""From a topic's name to its clauses; raises `TopicError` where it has none that can be read."""


def resolve(
    snapshot: Snapshot, tree: Node, topic: TopicTree, odd: list[Diagnostic], excluded: bool = False
) -> Node:
    """The tree with every `Like` and `Named` replaced. An id nobody bears is `Nothing`.

    A topic that cannot be had is said in ``odd``; its words are searched, or where it was to be
    excluded left out.
    """
    if isinstance(tree, Clauses):
        if not _names_something(tree):
            return tree
        parts = [
            tuple(resolve(snapshot, child, topic, odd, excluded != negated) for child in part)
            for part, negated in ((tree.must, False), (tree.should, False), (tree.must_not, True))
        ]
        exclude = tuple(Filter("passage", "is", like.passage_id) for like in _likes(tree))
        return Clauses(parts[0], parts[1], parts[2] + exclude, tree.filters, tree.boost, tree.start, tree.end)
    if isinstance(tree, Same):
        return Same(
            tree.scope, resolve(snapshot, tree.child, topic, odd, excluded), tree.boost, tree.start, tree.end
        )
    if isinstance(tree, Like):
        return _like(snapshot, tree)
    if isinstance(tree, Named):
        try:
            return topic(tree.name)
        except TopicError as error:
            words = () if excluded else _words(tree)
            message = with_outcome(str(error).rstrip("."), not words)
            odd.append(Diagnostic("unknown-topic", tree.start, tree.end, message))
            return Clauses((), words, start=tree.start, end=tree.end) if words else Nothing()
    return tree


def _words(node: Named) -> tuple[Word, ...]:
    """The words of a name as plain words, in its place."""
    return tuple(
        Word(token.surface, token.term, None, False, node.boost, node.start, node.end)
        for token in tokens(node.name)
        if token.surface not in STOP_WORDS
    )


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
