"""Compiled loops for queries: find postings, score, prune, keep the best. Needs the extra ``fast``.

The any-of kernel follows MaxScore (Turtle and Flood 1995) over windows of the passage numbers,
with per-block bounds (Ding and Suel 2011): terms whose bounds together cannot lift a passage
over the worst of the best are not traversed, only looked up; blocks that cannot are skipped.
Partial sums serve only to reject; what survives is scored anew in the order of the query, so a
score never depends on the order of work.

Arrays are a segment's (see `postings.pack`). A query's terms come as ``rows``, int64 (terms, 6):
first posting, number of postings, first byte of the ids, bytes an id, first block, end of blocks.
``mask`` has a bit a passage (0: not wanted; the lowest bit first), or no byte at all (all wanted).
Passages come back best first.
"""

from __future__ import annotations

import numba
import numpy as np

BLOCK = 128
WINDOW = 1 << 16
SLACK = 1.000001
"""Bounds are compared in float64 after products of float32 values; this covers the rounding."""


@numba.njit(cache=True, nogil=True, inline="always")
def _doc(ids, base, begin, width, i):  # type: ignore[no-untyped-def]
    """Passage of the i-th posting of a block whose ids begin at byte ``begin``."""
    if width == 1:
        return base + np.int64(ids[begin + i])
    if width == 2:
        at = begin + 2 * i
        return base + (np.int64(ids[at]) | np.int64(ids[at + 1]) << 8)
    at = begin + 4 * i
    return base + (
        np.int64(ids[at])
        | np.int64(ids[at + 1]) << 8
        | np.int64(ids[at + 2]) << 16
        | np.int64(ids[at + 3]) << 24
    )


@numba.njit(cache=True, nogil=True)
def _block_at(base, low, high, doc):  # type: ignore[no-untyped-def]
    """The last block in [low, high) whose first passage is at most ``doc``; low - 1 if none."""
    while low < high:
        middle = (low + high) >> 1
        if np.int64(base[middle]) <= doc:
            low = middle + 1
        else:
            high = middle
    return low - 1


@numba.njit(cache=True, nogil=True)
def _find(ids, base, row, low, doc):  # type: ignore[no-untyped-def]
    """(block, place in it) of a passage among a term's postings from block ``low`` on; place -1: absent."""
    block = _block_at(base, low, row[5], doc)
    if block < low:
        return low, -1
    begin = row[2] + (block - row[4]) * BLOCK * row[3]
    left, right = 0, min(BLOCK, row[1] - (block - row[4]) * BLOCK)
    first = np.int64(base[block])
    size = right
    while left < right:
        middle = (left + right) >> 1
        if _doc(ids, first, begin, row[3], middle) < doc:
            left = middle + 1
        else:
            right = middle
    if left < size and _doc(ids, first, begin, row[3], left) == doc:
        return block, left
    return block, -1


@numba.njit(cache=True, nogil=True)
def _exception(codes, block_exc, block, post, i):  # type: ignore[no-untyped-def]
    """The row of exceptions of the i-th posting of a block whose first posting is ``post``."""
    row = np.int64(block_exc[block])
    for before in range(i):
        if codes[post + before] == 0:
            row += 1
    return row


@numba.njit(cache=True, nogil=True)
def _weighted(exc, row, norms, doc):  # type: ignore[no-untyped-def]
    """x of a posting with exceptions: the sum over fields of frequency / norm."""
    x = 0.0
    for field in range(norms.shape[0]):
        frequency = exc[row * 4 + field]
        if frequency:
            x += np.float64(frequency) / np.float64(norms[field, doc])
    return x


@numba.njit(cache=True, nogil=True)
def _x_of(codes, exc, block_exc, norms, row, block, i, doc):  # type: ignore[no-untyped-def]
    """x of the i-th posting of a block."""
    post = row[0] + (block - row[4]) * BLOCK
    code = codes[post + i]
    if code:
        return np.float64(code) / np.float64(norms[0, doc])
    return _weighted(exc, _exception(codes, block_exc, block, post, i), norms, doc)


@numba.njit(cache=True, nogil=True)
def _worse(score, order, other_score, other_order):  # type: ignore[no-untyped-def]
    return score < other_score or (score == other_score and order > other_order)


