"""A screening of a topic: the passage most worth judging, answers kept at once, what is left.

One object behind the terminal and the notebook::

    screening = library.screen("deceptive-alignment")
    while (hit := screening.next()) and not screening.progress.reached:
        print(hit.text)
        screening.judge(hit.passage_id, relevant=input("relevant? ") == "y")
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from essaysearch.columnar.evaluate import Best, Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import UnknownId
from essaysearch.model import Hit
from essaysearch.search.hits import hit_of
from essaysearch.text.analysis import STOP_WORDS
from essaysearch.topics import judgments, screening, stopping, vectors
from essaysearch.topics.anchoring import anchor
from essaysearch.topics.clauses import clause, leaf_words, leaves_of
from essaysearch.topics.files import Topic
from essaysearch.topics.judgments import Judgment
from essaysearch.tree import Clauses, Word

_REASONS = 6


@dataclass(frozen=True)
class Progress:
    """How far a screening has come.

    ``left``: how many relevant passages are probably still unjudged; ``most``: how many at most,
    with the stated confidence; both None before there is anything to go by. ``reached``: whether
    the target recall is reached with it.
    """

    judged: int
    relevant: int
    skipped: int
    passages: int
    left: float | None
    most: float | None
    target: float
    confidence: float
    reached: bool

    def __str__(self) -> str:
        told = f"{self.judged:,} of {self.passages:,} judged, {self.relevant:,} relevant; "
        if self.left is None or self.most is None:
            told += "too early to tell how many are left."
        else:
            told += (
                f"probably {self.left:.0f} left"
                f" (at most {self.most:.0f} with {self.confidence:.0%} confidence)."
            )
        if self.judged >= self.passages:
            return told + " Every passage is judged."
        if self.reached:
            return told + f" {self.target:.0%} of the relevant are found with that confidence: you may stop."
        return told


class Screening:
    """A screening of one topic against one state of the library.

    ``warnings``: sentences on what was odd about the judgments and the topic. Judgments go to
    ``path`` (None: beside the topic's file), each before `judge` returns. Not to be shared by threads.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        topic: Topic,
        path: str | os.PathLike[str] | None = None,
        target: float = 0.95,
        confidence: float = 0.9,
        kernels: Any = None,
    ) -> None:
        self.topic, self.target, self.confidence = topic, target, confidence
        self.path = judgments.path_of(topic, path)
        self._snapshot = snapshot
        self._counted = vectors.counted(snapshot)
        self._row = {f"{name:016x}": row for row, name in enumerate(self._counted.ids.tolist())}
        held = judgments.read(self.path)
        found = anchor(snapshot, held)
        for row, here in found.followed:
            self._write(here, row.answer, row.passage_id)
        self.warnings = [*held.warnings, *found.sentences]
        self._answers = dict(found.answers)
        known = vectors.features(
            self._counted.starts, self._counted.columns, self._counted.counts, len(self._counted.terms)
        )
        self._leaves = leaves_of(topic)
        words = Counter(word.term for word in leaf_words(self._leaves))
        query = vectors.query_vector(vectors.columns_of(words.elements(), self._counted), known)
        prior = self._prior(kernels)
        self._ranker = screening.Ranker(known, query, prior)
        self._seeds = [seed for seed in topic.seeds if seed in self._row]
        self._queue: list[str] = []
        if not len(query[0]) and not self._seeds and not prior.any():
            self.warnings.append(
                f"No word of the topic `{topic.name}` stands in the library, so the first passages shown"
                " are any; the answers lead from there."
            )

    def __repr__(self) -> str:
        return f"<Screening of {self.topic.name!r}: {self.progress}>"

    # Judging

    def next(self) -> Hit | None:
        """The passage most worth judging, None where all are judged. Skipped ones come last.

        Asked again without an answer between, it gives the same passage.
        """
        self._queue = [name for name in self._queue if self._answers.get(name, "skip") == "skip"]
        if not self._queue:
            self._queue = self._proposals()
        return self._hit(self._queue[0]) if self._queue else None

    def __iter__(self) -> Iterator[Hit]:
        """Passages to judge, each once, until the target is reached or nothing is left.

        One that is not judged in the loop is skipped.
        """
        shown: set[str] = set()
        while not self.progress.reached:
            hit = self.next()
            if hit is None or hit.passage_id in shown:
                return
            shown.add(hit.passage_id)
            yield hit
            if hit.passage_id not in self._answers:
                self.skip(hit.passage_id)

    def judge(self, passage_id: str, relevant: bool) -> None:
        """Keep an answer about a passage, whether it was proposed or not. Raises `UnknownId`.

        A second answer replaces the first, and a warning says so where they contradict.
        """
        answer = "yes" if relevant else "no"
        before = self._answers.get(passage_id)
        self._keep(passage_id, answer)
        if before in ("yes", "no") and before != answer:
            self.warnings.append(f"{passage_id} was judged {before} before; {answer} counts now.")

    def skip(self, passage_id: str) -> None:
        """Leave a passage undecided; it is proposed again after all others. Raises `UnknownId`."""
        self._keep(passage_id, "skip")

    def undo(self) -> str | None:
        """Withdraw the last answer; returns the passage's id, which comes next. None without answers."""
        if not self._answers:
            return None
        passage_id = next(reversed(self._answers))
        self._write(passage_id, "undo")
        self._answers = anchor(self._snapshot, judgments.read(self.path)).answers
        self._queue.insert(0, passage_id)
        return passage_id

    # What is known

    @property
    def answers(self) -> dict[str, str]:
        """Passage ids with yes, no or skip, in the order of judging."""
        return dict(self._answers)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        decided = [answer == "yes" for answer in self._answers.values() if answer != "skip"]
        told = stopping.estimate(decided, len(self._row), self.confidence)
        left, most = (told.left, told.most) if len(told.chances) else (None, None)
        return Progress(
            len(decided), sum(decided), len(self._answers) - len(decided), len(self._row),
            left, most, self.target, self.confidence,
            stopping.reached(sum(decided), told, self.target, self.confidence),
        )  # fmt: skip

    def reasons(self, passage_id: str) -> tuple[str, ...]:
        """The words (as stems) that speak most for a passage, by what was judged so far."""
        columns = self._ranker.telling(self._row_of(passage_id), _REASONS)
        names = {column: term for term, column in self._counted.terms.items() if column in columns}
        return tuple(names[column] for column in columns)

    # Within

    def _proposals(self) -> list[str]:
        judged = {
            self._row[name]: answer == "yes" for name, answer in self._answers.items() if answer != "skip"
        }
        examples = {self._row[seed]: True for seed in self._seeds} | judged
        skipped = [self._row[name] for name, answer in self._answers.items() if answer == "skip"]
        scores = self._ranker.scores(list(examples), list(examples.values()))
        size = screening.batch(len(judged))
        rows = screening.propose(scores, [*judged, *skipped], size)
        if not len(rows) and skipped:
            rows = screening.propose(scores, list(judged), size)
        return [f"{int(self._counted.ids[row]):016x}" for row in rows.tolist()]

    def _hit(self, passage_id: str) -> Hit:
        base, number = self._counted.places[self._row[passage_id]].tolist()
        view = vectors.view_of(self._snapshot, base)
        return hit_of(Best(0.0, view, number), len(self._answers) + 1, self._leaves)

    def _row_of(self, passage_id: str) -> int:
        row = self._row.get(passage_id)
        if row is None:
            raise UnknownId(f"No passage bears the id `{passage_id}`. `next()` gives passages to judge.")
        return row

    def _keep(self, passage_id: str, answer: str) -> None:
        self._row_of(passage_id)
        self._write(passage_id, answer)
        self._answers.pop(passage_id, None)
        self._answers[passage_id] = answer
        if passage_id in self._queue:
            self._queue.remove(passage_id)

    def _write(self, passage_id: str, answer: str, follows: str = "") -> None:
        base, number = self._counted.places[self._row[passage_id]].tolist()
        segment = vectors.view_of(self._snapshot, base).segment
        document = segment.keyword("id", int(segment.doc_of[number])) or ""
        row = Judgment(passage_id, answer, document, segment.passage_text(number), follows=follows)
        judgments.append(self.path, row)

    def _prior(self, kernels: Any) -> vectors.Floats:
        """Each passage's score by the topic's phrases and their words."""
        phrases = tuple(clause(phrase) for phrase in self.topic.phrases)
        words = {word.term: Word(word.text, word.term) for word in leaf_words(self._leaves)}
        tree = Clauses((), (*phrases, *(w for w in words.values() if w.text not in STOP_WORDS)))
        prior = np.zeros(len(self._row))
        if not tree.should:
            return prior
        evaluation = Evaluation(self._snapshot, tree, kernels, proximity=False)
        row = 0
        for view in self._snapshot.views:
            found = evaluation.matches(view)
            prior[row + np.cumsum(view.live)[found.docs] - 1] = found.scores
            row += int(view.live.sum())
        return prior
