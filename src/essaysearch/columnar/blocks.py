"""Postings to the bytes of a segment and back.

A term's postings are cut into *blocks* of at most 128. The array ``postings`` holds, block after
block:

- the passages: steps from the one before (the first is 0) in one byte each, where all fit; else
  distances from the block's first passage in two bytes; else steps in two bytes; else distances in four;
- the codes, half a byte each, the first in the lower half;
- the exceptions: four frequencies a row, in one byte each, or in four where one needs it.

The array ``positions`` holds, block after block, the positions of all occurrences in one, two or
four bytes each, then the numbers of their surfaces in no, 1, 2, 4, 8 or 16 bits each.

Of each block are kept: ``block_base``, its first passage; ``block_at`` and ``block_pos``, where its
bytes begin in ``postings`` and ``positions`` (and where the last block's end); ``block_size``, how
many postings it has;
``block_format``, how wide its parts are; ``block_bound``, the largest weighted frequency in it, for
pruning. ``term_block`` tells where each term's blocks begin. All integers are little-endian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.arrayfile import ArrayFileWriter
from essaysearch.columnar.postings import BLOCK, EXCEPTION, FIELDS, Postings, weighted

Array = npt.NDArray[Any]
Arrays = Callable[[str, int, int], Array]

STEPS, DISTANCES, LONG_STEPS, LONG_DISTANCES = 0, 1, 3, 2
ID_WIDTH = np.array([1, 2, 4, 2])
POSITION_WIDTH = np.array([1, 2, 4])
ORDINAL_BITS = np.array([0, 1, 2, 4, 8, 16])
"""What the parts of a format stand for; see `formats`."""


class Formats(NamedTuple):
    """``mode``: how passages are stored, one of `STEPS`, `DISTANCES`, `LONG_STEPS`, `LONG_DISTANCES`;
    ``id_width`` and ``position_width``: bytes; ``ordinal_bits``; ``exception_width``: bytes."""

    mode: Array
    id_width: Array
    position_width: Array
    ordinal_bits: Array
    exception_width: Array


def formats(values: Array) -> Formats:
    """``block_format`` taken apart, int64.

    Bits 0 and 1: the mode; 2 and 3: which position width; 4 to 6: which ordinal bits; 7: wide exceptions.
    """
    values = values.astype(np.int64)
    mode = values & 3
    return Formats(
        mode,
        ID_WIDTH[mode],
        POSITION_WIDTH[values >> 2 & 3],
        ORDINAL_BITS[values >> 4 & 7],
        np.where(values >> 7, 4, 1),
    )


def offsets(values: Array) -> Array:
    """Offsets as uint32, or uint64 where they must: of few types, as kernels are compiled for each."""
    return values.astype(np.uint64 if values.size and int(values.max()) >> 32 else np.uint32)


def pack(postings: Postings, norms: Array, surfaces_of_term: Array, fast: bool = False) -> dict[str, Array]:
    """Postings as the arrays of a segment.

    ``norms``: (fields, passages) float32, the divisors of `postings.weighted` at the averages of
    this segment. ``surfaces_of_term``: how many surfaces each term has. ``fast``: use the compiled
    loops. Offsets begin at 0; `Packed` shifts them.
    """
    if fast:
        from essaysearch.columnar import index_kernels

        return index_kernels.pack(postings, norms, surfaces_of_term)
    post, docs = postings.post, postings.docs.astype(np.int64)
    df = np.diff(post)
    blocks_of_term = -(-df // BLOCK)
    term_block = np.concatenate(([0], np.cumsum(blocks_of_term)))
    block_term = np.repeat(np.arange(len(df)), blocks_of_term)
    begin = post[:-1][block_term] + (np.arange(len(block_term)) - term_block[:-1][block_term]) * BLOCK
    end = np.minimum(begin + BLOCK, post[1:][block_term])
    size = end - begin
    some = len(docs) > 0

    base = docs[begin]
    distance = docs - np.repeat(base, size)
    step = np.diff(distance, prepend=0)
    step[begin] = 0
    far = np.maximum.reduceat(distance, begin) if some else base
    widest = np.maximum.reduceat(step, begin) if some else base
    fits = (widest < 1 << 8, far < 1 << 16, widest < 1 << 16)
    mode = np.select(fits, (STEPS, DISTANCES, LONG_STEPS), LONG_DISTANCES)
    steps = (mode == STEPS) | (mode == LONG_STEPS)
    id_width = ID_WIDTH[mode]

    exceptional = postings.codes == EXCEPTION
    exc_first = np.concatenate(([0], np.cumsum(exceptional)))
    exc_count = exc_first[end] - exc_first[begin]
    most = postings.exc.max(axis=1, initial=0)
    wide = _any(most > 255, exc_first[begin], exc_count)
    exc_width = np.where(wide, 4, 1)

    code_at = size * id_width
    exc_at = code_at + (size + 1) // 2
    held = exc_at + exc_count * exc_width * FIELDS
    edges = np.concatenate(([0], np.cumsum(held)))
    at = edges[:-1]
    data = np.zeros(int(edges[-1]), dtype=np.uint8)
    place = np.arange(len(docs)) - np.repeat(begin, size)
    told = np.where(np.repeat(steps, size), step, distance)
    _scatter(data, np.repeat(at, size), place, told, np.repeat(id_width, size))
    half = np.repeat(at + code_at, size) + place // 2
    lower = place % 2 == 0
    data[half[lower]] = postings.codes[lower]
    data[half[~lower]] |= postings.codes[~lower] << 4
    row_of = np.repeat(np.arange(len(size)), exc_count)
    row = np.arange(len(postings.exc)) - exc_first[begin][row_of]
    cell = (row[:, None] * FIELDS + np.arange(FIELDS)).reshape(-1)
    of_cell = np.repeat(row_of, FIELDS)
    _scatter(data, (at + exc_at)[of_cell], cell, postings.exc.reshape(-1), exc_width[of_cell])

    occ, occ_end = postings.occ[begin], postings.occ[end]
    count = occ_end - occ
    top = np.maximum.reduceat(postings.pos, occ).astype(np.int64) if some else base
    position_code = np.where(top < 1 << 8, 0, np.where(top < 1 << 16, 1, 2))
    position_width = POSITION_WIDTH[position_code]
    ordinal_code = np.searchsorted(1 << ORDINAL_BITS, surfaces_of_term)[block_term]
    bits = ORDINAL_BITS[ordinal_code]
    ordinal_at = count * position_width
    length = ordinal_at + (count * bits + 7) // 8
    pos_edges = np.concatenate(([0], np.cumsum(length)))
    pos_at = pos_edges[:-1]
    positions = np.zeros(int(pos_edges[-1]), dtype=np.uint8)
    place = np.arange(len(postings.pos)) - np.repeat(occ, count)
    width = np.repeat(position_width, count)
    _scatter(positions, np.repeat(pos_at, count), place, postings.pos.astype(np.int64), width)
    home = np.repeat(pos_at + ordinal_at, count)
    _scatter_bits(positions, home, place, postings.ord.astype(np.int64), np.repeat(bits, count))

    return packed_arrays(
        term_block,
        base,
        edges,
        pos_edges,
        size,
        mode | position_code << 2 | ordinal_code << 4 | wide.astype(np.int64) << 7,
        np.maximum.reduceat(weighted(postings, norms), begin) if some else np.zeros(0),
        data,
        positions,
    )


def packed_arrays(
    term_block: Array, base: Array, at: Array, pos_at: Array, size: Array, form: Array, bound: Array,
    data: Array, positions: Array,
) -> dict[str, Array]:  # fmt: skip
    """The arrays of `pack` in their types. Bounds are rounded up."""
    return {
        "term_block": offsets(term_block),
        "block_base": base.astype(np.uint32),
        "block_at": offsets(at),
        "block_pos": offsets(pos_at),
        "block_size": size.astype(np.uint8),
        "block_format": form.astype(np.uint8),
        "block_bound": np.nextafter(bound.astype(np.float32), np.float32(np.inf)),
        "postings": data,
        "positions": positions,
    }


def _any(flags: Array, begin: Array, count: Array) -> Array:
    """Whether any flag of each run is set."""
    before = np.concatenate(([0], np.cumsum(flags)))
    return np.asarray(before[begin + count] > before[begin])


def _scatter(target: Array, home: Array, place: Array, values: Array, width: Array) -> None:
    """Write integers of ``width`` bytes each at ``home + place * width``."""
    dest = home + place * width
    for byte in range(int(width.max(initial=0))):
        chosen = slice(None) if byte == 0 else np.flatnonzero(width > byte)
        target[dest[chosen] + byte] = (values[chosen] >> (8 * byte)) & 0xFF


def _scatter_bits(target: Array, home: Array, place: Array, values: Array, bits: Array) -> None:
    """Write integers of ``bits`` bits each, the ``place``-th from byte ``home`` on, into zeroed bytes."""
    first = place * bits
    for size in (1, 2, 4):
        chosen = np.flatnonzero(bits == size)
        np.bitwise_or.at(target, (home + first // 8)[chosen], (values << first % 8)[chosen].astype(np.uint8))
    for size in (8, 16):
        chosen = np.flatnonzero(bits == size)
        _scatter(target, home[chosen], place[chosen], values[chosen], np.full(len(chosen), size // 8))


class Blocks(NamedTuple):
    """Blocks of one or more terms, their passages and codes decoded.

    ``size``: postings of each block; ``docs``: int64; ``codes``: int64; ``exc``: (n, 4) int64
    frequencies by field of the postings whose code is 0.
    """

    size: Array
    docs: Array
    codes: Array
    exc: Array

    def totals(self) -> Array:
        """Occurrences of each posting in all fields, int64."""
        totals = self.codes.copy()
        totals[totals == EXCEPTION] = self.exc.sum(axis=1)
        return totals

    def frequencies(self) -> Array:
        """(postings, 4) frequency of each posting in each field, int64."""
        table = np.zeros((len(self.docs), FIELDS), dtype=np.int64)
        table[:, 0] = self.codes
        table[self.codes == EXCEPTION] = self.exc
        return table


def read_blocks(arrays: Arrays, low: int, high: int) -> Blocks:
    """Decode the blocks ``low`` to ``high``. ``arrays`` gives a part of an array of the segment, verified."""
    size = arrays("block_size", low, high).astype(np.int64)
    form = formats(arrays("block_format", low, high))
    at, data = _bytes(arrays, "block_at", "postings", low, high)
    place = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    width = np.repeat(form.id_width, size)
    values = gather(data, np.repeat(at, size) + place * width, width)
    base = np.repeat(arrays("block_base", low, high).astype(np.int64), size)
    steps = (form.mode == STEPS) | (form.mode == LONG_STEPS)
    if steps.all():
        docs = base + _within(values, size)
    elif steps.any():
        stepped = np.repeat(steps, size)
        docs = base + np.where(stepped, _within(np.where(stepped, values, 0), size), values)
    else:
        docs = base + values
    code_at = at + size * form.id_width
    pairs = data[np.repeat(code_at, size) + place // 2].astype(np.int64)
    codes = pairs >> place % 2 * 4 & 15
    exceptional = codes == EXCEPTION
    if not exceptional.any():
        return Blocks(size, docs, codes, np.zeros((0, FIELDS), np.int64))
    block = np.repeat(np.arange(len(size)), size)[exceptional]
    count = np.bincount(block, minlength=len(size))
    row = np.arange(len(block)) - np.repeat(np.cumsum(count) - count, count)
    width = form.exception_width[block]
    begin = (code_at + (size + 1) // 2)[block] + row * width * FIELDS
    cells = (begin[:, None] + np.arange(FIELDS) * width[:, None]).reshape(-1)
    return Blocks(size, docs, codes, gather(data, cells, np.repeat(width, FIELDS)).reshape(-1, FIELDS))


def read_positions(
    arrays: Arrays, low: int, high: int, held: Blocks, rows: Array | None = None
) -> tuple[Array, Array, Array]:
    """(how many, positions, numbers of surfaces) of the occurrences of postings, int64.

    ``held``: the blocks ``low`` to ``high``, as `read_blocks` gives them. ``rows``: the postings
    wanted, by their place in these blocks, ascending; None for all.
    """
    form = formats(arrays("block_format", low, high))
    at, data = _bytes(arrays, "block_pos", "positions", low, high)
    totals = held.totals()
    ends = np.concatenate(([0], np.cumsum(totals)))
    edges = np.concatenate(([0], np.cumsum(held.size)))
    first = ends[edges[:-1]]
    block = np.repeat(np.arange(len(held.size)), held.size)
    before = ends[:-1] - first[block]
    if rows is not None:
        block, before, totals = block[rows], before[rows], totals[rows]
    place = np.arange(int(totals.sum())) + np.repeat(before - np.cumsum(totals) + totals, totals)
    home = np.repeat(block, totals)
    width = form.position_width[home]
    positions = gather(data, at[home] + place * width, width)
    ordinal_at = at + np.diff(ends[edges]) * form.position_width
    return totals, positions, _gather_bits(data, ordinal_at[home], place, form.ordinal_bits[home])


def _bytes(arrays: Arrays, offsets: str, name: str, low: int, high: int) -> tuple[Array, Array]:
    """Where blocks begin within their bytes, int64, and these bytes."""
    at = arrays(offsets, low, high + 1).astype(np.int64)
    begin, stop = int(at[0]), int(at[-1])
    return at[:-1] - begin, arrays(name, begin, stop)


def _within(values: Array, size: Array) -> Array:
    """Running sums that begin anew with each block."""
    sums = np.cumsum(values)
    first = np.cumsum(size) - size
    return np.asarray(sums - np.repeat(sums[first] - values[first], size))


def gather(data: Array, at: Array, width: Array) -> Array:
    """Integers of ``width`` bytes each at the bytes ``at``, int64."""
    values = data[at].astype(np.int64)
    for byte in range(1, int(width.max(initial=1))):
        chosen = np.flatnonzero(width > byte)
        values[chosen] |= data[at[chosen] + byte].astype(np.int64) << (8 * byte)
    return values


def _gather_bits(data: Array, at: Array, place: Array, bits: Array) -> Array:
    """The ``place``-th integers of ``bits`` bits each from the bytes ``at`` on, int64."""
    values = np.zeros(len(place), dtype=np.int64)
    chosen = np.flatnonzero(bits)
    if not len(chosen):
        return values
    width = bits[chosen]
    first = place[chosen] * width
    home = at[chosen] + first // 8
    found = data[home].astype(np.int64) >> (first % 8)
    wide = np.flatnonzero(width == 16)
    found[wide] |= data[home[wide] + 1].astype(np.int64) << 8
    values[chosen] = found & ((1 << width) - 1)
    return values


def unpack(arrays: Arrays, low: int, high: int) -> Postings:
    """The postings of terms ``low`` to ``high`` (by rank) of a segment: the inverse of `pack`.

    ``arrays`` gives a part of an array of the segment by name, verified.
    """
    term_block = arrays("term_block", low, high + 1).astype(np.int64)
    first, last = int(term_block[0]), int(term_block[-1])
    held = read_blocks(arrays, first, last)
    totals, positions, ordinals = read_positions(arrays, first, last, held)
    return Postings(
        np.concatenate(([0], np.cumsum(held.size)))[term_block - first],
        held.docs.astype(np.uint32),
        held.codes.astype(np.uint8),
        held.exc,
        np.concatenate(([0], np.cumsum(totals))),
        positions.astype(np.uint32),
        ordinals.astype(np.uint16),
    )


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
    _KEPT = ("block_base", "block_size", "block_format", "block_bound")

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
