"""Compressed files looked through: gzip, Zstandard (Reddit's dumps), bzip2, xz, known by their first bytes.

A stream that ends too early, or is damaged, raises `EOFError` or `OSError` at that place: what stands
before it has been read.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import IO, Any

from essaysearch.readers.turned import Turned

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
"""What such programs put behind a file's own suffix."""

_PIECE = 1 << 17
_WIDEST_WINDOW = 1 << 31
"""Bytes back to which a Zstandard stream may refer: Reddit's monthly dumps ask for all of it."""


def unpacked(file: io.BufferedReader) -> io.BufferedReader:
    """The bytes of an open file, decompressed where it is compressed; closing it closes the file."""
    start = file.peek(6)
    opener = next((opener for sign, opener in _OPENERS if start.startswith(sign)), None)
    return file if opener is None else Turned(file, opener(file).read1)


class _Zstandard:
    """A stream of Zstandard frames. (The library's own does not say that the last one was cut off.)"""

    def __init__(self, file: IO[bytes]) -> None:
        from zstandard import ZstdDecompressor

        self._file, self._rest, self._made = file, b"", b""
        self._decompressor = ZstdDecompressor(max_window_size=_WIDEST_WINDOW)
        self._frame: Any = None

    def read1(self, size: int) -> bytes:
        while not self._made:
            packed = self._rest or self._file.read(_PIECE)
            self._rest = b""
            if not packed:
                if self._frame is not None:
                    raise EOFError("compressed file ended before the end-of-stream marker was reached")
                return b""
            self._frame = self._frame or self._decompressor.decompressobj()
            self._made = self._frame.decompress(packed)
            if self._frame.eof:
                self._rest, self._frame = self._frame.unused_data, None
        given, self._made = self._made[:size], self._made[size:]
        return given


def _gzip(file: IO[bytes]) -> Any:
    return gzip.GzipFile(fileobj=file, mode="rb")


def _bzip2(file: IO[bytes]) -> Any:
    import bz2

    return bz2.BZ2File(file)


def _xz(file: IO[bytes]) -> Any:
    import lzma

    return lzma.LZMAFile(file)


_OPENERS: tuple[tuple[bytes, Callable[[IO[bytes]], Any]], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"\x28\xb5\x2f\xfd", _Zstandard),
    (b"BZh", _bzip2),
    (b"\xfd7zXZ\x00", _xz),
)
"""What a compressed file begins with, and what reads it."""
