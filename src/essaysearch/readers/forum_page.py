"""Saved pages of LessWrong, the Alignment Forum, the EA Forum and GreaterWrong: a post and its comments.

Each comment is a document of its own, with author, karma, date, permalink, parent and thread; so
is the post. Pages that only list comments (a user's, all recent ones) give the comments alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import html_essay
from essaysearch.readers.dates import parse_date
from essaysearch.readers.forum_post import post_of
from essaysearch.readers.forums import (
    LESSWRONG,
    Address,
    Site,
    address_of,
    comment_url,
    post_id,
    site_named,
    site_of,
    urlsplit_safely,
)
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.html_tree import Element, classes, parse_html, plain
from essaysearch.readers.page_comments import PageComment, take_comments
from essaysearch.readers.page_facts import PageFacts, page_facts
from essaysearch.readers.page_sniff import is_page, opening
from essaysearch.readers.page_state import Told, told_by
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import digest

_HOSTS = r"(?:less(?:er)?wrong|greaterwrong|alignmentforum|forum\.effectivealtruism)\.(?:com|org)"
_MARKUP: tuple[re.Pattern[str], ...] = (
    re.compile(r"comments-node|CommentsItem-|CommentFrame-|PostsPage-|ContentStyles-|UsersNameDisplay-"),
    re.compile(r"class=[\"']?comment-item\b|\bbody-text (?:post|comment)-body\b"),
    re.compile(r"thingrow_t[13]_|id=[\"']?body_t1_"),
    re.compile(rf"(?:canonical|og:url|saved from url|SingleFile)[^<>]{{0,40}}?{_HOSTS}"),
    re.compile(r"og:site_name[^<>]{0,20}(?:LessWrong|Alignment Forum|EA Forum)", re.I),
)
"""Signs that a page is a forum's own; any one is enough to ask the weaker ones."""
_FORUM_COMMENT = re.compile(r"(?:comment-)?[A-Za-z0-9]{17}|thingrow_t1_\w+")
_HINTS: tuple[re.Pattern[str], ...] = (
    re.compile(_HOSTS),
    re.compile(r"/posts/[A-Za-z0-9]{17}\b|[?&;]commentId=[A-Za-z0-9]{17}\b"),
    re.compile(r"<title[^>]*>[^<]*(?:LessWrong|Less Wrong|Alignment Forum|EA Forum|GreaterWrong)", re.I),
    re.compile(r"DiscussionForumPosting"),
    re.compile(r"/users/[\w-]+|/user/[\w-]+"),
)


def sniff(source: SourceFile) -> float:
    """Sure by a forum's own markup or address; links to a forum alone do not make a page one of its own."""
    if not is_page(source):
        return 0.0
    text = opening(source)
    own = sum(1 for sign in _MARKUP if sign.search(text))
    if not own:
        return 0.0
    return min(0.95, 0.4 + 0.2 * own + 0.1 * sum(1 for hint in _HINTS if hint.search(text)))


def read(source: SourceFile) -> Iterator[Reading]:
    """The post, where the page holds one, then its comments in the page's order."""
    root = parse_html(source.text())
    facts = page_facts(root)
    url = facts.url
    site = _site(root, facts)
    if site is None:
        yield from html_essay.read(source)
        return
    told = told_by(root, facts.works)
    comments = take_comments(root)
    where = address_of(url) if url else Address(site)
    if where.post is None:
        where = Address(site, *_post_of(root, comments, bool(comments)))
    post = post_of(root, facts, site, where)
    title = post.title if post else _title_over(root, where)
    if not comments and (post is None or not post.text):
        # A page of the forum that is no thread: its wiki, its documentation.
        yield from html_essay.read(source)
        return
    if post is not None and post.text:
        yield post
    titles = {comment.meta.post: comment.meta.title for comment in comments if comment.meta.title}
    for comment in comments:
        named = comment.meta.title or title or titles.get(comment.meta.post)
        yield _comment(source, _completed(comment, told), site, where, named)


def _site(root: Element, facts: PageFacts) -> Site | None:
    """The forum the page belongs to: by its address, its name, its links; None if it is none's."""
    marked = any("comments-node" in classes(node) for node in root.iter("div"))
    if facts.url:
        parts = urlsplit_safely(facts.url)
        host = (parts.hostname or "").removeprefix("www.")
        other = Site(host, host, f"{parts.scheme}://{parts.hostname}") if marked else None
        return site_of(facts.url) or (_named(root, facts) if _has_comments(root) else None) or other
    named = _named(root, facts)
    if named or not marked:
        return named
    return next((found for link in _links(root) if (found := site_of(link))), LESSWRONG)


