"""Compiled sums over a window of passage numbers: what `rank_kernels` adds up. Needs the extra ``fast``.

Sums are whole numbers: a share rounded up to 1/255, times its word's weight rounded up. So a sum is
never less than the score it stands for, and more by no more than is known: it serves to reject, and
the k largest of them tell a score that k passages reach.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.block_kernels import block_at, inlined, kernel
from essaysearch.columnar.impact_kernels import BLOCK, word_of
from essaysearch.columnar.impacts import STEPS
from essaysearch.columnar.space import NOTED, WIDE

SCAN = 6
"""Sums of a window that are looked at as quickly as the one of a posting."""

CLEAR = 6
"""Sums of a window that are cleared as quickly as the one of a posting."""

SUMS, PLACES, VALUES, NOTES, NOTED_STEPS = 0, WIDE, 2 * WIDE, 3 * WIDE, 3 * WIDE + NOTED
"""Where the parts of `space.Space.wide` begin: the sums, zeros between windows; places and values of
those that reach something; places of postings that were chosen, and their steps. Few arrays are
passed on: each costs a call seven arguments."""


@inlined
def seek(base, word, at, doc):  # type: ignore[no-untyped-def]
    """The first posting from ``at`` on whose passage is not before ``doc``."""
    size = len(word.docs)
    if at >= size or word.docs[at] >= doc:
        return at
    block = block_at(base[word.first :], at // BLOCK, len(word.maxima), doc)
    at = max(at, block * BLOCK)
    return at + np.searchsorted(word.docs[at : min(block * BLOCK + BLOCK, size)], np.uint32(doc))


@inlined
def top(base, word, at, end):  # type: ignore[no-untyped-def]
    """A share that no posting from ``at`` on, of a passage before ``end``, exceeds."""
    most = 0.0
    if at < len(word.docs) and word.docs[at] < end:
        block = at // BLOCK
        while block < len(word.maxima) and base[word.first + block] < end:
            most = max(most, word.maxima[block])
            block += 1
    return most


@kernel
def add(docs, steps, start, whole, beside, sums):  # type: ignore[no-untyped-def]
    """Add postings to the sums, each ``whole`` times its steps and ``beside``."""
    for i in range(len(docs)):
        sums[np.uint64(docs[i] - start)] += np.int32(whole * np.int32(steps[i]) + beside)


@kernel
def add_some(word, at, start, end, need, mask, whole, beside, wide, count):  # type: ignore[no-untyped-def]
    """Add the postings from ``at`` on, of passages before ``end``, whose share may reach ``need``.

    If ``mask`` has bytes, only those of passages that it allows. They are noted after ``count`` others.
    Returns (the posting where it stopped, how many are noted).
    """
    docs, steps, size = word.docs, word.steps, len(word.docs)
    sums, noted, spare = wide[:WIDE], wide[NOTES : NOTES + NOTED], wide[NOTED_STEPS:]
    least = np.int64(max(need, 0.0) * STEPS)  # all have a step at least
    while at < size and docs[at] < end:
        block = at // BLOCK
        stop = min(block * BLOCK + BLOCK, size)
        if word.maxima[block] < need:
            at = stop
            continue
        if docs[stop - 1] >= end:
            stop = at + np.searchsorted(docs[at:stop], np.uint32(end))
        begin = count
        if len(mask):  # few are allowed, so that branches are foreseen
            for i in range(at, stop):
                doc = docs[i]
                if (mask[doc >> 3] >> (doc & 7)) & 1 and steps[i] > least:
                    noted[count], spare[count] = doc - start, steps[i]
                    count += 1
        else:
            for i in range(at, stop):  # without branches on the comparison
                noted[count], spare[count] = docs[i] - start, steps[i]
                count += np.int64(steps[i]) > least
        for n in range(begin, count):
            sums[np.uint64(noted[n])] += np.int32(whole * spare[n] + beside)
        at = stop
    return at, count


@kernel
def _scan(wide, width, bits, least):  # type: ignore[no-untyped-def]
    """Note which sums reach ``least`` (at least 1) in some of their bits; returns how many."""
    sums, places, values = wide[:width], wide[PLACES:VALUES], wide[VALUES:NOTES]
    some = np.int32(0)
    for n in range(len(sums)):
        some |= np.int32(sums[n] & bits >= least)
    count = 0
    if some:
        for n in range(len(sums)):
            if sums[n] & bits >= least:
                places[count], values[count] = n, sums[n]
                count += 1
    return count


@kernel
def _look(docs, start, wide, bits, least, count):  # type: ignore[no-untyped-def]
    """As `_scan`, of the sums of some passages, after ``count`` others; what is noted is cleared."""
    sums, places, values = wide[:WIDE], wide[PLACES:VALUES], wide[VALUES:NOTES]
    for n in range(len(docs)):
        here = np.uint64(docs[n] - start)
        if sums[here] & bits >= least:
            places[count], values[count] = here, sums[here]
            sums[here] = 0
            count += 1
    return count


@kernel
def reaching(rows, order, spans, start, width, bits, least, wide):  # type: ignore[no-untyped-def]
    """Note which sums reach ``least`` (at least 1), of passages that one of the words ``order`` holds.

    Compared are these ``bits`` of them.

    ``spans``: int64 (words, 4): from where to where a word's postings of the window stand, among those
    noted if the third number is not 0; the fourth is not read. Returns how many.
    """
    postings = 0
    for t in order:
        postings += spans[t, 1] - spans[t, 0]
    if postings * SCAN > width:
        return _scan(wide, width, bits, least)
    count = 0
    for t in order:
        begin, end, some = spans[t, 0], spans[t, 1], spans[t, 2]
        if some:
            count = _look(wide[NOTES + begin : NOTES + end], 0, wide, bits, least, count)
        else:
            count = _look(word_of(rows, t).docs[begin:end], np.uint32(start), wide, bits, least, count)
    return count


@kernel
def clear(rows, order, spans, start, width, wide):  # type: ignore[no-untyped-def]
    """Make the sums zeros again; see `reaching`."""
    postings = 0
    for t in order:
        postings += spans[t, 1] - spans[t, 0]
    sums = wide[:width]
    if postings * CLEAR > width:
        sums[:] = 0
        return
    for t in order:
        begin, end, some = spans[t, 0], spans[t, 1], spans[t, 2]
        if some:
            for here in wide[NOTES + begin : NOTES + end]:
                sums[np.uint64(here)] = 0
        else:
            for doc in word_of(rows, t).docs[begin:end]:
                sums[np.uint64(doc - np.uint32(start))] = 0
