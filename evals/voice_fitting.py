"""How the model of unmarked quotes is fitted: two linear steps, a table of probabilities, thresholds.

Ridge-penalised logistic regression by Newton's method. What the second step, the table and the
thresholds see are scores of inner folds, so that no paragraph is scored by its own author's labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from essaysearch.voices.cues import Cues
from essaysearch.voices.model import border_surroundings, surroundings

FEWEST = 25
"""Paragraphs that must show a cue for it to be looked at."""
PENALTY = 300.0
PENALTY_AMONG = 30.0
RAREST_SCALE = 0.12
"""Cues are scaled by their standard deviation, but by no less than this: rare ones stay small."""
INNER = 4

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Paragraphs as rows of cues: as dictionaries and as a matrix with a column for each name.

    ``page`` numbers the page of each row, in rising order; ``person`` who writes there. Folds part
    persons.
    """

    rows: list[Cues]
    names: list[str]
    values: Array
    page: Places
    person: Places

    @classmethod
    def of(cls, rows: list[Cues], page: Places, person: Places) -> Table:
        names = sorted({name for row in rows for name in row})
        place = {name: n for n, name in enumerate(names)}
        values = np.zeros((len(rows), len(names)))
        for n, row in enumerate(rows):
            for name, value in row.items():
                values[n, place[name]] = value
        return cls(rows, names, values, page, person)

    def part(self, at: Places) -> Table:
        rows = [self.rows[n] for n in at]
        return Table(rows, self.names, self.values[at], self.page[at], self.person[at])


@dataclass(frozen=True)
class Linear:
    """A fitted step; columns that were not looked at weigh 0. ``weights`` are for cues as they stand."""

    names: list[str]
    weights: Array
    means: Array
    intercept: float

    def scores(self, values: Array) -> Array:
        return values @ self.weights + self.intercept

    def told(self) -> dict[str, object]:
        """As it stands in the weights file: of each cue its weight and its mean."""
        rows = zip(self.names, self.weights.tolist(), self.means.tolist(), strict=True)
        return {
            "intercept": round(self.intercept, 4),
            "cues": {name: [round(weight, 3), round(mean, 3)] for name, weight, mean in rows if weight},
        }


def fit(table: Table, label: Labels, penalty: float, floor: float, columns: Places) -> Linear:
    """Penalised logistic regression on the cues of ``columns``, scaled to unit variance."""
    values = table.values[:, columns]
    means = values.mean(0)
    scales = np.maximum(values.std(0), floor)
    # Single precision is enough to fit weights that are rounded to three digits, and twice as fast.
    x = np.hstack([(values - means) / scales, np.ones((len(values), 1))]).astype(np.float32)
    ridge = np.append(np.full(len(columns), penalty), 1e-6)
    y = label.astype(np.float32)
    w = np.zeros(len(columns) + 1)
    w[-1] = np.log(y.mean() / (1 - y.mean()))
    for _ in range(20):
        p = 1 / (1 + np.exp(-np.clip(x @ w.astype(np.float32), -30, 30)))
        curvature = ((x * (p * (1 - p))[:, None]).T @ x).astype(np.float64) + np.diag(ridge)
        step = np.linalg.solve(curvature, (x.T @ (y - p)).astype(np.float64) - ridge * w)
        w += step
        if np.abs(step).max() < 1e-3:
            break
    weights, usual = np.zeros(table.values.shape[1]), np.zeros(table.values.shape[1])
    weights[columns], usual[columns] = w[:-1] / scales, means
    return Linear(table.names, weights, usual, float(w[-1] - (weights * usual).sum()))


def first_step(table: Table, label: Labels) -> Linear:
    """All cues that are not too rare: with so many quotes to learn from, leaving some out gains nothing."""
    shown = np.flatnonzero((table.values != 0).sum(0) >= FEWEST)
    return fit(table, label, PENALTY, RAREST_SCALE, shown)


def second_step(table: Table, label: Labels) -> Linear:
    shown = np.flatnonzero((table.values != 0).any(0))
    return fit(table, label, PENALTY_AMONG, 0.01, shown)


def folds_of(person: Places, number: int, seed: int) -> Places:
    """A fold for each row; the rows of a person share it. Persons are dealt out at random, evenly."""
    people = np.unique(person)
    order = np.random.default_rng(seed).permutation(len(people))
    fold = np.empty(len(people), dtype=np.int64)
    fold[order] = np.arange(len(people)) % number
    return np.asarray(fold[np.searchsorted(people, person)])


