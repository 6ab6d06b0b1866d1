"""A search understood: the trees of its queries made one, and what was odd about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.model import Diagnostic
from essaysearch.query import Query, parse
from essaysearch.query.sentences import OF_A_LIBRARY
from essaysearch.search.asking import Search
from essaysearch.search.sorting import is_condition
from essaysearch.search.suggestions import authors_asked, unknown_words
from essaysearch.search.unmet import parts_in_the_way, unmet_conditions
from essaysearch.text.snippets import marked_leaves
from essaysearch.tree import Clauses, Node

if TYPE_CHECKING:
    from essaysearch.expansion import Added

Resolve = Callable[[Node, list[Diagnostic]], Node]
"""From a tree to the same with every name in it resolved; what nobody bears is said in the list."""


class Understood(NamedTuple):
    """``tree``: what is evaluated; ``leaves``: what snippets mark; ``queries``: each text as parsed.

    ``added``: the words that expansion added to the tree; None where it was not asked for.
    """

    tree: Node
    leaves: tuple[Node, ...]
    queries: tuple[tuple[str, Query], ...]
    added: tuple[Added, ...] | None = None

    def warnings(self, snapshot: Snapshot, found: int | None = None) -> Iterator[Diagnostic]:
        """What was odd about the query, then about those that narrow it (named, placed at its end).

        ``found``: how much it found, if that is known; where it is nothing, what was in the way.
        """
        (text, query), *narrowing = self.queries
        told = list(_warnings(snapshot, text, query))
        if found == 0 and not narrowing and not {one.kind for one in told} & set(OF_A_LIBRARY):
            told += parts_in_the_way(snapshot, text, self.tree)
        yield from told
        for narrower, parsed in narrowing:
            for warning in _warnings(snapshot, narrower, parsed):
                yield aside(warning, text, f"narrowed by `{narrower}`")


def _warnings(snapshot: Snapshot, text: str, query: Query) -> Iterator[Diagnostic]:
    yield from query.diagnostics
    yield from unknown_words(snapshot, text, query)
    yield from authors_asked(snapshot, query)
    yield from unmet_conditions(snapshot, text, query.tree)


def aside(warning: Diagnostic, text: str, of: str) -> Diagnostic:
    """A warning about another query than the text: named, and placed at the text's end."""
    return Diagnostic(warning.kind, len(text), len(text), f"{of}: {warning.message}")


def understand(search: Search, resolve: Resolve) -> Understood:
    """The queries of a search as one tree.

    The first of them that ranks is the one that ranks; the others are conditions that every hit
    meets, so narrowing takes hits away and leaves the order of the rest as it was.
    """
    queries = [(search.query, parse(search.query, search.day, search.literal))]
    queries += [(text, parse(text, search.day)) for text in search.narrow]
    trees = []
    for number, (text, query) in enumerate(queries):
        odd: list[Diagnostic] = []
        trees.append(resolve(query.tree, odd))
        if odd:
            queries[number] = text, query._replace(diagnostics=(*query.diagnostics, *odd))
    ranking = next((tree for tree in trees if not is_condition(tree)), trees[0])
    conditions = tuple(tree for tree in trees if tree is not ranking)
    leaves = tuple(leaf for tree in trees for leaf in marked_leaves(tree))
    return Understood(_narrowed(ranking, conditions), leaves, tuple(queries))


def _narrowed(tree: Node, conditions: tuple[Node, ...]) -> Node:
    if not conditions:
        return tree
    if isinstance(tree, Clauses):
        filters = tree.filters + conditions
        return Clauses(tree.must, tree.should, tree.must_not, filters, tree.boost, tree.start, tree.end)
    return Clauses((tree,), (), (), conditions)
