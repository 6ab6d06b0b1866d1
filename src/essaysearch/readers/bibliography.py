"""Bibliographies: BibTeX (also BibLaTeX), RIS, and what EndNote and PubMed export.

A reference becomes its abstract; one without an abstract is its title. TeX is resolved in
every field but formulas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import tex
from essaysearch.readers.abstracts import abstract_text, entities_decoded, joined_lines, paper, untagged
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.arxiv_ids import ArxivId, arxiv_id
from essaysearch.readers.bibtex import Entry, cut_at_entries, entries
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.names import SUFFIXES
from essaysearch.readers.protocol import Reader
from essaysearch.readers.ris import Record, records
from essaysearch.readers.source import SourceFile
from essaysearch.readers.streamed import text_pieces
from essaysearch.readers.tally import Tally

_BIBTEX = re.compile(
    r"^[ \t]*@[ \t]*([A-Za-z]+)\s*[{(]\s*(?:[^,={}\n]{1,200}[,\n]|,)?[\s,]*[A-Za-z_][\w-]*\s*=", re.M
)
_RIS = re.compile(r"^TY  ?-|\A\s*(?:[A-Z][A-Z0-9]  - .*\n){3}", re.M)
_WEB_OF_SCIENCE = re.compile(r"\A\s*FN .*\n(?:VR .*\n)?\s*PT \S|\A\s*PT [A-Z]\n(?:AU|TI|AF|CA|TY|BA) ")
_ENDNOTE = re.compile(r"\A\s*%0 \S.*\n%[A-Z0-9@] ")
_PUBMED = re.compile(r"\A\s*PMID- ?\d+\n")
# An entity, bare or with the escapes that TeX wants: ``&amp;``, ``{\\&}amp;``, ``\\&\\#8217;``.
_ENTITY_SIGNS = re.compile(r"\{*\\?&\}*(?:\{*\\?(#)\}*(?=\d{1,7};|x[0-9a-f]{1,6};)|(?=[a-z]{2,8};))", re.I)
_AND = re.compile(r"\s+and\s+", re.I)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s{}\"<>]+")
_SEPARATED = re.compile(r"\s*[;,\n]\s*")
_NEXT_ADDRESS = re.compile(r"[;,\s]+(?=https?://)")

_RIS_TAGS: dict[str, tuple[str, ...]] = {
    "title": ("TI", "T1", "CT", "BT", "%T"),
    "abstract": ("AB", "N2", "%X"),
    "authors": ("A1", "AU", "A0", "%A"),
    "editors": ("A2", "ED", "%E"),
    "date": ("DA", "PY", "Y1", "DP", "EY", "%D", "%8"),
    "url": ("UR", "L2", "LK", "%U"),
    "doi": ("DO", "DI", "M3", "AID", "LID", "%R"),
    "journal": ("JO", "JF", "T2", "JT", "JA", "SO", "%J", "%B"),
    "keywords": ("KW", "OT", "MH", "DE", "%K"),
    "language": ("LA", "%G"),
    "publisher": ("PB", "%I"),
    "volume": ("VL", "VI", "%V"),
    "issue": ("IP", "IS", "%N"),
}


def sniff(source: SourceFile) -> float:
    """Sure of an entry with a field, and of RIS's first tag."""
    text = source.head_text
    if _is_tagged(text):
        return 0.95
    match = _BIBTEX.search(text)
    if not match:
        return 0.0
    # An entry shown in a page or an essay does not make it a bibliography.
    before = [line for line in text[: match.start()].split("\n") if line.strip()]
    alone = before[:1] == [] or before[0].lstrip().startswith("@") or all(line[0] == "%" for line in before)
    return 0.95 if alone or source.suffix in READER.suffixes else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a reference."""
    tally = Tally(source)
    count = 0
    for reading in _of_ris(source) if _is_tagged(source.head_text) else _of_bibtex(source):
        count += 1
        if isinstance(reading, str):
            tally.add("reference has", "references have", "neither a title nor an abstract", reading)
        else:
            yield reading
    yield from tally.skipped()
    if not count:
        yield Skipped(source.path, "The file holds no references.")


def _is_tagged(text: str) -> bool:
    """Whether it is RIS or one of its relatives: lines of a tag and a value."""
    return bool(
        _RIS.search(text[:4096]) or _ENDNOTE.match(text) or _PUBMED.match(text) or _WEB_OF_SCIENCE.match(text)
    )


def _of_bibtex(source: SourceFile) -> Iterator[Document | Skipped | str]:
    for entry in entries(lambda: cut_at_entries(text_pieces(source))):
        place = f"line {entry.line}"
        document = _bibtex_document(entry)
        if entry.problem and document is None:
            yield Skipped(
                source.path, f"The entry {entry.key or 'without a key'} is malformed: {entry.problem}.", place
            )
        else:
            yield document or f"line {entry.line}"


def _bibtex_document(entry: Entry) -> Document | None:
    fields = {name: _decoded(value) for name, value in entry.fields.items()}

    def field(*names: str) -> str:
        return next((text for name in names if (text := _plain(fields.get(name, "")))), "")

    authors, complete = _people(fields.get("author") or fields.get("editor") or "")
    date, notes = _bibtex_date(fields)
    doi = _DOI.search(_address(fields.get("doi", "")))
    arxiv = _eprint(fields) or (arxiv_id(doi[0]) if doi and "arxiv" in doi[0].lower() else None)
    subtitle = field("subtitle")
    title = field("title", "booktitle")
    if entry.problem:
        notes = (*notes, f"the entry is malformed ({entry.problem}); what stands before was read")
    return _reference(
        arxiv,
        doi[0].rstrip(".,;") if doi else "",
        title=f"{title}: {subtitle}" if subtitle else title,
        abstract=_abstract(fields.get("abstract") or fields.get("abstractnote") or ""),
        authors=authors,
        authors_complete=complete,
        date=date,
        url=_address(fields.get("url", "")),
        categories=_split_keywords([field("keywords", "keyword")]),
        line=entry.line,
        notes=notes,
        metadata={
            "key": entry.key,
            "type": entry.kind,
            "journal": field("journal", "journaltitle", "booktitle"),
            "publisher": field("publisher", "school", "institution"),
            "volume": field("volume"),
            "issue": field("number", "issue"),
            "pages": field("pages"),
            "language": field("language", "langid"),
            "note": field("note", "annote", "annotation"),
        },
    )


def _decoded(value: str) -> str:
    """A value without HTML's entities, which some exporters leave in and others escape as TeX does."""
    if "&" not in value:
        return value
    return entities_decoded(_ENTITY_SIGNS.sub(lambda match: f"&{match[1] or ''}", value))


