"""Near-duplicates and cross-posts: texts most of whose shingles are the same.

MinHash (Broder, "On the resemblance and containment of documents", 1997) with banding finds
pairs in time linear in the words; the resemblance of every pair is then counted exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from essaysearch.quotations.shingle_store import VOICES, ShingleStore
from essaysearch.quotations.shingles import Hashes, shingles

FEWEST_WORDS = 8
"""Texts of fewer words are alike by chance and are in no group."""

_BANDS, _ROWS = 24, 3
_CHUNK = 4096
_UNITS = ("document", "passage")


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more near-duplicates by id: the original (the earliest) first, then the others by date and id.

    ``likeness`` is the least resemblance (0 to 1) of a member to one before it.
    """

    ids: tuple[str, ...]
    likeness: float


def groups_of(store: ShingleStore, threshold: float = 0.8, unit: str = "document") -> list[Group]:
    """The groups of documents or passages whose own words resemble each other by ``threshold`` or more.

    Resemblance is the number of shingles that two texts share over the number they have together;
    of a document its own words alone count, so that two answers to one quoted text are no
    duplicates. Groups are chains of pairs, largest first, equal ones by their first id. Raises
    ValueError for a unit other than ``document`` and ``passage``.
    """
    if unit not in _UNITS:
        raise ValueError(f'there are no duplicates of "{unit}"; the units are: {", ".join(_UNITS)}.')
    names: list[tuple[str, str, str]] = []
    texts: list[Hashes] = []
    for name, piece in _own_shingles(store, unit == "passage"):
        if len(piece) >= FEWEST_WORDS - 2:
            names.append(name)
            texts.append(piece)
    return _grouped(names, texts, threshold)


def _own_shingles(store: ShingleStore, by_passage: bool) -> Iterator[tuple[tuple[str, str, str], Hashes]]:
    """Of each document or passage (its date, id and document's id), and the shingles of its own words.

    The shingles are ascending, each once. They are sorted for thousands of texts at a time.
    """
    names: list[tuple[str, str, str]] = []
    owners: list[int] = []
    begins: list[int] = []
    counts: list[int] = []
    for number in store.live_documents():
        document = store.documents[number]
        date = document.date or "9999"
        if not by_passage:
            names.append((date, document.id, document.id))
        for p in store.passages_of_document(number):
            passage = store.passages[p]
            if VOICES[passage.voice] == "quoted":
                continue
            if by_passage:
                names.append((date, passage.id, document.id))
            begin, end = store.words_of_passage(p)
            owners.append(len(names) - 1)
            begins.append(begin)
            counts.append(max(end - begin - 2, 0))
        if len(names) >= _CHUNK:
            yield from zip(names, _sorted_shingles(store, len(names), owners, begins, counts), strict=True)
            names, owners, begins, counts = [], [], [], []
    yield from zip(names, _sorted_shingles(store, len(names), owners, begins, counts), strict=True)


def _sorted_shingles(
    store: ShingleStore, texts: int, owners: list[int], begins: list[int], counts: list[int]
) -> list[Hashes]:
    """The shingles of texts that are made of ranges of words, each range with its text's number."""
    if not sum(counts):
        return [np.empty(0, dtype=np.uint32)] * texts
    low, high = begins[0], begins[-1] + counts[-1] + 2
    found = shingles(store.words(low, high))
    each = np.array(counts)
    places = np.arange(each.sum()) + np.repeat(np.array(begins) - low - np.cumsum(each) + each, each)
    keys = np.repeat(np.array(owners, dtype=np.uint64), each) << np.uint64(32) | found[places]
    keys = np.sort(keys)
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    edges = np.searchsorted(keys >> np.uint64(32), np.arange(texts + 1)).tolist()
    kept = keys.astype(np.uint32)
    return [kept[begin:end] for begin, end in pairwise(edges)]


def _grouped(names: list[tuple[str, str, str]], texts: list[Hashes], threshold: float) -> list[Group]:
    parents = list(range(len(texts)))
    likeness = [1.0] * len(texts)

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for one, other in _alike(texts):
        first, second = sorted((root(one), root(other)), key=lambda number: names[number])
        if first == second:
            continue
        same = _resemblance(texts[one], texts[other])
        if same >= threshold:
            parents[second] = first
            likeness[first] = min(likeness[first], likeness[second], same)
    members: dict[int, list[int]] = {}
    for number in range(len(texts)):
        members.setdefault(root(number), []).append(number)
    groups = [
        Group(tuple(names[m][1] for m in sorted(found, key=lambda m: names[m])), round(likeness[top], 4))
        for top, found in members.items()
        if len(found) > 1
    ]
    return sorted(groups, key=lambda group: (-len(group.ids), group.ids))


def _alike(texts: list[Hashes]) -> Iterable[tuple[int, int]]:
    """Pairs that agree in some band of their signatures; of many, each with the first and its neighbour."""
    if not texts:
        return
    signatures = _signatures(texts)
    met: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        rows = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * _ROWS))).ravel()
        order = np.argsort(keys, kind="stable")
        borders = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
        edges = np.concatenate(([0], borders, [len(order)]))
        for bucket in np.flatnonzero(np.diff(edges) > 1).tolist():  # nearly all hold one text alone
            members = order[edges[bucket] : edges[bucket + 1]].tolist()
            for before, other in pairwise(members):
                for pair in ((members[0], other), (before, other)):
                    if pair not in met:
                        met.add(pair)
                        yield pair


def _signatures(texts: list[Hashes]) -> npt.NDArray[np.uint32]:
    """For each text the least of its shingles under each of 72 fixed permutations."""
    generator = np.random.default_rng(20261121)
    factors = generator.integers(1, 1 << 31, _BANDS * _ROWS, dtype=np.int64).astype(np.uint32) * 2 + 1
    terms = generator.integers(0, 1 << 32, _BANDS * _ROWS, dtype=np.int64).astype(np.uint32)
    found = np.empty((len(texts), _BANDS * _ROWS), dtype=np.uint32)
    for low in range(0, len(texts), _CHUNK):
        part = texts[low : low + _CHUNK]
        together = np.concatenate(part)
        starts = np.cumsum([0, *map(len, part)])[:-1]
        for column, (factor, term) in enumerate(zip(factors, terms, strict=True)):
            mixed = together * factor + term
            mixed ^= mixed >> np.uint32(16)
            found[low : low + len(part), column] = np.minimum.reduceat(mixed, starts)
    return found


def _resemblance(one: Hashes, other: Hashes) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
