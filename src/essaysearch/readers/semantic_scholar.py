"""Semantic Scholar: searches, citations, references and single papers, as JSON or as recorded answers.

An abstract may be missing; then the paper is its title. What a citing paper says about the one
it cites (``contexts``) is kept in the metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers.abstracts import abstract_text, paper, untagged
from essaysearch.readers.arxiv_ids import arxiv_id
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.json_text import parse, values
from essaysearch.readers.names import authors_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.recorded import is_recording, responses
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_PAPER = re.compile(
    r'"(?:paperId|corpusId|corpusid|citingPaper|citedPaper|recommendedPapers|paperAbstract|s2orc_url)"\s*:'
)
_HOST = "semanticscholar.org"
_LISTS = ("data", "recommendedPapers", "papers", "citations", "references")
_WRAPPED = ("citingPaper", "citedPaper")


def sniff(source: SourceFile) -> float:
    """Sure of JSON with this interface's paper ids, and of recorded answers of its host."""
    text = source.head_text
    if is_recording(source):
        return 0.97 if _HOST in text else 0.0
    start = text.lstrip("\ufeff \n\t")
    if not start.startswith(("{", "[")) or not _PAPER.search(text):
        return 0.0
    return 0.95 if '"title"' in text else 0.5


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a paper."""
    tally = Tally(source)
    seen: set[str] = set()
    # Pages of one recording overlap; in a long dump the ids would fill the memory.
    repeats = is_recording(source)
    found = 0
    for value, place, line in _answers(source):
        if isinstance(value, Skipped):
            yield value
            continue
        error = _error(value)
        if error:
            yield Skipped(source.path, f'Semantic Scholar answered with an error: "{error}".', place)
            continue
        facts = _facts(value)
        if facts:
            yield SourceFacts(source.path, facts)
        for record, context in _papers(value):
            found += 1
            document = _document(record, context, line) if record is not None else None
            if document is None and record is not None and "authorId" in record:
                tally.add("entry is an author", "entries are authors", "and no paper", place)
            elif document is None:
                tally.add("paper has", "papers have", "neither a title nor an abstract", place)
            elif repeats and document.id in seen:
                tally.add("paper stands", "papers stand", "here a second time", document.id)
            else:
                if repeats:
                    seen.add(document.id)
                yield document
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The answer holds no papers.")


def _answers(source: SourceFile) -> Iterator[tuple[Any, str, int]]:
    """The JSON values of the file with their places; a `Skipped` for what is no JSON."""
    if not is_recording(source):
        for value, line, problem in values(source):
            place = f"line {line}"
            if problem:
                yield (
                    Skipped(source.path, f"The JSON is damaged ({problem}); what is whole was read.", place),
                    place,
                    line,
                )
            if value is not None:
                yield value, place, line
        return
    for response in responses(source):
        if response.problem:
            yield Skipped(source.path, response.problem, response.place), response.place, 0
            continue
        value, _, problem = parse(response.text)
        if problem:
            reason = f"The answer's JSON is damaged ({problem}); what is whole was read."
            yield Skipped(source.path, reason, response.place), response.place, 0
        if value is not None:
            yield value, response.place, 0


def _error(value: Any) -> str:
    if not isinstance(value, dict) or any(key in value for key in (*_LISTS, "paperId", "title")):
        return ""
    return str(value.get("error") or value.get("message") or "")


def _facts(value: Any) -> dict[str, Any]:
    keys = ("total", "token")
    return (
        {key: value[key] for key in keys if key in value}
        if isinstance(value, dict) and "data" in value
        else {}
    )


def _papers(value: Any) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
    """The papers in an answer, each with what its place in a list says of it."""
    if isinstance(value, list):
        for entry in value:
            yield from _papers(entry)
    elif isinstance(value, dict):
        lists = [value[key] for key in _LISTS if isinstance(value.get(key), list)]
        if (
            "paperId" in value
            or "corpusid" in value
            or "paper_id" in value
            or ("title" in value and not lists)
        ):
            yield value, {}
            return
        for wrapped in _WRAPPED:
            if isinstance(value.get(wrapped), dict):
                rest = {key: value[key] for key in ("contexts", "intents", "isInfluential") if value.get(key)}
                yield (
                    value[wrapped],
                    {("cites" if wrapped == "citingPaper" else "cited by"): rest} if rest else {},
                )
                return
        for entries in lists:
            for entry in entries:
                if isinstance(entry, dict):
                    yield from _papers(entry)
                else:
                    yield None, {}
        if not lists and value:
            yield value, {}


def _document(record: dict[str, Any], context: dict[str, Any], line: int) -> Document | None:
    external = record.get("externalIds") or record.get("externalids")
    ids = external if isinstance(external, dict) else {}
    identity = _text(record, "paperId", "paper_id", "corpusId", "corpusid", "id")
    arxiv = arxiv_id(str(ids.get("ArXiv") or ids.get("arxiv") or record.get("arxiv_id") or ""))
    fields = record.get("fieldsOfStudy") or [
        entry.get("category") for entry in record.get("s2FieldsOfStudy") or () if isinstance(entry, dict)
    ]
    authors, complete = authors_of(_named(record.get("authors")))
    journal = record.get("journal")
    given = _text(record, "publicationDate", "publicationdate") or _text(record, "year")
    date = parse_date(given) or parse_date(_text(record, "year"))
    return paper(
        id=f"s2:{identity}" if identity else None,
        reader=READER.name,
        title=untagged(_text(record, "title"), entities=True),
        abstract=abstract_text(untagged(_text(record, "abstract", "paperAbstract"), entities=True)),
        authors=authors,
        authors_complete=complete,
        date=date,
        notes=no_date(given, date),
        url=_text(record, "url", "s2Url")
        or (f"https://www.semanticscholar.org/paper/{identity}" if identity else None),
        source="semantic scholar",
        categories=tuple(dict.fromkeys(field for field in fields if isinstance(field, str))),
        line=line,
        metadata={
            "doi": str(ids.get("DOI") or ids.get("doi") or _text(record, "doi")),
            "arxiv": arxiv.name if arxiv else None,
            "acl": str(ids.get("ACL") or ids.get("acl") or ""),
            "venue": _text(record, "venue"),
            "journal": _text(journal, "name") if isinstance(journal, dict) else None,
            "citations": record.get("citationCount", record.get("citationcount")),
            **context,
        },
    )


def _named(authors: Any) -> Any:
    """Authors whose names stand in parts (S2ORC) with their names whole; any others as they are."""
    if not isinstance(authors, list):
        return authors
    return [_whole(one) if isinstance(one, dict) and "last" in one else one for one in authors]


def _whole(person: dict[str, Any]) -> str:
    middle = person.get("middle")
    middles = middle if isinstance(middle, list) else [middle]
    parts = (person.get("first"), *middles, person.get("last"), person.get("suffix"))
    return " ".join(part for part in parts if isinstance(part, str) and part)


def _text(record: dict[str, Any], *keys: str) -> str:
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


READER = Reader(
    "semantic-scholar", "Semantic Scholar answers", (".json", ".jsonl", ".yaml", ".yml"), sniff, read
)
