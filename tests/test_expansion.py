"""Words are added where the first results agree, and only as far as the best of them stays first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaysearch.expansion import (
    FEEDBACK,
    LEAST,
    STRENGTH,
    Added,
    Feedback,
    UnusableWords,
    expand,
    read_words,
    trust,
    weakened,
    written,
)

OWN = 2.0
SCORES = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=40)


def test_words_that_several_results_hold_are_added() -> None:
    found = [
        Feedback(9.0, {"decept": 4.0, "fake": 3.0, "kite": 5.0}),
        Feedback(8.8, {"decept": 3.0, "fake": 4.0}),
        Feedback(8.5, {"scheme": 4.0, "fake": 1.0}),
    ]
    added = {a.term: a.results for a in expand(OWN, found)}
    assert added == {"fake": 3, "decept": 2}


def test_all_added_words_together_weigh_a_fixed_share_of_the_query() -> None:
    found = [Feedback(5.0, {"a1": 1.0, "b1": 3.0, "c1": 2.0})] * 4
    added = expand(3.5, found)
    assert sum(a.weight for a in added) == pytest.approx(STRENGTH * 3.5)
    assert [a.term for a in added] == ["b1", "c1", "a1"]


def test_where_one_result_stands_out_the_others_hardly_speak() -> None:
    others = [Feedback(3.0, {"sand": 2.0, "kelp": 1.0}), Feedback(3.0, {"sand": 2.0, "rock": 2.0})]
    weights = {a.term: a.weight for a in expand(OWN, [Feedback(9.0, {"rock": 2.0, "kelp": 1.0}), *others])}
    assert weights["rock"] > 50 * weights["sand"]
    level = {a.term: a.weight for a in expand(OWN, [Feedback(3.1, {"rock": 2.0, "kelp": 1.0}), *others])}
    assert level["rock"] < 2 * level["sand"]


def test_a_long_result_has_no_more_say_than_a_short_one() -> None:
    short, long = {"kelp": 1.0}, {"kelp": 1.0} | {f"w{i}": 1.0 for i in range(99)}
    by_short = expand(OWN, [Feedback(2.0, short), Feedback(2.0, {"kelp": 1.0, "otter": 1.0})])
    assert [a.term for a in by_short] == ["kelp"]
    found = [Feedback(2.0, long), Feedback(2.0, long), Feedback(2.0, {"x1": 9.0}), Feedback(2.0, {"x1": 9.0})]
    assert expand(OWN, found)[0].term == "x1"


def test_unusable_words_and_words_beyond_the_limit_are_left_out() -> None:
    weights = {f"w{i:02}": 50.0 - i for i in range(40)} | {"the": 99.0}
    added = expand(OWN, [Feedback(2.0, weights)] * 3, lambda term: term != "the", words=5)
    assert [a.term for a in added] == ["w00", "w01", "w02", "w03", "w04"]


def test_nothing_is_added_from_fewer_than_two_results() -> None:
    assert expand(OWN, []) == ()
    assert expand(OWN, [Feedback(2.0, {"a1": 1.0}), Feedback(0.0, {"a1": 1.0})]) == ()


def test_results_beyond_the_first_ten_are_not_asked() -> None:
    silent = [Feedback(2.0, {"a1": 1.0})] * FEEDBACK
    added = expand(OWN, [*silent, Feedback(2.0, {"late": 1.0}), Feedback(2.0, {"late": 1.0})])
    assert [a.term for a in added] == ["a1"]


@given(SCORES)
def test_the_best_find_of_the_users_own_words_stays_first(rows: list[tuple[float, float]]) -> None:
    scores, bonus = (np.array(column) for column in zip(*rows, strict=True))
    together = scores + trust(scores, bonus) * bonus
    assert together[scores == scores.max()].max() >= together.max() - 1e-9


@given(SCORES)
def test_trust_is_a_share(rows: list[tuple[float, float]]) -> None:
    scores, bonus = (np.array(column) for column in zip(*rows, strict=True))
    assert 0.0 <= trust(scores, bonus) <= 1.0


def test_added_words_are_trusted_wholly_where_the_best_find_holds_most_of_them() -> None:
    assert trust(np.array([4.0, 3.9]), np.array([2.0, 1.0])) == 1.0


def test_added_words_are_hardly_trusted_where_the_second_find_is_nearly_as_good_and_holds_more() -> None:
    assert trust(np.array([4.0, 3.999]), np.array([1.0, 2.0])) < 0.001


def test_of_equal_finds_either_may_be_first_in_whatever_order_they_come() -> None:
    scores, bonus = np.array([4.0, 4.0, 2.0]), np.array([1.0, 2.0, 6.0])
    assert trust(scores, bonus) == trust(scores[::-1], bonus[::-1]) == 0.25


def test_words_that_would_hardly_weigh_are_left_out() -> None:
    kept = weakened([Added("fake", 0.51234), Added("kite", LEAST)], 0.5)
    assert [(one.term, one.weight) for one in kept] == [("fake", 0.256)]


def test_hedges_and_numbers_tell_no_topic() -> None:
    found = [Feedback(2.0, dict.fromkeys(("might", "actual", "2024", "x", "the", "fake"), 1.0))] * 3
    assert [a.term for a in expand(OWN, found)] == ["fake"]


@given(st.lists(st.tuples(st.sampled_from(["fake", "scheme", "deceive"]), st.floats(0.001, 100)), max_size=3))
def test_added_words_read_back_as_they_were_written(rows: list[tuple[str, float]]) -> None:
    words = {word: weakened([Added(word, weight, 0, word)], 1.0)[0].weight for word, weight in rows}
    text = written([Added(word, weight, 0, word) for word, weight in words.items()])
    assert {one.word: one.weight for one in read_words(text)} == words


@pytest.mark.parametrize("item", ["faking^", "faking^often", "faking^nan", "^2", "two-words", "faking^1e9"])
def test_words_that_cannot_be_added_are_named_with_what_can(item: str) -> None:
    with pytest.raises(UnusableWords, match=r"cannot be added: give single words .* faking\^0.5") as raised:
        read_words(f"scheming {item}")
    assert f"`{item}`" in str(raised.value)


def test_no_results_need_no_trust() -> None:
    assert trust(np.zeros(0), np.zeros(0)) == 0.0
