"""Untrusted HTML as a tree that is safe to walk: nothing fetched, nothing expanded, depth bounded.

The parser is lxml's HTML parser, which never reads a document type's entities. It gives up
beyond 2,048 levels, so markup nested deeper than `MAX_DEPTH` is flattened before it parses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Element: TypeAlias = Any
"""An lxml element. (lxml is imported only where markup is read.)"""

MAX_DEPTH = 1500
"""Elements nested deeper than this are unwrapped: their text stays, their tags go."""

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_NEVER_CLOSED = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option".split()
)
_REFUSED = {code: None for code in range(32) if chr(code) not in "\t\n\r\f"}
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def parse_html(markup: str) -> Element:
    """The ``html`` element of a page or fragment; an empty one for empty or hopeless markup.

    Malformed markup is repaired as browsers repair it. Control characters are dropped.
    The tree may be up to 2,000 levels deep: walk it with iterators, never with recursion.
    """
    from lxml import etree, html

    text = _DECLARATION.sub("", markup.translate(_REFUSED))
    if text.count("<") > MAX_DEPTH:
        text = _bounded(text)
    parser = html.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        root = None
    return html.Element("html") if root is None else root


def parse_fragment(markup: str) -> Element:
    """The element whose content is the fragment: the ``body`` a browser would make for it."""
    root = parse_html(markup)
    body = root.find("body")
    return root if body is None else body


def _bounded(text: str) -> str:
    """The markup without the tags that would open more than `MAX_DEPTH` elements at once."""
    depth = deepest = 0
    for tag in _TAG.finditer(text):
        if tag[2].lower() in _NEVER_CLOSED or tag[3].endswith("/"):
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    if deepest <= MAX_DEPTH:
        return text
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _NEVER_CLOSED or tag[3].endswith("/"):
            return tag[0] if depth <= MAX_DEPTH // 2 else " "
        if tag[1]:
            depth = max(0, depth - 1)
            return tag[0] if depth < MAX_DEPTH // 2 else "<br><br>"
        depth += 1
        return tag[0] if depth <= MAX_DEPTH // 2 else "<br><br>"

    return _TAG.sub(kept, text)


def classes(element: Element) -> tuple[str, ...]:
    """The class names of an element, in lower case."""
    return tuple(str(element.get("class") or "").lower().split())


def tag_of(element: Element) -> str:
    """The tag in lower case without a namespace; empty for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


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
