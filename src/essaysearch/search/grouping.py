"""One hit for each document, thread, author, exchange, or set of near-duplicates: the best passage of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from essaysearch.columnar import records
from essaysearch.columnar.documents import rank_documents
from essaysearch.columnar.evaluate import Best, Evaluation, Scored
from essaysearch.columnar.roots import root_of
from essaysearch.columnar.snapshot import View
from essaysearch.model import VOICES
from essaysearch.search.sorting import Keys, Rows, column, first_authors, ordered

Sizes = dict[tuple[int, int], int]
"""How many matching passages a group has, by its best one: (its segment's base, its number there)."""

KeyOf = Callable[[View, Scored], list[Any]]
"""From passages of a segment to what each is grouped by."""


def grouped(evaluation: Evaluation | None, matches: Rows, group: str, keys: Keys) -> tuple[Rows, Sizes]:
    """The best passage of each group, and the groups' sizes.

    Documents are ranked whole, unless there is no ``evaluation``: then each by its best passage.
    """
    if group == "document" and evaluation is not None:
        return _documents(evaluation)
    return by_key(matches, _GROUP_KEYS[group], keys)


def by_key(matches: Rows, key_of: KeyOf, keys: Keys) -> tuple[Rows, Sizes]:
    """The best passage of each group of equal keys.

    Of equally good ones it is the first as ``keys`` sort, then as documents' ids do.
    """
    told = [(key, turned) for key, turned in keys if key not in ("relevance", "author")]
    counts: dict[Any, int] = {}
    leading: dict[Any, tuple[tuple[Any, ...], View, int, float]] = {}
    for view, found in matches:
        columns = [-found.scores, *(column(view, found, key, turned) for key, turned in told)]
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
            rank = (*(float(values[place]) for values in columns), name, doc)
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


def members(matches: Rows, group: str, chosen: list[Best], most: int) -> list[list[Best]]:
    """For each best passage of a group the ``most`` best of the group: itself first, then by score."""
    key_of = _GROUP_KEYS[group]
    wanted = [group_key(group, best) for best in chosen]
    held: dict[Any, list[tuple[View, list[int]]]] = {key: [] for key in wanted}
    for view, found in matches:
        places: dict[Any, list[int]] = {}
        for place, key in enumerate(key_of(view, found)):
            if key in held:
                places.setdefault(key, []).append(place)
        for key, those in places.items():
            held[key].append((view, those))
    found_in = {view.base: found for view, found in matches}
    rows = []
    for best, key in zip(chosen, wanted, strict=True):
        parts: Rows = []
        for view, those in held[key]:
            found = found_in[view.base]
            parts.append((view, Scored(found.docs[those], found.scores[those])))
        others = ordered(parts, [("relevance", False)], most)
        rest = [row for row in others if (row.view, row.number) != (best.view, best.number)]
        rows.append([best, *rest][:most])
    return rows


def _documents(evaluation: Evaluation) -> tuple[Rows, Sizes]:
    rows: Rows = []
    sizes: Sizes = {}
    for view, held in rank_documents(evaluation):
        order = np.argsort(held.best)
        rows.append((view, Scored(held.best[order], held.scores[order])))
        sizes.update(
            ((view.base, int(doc)), int(size)) for doc, size in zip(held.best, held.sizes, strict=True)
        )
    return rows, sizes


def _by_document(view: View, found: Scored) -> list[Any]:
    return [(view.base, number) for number in view.segment.doc_of[found.docs].tolist()]


def _by_thread(view: View, found: Scored) -> list[Any]:
    """The thread's name, a document's own where it stands in none."""
    documents = view.segment.doc_of[found.docs]
    names = {number: root_of(view, number) for number in np.unique(documents).tolist()}
    return [names[number] for number in documents.tolist()]


def _by_author(view: View, found: Scored) -> list[Any]:
    """The first author, None where there is none."""
    numbers = first_authors(view)[view.segment.doc_of[found.docs]]
    names = view.segment.names("authors")
    known = {number: names[number] if number >= 0 else None for number in np.unique(numbers).tolist()}
    return [known[number] for number in numbers.tolist()]


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


def by_copy(copies: Mapping[str, int]) -> KeyOf:
    """Near-duplicates together (``copies``: passage ids to numbers of groups), every other alone."""

    def keys(view: View, found: Scored) -> list[Any]:
        ids = [view.segment.passage_id(doc) for doc in found.docs.tolist()]
        return [copies.get(name, name) for name in ids]

    return keys


_GROUP_KEYS: dict[str, KeyOf] = {
    "document": _by_document,
    "thread": _by_thread,
    "author": _by_author,
    "exchange": _by_exchange,
}


def group_key(group: str, best: Best) -> Any:
    """What a passage is grouped by."""
    return _GROUP_KEYS[group](best.view, Scored(np.array([best.number]), np.zeros(1)))[0]
