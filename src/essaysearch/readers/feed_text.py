"""Text of feeds and exports, which may be HTML or plain and often does not say which."""

from __future__ import annotations

import re
from html import unescape

from essaysearch.model import Block
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.paragraphs import blocks_of

_TAG = re.compile(
    r"</?(?:p|br|a|div|span|em|strong|b|i|u|s|ul|ol|li|dl|dt|dd|blockquote|q|img|figure|h[1-6]|pre|code|table|tr"
    r"|td|th|tbody|hr|sup|sub|small|big|font|center|section|article|iframe|del|ins|cite|tt|abbr|kbd|mark|svg"
    r"|video|audio|details|summary|script|style)(?:\s[^<>]*)?/?>",
    re.I,
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]+|#\d+|#x[0-9A-Fa-f]+);")


def is_markup(text: str) -> bool:
    """Whether a text that does not say so is HTML: it holds a tag of HTML."""
    return _TAG.search(text) is not None or _COMMENT.search(text) is not None


def as_blocks(text: str, markup: bool | None = None) -> tuple[str, tuple[Block, ...]]:
    """A text and its blocks; ``markup`` says whether it is HTML (None: judge by its tags).

    Where nothing is said, entities in a text without tags are decoded once.
    """
    if markup or (markup is None and is_markup(text)):
        return html_to_blocks(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if markup is None and _ENTITY.search(text):
        text = unescape(text)
    return text, blocks_of(text, headings=False)


def as_line(text: str, markup: bool | None = None) -> str:
    """A title on one line, without tags where it is HTML."""
    made, _ = as_blocks(text, markup)
    return " ".join(made.split())
