"""Compiled loops for indexing: words to postings, postings to bytes. Needs the extra ``fast``.

Each does what its NumPy twin in `postings` or `packing` does, to the same bytes.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from essaysearch.columnar.bit_kernels import store
from essaysearch.columnar.blocks import CODE, EXCEPTION_BITS, LEAST, ORDINAL, POSITION
from essaysearch.columnar.compiling import forget_stale
from essaysearch.columnar.packing import packed_arrays
from essaysearch.columnar.postings import Postings

Array = npt.NDArray[Any]
BLOCK = 128
FIELDS = 4
MAX_CODE = 15
NEAR = 15
"""So many occurrences (2 to this) are sorted within the processor's own memory."""

forget_stale()


@numba.njit(cache=True, nogil=True)
def scatter(words, lengths, rank, ordinal, low, high, occurrences):  # type: ignore[no-untyped-def]
    """The postings of the terms ``low`` to ``high``: the parts of `Postings`, in their order.

    ``occurrences``: how many each of these terms has.
    """
    terms = high - low
    ends = np.zeros(terms + 1, dtype=np.uint32)
    for term in range(terms):
        ends[term + 1] = ends[term] + occurrences[term]
    total = np.int64(ends[terms])
    # Terms come in any order. What is told of an occurrence first goes to the others of its neighbours
    # among the terms, so that sorting these stays within a part of memory that the processor holds.
    filled = np.zeros((total >> NEAR) + 1, dtype=np.int64)
    for term in range(terms - 1, -1, -1):
        filled[ends[term] >> NEAR] = ends[term]
    told = np.empty((total, 3), dtype=np.uint32)
    at = 0
    for passage in range(lengths.shape[1]):
        position = 0
        for field in range(FIELDS):
            for place in range(at, at + lengths[field, passage]):
                word = words[place]
                term = rank[word] - low
                if 0 <= term < terms:
                    near = ends[term] >> NEAR
                    here = filled[near]
                    filled[near] = here + 1
                    told[here, 0], told[here, 1], told[here, 2] = passage, position, word
                position += 1
            position += 1
            at += lengths[field, passage]
    following = ends[:-1].copy()
    passages = np.empty(total, dtype=np.uint32)
    pos = np.empty(total, dtype=np.uint32)
    ordinals = np.empty(total, dtype=np.uint16)
    for n in range(total):
        word = told[n, 2]
        term = rank[word] - low
        here = following[term]
        following[term] = here + np.uint32(1)
        passages[here], pos[here], ordinals[here] = told[n, 0], told[n, 1], ordinal[word]
    post = np.zeros(terms + 1, dtype=np.int64)
    count = np.int64(0)
    for term in range(terms):
        for here in range(ends[term], ends[term + 1]):
            count += here == ends[term] or passages[here] != passages[here - 1]
        post[term + 1] = count
    docs = np.empty(count, dtype=np.uint32)
    occ = np.empty(count + 1, dtype=np.int64)
    occ[count] = total
    posting = -1
    for term in range(terms):
        for here in range(ends[term], ends[term + 1]):
            if here == ends[term] or passages[here] != passages[here - 1]:
                posting += 1
                docs[posting], occ[posting] = passages[here], here
    codes, exc = _coded(docs, occ, pos, lengths)
    return post, docs, codes, exc, occ, pos, ordinals


@numba.njit(cache=True, nogil=True)
def _coded(docs, occ, pos, lengths):  # type: ignore[no-untyped-def]
    """(codes, exceptions) of postings."""
    codes = np.empty(len(docs), dtype=np.uint8)
    rows = 0
    for posting in range(len(docs)):
        times = occ[posting + 1] - occ[posting]
        plain = times <= MAX_CODE and pos[occ[posting + 1] - 1] < lengths[0, docs[posting]]
        codes[posting] = times if plain else 0
        rows += not plain
    exc = np.zeros((rows, FIELDS), dtype=np.int64)
    row = 0
    for posting in range(len(docs)):
        if codes[posting] == 0:
            passage = docs[posting]
            field = 0
            end = lengths[0, passage]
            for here in range(occ[posting], occ[posting + 1]):
                while pos[here] >= end and field < FIELDS - 1:
                    field += 1
                    end += lengths[field, passage] + 1
                exc[row, field] += 1
            row += 1
    return codes, exc


@numba.njit(cache=True, nogil=True)
def _width(value):  # type: ignore[no-untyped-def]
    """How many bits an integer needs."""
    width = np.int64(0)
    while value >> width:
        width += 1
    return width


