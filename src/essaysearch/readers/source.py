"""A file as a reader sees it: its first bytes, its text, its lines, and what was repaired.

Encodings are settled by `encodings`; compression is looked through (`packed`); what the operating
system or the decompressor raises becomes `ReadError`.
"""

from __future__ import annotations

import codecs
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import IO

from essaysearch.errors import ReadError
from essaysearch.readers.encodings import counted, decoded, is_binary, whole_characters
from essaysearch.readers.packed import SUFFIXES, unpacked
from essaysearch.readers.turned import recoded

HEAD = 1 << 16
LARGEST = 1 << 29
"""Bytes of a file that is read as a whole, or of a line; reading takes some four times as much memory."""

_UNREADABLE = (OSError, EOFError, zlib.error)
_Bytes = bytes


@dataclass
class SourceFile:
    """A file to read. ``path`` is the path as it was given; ``notes`` gather what was repaired.

    ``broken`` says why the file could not be read to its end: readers go on with what stands before.
    Overrides given on the command line (``--author --date --url``) are in ``defaults``.
    """

    path: str
    notes: list[str] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    broken: str = ""

    @property
    def suffix(self) -> str:
        """The last suffix in lower case, compression looked through: ``.jsonl`` for ``a.jsonl.gz``."""
        path = Path(self.path.lower())
        return Path(path.stem).suffix if path.suffix in SUFFIXES else path.suffix

    @property
    def stem(self) -> str:
        """The file's name without its suffixes."""
        path = Path(Path(self.path).name)
        return Path(path.stem).stem if path.suffix.lower() in SUFFIXES else path.stem

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return os.path.getsize(self.path)

    def open(self) -> IO[_Bytes]:
        """The file's bytes, decompressed where it is compressed, UTF-8 where they are UTF-16 or UTF-32."""
        try:
            file = open(self.path, "rb")  # noqa: SIM115 - the caller closes it
        except OSError as error:
            raise ReadError(f"{self.path}: cannot be opened: {error.strerror or error}.") from error
        try:
            return recoded(unpacked(file), self.note)
        except (OSError, EOFError) as error:
            file.close()
            raise ReadError(f"{self.path}: cannot be read: {error}.") from error

    @cached_property
    def head(self) -> _Bytes:
        """The first 64 KiB, decompressed; empty for an empty file."""
        try:
            with self.open() as file:
                return file.read(HEAD)
        except _UNREADABLE as error:
            raise ReadError(f"{self.path}: cannot be read: {error}.") from error

    @cached_property
    def head_text(self) -> str:
        """``head`` as text with ``\\n`` line ends, for a sniff; notes nothing."""
        head = whole_characters(self.head) if len(self.head) == HEAD else self.head
        return _plain_lines(decoded(head)[0])

    @cached_property
    def is_binary(self) -> bool:
        """True where the first bytes are no text in any encoding."""
        return is_binary(self.head)

    def bytes(self) -> _Bytes:
        """The whole file, for formats that cannot be read in pieces; of a broken one what stands before.

        Raises `ReadError` where the file (unpacked, if it is packed) is larger than `LARGEST`.
        """
        with self.open() as file:
            data = b""
            try:
                data = file.read(LARGEST + 1)
                if len(data) > LARGEST:
                    raise ReadError(
                        f"{self.path}: the file is larger than {LARGEST >> 20} MB, the most that can be read"
                        " of a format that has no records; cut it into several files."
                    )
                file.read(1)
            except _UNREADABLE as error:
                self.break_off(error)
        return data

    def text(self) -> str:
        """The whole file as text with ``\\n`` line ends, without byte order mark or zero bytes."""
        return self.decode(self.bytes())

    def decode(self, data: _Bytes) -> str:
        """Bytes of this file as text, as `text` gives it; notes what was assumed or replaced."""
        text, notes = decoded(data)
        zeros = text.count("\0")
        if zeros:
            text = text.replace("\0", " ")
            notes.append(f"{counted(zeros, 'zero byte')} replaced by spaces")
        for sentence in notes:
            self.note(sentence)
        return _plain_lines(text)

    def break_off(self, error: Exception) -> None:
        """Keeps why nothing more can be read."""
        self.broken = f"The file cannot be read to its end: {str(error).rstrip('.')}."

    def note(self, sentence: str) -> None:
        """Keeps a sentence on what was repaired, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def lines(self) -> Iterator[tuple[int, _Bytes]]:
        """(line number from 1, line without its end), without holding the file or a byte order mark."""
        try:
            with self.open() as file:
                for number in count(1):
                    line = file.readline(LARGEST)
                    if not line:
                        return
                    if len(line) == LARGEST:
                        said = f"line {number} is longer than {LARGEST >> 20} MB, the most that can be read"
                        raise ReadError(f"{self.path}: {said}.")
                    if not line.endswith(b"\n"):
                        file.read(1)  # where the file is broken, it is said here instead of half a line
                    if number == 1:
                        line = line.removeprefix(codecs.BOM_UTF8)
                    yield number, line.rstrip(b"\r\n")
        except _UNREADABLE as error:
            self.break_off(error)


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
