"""How much a passage was answered: where it is quoted, and by replies to its document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.model import VOICES
from essaysearch.quotations.exchanges import Exchanges
from essaysearch.tree import Node


@dataclass(frozen=True, slots=True)
class Attention:
    """A passage in its author's own words, and who answered it.

    ``quoted``: how often it is quoted; ``answers``: how many of these quotations are answered there;
    ``replies``: the documents that reply to the whole of its document.
    """

    passage_id: str
    quoted: int
    answers: int
    replies: int


def attention(
    snapshot: Snapshot, tree: Node, exchanges: Exchanges, unanswered: bool = False, kernels: Any = None
) -> list[Attention]:
    """The passages in own words that a query finds, by how much they were answered.

    Those with most answers first, then most often quoted, then most replied to; ones that are never
    quoted are left out. ``unanswered``: instead those that nobody quotes and to whose document nobody
    replies, newest first, undated last. Equal ones by id. Linear in what the query finds.
    """
    replies = _replies(snapshot)
    evaluation = Evaluation(snapshot, tree, kernels, proximity=False)
    rows: list[tuple[Any, Attention]] = []
    for view in snapshot.views:
        found = evaluation.matches(view).docs
        own = found[view.segment.column("voice")[found] == VOICES.index("own")]
        for number in own.tolist():
            quotes = exchanges.quoted_by(view.segment.passage_id(number))
            document = int(view.segment.doc_of[number])
            replied = replies[_name(view, document)]
            if unanswered == bool(quotes or (replied and unanswered)):
                continue
            told = Attention(
                view.segment.passage_id(number),
                len(quotes),
                sum(bool(quote.answered_by) for quote in quotes),
                replied,
            )
            rows.append((_rank(view, document, told, unanswered), told))
    return [told for _, told in sorted(rows, key=lambda row: row[0])]


def _rank(view: View, document: int, told: Attention, unanswered: bool) -> tuple[Any, ...]:
    if not unanswered:
        return (-told.answers, -told.quoted, -told.replies, told.passage_id)
    low = int(view.segment.column("date_low")[document])
    return (low == records.NO_DATE, -low, told.passage_id)


def _replies(snapshot: Snapshot) -> Counter[str]:
    """For each document that is replied to, by how many."""
    counts: Counter[str] = Counter()
    for view in snapshot.views:
        names = view.segment.names("parent").all()
        codes = view.segment.file.array("parent_code")[view.segment.live_documents].astype(np.int64)
        for code, count in zip(*np.unique(codes, return_counts=True), strict=True):
            if code:
                counts[names[int(code) - 1]] += int(count)
    return counts


def _name(view: View, document: int) -> str:
    return view.segment.names("id")[int(view.segment.file.array("id_code")[document]) - 1]