def _plain(text: str) -> str:
    return " ".join(untagged(tex.plain(text)).split())


def _abstract(text: str) -> str:
    """A field that may hold several paragraphs: TeX is resolved in each on its own.

    Some exporters leave HTML in it, others escape backslashes (``$\\backslash$``).
    """
    text = text.replace("$\\backslash$", "\\")
    paragraphs = joined_lines(abstract_text(text)).split("\n\n")
    return "\n\n".join(plain for paragraph in paragraphs if (plain := tex.plain(paragraph)))


def _people(text: str) -> tuple[list[str], bool]:
    """Names joined by "and", in reading order; a name in braces of its own is taken whole."""
    guarded, depth, out = [], 0, []
    for character in text:
        depth += (character == "{") - (character == "}")
        out.append("\ue002" if depth > 0 and character.isspace() else character)
    for part in _AND.split("".join(out)):
        if part.strip():
            guarded.append(part.replace("\ue002", " ").strip())
    complete = not guarded or guarded[-1].lower() not in ("others", "et al.", "et al")
    return [turned(part) for part in (guarded if complete else guarded[:-1])], complete


def turned(person: str) -> str:
    """``von Last, Jr, First`` (BibTeX) and ``von Last, First, Jr`` (RIS) as ``First von Last Jr``."""
    if person.startswith("{") and person.endswith("}"):
        return tex.plain(person)
    parts = [tex.plain(part) for part in person.split(",")]
    if len(parts) == 2:
        return f"{parts[1]} {parts[0]}".strip()
    if len(parts) == 3 and parts[2].lower() in SUFFIXES:
        return f"{parts[1]} {parts[0]} {parts[2]}".strip()
    if len(parts) == 3:
        return f"{parts[2]} {parts[0]} {parts[1]}".strip()
    return " ".join(part for part in parts if part)


def _bibtex_date(fields: dict[str, str]) -> tuple[str | None, tuple[str, ...]]:
    given = tex.plain(fields.get("date", ""))
    year, month, day = (tex.plain(fields.get(name, "")) for name in ("year", "month", "day"))
    if day.isdigit() and year and month and (full := _dated(year, month, day)):
        return full, ()
    for text in (
        given.split("/")[0],
        f"{month} {year}" if month else "",
        f"{year}-{month:0>2}" if month.isdigit() else "",
        year,
    ):
        if text and (date := parse_date(text)):
            return date, ()
    said = given or year
    return None, no_date(said, None)


def _dated(year: str, month: str, day: str) -> str | None:
    return parse_date(f"{year}-{month:0>2}-{day:0>2}" if month.isdigit() else f"{day} {month} {year}")


