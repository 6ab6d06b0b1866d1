"""Compiled matching and ranking of patterns: passages that hold any of many words. Needs the extra ``fast``.

Frequencies are added up as whole numbers, in one byte for each passage, so that those of a quarter of a
million passages stay close to the processor; x, the sum over fields of frequency / norm (see `scoring`), is
worked out for the few passages that may be among the best. A byte of `SEVERAL` says that a passage's
frequencies stand in a table: some lie in other fields than the body, or they are many. Results are written
into arrays that the caller gives; ``ints`` is work space of his too.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.address_kernels import array_at, mask_at, part_of
from essaysearch.columnar.addresses import FIELDS, LEAST
from essaysearch.columnar.best_kernels import best_first, merge, offer, saturate
from essaysearch.columnar.block_kernels import (
    BLOCK,
    code_of,
    docs_of,
    field_of,
    frequency,
    inlined,
    kernel,
    number_at,
    offset,
    views,
)
from essaysearch.columnar.blocks import ORDINAL, POSITION
from essaysearch.columnar.bound import FIRSTS, ORDINALS, ORDINALS_SIZE, ROWS, SIZE, TOLD
from essaysearch.columnar.call_kernels import call_of, name
from essaysearch.columnar.match_kernels import wanted
from essaysearch.columnar.space import BYTES, FOUND, SURFACES, SURFACES_SIZE, TALLIES, XS

SEVERAL = 255
"""The byte of a passage whose frequencies stand in the table."""

PLACES = 40
"""Bits of the number of a passage; its byte stands above them."""

PASSAGE = (1 << PLACES) - 1


@kernel
def _occurrences(blocks, block, codes, size):  # type: ignore[no-untyped-def]
    """How many occurrences a block has."""
    total, row = np.int64(0), 0
    for i in range(size):
        times = code_of(blocks.data, codes, i)
        if times == 0:
            for field in range(4):
                times += frequency(blocks, codes, size, row, field)
            row += 1
        total += times
    return total


@kernel
def _counted(blocks, block, total, before, own, code, counts, starts, doc, times):  # type: ignore[no-untyped-def]
    """Add up by field the occurrences of a posting whose surface counts."""
    data, form = blocks.data, np.int64(blocks.form[block])
    width, bits = np.int64(1) << ((form >> POSITION) & 3), form >> ORDINAL
    top = (np.int64(1) << bits) - 1
    home = blocks.positions + offset(blocks.pos_at, blocks.wide_pos, block)
    ordinals = (home + total * width) << 3
    for n in range(before, before + own):
        ordinal = number_at(data, ordinals + n * bits, top)
        if counts[ordinal]:
            position = np.int64(0)
            if code == 0:
                for byte in range(width):
                    position |= np.int64(data[home + n * width + byte]) << (8 * byte)
            times[field_of(position, starts, doc) if code == 0 else 0] += 1


@inlined
def _moved(doc, bytes_, tallies):  # type: ignore[no-untyped-def]
    """See to it that a passage's frequencies stand in the table."""
    if bytes_[doc] != SEVERAL:
        tallies[0, doc] += np.int32(bytes_[doc])
        bytes_[doc] = SEVERAL


@kernel
def _tally(blocks, starts, terms, ordinals, surfaces, ints, bytes_, tallies, docs):  # type: ignore[no-untyped-def]
    """Add up how often each passage has any of the terms, as `union` tells; returns how many have."""
    times, buffer, held = ints[:4], ints[4 : 4 + BLOCK], 0
    for n in range(len(terms)):
        begin, end = terms[n, 2], terms[n, 3]
        for place in range(begin, end):
            surfaces[ordinals[place]] = 1
        for block in range(terms[n, 0], terms[n, 1]):
            size, codes = docs_of(blocks, block, buffer)
            row, before = 0, np.int64(0)
            total = _occurrences(blocks, block, codes, size) if begin < end else np.int64(0)
            for i in range(size):
                doc = buffer[i]
                code = code_of(blocks.data, codes, i)
                if begin == end and code:
                    byte = np.int64(bytes_[doc])
                    docs[held] = doc
                    held += byte == 0
                    if byte + code < SEVERAL:
                        bytes_[doc] = byte + code
                    else:
                        _moved(doc, bytes_, tallies)
                        tallies[0, doc] += np.int32(code)
                    continue
                own = code
                for field in range(4):
                    times[field] = 0
                    if code == 0:
                        times[field] = frequency(blocks, codes, size, row, field)
                        own += times[field]
                row += code == 0
                if begin < end:
                    for field in range(4):
                        times[field] = 0
                    _counted(blocks, block, total, before, own, code, surfaces, starts, doc, times)
                    before += own
                if times[0] + times[1] + times[2] + times[3] == 0:
                    continue
                docs[held] = doc
                held += bytes_[doc] == 0
                _moved(doc, bytes_, tallies)
                for field in range(len(tallies)):
                    tallies[field, doc] += np.int32(times[field])
        for place in range(begin, end):
            surfaces[ordinals[place]] = 0
    return held


@inlined
def _x_of(doc, byte, tallies, norms):  # type: ignore[no-untyped-def]
    """x of a passage, added up as NumPy does, to the last bit; its row of the table becomes zeros."""
    if byte != SEVERAL:
        return np.float64(byte) / np.float64(norms[0, doc])
    x = 0.0
    for field in range(len(tallies)):
        x += np.float64(tallies[field, doc]) / np.float64(norms[field, doc])
        tallies[field, doc] = 0
    return x


