"""BibTeX's grammar: entries with their fields, strings resolved, values as they are written.

Linear, and lenient as files need it: a mistake costs the entry it stands in, not the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

_ENTRY = re.compile(r"@[ \t]*([A-Za-z]+)\s*([{(])")
_KEY = re.compile(r"\s*([^,={}\"()]{0,200}?)\s*(?=[,})])")
_KEY_ON_A_LINE = re.compile(r"[ \t]*([^\s,={}\"()]{1,200})[ \t]*\n(?=\s*[A-Za-z_][\w-]*\s*=)")
_FIELD = re.compile(r"[\s,]*([A-Za-z_][\w:.+/-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,{}\"#()=]+")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_QUOTED = re.compile(r"\\.|[{}\"]", re.S)
_JOIN = re.compile(r"\s*#\s*")
_NEXT_ENTRY = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+\s*[{(]", re.M)
_CROSSREF = re.compile(r"\bcrossref\s*=\s*[{\"]\s*([^{}\",]{1,200}?)\s*[}\"]", re.I)
_INHERITED = ("year", "month", "date", "publisher", "series", "volume")
_LONGEST = 1 << 20
"""A value longer than this many characters has lost its end."""
_MOST_PIECES = 128
_MONTHS = {
    month[:3].lower(): month
    for month in (
        "January February March April May June July August September October November December"
    ).split()
}


class Entry(NamedTuple):
    """An entry: ``kind`` in lower case (``article``), its key, its fields (names in lower case).

    ``problem`` says where it is not well-formed; what stands before the mistake is in ``fields``.
    """

    kind: str
    key: str
    fields: dict[str, str]
    line: int
    problem: str = ""


def entries(pieces: Callable[[], Iterable[str]]) -> Iterator[Entry]:
    """The entries of a file in order; comments, preambles and the text between entries are passed over.

    ``pieces`` gives the file's text, each time from its beginning, in pieces that end where an entry begins
    (`cut_at_entries`): it is asked twice where entries refer to others.

    An entry with a ``crossref`` has what it does not say itself from the entry named there: the year, the
    publisher, and the volume's title.
    """
    wanted = {match[1].lower() for text in pieces() for match in _CROSSREF.finditer(text)}
    found = _entries(pieces()) if wanted else iter(())
    above = {entry.key.lower(): entry.fields for entry in found if entry.key.lower() in wanted}
    for entry in _entries(pieces()):
        parent = above.get(entry.fields.get("crossref", "").strip().lower(), {})
        if parent:
            inherited = {name: parent[name] for name in _INHERITED if name in parent}
            volume = parent.get("booktitle") or parent.get("title") or ""
            fields = inherited | ({"booktitle": volume} if volume else {}) | entry.fields
            entry = entry._replace(fields=fields)
        yield entry


def cut_at_entries(pieces: Iterable[str]) -> Iterator[str]:
    """The same text with plain line ends, in pieces that end before a line that begins with ``@``.

    Where no line does for a long time, a piece ends anywhere: an entry there is malformed.
    """
    held: list[str] = []
    for piece in pieces:
        at = piece.rfind("\n@") + 1
        if not at:
            held.append(piece)
            if len(held) > _MOST_PIECES:
                yield _plain("".join(held))
                held = []
            continue
        yield _plain("".join([*held, piece[:at]]))
        held = [piece[at:]]
    yield _plain("".join(held))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _entries(pieces: Iterable[str]) -> Iterator[Entry]:
    strings = dict(_MONTHS)
    line = 1
    for text in pieces:
        at = counted = 0
        while match := _ENTRY.search(text, at):
            line += text.count("\n", counted, match.start())
            counted = match.start()
            kind = match[1].lower()
            close = "}" if match[2] == "{" else ")"
            if kind in ("comment", "preamble"):
                at = _braced(text, match.end(), close) or match.end()
                continue
            entry, at = _entry(text, match.end(), kind, close, strings, line)
            if kind == "string":
                strings.update(entry.fields)
            else:
                yield entry
        line += text.count("\n", counted)


def _entry(
    text: str, at: int, kind: str, close: str, strings: dict[str, str], line: int
) -> tuple[Entry, int]:
    key = ""
    if kind != "string" and (match := _KEY.match(text, at) or _KEY_ON_A_LINE.match(text, at)):
        key, at = match[1], match.end()
    fields: dict[str, str] = {}
    problem = ""
    while match := _FIELD.match(text, at):
        value, end, problem = _value(text, match.end(), strings)
        if problem:
            break
        fields.setdefault(match[1].lower(), value)
        at = end
    if not problem:
        rest = re.compile(r"[\s,]*").match(text, at)
        at = rest.end() if rest else at
        if text[at : at + 1] == close:
            return Entry(kind, key, fields, line), at + 1
        problem = (
            "the file breaks off"
            if at >= len(text)
            else f"a field was expected before {text[at : at + 20]!r}"
        )
    following = _NEXT_ENTRY.search(text, at)
    return Entry(kind, key, fields, line, problem), following.start() if following else len(text)


def _value(text: str, at: int, strings: dict[str, str]) -> tuple[str, int, str]:
    """A value, its pieces joined by ``#`` put together; the place after it; what is wrong with it."""
    parts: list[str] = []
    while True:
        opening = text[at : at + 1]
        if opening == "{":
            end = _braced(text, at + 1, "}")
            if end is None:
                return "", at, "a brace is never closed"
            parts.append(text[at + 1 : end - 1])
        elif opening == '"':
            end = _in_quotes(text, at + 1)
            if end is None:
                return "", at, "a quote is never closed"
            parts.append(text[at + 1 : end - 1])
        elif match := _BARE.match(text, at):
            end = match.end()
            parts.append(strings.get(match[0].lower(), match[0]))
        else:
            return "", at, "a value is missing"
        joint = _JOIN.match(text, end)
        if not joint:
            return "".join(parts), end, ""
        at = joint.end()


def _braced(text: str, at: int, close: str) -> int | None:
    """The place after the brace (or parenthesis) that closes the one before ``at``; None where none does.

    A new entry at the start of a line ends the search: the brace was forgotten.
    """
    depth = 1
    for match in _BRACE.finditer(text, at, at + _LONGEST):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                ended = match.end()
                forgotten = _NEXT_ENTRY.search(text, at, ended) if ended - at > 200 else None
                return None if forgotten and _FIELD.search(text, forgotten.end(), ended) else ended
    if close == ")":
        end = text.find(")", at)
        return end + 1 if end >= 0 else None
    return None


def _in_quotes(text: str, at: int) -> int | None:
    depth = 0
    for match in _QUOTED.finditer(text, at, at + _LONGEST):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth < 0:
                return None
        elif match[0] == '"' and depth == 0:
            return match.end()
    return None
