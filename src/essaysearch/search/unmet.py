"""Why a query finds nothing: conditions that no passage meets, and parts that none meets at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import UnknownId
from essaysearch.model import Diagnostic
from essaysearch.nearest import nearest
from essaysearch.query.ranges import shown
from essaysearch.tree import AnyFilter, Clauses, Filter, Like, Node, Same

MOST_CHECKED = 20
"""Conditions of a query that are looked at."""

_GUESSED = {"author": "authors", "replyto": "authors", "category": "categories", "source": "source"}
"""Fields for which a value is offered: the names in this column, and the words in them."""


def unmet_conditions(snapshot: Snapshot, text: str, tree: Node) -> Iterator[Diagnostic]:
    """A warning for each condition that no passage meets, but for those that exclude.

    Nothing is said in an empty library.
    """
    conditions = list(islice(_conditions(tree), MOST_CHECKED))
    if not snapshot.passages or not conditions:
        return
    evaluation = Evaluation(snapshot, tree)
    for node in conditions:
        if isinstance(node, Like):
            try:
                snapshot.locate(node.passage_id)
            except UnknownId as error:
                yield Diagnostic("unmet-filter", node.start, node.end, str(error))
        elif not any((evaluation.mask(view, node) & view.live).any() for view in snapshot.views):
            typed = _written(node.field, str(node.value)) if node.op == "is" else text[node.start : node.end]
            message = f"Nothing in the library meets {shown(typed)}{_remedy(snapshot, node)}"
            yield Diagnostic("unmet-filter", node.start, node.end, message)


def parts_in_the_way(snapshot: Snapshot, text: str, tree: Node) -> Iterator[Diagnostic]:
    """For a query that finds nothing, though each condition of it is met: what it finds without a part."""
    parts = list(_without_a_part(tree)) if isinstance(tree, Clauses) else []
    if not 2 <= len(parts) <= MOST_CHECKED:
        return
    left = []
    for nodes, rest in parts:
        evaluation = Evaluation(snapshot, rest, proximity=False)
        count = sum(len(evaluation.matches(view).docs) for view in snapshot.views)
        if count:
            part = " ".join(text[node.start : node.end] for node in nodes)
            sign = "-" if nodes[0] in tree.must_not else ""
            left.append(f"without {shown(sign + part)} {count:,}")
    if left:
        message = f"No passage meets every part of the query at once; {', '.join(left)} would be found."
    else:
        message = "No passage meets every part of the query at once, nor all but one of them."
    yield Diagnostic("too-much-asked", 0, len(text), message)


def _without_a_part(tree: Clauses) -> Iterator[tuple[tuple[Node, ...], Clauses]]:
    """Each part that a passage must meet, and what is left of the tree without it."""
    must, should, must_not, filters = tree.must, tree.should, tree.must_not, tree.filters
    for node in must:
        yield (node,), Clauses(_but(node, must), () if len(must) == 1 else should, must_not, filters)
    if should and not must:
        yield should, Clauses((), (), must_not, filters)
    for node in must_not:
        yield (node,), Clauses(must, should, _but(node, must_not), filters)
    for node in filters:
        yield (node,), Clauses(must, should, must_not, _but(node, filters))


def _but(one: Node, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node is not one)


def _conditions(node: Node) -> Iterator[Filter | Like]:
    if isinstance(node, (Filter, Like)):
        yield node
    elif isinstance(node, AnyFilter):
        for child in node.filters:
            yield from _conditions(child)
    elif isinstance(node, Same):
        yield from _conditions(node.child)
    elif isinstance(node, Clauses):
        for child in (*node.must, *node.should, *node.filters):
            yield from _conditions(child)


def _remedy(snapshot: Snapshot, condition: Filter) -> str:
    """What to write instead, where the field's values tell."""
    column = _GUESSED.get(condition.field)
    if column is None or condition.op != "is":
        return "."
    names = {
        " ".join(words): name
        for view in snapshot.views
        for words, name in zip(
            view.segment.value_words(column), view.segment.names(column).all(), strict=True
        )
    }
    value = str(condition.value).lower()
    meant = nearest(value, sorted(names)) or nearest(value, sorted({w for n in names for w in n.split()}))
    if not meant:
        return "."
    return f"; did you mean `{_written(condition.field, names.get(meant, meant))}`?"


def _written(field: str, value: str) -> str:
    return f'{field}:"{value}"' if " " in value else f"{field}:{value}"
