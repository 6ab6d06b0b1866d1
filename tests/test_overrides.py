"""Corrections beside a source: applied, kept when it is read again, complained about once they do not fit."""

from __future__ import annotations

import pytest

import essaysearch

PAGE = """Wren Oakapple

Wiki Contributions

Nobody pauses for long.

I have paused for a whole year, and it did me good.
Load More
"""


@pytest.fixture
def page(tmp_path):
    file = tmp_path / "page.txt"
    file.write_text(PAGE, encoding="utf-8")
    return file


def index(page, corrections=None):
    if corrections is not None:
        page.with_name("page.txt.overrides.toml").write_text(corrections, encoding="utf-8")
    library = essaysearch.open_library(page.parent / "index", create=True, fast=False)
    return library, library.add(page)


RIGHT = """
[document]
author = "Wren Oakapple; Nib Carraway"
date = "2023-10"

[[paragraph]]
begins = "Nobody pauses"
voice = "quoted"
speaker = "Tobiah"

[[paragraph]]
begins = "i have  PAUSED"
voice = "own"
"""


def test_corrections_change_voices_speakers_authors_and_dates(page):
    library, report = index(page, RIGHT)
    assert report.skipped == []
    (hit,) = library.search('answers:"nobody pauses"')
    assert (hit.authors, hit.date, hit.voice) == (("Wren Oakapple", "Nib Carraway"), "2023-10", "own")
    (quote,) = library.search('quote:"nobody pauses"')
    assert (quote.speaker, quote.confidence, quote.reason) == ("Tobiah", 1.0, "corrected by hand")


def test_corrections_survive_a_source_that_grows(page):
    index(page, RIGHT)
    page.write_text(
        PAGE.replace("Nobody", "A new comment stands before the others.\n\nNobody"), encoding="utf-8"
    )
    library, report = index(page)
    assert report.skipped == []
    assert library.search('quote:"nobody pauses"').total == 1


def test_a_correction_that_is_added_later_changes_the_document(page):
    index(page)
    _, report = index(page, RIGHT)
    assert (report.changed, report.unchanged) == (1, 0)


def test_a_correction_that_no_longer_fits_is_complained_about(page):
    library, report = index(page, '[[paragraph]]\nbegins = "Everybody pauses"\nvoice = "quoted"\n')
    (complaint,) = report.skipped
    assert complaint.path.endswith("page.txt.overrides.toml")
    assert "`Everybody pauses` begins no paragraph of the source" in complaint.reason
    assert len(library) > 0


@pytest.mark.parametrize(
    ("corrections", "sentence"),
    [
        ("[[paragraph]\n", "The corrections cannot be read"),
        ("[author]\nname = 'x'\n", "`author` is no kind of correction"),
        ("[document]\nauthors = 'x'\n", "A correction of a document has no `authors`"),
        ("[document]\ndate = 'soon'\n", "`soon` is no date"),
        ("[document]\nkind = 'poem'\n", "`poem` is no kind"),
        ("[document]\nid = 'nobody'\nauthor = 'x'\n", "no document has the id `nobody`"),
        ("[[paragraph]]\nvoice = 'own'\n", "needs `begins`"),
        ("[[paragraph]]\nbegins = 'Nobody'\nvoice = 'mine'\n", "`mine` is no voice"),
        ("[[paragraph]]\nbegins = 'Nobody'\nborder = 'yes'\n", "`border` is true or false"),
        ("[[paragraph]]\nbegins = 3\nvoice = 'own'\n", "`begins` is a text in quotation marks"),
        ("[[paragraph]]\nbegins = 'Nobody'\nspeaker = 3\n", "`speaker` is a text in quotation marks"),
        (
            "[[paragraph]]\nbegins = 'Nobody'\nspeaker = ''\n",
            "`speaker` is a text in quotation marks, and not",
        ),
        ("[[paragraph]]\nbegins = 'Nobody'\n", "needs something to correct: border, speaker, voice"),
        ("[[paragraph]]\nbegins = 'Nobody'\ndocument = 'x'\nvoice = 'own'\n", "`Nobody` begins no paragraph"),
        ("[paragraph]\nbegins = 'Nobody'\nvoice = 'own'\n", "under [[paragraph]], in two brackets"),
        ("paragraph = 'x'\n", "A correction of a paragraph is a table"),
        ("document = 'x'\n", "A correction of a document is a table"),
        ("[document]\nauthor = 3\n", "`author` is a text in quotation marks"),
        ("[document]\nauthor = ''\n", "`author` is a text in quotation marks, and not empty"),
        ("[document]\ntitle = 3\n", "`title` is a text in quotation marks"),
        ("[document]\nid = 'x'\n", "A correction of a document needs something to correct"),
    ],
)
def test_a_mistake_in_a_file_of_corrections_is_a_sentence_and_the_source_is_still_read(
    page, corrections, sentence
):
    library, report = index(page, corrections)
    assert any(sentence in complaint.reason for complaint in report.skipped)
    assert (report.added, len(library) > 0) == (1, True)


def test_words_that_begin_several_paragraphs_correct_none(page):
    page.write_text(PAGE.replace("I have paused", "Nobody pauses at all, I have paused"), encoding="utf-8")
    library, report = index(page, '[[paragraph]]\nbegins = "Nobody pauses"\nvoice = "quoted"\n')
    assert any("begins 2 paragraphs" in complaint.reason for complaint in report.skipped)
    assert library.search("quote:pauses").total == 0
