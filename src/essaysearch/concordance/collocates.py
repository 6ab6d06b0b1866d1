"""Collocates: the words met near what a query asks for, by how strongly they are associated with it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.concordance.tables import Table
from essaysearch.concordance.texts import Forms, occurrences_of, texts, words_beside
from essaysearch.errors import UnknownChoice
from essaysearch.text.analysis import STOP_WORDS, Token
from essaysearch.text.snippets import marked_leaves
from essaysearch.tree import Node

if TYPE_CHECKING:
    from essaysearch.concordance.plots import Plot

WINDOW = 5
"""Words on each side within which another counts as a collocate."""

MEASURES = {"log-likelihood": "likelihood_ratio", "pmi": "pmi", "t": "student_t"}
"""Association measures, and what NLTK calls them."""


@dataclass(frozen=True)
class Collocate:
    """A word met near another: ``count`` times, ``total`` times in all; ``score`` by the measure."""

    word: str
    count: int
    total: int
    score: float


class Collocates(Table[Collocate]):
    """Words with their scores, the most strongly associated first."""

    columns = tuple(field.name for field in fields(Collocate))

    def plot(self) -> Plot:
        """A bar for each word."""
        from essaysearch.concordance.plots import bars

        return bars(self, "association")


def collocates(
    snapshot: Snapshot,
    tree: Node,
    kernels: Any = None,
    measure: str = "log-likelihood",
    window: int = WINDOW,
    least: int = 3,
    stop_words: bool = False,
) -> Collocates:
    """Words met within ``window`` words of what a query asks for, the most strongly associated first.

    Words are counted by stem and shown in their most frequent form; those met fewer than
    ``least`` times are left out, stop words too unless asked for. Measures: log-likelihood
    (Dunning 1993), PMI (Church and Hanks 1990), t (Church et al. 1991), all as NLTK computes them
    from the table (near, node slots, word, all words). Raises `UnknownChoice`.
    """
    if measure not in MEASURES:
        raise UnknownChoice(f"There is no measure `{measure}`. Choose one of: {', '.join(MEASURES)}.")
    near = Forms()
    slots = 0
    leaves = marked_leaves(tree)
    for found in texts(snapshot, tree, kernels):
        beside: dict[int, Token] = {}
        for span in found.spans(leaves):
            beside.update((word.start, word) for word in words_beside(found.text, span, window))
        slots += len(beside)
        for met in beside.values():
            near.add(met)
    from nltk.metrics.association import BigramAssocMeasures

    score = getattr(BigramAssocMeasures, MEASURES[measure])
    everything = snapshot.averages.words[0]
    rows = []
    counted = [term for term, count in near.counts.items() if count >= least]
    totals = occurrences_of(snapshot, counted)
    for term in counted:
        count, word = near.counts[term], near.form(term)
        if not stop_words and word in STOP_WORDS:
            continue
        total = max(count, totals[term])
        value = score(count, (slots, total), max(everything, slots, total))
        rows.append(Collocate(word, count, total, float(value)))
    return Collocates(sorted(rows, key=lambda row: (-row.score, row.word)))