@numba.njit(cache=True, nogil=True)
def _offer(scores, orders, docs, held, score, order, doc):  # type: ignore[no-untyped-def]
    """Offer a passage to the heap of the best (worst at the root); returns how many it holds."""
    k = len(scores)
    if held < k:
        at = held
        held += 1
        while at > 0:
            parent = (at - 1) >> 1
            if _worse(score, order, scores[parent], orders[parent]):
                scores[at], orders[at], docs[at] = scores[parent], orders[parent], docs[parent]
                at = parent
            else:
                break
        scores[at], orders[at], docs[at] = score, order, doc
        return held
    if not _worse(scores[0], orders[0], score, order):
        return held
    at = 0
    while True:
        child = 2 * at + 1
        if child >= k:
            break
        if child + 1 < k and _worse(scores[child + 1], orders[child + 1], scores[child], orders[child]):
            child += 1
        if _worse(scores[child], orders[child], score, order):
            scores[at], orders[at], docs[at] = scores[child], orders[child], docs[child]
            at = child
        else:
            break
    scores[at], orders[at], docs[at] = score, order, doc
    return held


@numba.njit(cache=True, nogil=True)
def _best_first(scores, orders, docs, held):  # type: ignore[no-untyped-def]
    """Turn the heap of the best into a list, best first."""
    for last in range(held - 1, 0, -1):
        score, order, doc = scores[last], orders[last], docs[last]
        scores[last], orders[last], docs[last] = scores[0], orders[0], docs[0]
        at = 0
        while True:
            child = 2 * at + 1
            if child >= last:
                break
            if child + 1 < last and _worse(
                scores[child + 1], orders[child + 1], scores[child], orders[child]
            ):
                child += 1
            if _worse(scores[child], orders[child], score, order):
                scores[at], orders[at], docs[at] = scores[child], orders[child], docs[child]
                at = child
            else:
                break
        scores[at], orders[at], docs[at] = score, order, doc


@numba.njit(cache=True, nogil=True, inline="always")
def _wanted(mask, doc):  # type: ignore[no-untyped-def]
    return len(mask) == 0 or (mask[doc >> 3] >> (doc & 7)) & 1


@numba.njit(cache=True, nogil=True)
def _excluded(ids, base, excluded, doc):  # type: ignore[no-untyped-def]
    """Whether a passage holds any of the excluded terms."""
    found = False
    for t in range(len(excluded)):
        found = found or _find(ids, base, excluded[t], excluded[t, 4], doc)[1] >= 0
    return found


@numba.njit(cache=True, nogil=True)
def _positions(codes, exc, block_exc, block_pos, block_format, positions, row, block, i, out):  # type: ignore[no-untyped-def]
    """Write the positions of the i-th posting of a block into ``out``; returns how many (it may be full)."""
    post = row[0] + (block - row[4]) * BLOCK
    before = np.int64(0)
    at_exc = np.int64(block_exc[block])
    total = np.int64(0)
    for j in range(i + 1):
        code = np.int64(codes[post + j])
        if code == 0:
            code = (
                np.int64(exc[at_exc * 4]) + np.int64(exc[at_exc * 4 + 1])
                + np.int64(exc[at_exc * 4 + 2]) + np.int64(exc[at_exc * 4 + 3])
            )  # fmt: skip
            at_exc += 1
        if j < i:
            before += code
        else:
            total = code
    form = block_format[block]
    width = np.int64(form & 7)
    stride = width + np.int64(form >> 3)
    at = np.int64(block_pos[block]) + before * stride
    count = min(int(total), len(out))
    for n in range(count):
        value = np.int64(positions[at])
        for byte in range(1, int(width)):
            value |= np.int64(positions[at + byte]) << (8 * byte)
        out[n] = value
        at += stride
    return count


@numba.njit(cache=True, nogil=True)
def _field(position, starts, doc):  # type: ignore[no-untyped-def]
    """The field of a position. ``starts``: (4, passages) int, where each field's positions begin."""
    field = 0
    for number in range(1, starts.shape[0]):
        if position >= starts[number, doc]:
            field = number
    return field


