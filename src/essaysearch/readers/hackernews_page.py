"""Hacker News as browsers save it: an item's page, a comment's own page, a user's comments.

The page is rows of a table. Nesting shows only in how far a row is set in; what a comment answers is
the nearest row above that is set in less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.dates import from_epoch, no_date, parse_date
from essaysearch.readers.hackernews import ADDRESS, body_of
from essaysearch.readers.html_tree import Element, classes, drop, parse_html, plain, tag_of
from essaysearch.readers.page_sniff import is_page, opening
from essaysearch.readers.posts import number, post
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_ROW = re.compile(r"""class=["']?[^"'>]*\bathing\b""")
_ITEM = re.compile(r"""class=["']?(?:[^"'>]*\bcomtr\b|fatitem\b)""")
_ID = re.compile(r"item\?id=(\d+)")
_STEP = 40
"""Pixels by which an answer is set in from what it answers."""


def sniff(source: SourceFile) -> float:
    """Sure of pages with the site's rows that hold an item's head or comments; lists of stories are none."""
    if not is_page(source):
        return 0.0
    page = opening(source)
    return 0.94 if _ROW.search(page) and _ITEM.search(page) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The story, where the page shows it, then the comments in the order of the page."""
    root = parse_html(source.text())
    tally = Tally(source)
    head = next((node for node in root.iter("table") if "fatitem" in classes(node)), None)
    story = ""
    above: list[_Place] = []
    if head is not None:
        top = next((node for node in head.iter("tr") if "athing" in classes(node)), None)
        if top is None:
            yield Skipped(source.path, "The head of the page names no item.")
        elif _first(top, "commtext") is not None or _first(head, "titleline", "title") is None:
            above.append(_Place(-1, _identity(top) or _identity(head), _linked(head, "on:")))
            story = above[0].story
            yield from _said(_comment(head, above[0].id, story, _linked(head, "parent"), "", top), tally, top)
        else:
            story = _identity(top)
            above.append(_Place(-1, story, story))
            yield from _said(_story(head, top, story), tally, top)
    title = _thread_title(root, head)
    for row in root.iter("tr"):
        if "comtr" not in classes(row):
            continue
        depth, id = _depth(row), _identity(row)
        while above and above[-1].depth >= depth:
            above.pop()
        parent = above[-1].id if above else _linked(row, "parent")
        thread = above[-1].story if above else _linked(row, "on:")
        above.append(_Place(depth, id, thread))
        yield from _said(_comment(row, id, thread, parent, title, row), tally, row)
    yield from tally.skipped()


@dataclass(frozen=True, slots=True)
class _Place:
    """A row above: how far it is set in, its item, and the story that it belongs to (empty: not known)."""

    depth: int
    id: str
    story: str


def _said(document: Document | None, tally: Tally, row: Element) -> Iterator[Reading]:
    if document is not None:
        yield document
    else:
        tally.add("item was", "items were", "deleted or flagged and left out", f"hn:{_identity(row)}")


def _story(head: Element, top: Element, id: str) -> Document | None:
    line = _first(head, "titleline")
    cell = line if line is not None else _last(head, "title")
    link = next(cell.iter("a"), None) if cell is not None else None
    title = plain(link) if link is not None else plain(cell)
    address = str(link.get("href") or "") if link is not None else ""
    author, date, facts = _facts(head)
    words = _first(head, "toptext")
    if words is None:
        # Before 2022 the words of a story stood in a row without a name.
        rows = [row for row in head.iter("tr") if row is not top and _first(row, "subtext") is None]
        cells = [cell for row in rows for cell in row.iter("td") if cell.find(".//form") is None]
        words = next((cell for cell in cells if plain(cell) and cell.find(".//table") is None), None)
    text = body_of(_inner(words)) if words is not None else ("", ())
    return post(
        f"hn:{id}", "post", text, title=title, authors=author, date=date, url=ADDRESS + id,
        source="hackernews", thread=f"hn:{id}", line=top.sourceline or 0,
        karma=facts.pop("points", None), notes=facts.pop("notes"),
        metadata={"link": address if not _ID.match(address) else "", **facts},
    )  # fmt: skip


def _comment(within: Element, id: str, story: str, parent: str, title: str, row: Element) -> Document | None:
    author, date, facts = _facts(within)
    words = _first(within, "commtext")
    if words is None:
        words = _first(within, "comment")
    if not id or words is None or not (author or "commtext" in classes(words)):
        return None
    notes = () if author else ("its author is not named",)
    for node in [node for node in words.iter("div") if "reply" in classes(node)]:
        drop(node)
    on = _first(within, "onstory")
    links = [node for node in on.iter("a") if _ID.search(str(node.get("href")))] if on is not None else []
    return post(
        f"hn:{id}", "comment", body_of(_inner(words)), authors=author, date=date, url=ADDRESS + id,
        source="hackernews", thread=f"hn:{story}" if story else None,
        parent=f"hn:{parent}" if parent else None, line=row.sourceline or 0,
        karma=facts.pop("points", None), notes=(*facts.pop("notes"), *notes),
        metadata={"thread_title": title or (plain(links[-1]) if links else "")},
    )  # fmt: skip


def _facts(within: Element) -> tuple[tuple[str, ...], str | None, dict[str, Any]]:
    """Who wrote, when (as far as the page says it: "2 days ago" is no date), points and comments."""
    author, age, score = _first(within, "hnuser"), _first(within, "age"), _first(within, "score")
    stamp, _, seconds = str(age.get("title") or "").partition(" ") if age is not None else ("", "", "")
    facts: dict[str, Any] = {}
    if score is not None:
        facts["points"] = number(plain(score).partition(" ")[0])
    subtext = _first(within, "subtext")
    counted = re.search(r"(\d+)\s+comments?\b", plain(subtext)) if subtext is not None else None
    if counted:
        facts["comments"] = int(counted[1])
    # The site's clock is that of UTC, which its stamps do not say.
    date = from_epoch(seconds) if seconds.isdigit() else parse_date(stamp)
    facts["notes"] = no_date(stamp, date)
    if date and len(date) == len("2024-01-10T12:00:00"):
        date += "+00:00"
    return ((plain(author),) if author is not None else ()), date, facts


def _first(within: Element, *names: str) -> Element | None:
    """The first element of one of some classes."""
    wanted = set(names)
    return next(
        (node for node in within.iter() if isinstance(node.tag, str) and wanted.intersection(classes(node))),
        None,
    )


def _last(within: Element, name: str) -> Element | None:
    return next((node for node in reversed(list(within.iter("td"))) if name in classes(node)), None)


def _identity(row: Element) -> str:
    own = str(row.get("id") or "")
    if own.isdigit():
        return own
    age = _first(row, "age")
    link = next(age.iter("a"), None) if age is not None else None
    found = _ID.search(str(link.get("href"))) if link is not None else None
    return found[1] if found else ""


def _linked(within: Element, label: str) -> str:
    """The item that a link called so, or behind such a label, leads to."""
    for link in within.iter("a"):
        before = link.getprevious()
        said = (before.tail if before is not None else link.getparent().text) or ""
        if plain(link) == label or said.strip(" |") == label:
            found = _ID.search(str(link.get("href")))
            return found[1] if found else ""
    return ""


def _depth(row: Element) -> int:
    cell = _first(row, "ind")
    if cell is None:
        return 0
    given = number(cell.get("indent"))
    if given is None:
        image = next(cell.iter("img"), None)
        given = (number(image.get("width")) or 0) / _STEP if image is not None else 0
    return int(given)


def _thread_title(root: Element, head: Element | None) -> str:
    line = _first(head, "titleline", "storylink", "titlelink") if head is not None else None
    if line is not None:
        link = next(line.iter("a"), None) if tag_of(line) != "a" else line
        return plain(link) if link is not None else plain(line)
    return ""


def _inner(element: Element) -> str:
    """The markup within an element."""
    from html import escape

    from lxml import etree

    pieces = [escape(element.text or "", quote=False)]
    pieces += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(pieces)


READER = Reader("hackernews-page", "a page of Hacker News", (".html", ".htm"), sniff, read)