@kernel
def union(data, at, starts, terms, ordinals, surfaces, ints, bytes_, tallies, docs):  # type: ignore[no-untyped-def]
    """The passages that hold any of many terms, and how often they do.

    ``terms``: int64 (terms, 4) first block, end of blocks, and where in ``ordinals`` the numbers of
    the surfaces that count begin and end (no number: all count). ``surfaces``: 65,536 zeros, uint8.
    ``bytes_``: a zero for each passage, uint8, and ``tallies``: int32 (fields that have norms, passages),
    zeros; frequencies are added there. ``ints``: at least `BLOCK` + 4. Writes each passage once into
    ``docs``, in no order; returns how many.
    """
    return _tally(views(data, at), starts, terms, ordinals, surfaces, ints, bytes_, tallies, docs)


@kernel
def take(bytes_, tallies, norms, docs, xs):  # type: ignore[no-untyped-def]
    """Write x of passages into ``xs``, leaving zeros where `union` added up."""
    for n in range(len(docs)):
        xs[n] = _x_of(docs[n], bytes_[docs[n]], tallies, norms)
        bytes_[docs[n]] = 0


@kernel
def _sweep(found, bytes_, tallies, mask, live, more):  # type: ignore[no-untyped-def]
    """Put each passage's byte above its number, leaving a zero; leave out those that a mask does not allow.

    Those that have more than one occurrence are written into ``more``. Returns (how many are left, how many
    of them are there, how many were ``live``).
    """
    several = 0
    if len(mask) == 0 and len(live) == 0:
        for n in range(len(found)):
            doc = found[n]
            byte = np.int64(bytes_[doc])
            bytes_[doc] = 0
            found[n] = more[several] = doc | byte << PLACES
            several += 1 if byte > 1 else 0
        return len(found), several, len(found)
    held, alive = 0, 0
    for doc in found:
        byte = np.int64(bytes_[doc])
        bytes_[doc] = 0
        living = wanted(live, doc)
        alive += living
        if living and wanted(mask, doc):
            found[held] = more[several] = doc | byte << PLACES
            held += 1
            several += 1 if byte > 1 else 0
        elif byte == SEVERAL:
            for field in range(len(tallies)):
                tallies[field, doc] = 0
    return held, several, alive


@kernel
def _best(found, more, tallies, norms, least, order, floor, counts, orders, scores, docs):  # type: ignore[no-untyped-def]
    """The passages of the largest x, if at least ``floor``, best first; returns how many.

    ``found`` and ``more``: as `_sweep` leaves them; ``least``: the least norm of a body; ``counts``: work
    space. First those are looked at that have most occurrences, then those that may still be better,
    whatever their length.
    """
    k, held, before = len(scores), 0, SEVERAL + 1
    counts[: SEVERAL + 1] = 0
    for entry in more:
        counts[entry >> PLACES] += 1
    first, above = SEVERAL - 1, counts[SEVERAL - 1]
    while first > 2 and above < k:
        first -= 1
        above += counts[first]
    for lowest in (first, 1):
        for entry in found if lowest == 1 and (held < k or 1.0 / least >= floor) else more:
            byte, doc = entry >> PLACES, entry & PASSAGE
            if byte < lowest or byte >= before or (byte != SEVERAL and np.float64(byte) / least < floor):
                continue
            x = _x_of(doc, byte, tallies, norms)
            if x >= floor:
                held = offer(scores, orders, docs, held, x, np.int64(order[doc]), doc)
                if held == k:
                    floor = max(floor, scores[0])
        before = lowest
    best_first(scores, orders, docs, held)
    return held


@kernel
def best_pattern(frame, told):  # type: ignore[no-untyped-def]
    """The k passages of the largest x that hold any of many terms, as `union` tells.

    ``frame``: a query without words (`call_kernels.Call`), with room for one more than the most postings
    that the terms of a segment have, and for what `union` adds up. ``told``: the address of a
    `bound.Bound`'s numbers. Scores are x / (1 + x). Returns (how many, how many match, how many would
    without a mask).
    """
    call, pattern = call_of(frame), array_at(told, TOLD, np.int64)
    head, segments, k, scores, docs = call.head, len(call.table), call.k, call.scores, call.docs
    firsts = array_at(pattern[FIRSTS], segments + 1, np.int64)
    rows = array_at(pattern[ROWS], 4 * firsts[segments], np.int64).reshape(firsts[segments], 4)
    ordinals = array_at(pattern[ORDINALS], pattern[ORDINALS_SIZE], np.int64)
    surfaces = array_at(head[SURFACES], SURFACES_SIZE, np.uint8)
    most = pattern[SIZE] + 1
    found, more = array_at(head[FOUND], most, np.int64), array_at(head[XS], most, np.int64)
    held, total, alive, floor = 0, 0, 0, 0.0
    orders, ints = call.ints[:k], call.ints[k:]
    for number in range(segments):
        part, fields = part_of(call.table, number), call.table[number, FIELDS]
        bytes_ = array_at(head[BYTES], part.passages, np.uint8)
        tallies = array_at(head[TALLIES], fields * part.passages, np.int32).reshape(fields, part.passages)
        asked = rows[firsts[number] : firsts[number + 1]]
        count = _tally(part.blocks, part.starts, asked, ordinals, surfaces, ints, bytes_, tallies, found)
        mask = mask_at(call.masks[number], part.passages).bits
        count, several, living = _sweep(found[:count], bytes_, tallies, mask, part.live, more)
        total, alive = total + count, alive + living
        if count:
            least = array_at(call.table[number, LEAST], 1, np.float64)[0]
            count = _best(
                found[:count], more[:several], tallies, part.norms, least, part.order, floor, ints, orders,
                scores[len(scores) - k :], docs[len(docs) - k :],
            )  # fmt: skip
        held = merge(call.table, scores, docs, call.parts, held, count, number, k)
        if held == k:
            floor = scores[k - 1]
    saturate(scores, held)
    name(frame, held)
    return held, total, alive
