"""Questions in natural language: the words that ask count little, what is asked about counts."""

from __future__ import annotations

from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document
from essaysearch.query import parse
from essaysearch.query.questions import MOST_CHARACTERS
from essaysearch.tree import FrameWord


def little(query: str, literal: bool = False) -> list[str]:
    """The words of a query that count little."""
    parsed = parse(query, literal=literal)
    found = [word.text for word in parsed.words if isinstance(word, FrameWord)]
    assert bool(found) == ("question-frame" in [diagnostic.kind for diagnostic in parsed.diagnostics])
    return found


@pytest.mark.parametrize(
    ("query", "frame"),
    [
        ("what does he say to people who think harbours silt up?", "say people think"),
        ("who argues against pausing?", "argues"),
        ("What do people say about slow takeoff", "people say"),
        ("what did Ada Lane write about lanterns", "write"),
        ("what does Kamilė say about lanterns", "say"),
        ("why do people really think lanterns are real?", "people think"),
        ("does anyone believe that debate works", "anyone believe"),
        ("is there anyone who claims that tides are useless?", "anyone claims"),
        ("has anybody ever written about tide tables", "anybody written"),
        ("who else has written about motte-and-bailey", "written"),
        ("who's arguing against a treaty", "arguing"),
        ("what's his opinion on treaties", "opinion"),
        ("what is Lane’s view of treaties", "view"),
        ("so, what is said against a treaty?", "said"),
        ("what does corrigibility mean?", "mean"),
        ("how does she respond to those who say it is too late", "respond say"),
        ('what does he say about "slow takeoff"', "say"),
    ],
)
def test_words_that_ask_a_question_count_little(query: str, frame: str) -> None:
    assert little(query) == frame.split()


@pytest.mark.parametrize(
    "query",
    [
        "how do language models think about deception?",
        "do models say what they think",
        "how do models respond to reward hacking?",
        "what is the present state of the theory of tides",
        "what does the mean of a sample tell",
        "people who think that harbours silt up",
        "they say harbours silt up",
        "which words do people",
    ],
)
def test_the_same_words_count_as_ever_where_they_are_what_is_asked_about(query: str) -> None:
    assert little(query) == []


@pytest.mark.parametrize(
    "query",
    [
        'what does he say about "slow takeoff"~3',
        "what does he +say about takeoff",
        "what does he say about takeoff -lantern",
        "what does he say about takeoff kind:essay",
        "what does he say^2 about takeoff",
        "what does he say about takeoff AND lantern",
        "what does he say about take*",
        "what does own:say mean to lanterns",
        "what do people think?",
        "what does he say " + "about lanterns " * (MOST_CHARACTERS // 15),
    ],
)
def test_operators_long_texts_and_mere_frames_are_left_as_they_are(query: str) -> None:
    assert little(query) == []


def test_what_is_searched_literally_has_no_frame() -> None:
    assert little("who argues against pausing", literal=True) == []


def test_what_is_asked_about_outranks_what_only_asks_and_nothing_is_lost(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    texts = {
        "frame": "People think and people say what people think, they say.",
        "asked": "Harbours silt up over the years, unless somebody dredges them every spring and autumn.",
    }
    library.add(Document(key, "essay", text) for key, text in texts.items())
    library.add(Document(f"other{n}", "essay", f"Lanterns number {n}.") for n in range(20))
    found = library.search("what does he say to people who think harbours are deep?")
    assert [hit.doc_id for hit in found] == ["asked", "frame"]
    assert found.total == library.search("say people think harbours deep").total


@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ("what does he say to people who think harbours silt up?", "answers:(harbours silt up)"),
        ('what do people answer to "tide tables"?', 'answers:"tide tables"'),
        ("who disagrees with the treaty", "answers:(treaty)"),
    ],
)
def test_a_question_about_replies_is_told_where_replies_are_searched(query: str, remedy: str) -> None:
    (odd,) = parse(query).diagnostics
    assert odd.message.endswith(f"replies to such words are found by {remedy}")


def test_a_question_about_anything_else_is_not_sent_to_the_replies() -> None:
    (odd,) = parse("who argues against pausing?").diagnostics
    assert "answers:" not in odd.message


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("what does Ada Lane say about harbours?", ['author:"ada lane"']),
        ("what is Lane's view of harbours?", ["author:lane"]),
        ("what does Lane say about what Kamilė says?", ["author:lane"]),
        ("what does Harbour say about silt?", []),
        ("what is said against Lane?", []),
        ("Lane harbours", []),
    ],
)
def test_a_question_that_names_an_author_is_told_how_to_search_that_author_alone(
    tmp_path: Path, query: str, told: list[str]
) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(
        [Document("a", "essay", "Harbours silt up, Lane says, as Kamilė says.", authors=("Ada Lane",))]
    )
    odd = [warning for warning in library.search(query).warnings if warning.kind == "asks-an-author"]
    assert [warning.message.split("`")[3] for warning in odd] == told
    assert [query[warning.start : warning.end] for warning in odd] == [
        "Ada Lane" if '"' in condition else "Lane" for condition in told
    ]


def test_an_unknown_word_of_the_frame_is_not_said_to_be_unknown(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(Document("a", "essay", "Harbours silt up."))
    kinds = [warning.kind for warning in library.search("who argues against harbours").warnings]
    assert kinds == ["question-frame"]
