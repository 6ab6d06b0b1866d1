"""An entry of any kind of feed to a document: its id, whether it is a comment, and on what."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urljoin

from essaysearch.model import Block, Document, Kind
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import parse_date
from essaysearch.readers.forums import address_of, post_id, site_of, urlsplit_safely
from essaysearch.readers.names import authors_of
from essaysearch.readers.page_builds import SITE_AUTHORS
from essaysearch.readers.posts import post
from essaysearch.text.ids import derived_document_id

READER_NAME = "feed"

_ANNOUNCED = re.compile(r"\A\s*(?:arXiv:\S+\s+Announce Type:\s*\S+\s*)?(?:Abstract:\s*)?", re.I)
_DATED = re.compile(
    r"((?:January|February|March|April|May|June|July|August|September|October|November|December) [12]\d{3})\b"
    r"(?:, rev\.? [^\n(]{0,40}?(?:19|20)\d\d)?\s+(?=[\"“(]?[A-Z])"
)
_NUMBERED = re.compile(r"\s*\(arXiv:[^()]*\)\s*\Z", re.I)
_CREDITS = re.compile(r"The post .{1,300} (?:first appeared|appeared first) on .{1,200}?\.?")
_COMMENT_MARK = re.compile(r"(?:li-?)?(?:comment|cmt|c)[-_]?\d+|c\d{10,}", re.I)


class Feed(NamedTuple):
    """What a feed says of all its entries; ``generated``: its authors carry the time of their message.

    ``base`` is what addresses without a host are relative to.
    """

    title: str = ""
    home: str = ""
    authors: tuple[str, ...] = ()
    generated: bool = False
    base: str = ""

    def address(self, link: str, base: str = "") -> str:
        """An entry's address made whole; ``base`` is the entry's own."""
        try:
            return urljoin(urljoin(self.base or self.home, base), link) if link else ""
        except ValueError:
            return link


class Place(NamedTuple):
    """Where an entry belongs: its id (None: none can be told), kind, thread and parent."""

    id: str | None
    kind: Kind
    thread: str | None = None
    parent: str | None = None


def entry_document(
    feed: Feed,
    *,
    title: str,
    body: tuple[str, tuple[Block, ...]],
    link: str,
    guid: str,
    authors: tuple[str, ...],
    reply: str,
    kind: Kind,
    metadata: dict[str, Any],
    **more: Any,
) -> Document | None:
    """The document of an entry; None where it has neither a body nor a title.

    ``reply`` is the address or the id of what it says it answers. Its id is that of its address,
    else its ``guid``, else derived from author (or feed) and title.
    """
    place = _place(link, guid, reply, kind)
    body = _without_credits(body)
    own = "arxiv.org" in feed.home or body[0].startswith("arXiv:")
    if own and (place.id or "").startswith("arxiv:"):
        return _paper(place.id, title, body[0], authors, link, metadata, more)
    host = (urlsplit_safely(link).hostname or "").removeprefix("www.")
    if not more.get("date") and host in SITE_AUTHORS and (match := _DATED.match(body[0])):
        body = _without_opening(body, match.end())
        more |= {"date": parse_date(match[1]), "date_inferred": "the text opens with this date"}
    opening = " ".join(title.split()) or body[0][:80]
    derived = derived_document_id(READER_NAME, authors[0] if authors else feed.title, opening)
    return post(
        place.id or guid or derived,
        place.kind,
        body,
        title=title,
        authors=authors,
        url=link or None,
        source=None if feed.generated else feed.title or None,
        thread=place.thread,
        parent=place.parent,
        metadata=metadata,
        **more,
    )


def _without_credits(body: tuple[str, tuple[Block, ...]]) -> tuple[str, tuple[Block, ...]]:
    """The line that WordPress adds to entries ("The post X appeared first on Y.") becomes furniture."""
    text, blocks = body
    last = blocks[-1] if blocks else None
    if len(blocks) < 2 or last is None or not _CREDITS.fullmatch(text, last.start, last.end):
        return body
    return text, (*blocks[:-1], Block(last.start, last.end, "furniture", "unknown", reason="feed's own line"))


def _without_opening(body: tuple[str, tuple[Block, ...]], cut: int) -> tuple[str, tuple[Block, ...]]:
    text, blocks = body
    kept = (block for block in blocks if block.end > cut)
    return text[cut:], tuple(
        replace(block, start=max(0, block.start - cut), end=block.end - cut) for block in kept
    )


def _paper(
    id: str | None,
    title: str,
    text: str,
    authors: tuple[str, ...],
    link: str,
    metadata: dict[str, Any],
    more: dict[str, Any],
) -> Document | None:
    """An entry of arXiv's own feeds: an abstract behind a line that announces it, authors in one text."""
    names, complete = authors_of("; ".join(authors) if len(authors) > 1 else "".join(authors))
    return paper(
        id=id,
        reader=READER_NAME,
        title=_NUMBERED.sub("", title),
        abstract=abstract_text(_ANNOUNCED.sub("", text)),
        authors=names,
        authors_complete=complete,
        url=link or None,
        source="arxiv",
        metadata=metadata,
        **more,
    )


def _place(link: str, guid: str, reply: str, kind: Kind) -> Place:
    base = id_of_address(link) or id_of_address(guid)
    if site_of(link):
        address = address_of(link)
        if address.site and address.comment:
            thread = post_id(address.site, address.post) if address.post else None
            return Place(base, "comment", thread)
    mark = urlsplit_safely(link).fragment
    if base and _COMMENT_MARK.fullmatch(mark):
        answered = urlsplit_safely(reply).fragment
        parent = f"{base}#{answered}" if _COMMENT_MARK.fullmatch(answered) else base
        return Place(f"{base}#{mark}", "comment", base, parent)
    if reply:
        thread = id_of_address(reply) or reply
        return Place(base, "comment", thread, thread)
    return Place(base, kind)
