"""The body of a message as text: transfer encodings, charsets, MIME parts, flowed lines, what is no text.

Attachments are named, not read: MIME parts, uuencoded, yEnc, BinHex and bare base64 data, and
what an archive "scrubbed".
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from essaysearch.readers.mail_headers import fields_of, in_charset, unencoded

_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s]+))")
_STRAY_MIME = re.compile(
    rb"\A\s*(?:This (?:is a|message is in) multi-?part(?: message in)? MIME[^\n]*\n\s*)?"
    rb"--(?P<boundary>[^\s\n][^\n]{0,200}?)[ \t]*\n(?:Content-[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+",
    re.IGNORECASE,
)
_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html\b)", re.IGNORECASE)
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
_ESCAPED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
# How a line opens that only a machine reads, or that a mailbox escaped: most messages have none of these.
_MACHINES = re.compile(
    r"\n(?:begin|=ybegin |\(This file must|-{10,} next part|>+From |[A-Za-z0-9+/]{60,76}\n[A-Za-z0-9+/]{60})"
)
_DEEPEST = 24


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


def body_of(fields: dict[str, str], data: bytes, mailbox: bool = False) -> Body:
    """The body of a message with this header; ``mailbox`` undoes the escaping of lines that begin "From "."""
    body = Body()
    _read(body, fields, data, 0)
    # Of a part that says the same in two forms the plain one was taken; a lone second form stays.
    if mailbox and not body.pure:
        body.texts = [(kind, _unescaped(text) if kind == "plain" else text) for kind, text in body.texts]
    return body


def _read(body: Body, fields: dict[str, str], data: bytes, depth: int) -> None:
    stated = fields.get("content-type", "")
    if (
        not stated
        and "content-transfer-encoding" not in fields
        and data.isascii()
        and b"\n--" not in data[:400]
    ):
        # Archives keep the plain text alone: nothing to decode.
        text = data.decode("ascii")
        if not text[:200].lstrip().startswith("<") and not data.startswith(b"--") and b"\x1b" not in data:
            body.texts.append(("plain", _cleaned(body, text, data)))
            return
    kind, _, rest = stated.partition(";")
    kind = kind.strip().lower()
    if kind.startswith("multipart/") and depth < _DEEPEST:
        boundary = _parameters(f";{rest}").get("boundary", "")
        parts = _parts(data, boundary.encode("utf-8", "replace")) if boundary else []
        if parts:
            _choose(body, kind, parts, depth)
            return
        body.note("the parts of the message are not marked as its header says")
    elif kind in ("", "text/plain") and b"--" in data[:400] and (stray := _STRAY_MIME.match(data)):
        parts = _parts(data, stray["boundary"])
        if parts:
            _choose(body, "multipart/mixed", parts, depth)
            return
    _leaf(body, fields, kind, rest, data, depth)


def _choose(body: Body, kind: str, parts: list[tuple[dict[str, str], bytes]], depth: int) -> None:
    if kind != "multipart/alternative":
        for fields, data in parts:
            _read(body, fields, data, depth + 1)
        return
    best: Body | None = None
    for fields, data in parts:
        attempt = Body()
        _read(attempt, fields, data, depth + 1)
        if not any(text.strip() for _, text in attempt.texts):
            body.attachments += attempt.attachments
            continue
        plain = any(form == "plain" for form, _ in attempt.texts)
        if best is None or (plain and not any(form == "plain" for form, _ in best.texts)):
            best = attempt
    if best is not None:
        body.texts += best.texts
        body.attachments += best.attachments
        for sentence in best.notes:
            body.note(sentence)


def _leaf(body: Body, fields: dict[str, str], kind: str, rest: str, data: bytes, depth: int) -> None:
    how = fields.get("content-transfer-encoding", "").strip().lower()
    place = fields.get("content-disposition", "")
    named = place or "name" in rest
    parameters = _parameters(f";{rest}") if rest else {}
    if named:
        name = unencoded(_parameters(place).get("filename") or parameters.get("name") or "")
        attached = place.strip().lower().startswith("attachment") or (name and kind not in ("", "text/plain"))
        if depth and (attached or (name and kind != "text/plain")):
            body.attachments.append(name or kind or "a part without a name")
            return
    if kind == "message/rfc822":
        _forwarded(body, data, depth)
        return
    if kind and not kind.startswith("text/") and kind not in ("message/delivery-status", "text"):
        body.attachments.append(f"a part of type {kind}")
        return
    if kind in ("text/calendar", "text/x-vcard", "text/vcard", "text/css", "text/x-amp-html"):
        body.attachments.append(f"a part of type {kind}")
        return
    raw = _transferred(data, how)
    if b"\x1b$" in raw and "charset" not in parameters:
        parameters["charset"] = "iso-2022-jp"
    charset = parameters.get("charset", "")
    text, sound = in_charset(raw, charset)
    if not sound:
        stated = f"as the {charset} that it claims" if charset else "as UTF-8"
        body.note(f"the text cannot be read {stated}; it was read as Windows-1252")
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if kind == "text/html" or (
        kind in ("", "text/plain") and text[:200].lstrip()[:1] == "<" and _HTML.match(text)
    ):
        body.texts.append(("html", text))
        return
    if parameters.get("format", "").lower() == "flowed":
        text = _flowed(text, parameters.get("delsp", "").lower() == "yes")
    body.texts.append(("plain", _cleaned(body, text, raw)))


def _cleaned(body: Body, text: str, raw: bytes) -> str:
    """The text without data and control characters."""
    if _MACHINES.search(f"\n{text}"):
        text = _without_data(body, text)
    else:
        body.pure = not body.texts
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        text = _CONTROL.sub("", text.replace("\x0c", "\n"))
    return text


def _forwarded(body: Body, data: bytes, depth: int) -> None:
    """A message within the message, as if it had been forwarded in plain text."""
    header, _, inner = data.partition(b"\n\n")
    fields = fields_of(header)
    lines = ["---------- Forwarded message ----------"]
    for name in ("From", "Date", "Subject", "To"):
        if name.lower() in fields:
            lines.append(f"{name}: {unencoded(fields[name.lower()])}")
    within = Body()
    if depth < _DEEPEST:
        _read(within, fields, inner, depth + 1)
    body.texts.append(("plain", "\n".join(lines) + "\n\n"))
    body.texts += within.texts
    body.texts.append(("plain", "-------- End of forwarded message --------\n"))
    body.attachments += within.attachments
    for sentence in within.notes:
        body.note(sentence)


def _parts(data: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    """The parts between the boundaries, each as (header fields, body)."""
    mark = b"\n--" + boundary
    data = b"\n" + data
    found: list[tuple[dict[str, str], bytes]] = []
    begin, at = -1, data.find(mark)
    while at >= 0:
        stop = data.find(b"\n", at + len(mark))
        stop = len(data) if stop < 0 else stop
        rest = data[at + len(mark) : stop].strip()
        # Another boundary may begin with this one.
        if rest in (b"", b"--"):
            if begin >= 0:
                found.append(_part(data[begin:at]))
            begin = -1 if rest else stop + 1
        at = data.find(mark, at + 1)
    if begin >= 0:
        found.append(_part(data[begin:]))
    return found


def _part(data: bytes) -> tuple[dict[str, str], bytes]:
    if data.startswith(b"\n"):
        return {}, data[1:]
    header, _, rest = data.partition(b"\n\n")
    fields = fields_of(header)
    return (fields, rest) if fields else ({}, data)


def _parameters(value: str) -> dict[str, str]:
    """The parameters of a field by lower-case name, continued and percent-encoded ones (RFC 2231) whole."""
    found: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(value):
        name = name.lower()
        text = quoted.replace('\\"', '"').replace("\\\\", "\\") if quoted else bare
        base, star, _ = name.partition("*")
        if star and "%" in text:
            from urllib.parse import unquote_to_bytes

            charset, _, tail = text.partition("'")
            language_free = tail.partition("'")[2] if tail else text
            text = in_charset(unquote_to_bytes(language_free), charset if tail else "utf-8")[0]
        found[base] = found[base] + text if star and base in found else found.get(base, text)
    return found


def _transferred(data: bytes, how: str) -> bytes:
    if how == "quoted-printable":
        return binascii.a2b_qp(data)
    if how == "base64":
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            # Lines that were appended after the data (a list's footer) spoil only themselves.
            kept = [line for line in data.split(b"\n") if re.fullmatch(rb"[A-Za-z0-9+/]*={0,2}\s*", line)]
            joined = b"".join(kept)
            try:
                return binascii.a2b_base64(joined[: len(joined) // 4 * 4])
            except binascii.Error:
                return data
    return data


def _flowed(text: str, delete_space: bool) -> str:
    """Flowed lines (RFC 3676) as whole paragraphs, each under its quote marks."""
    done: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content[1:] if content.startswith(" ") else content
        signature = content == "-- "
        flows = content.endswith(" ") and not signature
        if delete_space and flows:
            content = content[:-1]
        if open_depth == depth and not signature and done:
            done[-1].append(content)
        else:
            marks = ">" * depth + " " if depth else ""
            # Without marks a stuffed line that opens like a quotation keeps its space.
            done.append([marks or (" " if content.startswith(">") else ""), content])
        open_depth = depth if flows else -1
    return "\n".join(["".join(pieces) for pieces in done])


def _unescaped(text: str) -> str:
    """Lines that a mailbox escaped (``>From ``), unless a quotation stands around them."""
    if ">From " not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        before = text.rfind("\n", 0, max(0, match.start() - 1))
        previous = text[before + 1 : max(0, match.start() - 1)].lstrip()
        after = text.find("\n", match.end())
        following = text[after + 1 : after + 3] if after >= 0 else ""
        quoted = previous.startswith(">") or following.startswith(">")
        return match.group() if quoted and match[1] == "From " else match[1]

    return _ESCAPED_FROM.sub(plain, text)


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
