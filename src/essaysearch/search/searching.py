"""A query to results: parse, resolve what names other things, evaluate, sort or group, read the hits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import quick, records
from essaysearch.columnar.documents import rank_documents
from essaysearch.columnar.evaluate import Best, Evaluation, Scored, choose
from essaysearch.columnar.filters import COLUMN_OF
from essaysearch.columnar.store import Snapshot, View
from essaysearch.errors import EssaysearchError
from essaysearch.model import VOICES
from essaysearch.query import Query
from essaysearch.search.hits import hit_of
from essaysearch.search.results import Results
from essaysearch.search.suggestions import unknown_words
from essaysearch.text.snippets import marked_leaves
from essaysearch.tree import AnyFilter, Clauses, Filter, Node

Array = npt.NDArray[Any]
GROUPS = ("passage", "document", "thread", "author", "exchange")
SORTS = ("relevance", "date", "karma", "author", "length")
"""Keys to sort by: best, newest, highest, A to Z, longest first; a ``-`` before a key turns it round."""

FACETS = ("kind", "author", "year", "category", "source", "voice")


class UnknownChoice(EssaysearchError):
    """A group, sort key or facet that does not exist."""


def run(
    snapshot: Snapshot,
    text: str,
    query: Query,
    tree: Node,
    kernels: Any,
    k: int,
    offset: int,
    group: str,
    sort: str | None,
    facets: Sequence[str],
    proximity: bool,
    copies: Mapping[str, int] | None = None,
) -> Results:
    """Search a snapshot. ``tree``: the query's tree with every name in it resolved.

    ``copies``: for passages (by id) that are near-duplicates the number of their group, of which
    only the best is given.
    """
    began = time.perf_counter()
    if group not in GROUPS:
        raise UnknownChoice(f"Results cannot be grouped by `{group}`. Choose one of: {', '.join(GROUPS)}.")
    for facet in facets:
        if facet not in FACETS:
            raise UnknownChoice(f"There is no facet `{facet}`. Choose among: {', '.join(FACETS)}.")
    keys = _sort_keys(sort, tree)
    evaluation = Evaluation(snapshot, tree, kernels, proximity)
    wanted = max(0, k) + max(0, offset)
    sizes: list[int | None]
    counts: dict[str, list[tuple[str | None, int]]] = {}
    if group == "passage" and keys == [("relevance", False)] and not facets and copies is None:
        ranked = quick.best(snapshot, tree, kernels, wanted, proximity)
        best, total, sizes = ranked.best, ranked.total, [None] * len(ranked.best)
    else:
        matches = [(view, evaluation.matches(view)) for view in snapshot.views]
        counts = {facet: _facet(matches, facet) for facet in facets}
        if group == "document":
            rows, sizes_of = _documents(evaluation)
        elif group == "passage":
            rows = [(view, found, None) for view, found in matches]
            sizes_of = None
            if copies is not None:
                rows, _ = _grouped(matches, _by_copy(copies), keys)
        else:
            rows, sizes_of = _grouped(matches, _GROUP_KEYS[group], keys)
        total = sum(len(found.docs) for _, found, _ in rows)
        best = _sorted(rows, keys, wanted)
        sizes = [sizes_of[(row.view.base, row.number)] if sizes_of is not None else None for row in best]
    leaves = marked_leaves(tree)
    hits = tuple(
        hit_of(row, rank, leaves, size)
        for rank, (row, size) in enumerate(zip(best[offset:], sizes[offset:], strict=True), offset + 1)
    )
    warnings = query.diagnostics + tuple(unknown_words(snapshot, text, query))
    return Results(text, hits, total, (time.perf_counter() - began) * 1000, warnings, counts, group)


Rows = list[tuple[View, Scored, Any]]


def _sort_keys(sort: str | None, tree: Node) -> list[tuple[str, bool]]:
    """(key, turned round) in order; a query of conditions alone is newest first."""
    if not sort:
        return [("date", False)] if _only_conditions(tree) else [("relevance", False)]
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


def _column(view: View, found: Scored, key: str, turned: bool) -> Array:
    values = _key_values(view, found, key)
    return _turned(values) if turned else values


def _turned(values: Array) -> Array:
    """The order turned round; what is not known stays last."""
    return np.where(np.isinf(values), values, -values)


def _sorted(rows: Rows, keys: list[tuple[str, bool]], wanted: int) -> list[Best]:
    if keys == [("relevance", False)]:
        best = [
            Best(score, view, doc)
            for view, found, _ in rows
            for score, doc in _leading(view, found, [-found.scores], wanted)
        ]
        return choose(best, wanted)
    chosen: list[tuple[tuple[Any, ...], Best]] = []
    for view, found, _ in rows:
        columns = []
        names = _authors(view, found) if any(key == "author" for key, _ in keys) else None
        for key, turned in keys:
            if key == "author":
                assert names is not None
                values = (
                    np.unique(names, return_inverse=True)[1].astype(np.float64) if len(names) else np.zeros(0)
                )
                values = np.where(names == "", np.inf, values)
                columns.append(_turned(values) if turned else values)
            else:
                columns.append(_column(view, found, key, turned))
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


def _authors(view: View, found: Scored) -> Array:
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


def _documents(evaluation: Evaluation) -> tuple[Rows, dict[tuple[int, int], int]]:
    rows: Rows = []
    sizes: dict[tuple[int, int], int] = {}
    for view, held in rank_documents(evaluation):
        order = np.argsort(held.best)
        rows.append((view, Scored(held.best[order], held.scores[order]), None))
        sizes.update(
            ((view.base, int(doc)), int(size)) for doc, size in zip(held.best, held.sizes, strict=True)
        )
    return rows, sizes


def _grouped(
    matches: list[tuple[View, Scored]],
    key_of: Callable[[View, Scored], list[Any]],
    keys: list[tuple[str, bool]],
) -> tuple[Rows, dict[tuple[int, int], int]]:
    """The best passage of each group: of a thread, an author or an exchange.

    Of equally good ones it is the first as ``keys`` sort, then as documents' ids do.
    """
    told = [(key, turned) for key, turned in keys if key not in ("relevance", "author")]
    counts: dict[Any, int] = {}
    leading: dict[Any, tuple[tuple[Any, ...], View, int, float]] = {}
    for view, found in matches:
        columns = [-found.scores, *(_column(view, found, key, turned) for key, turned in told)]
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
    sizes: dict[tuple[int, int], int] = {}
    by_view: dict[int, list[tuple[int, float]]] = {view.base: [] for view, _ in matches}
    for group, (_, view, doc, score) in leading.items():
        by_view[view.base].append((doc, score))
        sizes[(view.base, doc)] = counts[group]
    rows: Rows = []
    for view, _ in matches:
        held = sorted(by_view[view.base])
        docs = np.array([doc for doc, _ in held], dtype=np.int64)
        rows.append((view, Scored(docs, np.array([score for _, score in held], dtype=np.float64)), None))
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
    return [str(name) for name in _authors(view, found)]


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


def _by_copy(copies: Mapping[str, int]) -> Callable[[View, Scored], list[Any]]:
    """Near-duplicates together, every other passage alone."""

    def keys(view: View, found: Scored) -> list[Any]:
        ids = [view.segment.passage_id(doc) for doc in found.docs.tolist()]
        return [copies.get(name, name) for name in ids]

    return keys


_GROUP_KEYS: dict[str, Callable[[View, Scored], list[Any]]] = {
    "thread": _by_thread,
    "author": _by_author,
    "exchange": _by_exchange,
}


def _facet(matches: list[tuple[View, Scored]], facet: str) -> list[tuple[str | None, int]]:
    """(value, matching passages that bear it), most frequent first, then by value."""
    counts: dict[str | None, int] = {}
    for view, found in matches:
        for value, count in _FACETS.get(facet, _keyword_facet)(view, found, facet):
            counts[value] = counts.get(value, 0) + count
    return sorted(counts.items(), key=lambda row: (-row[1], row[0] is None, row[0] or ""))


def _keyword_facet(view: View, found: Scored, facet: str) -> list[tuple[str | None, int]]:
    segment = view.segment
    column = COLUMN_OF.get(facet, facet)
    per_document = np.bincount(segment.doc_of[found.docs], minlength=segment.documents)
    names = segment.names(column)
    codes = segment.file.array(f"{column}_code").astype(np.int64)
    if column in records.SINGLE:
        counts = np.bincount(codes, weights=per_document, minlength=len(names) + 1).astype(np.int64)
        rows: list[tuple[str | None, int]] = [
            (names[int(n) - 1], int(counts[n])) for n in np.flatnonzero(counts[1:]) + 1
        ]
        return [*rows, (None, int(counts[0]))] if counts[0] else rows
    first: Array = segment.file.array(f"{column}_first").astype(np.int64)
    sizes: Array = first[1:] - first[:-1]
    counts = np.bincount(codes, weights=np.repeat(per_document, sizes), minlength=len(names)).astype(np.int64)
    rows = [(names[int(n)], int(counts[n])) for n in np.flatnonzero(counts)]
    without = int(per_document[sizes == 0].sum())
    return [*rows, (None, without)] if without else rows


def _year_facet(view: View, found: Scored, facet: str) -> list[tuple[str | None, int]]:
    low = view.segment.column("date_low")[view.segment.doc_of[found.docs]]
    dated = low != records.NO_DATE
    years = low[dated].astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    values, counts = np.unique(years, return_counts=True)
    rows: list[tuple[str | None, int]] = [(str(y), int(c)) for y, c in zip(values, counts, strict=True)]
    undated = int((~dated).sum())
    return [*rows, (None, undated)] if undated else rows


def _voice_facet(view: View, found: Scored, facet: str) -> list[tuple[str | None, int]]:
    counts = np.bincount(view.segment.column("voice")[found.docs], minlength=len(VOICES))
    return [(voice, int(count)) for voice, count in zip(VOICES, counts, strict=True) if count]


_FACETS: dict[str, Callable[[View, Scored, str], list[tuple[str | None, int]]]] = {
    "year": _year_facet,
    "voice": _voice_facet,
}