@numba.njit(cache=True, nogil=True)
def _nearness(left, left_count, right, right_count, starts, doc, window):  # type: ignore[no-untyped-def]
    """The sum of 1 / d² over pairs of positions at most ``window`` apart in one field."""
    near = 0.0
    begin = 0
    for a in range(left_count):
        while begin < right_count and right[begin] < left[a] - window:
            begin += 1
        b = begin
        while b < right_count and right[b] <= left[a] + window:
            if right[b] != left[a]:
                same = starts.shape[0] == 1 or _field(left[a], starts, doc) == _field(right[b], starts, doc)
                if same:
                    distance = np.float64(right[b] - left[a])
                    near += 1.0 / (distance * distance)
            b += 1
    return near


@numba.njit(cache=True, nogil=True)
def _score(  # type: ignore[no-untyped-def]
    ids, codes, exc, base, block_exc, norms, rows, weights, doc, lows, blocks, places,
    pairs, pair_weights, window, block_pos, block_format, positions, starts, left, right,
):  # fmt: skip
    """The exact score of a passage: its terms in the order of the query, then its pairs."""
    score = 0.0
    for t in range(len(rows)):
        block, place = _find(ids, base, rows[t], lows[t], doc)
        blocks[t], places[t] = block, place
        if place >= 0:
            x = _x_of(codes, exc, block_exc, norms, rows[t], block, place, doc)
            score += weights[t] * (x / (1.0 + x))
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        if places[a] >= 0 and places[b] >= 0:
            m = _positions(
                codes, exc, block_exc, block_pos, block_format, positions, rows[a], blocks[a], places[a], left
            )
            n = _positions(
                codes,
                exc,
                block_exc,
                block_pos,
                block_format,
                positions,
                rows[b],
                blocks[b],
                places[b],
                right,
            )
            near = _nearness(left, m, right, n, starts, doc, window)
            score += pair_weights[p] * near / (1.0 + near)
    return score


@numba.njit(cache=True, nogil=True)
def any_of(  # type: ignore[no-untyped-def]
    ids, codes, exc, base, bound, block_exc, block_pos, block_format, positions, norms, order, starts,
    sums, touched, left, right, mask, excluded, rows, weights, grown, threshold, k,
    pairs, pair_weights, window,
):  # fmt: skip
    """The k best passages that hold any of the terms, and none of the ``excluded``.

    ``weights``: of each term (idf and the like), ``grown``: the factor that makes block bounds
    valid now, ``threshold``: a score that k passages are known to reach.
    ``pairs``: int64 (n, 2) of terms whose nearness counts, ``pair_weights`` its most. ``sums``
    (float32, all 0, left so), ``touched``, ``left`` and ``right`` are work space.
    Returns (scores, passages).
    """
    terms = len(rows)
    scores, orders, docs = np.empty(k), np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    held = 0
    theta = threshold
    extra = np.zeros(terms)  # the pairs' bounds, each carried by the term of the pair that weighs less
    all_pairs = 0.0
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        extra[a if weights[a] < weights[b] else b] += pair_weights[p]
        all_pairs += pair_weights[p]
    passages = norms.shape[1]
    cursor = rows[:, 4].copy()
    until = np.empty(terms, dtype=np.int64)
    top = np.empty(terms)
    lows = np.empty(terms, dtype=np.int64)
    blocks, places = np.empty(terms, dtype=np.int64), np.empty(terms, dtype=np.int64)
    for start in range(0, passages, WINDOW):
        end = min(start + WINDOW, passages)
        total = 0.0
        for t in range(terms):
            # Blocks may straddle windows: the cursor stays on the block that holds the border.
            at = cursor[t]
            best = np.float32(0.0)
            while at < rows[t, 5] and np.int64(base[at]) < end:
                if bound[at] > best:
                    best = bound[at]
                at += 1
            until[t] = at
            x = np.float64(best) * grown
            top[t] = (weights[t] * (x / (1.0 + x)) + extra[t]) * SLACK if best > 0 else 0.0
            total += top[t]
            lows[t] = cursor[t]
        if total >= theta:
            by_top = np.argsort(top)
            skipped = 0.0
            first = 0
            while first < terms and skipped + top[by_top[first]] < theta:
                skipped += top[by_top[first]]
                first += 1
            count = 0
            for place in range(terms - 1, first - 1, -1):
                t = by_top[place]
                weight, width = weights[t], rows[t, 3]
                others = total - top[t] + extra[t]
                for block in range(cursor[t], until[t]):
                    x = np.float64(bound[block]) * grown
                    if (weight * (x / (1.0 + x)) + others) * SLACK < theta:
                        continue
                    offset = (block - rows[t, 4]) * BLOCK
                    begin, post = rows[t, 2] + offset * width, rows[t, 0] + offset
                    number = min(BLOCK, rows[t, 1] - offset)
                    home = np.int64(base[block]) - start
                    row = np.int64(block_exc[block])
                    for i in range(number):
                        doc = _doc(ids, home, begin, width, i)
                        code = codes[post + i]
                        if code == 0:
                            row += 1
                        if doc < 0:
                            continue
                        if doc >= end - start:
                            break
                        if not _wanted(mask, doc + start):
                            continue
                        if code:
                            f = np.float32(code)
                            s = np.float32(weight) * (f / (norms[0, doc + start] + f))
                        else:
                            y = _weighted(exc, row - 1, norms, doc + start)
                            s = np.float32(weight * (y / (1.0 + y)))
                        if sums[doc] == 0:
                            touched[count] = doc
                            count += 1
                        sums[doc] += s
            for n in range(count):
                doc = np.int64(touched[n])
                partial = np.float64(sums[doc])
                sums[doc] = 0
                if (partial + skipped + all_pairs) * SLACK < theta:
                    continue
                doc += start
                rest = skipped
                alive = True
                for place in range(first - 1, -1, -1):
                    t = by_top[place]
                    rest -= top[t]
                    block, at = _find(ids, base, rows[t], lows[t], doc)
                    if at >= 0:
                        x = _x_of(codes, exc, block_exc, norms, rows[t], block, at, doc)
                        partial += weights[t] * (x / (1.0 + x))
                    if (partial + rest + all_pairs) * SLACK < theta:
                        alive = False
                        break
                if not alive or _excluded(ids, base, excluded, doc):
                    continue
                score = _score(
                    ids, codes, exc, base, block_exc, norms, rows, weights, doc, lows, blocks, places,
                    pairs, pair_weights, window, block_pos, block_format, positions, starts, left, right,
                )  # fmt: skip
                if score < theta:
                    continue
                held = _offer(scores, orders, docs, held, score, np.int64(order[doc]), doc)
                if held == k and scores[0] > theta:
                    theta = scores[0]
        for t in range(terms):
            # Step back to a block that reaches into the next window.
            at = until[t]
            cursor[t] = at - 1 if at > rows[t, 4] else at
    _best_first(scores, orders, docs, held)
    return scores[:held], docs[:held]


