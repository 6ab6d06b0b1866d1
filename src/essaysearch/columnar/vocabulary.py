"""Words to numbers: the vocabulary a writer gathers while passages stream through it.

Text is cut into chunks (see `analysis`); a chunk met before is looked up, a new one is folded
and stemmed once. With numba the cutting and looking up happen over the UTF-8 bytes of a whole
batch; without it, through a regular expression and a dictionary. Both give the same numbers
for the same words, though not the same numbering of chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.strings import Strings, sorting, strings_of
from essaysearch.text.analysis import CHUNK, stems, surfaces_of

Array = npt.NDArray[Any]
Chosen = tuple[Strings, Array]
"""Strings, and the numbers of those that are meant, in their order."""

_SEPARATOR = b"\xff"  # never part of UTF-8


@dataclass(frozen=True)
class Ranking:
    """The vocabulary in its order on disk.

    ``terms``: the terms, sorted. ``occurrences``: int64, how often each occurs. ``rank``: for each
    surface number the rank of its term.
    ``ordinal``: its number among the term's surfaces, the most frequent first.
    ``surfaces``: all surfaces, term by term, in the order of their ordinals.
    ``surface_first``: int64 (terms + 1), where each term's surfaces begin.
    Terms and surfaces are yet to be `taken`: they are packed while others invert the words.
    """

    terms: Chosen
    occurrences: Array
    rank: Array
    ordinal: Array
    surfaces: Chosen
    surface_first: Array


class Cut(NamedTuple):
    """Texts cut into chunks: the number of each chunk in order, how many each text has, the new chunks."""

    chunks: Array
    counts: Array
    new: list[str]


class Vocabulary:
    """Numbers surfaces as they come. ``fast``: use the byte kernels (needs numba)."""

    def __init__(self, fast: bool) -> None:
        self._home_of = np.zeros(0, dtype=np.int32)  # the term of each surface
        self._chunk_first = np.zeros(1, dtype=np.int64)
        self._chunk_words = np.zeros(0, dtype=np.int32)
        self._single = True
        self._numbers: dict[str, int] = {}
        self._bytes_table: Any = None
        table: Any = Numbering
        if fast:
            from essaysearch.columnar.chunk_kernels import ChunkTable

            table = ChunkTable
            self._bytes_table = ChunkTable()
        self._surfaces, self._terms = table(), table()

    @property
    def size(self) -> int:
        """How many surfaces have a number."""
        return len(self._surfaces)

    def cut(self, units: list[str]) -> Cut:
        """Texts as chunks; one call at a time, in the order in which `encode` gets what comes of it.

        With the kernels the interpreter's lock is free meanwhile.
        """
        if self._bytes_table is None:
            return self._cut(units)
        chunks, counts, new = self._bytes_table.cut(_joined(units), len(units))
        return Cut(chunks, counts, new[:-1].split("\n") if new else [])

    def encode(self, cut: Cut) -> tuple[Array, Array]:
        """The words of texts as surface numbers.

        Returns (int32 numbers of all words in order, int64 number of words of each text).
        """
        if cut.new:
            self._learn(cut.new)
        first, words = self._chunk_first, self._chunk_words
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
        if all(map(str.isascii, chunks)):
            flat = list(map(str.lower, chunks))
            sizes = np.ones(len(chunks), dtype=np.int64)
        else:
            split = [surfaces_of(chunk) for chunk in chunks]
            flat = [surface for words in split for surface in words]
            sizes = np.fromiter(map(len, split), np.int64, len(split))
            self._single = self._single and bool((sizes == 1).all())
        fresh, numbers = self._surfaces.number(flat)
        self._home_of = np.concatenate((self._home_of, self._terms.number(stems(fresh))[1]))
        self._chunk_words = np.concatenate((self._chunk_words, numbers))
        ends = np.cumsum(sizes) + self._chunk_first[-1]
        self._chunk_first = np.concatenate((self._chunk_first, ends))

    def ranking(self, used: Array) -> Ranking:
        """The order on disk of the surfaces in use. ``used``: how often each surface occurs.

        Surfaces that do not occur get rank and ordinal 0 and are left out.
        """
        present = np.flatnonzero(used)
        home = self._home_of[present]
        holds = np.zeros(len(self._terms), dtype=bool)
        holds[home] = True
        held = np.flatnonzero(holds)
        names = self._terms.strings()
        by_name = sorting(names, held)
        rank_of_term = np.zeros(len(self._terms), dtype=np.int64)
        rank_of_term[held[by_name]] = np.arange(len(held))
        ranks = rank_of_term[home]
        sort = np.argsort((ranks << 32) - used[present], kind="stable")
        order = present[sort]
        first = np.concatenate(([0], np.cumsum(np.bincount(ranks, minlength=len(held)))))
        occurrences = np.add.reduceat(used[order], first[:-1]) if len(held) else used[order]
        rank, ordinal = np.zeros((2, len(self._surfaces)), dtype=np.int32)
        rank[present] = ranks
        ordinal[order] = np.arange(len(order)) - first[ranks[sort]]
        terms, surfaces = (names, held[by_name]), (self._surfaces.strings(), order)
        return Ranking(terms, occurrences, rank, ordinal, surfaces, first)


def _joined(units: list[str]) -> bytes:
    """The texts in UTF-8, `_SEPARATOR` between any two."""
    whole = "\0".join(units)
    if whole.count("\0") != len(units) - 1:
        return _SEPARATOR.join(unit.encode("utf-8", "surrogatepass") for unit in units)
    return whole.encode("utf-8", "surrogatepass").replace(b"\0", _SEPARATOR)


class Numbering:
    """Numbers words from 0 on, as they are first met; what `ChunkTable.number` does, without numba."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def number(self, words: list[str]) -> tuple[list[str], Array]:
        """(the words not met before, each once, the number of every word, int32)."""
        known = self._known
        fresh = [word for word in dict.fromkeys(words) if word not in known]
        known.update(zip(fresh, count(len(known))))
        return fresh, np.fromiter(map(known.__getitem__, words), np.int32, len(words))

    def __len__(self) -> int:
        return len(self._known)

    def strings(self) -> Strings:
        """The words, by number."""
        return strings_of(list(self._known))
