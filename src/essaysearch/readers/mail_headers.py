"""The header of a message: fields, decoded words, people, ids, dates, the subject as a title."""

from __future__ import annotations

import binascii
import re
from functools import lru_cache
from typing import NamedTuple

from essaysearch.readers.dates import parse_date
from essaysearch.readers.encodings import decoded
from essaysearch.voices.intros import natural_name, person

_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_FOLD = re.compile(r"\s*\n[ \t]+")
_ENCODED = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_ID = re.compile(r"<([^<>]+)>")
_BARE_ID = re.compile(r"[^\s<>]+@[^\s<>]+")
_LIST_ID = re.compile(r"<([^<>]+)>")
_ANSWER = re.compile(
    r"(?:(?:re|fwd?|fw|aw|antw(?:ort)?|wg|sv|vs|vb|vl|tr|rv|rif|ref|ynt|odp|doorst|enc|i|r|res|回复|答复|转发|返信)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_LIST_TAG = re.compile(
    r"\[(?!\s*(?:patch|ann\b|announce|ot\b|rfc|solved|bug|poll|wip|\d))[^\[\]]{1,40}\]\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+|[\w.+-]+ at [\w.-]+\.\w+")
_QUIRKS = {
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "shift_jis": "cp932", "x-sjis": "cp932", "iso-8859-8-i": "iso-8859-8", "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman", "unicode-1-1-utf-7": "utf-7",
}  # fmt: skip
_LONGEST_NAME = 1000
_STATEFUL = ("iso-2022", "utf-7", "hz", "utf-16", "utf-32", "unicode-1-1")


class Person(NamedTuple):
    """Who wrote: a name (the address where none is given) and the address."""

    name: str
    address: str


def fields_of(data: bytes) -> dict[str, str]:
    """The fields of a header by lower-case name, unfolded but not decoded; of repeated ones the first."""
    text = data.decode("ascii") if data.isascii() else decoded(data)[0]
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name.lower(), _FOLD.sub(" ", value).strip() if "\n" in value else value.strip())
    return fields


def unencoded(value: str) -> str:
    """A field's text with its encoded words (RFC 2047) decoded; what is malformed stays as it stands.

    >>> unencoded("=?utf-8?q?Na=C3=AFve?= =?utf-8?b?IHPDpWc=?= (was: x)")
    'Naïve såg (was: x)'
    """
    if "=?" not in value:
        return value
    value = _BETWEEN.sub(r"\1\2", value)
    pieces: list[str] = []
    pending: tuple[str, bytes] = ("", b"")
    at = 0
    for match in _ENCODED.finditer(value):
        charset, how, payload = match[1].lower(), match[2].lower(), match[3]
        data = _word_bytes(how, payload)
        # A character may be cut between two words: words of one charset that touch are one.
        if match.start() == at and pending[0] == charset:
            pending = (charset, pending[1] + data)
        else:
            pieces += (in_charset(pending[1], pending[0])[0], value[at : match.start()])
            pending = (charset, data)
        at = match.end()
    pieces += (in_charset(pending[1], pending[0])[0], value[at:])
    return "".join(pieces)


def in_charset(data: bytes, charset: str) -> tuple[str, bool]:
    """Bytes as text in the charset that a message names, and whether they are in it.

    Where they are not, or it is unknown, they are read as UTF-8, else as Windows-1252.
    """
    name = charset.strip(" \"'").lower()
    if data.isascii() and not name.startswith(_STATEFUL):
        return data.decode("ascii"), True
    codec = _QUIRKS.get(name, name)
    # What calls itself ASCII or Latin-1 but is sound UTF-8 is UTF-8.
    if codec and codec not in ("cp1252", "utf-8", "utf8"):
        try:
            return data.decode(codec), True
        except (UnicodeError, LookupError):
            pass
    text, notes = decoded(data)
    return text, not notes or codec == "cp1252"


def writer(value: str) -> Person | None:
    """Whom a ``From`` field names; None where it is empty.

    >>> writer('"King, Ada" <ada@example.org>')
    Person(name='Ada King', address='ada@example.org')
    """
    value = value[:_LONGEST_NAME].strip()
    return _writer(value) if value else None


@lru_cache(maxsize=4096)
def _writer(value: str) -> Person | None:
    text = unencoded(value)
    found = _ADDRESS.search(text)
    address = found.group().replace(" at ", "@") if found else ""
    # "@d@ @end|ng |rom ex@mp|e@org (Ada King)": an archive's own way to hide an address.
    if text.endswith(")") and "(" in text and (inside := text[text.rindex("(") + 1 : -1].strip()):
        before = text[: text.rindex("(")].strip()
        if "@" in before or " at " in before:
            return Person(natural_name(inside).replace(" at ", "@"), "" if "|" in before else address)
    name = person(text)
    return Person(name, address) if name else None


