"""Near-duplicates and cross-posts: texts most of whose shingles are the same.

MinHash (Broder, "On the resemblance and containment of documents", 1997) with banding finds
pairs in time linear in the words; the resemblance of every pair is then counted exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    for number in store.live_documents():
        document = store.documents[number]
        own = [p for p in store.passages_of_document(number) if VOICES[store.passages[p].voice] != "quoted"]
        pieces = [np.unique(shingles(store.words(*store.words_of_passage(p)))) for p in own]
        if unit == "passage":
            rows = [(store.passages[p].id, piece) for p, piece in zip(own, pieces, strict=True)]
        else:
            rows = [(document.id, np.unique(np.concatenate(pieces)))] if pieces else []
        for name, piece in rows:
            if len(piece) >= FEWEST_WORDS - 2:
                names.append((document.date or "9999", name, document.id))
                texts.append(piece)
    return _grouped(names, texts, threshold)


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
        for bucket in np.split(order, borders):
            for before, other in pairwise(bucket.tolist()):
                for pair in ((int(bucket[0]), other), (before, other)):
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
