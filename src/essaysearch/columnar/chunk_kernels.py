"""Compiled loops for indexing: cutting UTF-8 bytes into numbered chunks.

Needs the extra ``fast``. A chunk is what `analysis.CHUNK` matches, found here over bytes: ASCII
letters and digits, and any byte beyond ASCII that does not spell U+2000 to U+206F. Chunks that
differ only in the case of ASCII letters are one: no word depends on it.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from essaysearch.columnar.strings import Strings

Array = npt.NDArray[Any]

_LETTERS = np.array(
    [ord(chr(byte).lower()) if chr(byte).isalnum() else 0 for byte in range(128)] + [*range(128, 256)],
    dtype=np.uint8,
)
"""What each byte is within a chunk, ASCII in lower case; 0 where it separates."""

_SHORT = 7
"""The bytes of a chunk that fit into its key, which then needs no comparing of bytes."""

_BYTE, _LONG = np.uint64(8), np.uint64(1 << 63)
_PRIME, _SPREAD, _HALF = np.uint64(1099511628211), np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


@numba.njit(cache=True, nogil=True)
def _slot_of(key, mask):  # type: ignore[no-untyped-def]
    spread = key * _SPREAD
    return (spread ^ (spread >> _HALF)) & mask


@numba.njit(cache=True, nogil=True)
def _cut(data, at, unit, letters, keys, numbers, arena, ends, state, out, counts):  # type: ignore[no-untyped-def]
    """Number the chunks of ``data`` from byte ``at`` on, until the end or until a table is full.

    ``keys`` and ``numbers``: the chunk at each slot, key 0 where free. A key is the bytes of a
    short chunk behind a 1, or the hash of a long one with its highest bit set.
    ``arena[ends[i]:ends[i+1]]``: the bytes of chunk i and a line feed; ``state``: [chunks, words out,
    unit]. Returns the byte to go on from.
    """
    n = len(data)
    mask = np.uint64(len(keys) - 1)
    chunks = state[0]
    written = state[1]
    room = min(len(keys) // 2, len(ends) - 1)
    in_unit = counts[unit]
    while at < n:
        letter = letters[data[at]]
        if letter == 0:
            at += 1
            continue
        if letter == 255:
            counts[unit] = in_unit
            unit += 1
            in_unit = counts[unit]
            at += 1
            continue
        if letter == 0xE2 and _is_punctuation(data, at):
            at += 3
            continue
        start = at
        key = np.uint64(1)
        while at < n:
            letter = letters[data[at]]
            if letter == 0 or letter == 255 or (letter == 0xE2 and _is_punctuation(data, at)):
                break
            if at - start < _SHORT:
                key = (key << _BYTE) | np.uint64(letter)
            else:
                key = (key ^ np.uint64(letter)) * _PRIME
            at += 1
        length = at - start
        if length > _SHORT:
            key |= _LONG
        slot = _slot_of(key, mask)
        found = -1
        while keys[slot] != 0:
            if keys[slot] == key and (
                length <= _SHORT or _is_chunk(data, start, length, letters, arena, ends, numbers[slot])
            ):
                found = numbers[slot]
                break
            slot = (slot + np.uint64(1)) & mask
        if found < 0:
            if chunks >= room or ends[chunks] + length + 1 > len(arena):
                at = start
                break
            found = chunks
            keys[slot] = key
            numbers[slot] = chunks
            home = ends[chunks]
            for offset in range(length):
                arena[home + offset] = letters[data[start + offset]]
            arena[home + length] = 10
            chunks += 1
            ends[chunks] = home + length + 1
        out[written] = found
        written += 1
        in_unit += 1
    counts[unit] = in_unit
    state[0] = chunks
    state[1] = written
    state[2] = unit
    return at


@numba.njit(cache=True, nogil=True)
def _is_punctuation(data, at):  # type: ignore[no-untyped-def]
    """Whether the byte E2 at ``at`` begins a character of U+2000 to U+206F."""
    return at + 2 < len(data) and (data[at + 1] == 0x80 or (data[at + 1] == 0x81 and data[at + 2] <= 0xAF))


@numba.njit(cache=True, nogil=True)
def _is_chunk(data, start, length, letters, arena, ends, number):  # type: ignore[no-untyped-def]
    home = ends[number]
    if ends[number + 1] - home != length + 1:
        return False
    offset = 0
    while offset < length and arena[home + offset] == letters[data[start + offset]]:
        offset += 1
    return offset == length


@numba.njit(cache=True, nogil=True)
def _rehash(old_keys, old_numbers, keys, numbers):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(keys) - 1)
    for old in range(len(old_keys)):
        key = old_keys[old]
        if key != 0:
            slot = _slot_of(key, mask)
            while keys[slot] != 0:
                slot = (slot + np.uint64(1)) & mask
            keys[slot] = key
            numbers[slot] = old_numbers[old]


class ChunkTable:
    """Numbers chunks of bytes in the order in which they are first met."""

    def __init__(self) -> None:
        self._keys = np.zeros(1 << 17, dtype=np.uint64)
        self._numbers = np.zeros(1 << 17, dtype=np.int32)
        self._ends = np.zeros((1 << 16) + 1, dtype=np.int64)
        self._arena = np.zeros(1 << 20, dtype=np.uint8)
        self._state = np.zeros(3, dtype=np.int64)

    def cut(self, data: bytes, units: int) -> tuple[Array, Array, str]:
        """Number the chunks of texts joined by byte 255.

        Returns (int32 chunk numbers in order, int64 chunks of each text, the chunks not met before,
        each with a line feed behind it).
        """
        raw = np.frombuffer(data, dtype=np.uint8)
        out = np.empty(len(raw) // 2 + 2, dtype=np.int32)
        counts = np.zeros(max(units, 1), dtype=np.int64)
        known = int(self._state[0])
        self._state[1:] = 0
        at = 0
        while True:
            unit = int(self._state[2])
            at = _cut(
                raw, at, unit, _LETTERS, self._keys, self._numbers, self._arena, self._ends, self._state,
                out, counts,
            )  # fmt: skip
            if at >= len(raw):
                break
            self._grow()
        new = self._arena[self._ends[known] : self._ends[int(self._state[0])]].tobytes()
        return out[: int(self._state[1])], counts[:units], new.decode("utf-8", "surrogatepass")

    def number(self, words: list[str]) -> tuple[list[str], Array]:
        """(the words not met before, each once, the number of every word, int32).

        Each word must be one chunk, in lower case; the table then must number no others.
        """
        if not words:
            return [], np.zeros(0, dtype=np.int32)
        numbers, _, new = self.cut("\n".join(words).encode("utf-8", "surrogatepass"), 1)
        return new[:-1].split("\n") if new else [], numbers

    def __len__(self) -> int:
        return int(self._state[0])

    def strings(self) -> Strings:
        """The chunks, by number."""
        ends = self._ends[: len(self) + 1]
        return Strings(self._arena[: ends[-1]], ends[:-1], ends[1:] - 1)

    def _grow(self) -> None:
        """Double the table where it is half full, else the bytes of chunks."""
        if int(self._state[0]) * 2 < len(self._keys):
            self._arena = np.concatenate((self._arena, np.zeros_like(self._arena)))
            return
        keys, numbers = self._keys, self._numbers
        self._keys = np.zeros(len(keys) * 2, dtype=np.uint64)
        self._numbers = np.zeros(len(keys) * 2, dtype=np.int32)
        self._ends = np.concatenate((self._ends, np.zeros_like(self._ends[:-1])))
        _rehash(keys, numbers, self._keys, self._numbers)
