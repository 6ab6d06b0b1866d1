"""Columns and lists of names on disk: what a segment keeps of passages and documents beside their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.arrayfile import ArrayFileWriter
from essaysearch.columnar.names import put_names
from essaysearch.columnar.norms import averages_of
from essaysearch.columnar.postings import FIELDS, narrow
from essaysearch.columnar.strings import Strings, sorting, strings_of, taken

Array = npt.NDArray[Any]
_WIDE = {"pass_id", "voice", "doc_print", "date_low", "date_precision", "karma"}
"""Columns that keep their type; the others are stored in the narrowest that holds them."""


@dataclass(frozen=True)
class Keywords:
    """A keyword field of documents: distinct values in any order, and which each document has.

    ``codes``: int64 numbers of values. With ``first`` (int64, documents + 1) a document has those
    from ``first[i]`` to ``first[i + 1]``; without, each has one, -1 where it has none.
    """

    names: list[str]
    codes: Array
    first: Array | None = None


class KeywordsBuilder:
    """Gathers a keyword field. ``many``: documents have any number of values."""

    def __init__(self, many: bool) -> None:
        self._number: dict[str, int] = {}
        self._codes: list[Array] = []
        self._sizes: list[Array] | None = [] if many else None

    def extend(self, values: Sequence[Any]) -> None:
        """Add the values of more documents."""
        if self._sizes is None and values.count(values[0]) == len(values):
            code = self._number.setdefault(values[0], len(self._number)) if values[0] else -1
            self._codes.append(np.full(len(values), code, dtype=np.int64))
            return
        flat: Sequence[Any] = values
        if self._sizes is not None:
            self._sizes.append(np.fromiter(map(len, values), np.int64, len(values)))
            flat = [value for held in values for value in held]
        number, some = self._number, self._sizes is None  # of several values an empty one is a value
        fresh = [v for v in dict.fromkeys(flat) if v not in number and (v or not some)]
        number.update(zip(fresh, count(len(number))))
        self._codes.append(np.fromiter(map(number.get, flat, repeat(-1)), np.int64, len(flat)))

    def finished(self) -> Keywords:
        """What was gathered."""
        codes = np.concatenate([np.zeros(0, np.int64), *self._codes])
        if self._sizes is None:
            return Keywords(list(self._number), codes)
        return Keywords(list(self._number), codes, np.cumsum(np.concatenate([[0], *self._sizes])))


def finish_segment(
    file: ArrayFileWriter,
    terms: Strings,
    surfaces: Strings,
    surface_first: Array,
    lengths: Array,
    columns: dict[str, Array],
    keywords: dict[str, Keywords],
) -> dict[str, Any]:
    """Write a segment's vocabulary and columns, after its postings; returns the facts of its footer.

    ``surfaces`` stand term by term, those of term i from ``surface_first[i]`` on. ``lengths``:
    (4, passages) words in each field. ``columns``: numeric columns by name.
    """
    put_names(file, "term", terms)
    put_names(file, "surface", surfaces)
    file.put("surface_first", narrow(surface_first))
    file.put("surface_sorted", narrow(sorting(surfaces)))
    for field in range(FIELDS):
        if field == 0 or lengths[field].any():
            file.put(f"length_{field}", narrow(lengths[field]))
    for name, values in columns.items():
        if (name == "karma" and np.isnan(values).all()) or (
            name == "date_low" and (values == records.NO_DATE).all()
        ):
            continue
        file.put_even(name, values if name in _WIDE else narrow(values))
    ranks = {name: _put_keywords(file, name, held) for name, held in keywords.items()}
    by_id = ranks["id"][keywords["id"].codes]
    order = np.empty_like(by_id)
    order[np.argsort(by_id, kind="stable")] = np.arange(len(by_id))
    file.put_even("doc_order", narrow(order))
    return {
        "passages": int(lengths.shape[1]),
        "documents": len(by_id),
        "terms": len(terms),
        "words": int(lengths.sum()),
        "averages": averages_of(lengths, np.ones(lengths.shape[1], dtype=bool)).as_dict(),
    }


def _put_keywords(file: ArrayFileWriter, name: str, held: Keywords) -> Array:
    """Write a keyword field; returns the rank of each of its names."""
    names = strings_of(held.names)
    by_name = sorting(names)
    rank = np.empty(len(by_name) + 1, dtype=np.int64)
    rank[by_name] = np.arange(len(by_name))
    rank[-1] = -1
    put_names(file, f"{name}_names", taken(names, by_name), even=True)
    if held.first is not None:
        file.put_even(f"{name}_first", narrow(held.first))
        file.put_even(f"{name}_code", narrow(rank[held.codes]))
    else:
        file.put_even(f"{name}_code", narrow(rank[held.codes] + 1))
    return rank
