"""The parts of one comment's element: its body, author, date, votes, permalink and parent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from essaysearch.readers.dates import from_epoch, parse_date
from essaysearch.readers.forums import address_of
from essaysearch.readers.html_tree import Element, classes, plain, tag_of

_PERMALINK_ID = re.compile(r"[A-Za-z0-9]{17}")
_KARMA = re.compile(r"votescore|karma-value|^votes$|^score$|leadinginfo|^points$|karmascore|baseScore", re.I)
_NOT_KARMA = re.compile(r"agreement|secondary|afscore|af-score|approval", re.I)
_AGREEMENT = re.compile(r"agreementscore|agreement", re.I)
_NUMBER = re.compile(r"(?:LW:\s*)?([-−–]?\d[\d,]*)(?:\s*(?:points?|votes?|karma|AF:.*))?", re.I)
_TOLD_KARMA = re.compile(r"has (-?\d+) (?:overall )?karma")
_USER = re.compile(r"/(?:users|user|profile)/([^/?#]+)")
NOBODY = re.compile(
    r"\[?\s*(?:anonymous|deleted(?: user)?|comment deleted|account deleted|unknown|ghost)\s*\]", re.I
)
_DATE_PROPERTIES = ("datePublished", "dateCreated", "commentTime")
_DATE_CLASSES = frozenset(["comment-meta", "commentmetadata", "comment-date", "date"])
_SHOWN_DATE = re.compile(r"itemdate-|comment-?date")
_EDIT = re.compile(r"\(?\bedit\b\)?", re.I)
_LEGACY_DATE = re.compile(r"\d{1,2} \w+ \d{4}(?:\s+\d{1,2}:\d{2}(?::\d{2})?\s*[AP]M)?")


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands beside a comment's text.

    ``title`` is its post's, where the page lists many posts. ``parent_hidden``: the comment answers
    another one that the page does not name.
    """

    id: str | None = None
    author: str | None = None
    author_slug: str | None = None
    nobody: bool = False
    date: str | None = None
    karma: float | None = None
    agreement: float | None = None
    url: str | None = None
    post: str | None = None
    title: str | None = None
    parent: str | None = None
    parent_hidden: bool = False
    answer: bool = False


def own_id(element: Element, linked: set[str]) -> str | None:
    """The id an element itself bears, without what sites put before it."""
    named = str(element.get("id") or "")
    if not named:
        return None
    if named in linked:
        return named
    match = re.fullmatch(
        r"(?:thingrow_t1_|debate-comment-|(?:li-|div-|dsq-)?comment-)?([A-Za-z0-9]{1,40})", named
    )
    return match[1] if match and (match[1] != named or len(named) in range(15, 25)) else None


def meta_of(element: Element) -> Meta:
    """What the element says beside its text. Its body must have been taken out."""
    links = [(node, str(node.get("href") or "")) for node in element.iter("a") if node.get("href")]
    comment, url, post, title = _permalink(links)
    author, slug, nobody = _author(element, links)
    return Meta(
        id=comment,
        author=author,
        author_slug=slug,
        nobody=nobody,
        date=_date(element),
        karma=_votes(element, _KARMA, _NOT_KARMA),
        agreement=_votes(element, _AGREEMENT, None),
        url=url or str(element.get("data-permalink") or "") or None,
        post=post,
        title=title,
        parent=_parent(links),
        parent_hidden=_hides_parent(element),
        answer="Answer by" in plain(element)[:200]
        or any(name.startswith(("answer-root", "answer-answer")) for name in classes(element)),
    )


def _permalink(links: list[tuple[Element, str]]) -> tuple[str | None, str | None, str | None, str | None]:
    """The comment's id, its permalink, its post's id, and its post's title where it is named here."""
    comment = url = post = title = None
    for node, href in links:
        names = classes(node)
        address = address_of(href)
        named_parent = "comment-parent-link" in names or str(node.get("id") or "").startswith("parent_")
        inside = {part for parent in _up(node, 3) for part in classes(parent)}
        if named_parent or inside & {"comment-in-reply-to", "comment-child-links", "parent"}:
            if "title" in names and address.post:
                title, post = plain(node) or title, address.post
            continue
        if address.comment and comment is None:
            comment, url, post = address.comment, href, address.post or post
        elif address.comment == comment and address.slug and not address_of(url or "").slug:
            url = href
        if address.post and "comment-post-title2" in inside:
            title, post = plain(node) or title, address.post
        elif address.post and any("posttitle" in name for name in names):
            title, post = plain(node) or title, post or address.post
    return comment, url, post, title


def _up(node: Element, levels: int) -> Iterator[Element]:
    for _ in range(levels):
        node = node.getparent()
        if node is None:
            return
        yield node


