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


@numba.njit(cache=True, nogil=True)
def count(words, lengths, rank, terms):  # type: ignore[no-untyped-def]
    """(occurrences, passages) of each term, int64."""
    seen = np.zeros((terms, 3), dtype=np.int32)  # occurrences, passages, last passage + 1
    at = 0
    for passage in range(lengths.shape[1]):
        held = 0
        for field in range(FIELDS):
            held += lengths[field, passage]
        for place in range(at, at + held):
            term = rank[words[place]]
            seen[term, 0] += 1
            if seen[term, 2] != passage + 1:
                seen[term, 2] = passage + 1
                seen[term, 1] += 1
        at += held
    return seen[:, 0].astype(np.int64), seen[:, 1].astype(np.int64)


@numba.njit(cache=True, nogil=True)
def scatter(words, lengths, rank, ordinal, low, high, post, occurrences):  # type: ignore[no-untyped-def]
    """The postings of the terms ``low`` to ``high``: (docs, codes, exc, occ, pos, ord) of `Postings`.

    ``post``: where each of these terms' postings begin; ``occurrences``: how many each has.
    """
    terms = high - low
    total = np.int64(0)
    next_occ = np.empty(terms, dtype=np.int64)
    for term in range(terms):
        next_occ[term] = total
        total += occurrences[term]
    docs = np.empty(post[terms], dtype=np.uint32)
    codes = np.empty(post[terms], dtype=np.uint8)
    occ = np.empty(post[terms] + 1, dtype=np.int64)
    occ[post[terms]] = total
    pos = np.empty(total, dtype=np.uint32)
    ordinals = np.empty(total, dtype=np.uint16)
    next_post = post[:-1].copy()
    last = np.full(terms, -1, dtype=np.int64)
    at = 0
    for passage in range(lengths.shape[1]):
        position = 0
        for field in range(FIELDS):
            for place in range(at, at + lengths[field, passage]):
                word = words[place]
                term = rank[word] - low
                if 0 <= term < terms:
                    here = next_occ[term]
                    next_occ[term] = here + 1
                    pos[here] = position
                    ordinals[here] = ordinal[word]
                    if last[term] != passage:
                        last[term] = passage
                        posting = next_post[term]
                        next_post[term] = posting + 1
                        docs[posting] = passage
                        occ[posting] = here
                        codes[posting] = 1 if field == 0 else 0
                    else:
                        posting = next_post[term] - 1
                        code = codes[posting]
                        if code:
                            codes[posting] = code + 1 if field == 0 and code < MAX_CODE else 0
                position += 1
            position += 1
            at += lengths[field, passage]
    rows = 0
    for posting in range(len(codes)):
        rows += codes[posting] == 0
    exc = np.zeros((rows, FIELDS), dtype=np.int64)
    row = 0
    for posting in range(len(codes)):
        if codes[posting] == 0:
            passage = docs[posting]
            field = 0
            ends = lengths[0, passage]
            for here in range(occ[posting], occ[posting + 1]):
                while pos[here] >= ends and field < FIELDS - 1:
                    field += 1
                    ends += lengths[field, passage] + 1
                exc[row, field] += 1
            row += 1
    return docs, codes, exc, occ, pos, ordinals


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
