"""The order of results: by relevance or by metadata, several keys, the same on every run."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Best, Scored, choose
from essaysearch.columnar.store import View
from essaysearch.errors import UnknownChoice
from essaysearch.tree import AnyFilter, Clauses, Filter, Node

Array = npt.NDArray[Any]
SORTS = ("relevance", "date", "karma", "author", "length")
"""Keys to sort by: best, newest, highest, A to Z, longest first; a ``-`` before a key turns it round."""

BY_RELEVANCE = [("relevance", False)]

Rows = list[tuple[View, Scored]]
"""What is to be ordered, segment by segment."""


def sort_keys(sort: str | None, tree: Node) -> list[tuple[str, bool]]:
    """(key, turned round) in order; a query of conditions alone is newest first."""
    if not sort:
        return [("date", False)] if _only_conditions(tree) else BY_RELEVANCE
    keys = []
    for part in sort.split(","):
        name = part.strip()
        turned = name.startswith("-")
        name = name.lstrip("-")
        if name not in SORTS:
            raise UnknownChoice(f"Results cannot be sorted by `{name}`. Choose among: {', '.join(SORTS)}.")
        keys.append((name, turned))
    return keys


def _only_conditions(tree: Node) -> bool:
    if isinstance(tree, (Filter, AnyFilter)):
        return True
    return isinstance(tree, Clauses) and not tree.must and not tree.should


def _key_values(view: View, found: Scored, key: str) -> Array:
    """Values to sort passages by, smallest first; infinite where unknown, in either direction."""
    segment = view.segment
    documents = segment.doc_of[found.docs]
    if key == "relevance":
        return -found.scores
    if key == "length":
        return -segment.column("pass_size")[found.docs].astype(np.float64)
    if key == "karma":
        karma = segment.column("karma")[documents]
        return np.where(np.isnan(karma), np.inf, -karma)
    low = segment.column("date_low")[documents]
    return np.where(low == records.NO_DATE, np.inf, -low.astype(np.float64))


def key_column(view: View, found: Scored, key: str, turned: bool) -> Array:
    values = _key_values(view, found, key)
    return _turned(values) if turned else values


def _turned(values: Array) -> Array:
    """The order turned round; what is not known stays last."""
    return np.where(np.isinf(values), values, -values)


def in_order(rows: Rows, keys: list[tuple[str, bool]], wanted: int) -> list[Best]:
    if keys == BY_RELEVANCE:
        best = [
            Best(score, view, doc)
            for view, found in rows
            for score, doc in _leading(view, found, [-found.scores], wanted)
        ]
        return choose(best, wanted)
    chosen: list[tuple[tuple[Any, ...], Best]] = []
    for view, found in rows:
        columns = []
        names = first_authors(view, found) if any(key == "author" for key, _ in keys) else None
        for key, turned in keys:
            if key == "author":
                assert names is not None
                values = (
                    np.unique(names, return_inverse=True)[1].astype(np.float64) if len(names) else np.zeros(0)
                )
                values = np.where(names == "", np.inf, values)
                columns.append(_turned(values) if turned else values)
            else:
                columns.append(key_column(view, found, key, turned))
        ids = view.segment.names("id")
        codes = view.segment.file.array("id_code")
        for place in _order(view, found, columns, wanted):
            doc = int(found.docs[place])
            told: list[Any] = []
            for (key, turned), column in zip(keys, columns, strict=True):
                if key == "author":
                    assert names is not None
                    told.append((names[place] == "", _Text(str(names[place]), turned)))
                else:
                    told.append(float(column[place]))
            document = int(view.segment.doc_of[doc])
            row = Best(float(found.scores[place]), view, doc)
            chosen.append(((*told, ids[int(codes[document]) - 1], doc), row))
    chosen.sort(key=lambda pair: pair[0])
    return [row for _, row in chosen[:wanted]]


class _Text:
    """A text that sorts, or sorts the other way round."""

    def __init__(self, text: str, turned: bool) -> None:
        self.text, self.turned = text, turned

    def __lt__(self, other: _Text) -> bool:
        return self.text > other.text if self.turned else self.text < other.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and self.text == other.text


def _order(view: View, found: Scored, columns: list[Array], wanted: int) -> Array:
    if len(found.docs) > 4 * wanted > 0 and len(columns) == 1:
        # Only what can be among the first is sorted at all.
        worst = np.partition(columns[0], wanted - 1)[wanted - 1]
        near = np.flatnonzero(columns[0] <= worst)
        order = np.lexsort((view.segment.order[found.docs[near]], columns[0][near]))[:wanted]
        return np.asarray(near[order])
    return np.lexsort((view.segment.order[found.docs], *reversed(columns)))[:wanted]


def _leading(view: View, found: Scored, columns: list[Array], wanted: int) -> list[tuple[float, int]]:
    order = _order(view, found, columns, wanted)
    return list(zip(found.scores[order].tolist(), found.docs[order].tolist(), strict=True))


def first_authors(view: View, found: Scored) -> Array:
    """The first author of each passage's document, empty where there is none."""
    segment = view.segment
    first = segment.file.array("authors_first").astype(np.int64)
    codes = segment.file.array("authors_code")
    names = np.array([*segment.names("authors").all(), ""])
    of_document = np.array(
        [
            int(codes[first[n]]) if first[n + 1] > first[n] else len(names) - 1
            for n in range(segment.documents)
        ],
        dtype=np.int64,
    )
    return np.asarray(names[of_document[segment.doc_of[found.docs]]])
