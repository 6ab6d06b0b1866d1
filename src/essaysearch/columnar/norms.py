"""Field lengths to norms: what divides a frequency before BM25F adds it up.

Lengths are exact and averages are taken over live passages only, from integer sums, so that a
norm depends on the passage and on the library, never on how the index is cut into segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.model import VOICES, Record
from essaysearch.tree import RANKING_FIELDS

Array = npt.NDArray[Any]
_QUOTED = VOICES.index("quoted")


@dataclass(frozen=True, eq=False, repr=False)
class Averages(Record):
    """Sums over live passages, by ranking field: words, and passages where the field has any."""

    words: tuple[int, ...]
    holders: tuple[int, ...]
    passages: int

    def __add__(self, other: Averages) -> Averages:
        return Averages(
            tuple(a + b for a, b in zip(self.words, other.words, strict=True)),
            tuple(a + b for a, b in zip(self.holders, other.holders, strict=True)),
            self.passages + other.passages,
        )

    def mean(self, field: int) -> float:
        """Mean length of a field over the passages where it is not empty; 1 where it never is filled."""
        return self.words[field] / self.holders[field] if self.holders[field] else 1.0

    def as_dict(self) -> dict[str, Any]:
        """JSON values that `from_dict` takes back."""
        return {"words": list(self.words), "holders": list(self.holders), "passages": self.passages}

    @staticmethod
    def from_dict(values: dict[str, Any]) -> Averages:
        """The inverse of `as_dict`."""
        return Averages(tuple(values["words"]), tuple(values["holders"]), int(values["passages"]))


EMPTY = Averages((0,) * len(RANKING_FIELDS), (0,) * len(RANKING_FIELDS), 0)


def averages_of(lengths: Array, live: Array) -> Averages:
    """Sums over live passages. ``lengths``: (fields, passages), ``live``: bool (passages)."""
    kept = lengths[:, live]
    return Averages(
        tuple(int(row.sum(dtype=np.int64)) for row in kept),
        tuple(int(np.count_nonzero(row)) for row in kept),
        int(live.sum()),
    )


def norms_of(lengths: Array, voices: Array, averages: Averages, words: int = 1) -> Array:
    """(fields, passages) float32 norms K_f; the body of a quoted passage takes the field ``quote``.

    ``lengths``: (fields, passages); ``words``: how many ranking words the query has. Fields
    that no passage fills are left out from the end on.
    """
    used = max((field + 1 for field in range(len(lengths)) if averages.holders[field]), default=1)
    norms = np.empty((used, lengths.shape[1]), dtype=np.float32)
    for field in range(used):
        name, mean = RANKING_FIELDS[field], averages.mean(field)
        norms[field] = scoring.field_norm(name, lengths[field], mean, words)
        if field == 0:
            quoted = voices == _QUOTED
            if quoted.any():
                norms[0][quoted] = scoring.field_norm("quote", lengths[0][quoted], mean, words)
    return norms
