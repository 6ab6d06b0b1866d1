"""Ranges as a query writes them: ``50``, ``10..50``, ``10..``, ``..50``, ``>50``, ``>=50``, ``<50``.

A range is a pair (low, high), both inclusive, None where it is open. What cannot be read is a
`Problem`: a kind and a sentence that says what to write instead.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from essaysearch.late import late


class Problem(NamedTuple):
    """Why a value cannot be used: a kind of `sentences.DIAGNOSTICS`, and a sentence with the remedy."""

    kind: str
    message: str


class Bounds(NamedTuple):
    """A range in words: ``sign`` is one of ``= .. > >= < <=``; an end not given is empty."""

    sign: str
    low: str
    high: str


_SIGNED = late(r"(>=|<=|=>|=<|>|<|=)(.*)", re.S)
_SIGNS = {"=>": ">=", "=<": "<="}
_NUMBER = late(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_YEAR = late(r"[0-9]{4}")
LAST_YEAR = 9999


def shown(text: str) -> str:
    """A piece of a query as a message quotes it: in backticks, on one line, cut if long."""
    line = " ".join(text.split())
    return f"`{line if len(line) <= 40 else line[:39] + '…'}`"


def bounds(text: str) -> Bounds:
    """The sign and the ends of a range as written.

    >>> bounds("2022..2024"), bounds(">=50")
    (Bounds(sign='..', low='2022', high='2024'), Bounds(sign='>=', low='50', high=''))
    """
    signed = _SIGNED.fullmatch(text)
    if signed:
        sign = _SIGNS.get(signed[1], signed[1])
        value = signed[2].strip()
        return Bounds(sign, "", value) if sign[0] == "<" else Bounds(sign, value, "")
    low, dots, high = text.partition("..")
    return Bounds("..", low.strip(), high.strip()) if dots else Bounds("=", text.strip(), "")


def karma_range(text: str) -> tuple[float | None, float | None] | Problem:
    """Low and high karma as floats, both inclusive.

    >>> karma_range("10..50"), karma_range(">=50")
    ((10.0, 50.0), (50.0, None))
    """
    sign, low, high = bounds(text)
    for value in (low, high):
        if value and not _NUMBER.fullmatch(value):
            return _no_number(value)
    if not low and not high:
        return _no_number(text)
    bottom = float(low) if low else None
    top = float(high) if high else None
    if sign == "=":
        return bottom, bottom
    if sign == ">" and bottom is not None:
        bottom = math.nextafter(bottom, math.inf)
    if sign == "<" and top is not None:
        top = math.nextafter(top, -math.inf)
    if bottom is not None and top is not None and bottom > top:
        return backwards("karma", low, high)
    return bottom, top


def year_range(text: str) -> tuple[int | None, int | None] | Problem:
    """First and last year as integers, both inclusive.

    >>> year_range("2022..2024"), year_range(">2022")
    ((2022, 2024), (2023, None))
    """
    sign, low, high = bounds(text)
    for value in (low, high):
        if value and (not _YEAR.fullmatch(value) or value == "0000"):
            return _no_year(value)
    if not low and not high:
        return _no_year(text)
    first = int(low) if low else None
    last = int(high) if high else None
    if sign == "=":
        return first, first
    if sign == ">" and first is not None:
        first += 1
    if sign == "<" and last is not None:
        last -= 1
    if first == LAST_YEAR + 1 or last == 0:
        return Problem("empty-range", f"no year can lie beyond {shown(text)}; write one from 0001 to 9999")
    if first is not None and last is not None and first > last:
        return backwards("year", low, high)
    return first, last


def backwards(name: str, low: str, high: str) -> Problem:
    """The range ends before it begins."""
    return Problem(
        "empty-range",
        f"the range {shown(low + '..' + high)} is empty: {shown(low)} comes after {shown(high)}; "
        f"write `{name}:{high}..{low}`",
    )


def _no_number(text: str) -> Problem:
    return Problem(
        "bad-number",
        f"{shown(text)} is no number; write karma:50, karma:>=50, karma:<10 or karma:10..50 without spaces",
    )


def _no_year(text: str) -> Problem:
    return Problem(
        "bad-number",
        f"{shown(text)} is no year; write year:2023, year:>=2022 or year:2022..2024, "
        "or date: for months, days and words such as last-year",
    )
