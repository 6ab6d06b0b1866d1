"""Test collections and their files: documents, queries, judgments (qrels) and runs.

Two layouts are read. BEIR: ``corpus.jsonl``, ``queries.jsonl``, ``qrels.tsv`` (or
``qrels/test.tsv``). TREC: documents in ``<DOC>`` elements, topics in ``<top>`` elements, qrels
and runs in columns. Every file may be gzipped. What a file holds that cannot be used is said in
a sentence, counted, and left out; nothing is dropped in silence.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from essaysearch.errors import ReadError
from essaysearch.model import Document
from essaysearch.readers.jsonl import read as read_json_lines
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.source import SourceFile

Qrels = Mapping[str, Mapping[str, int]]
"""For each query id its judged document ids with their grades; above 0 is relevant."""

Run = Mapping[str, Sequence[tuple[str, float]]]
"""For each query id its (document id, score), best first, each document once."""

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a collection; the documents in ``exclude`` are left out of its ranking."""

    id: str
    text: str
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection as read from a directory.

    ``corpus`` are the files with its documents, ``document_ids`` the ids in them. ``qrels`` keep
    judged ids that the corpus lacks. ``warnings`` are sentences on what does not fit together.
    """

    name: str
    corpus: tuple[Path, ...]
    layout: str
    document_ids: frozenset[str]
    queries: tuple[Query, ...]
    qrels: Qrels
    warnings: tuple[str, ...] = ()

    @property
    def judged_queries(self) -> tuple[Query, ...]:
        """The queries with at least one relevant judgment: those that measures average over."""
        return tuple(q for q in self.queries if any(grade > 0 for grade in self.qrels.get(q.id, {}).values()))


def read_collection(directory: str | Path) -> Collection:
    """The collection in a directory, in the BEIR or the TREC layout.

    Raises `ReadError` where documents, queries or judgments are missing or unreadable.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise ReadError(f"{directory}: is no directory; give the directory of a test collection.")
    if corpus := _find(directory, "corpus.jsonl*"):
        layout, corpus = "beir", corpus[:1]
        queries_at = _find(directory, "queries.jsonl*")
        qrels_at = _find(directory, "qrels.tsv*", "qrels/test.tsv*", "qrels/*.tsv*")
    else:
        layout, corpus = "trec", _find(directory, "*.trec", "*.trec.gz", "*.sgml*", "docs*", "documents*")
        queries_at = _find(directory, "topics*", "queries*")
        qrels_at = _find(directory, "*qrels*", "*qrel*")
        corpus = [path for path in corpus if path not in queries_at and path not in qrels_at]
    for found, wanted in (
        (corpus, "documents (corpus.jsonl, or *.trec)"),
        (queries_at, "queries (queries.jsonl, or topics*)"),
        (qrels_at, "judgments (qrels.tsv, or *qrels*)"),
    ):
        if not found:
            raise ReadError(f"{directory}: holds no {wanted}; both may be gzipped.")
    warnings: list[str] = []
    qrels = read_qrels(qrels_at[0], warnings)
    queries = _queries(queries_at[0], layout, warnings)
    times = Counter(_document_ids(corpus, layout, warnings))
    ids = frozenset(times)
    if not ids:
        warnings.append(f"{corpus[0]} holds no document, so no query finds anything.")
    if repeated := [identity for identity, count in times.items() if count > 1]:
        warnings.append(f"{_some(repeated, 'document id')} given more than once; each is one document.")
    warnings += _misfits(ids, queries, qrels)
    return Collection(
        directory.resolve().name, tuple(corpus), layout, ids, tuple(queries), qrels, tuple(warnings)
    )


def documents(collection: Collection) -> Iterator[Document]:
    """The collection's documents, in the order of its files, ids as they stand in the judgments."""
    for path in collection.corpus:
        if collection.layout == "trec":
            yield from (_trec_document(identity, body) for identity, body in _trec_elements(path, "DOC"))
        else:
            yield from (r for r in read_json_lines(SourceFile(str(path))) if isinstance(r, Document))


