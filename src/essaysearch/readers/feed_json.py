"""JSON Feed: a feed as one JSON object with a list of items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from essaysearch.errors import ReadError
from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.feed_entry import Feed, entry_document
from essaysearch.readers.feed_text import as_blocks, as_line
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import parse
from essaysearch.readers.names import authors_of
from essaysearch.readers.posts import string
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_VERSION = re.compile(r'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org')


def is_json_feed(text: str) -> bool:
    """Whether a JSON text says that it is a feed."""
    return text.lstrip("\ufeff \n\t").startswith("{") and _VERSION.search(text) is not None


def read_json_feed(source: SourceFile) -> Iterator[Reading]:
    """One document an item. Raises `ReadError` where there is no list of items."""
    value, _, problem = parse(source.text())
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        why = f": {problem}" if problem else ""
        raise ReadError(f"{source.path}: the JSON feed holds no list of items{why}.")
    authors, _ = authors_of(value.get("authors") or value.get("author"))
    feed = Feed(string(value.get("title")), string(value.get("home_page_url")), authors)
    yield SourceFacts(source.path, {"title": feed.title, "home": feed.home})
    tally = Tally(source)
    for number, item in enumerate(value["items"], 1):
        document = _document(item, feed) if isinstance(item, dict) else None
        if document is None:
            tally.add("entry has", "entries have", "neither a text nor a title", f"entry {number}")
        else:
            yield document
    yield from tally.skipped()
    if problem:
        yield Skipped(source.path, f"The JSON is damaged ({problem}); what is whole was read.")
    elif not value["items"]:
        yield Skipped(source.path, "The feed holds no entries.")


def _document(item: dict[str, Any], feed: Feed) -> Document | None:
    authors, _ = authors_of(item.get("authors") or item.get("author"))
    html = string(item.get("content_html"))
    plain = string(item.get("content_text")) or string(item.get("summary"))
    given = string(item.get("date_published"))
    date = parse_date(given)
    tags = item.get("tags")
    return entry_document(
        feed,
        title=as_line(string(item.get("title")), None),
        body=html_to_blocks(html) if html else as_blocks(plain, False),
        link=feed.address(string(item.get("url"))),
        guid=string(item.get("id")),
        authors=authors or feed.authors,
        reply="",
        kind="post",
        date=date,
        categories=tuple(dict.fromkeys(t for t in tags if isinstance(t, str)))
        if isinstance(tags, list)
        else (),
        notes=no_date(given, date),
        metadata={
            "updated": parse_date(string(item.get("date_modified"))),
            "link": string(item.get("external_url")),
        },
    )
