"""StackExchange posts as CSV, whose quoted bodies span lines and are often out of order.

Rows are found by how they begin (number, type, date), so a quote that closes too early spoils
one row and not the next.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from essaysearch.model import Skipped
from essaysearch.readers.source import SourceFile
from essaysearch.readers.streamed import text_lines

HEADER = re.compile(r'\A\ufeff?"?(?:Attribute:)?Id"?,.*PostTypeId.*Body', re.I)
_BEGINS = re.compile(r'"?\d+"?,"?[1-8]"?,"?\d')
_DATE = r'"?(?:\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}-\d{2}-\d{2})[ T]\d{1,2}:\d{2}[\d:.]*"?'
_TAIL = re.compile(rf'"?,("?-?\d*"?),({_DATE}),')
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: (\d{1,2}:\d{2}(?::\d{2})?))?")
_QUOTED = re.compile(r'""')


class Row(NamedTuple):
    """A row: its first line (from 1), its fields that are not empty by name, what was mended."""

    line: int
    fields: Mapping[str, str]
    notes: tuple[str, ...] = ()


def rows(source: SourceFile) -> Iterator[Row | Skipped]:
    """The rows of a file in order; one whose end cannot be told is `Skipped`."""
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 27))
    records = _records(source)
    _, header = next(records, (1, ""))
    columns = [column.strip().removeprefix("Attribute:") for column in next(csv.reader([header.strip()]), [])]
    day_first = _day_first(source)
    for line, record in records:
        row = _row(record, columns)
        if row is None:
            yield Skipped(
                source.path, "The row's quotes are out of order and its end cannot be told.", f"line {line}"
            )
            continue
        fields, notes = row
        if day_first:
            fields = {key: _turned(value) if key.endswith("Date") else value for key, value in fields.items()}
        yield Row(line, fields, notes)


def _records(source: SourceFile) -> Iterator[tuple[int, str]]:
    """The header, then each row's text with its first line."""
    if _day_first(source):
        source.note("dates such as 23-05-2023 are read day first, which others in the file show")
    held: list[str] = []
    begin = 1
    for number, line in enumerate(text_lines(source, lone=" "), 1):
        if held and (_BEGINS.match(line) or number == 2):
            yield begin, "".join(held)
            held = []
        if not held:
            begin = number
        held.append(line)
    if held:
        yield begin, "".join(held)


def _row(record: str, columns: list[str]) -> tuple[dict[str, str], tuple[str, ...]] | None:
    try:
        parsed = list(csv.reader(io.StringIO(record.strip("\n"))))
    except csv.Error:
        parsed = []
    if len(parsed) == 1 and len(parsed[0]) == len(columns):
        return _named(columns, parsed[0]), ()
    at = columns.index("Body") if "Body" in columns else -1
    if at < 0 or columns[at + 1 : at + 3] not in (
        ["OwnerUserId", "LastActivityDate"],
        ["OwnerUserId", "LastEditDate"],
    ):
        return None
    before = record.split(",", at)
    end = _TAIL.search(before[-1]) if len(before) == at + 1 else None
    if end is None:
        return None
    body = _QUOTED.sub('"', before[-1][: end.start()].removeprefix('"'))
    after = next(csv.reader(io.StringIO(before[-1][end.start(1) :])), [])
    values = [value.strip('"') for value in before[:-1]] + [body, *after]
    return _named(columns, values), ("the row's quotes were out of order and were mended",)


def _named(columns: list[str], values: list[str]) -> dict[str, str]:
    return {column: value for column, value in zip(columns, values, strict=False) if value}


def _day_first(source: SourceFile) -> bool:
    """Whether dates such as 23-05-2023 in the first rows show that the day stands first in all."""
    found = [(int(first), int(second)) for first, second, _, _ in _DAY_FIRST.findall(source.head_text)]
    return any(first > 12 >= second for first, second in found) and all(second <= 12 for _, second in found)


def _turned(text: str) -> str:
    match = _DAY_FIRST.fullmatch(text.strip())
    if not match:
        return text
    day, month, year, clock = match.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}" + (f" {clock}" if clock else "")
