"""Whether a file is a web page, and the part of it that tells which reader it belongs to."""

from __future__ import annotations

import re

from essaysearch.readers.encodings import decoded
from essaysearch.readers.source import SourceFile

_OPENING = 1 << 23
_PAGE = re.compile(
    r"\A(?:\s|<!--.*?-->|<\?xml[^>]*>|<!--\[if.*?\]>)*<(?:!doctype\s+html|html|head|title|meta|body)\b",
    re.I | re.S,
)
_TAGS = re.compile(
    r"</?(?:p|div|a|br|table|td|h[1-6]|ul|li|span|article|blockquote|b|i|em|font)\b[^<>]*>", re.I
)
_STYLES = re.compile(r"<(style|svg)\b.*?</\1\s*>", re.I | re.S)


def is_page(source: SourceFile) -> bool:
    """Whether a file's beginning is HTML: it opens as a page does, or is dense with its tags."""
    head = source.head_text
    if source.is_binary or "<" not in head:
        return False
    if _PAGE.match(head):
        return True
    if head.lstrip()[:5] == "<?xml" and "<html" not in head[:2000]:
        return False
    return head.lstrip().startswith("<") and len(_TAGS.findall(head)) >= 5


def opening(source: SourceFile) -> str:
    """The first eight million bytes as text without styles, which saved pages begin with."""
    if len(source.head) < source.size:
        with source.open() as file:
            text = decoded(file.read(_OPENING))[0]
    else:
        text = source.head_text
    return _STYLES.sub(" ", text)
