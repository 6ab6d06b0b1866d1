"""Results for programs: JSON, JSON Lines, CSV, a TREC run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from essaysearch.formats.facts import citation
from essaysearch.model import Hit
from essaysearch.search.results import Results, hit_dict


def as_json(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """One object, as the contract has it, written hit by hit."""
    frame = results.to_dict(with_hits=False)
    yield json.dumps(frame, ensure_ascii=False)[:-1] + ', "hits": ['
    between = ""
    for hit in hits:
        yield between + json.dumps(hit_dict(hit), ensure_ascii=False)
        between = ", "
    yield "]}\n"


def jsonl(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A line a hit."""
    for hit in hits:
        yield json.dumps(hit_dict(hit), ensure_ascii=False) + "\n"


_COLUMNS = (
    "rank", "score", "passage_id", "doc_id", "kind", "title", "authors", "date", "karma", "source", "section",
    "voice", "text", "answers", "url", "path", "citation",
)  # fmt: skip
_FORMULA = re.compile(r"[=+\-@\t\r]")


def _cell(hit: Hit, name: str) -> object:
    """A value of a row."""
    value: Any = citation(hit) if name == "citation" else getattr(hit, name)
    if name == "authors":
        value = "; ".join(value)
    elif name in ("answers", "answered_by"):
        value = value.text if value else None
    return safe_cell(value)


def safe_cell(value: object) -> object:
    """The value, or text that a spreadsheet would run as a formula with an apostrophe before it."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def as_csv(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A row a hit under a row of names; of an exchange also what answers it."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    columns = (*_COLUMNS, "answered_by") if results.group == "exchange" else _COLUMNS
    writer.writerow(columns)
    for hit in hits:
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([_cell(hit, name) for name in columns])
    yield buffer.getvalue()


def trec(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A line a hit in TREC's six columns: documents where results are grouped so, else passages."""
    topic = "_".join(results.query.split()) or "query"
    for hit in hits:
        name = hit.doc_id if results.group == "document" else hit.passage_id
        yield f"{topic} Q0 {'_'.join(name.split())} {hit.rank} {hit.score:.6f} essaysearch\n"
