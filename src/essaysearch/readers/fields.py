"""The values of records (JSON objects, front matter) to the fields of a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from essaysearch.model import KINDS, Kind
from essaysearch.readers.dates import from_epoch, parse_date

_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\d{4}-\d{2}", re.IGNORECASE)
_ARXIV_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]+)?")
_KIND_NAMES: dict[str, Kind] = {"paper": "abstract", "article": "essay", "story": "post", "email": "message"}
_MILLISECONDS = 1e11


def take(record: dict[str, Any], keys: tuple[str, ...], fits: Callable[[Any], bool]) -> Any:
    """The first of these keys with a value that fits, taken out of the record; else None."""
    key = key_of(record, keys, fits)
    return None if key is None else record.pop(key)


def key_of(record: Mapping[str, Any], keys: tuple[str, ...], fits: Callable[[Any], Any]) -> str | None:
    """The first of these keys with a value that fits."""
    return next((key for key in keys if key in record and fits(record[key])), None)


def take_date(record: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    """The date under the first of these keys that holds one (`date_of`).

    It is taken out of the record, but for a text that says more ("CACM December, 1958").
    """
    for key in keys:
        value = record.get(key)
        date = date_of(value)
        if date:
            if not isinstance(value, str) or parse_date(value):
                del record[key]
            return date
    return None


def undated(record: dict[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence on the first of these keys that was given and is no date; none where there is none.

    For records that `take_date` found no date in.
    """
    given = next(
        (record[key] for key in keys if is_text(record.get(key)) or is_identity(record.get(key))), None
    )
    return () if given is None else (f'the date "{str(given).strip()[:40]}" is no date',)


def date_of(value: Any) -> str | None:
    """A date as records hold it: a text, a year, or seconds or milliseconds since 1970."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if 1000 <= value <= 2199:
            return parse_date(str(int(value)))
        return from_epoch(value, "ms" if abs(value) >= _MILLISECONDS else "s") if abs(value) >= 1e8 else None
    return _ending_date(value) if isinstance(value, str) else None


def _ending_date(text: str) -> str | None:
    """A date, or the one with a month that ends a text such as a journal's name and issue."""
    if (date := parse_date(text)) or len(text) > 100:
        return date
    words = text.split()
    for at in range(1, len(words)):
        rest = " ".join(words[at:])
        if _MONTH.match(rest) and (date := parse_date(rest)):
            return date
    return None


def take_kind(record: dict[str, Any], default: Kind) -> Kind:
    """The kind a record names; one that essaysearch lacks stays in the record."""
    name = str(record.get("kind") or "").strip().lower()
    for kind in KINDS:
        if name == kind:
            del record["kind"]
            return kind
    return _KIND_NAMES.get(name, default)


def categories_of(value: Any) -> tuple[str, ...]:
    """Categories from a list (of texts, or of objects with ``name``) or a text.

    A text is cut at commas and semicolons, or at spaces where it is arXiv's ("cs.LG stat.ML").
    """
    if isinstance(value, str):
        words = value.split()
        arxiv = any("." in word for word in words) and all(_ARXIV_CATEGORY.fullmatch(word) for word in words)
        parts = words if arxiv else re.split(r"[,;]", value)
    elif isinstance(value, list):
        parts = [text_of(part.get("name")) if isinstance(part, dict) else text_of(part) for part in value]
    else:
        return ()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def text_of(value: Any) -> str:
    """The text a value is: a list's texts as paragraphs, a number as digits; else empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n\n".join(part for part in value if isinstance(part, str))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def string_of(value: Any) -> str | None:
    """The text without spaces around it; None for any other value."""
    return value.strip() if isinstance(value, str) else None


def number_of(value: Any) -> float | None:
    """The finite number a value is or spells."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number - number == 0 else None


def is_text(value: Any) -> bool:
    """True for a text that is not empty."""
    return isinstance(value, str) and bool(value.strip())


def is_identity(value: Any) -> bool:
    """True for what can name a document: a text or a whole number."""
    return is_text(value) or (isinstance(value, int) and not isinstance(value, bool))
