"""Dates as a query writes them, and the whole periods they stand for.

``2023``, ``2023-06``, ``2023-06-11``, ``2023-06-11T09:30``, ``2023-Q3``, ``2023-W07``; ``today``,
``yesterday``, ``this-week``, ``last-month``, ``last-quarter``, ``last-year``, ``3-months-ago``; and
ranges of any two. A week begins on Monday; ``3-months-ago`` is the calendar month three before this
one, as ``last-month`` is the one before. Times are UTC.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from essaysearch.late import late
from essaysearch.query.ranges import Problem, backwards, bounds, shown

Period = tuple[datetime, datetime]
"""First and last instant of a period, both inclusive."""

_DAY_END = time(23, 59, 59, 999999)
_INSTANT = timedelta(microseconds=1)
_ABSOLUTE = late(
    r"(?P<year>[0-9]{4})(?:"
    r"-?q(?P<quarter>[0-9])|-?w(?P<week>[0-9]{1,2})"
    r"|-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2})"
    r"(?:t(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?z?)?)?"
    r")?"
)
_RELATIVE = late(
    r"(?P<which>this|last|next)-(?P<unit>day|week|month|quarter|year)"
    r"|(?P<count>[0-9]{1,4})-(?P<units>day|week|month|quarter|year)s?-ago"
)
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_WHICH = {"this": 0, "last": -1, "next": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}

REMEDY = (
    "write 2023, 2023-06, 2023-06-11, 2023-Q3, yesterday or last-month, "
    "or a range such as 2022..2024, >=2023-06 or last-month.. without spaces"
)


@lru_cache(maxsize=4096)
def date_range(text: str, today: date) -> tuple[str | None, str | None] | Problem:
    """The first and last instant of a range of dates, as ISO strings, both inclusive.

    ``>2023-06`` begins after that month, ``<2023-06`` ends before it, ``>=`` and ``<=`` include it.

    >>> date_range("2023..2024", date(2026, 1, 1))
    ('2023-01-01', '2024-12-31T23:59:59.999999')
    >>> date_range(">2023-06", date(2026, 1, 1))
    ('2023-07-01', None)
    """
    sign, low, high = bounds(text)
    if not low and not high:
        return Problem("bad-date", f"{shown(text)} is no date; {REMEDY}")
    first = period(low, today) if low else None
    if isinstance(first, Problem):
        return first
    last = period(high, today) if high else None
    if isinstance(last, Problem):
        return last
    start = first[0] if first else None
    end = last[1] if last else None
    if sign == "=" and first:
        end = first[1]
    try:
        if sign == ">" and first:
            start = first[1] + _INSTANT
        if sign == "<" and last:
            end = last[0] - _INSTANT
    except OverflowError:
        return Problem("empty-range", f"no date can lie beyond {shown(text)}; {REMEDY}")
    if start and end and start > end:
        return backwards("date", low, high)
    return (_from(start) if start else None), (_until(end) if end else None)


def period(text: str, today: date) -> Period | Problem:
    """The period a date of any precision stands for."""
    written = "-".join(text.lower().replace("_", "-").split())
    try:
        if written in _DAYS:
            day = today + timedelta(days=_DAYS[written])
            return _span(day, day)
        absolute = _ABSOLUTE.fullmatch(written)
        if absolute:
            return _absolute(absolute)
        relative = _RELATIVE.fullmatch(written)
        if relative:
            unit = relative["unit"] or relative["units"]
            count = _WHICH[relative["which"]] if relative["which"] else -int(relative["count"])
            return _relative(unit, count, today)
    except (ValueError, OverflowError) as error:
        return Problem("bad-date", f"{shown(text)} is no date: {_cause(error)}; {REMEDY}")
    return Problem("bad-date", f"{shown(text)} is no date; {REMEDY}")


def _absolute(found: re.Match[str]) -> Period:
    year = int(found["year"])
    if found["quarter"]:
        if found["quarter"] not in "1234":
            raise ValueError("a year has quarters Q1 to Q4")
        return _months(year, 3 * int(found["quarter"]) - 2, 3)
    if found["week"]:
        monday = date.fromisocalendar(year, int(found["week"]), 1)
        return _span(monday, monday + timedelta(days=6))
    if not found["month"]:
        return _months(year, 1, 12)
    month = int(found["month"])
    if not found["day"]:
        return _months(year, month, 1)
    day = date(year, month, int(found["day"]))
    if not found["hour"]:
        return _span(day, day)
    start = datetime.combine(day, time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0)))
    return start, start + (timedelta(seconds=1) if found["second"] else timedelta(minutes=1)) - _INSTANT


def _relative(unit: str, count: int, today: date) -> Period:
    if unit == "day":
        day = today + timedelta(days=count)
        return _span(day, day)
    if unit == "week":
        monday = today + timedelta(days=7 * count - today.weekday())
        return _span(monday, monday + timedelta(days=6))
    size = _MONTHS[unit]
    months = (today.year * 12 + today.month - 1) // size * size + count * size
    return _months(months // 12, months % 12 + 1, size)


def _months(year: int, month: int, count: int) -> Period:
    first = date(year, month, 1)
    final = month + count - 1
    last = date(year, 12, 31) if final == 12 else date(year, final + 1, 1) - timedelta(days=1)
    return _span(first, last)


def _span(first: date, last: date) -> Period:
    return datetime.combine(first, time()), datetime.combine(last, _DAY_END)


def _from(instant: datetime) -> str:
    return instant.date().isoformat() if instant.time() == time() else instant.isoformat()


def _until(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")


def _cause(error: Exception) -> str:
    said = str(error)
    causes = {
        "quarter": said,
        "day": "there is no such day in that month",
        "month": "there is no such month",
        "week": "that year has no such week",
        "hour": "there is no such hour",
        "minute": "there is no such minute",
        "second": "there is no such second",
    }
    return next((cause for word, cause in causes.items() if word in said), "the year must be 0001 to 9999")
