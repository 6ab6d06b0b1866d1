"""Words are added where the first results agree, and only as far as the best of them stays first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaysearch.expansion import FEEDBACK, STRENGTH, Feedback, combine, expand, trust

OWN = {"decept": 1.0, "align": 1.0}
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
    added = expand({"x1": 1.5, "y1": 2.0}, found)
    assert sum(a.weight for a in added) == pytest.approx(STRENGTH * 3.5)
    assert [a.term for a in added] == ["b1", "c1", "a1"]


def test_where_one_result_stands_out_the_others_hardly_speak() -> None:
    others = [Feedback(3.0, {"there": 2.0, "both": 1.0}), Feedback(3.0, {"there": 2.0, "here": 2.0})]
    weights = {a.term: a.weight for a in expand(OWN, [Feedback(9.0, {"here": 2.0, "both": 1.0}), *others])}
    assert weights["here"] > 50 * weights["there"]
    level = {a.term: a.weight for a in expand(OWN, [Feedback(3.1, {"here": 2.0, "both": 1.0}), *others])}
    assert level["here"] < 2 * level["there"]


def test_a_long_result_has_no_more_say_than_a_short_one() -> None:
    short, long = {"both": 1.0}, {"both": 1.0} | {f"w{i}": 1.0 for i in range(99)}
    by_short = expand(OWN, [Feedback(2.0, short), Feedback(2.0, {"both": 1.0, "other": 1.0})])
    assert [a.term for a in by_short] == ["both"]
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
    together = combine(scores, bonus)
    assert together[int(np.argmax(scores))] >= together.max() - 1e-9


@given(SCORES)
def test_trust_is_a_share(rows: list[tuple[float, float]]) -> None:
    scores, bonus = (np.array(column) for column in zip(*rows, strict=True))
    assert 0.0 <= trust(scores, bonus) <= 1.0


def test_added_words_are_trusted_wholly_where_the_best_find_holds_most_of_them() -> None:
    assert trust(np.array([4.0, 3.9]), np.array([2.0, 1.0])) == 1.0


def test_added_words_are_not_trusted_where_an_equal_find_holds_more_of_them() -> None:
    assert trust(np.array([4.0, 4.0]), np.array([1.0, 2.0])) == 0.0


def test_no_results_need_no_trust() -> None:
    assert trust(np.zeros(0), np.zeros(0)) == 0.0
