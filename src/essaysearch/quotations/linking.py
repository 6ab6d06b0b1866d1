"""From quoted words to the passage they quote, anywhere in a library; copies and near-duplicates.

Shingles find candidates (`shingle_store`), the words themselves are aligned (`finding`), and
of several places the likeliest source comes first (`links`). Nothing here knows the search
index: documents and passages go in, ids and numbers come out.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from essaysearch.model import Block, Document, Passage
from essaysearch.quotations.alignment import Change, difference
from essaysearch.quotations.duplicates import Group, groups_of
from essaysearch.quotations.finding import SHORT, SHORTEST, Place, places_of
from essaysearch.quotations.links import Link, is_elsewhere, leads_there, ranked
from essaysearch.quotations.shingle_store import VOICES, Found, ShingleStore, StoredDocument
from essaysearch.quotations.shingles import Hashes, Quote, read_quote, shingles, word_hashes
from essaysearch.text.passages import FURNITURE

_WHOLE = 0.9
_SOME = 0.3
_SURE_SCORE, _SURE_WORDS = 0.85, 12

__all__ = [
    "Change", "Group", "Link", "QuoteIndex", "Standing", "UnmarkedSource", "difference", "unmarked_source",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnmarkedSource:
    """A paragraph that stands elsewhere under another author, though nothing marks it as a quotation.

    ``confidence`` (0 to 1) falls where the words are few, altered, or common to many authors, and
    is halved where nothing says which of the two quotes the other: no dates, no quotation marks,
    no name before it, and a paragraph of its own in both places (then it is not ``directed``).
    """

    block: Block
    link: Link
    confidence: float
    reason: str
    directed: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """A paragraph that stands elsewhere: its text, how many words it has, the likeliest source first."""

    block: Block
    text: str
    words: int
    links: tuple[Link, ...]


def unmarked_source(standing: Standing, document: Document) -> UnmarkedSource | None:
    """What of a paragraph's other places says that it is another author's; None where nothing does."""
    theirs = [link for link in standing.links if link.voice != "quoted" and is_elsewhere(link, document)]
    if not theirs:
        return None
    best = theirs[0]
    authors = {name for link in theirs for name in link.authors}
    reason = f"stands in {best.document_id}, by {best.authors[0]}"
    confidence = best.score * min(1.0, standing.words / _SURE_WORDS)
    if len(authors) > 2:
        confidence, reason = confidence / 2, f"{reason} and {len(authors) - 1} others"
    directed = leads_there(standing.text, best, document)
    if not directed:
        confidence, reason = confidence / 2, f"{reason}; nothing says who of the two quotes the other"
    return UnmarkedSource(standing.block, best, round(confidence, 3), reason, directed)


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
        links = [self._link(quote, place) for place in places_of(self._store, quote, excluded, most)]
        return ranked(links, author, before)[:most]

    def standing(self, document: Document) -> list[Standing]:
        """The paragraphs of a document that stand in others too, with the links that lead there.

        Only paragraphs of `SHORT` words or more that no mark calls quoted are looked at, and only
        places that hold nearly all of their words.
        """
        found = []
        for block in document.blocks:
            if (block.voice == "quoted" and not block.reason) or block.role in ("furniture", "heading"):
                continue
            text = document.text[block.start : block.end]
            words = len(word_hashes(text))
            if words < SHORT:
                continue
            links = self.link(text, exclude_doc=document.id, before=document.date)
            if sure := tuple(link for link in links if link.score >= _SURE_SCORE):
                found.append(Standing(block, text, words, sure))
        return found

    def unmarked_sources(self, document: Document) -> list[UnmarkedSource]:
        """The paragraphs of a document that stand in others under another author, and not later there."""
        found = (unmarked_source(standing, document) for standing in self.standing(document))
        return [source for source in found if source is not None]

    def marks_quotations(self, document_id: str) -> bool:
        """Whether a document has quoted passages: there, what is not quoted is the author's own."""
        number = self._store.number_of(document_id)
        passages = self._store.passages
        return number >= 0 and any(
            VOICES[passages[p].voice] == "quoted" for p in self._store.passages_of_document(number)
        )

    def sharing(self, document_id: str) -> set[str]:
        """The documents that share a run of `SHORT` words, or nearly, with one of the index."""
        found = self._found_of(document_id)
        counts = np.bincount(self._store.document_at(found.places))
        names = self._store.documents
        return {names[n].id for n in np.flatnonzero(counts >= SHORT - 2).tolist()} - {document_id}

    def quoting(self, document_id: str) -> set[str]:
        """The documents with a quotation that may come from one of the index: some of it stands there."""
        store, found = self._store, self._found_of(document_id)
        passages, counts = np.unique(store.passage_at(found.places), return_counts=True)
        names = set()
        for number, count in zip(passages.tolist(), counts.tolist(), strict=True):
            held = store.passages[number]
            if VOICES[held.voice] == "quoted":
                low, high = store.words_of_passage(number)
                if count >= _SOME * (high - low - 2):
                    names.add(store.documents[held.document].id)
        return names - {document_id}

    def _found_of(self, document_id: str) -> Found:
        """Where the shingles of a document stand."""
        number = self._store.number_of(document_id)
        low, high = self._store.words_of_document(number) if number >= 0 else (0, 0)
        return self._store.find(np.unique(shingles(self._store.words(low, high))))

    def duplicates(self, threshold: float = 0.8, unit: str = "document") -> list[Group]:
        """Groups of near-duplicates and cross-posts; see `duplicates.groups_of`."""
        return groups_of(self._store, threshold, unit)

    def _link(self, quote: Quote, place: Place) -> Link:
        store, runs = self._store, place.runs
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
        document = store.documents[place.document]
        return Link(
            passage_id=store.passages[main].id,
            document_id=document.id,
            score=round(place.score, 4),
            voice=VOICES[place.voice],
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


def _paragraphs(text: str, passage: Passage, borders: list[int]) -> list[Hashes]:
    """The words of each paragraph of a passage; ``borders`` are where the document's blocks begin."""
    inner = borders[bisect_right(borders, passage.start) : bisect_left(borders, passage.end)]
    return [word_hashes(text[a:b]) for a, b in pairwise([passage.start, *inner, passage.end])]
