"""Mending what is nearly XML: stray characters, entities nobody declared, tags left open.

The result is not meant to be beautiful, but to parse, and to lose no word of the text.
"""

from __future__ import annotations

import re
from html.entities import html5

_SECTION = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.S)
_AMPERSAND = re.compile(r"&(?:(#x[0-9A-Fa-f]+|#[0-9]+|[A-Za-z][\w.-]*);)?")
_STRAY = re.compile(r"<(?![A-Za-z_/!?])|<(?=[A-Za-z_/][^<>]*(?:<|\Z))")
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_QUOTELESS_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([A-Za-z_][\w.:-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_DECLARATION = re.compile(r"<!(?!\[CDATA\[|--)[^>]*>?|<\?.*?\?>", re.S)
_XML_NAMES = frozenset(["amp", "lt", "gt", "quot", "apos"])
_LAST = 0x10FFFF


def with_plain_entities(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with characters that XML refuses taken out and ampersands that mean nothing escaped.

    Entities of HTML become their characters; other entities stay as they are written
    (``&name;``). CDATA sections are left alone but for refused characters. The second value says
    what was done.
    """
    notes: list[str] = []
    text, refused = _REFUSED.subn("", text)
    if refused:
        notes.append(f"{refused} control characters were taken out")
    unknown: set[str] = set()

    def entity(match: re.Match[str]) -> str:
        inner = match[1]
        if not inner:
            return "&amp;"
        if inner[0] == "#":
            code = int(inner[2:], 16) if inner[1] in "xX" else int(inner[1:])
            allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code <= _LAST
            return match[0] if allowed and code & 0xFFFE != 0xFFFE else "\ufffd"
        if inner in _XML_NAMES:
            return match[0]
        if inner + ";" in html5:
            return "".join(f"&#{ord(character)};" for character in html5[inner + ";"])
        unknown.add(inner)
        return f"&amp;{inner};"

    parts = _SECTION.split(text)
    parts[::2] = [_AMPERSAND.sub(entity, part) for part in parts[::2]]
    if unknown:
        notes.append(f"entities that were not expanded: {', '.join(sorted(unknown)[:5])}")
    return "".join(parts), tuple(notes)


def mended(text: str) -> str:
    """The text with its tags in balance: an end tag without a start is dropped, an open one is closed.

    Attributes get quotes, a second attribute of a name goes, a ``<`` that opens no tag is
    escaped, declarations and processing instructions go. Ampersands are not touched.
    """
    out: list[str] = []
    stack: list[str] = []
    parts = _SECTION.split(text)
    for number, part in enumerate(parts):
        if number % 2:
            out.append(
                part if part.endswith(("]]>", "-->")) else part + ("]]>" if "CDATA" in part[:9] else "-->")
            )
            continue
        part = _STRAY.sub("&lt;", _DECLARATION.sub("", part).replace("]]>", "]]&gt;"))
        at = 0
        while match := _TAG.search(part, at) or _QUOTELESS_TAG.search(part, at):
            if quoteless := _QUOTELESS_TAG.search(part, at, match.start()):
                match = quoteless
            out.append(part[at : match.start()])
            out.append(_balanced(match, stack))
            at = match.end()
        out.append(part[at:])
    out.extend(f"</{name}>" for name in reversed(stack))
    return "".join(out)


def _balanced(match: re.Match[str], stack: list[str]) -> str:
    closing, name, rest = match[1], match[2], match[3]
    if closing:
        if name not in stack[-200:]:
            return ""
        ended = []
        while stack:
            top = stack.pop()
            ended.append(f"</{top}>")
            if top == name:
                break
        return "".join(ended)
    alone = rest.rstrip().endswith("/")
    attributes: dict[str, str] = {}
    for key, value in _ATTRIBUTE.findall(rest.rstrip().rstrip("/")):
        bare = value[1:-1] if value[:1] in "\"'" else value
        attributes.setdefault(key, bare.replace("<", "&lt;").replace('"', "&quot;"))
    tag = "".join([f"<{name}", *(f' {key}="{value}"' for key, value in attributes.items())])
    if alone:
        return tag + "/>"
    stack.append(name)
    return tag + ">"