def ids_in(value: str) -> list[str]:
    """The message ids in a field, in order, without their brackets."""
    if not value:
        return []
    found = [name for part in _ID.findall(value) if (name := part.strip())]
    return found or _BARE_ID.findall(value)


def message_id(fields: dict[str, str]) -> str | None:
    """The message's own id without brackets; None where it has none."""
    value = fields.get("message-id") or fields.get("message-id:") or ""
    found = ids_in(value)
    return found[0] if found else (value.strip("<> ") or None)


def lineage(fields: dict[str, str], own: str | None) -> tuple[str | None, str | None]:
    """The ids of the message answered and of the thread's first message, as the header has them.

    Of several ids in ``In-Reply-To`` the one that ``References`` holds too is meant; without
    ``In-Reply-To`` the last reference is. A message does not answer itself.
    """
    if "references" not in fields and "in-reply-to" not in fields:
        return None, None
    references = [name for name in ids_in(fields.get("references", "")) if name != own]
    replied = [name for name in ids_in(fields.get("in-reply-to", "")) if name != own]
    parent = next((name for name in replied if name in references), None)
    if parent is None:
        parent = references[-1] if references and len(replied) != 1 else replied[0] if replied else None
    return parent, references[0] if references else parent


@lru_cache(maxsize=4096)
def title_of(subject: str) -> str | None:
    """A subject without "Re:" in its languages and without the list's tag: ``[Rd] Re: x`` gives ``x``."""
    title = subject
    for _ in range(8):
        shorter = title
        if (":" in title or "：" in title) and (match := _ANSWER.match(title)):
            shorter = title[match.end() :]
        if shorter[:1] == "[" and (match := _LIST_TAG.match(shorter)):
            shorter = shorter[match.end() :]
        if shorter == title or not shorter.strip():
            break
        title = shorter.lstrip()
    return " ".join(title.split()) or None


def list_of(fields: dict[str, str]) -> str | None:
    """The mailing list's own name: ``r-devel.r-project.org``; None where no field says it."""
    value = fields.get("list-id", "")
    found = _LIST_ID.findall(value)
    return found[-1].strip() if found else value.strip() or None


def dated(fields: dict[str, str], posted: str) -> tuple[str | None, str, str]:
    """The date of a message, how it was inferred where ``Date`` does not say it, and a note on a bad one."""
    value = fields.get("date", "")
    if date := _plausible(value):
        return date, "", ""
    note = f'the date "{value}" cannot be read' if value else ""
    received = fields.get("received", "").rpartition(";")[2]
    for source, text in (
        ("the header's NNTP-Posting-Date", fields.get("nntp-posting-date", "")),
        ("the header's Delivery-Date", fields.get("delivery-date", "")),
        ("the last server's Received line", received),
        ("the mailbox's From line, which has the archive's time", posted),
    ):
        if date := _plausible(text):
            return date, source, note
    return None, "", note


_BARE = re.compile(
    r"(?:[A-Z][a-z]{2},? +)?([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d):(\d\d):(\d\d) +(19[6-9]\d|20\d\d)"
)
_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True))
_USUAL = re.compile(
    r"(?:[A-Z][a-z]{2},? +)?(\d{1,2}) ([A-Z][a-z]{2}) (19[6-9]\d|20\d\d) (\d\d):(\d\d):(\d\d)"
    r" (?:([+-](?:0\d|1[0-4]))([0-5]\d)|(GMT|UTC|UT))(?: \(.*\))?"
)


def _plausible(text: str) -> str | None:
    """The date a field holds, if a message can bear it; the usual form is read without the general parser."""
    if not text:
        return None
    match = _USUAL.fullmatch(text)
    if match and match[7] != "-00":
        day, month, year, hour, minute, second, east, rest, _ = match.groups()
        number = _MONTHS.get(month.lower())
        if number and 1 <= int(day) <= 28 and hour < "24" and minute < "60" and second < "60":
            offset = f"{east}:{rest}" if east else "+00:00"
            return f"{year}-{number:02d}-{int(day):02d}T{hour}:{minute}:{second}{offset}"
    if match := _BARE.fullmatch(text):
        name, day, hour, minute, second, year = match.groups()
        number = _MONTHS.get(name.lower())
        if number and 1 <= int(day) <= 28 and hour < "24" and minute < "60" and second < "60":
            return f"{year}-{number:02d}-{int(day):02d}T{hour}:{minute}:{second}"
    # Of "Thu Jan  2 13:54 EST 2003" the general parser wants no name of a zone before the year.
    date = parse_date(text) or parse_date(re.sub(r" [A-Z]{2,4} (\d{4})$", r" \1", text))
    return date if date and "1969" < date < "2100" else None


def _word_bytes(how: str, payload: str) -> bytes:
    if how == "b":
        try:
            return binascii.a2b_base64(payload + "=" * (-len(payload) % 4))
        except (binascii.Error, ValueError):
            return payload.encode("utf-8", "replace")
    return binascii.a2b_qp(payload.replace("_", " ").encode("utf-8", "replace"), header=False)
