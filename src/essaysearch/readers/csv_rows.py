"""Rows of a CSV file, by the names of its first line; a quote left open spoils its own row and no other."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from essaysearch.model import Skipped
from essaysearch.readers.source import SourceFile
from essaysearch.readers.streamed import text_lines

_LONGEST = 1 << 24
_DELIMITERS = ",\t;|"
_MOST_LINES = 5_000


class Row(NamedTuple):
    """A row: the line it begins on (from 1), and its fields by the names of the header, stripped."""

    line: int
    fields: Mapping[str, str]


def header_of(text: str) -> list[str]:
    """The column names in a file's beginning; empty where its first line is no header of several names."""
    line = text.lstrip("\ufeff\n").split("\n", 1)[0]
    names = next(csv.reader([line.replace("\r", " ")], delimiter=_delimiter(line)), [])
    names = [name.strip().strip("\ufeff") for name in names]
    return names if len(names) >= 2 and sum(1 for name in names if 0 < len(name) <= 60) >= 2 else []


def rows(source: SourceFile) -> Iterator[Row | Skipped]:
    """The rows in order. A row that is too short or has an open quote is `Skipped` with its line."""
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
    lines = _Lines(source)
    first = next(lines, "")
    columns = header_of(first)
    delimiter = _delimiter(first)
    while True:
        lines.mark()
        begin = lines.number + 1
        try:
            row = next(csv.reader(lines, delimiter=delimiter), None)
        except csv.Error as error:
            row, problem = [], str(error)
        else:
            problem = ""
        if row is None:
            return
        taken = lines.number - begin + 1
        if not problem and (not any(field.strip() for field in row) or row == columns):
            continue
        if problem or (len(row) < len(columns) and (taken > 1 or lines.first().count('"') % 2)):
            # The quotation mark that opens on this line is not closed: go on with the next line.
            lines.back_to(begin + 1)
            yield Skipped(source.path, "The row has a quotation mark that is not closed.", f"line {begin}")
        elif len(row) < max(2, len(columns) // 2):
            said = f"The row has {len(row)} of {len(columns)} columns."
            yield Skipped(source.path, said, f"line {begin}")
        else:
            yield Row(begin, {name: field.strip() for name, field in zip(columns, row, strict=False) if name})


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


class _Lines(Iterator[str]):
    """The lines of a file, some of which can be taken again."""

    def __init__(self, source: SourceFile) -> None:
        self._fresh = text_lines(source)
        self._held: list[str] = []
        self._again: list[str] = []
        self.number = 0

    def mark(self) -> None:
        self._held.clear()

    def __next__(self) -> str:
        if len(self._held) > _MOST_LINES:
            raise csv.Error("a field spans too many lines")
        line = self._again.pop() if self._again else next(self._fresh)
        self._held.append(line)
        self.number += 1
        return line

    def first(self) -> str:
        """The first line taken since the mark."""
        return self._held[0] if self._held else ""

    def back_to(self, number: int) -> None:
        """Takes the lines from this number on (which were taken since the mark) once more."""
        back = self.number - number + 1
        if back > 0:
            self._again.extend(reversed(self._held[-back:]))
            self.number -= back
            self._held.clear()
