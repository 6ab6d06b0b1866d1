"""Compiled matching of leaves: words, phrases and patterns to passages and x. Needs the extra ``fast``.

x is the sum over fields of frequency / norm (see `scoring`), before saturation. Results are
written into arrays that the caller gives; ``ints`` is work space of his too.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.best_kernels import best_first, offer
from essaysearch.columnar.block_kernels import (
    BLOCK,
    block_at,
    code_of,
    docs_of,
    field_of,
    frequency,
    kernel,
    offset,
    place_in,
    views,
    weighted,
)
from essaysearch.columnar.ranking_kernels import Reader, holds_any, wanted


@kernel
def postings(data, at, norms, begin, end, ints, docs, xs):  # type: ignore[no-untyped-def]
    """The passages of a term (int64) and x in each (float64), of its blocks ``begin`` to ``end``.

    ``ints``: at least `BLOCK`.
    """
    blocks = views(data, at)
    out = 0
    for block in range(begin, end):
        size, codes = docs_of(blocks, block, ints)
        row = 0
        for i in range(size):
            doc = ints[i]
            code = code_of(data, codes, i)
            docs[out] = doc
            if code:
                xs[out] = np.float64(code) / np.float64(norms[0, doc])
            else:
                xs[out] = weighted(blocks, block, codes, size, row, norms, doc)
                row += 1
            out += 1


@kernel
def count(data, at, rows, mask, excluded, seen, ints):  # type: ignore[no-untyped-def]
    """How many passages hold any of some terms, and none of the excluded.

    ``rows``, ``mask`` and ``excluded``: as in `ranking_kernels`. ``seen``: a bit 0 for each passage.
    ``ints``: at least `BLOCK` and 132 for each term excluded.
    """
    blocks = views(data, at)
    barred_count = len(excluded)
    docs = ints[:BLOCK]
    ints = ints[BLOCK:]
    barred = Reader(
        ints[: 4 * barred_count].reshape(barred_count, 4),
        ints[4 * barred_count : 132 * barred_count].reshape(barred_count, BLOCK),
    )
    barred.read[:] = -1
    total = 0
    for t in range(len(rows)):
        for block in range(rows[t, 0], rows[t, 1]):
            size, _ = docs_of(blocks, block, docs)
            for i in range(size):
                doc = docs[i]
                bit = np.uint8(1 << (doc & 7))
                if seen[doc >> 3] & bit == 0:
                    seen[doc >> 3] |= bit
                    if wanted(mask, doc) and not holds_any(blocks, excluded, doc, barred):
                        total += 1
    return total


@kernel
def best_of(found, xs, order, mask, live, ints, scores, docs):  # type: ignore[no-untyped-def]
    """The passages of the largest x that a mask allows, best first, into ``scores`` and ``docs``.

    ``ints``: as long as ``scores``. Returns (how many, how many the mask allows, how many are ``live``).
    """
    held, allowed, alive = 0, 0, 0
    orders = ints[: len(scores)]
    for n in range(len(found)):
        doc = found[n]
        if not wanted(live, doc):
            continue
        alive += 1
        if not wanted(mask, doc):
            continue
        allowed += 1
        if held < len(scores) or xs[n] >= scores[0]:
            held = offer(scores, orders, docs, held, xs[n], np.int64(order[doc]), doc)
    best_first(scores, orders, docs, held)
    return held, allowed, alive


@kernel
def _open(blocks, t, block, read, docs):  # type: ignore[no-untyped-def]
    """Decode a block of term ``t``; no occurrence of it is counted yet."""
    read[t, 0] = block
    read[t, 1], read[t, 2] = docs_of(blocks, block, docs[t])
    read[t, 3], read[t, 4], read[t, 5] = 0, 0, 0


@kernel
def _positions(blocks, t, i, read, spots):  # type: ignore[no-untyped-def]
    """Write the positions of the i-th posting of term t's block into ``spots``; returns how many.

    ``read[t]``: block, size, byte of the codes; postings counted so far, their occurrences, their
    exceptions (passages come in rising order, so counting goes on from there).
    """
    data, block, size, codes = blocks.data, read[t, 0], read[t, 1], read[t, 2]
    own = np.int64(0)
    while read[t, 3] <= i:
        read[t, 4] += own
        own = np.int64(code_of(data, codes, read[t, 3]))
        if own == 0:
            for field in range(4):
                own += frequency(blocks, block, codes, size, read[t, 5], field)
            read[t, 5] += 1
        read[t, 3] += 1
    width = np.int64(1) << ((blocks.form[block] >> 2) & 3)
    here = blocks.positions + offset(blocks.pos_at, blocks.wide_pos, block) + read[t, 4] * width
    read[t, 4] += own
    for n in range(min(int(own), len(spots))):
        value = np.int64(data[here])
        for byte in range(1, width):
            value |= np.int64(data[here + byte]) << (8 * byte)
        spots[n] = value
        here += width
    return own


@kernel
def _adjacent(spots, counts, starts, doc, times):  # type: ignore[no-untyped-def]
    """Add up by field where the terms stand one after another."""
    for a in range(counts[0]):
        position = spots[0, a]
        here = True
        for t in range(1, len(counts)):
            b = 0
            while b < counts[t] and spots[t, b] < position + t:
                b += 1
            if b >= counts[t] or spots[t, b] != position + t:
                here = False
                break
        if here:
            times[field_of(position, starts, doc)] += 1


@kernel
def _near(spots, counts, starts, doc, slop, ordered, times):  # type: ignore[no-untyped-def]
    """Add up by field the occurrences of the first term that have one of the second near."""
    begin = 0
    for a in range(counts[0]):
        position = spots[0, a]
        field = field_of(position, starts, doc)
        least = position + 1 if ordered else position - slop
        while begin < counts[1] and spots[1, begin] < position - slop:
            begin += 1
        b = begin
        while b < counts[1] and spots[1, b] <= position + slop:
            other = spots[1, b]
            if other >= least and other != position and field_of(other, starts, doc) == field:
                times[field] += 1
                break
            b += 1


@kernel
def phrase(data, at, norms, rows, starts, slop, ordered, room, ints, docs, xs, freqs):  # type: ignore[no-untyped-def]
    """The passages in which terms stand together: adjacent and in order (``slop`` 0), or near.

    ``rows``: as in `ranking_kernels`, in the order of the phrase. Near (two terms only): an
    occurrence of the first counts if one of the second lies at most ``slop`` positions from it in
    the same field (after it, if ``ordered``). ``docs``, ``xs`` and ``freqs`` (by field; may have no
    row) have room for the rarest term's postings; ``ints`` for 4 and ``room`` + 138 for each term.
    Returns how many passages are found; less than 0 where a term stands more than ``room`` times in
    one of them: minus that number.
    """
    blocks = views(data, at)
    terms = len(rows)
    times, work = ints[:4], ints[4:]
    low, counts, by_size, places = work[:terms], work[terms:], work[2 * terms :], work[3 * terms :]
    counts, work = counts[:terms], work[4 * terms :]
    read, buffers = work[: 6 * terms].reshape(terms, 6), work[6 * terms : 134 * terms].reshape(terms, BLOCK)
    spots = work[134 * terms : (134 + room) * terms].reshape(terms, room)
    for n in range(terms):
        read[n, 0], low[n] = -1, rows[n, 0]
        place = n
        while place > 0 and rows[by_size[place - 1], 2] > rows[n, 2]:
            by_size[place] = by_size[place - 1]
            place -= 1
        by_size[place] = n
    rarest = by_size[0]
    held = 0
    for block in range(rows[rarest, 0], rows[rarest, 1]):
        _open(blocks, rarest, block, read, buffers)
        for i in range(read[rarest, 1]):
            doc = buffers[rarest, i]
            found = True
            for n in range(1, terms):
                t = by_size[n]
                low[t] = block_at(blocks.base, low[t], rows[t, 1], doc)
                if read[t, 0] != low[t]:
                    _open(blocks, t, low[t], read, buffers)
                places[t] = place_in(buffers[t], read[t, 1], doc)
                if places[t] < 0:
                    found = False
                    break
            if not found:
                continue
            places[rarest] = i
            for t in range(terms):
                counts[t] = _positions(blocks, t, places[t], read, spots[t])
                if counts[t] > room:
                    return -counts[t]
            for field in range(4):
                times[field] = 0
            if slop == 0:
                _adjacent(spots, counts, starts, doc, times)
            else:
                _near(spots, counts, starts, doc, slop, ordered, times)
            x = 0.0
            for field in range(norms.shape[0]):
                if times[field]:
                    x += np.float64(times[field]) / np.float64(norms[field, doc])
            if x > 0.0:
                docs[held], xs[held] = doc, x
                if len(freqs):
                    for field in range(4):
                        freqs[held, field] = times[field]
                held += 1
    return held


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
def union(data, at, norms, starts, terms, ordinals, counts, ints, sums, docs):  # type: ignore[no-untyped-def]
    """The passages that hold any of many terms, and x of them all together.

    ``terms``: int64 (terms, 4) first block, end of blocks, and where in ``ordinals`` the numbers of
    the surfaces that count begin and end (no number: all count). ``counts``: 65,536 zeros, uint8.
    ``sums``: float64, a zero for each passage; x is added there. ``ints``: at least `BLOCK` + 4.
    Writes each passage once into ``docs``, in no order; returns how many.
    """
    blocks = views(data, at)
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
                code = np.int64(code_of(data, codes, i))
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
def take(sums, docs, xs):  # type: ignore[no-untyped-def]
    """Move the sums of passages to ``xs``, leaving zeros."""
    for n in range(len(docs)):
        xs[n] = sums[docs[n]]
        sums[docs[n]] = 0.0
