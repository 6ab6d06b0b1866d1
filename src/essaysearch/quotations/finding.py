"""Where in a store a quotation stands: candidates by rare shingles, then the words themselves, aligned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from essaysearch.quotations.alignment import Run, runs_between
from essaysearch.quotations.shingle_segments import Positions
from essaysearch.quotations.shingle_store import VOICES, ShingleStore
from essaysearch.quotations.shingles import Quote, shingles_of_quote

SHORTEST = 4
"""A quotation of fewer words is never linked."""

SHORT = 8
"""A quotation of fewer words is linked only where every word stands, in a row."""

LOWEST = 0.7
"""The lowest score that is a link."""

_CANDIDATES = {"own": 8, "unknown": 4, "quoted": 4}
_FEWEST_VOTES = 0.3
_FITS_WELL, _FEW_WORDS, _UNLIKE_THE_COPY = 0.9, 24, 0.1
_MOST_CUTS, _WORTH_LOOKING, _COST_OF_CUT = 8, 5, 6


class Place(NamedTuple):
    """Where a quotation stands: the document's number, the voice there (a number of `VOICES`), the words.

    ``score`` is twice the words shared, over the words quoted and the words spanned in the source.
    """

    document: int
    voice: int
    runs: list[Run]
    score: float


class _Candidate(NamedTuple):
    document: int
    voice: int
    asked: Positions
    places: Positions


def places_of(store: ShingleStore, quote: Quote, excluded: int, most: int) -> list[Place]:
    """The places where a quote stands, in no order, document ``excluded`` (a number, or -1) left out.

    Where ``most`` places that fit well were found in own words, no others are looked for.
    """
    found: list[Place] = []
    for _, candidates in _candidates(store, quote, excluded):
        found += [place for candidate in candidates if (place := _aligned(store, quote, candidate))]
        if sum(place.score >= _FITS_WELL for place in found) >= most:
            return found
    # Where few words are quoted elsewhere just so, what resembles them less is not their source.
    copied = max((place.score for place in found if VOICES[place.voice] == "quoted"), default=0.0)
    if len(quote.words) <= _FEW_WORDS:
        found = [place for place in found if place.score >= copied - _UNLIKE_THE_COPY]
    return found


def _candidates(store: ShingleStore, quote: Quote, excluded: int) -> Iterator[tuple[str, list[_Candidate]]]:
    """The documents that hold most of a quote's rare shingles: in own words, in unknown voice, quoted."""
    asked, begins = shingles_of_quote(quote)
    found = store.find(asked)
    if not len(found.places):
        return
    documents = store.document_at(found.places)
    keys = documents * len(VOICES) + store.voices_of(store.passage_at(found.places))
    if excluded >= 0:
        keep = documents != excluded
        keys, found = keys[keep], found._replace(asked=found.asked[keep], places=found.places[keep])
        if not len(keys):
            return
    # A shingle that a document holds twice votes once.
    pairs = np.unique(keys * len(asked) + found.asked)
    holders, inverse = np.unique(pairs // len(asked), return_inverse=True)
    votes = np.bincount(inverse, weights=found.weights[pairs % len(asked)])
    for side in range(len(VOICES) - 1, -1, -1):
        mine = np.flatnonzero(holders % len(VOICES) == side)
        if not len(mine):
            continue
        best = mine[np.argsort(-votes[mine], kind="stable")[: _CANDIDATES[VOICES[side]]]]
        chosen = []
        for place in best[votes[best] >= _FEWEST_VOTES * votes[best[0]]].tolist():
            here = keys == holders[place]
            number = int(holders[place]) // len(VOICES)
            chosen.append(_Candidate(number, side, begins[found.asked[here]], found.places[here]))
        yield VOICES[side], chosen


def _aligned(store: ShingleStore, quote: Quote, candidate: _Candidate) -> Place | None:
    """The place in a candidate, if enough of the quote stands there."""
    low, high = store.words_of_document(candidate.document)
    runs: list[Run] = []
    span = 0
    for start, end in quote.fragments:
        part = _fragment_runs(quote, start, end, candidate, store, low, high)
        span += _span(part)
        runs += part
    matched = sum(run.length for run in runs)
    total = len(quote.words)
    score = 2 * matched / (total + span) if matched else 0.0
    if score < LOWEST or matched < SHORTEST:
        return None
    if total < SHORT and (matched < total or len(runs) > len(quote.fragments)):
        return None
    return Place(candidate.document, candidate.voice, runs, min(1.0, score))


def _fragment_runs(
    quote: Quote, start: int, end: int, candidate: _Candidate, store: ShingleStore, low: int, high: int
) -> list[Run]:
    """The runs that a fragment shares with a document, in quoted order; silent cuts are looked behind."""
    runs: list[Run] = []
    waiting = [(start, end, low, high)]
    # Each look takes at least one shingle of the quote, and few cuts are made in a sentence.
    for _ in range(_MOST_CUTS):
        if not waiting:
            break
        first, last, floor, ceiling = waiting.pop()
        here = (candidate.asked >= first) & (candidate.asked + 2 < last)
        here &= (candidate.places >= floor) & (candidate.places + 2 < ceiling)
        if not here.any():
            continue
        near, far = _densest(candidate.places[here] - candidate.asked[here], (last - first) // 4 + 2)
        slack = (last - first) // 5 + 3
        begin = max(floor, first + near - slack)
        stop = min(ceiling, last + far + slack)
        found = runs_between(quote.words[first:last].tolist(), _voiced(store, begin, stop, candidate.voice))
        if not found:
            continue
        found = [Run(run.quoted + first, run.source + begin, run.length) for run in found]
        runs += found
        head, tail = found[0], found[-1]
        if head.quoted - first >= _WORTH_LOOKING:
            waiting.append((first, head.quoted, floor, head.source))
        if last - tail.quoted - tail.length >= _WORTH_LOOKING:
            waiting.append((tail.quoted + tail.length, last, tail.source + tail.length, ceiling))
    return sorted(runs)


def _densest(diagonals: Positions, width: int) -> tuple[int, int]:
    """The range of offsets between quote and source, at most ``width`` wide, that most shingles agree on."""
    ordered = np.sort(diagonals)
    reach = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    best = int(np.argmax(reach))
    return int(ordered[best]), int(ordered[best + int(reach[best]) - 1])


def _voiced(store: ShingleStore, begin: int, stop: int, voice: int) -> list[int]:
    """A range of words, those in other voices blotted out."""
    words: list[int] = store.words(begin, stop).tolist()
    first, last = store.passage_at(np.array([begin, max(begin, stop - 1)])).tolist()
    for number in range(first, last + 1):
        if store.passages[number].voice != voice:
            low, high = store.words_of_passage(number)
            for place in range(max(low, begin), min(high, stop)):
                words[place - begin] = -1 - place
    return words


def _span(runs: list[Run]) -> int:
    """The words of the source that runs reach over; a silent cut costs a few, however wide it is."""
    reached = sum(run.length for run in runs)
    for one, other in pairwise(runs):
        gap = other.source - one.source - one.length
        reached += min(max(gap, 0), _COST_OF_CUT)
    return reached
