"""Dates as sources write them, to ISO 8601 at the precision the source has.

Nothing is guessed: where day and month cannot be told apart only the year is kept, a day that
does not exist leaves its month, and a text that is not wholly a date gives nothing.
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        1,
    )
    for name in names.split()
} | {
    name: number
    for number, names in enumerate(
        (
            "januar jänner janvier janv enero ene gennaio gen janeiro januari",
            "februar février fevrier févr fév febrero febbraio fevereiro fev februari",
            "märz maerz mär mrz mars marzo março marco maart",
            "avril avr abril abr aprile",
            "mai mayo maggio mag maio mei",
            "juni juin junio giugno giu junho",
            "juli juillet juil julio luglio lug julho",
            "août aout agosto augustus",
            "septembre septiembre settembre setembro",
            "oktober okt octobre octubre ottobre ott outubro",
            "novembre noviembre novembro",
            "dezember dez décembre decembre déc diciembre dic dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_FILLERS = frozenset(
    """mon tue tues wed thu thur thurs fri sat sun
    monday tuesday wednesday thursday friday saturday sunday
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche
    lunes martes miércoles jueves viernes sábado domingo
    of the at on st nd rd th published posted updated
    am den um uhr veröffentlicht vom le à er publié el de del publicado em""".split()
)
_SEASONS = frozenset(("spring", "summer", "autumn", "fall", "winter"))
# Minutes east of Greenwich, for the names with one meaning; BST, IST and their like have several.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "cet": 60, "cest": 120,
}  # fmt: skip

_BEFORE_CLOCK = r"(?:[T_]|\s+|,\s*|\s+at\s+)"
_ISO = re.compile(
    rf"(\d{{4}})(?:([-/.])(\d{{1,2}})(?:\2(\d{{1,2}}))?)?(?:{_BEFORE_CLOCK}(\d{{1,2}}:\d{{2}}.*))?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(.*))?")
_NUMERIC = re.compile(
    rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}})(?:{_BEFORE_CLOCK}(\d{{1,2}}:\d{{2}}.*))?", re.IGNORECASE
)
_CLOCK = re.compile(
    r"""(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?
        (?:\s*(?P<half>[ap]\.?m\b\.?))?
        (?:\s*(?P<zone>(?:UTC|GMT|UT)?\s*[+-]\d{2}(?::?\d{2})?(?!\d)|[a-z]{1,5}(?![a-z])))?""",
    re.VERBOSE | re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]*\)")
_PIECE = re.compile(r"(?P<number>\d+)|(?P<word>[^\W\d_]+)|(?P<dash>[-–—/])|[\s,.]+|(?P<other>.)")

_FIRST_YEAR, _LAST_YEAR = 1000, 2199
_LONGEST = 100


@lru_cache(maxsize=1 << 12)
def parse_date(text: str) -> str | None:
    """The date a text is, as ISO 8601 at the precision it has; None where it is no date.

    Gives ``2023``, ``2023-06``, ``2023-06-11`` or, with a time, ``2023-06-11T09:30:00`` plus the
    offset the text names (``+02:00``). Years run from 1000 to 2199; a two-digit year counts only
    in the header form of a message (RFC 2822: 00 to 49 are 2000 to 2049, 50 to 99 are 1950 to 1999).

    >>> [parse_date(t) for t in ("Aug 7, 2023", "December, 1958", "03/04/2021", "0000-00-00")]
    ['2023-08-07', '1958-12', '2021', None]
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if match := _ISO.fullmatch(text):
        year, _, month, day, clock = match.groups()
        return _dated(int(year), int(month or 0), int(day or 0), clock)
    if match := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = match.groups()
        # Eight digits that are no calendar day are a number, not a date.
        if not _exists(int(year), int(month), int(day)):
            return None
        return _dated(
            int(year), int(month), int(day), f"{hour}:{minute}:{second or '00'}{zone}" if hour else None
        )
    if match := _NUMERIC.fullmatch(text):
        first, _, second, year, clock = match.groups()
        return _numeric(int(first), int(second), int(year), clock)
    return _worded(text)


def from_epoch(number: float | str, unit: str = "s") -> str | None:
    """The instant a count of seconds (``unit="s"``) or milliseconds (``"ms"``) since 1970 names, in UTC.

    None for zero (how sources write "no date"), for what is no number, and for years outside
    1900 to 2199.

    >>> from_epoch(1691366400)
    '2023-08-07T00:00:00+00:00'
    """
    try:
        seconds = float(number) / (1000.0 if unit == "ms" else 1.0)
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    except (ValueError, OverflowError, TypeError):
        return None
    if seconds == 0 or not 1900 <= moment.year <= _LAST_YEAR:
        return None
    return moment.replace(microsecond=0).isoformat()


def no_date(given: object, date: str | None) -> tuple[str, ...]:
    """A note on what was given as a date and is none; nothing where it is one, or nothing was given.

    >>> no_date("0000-00-00", None)
    ('the date "0000-00-00" is no date',)
    """
    said = "" if given is None or isinstance(given, bool) else str(given).strip()
    return (f'the date "{said[:40]}" is no date',) if said and not date else ()


def _exists(year: int, month: int, day: int) -> bool:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return False
    return 1 <= day <= calendar.monthrange(year, month)[1]


def _dated(year: int, month: int, day: int, clock: str | None) -> str | None:
    """The parts (0: not given) at the precision that is sure; a clock counts only on a day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if not 1 <= month <= 12:
        return f"{year:04d}"
    if not _exists(year, month, day):
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}{_time(clock)}"


def _time(clock: str | None) -> str:
    """``THH:MM:SS`` with its offset, or nothing where the text is no time of day."""
    match = _CLOCK.match(clock) if clock else None
    if not match:
        return ""
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return ""
    # A leap second has no form that every reader of ISO dates accepts.
    return f"T{hour:02d}:{minute:02d}:{min(second, 59):02d}{_offset(match['zone'] or '')}"


def _offset(zone: str) -> str:
    """``+HH:MM`` for a zone with one meaning; nothing for ``-0000`` (unknown) and other names."""
    if match := re.search(r"([+-])(\d{2}):?(\d{2})?", zone):
        sign, hours, minutes = match[1], int(match[2]), int(match[3] or 0)
        unknown = hours > 15 or minutes > 59 or (sign == "-" and hours == minutes == 0)
        return "" if unknown else f"{sign}{hours:02d}:{minutes:02d}"
    east = _ZONES.get(zone.lower())
    if east is None:
        return ""
    hours, minutes = divmod(abs(east), 60)
    return f"{'-' if east < 0 else '+'}{hours:02d}:{minutes:02d}"


def _numeric(first: int, second: int, year: int, clock: str | None) -> str | None:
    """Day and month told apart by size alone; where either could be the month, the year."""
    if first == second or first > 12 >= second:
        return _dated(year, second, first, clock)
    if second > 12 >= first:
        return _dated(year, first, second, clock)
    return _dated(year, 0, 0, None)


class _Pieces(NamedTuple):
    months: list[int]
    numbers: list[int]
    years: list[int]
    season: bool
    span: bool


def _worded(text: str) -> str | None:
    """A date whose month stands in words, its parts in any usual order, perhaps with a time."""
    rest, clock = _without_clock(_COMMENT.sub(" ", text))
    pieces = _pieces(rest)
    if pieces is None:
        return None
    months, numbers, years, season, span = pieces
    if not years and clock and len(months) == 1 and len(numbers) == 2:
        *numbers, short = numbers
        years = [short + (2000 if short < 50 else 1900)]
    if len(set(years)) != 1 or len(numbers) > 2:
        return None
    year = years[0]
    if season or not months:
        return None if months or numbers or (span and not season) else _dated(year, 0, 0, None)
    # "May 1-3, 2020" is sure of the month, "March-April 2020" of the year.
    if len(set(months)) > 1:
        return _dated(year, 0, 0, None) if span else None
    if len(numbers) > 1:
        return _dated(year, months[0], 0, None) if span else None
    return _dated(year, months[0], numbers[0] if numbers else 0, clock)


def _without_clock(text: str) -> tuple[str, str | None]:
    """The text with its time of day cut out, and that time with its zone."""
    match = _CLOCK.search(text)
    if not match:
        return text, None
    end = match.end()
    word = (match["zone"] or "").lower()
    if word in _MONTHS or word in _FILLERS:
        end = match.start("zone")
    return f"{text[: match.start()]} {text[end:]}", text[match.start() : end]


def _pieces(text: str) -> _Pieces | None:
    """The parts of a date in words; None where anything in the text is none of them."""
    months: list[int] = []
    numbers: list[int] = []
    years: list[int] = []
    season = span = False
    for match in _PIECE.finditer(text):
        word = (match["word"] or "").lower()
        if match["other"] or len(match["number"] or "") not in (0, 1, 2, 4):
            return None
        if match["number"]:
            (years if len(match["number"]) == 4 else numbers).append(int(match["number"]))
        elif word in _MONTHS:
            months.append(_MONTHS[word])
        elif word in _SEASONS:
            season = True
        elif word and word not in _FILLERS:
            return None
        span = span or bool(match["dash"])
    return _Pieces(months, numbers, years, season, span)
