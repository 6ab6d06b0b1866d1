"""JSON Lines in the BEIR manner: one object a line, with ``_id``, ``title``, ``text`` and more.

A document's id is ``_id`` as it stands, so that relevance judgments fit. Keys that essaysearch
knows fill their fields, those of an object under ``metadata`` too, where the line itself has none;
every other key is kept in ``metadata``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import fields
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.encodings import decoded
from essaysearch.readers.names import authors_of
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import HEAD, SourceFile
from essaysearch.text.ids import derived_document_id

_IDS = ("_id", "id")
_TEXTS = ("text", "body", "abstract", "content")
_AUTHORS = ("authors", "author")
_DATES = ("date", "year", "published", "created_at", "created", "created_utc", "timestamp")
_KARMAS = ("karma", "score")
_CATEGORIES = ("categories", "category", "tags")
_OWN = {*_IDS, *_TEXTS, "title"}
"""What a line itself must say."""
_OPENING_WORDS = 12
_SNIFFED_LINES = 20
_decode = json.JSONDecoder(strict=False, parse_constant=lambda _: None).decode


def sniff(source: SourceFile) -> float:
    """Sure of lines that are objects with ``_id`` and text; less so of other objects with text."""
    named = source.suffix in READER.suffixes
    if source.is_binary or not (named or source.head_text.lstrip().startswith("{")):
        return 0.0
    for line in source.head_text.split("\n", _SNIFFED_LINES)[:_SNIFFED_LINES]:
        record, _, _ = _record(line.encode("utf-8", "replace"))
        if record is not None:
            if "_id" in record and ("text" in record or "title" in record):
                return 0.9
            return 0.4 if any(fields.is_text(record.get(key)) for key in (*_TEXTS, "title")) else 0.0
    # The first line is longer than what can be seen of it.
    cut = len(source.head) == HEAD and "\n" not in source.head_text.strip()
    return 0.5 if cut and '"_id"' in source.head_text and '"text"' in source.head_text else 0.0


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
        nothing = "The line has neither a text nor a title."
        yield document or Skipped(source.path, nothing, place, empty=True)


def _record(line: bytes) -> tuple[dict[str, Any] | None, list[str], str]:
    """The object on a line, what was assumed of its bytes, and why there is none."""
    text, notes = decoded(line)
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        return (
            None,
            [],
            f"The line is no JSON: {error.msg.lower().removesuffix(' at')} at character {error.pos + 1}.",
        )
    except (ValueError, RecursionError) as error:
        return None, [], f"The line cannot be read as JSON: {str(error).lower()}."
    if not isinstance(value, dict):
        return None, [], "The line is no JSON object."
    return value, notes, ""


def _document(record: dict[str, Any], line: int, notes: list[str]) -> Document | None:
    nested = record.get("metadata")
    rest = dict(record)
    if isinstance(nested, dict):
        del rest["metadata"]
        kept = {key: value for key, value in nested.items() if key in _OWN or key in rest}
        rest.update((key, value) for key, value in nested.items() if key not in kept)
        rest.update({"metadata": kept} if kept else {})
    body = fields.text_of(fields.take(rest, _TEXTS, lambda value: fields.text_of(value) != ""))
    title = " ".join(fields.text_of(rest.pop("title", None)).split()) or None
    for key in _TEXTS:
        if not rest.get(key):
            rest.pop(key, None)
    if not body.strip() and title is None:
        return None
    identity = fields.take(rest, _IDS, fields.is_identity)
    url = fields.string_of(fields.take(rest, ("url",), fields.is_text))
    authors, complete = authors_of(fields.take(rest, _AUTHORS, bool))
    date = fields.take_date(rest, _DATES)
    doubts = fields.undated(rest, _DATES) if date is None else ()
    kind = fields.take_kind(rest, "page")
    karma = fields.take(rest, _KARMAS, lambda value: fields.number_of(value) is not None)
    thread = fields.take(rest, ("thread", "post") if kind == "comment" else ("thread",), fields.is_identity)
    parent = fields.take(rest, ("parent",), fields.is_identity)
    if identity is None:
        opening = title or " ".join(body.split(None, _OPENING_WORDS)[:_OPENING_WORDS])
        identity = id_of_address(url or "") or derived_document_id(
            READER.name, "; ".join(authors[:1]), opening
        )
    return Document(
        id=str(identity),
        kind=kind,
        text=body if body.strip() else "",
        blocks=blocks_of(body, headings=False),
        title=title,
        authors=authors,
        authors_complete=complete,
        date=date,
        url=url,
        source=fields.string_of(fields.take(rest, ("source",), fields.is_text)),
        categories=fields.categories_of(fields.take(rest, _CATEGORIES, bool)),
        karma=fields.number_of(karma),
        thread=str(thread) if thread is not None else None,
        parent=str(parent) if parent is not None else None,
        line=line,
        metadata=rest,
        notes=(*notes, *doubts, *(() if body.strip() else (TITLE_ONLY,))),
    )


READER = Reader("jsonl", "JSON Lines with _id, title, text (BEIR)", (".jsonl", ".ndjson"), sniff, read)
