"""Feeds: RSS of every version, Atom and JSON Feed, well-formed or not.

The fullest text an entry has becomes the document; an entry without any is its title. A feed
says when an entry was published or not at all: Atom's ``updated`` counts only where nothing
else is said, and then as inferred. Comments in feeds keep their post and what they reply to.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from essaysearch.model import Block, Document, Reading, Skipped, SourceFacts
from essaysearch.readers.dates import parse_date
from essaysearch.readers.feed_entry import READER_NAME, Feed, entry_document
from essaysearch.readers.feed_json import is_json_feed, read_json_feed
from essaysearch.readers.feed_text import as_blocks, as_line
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.names import authors_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.xml_elements import Element, attribute, children, markup_in, name, said, text_in
from essaysearch.readers.xml_opening import opening_tag, root_name
from essaysearch.readers.xml_text import Found, elements, elements_of

_ROOTS = ("rss", "feed", "rdf", "channel")
_FIRST_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_BASE = re.compile(r"<(?:rss|feed|rdf:RDF|channel)\b[^>]*?\sxml:base\s*=\s*[\"']([^\"'<>]+)")
_STAMPED = re.compile(r"(.+?)\s+(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)")
_MAILBOX = re.compile(r"\S+@\S+\s*\((.+)\)|(.+?)\s*<\S+@\S+>")
_BODIES = (
    "content", "content:encoded", "xhtml:body", "body", "fullitem", "description", "summary",
    "itunes:summary", "dc:description",
)  # fmt: skip
_DATES = (
    "published", "pubDate", "pubdate", "dc:date", "issued", "dcterms:issued", "created", "dcterms:created",
    "date",
)  # fmt: skip
_AUTHORS = ("author", "dc:creator", "creator", "itunes:author")
_UPDATES = ("updated", "modified", "dcterms:modified")


def sniff(source: SourceFile) -> float:
    """Sure of a feed's root element or of JSON Feed's version."""
    root = root_name(source)
    if root in _ROOTS:
        return 0.9
    if not root:
        return 0.96 if is_json_feed(source.head_text) else 0.0
    named = source.suffix in (".rss", ".atom", ".rdf")
    return 0.5 if named and _FIRST_ENTRY.search(source.head_text) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document an entry."""
    if not opening_tag(source):
        yield from read_json_feed(source)
        return
    feed = _header(source)
    facts = {"title": feed.title, "home": feed.address(feed.home)}
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
            tally.add(
                "entry holds",
                "entries hold",
                "only a generated summary of several messages",
                f"line {found.line}",
            )
            continue
        document = _document(found, feed)
        if document is None:
            tally.add("entry has", "entries have", "neither a text nor a title", f"line {found.line}")
        else:
            yield document
    yield from tally.skipped()
    if not entries:
        yield Skipped(source.path, "The feed holds no entries.")


def _header(source: SourceFile) -> Feed:
    text = source.head_text
    first = _FIRST_ENTRY.search(text)
    text = text[: first.start()] if first else text
    said_of: dict[str, list[Element]] = {}
    names = (
        "title",
        "link",
        "author",
        "creator",
        "managingEditor",
        "generator",
        "image",
        "textinput",
        "items",
    )
    for found in elements_of(source, text, names):
        if isinstance(found, Found):
            said_of.setdefault(name(found.element), []).append(found.element)
    persons = said_of.get("author") or said_of.get("dc:creator") or said_of.get("managingEditor") or []
    authors = [_person(person) for person in persons]
    plain = tuple(dict.fromkeys(author for author, _ in authors if author))
    links = [link for link in said_of.get("link", []) if attribute(link, "rel") in ("", "alternate")]
    base = _BASE.search(text)
    return Feed(
        as_line(text_in(said_of["title"][0]), _is_html(said_of["title"][0])) if said_of.get("title") else "",
        (text_in(links[0]) or attribute(links[0], "href")) if links else "",
        plain,
        # Summaries of mailing lists: who wrote and when stand together in the author's name.
        bool(authors) and all(stamp for _, stamp in authors),
        base[1] if base else "",
    )


def _person(element: Element) -> tuple[str, str]:
    """A person's name, and the time glued to it (or nothing)."""
    full = said(element, "name") or ("" if len(element) else text_in(element))
    if match := _STAMPED.fullmatch(full):
        return match[1], match[2]
    if match := _MAILBOX.fullmatch(full):
        return (match[1] or match[2]).strip(" \"'"), ""
    return full, ""


def _text(element: Element) -> str:
    """The element's text, unpacked where Atom says that it is base64."""
    text = text_in(element)
    if attribute(element, "mode") == "base64" or attribute(element, "type").endswith("octet-stream"):
        try:
            return b64decode(text).decode("utf-8", "replace")
        except ValueError:
            return text
    return text


def _is_html(element: Element) -> bool | None:
    """What Atom says of a text's type: True (markup), False (plain), None (not said)."""
    kind = attribute(element, "type").lower()
    if "html" in kind:
        return True
    return False if kind in ("text", "text/plain") else None


def _title(element: Element) -> str:
    """A title on one line; XHTML in it is read as such."""
    if len(element):
        return as_line(markup_in(element), True)
    return as_line(_text(element), _is_html(element))


def _document(found: Found, feed: Feed) -> Document | None:
    entry = found.element
    titles = children(entry, "title") or children(entry, "dc:title")
    title = _title(titles[0]) if titles else ""
    persons = [_person(e) for key in _AUTHORS for e in children(entry, key)]
    named = (name for author, _ in persons if author for name in authors_of(author)[0])
    authors = tuple(dict.fromkeys(named)) or feed.authors
    stamps = [stamp for _, stamp in persons if stamp]
    generated = feed.generated or bool(stamps)
    body: tuple[str, tuple[Block, ...]] = ("", ()) if generated else _body(entry)
    base = attribute(entry, "base")
    link = feed.address(_link(entry), base)
    date, inferred, notes = _date(entry, stamps)
    replies = [
        feed.address(attribute(reply, "href"), base) or attribute(reply, "ref")
        for reply in children(entry, "thr:in-reply-to")
    ]
    categories = (
        text_in(c) or attribute(c, "label") or attribute(c, "term")
        for c in entry
        if name(c) in ("category", "dc:subject")
    )
    notes = (*found.notes, *notes, *(("its generated summary was left out",) if generated else ()))
    return entry_document(
        feed,
        title=title,
        body=body,
        link=link,
        guid=said(entry, "guid", "id"),
        authors=authors,
        date=date,
        date_inferred=inferred,
        categories=tuple(dict.fromkeys(" ".join(c.split()) for c in categories if c.strip())),
        reply=replies[0] if replies else "",
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
                made.append(as_blocks(_text(element), _is_html(element)))
        longest = max(made, key=lambda body: len(body[0]), default=None)
        if longest and longest[0].strip():
            return longest
    return "", ()


def _link(entry: Element) -> str:
    """The entry's own address."""
    links = [link for link in children(entry, "link") if attribute(link, "rel") in ("", "alternate")]
    for link in links:
        if address := text_in(link) or attribute(link, "href"):
            return address
    guids = children(entry, "guid")
    if (
        guids
        and attribute(guids[0], "isPermaLink").lower() != "false"
        and text_in(guids[0]).startswith("http")
    ):
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


READER = Reader(
    READER_NAME, "RSS, Atom and JSON feeds", (".xml", ".rss", ".atom", ".rdf", ".json"), sniff, read
)
