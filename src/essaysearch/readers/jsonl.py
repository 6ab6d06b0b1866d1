"""JSON Lines in the BEIR manner: one object a line, with ``_id``, ``title``, ``text`` and more.

A document's id is ``_id`` as it stands, so that relevance judgments fit. Keys that essaysearch
knows fill their fields; every other key is kept in ``metadata``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from essaysearch.ids import derived_document_id
from essaysearch.model import KINDS, Document, Kind, Reading, Skipped
from essaysearch.readers.dates import from_epoch, parse_date
from essaysearch.readers.encodings import decoded
from essaysearch.readers.names import authors_of
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile

_IDS = ("_id", "id")
_TEXTS = ("text", "body", "abstract", "content")
_AUTHORS = ("authors", "author")
_DATES = ("date", "year", "published", "created_at", "created", "created_utc", "timestamp")
_KARMAS = ("karma", "score")
_CATEGORIES = ("categories", "category", "tags")
_OPENING_WORDS = 12

_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\d{4}-\d{2}", re.IGNORECASE)
_ARXIV_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]+)?")
_KIND_NAMES: dict[str, Kind] = {"paper": "abstract", "article": "essay", "story": "post", "email": "message"}


def sniff(source: SourceFile) -> float:
    """Sure of lines that are objects with ``_id`` and text; less so of other objects with text."""
    if source.is_binary or not source.head_text.lstrip().startswith("{"):
        return 0.0
    for record in _first_records(source.head_text):
        keys = record.keys()
        if "_id" in keys and ("text" in keys or "title" in keys):
            return 0.9
        return 0.4 if any(isinstance(record.get(key), str) for key in (*_TEXTS, "title")) else 0.0
    first = source.head_text.split("\n", 1)[0]
    cut = len(first) >= 60_000 or "\n" not in source.head_text
    return 0.5 if cut and '"_id"' in first and ('"text"' in first or '"title"' in first) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a line; a line that cannot be used is skipped by its number."""
    for number, line in source.lines():
        if not line or line.isspace():
            continue
        place = f"line {number}"
        record, notes, problem = _record(line)
        if record is None:
            yield Skipped(source.path, problem, place)
            continue
        document = _document(record, number, notes)
        yield document or Skipped(source.path, "The line has neither a text nor a title.", place)


def _first_records(text: str) -> Iterator[dict[str, Any]]:
    for line in text.split("\n", 20)[:20]:
        record, _, _ = _record(line.encode("utf-8", "replace"))
        if record is not None:
            yield record


def _record(line: bytes) -> tuple[dict[str, Any] | None, list[str], str]:
    """The object on a line, what was assumed of its bytes, and why there is none."""
    text, notes = decoded(line)
    try:
        value = json.loads(text, strict=False, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        return None, [], f"The line is no JSON: {error.msg.lower()} at character {error.pos + 1}."
    except (ValueError, RecursionError) as error:
        return None, [], f"The line cannot be read as JSON: {str(error).lower()}."
    if not isinstance(value, dict):
        return None, [], "The line is no JSON object."
    return value, notes, ""


def _document(record: dict[str, Any], line: int, notes: list[str]) -> Document | None:
    rest = dict(record)
    body = _text(_take(rest, _TEXTS, lambda value: _text(value) != ""))
    title = " ".join(_text(rest.pop("title", None)).split()) or None
    for key in _TEXTS:
        if not rest.get(key):
            rest.pop(key, None)
    if not body.strip() and title is None:
        return None
    identity = _take(rest, _IDS, _is_identity)
    url = _string(_take(rest, ("url",), _is_text))
    authors, complete = authors_of(_take(rest, _AUTHORS, bool))
    date = _take_date(rest)
    kind = _take_kind(rest)
    karma = _take(rest, _KARMAS, lambda value: _as_number(value) is not None)
    thread = _take(rest, ("thread",), _is_identity)
    if thread is None and kind == "comment":
        thread = _take(rest, ("post",), _is_identity)
    parent = _take(rest, ("parent",), _is_identity)
    opening = title or " ".join(body.split(None, _OPENING_WORDS)[:_OPENING_WORDS])
    return Document(
        id=str(identity) if identity is not None else url or _derived(authors, opening),
        kind=kind,
        text=body,
        blocks=blocks_of(body, headings=False),
        title=title,
        authors=authors,
        authors_complete=complete,
        date=date,
        url=url,
        source=_string(_take(rest, ("source",), _is_text)),
        categories=_categories(_take(rest, _CATEGORIES, bool)),
        karma=_as_number(karma),
        thread=str(thread) if thread is not None else None,
        parent=str(parent) if parent is not None else None,
        line=line,
        metadata=rest,
        notes=tuple(notes),
    )


def _derived(authors: tuple[str, ...], opening: str) -> str:
    return derived_document_id(READER.name, authors[0] if authors else "", opening)


def _take(record: dict[str, Any], keys: tuple[str, ...], fits: Callable[[Any], bool]) -> Any:
    """The first of these keys with a value that fits, taken out of the record; else None."""
    for key in keys:
        if key in record and fits(record[key]):
            return record.pop(key)
    return None


def _take_date(record: dict[str, Any]) -> str | None:
    for key in _DATES:
        value = record.get(key)
        date = _date(value)
        if date:
            # What the field cannot hold ("CACM December, 1958") stays beside it.
            if not isinstance(value, str) or parse_date(value):
                del record[key]
            return date
    return None


def _date(value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if 1000 <= value <= 2199:
            return parse_date(str(int(value)))
        return from_epoch(value, "ms" if abs(value) >= 1e11 else "s") if abs(value) >= 1e8 else None
    return _dated_text(value) if isinstance(value, str) else None


def _dated_text(text: str) -> str | None:
    """A date, or the one that ends a text such as a journal's name and issue."""
    if (date := parse_date(text)) or len(text) > 100:
        return date
    words = text.split()
    for at in range(1, len(words)):
        rest = " ".join(words[at:])
        if _MONTH.match(rest) and (date := parse_date(rest)):
            return date
    return None


def _take_kind(record: dict[str, Any]) -> Kind:
    name = str(record.get("kind") or "").strip().lower()
    for kind in KINDS:
        if name == kind:
            del record["kind"]
            return kind
    return _KIND_NAMES.get(name, "page")


def _categories(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        words = value.split()
        arxiv = any("." in word for word in words) and all(_ARXIV_CATEGORY.fullmatch(word) for word in words)
        parts = words if arxiv else re.split(r"[,;]", value)
    elif isinstance(value, list):
        parts = [_text(part.get("name")) if isinstance(part, dict) else _text(part) for part in value]
    else:
        return ()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n\n".join(part for part in value if isinstance(part, str))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _string(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_identity(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, int) and not isinstance(value, bool))


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number - number == 0 else None


READER = Reader("jsonl", "JSON Lines with _id, title, text (BEIR)", (".jsonl", ".ndjson"), sniff, read)
