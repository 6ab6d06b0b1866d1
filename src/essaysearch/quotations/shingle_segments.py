"""Sorted runs of shingles, and arrays that grow: what the store of shingles is made of."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.quotations.shingles import Hashes, shingles

Positions = npt.NDArray[np.int64]


class Segment(NamedTuple):
    """Shingles in ascending order and the word at which each begins."""

    hashes: Hashes
    places: npt.NDArray[np.uint32]


class Growing:
    """An array that grows by doubling, so that appending costs what is appended."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self._room = values
        self._used = len(values)

    @property
    def values(self) -> npt.NDArray[Any]:
        return self._room[: self._used]

    def extend(self, more: npt.NDArray[Any]) -> None:
        needed = self._used + len(more)
        if needed > len(self._room):
            room = np.empty(max(needed, 2 * len(self._room)), dtype=self._room.dtype)
            room[: self._used] = self.values
            self._room = room
        self._room[self._used : needed] = more
        self._used = needed


def segment_of(words: Hashes, starts: Positions, base: int) -> Segment | None:
    """The shingles of new documents; none crosses from one document into the next."""
    hashes = shingles(words)
    if not len(hashes):
        return None
    places = np.arange(len(hashes), dtype=np.int64)
    crossing = np.concatenate([starts[1:] - 1, starts[1:] - 2])
    inside = np.ones(len(hashes), dtype=bool)
    inside[crossing[(crossing >= 0) & (crossing < len(hashes))]] = False
    hashes, places = hashes[inside], places[inside]
    order = np.argsort(hashes, kind="stable")
    return Segment(hashes[order], (places[order] + base).astype(np.uint32))


def merged(segments: list[Segment]) -> Segment:
    hashes = np.concatenate([segment.hashes for segment in segments])
    places = np.concatenate([segment.places for segment in segments])
    order = np.argsort(hashes, kind="stable")
    return Segment(hashes[order], places[order])
