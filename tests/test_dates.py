"""Dates: at the precision that is sure, never guessed."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaysearch.readers.dates import from_epoch, parse_date

ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2})?)?)?)?")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023", "2023"),
        ("2023-06", "2023-06"),
        ("2023-06-11", "2023-06-11"),
        ("2023/6/1", "2023-06-01"),
        ("20230611", "2023-06-11"),
        ("2023-06-11T09:30:00Z", "2023-06-11T09:30:00+00:00"),
        ("2022-10-06T18:29:10.586000Z", "2022-10-06T18:29:10+00:00"),
        ("2011-04-27 22:00:00 +0900", "2011-04-27T22:00:00+09:00"),
        ("2011-04-27 22:00", "2011-04-27T22:00:00"),
        ("20240229T101500Z", "2024-02-29T10:15:00+00:00"),
        ("Aug 7, 2023", "2023-08-07"),
        ("7 Aug 2023", "2023-08-07"),
        ("7-Aug-2023", "2023-08-07"),
        ("12th of May, 2009", "2009-05-12"),
        ("December, 1958", "1958-12"),
        ("29 November 2012 09:00PM", "2012-11-29T21:00:00"),
        ("Dec. 14, 2011 12:46 AM", "2011-12-14T00:46:00"),
        ("Published on June 2, 2021 at 10:05", "2021-06-02T10:05:00"),
        ("10:30 Aug 7, 2023", "2023-08-07T10:30:00"),
        ("Veröffentlicht am 3. März 2020 um 12:30 Uhr", "2020-03-03T12:30:00"),
        ("le 1er mai 2020", "2020-05-01"),
        ("Lunes, 5 de abril de 2021", "2021-04-05"),
        ("5 maart 2020", "2020-03-05"),
        ("3 dicembre 2019", "2019-12-03"),
        ("7 de março de 2022", "2022-03-07"),
    ],
)
def test_a_date_keeps_the_precision_it_has(text: str, date: str) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 07 Aug 2023 10:00:00 +0200", "2023-08-07T10:00:00+02:00"),
        ("Mon, 5 Apr 93 17:32 GMT", "1993-04-05T17:32:00+00:00"),
        ("1 Jan 05 00:00:00 EST", "2005-01-01T00:00:00-05:00"),
        ("Sun Oct 10 14:26:43 PDT 1999", "1999-10-10T14:26:43-07:00"),
        ("Thu, 2 Jan 1997 09:00:00 -0500 (EST)", "1997-01-02T09:00:00-05:00"),
        ("Thu, 2 Jan 1997 09:00:00 -0000", "1997-01-02T09:00:00"),
        ("Thu, 2 Jan 1997 09:00:00 IST", "1997-01-02T09:00:00"),
    ],
)
def test_a_message_header_keeps_its_time_and_an_offset_with_one_meaning(text: str, date: str) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("03/04/2021", "2021"),
        ("13/04/2021", "2021-04-13"),
        ("04/13/2021", "2021-04-13"),
        ("05.05.2021", "2021-05-05"),
        ("2023-06-00", "2023-06"),
        ("2023-00-00", "2023"),
        ("2023-02-30", "2023-02"),
        ("Sat, 31 Feb 2009 10:00:00 GMT", "2009-02"),
        ("Aug 7 2023, 25:00", "2023-08-07"),
        ("May 1-3, 2020", "2020-05"),
        ("March–April 2019", "2019"),
        ("Spring 2004", "2004"),
    ],
)
def test_what_is_not_sure_is_left_out(text: str, date: str) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    ["", "0000-00-00", "0000", "hello", "May", "42", "19 99", "20231399", "12/25", "Aug 7", "2019 and 2021",
     "5 6 7 2020", "Aug 7, 23", "version 2.0", "2023-06-11 or so", "9" * 200],
)  # fmt: skip
def test_what_is_no_date_gives_none(text: str) -> None:
    assert parse_date(text) is None


def test_counts_of_seconds_and_milliseconds_are_instants_in_utc() -> None:
    assert from_epoch(1691366400) == "2023-08-07T00:00:00+00:00"
    assert from_epoch("1691366400000", "ms") == "2023-08-07T00:00:00+00:00"
    assert from_epoch(-86400) == "1969-12-31T00:00:00+00:00"


@pytest.mark.parametrize("number", [0, "0", "x", "", float("nan"), float("inf"), 1e30, -1e30])
def test_a_count_that_names_no_instant_gives_none(number: float | str) -> None:
    assert from_epoch(number) is None


@given(st.text(max_size=60))
def test_any_text_gives_an_iso_date_or_nothing(text: str) -> None:
    date = parse_date(text)
    assert date is None or ISO.fullmatch(date)


@given(st.datetimes(datetime(1000, 1, 1), datetime(2199, 12, 31)))
def test_every_written_form_of_a_day_gives_that_day(moment: datetime) -> None:
    day = moment.date().isoformat()
    for form in ("%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%A, %d %b %Y"):
        assert parse_date(moment.date().strftime(form).replace(str(moment.year), f"{moment.year:04d}")) == day
    assert parse_date(moment.replace(microsecond=0).isoformat()) == moment.replace(microsecond=0).isoformat()
