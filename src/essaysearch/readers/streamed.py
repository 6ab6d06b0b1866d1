"""A long file's characters in pieces, for formats whose elements are read one at a time.

Encodings are told as in `encodings`, from the file's first bytes; a stray byte further on is
read as Windows-1252 and noted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from essaysearch.errors import ReadError
from essaysearch.readers.east_asian import guessed
from essaysearch.readers.encodings import unmarked_utf16, whole_characters
from essaysearch.readers.source import HEAD, SourceFile

PIECE = 1 << 18
LARGEST = 1 << 27
"""Characters of one record of a long file: a line, an element, an entry."""
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9_.:-]+)""")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(head: bytes) -> tuple[str, str]:
    """The encoding of a file that begins so, and a sentence where it had to be assumed (else empty)."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, ""
    if wide := unmarked_utf16(head):
        return wide, f"read as {wide}, which the pattern of its zero bytes shows"
    sample = whole_characters(head) if len(head) == HEAD else head
    declared = _declared(head)
    try:
        sample.decode("utf-8")
        # Only encodings that are ASCII as long as they can be have to be taken at their word.
        return ("utf-8", "") if not declared.startswith(("iso2022", "hz", "utf-7")) else (declared, "")
    except UnicodeDecodeError:
        pass
    if declared and not declared.startswith("utf"):
        return declared, ""
    if guess := guessed(sample):
        return guess, f"read as {guess}, which nothing declares: the commonest characters fit"
    if sample.decode("utf-8", "ignore").isascii():
        return "cp1252", "read as Windows-1252: the bytes are not UTF-8"
    return "utf-8", ""


def text_pieces(source: SourceFile) -> Iterator[str]:
    """The file's characters in order, in pieces of a quarter of a million bytes; line ends as they are."""
    name, assumed = encoding_of(source.head)
    if assumed:
        source.note(assumed)
    errors = "strict" if name.startswith("utf-8") else "replace"
    decoder = codecs.getincrementaldecoder(name)(errors)
    lost = False
    with source.open() as file:
        while True:
            try:
                data = file.read(PIECE)
            except (OSError, EOFError) as error:
                source.break_off(error)
                data = b""
            try:
                text = decoder.decode(data, not data)
            except UnicodeDecodeError:
                source.note("bytes that are not UTF-8 were read as Windows-1252")
                data = decoder.getstate()[0] + data
                decoder = codecs.getincrementaldecoder("utf-8")("essaysearch.cp1252")
                text = decoder.decode(data, len(data) == 0)
            lost = lost or (errors == "replace" and "\ufffd" in text)
            if text:
                yield text
            if not data:
                break
    if lost:
        source.note(f"characters that could not be decoded as {name} were replaced")


def text_lines(source: SourceFile, lone: str = "\n") -> Iterator[str]:
    """The file's lines, each with its end as ``\\n``, without zero bytes; a lone ``\\r`` becomes ``lone``.

    Raises `ReadError` where a line is longer than `LARGEST`.
    """
    held: list[str] = []
    size = 0
    halved = ""
    for piece in text_pieces(source):
        piece = halved + piece
        halved = "\r" if piece.endswith("\r") else ""
        text = piece.removesuffix("\r").replace("\0", "").replace("\r\n", "\n").replace("\r", lone)
        *lines, rest = text.split("\n")
        if lines:
            yield "".join([*held, lines[0]]) + "\n"
            yield from (f"{line}\n" for line in lines[1:])
            held, size = [], 0
        held.append(rest)
        size += len(rest)
        check_size(source, "a line", size)
    if last := "".join(held):
        yield last


def check_size(source: SourceFile, what: str, size: int) -> None:
    """Raises `ReadError` where a record of so many characters is more than can be read at once."""
    if size > LARGEST:
        raise ReadError(
            f"{source.path}: {what} is longer than {LARGEST >> 20} million characters, the most that can be"
            " read; what stands before was read."
        )


def _declared(head: bytes) -> str:
    match = _DECLARED.match(head)
    try:
        name = codecs.lookup(match.group(1).decode("ascii")).name.replace("_", "-") if match else ""
    except LookupError:
        return ""
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
