"""Untrusted HTML as a tree that is safe to walk: nothing fetched, nothing expanded, depth bounded.

The parser is lxml's HTML parser, which never reads a document type's entities. It gives up
beyond 2,048 levels, so markup nested deeper than `MAX_DEPTH` is flattened before it parses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from essaysearch.errors import ReadError

Element: TypeAlias = Any
"""An lxml element. (lxml is imported only where markup is read.)"""

MAX_DEPTH = 1900
"""Elements nested deeper than this are unwrapped: their text stays, their tags go."""

LARGEST = 1 << 27
"""Characters of markup: its tree takes five times as much memory, one paragraph of it eighteen times."""

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_ENDS_ITSELF = frozenset("p li dt dd tr td th option".split())
_ENDS_PARAGRAPH = frozenset(
    "address article aside blockquote div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main "
    "nav ol p pre section table ul li".split()
)
_SEARCHED = 64
_REFUSED = {code: None for code in range(32) if chr(code) not in "\t\n\r\f"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_DECLARATION = re.compile(r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE\s[^<>\[]*\[.*?\]\s*>)?", re.S | re.I)


def parse_html(markup: str) -> Element:
    """The ``html`` element of a page or fragment; an empty one for empty or hopeless markup.

    Malformed markup is repaired as browsers repair it. Control characters are dropped.
    The tree may be up to 2,000 levels deep: walk it with iterators, never with recursion.
    Raises `ReadError` where the markup is larger than `LARGEST`.
    """
    from lxml import etree

    if len(markup) > LARGEST:
        raise ReadError(f"the page is larger than {LARGEST >> 20} MB, the most that can be read of a page.")
    text = _DECLARATION.sub("", markup, count=1)
    del markup  # of a large page one copy less
    if _CONTROL.search(text):
        text = text.translate(_REFUSED)
    if text.count("<") > MAX_DEPTH:
        text = _bounded(text)
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=True)
    try:
        data = text.encode("utf-8", "replace")
        del text
        root = etree.fromstring(data, parser)
    except etree.LxmlError:
        root = None
    return etree.Element("html") if root is None else root


def parse_fragment(markup: str) -> Element:
    """The element whose content is the fragment: the ``body`` a browser would make for it."""
    root = parse_html(markup)
    body = root.find("body")
    return root if body is None else body


def _bounded(text: str) -> str:
    """The markup without the tags that would open more than `MAX_DEPTH` elements at once."""
    if _rewritten(text, None) <= MAX_DEPTH:
        return text
    pieces: list[str] = []
    _rewritten(text, pieces)
    return "".join(pieces)


def _rewritten(text: str, pieces: list[str] | None) -> int:
    """How many elements are open at once at most; with ``pieces``, tags beyond the bound are left out.

    The open elements are followed as a parser does, as far as their number goes: a paragraph ends
    where a block begins, an item where the next one begins.
    """
    opened: list[str] = []
    deepest = position = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _VOID or tag[3].endswith("/"):
            continue
        if opened and opened[-1] == "p" and name in _ENDS_PARAGRAPH and not tag[1]:
            opened.pop()
        if not tag[1]:
            if opened and opened[-1] == name and name in _ENDS_ITSELF:
                opened.pop()
            opened.append(name)
            deepest = max(deepest, len(opened))
        within = len(opened) <= MAX_DEPTH
        if tag[1]:
            _close(opened, name)
        if pieces is not None and not within:
            pieces += (text[position : tag.start()], "<br><br>" if name in _ENDS_PARAGRAPH else "")
            position = tag.end()
    if pieces is not None:
        pieces.append(text[position:])
    return deepest


def _close(opened: list[str], name: str) -> None:
    """Ends the element of this name, and those left open in it; an end without a beginning ends nothing."""
    for back in range(1, min(len(opened), _SEARCHED) + 1):
        if opened[-back] == name:
            del opened[-back:]
            return


def classes(element: Element) -> tuple[str, ...]:
    """The class names of an element, in lower case."""
    return tuple(str(element.get("class") or "").lower().split())


def tag_of(element: Element) -> str:
    """The tag in lower case without a namespace; empty for a comment or processing instruction."""
    return _name(element.tag)


@lru_cache(maxsize=4096)
def _name(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def brief(element: Element, limit: int = 160) -> str:
    """The element's text on one line where it has at most ``limit`` characters; empty where it is longer."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece.strip())
        if size > limit:
            return ""
    return " ".join("".join(pieces).split())


def plain(element: Element | None) -> str:
    """All text within an element on one line, scripts and styles left out; empty for None."""
    if element is None:
        return ""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    from lxml import etree

    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            if tag_of(node) in ("script", "style", "template", "noscript"):
                walk.skip_subtree()
            elif node.text:
                yield node.text
            if tag_of(node) == "br":
                yield " "
        elif node is not element and node.tail:
            yield node.tail


def drop(element: Element) -> None:
    """Takes an element out of its tree and leaves the text that follows it in place."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    element.tail = None
    parent.remove(element)
