"""Whether a file is a web page, and the part of it that tells which reader it belongs to."""

from __future__ import annotations

import re

from essaysearch.readers.encodings import decoded
from essaysearch.readers.source import HEAD, SourceFile

_OPENING = 1 << 23
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|title|meta|body)\b", re.I)
_CONDITION = re.compile(r"<!--\[if[^\]]{0,200}\]>\s*", re.I)
_SPACE = re.compile(r"\s*")
_TAGS = re.compile(
    r"</?(?:p|div|a|br|table|td|h[1-6]|ul|li|span|article|blockquote|b|i|em|font)\b[^<>]*>", re.I
)
_STYLES = re.compile(r"<(style|svg)\b.*?</\1\s*>", re.I | re.S)


def is_page(source: SourceFile) -> bool:
    """Whether a file's beginning is HTML: it opens as a page does, or is dense with its tags."""
    head = source.head_text
    if source.is_binary or "<" not in head:
        return False
    if _opens_as_page(head):
        return True
    if head.lstrip()[:5] == "<?xml" and "<html" not in head[:2000]:
        return False
    return head.lstrip().startswith("<") and len(_TAGS.findall(head)) >= 5


def _opens_as_page(head: str) -> bool:
    """Whether the first thing after spaces, comments and declarations is a page's own tag."""
    at = 0
    while space := _SPACE.match(head, at):
        at = space.end()
        condition = _CONDITION.match(head, at)
        if condition and _PAGE.match(head, condition.end()):
            return True
        if head.startswith("<!--", at):
            end = head.find("-->", at)
        elif head.startswith("<?", at):
            end = head.find(">", at)
        else:
            return _PAGE.match(head, at) is not None
        if end < 0:
            return False
        at = head.index(">", end) + 1
    return False


def opening(source: SourceFile) -> str:
    """The first eight million bytes as text without styles, which saved pages begin with."""
    if len(source.head) == HEAD:
        with source.open() as file:
            text = decoded(file.read(_OPENING))[0]
    else:
        text = source.head_text
    return _STYLES.sub(" ", text)
