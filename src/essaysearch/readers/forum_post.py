"""The post on a saved forum page: its text, title, authors, date, karma and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document
from essaysearch.readers.comment_facts import shown_date
from essaysearch.readers.dates import from_epoch, parse_date
from essaysearch.readers.forums import TITLE_ENDS, Address, Site, post_id, post_url
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, classes, drop, plain
from essaysearch.readers.page_facts import PageFacts
from essaysearch.text.ids import digest

_BODIES = (
    re.compile(
        r"^contentstyles-postbody$|^post-body$|^postspage-postcontent$|^instapaper_body$"
        r"|^posts-page-content-body-html$"
    ),
    re.compile(r"postcontent|postbody|post-body|postspage-content"),
)
_BODY_FURNITURE = re.compile(
    r"sidecomment|sideitem|linkpostmessage|contentnotice|postbodyprefix|audioplayer|read-more-button|link-post-link"
    r"|qualified-linking|^contents$|tableofcontents|recommendation",
    re.I,
)
_KARMA = re.compile(r"votescore|karma-value|^votes$")
_NOT_KARMA = re.compile(r"agreement|secondary|afscore|comment", re.I)
_POINTS = re.compile(r"(?:LW:\s*)?([-−]?\d[\d,]*)(?:\s+(?:points?|AF:.*))?")
_TAG_LINK = re.compile(r"/(?:tag|topics|w)/[^/?#]+$")


def post_of(root: Element, facts: PageFacts, site: Site, where: Address) -> Document | None:
    """The page's post; without text where the page shows none."""
    body = _post_body(root)
    if body is None:
        return None
    for node in [node for node in body.iter() if isinstance(node.tag, str) and node is not body]:
        if any(_BODY_FURNITURE.search(name) for name in classes(node)):
            drop(node)
    text, blocks = to_blocks(body)
    drop(body)
    title = _title(root, facts)
    authors, nobody = _authors(root, facts)
    karma = _post_karma(root, facts)
    date = facts.date or _shown_date(root)
    origins = dict(facts.origins)
    shown = (("title", title, facts.title), ("authors", authors, facts.authors), ("date", date, facts.date))
    origins.update({fact: "the page" for fact, ours, theirs in shown if ours and ours != theirs})
    nameless = digest(site.prefix, title or "", authors[0] if authors else "", size=6)
    own = post_id(site, where.post) if where.post else f"{site.prefix}:{nameless}"
    notes = ("The page names no author: the account is gone.",) if nobody else ()
    return Document(
        id=own,
        kind="post",
        text=text,
        blocks=blocks,
        title=title,
        authors=authors,
        date=date,
        url=post_url(site, where.post, where.slug) if where.post else facts.url,
        source=site.source,
        categories=tuple(dict.fromkeys(_tags(root))),
        karma=karma,
        thread=own,
        line=body.sourceline or 0,
        metadata={"origins": origins},
        notes=notes,
    )


def _post_body(root: Element) -> Element | None:
    for node in root.iter():
        if isinstance(node.tag, str) and (
            node.get("id") == "postContent" or str(node.get("id") or "").startswith("entry_t3_")
        ):
            return node
    for wanted in _BODIES:
        for node in root.iter("div", "main", "article", "section"):
            if any(wanted.search(name) for name in classes(node)):
                return node
    return None


def _title(root: Element, facts: PageFacts) -> str | None:
    """The title as the post's heading shows it, else as the page's head says, without the forum's name."""
    declared = TITLE_ENDS.sub("", facts.title or "").strip()
    for node in root.iter("h1", "h2"):
        names = " ".join((*classes(node), *classes(node.getparent())))
        shown = re.sub(r"^\[(?:Question|Draft)\]\s*", "", plain(node))
        if shown and ("title" in names.lower() or node.get("itemprop") == "name" or shown == declared):
            return shown
    return declared or None


def _authors(root: Element, facts: PageFacts) -> tuple[tuple[str, ...], bool]:
    """The authors beside the title, else those the head declares; and whether the page says they are gone."""
    for node in root.iter("span", "div"):
        names = " ".join(classes(node))
        if re.search(r"postsauthors|post-meta|\bmeta\b|author", names, re.I):
            found = [
                str(link.get("data-full-name") or "") or plain(link)
                for link in node.iter("a")
                if re.search(r"/(?:users|user)/[^/?#]+", str(link.get("href") or ""))
            ]
            if found := [name for name in dict.fromkeys(found) if name]:
                return tuple(found), False
            if re.search(r"\[(?:anonymous|deleted)\]", plain(node)):
                return (), True
    return facts.authors, False


def _post_karma(root: Element, facts: PageFacts) -> float | None:
    for node in root.iter("span", "div", "h1", "p"):
        names = classes(node)
        if any(_KARMA.search(name) for name in names) and not _NOT_KARMA.search(" ".join(names)):
            match = _POINTS.fullmatch(plain(node))
            if match:
                return float(match[1].replace(",", "").replace("−", "-"))
    for work in facts.works:
        for count in work.get("interactionStatistic") or ():
            if isinstance(count, dict) and "LikeAction" in str(count.get("interactionType")):
                value = count.get("userInteractionCount")
                return float(value) if isinstance(value, int | float) else None
    return None


def _shown_date(root: Element) -> str | None:
    for node in root.iter("time", "span", "a"):
        if node.get("datetime") and (date := parse_date(str(node.get("datetime")))):
            return date
        if node.get("data-js-date") and (date := from_epoch(str(node.get("data-js-date")), "ms")):
            return date
    for node in root.iter("time", "span", "a", "div"):
        around = " ".join((*classes(node), *classes(node.getparent())))
        if "date" in around and (date := shown_date(node) or parse_date(plain(node))):
            return date
    return None


def _tags(root: Element) -> Iterator[str]:
    for link in root.iter("a"):
        if not _TAG_LINK.search(str(link.get("href") or "").split("?")[0]):
            continue
        around = " ".join(
            (*classes(link), *classes(link.getparent()), *classes(link.getparent().getparent()))
        )
        if re.search(r"footertag|\btags?\b", around):
            name = next((node for node in link.iter() if any("name" in n for n in classes(node))), link)
            if text := plain(name):
                yield text
