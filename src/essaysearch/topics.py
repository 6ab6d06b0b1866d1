"""Topics: a concept in a file, every passage that treats it, and what may still be missing.

A topic file names the senses of a concept, each with the phrases that give it away and the
phrases that rule a passage out. A phrase is a query in which plain words, alone or between AND and
the like, are meant as phrases; anything else (quotes, a star) is as the query language has it.
"""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essaysearch.columnar.evaluate import Best, Evaluation
from essaysearch.columnar.store import Snapshot
from essaysearch.errors import EssaysearchError
from essaysearch.model import Hit
from essaysearch.nearest import nearest
from essaysearch.query import parse
from essaysearch.search.hits import hit_of
from essaysearch.text.ids import digest, slug
from essaysearch.text.snippets import marked_leaves
from essaysearch.tree import Clauses, Filter, Node, Nothing

_PLAIN = re.compile(r"[\w'’-]+(?: [\w'’-]+)*")
_OPERATOR = re.compile(r"(?<!\S)(?:AND|OR|NOT|(?:NEAR|THEN)(?:/\d+)?)(?!\S)")


class TopicError(EssaysearchError):
    """A topic that does not exist, or a topic file that cannot be read."""


@dataclass(frozen=True)
class Sense:
    """One sense of a topic: phrases that find it, phrases that rule a passage out."""

    name: str
    phrases: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """A topic as its file has it. ``seeds`` are ids of passages judged typical."""

    name: str
    senses: tuple[Sense, ...]
    note: str = ""
    seeds: tuple[str, ...] = ()
    path: str = ""

    @property
    def phrases(self) -> tuple[str, ...]:
        """The distinct phrases of all senses, in order."""
        return tuple(dict.fromkeys(phrase for sense in self.senses for phrase in sense.phrases))

    @property
    def version(self) -> str:
        """A digest of what the topic says, its notes aside."""
        parts = [f"{sense.phrases}{sense.exclude}" for sense in self.senses]
        return digest(self.name, *parts, *self.seeds, size=5)


def load(path: str | os.PathLike[str]) -> Topic:
    """Read a topic file. Raises `TopicError` with the file, the place and the remedy."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise TopicError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TopicError(f"{path}: is no valid TOML: {error}.") from error
    unknown = set(told) - {"name", "note", "sense", "seeds"}
    if unknown:
        raise TopicError(
            f"{path}: has an unknown key `{sorted(unknown)[0]}`. A topic has: name, note, seeds, [[sense]]."
        )
    senses = tuple(_sense(path, number, row) for number, row in enumerate(told.get("sense", []), 1))
    seeds = _strings(path, "seeds", told.get("seeds", []))
    if not any(sense.phrases for sense in senses) and not seeds:
        raise TopicError(
            f"{path}: the topic is empty: it has neither phrases nor seeds. Add a [[sense]] with phrases."
        )
    name = told.get("name") or Path(path).stem
    return Topic(str(name), senses, str(told.get("note", "")), seeds, os.fspath(path))


def _sense(path: Any, number: int, row: Any) -> Sense:
    if not isinstance(row, dict):
        raise TopicError(f"{path}: sense {number} is no table. Write it as [[sense]].")
    unknown = set(row) - {"name", "phrases", "exclude", "note"}
    if unknown:
        raise TopicError(
            f"{path}: sense {number} has an unknown key `{sorted(unknown)[0]}`."
            " It may have: name, phrases, exclude, note."
        )
    phrases = _strings(path, f"phrases of sense {number}", row.get("phrases", []))
    return Sense(
        str(row.get("name", "")),
        phrases,
        _strings(path, f"exclude of sense {number}", row.get("exclude", [])),
    )


def _strings(path: Any, what: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TopicError(f"{path}: {what} must be a list of strings.")
    return tuple(item.strip() for item in value if item.strip())


def files(directories: Iterable[str | os.PathLike[str]]) -> dict[str, str]:
    """The topic files of directories by name (that of the file), sorted; the first of a name wins."""
    found: dict[str, str] = {}
    for directory in directories:
        place = Path(directory)
        if place.is_dir():
            for file in sorted(place.glob("*.toml")):
                found.setdefault(file.stem, str(file))
    return dict(sorted(found.items()))


def named(directories: Iterable[str | os.PathLike[str]], name: str) -> Topic:
    """The topic of a name. Raises `TopicError` with the nearest name."""
    known = files(directories)
    wanted = slug(name, 100)
    if wanted not in known:
        close = nearest(wanted, known)
        meant = f" Did you mean `{close}`?" if close else ""
        listed = (
            f" There are: {', '.join(known)}."
            if known
            else " No topic files were found: they stand in `topics/` beside what is indexed."
        )
        raise TopicError(f"There is no topic `{name}`.{meant}{listed}")
    return load(known[wanted])


def clause(phrase: str) -> Node:
    """What a phrase of a topic finds: plain words between operators are phrases too."""
    parts = [part.strip() for part in _OPERATOR.split(phrase)]
    quoted = [f'"{part}"' if _PLAIN.fullmatch(part) else part for part in parts]
    signs = _OPERATOR.findall(phrase)
    tree = parse(" ".join(text for pair in zip(quoted, [*signs, ""], strict=True) for text in pair)).tree
    if (
        isinstance(tree, Clauses)
        and len(tree.must) == 1
        and not (tree.should or tree.must_not or tree.filters)
    ):
        return tree.must[0]
    return tree


def tree_of(topic: Topic) -> Node:
    """The topic as a clause: any of its phrases, none of the sense's exclusions, or a seed passage."""
    parts: list[Node] = []
    for sense in topic.senses:
        excluded = tuple(clause(phrase) for phrase in sense.exclude)
        found = tuple(node for phrase in sense.phrases if not isinstance(node := clause(phrase), Nothing))
        if found:
            parts.append(Clauses((), found, excluded))
    parts += [Clauses((), (), (), (Filter("passage", "is", seed),)) for seed in topic.seeds]
    return Clauses((), tuple(parts)) if parts else Nothing()


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
    """Every passage of a topic, best first. ``by``: the phrases that found each ("seed" for a seed)."""

    topic: Topic
    hits: tuple[Hit, ...]
    by: tuple[tuple[str, ...], ...]
    coverage: Coverage


