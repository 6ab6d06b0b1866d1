"""Many strings as bytes, one behind the other: sorted and taken in an order without an object for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Strings(NamedTuple):
    """``data``: uint8, UTF-8. ``begins`` and ``ends``: int64, the bytes of each string."""

    data: Array
    begins: Array
    ends: Array

    def __len__(self) -> int:
        return len(self.begins)


def strings_of(values: Sequence[str]) -> Strings:
    """A list of strings, packed without a gap between any two."""
    text = "".join(values)
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    edges = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), out=edges[1:])
    if len(data) > len(text):  # edges of characters are not yet edges of bytes
        edges = np.append(np.flatnonzero((data & 0xC0) != 0x80), len(data))[edges]
    return Strings(data, edges[:-1], edges[1:])


def taken(strings: Strings, order: Array) -> Strings:
    """The strings ``order`` names by number, in that order, packed without a gap between any two."""
    begins = strings.begins[order]
    edges = np.zeros(len(order) + 1, dtype=np.int64)
    np.cumsum(strings.ends[order] - begins, out=edges[1:])
    places = np.arange(int(edges[-1])) + np.repeat(begins - edges[:-1], np.diff(edges))
    return Strings(strings.data[places], edges[:-1], edges[1:])


def sorting(strings: Strings, of: Array | None = None) -> Array:
    """The permutation that sorts strings (or those whose numbers are given) by their characters, int64.
    All must be different.

    A few bytes are compared at a time, those behind only where these are alike. (UTF-8 sorts as
    the characters it stands for.)
    """
    if of is not None:
        strings = Strings(strings.data, strings.begins[of], strings.ends[of])
    order = np.arange(len(strings))
    group = np.zeros(len(strings), dtype=np.int64)
    tied, offset = order.copy(), 0  # places of the order whose strings are not yet told from their neighbours
    while len(tied):
        chosen = order[tied]
        keys = _keys(strings, chosen, offset)
        sort = np.lexsort((keys, group[tied])) if offset else np.argsort(keys)
        order[tied], keys = chosen[sort], keys[sort]
        before = group[tied]
        first = np.concatenate(([True], (keys[1:] != keys[:-1]) | (before[1:] != before[:-1])))
        group[tied] = np.cumsum(first)
        tied = tied[~(first & np.append(first[1:], True))]
        offset += _COMPARED
    return order


_COMPARED = 7


def _keys(strings: Strings, chosen: Array, offset: int) -> Array:
    """Of each string the bytes from ``offset`` on, as one number: seven of them, zeros behind the end,
    then how many there are (of which only matters whether more than seven)."""
    left = np.clip(strings.ends[chosen] - strings.begins[chosen] - offset, 0, _COMPARED + 1)
    at = strings.begins[chosen] + offset
    key = np.zeros(len(chosen), dtype=np.uint64)
    for byte in range(_COMPARED):
        inside = left > byte
        found = np.zeros(len(chosen), dtype=np.uint64)
        found[inside] = strings.data[at[inside] + byte]
        key = key << np.uint64(8) | found
    return np.asarray(key << np.uint64(8) | left.astype(np.uint64))