def inner_scores(table: Table, label: Labels, use: Labels, seed: int) -> Array:
    """The first step's scores of each row by a step fitted without its author."""
    fold = folds_of(table.person, INNER, seed)
    scores = np.zeros(len(table.rows))
    for number in range(INNER):
        train, rest = np.flatnonzero((fold != number) & use), np.flatnonzero(fold == number)
        scores[rest] = first_step(table.part(train), label[train]).scores(table.values[rest])
    return scores


def by_page(table: Table, made: Callable[[Places], list[Cues]]) -> Table:
    """Cues of the second step, made page by page."""
    cuts = np.flatnonzero(np.diff(table.page)) + 1
    rows = [row for at in np.split(np.arange(len(table.page)), cuts) for row in made(at)]
    return Table.of(rows, table.page, table.person)


@dataclass(frozen=True)
class Quotes:
    """The two steps for quotes. ``inner`` are scores of the rows they were trained on: by a first
    step that did not know the row's author."""

    alone: Linear
    among: Linear
    inner: Array

    def scores(self, table: Table) -> Array:
        return self.among.scores(among(table, self.alone.scores(table.values)).values)


def among(table: Table, alone: Array) -> Table:
    return by_page(table, lambda at: surroundings(alone[at].tolist(), [table.rows[n] for n in at]))


def train_quotes(table: Table, label: Labels, use: Labels, seed: int = 100) -> Quotes:
    """Both steps, from the rows that ``use`` marks; the others only stand around them."""
    inner = inner_scores(table, label, use, seed)
    kept = np.flatnonzero(use)
    context = among(table, inner)
    second = second_step(context.part(kept), label[kept])
    return Quotes(first_step(table.part(kept), label[kept]), second, second.scores(context.values))


@dataclass(frozen=True)
class Borders:
    """The two steps for borders; the second also sees the scores of quotation."""

    alone: Linear
    among: Linear
    inner: Array

    def scores(self, table: Table, quoted: Array) -> Array:
        return self.among.scores(_border_among(table, self.alone.scores(table.values), quoted).values)


def _border_among(table: Table, alone: Array, quoted: Array) -> Table:
    return by_page(
        table,
        lambda at: border_surroundings(alone[at].tolist(), quoted[at].tolist(), [table.rows[n] for n in at]),
    )


def train_borders(table: Table, starts: Labels, quoted: Array, seed: int = 200) -> Borders:
    """``quoted`` are inner scores of quotation. A page's first paragraph is not learned from."""
    use = inside(table.page)
    alone = inner_scores(table, starts, use, seed)
    kept = np.flatnonzero(use)
    context = _border_among(table, alone, quoted)
    second = second_step(context.part(kept), starts[kept])
    return Borders(first_step(table.part(kept), starts[kept]), second, second.scores(context.values))


def inside(page: Places) -> Labels:
    """Which rows are not the first of their page."""
    return np.append(False, np.diff(page) == 0)


def calibration(score: Array, label: Labels) -> list[tuple[float, float]]:
    """Scores to probabilities: shares of the labels over runs of scores, made to rise (isotonic
    regression by pooling adjacent violators), finer at the top."""
    order = np.argsort(score, kind="stable")
    count = len(order)
    tops = [n for n in (800, 400, 200, 120, 60, 25) if n < count // 2]
    cuts = sorted({0, count, *np.linspace(0, count, 9, dtype=int).tolist(), *(count - n for n in tops)})
    pools: list[list[float]] = []
    for low, high in pairwise(cuts):
        chosen = order[low:high]
        pools.append([float(score[chosen].sum()), float(label[chosen].sum()), float(high - low)])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] > pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    return [(round(s / n, 4), round((q + 0.25) / (n + 0.5), 4)) for s, q, n in pools]


def probability(table: Sequence[tuple[float, float]], score: Array) -> Array:
    return np.interp(score, [s for s, _ in table], [p for _, p in table])


def call_from(score: Array, label: Labels, precision: float) -> float:
    """The lowest score from which on the share of true labels is at least ``precision``, one more
    mistake allowed for; infinite where there is none."""
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(label[order]) / (np.arange(len(order)) + 2)
    held = np.flatnonzero(share >= precision)
    return float(score[order][held[-1]]) if len(held) else float("inf")


def call_below(score: Array, label: Labels, precision: float) -> float:
    """The highest score below which the share of false labels is at least ``precision``."""
    return -call_from(-score, ~label, precision)
