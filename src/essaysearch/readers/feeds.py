"""Feeds: RSS of every version, Atom and JSON Feed, well-formed or not.

The fullest text an entry has becomes the document; an entry without any is its title. A feed
says when an entry was published or not at all: Atom's ``updated`` counts only where nothing
else is said, and then as inferred. Comments in feeds keep their post and what they reply to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from essaysearch.errors import ReadError
from essaysearch.ids import derived_document_id
from essaysearch.model import Block, Document, Kind, Reading, Skipped, SourceFacts
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import parse_date
from essaysearch.readers.feed_text import as_blocks, as_line
from essaysearch.readers.forums import address_of, site_of, urlsplit_safely
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import parse
from essaysearch.readers.names import authors_of
from essaysearch.readers.posts import post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.xml_text import (
    Element,
    Found,
    attribute,
    children,
    elements,
    elements_of,
    markup_in,
    name,
    opening_tag,
    root_name,
    said,
    text_in,
)

_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org')
_ROOTS = ("rss", "feed", "rdf", "channel")
_FIRST_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_STAMPED = re.compile(r"(.+?)\s+(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)")
_COMMENT_MARK = re.compile(r"(?:li-?)?(?:comment|cmt|c)[-_]?\d+|c\d{10,}", re.I)
_MAILBOX = re.compile(r"\S+@\S+\s*\((.+)\)|(.+?)\s*<\S+@\S+>")
_BODIES = ("content", "content:encoded", "xhtml:body", "body", "fullitem", "description", "summary", "itunes:summary")
_DATES = ("published", "pubDate", "pubdate", "dc:date", "issued", "dcterms:issued", "created", "dcterms:created", "date")
_UPDATES = ("updated", "modified", "dcterms:modified")


class _Feed(NamedTuple):
    """What a feed says of all its entries."""

    title: str = ""
    home: str = ""
    authors: tuple[str, ...] = ()
    generated: bool = False


def sniff(source: SourceFile) -> float:
    """Sure of a feed's root element or of JSON Feed's version."""
    root = root_name(source)
    if root in _ROOTS:
        return 0.9
    if root == "" and source.head_text.lstrip("\ufeff \n\t").startswith("{"):
        return 0.96 if _JSON_FEED.search(source.head_text) else 0.0
    return 0.5 if root and _FIRST_ENTRY.search(source.head_text) and source.suffix in (".rss", ".atom", ".rdf") else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document an entry."""
    if not opening_tag(source):
        yield from _json(source)
        return
    feed = _header(source)
    facts = {"title": feed.title, "home": feed.home}
    if any(facts.values()):
        yield SourceFacts(source.path, {key: value for key, value in facts.items() if value})
    tally = Tally(source)
    entries = 0
    for found in elements(source, ("item", "entry")):
        entries += 1
        if isinstance(found, Skipped):
            yield found
            continue
        if feed.generated and len(feed.authors) != 1:
            tally.add("entry holds", "entries hold", "only a generated summary of several messages", f"line {found.line}")
            continue
        document = _document(found, feed)
        if document is None:
            tally.add("entry has", "entries have", "neither a text nor a title", f"line {found.line}")
        else:
            yield document
    yield from tally.skipped()
    if not entries:
        yield Skipped(source.path, "The feed holds no entries.")


def _header(source: SourceFile) -> _Feed:
    text = source.head_text
    first = _FIRST_ENTRY.search(text)
    text = text[: first.start()] if first else text
    said_of: dict[str, list[Element]] = {}
    names = ("title", "link", "author", "creator", "managingEditor", "generator", "image", "textinput", "items")
    for found in elements_of(source, text, names):
        if isinstance(found, Found):
            said_of.setdefault(name(found.element), []).append(found.element)
    persons = said_of.get("author") or said_of.get("dc:creator") or said_of.get("managingEditor") or []
    authors = [_person(person) for person in persons]
    plain = tuple(dict.fromkeys(author for author, _ in authors if author))
    links = [link for link in said_of.get("link", []) if attribute(link, "rel") in ("", "alternate")]
    return _Feed(
        as_line(text_in(said_of["title"][0]), _is_html(said_of["title"][0])) if said_of.get("title") else "",
        (text_in(links[0]) or attribute(links[0], "href")) if links else "",
        plain,
        # Summaries of mailing lists: who wrote and when stand together in the author's name.
        bool(authors) and all(stamp for _, stamp in authors),
    )


def _person(element: Element) -> tuple[str, str]:
    """A person's name, and the time glued to it (or nothing)."""
    full = said(element, "name") or ("" if len(element) else text_in(element))
    if match := _STAMPED.fullmatch(full):
        return match[1], match[2]
    if match := _MAILBOX.fullmatch(full):
        return (match[1] or match[2]).strip(" \"'"), ""
    return full, ""


def _is_html(element: Element) -> bool | None:
    """What Atom says of a text's type: True (markup), False (plain), None (not said)."""
    kind = attribute(element, "type").lower()
    if "html" in kind:
        return True
    return False if kind in ("text", "text/plain") else None


