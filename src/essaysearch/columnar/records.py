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
from collections.abc import Sequence
from dataclasses import MISSING
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.late import late
from essaysearch.model import Block, Document, Passage

Array = npt.NDArray[Any]

SINGLE = ("id", "kind", "source", "url", "path", "thread", "parent", "reader")
MANY = ("authors", "categories")
"""Fields of `Document` kept as keyword columns: with at most one value, and with any number."""

_MAYBE = ("source", "url", "thread", "parent")
"""Those of them that tell nothing (None) from an empty string."""

_REST = ("title", "authors_complete", "authors_inferred", "date_inferred", "line", "metadata", "notes")
_REST_AND_DATE = (*_REST, "date")
_DEFAULTS = {name: field.default for name, field in Document.__dataclass_fields__.items()}
UNTOLD = {name: default for name, default in _DEFAULTS.items() if default is not MISSING and name != "blocks"}
"""What a document has where nothing is told."""
_BLOCK = (
    "start", "end", "role", "voice", "depth", "speaker", "confidence", "reason", "border", "border_reason",
)  # fmt: skip
_BLOCK_DEFAULTS = tuple(Block.__dataclass_fields__[name].default for name in _BLOCK[2:])
_PASSAGE = ("depth", "speaker", "section", "answers", "confidence", "reason")
_PASSAGE_DEFAULTS = tuple(Passage.__dataclass_fields__[name].default for name in _PASSAGE)
_USUAL: tuple[Any, ...] = tuple(_DEFAULTS[name] if name != "metadata" else {} for name in _REST)

_rest_of, _maybe_of = attrgetter(*_REST), attrgetter(*_MAYBE)
_block_of, _passage_of = attrgetter(*_BLOCK), attrgetter(*_PASSAGE)

_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=str, check_circular=False
).encode

NO_DATE = np.iinfo(np.int64).min
_DATE = late(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](.+))?)?)?\Z")
_FRACTION = late(r"\.(\d+)")
YEAR, MONTH, DAY, INSTANT = 1, 2, 3, 4
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_FIRST_DAY, _DAY = datetime.date(1970, 1, 1).toordinal(), 86_400_000_000
_WIDTH = {YEAR: 4, MONTH: 7, DAY: 10}


def encode_plain(title: str | None, date: str | None) -> bytes:
    """What `encode_document` gives of a document of one plain block, with no more than these."""
    told: dict[str, str | None] = {} if title is None else {"title": title}
    if not date_column(date)[2]:
        told["date"] = date
    return _json(told) if told else b""


def encode_document(document: Document) -> bytes:
    """The JSON record of a document itself: what the columns do not hold, defaults left out."""
    usual, blocks, length = _rest_of(document) == _USUAL, document.blocks, len(document.text)
    told, maybe = date_column(document.date)[2], _maybe_of(document)
    plain = len(blocks) == 1 and _block_of(blocks[0]) == (0, length, *_BLOCK_DEFAULTS)
    if usual and told and plain and "" not in maybe:
        return b""
    record: dict[str, Any] = {}
    if not usual:
        for name in _REST:
            value = getattr(document, name)
            if value != _DEFAULTS[name] and not (name == "metadata" and not value):
                record[name] = value if name != "metadata" else dict(value)
    if not told:
        record["date"] = document.date
    if "" in maybe:
        record["blank"] = [name for name, value in zip(_MAYBE, maybe, strict=True) if value == ""]
    if not plain:
        record["blocks"] = [_trimmed(block) for block in blocks]
    return _json(record)


def encode_passages(passages: Sequence[Passage]) -> bytes:
    """What is unusual about the passages of a document, as JSON; empty where nothing is."""
    told = list(map(_passage_of, passages))
    if told.count(_PASSAGE_DEFAULTS) == len(told):
        return b""
    rows = zip(passages, told, strict=True)
    return _json({str(p.number): values for p, values in rows if values != _PASSAGE_DEFAULTS})


def joined(document: bytes, passages: bytes) -> bytes:
    """The record kept of a document, of what `encode_document` and `encode_passages` give."""
    if not passages:
        return document
    return (document[:-1] + b"," if document else b"{") + b'"passages":' + passages + b"}"


def _json(value: Any) -> bytes:
    return _encode(value).encode("utf-8", "surrogatepass")


def _trimmed(block: Block) -> list[Any]:
    values = list(_block_of(block))
    while len(values) > 2 and values[-1] == _BLOCK_DEFAULTS[len(values) - 3]:
        values.pop()
    return values


def decode_record(record: bytes) -> dict[str, Any]:
    """The record as a dictionary (empty for an empty record)."""
    return json.loads(record.decode("utf-8", "surrogatepass")) if record else {}


def decode_blocks(record: dict[str, Any], length: int) -> tuple[Block, ...]:
    """The blocks of a document whose text has ``length`` characters."""
    stored = record.get("blocks")
    if stored is None:
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
    values = {name: record[name] for name in _REST_AND_DATE if name in record}
    for name in ("authors_inferred", "notes"):
        if name in values:
            values[name] = tuple(values[name])
    values.update((name, "") for name in record.get("blank", ()))
    return values


def date_key(date: str | None) -> tuple[int, int]:
    """(first microsecond since 1970 of the date's period, its precision); (`NO_DATE`, 0) if none.

    A date without an offset is taken as UTC; a time of day that cannot be read leaves the day.
    """
    return date_column(date)[:2]


@lru_cache(maxsize=1 << 15)
def date_column(date: str | None) -> tuple[int, int, bool]:
    """What `date_key` gives, and whether `date_text` makes the same date of it."""
    match = _DATE.match(date or "")
    if not match:
        return NO_DATE, 0, date is None
    year, month, day, clock = match.groups()
    try:
        moment = datetime.datetime(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return NO_DATE, 0, False
    precision = DAY if day else MONTH if month else YEAR
    if clock:
        clock = _FRACTION.sub(lambda m: f".{m[1]:0<6.6}", clock.replace("Z", "+00:00"))
        with contextlib.suppress(ValueError):
            moment = datetime.datetime.fromisoformat(f"{year}-{month}-{day}T{clock}")
            precision = INSTANT
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    low = (moment - _EPOCH) // datetime.timedelta(microseconds=1)
    return low, precision, precision != INSTANT and date_text(low, precision) == date


def date_text(low: int, precision: int) -> str:
    """A year, month or day as ISO 8601, of what `date_key` gives."""
    day = datetime.date.fromordinal(_FIRST_DAY + low // _DAY)
    return day.isoformat()[: _WIDTH[precision]]


_PERIODS = (
    (YEAR, "datetime64[Y]", np.timedelta64(1, "Y")),
    (MONTH, "datetime64[M]", np.timedelta64(1, "M")),
    (DAY, "datetime64[D]", np.timedelta64(1, "D")),
)


def date_ends(low: Array, precision: Array) -> Array:
    """Last microsecond of each date's period. ``low``: int64, ``precision``: uint8, as `date_key` gives."""
    high = low.copy()
    instants = low.astype("datetime64[us]")
    for code, kind, one in _PERIODS:
        chosen = precision == code
        if chosen.any():
            following = instants[chosen].astype(kind) + one
            high[chosen] = following.astype("datetime64[us]").astype(np.int64) - 1
    return high
