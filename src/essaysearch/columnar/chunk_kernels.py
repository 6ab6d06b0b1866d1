"""Compiled loops for indexing: cutting UTF-8 bytes into numbered chunks, sorting words by term.

Needs the extra ``fast``. A chunk is what `analysis.CHUNK` matches, found here over bytes: ASCII
letters and digits, and any byte beyond ASCII that does not spell U+2000 to U+206F.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_FULL = -1


@numba.njit(cache=True, nogil=True)
def _cut(data, at, unit, slots, hashes, arena, ends, state, out, counts):  # type: ignore[no-untyped-def]
    """Number the chunks of ``data`` from byte ``at`` on, until the end or until a table is full.

    ``slots``: chunk number + 1 by hash, 0 where free; ``hashes``: the hash of each chunk;
    ``arena[ends[i]:ends[i+1]]``: the bytes of chunk i; ``state``: [chunks, words out, unit].
    Returns the byte to go on from.
    """
    n = len(data)
    mask = np.uint64(len(slots) - 1)
    chunks = state[0]
    written = state[1]
    room = min(len(slots) // 2, len(ends) - 1)
    in_unit = counts[unit]
    while at < n:
        byte = data[at]
        if byte < 128:
            if not (97 <= byte <= 122 or 65 <= byte <= 90 or 48 <= byte <= 57):
                at += 1
                continue
        elif byte == 255:
            counts[unit] = in_unit
            unit += 1
            in_unit = counts[unit]
            at += 1
            continue
        elif (
            byte == 0xE2
            and at + 2 < n
            and (data[at + 1] == 0x80 or (data[at + 1] == 0x81 and data[at + 2] <= 0xAF))
        ):
            at += 3
            continue
        start = at
        value = np.uint64(14695981039346656037)
        while at < n:
            byte = data[at]
            if byte < 128:
                if not (97 <= byte <= 122 or 65 <= byte <= 90 or 48 <= byte <= 57):
                    break
            elif byte == 255 or (
                byte == 0xE2
                and at + 2 < n
                and (data[at + 1] == 0x80 or (data[at + 1] == 0x81 and data[at + 2] <= 0xAF))
            ):
                break
            value = (value ^ np.uint64(byte)) * np.uint64(1099511628211)
            at += 1
        length = at - start
        value ^= value >> np.uint64(29)
        slot = value & mask
        found = -1
        while slots[slot] != 0:
            candidate = slots[slot] - 1
            if hashes[candidate] == value:
                home = ends[candidate]
                if ends[candidate + 1] - home == length:
                    same = True
                    for offset in range(length):
                        if arena[home + offset] != data[start + offset]:
                            same = False
                            break
                    if same:
                        found = candidate
                        break
            slot = (slot + np.uint64(1)) & mask
        if found < 0:
            if chunks >= room or ends[chunks] + length > len(arena):
                at = start
                break
            found = chunks
            slots[slot] = chunks + 1
            hashes[chunks] = value
            home = ends[chunks]
            for offset in range(length):
                arena[home + offset] = data[start + offset]
            chunks += 1
            ends[chunks] = home + length
        out[written] = found
        written += 1
        in_unit += 1
    counts[unit] = in_unit
    state[0] = chunks
    state[1] = written
    state[2] = unit
    return at


@numba.njit(cache=True, nogil=True)
def _rehash(slots, hashes, chunks):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(slots) - 1)
    for chunk in range(chunks):
        slot = hashes[chunk] & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = chunk + 1


@numba.njit(cache=True, nogil=True)
def stable_order(keys, buckets):  # type: ignore[no-untyped-def]
    """The stable permutation that sorts small integers: a counting sort.

    ``keys``: int32, each in [0, ``buckets``). Returns uint32.
    """
    begins = np.zeros(buckets + 1, dtype=np.int64)
    for key in keys:
        begins[key + 1] += 1
    for bucket in range(buckets):
        begins[bucket + 1] += begins[bucket]
    order = np.empty(len(keys), dtype=np.uint32)
    for place in range(len(keys)):
        key = keys[place]
        order[begins[key]] = place
        begins[key] += 1
    return order


class ChunkTable:
    """Numbers chunks of bytes in the order in which they are first met."""

    def __init__(self) -> None:
        self._slots = np.zeros(1 << 17, dtype=np.int32)
        self._hashes = np.zeros(1 << 16, dtype=np.uint64)
        self._ends = np.zeros((1 << 16) + 1, dtype=np.int64)
        self._arena = np.zeros(1 << 20, dtype=np.uint8)
        self._state = np.zeros(3, dtype=np.int64)

    def cut(self, data: bytes, units: int) -> tuple[Array, Array, list[bytes]]:
        """Number the chunks of texts joined by byte 255.

        Returns (int32 chunk numbers in order, int64 chunks of each text, chunks not met before).
        """
        raw = np.frombuffer(data, dtype=np.uint8)
        out = np.empty(len(raw) // 2 + 2, dtype=np.int32)
        counts = np.zeros(max(units, 1), dtype=np.int64)
        known = int(self._state[0])
        self._state[1:] = 0
        at = 0
        while True:
            at = _cut(
                raw,
                at,
                int(self._state[2]),
                self._slots,
                self._hashes,
                self._arena,
                self._ends,
                self._state,
                out,
                counts,
            )
            if at >= len(raw):
                break
            self._grow()
        new = [
            self._arena[self._ends[chunk] : self._ends[chunk + 1]].tobytes()
            for chunk in range(known, int(self._state[0]))
        ]
        return out[: int(self._state[1])], counts[:units], new

    def _grow(self) -> None:
        chunks = int(self._state[0])
        if self._ends[chunks] * 2 > len(self._arena):
            self._arena = np.concatenate((self._arena, np.zeros_like(self._arena)))
        if chunks * 2 >= len(self._hashes):
            self._hashes = np.concatenate((self._hashes, np.zeros_like(self._hashes)))
            self._ends = np.concatenate((self._ends, np.zeros_like(self._ends[:-1])))
            self._slots = np.zeros(len(self._slots) * 2, dtype=np.int32)
            _rehash(self._slots, self._hashes, chunks)
