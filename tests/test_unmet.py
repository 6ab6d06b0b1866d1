"""Conditions that nothing in the library meets, and names that nothing bears: said, with what was meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Library
from essaysearch.query.sentences import OF_A_LIBRARY
from test_cli import run


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    place = tmp_path_factory.mktemp("unmet")
    (place / "topics").mkdir()
    (place / "topics" / "silting-up.toml").write_text('[[sense]]\nphrases = ["silts up"]\n', encoding="utf-8")
    (place / "topics" / "broken.toml").write_text("[[sense]\n", encoding="utf-8")
    (place / "note.md").write_text("# Harbours\n\nThe harbour silts up again.\n", encoding="utf-8")
    made = essaysearch.open_library(place / "index", create=True, fast=False)
    made.add(place)
    made.add(
        Document("a", "essay", "A lantern hangs there.", authors=("Kamilė Vantablack",), date="2023-05-02",
                 categories=("tide tables",), source="lamplight", karma=4.0, url="https://lamplight.example/a")
    )  # fmt: skip
    made.add(
        Document("b", "comment", "No lantern hangs there.", authors=("Odile Fenn",), parent="a", thread="a")
    )
    return made


@pytest.mark.parametrize(
    ("query", "cause", "message"),
    [
        ("author:vantablak lantern", "author:vantablak",
         "Nothing in the library meets `author:vantablak`; did you mean `author:vantablack`?"),
        ('author:"kamile vantablak"', 'author:"kamile vantablak',
         'Nothing in the library meets `author:"kamile vantablak"`; '
         'did you mean `author:"Kamilė Vantablack"`?'),
        ("author:(fenn OR vantablak)", "author:(fenn OR vantablak",
         "Nothing in the library meets `author:vantablak`; did you mean `author:vantablack`?"),
        ("author:zyx", "author:zyx", "Nothing in the library meets `author:zyx`."),
        ("replyto:vantablak", "replyto:vantablak",
         "Nothing in the library meets `replyto:vantablak`; did you mean `replyto:vantablack`?"),
        ("category:tide-tabels", "category:tide-tabels",
         'Nothing in the library meets `category:tide-tabels`; did you mean `category:"tide tables"`?'),
        ("source:lampligth", "source:lampligth",
         "Nothing in the library meets `source:lampligth`; did you mean `source:lamplight`?"),
        ("kind:message", "kind:message", "Nothing in the library meets `kind:message`."),
        ("voice:unknown", "voice:unknown", "Nothing in the library meets `voice:unknown`."),
        ("date:2021..2022 lantern", "date:2021..2022", "Nothing in the library meets `date:2021..2022`."),
        ("year:2021", "year:2021", "Nothing in the library meets `year:2021`."),
        ("karma:>=50", "karma:>=50", "Nothing in the library meets `karma:>=50`."),
        ("url:elsewhere.example", "url:elsewhere.example",
         "Nothing in the library meets `url:elsewhere.example`."),
        ("path:nowhere.md", "path:nowhere.md", "Nothing in the library meets `path:nowhere.md`."),
        ("id:zyx", "id:zyx", "Nothing in the library meets `id:zyx`."),
        ("thread:zyx", "thread:zyx", "Nothing in the library meets `thread:zyx`."),
        ("has:code", "has:code", "Nothing in the library meets `has:code`."),
        ("like:zyx lantern", "like:zyx",
         "No passage bears the id `zyx`. Ids stand in search results (`passage_id`)."),
        ("topic:silting-pu lantern", "topic:silting-pu",
         "There is no topic `silting-pu`. Did you mean `silting-up`? It is searched as words."),
        ("topic:lantern", "topic:lantern",
         "There is no topic `lantern`. There are: broken, silting-up. It is searched as words."),
        ("lantern -topic:zyx", "topic:zyx",
         "There is no topic `zyx`. There are: broken, silting-up. It is left out."),
    ],
)  # fmt: skip
def test_what_nothing_meets_is_said_with_its_place_and_what_was_meant(
    library: Library, query: str, cause: str, message: str
) -> None:
    (warning,) = (w for w in library.search(query).warnings if w.kind != "unknown-word")
    assert (query[warning.start : warning.end], warning.message) == (cause, message)
    assert warning.kind in OF_A_LIBRARY


def test_a_topic_that_cannot_be_had_is_searched_as_words_and_excludes_nothing(library: Library) -> None:
    assert library.search("topic:lantern").total == library.search("lantern").total == 2
    assert library.search("lantern -topic:lantern").total == 2
    (warning, *_) = library.search("topic:broken").warnings
    assert warning.kind == "unknown-topic"
    assert "broken.toml" in warning.message


def test_conditions_that_something_meets_or_that_exclude_say_nothing(library: Library) -> None:
    for query in (
        "author:fenn lantern",
        "lantern -kind:message",
        "lantern -author:zyx",
        "year:2023",
        "topic:silting-up",
    ):
        assert library.search(query).warnings == ()


def test_what_was_deleted_meets_nothing_and_an_empty_library_says_nothing(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    assert library.search("author:fenn").warnings == ()
    library.add([Document("a", "essay", "Kelp.", authors=("Odile Fenn",)), Document("b", "essay", "Moss.")])
    assert library.search("author:fenn").warnings == ()
    library.remove("a")
    assert [warning.kind for warning in library.search("author:fenn").warnings] == ["unmet-filter"]


def test_an_unmet_condition_that_narrows_is_named(library: Library) -> None:
    (warning,) = library.search("lantern").narrow("author:vantablak").warnings
    assert warning.message.startswith("narrowed by `author:vantablak`: Nothing in the library meets")


def test_a_topic_that_does_not_exist_does_not_stop_the_other_queries(library: Library) -> None:
    told = run("search", "-", "--index", library.path, stdin="topic:zyx\nlantern\n").stdout.splitlines()
    assert [json.loads(line)["total"] for line in told] == [0, 2]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("harbour author:fenn", "without `harbour` 1, without `author:fenn` 1 would be found."),
        (
            "harbour silts author:vantablack",
            "without `harbour silts` 1, without `author:vantablack` 1 would be found.",
        ),
        ("+lantern -kind:essay -kind:comment", "without `-kind:essay` 1, without `-kind:comment` 1 would"),
        ("harbour author:fenn year:2023", "nor all but one of them."),
    ],
)
def test_where_every_part_is_met_but_none_at_once_what_was_in_the_way_is_named(
    library: Library, query: str, told: str
) -> None:
    results = library.search(query)
    (warning,) = results.warnings
    assert (results.total, warning.kind) == (0, "too-much-asked")
    assert told in warning.message
    assert library.search(query, k=None).warnings == results.warnings
