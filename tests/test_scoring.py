"""The formulas of ranking keep their promises: bounds, monotony, and what a cut must not change."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaysearch import scoring


def test_a_term_that_every_passage_holds_still_counts_for_something() -> None:
    assert 0.0 < scoring.idf(10, 10) < 0.1


def test_rarer_terms_tell_more() -> None:
    values = scoring.idf(np.array([1, 2, 10, 99]), 100)
    assert np.all(np.diff(values) < 0)


def test_idf_is_the_logarithm_of_the_odds_plus_one() -> None:
    assert scoring.idf(3, 50) == pytest.approx(math.log(1 + (50 - 3 + 0.5) / (3 + 0.5)))


def test_in_one_field_of_average_length_a_word_scores_as_in_bm25() -> None:
    frequency = 3.0
    x = frequency / scoring.field_norm("body", 120, 120)
    assert scoring.saturate(x) == pytest.approx((scoring.K1 + 1) * frequency / (scoring.K1 + frequency))


def test_title_and_body_are_added_before_they_saturate() -> None:
    body = 4 / scoring.field_norm("body", 100, 100)
    title = 1 / scoring.field_norm("title", 8, 8)
    together = scoring.saturate(body + title)
    assert together < scoring.saturate(body) + scoring.saturate(title)
    assert together > max(scoring.saturate(body), scoring.saturate(title))


def test_a_quote_counts_less_than_own_words() -> None:
    own = scoring.saturate(1 / scoring.field_norm("body", 90, 90))
    quoted = scoring.saturate(1 / scoring.field_norm("quote", 90, 90))
    assert quoted < own


@given(st.floats(0, 1e6))
def test_repetition_never_lifts_a_word_above_its_bound(x: float) -> None:
    assert 0.0 <= scoring.saturate(x) <= scoring.K1 + 1


@given(st.sampled_from(sorted(scoring.B)), st.integers(1, 5000), st.integers(1, 5000))
def test_length_tells_more_in_longer_queries_and_never_wholly(field: str, words: int, more: int) -> None:
    shorter, longer = scoring.length_share(field, words), scoring.length_share(field, words + more)
    assert scoring.B[field] <= shorter <= longer < 1.0


def test_a_line_that_announces_a_passage_does_not_outrank_it() -> None:
    line = scoring.saturate(1 / scoring.field_norm("body", 9, 80))
    passage = scoring.saturate(2 / scoring.field_norm("body", 80, 80))
    assert line < passage
    assert scoring.field_norm("body", 9, 80) == scoring.field_norm("body", scoring.SHORTEST["body"], 80)
    assert scoring.field_norm("title", 2, 8) < scoring.field_norm("title", 8, 8)


def test_queries_up_to_eight_words_share_one_norm() -> None:
    assert scoring.field_norm("body", 50, 100, 1) == scoring.field_norm("body", 50, 100, scoring.SHORT_QUERY)
    assert scoring.field_norm("body", 50, 100, 1) > scoring.field_norm("body", 50, 100, 90)
    assert scoring.field_norm("body", 400, 100, 1) < scoring.field_norm("body", 400, 100, 90)


def test_a_word_met_once_in_the_query_has_weight_one_and_repetition_saturates() -> None:
    weights = scoring.query_weight(np.arange(1, 200))
    assert weights[0] == 1.0
    assert np.all(np.diff(weights) > 0)
    assert weights[-1] < scoring.QUERY_K3 + 1


def test_occurrences_beyond_the_window_are_not_near() -> None:
    far = scoring.PROXIMITY_WINDOW + 1
    assert scoring.nearness(np.array([1, 2, far])).tolist() == [1.0, 0.25, 0.0]


@given(st.floats(0.01, 20), st.floats(0.01, 20), st.floats(0, 1e9))
def test_proximity_never_exceeds_its_share_of_the_smaller_idf(a: float, b: float, near: float) -> None:
    bonus = scoring.proximity(a, b, near)
    assert 0.0 <= bonus <= scoring.PROXIMITY_WEIGHT * min(a, b) * (1 + 1e-12)


def test_a_short_document_is_as_good_as_its_whole_a_long_one_needs_a_passage_that_is() -> None:
    short, long = scoring.document_score(6.0, 2.0, 150), scoring.document_score(6.0, 2.0, 1500)
    assert short == pytest.approx(6.0 * (1 + scoring.BEST_PASSAGE_WEIGHT))
    assert long == pytest.approx(6.0 + 2.0 * scoring.BEST_PASSAGE_WEIGHT)


def test_a_document_of_one_passage_ranks_as_that_passage_would() -> None:
    scores = np.array([1.0, 3.0, 2.0])
    assert np.argsort(scoring.document_score(scores, scores, 400)).tolist() == np.argsort(scores).tolist()
