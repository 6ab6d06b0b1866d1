"""The default ranking in plain arrays: `essaysearch.scoring` applied to a collection in memory.

It is the slow, obvious form of what the engine does for ``group=document``, and stands in for it
where there is none yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import numpy as np

from essaysearch import expansion, scoring
from essaysearch.model import Document
from essaysearch.text import analysis
from essaysearch.text.passages import split

_STRIDE = 1 << 20


def query_words(text: str) -> list[str]:
    """The terms of a query in order, without stop words unless there is nothing else."""
    tokens = analysis.tokens(text)
    kept = [token.term for token in tokens if token.surface not in analysis.STOP_WORDS]
    return kept or [token.term for token in tokens]


@dataclass
class Field:
    """The occurrences of terms in one field: ``places`` are unit * _STRIDE + position, sorted by term."""

    starts: np.ndarray
    places: np.ndarray
    lengths: np.ndarray

    def of(self, term: int) -> np.ndarray:
        return self.places[self.starts[term] : self.starts[term + 1]]


class Units:
    """Things that are scored, passages or documents, with a body and a title.

    ``whole`` maps the units of the two fields to the units scored (passages of a document).
    """

    def __init__(self, count: int, body: Field, title: Field, whole: np.ndarray | None = None) -> None:
        self.count = count
        self.fields = {"body": (body, whole), "title": (title, None)}
        self.lengths = {
            "body": body.lengths if whole is None else np.bincount(whole, body.lengths, minlength=count),
            "title": title.lengths,
        }
        self.averages = {n: v[v > 0].mean() if v.any() else 1.0 for n, v in self.lengths.items()}

    def _units(self, name: str, places: np.ndarray) -> np.ndarray:
        whole = self.fields[name][1]
        return places // _STRIDE if whole is None else whole[places // _STRIDE]

    @cache  # noqa: B019 - lives as long as the collection it serves
    def idf(self, term: int) -> float:
        held = [self._units(name, field.of(term)) for name, (field, _) in self.fields.items()]
        return float(scoring.idf(len(np.unique(np.concatenate(held))), self.count))

    def score(self, words: list[int], weights: dict[int, float], pairs: bool = True) -> np.ndarray:
        """Scores of all units; ``words`` are the query's terms in order, ``weights`` their factors."""
        total = np.zeros(self.count)
        idf = {term: self.idf(term) for term in weights}
        norms = {
            name: scoring.field_norm(name, length, self.averages[name], len(words))
            for name, length in self.lengths.items()
        }
        for term, weight in weights.items():
            x = np.zeros(self.count)
            for name, (field, _) in self.fields.items():
                x += np.bincount(self._units(name, field.of(term)), minlength=self.count) / norms[name]
            total += weight * idf[term] * scoring.saturate(x)
        near = {frozenset(pair) for pair in pairwise(words) if len(set(pair)) == 2 and pairs}
        for a, b in sorted(map(sorted, near)):
            total += scoring.proximity(idf[a], idf[b], self._near(a, b))
        return total

    def _near(self, a: int, b: int) -> np.ndarray:
        near = np.zeros(self.count)
        for name, (field, _) in self.fields.items():
            first, second = field.of(a), field.of(b)
            for distance in range(1, scoring.PROXIMITY_WINDOW + 1):
                for sign in (-distance, distance):
                    met = first[np.isin(first + sign, second, assume_unique=True)]
                    if len(met):
                        near += np.bincount(self._units(name, met), minlength=self.count) * scoring.nearness(
                            distance
                        )
        return near


