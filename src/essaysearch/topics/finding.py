"""Every passage of a topic, by which phrases each was found, and how much they reach between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from essaysearch.columnar.evaluate import Best, Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.model import Hit
from essaysearch.search.hits import hit_of
from essaysearch.text.snippets import marked_leaves
from essaysearch.topics.checking import oddities
from essaysearch.topics.clauses import clause, tree_of
from essaysearch.topics.estimating import unseen
from essaysearch.topics.files import Topic
from essaysearch.tree import Clauses

Reached = dict[tuple[str, str], set[tuple[int, int]]]
"""(phrase, sense) to the passages it finds, as (segment's base, number there)."""


@dataclass(frozen=True)
class Contribution:
    """What one phrase finds: ``found`` passages, ``only`` by it alone, ``new`` beyond those before it."""

    phrase: str
    sense: str
    found: int
    only: int
    new: int


@dataclass(frozen=True)
class Coverage:
    """How much of a topic its phrases reach.

    ``contributions`` stand in the order of the most new finds; ``missed`` estimates how many
    passages no phrase reaches, between ``low`` and ``high`` with 95 % confidence, None where too
    few phrases find anything.
    """

    contributions: tuple[Contribution, ...]
    missed: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class TopicPassages:
    """Every passage of a topic, best first. ``by``: the phrases that found each ("seed" for a seed).

    ``warnings``: sentences on phrases and seeds that find nothing, or too much.
    """

    topic: Topic
    hits: tuple[Hit, ...]
    by: tuple[tuple[str, ...], ...]
    coverage: Coverage
    warnings: tuple[str, ...] = ()


def passages_of(snapshot: Snapshot, topic: Topic, kernels: Any = None) -> TopicPassages:
    """Every passage of a topic, by what each was found, and how much may be missing."""
    tree = tree_of(topic)
    rows, reached = find(snapshot, topic, kernels)
    leaves = marked_leaves(tree)
    hits = tuple(hit_of(best, rank, leaves) for rank, (best, _) in enumerate(rows, 1))
    odd = oddities(snapshot, topic, reached, len(rows))
    return TopicPassages(topic, hits, tuple(by for _, by in rows), coverage(reached), odd)


def find(
    snapshot: Snapshot, topic: Topic, kernels: Any = None
) -> tuple[list[tuple[Best, tuple[str, ...]]], Reached]:
    """The passages of a topic, best first, each with the phrases that found it; and what each reached."""
    evaluation = Evaluation(snapshot, tree_of(topic), kernels, proximity=False)
    ranked = evaluation.best(max(1, snapshot.passages)).best
    reached: Reached = {}
    for sense in topic.senses:
        excluded = tuple(clause(phrase) for phrase in sense.exclude)
        for phrase in sense.phrases:
            held = reached.setdefault((phrase, sense.name), set())
            one = Evaluation(snapshot, Clauses((), (clause(phrase),), excluded), kernels, proximity=False)
            for view in snapshot.views:
                held.update((view.base, doc) for doc in one.matches(view).docs.tolist())
    found = []
    for row in ranked:
        key = (row.view.base, row.number)
        by = tuple(dict.fromkeys(phrase for (phrase, _), held in reached.items() if key in held))
        found.append((row, by or ("seed",)))
    return found, reached


def coverage(reached: Reached) -> Coverage:
    """What each phrase adds, and how much is probably missed."""
    times: dict[Any, int] = {}
    for held in reached.values():
        for key in held:
            times[key] = times.get(key, 0) + 1
    rows = []
    met: set[Any] = set()
    rest = dict(reached)
    while rest:
        name = max(rest, key=lambda key: (len(rest[key] - met), len(rest[key])))
        held = rest.pop(name)
        only = sum(times[key] == 1 for key in held)
        rows.append(Contribution(name[0], name[1], len(held), only, len(held - met)))
        met |= held
    missed, low, high = unseen(list(times.values()), sum(bool(held) for held in reached.values()))
    return Coverage(tuple(rows), missed, low, high)
