"""OAI-PMH: records as repositories and arXiv hand them out (Dublin Core, ``arXiv``, ``arXivRaw``).

A protocol error is refused in the repository's own words; an answer that can hold no records
(``Identify``, ``ListIdentifiers`` …) says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers import tex
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.arxiv_ids import ArxivId, arxiv_id
from essaysearch.readers.dates import parse_date
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.xml_elements import Element, attribute, name, said, text_in
from essaysearch.readers.xml_opening import opening_tag, root_name
from essaysearch.readers.xml_text import Found, elements

_OTHER_ANSWERS = {
    "identify": "Identify, which describes the repository",
    "listidentifiers": "ListIdentifiers, which names records without their content",
    "listmetadataformats": "ListMetadataFormats, which names formats",
    "listsets": "ListSets, which names sets",
}
_ERRORS = {
    "badargument": "the request was malformed",
    "badresumptiontoken": "the token to go on with is invalid or has expired",
    "badverb": "the request names no verb of the protocol",
    "cannotdisseminateformat": "the repository does not offer the records in that format",
    "iddoesnotexist": "the repository has no record of that name",
    "norecordsmatch": "no records match the request",
    "nometadataformats": "the record is available in no format",
    "nosethierarchy": "the repository has no sets",
}
_DOI = re.compile(r"\b(10\.\d{4,9}/\S+)")


def sniff(source: SourceFile) -> float:
    """Sure of the protocol's root element or namespace."""
    if root_name(source) == "oai-pmh":
        return 0.98
    tag = opening_tag(source)
    return 0.9 if tag and "openarchives.org/OAI" in source.head_text[:4096] else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a record."""
    tally = Tally(source)
    records = 0
    other = ""
    for found in elements(
        source,
        ("record", "error", "resumptionToken"),
        ("Identify", "ListIdentifiers", "ListMetadataFormats", "ListSets"),
        True,
    ):
        if isinstance(found, Skipped):
            yield found
            continue
        kind = name(found.element).lower()
        if kind in _OTHER_ANSWERS:
            other = _OTHER_ANSWERS[kind]
        elif kind == "error":
            records += 1
            yield Skipped(source.path, _error(found.element), f"line {found.line}")
        elif kind == "resumptiontoken":
            token = text_in(found.element)
            if token:
                yield SourceFacts(source.path, {"resumption_token": token, **_counts(found.element)})
        elif kind == "record":
            records += 1
            yield from _record(source, found, tally)
    yield from tally.skipped()
    if not records:
        why = f"The answer is to {other}" if other else "The answer holds no records"
        yield Skipped(source.path, f"{why}; there is nothing to read in it.")


def _error(element: Element) -> str:
    code = attribute(element, "code")
    words = " ".join(text_in(element).split())
    meaning = words or _ERRORS.get(code.lower(), "no reason given")
    return f"The repository answered with the error {code or 'without a code'}: {meaning.rstrip('.')}."


def _counts(element: Element) -> dict[str, int]:
    counts = {
        "complete_list_size": attribute(element, "completeListSize"),
        "cursor": attribute(element, "cursor"),
    }
    return {key: int(value) for key, value in counts.items() if value.isdigit()}


def _record(source: SourceFile, found: Found, tally: Tally) -> Iterator[Reading]:
    header = _child(found.element, "header")
    metadata = _child(found.element, "metadata")
    identifier = said(header, "identifier") if header is not None else ""
    place = identifier or f"line {found.line}"
    if header is not None and attribute(header, "status") == "deleted":
        tally.add("record was", "records were", "deleted at the repository and left out", place)
    elif metadata is None or not len(metadata):
        tally.add("record has", "records have", "no metadata and cannot be read", place)
    else:
        sets = [text_in(child) for child in header if name(child) == "setSpec"] if header is not None else []
        document = _document(metadata[0], identifier, sets, found)
        if document is None:
            tally.add("record has", "records have", "neither a title nor a description", place)
        else:
            yield document


def _child(element: Element, local: str) -> Element | None:
    return next((child for child in element if name(child).rpartition(":")[2] == local), None)


def _fields(element: Element) -> dict[str, list[str]]:
    """The texts of the children by local name (``creator``, ``abstract``), in order."""
    fields: dict[str, list[str]] = {}
    for child in element:
        local = name(child).rpartition(":")[2].lower()
        text = _person(child) if local in ("author", "name") and len(child) else text_in(child)
        if local == "authors" and len(child):
            fields.setdefault("author", []).extend(_person(author) for author in child)
        elif local == "version" and len(child):
            # arXiv's raw format: the first version is when the paper was written.
            fields.setdefault(local, []).append(attribute(child, "version"))
            fields.setdefault("date", []).append(said(child, "date"))
        elif text:
            fields.setdefault(local, []).append(text)
    return fields


def _person(element: Element) -> str:
    """``keyname`` and ``forenames`` of arXiv's own format in reading order."""
    parts = {name(child).rpartition(":")[2]: text_in(child) for child in element}
    named = (parts.get("forenames"), parts.get("keyname"), parts.get("suffix"))
    return " ".join(part for part in named if part) or text_in(element)


