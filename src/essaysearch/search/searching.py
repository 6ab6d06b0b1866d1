"""A search to results: evaluate, sort or group, count, read the hits that are shown."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from essaysearch.columnar import quick
from essaysearch.columnar.evaluate import Best, Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.model import Hit
from essaysearch.search.asking import Search
from essaysearch.search.facets import Counts, facets
from essaysearch.search.grouping import Sizes, by_copy, by_key, grouped, members
from essaysearch.search.hits import hit_of
from essaysearch.search.results import Results
from essaysearch.search.sorting import BY_SCORE, Rows, first, keys_of, ordered
from essaysearch.search.understanding import Understood

if TYPE_CHECKING:
    from essaysearch.library import Library

_PAGE = 256
"""Hits of a stream that are read at once."""


class Found(NamedTuple):
    """Everything that a search matches, in its order, before any of it is read."""

    best: Iterator[Best]
    total: int
    facets: dict[str, Counts]
    matches: Rows
    sizes: Sizes | None


def run(
    snapshot: Snapshot,
    search: Search,
    understood: Understood,
    kernels: Any,
    copies: Mapping[str, int] | None = None,
    library: Library | None = None,
) -> Results:
    """The hits of a search, from its offset on.

    ``copies``: for passages (by id) that are near-duplicates the number of their group, of which
    only the best is given. Raises `UnknownChoice`.
    """
    began = time.perf_counter()
    search.check()
    wanted = None if search.k is None else max(0, search.k) + max(0, search.offset)
    found = everything(snapshot, search, understood, kernels, copies, wanted)
    chosen = list(islice(found.best, search.offset, wanted))
    hits = tuple(_hits(search, understood, found, chosen, search.offset + 1))
    frame = _frame(snapshot, search, understood, found, library)
    return replace(frame, hits=hits, took_ms=(time.perf_counter() - began) * 1000)


def stream(
    snapshot: Snapshot,
    search: Search,
    understood: Understood,
    kernels: Any,
    copies: Mapping[str, int] | None = None,
    library: Library | None = None,
) -> tuple[Results, Iterator[Hit]]:
    """Everything a search finds, whatever its ``k``: the results without their hits, and the hits.

    They are ranked once, and read as they are asked for.
    """
    search.check()
    found = everything(snapshot, search, understood, kernels, copies, None)
    return _frame(snapshot, search, understood, found, library), _pages(search, understood, found)


def _frame(
    snapshot: Snapshot, search: Search, understood: Understood, found: Found, library: Library | None
) -> Results:
    """The results without their hits."""
    return Results(
        search.query,
        (),
        found.total,
        warnings=tuple(understood.warnings(snapshot, found.total)),
        facets=found.facets,
        group=search.group,
        search=search,
        library=library,
        state=snapshot,
        expansion=understood.added,
    )


def _pages(search: Search, understood: Understood, found: Found) -> Iterator[Hit]:
    best = islice(found.best, search.offset, None)
    rank = search.offset + 1
    while page := list(islice(best, _PAGE)):
        yield from _hits(search, understood, found, page, rank)
        rank += len(page)


def everything(
    snapshot: Snapshot,
    search: Search,
    understood: Understood,
    kernels: Any,
    copies: Mapping[str, int] | None,
    wanted: int | None = None,
) -> Found:
    """All that a search matches, of which the first ``wanted`` can be read (None: all)."""
    tree = understood.tree
    keys = keys_of(search.sort, tree)
    plain = search.group == "passage" and copies is None
    if plain and keys == BY_SCORE and not search.facets and not search.encoder and wanted is not None:
        ranked = quick.best(snapshot, tree, kernels, wanted, search.proximity)
        return Found(iter(ranked.best), ranked.total, {}, [], None)
    evaluation = Evaluation(snapshot, tree, kernels, search.proximity)
    if plain and not search.facets and not search.encoder and wanted is not None:
        best, total = first(evaluation, keys, wanted)
        return Found(iter(best), total, {}, [], None)
    matches: Rows = [(view, evaluation.matches(view)) for view in snapshot.views]
    if search.encoder is not None:
        from essaysearch.search.encoding import fused

        matches = fused(evaluation, matches, understood.queries, search.encoder)
    rows, sizes = matches, None
    if search.group != "passage":
        whole = evaluation if search.encoder is None else None
        rows, sizes = grouped(whole, matches, search.group, keys)
    if copies is not None:
        rows, _ = by_key(rows, by_copy(copies), keys)
    total = sum(len(held.docs) for _, held in rows)
    counts = facets(snapshot, matches, search.facets)
    return Found(ordered(rows, keys, wanted), total, counts, matches, sizes)


def _hits(
    search: Search, understood: Understood, found: Found, chosen: list[Best], first: int
) -> Iterator[Hit]:
    others: Iterable[list[Best]] = ([best] for best in chosen)
    if search.group != "passage" and search.snippets > 1:
        others = members(found.matches, search.group, chosen, search.snippets)
    for rank, (best, group) in enumerate(zip(chosen, others, strict=True), first):
        size = found.sizes[(best.view.base, best.number)] if found.sizes is not None else None
        exchange = search.group == "exchange"
        yield hit_of(best, rank, understood.leaves, size, group[1:], search.snippets, exchange)
