"""Bibliographies in XML: what EndNote and PubMed export, and the libraries' MODS.

Each form is a function from an element to the facts of a reference; the rest is one for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.protocol import Reader
from essaysearch.readers.references import turned
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.xml_elements import Element, attribute, children, name, said, text_in
from essaysearch.readers.xml_opening import root_name
from essaysearch.readers.xml_text import elements

_ROOTS = (
    "xml",
    "records",
    "pubmedarticleset",
    "pubmedarticle",
    "medlinecitationset",
    "mods",
    "modscollection",
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s{}\"<>]+")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")

_Facts = dict[str, Any]


def sniff(source: SourceFile) -> float:
    """Sure of the first element together with one that only this form has."""
    root, head = root_name(source), source.head_text
    if root not in _ROOTS:
        return 0.0
    if root in ("xml", "records"):
        return 0.95 if "<record" in head and ("<ref-type" in head or "<contributors" in head) else 0.0
    return 0.95 if root.startswith(("pubmed", "medline")) or "titleInfo" in head or "/mods/" in head else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a reference: its abstract, else its title."""
    tally = Tally(source)
    count = 0
    for found in elements(source, tuple(_FORMS)):
        count += 1
        if isinstance(found, Skipped):
            yield found
            continue
        facts = _FORMS[name(found.element).rpartition(":")[2]](found.element)
        document = _document(facts, found.line, found.notes)
        if document is not None:
            yield document
        else:
            tally.add(
                "reference has", "references have", "neither a title nor an abstract", f"line {found.line}"
            )
    yield from tally.skipped()
    if not count:
        yield Skipped(source.path, "The file holds no references.")


def _document(facts: _Facts, line: int, notes: tuple[str, ...]) -> Document | None:
    doi = match[0].rstrip(".,;") if (match := _DOI.search(facts.pop("doi"))) else ""
    url = facts.pop("url") or (f"https://doi.org/{doi}" if doi else "")
    pubmed = facts.pop("pubmed", "")
    identity = f"doi:{doi.lower()}" if doi else f"pmid:{pubmed}" if pubmed else id_of_address(url)
    if pubmed and not url:
        url = f"https://pubmed.ncbi.nlm.nih.gov/{pubmed}/"
    told = [text for text in facts.pop("dates") if text]
    dates = [date for text in told if (date := parse_date(text))]
    date = max(dates, key=len) if dates else None
    return paper(
        id=identity,
        reader=READER.name,
        title=facts.pop("title"),
        abstract=abstract_text(facts.pop("abstract")),
        authors=[turned(" ".join(person.split()).rstrip(",")) for person in facts.pop("authors")],
        date=date,
        url=url or None,
        categories=tuple(
            dict.fromkeys(" ".join(word.split()) for word in facts.pop("keywords") if word.strip())
        ),
        line=line,
        notes=(*notes, *no_date(told[0] if told else None, date)),
        metadata={"doi": doi, "pubmed": pubmed, **facts},
    )


def _endnote(record: Element) -> _Facts:
    def at(*path: str) -> str:
        return next(iter(_texts(record, *path)), "")

    year = at("dates", "year")
    day = at("dates", "pub-dates", "date")
    # "Mar 3" lacks the year, "2015-03-03" does not.
    full = day if _YEAR.search(day) or not year else f"{day} {year}"
    return {
        "title": at("titles", "title"),
        "abstract": re.sub(r"\r\n?", "\n\n", at("abstract")),
        "authors": _texts(record, "contributors", "authors", "author")
        or _texts(record, "contributors", "secondary-authors", "author"),
        "dates": [full, year],
        "doi": at("electronic-resource-num"),
        "url": at("urls", "related-urls", "url") or at("urls", "web-urls", "url"),
        "keywords": _texts(record, "keywords", "keyword"),
        "journal": at("periodical", "full-title") or at("titles", "secondary-title"),
        "publisher": at("publisher"),
        "volume": at("volume"),
        "issue": at("number"),
        "pages": at("pages"),
        "language": at("language"),
        "type": next((attribute(one, "name") for one in children(record, "ref-type")), ""),
    }


