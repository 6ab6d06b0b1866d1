"""Articles kept as JSON: a list (or lines) of objects with a title, an address and a body of HTML or text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from essaysearch.model import Document, Kind, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import from_epoch, no_date, parse_date
from essaysearch.readers.forums import address_of, post_id, urlsplit_safely
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import values
from essaysearch.readers.leading_lines import without_leading
from essaysearch.readers.names import authors_of
from essaysearch.readers.page_builds import SITE_AUTHORS
from essaysearch.readers.page_facts import date_in_address
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.posts import number
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.text.ids import derived_document_id

_BODIES = (
    "body",
    "content_html",
    "body_html",
    "html",
    "content",
    "text",
    "article",
    "essay",
    "markdown",
    "fulltext",
    "full_text",
)
_TITLES = ("title", "name", "headline")
_ADDRESSES = ("url", "canonical_url", "link", "permalink", "href", "source_url", "external_url")
_AUTHORS = ("authors", "author", "byline", "creator", "by", "publishedBylines")
_DATES = (
    "date_published",
    "date",
    "published",
    "published_at",
    "pubDate",
    "datePublished",
    "post_date",
    "created_at",
    "year",
)
_KARMAS = ("karma", "score", "baseScore", "points")
_TAGS = ("tags", "categories", "keywords", "topics")
_LISTS = ("articles", "essays", "posts", "items", "data", "results", "documents", "entries")
_MARKUP = re.compile(r"</(?:p|div|a|i|b|em|font|blockquote|li|h[1-6])>|<(?:p|br)\b[^<>]*>", re.I)
_KEY = re.compile(r'"(\w+)"\s*:')
_LONG_BODY = re.compile(rf'"(?:{"|".join(_BODIES)})"\s*:\s*"(?:[^"\\]|\\.){{400}}')
_SAMPLE = 20_000


def sniff(source: SourceFile) -> float:
    """Likely where the first objects have a title or an address, and a long body."""
    head = source.head_text.lstrip("\ufeff \t\r\n")
    if source.is_binary or head[:1] not in ("[", "{"):
        return 0.0
    keys = set(_KEY.findall(head[:_SAMPLE]))
    if not keys.intersection(_TITLES) or not _LONG_BODY.search(head):
        return 0.0
    return 0.7 if keys.intersection(_ADDRESSES) else 0.35


def read(source: SourceFile) -> Iterator[Reading]:
    """One document an article, of kind ``essay`` (``post`` or ``comment`` where its address is a forum's)."""
    tally = Tally(source)
    seen: set[str] = set()
    for value, line, problem in values(source):
        for record in _articles(value):
            document = _document(record, line)
            if document is None:
                title = _first(record, _TITLES)
                tally.add("article has", "articles have", "no text", str(title or f"line {line}"))
            elif document.id in seen:
                why = "in the file twice; the first was kept"
                tally.add("article stands", "articles stand", why, document.title or document.id)
            else:
                seen.add(document.id)
                yield document
        if problem:
            said = f"The JSON is broken ({problem}); what stands whole before that was read."
            yield Skipped(source.path, said, f"line {line}")
    yield from tally.skipped()


def _articles(value: Any) -> Iterator[Mapping[str, Any]]:
    """The articles in a value: itself, or those in a list under a name that says so."""
    if isinstance(value, list):
        for item in value:
            yield from _articles(item)
    elif isinstance(value, dict):
        if any(isinstance(value.get(name), str) for name in _BODIES) or not any(
            isinstance(value.get(name), list) for name in _LISTS
        ):
            yield value
            return
        for name in _LISTS:
            if isinstance(value.get(name), list):
                yield from (item for item in value[name] if isinstance(item, dict))


def _document(record: Mapping[str, Any], line: int) -> Document | None:
    words = _first(record, _BODIES)
    if not isinstance(words, str) or not words.strip():
        return None
    if _MARKUP.search(words):
        text, blocks = html_to_blocks(words)
    else:
        text = words.replace("\r\n", "\n").strip()
        blocks = blocks_of(text)
    title = " ".join(str(_first(record, _TITLES) or "").split()) or None
    text, blocks, leading = without_leading(text, blocks, title)
    if not text or (len(blocks) == 1 and parse_date(text)):
        return None
    url = _first(record, _ADDRESSES)
    url = url if isinstance(url, str) and "://" in url else None
    host = (urlsplit_safely(url or "").hostname or "").removeprefix("www.")
    authors, complete = authors_of(_first(record, _AUTHORS))
    source, site_author = SITE_AUTHORS.get(host, (host or None, None))
    inferred: tuple[str, ...] = ()
    if not authors and leading.get("author"):
        authors = (leading["author"],)
    elif not authors and site_author:
        authors = inferred = (site_author,)
    said = _first(record, _DATES)
    date = (
        from_epoch(said) if isinstance(said, int | float) and said > 10_000 else parse_date(str(said or ""))
    )
    date = date or leading.get("date")
    in_address = date_in_address(url) if not date else None
    tags = _first(record, _TAGS)
    names = tags if isinstance(tags, list) else re.split(r"\s*[,;]\s*", tags) if isinstance(tags, str) else []
    notes = (
        *(("The source names no author; the site's own was taken.",) if inferred else ()),
        *no_date(said, date),
    )
    forum = address_of(url or "")
    root = post_id(forum.site, forum.post) if forum.site and forum.post else None
    kind: Kind = "essay" if root is None else "comment" if forum.comment else "post"
    return Document(
        id=(id_of_address(url) if url else None)
        or derived_document_id(READER.name, authors[0] if authors else "", title or text[:80]),
        kind=kind,
        text=text,
        blocks=blocks,
        title=title,
        authors=authors,
        authors_complete=complete,
        authors_inferred=inferred,
        date=date or in_address,
        date_inferred="the article's address holds this date" if in_address else "",
        url=url,
        source=forum.site.source if forum.site else source,
        karma=number(_first(record, _KARMAS)) if root else None,
        thread=root,
        parent=root if kind == "comment" else None,
        categories=tuple(dict.fromkeys(str(name) for name in names if isinstance(name, str) and name)),
        line=line,
        notes=notes,
    )


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) not in (None, "", [])), None)


READER = Reader("article-json", "JSON of articles with their bodies", (".json", ".jsonl"), sniff, read)
