"""Compiled matching and ranking of phrases: words that stand together. Needs the extra ``fast``.

x is the sum over fields of frequency / norm (see `scoring`), before saturation. Results are
written into arrays that the caller gives; ``ints`` is work space of his too.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import array_at, mask_at, part_of
from essaysearch.columnar.best_kernels import merge, saturate
from essaysearch.columnar.block_kernels import field_of, inlined, kernel
from essaysearch.columnar.call_kernels import call_of, name
from essaysearch.columnar.impact_kernels import place_of, position, span, spots, word_of
from essaysearch.columnar.impacts import COUNT
from essaysearch.columnar.leaf_kernels import best_of
from essaysearch.columnar.match_kernels import by_size, rows_in
from essaysearch.columnar.space import FOUND, SEEN, XS


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


LOOKUP = 30
"""What looking up a passage costs, in postings looked at one after another."""


@kernel
def _mark(docs, bits):  # type: ignore[no-untyped-def]
    for doc in docs:
        bits[np.uint64(doc >> 3)] |= np.uint8(1 << (doc & 7))


@kernel
def _marked(docs, bits, places):  # type: ignore[no-untyped-def]
    """Where in ``docs`` what is marked stands; returns how many there are."""
    count = np.int64(0)
    for n in range(len(docs)):  # without branches on what is found
        doc = docs[n]
        places[count] = n
        count += np.int64(bits[np.uint64(doc >> 3)] >> (doc & 7)) & 1
    return count


@kernel
def _both(left, right, bits, places, other_places):  # type: ignore[no-untyped-def]
    """Where in two ascending arrays what both hold stands; returns how many there are.

    ``bits``: a zero for each passage, and so they are left. Places: as long as ``left``, and one more.
    """
    _mark(left, bits)
    count = _marked(right, bits, other_places)
    for doc in left:
        bits[np.uint64(doc >> 3)] = 0
    for n in range(count):
        doc = right[other_places[n]]
        bits[np.uint64(doc >> 3)] |= np.uint8(1 << (doc & 7))
    _marked(left, bits, places)
    for n in range(count):
        bits[np.uint64(right[other_places[n]] >> 3)] = 0
    return count


@inlined
def _stand_apart(blocks, first, place, second, other_place, distance):  # type: ignore[no-untyped-def]
    """Whether a position of the second word's posting is ``distance`` behind one of the first's."""
    data = blocks.data
    own, here, width = span(blocks, first, place)
    others, there, other_width = span(blocks, second, other_place)
    wanted, found = position(data, here, width) + distance, position(data, there, other_width)
    if own == 1 and others == 1:  # nearly always; what comes next does not wait for the answer
        return wanted == found
    n, m = 1, 1
    while wanted != found:
        if wanted < found:
            if n == own:
                return False
            wanted = position(data, here + n * width, width) + distance
            n += 1
        else:
            if m == others:
                return False
            found = position(data, there + m * other_width, other_width)
            m += 1
    return True


@kernel
def _pairs(base, first, second, bits, places, other_places):  # type: ignore[no-untyped-def]
    """Where two words' postings of one passage stand, the first with fewer; returns how many there are."""
    if len(first.docs) * LOOKUP > len(second.docs):
        return _both(first.docs, second.docs, bits, places, other_places)
    count, low = 0, 0
    for n in range(len(first.docs)):
        place, low = place_of(base, second, np.int64(first.docs[n]), low)
        if place >= 0:
            places[count], other_places[count] = n, place
            count += 1
    return count


@kernel
def _together(part, norms, rows, slop, ordered, room, bits, ints, docs, xs, freqs):  # type: ignore[no-untyped-def]
    """What `phrase` promises, of words that all stand in a segment; ``bits``: as of `_both`."""
    terms, blocks, starts = len(rows), part.blocks, part.starts
    times, ints = ints[:4], ints[4:]
    order, ints = by_size(rows, COUNT, ints)
    low, counts, places, ints = ints[:terms], ints[terms : 2 * terms], ints[2 * terms :], ints[3 * terms :]
    found = ints[: room * terms].reshape(terms, room)
    low[:] = 0
    rarest, second, held = order[0], order[1], 0
    word, other = word_of(rows, rarest), word_of(rows, second)
    # Places stand where results will, which are never written before the places there are read.
    at, other_at = xs.view(np.int64), docs
    size = _pairs(blocks.base, word, other, bits, at, other_at)
    if slop == 0:
        kept = 0
        for c in range(size):  # without branches on what is found
            at[kept], other_at[kept] = at[c], other_at[c]
            kept += _stand_apart(blocks, word, at[c], other, other_at[c], second - rarest)
        size = kept
    for c in range(size):
        places[rarest], places[second] = at[c], other_at[c]
        doc = np.int64(word.docs[at[c]])
        here = True
        for n in range(2, terms):
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
            _adjacent(found, counts, starts, doc, times)
        else:
            _near(found, counts, starts, doc, slop, ordered, times)
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
def phrase(frame, number, norms, slop, ordered, room, docs, xs, freqs):  # type: ignore[no-untyped-def]
    """The passages of segment ``number`` in which the words of a query stand together: adjacent and in order
    (``slop`` 0), or near.

    All words (`call_kernels.Call`) stand in the segment, in the order of the phrase. Near (two words only):
    an occurrence of the first counts if one of the second lies at most ``slop`` positions from it in the
    same field (after it, if ``ordered``). ``docs``, ``xs`` and ``freqs`` (by field; may have no row) have
    room for one more than the rarest word's postings. Returns how many passages are found; less than 0
    where a word stands more than ``room`` times in one of them: minus that number.
    """
    call = call_of(frame)
    part = part_of(call.table, number)
    rows, ints = rows_in(call.asked, number, call.ints)
    bits = array_at(call.head[SEEN], (part.passages + 7) >> 3, np.uint8)
    return _together(part, norms, rows, slop, ordered, room, bits, ints, docs, xs, freqs)


@kernel
def best_phrase(frame, slop, ordered, room):  # type: ignore[no-untyped-def]
    """The k passages of the largest x in which the words of a query stand together, as `phrase` tells.

    The words (`call_kernels.Call`) stand in the order of the phrase; scores are x / (1 + x). There is room
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
        bits = array_at(call.head[SEEN], (part.passages + 7) >> 3, np.uint8)
        none = rest[:0].reshape(0, 4)
        count = _together(part, part.norms, rows, slop, ordered, room, bits, rest, found, xs, none)
        if count < 0:
            return count, 0, 0
        count, allowed, living = best_of(
            found[:count], xs, part.order, mask_at(call.masks[number], part.passages).bits, part.live, orders,
            scores[len(scores) - k :], docs[len(docs) - k :],
        )  # fmt: skip
        held = merge(call.table, scores, docs, call.parts, held, count, number, k)
        total, alive = total + allowed, alive + living
    saturate(scores, held)
    name(frame, held)
    return held, total, alive
