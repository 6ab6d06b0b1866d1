"""Compiled matching and ranking of patterns: passages that hold any of many words. Needs the extra ``fast``.

x is the sum over fields of frequency / norm (see `scoring`), before saturation. Results are
written into arrays that the caller gives; ``ints`` is work space of his too.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import array_at, mask_at, part_of
from essaysearch.columnar.best_kernels import merge, saturate
from essaysearch.columnar.block_kernels import (
    BLOCK,
    code_of,
    docs_of,
    field_of,
    frequency,
    kernel,
    offset,
    views,
    weighted,
)
from essaysearch.columnar.call_kernels import call_of, name
from essaysearch.columnar.leaf_kernels import best_of
from essaysearch.columnar.space import FOUND, XS


@kernel
def _occurrences(blocks, block, codes, size):  # type: ignore[no-untyped-def]
    """How many occurrences a block has."""
    total, row = np.int64(0), 0
    for i in range(size):
        times = np.int64(code_of(blocks.data, codes, i))
        if times == 0:
            for field in range(4):
                times += frequency(blocks, block, codes, size, row, field)
            row += 1
        total += times
    return total


@kernel
def _counted(blocks, block, total, before, own, code, counts, starts, doc, times):  # type: ignore[no-untyped-def]
    """Add up by field the occurrences of a posting whose surface counts."""
    data, form = blocks.data, np.int64(blocks.form[block])
    width = np.int64(1) << ((form >> 2) & 3)
    bits = (form >> 4) & 7
    bits = np.int64(1) << (bits - 1) if bits else np.int64(0)
    home = blocks.positions + offset(blocks.pos_at, blocks.wide_pos, block)
    for n in range(before, before + own):
        ordinal = np.int64(0)
        if bits == 16:
            here = home + total * width + 2 * n
            ordinal = np.int64(data[here]) | np.int64(data[here + 1]) << 8
        elif bits:
            first = n * bits
            held = np.int64(data[home + total * width + (first >> 3)])
            ordinal = (held >> (first & 7)) & ((np.int64(1) << bits) - 1)
        if counts[ordinal]:
            position = np.int64(0)
            if code == 0:
                for byte in range(width):
                    position |= np.int64(data[home + n * width + byte]) << (8 * byte)
            times[field_of(position, starts, doc) if code == 0 else 0] += 1


@kernel
def _together(blocks, norms, starts, terms, ordinals, counts, ints, sums, docs):  # type: ignore[no-untyped-def]
    """What `union` promises, of a segment's blocks."""
    times, buffer = ints[:4], ints[4 : 4 + BLOCK]
    held = 0
    for n in range(len(terms)):
        begin, end = terms[n, 2], terms[n, 3]
        for place in range(begin, end):
            counts[ordinals[place]] = 1
        for block in range(terms[n, 0], terms[n, 1]):
            size, codes = docs_of(blocks, block, buffer)
            row, before = 0, np.int64(0)
            total = _occurrences(blocks, block, codes, size) if begin < end else np.int64(0)
            for i in range(size):
                doc = buffer[i]
                code = np.int64(code_of(blocks.data, codes, i))
                if begin == end:
                    if code:
                        x = np.float64(code) / np.float64(norms[0, doc])
                    else:
                        x = weighted(blocks, block, codes, size, row, norms, doc)
                else:
                    own = code
                    if code == 0:
                        for field in range(4):
                            own += frequency(blocks, block, codes, size, row, field)
                    for field in range(4):
                        times[field] = 0
                    _counted(blocks, block, total, before, own, code, counts, starts, doc, times)
                    before += own
                    x = np.float64(0.0)
                    for field in range(norms.shape[0]):
                        if times[field]:
                            x += np.float64(times[field]) / np.float64(norms[field, doc])
                row += code == 0
                if x > 0.0:
                    docs[held] = doc
                    held += sums[doc] == 0.0
                    sums[doc] += x
        for place in range(begin, end):
            counts[ordinals[place]] = 0
    return held


@kernel
def union(data, at, norms, starts, terms, ordinals, counts, ints, sums, docs):  # type: ignore[no-untyped-def]
    """The passages that hold any of many terms, and x of them all together.

    ``terms``: int64 (terms, 4) first block, end of blocks, and where in ``ordinals`` the numbers of
    the surfaces that count begin and end (no number: all count). ``counts``: 65,536 zeros, uint8.
    ``sums``: float64, a zero for each passage; x is added there. ``ints``: at least `BLOCK` + 4.
    Writes each passage once into ``docs``, in no order; returns how many.
    """
    return _together(views(data, at), norms, starts, terms, ordinals, counts, ints, sums, docs)


@kernel
def take(sums, docs, xs):  # type: ignore[no-untyped-def]
    """Move the sums of passages to ``xs``, leaving zeros."""
    for n in range(len(docs)):
        xs[n] = sums[docs[n]]
        sums[docs[n]] = 0.0


@kernel
def best_pattern(frame, terms, firsts, ordinals, most, counts, sums):  # type: ignore[no-untyped-def]
    """The k passages of the largest x that hold any of many terms, as `union` tells.

    ``frame``: a query without words (`call_kernels.Call`), with room for one more than ``most`` to be
    found, the most postings that the terms of a segment have. ``terms``: those of each segment, one after
    another; ``firsts``: where those of each begin, and their end. Scores are x / (1 + x). Returns
    (how many, how many match, how many would without a mask).
    """
    call = call_of(frame)
    k, scores, docs = call.k, call.scores, call.docs
    held, total, alive = 0, 0, 0
    orders, ints = call.ints[:k], call.ints[k:]
    found, xs = array_at(call.head[FOUND], most + 1, np.int64), array_at(call.head[XS], most + 1, np.float64)
    for number in range(len(call.table)):
        part = part_of(call.table, number)
        asked = terms[firsts[number] : firsts[number + 1]]
        count = _together(part.blocks, part.norms, part.starts, asked, ordinals, counts, ints, sums, found)
        take(sums, found[:count], xs)
        count, allowed, living = best_of(
            found[:count], xs, part.order, mask_at(call.masks[number], part.passages).bits, part.live, orders,
            scores[len(scores) - k :], docs[len(docs) - k :],
        )  # fmt: skip
        held = merge(call.table, scores, docs, call.parts, held, count, number, k)
        total, alive = total + allowed, alive + living
    saturate(scores, held)
    name(frame, held)
    return held, total, alive