def _document(found: Found, feed: _Feed) -> Document | None:
    entry = found.element
    title = as_line(text_in(titles[0]), _is_html(titles[0])) if (titles := children(entry, "title")) else ""
    persons = [_person(e) for key in ("author", "dc:creator", "creator") for e in children(entry, key)]
    authors = tuple(dict.fromkeys(author for author, _ in persons if author)) or feed.authors
    stamps = [stamp for _, stamp in persons if stamp]
    generated = feed.generated or bool(stamps)
    body: tuple[str, tuple[Block, ...]] = ("", ()) if generated else _body(entry)
    link = _link(entry)
    date, inferred, notes = _date(entry, stamps)
    replies = [attribute(reply, "ref") or attribute(reply, "href") for reply in children(entry, "thr:in-reply-to")]
    categories = (text_in(c) or attribute(c, "label") or attribute(c, "term") for c in entry if name(c) in ("category", "dc:subject"))
    notes = (*found.notes, *notes, *(("its generated summary was left out",) if generated else ()))
    return _entry(
        title=title,
        body=body,
        link=link,
        guid=said(entry, "guid", "id"),
        authors=authors,
        date=date,
        date_inferred=inferred,
        categories=tuple(dict.fromkeys(" ".join(c.split()) for c in categories if c.strip())),
        reply=replies[0] if replies else "",
        feed=feed,
        line=found.line,
        notes=notes,
        kind="message" if generated else "post",
        metadata={"updated": parse_date(said(entry, *_UPDATES)), "comments": said(entry, "slash:comments")},
    )


def _body(entry: Element) -> tuple[str, tuple[Block, ...]]:
    """The first body in order of preference that has any text; of several of one kind the longest."""
    for key in _BODIES:
        made: list[tuple[str, tuple[Block, ...]]] = []
        for element in children(entry, key):
            if len(element):
                made.append(html_to_blocks(markup_in(element)))
            else:
                made.append(as_blocks(text_in(element), _is_html(element)))
        if longest := max(made, key=lambda body: len(body[0]), default=("", ())):
            if longest[0].strip():
                return longest
    return "", ()


def _link(entry: Element) -> str:
    """The entry's own address."""
    links = [link for link in children(entry, "link") if attribute(link, "rel") in ("", "alternate")]
    for link in links:
        if address := text_in(link) or attribute(link, "href"):
            return address
    guids = children(entry, "guid")
    if guids and attribute(guids[0], "isPermaLink").lower() != "false" and text_in(guids[0]).startswith("http"):
        return text_in(guids[0])
    about = attribute(entry, "about")
    return about if about.startswith("http") else ""


def _date(entry: Element, stamps: list[str]) -> tuple[str | None, str, tuple[str, ...]]:
    given = said(entry, *_DATES) or (stamps[0] if stamps else "")
    if given:
        date = parse_date(given)
        return date, "", () if date else (f'the date "{given}" is no date',)
    updated = parse_date(said(entry, *_UPDATES))
    return updated, "the feed says only when it was updated" if updated else "", ()


def _entry(
    *,
    title: str,
    body: tuple[str, tuple[Block, ...]],
    link: str,
    guid: str,
    authors: tuple[str, ...],
    reply: str,
    feed: _Feed,
    kind: Kind,
    metadata: dict[str, Any],
    **more: Any,
) -> Document | None:
    base = id_of_address(link) or id_of_address(guid)
    fragment = urlsplit_safely(link).fragment
    thread = parent = None
    identity = base
    forum = address_of(link) if site_of(link) else None
    if forum and forum.site and forum.comment:
        kind, thread = "comment", f"{forum.site.prefix}:{forum.post}" if forum.post else None
    elif base and _COMMENT_MARK.fullmatch(fragment):
        kind, identity, thread = "comment", f"{base}#{fragment}", base
        mark = urlsplit_safely(reply).fragment
        parent = f"{base}#{mark}" if _COMMENT_MARK.fullmatch(mark) else base
    elif reply:
        kind, thread = "comment", id_of_address(reply)
        parent = thread
    title_of_all = " ".join(title.split())
    return post(
        identity or guid or derived_document_id(READER.name, authors[0] if authors else feed.title, title_of_all or body[0][:80]),
        kind,
        body,
        title=title,
        authors=authors,
        url=link or None,
        source=None if feed.generated else feed.title or None,
        thread=thread,
        parent=parent,
        metadata=metadata,
        **more,
    )


def _json(source: SourceFile) -> Iterator[Reading]:
    value, _, problem = parse(source.text())
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        raise ReadError(f"{source.path}: the JSON feed holds no list of items{': ' + problem if problem else ''}.")
    authors, _ = authors_of(value.get("authors") or value.get("author"))
    feed = _Feed(string(value.get("title")), string(value.get("home_page_url")), authors)
    yield SourceFacts(source.path, {"title": feed.title, "home": feed.home})
    tally = Tally(source)
    for number, item in enumerate(value["items"], 1):
        document = _json_entry(item, feed) if isinstance(item, dict) else None
        if document is None:
            tally.add("entry has", "entries have", "neither a text nor a title", f"entry {number}")
        else:
            yield document
    yield from tally.skipped()
    if problem:
        yield Skipped(source.path, f"The JSON is damaged ({problem}); what is whole was read.")
    elif not value["items"]:
        yield Skipped(source.path, "The feed holds no entries.")


def _json_entry(item: dict[str, Any], feed: _Feed) -> Document | None:
    authors, _ = authors_of(item.get("authors") or item.get("author"))
    html, text = string(item.get("content_html")), string(item.get("content_text"))
    body = html_to_blocks(html) if html else as_blocks(text or string(item.get("summary")), False)
    given = string(item.get("date_published"))
    date = parse_date(given)
    tags = item.get("tags")
    return _entry(
        title=as_line(string(item.get("title")), None),
        body=body,
        link=string(item.get("url")),
        guid=string(item.get("id")),
        authors=authors or feed.authors,
        reply="",
        feed=feed,
        kind="post",
        date=date,
        categories=tuple(dict.fromkeys(tag for tag in tags if isinstance(tag, str))) if isinstance(tags, list) else (),
        notes=(f'the date "{given}" is no date',) if given and not date else (),
        metadata={"updated": parse_date(string(item.get("date_modified"))), "link": string(item.get("external_url"))},
    )


READER = Reader("feed", "RSS, Atom and JSON feeds", (".xml", ".rss", ".atom", ".rdf", ".json"), sniff, read)
