"""A regression that tells relevant passages from the rest, fitted again after each judgment.

Logistic regression with squared weights penalised, by Newton steps from where the last fit ended.
Beside the judgments it learns from the topic's query, as a relevant example, and from every
unjudged passage as a faint negative, so that it knows what the library as a whole speaks of.

NumPy only. Nothing is random: the same judgments, in the same order, give the same weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from essaysearch.topics.vectors import Features

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

_NEWTON_STEPS = 1
_FIRST_NEWTON_STEPS = 8
_CONJUGATE_STEPS = 10
_HALVINGS = 6


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted regression: a weight a column, and the bias."""

    weights: Floats
    bias: float


def fit(
    known: Features,
    query: tuple[Ints, Floats],
    judged: Ints,
    relevant: NDArray[np.bool_],
    start: Model | None = None,
    held: Examples | None = None,
) -> tuple[Model, Examples]:
    """The regression fitted to the query and to the judgments so far.

    ``judged`` are row numbers, ``relevant`` the answers in the same order. ``start`` is the model
    before the last answers; with it the fit takes one step instead of eight. ``held``: the
    examples of the fit before, which are taken again where they are the same.
    """
    rows = _examples_of(len(known), judged)
    if held is None or not np.array_equal(held.rows, rows):
        held = Examples(known, rows, query)
    place = np.searchsorted(rows, judged)
    wanted = np.zeros(len(rows) + 1)
    wanted[place], wanted[-1] = relevant, 1.0
    costs = np.full(len(rows) + 1, COST * UNJUDGED_WEIGHT / max(len(rows) - len(judged), 1))
    costs[place], costs[-1] = COST, COST * QUERY_WEIGHT
    begin = np.zeros(len(known.idf) + 1) if start is None else np.append(start.weights, start.bias)
    found = minimise(held, wanted, costs, begin, _FIRST_NEWTON_STEPS if start is None else _NEWTON_STEPS)
    return Model(found[:-1], float(found[-1])), held


def score(known: Features, model: Model) -> Floats:
    """How likely each passage is relevant, as log odds on the model's own scale."""
    return row_sums(known.values * model.weights[known.columns], known.starts) + model.bias


def row_sums(values: Floats, starts: Ints) -> Floats:
    """The sum of each row, 0 for an empty one."""
    found = np.zeros(len(starts) - 1)
    filled = np.flatnonzero(starts[1:] > starts[:-1])
    if len(filled):
        found[filled] = np.add.reduceat(values, starts[filled])
    return found


class Examples:
    """Rows of the passages, in their order, then the query: a matrix with a column of ones at its end."""

    def __init__(self, known: Features, rows: Ints, query: tuple[Ints, Floats]) -> None:
        lengths = known.starts[rows + 1] - known.starts[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        at = np.arange(starts[-1]) + np.repeat(known.starts[rows] - starts[:-1], lengths)
        self.rows, self.width = rows, len(known.idf)
        self.starts = np.append(starts, starts[-1] + len(query[0]))
        self.columns = np.concatenate((known.columns[at], query[0]))
        self.values = np.concatenate((known.values[at], query[1]))

    @cached_property
    def _row(self) -> Ints:
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def times(self, vector: Floats) -> Floats:
        """The matrix times a vector of a weight a column and the bias."""
        product: Floats = row_sums(self.values * vector[self.columns], self.starts) + vector[-1]
        return product

    def transposed(self, vector: Floats) -> Floats:
        """The matrix, turned, times a vector of a value a row."""
        spread = self.values * vector[self._row]
        return np.append(np.bincount(self.columns, spread, minlength=self.width), vector.sum())


def minimise(examples: Examples, wanted: Floats, costs: Floats, begin: Floats, steps: int) -> Floats:
    """The weights (and bias, last) that minimise the weighted log loss plus half their squares.

    ``wanted``: 0 or 1 for each example; ``costs``: its weight. At most ``steps`` Newton steps from
    ``begin``; each solves its linear system by conjugate gradients and is halved until the loss
    falls.
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


def _conjugate(examples: Examples, curvature: Floats, right: Floats) -> Floats:
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


def _examples_of(rows: int, judged: Ints) -> Ints:
    """The rows to learn from, ascending: the judged ones and `SAMPLE` others, or all there are."""
    if rows <= SAMPLE + len(judged):
        return np.arange(rows)
    # Multiples of the golden ratio scatter evenly, and the sample stays the same from fit to fit.
    place = (np.arange(rows) * 0.6180339887498949) % 1.0
    return np.union1d(np.argpartition(place, SAMPLE)[:SAMPLE], judged)
