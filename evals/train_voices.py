"""Train the model of unmarked quotes and of borders, and write it into the package.

    python evals/train_voices.py        # writes src/essaysearch/data/voices.json

Ridge-penalised logistic regression in two steps (`essaysearch.voices.model`), fitted by Newton's
method. Everything that is learned (which cues are kept, their scales, weights, the second step,
the table of probabilities and the thresholds) is learned on the training authors alone; scores
that the second step and the table see are those of inner folds, again split by author.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import voice_data
from numpy.typing import NDArray

from essaysearch.voices.cues import Cues, page_cues
from essaysearch.voices.model import GUARDS, border_surroundings, surroundings

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "essaysearch" / "data" / "voices.json"

FEWEST = 25
"""Paragraphs that must show a cue for it to be kept."""
PENALTY = 300.0
PENALTY_AMONG = 30.0
RAREST_SCALE = 0.12
"""Cues are scaled by their standard deviation, but by no less than this: rare ones stay small."""
INNER = 4
PRECISION = 0.8
"""What the call threshold aims at."""
OWN = 0.97
BORDER = 0.6

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A linear step: names, means, scales, weights a scale, intercept at the means."""

    names: list[str]
    means: Array
    scales: Array
    weights: Array
    intercept: float

    def scores(self, rows: Sequence[Cues]) -> Array:
        return (matrix(rows, self.names) - self.means) / self.scales @ self.weights + self.intercept

    def told(self) -> dict[str, object]:
        """As it stands in the weights file: each cue's weight and mean, the intercept at zero."""
        weights = self.weights / self.scales
        kept = np.abs(self.weights) >= 0.004
        return {
            "intercept": round(float(self.intercept - (weights * self.means)[kept].sum()), 4),
            "cues": {
                name: [round(float(weight), 3), round(float(mean), 3)]
                for name, weight, mean, keep in zip(self.names, weights, self.means, kept, strict=True)
                if keep
            },
        }


@dataclass(frozen=True)
class Corpus:
    """Pages as rows of cues. ``fold`` groups the rows of an author; ``use`` leaves out of training
    what the model is not asked about; ``extra`` rows are trained on and never measured."""

    rows: list[Cues]
    page: NDArray[np.int64]
    label: NDArray[np.bool_]
    use: NDArray[np.bool_]


def corpus(pages: list[voice_data.Page], labels: list[list[bool]], known: bool) -> Corpus:
    rows: list[Cues] = []
    for page in pages:
        rows += page_cues(page.texts, page.starts if known else None)
    sizes = [len(page.texts) for page in pages]
    use = np.array([not any(cue in row for cue in GUARDS) for row in rows])
    flat = np.array([label for held in labels for label in held])
    return Corpus(rows, np.repeat(np.arange(len(pages)), sizes), flat, use)


def matrix(rows: Sequence[Cues], names: Sequence[str]) -> Array:
    place = {name: n for n, name in enumerate(names)}
    found = np.zeros((len(rows), len(names)))
    for n, row in enumerate(rows):
        for name, value in row.items():
            if (at := place.get(name)) is not None:
                found[n, at] = value
    return found


def fit(rows: Sequence[Cues], label: NDArray[np.bool_], penalty: float, floor: float, fewest: int) -> Fitted:
    """Penalised logistic regression on cues scaled to unit variance."""
    count = Counter(name for row in rows for name, value in row.items() if value)
    names = sorted(name for name, times in count.items() if times >= fewest)
    values = matrix(rows, names)
    means = values.mean(0)
    scales = np.maximum(values.std(0), floor)
    x = np.hstack([(values - means) / scales, np.ones((len(rows), 1))])
    ridge = np.append(np.full(len(names), penalty), 1e-6)
    y = label.astype(float)
    w = np.zeros(len(names) + 1)
    w[-1] = np.log(y.mean() / (1 - y.mean()))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge), x.T @ (y - p) - ridge * w)
        w += step
        if np.abs(step).max() < 1e-6:
            break
    return Fitted(names, means, scales, w[:-1], float(w[-1]))


def first_step(rows: Sequence[Cues], label: NDArray[np.bool_]) -> Fitted:
    return fit(rows, label, PENALTY, RAREST_SCALE, FEWEST)


def by_page(page: NDArray[np.int64], made: Callable[[NDArray[np.int64]], list[Cues]]) -> list[Cues]:
    """Rows made page by page, in the order of the paragraphs."""
    cuts = np.flatnonzero(np.diff(page)) + 1
    return [row for at in np.split(np.arange(len(page)), cuts) for row in made(at)]


def folds_of(page: NDArray[np.int64], number: int, seed: int) -> NDArray[np.int64]:
    """A fold for each row; the rows of a page share it. Pages are dealt out at random, evenly."""
    people = np.unique(page)
    order = np.random.default_rng(seed).permutation(len(people))
    fold = np.empty(len(people), dtype=np.int64)
    fold[order] = np.arange(len(people)) % number
    return fold[np.searchsorted(people, page)]


@dataclass(frozen=True)
class Trained:
    """Both steps, and the inner folds' scores with their labels: what table and thresholds see."""

    alone: Fitted
    among: Fitted
    inner: Array
    label: NDArray[np.bool_]

    def scores(self, rows: list[Cues], page: NDArray[np.int64]) -> Array:
        alone = self.alone.scores(rows)
        return self.among.scores(_among(alone, rows, page))


def _among(alone: Array, rows: list[Cues], page: NDArray[np.int64]) -> list[Cues]:
    return by_page(page, lambda at: surroundings(alone[at].tolist(), [rows[n] for n in at]))


