"""Booleans over a wider or narrower scope than the passage: `same:sentence(…)`, `same:thread(…)`.

In a wider scope each word may be met in another passage; what is found are the passages that
hold evidence, within units (documents, threads) in which the whole boolean holds. In the scope
of a sentence one sentence must hold all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.roots import derived_roots
from essaysearch.columnar.snapshot import View
from essaysearch.late import late
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Node, Phrase, Same, Word

if TYPE_CHECKING:
    from essaysearch.columnar.evaluate import Evaluation

Array = npt.NDArray[Any]


def same_mask(evaluation: Evaluation, view: View, node: Same) -> Array:
    """Which passages of a segment lie in a unit where the boolean of ``node`` holds; bool."""
    if node.scope == "sentence":
        return _sentences(evaluation, view, node.child)
    if node.scope == "passage":
        return evaluation.mask(view, node.child)
    held = _units_where(evaluation, node.child, node.scope)
    return np.asarray(np.isin(_units(evaluation, view, node.scope), np.array(sorted(held), dtype=np.int64)))


def _units(evaluation: Evaluation, view: View, scope: str) -> Array:
    """A number for the unit of each passage, the same number for the same unit in every segment."""
    snapshot = evaluation.snapshot
    known: Array | None = view.units.get(scope)
    if known is None:
        column = "thread" if scope == "thread" else "id"
        segment = view.segment
        codes = segment.file.array(f"{column}_code").astype(np.int64)
        numbers = [snapshot.unit_number(name) for name in segment.names(column).all()]
        if scope == "thread":
            own = segment.file.array("id_code").astype(np.int64)
            names = segment.names("id")
            alone = [snapshot.unit_number(names[int(code) - 1]) for code in own]
            documents = np.where(
                codes > 0, np.array([0, *numbers], dtype=np.int64)[codes], np.array(alone, np.int64)
            )
            for number, root in derived_roots(snapshot, segment).items():
                documents[number] = snapshot.unit_number(root)
        else:
            documents = np.array([0, *numbers], dtype=np.int64)[codes]
        known = view.units[scope] = documents[segment.doc_of]
    return known


def _units_where(evaluation: Evaluation, node: Node, scope: str) -> set[int]:
    """The units in which a boolean holds, its parts met in any of their live passages."""
    if isinstance(node, Clauses):
        required = [_units_where(evaluation, child, scope) for child in (*node.must, *node.filters)]
        optional = [_units_where(evaluation, child, scope) for child in node.should]
        if required:
            held = set.intersection(*required)
        elif optional:
            held = set.union(*optional)
        else:
            held = {
                n for v in evaluation.snapshot.views for n in _units(evaluation, v, scope)[v.live].tolist()
            }
        for excluded in node.must_not:
            held -= _units_where(evaluation, excluded, scope)
        return held
    held = set()
    for view in evaluation.snapshot.views:
        met = evaluation.mask(view, node) & view.live
        held.update(np.unique(_units(evaluation, view, scope)[met]).tolist())
    return held


def _sentences(evaluation: Evaluation, view: View, node: Node) -> Array:
    """Passages with one sentence in which the boolean holds: candidates first, then their texts."""
    from essaysearch.text.sentences import sentences

    met = np.zeros(view.segment.passages, dtype=bool)
    loose = evaluation.mask(view, _without_exclusions(node)) & view.live
    for doc in np.flatnonzero(loose):
        paragraphs = _PARAGRAPHS.split(view.segment.passage_text(int(doc)))
        met[doc] = any(
            _holds(view, node, paragraph[start:end], int(doc))
            for paragraph in paragraphs
            for start, end in sentences(paragraph)
        )
    return met


_PARAGRAPHS = late(r"\n[^\S\n]*\n\s*")
"""Between the paragraphs of a passage, which no sentence crosses."""


def _without_exclusions(node: Node) -> Node:
    if isinstance(node, Clauses):
        return Clauses(
            tuple(_without_exclusions(child) for child in node.must),
            tuple(_without_exclusions(child) for child in node.should),
            (),
            node.filters,
        )
    return node


def _holds(view: View, node: Node, sentence: str, doc: int) -> bool:
    from essaysearch.text.matching import occurrences

    if isinstance(node, Clauses):
        if not all(_holds(view, child, sentence, doc) for child in (*node.must, *node.filters)):
            return False
        if any(_holds(view, child, sentence, doc) for child in node.must_not):
            return False
        return (
            bool(node.must)
            or not node.should
            or any(_holds(view, child, sentence, doc) for child in node.should)
        )
    if isinstance(node, (Word, Phrase, Expand)):
        return bool(occurrences(node, sentence))
    return isinstance(node, (Filter, AnyFilter))  # decided for the whole passage already
