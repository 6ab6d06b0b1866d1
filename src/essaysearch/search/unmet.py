"""Conditions of a query that nothing in the library meets, and the values that were meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.store import Snapshot
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
    if not snapshot.passages:
        return
    evaluation = Evaluation(snapshot, tree)
    for node in islice(_conditions(tree), MOST_CHECKED):
        if isinstance(node, Like):
            try:
                snapshot.locate(node.passage_id)
            except UnknownId as error:
                yield Diagnostic("unmet-filter", node.start, node.end, str(error))
        elif not any((evaluation.mask(view, node) & view.live).any() for view in snapshot.views):
            typed = _written(node.field, str(node.value)) if node.op == "is" else text[node.start : node.end]
            message = f"Nothing in the library meets {shown(typed)}{_remedy(snapshot, node)}"
            yield Diagnostic("unmet-filter", node.start, node.end, message)


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
