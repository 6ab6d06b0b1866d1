"""A file as a reader sees it: its first bytes, its text, its lines, and what was repaired.

Encodings are settled here once: a byte order mark, then UTF-8, then what the file declares,
then Windows-1252; bytes that fit nothing are replaced and reported.
"""

from __future__ import annotations

import gzip
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from essaysearch.errors import ReadError

HEAD = 1 << 16

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]+)""")


@dataclass
class SourceFile:
    """A file to read. ``path`` is the path as it was given; ``notes`` gather what was repaired.

    Overrides given on the command line (``--author --date --url``) are in ``defaults``.
    """

    path: str
    notes: list[str] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """The last suffix in lower case, ``.gz`` looked through: ``.jsonl`` for ``a.jsonl.gz``."""
        path = Path(self.path.lower())
        return Path(path.stem).suffix if path.suffix == ".gz" else path.suffix

    @property
    def stem(self) -> str:
        """The file's name without its suffixes."""
        name = Path(self.path).name
        return Path(name[:-3]).stem if name.lower().endswith(".gz") else Path(name).stem

    def open(self) -> IO[bytes]:
        """The file's bytes, decompressed where it is gzip."""
        try:
            file = open(self.path, "rb")
        except OSError as error:
            raise ReadError(f"{self.path}: cannot be opened: {error.strerror or error}.") from error
        if file.peek(2)[:2] == b"\x1f\x8b":
            return io.BufferedReader(gzip.GzipFile(fileobj=file))  # type: ignore[arg-type]
        return file

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, decompressed; empty for an empty file."""
        try:
            with self.open() as file:
                return file.read(HEAD)
        except (OSError, EOFError) as error:
            raise ReadError(f"{self.path}: cannot be read: {error}.") from error

    def bytes(self) -> bytes:
        """The whole file. For formats that cannot be read in pieces."""
        try:
            with self.open() as file:
                return file.read()
        except (OSError, EOFError) as error:
            raise ReadError(f"{self.path}: cannot be read to its end: {error}.") from error

    def text(self) -> str:
        """The whole file as text with ``\\n`` line ends, without a byte order mark."""
        return self.decode(self.bytes())

    def decode(self, data: bytes) -> str:
        """Bytes of this file as text; notes a guessed encoding and replaced bytes."""
        text = self._decode(data)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _decode(self, data: bytes) -> str:
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                return self._replaced(data, encoding)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        declared = _DECLARED.search(data[:2048])
        for name in ([declared.group(1).decode("ascii")] if declared else []) + ["cp1252"]:
            if name.lower() in ("utf-8", "utf8"):
                continue
            try:
                text = data.decode(name)
            except (UnicodeDecodeError, LookupError):
                continue
            self.notes.append(f"read as {name}: the bytes are not UTF-8")
            return text
        return self._replaced(data, "utf-8")

    def _replaced(self, data: bytes, encoding: str) -> str:
        text = data.decode(encoding, "replace")
        lost = text.count("\ufffd")
        if lost:
            self.notes.append(f"{lost} characters could not be decoded as {encoding} and were replaced")
        return text

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(line number from 1, line without its end), without holding the file."""
        try:
            with self.open() as file:
                for number, line in enumerate(file, 1):
                    yield number, line.rstrip(b"\r\n")
        except (OSError, EOFError) as error:
            raise ReadError(f"{self.path}: cannot be read to its end: {error}.") from error

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return os.path.getsize(self.path)
