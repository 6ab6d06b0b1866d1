"""Reddit as browsers save it: threads of the old site and of the new one, under the ids of its interface.

On the old site each thing is an element with its full name; comments stand in each other. The new one has
elements of its own (``shreddit-comment``), which say in attributes what they answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.dates import from_epoch, no_date, parse_date
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, classes, parse_html, plain, tag_of
from essaysearch.readers.page_sniff import is_page, opening
from essaysearch.readers.posts import number, post
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_OLD = re.compile(r"""\bdata-fullname\s*=\s*["']?t[13]_[a-z0-9]""")
_NEW = re.compile(r"<shreddit-(?:post|comment)\b")
_NAME = re.compile(r"t[13]_[a-z0-9]+")
_GONE = re.compile(r"\[\s*(?:deleted|removed)[^\]]*\]|(?:comment|post) (?:deleted|removed) by \w+", re.I)
_HOST = "https://www.reddit.com"


class _Thing(NamedTuple):
    """A submission or comment of a page: its full name, and the full name of what it answers (or nothing)."""

    element: Element
    name: str
    parent: str


def sniff(source: SourceFile) -> float:
    """Sure of things with their full names, and of the new site's elements."""
    if not is_page(source):
        return 0.0
    page = opening(source)
    return 0.95 if _NEW.search(page) or (_OLD.search(page) and "usertext" in page) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The submission, then the comments in the order of the page."""
    root = parse_html(source.text())
    tally = Tally(source)
    things = [thing for node in root.iter() if (thing := _thing(node))]
    thread = next((thing.name for thing in things if thing.name.startswith("t3_")), "")
    found = 0
    for thing in things:
        found += 1
        made = _of_new(thing, thread) if "shreddit" in thing.element.tag else _of_old(thing, thread)
        if made is None:
            tally.add(
                "comment was", "comments were", "deleted or removed: no text is left", f"reddit:{thing.name}"
            )
        else:
            yield made
    for _ in (node for node in root.iter() if _is_stub(node)):
        tally.add("place stands", "places stand", "for replies that the page had not loaded")
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The page holds no submission or comment of Reddit.")


def _thing(node: Element) -> _Thing | None:
    tag = tag_of(node)
    if tag in ("shreddit-post", "shreddit-comment"):
        name = str(node.get("thingid") or node.get("id") or "")
        above = str(node.get("parentid") or "")
        return _Thing(node, name, above) if _NAME.fullmatch(name) else None
    name = str(node.get("data-fullname") or "") if tag == "div" and "thing" in classes(node) else ""
    if not _NAME.fullmatch(name):
        return None
    around = (str(above.get("data-fullname") or "") for above in node.iterancestors("div"))
    return _Thing(node, name, next((one for one in around if _NAME.fullmatch(one)), ""))


def _is_stub(node: Element) -> bool:
    return (tag_of(node) == "div" and "morechildren" in classes(node)) or (
        tag_of(node) == "faceplate-partial" and str(node.get("slot") or "").startswith("more-comments")
    )


def _of_old(thing: _Thing, thread: str) -> Document | None:
    node = thing.element
    entry = next((child for child in node if "entry" in classes(child)), node)
    title = next((plain(link) for link in entry.iter("a") if "title" in classes(link)), "")
    body = next((part for part in entry.iter("div") if "md" in classes(part)), None)
    shown = next((str(part.get("datetime")) for part in entry.iter("time") if part.get("datetime")), "")
    scores = [
        str(part.get("title") or plain(part)) for part in entry.iter("span") if "unvoted" in classes(part)
    ]
    link = str(node.get("data-url") or "")
    return _document(
        thing, thread, body, title=title, author=str(node.get("data-author") or _author(entry)),
        date=parse_date(shown) or from_epoch(str(node.get("data-timestamp") or 0), "ms"), given=shown,
        karma=number(node.get("data-score") or next(iter(scores), "").partition(" ")[0]),
        permalink=str(node.get("data-permalink") or ""), subreddit=str(node.get("data-subreddit") or ""),
        link="" if "/comments/" in link else link,
    )  # fmt: skip


def _author(entry: Element) -> str:
    return next((plain(link) for link in entry.iter("a") if "author" in classes(link)), "")


def _of_new(thing: _Thing, thread: str) -> Document | None:
    node = thing.element
    wanted = "comment" if thing.name.startswith("t1_") else "text-body"
    body = next((child for child in node if child.get("slot") == wanted), None)
    subreddit = str(node.get("subreddit-prefixed-name") or node.get("subreddit-name") or "")
    link = str(node.get("content-href") or "")
    given = str(node.get("created-timestamp") or node.get("created") or "")
    return _document(
        thing, thread, body, title=str(node.get("post-title") or ""),
        author=str(node.get("author") or ""),
        date=parse_date(given), given=given,
        karma=number(node.get("score")), permalink=str(node.get("permalink") or ""),
        subreddit=subreddit.removeprefix("r/"),
        link="" if "/comments/" in link else link,
    )  # fmt: skip


def _document(
    thing: _Thing, thread: str, body: Element | None, *, title: str, author: str, date: str | None,
    given: str, karma: float | None, permalink: str, subreddit: str, link: str,
) -> Document | None:  # fmt: skip
    comment = thing.name.startswith("t1_")
    text, blocks = to_blocks(body) if body is not None else ("", ())
    gone = bool(_GONE.fullmatch(text))
    known = bool(author) and not _GONE.fullmatch(author)
    parent = thing.parent or (thread if comment else "")
    return post(
        f"reddit:{thing.name}", "comment" if comment else "post", ("", ()) if gone else (text, blocks),
        title="" if comment else title, authors=(author,) if known else (), date=date,
        url=f"{_HOST}{permalink}" if permalink.startswith("/") else permalink or None, source="reddit",
        categories=(f"r/{subreddit}",) if subreddit else (), karma=karma,
        thread=f"reddit:{thread}" if thread else None,
        parent=f"reddit:{parent}" if comment and parent else None, line=thing.element.sourceline or 0,
        notes=[*([] if known else ["its author was deleted"]), *(["its body was deleted"] if gone else []),
               *no_date(given, date)],
        metadata={"subreddit": subreddit, "link": link if not comment else ""},
    )  # fmt: skip


READER = Reader("reddit-page", "saved pages of Reddit threads", (".html", ".htm"), sniff, read)
