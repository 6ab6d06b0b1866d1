"""An author page saved as plain text: statistics, then papers with category, date and abstract.

Its fields are fused: ``LGAug 7, 2023`` is a category and a date, ``CLNov 3, 2025Code`` says that
there is code, ``A, B et al. · berkeley`` is a list of authors that was cut, and affiliations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers.comment_page import FURNITURE
from essaysearch.readers.dates import parse_date
from essaysearch.readers.names import authors_of
from essaysearch.readers.paragraphs import blocks_of, paragraphs
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.analysis import fold
from essaysearch.text.ids import derived_document_id, slug

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_RECORD = re.compile(
    rf"^(?P<category>(?:[a-z-]+\.)?[A-Z]{{2,4}}?|[a-z]+-[a-z]+)?[ \t]?"
    rf"(?P<date>{_MONTH}\.? \d{{1,2}}, \d{{4}}|{_MONTH}\.? \d{{4}})(?P<marks>[A-Za-z \t]{{0,80}})$",
    re.MULTILINE,
)
_MARK = re.compile(r"[A-Z][a-z]*")
_COUNT = re.compile(r"^[\d,]+ Papers?$", re.MULTILINE)
_STATISTIC = re.compile(r"(?P<label>[A-Za-z][A-Za-z -]*?)\s*(?P<number>\d[\d,]*(?:\.\d+)?)(?P<percent>%?)")
_TALLY = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<percent>%?)\s*(?P<label>[A-Za-z][A-Za-z -]*)")
_AFFILIATIONS = re.compile(r"\s+·\s+")
_ET_AL = re.compile(r"\bet al\.?", re.IGNORECASE)
_LONGEST_BYLINE = 2_000

# The archive of each arXiv subject that these pages give without it.
_ARCHIVES = {
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS "
    "PF PL RO SC SD SE SI SY",
    "stat": "AP ME ML",
    "eess": "AS IV SP",
    "econ": "EM GN TH",
    "q-bio": "BM CB MN NC PE QM SC TO",
}
_CATEGORIES: dict[str, str] = {}
for _archive, _codes in _ARCHIVES.items():
    for _code in _codes.split():
        _CATEGORIES.setdefault(_code, f"{_archive}.{_code}")


class _Byline(NamedTuple):
    authors: tuple[str, ...]
    complete: bool
    affiliations: tuple[str, ...]


def sniff(source: SourceFile) -> float:
    """Sure of a file with two or more lines of category and date fused."""
    if source.is_binary:
        return 0.0
    fused = sum(1 for match in _records(source.head_text) if match["category"])
    return 0.95 if fused > 1 else 0.9 if fused and _COUNT.search(source.head_text) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One ``abstract`` a paper, then what the page says of its author."""
    text = source.text()
    records = list(_records(text))
    first = records[0].start() if records else len(text)
    owner, facts = _statistics(text[:first])
    if not records:
        yield Skipped(source.path, "The page lists no paper: no line joins a category and a date.")
    ends = [record.start() for record in records[1:]] + [len(text)] * bool(records)
    read_papers = 0
    for record, end in zip(records, ends, strict=True):
        document = _paper(text, record, end, owner)
        if document is None:
            line = text.count("\n", 0, record.start()) + 1
            yield Skipped(source.path, "The record has no title.", f"line {line}")
        else:
            read_papers += 1
            yield document
    yield SourceFacts(source.path, {**facts, "papers_read": read_papers})


def _records(text: str) -> Iterator[re.Match[str]]:
    """The lines that open a record: a date, a category fused before it, capitalised marks behind it."""
    for match in _RECORD.finditer(text):
        if not _MARK.sub("", match["marks"]).strip():
            yield match


