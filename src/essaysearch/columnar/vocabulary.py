"""Words to numbers: the vocabulary a writer gathers while passages stream through it.

Text is cut into chunks (see `analysis`); a chunk met before is looked up, a new one is folded
and stemmed once. With numba the cutting and looking up happen over the UTF-8 bytes of a whole
batch; without it, through a regular expression and a dictionary. Both give the same numbers
for the same words, though not the same numbering of chunks.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, count, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.text.analysis import CHUNK, stems, surfaces_of

Array = npt.NDArray[Any]
_SEPARATOR = b"\xff"  # never part of UTF-8


@dataclass(frozen=True)
class Ranking:
    """The vocabulary in its order on disk.

    ``terms``: the terms, sorted. ``rank``: for each surface number the rank of its term.
    ``ordinal``: its number among the term's surfaces, the most frequent first.
    ``surfaces``: all surfaces, term by term, in the order of their ordinals.
    ``surface_first``: int64 (terms + 1), where each term's surfaces begin.
    """

    terms: list[str]
    rank: Array
    ordinal: Array
    surfaces: list[str]
    surface_first: Array


class Vocabulary:
    """Numbers surfaces as they come. ``fast``: use the byte kernels (needs numba)."""

    def __init__(self, fast: bool) -> None:
        self.surfaces: list[str] = []
        self.terms: list[str] = []
        self._surface_number = _numbering()
        self._term_number = _numbering()
        self._term_of_surface = array("i")
        self._chunk_first, self._chunk_words = array("q", [0]), array("i")
        self._single = True
        self._arrays: tuple[Array, Array] | None = None
        self._numbers: dict[str, int] = {}
        self._bytes_table: Any = None
        if fast:
            from essaysearch.columnar.chunk_kernels import ChunkTable

            self._bytes_table = ChunkTable()

    def encode(self, units: list[str]) -> tuple[Array, Array]:
        """The words of texts as surface numbers.

        Returns (int32 numbers of all words in order, int64 number of words of each text).
        """
        chunks, counts = self._cut_bytes(units) if self._bytes_table is not None else self._cut(units)
        if self._arrays is None:
            first = np.array(self._chunk_first, dtype=np.int64)
            self._arrays = first, np.array(self._chunk_words, dtype=np.int32)
        first, words = self._arrays
        if self._single:
            return words[chunks], counts
        sizes = (first[1:] - first[:-1])[chunks]
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total) - np.repeat(ends - sizes, sizes)
        numbers = words[np.repeat(first[chunks], sizes) + within]
        edges = np.concatenate(([0], ends))[np.concatenate(([0], np.cumsum(counts)))]
        return numbers, np.diff(edges)

    def _cut(self, units: list[str]) -> tuple[Array, Array]:
        numbers = self._numbers
        found = [CHUNK.findall(unit) for unit in units]
        flat = [chunk for chunks in found for chunk in chunks]
        new = dict.fromkeys(chunk for chunk in flat if chunk not in numbers)
        if new:
            base = len(numbers)
            self._learn(list(new))
            numbers.update((chunk, base + offset) for offset, chunk in enumerate(new))
        coded = np.fromiter(map(numbers.__getitem__, flat), dtype=np.int64, count=len(flat))
        return coded, np.fromiter(map(len, found), dtype=np.int64, count=len(found))

    def _cut_bytes(self, units: list[str]) -> tuple[Array, Array]:
        try:
            data = _SEPARATOR.join(map(str.encode, units))
        except UnicodeEncodeError:  # lone surrogates
            data = _SEPARATOR.join(unit.encode("utf-8", "surrogatepass") for unit in units)
        coded, counts, new = self._bytes_table.cut(data, len(units))
        if new:
            self._learn(new[:-1].split("\n"))
        return coded, counts

    def _learn(self, chunks: list[str]) -> None:
        """Number the words of chunks not met before, in the order of the chunks."""
        self._arrays = None
        if all(map(str.isascii, chunks)):
            flat = list(map(str.lower, chunks))
            sizes: Iterable[int] = repeat(1, len(chunks))
        else:
            split = [surfaces_of(chunk) for chunk in chunks]
            flat = [surface for words in split for surface in words]
            sizes = list(map(len, split))
            self._single = self._single and all(size == 1 for size in sizes)
        known = len(self.surfaces)
        numbers = list(map(self._surface_number.__getitem__, flat))
        fresh = list(dict.fromkeys(s for s, number in zip(flat, numbers, strict=True) if number >= known))
        held = stems(fresh)
        terms = len(self.terms)
        homes = list(map(self._term_number.__getitem__, held))
        self.terms += dict.fromkeys(t for t, home in zip(held, homes, strict=True) if home >= terms)
        self.surfaces += fresh
        self._term_of_surface.extend(homes)
        self._chunk_words.extend(numbers)
        self._chunk_first.extend(accumulate(sizes, initial=self._chunk_first.pop()))

    def ranking(self, used: Array) -> Ranking:
        """The order on disk of the surfaces in use. ``used``: how often each surface occurs.

        Surfaces that do not occur get rank and ordinal 0 and are left out.
        """
        term_of = np.array(self._term_of_surface, dtype=np.int64)
        present = np.flatnonzero(used)
        holds = np.zeros(len(self.terms), dtype=bool)
        holds[term_of[present]] = True
        held = np.flatnonzero(holds)
        names = [self.terms[number] for number in held.tolist()]
        by_name = sorted(range(len(names)), key=names.__getitem__)
        rank_of_term = np.zeros(len(self.terms), dtype=np.int64)
        rank_of_term[held[np.array(by_name, dtype=np.int64)]] = np.arange(len(held))
        rank = np.zeros(len(self.surfaces), dtype=np.int32)
        rank[present] = rank_of_term[term_of[present]]
        order = present[np.lexsort((present, -used[present], rank[present]))]
        first = np.searchsorted(rank[order], np.arange(len(held) + 1))
        ordinal = np.zeros(len(self.surfaces), dtype=np.int32)
        ordinal[order] = np.arange(len(order)) - first[rank[order]]
        surfaces = list(map(self.surfaces.__getitem__, order.tolist()))
        return Ranking([names[i] for i in by_name], rank, ordinal, surfaces, first)


def _numbering() -> defaultdict[str, int]:
    """A dictionary that numbers its keys from 0 on, as they are first asked for."""
    return defaultdict(count().__next__)
