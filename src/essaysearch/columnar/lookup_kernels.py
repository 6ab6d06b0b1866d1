"""Compiled lookup of terms, and of the pages of a segment's file that reading them will touch.

Needs the extra ``fast``. For ``data`` and ``at`` see `block_kernels`. ``flags`` has a byte for
each page of the file: whether it was verified. What is not verified is not read: its pages are
written to ``missing``, for the caller to verify and ask again.
"""

from __future__ import annotations

import numpy as np

from essaysearch.columnar.block_kernels import BLOCK, kernel, offset, views


@kernel
def _want(flags, page, start, stop, missing, held):  # type: ignore[no-untyped-def]
    """Write the unverified pages of the bytes ``start`` to ``stop``; returns how many pages are held."""
    if stop > start:
        for number in range(start // page, (stop - 1) // page + 1):
            if flags[number] == 0 and held < len(missing):
                missing[held] = number
                held += 1
    return held


@kernel
def _compare(data, begin, end, wanted):  # type: ignore[no-untyped-def]
    """Negative, zero or positive: the bytes ``begin`` to ``end`` stand before, at or after ``wanted``."""
    for n in range(min(end - begin, len(wanted))):
        if data[begin + n] != wanted[n]:
            return np.int64(data[begin + n]) - np.int64(wanted[n])
    return end - begin - len(wanted)


@kernel
def find(data, at, flags, wanted, missing):  # type: ignore[no-untyped-def]
    """(rank of a term or -1, how many pages are missing). ``wanted``: its UTF-8 bytes."""
    page, width = at[14], at[13]
    ends = data[at[1] : at[1] + width * (at[15] + 1)].view(np.uint32)
    low, high = np.int64(0), at[15]
    while low < high:
        middle = (low + high) >> 1
        held = _want(flags, page, at[1] + width * middle, at[1] + width * (middle + 2), missing, 0)
        if held:
            return -1, held
        begin, end = at[0] + offset(ends, width == 8, middle), at[0] + offset(ends, width == 8, middle + 1)
        held = _want(flags, page, begin, end, missing, 0)
        if held:
            return -1, held
        order = _compare(data, begin, end, wanted)
        if order == 0:
            return middle, 0
        if order < 0:
            low = middle + 1
        else:
            high = middle
    return -1, 0


@kernel
def locate(data, at, flags, number, positions, row, missing):  # type: ignore[no-untyped-def]
    """Write the first block, end of blocks and number of postings of term ``number`` into ``row``.

    Returns how many pages are missing that reading its postings (and ``positions``, if true) needs.
    """
    page = at[14]
    held = _want(flags, page, at[2] + 4 * number, at[2] + 4 * (number + 2), missing, 0)
    if held:
        return held
    first = data[at[2] + 4 * number : at[2] + 4 * (number + 2)].view(np.uint32)
    begin, end = np.int64(first[0]), np.int64(first[1])
    for name in range(3, 8):
        wide = at[11] if name == 4 else at[12] if name == 5 else 1 if name == 6 else 2 if name == 7 else 4
        more = 1 if name in (4, 5) else 0
        held = _want(flags, page, at[name] + wide * begin, at[name] + wide * (end + more), missing, held)
    if held:
        return held
    blocks = views(data, at)
    begins, ends = offset(blocks.at, blocks.wide, begin), offset(blocks.at, blocks.wide, end)
    held = _want(flags, page, at[8] + begins, at[8] + ends, missing, held)
    if positions:
        begins = offset(blocks.pos_at, blocks.wide_pos, begin)
        ends = offset(blocks.pos_at, blocks.wide_pos, end)
        held = _want(flags, page, at[9] + begins, at[9] + ends, missing, held)
    row[0], row[1], row[2] = begin, end, (end - begin - 1) * BLOCK + np.int64(blocks.size[end - 1])
    return held


@kernel
def locate_all(data, at, flags, numbers, positions, rows, missing):  # type: ignore[no-untyped-def]
    """`locate` for many terms, with positions where a byte says so: (how many are done, pages missing)."""
    for n in range(len(numbers)):
        held = locate(data, at, flags, numbers[n], positions[n] != 0, rows[n], missing)
        if held:
            return n, held
    return len(numbers), 0