class Prototype:
    """Documents in memory, ranked by the product's formulas."""

    def __init__(self, documents: Iterable[Document]) -> None:
        held = sorted(documents, key=lambda document: document.id)
        self.ids = [document.id for document in held]
        cut = [[document.text[p.start : p.end] for p in split(document)] or [""] for document in held]
        self.owner = np.repeat(np.arange(len(held)), [len(passages) for passages in cut])
        self.vocabulary: dict[str, int] = {}
        self.bodies = [self._terms(passage) for passages in cut for passage in passages]
        self.titles = [self._terms(document.title or "") for document in held]
        body = self._field(self.bodies)
        titles = self._field([self.titles[owner] for owner in self.owner])
        self.passages = Units(len(self.bodies), body, titles)
        self.documents = Units(len(held), body, self._field(self.titles), self.owner)

    @cached_property
    def names(self) -> list[str]:
        return list(self.vocabulary)

    def _terms(self, text: str) -> list[int]:
        return [self.vocabulary.setdefault(t, len(self.vocabulary)) for t in analysis.terms(text)]

    def _field(self, units: list[list[int]]) -> Field:
        lengths = np.array([len(terms) for terms in units], dtype=np.int64)
        terms = np.array([term for unit in units for term in unit], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum(lengths)))[:-1]
        places = (
            np.arange(len(terms))
            - np.repeat(starts, lengths)
            + np.repeat(np.arange(len(units)) * _STRIDE, lengths)
        )
        order = np.argsort(terms, kind="stable")
        bounds = np.searchsorted(terms[order], np.arange(len(self.vocabulary) + 1))
        return Field(bounds, places[order], lengths.astype(np.float64))

    def scores(self, words: list[int], weights: dict[int, float]) -> np.ndarray:
        if not weights:
            return np.zeros(len(self.ids))
        best = np.zeros(len(self.ids))
        np.maximum.at(best, self.owner, self.passages.score(words, weights))
        return scoring.document_score(self.documents.score(words, weights), best)

    def ranked(self, scores: np.ndarray, k: int) -> list[tuple[str, float]]:
        order = np.argsort(-scores, kind="stable")[:k]
        return [(self.ids[at], float(scores[at])) for at in order if scores[at] > 0]

    def query(self, text: str) -> tuple[list[int], dict[int, float]]:
        words = [self.vocabulary[word] for word in query_words(text) if word in self.vocabulary]
        return words, {term: float(scoring.query_weight(count)) for term, count in Counter(words).items()}

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        return self.ranked(self.scores(*self.query(text)), k)

    def search_expanded(self, text: str, k: int) -> list[tuple[str, float]]:
        words, weights = self.query(text)
        scores = self.scores(words, weights)
        first = np.argsort(-scores, kind="stable")[: expansion.FEEDBACK]
        feedback = [expansion.Feedback(float(scores[at]), self.feedback_words(int(at))) for at in first]
        names = self.names
        own = {names[term]: weight for term, weight in weights.items()}
        added = expansion.expand(own, feedback, usable)
        bonus = self.bonus({self.vocabulary[word.term]: word.weight for word in added})
        return self.ranked(expansion.combine(scores, bonus), k)

    def bonus(self, weights: dict[int, float]) -> np.ndarray:
        """What added words score: as a query of them would, without proximity."""
        if not weights:
            return np.zeros(len(self.ids))
        best = np.zeros(len(self.ids))
        np.maximum.at(best, self.owner, self.passages.score(list(weights), weights, pairs=False))
        return scoring.document_score(self.documents.score(list(weights), weights, pairs=False), best)

    def feedback_words(self, at: int) -> dict[str, float]:
        """The terms of a document with idf times saturation in it."""
        names = self.names
        parts = {
            "body": Counter(t for p in np.flatnonzero(self.owner == at) for t in self.bodies[p]),
            "title": Counter(self.titles[at]),
        }
        units = self.documents
        norms = {
            name: scoring.field_norm(name, units.lengths[name][at], units.averages[name]) for name in parts
        }
        x: dict[int, float] = {}
        for name, counts in parts.items():
            for term, count in counts.items():
                x[term] = x.get(term, 0.0) + count / norms[name]
        return {names[term]: units.idf(term) * float(scoring.saturate(value)) for term, value in x.items()}


STOPS = frozenset(analysis.stem(word) for word in analysis.STOP_WORDS)


def usable(term: str) -> bool:
    return len(term) > 1 and not term.isdigit() and term not in STOPS


def prototype(documents: Iterable[Document]) -> Callable[[str, int], list[tuple[str, float]]]:
    return Prototype(documents).search


def prototype_expanded(documents: Iterable[Document]) -> Callable[[str, int], list[tuple[str, float]]]:
    return Prototype(documents).search_expanded
