"""Judgments find their passages again after a re-ingest: by id, else by the words that were judged."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass

import numpy as np

from essaysearch import scoring
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.text.analysis import STOP_WORDS, terms, tokens
from essaysearch.topics.files import Topic
from essaysearch.topics.judgments import Judgment, Judgments, path_of, read
from essaysearch.tree import Clauses, Word

SAME_DOCUMENT = 0.6
"""The share of words that an edited passage must have in common with what was judged."""

ELSEWHERE = 0.8
"""The same for a passage of another document, as when a page was renamed."""

_ASKED = 12
_COMPARED = 5


@dataclass(frozen=True)
class Anchored:
    """Judgments with the passages they concern now.

    ``answers``: passage id to yes, no or skip, in the order of judging. ``followed``: the judgments
    whose passage has changed, each with its id now. ``vanished``: those whose passage is gone.
    """

    answers: dict[str, str]
    followed: tuple[tuple[Judgment, str], ...]
    vanished: tuple[Judgment, ...]

    @property
    def sentences(self) -> list[str]:
        """What is to be said of it, counted."""
        said = []
        if self.followed:
            what = "passage has" if len(self.followed) == 1 else "passages have"
            said.append(f"{len(self.followed)} judged {what} changed; the judgments follow the text.")
        if self.vanished:
            what = "passage is" if len(self.vanished) == 1 else "passages are"
            names = ", ".join(row.passage_id for row in self.vanished[:3])
            more = ", …" if len(self.vanished) > 3 else ""
            said.append(
                f"{len(self.vanished)} judged {what} no longer in the library ({names}{more});"
                " the judgments stay in the file and do not count."
            )
        return said


def anchor(snapshot: Snapshot, held: Judgments) -> Anchored:
    """Where the judgments stand now. Of two that meet in one passage the later counts."""
    ids = {f"{int(name):016x}" for view in snapshot.views for name in view.passage_ids[view.live].tolist()}
    answers: dict[str, str] = {}
    followed: list[tuple[Judgment, str]] = []
    vanished: list[Judgment] = []
    for row in held.last:
        here: str | None = row.passage_id
        if here not in ids:
            here = _found(snapshot, row)
            if here is None:
                vanished.append(row)
                continue
            followed.append((row, here))
        answers.pop(here, None)
        answers[here] = row.answer
    return Anchored(answers, tuple(followed), tuple(vanished))


def answers_of(
    snapshot: Snapshot, topic: Topic, given: str | os.PathLike[str] | None = None
) -> dict[str, str]:
    """The answers kept for a topic, by passage id; none for a topic without a file or judgments."""
    if given is None and not topic.path:
        return {}
    return anchor(snapshot, read(path_of(topic, given))).answers


def _found(snapshot: Snapshot, row: Judgment) -> str | None:
    """The passage that has most of the judged words: in the same document, else anywhere."""
    wanted = Counter(terms(row.text))
    if not wanted:
        return None
    place = snapshot.locate_document(row.doc_id) if row.doc_id else None
    if place is not None:
        view, document = place
        begin, end = (int(v) for v in view.segment.column("doc_first")[document : document + 2])
        best = _best([(view, number) for number in range(begin, end)], wanted, SAME_DOCUMENT)
        if best is not None:
            return best
    return _best(_asked(snapshot, row.text), wanted, ELSEWHERE)


def _asked(snapshot: Snapshot, text: str) -> list[tuple[View, int]]:
    """The passages that hold most of the rarest words of a text."""
    surfaces = {token.term: token.surface for token in tokens(text) if token.surface not in STOP_WORDS}
    known = [term for term in surfaces if snapshot.df(term)]
    idf = {term: float(scoring.idf(snapshot.df(term), snapshot.passages)) for term in known}
    rare = sorted(known, key=lambda term: (-idf[term], term))[:_ASKED]
    if not rare:
        return []
    words = tuple(Word(surfaces[term], term, ("body",)) for term in rare)
    best = Evaluation(snapshot, Clauses((), words), proximity=False).best(_COMPARED).best
    return [(row.view, row.number) for row in best]


def _best(places: list[tuple[View, int]], wanted: Counter[str], least: float) -> str | None:
    shares = []
    for view, number in places:
        held = Counter(terms(view.segment.passage_text(number)))
        size = max(wanted.total(), held.total())
        shares.append((wanted & held).total() / size if size else 0.0)
    if not shares or max(shares) < least:
        return None
    view, number = places[int(np.argmax(shares))]
    return view.segment.passage_id(number)
