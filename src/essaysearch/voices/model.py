"""The small model of unmarked quotes: readable weights over cues, and what it says of a page.

Two linear steps. The first scores each paragraph by its `cues`. The second adds what
the scores around it tell: quotes and answers alternate, and who quotes once quotes again. A table
turns the second score into a probability. Weights stand in ``data/voices.json``, which
``evals/train_voices.py`` writes; reading them needs neither NumPy nor a training library.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from essaysearch.voices.cues import Cues

ABSENT = -4.0
"""The score that stands for a paragraph beyond the page's ends."""

HABITS = (
    "page: people addressed by name",
    "around: addresses",
    "page: paragraphs in quotation marks",
    "around: in quotation marks",
)
"""Cues of a page on which others weigh differently: who sets quotes in quotation marks, or answers
several people by name, seldom sets quotes off as paragraphs."""

GUARDS = {
    "self: own quotation marks": "it stands in quotation marks of its own",
    "self: no letters": "it holds no words",
    "self: only a link": "it is a link",
    "self: lone address": "it addresses someone",
}
"""Cues with which a paragraph is never called quoted, whatever its score, and why."""

_NEAR = 8


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum: ``intercept`` plus weight times value of each cue. ``means`` are the cues'
    usual values, against which a contribution is measured."""

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]

    def score(self, cues: Cues) -> float:
        """The sum for one paragraph; a cue without a weight counts nothing."""
        weights = self.weights
        return self.intercept + sum(weights[name] * value for name, value in cues.items() if name in weights)

    def contributions(self, cues: Cues) -> list[tuple[float, str]]:
        """(contribution, cue) of the cues that hold, largest first; ties by name."""
        found = [
            (self.weights[name] * (value - self.means[name]), name)
            for name, value in cues.items()
            if value and name in self.weights
        ]
        return sorted(found, key=lambda pair: (-pair[0], pair[1]))


@dataclass(frozen=True, slots=True)
class Judge:
    """The two steps and the table for one question.

    ``table`` holds (score, probability) in rising order; between two rows the probability is
    interpolated, beyond the ends it stays.
    """

    alone: Linear
    among: Linear
    table: tuple[tuple[float, float], ...]

    def probability(self, score: float) -> float:
        """The calibrated probability of a score of the second step."""
        at = bisect_right(self.table, (score, math.inf))
        if at == 0 or at == len(self.table):
            return self.table[max(at - 1, 0)][1]
        (low, floor), (high, ceiling) = self.table[at - 1], self.table[at]
        return floor + (ceiling - floor) * (score - low) / (high - low)


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """Judges of quotes where borders are hidden and where they are known, and of borders.

    A paragraph is called quoted from probability ``quoted_from`` on, and own below ``own_below``;
    a border is proposed from ``border_from`` on.
    """

    hidden: Judge
    known: Judge
    border: Judge
    quoted_from: float
    own_below: float
    border_from: float
    facts: Mapping[str, Any]


def surroundings(scores: Sequence[float], cues: Sequence[Cues]) -> list[Cues]:
    """What the scores of a page's paragraphs tell of each other: the cues of the second step."""
    count = len(scores)
    shares = [1 / (1 + math.exp(-score)) for score in scores]
    sums = list(accumulate(shares, initial=0.0))
    found = []
    for n, score in enumerate(scores):
        low, high = max(0, n - _NEAR), min(count, n + _NEAR + 1)
        after = _at(scores, n + 1)
        held = {
            "score": score,
            "score of the next": after,
            "score of the one before": _at(scores, n - 1),
            "score of the next but one": _at(scores, n + 2),
            "score of the last but one": _at(scores, n - 2),
            "score times the next's": score * after,
            "scores of the page": _level(sums[count] - shares[n], count - 1),
            "scores nearby": _level(sums[high] - sums[low] - shares[n], high - low - 1),
        }
        for habit in HABITS:
            value = cues[n].get(habit, 0.0)
            held[habit] = value
            held[f"score times {habit}"] = value * score
        found.append(held)
    return found


def border_surroundings(scores: Sequence[float], quoted: Sequence[float], cues: Sequence[Cues]) -> list[Cues]:
    """The cues of the second step for borders: a comment often opens with a quote."""
    return [
        {
            "score": score,
            "score of the next": _at(scores, n + 1),
            "score of the one before": _at(scores, n - 1),
            "quoted": quoted[n],
            "the next quoted": _at(quoted, n + 1),
            "the one before quoted": _at(quoted, n - 1),
            "page: first paragraph": cues[n].get("page: first paragraph", 0.0),
        }
        for n, score in enumerate(scores)
    ]


def _at(scores: Sequence[float], place: int) -> float:
    return scores[place] if 0 <= place < len(scores) else ABSENT


def _level(total: float, count: int) -> float:
    return math.log(total / count + 0.01) if count else math.log(0.05)


@lru_cache(maxsize=1)
def voice_model() -> VoiceModel:
    """The model that is shipped, read once."""
    return model_of(json.loads(files("essaysearch").joinpath("data/voices.json").read_text("utf-8")))


def model_of(told: Mapping[str, Any]) -> VoiceModel:
    """A model from the content of a weights file. Raises KeyError where a part is missing."""
    return VoiceModel(
        hidden=_judge(told["quoted, borders hidden"]),
        known=_judge(told["quoted, borders known"]),
        border=_judge(told["border"]),
        quoted_from=float(told["called quoted from"]),
        own_below=float(told["called own below"]),
        border_from=float(told["border proposed from"]),
        facts=told["facts"],
    )


def _judge(told: Mapping[str, Any]) -> Judge:
    return Judge(
        alone=_linear(told["alone"]),
        among=_linear(told["among"]),
        table=tuple((float(score), float(probability)) for score, probability in told["calibration"]),
    )


def _linear(told: Mapping[str, Any]) -> Linear:
    cues = told["cues"]
    return Linear(
        intercept=float(told["intercept"]),
        weights={name: float(weight) for name, (weight, _) in cues.items()},
        means={name: float(mean) for name, (_, mean) in cues.items()},
    )
