"""Words of the vocabulary that lie within a few edits of another, found by arrays over all of them.

What a word must have in common with another to lie so near is checked first, for all words of
about its length at once: of its letters at most as many may be missing as edits are allowed, on either side.
What is left is measured exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.segment import Segment
from essaysearch.nearest import edits

Array = npt.NDArray[Any]


def near_words(segment: Segment, word: str, allowed: int) -> list[tuple[int, str]]:
    """(edits, word) for each word of a segment at most ``allowed`` edits (`nearest.edits`) away, unordered.

    Deleted passages' words are among them, and the word itself where a segment has it. A word in
    ASCII is compared with such words only, any other only with words that begin with its letter.
    """
    if not word.isascii():
        return _by_first_letter(segment, word, allowed)
    names = segment.surfaces()
    data, begins = names.arrays()
    typed = np.frombuffer(word.encode(), dtype=np.uint8)
    ours = np.zeros(256, dtype=np.uint8)
    ours[typed] = 1
    sizes = np.diff(begins)
    chosen = np.flatnonzero(
        (np.abs(sizes - len(word)) <= allowed) & (sizes - _shared(ours[data], begins) <= allowed)
    )
    begins, sizes = begins[chosen], sizes[chosen]
    letters = _letters(data, begins, sizes)
    missing = np.zeros(len(chosen), dtype=np.uint8)
    for letter in np.flatnonzero(ours):
        missing += ~(letters == letter).any(axis=0)
    alike = np.flatnonzero(missing <= allowed)
    distances = _distances(letters[:, alike], typed, sizes[alike])
    close = np.flatnonzero(distances <= allowed)
    rows = zip(distances[close].tolist(), chosen[alike[close]].tolist(), strict=True)
    near = [(distance, names[number]) for distance, number in rows]
    return [(distance, other) for distance, other in near if other.isascii()]


def _shared(marks: Array, begins: Array) -> Array:
    """How many letters of each word are marked."""
    return np.diff(np.concatenate(([0], np.cumsum(marks, dtype=np.int32)))[begins])


def _letters(data: Array, begins: Array, sizes: Array) -> Array:
    """(longest, words) uint8: the letters of words downwards, 0 behind their ends."""
    places = np.arange(int(sizes.max(initial=0)))[:, None]
    letters = data[np.minimum(begins + places, max(0, len(data) - 1))]
    letters[places >= sizes] = 0
    return np.asarray(letters)


def _distances(letters: Array, typed: Array, sizes: Array) -> Array:
    """`nearest.edits` of the word typed from each of the words, uint8, row by row for all of them."""
    longest, words = letters.shape
    rows = [np.repeat(np.arange(longest + 1, dtype=np.uint8)[:, None], words, axis=1)]
    for i, letter in enumerate(typed.tolist()):
        before = rows[-1]
        row = np.empty_like(before)
        row[0] = i + 1
        for j in range(longest):
            against = letters[j]
            best = np.minimum(before[j + 1], row[j]) + np.uint8(1)
            np.minimum(best, before[j] + (against != letter), out=best)
            if i and j:
                turned = (letters[j - 1] == letter) & (against == typed[i - 1])
                np.minimum(best, np.where(turned, rows[-2][j - 1] + np.uint8(1), np.uint8(255)), out=best)
            row[j + 1] = best
        rows.append(row)
    return np.asarray(rows[-1][sizes, np.arange(words)])


def _by_first_letter(segment: Segment, word: str, allowed: int) -> list[tuple[int, str]]:
    from essaysearch.columnar.patterns import words_beginning

    held = ((edits(word, other, allowed), other) for other in words_beginning(segment, word[0]))
    return [(distance, other) for distance, other in held if distance <= allowed]
