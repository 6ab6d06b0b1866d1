"""Integers of any number of bits, one after another: to bytes and back.

Bytes are little-endian, an integer's lowest bit comes first, and a place is a number of bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MOST = 32
"""Bits of the largest integer."""

_POWERS = 1 << np.arange(MOST)


def width_of(values: Array) -> Array:
    """How many bits each integer needs, int64; 0 needs none. ``values``: from 0 below 2 to `MOST`."""
    return np.searchsorted(_POWERS, values, "right")


def put(words: Array, at: Array, values: Array, width: Array) -> None:
    """Write integers of ``width`` bits each at the places ``at``, ascending, none over another.

    ``words``: uint64, zero where nothing is written yet.
    """
    if not len(at):
        return
    word, shift, held = at >> 6, (at & 63).astype(np.uint64), values.astype(np.uint64)
    first = np.flatnonzero(np.diff(word, prepend=-1))
    words[word[first]] |= np.bitwise_or.reduceat(held << shift, first)
    over = np.flatnonzero((at & 63) + width > 64)
    words[word[over] + 1] |= held[over] >> (64 - shift[over])


def windows(data: Array, most: int = MOST) -> Array:
    """For `get`: what stands from each byte on, to be read up to ``most`` bits wide."""
    form = "<u2" if most <= 9 else "<u4" if most <= 25 else "<i8"  # from any bit of the byte on
    padded = np.zeros(len(data) + 8, dtype=np.uint8)
    padded[: len(data)] = data
    return np.ascontiguousarray(np.ndarray(len(data) + 1, form, padded, 0, (1,)))


def get(held: Array, at: Array, width: Array) -> Array:
    """The integers of ``width`` bits each at the places ``at``, int64. ``held``: what `windows` gave."""
    return np.asarray((held.take(at >> 3, mode="clip") >> (at & 7)) & ((1 << width) - 1))
