"""Compiled matching and ranking of phrases: words that stand together. Needs the extra ``fast``.

x is the sum over fields of frequency / norm (see `scoring`), before saturation. Results are
written into arrays that the caller gives; ``ints`` is work space of his too.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import array_at, mask_at, part_of
from essaysearch.columnar.best_kernels import merge
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
)
from essaysearch.columnar.call_kernels import call_of, name
from essaysearch.columnar.impact_kernels import place_of, shared, spots, word_of
from essaysearch.columnar.impacts import COUNT
from essaysearch.columnar.leaf_kernels import best_of
from essaysearch.columnar.match_kernels import by_size, rows_in
from essaysearch.columnar.space import FOUND, XS


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
def _together(blocks, norms, rows, starts, slop, ordered, room, ints, docs, xs, freqs):  # type: ignore[no-untyped-def]
    """What `phrase` promises, of a segment's blocks."""
    terms = len(rows)
    times, work = ints[:4], ints[4:]
    order, work = by_size(rows, 2, work)
    low, counts, places, work = work[:terms], work[terms : 2 * terms], work[2 * terms :], work[3 * terms :]
    read, buffers = work[: 6 * terms].reshape(terms, 6), work[6 * terms : 134 * terms].reshape(terms, BLOCK)
    spots = work[134 * terms : (134 + room) * terms].reshape(terms, room)
    for n in range(terms):
        read[n, 0], low[n] = -1, rows[n, 0]
    rarest = order[0]
    held = 0
    for block in range(rows[rarest, 0], rows[rarest, 1]):
        _open(blocks, rarest, block, read, buffers)
        for i in range(read[rarest, 1]):
            doc = buffers[rarest, i]
            found = True
            for n in range(1, terms):
                t = order[n]
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
def phrase(data, at, norms, rows, starts, slop, ordered, room, ints, docs, xs, freqs):  # type: ignore[no-untyped-def]
    """The passages in which terms stand together: adjacent and in order (``slop`` 0), or near.

    ``rows``: as `leaves.rows_of` gives, in the order of the phrase. Near (two terms only): an
    occurrence of the first counts if one of the second lies at most ``slop`` positions from it in
    the same field (after it, if ``ordered``). ``docs``, ``xs`` and ``freqs`` (by field; may have no
    row) have room for the rarest term's postings; ``ints`` for 4 and ``room`` + 138 for each term.
    Returns how many passages are found; less than 0 where a term stands more than ``room`` times in
    one of them: minus that number.
    """
    return _together(views(data, at), norms, rows, starts, slop, ordered, room, ints, docs, xs, freqs)


LOOKUP = 30
"""What looking up a passage costs, in postings merged."""


@kernel
def _together_in(part, rows, slop, ordered, room, ints, docs, xs):  # type: ignore[no-untyped-def]
    """The passages of a segment in which words stand together, and x of each, as `phrase` tells."""
    terms, blocks, norms = len(rows), part.blocks, part.norms
    times, ints = ints[:4], ints[4:]
    order, ints = by_size(rows, COUNT, ints)
    low, counts, places, ints = ints[:terms], ints[terms : 2 * terms], ints[2 * terms :], ints[3 * terms :]
    found = ints[: room * terms].reshape(terms, room)
    low[:] = 0
    rarest, other, held = order[0], order[1], 0
    word = word_of(rows, rarest)
    # What is merged stands in the results' places until these are written, which is never before it is read.
    merged = len(word.docs) * LOOKUP > rows[other, COUNT]
    size = shared(word.docs, word_of(rows, other).docs, docs, xs) if merged else len(word.docs)
    for c in range(size):
        i = docs[c] if merged else c
        doc = np.int64(word.docs[i])
        places[rarest] = i
        here = True
        if merged:
            places[other] = np.int64(xs[c])
        for n in range(2 if merged else 1, terms):
            t = order[n]
            places[t], low[t] = place_of(blocks.base, word_of(rows, t), doc, low[t])
            if places[t] < 0:
                here = False
                break
        if not here:
            continue
        for t in range(terms):
            counts[t] = spots(blocks, word_of(rows, t), places[t], found[t])
            if counts[t] > room:
                return -counts[t]
        times[:] = 0
        if slop == 0:
            _adjacent(found, counts, part.starts, doc, times)
        else:
            _near(found, counts, part.starts, doc, slop, ordered, times)
        x = 0.0
        for field in range(norms.shape[0]):
            if times[field]:
                x += np.float64(times[field]) / np.float64(norms[field, doc])
        if x > 0.0:
            docs[held], xs[held] = doc, x
            held += 1
    return held


@kernel
def best_phrase(frame, slop, ordered, room):  # type: ignore[no-untyped-def]
    """The k passages of the largest x in which the words of a query stand together, as `phrase` tells.

    The words (`call_kernels.Call`) stand in the order of the phrase, x in the place of scores. There is room
    for the rarest term's postings and one more to be found. Returns (how many, how many match, how many
    would without a mask); the first less than 0 where there must be more ``room``, as in `phrase`.
    """
    call = call_of(frame)
    k, asked, scores, docs = call.k, call.asked, call.scores, call.docs
    held, total, alive = 0, 0, 0
    orders, ints = call.ints[:k], call.ints[k:]
    for number in range(len(call.table)):
        part = part_of(call.table, number)
        rows, rest = rows_in(asked, number, ints)
        fewest = rows[0, COUNT]
        for t in range(len(rows)):
            fewest = min(fewest, rows[t, COUNT])
        if fewest == 0:
            continue
        found, xs = (
            array_at(call.head[FOUND], fewest + 1, np.int64),
            array_at(call.head[XS], fewest + 1, np.float64),
        )
        count = _together_in(part, rows, slop, ordered, room, rest, found, xs)
        if count < 0:
            return count, 0, 0
        count, allowed, living = best_of(
            found[:count], xs, part.order, mask_at(call.masks[number], part.passages).bits, part.live, orders,
            scores[len(scores) - k :], docs[len(docs) - k :],
        )  # fmt: skip
        held = merge(call.table, scores, docs, call.parts, held, count, number, k)
        total, alive = total + allowed, alive + living
    name(frame, held)
    return held, total, alive
