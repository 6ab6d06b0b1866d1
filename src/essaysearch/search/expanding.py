"""A query's tree with the words that its own first results suggest; see `expansion`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch import expansion, scoring
from essaysearch.columnar.documents import rank_documents
from essaysearch.columnar.evaluate import Best, Evaluation, choose, query_weight
from essaysearch.columnar.leaves import field_texts
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.expansion import Added, Feedback
from essaysearch.model import VOICES
from essaysearch.search.asking import Search
from essaysearch.search.understanding import Understood
from essaysearch.text.analysis import tokens
from essaysearch.tree import RANKING_FIELDS, AddedWord, Clauses, Node

Array = npt.NDArray[Any]

_ASKED = ("body", "title", "section")
"""The fields that are asked for words; what a passage answers is another's."""


def expanded(snapshot: Snapshot, search: Search, understood: Understood, kernels: Any) -> Understood:
    """A search understood with the words it names to be added, or those its first results suggest.

    A search that ranks by nothing stays as it is. Raises `UnusableWords`.
    """
    tree = understood.tree
    if search.expand_with is not None:
        added = expansion.read_words(search.expand_with)
    else:
        added = suggested(snapshot, tree, kernels, search.group == "document", search.proximity)
    if not query_weight(tree):
        added = ()
    wider = with_words(tree, added)
    leaves = (*understood.leaves, *(AddedWord(one.word, one.term) for one in added))
    return understood._replace(tree=wider, leaves=leaves, added=added)


def with_words(tree: Node, added: Sequence[Added]) -> Node:
    """The tree with added words beside what it ranks by; whatever it requires or excludes still holds."""
    words = tuple(AddedWord(one.word, one.term, boost=one.weight) for one in added)
    if not words:
        return tree
    if isinstance(tree, Clauses) and tree.boost == 1.0:
        return Clauses(tree.must, tree.should + words, tree.must_not, tree.filters, 1.0, tree.start, tree.end)
    return Clauses((), (tree, *words), start=tree.start, end=tree.end)


def suggested(
    snapshot: Snapshot, tree: Node, kernels: Any, by_document: bool, proximity: bool = True
) -> tuple[Added, ...]:
    """The words to add to a query, heaviest first, weights as far trusted as `expansion.trust` says.

    ``by_document``: whether documents are ranked, each of which is asked through its best passage,
    or passages. Empty for a query that ranks by nothing, or finds fewer than two.
    """
    plain = Evaluation(snapshot, tree, kernels, proximity)
    own = query_weight(plain.tree)
    if own <= 0.0:
        return ()
    scores, first = _units(plain, by_document)
    surfaces: Counter[tuple[str, str]] = Counter()
    added = expansion.expand(own, [_feedback(snapshot, row, surfaces) for row in first])
    if not added:
        return ()
    wider = Evaluation(snapshot, with_words(tree, added), kernels, proximity)
    wider.share_nearness(plain)
    full, _ = _units(wider, by_document)
    share = expansion.trust(scores, full - scores)
    written: dict[str, str] = {}
    for (term, surface), _ in sorted(surfaces.items(), key=lambda row: (-row[1], row[0])):
        written.setdefault(term, surface)
    return tuple(replace(one, word=written[one.term]) for one in expansion.weakened(added, share))


def _units(evaluation: Evaluation, by_document: bool) -> tuple[Array, list[Best]]:
    """The score of every unit of the library (0: not found), and the passages of the first ones."""
    scores: list[Array] = []
    rows: list[Best] = []
    for view, numbers, found, best in _found(evaluation, by_document):
        held = np.zeros(view.segment.documents if by_document else view.segment.passages)
        held[numbers] = found
        scores.append(held)
        leading = np.argsort(-found, kind="stable")
        if len(leading) > expansion.FEEDBACK:
            leading = np.flatnonzero(found >= found[leading[expansion.FEEDBACK - 1]])
        rows += [Best(float(found[n]), view, int(best[n])) for n in leading.tolist()]
    return np.concatenate(scores) if scores else np.zeros(0), choose(rows, expansion.FEEDBACK)


def _found(evaluation: Evaluation, by_document: bool) -> Iterator[tuple[View, Array, Array, Array]]:
    """By segment: the numbers of the units found, their scores, the best passage of each."""
    if by_document:
        for view, held in rank_documents(evaluation):
            yield view, held.documents, held.scores, held.best
    else:
        for view in evaluation.snapshot.views:
            found = evaluation.matches(view)
            yield view, found.docs, found.scores, found.docs


def _feedback(snapshot: Snapshot, row: Best, surfaces: Counter[tuple[str, str]]) -> Feedback:
    """A passage's words: idf times saturation each. Their forms are counted in ``surfaces``."""
    segment = row.view.segment
    quoted = int(segment.column("voice")[row.number]) == VOICES.index("quoted")
    x: dict[str, float] = {}
    for field, text in zip(RANKING_FIELDS, field_texts(segment, row.number), strict=True):
        if field not in _ASKED:
            continue
        words = tokens(text)
        surfaces.update((token.term, token.surface) for token in words)
        average = snapshot.averages.mean(RANKING_FIELDS.index(field))
        norm = float(
            scoring.field_norm("quote" if quoted and field == "body" else field, len(words), average)
        )
        for term, times in Counter(token.term for token in words).items():
            x[term] = x.get(term, 0.0) + times / norm
    weights = {
        term: float(scoring.idf(snapshot.df(term), snapshot.passages)) * float(scoring.saturate(value))
        for term, value in x.items()
        if expansion.usable(term)
    }
    return Feedback(row.score, weights)