def _address(text: str) -> str:
    """An address or DOI without the braces and backslashes that TeX wants around its signs."""
    return text.replace("\\", "").replace("{", "").replace("}", "").strip()


def _eprint(fields: dict[str, str]) -> ArxivId | None:
    prefix = (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower()
    eprint = tex.plain(fields.get("eprint", ""))
    if eprint and prefix in ("arxiv", ""):
        found = arxiv_id(eprint)
        if found:
            return found
    for name in ("arxivid", "url", "journal", "note", "howpublished"):
        text = fields.get(name, "")
        if (name == "arxivid" or "arxiv" in text.lower()) and (
            found := arxiv_id(text.replace("arXiv:", "arXiv: "))
        ):
            return found
    return None


def _of_ris(source: SourceFile) -> Iterator[Document | Skipped | str]:
    decoded = ((number, source.decode(line)) for number, line in source.lines())
    bare = bool(_WEB_OF_SCIENCE.match(source.head_text))
    for record in records(decoded, bare):
        document = _ris_document(record)
        yield document or f"line {record.line}"


def _ris_document(record: Record) -> Document | None:
    tags = record.tags

    def every(name: str) -> list[str]:
        return next((tags[tag] for tag in _RIS_TAGS[name] if any(tags.get(tag, ()))), [])

    def first(name: str) -> str:
        return next((value for value in every(name) if value), "")

    dates = [date for tag in _RIS_TAGS["date"] for value in tags.get(tag, ()) if (date := _ris_date(value))]
    given = first("date")
    doi = next(
        (
            m[0]
            for tag in (*_RIS_TAGS["doi"], *_RIS_TAGS["url"])
            for v in tags.get(tag, ())
            if (m := _DOI.search(v))
        ),
        "",
    )
    arxiv = next((found for v in every("url") if "arxiv.org" in v and (found := arxiv_id(v))), None)
    notes = () if dates or not given else (f'the date "{given}" is no date',)
    if not record.ended:
        notes = (*notes, "the record has no end mark (ER)")
    # PubMed gives each author twice, whole and short; A1 and AU are different authors.
    authors = (
        tags.get("FAU")
        or tags.get("AF")
        or [name for tag in _RIS_TAGS["authors"] for name in tags.get(tag, ())]
    )
    title = first("title") or (first("journal") if not first("abstract") else "")
    return _reference(
        arxiv,
        doi.rstrip(".,;"),
        title=title,
        abstract=abstract_text("\n\n".join(every("abstract"))),
        authors=[turned(author) for author in authors or every("editors")],
        authors_complete=True,
        date=max(dates, key=len) if dates else None,
        url=_NEXT_ADDRESS.split(first("url"))[0],
        categories=_split_keywords([word.replace("*", "") for word in every("keywords")]),
        line=record.line,
        notes=notes,
        metadata={
            "type": next(iter(tags.get("TY", tags.get("%0", []))), ""),
            "journal": first("journal") if first("title") else "",
            "publisher": first("publisher"),
            "volume": first("volume"),
            "issue": first("issue"),
            "language": first("language"),
            "pubmed": next(iter(tags.get("PMID", [])), ""),
        },
    )


def _ris_date(text: str) -> str | None:
    """``2018/06/01/`` and its kin; slashes that part nothing are dropped."""
    year, *rest = (part.strip() for part in text.split("/"))
    numbers = [part for part in rest[:2] if part.isdigit()]
    return parse_date("-".join((year, *(number.zfill(2) for number in numbers)))) if year else None


def _split_keywords(values: list[str]) -> tuple[str, ...]:
    split: Callable[[str], list[str]] = _SEPARATED.split if len(values) == 1 else str.splitlines
    return tuple(dict.fromkeys(word for value in values for part in split(value) if (word := part.strip())))


def _reference(arxiv: ArxivId | None, doi: str, **fields: Any) -> Document | None:
    """The document, called by its arXiv number, else its DOI, its address, its first author and title."""
    metadata = {"doi": doi, "arxiv": arxiv.name if arxiv else None, **fields.pop("metadata")}
    given = fields.pop("url")
    url = f"https:{given}" if given.startswith("//") else given
    url = url or (arxiv.url if arxiv else f"https://doi.org/{doi}" if doi else None)
    identity = arxiv.document_id if arxiv else f"doi:{doi.lower()}" if doi else id_of_address(url or "")
    if not identity and metadata.get("pubmed"):
        identity = f"pmid:{metadata['pubmed']}"
    return paper(id=identity, reader=READER.name, url=url, metadata=metadata, **fields)


READER = Reader(
    "bibliography", "BibTeX and RIS bibliographies", (".bib", ".ris", ".bibtex", ".enw", ".nbib"), sniff, read
)
