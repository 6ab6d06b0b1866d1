"""The body of a message as text: transfer encodings, charsets, MIME parts, flowed lines.

MIME parts that are attached are named, not read; data within the text is taken out by `mail_data`.
"""

from __future__ import annotations

import binascii
import re

from essaysearch.readers.mail_data import Body, cleaned
from essaysearch.readers.mail_headers import fields_of, in_charset, unencoded

_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s]+))")
_STRAY_MIME = re.compile(
    rb"\A\s*(?:This (?:is a|message is in) multi-?part(?: message in)? MIME[^\n]*\n\s*)?"
    rb"--(?P<boundary>[^\s\n][^\n]{0,200}?)[ \t]*\n(?:Content-[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+",
    re.IGNORECASE,
)
_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html\b)", re.IGNORECASE)
_ESCAPED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
_DEEPEST = 24
_NO_MARK = " " * 9
"""Behind so many spaces ``>`` is no mark: a stuffed line that opens with it is the writer's own."""


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
            body.texts.append(("plain", cleaned(body, text, data)))
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
    body.texts.append(("plain", cleaned(body, text, raw)))


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
            done.append([marks or (_NO_MARK if content.startswith(">") else ""), content])
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
