"""Pages without quote marks in a library that shows whose words their paragraphs are."""

from __future__ import annotations

import pytest

import essaysearch
from essaysearch.filling import elsewhere

QUOTED = "Whoever builds a ladder out of reports will one day stand on a report that nobody has written."
ANSWER = "I have built three of them, and I stood on every rung before I let my brother climb."
PAGE = f"""Wren Oakapple

Wiki Contributions


The lake was quiet this morning and so was I.

{QUOTED}

{ANSWER}

Load More
"""
ESSAY = f"""---
title: On ladders
author: Ludo Marchpane
date: 2021-03-01
---

Ladders are made of many things. {QUOTED} That is the whole of my advice.
"""


@pytest.fixture
def shelf(tmp_path):
    """A directory, and a way to put files there and read them."""

    class Shelf:
        def __init__(self):
            self.library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)

        def put(self, **texts):
            files = []
            for name, text in texts.items():
                file = tmp_path / name.replace("_", ".")
                file.write_text(text, encoding="utf-8")
                files.append(file)
            return self.library.add(files)

        def voice(self, words, reader="comment-page"):
            """The paragraph of the page that begins with these words."""
            (page,) = [one for one in self.library.all_documents() if one.reader == reader]
            (block,) = [b for b in page.blocks if page.text[b.start : b.end].startswith(words)]
            return block

    return Shelf()


def test_what_stands_in_another_author_s_text_is_quoted_and_its_author_speaks(shelf):
    report = shelf.put(essay_md=ESSAY, page_txt=PAGE)
    block = shelf.voice("Whoever builds")
    assert (block.voice, block.depth, block.speaker) == ("quoted", 1, "Ludo Marchpane")
    assert block.reason.startswith("stands in ")
    assert block.reason.endswith("by Ludo Marchpane")
    assert block.confidence > 0.9
    assert report.inferred.sureness()["quotes_found_elsewhere"] == 1
    (hit,) = shelf.library.search("answers:ladder brother", group="exchange")
    assert (hit.text, hit.answers.text) == (ANSWER, QUOTED)
    assert [hit.authors for hit in shelf.library.search('quote:"reports"')] == [("Wren Oakapple",)]


def test_the_author_of_the_longer_text_quotes_nobody(shelf):
    shelf.put(
        page_txt=PAGE,
        other_txt=PAGE.replace("Wren Oakapple", "Tobiah Fell").replace(QUOTED, f"Mind. {QUOTED} Mind again."),
    )
    pages = {one.authors[0]: one for one in shelf.library.all_documents()}
    told = {
        name: [b.voice for b in page.blocks if QUOTED in page.text[b.start : b.end]]
        for name, page in pages.items()
    }
    assert told["Wren Oakapple"] == ["quoted"]
    assert told["Tobiah Fell"] != ["quoted"]


def test_a_source_that_comes_later_tells_of_a_page_that_is_there_and_takes_it_back_when_it_goes(shelf):
    shelf.put(page_txt=PAGE)
    before = shelf.voice("Whoever builds")
    assert not before.reason.startswith("stands in")
    shelf.put(essay_md=ESSAY)
    assert shelf.voice("Whoever builds").speaker == "Ludo Marchpane"
    (essay,) = [one for one in shelf.library.all_documents() if one.reader != "comment-page"]
    shelf.library.remove(essay.id)
    assert shelf.voice("Whoever builds") == before


def test_a_page_read_again_unchanged_is_left_alone_and_reported_as_it_stands(shelf):
    first = shelf.put(essay_md=ESSAY, page_txt=PAGE)
    generation = shelf.library.snapshot().manifest.generation
    again = shelf.put(essay_md=ESSAY, page_txt=PAGE)
    assert (again.changed, again.unchanged) == (0, 2)
    assert again.inferred.to_dict() == first.inferred.to_dict()
    assert shelf.library.snapshot().manifest.generation == generation


def test_a_page_that_has_grown_is_compared_again(shelf):
    shelf.put(essay_md=ESSAY, page_txt=PAGE)
    report = shelf.put(page_txt=PAGE.replace("Load More", "Good night to all of you.\n\nLoad More"))
    assert report.changed == 1
    assert shelf.voice("Whoever builds").speaker == "Ludo Marchpane"


def test_only_pages_that_share_words_with_what_changed_are_looked_at(shelf, monkeypatch):
    other = "Tobiah Fell\n\nWiki Contributions\n\n\nNothing here is anybody's business at all.\n\nLoad More\n"
    shelf.put(page_txt=PAGE, other_txt=other)
    asked = []
    known = elsewhere.revoiced
    monkeypatch.setattr(elsewhere, "revoiced", lambda page, *more: asked.append(page) or known(page, *more))
    shelf.put(essay_md=ESSAY)
    assert [page.authors for page in asked] == [("Wren Oakapple",)]


THREAD = """From wren@lake.example Mon Mar  1 10:00:00 2021
From: Wren Oakapple <wren@lake.example>
Date: Mon, 1 Mar 2021 10:00:00 +0000
Subject: ladders
Message-ID: <1@lake.example>

Somebody said:

> {quoted}

{answer}
"""


def test_the_same_author_s_text_with_marks_tells_quoted_from_own(shelf):
    shelf.put(mail_mbox=THREAD.format(quoted=QUOTED, answer=ANSWER), page_txt=PAGE)
    quoted, own = shelf.voice("Whoever builds"), shelf.voice("I have built")
    assert (quoted.voice, own.voice) == ("quoted", "own")
    assert "by the same author, and is marked as quoted there" in quoted.reason
    assert "by the same author, unmarked among marked quotations" in own.reason


def test_the_same_author_s_earlier_words_prove_nothing_where_no_mark_is(shelf):
    shelf.put(mail_mbox=THREAD.format(quoted="x", answer=QUOTED).replace("> x", ""), page_txt=PAGE)
    assert "same author" not in shelf.voice("Whoever builds").reason


def test_a_correction_by_hand_stands_above_what_the_library_shows(shelf, tmp_path):
    (tmp_path / "page.txt.overrides.toml").write_text(
        '[[paragraph]]\nbegins = "Whoever builds"\nvoice = "own"\n', encoding="utf-8"
    )
    report = shelf.put(essay_md=ESSAY, page_txt=PAGE)
    assert report.skipped == []
    block = shelf.voice("Whoever builds")
    assert (block.voice, block.reason) == ("own", "corrected by hand")


def test_two_pages_with_the_same_paragraph_leave_the_direction_to_the_cues(shelf):
    shelf.put(page_txt=PAGE, other_txt=f"Tobiah Fell\n\nWiki Contributions\n\n\n{QUOTED}\n\nLoad More\n")
    for page in shelf.library.all_documents():
        for block in page.blocks:
            if "stands in" in block.reason:
                assert "nothing says who of the two quotes the other" in block.reason
                assert block.confidence >= elsewhere.SURE
