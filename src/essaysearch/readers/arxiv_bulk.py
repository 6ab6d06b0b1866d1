"""arXiv in JSON lines: the metadata snapshot, and daily lists with a summary for each paper.

In daily lists ``abs`` is an address and ``summary`` the abstract. What a language model wrote
about a paper (the object ``AI``) is never part of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import tex
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.arxiv_ids import ArxivId, arxiv_id
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.json_text import values
from essaysearch.readers.names import authors_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile

_SNAPSHOT = re.compile(r'"(?:authors_parsed|update_date|submitter|journal-ref|report-no)"\s*:')
_DAILY = re.compile(r'"(abs|url|pdf|pdf_url|link)"\s*:\s*"https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf)/')
_ID = re.compile(r'"(?:id|_id|arxiv_id)"\s*:\s*"')
_INITIALS = re.compile(r"(?<=\w\.) (?=-\w)")
_COMMA = re.compile(r",(?![^()]*\))|\s+and\s+|;")
_AFFILIATION = re.compile(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)")


def sniff(source: SourceFile) -> float:
    """Sure of JSON objects with the snapshot's keys or the daily lists' addresses."""
    text = source.head_text.lstrip("\ufeff [\n\r\t")
    if not text.startswith("{") or not _ID.search(text[:65_536]):
        return 0.0
    daily = _DAILY.search(text)
    if (
        daily
        and '"summary"' in text
        and (daily[1] == "abs" or ('"authors"' in text and '"items"' not in text))
    ):
        return 0.96
    return 0.96 if len(set(_SNAPSHOT.findall(text))) >= 2 and '"abstract"' in text else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a line."""
    for value, line, problem in values(source):
        place = f"line {line}"
        if problem:
            yield Skipped(source.path, f"The record is no whole JSON ({problem}).", place)
            continue
        if not isinstance(value, dict):
            yield Skipped(source.path, "The line is no JSON object.", place)
            continue
        document = _document(value, line)
        nothing = "The record has neither a title nor an abstract."
        yield document or Skipped(source.path, nothing, place, empty=True)


def _document(record: dict[str, Any], line: int) -> Document | None:
    identifier = arxiv_id(_text(record, "id", "_id", "arxiv_id")) or arxiv_id(_text(record, "abs", "url"))
    identity = _text(record, "id", "_id", "arxiv_id")
    abstract = _text(record, "abstract", "summary")
    versions = [v for v in record.get("versions") or () if isinstance(v, dict)]
    given = _text(versions[0], "created") if versions else _text(record, "published", "date")
    date = parse_date(given)
    notes = no_date(given, date)
    inferred = ""
    if date is None and identifier:
        date, inferred = identifier.month, "the month in the arXiv identifier"
    names, complete = _authors(record)
    categories = record.get("categories") or record.get("cate")
    return paper(
        id=identifier.document_id if identifier else identity or None,
        reader=READER.name,
        title=tex.accents(_text(record, "title")),
        abstract=abstract_text(abstract, indented=True),
        authors=names,
        authors_complete=complete,
        date=date,
        date_inferred=inferred,
        url=identifier.url if identifier else _text(record, "abs", "url") or None,
        source="arxiv",
        categories=_categories(categories),
        line=line,
        notes=notes,
        metadata={
            "arxiv": identifier.name if identifier else None,
            "version": _version(identifier, versions),
            "updated": parse_date(_text(record, "update_date", "updated")),
            "comment": " ".join(_text(record, "comments", "comment").split()),
            "journal": " ".join(_text(record, "journal-ref", "journal_ref").split()),
            "doi": _text(record, "doi"),
            "report": _text(record, "report-no"),
            "license": _text(record, "license"),
            "submitter": _text(record, "submitter"),
            "pdf": _text(record, "pdf", "pdf_url"),
        },
    )


def _version(identifier: ArxivId | None, versions: list[dict[str, Any]]) -> int | None:
    last = re.fullmatch(r"v(\d+)", _text(versions[-1], "version")) if versions else None
    return int(last[1]) if last else identifier.version or None if identifier else None


def _authors(record: dict[str, Any]) -> tuple[list[str], bool]:
    """Names in reading order: from the parsed list where there is one, else from the line of authors."""
    parsed = record.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        names = []
        for entry in parsed:
            if isinstance(entry, list) and entry:
                last, first, suffix = (*(str(part).strip() for part in entry[:3]), "", "")[:3]
                names.append(_INITIALS.sub("", " ".join(part for part in (first, last, suffix) if part)))
        return [tex.accents(name) for name in names], True
    authors = record.get("authors")
    if isinstance(authors, str):
        line = _AFFILIATION.sub("", tex.accents(" ".join(authors.split())))
        return [name.strip() for name in _COMMA.split(line) if name.strip()], "et al" not in line
    names_given, complete = authors_of(authors)
    return [tex.accents(name) for name in names_given], complete


def _categories(value: Any) -> tuple[str, ...]:
    parts = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(dict.fromkeys(part for part in parts if isinstance(part, str) and part))


def _text(record: dict[str, Any], *keys: str) -> str:
    """The first of these keys that holds text (numbers count), without spaces at its ends."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


READER = Reader("arxiv-bulk", "arXiv metadata in JSON lines", (".json", ".jsonl"), sniff, read)
