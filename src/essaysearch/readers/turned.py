"""A file's bytes made of other bytes while they are read: unpacked, or recoded to what readers expect.

Text in UTF-16 or UTF-32 becomes UTF-8, and lone carriage returns become line ends, so that whatever
reads lines, elements or records need not know of either.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from typing import IO

from essaysearch.readers.encodings import counted, is_binary, unmarked_utf16

_PIECE = 1 << 17
# The mark of UTF-32 begins with that of UTF-16.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class Turned(io.BufferedReader):
    """A stream of what ``piece(size)`` gives (at most so many bytes, none at the end).

    It raises `OSError` and `EOFError` alone, and only behind what was read before: a `read` that meets
    damage gives what it has, and the next one raises. Closing it closes ``file``.
    """

    def __init__(self, file: IO[bytes], piece: Callable[[int], bytes]) -> None:
        self._pieces = _Pieces(file, piece)
        super().__init__(self._pieces, 1 << 16)

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        return data if data or size == 0 else self._ended(data)

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        return line if line or size == 0 else self._ended(line)

    def _ended(self, data: bytes) -> bytes:
        if self._pieces.damage is not None:
            raise self._pieces.damage
        return data


class _Pieces(io.RawIOBase):
    """What `Turned` buffers; ``damage`` is what ended it, if it was not the end."""

    def __init__(self, file: IO[bytes], piece: Callable[[int], bytes]) -> None:
        self._file, self._piece = file, piece
        self.damage: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.damage is not None:
            return 0
        try:
            data = self._piece(len(buffer))
        except (OSError, EOFError) as error:
            self.damage = error
            return 0
        except Exception as error:
            # Each library has an exception of its own for damaged data.
            self.damage = OSError(str(error) or type(error).__name__)
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def recoded(file: io.BufferedReader, note: Callable[[str], None]) -> IO[bytes]:
    """The bytes of an open file, as UTF-8 with line feeds where it is wide text or has none.

    ``note`` is told what was assumed or replaced. Any other file is given back as it is.
    """
    start = file.peek(4096)
    for mark, encoding in _WIDE:
        if start.startswith(mark):
            return Turned(file, _Recoder(file, encoding, "utf-8", note).piece)
    if is_binary(start):
        return file
    if wide := unmarked_utf16(start):
        note(f"read as {wide}, which the pattern of its zero bytes shows")
        return Turned(file, _Recoder(file, wide, "utf-8", note).piece)
    if b"\r" in start[:-1] and b"\n" not in start:
        return Turned(file, _Recoder(file, "latin-1", "latin-1", note).piece)
    return file


class _Recoder:
    """Bytes of one encoding as those of another, their line ends as line feeds."""

    def __init__(self, file: IO[bytes], given: str, wanted: str, note: Callable[[str], None]) -> None:
        self._file, self._given, self._wanted, self._note = file, given, wanted, note
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(given)("replace"), True)
        self._made, self._lost = b"", 0

    def piece(self, size: int) -> bytes:
        """At most so many bytes, none at the end."""
        while not self._made:
            data = self._file.read(_PIECE)
            text = self._decoder.decode(data, final=not data)
            self._lost += text.count("\ufffd")
            self._made = text.encode(self._wanted, "replace")
            if not data and not self._made:
                if self._lost:
                    said = f"{counted(self._lost, 'character')} undecodable as {self._given} and replaced"
                    self._note(said)
                    self._lost = 0
                break
        given, self._made = self._made[:size], self._made[size:]
        return given
