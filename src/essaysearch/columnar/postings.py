"""Occurrences to postings to bytes: how the words of many passages become contiguous arrays.

A *posting* says that a term occurs in a passage, in any of the ranking fields. Postings stand
term after term, and within a term by passage. Beside each stands a one-byte *code*: 1 to 254 is
the frequency in the body, where the term occurs nowhere else in the passage; 0 points to the
next row of the term's *exceptions*, which gives the frequency in each field.

Postings are cut into blocks of 128. A block knows the number of its first passage (the others
are stored as distances from it), where its exceptions and its positions begin, and the largest
weighted frequency in it (its bound, for pruning).

A *position* counts words through the fields of a passage: body first, then the other fields,
one position left free between any two, so that no phrase runs from one field into the next.
Where a term has several surfaces, each position is followed by the number of the surface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.arrayfile import ArrayFileWriter

BLOCK = 128
EXCEPTION = 0
MAX_CODE = 254
FIELDS = 4

Array = npt.NDArray[Any]
Arrays = Callable[[str, int, int], Array]


@dataclass(frozen=True)
class Postings:
    """Postings of sorted terms, uncompressed.

    ``post``: int64 (terms + 1), where each term's postings begin. ``docs``: uint32, passage of
    each posting. ``codes``: uint8. ``exc``: (n, 4) frequencies by field of the postings whose
    code is 0, in order. ``occ``: int64 (postings + 1), where each posting's occurrences begin.
    ``pos``: uint32 position and ``ord``: uint16 number of the surface, of each occurrence.
    """

    post: Array
    docs: Array
    codes: Array
    exc: Array
    occ: Array
    pos: Array
    ord: Array


def field_starts(lengths: Array) -> Array:
    """Where each field's positions begin. ``lengths``: (4, passages). Returns the same shape, int64."""
    starts = np.zeros(lengths.shape, dtype=np.int64)
    np.cumsum(lengths[:-1].astype(np.int64) + 1, axis=0, out=starts[1:])
    return starts


def invert(
    words: Array, lengths: Array, rank: Array, ordinal: Array, term_count: int, order: Array
) -> Postings:
    """Turn the words of passages, in reading order, into postings.

    ``words``: surface number of every word, passage by passage, field by field.
    ``lengths``: (4, passages) words in each field. ``rank`` and ``ordinal``: for each surface the
    rank of its term among the sorted terms and its number among the term's surfaces.
    ``order``: the stable permutation that sorts the words by rank.
    """
    passages = lengths.shape[1]
    unit_lengths = lengths.T.reshape(-1).astype(np.int64)
    unit_starts = np.concatenate(([0], np.cumsum(unit_lengths)[:-1])) if len(unit_lengths) else unit_lengths
    shift = field_starts(lengths).T.reshape(-1) - unit_starts
    position = (np.arange(len(words), dtype=np.int64) + np.repeat(shift, unit_lengths)).astype(np.uint32)
    passage = np.repeat(np.arange(passages, dtype=np.uint32), lengths.sum(axis=0, dtype=np.int64))

    words = words[order]
    ranks = rank[words]
    passage = passage[order]
    position = position[order]
    first = np.empty(len(words), dtype=bool)
    if len(words):
        first[0] = True
        np.not_equal(ranks[1:], ranks[:-1], out=first[1:])
        first[1:] |= passage[1:] != passage[:-1]
    begins = np.flatnonzero(first)
    docs = passage[begins]
    occ = np.append(begins, len(words))
    totals = np.diff(occ)
    post = np.searchsorted(ranks[begins], np.arange(term_count + 1)).astype(np.int64)

    body_words = lengths[0].astype(np.uint32)
    outside = position >= body_words[passage]
    elsewhere = np.add.reduceat(outside, begins, dtype=np.int64) if len(begins) else totals
    exceptional = (elsewhere > 0) | (totals > MAX_CODE)
    codes = np.where(exceptional, EXCEPTION, totals).astype(np.uint8)
    rows = np.cumsum(exceptional) - 1
    inside = np.repeat(exceptional, totals)
    at = np.repeat(rows, totals)[inside]
    spots, places = position[inside].astype(np.int64), passage[inside]
    starts = field_starts(lengths)
    field = np.zeros(len(spots), dtype=np.int64)
    for number in range(1, FIELDS):
        field += spots >= starts[number][places]
    count = int(exceptional.sum())
    exc = np.bincount(at * FIELDS + field, minlength=count * FIELDS).reshape(count, FIELDS)
    return Postings(post, docs, codes, exc, occ, position, ordinal[words].astype(np.uint16))


