""" "Did you mean": which word of the library's own is offered for one that no passage has."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Library
from essaysearch.columnar.spelling import near_words
from essaysearch.nearest import edits
from essaysearch.search.suggestions import MOST_GUESSED, meant_by


def made(place: Path, *texts: str, author: str = "Ada Lane") -> Library:
    library = essaysearch.open_library(place / "index", create=True, fast=False)
    for number, text in enumerate(texts):
        library.add(Document(f"d{number}", "essay", text, authors=(author,)))
    return library


def said(library: Library, query: str) -> list[str]:
    return [warning.message for warning in library.search(query).warnings]


@pytest.mark.parametrize("letters", ["abc", "abcdefgh", "abé", "щжя"])
def test_arrays_find_the_words_that_lie_near_as_one_by_one_does(tmp_path: Path, letters: str) -> None:
    random_ = random.Random(7)
    words = {"".join(random_.choices(letters, k=random_.randint(1, 12))) for _ in range(600)}
    library = made(tmp_path, " ".join(sorted(words)))
    segment = library.snapshot().views[0].segment
    held = segment.surfaces().all()
    for typed in [*random_.choices(held, k=20), "a", "ab", letters * 3, "zzzz", "cab" * 20]:
        for allowed in (1, 2, 3):
            wanted = {(edits(typed, word, allowed), word) for word in held}
            near = {(distance, held[number]) for distance, number in near_words(segment, typed, allowed)}
            assert near == {row for row in wanted if row[0] <= allowed}


def test_of_equally_near_words_the_one_in_most_passages_is_meant(tmp_path: Path) -> None:
    library = made(tmp_path, "A cart.", "A card.", "Another card.", "A part.")
    assert meant_by(library.snapshot(), "carx") == "card"


def test_a_wrong_first_letter_is_found_where_no_word_with_the_right_one_is_as_near(tmp_path: Path) -> None:
    library = made(tmp_path, "Deceptive alignment.", "The dart and the care.")
    assert said(library, "eceptive") == ["No passage has the word `eceptive`; did you mean `deceptive`?"]
    assert said(library, "cart") == ["No passage has the word `cart`; did you mean `care`?"]


def test_the_beginning_of_a_word_means_the_most_frequent_that_begins_so(tmp_path: Path) -> None:
    library = made(tmp_path, "Interpolation.", "Interpretability.", "Interpretability again.")
    assert meant_by(library.snapshot(), "interp") == "interpretability"
    assert meant_by(library.snapshot(), "in") is None


def test_a_word_of_deleted_passages_alone_is_not_offered(tmp_path: Path) -> None:
    library = made(tmp_path, "The harbour.", "The harbor at night.")
    library.remove("d0")
    assert said(library, "harbout") == ["No passage has the word `harbout`; did you mean `harbor`?"]
    library.remove("d1")
    assert said(library, "harbout") == ["No passage has the word `harbout`."]


def test_an_author_is_recognised_however_the_name_is_written(tmp_path: Path) -> None:
    library = made(tmp_path, "The harbour.", author="Kamilė Lukošiūtė")
    for typed in ("lukosiute", "Lukošiūtė"):
        assert "it is an author's name: write `author:" in said(library, typed)[0]
    assert "author's name" not in said(library, "lukosiut")[0]


def test_every_unknown_word_is_named_and_the_first_are_guessed(tmp_path: Path) -> None:
    library = made(tmp_path, "harbour lantern river stone window garden kitchen")
    typed = "harbourx lanternx riverx stonex windowx gardenx kitchenx"
    messages = said(library, typed)
    assert len(messages) == 7
    assert ["did you mean" in message for message in messages] == [n < MOST_GUESSED for n in range(7)]
