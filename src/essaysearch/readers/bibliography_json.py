"""Bibliographies in JSON: CSL items, Zotero's own items, answers of Crossref and of OpenAlex."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.abstracts import abstract_text, paper, untagged
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.arxiv_ids import arxiv_id
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.json_text import Look, objects, values
from essaysearch.readers.posts import string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_CSL = re.compile(r'"(?:issued|date-parts|container-title|citation-key)"\s*:')
_CSL_TYPE = re.compile(
    r'"type"\s*:\s*"(?:article(?:-journal|-magazine|-newspaper)?|book|chapter|paper-conference|report|thesis|webpage'
    r"|post(?:-weblog)?|manuscript|journal-article|proceedings-article|posted-content|book-chapter|preprint|speech"
    r'|entry(?:-\w+)?|review(?:-book)?|dataset|document)"'
)
_NAMES = re.compile(r'"(?:family|given|literal|display_name)"\s*:')
_ZOTERO = re.compile(r'"(?:creators|abstractNote)"\s*:')
_OPENALEX = re.compile(r'"(?:abstract_inverted_index|authorships)"\s*:')
_NO_WORKS = ("attachment", "note", "annotation")
_DATES = ("issued", "published", "published-print", "published-online", "posted", "created")
_TOPICS = ("keyword", "subject", "categories", "keywords", "tags")
_JOURNALS = (
    "container-title",
    "publicationTitle",
    "proceedingsTitle",
    "bookTitle",
    "conferenceName",
    "blogTitle",
)
_LONGEST_ABSTRACT = 20_000


def sniff(source: SourceFile) -> float:
    """Sure of works with the keys of these forms together."""
    head = source.head_text
    if source.is_binary or not head.lstrip("\ufeff \n\t").startswith(("{", "[")) or '"title"' not in head:
        return 0.0
    if _OPENALEX.search(head) and "openalex.org/" in head:
        return 0.94
    if '"itemType"' in head and _ZOTERO.search(head):
        return 0.94
    named = _CSL_TYPE.search(head) or '"DOI"' in head
    return 0.94 if named and _CSL.search(head) and _NAMES.search(head) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a work: its abstract, else its title."""
    tally = Tally(source)
    found = 0
    for value, line, problem in values(source):
        if problem:
            said = f"The JSON is damaged ({problem}); what is whole was read."
            yield Skipped(source.path, said, f"line {line}")
        for work in _works(value):
            found += 1
            document = _document(work, line)
            if document is not None:
                yield document
            else:
                tally.add("work has", "works have", "neither a title nor an abstract", f"line {line}")
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The JSON holds no works.")


def _works(value: Any) -> Iterator[dict[str, Any]]:
    """The works in a value, whatever lists and answers they stand in."""

    def look(item: dict[str, Any]) -> Look:
        lists = [item[key] for key in ("items", "results", "references") if isinstance(item.get(key), list)]
        if isinstance(item.get("message"), dict):
            return False, [item["message"]]
        if lists and not item.get("title"):
            return False, lists
        for inner in ("item", "data"):
            if isinstance(item.get(inner), dict):
                return False, [item[inner]]
        if item.get("itemType") in _NO_WORKS:
            return False, []
        return bool(item), []

    return objects(value, look)


