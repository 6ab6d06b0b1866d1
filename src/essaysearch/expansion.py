"""Which words to add to a query, from what it finds first, and how far to trust them.

Pseudo-relevance feedback in the manner of the relevance model RM3 [1] and of Rocchio [2]: the
words that weigh most in the first results join the query with small weights. Added words help
where much is relevant and harm where little is, so two guards work on each query:

- a result's say falls with the eighth power of its score, so that where one result stands out
  the others hardly speak, and nothing is added but what that result says itself;
- the added words may lift other results only so far that the result which the user's own words
  put first stays first, with room to spare (`trust`): where the best find would lose its place,
  the topic has drifted.

Everything here is a pure function. The score of a unit under expansion is its score for the
user's words plus ``trust`` times its score for the added words, both by the ordinary formulas.

[1] V. Lavrenko, W. B. Croft: Relevance-Based Language Models (SIGIR 2001); N. Abdul-Jaleel et
    al.: UMass at TREC 2004 (interpolation with the query, RM3).
[2] J. Rocchio: Relevance Feedback in Information Retrieval (1971), with unit-length vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEEDBACK = 10
"""Results that are asked for words."""

WORDS = 20
"""Words added at most, the query's own included where feedback strengthens them."""

SHARPNESS = 8.0
"""The power of a result's score that is its say."""

STRENGTH = 1.0
"""The weight of all added words together, as a share of that of the query's own words."""


MARGIN = 0.5
"""The part of the room beneath the first result that the added words may use up."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A result and its words: ``weights`` maps terms to idf times BM25F saturation in this result."""

    score: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Added:
    """A word of the expansion: its weight in the query, and how many of the results hold it."""

    term: str
    weight: float
    results: int


def expand(
    own: Mapping[str, float],
    feedback: Sequence[Feedback],
    usable: Callable[[str], bool] = lambda term: True,
    words: int = WORDS,
) -> tuple[Added, ...]:
    """The words to add, heaviest first, equal weights in the order of the alphabet.

    ``own`` maps the query's terms to their weights; ``feedback`` are the first results, best
    first, of which `FEEDBACK` are used. A word must stand in two of the results and be
    ``usable`` (no stop word, no lone letter or number). The weights sum to `STRENGTH` times those
    of the query. Empty where fewer than two results score above nought.

    >>> found = [Feedback(9.0, {"deceiv": 3.0, "model": 1.0}), Feedback(8.9, {"deceiv": 2.0, "fake": 2.0})]
    >>> [(a.term, a.results) for a in expand({"decept": 1.0}, found)]
    [('deceiv', 2)]
    """
    used = [f for f in feedback[:FEEDBACK] if f.score > 0.0]
    if len(used) < 2:
        return ()
    say = np.array([f.score / used[0].score for f in used]) ** SHARPNESS
    say /= say.sum()
    heard: dict[str, float] = {}
    held: dict[str, int] = {}
    for share, result in zip(say, used, strict=True):
        length = float(np.sqrt(sum(weight * weight for weight in result.weights.values()))) or 1.0
        for term, weight in result.weights.items():
            heard[term] = heard.get(term, 0.0) + float(share) * weight / length
            held[term] = held.get(term, 0) + 1
    shared = ((term, weight) for term, weight in heard.items() if held[term] >= 2 and weight > 0.0)
    chosen = sorted((-weight, term) for term, weight in shared if usable(term))[:words]
    total = -sum(weight for weight, _ in chosen)
    scale = STRENGTH * sum(own.values()) / total if total else 0.0
    return tuple(Added(term, -weight * scale, held[term]) for weight, term in chosen)


def trust(scores: NDArray[np.float64], bonus: NDArray[np.float64]) -> float:
    """How much of the added words' score to count, from 0 to 1.

    ``scores`` are those of the user's words and ``bonus`` those of the added words, unit by unit.
    The answer is `MARGIN` times the largest share with which the first unit by ``scores`` (of
    equals the earliest) is not overtaken: 1 where that share is large, 0 where another unit has
    as good a score and more of the added words.

    >>> trust(np.array([4.0, 3.0, 1.0]), np.array([1.0, 3.0, 1.0]))
    0.25
    """
    if not len(scores):
        return 0.0
    first = int(np.argmax(scores))
    gain = bonus - bonus[first]
    rivals = gain > 0.0
    if not rivals.any():
        return 1.0
    return float(min(1.0, MARGIN * np.min((scores[first] - scores[rivals]) / gain[rivals])))


def combine(scores: NDArray[np.float64], bonus: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores under expansion: ``scores`` plus the trusted share of ``bonus``."""
    return scores + trust(scores, bonus) * bonus