def train_quotes(data: Corpus, extra: Corpus | None, seed: int = 0) -> Trained:
    """The two steps, trained on every row of ``data`` (choose the training authors before)."""
    rows = data.rows + (extra.rows if extra else [])
    label = np.concatenate([data.label, extra.label]) if extra else data.label
    use = np.concatenate([data.use, extra.use]) if extra else data.use
    page = np.concatenate([data.page, extra.page + data.page.max() + 1]) if extra else data.page
    fold = folds_of(page, INNER, seed + 100)
    inner = np.zeros(len(rows))
    for number in range(INNER):
        train, rest = np.flatnonzero((fold != number) & use), np.flatnonzero(fold == number)
        step = first_step([rows[n] for n in train], label[train])
        inner[rest] = step.scores([rows[n] for n in rest])
    kept = np.flatnonzero(use)
    alone = first_step([rows[n] for n in kept], label[kept])
    context = _among(inner, rows, page)
    among = fit([context[n] for n in kept], label[kept], PENALTY_AMONG, 0.01, 1)
    scores = among.scores(context)[: len(data.rows)]
    return Trained(alone, among, scores, data.label)


def part(data: Corpus, chosen: NDArray[np.int64]) -> Corpus:
    return Corpus([data.rows[n] for n in chosen], data.page[chosen], data.label[chosen], data.use[chosen])


@dataclass(frozen=True)
class TrainedBorder:
    """Both steps for borders; the second also sees the scores of quotation."""

    alone: Fitted
    among: Fitted
    inner: Array
    label: NDArray[np.bool_]

    def scores(self, rows: list[Cues], page: NDArray[np.int64], quoted: Array) -> Array:
        return self.among.scores(_border_among(self.alone.scores(rows), quoted, rows, page))


def _border_among(alone: Array, quoted: Array, rows: list[Cues], page: NDArray[np.int64]) -> list[Cues]:
    return by_page(
        page,
        lambda at: border_surroundings(alone[at].tolist(), quoted[at].tolist(), [rows[n] for n in at]),
    )


def train_border(data: Corpus, starts: NDArray[np.bool_], quoted: Array, seed: int = 0) -> TrainedBorder:
    """``quoted`` are inner-fold scores of quotation. A page's first paragraph is not trained on."""
    fold = folds_of(data.page, INNER, seed + 200)
    use = np.append(True, np.diff(data.page) != 0) == False  # noqa: E712
    inner = np.zeros(len(data.rows))
    for number in range(INNER):
        train, rest = np.flatnonzero((fold != number) & use), np.flatnonzero(fold == number)
        step = first_step([data.rows[n] for n in train], starts[train])
        inner[rest] = step.scores([data.rows[n] for n in rest])
    kept = np.flatnonzero(use)
    alone = first_step([data.rows[n] for n in kept], starts[kept])
    context = _border_among(inner, quoted, data.rows, data.page)
    among = fit([context[n] for n in kept], starts[kept], PENALTY_AMONG, 0.01, 1)
    return TrainedBorder(alone, among, among.scores(context), starts)


def calibration(score: Array, label: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Scores to probabilities: shares of the labels over runs of scores, made to rise (isotonic
    regression by pooling adjacent violators), finer at the top; one pseudo-count on either side."""
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


def call_from(score: Array, label: NDArray[np.bool_], precision: float) -> float:
    """The lowest score from which on the share of true labels is at least ``precision``, one more
    mistake allowed for; infinite where there is none."""
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(label[order]) / (np.arange(len(order)) + 2)
    held = np.flatnonzero(share >= precision)
    return float(score[order][held[-1]]) if len(held) else float("inf")


def call_below(score: Array, label: NDArray[np.bool_], precision: float) -> float:
    """The highest score below which the share of false labels is at least ``precision``."""
    return -call_from(-score, ~label, precision)


def digest(paths: Sequence[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def main() -> None:
    pages, others = voice_data.forum_pages(), voice_data.other_forum_pages()
    labels = voice_data.read(pages, voice_data.proven(pages))
    starts = np.array([start for page in pages for start in page.starts])
    told: dict[str, object] = {
        "facts": {
            "trained": str(date.today()),
            "paragraphs": int(sum(len(page.texts) for page in pages)),
            "authors": len(pages),
            "quoted as given": int(sum(map(sum, (page.given for page in pages)))),
            "quoted after repair": int(sum(map(sum, labels))),
            "paragraphs of the other forum": int(sum(len(page.texts) for page in others)),
            "data digest": digest([voice_data.PAGES, voice_data.LIBRARY, voice_data.FORUM, voice_data.READ]),
            "each cue": "its weight, and its mean over the training paragraphs",
        }
    }
    for known in (False, True):
        data = corpus(pages, labels, known)
        extra = corpus(others, [page.given for page in others], known)
        trained = train_quotes(data, extra)
        name = "quoted, borders known" if known else "quoted, borders hidden"
        table = calibration(trained.inner, data.label)
        told[name] = {
            "calibration": table,
            "among": trained.among.told(),
            "alone": trained.alone.told(),
        }
        if not known:
            used = data.use
            cut = call_from(trained.inner[used], data.label[used], PRECISION)
            own = call_below(trained.inner, data.label, OWN)
            told["called quoted from"] = round(float(probability(table, np.array([cut]))[0]), 3)
            told["called own below"] = round(float(probability(table, np.array([own]))[0]), 3)
            border = train_border(data, starts, trained.inner)
            inside = np.append(False, np.diff(data.page) == 0)
            border_table = calibration(border.inner[inside], starts[inside])
            told["border"] = {
                "calibration": border_table,
                "among": border.among.told(),
                "alone": border.alone.told(),
            }
            cut = call_from(border.inner[inside], starts[inside], BORDER)
            told["border proposed from"] = round(float(probability(border_table, np.array([cut]))[0]), 3)
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size:,} bytes, {told['facts']}")


if __name__ == "__main__":
    main()
