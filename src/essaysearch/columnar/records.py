"""What an index keeps of a document beside its words: columns to filter by, a record to show.

A *keyword column* holds the values of a field (ids, authors, kinds …) once, sorted, and for each
document the numbers of its values. The rest of a document, and what is unusual about its
passages, is a small JSON record. Together they give back the document as it was added, its
blocks included.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.model import Block, Document, Passage
from essaysearch.text.ids import digest

Array = npt.NDArray[Any]

SINGLE = ("id", "kind", "source", "url", "path", "thread", "parent", "reader")
MANY = ("authors", "categories")
"""Fields of `Document` kept as keyword columns: with at most one value, and with any number."""

_MAYBE = ("source", "url", "thread", "parent")
"""Those of them that tell nothing (None) from an empty string."""

_REST = (
    "title", "authors_complete", "authors_inferred", "date", "date_inferred", "line", "metadata", "notes",
)  # fmt: skip
_DEFAULTS = {name: field.default for name, field in Document.__dataclass_fields__.items()}
_BLOCK = (
    "start", "end", "role", "voice", "depth", "speaker", "confidence", "reason", "border", "border_reason",
)  # fmt: skip
_BLOCK_DEFAULTS = [Block.__dataclass_fields__[name].default for name in _BLOCK[2:]]
_PASSAGE = ("depth", "speaker", "section", "answers", "confidence", "reason")
_PASSAGE_DEFAULTS = [Passage.__dataclass_fields__[name].default for name in _PASSAGE]

NO_DATE = np.iinfo(np.int64).min
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](.+))?)?)?\Z")
_FRACTION = re.compile(r"\.(\d+)")
YEAR, MONTH, DAY, INSTANT = 1, 2, 3, 4


def encode_record(document: Document, passages: Sequence[Passage]) -> bytes:
    """The JSON record of a document: what the columns do not hold, defaults left out."""
    record: dict[str, Any] = {}
    for name in _REST:
        value = getattr(document, name)
        if value != _DEFAULTS[name] and not (name == "metadata" and not value):
            record[name] = value if name != "metadata" else dict(value)
    blank = [name for name in _MAYBE if getattr(document, name) == ""]
    if blank:
        record["blank"] = blank
    plain = len(document.blocks) == 1 and document.blocks[0] == Block(0, len(document.text))
    if document.blocks and not plain:
        record["blocks"] = [_trimmed(block) for block in document.blocks]
    elif plain:
        record["blocks"] = 1
    unusual = {}
    for passage in passages:
        told = [getattr(passage, name) for name in _PASSAGE]
        if told != _PASSAGE_DEFAULTS:
            unusual[str(passage.number)] = told
    if unusual:
        record["passages"] = unusual
    if not record:
        return b""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "surrogatepass")


def _trimmed(block: Block) -> list[Any]:
    values = [getattr(block, name) for name in _BLOCK]
    while len(values) > 2 and values[-1] == _BLOCK_DEFAULTS[len(values) - 3]:
        values.pop()
    return values


def decode_record(record: bytes) -> dict[str, Any]:
    """The record as a dictionary (empty for an empty record)."""
    return json.loads(record.decode("utf-8", "surrogatepass")) if record else {}


def decode_blocks(record: dict[str, Any], length: int) -> tuple[Block, ...]:
    """The blocks of a document whose text has ``length`` characters."""
    stored = record.get("blocks", [])
    if stored == 1:
        return (Block(0, length),)
    return tuple(Block(*values) for values in stored)


def decode_unusual(record: dict[str, Any], number: int) -> dict[str, Any]:
    """Fields of passage ``number`` that differ from their defaults."""
    told = record.get("passages", {}).get(str(number))
    if told is None:
        return {}
    values = dict(zip(_PASSAGE, told, strict=True))
    values["answers"] = tuple(values["answers"])
    return values


def rest_of(record: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Document` that the record holds."""
    values = {name: record[name] for name in _REST if name in record}
    for name in ("authors_inferred", "notes"):
        if name in values:
            values[name] = tuple(values[name])
    values.update((name, "") for name in record.get("blank", ()))
    return values


def fingerprint(document: Document) -> int:
    """A number that differs where anything the index keeps of the document differs, its path aside."""
    parts = [
        document.text, document.kind, document.title or "", document.date or "", document.url or "",
        document.source or "", repr(document.karma), document.thread or "", document.parent or "",
        document.reader, document.date_inferred, str(document.line), repr(document.authors_complete),
        "\x1e".join(document.authors), "\x1e".join(document.authors_inferred),
        "\x1e".join(document.categories), "\x1e".join(document.notes),
        json.dumps(dict(document.metadata), sort_keys=True, default=str) if document.metadata else "",
        json.dumps([_trimmed(block) for block in document.blocks]) if len(document.blocks) > 1 else "",
    ]  # fmt: skip
    return int(digest(*parts), 16)


def date_key(date: str | None) -> tuple[int, int]:
    """(first microsecond since 1970 of the date's period, its precision); (`NO_DATE`, 0) if none.

    A date without an offset is taken as UTC; a time of day that cannot be read leaves the day.
    """
    match = _DATE.match(date or "")
    if not match:
        return NO_DATE, 0
    year, month, day, clock = match.groups()
    try:
        moment = datetime.datetime(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return NO_DATE, 0
    precision = DAY if day else MONTH if month else YEAR
    if clock:
        clock = _FRACTION.sub(lambda m: f".{m[1]:0<6.6}", clock.replace("Z", "+00:00"))
        with contextlib.suppress(ValueError):
            moment = datetime.datetime.fromisoformat(f"{year}-{month}-{day}T{clock}")
            precision = INSTANT
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (moment - epoch) // datetime.timedelta(microseconds=1), precision


def date_ends(low: Array, precision: Array) -> Array:
    """Last microsecond of each date's period. ``low``: int64, ``precision``: uint8, as `date_key` gives."""
    high = low.copy()
    instants = low.astype("datetime64[us]")
    for code, unit in ((YEAR, "Y"), (MONTH, "M"), (DAY, "D")):
        chosen = precision == code
        if chosen.any():
            following = (instants[chosen].astype(f"datetime64[{unit}]") + 1).astype("datetime64[us]")
            high[chosen] = following.astype(np.int64) - 1
    return high
