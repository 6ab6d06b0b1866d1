"""Markdown essays and forum exports, with YAML or TOML front matter or without.

The text is laid out by `markdown_text`; here its head becomes the document's fields: the keys of
static site generators and the ``lw-*`` keys of LessWrong exports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from essaysearch.model import Document, Kind, Reading, Skipped
from essaysearch.readers import fields
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import parse_date
from essaysearch.readers.fact_list import fact_list
from essaysearch.readers.forums import site_of
from essaysearch.readers.front_matter import front_matter, typed
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.names import authors_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id

_DATES = (
    "lw-posted-at", "date", "date_published", "published", "publish_date", "pubdate", "datepublished",
    "posted", "created", "created_at", "year",
)  # fmt: skip
_URLS = ("lw-page-url", "lw-url", "url", "original_url", "canonical_url", "canonical", "link", "permalink")
_KARMAS = ("lw-base-score", "karma", "score", "basescore")
_CATEGORIES = ("tags", "categories", "category", "keywords", "topics", "lw-tags")
_AUTHORS = ("authors", "author", "by", "lw-authors", "lw-author")
_TITLES = ("title", "lw-title")
_SOURCES = ("source", "site", "publication")
_OPENING_WORDS = 12

_HTTP = re.compile(r"https?://\S+", re.IGNORECASE)
_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})[-_ ]")
_SIGNS = re.compile(
    r"^#{1,6} +\S|^(?:```|~~~)|\[[^]\n]{1,200}\]\((?:https?:|/|#)|\*\*\S[^*\n]{0,200}\*\*|^\[\^[^]\s]+\]:",
    re.MULTILINE,
)
_SURE_SIGNS = 3


def sniff(source: SourceFile) -> float:
    """Sure of front matter; fairly sure of the suffix, or of several marks that only Markdown has."""
    if source.is_binary:
        return 0.0
    head = source.head_text
    facts = front_matter(head).facts
    if len(facts) > 1 or "title" in facts:
        return 0.9
    if source.suffix in READER.suffixes:
        return 0.7
    if head.lstrip()[:1] in ("{", "[", "<"):
        return 0.0
    signs = sum(1 for _, _ in zip(range(_SURE_SIGNS), _SIGNS.finditer(head), strict=False))
    return 0.4 if signs == _SURE_SIGNS else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The file as one document: ``post`` of a forum export, ``essay`` with front matter, else ``page``."""
    text = source.text()
    head = front_matter(text)
    opened = head if head.facts else fact_list(text)
    kind_of_page: Kind = "essay" if head.facts else "page"
    facts = {key: value for key, value in opened.facts.items() if typed(value) is not None}
    laid = markdown_blocks(text[opened.end or head.end :])
    # Zola keeps what it does not know itself in a table of its own.
    extra = facts.get("extra")
    facts |= (
        {key: value for key, value in extra.items() if key not in facts} if isinstance(extra, dict) else {}
    )
    places = {fact: fields.key_of(facts, keys, fits) for fact, (keys, fits) in _PLACES.items()}
    title = " ".join(fields.text_of(fields.take(facts, _TITLES, bool)).split()) or None
    if laid.title and (title is None or _same(title, laid.title)):
        places["title"] = places["title"] or "the first heading"
        title, laid = title or laid.title, laid.without_title()
    if not laid.text.strip() and title is None:
        yield Skipped(source.path, "The file holds no text.")
        return
    forum = any(key.startswith("lw-") for key in facts)
    date, inferred = fields.take_date(facts, _DATES), ""
    doubts = fields.undated(facts, _DATES) if date is None else ()
    if date is None and (named := _DATED_NAME.match(source.stem)):
        date = parse_date(named[1])
        inferred = "from the file's name" if date else ""
    url = fields.string_of(fields.take(facts, _URLS, _is_url))
    site = site_of(url) if url else None
    authors, complete = authors_of(fields.take(facts, _AUTHORS, bool))
    opening = title or " ".join(laid.text.split(None, _OPENING_WORDS)[:_OPENING_WORDS])
    kind: Kind = "post" if forum else kind_of_page
    karma = fields.take(facts, _KARMAS, _is_number)
    origins = {fact: key for fact, key in places.items() if key is not None}
    yield Document(
        id=id_of_address(url or "") or derived_document_id(READER.name, "; ".join(authors[:1]), opening),
        kind=fields.take_kind(facts, kind),
        text=laid.text,
        blocks=laid.blocks,
        title=title,
        authors=authors,
        authors_complete=complete,
        date=date,
        date_inferred=inferred,
        url=url,
        source=fields.string_of(fields.take(facts, _SOURCES, fields.is_text))
        or (site.source if site else None),
        categories=fields.categories_of(fields.take(facts, _CATEGORIES, bool)),
        karma=fields.number_of(karma),
        line=text.count("\n", 0, opened.end or head.end) + 1,
        metadata=_metadata(facts) | ({"origins": origins} if origins else {}),
        notes=(*head.notes, *laid.notes, *doubts),
    )


def _is_number(value: Any) -> bool:
    return fields.number_of(value) is not None


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and bool(_HTTP.fullmatch(value.strip()))


_PLACES: dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    "title": (_TITLES, bool), "date": (_DATES, fields.date_of), "url": (_URLS, _is_url),
    "authors": (_AUTHORS, bool), "source": (_SOURCES, fields.is_text), "categories": (_CATEGORIES, bool),
    "karma": (_KARMAS, _is_number),
}  # fmt: skip
"""Where each fact is looked for, and what fits there."""


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).lower() == re.sub(r"\W+", "", other).lower()


def _metadata(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, raw in facts.items() if (value := typed(raw)) is not None}


READER = Reader(
    "markdown", "Markdown, with front matter or without", (".md", ".markdown", ".mdown", ".mkd"), sniff, read
)
