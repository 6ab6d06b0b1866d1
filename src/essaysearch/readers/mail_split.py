"""A mailbox as a stream of raw messages: cut at its ``From `` lines while it is read."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from essaysearch.model import Skipped
from essaysearch.readers.source import SourceFile

CHUNK = 1 << 20
LARGEST = 16 << 20
"""Bytes of one message that are kept; the rest of a larger one is left out and said so."""

# A postmark is shorter than the one; the header field under it, as far as it is looked at, than the other.
_OVERLAP, _NEAR = 600, 100
_SHORT = 1 << 16
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_POSTMARK = re.compile(
    rb"From (?P<who>[^\n]{0,300}?) *(?P<when>\b"
    + _DAY
    + rb",? +(?:"
    + _MONTH
    + rb" +\d{1,2}|\d{1,2} +"
    + _MONTH
    + rb")"
    rb" +(?:\d{4} +)?\d{1,2}:\d{2}(?::\d{2})?(?: +[A-Z+-][\w+-]*)*(?: +\d{4})?(?: +[+-]\d{4})?)"
    rb"[ \t]*\r?(?:\n|\Z)"
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>From |\r?\n")


class RawMessage(NamedTuple):
    """A message's bytes (line ends ``\\n``, postmark taken off) and the 1-based line where it begins.

    ``sender`` and ``posted`` are what the postmark said; ``left_out`` counts bytes over `LARGEST`.
    """

    data: bytes
    line: int
    sender: str = ""
    posted: str = ""
    left_out: int = 0


def is_mailbox(head: bytes) -> bool:
    """Whether a file that begins so is a mailbox: a postmark, then header fields."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    mark = _POSTMARK.match(head)
    return bool(mark and _FIELD.match(head, mark.end()))


def raw_messages(source: SourceFile) -> Iterator[RawMessage | Skipped]:
    """The messages of a mailbox, or the one message that the file is, without holding the file.

    Of a message larger than `LARGEST` the beginning is kept. A file that breaks off yields a
    `Skipped` after what could be read of it.
    """
    held, line, left_out, lines_left_out = b"", 1, 0, 0
    mark: re.Match[bytes] | None = None
    broken: Skipped | None = None
    with source.open() as file:
        while True:
            chunk, error = _chunk(file)
            if error:
                broken = Skipped(source.path, f"the file breaks off and cannot be read further: {error}.")
            searched = max(0, len(held) - _OVERLAP)
            held = held + chunk if held else chunk.removeprefix(b"\xef\xbb\xbf")
            start = 0
            for at, found in _postmarks(held, searched, whole=not chunk or bool(broken)):
                if at > start:
                    yield _message(held[start:at], mark, line, left_out)
                    line += held.count(b"\n", start, at) + lines_left_out
                    left_out = lines_left_out = 0
                start, mark = at, found
            held = held[start:] if start else held
            if not chunk or broken:
                break
            if len(held) > LARGEST + _OVERLAP:
                # What is held may end in the middle of a postmark: that end stays.
                cut = len(held) - _OVERLAP
                left_out += cut - LARGEST
                lines_left_out += held.count(b"\n", LARGEST, cut)
                held = held[:LARGEST] + held[cut:]
    if held.strip():
        yield _message(held, mark, line, left_out)
    if broken:
        yield broken


def _chunk(file: IO[bytes]) -> tuple[bytes, str]:
    """The next `CHUNK` bytes, fewer at the end of the file, and why no more can be read."""
    pieces: list[bytes] = []
    size = 0
    try:
        # Where a compressed file breaks off, only the last short read is lost.
        while size < CHUNK and (piece := file.read(min(_SHORT, CHUNK - size))):
            pieces.append(piece)
            size += len(piece)
    except (OSError, EOFError, zlib.error) as error:
        return b"".join(pieces), str(error)
    return b"".join(pieces), ""


def _postmarks(data: bytes, searched: int, whole: bool) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Where messages begin, from ``searched`` on, and their postmarks.

    Unless the data is ``whole``, a postmark near its end may wait for the next look.
    """
    at = 0 if data.startswith(b"From ") and not searched else data.find(b"\nFrom ", searched) + 1
    while at or (data.startswith(b"From ") and not searched):
        mark = _POSTMARK.match(data, at)
        if mark and (whole or len(data) - mark.end() > _NEAR):
            field = _FIELD.match(data, mark.end())
            after_blank = not at or data.endswith((b"\n\n", b"\n\r\n"), 0, at)
            if field and (after_blank or not field.group().endswith(b"\n")):
                yield at, mark
        searched = 1
        at = data.find(b"\nFrom ", at + 1) + 1


def _message(data: bytes, mark: re.Match[bytes] | None, line: int, left_out: int) -> RawMessage:
    sender = posted = ""
    if mark:
        sender = mark["who"].decode("utf-8", "replace").strip()
        posted = mark["when"].decode("ascii", "replace")
        data = data[mark.end() - mark.start() :]
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return RawMessage(data, line, sender, posted, left_out)