@numba.njit(cache=True, nogil=True)
def _put(data, place, held, value, width):  # type: ignore[no-untyped-def]
    """Write an integer of ``width`` bits at a place (in bits); ``held``: what its byte has before it.

    Returns (place, held) for the next integer.
    """
    held |= value << (place & 7)
    store(data, place >> 3, held)
    after = place + width
    return after, held >> (((after >> 3) - (place >> 3)) << 3)


@numba.njit(cache=True, nogil=True)
def _put_postings(docs, codes, exc, data, at):  # type: ignore[no-untyped-def]
    """Write a block's postings from byte ``at`` on; returns (its part of the format, the byte behind it)."""
    size = len(docs)
    widest, most = np.int64(0), np.int64(0)
    for i in range(1, size):
        widest = max(widest, np.int64(docs[i]) - np.int64(docs[i - 1]) - 1)
    for i in range(size):
        most = max(most, np.int64(codes[i]))
    least = np.int64(len(exc) == 0)
    step, code = _width(widest), _width(most - least)
    place, held = at << 3, np.int64(0)
    for i in range(1, size):
        place, held = _put(data, place, held, np.int64(docs[i]) - np.int64(docs[i - 1]) - 1, step)
    if code:
        for i in range(size):
            place, held = _put(data, place, held, np.int64(codes[i]) - least, code)
    if len(exc):
        top = np.int64(0)
        for row in range(len(exc)):
            for field in range(FIELDS):
                top = max(top, exc[row, field])
        width = _width(top)
        place, held = _put(data, place, held, width, EXCEPTION_BITS)
        for row in range(len(exc)):
            for field in range(FIELDS):
                place, held = _put(data, place, held, exc[row, field], width)
    return step | least << LEAST | code << CODE, (place + 7) >> 3


@numba.njit(cache=True, nogil=True)
def _put_positions(pos, ordinals, data, at):  # type: ignore[no-untyped-def]
    """Write a block's positions and the numbers of their surfaces, as `_put_postings` does."""
    top, last = np.int64(0), np.int64(0)
    for n in range(len(pos)):
        top, last = max(top, np.int64(pos[n])), max(last, np.int64(ordinals[n]))
    position = np.int64(0 if top < 1 << 8 else 1 if top < 1 << 16 else 2)
    ordinal = _width(last)
    place, held = at << 3, np.int64(0)
    for n in range(len(pos)):
        place, held = _put(data, place, held, np.int64(pos[n]), np.int64(8) << position)
    if ordinal:
        for n in range(len(pos)):
            place, held = _put(data, place, held, np.int64(ordinals[n]), ordinal)
    return position << POSITION | ordinal << ORDINAL, (place + 7) >> 3


@numba.njit(cache=True, nogil=True)
def _pack(post, docs, codes, exc, occ, pos, ordinals):  # type: ignore[no-untyped-def]
    terms = len(post) - 1
    blocks = 0
    for term in range(terms):
        blocks += (post[term + 1] - post[term] + BLOCK - 1) // BLOCK
    term_block = np.empty(terms + 1, dtype=np.int64)
    base, size, form = np.empty((3, blocks), dtype=np.int64)
    at, pos_at = np.empty((2, blocks + 1), dtype=np.int64)
    # As much as can be needed; what is not written to is never given to us by the system.
    data = np.empty(len(docs) * 5 + blocks * 2 + len(exc) * FIELDS * 4 + 8, dtype=np.uint8)
    positions = np.empty(len(pos) * 6 + blocks + 8, dtype=np.uint8)
    out, pos_out, block, row = np.int64(0), np.int64(0), 0, 0
    for term in range(terms):
        term_block[term] = block
        for begin in range(post[term], post[term + 1], BLOCK):
            end = min(begin + BLOCK, post[term + 1])
            rows = row
            for posting in range(begin, end):
                rows += codes[posting] == 0
            base[block], size[block], at[block], pos_at[block] = docs[begin], end - begin, out, pos_out
            form[block], out = _put_postings(docs[begin:end], codes[begin:end], exc[row:rows], data, out)
            first, last = occ[begin], occ[end]
            told, pos_out = _put_positions(pos[first:last], ordinals[first:last], positions, pos_out)
            form[block] |= told
            row = rows
            block += 1
    term_block[terms], at[blocks], pos_at[blocks] = block, out, pos_out
    return term_block, base, at, pos_at, size, form, data[:out], positions[:pos_out]


def pack(postings: Postings) -> dict[str, Array]:
    """As `packing.pack`."""
    p = postings
    return packed_arrays(*_pack(p.post, p.docs, p.codes, p.exc, p.occ, p.pos, p.ord))