@numba.njit(cache=True, nogil=True)
def all_of(  # type: ignore[no-untyped-def]
    ids, codes, exc, base, bound, block_exc, block_pos, block_format, positions, norms, order, starts,
    left, right, mask, excluded, rows, weights, k, pairs, pair_weights, window,
):  # fmt: skip
    """The k best passages that hold all of the terms and none of the ``excluded``, and how many do.

    ``rows`` stand in the order of the query. Returns (scores, passages, count).
    """
    terms = len(rows)
    scores, orders, docs = np.empty(k), np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    held = 0
    count = 0
    by_size = np.argsort(rows[:, 1])
    rarest = by_size[0]
    lows = rows[:, 4].copy()
    blocks, places = np.empty(terms, dtype=np.int64), np.empty(terms, dtype=np.int64)
    for block in range(rows[rarest, 4], rows[rarest, 5]):
        offset = (block - rows[rarest, 4]) * BLOCK
        begin = rows[rarest, 2] + offset * rows[rarest, 3]
        home = np.int64(base[block])
        for i in range(min(BLOCK, rows[rarest, 1] - offset)):
            doc = _doc(ids, home, begin, rows[rarest, 3], i)
            if not _wanted(mask, doc):
                continue
            found = True
            for n in range(1, terms):
                t = by_size[n]
                # Passages come in rising order, so a cursor only moves forward: gallop from it.
                at = lows[t]
                step = 1
                while at + step < rows[t, 5] and np.int64(base[at + step]) <= doc:
                    at += step
                    step *= 2
                lows[t] = at
                blocks[t], places[t] = _find(ids, base, rows[t], at, doc)
                if places[t] < 0:
                    found = False
                    break
            if not found or _excluded(ids, base, excluded, doc):
                continue
            count += 1
            blocks[rarest], places[rarest] = block, i
            score = 0.0
            for t in range(terms):
                x = _x_of(codes, exc, block_exc, norms, rows[t], blocks[t], places[t], doc)
                score += weights[t] * (x / (1.0 + x))
            for p in range(len(pairs)):
                a, b = pairs[p, 0], pairs[p, 1]
                m = _positions(
                    codes,
                    exc,
                    block_exc,
                    block_pos,
                    block_format,
                    positions,
                    rows[a],
                    blocks[a],
                    places[a],
                    left,
                )
                n = _positions(
                    codes,
                    exc,
                    block_exc,
                    block_pos,
                    block_format,
                    positions,
                    rows[b],
                    blocks[b],
                    places[b],
                    right,
                )
                near = _nearness(left, m, right, n, starts, doc, window)
                score += pair_weights[p] * near / (1.0 + near)
            held = _offer(scores, orders, docs, held, score, np.int64(order[doc]), doc)
    _best_first(scores, orders, docs, held)
    return scores[:held], docs[:held], count