def _document(entry: Element, header: str, sets: list[str], found: Found) -> Document | None:
    fields = _fields(entry)

    def first(*keys: str) -> str:
        return next((fields[key][0] for key in keys if fields.get(key)), "")

    everything = [header, *fields.get("identifier", []), *fields.get("id", [])]
    paper_id = next(
        (number for text in everything if "arxiv" in text.lower() and (number := arxiv_id(text))), None
    )
    if paper_id is None and "arxiv" in entry.tag.lower():
        paper_id = arxiv_id(first("id"))
    addresses = [text for text in fields.get("identifier", []) if text.startswith(("http://", "https://"))]
    dois = [
        match[1]
        for text in (*fields.get("doi", []), *everything, *fields.get("relation", []))
        if (match := _DOI.search(text))
    ]
    categories = first("categories").split() or fields.get("subject", [])
    title = tex.accents(first("title"))
    described = (*fields.get("abstract", []), *fields.get("description", []))
    abstract = max(
        (abstract_text(text, indented=paper_id is not None) for text in described), key=len, default=""
    )
    date, notes = _date(fields)
    return paper(
        id=paper_id.document_id if paper_id else header or None,
        reader=READER.name,
        title=title,
        abstract=abstract,
        authors=[tex.accents(_turned(author)) for author in _authors(fields)],
        date=date,
        url=paper_id.url if paper_id else addresses[0] if addresses else None,
        source="arxiv" if paper_id else first("publisher") or None,
        categories=tuple(dict.fromkeys(categories)),
        line=found.line,
        notes=(*found.notes, *notes),
        metadata={
            "arxiv": paper_id.name if paper_id else None,
            "version": _version(paper_id, fields),
            "oai": header,
            "sets": sets,
            "doi": dois[0].rstrip(".,;") if dois else None,
            "language": first("language"),
            "publisher": " ".join(first("publisher").split()),
            "types": fields.get("type", []),
            "comment": " ".join(first("comments").split()),
            "journal": " ".join(first("journal-ref", "source").split()),
            "license": first("license", "rights"),
        },
    )


def _version(paper_id: ArxivId | None, fields: dict[str, list[str]]) -> int | None:
    """The version that a paper's number names, else the last of those listed."""
    listed = [text.lstrip("v") for text in fields.get("version", [])]
    given = paper_id.version if paper_id else None
    return given or (int(listed[-1]) if listed and listed[-1].isdigit() else None)


def _authors(fields: dict[str, list[str]]) -> list[str]:
    if len(fields.get("authors", [])) == 1 and not fields.get("author"):
        line = re.sub(r"\([^()]*\)", "", " ".join(fields["authors"][0].split()))
        return [part.strip() for part in re.split(r",|\s+and\s+", line) if part.strip()]
    return fields.get("creator") or fields.get("author") or fields.get("contributor") or []


def _turned(name_given: str) -> str:
    """``Smith, Jane`` as ``Jane Smith``: Dublin Core puts the family name first."""
    parts = [part.strip() for part in name_given.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else name_given


def _date(fields: dict[str, list[str]]) -> tuple[str | None, tuple[str, ...]]:
    """The earliest date given, and a note where there was one that is none."""
    given = [*fields.get("created", []), *fields.get("date", []), *fields.get("issued", [])]
    read = [date for text in given if (date := parse_date(text))]
    if read:
        return min(read), ()
    return None, tuple(f'the date "{text}" is no date' for text in given[:1])


READER = Reader("oai-pmh", "OAI-PMH records (XML)", (".xml",), sniff, read)
