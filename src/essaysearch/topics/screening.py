"""Which passage to judge next, so that nearly all relevant ones are found with few judgments.

Continuous active learning in the manner of AutoTAR [1]: a regression on tf-idf vectors is fitted
to the judgments so far and proposes what it finds most likely relevant; the answers change the
next proposals. Three things differ, and each saves judgments (``evals/RESULTS.md``):

- every unjudged passage counts as a faint negative, not a hundred drawn at random;
- the ranking of the topic's own words keeps a voice to the end, so that a relevant passage unlike
  all the others is met before the last;
- proposals are made a few at a time: batches grow by a twentieth, not by a tenth.

[1] G. Cormack, M. Grossman: Autonomy and Reliability of Continuous Active Learning for
    Technology-Assisted Review (arXiv 1504.06868, 2015).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from essaysearch.topics.regression import Examples, Floats, Ints, Model, fit, score
from essaysearch.topics.vectors import Features

PRIOR_WEIGHT = 0.2
"""What the ranking of the topic's words counts beside the regression, both in standard deviations."""

GROWTH = 0.05
"""The share of the judgments made so far after which the regression is fitted anew."""

SPREAD = 4_000
"""The best unjudged passages over which a standard deviation is taken."""


class Ranker:
    """Ranks texts by what was judged so far.

    ``query``: the topic's words as `vectors.query_vector` gives them; ``prior``: the score of each
    text by the topic's own ranking, 0 where it finds nothing.
    """

    def __init__(self, known: Features, query: tuple[Ints, Floats], prior: Floats) -> None:
        self.known, self.query, self.prior = known, query, prior
        self._model: Model | None = None
        self._examples: Examples | None = None

    def scores(self, judged: Sequence[int], relevant: Sequence[bool]) -> Floats:
        """How much each text is worth judging now; the judged ones have no say and a score as well."""
        rows = np.asarray(judged, np.int64)
        self._model, self._examples = fit(
            self.known, self.query, rows, np.asarray(relevant, bool), self._model, self._examples
        )
        return self.fused(score(self.known, self._model), rows)

    def telling(self, row: int, size: int) -> list[int]:
        """The columns that speak most for a text in the last fit, the strongest first."""
        if self._model is None:
            return []
        begin, end = (int(v) for v in self.known.starts[row : row + 2])
        columns = self.known.columns[begin:end]
        shares = self.known.values[begin:end] * self._model.weights[columns]
        best = np.argsort(-shares, kind="stable")[:size]
        return [int(columns[at]) for at in best if shares[at] > 0]

    def fused(self, learned: Floats, judged: Ints) -> Floats:
        """Both rankings added, each in standard deviations over its best unjudged texts."""
        open_ = np.ones(len(learned), bool)
        open_[judged] = False
        fused: Floats = learned / _spread(learned[open_]) + PRIOR_WEIGHT * self.prior / _spread(
            self.prior[open_]
        )
        return fused


def batch(judged: int) -> int:
    """How many proposals one fit serves when so many are judged."""
    return max(1, int(judged * GROWTH))


def propose(scores: Floats, judged: Sequence[int], size: int = 1) -> Ints:
    """The ``size`` unjudged texts most worth judging, best first; of equals the earlier."""
    open_ = np.ones(len(scores), bool)
    open_[np.asarray(judged, np.int64)] = False
    rows = np.flatnonzero(open_)
    if size < len(rows):
        least = -np.partition(-scores[rows], size - 1)[size - 1]
        rows = rows[scores[rows] >= least]
    return rows[np.argsort(-scores[rows], kind="stable")][:size]


def _spread(values: Floats) -> float:
    if len(values) > SPREAD:
        values = np.partition(values, len(values) - SPREAD)[-SPREAD:]
    return float(values.std()) or 1.0 if len(values) else 1.0
