"""Which passage to judge next, so that nearly all relevant ones are found with few judgments.

Continuous active learning in the manner of AutoTAR [1]: a logistic regression on tf-idf vectors
is fitted to the judgments so far and proposes what it finds most likely relevant; each answer
changes the next proposal. Three things differ, and each saves judgments (``evals/RESULTS.md``):

- the topic's query stays in the training as a relevant example of threefold weight;
- every unjudged passage counts as a faint negative, not a hundred drawn at random, so that the
  model also learns what the library as a whole speaks of;
- proposals are made one at a time, not in growing batches.

Everything here is a pure function of arrays; NumPy only. Nothing is random: the same judgments
give the same proposals.

[1] G. Cormack, M. Grossman: Autonomy and Reliability of Continuous Active Learning for
    Technology-Assisted Review (arXiv 1504.06868, 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COST = 3.0
"""What an error on an example costs, against one unit of squared weight (C of the regression)."""

QUERY_WEIGHT = 3.0
"""How many relevant passages the query counts for."""

UNJUDGED_WEIGHT = 10_000.0
"""How many non-relevant passages all unjudged ones together count for."""

SAMPLE = 4_000
"""Unjudged passages that stand for all of them in larger collections, evenly drawn."""

_NEWTON_STEPS = 2
_FIRST_NEWTON_STEPS = 8
_CONJUGATE_STEPS = 10
_HALVINGS = 6


@dataclass(frozen=True, slots=True)
class Features:
    """Passages as sparse vectors of unit length: row ``i`` is ``columns[starts[i]:starts[i+1]]``.

    ``values`` go with ``columns``; ``idf`` has one value a column. A passage without terms is an
    empty row.
    """

    starts: Ints
    columns: Ints
    values: Floats
    idf: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted regression: a weight a column, and the bias."""

    weights: Floats
    bias: float


def features(starts: Ints, columns: Ints, counts: NDArray[np.number], terms: int) -> Features:
    """Vectors of (1 + ln tf) · ln(N / df), cut to unit length, from term counts.

    Row ``i`` holds the columns (term numbers below ``terms``, each once) and counts between
    ``starts[i]`` and ``starts[i + 1]``.
    """
    starts, columns = np.asarray(starts, np.int64), np.asarray(columns, np.int64)
    rows = len(starts) - 1
    df = np.bincount(columns, minlength=terms)
    idf = np.log(max(rows, 1) / np.maximum(df, 1.0))
    values = (1.0 + np.log(np.asarray(counts, np.float64))) * idf[columns]
    return Features(starts, columns, _unit(values, starts), idf)


def query_vector(query: Mapping[int, float], known: Features) -> tuple[Ints, Floats]:
    """Columns and values of a query given as counts by term number; terms out of range are left out."""
    kept = {term: count for term, count in query.items() if 0 <= term < len(known.idf) and count > 0}
    columns = np.array(sorted(kept), np.int64)
    counts = np.array([kept[term] for term in columns.tolist()], np.float64)
    values = (1.0 + np.log(counts)) * known.idf[columns]
    return columns, _unit(values, np.array([0, len(columns)], np.int64))


def fit(
    known: Features,
    query: tuple[Ints, Floats],
    judged: Ints,
    relevant: NDArray[np.bool_],
    start: Model | None = None,
) -> Model:
    """The regression fitted to the query and to the judgments so far.

    ``judged`` are row numbers, ``relevant`` the answers in the same order. ``start`` is the model
    before the last answer; with it the fit takes two steps instead of eight.
    """
    rest = _unjudged_sample(len(known), judged)
    taken = np.concatenate((judged, rest)).astype(np.int64)
    starts, columns, values = _rows(known, taken)
    starts = np.concatenate((starts, [starts[-1] + len(query[0])]))
    columns = np.concatenate((columns, query[0]))
    values = np.concatenate((values, query[1]))
    used, local = np.unique(columns, return_inverse=True)
    wanted = np.concatenate((relevant, np.zeros(len(rest), bool), [True])).astype(np.float64)
    faint = UNJUDGED_WEIGHT / max(len(rest), 1)
    costs = COST * np.concatenate((np.ones(len(judged)), np.full(len(rest), faint), [QUERY_WEIGHT]))
    weights = np.zeros(len(known.idf)) if start is None else start.weights.copy()
    examples = _Examples(starts, local, values, len(used))
    begin = np.append(weights[used], 0.0 if start is None else start.bias)
    found = _newton(examples, wanted, costs, begin, _FIRST_NEWTON_STEPS if start is None else _NEWTON_STEPS)
    weights[:] = 0.0
    weights[used] = found[:-1]
    return Model(weights, float(found[-1]))


