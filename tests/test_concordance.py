"""Concordance lines, collocates, keyness and years, counted by hand on a small library."""

from __future__ import annotations

import math

import pytest

import essaysearch
from essaysearch.concordance import UnknownMeasure, sparkline
from essaysearch.model import Block, Document

TEXTS = [
    (
        "a",
        "Ada Lane",
        "2021-03-01",
        "A pause would help. A long pause, she said, would help more than a short pause.",
    ),
    ("b", "Odile Fenn", "2023", "The pause hurts research; research hurts nobody."),
    ("c", "Odile Fenn", None, "Research on pauses is research."),
    ("d", "Ada Lane", "2023-07", "Nothing here concerns it."),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    made = essaysearch.open_library(tmp_path_factory.mktemp("kwic") / "index", create=True, fast=False)
    made.add(
        Document(key, "essay", text, (Block(0, len(text)),), authors=(author,), date=date)
        for key, author, date, text in TEXTS
    )
    return made


def test_every_occurrence_is_a_line_with_its_context(library):
    lines = library.kwic("pause")
    assert [(line.doc_id, line.match) for line in lines] == [
        ("a", "pause"), ("a", "pause"), ("a", "pause"), ("b", "pause"), ("c", "pauses"),
    ]  # fmt: skip
    assert (lines[0].left, lines[0].right[:11]) == ("A", "would help.")
    assert lines[3].authors == ("Odile Fenn",)


def test_lines_sort_by_the_words_on_either_side(library):
    by_right = [line.right.split()[0].lower() for line in library.kwic("pause author:lane", sort="right")]
    assert by_right == sorted(by_right)
    by_left = [line.left.split()[-1].lower() for line in library.kwic("pause", sort="left")]
    assert by_left == sorted(by_left)
    with pytest.raises(UnknownMeasure, match="Choose one of: place, left, right"):
        library.kwic("pause", sort="middle")


def test_context_is_cut_at_words(library):
    for line in library.kwic("pause", width=12):
        whole = next(text for key, _, _, text in TEXTS if key == line.doc_id)
        assert len(line.left) <= 12
        assert len(line.right) <= 12
        assert f"{line.left} {line.match}".strip() in whole
        assert f"{line.match} {line.right}".replace(" ", "") in whole.replace(" ", "")


def test_collocates_count_words_within_the_window_once(library):
    rows = {row.word: row for row in library.collocates("pause", least=1, window=2)}
    assert (rows["help"].count, rows["help"].total) == (1, 2)
    assert rows["research"].count == 3
    assert rows["research"].total == 4
    assert "a" not in rows


def test_collocates_score_by_the_measure_asked_for(library):
    row = next(
        row for row in library.collocates("pause", measure="pmi", least=1, window=2) if row.word == "help"
    )
    words = library.stats()["words"]
    slots = sum(row.count for row in _all_collocates(library))
    assert row.score == pytest.approx(math.log2(words / (slots * 2)))
    with pytest.raises(UnknownMeasure, match="There is no measure `mi`"):
        library.collocates("pause", measure="mi")


def _all_collocates(library):
    from essaysearch.concordance import collocates
    from essaysearch.query import parse

    return collocates(library.snapshot(), parse("pause").tree, None, least=1, window=2, stop_words=True)


def test_keyness_puts_first_what_one_author_says_more(library):
    rows = {row.word: row for row in library.keyness("author:fenn", least=1)}
    assert rows["research"].count == 4
    assert rows["research"].other == 0
    assert rows["research"].score > rows["pause"].score > 0
    against = {row.word: row.score for row in library.keyness("author:fenn", "author:lane", least=1)}
    assert against["research"] > 0 > against["help"]


def test_the_undated_are_counted_apart_and_years_have_no_gaps(library):
    assert library.by_year("pause") == [(2021, 1), (2022, 0), (2023, 1), (None, 1)]


def test_a_sparkline_has_a_bar_for_each_count():
    assert sparkline([0, 1, 4, 8]) == " ▁▄█"