def _pubmed(citation: Element) -> _Facts:
    def at(*path: str) -> str:
        return next(iter(_texts(citation, *path)), "")

    article = next(iter(children(citation, "Article")), citation)
    parts = [part for one in children(article, "Abstract") for part in children(one, "AbstractText")]
    dates = []
    for one in (*_all(article, "Journal", "JournalIssue", "PubDate"), *children(article, "ArticleDate")):
        written = [said(one, part) for part in ("Day", "Month", "Year")]
        day, month, year = written
        numbers = f"{year}-{month.zfill(2)}-{day.zfill(2)}" if month.isdigit() else ""
        dates += [numbers.removesuffix("-00"), " ".join(filter(None, written)), said(one, "MedlineDate")[:4]]
        if year:
            break
    return {
        "title": said(article, "ArticleTitle"),
        "abstract": "\n\n".join(_labelled(part) for part in parts),
        "authors": [_author(one) for one in _all(article, "AuthorList", "Author")],
        "dates": dates,
        "doi": next(
            (text_in(one) for one in children(article, "ELocationID") if attribute(one, "EIdType") == "doi"),
            "",
        ),
        "url": "",
        "pubmed": said(citation, "PMID"),
        "keywords": _texts(citation, "KeywordList", "Keyword")
        + _texts(citation, "MeshHeadingList", "MeshHeading", "DescriptorName"),
        "journal": at("Article", "Journal", "Title"),
        "volume": at("Article", "Journal", "JournalIssue", "Volume"),
        "issue": at("Article", "Journal", "JournalIssue", "Issue"),
        "pages": at("Article", "Pagination", "MedlinePgn"),
        "language": said(article, "Language"),
        "type": at("Article", "PublicationTypeList", "PublicationType"),
    }


def _labelled(part: Element) -> str:
    """A part of a structured abstract with its label: "METHODS: We asked ..."."""
    label, text = attribute(part, "Label"), " ".join(text_in(part).split())
    return f"{label}: {text}" if label and text else text


def _author(person: Element) -> str:
    first = said(person, "ForeName", "FirstName", "Initials")
    last = said(person, "LastName", "CollectiveName")
    return ", ".join(part for part in (last, said(person, "Suffix") if first else "", first) if part)


def _mods(record: Element) -> _Facts:
    def at(*path: str) -> str:
        return next(iter(_texts(record, *path)), "")

    titles = children(record, "titleInfo")
    main = next((one for one in titles if not attribute(one, "type")), titles[0] if titles else None)
    hosts = [one for one in children(record, "relatedItem") if attribute(one, "type") == "host"]
    origins = [origin for one in (record, *hosts) for origin in children(one, "originInfo")]
    issued = ("dateIssued", "copyrightDate", "dateCreated")
    dates = [text_in(date) for origin in origins for kind in issued for date in children(origin, kind)]
    dates += [text for host in hosts for text in _texts(host, "part", "date")]
    people = [(_mods_name(one), _texts(one, "role", "roleTerm")) for one in children(record, "name")]
    writers = [who for who, roles in people if not roles or {"author", "aut", "creator", "cre"} & set(roles)]
    return {
        "title": _mods_title(main) if main is not None else "",
        "abstract": "\n\n".join(_texts(record, "abstract")),
        "authors": [who for who in writers or [who for who, _ in people] if who],
        "dates": [match[0] if (match := re.search(r"\d{4}(?:-\d\d){0,2}", date)) else date for date in dates],
        "doi": next(
            (text_in(one) for one in children(record, "identifier") if attribute(one, "type") == "doi"), ""
        ),
        "url": at("location", "url"),
        "keywords": _texts(record, "subject", "topic"),
        "journal": next((_mods_title(one) for host in hosts for one in children(host, "titleInfo")), ""),
        "publisher": at("originInfo", "publisher"),
        "language": at("language", "languageTerm"),
        "type": at("genre"),
    }


def _mods_title(title: Element) -> str:
    whole = " ".join(part for part in (said(title, "nonSort"), said(title, "title")) if part)
    subtitle = said(title, "subTitle")
    return f"{whole}: {subtitle}" if whole and subtitle else whole


def _mods_name(person: Element) -> str:
    parts = {attribute(part, "type"): text_in(part) for part in reversed(children(person, "namePart"))}
    pair = ", ".join(part for kind in ("family", "given") if (part := parts.get(kind, "")))
    return pair or parts.get("", "")


def _all(element: Element, *path: str) -> list[Element]:
    found = [element]
    for step in path:
        found = [child for one in found for child in children(one, step)]
    return found


def _texts(element: Element, *path: str) -> list[str]:
    """What the elements at a path of names say, those that are empty left out."""
    return [text for one in _all(element, *path) if (text := text_in(one))]


_FORMS: dict[str, Callable[[Element], _Facts]] = {
    "record": _endnote,
    "MedlineCitation": _pubmed,
    "mods": _mods,
}

READER = Reader("bibliography-xml", "XML of EndNote, PubMed and MODS", (".xml", ".mods"), sniff, read)
