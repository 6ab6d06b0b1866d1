"""Words in their contexts: concordance lines, collocates, keyness, frequency over the years.

Everything here starts from the passages that a query finds, so that each can be narrowed by
author, date, kind or voice as any search can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.store import Snapshot, View
from essaysearch.errors import EssaysearchError
from essaysearch.model import VOICES
from essaysearch.text.analysis import STOP_WORDS, Token, tokens
from essaysearch.text.matching import occurrences
from essaysearch.text.readable import readable
from essaysearch.text.snippets import concerns_body, marked_leaves
from essaysearch.tree import Node

WIDTH = 50
"""Characters of context on each side of a concordance line."""

WINDOW = 5
"""Words on each side within which another counts as a collocate."""


class UnknownMeasure(EssaysearchError):
    """An association measure or a sort order that does not exist."""


@dataclass(frozen=True)
class Line:
    """One occurrence in its context: ``left`` and ``right`` are cut at words, on one line."""

    left: str
    match: str
    right: str
    passage_id: str
    doc_id: str
    kind: str
    authors: tuple[str, ...]
    date: str | None
    voice: str


@dataclass(frozen=True)
class Collocate:
    """A word met near another: ``count`` times, ``total`` times in all; ``score`` by the measure."""

    word: str
    count: int
    total: int
    score: float


@dataclass(frozen=True)
class Key:
    """A word that one set of passages has more of than another (``score`` > 0), or less (< 0)."""

    word: str
    count: int
    other: int
    score: float


def kwic(
    snapshot: Snapshot, tree: Node, kernels: Any = None, width: int = WIDTH, sort: str = "place"
) -> list[Line]:
    """Every occurrence of what a query asks for, in context.

    ``sort``: ``left`` by the words before it, the nearest first; ``right`` by those after it;
    ``place`` by document, then passage. Raises `UnknownMeasure` for another order.
    """
    if sort not in _ORDERS:
        raise UnknownMeasure(f"Lines cannot be sorted by `{sort}`. Choose one of: {', '.join(_ORDERS)}.")
    leaves = marked_leaves(tree)
    lines = [line for found in _texts(snapshot, tree, kernels) for line in _lines(found, leaves, width)]
    lines.sort(key=_ORDERS[sort])
    return lines


_ORDERS: dict[str, Callable[[Line], Any]] = {
    "place": lambda line: 0,
    "left": lambda line: [word.lower() for word in reversed(line.left.split())],
    "right": lambda line: [word.lower() for word in line.right.split()],
}


@dataclass(frozen=True)
class _Text:
    """A found passage: its readable text and words, and where it stands."""

    view: View
    number: int
    text: str
    words: list[Token]

    @property
    def voice(self) -> str:
        return VOICES[int(self.view.segment.column("voice")[self.number])]


def _texts(snapshot: Snapshot, tree: Node, kernels: Any) -> Iterator[_Text]:
    """The passages that a query finds, by document id and number."""
    evaluation = Evaluation(snapshot, tree, kernels, proximity=False)
    found = [(view, int(doc)) for view in snapshot.views for doc in evaluation.matches(view).docs]
    found.sort(key=lambda row: (_document_id(*row), row[1]))
    for view, number in found:
        text = readable(view.segment.passage_text(number))[0]
        yield _Text(view, number, text, tokens(text))


def _document_id(view: View, number: int) -> str:
    return view.segment.keyword("id", int(view.segment.doc_of[number])) or ""


def _lines(found: _Text, leaves: list[Node], width: int) -> Iterator[Line]:
    segment = found.view.segment
    document_number = int(segment.doc_of[found.number])
    spans = sorted(
        {
            span
            for leaf in leaves
            if concerns_body(leaf, found.voice)  # type: ignore[arg-type]
            for span in occurrences(leaf, found.text, found.words)
        }
    )
    if not spans:
        return
    document = segment.document(document_number, with_text=False)
    passage_id = segment.passage_id(found.number)
    for start, end in spans:
        left = " ".join(found.text[max(0, start - width - 30) : start].split())
        right = " ".join(found.text[end : end + width + 30].split())
        yield Line(
            _last(left, width), found.text[start:end], _first(right, width), passage_id, document.id,
            document.kind, document.authors, document.date, found.voice,
        )  # fmt: skip


def _last(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    cut = text[-width:]
    return cut.split(" ", 1)[1] if " " in cut else cut


def _first(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    cut = text[:width]
    return cut.rsplit(" ", 1)[0] if " " in cut else cut


MEASURES = {"log-likelihood": "likelihood_ratio", "pmi": "pmi", "t": "student_t"}
"""Association measures, and what NLTK calls them."""


def collocates(
    snapshot: Snapshot,
    tree: Node,
    kernels: Any = None,
    measure: str = "log-likelihood",
    window: int = WINDOW,
    least: int = 3,
    stop_words: bool = False,
) -> list[Collocate]:
    """Words met within ``window`` words of what a query asks for, the most strongly associated first.

    Words are counted by stem and shown in their most frequent form; those met fewer than
    ``least`` times are left out, stop words too unless asked for. Measures: log-likelihood
    (Dunning 1993), PMI (Church and Hanks 1990), t (Church et al. 1991), all as NLTK computes them
    from the table (near, node slots, word, all words). Raises `UnknownMeasure`.
    """
    if measure not in MEASURES:
        raise UnknownMeasure(f"There is no measure `{measure}`. Choose one of: {', '.join(MEASURES)}.")
    near: Counter[str] = Counter()
    shown: dict[str, Counter[str]] = {}
    slots = 0
    leaves = marked_leaves(tree)
    for found in _texts(snapshot, tree, kernels):
        words = found.words
        taken: set[int] = set()
        for leaf in leaves:
            for start, end in occurrences(leaf, found.text, words):
                inside = [n for n, word in enumerate(words) if word.start >= start and word.end <= end]
                low, high = max(0, inside[0] - window), min(len(words), inside[-1] + window + 1)
                taken.update(n for n in range(low, high) if not inside[0] <= n <= inside[-1])
        slots += len(taken)
        for n in taken:
            near[words[n].term] += 1
            shown.setdefault(words[n].term, Counter())[words[n].surface] += 1
    from nltk.metrics.association import BigramAssocMeasures

    score = getattr(BigramAssocMeasures, MEASURES[measure])
    everything = snapshot.averages.words[0]
    rows = []
    for term, count in near.items():
        word = shown[term].most_common(1)[0][0]
        if count < least or (not stop_words and word in STOP_WORDS):
            continue
        total = max(count, occurrences_of(snapshot, term))
        rows.append(
            Collocate(word, count, total, float(score(count, (slots, total), max(everything, slots, total))))
        )
    return sorted(rows, key=lambda row: (-row.score, row.word))


def occurrences_of(snapshot: Snapshot, term: str) -> int:
    """How often a term stands in the bodies of live passages."""
    total = 0
    for view in snapshot.views:
        info = view.segment.term(term)
        if info is not None:
            live = view.live[view.segment.docs(info)]
            total += int(view.segment.frequencies(info)[live, 0].sum())
    return total


def keyness(
    snapshot: Snapshot, tree: Node, other: Node | None = None, kernels: Any = None, least: int = 3
) -> list[Key]:
    """Words that tell the passages of one query from those of another (or from all the rest).

    The score is the log-likelihood ratio G² (Rayson and Garside 2000), negative where the first
    set has less of the word. Stop words and words met fewer than ``least`` times are left out.
    """
    first, shown = _counted(_texts(snapshot, tree, kernels))
    if other is None:
        second = Counter({term: occurrences_of(snapshot, term) - count for term, count in first.items()})
        second_size = snapshot.averages.words[0] - first.total()
    else:
        second, more = _counted(_texts(snapshot, other, kernels))
        second_size = second.total()
        for term, forms in more.items():
            shown.setdefault(term, Counter()).update(forms)
    first_size = first.total()
    rows = []
    for term in first.keys() | second.keys():
        a, b = first[term], max(0, second[term])
        word = shown[term].most_common(1)[0][0]
        if a + b < least or word in STOP_WORDS or not first_size or second_size <= 0:
            continue
        rows.append(Key(word, a, b, _g2(a, b, first_size, second_size)))
    return sorted(rows, key=lambda row: (-row.score, row.word))


def _counted(texts: Iterator[_Text]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    counts: Counter[str] = Counter()
    shown: dict[str, Counter[str]] = {}
    for found in texts:
        for word in found.words:
            counts[word.term] += 1
            shown.setdefault(word.term, Counter())[word.surface] += 1
    return counts, shown


def _g2(a: int, b: int, first: int, second: int) -> float:
    """2 Σ O ln(O / E) over the two sets, signed by which has more."""
    expected = (a + b) / (first + second)
    g2 = 2 * sum(o * float(np.log(o / (size * expected))) for o, size in ((a, first), (b, second)) if o)
    return g2 if a / first >= b / second else -g2


def by_year(
    snapshot: Snapshot, tree: Node, kernels: Any = None, copies: Mapping[str, int] | None = None
) -> list[tuple[int | None, int]]:
    """(year, passages found), years ascending and without gaps; the undated last, as None.

    ``copies``: for near-duplicates (by passage id) the number of their group, which counts once,
    in the year of its earliest passage.
    """
    evaluation = Evaluation(snapshot, tree, kernels, proximity=False)
    years_of: dict[Any, int | None] = {}
    for view in snapshot.views:
        docs = evaluation.matches(view).docs
        low = view.segment.column("date_low")[view.segment.doc_of[docs]]
        years = low.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
        for doc, dated, year in zip(docs.tolist(), low != records.NO_DATE, years.tolist(), strict=True):
            key: Any = (view.base, doc)
            if copies is not None:
                name = view.segment.passage_id(doc)
                key = copies.get(name, name)
            known = years_of.get(key)
            if dated and (known is None or year < known):
                years_of[key] = year
            else:
                years_of.setdefault(key, None)
    counts = Counter(years_of.values())
    undated = counts.pop(None, 0)
    dated_years = [year for year in counts if year is not None]
    rows: list[tuple[int | None, int]] = []
    if dated_years:
        rows = [(year, counts[year]) for year in range(min(dated_years), max(dated_years) + 1)]
    return [*rows, (None, undated)] if undated else rows


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: list[int]) -> str:
    """Counts as a line of small bars; a space for none."""
    top = max(counts, default=0)
    return "".join(_BARS[min(7, count * 8 // (top + 1))] if count else " " for count in counts)
