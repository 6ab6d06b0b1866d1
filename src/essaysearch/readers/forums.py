"""The forums that run on ForumMagnum, and what their addresses say: site, post, comment.

LessWrong, the Alignment Forum and GreaterWrong show the same posts under the same ids, so their
documents share one prefix and the same comment saved from two of them is one document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """A site: its short name, the prefix of its ids, and its address."""

    source: str
    prefix: str
    home: str


LESSWRONG = Site("lesswrong", "lesswrong", "https://www.lesswrong.com")
ALIGNMENT = Site("alignmentforum", "lesswrong", "https://www.alignmentforum.org")
EA_FORUM = Site("eaforum", "eaforum", "https://forum.effectivealtruism.org")

SITES: tuple[tuple[str, Site], ...] = (
    (r"(?:www\.|old\.|dev\.)?less(?:er)?wrong\.com", LESSWRONG),
    (r"(?:www\.|legacy\.)?greaterwrong\.com", LESSWRONG),
    (r"(?:www\.)?alignmentforum\.org", ALIGNMENT),
    (r"forum(?:-bots)?\.effectivealtruism\.org|ea\.greaterwrong\.com", EA_FORUM),
)
"""Hosts (patterns that must match whole) and the sites they show."""

NAMES: tuple[tuple[str, Site], ...] = (
    (r"greaterwrong|lesswrong|less wrong", LESSWRONG),
    (r"alignment forum", ALIGNMENT),
    (r"ea forum|effective altruism forum", EA_FORUM),
)
"""What a page calls itself, where it has lost its address."""

TITLE_ENDS = re.compile(
    r"\s*(?:[-—–|:]\s*(?:LessWrong(?: 2\.0)?(?: viewer)?|Less ?Wrong|GreaterWrong|(?:AI )?Alignment Forum|LW"
    r"|EA Forum(?: Bots| Viewer)?|Effective Altruism Forum)(?: discussion)?)+\s*$",
    re.IGNORECASE,
)

_SHORTEST_ID = 15
_ID = r"[A-Za-z0-9]{15,20}"
_POST = re.compile(rf"/(?:posts|events)/({_ID})(?:/([^/?#]*))?|/(?:s|g)/[^/]+/p/({_ID})")
_COMMENT_PATH = re.compile(rf"/(?:comment|answer)/({_ID})")
_COMMENT_MARK = re.compile(rf"(?:comment-|debate-comment-)?({_ID})")
_LEGACY = re.compile(r"/lw/([a-z0-9]{1,6})/([^/]*)/?(?:([a-z0-9]{1,6})/?)?$")
_BARE = re.compile(_ID)


@dataclass(frozen=True, slots=True)
class Address:
    """What an address of a forum names. ``post`` and ``comment`` are ids without a prefix."""

    site: Site | None
    post: str | None = None
    slug: str | None = None
    comment: str | None = None


def site_of(url: str) -> Site | None:
    """The forum a host belongs to; None for another host or a relative address."""
    host = (urlsplit_safely(url).hostname or "").lower()
    for pattern, site in SITES:
        if re.fullmatch(pattern, host):
            return site
    return None


def site_named(text: str) -> Site | None:
    """The forum a page's title or site name speaks of."""
    for pattern, site in reversed(NAMES):
        if re.search(pattern, text, re.IGNORECASE):
            return site
    return None


def urlsplit_safely(url: str) -> SplitResult:
    """`urlsplit`, with an empty answer for what is no address."""
    try:
        return urlsplit(url.strip())
    except ValueError:
        return urlsplit("")


def address_of(url: str) -> Address:
    """Site, post and comment of an address, absolute or relative; what it does not name is None.

    >>> address_of("/posts/uMQ3cqWDPHhjtiesc/agi-ruin?commentId=abcdefghijklmnopq").comment
    'abcdefghijklmnopq'
    """
    parts = urlsplit_safely(url)
    site = site_of(url)
    post = slug = comment = None
    path = unquote(parts.path)
    if match := _POST.search(path):
        post, slug = match[1] or match[3], match[2] or None
        if inner := _COMMENT_PATH.search(path, match.end(1) if match[1] else match.end(3)):
            comment = inner[1]
            slug = None if slug in ("comment", "answer") else slug
    elif match := _LEGACY.search(path):
        post, slug, comment = match[1], match[2] or None, match[3]
    named = parse_qs(parts.query).get("commentId", [""])[0]
    if _BARE.fullmatch(named):
        comment = named
    elif not comment and (mark := _COMMENT_MARK.fullmatch(parts.fragment)):
        comment = mark[1]
    return Address(site, post, slug, comment)


def post_id(site: Site, post: str) -> str:
    """The document's id of a post. Before 2018 posts and comments could bear the same short number."""
    return f"{site.prefix}:lw/{post}" if len(post) < _SHORTEST_ID else f"{site.prefix}:{post}"


def post_url(site: Site, post: str, slug: str | None = None) -> str:
    """A post's own address; posts from before 2018 bear short numbers and have the address of that time."""
    if len(post) < _SHORTEST_ID:
        return f"{site.home}/lw/{post}/{slug}/" if slug else f"{site.home}/lw/{post}/"
    return f"{site.home}/posts/{post}/{slug}" if slug else f"{site.home}/posts/{post}"


def comment_url(site: Site, post: str | None, comment: str, slug: str | None = None) -> str | None:
    """A comment's permalink; None where its post is not known."""
    if not post:
        return None
    if len(post) < _SHORTEST_ID:
        return f"{site.home}/lw/{post}/{slug or '_'}/{comment}"
    return f"{post_url(site, post, slug)}?commentId={comment}"