def read_qrels(path: str | Path, warnings: list[str] | None = None) -> dict[str, dict[str, int]]:
    """Judgments from lines of ``query 0 document grade`` (TREC) or ``query document grade`` (BEIR).

    A heading line is passed over. Of contradictory grades for one pair the higher counts.
    """
    said: list[str] = [] if warnings is None else warnings
    qrels: dict[str, dict[str, int]] = {}
    unusable: list[int] = []
    contradictory: list[str] = []
    for number, line in _lines(path):
        fields = [part.strip() for part in (line.split("\t") if "\t" in line else line.split())]
        if number == 1 and fields[-1].isalpha():
            continue
        try:
            query, document, grade = fields[0], fields[-2], int(float(fields[-1]))
        except (ValueError, IndexError, OverflowError):
            query = document = ""
        if not query or not document or len(fields) not in (3, 4):
            unusable.append(number)
            continue
        judged = qrels.setdefault(query, {})
        if judged.get(document, grade) != grade:
            contradictory.append(f"{query} {document}")
        judged[document] = max(grade, judged.get(document, grade))
    if unusable:
        said.append(f"{_lines_of(unusable)} of {path} could not be read as judgments and are left out.")
    if contradictory:
        said.append(
            f"{_some(contradictory, 'query and document pair')} judged more than once, with different "
            "grades; the higher grade counts."
        )
    return qrels


def write_qrels(path: str | Path, qrels: Qrels) -> None:
    """Writes judgments in TREC's four columns, in the order given."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for query, judged in qrels.items():
            file.writelines(f"{query} 0 {document} {grade}\n" for document, grade in judged.items())


def read_run(path: str | Path, warnings: list[str] | None = None) -> dict[str, list[tuple[str, float]]]:
    """A run from TREC's six columns, ``query Q0 document rank score tag``, ordered by score.

    Equal scores keep the order of their ranks; of a document met twice the better place counts.
    """
    said: list[str] = [] if warnings is None else warnings
    rows: dict[str, list[tuple[float, int, str]]] = {}
    unusable: list[int] = []
    for number, line in _lines(path):
        fields = line.split()
        try:
            query, _, document, rank, score = fields[:5]
            rows.setdefault(query, []).append((-float(score), int(rank), document))
        except ValueError:
            unusable.append(number)
    if unusable:
        said.append(f"{_lines_of(unusable)} of {path} could not be read as a run and are left out.")
    run = {}
    for query, found in rows.items():
        best: dict[str, float] = {}
        for negative, _, document in sorted(found):
            best.setdefault(document, -negative)
        run[query] = list(best.items())
    return run


def write_run(path: str | Path, run: Run, tag: str = "essaysearch") -> None:
    """Writes a run in TREC's six columns; scores in full, so that it reads back equal."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for query, ranking in run.items():
            for rank, (document, score) in enumerate(ranking, 1):
                file.write(f"{query} Q0 {document} {rank} {score!r} {tag}\n")


def _find(directory: Path, *patterns: str) -> list[Path]:
    """The files of the first pattern that has any, in the order of their names."""
    for pattern in patterns:
        found = sorted(path for path in directory.glob(pattern) if path.is_file())
        if found:
            return found
    return []


def _lines(path: str | Path) -> Iterator[tuple[int, str]]:
    for number, line in SourceFile(str(path)).lines():
        text = line.decode("utf-8", "replace")
        if text.strip():
            yield number, text


