"""Bytes to text: which encoding they are in, what had to be assumed, and whether they are text at all.

In this order: a byte order mark, UTF-16 without one, UTF-8, what the file declares, an East Asian
encoding whose commonest characters the bytes are, then UTF-8 whose stray bytes are Windows-1252.
Bytes that fit nothing are replaced and reported.
"""

from __future__ import annotations

import codecs
import re

from essaysearch.readers.east_asian import guessed

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]+)""")
# What files declare, read as the superset that their writers used (as browsers do).
_SUPERSETS = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949",
}  # fmt: skip
_CONTROLS = bytes(sorted({*range(32), 127} - {*b"\t\n\r\f\b\x1b"}))
_MAGIC = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"\x7fELF", b"MZ\x90",
    b"RIFF", b"OggS", b"\xd0\xcf\x11\xe0", b"SQLite format 3\x00", b"7z\xbc\xaf", b"BZh91AY",
    b"\x93NUMPY", b"\x28\xb5\x2f\xfd", b"ID3", b"\x1f\x8b", b"\xfd7zXZ", b"wOFF", b"wOF2",
    b"\xca\xfe\xba\xbe", b"Rar!",
)  # fmt: skip


def _stray_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: each undecodable byte as Windows-1252, else U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("essaysearch.cp1252", _stray_as_cp1252)


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Bytes as text, and sentences on what was assumed or replaced; line ends stay as they are."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _replacing(data, encoding)
    if unmarked := unmarked_utf16(data):
        text, notes = _replacing(data, unmarked)
        return text, [f"read as {unmarked}, which the pattern of its zero bytes shows", *notes]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data[:2048])
    name = declared.group(1).decode("ascii").lower() if declared else ""
    name = _SUPERSETS.get(name, name)
    if name and name not in ("utf-8", "utf8", "cp1252", "windows-1252"):
        try:
            return data.decode(name), [f"read as {name}, as the file declares"]
        except (UnicodeError, LookupError):
            pass
    if not name and (guess := guessed(data)):
        text, notes = _replacing(data, guess)
        return text, [f"read as {guess}, which nothing declares: the commonest characters fit", *notes]
    return _mended(data)


def whole_characters(data: bytes) -> bytes:
    """The bytes without a UTF-8 character that their end cuts in two."""
    for back in range(1, min(4, len(data)) + 1):
        if data[-back] & 0xC0 != 0x80:
            cut = data[-back] >= 0xC0 and back < _width(data[-back])
            return data[:-back] if cut else data
    return data


def is_binary(head: bytes) -> bool:
    """True where a file that begins so is no text in any encoding known here."""
    if head.startswith(_MAGIC):
        return True
    if not head or head.startswith(tuple(mark for mark, _ in _BOMS)) or unmarked_utf16(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > 0.3 * len(head):
        return True
    stray = len(head) - len(head.decode("utf-8", "ignore").encode())
    return controls > 0.03 * len(head) and stray > 0.01 * len(head)


def unmarked_utf16(data: bytes) -> str | None:
    """The kind of UTF-16 without a mark that the bytes are: every other byte is zero."""
    head = data[:4096]
    pairs = len(head) // 2
    if pairs < 4 or b"\0" not in head:
        return None
    first, second = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if second > 0.4 * pairs and first < 0.05 * pairs:
        return "utf-16-le"
    if first > 0.4 * pairs and second < 0.05 * pairs:
        return "utf-16-be"
    return None


def counted(number: int, noun: str) -> str:
    """``1 byte was``, ``2,000 bytes were``."""
    return f"{number:,} {noun} was" if number == 1 else f"{number:,} {noun}s were"


def _width(lead: int) -> int:
    return 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


def _mended(data: bytes) -> tuple[str, list[str]]:
    """UTF-8 with single bytes of Windows-1252 in it, or wholly Windows-1252."""
    text = data.decode("utf-8", "essaysearch.cp1252")
    valid = data.decode("utf-8", "ignore")
    if valid.isascii():
        notes = ["read as Windows-1252: the bytes are not UTF-8"]
    else:
        notes = ["bytes that are not UTF-8 were read as Windows-1252"]
    lost = text.count("\ufffd") - valid.count("\ufffd")
    if lost:
        notes.append(f"{counted(lost, 'byte')} undecodable and replaced")
    return text, notes


def _replacing(data: bytes, encoding: str) -> tuple[str, list[str]]:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    return text, [f"{counted(lost, 'character')} undecodable as {encoding} and replaced"] if lost else []
