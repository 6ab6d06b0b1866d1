"""Voices inferred on pages that have lost their quote marks: what is promised whatever the page says."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaysearch.model import Block, Document
from essaysearch.voices.cues import page_cues
from essaysearch.voices.model import model_of, voice_model
from essaysearch.voices.reasons import clause, sentence
from essaysearch.voices.unmarked import infer, judge, probability_quoted

CLAIM = "you would have to say that every lake is quieter than the town that drinks from it"
REPLY = (
    "No, I don't think I would have to say that. Some lakes are louder than any town, and I have lived "
    "beside one of them for years. My claim was about the town in the valley."
)
OWN = "I walked around the lake yesterday, and I want to write down what I saw before I forget it."


def page(*texts: str, **known: object) -> Document:
    blocks, at = [], 0
    for text in texts:
        blocks.append(Block(at, at + len(text), voice="unknown", confidence=0.5, reason="no marks"))
        at += len(text) + 2
    blocks = [known.get(f"block_{n}", block) for n, block in enumerate(blocks)]
    return Document("page", "comment", "\n\n".join(texts), tuple(blocks))


def test_a_claim_taken_up_and_denied_is_likelier_quoted_than_its_answer() -> None:
    told = [judgment.quoted for judgment in judge([OWN, CLAIM, REPLY])]
    assert told[1] > 0.5 > 2 * max(told[0], told[2])


def test_a_voice_is_called_only_from_its_threshold_on_and_says_why() -> None:
    model = voice_model()
    document = infer(page(OWN, CLAIM, REPLY, CLAIM.replace("lake", "pond"), REPLY.replace("lake", "pond")))
    for block in document.blocks:
        quoted = probability_quoted(block)
        assert (block.voice == "quoted") <= (quoted >= model.quoted_from)
        assert (block.voice == "own") == (quoted < model.own_below)
        assert block.reason
        assert 0 <= block.confidence <= 1


def test_a_reason_names_what_the_paragraph_shows() -> None:
    (_, claim, _) = judge([OWN, CLAIM, REPLY])
    assert "the next paragraph" in claim.why or "it begins with" in claim.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("“Every lake is quieter than the town that drinks from it.”", "quotation marks of its own"),
        ("* * *", "holds no words"),
        ("https://lamplight.example/lakes", "is a link"),
        ("Wren,", "addresses someone"),
    ],
)
def test_some_paragraphs_are_never_called_quoted(text: str, why: str) -> None:
    (judgment, _) = judge([text, REPLY])
    assert why in judgment.guarded
    assert infer(page(text, REPLY)).blocks[0].voice != "quoted"


def test_what_is_known_is_left_as_it_is() -> None:
    known = Block(0, len(CLAIM), voice="own", reason="corrected by hand")
    document = infer(page(CLAIM, REPLY, block_0=known))
    assert document.blocks[0] == known
    assert document.text == page(CLAIM, REPLY).text
    marked = Document("marked", "comment", OWN, (Block(0, len(OWN)),))
    assert infer(marked) is marked


def test_a_border_that_somebody_took_away_is_not_proposed_again() -> None:
    texts = [OWN, CLAIM, REPLY] * 6
    free = infer(page(*texts))
    proposed = [n for n, block in enumerate(free.blocks) if block.border]
    assert proposed
    assert all(free.blocks[n].border_reason for n in proposed)
    at = proposed[0]
    plain = page(*texts).blocks[at]
    taken = Block(
        plain.start, plain.end, voice="unknown", reason="no marks", border_reason="corrected by hand"
    )
    assert infer(page(*texts, **{f"block_{at}": taken})).blocks[at].border == 0


def test_where_borders_are_known_no_cue_looks_across_them() -> None:
    starts = [True, True, False]
    one = page_cues([OWN, CLAIM, REPLY], starts)[0]
    other = page_cues([OWN, "Quite another comment.", "And more of it."], starts)[0]
    sides = ("next", "before", "no I here")
    assert {k: v for k, v in one.items() if k.startswith(sides)} == {
        k: v for k, v in other.items() if k.startswith(sides)
    }
    assert one["next: none"] == 1


def test_the_first_paragraph_of_a_page_begins_no_second_comment() -> None:
    assert judge([OWN, CLAIM, REPLY])[0].border == 0


PARAGRAPHS = st.lists(st.text(max_size=80), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PARAGRAPHS)
def test_any_page_is_judged_and_always_the_same(texts: list[str]) -> None:
    told = judge(texts)
    assert len(told) == len(texts)
    assert all(0 <= one.quoted <= 1 and 0 <= one.border <= 1 for one in told)
    assert judge(texts) == told


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([OWN, CLAIM, REPLY, "Yes.", "…"]), min_size=1, max_size=8), st.data())
def test_with_known_borders_any_page_is_judged_too(texts: list[str], data: st.DataObject) -> None:
    starts = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    told = judge(texts, starts)
    assert [one.border for one in told] == [0.0] * len(texts)


def test_the_weights_are_a_small_file_each_on_a_line_of_its_own_and_known_to_the_cues() -> None:
    text = files("essaysearch").joinpath("data/voices.json").read_text("utf-8")
    assert len(text) < 60_000
    model = voice_model()
    known = {name for cues in page_cues([OWN, CLAIM, REPLY] * 3, [True, False, False] * 3) for name in cues}
    for judge_ in (model.hidden, model.known, model.border):
        assert 20 < len(judge_.alone.weights) <= 350
        assert known & set(judge_.alone.weights)
        scores = [score for score, _ in judge_.table]
        told = [probability for _, probability in judge_.table]
        assert scores == sorted(scores)
        assert told == sorted(told)


def test_a_weights_file_without_a_part_is_no_model() -> None:
    with pytest.raises(KeyError):
        model_of({"facts": {}})


def test_probabilities_stay_at_the_ends_of_the_table() -> None:
    table = voice_model().hidden
    assert table.probability(-1e9) == table.table[0][1]
    assert table.probability(1e9) == table.table[-1][1]


def test_reasons_are_clauses_that_a_reader_understands() -> None:
    assert clause("self: begins with small letter") == "it begins with a small letter"
    assert clause("next: opens with an interjection") == "the next paragraph opens with an interjection"
    assert clause("self: word length") == ""
    assert (
        sentence([(2.0, "next: none"), (1.0, "self: length"), (0.01, "before: none")]) == "nothing follows it"
    )
