"""Documents ranked whole: a document's passages counted as if it had not been cut.

See `scoring.document_score`. Frequencies and lengths of the body are summed over a document's
live passages, own and quoted words each with their weight; title, section and answered quote are
counted once (their largest); document frequencies, averages and N count documents.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.evaluate import LEAVES, Evaluation
from essaysearch.columnar.leaves import tables
from essaysearch.columnar.snapshot import View
from essaysearch.model import VOICES
from essaysearch.tree import RANKING_FIELDS, Clauses, Node, Same, Word

Array = npt.NDArray[Any]
_QUOTED = VOICES.index("quoted")
_MOST_HOLDERS = 1 << 16


class Documents(NamedTuple):
    """Matching documents of one segment.

    ``documents``: ascending; ``scores``; ``best``: each one's best passage; ``sizes``: how many of
    its passages match.
    """

    documents: Array
    scores: Array
    best: Array
    sizes: Array


def rank_documents(evaluation: Evaluation) -> list[tuple[View, Documents]]:
    """For each segment the documents with at least one matching passage, and their scores."""
    views = evaluation.snapshot.views
    lengths = [_lengths(view) for view in views]
    averages = _averages(views, lengths)
    total = evaluation.snapshot.documents
    whole = [np.zeros(view.segment.documents) for view in views]
    for leaf, boost in _weighted_leaves(evaluation.tree, 1.0):
        xs = [_x(evaluation, view, leaf, held, averages) for view, held in zip(views, lengths, strict=True)]
        weight = boost * float(scoring.idf(sum(_df(evaluation, leaf, views, xs)), total))
        for scores, x in zip(whole, xs, strict=True):
            scores += weight * scoring.saturate(x)
    for a, b in evaluation.pairs:
        idf = [float(scoring.idf(sum(_held(view, word.term) for view in views), total)) for word in (a, b)]
        for view, scores in zip(views, whole, strict=True):
            near = evaluation.near(view, a, b)
            if near is not None:
                docs, values = near
                summed = np.bincount(view.segment.doc_of[docs], weights=values, minlength=len(scores))
                scores += scoring.proximity(idf[0], idf[1], summed)
    return [(view, _join(evaluation, view, scores)) for view, scores in zip(views, whole, strict=True)]


def best_documents(evaluation: Evaluation, k: int) -> list[tuple[str, float]]:
    """(document id, score) of the ``k`` best documents; equal scores by id."""
    rows: list[tuple[float, str]] = []
    for view, held in rank_documents(evaluation):
        segment = view.segment
        chosen = np.arange(len(held.documents))
        if len(chosen) > k > 0:
            worst = np.partition(held.scores, len(chosen) - k)[len(chosen) - k]
            chosen = np.flatnonzero(held.scores >= worst)
        names, codes = segment.names("id"), segment.file.array("id_code")
        rows += [(float(held.scores[n]), names[int(codes[held.documents[n]]) - 1]) for n in chosen]
    rows.sort(key=lambda row: (-row[0], row[1]))
    return [(name, score) for score, name in rows[:k]]


def _join(evaluation: Evaluation, view: View, whole: Array) -> Documents:
    found = evaluation.matches(view)
    document = view.segment.doc_of[found.docs]
    order = np.lexsort((found.docs, -found.scores, document))
    document, docs, scores = document[order], found.docs[order], found.scores[order]
    documents, first, sizes = np.unique(document, return_index=True, return_counts=True)
    ranked = scoring.document_score(whole[documents], scores[first], _lengths(view)[0][documents])
    return Documents(documents, np.where(scores[first] == 0, scores[first], ranked), docs[first], sizes)


def _weighted_leaves(node: Node, boost: float) -> list[tuple[Node, float]]:
    if isinstance(node, LEAVES):
        return [(node, boost * node.boost)]
    if isinstance(node, Clauses):
        return [
            row for child in (*node.must, *node.should) for row in _weighted_leaves(child, boost * node.boost)
        ]
    if isinstance(node, Same):
        return _weighted_leaves(node.child, boost * node.boost)
    return []


def _lengths(view: View) -> Array:
    """(4, documents): words of each field, as if the document had not been cut."""
    known: Array | None = view.document_lengths
    if known is None:
        segment = view.segment
        lengths = np.where(view.live, segment.lengths, 0)
        table = np.zeros((len(RANKING_FIELDS), segment.documents))
        table[0] = np.bincount(segment.doc_of, weights=lengths[0], minlength=segment.documents)
        for field in range(1, len(RANKING_FIELDS)):
            np.maximum.at(table[field], segment.doc_of, lengths[field])
        known = view.document_lengths = table
    return known


def _averages(views: list[View], lengths: list[Array]) -> list[float]:
    means = []
    for field in range(len(RANKING_FIELDS)):
        held = [table[field][view.segment.live_documents] for view, table in zip(views, lengths, strict=True)]
        words, holders = sum(float(h.sum()) for h in held), sum(int(np.count_nonzero(h)) for h in held)
        means.append(words / holders if holders else 1.0)
    return means


def _x(evaluation: Evaluation, view: View, leaf: Node, lengths: Array, averages: list[float]) -> Array:
    """x of each document of a segment for a leaf."""
    segment = view.segment
    docs, table = tables(view, leaf, evaluation.kernels)
    keep = view.live[docs]
    docs, table = docs[keep], table[keep]
    document = segment.doc_of[docs]
    x = np.zeros(segment.documents)
    for field, name in enumerate(RANKING_FIELDS):
        if not table[:, field].any():
            continue
        if field == 0:
            quoted = segment.column("voice")[docs] == _QUOTED
            for chosen, norm in ((~quoted, "body"), (quoted, "quote")):
                times = np.bincount(document[chosen], weights=table[chosen, 0], minlength=segment.documents)
                x += times / scoring.field_norm(norm, lengths[0], averages[0], evaluation.words)
        else:
            most = np.zeros(segment.documents)
            np.maximum.at(most, document, table[:, field])
            x += most / scoring.field_norm(name, lengths[field], averages[field], evaluation.words)
    return x


def _df(evaluation: Evaluation, leaf: Node, views: list[View], xs: list[Array]) -> list[int]:
    if isinstance(leaf, Word) and leaf.fields is not None:
        return [_held(view, leaf.term) for view in views]
    return [int(np.count_nonzero(x)) for x in xs]


def _held(view: View, term: str) -> int:
    """Live documents of a segment that hold a term in any ranking field."""
    known: int | None = view.holders.get(term)
    if known is None:
        info = view.segment.term(term)
        docs = np.zeros(0, np.int64) if info is None else view.segment.docs(info)
        documents = view.segment.doc_of[docs[view.live[docs]]]
        known = int(np.count_nonzero(documents[1:] != documents[:-1])) + int(len(documents) > 0)
        if len(view.holders) >= _MOST_HOLDERS:
            view.holders.clear()
        view.holders[term] = known
    return known