def _paper(text: str, record: re.Match[str], end: int, owner: str) -> Document | None:
    title_start, title_end = _line_after(text, record.end(), end)
    title = text[title_start:title_end].strip()
    if not title:
        return None
    start, stop = _body(text, title_end, end)
    byline = _Byline((), True, ())
    first = next(paragraphs(text[start:stop]), None)
    if first and (found := _byline(text[start + first[0] : start + first[1]])):
        byline = found
        start, stop = _body(text, start + first[1], stop)
    hidden = bool(owner) and not any(_same_person(owner, author) for author in byline.authors)
    cut = (
        "the list of authors is cut short"
        if not byline.complete
        else "the paper stands on this author's page"
    )
    metadata: dict[str, Any] = {}
    if byline.affiliations:
        metadata["affiliations"] = list(byline.affiliations)
    marks = _MARK.findall(record["marks"])
    if "Code" in marks:
        metadata["has_code"] = True
    if other := [mark for mark in marks if mark != "Code"]:
        metadata["marks"] = other
    notes = [f"{owner} is counted among the authors: {cut}"] if hidden else []
    if start == stop:
        notes.append(TITLE_ONLY)
    category = record["category"]
    return Document(
        id=derived_document_id(READER.name, owner, title),
        kind="abstract",
        text=text[start:stop],
        blocks=blocks_of(text[start:stop], headings=False),
        title=title,
        authors=(*byline.authors, owner) if hidden else byline.authors,
        authors_complete=byline.complete,
        authors_inferred=(owner,) if hidden else (),
        date=parse_date(record["date"]),
        categories=(_CATEGORIES.get(category, category),) if category else (),
        line=text.count("\n", 0, start if start < stop else record.start()) + 1,
        metadata=metadata,
        notes=tuple(notes),
    )


def _line_after(text: str, at: int, end: int) -> tuple[int, int]:
    """The first line with text in ``text[at:end]``."""
    while at < end and text[at].isspace():
        at += 1
    stop = text.find("\n", at, end)
    return at, end if stop < 0 else stop


def _body(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without spaces around it and without the page's buttons at its end."""
    while start < end and text[start].isspace():
        start += 1
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        begin = max(text.rfind("\n", start, end) + 1, start)
        if begin == end or text[begin:end].strip().lower() not in FURNITURE:
            return start, end
        end = begin


def _byline(line: str) -> _Byline | None:
    """The authors and affiliations on a line; None where it is prose."""
    if "\n" in line or len(line) > _LONGEST_BYLINE:
        return None
    names, *places = _AFFILIATIONS.split(line)
    authors, complete = authors_of(names)
    marked = places or _ET_AL.search(names[-8:])
    if not marked and not all(_could_be_name(author) for author in authors):
        return None
    affiliations = tuple(place.strip() for part in places for place in part.split(",") if place.strip())
    return _Byline(authors, complete, affiliations)


def _could_be_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 6 and text[-1] not in ".!?" and words[0][:1].isupper() and words[-1][:1].isupper()
    )


def _same_person(one: str, other: str) -> bool:
    """Equal folded names, or equal surnames with first names of which one is an initial of the other."""
    first, second = fold(one).replace(".", " ").split(), fold(other).replace(".", " ").split()
    if not first or not second or first[-1] != second[-1]:
        return False
    given, named = first[0], second[0]
    return given == named or (min(len(given), len(named)) == 1 and given[0] == named[0])


def _statistics(head: str) -> tuple[str, dict[str, Any]]:
    """The page's author and its figures: ``h-index54``, ``3,987citations``, ``Novelty55%``."""
    lines = [line.strip() for line in head.split("\n") if line.strip()]
    owner = lines[0] if lines and not _COUNT.fullmatch(lines[0]) and len(lines[0]) <= 80 else ""
    facts: dict[str, Any] = {"author": owner} if owner else {}
    other = []
    for line in lines[1 if owner else 0 :]:
        match = _STATISTIC.fullmatch(line) or _TALLY.fullmatch(line)
        if match:
            key = slug(match["label"]).replace("-", "_") + ("_percent" if match["percent"] else "")
            number = match["number"].replace(",", "")
            facts.setdefault(key, float(number) if "." in number else int(number))
        else:
            other.append(line)
    if other:
        facts["other"] = other
    return owner, facts


READER = Reader("author-page", "an author page with papers, saved as plain text", (".txt",), sniff, read)
