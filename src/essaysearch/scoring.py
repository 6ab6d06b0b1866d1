"""What a match is worth: the formulas of ranking and their constants, each with its source.

Everything here is a pure function of numbers or arrays (NumPy broadcasting applies), so the
columnar evaluator, its kernels, `explain` and the brute-force oracle of the tests share one
definition. Nothing here knows an index.

A word scores by BM25F [1]: frequencies are weighted and normalised by length field by field,
added, and only then saturated, so that a word met in the title and in the body counts once,
more strongly. Two query words that stand near one another add a bounded bonus, in the manner
of Rasolofo and Savoy [2] and of sequential dependence [3].

[1] S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009), 3.6.
[2] Y. Rasolofo, J. Savoy: Term Proximity Scoring for Keyword-Based Retrieval Systems (ECIR 2003).
[3] D. Metzler, W. B. Croft: A Markov Random Field Model for Term Dependencies (SIGIR 2005).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

K1 = 1.2
"""Where a word's repeated frequency saturates."""

WEIGHTS: Mapping[str, float] = {"body": 1.0, "quote": 0.5, "title": 1.5, "section": 0.5, "answers": 0.3}
"""How much one occurrence counts, by field; ``quote`` is the body of a passage in quoted voice."""

B: Mapping[str, float] = {"body": 0.75, "quote": 0.75, "title": 0.5, "section": 0.5, "answers": 0.75}
"""How far a field's length tells against its frequencies (0: not at all, 1: wholly)."""

PROXIMITY_WEIGHT = 0.3
"""The most that a pair of words can add, as a share of the smaller of their idf."""

PROXIMITY_WINDOW = 8
"""Positions beyond which two occurrences are not near."""

QUERY_K3 = 8.0
"""Where the repetition of a word within the query saturates."""


def idf(df: Any, n: Any) -> Any:
    """How telling a term is that ``df`` of ``n`` live passages hold in any ranking field; never negative."""
    df = np.asarray(df, dtype=np.float64)
    return np.log1p((n - df + 0.5) / (df + 0.5))


def field_norm(field: str, length: Any, average: Any) -> Any:
    """K_f: what a frequency in ``field`` is divided by in a field of ``length`` words.

    ``average`` is the mean length over the passages where the field is not empty.
    """
    b = B[field]
    return K1 * (1.0 - b + b * np.asarray(length, dtype=np.float64) / average) / WEIGHTS[field]


def saturate(x: Any) -> Any:
    """BM25's saturation of x = Σ tf_f / K_f, from 0 to K1 + 1."""
    return (K1 + 1.0) * x / (1.0 + x)


def query_weight(qtf: Any) -> Any:
    """The factor of a word that the query holds ``qtf`` times; 1 for one occurrence."""
    qtf = np.asarray(qtf, dtype=np.float64)
    return (QUERY_K3 + 1.0) * qtf / (QUERY_K3 + qtf)


def proximity(idf_a: Any, idf_b: Any, nearness: Any) -> Any:
    """The bonus of a pair of adjacent query words, below ``PROXIMITY_WEIGHT * min(idf)``.

    ``nearness`` is the sum of 1 / d² over pairs of occurrences in one field of one passage whose
    positions differ by d, 1 <= d <= ``PROXIMITY_WINDOW``.
    """
    return PROXIMITY_WEIGHT * np.minimum(idf_a, idf_b) * nearness / (1.0 + nearness)
