"""From quoted words to the passage they quote, anywhere in a library; copies and near-duplicates.

Shingles find candidates (`shingle_store`), the words themselves are aligned (`alignment`). Nothing
here knows the search index: documents and passages go in, ids and numbers come out.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from essaysearch.alignment import Change, Run, difference, runs_between
from essaysearch.analysis import fold
from essaysearch.duplicates import Group, groups_of
from essaysearch.model import Block, Document, Passage, Voice
from essaysearch.passages import FURNITURE
from essaysearch.shingle_store import VOICES, Positions, ShingleStore, StoredDocument
from essaysearch.shingles import Hashes, Quote, read_quote, shingles_of_quote, word_hashes

SHORTEST = 4
"""A quotation of fewer words is never linked."""

SHORT = 8
"""A quotation of fewer words is linked only where every word stands, in a row."""

LOWEST = 0.7
"""The lowest score that is a link."""

_CANDIDATES = {"own": 8, "unknown": 4, "quoted": 4}
_NEARLY_AS_GOOD, _AS_GOOD_AS_EXACT = 0.02, 0.995
_MOST_CUTS, _WORTH_LOOKING, _COST_OF_CUT = 8, 5, 6
_WHOLE = 0.9
_NEVER = float("inf")
_OPENING_MARKS = ('"', "“", "„", "«", "‘")
_NAME_PART = re.compile(r"\w{2,}")
_SURE_SCORE, _SURE_WORDS = 0.85, 12

__all__ = ["Change", "Group", "Link", "QuoteIndex", "UnmarkedSource", "difference"]


@dataclass(frozen=True, slots=True)
class Link:
    """A quotation's place in a source.

    ``score`` (0 to 1) is twice the words shared, over the words quoted and the words spanned in
    the source; what an ellipsis leaves out does not count. ``voice`` is that of the words found:
    ``own`` is a source, ``quoted`` the same thing quoted elsewhere, ``unknown`` may be either.
    ``passages`` are all passages the quotation runs over, ``passage_id`` the one that holds most of it.
    ``quoted`` are the places in the quoted text that stand in the source; ``source`` says, for each
    of ``passages``, which of its words (from, to) they are. ``part`` says that the paragraphs they
    stand in go on before or after them.
    """

    passage_id: str
    document_id: str
    score: float
    voice: Voice
    authors: tuple[str, ...]
    date: str | None
    passages: tuple[str, ...]
    quoted: tuple[tuple[int, int], ...]
    source: tuple[tuple[int, int], ...]
    part: bool


@dataclass(frozen=True, slots=True)
class UnmarkedSource:
    """A paragraph that stands elsewhere under another author, though nothing marks it as a quotation.

    ``confidence`` (0 to 1) falls where the words are few, altered, or common to many authors, and
    is halved where nothing says which of the two quotes the other: no dates, no quotation marks,
    no name before it, and a paragraph of its own in both places.
    """

    block: Block
    link: Link
    confidence: float
    reason: str


class _Candidate(NamedTuple):
    document: int
    voice: int
    asked: Positions
    places: Positions


class QuoteIndex:
    """The passages of a library by what they say; documents may be added and removed at any time."""

    def __init__(self, store: ShingleStore | None = None) -> None:
        self._store = store if store is not None else ShingleStore()

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._store)

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._store

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Adds a document and its passages, in place of one with the same id. Furniture is left out."""
        borders = [block.start for block in document.blocks]
        rows = [
            (passage.id, VOICES.index(passage.voice), _paragraphs(document.text, passage, borders))
            for passage in passages
            if passage.reason != FURNITURE
        ]
        self._store.add(StoredDocument(document.id, document.authors, document.date), rows)

    def remove(self, document_id: str) -> bool:
        """Takes a document out; False where it was not there."""
        return self._store.remove(document_id)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the index into one file, atomically."""
        self._store.save(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> QuoteIndex:
        """Reads what `save` wrote; raises `IndexMissing`, `IndexDamaged` or `IndexVersion`."""
        return cls(ShingleStore.load(path))

    def link(
        self,
        quoted_text: str,
        exclude_doc: str | None = None,
        author: str | None = None,
        before: str | None = None,
        most: int = 5,
    ) -> list[Link]:
        """The passages a text quotes, the likeliest source first; empty where there is none.

        ``exclude_doc`` is the quoting document; its author's other documents count (one may quote
        oneself). ``author`` is whom the quotation names, ``before`` the date of the quoting
        document: neither excludes, both prefer. Among places that fit about equally well the
        original comes first: in somebody's own words, then by the author named, then not later
        than ``before``, then the earliest. Passages of unknown voice follow, then quotations of
        the same words elsewhere.
        """
        quote = read_quote(quoted_text)
        if len(quote.words) < SHORTEST:
            return []
        excluded = self._store.number_of(exclude_doc) if exclude_doc is not None else -1
        links = []
        for candidate in self._candidates(quote, excluded):
            link = self._aligned(quote, candidate)
            if link is not None:
                links.append(link)
        return _ranked(links, author, before)[:most]

    def unmarked_sources(self, document: Document) -> list[UnmarkedSource]:
        """The paragraphs of a document that stand in others under another author, and not later there.

        Only paragraphs of `SHORT` words or more that no mark calls quoted are looked at.
        """
        found = []
        for block in document.blocks:
            if block.voice == "quoted" or block.role in ("furniture", "heading"):
                continue
            text = document.text[block.start : block.end]
            words = len(word_hashes(text))
            if words < SHORT:
                continue
            links = self.link(text, exclude_doc=document.id, before=document.date)
            theirs = [link for link in links if link.voice != "quoted" and _is_elsewhere(link, document)]
            if not theirs or theirs[0].score < _SURE_SCORE:
                continue
            best = theirs[0]
            authors = {name for link in theirs for name in link.authors}
            reason = f"stands in {best.document_id}, by {best.authors[0]}"
            confidence = best.score * min(1.0, words / _SURE_WORDS)
            if len(authors) > 2:
                confidence, reason = confidence / 2, f"{reason} and {len(authors) - 1} others"
            if not _leads_there(text, best, document):
                confidence, reason = confidence / 2, f"{reason}; nothing says who of the two quotes the other"
            found.append(UnmarkedSource(block, best, round(confidence, 3), reason))
        return found

    def duplicates(self, threshold: float = 0.8, unit: str = "document") -> list[Group]:
        """Groups of near-duplicates and cross-posts; see `duplicates.groups_of`."""
        return groups_of(self._store, threshold, unit)

    def _candidates(self, quote: Quote, excluded: int) -> list[_Candidate]:
        """The documents that hold most of a quote's rare shingles, own words and quotations apart."""
        store = self._store
        asked, begins = shingles_of_quote(quote)
        found = store.find(asked)
        if not len(found.places):
            return []
        documents = store.document_at(found.places)
        passages = store.passage_at(found.places)
        keys = documents * len(VOICES) + store.voices_of(passages)
        if excluded >= 0:
            keep = documents != excluded
            keys, found = keys[keep], found._replace(asked=found.asked[keep], places=found.places[keep])
            if not len(keys):
                return []
        # A shingle that a document holds twice votes once.
        pairs = np.unique(keys * len(asked) + found.asked)
        holders, inverse = np.unique(pairs // len(asked), return_inverse=True)
        votes = np.bincount(inverse, weights=found.weights[pairs % len(asked)])
        chosen: list[_Candidate] = []
        for side, voice in enumerate(VOICES):
            mine = np.flatnonzero(holders % len(VOICES) == side)
            if not len(mine):
                continue
            best = mine[np.argsort(-votes[mine], kind="stable")[: _CANDIDATES[voice]]]
            for place in best[votes[best] >= 0.3 * votes[best[0]]].tolist():
                here = keys == holders[place]
                chosen.append(
                    _Candidate(
                        int(holders[place]) // len(VOICES),
                        side,
                        begins[found.asked[here]],
                        found.places[here],
                    )
                )
        return chosen

    def _aligned(self, quote: Quote, candidate: _Candidate) -> Link | None:
        """The link to a candidate, if enough of the quote stands there."""
        store = self._store
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
        return self._link(quote, candidate, runs, score)

    def _link(self, quote: Quote, candidate: _Candidate, runs: list[Run], score: float) -> Link:
        store = self._store
        places = np.concatenate([np.arange(run.source, run.source + run.length) for run in runs])
        numbers = store.passage_at(places)
        passages, counts = np.unique(numbers, return_counts=True)
        ranges = []
        for number in passages.tolist():
            here = places[numbers == number]
            first = store.words_of_passage(number)[0]
            ranges.append((int(here.min()) - first, int(here.max()) + 1 - first))
        paragraphs = store.paragraphs_of_words(int(places.min()), int(places.max()) + 1)
        main = int(passages[np.argmax(counts)])
        document = store.documents[candidate.document]
        return Link(
            passage_id=store.passages[main].id,
            document_id=document.id,
            score=round(min(1.0, score), 4),
            voice=VOICES[candidate.voice],
            authors=document.authors,
            date=document.date,
            passages=tuple(store.passages[number].id for number in passages.tolist()),
            quoted=tuple(
                (quote.spans[run.quoted][0], quote.spans[run.quoted + run.length - 1][1])
                for run in sorted(runs)
            ),
            source=tuple(ranges),
            part=int(places.max() + 1 - places.min()) < _WHOLE * (paragraphs[1] - paragraphs[0]),
        )


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


def _ranked(links: list[Link], author: str | None, before: str | None) -> list[Link]:
    limit = _instant(before)
    best = {
        voice: max((link.score for link in links if link.voice == voice), default=0.0) for voice in VOICES
    }

    def preference(link: Link) -> tuple[int, bool, bool, bool, float, float, str]:
        moment = _instant(link.date)
        exact = best[link.voice] >= _AS_GOOD_AS_EXACT
        enough = _AS_GOOD_AS_EXACT if exact else best[link.voice] - _NEARLY_AS_GOOD
        return (
            -VOICES.index(link.voice),
            link.score < enough,
            not _is_by(link.authors, author),
            moment is not None and limit is not None and moment > limit,
            moment if moment is not None else _NEVER,
            -link.score,
            link.passage_id,
        )

    return sorted(links, key=preference)


def _is_by(authors: tuple[str, ...], name: str | None) -> bool:
    """Whether a name, perhaps shortened to a part of itself, is one of the authors'."""
    if not name:
        return True
    wanted = set(_NAME_PART.findall(fold(name)))
    return any(wanted <= (parts := set(_NAME_PART.findall(fold(a)))) or parts <= wanted for a in authors)


def _leads_there(text: str, link: Link, document: Document) -> bool:
    """Whether anything says that this text is the quotation and the other one the source."""
    there, here = _instant(link.date), _instant(document.date)
    if link.part or (there is not None and here is not None and there < here):
        return True
    before = text[: link.quoted[0][0]].strip()
    if text.lstrip()[:1] in _OPENING_MARKS or before.endswith(_OPENING_MARKS):
        return True
    named = set(_NAME_PART.findall(fold(before)))
    return any(named & set(_NAME_PART.findall(fold(author))) for author in link.authors)


def _paragraphs(text: str, passage: Passage, borders: list[int]) -> list[Hashes]:
    """The words of each paragraph of a passage; ``borders`` are where the document's blocks begin."""
    inner = borders[bisect_right(borders, passage.start) : bisect_left(borders, passage.end)]
    return [word_hashes(text[a:b]) for a, b in pairwise([passage.start, *inner, passage.end])]


def _is_elsewhere(link: Link, document: Document) -> bool:
    """Whether a link leads to another author's words that were not written later."""
    if not link.authors or any(_is_by(document.authors, name) for name in link.authors):
        return False
    there, here = _instant(link.date), _instant(document.date)
    return there is None or here is None or there <= here


def _instant(date: str | None) -> float | None:
    """An ISO date of any precision as seconds since 1970; one without offset counts as UTC."""
    if not date:
        return None
    try:
        padded = date if len(date) >= 10 else (f"{date}-01" if len(date) == 7 else f"{date}-01-01")
        moment = datetime.fromisoformat(padded)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