def score(known: Features, model: Model) -> Floats:
    """How likely each passage is relevant, as log odds on the model's own scale."""
    scores: Floats = _sums(known.values * model.weights[known.columns], known.starts) + model.bias
    return scores


def propose(scores: Floats, judged: Ints, size: int = 1) -> Ints:
    """The ``size`` unjudged passages most worth judging, best first; of equals the earlier."""
    open_ = np.ones(len(scores), bool)
    open_[judged] = False
    rows = np.flatnonzero(open_)
    if size < len(rows):
        least = -np.partition(-scores[rows], size - 1)[size - 1]
        rows = rows[scores[rows] >= least]
    return rows[np.argsort(-scores[rows], kind="stable")][:size]


class _Examples:
    """A sparse matrix with a column of ones at its end, and its two products."""

    def __init__(self, starts: Ints, columns: Ints, values: Floats, width: int) -> None:
        self.starts, self.columns, self.values, self.width = starts, columns, values, width
        self.lengths = np.diff(starts)

    def times(self, vector: Floats) -> Floats:
        product: Floats = _sums(self.values * vector[self.columns], self.starts) + vector[-1]
        return product

    def transposed(self, vector: Floats) -> Floats:
        spread = self.values * np.repeat(vector, self.lengths)
        return np.append(np.bincount(self.columns, spread, minlength=self.width), vector.sum())


def _newton(examples: _Examples, wanted: Floats, costs: Floats, begin: Floats, steps: int) -> Floats:
    """Minimises the costs' weighted log loss plus half the squared weights, by Newton steps.

    Each step solves its linear system by conjugate gradients and is halved until the loss falls.
    """
    at = begin
    logits = examples.times(at)
    loss = _loss(at, logits, wanted, costs)
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-np.clip(logits, -35.0, 35.0)))
        slope = examples.transposed(costs * (chance - wanted)) + at
        step = _conjugate(examples, costs * chance * (1.0 - chance), -slope)
        along = examples.times(step)
        for _ in range(_HALVINGS):
            new = _loss(at + step, logits + along, wanted, costs)
            if new <= loss:
                break
            step, along = step / 2.0, along / 2.0
        else:
            break
        at, logits, loss = at + step, logits + along, new
    return at


def _conjugate(examples: _Examples, curvature: Floats, right: Floats) -> Floats:
    """Solves (X' diag(curvature) X + I) step = right, nearly."""
    step = np.zeros_like(right)
    residual = right.copy()
    direction = residual
    size = begin = float(residual @ residual)
    for _ in range(_CONJUGATE_STEPS):
        if size <= 1e-6 * begin or size == 0.0:
            break
        image = examples.transposed(curvature * examples.times(direction)) + direction
        length = size / float(direction @ image)
        step = step + length * direction
        residual = residual - length * image
        last, size = size, float(residual @ residual)
        direction = residual + (size / last) * direction
    return step


def _loss(at: Floats, logits: Floats, wanted: Floats, costs: Floats) -> float:
    return float(costs @ (np.logaddexp(0.0, logits) - wanted * logits) + 0.5 * (at @ at))


def _unjudged_sample(rows: int, judged: Ints) -> Ints:
    """At most `SAMPLE` unjudged rows: all of them, or those first in a fixed scattering."""
    open_ = np.ones(rows, bool)
    open_[judged] = False
    rest = np.flatnonzero(open_)
    if len(rest) <= SAMPLE:
        return rest
    # Multiples of the golden ratio scatter evenly, and stay as they are when rows are judged.
    place = (rest * 0.6180339887498949) % 1.0
    return np.sort(rest[np.argpartition(place, SAMPLE)[:SAMPLE]])


def _rows(known: Features, taken: Ints) -> tuple[Ints, Ints, Floats]:
    """The rows taken, as a sparse matrix of their own."""
    lengths = known.starts[taken + 1] - known.starts[taken]
    starts = np.concatenate(([0], np.cumsum(lengths)))
    at = np.arange(starts[-1]) + np.repeat(known.starts[taken] - starts[:-1], lengths)
    return starts, known.columns[at], known.values[at]


def _unit(values: Floats, starts: Ints) -> Floats:
    """Rows cut to length 1; rows of nothing but zeros stay."""
    length = np.sqrt(_sums(values * values, starts))
    length[length == 0.0] = 1.0
    cut: Floats = values / np.repeat(length, np.diff(starts))
    return cut


def _sums(values: Floats, starts: Ints) -> Floats:
    """The sum of each row, 0 for an empty one."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    return running[starts[1:]] - running[starts[:-1]]
