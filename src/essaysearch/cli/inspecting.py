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

    Each document with its metadata and where each fact was found, each block with its voice and what
    was inferred.
    Nothing is indexed. Status 1 if no document could be read.
    """
    from essaysearch.filling.ingest import discover, read
    from essaysearch.filling.overrides import overrides_for
    from essaysearch.readers.places import places_of

    given = {"author": author, "date": date, "url": url}
    defaults = {name: value for name, value in given.items() if value}
    documents = 0
    options = {"authors": "--author", "date": "--date", "url": "--url"}
    by_option = {fact: option for fact, option in options.items() if defaults.get(option[2:])}
    for path in discover([file]):
        corrections = None if isinstance(path, Skipped) else overrides_for(path)
        opening = "" if isinstance(path, Skipped) else _opening(path)
        for reading in [path] if isinstance(path, Skipped) else read(path, as_, defaults):
            places: dict[str, str] = {}
            if isinstance(reading, Document):
                documents += 1
                by_hand = corrections.corrected(reading) if corrections is not None else ()
                places = (
                    places_of(reading, opening)
                    | by_option
                    | dict.fromkeys(by_hand, "the file of corrections")
                )
            if format_ == "json":
                click.echo(json.dumps(_as_dict(reading, places), ensure_ascii=False))
            elif isinstance(reading, Skipped):
                place = f" ({reading.place})" if reading.place else ""
                click.echo(plain(f"skipped {reading.path}{place}: {reading.reason}"), err=True)
            else:
                click.echo(plain("\n".join(_lines(reading, places, whole))))
    if not documents:
        finish(NOTHING)


def _opening(path: str) -> str:
    """How a file begins; empty where it cannot be opened, which reading it says."""
    from essaysearch.errors import ReadError
    from essaysearch.readers.source import SourceFile

    try:
        return SourceFile(path).head_text[:2000]
    except ReadError:
        return ""


def _as_dict(reading: Document | Skipped | SourceFacts, places: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(reading, Document):
        blocks = [
            {**asdict(block), "text": reading.text[block.start : block.end]} for block in reading.blocks
        ]
        names = [name for name in Document.__dataclass_fields__ if name not in ("blocks", "metadata")]
        told = {name: getattr(reading, name) for name in names}
        told |= {"metadata": dict(reading.metadata), "places": dict(places), "blocks": blocks}
        return {"schema": 1, "document": told}
    if isinstance(reading, Skipped):
        return {"schema": 1, "skipped": asdict(reading)}
    return {"schema": 1, "source": {"path": reading.path, "metadata": dict(reading.metadata)}}


_FIELDS = (
    "id", "kind", "title", "authors", "authors_inferred", "date", "date_inferred", "url", "source",
    "categories", "karma", "thread", "parent", "reader", "line",
)  # fmt: skip


def _lines(reading: Document | SourceFacts, places: Mapping[str, str], whole: bool) -> Iterator[str]:
    if isinstance(reading, SourceFacts):
        yield f"the source {reading.path} says of itself:"
        yield from (f"  {name}: {_value(value)}" for name, value in reading.metadata.items())
        yield ""
        return
    for name in _FIELDS:
        value = getattr(reading, name)
        if value not in (None, "", (), 0):
            cut = ", and others" if name == "authors" and not reading.authors_complete else ""
            origin = f" (from {places[name]})" if name in places else ""
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
