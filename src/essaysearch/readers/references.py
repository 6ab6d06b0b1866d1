"""What every bibliography makes of a reference: its names in reading order, its id, its document."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from essaysearch.model import Document
from essaysearch.readers import tex
from essaysearch.readers.abstracts import paper
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.arxiv_ids import ArxivId
from essaysearch.readers.names import SUFFIXES

DOI = re.compile(r"\b10\.\d{4,9}/[^\s{}\"<>]+")
_SEPARATED = re.compile(r"\s*[;,\n]\s*")


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


def split_keywords(values: list[str]) -> tuple[str, ...]:
    """The keywords of a reference, each once: one value may hold several."""
    split: Callable[[str], list[str]] = _SEPARATED.split if len(values) == 1 else str.splitlines
    return tuple(dict.fromkeys(word for value in values for part in split(value) if (word := part.strip())))


def reference(reader: str, arxiv: ArxivId | None, doi: str, **fields: Any) -> Document | None:
    """The document, called by its arXiv number, else its DOI, its address, its first author and title."""
    metadata = {"doi": doi, "arxiv": arxiv.name if arxiv else None, **fields.pop("metadata")}
    given = fields.pop("url")
    url = f"https:{given}" if given.startswith("//") else given
    url = url or (arxiv.url if arxiv else f"https://doi.org/{doi}" if doi else None)
    identity = arxiv.document_id if arxiv else f"doi:{doi.lower()}" if doi else id_of_address(url or "")
    if not identity and metadata.get("pubmed"):
        identity = f"pmid:{metadata['pubmed']}"
    return paper(id=identity, reader=reader, url=url, metadata=metadata, **fields)
