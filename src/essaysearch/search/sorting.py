"""In which order passages come: by score, date, karma, author or length, and what decides among equals."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Best, Evaluation, Scored
from essaysearch.columnar.snapshot import View
from essaysearch.search.asking import sort_keys
from essaysearch.tree import AnyFilter, Clauses, Filter, Node

Array = npt.NDArray[Any]
Rows = list[tuple[View, Scored]]
Keys = list[tuple[str, bool]]

BY_SCORE: Keys = [("relevance", False)]


def keys_of(sort: str | None, tree: Node) -> Keys:
    """(key, turned round) in order; unless told otherwise by score, and conditions alone newest first."""
    return sort_keys(sort) or ([("date", False)] if is_condition(tree) else BY_SCORE)


def is_condition(tree: Node) -> bool:
    """Whether a tree ranks nothing."""
    if isinstance(tree, (Filter, AnyFilter)):
        return True
    return isinstance(tree, Clauses) and not tree.must and not tree.should


def ordered(rows: Rows, keys: Keys, wanted: int | None = None) -> Iterator[Best]:
    """The passages in order, equal ones by document id, then passage number.

    Each segment is ordered by itself and merged as it is read. ``wanted``: how many are read at
    most, None for all; memory does not grow with them beyond a number for each match.
    """
    rows = [(view, found) for view, found in rows if len(found.docs)]
    if len(rows) == 1:
        return islice(_alone(*rows[0], keys, wanted), wanted)
    ways = [_in_view(view, found, keys, wanted) for view, found in rows]
    return islice((best for _, best in heapq.merge(*ways, key=itemgetter(0))), wanted)


def ids(evaluation: Evaluation, sort: str, k: int, offset: int) -> list[tuple[str, float]]:
    """(passage id, score) of the ``k`` passages from place ``offset`` on, in an order of their own."""
    best, _ = first(evaluation, keys_of(sort, evaluation.tree), offset + k)
    return [(f"{row.view.passage_ids.item(row.number):016x}", row.score) for row in best[offset:]]


def first(evaluation: Evaluation, keys: Keys, wanted: int) -> tuple[list[Best], int]:
    """The first ``wanted`` passages in order, and how many match.

    Where scores decide nothing, only those of the passages that come first are worked out.
    """
    scored, views = any(key == "relevance" for key, _ in keys), evaluation.snapshot.views
    if scored:
        rows = [(view, evaluation.matches(view)) for view in views]
    else:
        lists = [(view, evaluation.matching(view)) for view in views]
        rows = [(view, Scored(docs, np.zeros(len(docs)))) for view, docs in lists]
    best, total = list(ordered(rows, keys, wanted)), sum(len(found.docs) for _, found in rows)
    return best if scored else _with_scores(evaluation, best), total


def _with_scores(evaluation: Evaluation, best: list[Best]) -> list[Best]:
    """The same passages with their scores."""
    scores: dict[tuple[int, int], float] = {}
    for view in evaluation.snapshot.views:
        chosen = [row.number for row in best if row.view is view]
        if chosen:
            found = evaluation.matches(view, np.sort(chosen))
            scores |= {
                (view.base, n): s for n, s in zip(found.docs.tolist(), found.scores.tolist(), strict=True)
            }
    return [row._replace(score=scores[row.view.base, row.number]) for row in best]


def _alone(view: View, found: Scored, keys: Keys, wanted: int | None) -> Iterator[Best]:
    """The passages of the one segment that has any, in order."""
    columns = [column(view, found, key, turned) for key, turned in keys]
    for place in _order(view, found, columns, wanted):
        yield Best(float(found.scores[place]), view, int(found.docs[place]))


def _in_view(view: View, found: Scored, keys: Keys, wanted: int | None) -> Iterator[tuple[Any, Best]]:
    """The passages of a segment in order, each with what it sorts by among those of others."""
    segment = view.segment
    columns = [column(view, found, key, turned) for key, turned in keys]
    names = segment.names("authors")
    ids, codes = segment.names("id"), segment.file.array("id_code")
    for place in _order(view, found, columns, wanted):
        doc = int(found.docs[place])
        told: list[Any] = []
        for (key, turned), values in zip(keys, columns, strict=True):
            value = float(values[place])
            if key == "author" and not np.isinf(value):
                told.append((False, _Text(names[abs(int(value))], turned)))
            else:
                told.append((True, value) if key == "author" else value)
        name = ids[int(codes[int(segment.doc_of[doc])]) - 1]
        yield (*told, name, doc), Best(float(found.scores[place]), view, doc)


def _order(view: View, found: Scored, columns: list[Array], wanted: int | None) -> Array:
    if wanted is not None and len(found.docs) > 4 * wanted > 0:
        # Only what can be among the first is sorted at all.
        worst = np.partition(columns[0], wanted - 1)[wanted - 1]
        near = np.flatnonzero(columns[0] <= worst)
        held = [values[near] for values in reversed(columns)]
        return np.asarray(near[np.lexsort((view.segment.order[found.docs[near]], *held))[:wanted]])
    return np.lexsort((view.segment.order[found.docs], *reversed(columns)))[:wanted]


def column(view: View, found: Scored, key: str, turned: bool = False) -> Array:
    """Values to sort passages by, smallest first, float64; infinite where not known, however turned.

    Those of ``author`` are numbers of names within the segment.
    """
    values: Array = _COLUMNS[key](view, found)
    return np.where(np.isinf(values), values, -values) if turned else values


def _length(view: View, found: Scored) -> Array:
    return -view.segment.column("pass_size")[found.docs].astype(np.float64)


def _karma(view: View, found: Scored) -> Array:
    karma = view.segment.column("karma")[view.segment.doc_of[found.docs]]
    return np.where(np.isnan(karma), np.inf, -karma)


def _date(view: View, found: Scored) -> Array:
    snapshot = view.snapshot()
    assert snapshot is not None  # whoever evaluates holds it
    known: Array | None = snapshot.kept.get(("newest", view.base))
    if known is None:
        low = view.segment.column("date_low")[view.segment.doc_of]
        known = np.where(low == records.NO_DATE, np.inf, -low.astype(np.float64))
        snapshot.kept["newest", view.base] = known
    return known[found.docs]


def _author(view: View, found: Scored) -> Array:
    numbers = first_authors(view)[view.segment.doc_of[found.docs]]
    return np.where(numbers < 0, np.inf, numbers.astype(np.float64))


_COLUMNS = {
    "relevance": lambda view, found: -found.scores,
    "date": _date,
    "karma": _karma,
    "author": _author,
    "length": _length,
}


def first_authors(view: View) -> Array:
    """The number of the first author of each document among the segment's names, int64; -1 for none."""
    first = view.segment.file.array("authors_first").astype(np.int64)
    codes = view.segment.file.array("authors_code").astype(np.int64)
    if not len(codes):
        return np.full(len(first) - 1, -1)
    return np.where(first[1:] > first[:-1], codes[np.minimum(first[:-1], len(codes) - 1)], -1)


class _Text:
    """A text that sorts, or sorts the other way round."""

    def __init__(self, text: str, turned: bool) -> None:
        self.text, self.turned = text, turned

    def __lt__(self, other: _Text) -> bool:
        return self.text > other.text if self.turned else self.text < other.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and self.text == other.text
