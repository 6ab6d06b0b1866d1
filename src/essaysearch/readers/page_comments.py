"""The comments on a saved page: which element is one, who wrote it, when, and in answer to what.

Sites rename their classes over the years, so each fact is looked for by several signals:
permalinks, ``id`` attributes, ``time`` elements, links to users, fragments of class names, and
the nesting of the elements themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from essaysearch.model import Block
from essaysearch.readers.comment_body import body_of, is_cut_short, why_empty
from essaysearch.readers.comment_facts import Meta, meta_of, own_id
from essaysearch.readers.forums import address_of
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, classes, drop, plain
from essaysearch.readers.typed_marks import with_typed_quotes

_PREVIEW = re.compile(r"parentcomment|parent-comment", re.I)
_WORDPRESS_ID = re.compile(r"(?:li-|div-)?comment-\d+")
_DISQUS_ID = re.compile(r"dsq-comment-\d+")
_GONE = re.compile(
    r"\[?(?:(?:this |the )?(?:comment|message|post) (?:(?:was|is|has been|had been) )?)?(?:deleted|removed)"
    r"(?: by (?:its |the |an? )?(?:author|user|poster|owner|moderators?|admins?))?\]?\.?",
    re.I,
)
_PINGS = frozenset(["pingback", "trackback"])
_LEGACY_ID = re.compile(r"thingrow_t1_[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class PageComment:
    """One comment as the page shows it. ``id`` and ``parent`` are the site's, without a prefix.

    ``cut`` tells that the page shows only its beginning; ``problem`` says why there is no text.
    """

    id: str | None
    parent: str | None
    text: str
    blocks: tuple[Block, ...]
    meta: Meta
    cut: bool = False
    problem: str = ""
    line: int = 0


@dataclass(slots=True)
class _Node:
    element: Element
    id: str | None
    above: int | None = None
    preview: bool = False
    comment: PageComment | None = None
    parent: str | None = field(default=None)


def _is_forum_magnum(element: Element) -> bool:
    return any(
        name == "comments-node" or name.startswith(("commentframe-node", "answer-root", "commentsnode-node"))
        for name in classes(element)
    ) or str(element.get("id") or "").startswith("debate-comment-")


def _is_greaterwrong(element: Element) -> bool:
    return "comment-item" in classes(element) and str(element.get("id") or "comment-").startswith("comment-")


def _is_legacy(element: Element) -> bool:
    return bool(_LEGACY_ID.fullmatch(str(element.get("id") or "")))


def _is_wordpress(element: Element) -> bool:
    return (
        element.tag in ("li", "div", "article")
        and bool(_WORDPRESS_ID.fullmatch(str(element.get("id") or "")))
        and "comment-item" not in classes(element)
    )


def _is_disqus(element: Element) -> bool:
    return element.tag in ("li", "div") and bool(_DISQUS_ID.fullmatch(str(element.get("id") or "")))


def _is_microdata(element: Element) -> bool:
    kind = str(element.get("itemtype") or "").lower()
    return kind.endswith(("schema.org/comment", "schema.org/usercomments", "schema.org/answer"))


DIALECTS: tuple[tuple[str, Callable[[Element], bool]], ...] = (
    ("ForumMagnum", _is_forum_magnum),
    ("GreaterWrong", _is_greaterwrong),
    ("LessWrong before 2018", _is_legacy),
    ("WordPress", _is_wordpress),
    ("Disqus", _is_disqus),
    ("schema.org", _is_microdata),
)
"""Ways to mark a comment's element, and their tests."""


def take_comments(root: Element) -> list[PageComment]:
    """The comments of a page in its order; their elements are taken out of the tree.

    A comment shown twice (as a permalink above and in its thread) is given once, in its fuller
    form. The parent is the comment around it, or the one it links to as its parent.
    """
    nodes = _nodes(root)
    for node in reversed(nodes):
        node.comment = _read(node)
        drop(node.element)
    for node in nodes:
        above = nodes[node.above] if node.above is not None else None
        if node.preview and above is not None and above.parent is None:
            above.parent = node.id
        elif above is not None and not node.preview:
            node.parent = node.parent or above.id
    return _once(nodes)


def _nodes(root: Element) -> list[_Node]:
    """The elements that are comments, in document order, each with the nearest one around it."""
    linked = {
        address.comment
        for link in root.iter("a")
        if "commentId=" in str(link.get("href") or "")
        and (address := address_of(str(link.get("href")))).comment
    }
    nodes: list[_Node] = []
    places: dict[Element, int] = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or not element.attrib:
            continue
        named = element.get("id")
        if named not in linked and not any(test(element) for _, test in DIALECTS):
            continue
        above, preview = _around(element, places)
        found = own_id(element, linked)
        if above is not None and not preview and found is not None and nodes[above].id in (None, found):
            nodes[above].id = found
            continue
        places[element] = len(nodes)
        nodes.append(_Node(element, found, above, preview))
    return nodes


def _around(element: Element, places: dict[Element, int]) -> tuple[int | None, bool]:
    """The nearest comment around an element, and whether the element is its parent, shown above it."""
    preview = False
    node = element
    while (node := node.getparent()) is not None:
        if node in places:
            return places[node], preview
        # Some blogs put the answers behind the comment's element, not into it.
        before = node.getprevious() if "children" in classes(node) else None
        if before is not None and before in places:
            return places[before], preview
        preview = preview or any(_PREVIEW.search(name) for name in classes(node))
    return None, False


def _read(node: _Node) -> PageComment:
    """The comment of an element from which the comments within it have been taken out."""
    element = node.element
    line = element.sourceline or 0
    cut = is_cut_short(element)
    body = body_of(element)
    text, blocks = with_typed_quotes(*to_blocks(body)) if body is not None else ("", ())
    gone = bool(_GONE.fullmatch(text))
    if gone:
        text, blocks = "", ()
    if body is not None:
        drop(body)
    meta = meta_of(element)
    if node.preview and "○" not in plain(element):
        meta = replace(meta, parent_hidden=True)
    node.id = node.id or meta.id
    node.parent = meta.parent if meta.parent != node.id else None
    problem = "" if text else "was deleted" if gone else why_empty(element, body is not None)
    if _PINGS.intersection(classes(element)):
        problem = "is another blog's link to the page, which the blog counts as one"
    return PageComment(node.id, None, text, blocks, meta, cut, problem, line)


def _once(nodes: list[_Node]) -> list[PageComment]:
    kept: dict[str, int] = {}
    comments: list[PageComment] = []
    for node in nodes:
        if node.comment is None:
            continue
        comment = replace(node.comment, id=node.id, parent=node.parent)
        if not (comment.id or comment.text or comment.meta.author or comment.meta.date):
            # A place kept for a comment that was still to load.
            continue
        if comment.id is None or comment.id not in kept:
            if comment.id is not None:
                kept[comment.id] = len(comments)
            comments.append(comment)
            continue
        place = kept[comment.id]
        before = comments[place]
        fuller = comment if len(comment.text) > len(before.text) else before
        comments[place] = replace(fuller, parent=before.parent or comment.parent)
    return comments