def _author(element: Element, links: list[tuple[Element, str]]) -> tuple[str | None, str | None, bool]:
    """(name, name in the address, whether the page says that there is none)."""
    for node in element.iter():
        if not isinstance(node.tag, str):
            continue
        if str(node.get("id") or "").startswith("dsq-author-user-") and plain(node):
            return plain(node), None, False
        if node.get("itemprop") == "author" or "fn" in classes(node):
            inner = next((n for n in node.iter() if n.get("itemprop") == "name"), node)
            if name := plain(inner):
                return name, None, False
    for node, href in links:
        match = _USER.search(href)
        names = classes(node)
        if not match or "inline-author" in names or tag_of(node.getparent()) == "li":
            continue
        if any("parent" in classes(around) for around in _up(node, 3)):
            continue
        if name := str(node.get("data-full-name") or "") or plain(node):
            return name, match[1], False
    for node in element.iter("span", "div", "a", "cite", "strong", "b", "p"):
        names = classes(node)
        if any(n == "author" or n.endswith(("username", "comment-author", "usersname-name")) for n in names):
            name = re.sub(r"\s*says:?$", "", plain(node).removeprefix("Answer by ").strip())
            if NOBODY.fullmatch(name) or NOBODY.search(name):
                return None, None, True
            if name:
                return name, None, False
    return None, None, bool(NOBODY.search(plain(element)[:200]))


def _date(element: Element) -> str | None:
    for node in element.iter("time"):
        if date := parse_date(str(node.get("datetime") or "")) or parse_date(plain(node)):
            return date
    for node in element.iter():
        if not isinstance(node.tag, str):
            continue
        if (stamp := node.get("data-js-date")) and (date := from_epoch(str(stamp), "ms")):
            return date
        if "comment-date" in classes(node) and (date := shown_date(node)):
            return date
        if node.get("itemprop") in _DATE_PROPERTIES and (
            date := parse_date(str(node.get("content") or node.get("datetime") or plain(node)))
        ):
            return date
    for node in element.iter("a", "span", "abbr"):
        stamp = str(node.get("title") or "")
        if stamp[:2] in ("19", "20") and (date := parse_date(stamp)):
            return date
    for node in element.iter("a", "span", "div"):
        names = classes(node)
        if _DATE_CLASSES.intersection(names) or any(_SHOWN_DATE.search(name) for name in names):
            # Buttons may stand beside the date within its element.
            for place in (node, *node.iter("a")):
                if date := parse_date(_EDIT.sub("", plain(place)).rstrip(" *")):
                    return date
    return None


def shown_date(node: Element) -> str | None:
    """The date that LessWrong's pages of before 2018 show, in UTC; else the one of their ``time`` attribute.

    That attribute is ten hours behind in all seasons: the server computed it as if its UTC times
    were Melbourne's standard time.
    """
    match = _LEGACY_DATE.search(plain(node))
    date = parse_date(match[0]) if match else None
    if date is None:
        return from_epoch(str(node.get("time") or ""))
    return f"{date}+00:00" if "T" in date else date


def _votes(element: Element, wanted: re.Pattern[str], refused: re.Pattern[str] | None) -> float | None:
    for node in element.iter("span", "div", "p", "h1", "a"):
        names = " ".join(classes(node))
        if not names or not any(wanted.search(name) for name in names.split()):
            continue
        around = names + " " + " ".join(part for parent in _up(node, 2) for part in classes(parent))
        if refused is not None and refused.search(around):
            continue
        match = _NUMBER.fullmatch(plain(node))
        if match:
            return float(match[1].replace(",", "").replace("−", "-").replace("–", "-"))
    for node in element.iter("span", "div") if refused is not None else ():
        if match := _TOLD_KARMA.search(str(node.get("title") or "")):
            return float(match[1])
    if refused is None or not _PERMALINK_ID.fullmatch(str(element.get("id") or "")):
        return None
    # Where no name tells it: the first number that stands alone after the date.
    dated = False
    for node in element.iter("time", "span"):
        dated = dated or node.tag == "time"
        if dated and not len(node) and (match := re.fullmatch(r"[-−]?\d+", plain(node))):
            return float(match[0].replace("−", "-"))
    return None


def _hides_parent(element: Element) -> bool:
    """Whether ForumMagnum shows its arrow that unfolds the comment answered."""
    names = {name for node in element.iter() if isinstance(node.tag, str) for name in classes(node)}
    return any(name.startswith("showparentcomment") for name in names)


def _parent(links: list[tuple[Element, str]]) -> str | None:
    """The comment that the comment itself links to as its parent."""
    for node, href in links:
        inside = {part for parent in _up(node, 2) for part in classes(parent)}
        if "comment-parent-link" in classes(node) or inside & {"comment-in-reply-to", "parent"}:
            if found := address_of(href).comment:
                return found
            if re.fullmatch(r"[A-Za-z0-9]{15,20}", href):
                return href
    return None
