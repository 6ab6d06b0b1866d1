"""Bibliographies: BibTeX (also BibLaTeX), RIS, and what EndNote and PubMed export.

A reference becomes its abstract; one without an abstract is its title. TeX is resolved in
every field but formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.bibtex import cut_at_entries, entries
from essaysearch.readers.bibtex_reference import entry_document
from essaysearch.readers.protocol import Reader
from essaysearch.readers.ris import records
from essaysearch.readers.ris_reference import record_document
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
        document = entry_document(entry)
        if entry.problem and document is None:
            yield Skipped(
                source.path, f"The entry {entry.key or 'without a key'} is malformed: {entry.problem}.", place
            )
        else:
            yield document or f"line {entry.line}"


def _of_ris(source: SourceFile) -> Iterator[Document | Skipped | str]:
    decoded = ((number, source.decode(line)) for number, line in source.lines())
    bare = bool(_WEB_OF_SCIENCE.match(source.head_text))
    for record in records(decoded, bare):
        document = record_document(record)
        yield document or f"line {record.line}"


READER = Reader(
    "bibliography", "BibTeX and RIS bibliographies", (".bib", ".ris", ".bibtex", ".enw", ".nbib"), sniff, read
)
