"""Phrases that may belong to a topic, from the library itself, each with its evidence.

Three kinds of passages speak: those that the topic finds, those that a regression holds to be most
like them, and those that hold a word of the topic. A phrase is proposed where it stands in them
more often than its frequency in the whole library would have it (log-likelihood, Dunning 1993), the
more so the closer its words keep to one another. Phrases with a word of the topic, other phrases
and words alone take turns.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.text.analysis import STOP_WORDS, Token, tokens
from essaysearch.text.readable import readable
from essaysearch.topics import screening, vectors
from essaysearch.topics.clauses import leaf_words, leaves_of
from essaysearch.topics.files import Topic
from essaysearch.topics.finding import find
from essaysearch.tree import Node, Phrase, Word

Gram = tuple[str, ...]
Row = tuple[float, Gram, int]

LONGEST = 3
"""Words of a proposed phrase at most."""

LEAST = 2
"""Occurrences in the passages read that a proposed phrase must have."""

FOUND, LIKE, BESIDE = 1.0, 0.6, 0.3
"""What a passage counts: found by the topic, most like those, holding a word of the topic."""

_FOUND_READ, _LIKE_READ, _BESIDE_READ = 400, 40, 400
_WEIGHED = 150
_MOST_TIMES = 4
_CONTEXT = 40
_TOGETHER = re.compile(r"[\s\u2010\u2011-]*")
_PALE = frozenset(
    """ain aren couldn didn doesn don hadn hasn haven isn shouldn wasn weren won wouldn actually also
    another argument back become better certain come could different easier easiest easy either else
    enough entire even exact figure long primary produce whereas
    every example far get give given go going good great hard instead just know known large later least
    less let like likely look lot made make makes making many may maybe might much must need never new
    often one part people perhaps point possible probably put quite rather really result results say
    second seem seems several show since still sure take term terms thing things think three time
    trying try two type us use used using want way ways well within without work works would
    yes yet""".split()
)
"""Words that neither begin nor end a proposed phrase: they tell no topic from another."""


@dataclass(frozen=True)
class Suggestion:
    """A phrase for a topic.

    ``inside``: passages of the topic that hold it; ``like``: of those most like them; ``outside``:
    all others. ``example``: a passage's words around it, ``passage_id`` its id. ``score`` orders.
    """

    phrase: str
    score: float
    inside: int
    like: int
    outside: int
    evidence: str
    example: str
    passage_id: str


@dataclass(frozen=True)
class _Read:
    """A passage that was read: what it counts, its words, and for each phrase in it where it stands."""

    row: int
    passage_id: str
    weight: float
    text: str
    words: list[Token]


def suggest(
    snapshot: Snapshot,
    topic: Topic,
    k: int = 20,
    answers: Mapping[str, str] | None = None,
    kernels: Any = None,
) -> list[Suggestion]:
    """The ``k`` phrases that most probably belong to a topic, best first.

    ``answers``: judgments by passage id; ``yes`` counts as found, ``no`` is left out. Phrases that
    the topic has, and longer ones that hold one of them, are not proposed.
    """
    held = vectors.counted(snapshot)
    row_of = {f"{name:016x}": row for row, name in enumerate(held.ids.tolist())}
    judged = {row_of[name]: answer for name, answer in (answers or {}).items() if name in row_of}
    found = [
        row_of[f"{int(best.view.passage_ids[best.number]):016x}"]
        for best, _ in find(snapshot, topic, kernels)[0]
    ]
    inside = [row for row in found if judged.get(row) != "no"]
    inside += [row for row, answer in judged.items() if answer == "yes" and row not in set(inside)]
    leaves = leaves_of(topic)
    known = {tuple(word.term for word in leaf_words([leaf])) for leaf in leaves}
    topical = {term for gram in known for term in gram} - STOP_WORDS
    refused = [row for row, answer in judged.items() if answer == "no"]
    pool = _pool(snapshot, held, topic, inside, refused, topical, kernels)
    grams: dict[Gram, float] = {}
    times: Counter[Gram] = Counter()
    for read in pool:
        met = Counter(gram for gram, _ in _grams(read.text, read.words))
        times += met
        for gram, n in met.items():
            grams[gram] = grams.get(gram, 0.0) + read.weight * math.sqrt(min(n, _MOST_TIMES))
    mass = sum(read.weight for read in pool)
    kinds: tuple[list[Row], ...] = ([], [], [])
    for gram in _first(grams, times, known, topical):
        df = _df(snapshot, gram, kernels)
        expected = mass * df / max(snapshot.passages, 1)
        if times[gram] >= LEAST and df and grams[gram] > expected:
            score = grams[gram] * math.log(grams[gram] / expected) - (grams[gram] - expected)
            cohesion = df / min(max(snapshot.df(term), df) for term in gram)
            kinds[_kind(gram, topical)].append((score * cohesion, gram, df))
    lists = [_distinct(sorted(rows, key=lambda row: (-row[0], row[1]))) for rows in kinds]
    merged = [row for rows in zip_longest(*lists) for row in rows if row is not None]
    like = {read.row for read in pool if BESIDE < read.weight < FOUND}
    told = []
    for score, gram, _ in merged[:k]:
        rows = _rows(snapshot, gram, kernels)
        counts = len(rows & set(inside)), len(rows & like), len(rows - set(inside))
        told.append(_told(pool, gram, score, counts, len(inside)))
    return told


def _kind(gram: Gram, topical: set[str]) -> int:
    """0: a phrase with a word of the topic; 1: another phrase; 2: a word alone."""
    return 2 if len(gram) == 1 else 0 if topical & set(gram) else 1


def _first(
    grams: Mapping[Gram, float], times: Mapping[Gram, int], known: set[Gram], topical: set[str]
) -> list[Gram]:
    """The phrases of each kind worth counting in the whole library."""
    kinds: tuple[list[Gram], ...] = ([], [], [])
    for gram in sorted(grams, key=lambda gram: (-grams[gram], gram)):
        held = kinds[_kind(gram, topical)]
        if times[gram] >= LEAST and len(held) < _WEIGHED and not _holds_known(gram, known):
            held.append(gram)
    return [gram for held in kinds for gram in held]


def _pool(
    snapshot: Snapshot,
    held: vectors.Counted,
    topic: Topic,
    inside: Sequence[int],
    refused: Sequence[int],
    topical: set[str],
    kernels: Any,
) -> list[_Read]:
    """The passages that speak, each once, at the highest of its weights."""
    known = vectors.features(held.starts, held.columns, held.counts, len(held.terms))
    words = Counter(word.term for word in leaf_words(leaves_of(topic)))
    query = vectors.query_vector(vectors.columns_of(words.elements(), held), known)
    ranker = screening.Ranker(known, query, np.zeros(len(known)))
    judged = [*inside, *refused]
    scores = ranker.scores(judged, [True] * len(inside) + [False] * len(refused))
    like = screening.propose(scores, judged, min(_LIKE_READ, len(known) // 4)).tolist()
    columns = [held.terms[term] for term in sorted(topical) if term in held.terms]
    beside = np.flatnonzero(np.bincount(
        np.repeat(np.arange(len(known)), np.diff(held.starts))[np.isin(held.columns, columns)],
        minlength=len(known),
    ))  # fmt: skip
    beside = beside[np.argsort(-scores[beside], kind="stable")][:_BESIDE_READ]
    weights: dict[int, float] = dict.fromkeys(beside.tolist(), BESIDE)
    weights.update({row: LIKE * (1.0 - at / (2.0 * len(like))) for at, row in enumerate(like)})
    weights.update(dict.fromkeys(inside[:_FOUND_READ], FOUND))
    reads = []
    for row, weight in weights.items():
        if row in refused:
            continue
        base, number = held.places[row].tolist()
        view = vectors.view_of(snapshot, base)
        text = readable(view.segment.passage_text(number))[0]
        reads.append(_Read(row, view.segment.passage_id(number), weight, text, tokens(text)))
    return reads


def _grams(text: str, words: Sequence[Token]) -> Iterator[tuple[Gram, int]]:
    """The phrases of a text and where they begin: they neither begin nor end with a stop word."""
    telling = [
        word.surface not in STOP_WORDS
        and word.surface not in _PALE
        and len(word.surface) > 2
        and word.surface.isalpha()
        for word in words
    ]
    for at, starts in enumerate(telling):
        for end in range(at, min(at + LONGEST, len(words)) if starts else at):
            if end > at and not _TOGETHER.fullmatch(text, words[end - 1].end, words[end].start):
                break
            if telling[end]:
                yield tuple(word.term for word in words[at : end + 1]), at


def _holds_known(gram: Gram, known: set[Gram]) -> bool:
    return any(
        gram[at : at + size] in known
        for size in range(1, len(gram) + 1)
        for at in range(len(gram) - size + 1)
    )


def _leaf(gram: Gram) -> Node:
    return Word(gram[0], gram[0]) if len(gram) == 1 else Phrase(tuple(Word(term, term) for term in gram))


def _df(snapshot: Snapshot, gram: Gram, kernels: Any) -> int:
    """Live passages that hold a phrase."""
    leaf = _leaf(gram)
    return Evaluation(snapshot, leaf, kernels, proximity=False).df(leaf)


def _rows(snapshot: Snapshot, gram: Gram, kernels: Any) -> set[int]:
    """The live passages that hold a phrase, as rows of the vectors."""
    evaluation = Evaluation(snapshot, _leaf(gram), kernels, proximity=False)
    rows: set[int] = set()
    base = 0
    for view in snapshot.views:
        number = np.cumsum(view.live) - 1 + base
        rows.update(number[evaluation.matches(view).docs].tolist())
        base += int(view.live.sum())
    return rows


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """Without phrases that stand hardly anywhere but within a better one, or around one."""
    kept: list[Row] = []
    for row in rows:
        gram, df = row[1], row[2]
        if not any(
            (_within(gram, other) and df < 1.5 * held) or (_within(other, gram) and held < 1.5 * df)
            for _, other, held in kept
        ):
            kept.append(row)
    return kept


def _within(gram: Gram, other: Gram) -> bool:
    size = len(gram)
    return any(other[at : at + size] == gram for at in range(len(other) - size + 1))


def _told(
    pool: Sequence[_Read], gram: Gram, score: float, counts: tuple[int, int, int], inside: int
) -> Suggestion:
    forms: Counter[str] = Counter()
    holding: list[tuple[_Read, int, int]] = []
    for read in pool:
        places = [at for held, at in _grams(read.text, read.words) if held == gram]
        for at in places:
            start, end = read.words[at].start, read.words[at + len(gram) - 1].end
            forms[" ".join(read.text[start:end].lower().split())] += 1
        if places:
            at = places[0]
            holding.append((read, read.words[at].start, read.words[at + len(gram) - 1].end))
    within, like, outside = counts
    read, start, end = max(holding, key=lambda row: (row[0].weight, -row[0].row))
    return Suggestion(
        forms.most_common(1)[0][0],
        score,
        within,
        like,
        outside,
        f"in {within} of {inside} found, in {like} of those most like them, in {outside - like} others",
        _around(read.text, start, end),
        read.passage_id,
    )


def _around(text: str, start: int, end: int) -> str:
    """The words around a place, in one line."""
    low, high = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    shown = " ".join(text[low:high].split())
    if low:
        shown = "…" + shown.partition(" ")[2]
    if high < len(text):
        shown = shown.rpartition(" ")[0] + "…"
    return shown
