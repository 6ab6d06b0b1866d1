"""Pages of e-books made from forum threads: a post, then its comments one after the other.

Two kinds: LessWrong's (``comment-date``, ``comment-content``) and Disqus's (``dsq-comment-message``,
the author in a bare paragraph, no date). Comments are flat; some say "Parent Comment" above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from essaysearch.model import Block, Document
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.comment_facts import NOBODY, shown_date
from essaysearch.readers.forums import LESSWRONG, address_of, comment_url, site_of
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, classes, drop, plain, tag_of
from essaysearch.readers.page_comments import take_comments
from essaysearch.readers.page_facts import date_in_address
from essaysearch.readers.typed_marks import with_typed_quotes
from essaysearch.text.ids import derived_document_id

_ID = re.compile(r"\s*ID:\s*(\w+)\s*")
_POINTS = re.compile(r"([-−]?\d[\d,]*)\s+points?")
_BODIES = frozenset(["comment-content", "dsq-comment-message"])
_POST_BODIES = frozenset(["md", "entry-content"])
_FURNITURE = frozenset(
    "gdsrcacheloader entry-utility entry-trackback entry-meta sharedaddy st_sharethis".split()
)


@dataclass(slots=True)
class _Comment:
    id: str | None = None
    parent: str | None = None
    author: str | None = None
    nobody: bool = False
    date: str | None = None
    karma: float | None = None
    text: str = ""
    blocks: tuple[Block, ...] = ()
    line: int = 0


def is_forum_page(root: Element) -> bool:
    """Whether a page is a post with its comments: a linked heading, and a mark of such books."""
    heading = next(root.iter("h2"), None)
    link = heading.find(".//a[@href]") if heading is not None else None
    if link is None:
        return False
    for node in root.iter("a", "div", "span"):
        if str(node.get("id") or "").endswith("_comments") or _BODIES.intersection(classes(node)):
            return True
    return False


def documents_of(root: Element) -> Iterator[Document]:
    """The post, then its comments. Texts may be empty: the caller counts those."""
    heading = next(root.iter("h2"))
    link = heading.find(".//a[@href]")
    title, url = plain(heading), str(link.get("href")).split("?")[0]
    nested = take_comments(root)
    body = next((node for node in root.iter("div") if _POST_BODIES.intersection(classes(node))), None)
    post = _post(root, body, title, url)
    if body is not None:
        drop(body)
    yield post
    comments = list(_flat(root))
    tells = any(comment.parent for comment in comments)
    for comment in comments:
        yield _document(post, comment, tells)
    for found in nested:
        meta = found.meta
        comment = _Comment(found.id, found.parent, meta.author, meta.nobody, meta.date, meta.karma)
        comment.text, comment.blocks, comment.line = found.text, found.blocks, found.line
        yield _document(post, comment, True)


def _post(root: Element, body: Element | None, title: str, url: str) -> Document:
    author = date = None
    for node in root.iter("span"):
        names = classes(node)
        if "author" in names and author is None:
            inner = node.find("a")
            author = plain(inner if inner is not None else node) or None
        elif "date" in names and date is None:
            date = shown_date(node)
        elif "comment-date" in names:
            break
    for node in list(body.iter()) if body is not None else ():
        if isinstance(node.tag, str) and _FURNITURE.intersection(classes(node)):
            drop(node)
    text, blocks = to_blocks(body) if body is not None else ("", ())
    named = site_of(url)
    own = id_of_address(url) or derived_document_id("epub", author or "", title)
    inferred = date_in_address(url) if not date else None
    return Document(
        id=own,
        kind="post",
        text=text,
        blocks=blocks,
        title=title or None,
        authors=(author,) if author else (),
        date=date or inferred,
        date_inferred="the post's address holds this date" if inferred else "",
        url=url,
        source=named.source if named else own.split("/")[0],
        thread=own,
        line=body.sourceline or 0 if body is not None else 0,
    )


def _flat(root: Element) -> Iterator[_Comment]:
    """The comments in order: what stands before a body tells of it."""
    from lxml import etree

    comment = _Comment()
    parent: str | None = None
    walk = etree.iterwalk(root, events=("start",))
    for _, node in walk:
        if not isinstance(node.tag, str):
            continue
        names = classes(node)
        if _BODIES.intersection(names):
            walk.skip_subtree()
            comment.text, comment.blocks = with_typed_quotes(*to_blocks(node))
            comment.line = node.sourceline or 0
            yield comment
            comment = _Comment()
        elif tag_of(node) == "span":
            said = plain(node)
            if match := _ID.fullmatch(said):
                comment = _Comment(id=match[1], parent=parent)
                parent = None
            elif "Parent Comment" in said:
                after = node.getnext()
                parent = str(after.get("href") or "").lstrip("#") or None if after is not None else None
            else:
                _note(comment, node, names, said)
        elif tag_of(node) == "p" and comment.id and comment.author is None and not comment.date:
            comment.author = plain(node) or None


def _note(comment: _Comment, node: Element, names: tuple[str, ...], said: str) -> None:
    if "author" in names:
        comment.author = None if NOBODY.fullmatch(said) else said or None
    elif "comment-date" in names:
        comment.date = shown_date(node)
        comment.nobody = comment.author is None
    elif "votes" in names and (match := _POINTS.search(said)):
        comment.karma = float(match[1].replace(",", "").replace("−", "-"))


def _document(post: Document, comment: _Comment, tells_parents: bool) -> Document:
    """The document of a comment; ``tells_parents``: the page names the parents of those that have one."""
    address = address_of(post.url or "")
    legacy = address.site is not None and address.post is not None

    def named(own: str) -> str:
        return f"{LESSWRONG.prefix}:{own}" if legacy else f"{post.id}#comment-{own}"

    own = comment.id or derived_document_id("epub", comment.author or "", comment.text[:80])
    url = comment_url(LESSWRONG, address.post, own, address.slug) if legacy else f"{post.url}#comment-{own}"
    notes = []
    if comment.nobody:
        notes.append("The source names no author: the account is gone.")
    if comment.parent is None and not tells_parents:
        notes.append("The e-book does not say which comment this answers; it stands under the post.")
    return Document(
        id=named(own),
        kind="comment",
        text=comment.text,
        blocks=comment.blocks,
        title=post.title,
        authors=(comment.author,) if comment.author else (),
        date=comment.date,
        url=url,
        source=post.source,
        karma=comment.karma,
        thread=post.id,
        parent=named(comment.parent) if comment.parent else post.id,
        line=comment.line,
        notes=tuple(notes),
    )
