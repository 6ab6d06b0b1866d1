"""One hit for each document, thread, author or exchange, or of passages that say nearly the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.documents import rank_documents
from essaysearch.columnar.evaluate import Evaluation, Scored
from essaysearch.columnar.store import View
from essaysearch.model import VOICES
from essaysearch.search.sorting import Rows, first_authors, key_column

Array = npt.NDArray[Any]
GROUPS = ("passage", "document", "thread", "author", "exchange")

Sizes = dict[tuple[int, int], int]
"""Matching passages of the group that (segment's base, passage) stands for."""


def by_document(evaluation: Evaluation) -> tuple[Rows, Sizes]:
    rows: Rows = []
    sizes: Sizes = {}
    for view, held in rank_documents(evaluation):
        order = np.argsort(held.best)
        rows.append((view, Scored(held.best[order], held.scores[order])))
        sizes.update(
            ((view.base, int(doc)), int(size)) for doc, size in zip(held.best, held.sizes, strict=True)
        )
    return rows, sizes


def grouped(
    matches: list[tuple[View, Scored]],
    key_of: Callable[[View, Scored], list[Any]],
    keys: list[tuple[str, bool]],
) -> tuple[Rows, Sizes]:
    """The best passage of each group: of a thread, an author or an exchange.

    Of equally good ones it is the first as ``keys`` sort, then as documents' ids do.
    """
    told = [(key, turned) for key, turned in keys if key not in ("relevance", "author")]
    counts: dict[Any, int] = {}
    leading: dict[Any, tuple[tuple[Any, ...], View, int, float]] = {}
    for view, found in matches:
        columns = [-found.scores, *(key_column(view, found, key, turned) for key, turned in told)]
        ids = view.segment.names("id")
        codes = view.segment.file.array("id_code")
        groups = key_of(view, found)
        met: set[Any] = set()
        for place in np.lexsort((view.segment.order[found.docs], *reversed(columns))).tolist():
            group = groups[place]
            counts[group] = counts.get(group, 0) + 1
            if group in met:
                continue
            met.add(group)
            doc = int(found.docs[place])
            name = ids[int(codes[int(view.segment.doc_of[doc])]) - 1]
            rank = (*(float(column[place]) for column in columns), name, doc)
            if group not in leading or rank < leading[group][0]:
                leading[group] = (rank, view, doc, float(found.scores[place]))
    sizes: Sizes = {}
    by_view: dict[int, list[tuple[int, float]]] = {view.base: [] for view, _ in matches}
    for group, (_, view, doc, score) in leading.items():
        by_view[view.base].append((doc, score))
        sizes[(view.base, doc)] = counts[group]
    rows: Rows = []
    for view, _ in matches:
        held = sorted(by_view[view.base])
        docs = np.array([doc for doc, _ in held], dtype=np.int64)
        rows.append((view, Scored(docs, np.array([score for _, score in held], dtype=np.float64))))
    return rows, sizes


def _by_thread(view: View, found: Scored) -> list[Any]:
    segment = view.segment
    names = {}
    for document in np.unique(segment.doc_of[found.docs]):
        names[int(document)] = segment.keyword("thread", int(document)) or segment.keyword(
            "id", int(document)
        )
    return [names[int(document)] for document in segment.doc_of[found.docs]]


def _by_author(view: View, found: Scored) -> list[Any]:
    return [str(name) for name in first_authors(view, found)]


def _by_exchange(view: View, found: Scored) -> list[Any]:
    """The quote that a passage is, or answers; a passage that does neither is alone."""
    segment = view.segment
    recorded: dict[int, dict[str, Any]] = {}
    keys: list[Any] = []
    quoted = VOICES.index("quoted")
    voices = segment.column("voice")
    first = segment.column("doc_first")
    for doc in found.docs.tolist():
        document = int(segment.doc_of[doc])
        begins = int(first[document])
        if voices[doc] == quoted:
            keys.append((view.base, doc))
            continue
        if document not in recorded:
            recorded[document] = segment.record(document)
        answers = records.decode_unusual(recorded[document], doc - begins).get("answers", ())
        keys.append((view.base, begins + answers[0]) if answers else (view.base, doc))
    return keys


def by_copy(copies: Mapping[str, int]) -> Callable[[View, Scored], list[Any]]:
    """Near-duplicates together, every other passage alone."""

    def keys(view: View, found: Scored) -> list[Any]:
        ids = [view.segment.passage_id(doc) for doc in found.docs.tolist()]
        return [copies.get(name, name) for name in ids]

    return keys


GROUP_KEYS: dict[str, Callable[[View, Scored], list[Any]]] = {
    "thread": _by_thread,
    "author": _by_author,
    "exchange": _by_exchange,
}
