"""How many of all matches bear each value of a field.

Values are numbered once for all segments of a snapshot (`Coded`), so that counting is adding up
arrays, and only the values that occur become text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.filters import COLUMN_OF
from essaysearch.columnar.segment import Segment
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.model import VOICES
from essaysearch.search.sorting import Rows

Array = npt.NDArray[Any]
Counts = list[tuple[str | None, int]]


def facets(snapshot: Snapshot, matches: Rows, names: Sequence[str]) -> dict[str, Counts]:
    """For each field (value, matching passages that bear it), most frequent first, then by value.

    None: no value. ``matches``: the passages of each view of the snapshot, in the views' order.
    """
    met = [_documents(view.segment, found.docs) for view, found in matches]
    told = {}
    for name in names:
        coded = _coded(snapshot, name)
        counts = np.zeros(len(coded.values), dtype=np.int64)
        for (_, found), (documents, times), column in zip(matches, met, coded.columns, strict=True):
            if coded.of_passages:
                column.add(counts, found.docs, None)
            else:
                column.add(counts, documents, times)
        # Values stand in order, so a stable sort leaves equals by value, the one for none last.
        bearing = np.flatnonzero(counts)
        bearing = bearing[np.argsort(-counts[bearing], kind="stable")]
        values = coded.values
        told[name] = list(zip([values[n] for n in bearing.tolist()], counts[bearing].tolist(), strict=True))
    return told


def _documents(segment: Segment, docs: Array) -> tuple[Array, Array]:
    """The documents of passages, ascending, and how many passages each has among them."""
    times = np.bincount(segment.doc_of[docs], minlength=segment.documents)
    documents = np.flatnonzero(times)
    return documents, times[documents]


class Column(NamedTuple):
    """The numbers of the values of one segment's documents (or passages).

    Without ``first`` each has one; with it those from ``first[i]`` to ``first[i + 1]``, ``none``
    where there are none.
    """

    codes: Array
    first: Array | None = None
    none: int = 0

    def add(self, counts: Array, units: Array, times: Array | None) -> None:
        """Count the values of some units, each as often as ``times`` says (None: once)."""
        if self.first is None:
            counts += _counted(self.codes[units], times, len(counts))
            return
        begins = self.first[units]
        sizes = self.first[units + 1] - begins
        times = np.ones(len(units), dtype=np.int64) if times is None else times
        ends = np.cumsum(sizes)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begins - ends + sizes, sizes)
        counts += _counted(self.codes[places], np.repeat(times, sizes), len(counts))
        counts[self.none] += int(times[sizes == 0].sum())


def _counted(codes: Array, times: Array | None, size: int) -> Array:
    return np.bincount(codes, times, size).astype(np.int64, copy=False)


class Coded(NamedTuple):
    """A field of a snapshot: its ``values`` in order, None last, and a `Column` for each view."""

    values: list[str | None]
    columns: list[Column]
    of_passages: bool = False


def _coded(snapshot: Snapshot, name: str) -> Coded:
    """The field, numbered once for a snapshot."""
    known: Coded | None = snapshot.kept.get(("coded", name))
    if known is None:
        segments = [view.segment for view in snapshot.views]
        known = snapshot.kept[("coded", name)] = _FIELDS.get(name, _keywords)(segments, name)
    return known


def _keywords(segments: list[Segment], name: str) -> Coded:
    column = COLUMN_OF.get(name, name)
    names = [segment.names(column).all() for segment in segments]
    values: list[str | None] = [*sorted(set().union(*names)), None]
    number = {value: n for n, value in enumerate(values)}
    none = len(values) - 1
    columns = []
    for segment, own in zip(segments, names, strict=True):
        codes = segment.file.array(f"{column}_code")
        numbers = np.array([number[value] for value in own], dtype=np.int32)
        if column in records.SINGLE:
            columns.append(Column(np.append(np.int32(none), numbers)[codes]))
        else:
            first = segment.file.array(f"{column}_first").astype(np.int64)
            columns.append(Column(numbers[codes], first, none))
    return Coded(values, columns)


def _years(segments: list[Segment], name: str) -> Coded:
    columns, lows = [], [segment.column("date_low") for segment in segments]
    years = [low.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970 for low in lows]
    known = sorted({year for y, low in zip(years, lows, strict=True) for year in set(y[low != _NO].tolist())})
    for year, low in zip(years, lows, strict=True):
        codes = np.searchsorted(np.array(known, dtype=np.int64), year)
        columns.append(Column(np.where(low == _NO, len(known), codes).astype(np.int32)))
    return Coded([*map(str, known), None], columns)


def _voices(segments: list[Segment], name: str) -> Coded:
    by_name = sorted(VOICES)
    ranks = np.array([by_name.index(voice) for voice in VOICES], dtype=np.uint8)
    return Coded([*by_name, None], [Column(ranks[segment.column("voice")]) for segment in segments], True)


_NO = records.NO_DATE
_FIELDS = {"year": _years, "voice": _voices}
"""Fields that are no keyword column."""
