"""How many of all matches bear each value of a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Scored
from essaysearch.columnar.filters import COLUMN_OF
from essaysearch.columnar.store import View
from essaysearch.model import VOICES
from essaysearch.search.sorting import Rows

Array = npt.NDArray[Any]
Counts = list[tuple[str | None, int]]


def facet(matches: Rows, name: str) -> Counts:
    """(value, matching passages that bear it), most frequent first, then by value; None: no value."""
    counts: dict[str | None, int] = {}
    for view, found in matches:
        for value, count in _FACETS.get(name, _keyword_facet)(view, found, name):
            counts[value] = counts.get(value, 0) + count
    return sorted(counts.items(), key=lambda row: (-row[1], row[0] is None, row[0] or ""))


def _keyword_facet(view: View, found: Scored, facet: str) -> Counts:
    segment = view.segment
    column = COLUMN_OF.get(facet, facet)
    per_document = np.bincount(segment.doc_of[found.docs], minlength=segment.documents)
    names = segment.names(column)
    codes = segment.file.array(f"{column}_code").astype(np.int64)
    if column in records.SINGLE:
        counts = np.bincount(codes, weights=per_document, minlength=len(names) + 1).astype(np.int64)
        rows: Counts = [(names[int(n) - 1], int(counts[n])) for n in np.flatnonzero(counts[1:]) + 1]
        return [*rows, (None, int(counts[0]))] if counts[0] else rows
    first: Array = segment.file.array(f"{column}_first").astype(np.int64)
    sizes: Array = first[1:] - first[:-1]
    counts = np.bincount(codes, weights=np.repeat(per_document, sizes), minlength=len(names)).astype(np.int64)
    rows = [(names[int(n)], int(counts[n])) for n in np.flatnonzero(counts)]
    without = int(per_document[sizes == 0].sum())
    return [*rows, (None, without)] if without else rows


def _year_facet(view: View, found: Scored, facet: str) -> Counts:
    low = view.segment.column("date_low")[view.segment.doc_of[found.docs]]
    dated = low != records.NO_DATE
    years = low[dated].astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    values, counts = np.unique(years, return_counts=True)
    rows: Counts = [(str(y), int(c)) for y, c in zip(values, counts, strict=True)]
    undated = int((~dated).sum())
    return [*rows, (None, undated)] if undated else rows


def _voice_facet(view: View, found: Scored, facet: str) -> Counts:
    counts = np.bincount(view.segment.column("voice")[found.docs], minlength=len(VOICES))
    return [(voice, int(count)) for voice, count in zip(VOICES, counts, strict=True) if count]


_FACETS: dict[str, Callable[[View, Scored, str], Counts]] = {
    "year": _year_facet,
    "voice": _voice_facet,
}