def frequencies(postings: Postings) -> Array:
    """(postings, 4) frequency of each posting in each field, int64."""
    table = np.zeros((len(postings.docs), FIELDS), dtype=np.int64)
    table[:, 0] = postings.codes
    table[postings.codes == EXCEPTION] = postings.exc
    return table


def weighted(postings: Postings, norms: Array) -> Array:
    """x of each posting: the sum over fields of frequency / norm. ``norms``: (4, passages) float32.

    Float64. A field nobody uses may be given by its first row alone (``norms`` of shape (1, n)).
    """
    docs = postings.docs
    x = postings.codes / norms[0][docs].astype(np.float64)
    rows = np.flatnonzero(postings.codes == EXCEPTION)
    if len(rows):
        places = docs[rows]
        total = np.zeros(len(rows))
        for field in range(len(norms)):
            total += postings.exc[:, field] / norms[field][places].astype(np.float64)
        x[rows] = total
    return np.asarray(x)


def _scatter(target: Array, dest: Array, values: Array, width: int) -> None:
    """Write integers as ``width`` little-endian bytes at the byte offsets ``dest``."""
    for byte in range(width):
        target[dest + byte] = (values >> (8 * byte)) & 0xFF


def narrow(values: Array) -> Array:
    """The same unsigned integers in the narrowest of uint8, uint16, uint32, uint64."""
    top = int(values.max()) if values.size else 0
    for dtype in (np.uint8, np.uint16, np.uint32):
        if top <= np.iinfo(dtype).max:
            return values.astype(dtype)
    return values.astype(np.uint64)


def offsets(values: Array) -> Array:
    """Offsets as uint32, or uint64 where they must: of few types, as kernels are compiled for each."""
    return values.astype(np.uint64 if values.size and int(values.max()) >> 32 else np.uint32)


def _width(top: Array) -> Array:
    """Bytes that hold each value: 1, 2 or 4."""
    return np.where(top < 1 << 8, 1, np.where(top < 1 << 16, 2, 4)).astype(np.int64)


