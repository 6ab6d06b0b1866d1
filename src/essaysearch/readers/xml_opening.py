"""How an XML file opens: its first element, for telling formats apart. No parser is needed for that."""

from __future__ import annotations

import re

from essaysearch.readers.source import SourceFile

_FIRST_TAG = re.compile(r"<(?:!--.*?-->|\?.*?\?>|!\[CDATA\[|!|/?[A-Za-z_])", re.S)
_SUBSET_END = re.compile(r"\]\s*>")


def opening_tag(source: SourceFile) -> str:
    """The first start tag of an XML file, with its attributes; empty where the file does not begin so."""
    text = source.head_text.lstrip("\ufeff \t\n\r\x00")
    if not text.startswith("<"):
        return ""
    at = 0
    while match := _FIRST_TAG.search(text, at):
        at = match.end()
        if match[0].startswith(("<!--", "<?")):
            continue
        if match[0] == "<!":
            bracket, close = text.find("[", at), text.find(">", at)
            if 0 <= bracket < close:
                inner = _SUBSET_END.search(text, bracket)
                at = inner.end() if inner else len(text)
            else:
                at = close + 1 if close >= 0 else len(text)
            continue
        end = text.find(">", at)
        return text[match.start() : end + 1 if end >= 0 else at + 4096]
    return ""


def root_name(source: SourceFile) -> str:
    """The local name of the file's first element, in lower case; empty where it is no XML."""
    match = re.match(r"<(?:[\w.-]+:)?([\w.-]+)", opening_tag(source))
    return match[1].lower() if match else ""
