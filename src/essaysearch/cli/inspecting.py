"""`inspect`: a file as it was read, before anything is indexed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click

from essaysearch.cli.app import NOTHING, finish, format_option
from essaysearch.cli.filling import reading_options
from essaysearch.formats.facts import plain
from essaysearch.model import Block, Document, Skipped, SourceFacts

_SHORT = 72


@click.command()
@click.argument("file", type=click.Path())
@reading_options
@click.option("--whole", is_flag=True, help="The whole text of each block, not its beginning.")
@format_option
def inspect(
    file: str,
    as_: str | None,
    author: str | None,
    date: str | None,
    url: str | None,
    whole: bool,
    format_: str,
) -> None:
    """Show how a file is read, block by block.

    Each document with its metadata, each block with its voice and what was inferred.
    Nothing is indexed. Status 1 if no document could be read.
    """
    from essaysearch.filling.ingest import discover, read

    given = {"author": author, "date": date, "url": url}
    defaults = {name: value for name, value in given.items() if value}
    documents = 0
    for path in discover([file]):
        for reading in [path] if isinstance(path, Skipped) else read(path, as_, defaults):
            documents += isinstance(reading, Document)
            if format_ == "json":
                click.echo(json.dumps(_as_dict(reading), ensure_ascii=False))
            elif isinstance(reading, Skipped):
                place = f" ({reading.place})" if reading.place else ""
                click.echo(plain(f"skipped {reading.path}{place}: {reading.reason}"), err=True)
            else:
                click.echo(plain("\n".join(_lines(reading, whole))))
    if not documents:
        finish(NOTHING)


def _as_dict(reading: Document | Skipped | SourceFacts) -> dict[str, Any]:
    if isinstance(reading, Document):
        blocks = [
            {**asdict(block), "text": reading.text[block.start : block.end]} for block in reading.blocks
        ]
        names = [name for name in Document.__dataclass_fields__ if name not in ("blocks", "metadata")]
        told = {name: getattr(reading, name) for name in names}
        return {"schema": 1, "document": {**told, "metadata": dict(reading.metadata), "blocks": blocks}}
    if isinstance(reading, Skipped):
        return {"schema": 1, "skipped": asdict(reading)}
    return {"schema": 1, "source": {"path": reading.path, "metadata": dict(reading.metadata)}}


_FIELDS = (
    "id", "kind", "title", "authors", "authors_inferred", "date", "date_inferred", "url", "source",
    "categories", "karma", "thread", "parent", "reader", "line",
)  # fmt: skip


_ORIGINS = {
    "mail": {
        "title": "the field Subject",
        "authors": "the field From",
        "date": "the field Date",
        "parent": "the fields In-Reply-To and References",
    }
}
"""Where the facts of a format stand that has one place for each."""


def _lines(reading: Document | SourceFacts, whole: bool) -> Iterator[str]:
    if isinstance(reading, SourceFacts):
        yield f"the source {reading.path} says of itself:"
        yield from (f"  {name}: {_value(value)}" for name, value in reading.metadata.items())
        yield ""
        return
    origins = _origins(reading)
    for name in _FIELDS:
        value = getattr(reading, name)
        if value not in (None, "", (), 0):
            cut = ", and others" if name == "authors" and not reading.authors_complete else ""
            origin = f" (from {origins[name]})" if name in origins else ""
            yield f"{name}: {_value(value)}{cut}{origin}"
    rest = {name: value for name, value in reading.metadata.items() if name != "origins"}
    yield from (f"{name}: {_value(value)}" for name, value in rest.items())
    yield from (f"note: {note}" for note in reading.notes)
    yield ""
    for number, block in enumerate(reading.blocks):
        if block.border:
            yield f"  ---- another comment begins here ({_sure(block.border, block.border_reason)})"
        yield f"  {number} {_block(block)}"
        text = reading.text[block.start : block.end]
        if whole:
            yield from (f"      {line}" for line in text.split("\n"))
        else:
            opening = " ".join(text.split())
            yield f"      {opening if len(opening) <= _SHORT else opening[:_SHORT].rsplit(' ', 1)[0] + '…'}"
    yield ""


def _origins(reading: Document) -> Mapping[str, str]:
    """Where facts were found, by field: as the reader kept it, or as its format has it in any case."""
    kept = reading.metadata.get("origins")
    if isinstance(kept, Mapping):
        return kept
    found = dict(_ORIGINS.get(reading.reader, {}))
    for name, inferred in (("date", reading.date_inferred), ("authors", reading.authors_inferred)):
        if inferred:
            found.pop(name, None)
    return found


def _block(block: Block) -> str:
    parts: list[str] = [block.role, block.voice]
    if block.depth:
        parts.append(f"depth {block.depth}")
    if block.speaker:
        parts.append(f"speaker {block.speaker}")
    if block.confidence < 1.0 or block.reason:
        parts.append(_sure(block.confidence, block.reason))
    return " · ".join(parts)


def _sure(confidence: float, reason: str) -> str:
    return f"{confidence:.0%} sure" + (f": {reason}" if reason else "")


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {part}" for key, part in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
