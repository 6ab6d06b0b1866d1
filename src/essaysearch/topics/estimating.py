"""How many passages no phrase of a topic reaches, estimated from how often the others were reached."""

from __future__ import annotations

import math
from collections.abc import Sequence


def unseen(times: Sequence[int], occasions: int) -> tuple[float, float, float] | tuple[None, None, None]:
    """An estimate of how many were never caught, with the bounds of its 95 % interval.

    Chao's lower-bound estimator from those caught once (f1) and twice (f2) on ``occasions``
    occasions, bias-corrected, with its log-normal interval: A. Chao, Estimating the Population
    Size for Capture-Recapture Data with Unequal Catchability, Biometrics 43 (1987). Phrases of a
    topic are no independent samples, so that this is a hint, not a measurement.
    None where fewer than three phrases find anything.
    """
    if occasions < 3:
        return None, None, None
    once, twice = sum(t == 1 for t in times), sum(t == 2 for t in times)
    share = (occasions - 1) / occasions
    missed = share * once * (once - 1) / (2 * (twice + 1))
    if missed <= 0:
        return 0.0, 0.0, 0.0
    variance = (
        share * once * (once - 1) / (2 * (twice + 1))
        + share**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + share**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    spread = math.exp(1.96 * math.sqrt(math.log(1 + variance / missed**2)))
    return missed, missed / spread, missed * spread
