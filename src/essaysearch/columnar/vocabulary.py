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
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.text.analysis import CHUNK, stems, surfaces_of

Array = npt.NDArray[Any]
_SEPARATOR = b"\xff"  # never part of UTF-8


@dataclass(frozen=True)
class Ranking:
    """The vocabulary in its order on disk.

    ``terms``: the terms, sorted. ``occurrences``: int64, how often each occurs. ``rank``: for each
    surface number the rank of its term.
    ``ordinal``: its number among the term's surfaces, the most frequent first.
    ``surfaces``: all surfaces, term by term, in the order of their ordinals.
    ``surface_first``: int64 (terms + 1), where each term's surfaces begin.
    """

    terms: list[str]
    occurrences: Array
    rank: Array
    ordinal: Array
    surfaces: list[str]
    surface_first: Array


class Cut(NamedTuple):
    """Texts cut into chunks: the number of each chunk in order, how many each text has, the new chunks."""

    chunks: Array
    counts: Array
    new: list[str]


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

    def cut(self, units: list[str]) -> Cut:
        """Texts as chunks; one call at a time, in the order in which `encode` gets what comes of it.

        With the kernels the interpreter's lock is free meanwhile.
        """
        if self._bytes_table is None:
            return self._cut(units)
        try:
            data = _SEPARATOR.join(map(str.encode, units))
        except UnicodeEncodeError:  # lone surrogates
            data = _SEPARATOR.join(unit.encode("utf-8", "surrogatepass") for unit in units)
        chunks, counts, new = self._bytes_table.cut(data, len(units))
        return Cut(chunks, counts, new[:-1].split("\n") if new else [])

    def encode(self, cut: Cut) -> tuple[Array, Array]:
        """The words of texts as surface numbers.

        Returns (int32 numbers of all words in order, int64 number of words of each text).
        """
        if cut.new:
            self._learn(cut.new)
        if self._arrays is None:
            first = np.array(self._chunk_first, dtype=np.int64)
            self._arrays = first, np.array(self._chunk_words, dtype=np.int32)
        first, words = self._arrays
        if self._single:
            return words[cut.chunks], cut.counts
        sizes = (first[1:] - first[:-1])[cut.chunks]
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total) - np.repeat(ends - sizes, sizes)
        numbers = words[np.repeat(first[cut.chunks], sizes) + within]
        edges = np.concatenate(([0], ends))[np.concatenate(([0], np.cumsum(cut.counts)))]
        return numbers, np.diff(edges)

    def _cut(self, units: list[str]) -> Cut:
        numbers = self._numbers
        found = [CHUNK.findall(unit) for unit in units]
        flat = [chunk for chunks in found for chunk in chunks]
        new = list(dict.fromkeys(chunk for chunk in flat if chunk not in numbers))
        numbers.update(zip(new, count(len(numbers))))
        coded = np.fromiter(map(numbers.__getitem__, flat), dtype=np.int64, count=len(flat))
        return Cut(coded, np.fromiter(map(len, found), dtype=np.int64, count=len(found)), new)

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
        order = present[np.argsort((rank[present].astype(np.int64) << 32) - used[present], kind="stable")]
        first = np.searchsorted(rank[order], np.arange(len(held) + 1))
        occurrences = np.add.reduceat(used[order], first[:-1]) if len(held) else used[order]
        ordinal = np.zeros(len(self.surfaces), dtype=np.int32)
        ordinal[order] = np.arange(len(order)) - first[rank[order]]
        surfaces = list(map(self.surfaces.__getitem__, order.tolist()))
        return Ranking([names[i] for i in by_name], occurrences, rank, ordinal, surfaces, first)


def _numbering() -> defaultdict[str, int]:
    """A dictionary that numbers its keys from 0 on, as they are first asked for."""
    return defaultdict(count().__next__)