def _named(root: Element, facts: PageFacts) -> Site | None:
    return site_named(f"{facts.site or ''} {facts.title or ''} {plain(next(root.iter('title'), None))}")


def _has_comments(root: Element) -> bool:
    """Whether comments bear ids as only these forums give them: the page is a copy at another address."""
    return any(_FORUM_COMMENT.fullmatch(str(node.get("id") or "")) for node in root.iter("div", "li"))


def _links(root: Element) -> Iterator[str]:
    for number, link in enumerate(root.iter("a", "link")):
        if number > 400:
            return
        yield str(link.get("href") or "")


def _post_of(root: Element, comments: list[PageComment], has: bool) -> tuple[str | None, str | None]:
    """The post (and its slug) all comments of a page without an address belong to; none where they differ."""
    posts = {comment.meta.post for comment in comments if comment.meta.post}
    if len(posts) == 1 and not any(comment.meta.title for comment in comments):
        slugs = {address_of(comment.meta.url or "").slug for comment in comments} - {None}
        return posts.pop(), slugs.pop() if len(slugs) == 1 else None
    for title in root.iter("h1"):
        for link in title.iter("a"):
            named = address_of(str(link.get("href") or ""))
            if named.post and not has:
                return named.post, named.slug
    return None, None


def _title_over(root: Element, where: Address) -> str | None:
    """The title of the post that a heading over a lone comment links to ("NAME comments on TITLE")."""
    for heading in root.iter("h1"):
        for link in heading.iter("a"):
            if where.post and address_of(str(link.get("href") or "")).post == where.post:
                return plain(link) or None
    return None


def _completed(comment: PageComment, told: Told) -> PageComment:
    """The comment with what the page's scripts say of it and the page itself does not show."""
    record = told.records.get(comment.id or "", {})
    meta = comment.meta
    user = record.get("user") if isinstance(record.get("user"), dict) else {}
    if not meta.date and isinstance(record.get("postedAt"), str):
        meta = replace(meta, date=parse_date(record["postedAt"]))
    if meta.karma is None and isinstance(record.get("baseScore"), int | float):
        meta = replace(meta, karma=float(record["baseScore"]))
    if not meta.author and not meta.nobody and isinstance(user, dict) and user.get("displayName"):
        meta = replace(meta, author=str(user["displayName"]))
    parent = comment.parent
    if parent is None and isinstance(record.get("parentCommentId"), str):
        parent = record["parentCommentId"]
    comment = replace(comment, meta=meta, parent=parent)
    if not comment.cut and comment.text:
        return comment
    full = told.text_of(comment.id, meta.date) if comment.problem != "was deleted" else None
    if full is None:
        return comment
    text, blocks = html_to_blocks(full)
    return replace(comment, text=text, blocks=blocks, cut=False, problem="") if text else comment


def _comment(
    source: SourceFile, comment: PageComment, site: Site, where: Address, title: str | None
) -> Reading:
    meta = comment.meta
    place = f"comment {comment.id}" if comment.id else f"line {comment.line}"
    if comment.problem:
        return Skipped(source.path, f"The comment {comment.problem}.", place)
    post = meta.post or where.post
    own = comment.id or digest(post or "", meta.author or "", meta.date or comment.text[:80], size=6)
    root = post_id(site, post) if post else None
    notes = []
    if meta.nobody:
        notes.append("The page names no author: the account is gone.")
    if comment.cut:
        notes.append("The saved page shows only the beginning of this comment.")
    extra: dict[str, Any] = {"post": root, "agreement": meta.agreement, "author_slug": meta.author_slug}
    if meta.answer:
        extra["answer"] = True
    said = address_of(meta.url or "")
    slug = where.slug if post == where.post and where.slug else said.slug
    url = comment_url(site, post, own, slug) if comment.id else None
    return Document(
        id=f"{site.prefix}:{own}",
        kind="comment",
        text=comment.text,
        blocks=comment.blocks,
        title=title,
        authors=(meta.author,) if meta.author else (),
        date=meta.date,
        url=url or (meta.url if meta.url and "://" in meta.url else None),
        source=site.source,
        karma=meta.karma,
        thread=root,
        parent=f"{site.prefix}:{comment.parent}" if comment.parent else None if meta.parent_hidden else root,
        line=comment.line,
        metadata={key: value for key, value in extra.items() if value is not None},
        notes=tuple(notes),
    )


READER = Reader(
    "forum-page", "saved pages of LessWrong, the Alignment Forum, the EA Forum and GreaterWrong",
    (".html", ".htm", ".xhtml"), sniff, read,
)  # fmt: skip
