"""When a screening may stop: how many relevant passages are probably left.

The finds of a screening come ever more rarely. They are taken for a Poisson process whose rate
falls with the number t judged as a power law, A · (t + c) ** -k, in the manner of [1]; the rate is
followed to the end of the collection. Scale A, onset c and decline k are not known, so that every
pair of a grid of c and k counts as much as the finds so far speak for it (A integrates out: what
is left is negative binomial), and the answer says how probable each number is.

The grid was chosen with screenings simulated on judged collections; how often what it states then
came true, and on collections that had no part in the choice, stands in ``evals/RESULTS.md``.

[1] A. Sneyd, M. Stevenson: Stopping criteria for technology assisted reviews based on counting
    processes (SIGIR 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DECLINES = (1.5, 2.0, 3.0, 4.0, 6.0)
"""The powers k with which the rate may fall."""

ONSETS = (16.0, 64.0, 256.0, 1024.0, 4096.0)
"""The numbers of judgments c after which the fall may set in."""

FEWEST = 10
"""Judgments, one of them relevant, before anything is estimated."""

_LARGEST = 20_000


@dataclass(frozen=True)
class Estimate:
    """What is left: ``left`` expected, at most ``most`` with the confidence asked for.

    ``chances[n]`` is the probability that at most ``n`` relevant ones are left; its length reaches
    as far as was needed. Before there is anything to go by, ``left`` and ``most`` are the number
    unjudged and ``chances`` is empty.
    """

    left: float
    most: float
    chances: Floats


def estimate(found: Sequence[bool], total: int, confidence: float = 0.9) -> Estimate:
    """How many relevant ones are left among ``total``, of which ``found`` were judged in this order."""
    judged = len(found)
    places: Floats = np.flatnonzero(np.asarray(found, bool)).astype(np.float64) + 1.0
    rest = max(0, total - judged)
    if not rest:
        return Estimate(0.0, 0.0, np.ones(1))
    if judged < FEWEST or not len(places):
        return Estimate(float(rest), float(rest), np.zeros(0))
    weights, reached = _posterior(places, judged, total)
    relevant = len(places)
    left = float(weights @ (relevant * (1.0 - reached) / reached))
    chances = _chances(weights, reached, relevant, min(rest, _LARGEST), confidence)
    most = float(np.searchsorted(chances, confidence))
    return Estimate(min(left, float(rest)), min(most, float(rest)), chances)


def reached(relevant: int, told: Estimate, target: float, confidence: float) -> bool:
    """Whether the found are at least ``target`` of all relevant ones, with the confidence."""
    if not len(told.chances) or not relevant:
        return False
    allowed = min(int(relevant * (1.0 - target) / target + 1e-9), len(told.chances) - 1)
    return bool(told.chances[allowed] >= confidence)


def _posterior(places: Floats, judged: int, total: int) -> tuple[Floats, Floats]:
    """For each pair of the grid: how probable it is, and the share of the finds it expects so far."""
    k, c = (grid.ravel() for grid in np.meshgrid(DECLINES, ONSETS))
    so_far, in_all = _expected(judged, c, k), _expected(total, c, k)
    fit = -len(places) * np.log(so_far) - k * np.log(places[:, None] + c).sum(axis=0)
    weights = np.exp(fit - fit.max())
    return weights / weights.sum(), so_far / in_all


def _expected(t: float, c: Floats, k: Floats) -> Floats:
    """The integral of (s + c) ** -k over s from 0 to t."""
    flat = np.where(k == 1.0, 2.0, k)
    power: Floats = np.where(
        k == 1.0, np.log((t + c) / c), ((t + c) ** (1.0 - flat) - c ** (1.0 - flat)) / (1.0 - flat)
    )
    return power


def _chances(weights: Floats, reached: Floats, relevant: int, rest: int, confidence: float) -> Floats:
    """P(at most n are left) for n = 0, 1, …, until it passes the confidence and a twentieth is allowed."""
    enough = max(1, relevant)
    held = weights > 1e-6
    weights, reached = weights[held], reached[held]
    n = 0
    term = reached**relevant
    sums = [float(weights @ term)]
    while n < rest and (sums[-1] < confidence or n < enough):
        n += 1
        term = term * ((relevant + n - 1) / n) * (1.0 - reached)
        sums.append(sums[-1] + float(weights @ term))
    if n >= rest:
        sums[-1] = 1.0
    return np.array(sums)