def pack(postings: Postings, norms: Array, surfaces_of_term: Array) -> dict[str, Array]:
    """Postings as the arrays of a segment file.

    ``norms``: (4, passages) or (1, passages) float32, the divisors of `weighted` at the averages
    of this segment. ``surfaces_of_term``: how many surfaces each term has.
    """
    post, docs = postings.post, postings.docs.astype(np.int64)
    df = np.diff(post)
    blocks_of_term = -(-df // BLOCK)
    block_first = np.concatenate(([0], np.cumsum(blocks_of_term))).astype(np.int64)
    block_term = np.repeat(np.arange(len(df)), blocks_of_term)
    local = np.arange(len(block_term)) - block_first[:-1][block_term]
    block_post = post[:-1][block_term] + local * BLOCK
    block_end = np.minimum(block_post + BLOCK, post[1:][block_term])
    sizes = block_end - block_post

    base = docs[block_post]
    distance = docs - np.repeat(base, sizes)
    term_width = _width(np.maximum.reduceat(distance, post[:-1])) if len(docs) else np.zeros(0, np.int64)
    ids_at = np.concatenate(([0], np.cumsum(df * term_width)))
    ids = np.zeros(int(ids_at[-1]), dtype=np.uint8)
    width = np.repeat(term_width, df)
    dest = np.repeat(ids_at[:-1] - post[:-1] * term_width, df) + np.arange(len(docs)) * width
    for size in (1, 2, 4):
        chosen = width == size
        _scatter(ids, dest[chosen], distance[chosen], size)

    exceptional = postings.codes == EXCEPTION
    exc_before = np.concatenate(([0], np.cumsum(exceptional)))
    bound = np.maximum.reduceat(weighted(postings, norms), block_post) if len(docs) else np.zeros(0)

    occ = postings.occ
    block_occ, block_occ_end = occ[block_post], occ[block_end]
    occurrences = block_occ_end - block_occ
    pos_width = _width(np.maximum.reduceat(postings.pos, block_occ)) if len(docs) else np.zeros(0, np.int64)
    ord_width = np.where(surfaces_of_term <= 1, 0, np.where(surfaces_of_term <= 256, 1, 2))[block_term]
    stride = pos_width + ord_width
    pos_at = np.concatenate(([0], np.cumsum(occurrences * stride)))
    positions = np.zeros(int(pos_at[-1]), dtype=np.uint8)
    occ_stride = np.repeat(stride, occurrences)
    dest = (
        np.repeat(pos_at[:-1] - block_occ * stride, occurrences) + np.arange(len(postings.pos)) * occ_stride
    )
    occ_pos_width, occ_ord_width = np.repeat(pos_width, occurrences), np.repeat(ord_width, occurrences)
    for size in (1, 2, 4):
        chosen = occ_pos_width == size
        _scatter(positions, dest[chosen], postings.pos[chosen], size)
    for size in (1, 2):
        chosen = occ_ord_width == size
        _scatter(positions, dest[chosen] + occ_pos_width[chosen], postings.ord[chosen], size)

    return {
        "term_post": narrow(post),
        "term_block": narrow(block_first),
        "term_ids": narrow(ids_at[:-1] * 4 + np.where(term_width == 4, 3, term_width)),
        "ids": ids,
        "codes": postings.codes,
        "exc": narrow(postings.exc.reshape(-1)) if postings.exc.size else np.zeros(0, np.uint8),
        "block_base": base.astype(np.uint32),
        "block_bound": np.nextafter(bound.astype(np.float32), np.float32(np.inf)),
        "block_exc": offsets(exc_before[block_post]),
        "block_pos": offsets(pos_at[:-1]),
        "block_format": (pos_width + 8 * ord_width).astype(np.uint8),
        "positions": positions,
    }


def unpack(arrays: Arrays, low: int, high: int) -> Postings:
    """The postings of terms ``low`` to ``high`` (by rank) of a segment: the inverse of `pack`.

    ``arrays`` gives an array of the segment by name, verified where it is read.
    """
    post = arrays("term_post", low, high + 1).astype(np.int64)
    blocks = arrays("term_block", low, high + 1).astype(np.int64)
    where = arrays("term_ids", low, high).astype(np.int64)
    first_post, first_block = int(post[0]), int(blocks[0])
    df = np.diff(post)
    count, block_count = int(post[-1]) - first_post, int(blocks[-1]) - first_block
    width = np.repeat(np.array([0, 1, 2, 4])[where & 3], df)
    begin = int(where[0] >> 2) if len(where) else 0
    size = int((width).sum())
    ids = arrays("ids", begin, begin + size)
    at = np.repeat((where >> 2) - begin - (post[:-1] - first_post) * np.array([0, 1, 2, 4])[where & 3], df)
    at += np.arange(count) * width
    sizes = np.full(block_count, BLOCK)
    ends = blocks[1:] - first_block
    sizes[ends[df > 0] - 1] = (df - (np.diff(blocks) - 1) * BLOCK)[df > 0]
    docs = np.repeat(arrays("block_base", first_block, first_block + block_count).astype(np.int64), sizes)
    docs += _gather(ids, at, width, 4)

    codes = arrays("codes", first_post, first_post + count)
    rows = np.flatnonzero(codes == EXCEPTION)
    exc_first = int(arrays("block_exc", first_block, first_block + 1)[0]) if block_count else 0
    exc = (
        arrays("exc", exc_first * FIELDS, (exc_first + len(rows)) * FIELDS)
        .reshape(-1, FIELDS)
        .astype(np.int64)
    )
    totals = codes.astype(np.int64)
    totals[rows] = exc.sum(axis=1)
    occ = np.concatenate(([0], np.cumsum(totals)))

    edges = np.concatenate(([0], np.cumsum(sizes)))
    block_occ = occ[edges]
    formats = arrays("block_format", first_block, first_block + block_count).astype(np.int64)
    pos_width, ord_width = formats & 7, formats >> 3
    stride = pos_width + ord_width
    held = np.diff(block_occ)
    pos_begin = int(arrays("block_pos", first_block, first_block + 1)[0]) if block_count else 0
    data = arrays("positions", pos_begin, pos_begin + int((held * stride).sum()))
    starts = np.concatenate(([0], np.cumsum(held * stride)))[:-1]
    at = np.repeat(starts - block_occ[:-1] * stride, held) + np.arange(int(occ[-1])) * np.repeat(stride, held)
    wide = np.repeat(pos_width, held)
    pos = _gather(data, at, wide, 4)
    ordinals = _gather(data, at + wide, np.repeat(ord_width, held), 2)
    return Postings(
        post - first_post,
        docs.astype(np.uint32),
        codes,
        exc,
        occ,
        pos.astype(np.uint32),
        ordinals.astype(np.uint16),
    )


def _gather(data: Array, at: Array, width: Array, most: int) -> Array:
    """Little-endian integers of ``width`` bytes each at the byte offsets ``at``, int64."""
    values = np.zeros(len(at), dtype=np.int64)
    for byte in range(most):
        chosen = np.flatnonzero(width > byte)
        if not len(chosen):
            break
        values[chosen] |= data[at[chosen] + byte].astype(np.int64) << (8 * byte)
    return values


class Packed:
    """Packed postings of successive runs of terms, gathered into the arrays of one segment.

    The long arrays wait in temporary files that ``spool`` opens.
    """

    _SHIFTED: Mapping[str, str] = {
        "term_post": "codes",
        "term_block": "block_base",
        "term_ids": "ids",
        "block_exc": "exc",
        "block_pos": "positions",
    }
    _LONG = ("ids", "codes", "positions")
    _KEPT = ("block_base", "block_bound", "block_format", "exc")

    def __init__(self, spool: Callable[[], Any]) -> None:
        self._spools = {name: spool() for name in self._LONG}
        self._sizes = dict.fromkeys((*self._LONG, *self._KEPT), 0)
        self._held: dict[str, list[Array]] = {name: [] for name in (*self._KEPT, *self._SHIFTED)}

    def extend(self, arrays: dict[str, Array]) -> None:
        """Append what `pack` made of the next terms."""
        for name, home in self._SHIFTED.items():
            base = self._sizes[home] // (FIELDS if name == "block_exc" else 1)
            values = arrays[name].astype(np.int64)
            if name in ("term_post", "term_block"):
                values = values[:-1]
            self._held[name].append(values + (base << 2 if name == "term_ids" else base))
        for name in self._LONG:
            self._spools[name].write(np.ascontiguousarray(arrays[name]).tobytes())
        for name in self._KEPT:
            self._held[name].append(arrays[name])
        for name in self._sizes:
            self._sizes[name] += len(arrays[name])

    def write(self, file: ArrayFileWriter) -> None:
        """Write all arrays and let the temporary files go."""
        for name, home in self._SHIFTED.items():
            values = np.concatenate(self._held.pop(name) or [np.zeros(0, np.int64)])
            if name in ("term_post", "term_block"):
                values = np.append(values, self._sizes[home])
            file.put(name, offsets(values) if name.startswith("block") else narrow(values))
        for name in self._KEPT:
            held = self._held.pop(name)
            file.put(name, np.concatenate(held) if held else np.zeros(0, np.uint8))
        for name, spool in self._spools.items():
            file.begin(name, np.uint8)
            spool.seek(0)
            while piece := spool.read(1 << 20):
                file.extend(piece)
            spool.close()
