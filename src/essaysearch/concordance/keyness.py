"""Keyness: the words that one set of passages has more of than another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.concordance.tables import Table
from essaysearch.concordance.texts import Forms, Text, occurrences_of, texts
from essaysearch.text.analysis import STOP_WORDS
from essaysearch.tree import Node

if TYPE_CHECKING:
    from essaysearch.concordance.plots import Plot


@dataclass(frozen=True)
class Key:
    """A word that one set of passages has more of than another (``score`` > 0), or less (< 0)."""

    word: str
    count: int
    other: int
    score: float


class Keys(Table[Key]):
    """Words with their scores, those that the first set has more of first."""

    columns = tuple(field.name for field in fields(Key))

    def plot(self) -> Plot:
        """A bar for each word, to the left where the other set has more of it."""
        from essaysearch.concordance.plots import bars

        return bars(self, "keyness G²")


def keyness(
    snapshot: Snapshot, tree: Node, kernels: Any = None, other: Node | None = None, least: int = 3
) -> Keys:
    """Words that tell the passages of one query from those of another (or from all the rest).

    The score is the log-likelihood ratio G² (Rayson and Garside 2000), negative where the first
    set has less of the word. Stop words and words met fewer than ``least`` times are left out.
    """
    here = _counted(texts(snapshot, tree, kernels))
    first = here.counts
    there: Forms | None = None
    if other is None:
        everywhere = occurrences_of(snapshot, first)
        second = Counter({term: everywhere[term] - count for term, count in first.items()})
        second_size = snapshot.averages.words[0] - first.total()
    else:
        there = _counted(texts(snapshot, other, kernels))
        second, second_size = there.counts, there.counts.total()
    first_size = first.total()
    rows = []
    for term in first.keys() | second.keys():
        a, b = first[term], max(0, second[term])
        word = here.form(term, there)
        if a + b < least or word in STOP_WORDS or not first_size or second_size <= 0:
            continue
        rows.append(Key(word, a, b, _g2(a, b, first_size, second_size)))
    return Keys(sorted(rows, key=lambda row: (-row.score, row.word)))


def _counted(found: Iterator[Text]) -> Forms:
    forms = Forms()
    for text in found:
        for word in text.words:
            forms.add(word)
    return forms


def _g2(a: int, b: int, first: int, second: int) -> float:
    """2 Σ O ln(O / E) over the two sets, signed by which has more."""
    expected = (a + b) / (first + second)
    g2 = 2 * sum(o * math.log(o / (size * expected)) for o, size in ((a, first), (b, second)) if o)
    return g2 if a / first >= b / second else -g2