def _objects(path: Path, warnings: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file with an ``_id``; lines that are none are warned of at the end."""
    unusable: list[int] = []
    for number, line in _lines(path):
        try:
            record = json.loads(line, strict=False)
        except ValueError:
            record = None
        if isinstance(record, dict) and record.get("_id") not in (None, ""):
            yield number, record
        else:
            unusable.append(number)
    if unusable:
        warnings.append(f"{_lines_of(unusable)} of {path} are no objects with an _id and are left out.")


def _queries(path: Path, layout: str, warnings: list[str]) -> list[Query]:
    read: Callable[[Path, list[str]], Iterator[Query]] = (
        _trec_topics if layout == "trec" and ".jsonl" not in path.name else _beir_queries
    )
    queries: dict[str, Query] = {}
    repeated: list[str] = []
    for query in read(path, warnings):
        if queries.setdefault(query.id, query) is not query:
            repeated.append(query.id)
    if repeated:
        warnings.append(f"{_some(repeated, 'query id')} given more than once; the first counts.")
    return list(queries.values())


def _beir_queries(path: Path, warnings: list[str]) -> Iterator[Query]:
    for _, record in _objects(path, warnings):
        exclude = record.get("exclude") or ()
        if not isinstance(exclude, list | tuple):
            exclude = (exclude,)
        yield Query(str(record["_id"]), str(record.get("text") or ""), frozenset(map(str, exclude)))


def _trec_topics(path: Path, warnings: list[str]) -> Iterator[Query]:
    """Topics' numbers and titles (the description where there is no title)."""
    text = SourceFile(str(path)).text()
    for match in re.finditer(r"<top>(.*?)(?:</top>|(?=<top>)|\Z)", text, re.DOTALL | re.IGNORECASE):
        parts = dict(re.findall(r"<(num|title|desc)>([^<]*)", match[1].replace("\r", ""), re.IGNORECASE))
        parts = {name.lower(): value for name, value in parts.items()}
        number = re.search(r"\d[\w-]*", parts.get("num", ""))
        words = [re.sub(r"^\s*(Topic|Description):", "", parts.get(part, "")) for part in ("title", "desc")]
        wanted = next((" ".join(w.split()) for w in words if w.strip()), "")
        if number:
            yield Query(number[0].lstrip("0") or "0", wanted)
        else:
            warnings.append(f"A topic of {path} has no number and is left out.")


def _document_ids(corpus: Iterable[Path], layout: str, warnings: list[str]) -> Iterator[str]:
    if layout == "trec":
        return (identity for path in corpus for identity, _ in _trec_elements(path, "DOC"))
    return (str(record["_id"]) for path in corpus for _, record in _objects(path, warnings))


def _trec_elements(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """(DOCNO, content) of each element of a file, one at a time."""
    held: list[str] = []
    opened = False
    for _, line in chain(_lines(path), [(0, f"</{name}>")]):
        opened = opened or f"<{name}>" in line.upper()
        if opened:
            held.append(line)
        if opened and f"</{name}>" in line.upper():
            text = "\n".join(held)
            number = re.search(r"<DOCNO>\s*(\S+?)\s*</DOCNO>", text, re.IGNORECASE)
            if number:
                yield number[1], text
            held, opened = [], False


def _trec_document(identity: str, content: str) -> Document:
    title = re.search(r"<(TITLE|HEADLINE|HL)>(.*?)</\1>", content, re.DOTALL | re.IGNORECASE)
    bodies = re.findall(r"<(TEXT|BODY|ABSTRACT)>(.*?)</\1>", content, re.DOTALL | re.IGNORECASE)
    body = "\n\n".join(re.sub(r"</?[A-Za-z][^<>]*>", " ", text).strip() for _, text in bodies)
    named = " ".join(title[2].split()) if title else None
    return Document(
        id=identity, kind="page", text=body, blocks=blocks_of(body, headings=False), title=named or None
    )


def _misfits(ids: frozenset[str], queries: Sequence[Query], qrels: Qrels) -> list[str]:
    """Sentences on what of documents, queries and judgments does not fit together."""
    known = {query.id for query in queries}
    lacking = sorted({document for judged in qrels.values() for document in judged} - ids)
    orphans = [query for query in qrels if query not in known]
    unjudged = [query.id for query in queries if not qrels.get(query.id)]
    fruitless = [q.id for q in queries if qrels.get(q.id) and max(qrels[q.id].values()) <= 0]
    empty = [query.id for query in queries if not query.text.strip()]
    rows = (
        (lacking, "judged document", "not in the corpus; they stay in the ideal ranking"),
        (orphans, "judged query id", "not among the queries; their judgments are not used"),
        (unjudged, "query", "without judgments; measures leave them out"),
        (fruitless, "query", "without a relevant judgment; measures leave them out"),
        (empty, "query", "without text; they find nothing"),
    )
    return [f"{_some(found, noun)} {what}." for found, noun, what in rows if found]


def _some(found: Sequence[str], noun: str) -> str:
    """A count, the noun, "is" or "are" and the first few names: ``2 queries (12, 40) are``."""
    plural = noun if len(found) == 1 else f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    names = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    return f"{len(found)} {plural} ({names}) {'is' if len(found) == 1 else 'are'}"


def _lines_of(numbers: Sequence[int]) -> str:
    names = ", ".join(map(str, numbers[:_SHOWN])) + (", …" if len(numbers) > _SHOWN else "")
    return f"{len(numbers)} line{'s' if len(numbers) > 1 else ''} ({names})"
