"""Compiled loops for indexing: words to postings, postings to bytes. Needs the extra ``fast``.

Each does what its NumPy twin in `postings` or `blocks` does, to the same bytes.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from essaysearch.columnar.blocks import packed_arrays
from essaysearch.columnar.postings import Postings

Array = npt.NDArray[Any]
BLOCK = 128
FIELDS = 4
MAX_CODE = 14
NEAR = 15
"""So many occurrences (2 to this) are sorted within the processor's own memory."""


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
def _put(data, at, value, width):  # type: ignore[no-untyped-def]
    for byte in range(width):
        data[at + byte] = (value >> (8 * byte)) & 0xFF


@numba.njit(cache=True, nogil=True)
def _pack(post, docs, codes, exc, occ, pos, ordinals, norms, surfaces):  # type: ignore[no-untyped-def]
    terms = len(post) - 1
    blocks = 0
    for term in range(terms):
        blocks += (post[term + 1] - post[term] + BLOCK - 1) // BLOCK
    term_block = np.empty(terms + 1, dtype=np.int64)
    base, bound = np.empty(blocks, dtype=np.int64), np.empty(blocks)
    at, pos_at = np.empty(blocks + 1, dtype=np.int64), np.empty(blocks + 1, dtype=np.int64)
    size, form = np.empty(blocks, dtype=np.int64), np.empty(blocks, dtype=np.int64)
    # As much as can be needed; what is not written to is never given to us by the system.
    data = np.empty(len(docs) * 4 + (len(docs) + blocks) // 2 + 1 + len(exc) * FIELDS * 4, dtype=np.uint8)
    positions = np.empty(len(pos) * 6 + blocks, dtype=np.uint8)
    out, pos_out, block, row = np.int64(0), np.int64(0), 0, 0
    for term in range(terms):
        term_block[term] = block
        ordinal_code, bits = np.int64(0), np.int64(0)
        while (1 << bits) < surfaces[term]:
            ordinal_code += 1
            bits = bits * 2 if bits else np.int64(1)
        for begin in range(post[term], post[term + 1], BLOCK):
            end = min(begin + BLOCK, post[term + 1])
            first = np.int64(docs[begin])
            step = np.int64(0)
            best = 0.0
            rows, wide = row, np.int64(0)
            for posting in range(begin, end):
                doc = np.int64(docs[posting])
                if posting > begin:
                    step = max(step, doc - np.int64(docs[posting - 1]))
                code = codes[posting]
                if code:
                    x = np.float64(code) / np.float64(norms[0, doc])
                else:
                    x = np.float64(0.0)
                    for field in range(FIELDS):
                        frequency = exc[rows, field]
                        if frequency:
                            if field < norms.shape[0]:
                                x += np.float64(frequency) / np.float64(norms[field, doc])
                            if frequency > 255:
                                wide = np.int64(1)
                    rows += 1
                best = max(best, x)
            far = np.int64(docs[end - 1]) - first
            mode = 0 if step < 256 else (1 if far < 65536 else (3 if step < 65536 else 2))
            base[block], bound[block], size[block], at[block] = first, best, end - begin, out
            if mode == 0 or mode == 3:
                before = first
                width = 1 if mode == 0 else 2
                for posting in range(begin, end):
                    doc = np.int64(docs[posting])
                    _put(data, out, doc - before, width)
                    before = doc
                    out += width
            else:
                width = 2 * mode
                for posting in range(begin, end):
                    _put(data, out, np.int64(docs[posting]) - first, width)
                    out += width
            for posting in range(begin, end, 2):
                both = np.int64(codes[posting])
                if posting + 1 < end:
                    both |= np.int64(codes[posting + 1]) << 4
                data[out] = both
                out += 1
            width = 4 if wide else 1
            while row < rows:
                for field in range(FIELDS):
                    _put(data, out, exc[row, field], width)
                    out += width
                row += 1

            top = np.int64(0)
            for here in range(occ[begin], occ[end]):
                top = max(top, np.int64(pos[here]))
            position_code = 0 if top < 256 else (1 if top < 65536 else 2)
            width = 1 << position_code
            pos_at[block] = pos_out
            for here in range(occ[begin], occ[end]):
                _put(positions, pos_out, np.int64(pos[here]), width)
                pos_out += width
            if bits >= 8:
                for here in range(occ[begin], occ[end]):
                    _put(positions, pos_out, np.int64(ordinals[here]), bits // 8)
                    pos_out += bits // 8
            elif bits:
                held, filled = np.int64(0), np.int64(0)
                for here in range(occ[begin], occ[end]):
                    held |= np.int64(ordinals[here]) << filled
                    filled += bits
                    if filled == 8:
                        positions[pos_out] = held
                        pos_out += 1
                        held, filled = np.int64(0), np.int64(0)
                if filled:
                    positions[pos_out] = held
                    pos_out += 1
            form[block] = mode | position_code << 2 | ordinal_code << 4 | wide << 7
            block += 1
    term_block[terms], at[blocks], pos_at[blocks] = block, out, pos_out
    return term_block, base, at, pos_at, size, form, bound, data[:out], positions[:pos_out]


def pack(postings: Postings, norms: Array, surfaces_of_term: Array) -> dict[str, Array]:
    """As `blocks.pack`."""
    p = postings
    return packed_arrays(*_pack(p.post, p.docs, p.codes, p.exc, p.occ, p.pos, p.ord, norms, surfaces_of_term))
