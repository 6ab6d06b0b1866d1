"""What a match is worth: the formulas of ranking and their constants, each with its source.

Everything here is a pure function of numbers or arrays (NumPy broadcasting applies), so the
columnar evaluator, its kernels, `explain` and the brute-force oracle of the tests share one
definition. Nothing here knows an index. ``evals/RESULTS.md`` shows how the constants were found.

A word scores by BM25F [1]: frequencies are weighted and normalised by length field by field,
added, and only then saturated, so that a word met in the title and in the body counts once,
more strongly. Two neighbouring words of the query that stand near one another in a passage add
a bounded bonus, in the manner of Rasolofo and Savoy [2] and of sequential dependence [3]. The
longer the query, the more a text's length tells against it [4]: a long text meets some words of
a long query by chance.

The score of a passage is the sum, over the distinct ranking words of the query, of
``query_weight(qtf) * idf * saturate(Σ_f tf_f / field_norm(f))``, plus `proximity` for each
distinct pair of words that stand side by side in the query (stop words left out, either order).

[1] S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009), 3.6.
[2] Y. Rasolofo, J. Savoy: Term Proximity Scoring for Keyword-Based Retrieval Systems (ECIR 2003).
[3] D. Metzler, W. B. Croft: A Markov Random Field Model for Term Dependencies (SIGIR 2005).
[4] R. Cummins, C. O'Riordan: The Effect of Query Length on Normalisation in Information
    Retrieval (AICS 2009); B. He, I. Ounis: A Study of Parameter Tuning for Term Frequency
    Normalization (CIKM 2003).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

K1 = 1.8
"""Where the repetition of a word in a passage saturates."""

WEIGHTS: Mapping[str, float] = {"body": 1.0, "quote": 0.5, "title": 3.5, "section": 1.0, "answers": 0.5}
"""How much one occurrence counts, by field; ``quote`` is the body of a passage in quoted voice.

A quote counts less than own words, so that the passage quoted ranks before its copies.
"""

B: Mapping[str, float] = {"body": 0.65, "quote": 0.65, "title": 0.75, "section": 0.75, "answers": 0.65}
"""How far a field's length tells against its frequencies (0: not at all, 1: wholly), for a short query."""

SHORTEST: Mapping[str, int] = {"body": 40, "quote": 40}
"""Words below which a field is taken to be that long: shortness beyond it is no sign of being to the point.

It is what passages aim at least to have; without it a line that only announces a passage outranks it.
"""

SHORT_QUERY = 8
"""Ranking words up to which a query is short, repetitions counted, stop words not."""

LONG_QUERY_DECAY = 0.8
"""How fast 1 - b shrinks as a query grows beyond `SHORT_QUERY` words: by (SHORT_QUERY / words) ** this."""

QUERY_K3 = 16.0
"""Where the repetition of a word within the query saturates."""

PROXIMITY_WEIGHT = 0.6
"""The most that a pair of words can add, as a share of the smaller of their idf."""

PROXIMITY_WINDOW = 5
"""Positions beyond which two occurrences are not near."""

BEST_PASSAGE_WEIGHT = 0.5
"""What a document's best passage adds to the score of the document as a whole."""


def idf(df: Any, n: Any) -> Any:
    """How telling a term is that ``df`` of ``n`` live units hold in any ranking field; never negative.

    >>> round(float(idf(1, 100)), 3)
    4.21
    """
    df = np.asarray(df, dtype=np.float64)
    return np.log1p((n - df + 0.5) / (df + 0.5))


def length_share(field: str, words: int = 1) -> float:
    """b of a field for a query of ``words`` ranking words: `B` for a short query, nearing 1 for a long one.

    >>> length_share("body", 8), round(length_share("body", 100), 3)
    (0.65, 0.954)
    """
    shrink: float = min(1.0, SHORT_QUERY / max(words, 1)) ** LONG_QUERY_DECAY
    return 1.0 - (1.0 - B[field]) * shrink


def field_norm(field: str, length: Any, average: Any, words: int = 1) -> Any:
    """K_f: what a frequency is divided by in a ``field`` of ``length`` words.

    ``average`` is the mean length over the units where the field is not empty (above 0).
    The result is linear in ``length`` from `SHORTEST` on and grows with it.
    """
    b = length_share(field, words)
    taken = np.maximum(np.asarray(length, dtype=np.float64), SHORTEST.get(field, 0))
    return K1 * (1.0 - b + b * taken / average) / WEIGHTS[field]


def saturate(x: Any) -> Any:
    """BM25's saturation of x = Σ_f tf_f / K_f: 0 for 0, rising, below K1 + 1."""
    return (K1 + 1.0) * x / (1.0 + x)


def query_weight(qtf: Any) -> Any:
    """The factor of a word that the query holds ``qtf`` times; 1 for one occurrence."""
    qtf = np.asarray(qtf, dtype=np.float64)
    return (QUERY_K3 + 1.0) * qtf / (QUERY_K3 + qtf)


def nearness(distance: Any) -> Any:
    """What a pair of occurrences ``distance`` positions apart (at least 1) adds to two words' nearness."""
    distance = np.asarray(distance, dtype=np.float64)
    return np.where(distance <= PROXIMITY_WINDOW, 1.0 / (distance * distance), 0.0)


def proximity(idf_a: Any, idf_b: Any, near: Any) -> Any:
    """The bonus of a pair of query words, from 0 to below ``PROXIMITY_WEIGHT * min(idf_a, idf_b)``.

    ``near`` is the sum of `nearness` over the pairs of their occurrences in one field, over the
    fields of the unit.
    """
    return PROXIMITY_WEIGHT * np.minimum(idf_a, idf_b) * near / (1.0 + near)


SHORT_DOCUMENT = 180
"""Words of a body up to which a document could stand in one passage."""


def document_score(whole: Any, best: Any, length: Any) -> Any:
    """The score of a document from its score as one unit and that of its best passage.

    ``whole`` takes the document as if it had not been cut: frequencies and lengths of body and
    quote summed over its passages, title and sections once, nearness summed, and document
    frequencies, averages and N counted over documents. A body of ``length`` words, up to
    `SHORT_DOCUMENT`, is its own best passage where none of its passages is better. So cutting an
    abstract costs it no rank.
    """
    whole, best = np.asarray(whole, dtype=np.float64), np.asarray(best, dtype=np.float64)
    best = np.where(np.asarray(length) <= SHORT_DOCUMENT, np.maximum(whole, best), best)
    return whole + BEST_PASSAGE_WEIGHT * best
