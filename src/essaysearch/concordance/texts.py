"""The passages that a query finds, as texts and words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.model import VOICES, Voice
from essaysearch.text.analysis import Token, tokens
from essaysearch.text.matching import Span, all_occurrences
from essaysearch.text.readable import readable
from essaysearch.text.snippets import concerns_body
from essaysearch.tree import Node


@dataclass(frozen=True)
class Text:
    """A found passage: its readable text and words, and where it stands."""

    view: View
    number: int
    text: str

    @cached_property
    def words(self) -> list[Token]:
        return tokens(self.text)

    @property
    def voice(self) -> Voice:
        return VOICES[int(self.view.segment.column("voice")[self.number])]

    def spans(self, leaves: Iterable[Node]) -> list[Span]:
        """Where what is asked for stands, ascending."""
        asked = [leaf for leaf in leaves if concerns_body(leaf, self.voice)]
        return sorted({span for spans in all_occurrences(asked, self.text) for span in spans})


def texts(snapshot: Snapshot, tree: Node, kernels: Any) -> Iterator[Text]:
    """The passages that a query finds, by document id and number."""
    evaluation = Evaluation(snapshot, tree, kernels, proximity=False)
    found = [(view, int(doc)) for view in snapshot.views for doc in evaluation.matches(view).docs]
    found.sort(key=lambda row: (_document_id(*row), row[1]))
    for view, number in found:
        text = readable(view.segment.passage_text(number))[0].replace("\n", " ")
        yield Text(view, number, text)


def words_beside(text: str, span: Span, window: int) -> list[Token]:
    """The last ``window`` words before a place in a text and the first after it, or as many as there are.

    ``span`` is an occurrence: it begins and ends with a word.
    """
    return _last_words(text, span[0], window) + _first_words(text, span[1], window)


def _last_words(text: str, end: int, most: int) -> list[Token]:
    begin, reach = end, most * _LETTERS
    while begin:
        begin = text.rfind(" ", 0, max(0, end - reach)) + 1  # no word crosses a space
        words = tokens(text[begin:end])
        if len(words) >= most or not begin:
            last = words[max(0, len(words) - most) :]
            return [Token(begin + start, begin + stop, *told) for start, stop, *told in last]
        reach *= 2
    return []


def _first_words(text: str, begin: int, most: int) -> list[Token]:
    end, reach = begin, most * _LETTERS
    while end < len(text):
        space = text.find(" ", begin + reach)
        end = space if space >= 0 else len(text)
        words = tokens(text[begin:end])
        if len(words) >= most or end == len(text):
            return [Token(begin + start, begin + stop, *told) for start, stop, *told in words[:most]]
        reach *= 2
    return []


_LETTERS = 8
"""Letters looked at for each word that is asked for; where they are too few, twice as many."""


def _document_id(view: View, number: int) -> str:
    return view.segment.keyword("id", int(view.segment.doc_of[number])) or ""


def occurrences_of(snapshot: Snapshot, terms: Collection[str]) -> dict[str, int]:
    """How often each of some terms stands in the bodies of live passages."""
    if len(terms) < _MANY:
        return {term: sum(_occurrences(view, term) for view in snapshot.views) for term in terms}
    known: dict[str, int] | None = snapshot.kept.get("occurrences")
    if known is None:
        known = snapshot.kept["occurrences"] = _all_occurrences(snapshot)
    return {term: known.get(term, 0) for term in terms}


_MANY = 1_000
"""For fewer terms than these each is looked up, for more the whole vocabulary is counted once."""

_POSTINGS = 1_000_000
"""Postings looked at together."""


def _occurrences(view: View, term: str) -> int:
    info = view.segment.term(term)
    if info is None:
        return 0
    live = view.live[view.segment.docs(info)]
    return int(view.segment.frequencies(info)[live, 0].sum())


def _all_occurrences(snapshot: Snapshot) -> dict[str, int]:
    total: Counter[str] = Counter()
    for view in snapshot.views:
        segment = view.segment
        sizes = segment.term_sizes()
        ends = np.cumsum(sizes)
        counts = np.zeros(len(sizes), dtype=np.int64)
        low = 0
        while low < len(sizes):
            reached = int(ends[low - 1]) if low else 0
            high = max(low + 1, int(np.searchsorted(ends, reached + _POSTINGS, "right")))
            blocks = segment.blocks_of(low, high)
            times = blocks.frequencies()[:, 0] * view.live[blocks.docs]
            owners = np.repeat(np.arange(high - low), sizes[low:high])
            counts[low:high] = np.bincount(owners, times, high - low).astype(np.int64)
            low = high
        total.update(dict(zip(segment.terms().all(), counts.tolist(), strict=True)))
    return dict(total)


class Forms:
    """Words counted by stem, and of each stem the form it has most often."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._forms: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, word: Token) -> None:
        self.counts[word.term] += 1
        self._forms[word.term][word.surface] += 1

    def form(self, term: str, other: Forms | None = None) -> str:
        """The most frequent form of a stem, ties by the alphabet; of ``other`` where there is none here."""
        forms = self._forms.get(term) or (other._forms[term] if other is not None else Counter((term,)))
        return min(forms, key=lambda word: (-forms[word], word))
