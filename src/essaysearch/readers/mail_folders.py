"""Folders of mail that are no mailboxes of the usual kind: Babyl (Emacs' Rmail until 2009) and MMDF.

In Babyl a message begins behind a line with its labels; the line ``*** EOOH ***`` parts its whole header from
the one that was shown. In MMDF four control characters stand on a line before and after each message.
"""

from __future__ import annotations

from collections.abc import Iterator

from essaysearch.readers.mail_split import LARGEST, RawMessage
from essaysearch.readers.source import SourceFile

_BABYL, _MMDF = b"BABYL OPTIONS:", b"\x01\x01\x01\x01"
_BORDER = b"\x1f"
_SHOWN = b"*** EOOH ***"


def is_folder(head: bytes) -> bool:
    """Whether a file that begins so is a folder in Babyl or MMDF."""
    return head.startswith(_BABYL) or head.startswith((_MMDF + b"\n", _MMDF + b"\r\n"))


def folder_messages(source: SourceFile) -> Iterator[RawMessage]:
    """The messages of a folder in order, one held at a time; of a large one `LARGEST` bytes are kept."""
    babyl = source.head.startswith(_BABYL)
    begin, size, left_out = 0, 0, 0
    lines: list[bytes] = []
    for number, line in source.lines():
        if line.startswith(_BORDER) if babyl else line == _MMDF:
            if found := _message(lines, babyl, begin, left_out):
                yield found
            begin, lines, size, left_out = number + 1, [], 0, 0
        elif begin and size < LARGEST:
            lines.append(line)
            size += len(line) + 1
        elif begin:
            left_out += len(line) + 1
    if found := _message(lines, babyl, begin, left_out):
        yield found


def _message(lines: list[bytes], babyl: bool, begin: int, left_out: int) -> RawMessage | None:
    if babyl:
        lines = _whole(lines[1:])
    elif lines and lines[0].startswith(b"From "):
        lines = lines[1:]
    data = b"\n".join(lines).strip(b"\n")
    return RawMessage(data + b"\n", begin, left_out=left_out) if data else None


def _whole(lines: list[bytes]) -> list[bytes]:
    """The whole header and the body of a message in Babyl; where there is none, the header that was shown."""
    if _SHOWN not in lines:
        return lines
    at = lines.index(_SHOWN)
    header = [line for line in lines[:at] if line.strip() and not line.startswith(b"Summary-line:")]
    if not header:
        return lines[at + 1 :]
    end = next((number for number in range(at + 1, len(lines)) if not lines[number].strip()), len(lines))
    return [*header, b"", *lines[end + 1 :]]
