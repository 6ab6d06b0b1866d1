"""Words of the vocabulary that lie within a few edits of another, found by arrays over all of them.

What a word must have in common with another to lie so near is checked first, for all words of
about its length at once: of the letters of either at most as many may be missing in the other as
edits are allowed. What is left is measured exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.names import Names
from essaysearch.columnar.segment import Segment

Array = npt.NDArray[Any]
_FEW = 50
"""To read more than one in so many names, all are read."""


def near_words(segment: Segment, word: str, allowed: int) -> list[tuple[int, int]]:
    """(edits, number of the surface) of each word at most ``allowed`` edits from another, in any order.

    Edits are those of `nearest.edits`. The word itself is among them where a segment has it, and so
    are words of deleted passages.
    """
    names = segment.surfaces()
    data, begins = names.arrays()
    sizes = _marked((data & 0xC0) != 0x80, begins)  # letters, not bytes
    chosen = np.abs(sizes - len(word)) <= allowed
    if not word.isascii():
        return _among(names, np.flatnonzero(chosen), word, allowed)
    typed = np.frombuffer(word.encode(), dtype=np.uint8)
    ours = np.zeros(256, dtype=np.uint8)
    ours[typed] = 1
    chosen &= sizes - _marked(ours[data], begins) <= allowed
    ascii_ = sizes == np.diff(begins)
    numbers = np.flatnonzero(chosen & ascii_)
    places = np.arange(int(sizes[numbers].max(initial=0)))[:, None]
    letters = data[np.minimum(begins[numbers] + places, max(0, len(data) - 1))]
    letters[places >= sizes[numbers]] = 0
    found = _near(letters, typed, numbers, sizes[numbers], allowed)
    return found + _among(names, np.flatnonzero(chosen & ~ascii_), word, allowed)


def _marked(marks: Array, begins: Array) -> Array:
    """How many bytes of each word are marked, int64."""
    return np.diff(np.concatenate(([0], np.cumsum(marks, dtype=np.int64)))[begins])


def _among(names: Names, numbers: Array, word: str, allowed: int) -> list[tuple[int, int]]:
    """Those of some words that lie near, whatever their letters."""
    if not len(numbers):
        return []
    if len(numbers) * _FEW > len(names):
        every = names.all()
        words = [every[number] for number in numbers.tolist()]
    else:
        words = [names[number] for number in numbers.tolist()]
    letters = np.array(words).view(np.uint32).reshape(len(words), -1).T
    typed = np.array([ord(letter) for letter in word], dtype=np.uint32)
    return _near(letters, typed, numbers, np.array([len(one) for one in words]), allowed)


def _near(letters: Array, typed: Array, numbers: Array, sizes: Array, allowed: int) -> list[tuple[int, int]]:
    """Those of the words that lie near. ``letters``: (longest, words), 0 behind the ends of words."""
    missing = np.zeros(len(numbers), dtype=np.int64)
    strange = sizes.astype(np.int64)
    for letter in set(typed.tolist()):
        held = letters == letter
        missing += ~held.any(axis=0)
        strange -= held.sum(axis=0)
    alike = np.flatnonzero((missing <= allowed) & (strange <= allowed))
    distances = _distances(letters[:, alike], typed, sizes[alike])
    close = np.flatnonzero(distances <= allowed)
    return list(zip(distances[close].tolist(), numbers[alike[close]].tolist(), strict=True))


def _distances(letters: Array, typed: Array, sizes: Array) -> Array:
    """`nearest.edits` of the word typed from each of the words, int16, letter by letter for all of them."""
    longest, words = letters.shape
    rows = [np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], words, axis=1)]
    for i, letter in enumerate(typed.tolist()):
        before = rows[-1]
        row = np.empty_like(before)
        row[0] = i + 1
        for j in range(longest):
            against = letters[j]
            best = np.minimum(before[j + 1], row[j]) + np.int16(1)
            np.minimum(best, before[j] + (against != letter), out=best)
            if i and j:
                turned = (letters[j - 1] == letter) & (against == typed[i - 1])
                np.minimum(best, np.where(turned, rows[-2][j - 1] + np.int16(1), best), out=best)
            row[j + 1] = best
        rows = [before, row]
    return np.asarray(rows[-1][sizes, np.arange(words)])