def passages_of(snapshot: Snapshot, topic: Topic, kernels: Any = None) -> TopicPassages:
    """Every passage of a topic, by what each was found, and how much may be missing."""
    tree = tree_of(topic)
    rows, told = find(snapshot, topic, kernels)
    leaves = marked_leaves(tree)
    hits = tuple(hit_of(best, rank, leaves) for rank, (best, _) in enumerate(rows, 1))
    return TopicPassages(topic, hits, tuple(by for _, by in rows), told)


def find(
    snapshot: Snapshot, topic: Topic, kernels: Any = None
) -> tuple[list[tuple[Best, tuple[str, ...]]], Coverage]:
    """The passages of a topic, best first, each with the phrases that found it; and the coverage."""
    evaluation = Evaluation(snapshot, tree_of(topic), kernels, proximity=False)
    ranked = evaluation.best(max(1, snapshot.passages)).best
    reached: dict[tuple[str, str], set[tuple[int, int]]] = {}
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
    return found, coverage(reached)


def coverage(reached: dict[tuple[str, str], set[Any]]) -> Coverage:
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


def unseen(times: Sequence[int], occasions: int) -> tuple[float, float, float] | tuple[None, None, None]:
    """An estimate of how many were never caught, with the bounds of its 95 % interval.

    Chao's lower-bound estimator from those caught once (f1) and twice (f2) on ``occasions``
    occasions, bias-corrected, with its log-normal interval: A. Chao, Estimating the Population
    Size for Capture-Recapture Data with Unequal Catchability, Biometrics 43 (1987). Phrases of a
    topic are no independent samples, so that this is a hint, not a measurement.
    None where fewer than three phrases find anything.
    """
    if occasions < 3:
        return None, None, None
    once, twice = sum(t == 1 for t in times), sum(t == 2 for t in times)
    share = (occasions - 1) / occasions
    missed = share * once * (once - 1) / (2 * (twice + 1))
    if missed <= 0:
        return 0.0, 0.0, 0.0
    variance = (
        share * once * (once - 1) / (2 * (twice + 1))
        + share**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + share**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    spread = math.exp(1.96 * math.sqrt(math.log(1 + variance / missed**2)))
    return missed, missed / spread, missed * spread
