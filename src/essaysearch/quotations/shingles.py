"""Texts as numbers: a hash for every folded word, and for every three words in a row.

Two texts share a passage where they share runs of these; no text needs to be kept to find it.
Hashes are the same in every process and on every machine.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.text.analysis import CHUNK, words_of_chunk

Hashes = npt.NDArray[np.uint32]

WIDTH = 3
"""Words of a shingle: of ten words with two changed, some run of three is always left nearly surely."""

_ELLIPSIS = re.compile(
    r"\[\s*(?:\.{2,}|…|snip\w*|cut|deleted|omitted|elided)[^\]\n]{0,60}\]|<+\s*snip\w*[^>\n]{0,20}>+"
    r"|\(\s*(?:\.{2,}|…)\s*\)|…|\.{3,}|\.(?: \.){2,}",
    re.IGNORECASE,
)
_MOST_CHUNKS = 1 << 20


class _ChunkHashes(dict[str, tuple[int, ...]]):
    """The hashes of a chunk's words, computed once."""

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        hashes = tuple(
            zlib.crc32(word.surface.encode("utf-8", "surrogatepass")) for word in words_of_chunk(chunk)
        )
        if len(self) >= _MOST_CHUNKS:
            self.clear()
        self[chunk] = hashes
        return hashes


_chunk_hashes = _ChunkHashes()


class Quote(NamedTuple):
    """A quoted text as words: their hashes, their places in the text, and its fragments.

    ``fragments`` are ranges of words between ellipses ("…", "[...]", "<snip>"), in order.
    """

    words: Hashes
    spans: tuple[tuple[int, int], ...]
    fragments: tuple[tuple[int, int], ...]


def word_hashes(text: str) -> Hashes:
    """The hash of every word of a text, in order (case, diacritics and punctuation do not count)."""
    known = _chunk_hashes
    return np.array([h for chunk in CHUNK.findall(text) for h in known[chunk]], dtype=np.uint32)


def word_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The place of every word that `word_hashes` counts, as (start, end) in the text."""
    return tuple(
        (match.start() + word.start, match.start() + word.end)
        for match in CHUNK.finditer(text)
        for word in words_of_chunk(match.group())
    )


def shingles(words: Hashes) -> Hashes:
    """The hash of every `WIDTH` words in a row: ``max(0, len(words) - 2)`` of them, in order."""
    if len(words) < WIDTH:
        return np.empty(0, dtype=np.uint32)
    first = words[:-2] * np.uint32(0x9E3779B1)
    second = words[1:-1] * np.uint32(0x85EBCA77)
    third = words[2:] * np.uint32(0xC2B2AE3D)
    mixed = first ^ _turned(second, 13) ^ _turned(third, 7)
    return mixed * np.uint32(0x27D4EB2F) ^ (mixed >> np.uint32(15))


def read_quote(text: str) -> Quote:
    """A quoted text's words and fragments; words of an ellipsis ("snip") are none."""
    pieces: list[Hashes] = []
    spans: list[tuple[int, int]] = []
    fragments: list[tuple[int, int]] = []
    at = 0
    for start, end in _between_ellipses(text):
        piece = text[start:end]
        words = word_hashes(piece)
        if not len(words):
            continue
        pieces.append(words)
        spans += ((start + a, start + b) for a, b in word_spans(piece))
        fragments.append((at, at + len(words)))
        at += len(words)
    words = np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint32)
    return Quote(words, tuple(spans), tuple(fragments))


def shingles_of_quote(quote: Quote) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """The shingles within a quote's fragments, and the word at which each begins."""
    found = [shingles(quote.words[start:end]) for start, end in quote.fragments]
    begins = [
        np.arange(start, start + len(part)) for (start, _), part in zip(quote.fragments, found, strict=True)
    ]
    if not found:
        return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int64)
    return np.concatenate(found), np.concatenate(begins).astype(np.int64)


def joined_words(pieces: Sequence[Hashes]) -> Hashes:
    """Several texts' words in a row."""
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint32)


def _between_ellipses(text: str) -> list[tuple[int, int]]:
    cuts = [match.span() for match in _ELLIPSIS.finditer(text)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _turned(numbers: Hashes, by: int) -> Hashes:
    return (numbers << np.uint32(by)) | (numbers >> np.uint32(32 - by))