@numba.njit(cache=True, nogil=True)
def phrase(  # type: ignore[no-untyped-def]
    ids, codes, exc, base, bound, block_exc, block_pos, block_format, positions, norms, order, starts,
    rows, slop, ordered, tabled,
):  # fmt: skip
    """The passages in which terms stand together: adjacent and in order (``slop`` 0), or near.

    Near (two terms only): an occurrence of the first counts if one of the second lies at most
    ``slop`` positions from it in the same field (after it, if ``ordered``).
    Returns (passages ascending, x of each, (n, 4) frequencies by field if ``tabled``).
    """
    terms = len(rows)
    by_size = np.argsort(rows[:, 1])
    rarest = by_size[0]
    most = rows[rarest, 1]
    docs, xs = np.empty(most, dtype=np.int64), np.empty(most)
    freqs = np.empty((most if tabled else 1, 4), dtype=np.int64)
    held = 0
    lows = rows[:, 4].copy()
    blocks, places = np.empty(terms, dtype=np.int64), np.empty(terms, dtype=np.int64)
    room = 256
    spots = np.empty((terms, room), dtype=np.int64)
    counts = np.empty(terms, dtype=np.int64)
    for block in range(rows[rarest, 4], rows[rarest, 5]):
        offset = (block - rows[rarest, 4]) * BLOCK
        begin = rows[rarest, 2] + offset * rows[rarest, 3]
        home = np.int64(base[block])
        for i in range(min(BLOCK, rows[rarest, 1] - offset)):
            doc = _doc(ids, home, begin, rows[rarest, 3], i)
            found = True
            for n in range(1, terms):
                t = by_size[n]
                at = lows[t]
                step = 1
                while at + step < rows[t, 5] and np.int64(base[at + step]) <= doc:
                    at += step
                    step *= 2
                lows[t] = at
                blocks[t], places[t] = _find(ids, base, rows[t], at, doc)
                if places[t] < 0:
                    found = False
                    break
            if not found:
                continue
            blocks[rarest], places[rarest] = block, i
            for t in range(terms):
                while True:
                    counts[t] = _positions(
                        codes,
                        exc,
                        block_exc,
                        block_pos,
                        block_format,
                        positions,
                        rows[t],
                        blocks[t],
                        places[t],
                        spots[t],
                    )
                    if counts[t] < room:
                        break
                    room *= 2
                    wider = np.empty((terms, room), dtype=np.int64)
                    wider[:, : room // 2] = spots
                    spots = wider
            any_here = False
            row = held if tabled else 0
            freqs[row, :] = 0
            if slop == 0:
                for a in range(counts[0]):
                    position = spots[0, a]
                    here = True
                    for t in range(1, terms):
                        at = np.searchsorted(spots[t, : counts[t]], position + t)
                        if at >= counts[t] or spots[t, at] != position + t:
                            here = False
                            break
                    if here:
                        any_here = True
                        freqs[row, _field(position, starts, doc)] += 1
            else:
                for a in range(counts[0]):
                    position = spots[0, a]
                    field = _field(position, starts, doc)
                    b = np.searchsorted(spots[1, : counts[1]], position + 1 if ordered else position - slop)
                    while b < counts[1] and spots[1, b] <= position + slop:
                        if spots[1, b] != position and _field(spots[1, b], starts, doc) == field:
                            any_here = True
                            freqs[row, field] += 1
                            break
                        b += 1
            if any_here:
                x = 0.0
                for field in range(norms.shape[0]):
                    if freqs[row, field]:
                        x += np.float64(freqs[row, field]) / np.float64(norms[field, doc])
                docs[held], xs[held] = doc, x
                held += 1
    return docs[:held], xs[:held], freqs[: held if tabled else 0]


@numba.njit(cache=True, nogil=True)
def postings(ids, codes, exc, base, block_exc, norms, row, docs, xs):  # type: ignore[no-untyped-def]
    """Write the passages of a term and the x of each into ``docs`` (int64) and ``xs`` (float64)."""
    at = 0
    exc_row = np.int64(block_exc[row[4]]) if row[1] else np.int64(0)
    for block in range(row[4], row[5]):
        offset = (block - row[4]) * BLOCK
        begin, post = row[2] + offset * row[3], row[0] + offset
        home = np.int64(base[block])
        for i in range(min(BLOCK, row[1] - offset)):
            doc = _doc(ids, home, begin, row[3], i)
            code = codes[post + i]
            docs[at] = doc
            if code:
                xs[at] = np.float64(code) / np.float64(norms[0, doc])
            else:
                xs[at] = _weighted(exc, exc_row, norms, doc)
                exc_row += 1
            at += 1


@numba.njit(cache=True, nogil=True)
def count_any(ids, base, rows, mask, excluded, passages):  # type: ignore[no-untyped-def]
    """How many wanted passages hold any of the terms and none of the excluded."""
    seen = np.zeros(passages, dtype=np.uint8)
    count = 0
    for t in range(len(rows)):
        row = rows[t]
        for block in range(row[4], row[5]):
            offset = (block - row[4]) * BLOCK
            begin = row[2] + offset * row[3]
            home = np.int64(base[block])
            for i in range(min(BLOCK, row[1] - offset)):
                doc = _doc(ids, home, begin, row[3], i)
                if seen[doc] == 0:
                    seen[doc] = 1
                    if _wanted(mask, doc) and not _excluded(ids, base, excluded, doc):
                        count += 1
    return count


@numba.njit(cache=True, nogil=True)
def gather(ids, codes, exc, base, block_exc, norms, rows):  # type: ignore[no-untyped-def]
    """The passages that hold any of many terms, ascending, and the sum of the terms' x in each."""
    passages = norms.shape[1]
    sums = np.zeros(passages)
    count = 0
    for t in range(len(rows)):
        row = rows[t]
        exc_row = np.int64(block_exc[row[4]])
        for block in range(row[4], row[5]):
            offset = (block - row[4]) * BLOCK
            begin, post = row[2] + offset * row[3], row[0] + offset
            home = np.int64(base[block])
            for i in range(min(BLOCK, row[1] - offset)):
                doc = _doc(ids, home, begin, row[3], i)
                if sums[doc] == 0.0:
                    count += 1
                code = codes[post + i]
                if code:
                    sums[doc] += np.float64(code) / np.float64(norms[0, doc])
                else:
                    sums[doc] += _weighted(exc, exc_row, norms, doc)
                    exc_row += 1
    docs, xs = np.empty(count, dtype=np.int64), np.empty(count)
    at = 0
    for doc in range(passages):
        if sums[doc] != 0.0:
            docs[at], xs[at] = doc, sums[doc]
            at += 1
    return docs, xs


@numba.njit(cache=True, nogil=True)
def best_of(docs, xs, order, mask, live, k):  # type: ignore[no-untyped-def]
    """The k wanted passages of the largest x; how many are wanted; how many are ``live``.

    Returns (xs, passages, wanted, live).
    """
    scores, orders, held_docs = np.empty(k), np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    held, wanted, alive = 0, 0, 0
    for n in range(len(docs)):
        doc = docs[n]
        if not _wanted(live, doc):
            continue
        alive += 1
        if not _wanted(mask, doc):
            continue
        wanted += 1
        if held < k or xs[n] >= scores[0]:
            held = _offer(scores, orders, held_docs, held, xs[n], np.int64(order[doc]), doc)
    _best_first(scores, orders, held_docs, held)
    return scores[:held], held_docs[:held], wanted, alive
