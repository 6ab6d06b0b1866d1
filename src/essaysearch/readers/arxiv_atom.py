"""arXiv's API: Atom feeds of abstracts, as they came or inside a recorded response.

An error is a feed of one entry called ``Error``; it is refused with arXiv's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import tex
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.arxiv_ids import arxiv_id
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.protocol import Reader
from essaysearch.readers.recorded import is_recording, responses
from essaysearch.readers.source import SourceFile
from essaysearch.readers.xml_elements import Element, attribute, children, said
from essaysearch.readers.xml_opening import opening_tag
from essaysearch.readers.xml_text import Found, elements, elements_of

_ENTRY = re.compile(r"<entry\b(?:(?!</entry>).){0,2000}?<id>\s*https?://arxiv\.org/abs/", re.S)
_MARKS = ("http://arxiv.org/schemas/atom", "arxiv.org/api/", "export.arxiv.org/api/query")


def sniff(source: SourceFile) -> float:
    """Sure of a feed in arXiv's own namespace, in XML or in the body of a recorded response."""
    if "feed" in opening_tag(source)[:12]:
        own = any(mark in source.head_text for mark in _MARKS) or _ENTRY.search(source.head_text)
        return 0.97 if own else 0.0
    if is_recording(source) and re.search(r"export\.arxiv\.org|arxiv\.org/api", source.head_text):
        return 0.97
    return 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document an entry."""
    if not is_recording(source):
        yield from _feed(source, elements(source, ("entry",)), "")
        return
    for response in responses(source):
        if response.problem:
            yield Skipped(source.path, response.problem, response.place)
        else:
            yield from _feed(source, elements_of(source, response.text, ("entry",)), response.place)


def _feed(source: SourceFile, entries: Iterator[Found | Skipped], where: str) -> Iterator[Reading]:
    empty = True
    for found in entries:
        empty = False
        if isinstance(found, Skipped):
            yield found
            continue
        place = where or f"line {found.line}"
        problem = _error(found.element)
        if problem:
            yield Skipped(source.path, problem, place)
            continue
        document = _document(found, 0 if where else found.line)
        nothing = "The entry has neither a title nor an abstract."
        yield document or Skipped(source.path, nothing, place, empty=True)
    if empty:
        yield Skipped(
            source.path, "arXiv's answer holds no entries: the search found nothing on this page.", where
        )


def _error(entry: Element) -> str:
    """arXiv's own words where the entry is an error, else nothing."""
    if said(entry, "title") != "Error" or said(entry, "published"):
        return ""
    return f'arXiv answered with an error: "{said(entry, "summary") or "no reason given"}".'


def _document(found: Found, line: int) -> Document | None:
    entry = found.element
    address = said(entry, "id")
    identifier = arxiv_id(address)
    primary = [attribute(child, "term") for child in children(entry, "arxiv:primary_category")]
    terms = [attribute(child, "term") for child in children(entry, "category")]
    authors = children(entry, "author")
    pdf = [attribute(link, "href") for link in children(entry, "link") if attribute(link, "title") == "pdf"]
    affiliations = {
        said(a, "name"): said(a, "arxiv:affiliation") for a in authors if said(a, "arxiv:affiliation")
    }
    given = said(entry, "published")
    date = parse_date(given)
    notes = no_date(given, date)
    inferred = ""
    if date is None and identifier:
        date, inferred = identifier.month, "the month in the arXiv identifier"
    return paper(
        id=identifier.document_id if identifier else address or None,
        reader=READER.name,
        title=tex.accents(said(entry, "title")),
        abstract=abstract_text(said(entry, "summary"), indented=True),
        authors=[tex.accents(said(author, "name")) for author in authors],
        date=date,
        date_inferred=inferred,
        url=identifier.url if identifier else address or None,
        source="arxiv",
        categories=tuple(dict.fromkeys(term for term in (*primary, *terms) if term)),
        line=line,
        notes=(*found.notes, *notes),
        metadata={
            "arxiv": identifier.name if identifier else None,
            "version": identifier.version if identifier else None,
            "updated": parse_date(said(entry, "updated")),
            "comment": " ".join(said(entry, "arxiv:comment").split()),
            "journal": said(entry, "arxiv:journal_ref"),
            "doi": said(entry, "arxiv:doi"),
            "pdf": pdf[0] if pdf else None,
            "affiliations": affiliations,
        },
    )


READER = Reader("arxiv", "arXiv API responses (Atom)", (".xml", ".atom", ".json"), sniff, read)
