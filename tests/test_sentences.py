"""Sentences: where they end, and where they must not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaysearch.text import sentences as module
from essaysearch.text.sentences import LONGEST_SENTENCE, items, sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Some goals, e.g. The ones we never meant, are learned first.",
        "The claim, i.e. That loss decides, is too strong.",
        "As Marsh et al. The first to ask, found, it depends.",
        "Rewards vs. Values is the whole debate.",
        "J. R. Quill and Dr. Fenn met Prof. Alder.",
        "My P(doom) is no reason to stop.",
        "It rose from 0.5 to 1.75 in a year.",
        "See https://example.org/a.b/c?d=e.f and www.example.org today.",
        "Others disagree (Amodei, 2025) and say so.",
        "See Fig. 3, Sec. 4.1 and No. 5 of vol. 2 (pp. 3 ff.) for more.",
        "By Alg. 2, Thms. 3 and 4, Defs. 1 and 2 hold.",
        "The U.S. Senate heard it, etc. and so on.",
        '"Really?" he asked, and "No!" she said.',
        "Well... perhaps it is so.",
    ],
)
def test_no_sentence_ends_inside_this_one(sentence: str) -> None:
    assert split(f"Here we begin. {sentence} Then we go on.") == [
        "Here we begin.",
        sentence,
        "Then we go on.",
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One ends. Another begins.", ["One ends.", "Another begins."]),
        ("Is it? Yes! Good.", ["Is it?", "Yes!", "Good."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("(It ends here.) Next.", ["(It ends here.)", "Next."]),
        ("We saw it in 2019. The next year was worse.", ["We saw it in 2019.", "The next year was worse."]),
        ("As shown (Amodei, 2025). The rest follows.", ["As shown (Amodei, 2025).", "The rest follows."]),
        ("I doubt my P(doom). That is all.", ["I doubt my P(doom).", "That is all."]),
        ("Names, dates, etc. The list goes on.", ["Names, dates, etc.", "The list goes on."]),
        ("She said no. Then she left.", ["She said no.", "Then she left."]),
        ("A claim.[12] A second one.", ["A claim.[12]", "A second one."]),
        ("1. First of all. 2. Second.", ["1. First of all.", "2. Second."]),
        ("the ratios . the results were .", ["the ratios .", "the results were ."]),
        ("i doubt it. maybe not.", ["i doubt it.", "maybe not."]),
        ("你好。世界！", ["你好。", "世界！"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@given(st.text(alphabet="aB .?!\n\"'()[]1。…e.g", max_size=200))
def test_every_character_that_is_no_space_is_in_exactly_one_sentence(text: str) -> None:
    ranges = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in ranges) == "".join(text.split())
    assert all(a < b and not text[a].isspace() and not text[b - 1].isspace() for a, b in ranges)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(ranges))


@pytest.mark.parametrize("text", ["word " * 20_000, "x" * 90_000, "a。" * 30_000, "." * 90_000 + "x"])
def test_no_sentence_is_longer_than_the_cap(text: str) -> None:
    assert max(end - start for start, end in sentences(text)) <= LONGEST_SENTENCE
    assert sum(len("".join(text[a:b].split())) for a, b in sentences(text)) == len("".join(text.split()))


def test_items_are_cut_at_bullets_and_numbers_and_keep_their_continuation() -> None:
    text = "  • one\n    goes on\n  • two\n1. three\n- four"
    assert [text[a:b] for a, b in items(text, 0, len(text))] == [
        "• one\n    goes on",
        "• two",
        "1. three",
        "- four",
    ]


def test_a_list_without_bullets_is_cut_at_lines() -> None:
    text = "one\n\ntwo\nthree"
    assert [text[a:b] for a, b in items(text, 0, len(text))] == ["one", "two", "three"]


def test_behind_an_abbreviation_a_sentence_ends_where_punkt_says_so():
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    from essaysearch.text.sentences import _STARTERS

    parameters = PunktParameters()
    parameters.sent_starters = set(_STARTERS)
    parameters.abbrev_types = {"etc", "u.s", "ph.d"}
    punkt = PunktSentenceTokenizer(parameters)
    words = [
        "The",
        "the",
        "He",
        "However,",
        "It's",
        "I",
        "I/O",
        "The-x",
        "Senate",
        "A.I",
        "(The",
        "In",
        "2019",
    ]
    for short in ("etc.", "U.S.", "Ph.D.", "..."):
        for word in [*words, "We;", "“We", "Then)", "Will--that", "Élan", "THE", "Not[1]"]:
            text = f"As of the {short} {word} x"
            assert (len(sentences(text)) == 2) == (len(list(punkt.span_tokenize(text))) == 2), text


_TOKENS = st.sampled_from(
    'Words words etc Dr e.g no P (we x 12 Jan 3 Über „so "It ß ... ? ! ) \n \u2003 a-b www.x.org'.split(" ")
)


@given(st.lists(st.tuples(_TOKENS, st.sampled_from(["", ". ", " ", ".", ".  ", "! ", ".\n"])), max_size=30))
def test_where_an_end_is_plain_the_rules_for_the_doubtful_ones_say_the_same(
    parts: list[tuple[str, str]],
) -> None:
    text = "".join(token + mark for token, mark in parts)
    found = sentences(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ends_plainly", lambda *_: False)
        assert sentences(text) == found
