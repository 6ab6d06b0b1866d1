"""What stands in the text of a message and only a machine reads: found, named and taken out.

Files set into the text (uuencoded, yEnc, BinHex, bare base64) and what an archive "scrubbed" are
named as attachments, not read; control characters go without a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CONTROLS = bytes(sorted({*range(32), 127} - {*b"\t\n\r"}))
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]")
_UU_BEGIN = re.compile(r"begin(?:-base64)? [0-7]{3,4} (?P<name>[^\n]{1,200})\n")
_UU_LINE = re.compile(r"[ -`]+")
_Y_BLOCK = re.compile(
    r"^=ybegin [^\n]*?name=(?P<name>[^\n]*)\n.*?(?:^=yend[^\n]*$|\Z)", re.MULTILINE | re.DOTALL
)
_BINHEX = re.compile(
    r"^\(This file must be converted with BinHex[^\n]*\n.*?(?:^[^\n]*:$\n\s*\Z|^\s*$(?!\n:)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_TWO_SOLID_LINES = re.compile(r"\n[A-Za-z0-9+/]{60,76}\n[A-Za-z0-9+/]{60,76}\n")
_BASE64_RUN = re.compile(r"(?:^[A-Za-z0-9+/]{60,76}\n){6,}(?:^[A-Za-z0-9+/]{1,76}={0,2}$)?", re.MULTILINE)
_SCRUBBED = re.compile(
    r"-{10,} next part -{10,}\n"
    r"(?P<what>\n?(?:An? |Skipped |Ein |Une )"
    r"[^\n]*(?:scrubbed|content of type|attachment|abgetrennt|nettoy)[^\n]*\n"
    r"(?P<facts>(?:[A-Z][\w-]*\s?:[^\n]*\n?(?:[ \t]+[^\n]*\n?|<[^\n>]*>\n?)*)*))?",
    re.MULTILINE,
)  # fmt: skip
_SCRUBBED_NAME = re.compile(r"^Name\s?:\s*(.+)$", re.MULTILINE)
_SCRUBBED_TYPE = re.compile(r"^Type\s?:\s*(.+)$", re.MULTILINE)
# How a line opens that only a machine reads, or that a mailbox escaped: most messages have none of these.
_MACHINES = re.compile(
    r"\n(?:begin|=ybegin |\(This file must|-{10,} next part|>+From |[A-Za-z0-9+/]{60,76}\n[A-Za-z0-9+/]{60})"
)


@dataclass
class Body:
    """The texts of a message in order, each ``plain`` or ``html``, and what is said of the rest."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pure: bool = False
    """Whether it is one text without any line that only a machine reads."""

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def cleaned(body: Body, text: str, raw: bytes) -> str:
    """The text without data and control characters."""
    if _MACHINES.search(f"\n{text}"):
        text = _without_data(body, text)
    else:
        body.pure = not body.texts
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        text = _CONTROL.sub("", text.replace("\x0c", "\n"))
    return text


def _without_data(body: Body, text: str) -> str:
    """The text without what only a machine reads; each piece is named among the attachments."""
    if " next part --" in text:
        text = _without_scrubbed(body, text)
    if "\nbegin" in text or text.startswith("begin"):
        text = _without_uuencoded(body, text)
    if "=" in text and "=ybegin " in text:
        text = _Y_BLOCK.sub(
            lambda match: _dropped(body, match["name"].strip(), match.group(), "a yEnc file"), text
        )
    if "BinHex" in text:
        text = _BINHEX.sub(lambda match: _dropped(body, "", match.group(), "a BinHex file"), text)
    if _TWO_SOLID_LINES.search(text):
        text = _BASE64_RUN.sub(lambda match: _dropped(body, "", match.group(), "base64 data"), text)
    return text


def _without_scrubbed(body: Body, text: str) -> str:
    """The text without the archive's "next part" lines and what it says of parts that it took out."""
    pieces: list[str] = []
    at = 0
    found = text.find(" next part --")
    while found >= 0:
        start = text.rfind("\n", 0, found) + 1
        match = _SCRUBBED.match(text, start)
        if match and start >= at:
            pieces += (text[at:start], "\n")
            at = match.end()
            if match["what"] and "HTML attachment" not in match["what"]:
                facts = match["facts"] or ""
                name = _SCRUBBED_NAME.search(facts) or _SCRUBBED_TYPE.search(facts)
                body.attachments.append(name[1].strip() if name else "a part that the archive left out")
        found = text.find(" next part --", max(found + 1, at))
    return "".join([*pieces, text[at:]])


def _dropped(body: Body, name: str, data: str, what: str) -> str:
    body.attachments.append(name or what)
    body.note(f"{what} of {data.count(chr(10)) + 1:,} lines was left out" + (f": {name}" if name else ""))
    return "\n"


def _without_uuencoded(body: Body, text: str) -> str:
    pieces: list[str] = []
    at, place = 0, -1 if text.startswith("begin") else text.find("\nbegin")
    while place >= -1:
        begin = _UU_BEGIN.match(text, place + 1)
        place = text.find("\nbegin", place + 1)
        place = place if place >= 0 else -2
        if begin is None or begin.start() < at:
            continue
        end, lines = begin.end(), 0
        while end < len(text):
            stop = text.find("\n", end)
            stop = len(text) if stop < 0 else stop
            line = text[end:stop].rstrip()
            if line == "end":
                end = stop
                break
            if not _is_uuencoded(line):
                break
            end, lines = stop + 1, lines + 1
        if lines < 2:
            continue
        name = begin["name"].strip()
        body.attachments.append(name)
        body.note(f"a uuencoded file of {lines:,} lines was left out: {name}")
        pieces.append(text[at : begin.start()])
        at = min(end, len(text))
    return "".join(pieces) + text[at:] if pieces else text


def _is_uuencoded(line: str) -> bool:
    """Whether a line has the length that its first character says; spaces at its end may be lost."""
    if not line or line in ("`", " "):
        return True
    length = 1 + ((ord(line[0]) - 32 & 63) + 2) // 3 * 4
    return length - 12 <= len(line) <= length + 2 and _UU_LINE.fullmatch(line) is not None
