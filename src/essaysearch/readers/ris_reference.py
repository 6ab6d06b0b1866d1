"""Tagged references (RIS, EndNote, PubMed, Web of Science): which tag says what, in each of them."""

from __future__ import annotations

import re

from essaysearch.model import Document
from essaysearch.readers.abstracts import abstract_text
from essaysearch.readers.arxiv_ids import arxiv_id
from essaysearch.readers.dates import parse_date
from essaysearch.readers.references import DOI, reference, split_keywords, turned
from essaysearch.readers.ris import Record

_NEXT_ADDRESS = re.compile(r"[;,\s]+(?=https?://)")

_TAGS: dict[str, tuple[str, ...]] = {
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


def record_document(record: Record) -> Document | None:
    """The document of a record; None where it has neither a title nor an abstract."""
    tags = record.tags

    def every(name: str) -> list[str]:
        return next((tags[tag] for tag in _TAGS[name] if any(tags.get(tag, ()))), [])

    def first(name: str) -> str:
        return next((value for value in every(name) if value), "")

    dates = [date for tag in _TAGS["date"] for value in tags.get(tag, ()) if (date := _ris_date(value))]
    given = first("date")
    doi = next(
        (m[0] for tag in (*_TAGS["doi"], *_TAGS["url"]) for v in tags.get(tag, ()) if (m := DOI.search(v))),
        "",
    )
    arxiv = next((found for v in every("url") if "arxiv.org" in v and (found := arxiv_id(v))), None)
    notes = () if dates or not given else (f'the date "{given}" is no date',)
    if not record.ended:
        notes = (*notes, "the record has no end mark (ER)")
    # PubMed gives each author twice, whole and short; A1 and AU are different authors.
    authors = (
        tags.get("FAU") or tags.get("AF") or [name for tag in _TAGS["authors"] for name in tags.get(tag, ())]
    )
    title = first("title") or (first("journal") if not first("abstract") else "")
    return reference(
        "bibliography",
        arxiv,
        doi.rstrip(".,;"),
        title=title,
        abstract=abstract_text("\n\n".join(every("abstract"))),
        authors=[turned(author) for author in authors or every("editors")],
        authors_complete=True,
        date=max(dates, key=len) if dates else None,
        url=_NEXT_ADDRESS.split(first("url"))[0],
        categories=split_keywords([word.replace("*", "") for word in every("keywords")]),
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
