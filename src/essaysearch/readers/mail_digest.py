"""Digests of mailing lists (RFC 1153): one message that holds a day's messages, cut into those."""

from __future__ import annotations

import re

from essaysearch.readers.mail_split import RawMessage

_SUBJECT = re.compile(rb"^Subject:[^\n]*\bDigest\b", re.IGNORECASE | re.MULTILINE)
_OPENS = re.compile(rb"^-{70}[ \t]*\n", re.MULTILINE)
_BORDER = re.compile(rb"^-{30}[ \t]*\n", re.MULTILINE)
_NUMBER = re.compile(rb"\s*(?:Message: \d+[ \t]*\n)?")
_HEADER = re.compile(rb"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_SENDER = re.compile(rb"^From:", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"\s*End of [^\n]*\n\**\s*\Z")
_HEAD = 4096


def digested(raw: RawMessage) -> list[RawMessage]:
    """The messages that a digest holds, in order, with the lines where they begin; none of any other message.

    A border that no header of a message follows belongs to the message before it.
    """
    if b"igest" not in raw.data[:_HEAD]:
        return []
    header = raw.data[: raw.data.find(b"\n\n") + 1]
    opens = _OPENS.search(raw.data, len(header))
    if not opens or not _SUBJECT.search(header):
        return []
    begins: list[int] = []
    for at in (opens.end(), *(border.end() for border in _BORDER.finditer(raw.data, opens.end()))):
        number = _NUMBER.match(raw.data, at)
        start = number.end() if number else at
        fields = _HEADER.match(raw.data, start)
        if fields and _SENDER.search(fields.group()):
            begins.append(start)
    if not begins:
        return []
    first = raw.line + bool(raw.posted)
    return [
        raw._replace(
            data=_without_border(raw.data[begin:end]), line=first + raw.data.count(b"\n", 0, begin), posted=""
        )
        for begin, end in zip(begins, (*begins[1:], len(raw.data)), strict=True)
    ]


def _without_border(data: bytes) -> bytes:
    """A message without the border, the number and the end mark that follow it."""
    borders = [border.start() for border in _BORDER.finditer(data)]
    for start in reversed(borders):
        rest = data[data.index(b"\n", start) + 1 :]
        if rest.strip() and not _END.fullmatch(rest) and not re.fullmatch(rb"\s*Message: \d+\s*", rest):
            break
        data = data[:start]
    return data
