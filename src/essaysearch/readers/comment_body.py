"""Where a comment's own words stand in its element, and why they may be missing or cut short."""

from __future__ import annotations

import re

from essaysearch.readers.html_tree import Element, classes, drop, plain, tag_of

_BODIES = (
    re.compile(r"^(?:comment-body|commentbody)$"),
    re.compile(r"commentbody-root|contentstyles-(?:commentbody|answerbody|debateresponsebody)$"),
    re.compile(
        r"^comment-(?:content|text|entry)$|^commentcontent$|^comment_(?:content|text)$|^dsq-comment-message$"
    ),
    re.compile(r"commentbody|comment-body|answerbody|^comments-item-text$|^usertext-body$|^md$"),
)
_BODY_PROPERTIES = ("text", "commentText", "commenttext")
_SINGLE_LINE = re.compile(r"singlelinecomment")
_SINGLE_LINE_TEXT = re.compile(r"singlelinecomment-(?:truncatedhighlight|highlight)")
_FURNITURE = re.compile(
    r"^(?:reply|comment-meta|commentmetadata|comment-author|vcard|avatar|comment-reply|comment-awaiting.*"
    r"|says|sharedaddy|comment-actions|comment-edit.*|comment-footer|comment-header)$"
)
_PARAGRAPHS = frozenset(["p", "blockquote", "ul", "ol", "pre"])
_GONE = re.compile(r"\b(?:deleted|removed)\b", re.I)
_PERMALINK_ID = re.compile(r"[A-Za-z0-9]{17}")


def body_of(element: Element) -> Element | None:
    """The element that holds the comment's words; None where the page shows none.

    Where no name tells it, it is what remains without author, date, votes and buttons.
    """
    for node in element.iter():
        if node.get("itemprop") in _BODY_PROPERTIES:
            return node
    for name in (_SINGLE_LINE_TEXT, *_BODIES):
        for node in element.iter():
            if node is element or not isinstance(node.tag, str):
                continue
            if any(name.search(part) for part in classes(node)):
                if name is _BODIES[0] and _holds_meta(node):
                    return _without_furniture(node)
                return node
    if _PERMALINK_ID.fullmatch(str(element.get("id") or "")) or "comments-node" in classes(element):
        return _largest_paragraphs(element)
    return _without_furniture(element) if element.find(".//p") is not None else None


def _holds_meta(node: Element) -> bool:
    return any(
        any(_FURNITURE.match(part) for part in classes(inner)) or tag_of(inner) == "time"
        for inner in node.iter()
        if inner is not node and isinstance(inner.tag, str)
    )


def _without_furniture(node: Element) -> Element:
    """A copy in place: the element's content in a new element, its furniture left behind."""
    from lxml import etree

    body = etree.SubElement(node, "div")
    body.text, node.text = node.text, None
    for child in list(node):
        if child is body:
            continue
        names = classes(child)
        if tag_of(child) in ("header", "footer", "cite", "time") or any(_FURNITURE.match(n) for n in names):
            if child.tail:
                previous = body[-1] if len(body) else None
                if previous is None:
                    body.text = (body.text or "") + child.tail
                else:
                    previous.tail = (previous.tail or "") + child.tail
                child.tail = None
            continue
        body.append(child)
    return body


def _largest_paragraphs(element: Element) -> Element | None:
    """The element with the most text in paragraphs of its own: for markup that names nothing."""
    best, most = None, 0
    for node in element.iter():
        if not isinstance(node.tag, str):
            continue
        size = sum(
            len(plain(child)) for child in node if tag_of(child) in ("p", "blockquote", "ul", "ol", "pre")
        )
        if size > most:
            best, most = node, size
    return best


def is_cut_short(element: Element) -> bool:
    """Whether the page shows only a line or an excerpt of the comment."""
    for node in element.iter():
        names = classes(node) if isinstance(node.tag, str) else ()
        if any(_SINGLE_LINE.search(name) for name in names):
            return True
        if "read-more-button" in names or "read-more" in names:
            drop(node)
            return True
    return False


def why_empty(element: Element, has_body: bool) -> str:
    """Why a comment has no text, as a clause."""
    names = {name for node in element.iter() if isinstance(node.tag, str) for name in classes(node)}
    if _GONE.search(plain(element)) or any("deleted" in name for name in names):
        return "was deleted"
    return "has no text" if has_body else "is folded on the saved page, which does not hold its text"
