"""Compiled reading of a query's frame (see `space`), and writing of ids. Needs the extra ``fast``."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from essaysearch.columnar.address_kernels import array_at
from essaysearch.columnar.addresses import COLUMNS
from essaysearch.columnar.block_kernels import kernel
from essaysearch.columnar.impacts import WIDTH
from essaysearch.columnar.space import (
    COUNTED,
    DIGITS,
    DOCS,
    EXCLUDED,
    FLOATS,
    FLOATS_SIZE,
    HEAD,
    IDS,
    INTS,
    INTS_SIZE,
    MASKS,
    NAME,
    NOTED,
    OFFSET,
    PAIRS,
    PARTS,
    SCORES,
    SEGMENTS,
    SUMS,
    TABLE,
    WIDE,
    WINDOW,
    WORDS,
    K,
)

Call = namedtuple(
    "Call",
    "head table masks asked excluded weights pairs window k counted ints floats wide scores docs parts",
)
"""A query. ``head``: the numbers at the head of the frame. ``table``: as in `addresses`. ``masks``:
the address of a mask for each segment. ``asked`` and ``excluded``: int64 (words, segments, `impacts.WIDTH`),
the words looked for and those that no passage found may hold; ``weights`` and ``pairs``: as `match_kernels`
tells. ``scores`` and ``docs`` have room for k of each segment and k more, ``parts`` (the segment of each)
for k of each: they stand best first, equally good ones as `best_kernels.merge` tells. ``ints``, ``floats``
and ``wide``: work space as `space` knows."""


@kernel
def call_of(frame):  # type: ignore[no-untyped-def]
    """The query of a frame, by its address."""
    head = array_at(frame, HEAD, np.int64)
    segments, words, rows = head[SEGMENTS], head[WORDS], head[WORDS] + head[EXCLUDED]
    behind = frame + 8 * HEAD
    ints = array_at(head[INTS], head[INTS_SIZE], np.int64)
    width = segments * WIDTH
    gathered = ints[: rows * width]
    addresses = array_at(behind, rows, np.int64)
    for n in range(rows):
        row = array_at(addresses[n], width, np.int64)
        for place in range(width):
            gathered[n * width + place] = row[place]
    asked = gathered.reshape(rows, segments, WIDTH)
    size = head[K] * (segments + 1)
    return Call(
        head,
        array_at(head[TABLE], segments * COLUMNS, np.int64).reshape(segments, COLUMNS),
        array_at(head[MASKS], segments, np.int64),
        asked[:words],
        asked[words:],
        array_at(behind + 8 * rows, words, np.float64),
        array_at(behind + 8 * (rows + words), 3 * head[PAIRS], np.float64),
        head[WINDOW],
        head[K],
        head[COUNTED] != 0,
        ints[rows * width :],
        array_at(head[FLOATS], head[FLOATS_SIZE], np.float64),
        array_at(head[SUMS], 3 * WIDE + 2 * NOTED, np.int32),
        array_at(head[SCORES], size, np.float64),
        array_at(head[DOCS], size, np.int64),
        array_at(head[PARTS], size, np.int64),
    )


@kernel
def name(frame, held):  # type: ignore[no-untyped-def]
    """Write the ids of the passages found, from the first one asked for on: `NAME` bytes each."""
    head = array_at(frame, HEAD, np.int64)
    if head[IDS] == 0:
        return
    ids = array_at(head[IDS], head[SEGMENTS], np.int64)
    docs, parts = array_at(head[DOCS], held, np.int64), array_at(head[PARTS], held, np.int64)
    out = array_at(head[DIGITS], NAME * held, np.uint8)
    at = 0
    for n in range(head[OFFSET], held):
        value = array_at(ids[parts[n]], docs[n] + 1, np.int64)[docs[n]]
        for place in range(NAME - 2, -1, -1):
            digit = value & 15
            out[at + place] = digit + (48 if digit < 10 else 87)
            value >>= 4
        out[at + NAME - 1] = 32
        at += NAME
