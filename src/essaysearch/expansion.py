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
user's words plus its score for the added words, their weights multiplied by ``trust``, both by the
ordinary formulas. `written` and `read_words` turn added words into text that can be edited and back.

[1] V. Lavrenko, W. B. Croft: Relevance-Based Language Models (SIGIR 2001); N. Abdul-Jaleel et
    al.: UMass at TREC 2004 (interpolation with the query, RM3).
[2] J. Rocchio: Relevance Feedback in Information Retrieval (1971), with unit-length vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from essaysearch.errors import EssaysearchError
from essaysearch.text import analysis

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


LEAST = 0.001
"""Weights are given to three significant digits; a word that would weigh less than this is left out."""

MOST = 100.0
"""The largest weight that a word given by the user may have."""

_WEAK = """actual actually almost already also although always among another anything become cannot case
certain done either else enough especially even ever every everything example fact fairly far few first
five four generally get give given gives go goes going got hence however indeed instead kind know known
least less let like likely made make makes making many may maybe might mostly much must nearly need needs
neither never next nothing often one ones others part particular particularly perhaps possible possibly
probably quite rather really result results said say says second see seem seemed seems seen several shall
show shown shows similar simply since something sometimes still sure take taken takes thing things think
third though thought three thus together toward towards two upon use used using usually various via want
way ways well whether whose within without yet""".split()

_UNTELLING = frozenset(analysis.stem(word) for word in (*analysis.STOP_WORDS, *_WEAK))
"""Terms that tell no topic: stop words, hedges, connectives, small numbers, verbs of any kind of doing."""


class UnusableWords(EssaysearchError):
    """Words to add to a query that cannot be read."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A result and its words: ``weights`` maps terms to idf times BM25F saturation in this result."""

    score: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Added:
    """A word of the expansion: its stem, its weight in the query, how many of the results hold it.

    ``word`` is a form in which it is written there; ``results`` is 0 for a word that the user gave.
    """

    term: str
    weight: float
    results: int = 0
    word: str = ""


def usable(term: str) -> bool:
    """Whether a term can tell a topic: no stop word or hedge, no lone letter, no number."""
    return len(term) > 1 and not term.isdigit() and term not in _UNTELLING


def expand(
    own: float,
    feedback: Sequence[Feedback],
    usable: Callable[[str], bool] = usable,
    words: int = WORDS,
) -> tuple[Added, ...]:
    """The words to add, heaviest first, equal weights in the order of the alphabet.

    ``own`` is the weight of the query's own words together; ``feedback`` are the first results,
    best first, of which `FEEDBACK` are used. A word must stand in two of the results and be
    ``usable``. The weights sum to `STRENGTH` times ``own``. Empty where fewer than two results
    score above nought.

    >>> found = [Feedback(9.0, {"deceiv": 3.0, "model": 1.0}), Feedback(8.9, {"deceiv": 2.0, "fake": 2.0})]
    >>> [(a.term, a.results) for a in expand(1.0, found)]
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
        length = math.sqrt(math.fsum(weight * weight for weight in result.weights.values())) or 1.0
        for term, weight in result.weights.items():
            heard[term] = heard.get(term, 0.0) + float(share) * weight / length
            held[term] = held.get(term, 0) + 1
    shared = ((term, weight) for term, weight in heard.items() if held[term] >= 2 and weight > 0.0)
    chosen = sorted((-weight, term) for term, weight in shared if usable(term))[:words]
    total = -sum(weight for weight, _ in chosen)
    scale = STRENGTH * own / total if total else 0.0
    return tuple(Added(term, -weight * scale, held[term], term) for weight, term in chosen)


def trust(scores: NDArray[np.float64], bonus: NDArray[np.float64]) -> float:
    """How much of the added words' score to count, from 0 to 1.

    ``scores`` are those of the user's words and ``bonus`` those of the added words, unit by unit.
    The answer is `MARGIN` times the largest share with which the first unit by ``scores`` (of
    equals the one with most of the added words) is not overtaken: 1 where that share is large, 0
    where it would be overtaken by however little was added.

    >>> trust(np.array([4.0, 3.0, 1.0]), np.array([1.0, 3.0, 1.0]))
    0.25
    """
    if not len(scores):
        return 0.0
    highest = scores.max()
    gain = bonus - bonus[scores == highest].max()
    rivals = gain > 0.0
    if not rivals.any():
        return 1.0
    return float(min(1.0, MARGIN * np.min((highest - scores[rivals]) / gain[rivals])))


def weakened(added: Sequence[Added], share: float) -> tuple[Added, ...]:
    """The words with ``share`` of their weight, to three significant digits; none below `LEAST`."""
    scaled = (replace(one, weight=float(f"{one.weight * share:.3g}")) for one in added)
    return tuple(one for one in scaled if one.weight >= LEAST)


def written(added: Sequence[Added]) -> str:
    """Added words as text: ``faking^0.31 scheming^0.2``; `read_words` reads it back to the same weights."""
    return " ".join(f"{one.word}^{one.weight:g}" for one in added)


def read_words(text: str) -> tuple[Added, ...]:
    """The words of a text like ``faking^0.31 scheming``, those without a weight with weight 1.

    A word given twice counts once, with its last weight. Raises `UnusableWords`.

    >>> [(one.term, one.weight) for one in read_words("faking^0.5 scheming")]
    [('fake', 0.5), ('scheme', 1.0)]
    """
    added: dict[str, Added] = {}
    for item in text.split():
        word, caret, factor = item.partition("^")
        found = analysis.tokens(word)
        try:
            weight = float(factor) if caret else 1.0
        except ValueError:
            weight = math.nan
        if len(found) != 1 or not LEAST <= weight <= MOST:
            raise UnusableWords(
                f"`{item}` cannot be added: give single words apart by spaces, each with a weight "
                f"from {LEAST:g} to {MOST:g} if it is not 1, such as faking^0.5."
            )
        added[found[0].term] = Added(found[0].term, weight, 0, found[0].surface)
    return tuple(added.values())
