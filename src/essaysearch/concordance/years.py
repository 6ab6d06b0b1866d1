"""How often, year by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.concordance.tables import Table
from essaysearch.tree import Clauses, Filter, Node

if TYPE_CHECKING:
    from essaysearch.concordance.plots import Plot

_BARS = "▁▂▃▄▅▆▇█"


class Years(Table[tuple[int | None, int]]):
    """(year, count), ascending and without gaps; what is undated last, as None.

    >>> years = library.by_year("oversight")
    >>> years[-1][0] is None, len(years.sparkline) == len(years) - 1
    (True, True)
    """

    columns = ("year", "count")
    blank = "undated"

    def values_of(self, row: tuple[int | None, int]) -> tuple[Any, ...]:
        return row

    @property
    def sparkline(self) -> str:
        """The dated years as a line of small bars."""
        return sparkline([count for year, count in self if year is not None])

    def plot(self) -> Plot:
        """A bar for each year, the undated apart."""
        from essaysearch.concordance.plots import years

        return years(self)


def by_year(
    snapshot: Snapshot, tree: Node, kernels: Any = None, copies: Mapping[str, int] | None = None
) -> Years:
    """(year, passages found), years ascending and without gaps; the undated last, as None.

    ``copies``: for near-duplicates (by passage id) the number of their group, which counts once,
    in the year of its earliest passage.
    """
    evaluation = Evaluation(snapshot, tree, kernels, proximity=False)
    years_of: dict[Any, int | None] = {}
    for view in snapshot.views:
        docs = evaluation.matches(view).docs
        low = view.segment.column("date_low")[view.segment.doc_of[docs]]
        years = low.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
        for doc, dated, year in zip(docs.tolist(), low != records.NO_DATE, years.tolist(), strict=True):
            key: Any = (view.base, doc)
            if copies is not None:
                name = view.segment.passage_id(doc)
                key = copies.get(name, name)
            known = years_of.get(key)
            if dated and (known is None or year < known):
                years_of[key] = year
            else:
                years_of.setdefault(key, None)
    counts = Counter(years_of.values())
    undated = counts.pop(None, 0)
    dated_years = [year for year in counts if year is not None]
    rows: list[tuple[int | None, int]] = []
    if dated_years:
        rows = [(year, counts[year]) for year in range(min(dated_years), max(dated_years) + 1)]
    return Years([*rows, (None, undated)] if undated else rows)


def timeline(
    snapshot: Snapshot, tree: Node, kernels: Any, copies: Mapping[str, int], author: str | None = None
) -> Years:
    """`by_year` of the passages in own words among those found, by an author where one is given."""
    conditions: list[Node] = [Filter("voice", "is", "own")]
    if author is not None:
        conditions.append(Filter("author", "is", author))
    return by_year(snapshot, Clauses((tree,), (), (), tuple(conditions)), kernels, copies)


def sparkline(counts: list[int]) -> str:
    """Counts as a line of small bars; a space for none.

    >>> sparkline([0, 1, 4, 8])
    ' ▁▄█'
    """
    top = max(counts, default=0)
    return "".join(_BARS[min(7, count * 8 // (top + 1))] if count else " " for count in counts)
