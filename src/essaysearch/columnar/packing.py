"""Postings to the bytes of a segment, as `blocks` tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import bits
from essaysearch.columnar.arrayfile import ArrayFileWriter, offsets
from essaysearch.columnar.blocks import CODE, EXCEPTION_BITS, LEAST, ORDINAL, POSITION
from essaysearch.columnar.postings import BLOCK, EXCEPTION, FIELDS, Postings

Array = npt.NDArray[Any]


def pack(postings: Postings, fast: bool = False) -> dict[str, Array]:
    """Postings as the arrays of a segment. ``fast``: use the compiled loops.

    Offsets begin at 0; `Packed` shifts them.
    """
    if fast:
        from essaysearch.columnar import index_kernels

        return index_kernels.pack(postings)
    post, docs, codes = postings.post, postings.docs.astype(np.int64), postings.codes.astype(np.int64)
    df = np.diff(post)
    blocks_of_term = -(-df // BLOCK)
    term_block = np.concatenate(([0], np.cumsum(blocks_of_term)))
    block_term = np.repeat(np.arange(len(df)), blocks_of_term)
    begin = post[:-1][block_term] + (np.arange(len(block_term)) - term_block[:-1][block_term]) * BLOCK
    end = np.minimum(begin + BLOCK, post[1:][block_term])
    size = end - begin
    place = np.arange(len(docs)) - np.repeat(begin, size)

    step = np.diff(docs, prepend=0) - 1
    step[begin] = 0
    step_bits = bits.width_of(_most(step, begin))
    least = 1 - _most(codes == EXCEPTION, begin).astype(np.int64)
    codes -= np.repeat(least, size)
    code_bits = bits.width_of(_most(codes, begin))
    rows = np.concatenate(([0], np.cumsum(postings.codes == EXCEPTION)))
    row_count = rows[end] - rows[begin]
    exceptional = np.flatnonzero(row_count)
    row_bits = np.zeros(len(size), dtype=np.int64)
    row_bits[exceptional] = bits.width_of(
        _most(postings.exc.max(axis=1, initial=0), rows[begin][exceptional])
    )

    code_at = (size - 1) * step_bits
    told_at = code_at + size * code_bits
    row_at = told_at + np.where(row_count, EXCEPTION_BITS, 0)
    at, words = _room(row_at + row_count * FIELDS * row_bits)
    begins = 8 * at[:-1]
    _put(words, begins, size, np.maximum(place - 1, 0), step, step_bits)
    _put(words, begins + code_at, size, place, codes, code_bits)
    told = np.full(len(exceptional), EXCEPTION_BITS)
    bits.put(words, (begins + told_at)[exceptional], row_bits[exceptional], told)
    cell = np.arange(postings.exc.size) - np.repeat(rows[begin] * FIELDS, row_count * FIELDS)
    _put(words, begins + row_at, row_count * FIELDS, cell, postings.exc.reshape(-1), row_bits)

    occ = postings.occ[begin]
    count = postings.occ[end] - occ
    position_code = np.searchsorted([1 << 8, 1 << 16], _most(postings.pos, occ), "right")
    position_bits = 8 << position_code
    ordinal_bits = bits.width_of(_most(postings.ord, occ))
    pos_at, pos_words = _room(count * (position_bits + ordinal_bits))
    begins = 8 * pos_at[:-1]
    place = np.arange(len(postings.pos)) - np.repeat(occ, count)
    _put(pos_words, begins, count, place, postings.pos, position_bits)
    _put(pos_words, begins + count * position_bits, count, place, postings.ord, ordinal_bits)

    return packed_arrays(
        term_block,
        docs[begin],
        at,
        pos_at,
        size,
        step_bits | least << LEAST | code_bits << CODE | position_code << POSITION | ordinal_bits << ORDINAL,
        words.view(np.uint8)[: at[-1]],
        pos_words.view(np.uint8)[: pos_at[-1]],
    )


def packed_arrays(
    term_block: Array, base: Array, at: Array, pos_at: Array, size: Array, form: Array,
    data: Array, positions: Array,
) -> dict[str, Array]:  # fmt: skip
    """The arrays of `pack` in their types."""
    return {
        "term_block": offsets(term_block),
        "block_base": base.astype(np.uint32),
        "block_at": offsets(at),
        "block_pos": offsets(pos_at),
        "block_size": size.astype(np.uint8),
        "block_format": form.astype(np.uint16),
        "postings": data,
        "positions": positions,
    }


def _most(values: Array, begin: Array) -> Array:
    """The largest of each run of values. ``begin``: where each begins; none is empty."""
    return np.maximum.reduceat(values, begin) if len(begin) else values[:0]


def _put(words: Array, begins: Array, count: Array, place: Array, values: Array, width: Array) -> None:
    """Write values of ``width`` bits, ``count`` in each block; ``place``: which of its block each is."""
    wide = np.repeat(width, count)
    bits.put(words, np.repeat(begins, count) + place * wide, values, wide)


def _room(size: Array) -> tuple[Array, Array]:
    """(the byte where each block begins and the last ends, zeros for them). ``size``: bits of each."""
    at = np.concatenate(([0], np.cumsum((size + 7) // 8)))
    return at, np.zeros(int(at[-1]) // 8 + 1, dtype="<u8")


class Packed:
    """Packed postings of successive runs of terms, gathered into the arrays of one segment.

    The long arrays wait in the files that ``spool`` opens. A context manager: closes them.
    """

    _SHIFTED: Mapping[str, str] = {
        "term_block": "block_size",
        "block_at": "postings",
        "block_pos": "positions",
    }
    _LONG = ("postings", "positions")
    _KEPT = ("block_base", "block_size", "block_format")

    def __init__(self, spool: Callable[[], Any]) -> None:
        self._spools = {name: spool() for name in self._LONG}
        self._sizes = dict.fromkeys((*self._LONG, "block_size"), 0)
        self._held: dict[str, list[Array]] = {name: [] for name in (*self._KEPT, *self._SHIFTED)}

    def extend(self, arrays: dict[str, Array]) -> None:
        """Append what `pack` made of the next terms."""
        for name, home in self._SHIFTED.items():
            values = arrays[name].astype(np.int64) + self._sizes[home]
            self._held[name].append(values[:-1])
        for name in self._LONG:
            self._spools[name].write(np.ascontiguousarray(arrays[name]).data)
        for name in self._KEPT:
            self._held[name].append(arrays[name])
        for name in self._sizes:
            self._sizes[name] += len(arrays[name])

    def write(self, file: ArrayFileWriter) -> None:
        """Write all arrays, once."""
        for name, home in self._SHIFTED.items():
            file.put(name, offsets(_joined([*self._held.pop(name), np.array([self._sizes[home]])])))
        for name in self._KEPT:
            file.put(name, _joined(self._held.pop(name)))
        for name, spool in self._spools.items():
            file.begin(name, np.uint8)
            spool.seek(0)
            while piece := spool.read(1 << 20):
                file.extend(piece)

    def __enter__(self) -> Packed:
        return self

    def __exit__(self, *_: object) -> None:
        for spool in self._spools.values():
            spool.close()


def _joined(held: Iterable[Array]) -> Array:
    arrays = list(held)
    return np.concatenate(arrays) if arrays else np.zeros(0, np.uint8)