def _document(work: Mapping[str, Any], line: int) -> Document | None:
    doi = string(work.get("DOI") or work.get("doi")).lower().removeprefix("https://doi.org/")
    url = string(work.get("URL") or work.get("url")) or (f"https://doi.org/{doi}" if doi else "")
    own = string(work.get("id") or work.get("citationKey") or work.get("key"))
    if own.startswith("https://openalex.org/"):
        url = url or own
    arxiv = arxiv_id(url) if "arxiv.org" in url else arxiv_id(doi) if "arxiv" in doi else None
    identity = arxiv.document_id if arxiv else f"doi:{doi}" if doi else id_of_address(url)
    date, given = _date(work)
    topics = next((work[key] for key in _TOPICS if work.get(key)), None)
    return paper(
        id=identity or (f"csl:{own}" if own else None),
        reader=READER.name,
        title=untagged(_one(work.get("title")) or string(work.get("display_name")), entities=True),
        abstract=abstract_text(untagged(_abstract(work), entities=True)),
        authors=_people(
            work.get("author") or work.get("authorships") or work.get("editor") or _creators(work)
        ),
        date=date,
        notes=no_date(given, date),
        url=url or None,
        source=_one(work.get("source")) or None,
        categories=_topics(topics),
        line=line,
        metadata={
            "doi": doi,
            "arxiv": arxiv.name if arxiv else None,
            "type": string(work.get("type") or work.get("itemType")),
            "journal": next((said for key in _JOURNALS if (said := _one(work.get(key)))), ""),
            "publisher": string(work.get("publisher")),
            "volume": string(work.get("volume")),
            "issue": string(work.get("issue")),
            "pages": string(work.get("page") or work.get("pages")),
            "language": string(work.get("language")),
            "key": own if not own.startswith("http") else string(work.get("citation-key")),
            "note": string(work.get("note")),
        },
    )


def _topics(value: Any) -> tuple[str, ...]:
    """A list of texts or (as OpenAlex has them) of objects with names, or a text that parts them by signs."""
    if not isinstance(value, list):
        value = re.split(r"\s*[,;]\s*", string(value))
    names = (
        string(one.get("display_name") or one.get("tag") if isinstance(one, dict) else one) for one in value
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _one(value: Any) -> str:
    """A text, or the first of a list of them (as Crossref has titles)."""
    return string(value[0]) if isinstance(value, list) and value else string(value)


def _abstract(work: Mapping[str, Any]) -> str:
    """The abstract; OpenAlex gives, for each word, the places at which it stands."""
    inverted = work.get("abstract_inverted_index")
    if not isinstance(inverted, dict):
        return string(work.get("abstract") or work.get("abstractNote"))
    placed = [
        (place, word)
        for word, places in inverted.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(placed)[:_LONGEST_ABSTRACT])


def _creators(work: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Zotero's creators: who wrote it; where nobody is said to, whoever is named first with the same part."""
    given = work.get("creators")
    people = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    roles = [string(one.get("creatorType")) for one in people]
    role = "author" if "author" in roles else roles[0] if roles else ""
    return [one for one, part in zip(people, roles, strict=True) if part == role]


def _people(value: Any) -> list[str]:
    """Names in reading order: given, particle, family; or as they stand."""
    names: list[str] = []
    for person in value if isinstance(value, list) else ():
        if not isinstance(person, dict):
            names.append(string(person))
            continue
        inner = person.get("author")
        person = inner if isinstance(inner, dict) else person
        parts = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
        whole = " ".join(part for key in parts if (part := string(person.get(key))))
        if not whole:
            # Zotero keeps "Jr" with the first name, after a comma.
            first, _, suffix = string(person.get("firstName")).partition(", ")
            whole = " ".join(part for part in (first, string(person.get("lastName")), suffix) if part)
        names.append(
            whole
            or next((n for key in ("literal", "name", "display_name") if (n := string(person.get(key)))), "")
        )
    return [name for name in names if name]


def _date(work: Mapping[str, Any]) -> tuple[str | None, str]:
    """The first date that is one, and what was given where none is."""
    given = ""
    for key in _DATES:
        value = work.get(key)
        parts = value.get("date-parts") if isinstance(value, dict) else None
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            numbers = [string(part).zfill(2) for part in parts[0] if string(part).isdigit()]
            if numbers and (date := parse_date("-".join(numbers))):
                return date, ""
            given = given or "-".join(numbers)
        told = value.get("raw") or value.get("literal") if isinstance(value, dict) else value
        if date := parse_date(string(told)):
            return date, ""
        given = given or string(told)
    for key in ("date", "publication_date", "publication_year"):
        told = string(work.get(key))
        if date := parse_date(told.replace("-00", "")):
            return date, ""
        given = given or told
    return None, given


READER = Reader(
    "bibliography-json",
    "CSL and Zotero JSON, and answers of Crossref and OpenAlex",
    (".json", ".jsonl"),
    sniff,
    read,
)
