"""When a screening may stop: how many relevant passages are probably left.

The finds of a screening come ever more rarely. Of R relevant passages among N each has a place in
the order of judging, and the places are taken for R independent draws from one density, a power
law that falls as (t + c) ** -k up to N, in the manner of [1]. What the density is like depends on
how many there are to find: the onset c of the fall is counted in relevant passages, c = g · R.
Neither R nor g and k are known. Each triple counts as much as the finds so far speak for it, times
what it counted for before; so the answer says how probable each number is.

What pairs of g and k count for before anything is found (`PRIOR`) was learned from complete
screenings of judged collections (``evals/stopping.py``), and how often what is stated then comes
true on collections that had no part in it stands in ``evals/RESULTS.md``.

[1] A. Sneyd, M. Stevenson: Stopping criteria for technology assisted reviews based on counting
    processes (SIGIR 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DECLINES = np.array([1.25, 1.5, 2.0, 3.0, 6.0])
"""The powers k with which the finds can fall."""

ONSETS = 2.0 ** np.arange(-2, 9)
"""The judgments g, for each relevant passage, after which the fall can set in."""

PRIOR = np.array(
    [
        [1.4, 1.5, 0.7, 0.3, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.7, 3.3, 2.6, 1.1, 0.4, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 1.2, 9.0, 5.4, 2.0, 0.8, 0.1, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 1.3, 11.9, 10.4, 3.7, 1.9, 0.3, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.1, 6.3, 14.8, 10.3, 6.1, 1.9, 0.1, 0.0],
    ]
)
"""How probable each pair of a decline (row) and an onset (column) is beforehand, in per cent."""

FEW = 10.0
"""R relevant ones are as probable beforehand as 1 / (R + FEW): one is not likelier than some."""

FEWEST = 10
"""Judgments, one of them relevant, before anything is estimated."""

_EXACT = 64
_RATIO = 1.1


@dataclass(frozen=True)
class Estimate:
    """What is left: ``left`` expected, at most ``most`` with the confidence asked for.

    ``chances[i]`` is the probability that at most ``numbers[i]`` relevant ones are left; numbers
    ascend from 0 to all unjudged, one by one as far as 64. Before there is anything to go by, ``left``
    and ``most`` are the number unjudged and both arrays empty.
    """

    left: float
    most: float
    numbers: Ints
    chances: Floats


def estimate(found: Sequence[bool], total: int, confidence: float = 0.9) -> Estimate:
    """How many relevant ones are left among ``total``, of which ``found`` were judged in this order."""
    judged = len(found)
    places = np.flatnonzero(np.asarray(found, bool)).astype(np.float64) + 0.5
    rest = max(0, total - judged)
    if rest and (judged < FEWEST or not len(places)):
        return Estimate(float(rest), float(rest), np.zeros(0, np.int64), np.zeros(0))
    numbers = _numbers(rest)
    chances = np.cumsum(_probabilities(places, judged, total, numbers)) if rest else np.ones(1)
    chances[-1] = 1.0
    left = float(numbers @ np.diff(chances, prepend=0.0))
    return Estimate(left, float(numbers[np.searchsorted(chances, confidence)]), numbers, chances)


def reached(relevant: int, told: Estimate, target: float, confidence: float) -> bool:
    """Whether the found are at least ``target`` of all relevant ones, with the confidence."""
    if not len(told.chances) or not relevant:
        return False
    allowed = int(relevant * (1.0 - target) / target + 1e-9)
    return bool(told.chances[np.searchsorted(told.numbers, allowed, "right") - 1] >= confidence)


def shapes(
    places: Floats, total: int, relevant: Floats, cells: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """For numbers of relevant ones (rows) and ``cells`` of the prior: onset, decline, log likelihood.

    The likelihood is that of the places, each drawn by itself from 0 to ``total``.
    """
    k, g = (grid[cells] for grid in np.meshgrid(DECLINES, ONSETS, indexing="ij"))
    c = relevant[:, None] * g
    whole = np.log(c) + np.log(_share(total, c, k)) - np.log(k - 1.0)
    return c, k, -k * _log_sums(places, c) + len(places) * (k * np.log(c) - whole)


def _probabilities(places: Floats, judged: int, total: int, numbers: Ints) -> Floats:
    """How probable it is that ``numbers`` are left, each standing for those down to the one before."""
    relevant = (len(places) + numbers).astype(np.float64)
    cells = PRIOR > 0.0
    c, k, likelihood = shapes(places, total, relevant, cells)
    reached = _share(judged, c, k) / _share(total, c, k)
    prior = np.log(PRIOR[cells]) - np.log(relevant + FEW)[:, None]
    unfound = numbers[:, None] * np.log(np.maximum(1.0 - reached, 1e-300))
    ways = np.log(np.diff(numbers, prepend=-1)) + _log_orders(len(places), numbers)
    weights = likelihood + unfound + prior + ways[:, None]
    chances: Floats = np.exp(weights - weights.max()).sum(axis=1)
    return np.asarray(chances / chances.sum())


def _share(t: float, c: Floats, k: Floats) -> Floats:
    """The share of the power law that lies before t, were there no end."""
    share: Floats = -np.expm1((1.0 - k) * np.log1p(t / c))
    return share


def _log_sums(places: Floats, c: Floats) -> Floats:
    """The sum of log(place + c) over all places, for each c; interpolated between eighths of octaves."""
    low, high = np.log2(c.min()), np.log2(c.max())
    knots = np.linspace(low, high, int(8 * (high - low)) + 2)
    sums = np.array([np.log(places + 2.0**knot).sum() for knot in knots])
    return np.asarray(np.interp(np.log2(c), knots, sums))


def _log_orders(found: int, numbers: Ints) -> Floats:
    """The log of the number of ways to choose the left ones among all relevant: C(found + n, n)."""
    steps = np.log1p(found / np.arange(1.0, numbers[-1] + 1.0))
    return np.asarray(np.concatenate(([0.0], np.cumsum(steps)))[numbers])


def _numbers(rest: int) -> Ints:
    """0 to ``rest``, one by one at first, then ever farther apart."""
    numbers = list(range(min(rest, _EXACT) + 1))
    while numbers[-1] < rest:
        numbers.append(min(rest, int(numbers[-1] * _RATIO)))
    return np.array(numbers, np.int64)
