"""A query to results: parse, resolve what names other things, evaluate, sort or group, read the hits."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from essaysearch.columnar import quick
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.store import Snapshot
from essaysearch.errors import UnknownChoice
from essaysearch.query import Query
from essaysearch.search.facets import FACETS, facet_counts
from essaysearch.search.grouping import GROUP_KEYS, GROUPS, by_copy, by_document, grouped
from essaysearch.search.hits import hit_of
from essaysearch.search.results import Results
from essaysearch.search.sorting import BY_RELEVANCE, in_order, sort_keys
from essaysearch.search.suggestions import unknown_words
from essaysearch.text.snippets import marked_leaves
from essaysearch.tree import Node


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
    keys = sort_keys(sort, tree)
    evaluation = Evaluation(snapshot, tree, kernels, proximity)
    wanted = max(0, k) + max(0, offset)
    sizes: list[int | None]
    counts: dict[str, list[tuple[str | None, int]]] = {}
    if group == "passage" and keys == BY_RELEVANCE and not facets and copies is None:
        ranked = quick.best(snapshot, tree, kernels, wanted, proximity)
        best, total, sizes = ranked.best, ranked.total, [None] * len(ranked.best)
    else:
        matches = [(view, evaluation.matches(view)) for view in snapshot.views]
        counts = {facet: facet_counts(matches, facet) for facet in facets}
        if group == "document":
            rows, sizes_of = by_document(evaluation)
        elif group == "passage":
            rows = [(view, found) for view, found in matches]
            sizes_of = None
            if copies is not None:
                rows, _ = grouped(matches, by_copy(copies), keys)
        else:
            rows, sizes_of = grouped(matches, GROUP_KEYS[group], keys)
        total = sum(len(found.docs) for _, found in rows)
        best = in_order(rows, keys, wanted)
        sizes = [sizes_of[(row.view.base, row.number)] if sizes_of is not None else None for row in best]
    leaves = marked_leaves(tree)
    hits = tuple(
        hit_of(row, rank, leaves, size)
        for rank, (row, size) in enumerate(zip(best[offset:], sizes[offset:], strict=True), offset + 1)
    )
    warnings = query.diagnostics + tuple(unknown_words(snapshot, text, query))
    return Results(text, hits, total, (time.perf_counter() - began) * 1000, warnings, counts, group)
