"""Constants of ranking and expansion chosen without a collection, and what they are worth on it.

    python evals/constants.py [--collections DIR] [--save] [NAME ...]

Each constant takes two other values, one at a time, and every collection is ranked with each. For each
collection the values are then chosen that do best on all the others, and the collection is ranked with
these: what a ranking is worth on data that had no say in it. Beside it stands what the constants as they
are give; both as a share of the best peer's nDCG@10 (of plain BM25's AP), by the ratio that
RESULTS.md has for the whole collection. Of a collection at most `MOST` queries are asked, evenly drawn.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from ranking import COLLECTIONS, FIRST, NAMES, ratios
from report import heading, section

from essaysearch import expansion, open_library, scoring
from essaysearch.measuring import evaluation, judgments

MOST = 40

_BODY = ("body", "quote", "answers")

Values = Mapping[str, float]
"""Constants by name, where they are not as they are."""


class Kind(NamedTuple):
    """Constants that are chosen together: where they live, other values, and how a ranking is measured."""

    home: ModuleType
    others: Mapping[str, tuple[float, float]]
    measure: str
    expand: bool
    beside: str


KINDS = {
    "ranking": Kind(
        scoring,
        {
            "K1": (1.2, 2.4),
            "B": (0.5, 0.8),
            "LONG_QUERY_DECAY": (0.5, 1.2),
            "PROXIMITY_WEIGHT": (0.3, 1.0),
            "BEST_PASSAGE_WEIGHT": (0.25, 1.0),
        },
        FIRST,
        False,
        "best peer",
    ),
    "expansion": Kind(
        expansion,
        {"FEEDBACK": (5, 20), "SHARPNESS": (4.0, 16.0), "STRENGTH": (0.5, 2.0), "MARGIN": (0.25, 0.75)},
        "AP",
        True,
        "plain BM25",
    ),
}


class Ranked:
    """A collection indexed once, and ranked as often as there are constants to try."""

    def __init__(self, name: str, root: Path) -> None:
        whole = judgments.read_collection(root / name)
        asked = whole.judged_queries
        chosen = {asked[int(n)].id for n in np.linspace(0, len(asked) - 1, min(MOST, len(asked)))}
        self.collection = replace(whole, queries=tuple(q for q in asked if q.id in chosen))
        self.place = tempfile.mkdtemp(prefix="essaysearch-evals-")
        open_library(self.place, create=True, fast=False).add(judgments.documents(whole))
        self._known: dict[tuple[Any, ...], float] = {}

    def value(self, kind: Kind, values: Values) -> float:
        """The measure with these constants."""
        key = (kind.measure, *sorted(values.items()))
        if key not in self._known:
            before = {name: _set(kind.home, name, value) for name, value in values.items()}
            library = open_library(self.place, fast=True)
            run, _ = evaluation.rank(
                self.collection,
                lambda text, k: library.documents(evaluation.plain_words(text), k, kind.expand),
            )
            self._known[key] = evaluation.measure(self.collection, run, [kind.measure]).means[kind.measure]
            for name, value in before.items():
                _set(kind.home, name, value)
        return self._known[key]


def tried(one: Ranked, name: str) -> Ranked:
    """A collection ranked with each other value of each constant of a kind."""
    kind = KINDS[name]
    for values in ({}, *({constant: v} for constant, pair in kind.others.items() for v in pair)):
        one.value(kind, values)
    return one


def _set(home: ModuleType, name: str, value: Any) -> Any:
    """Give a constant a value (`B`: to the fields of text that is not a heading); returns the one before."""
    before = getattr(home, name)
    if isinstance(before, Mapping):
        value = value if isinstance(value, Mapping) else {**before, **dict.fromkeys(_BODY, value)}
    setattr(home, name, value)
    return before


def chosen(kind: Kind, others: list[Ranked]) -> Values:
    """The values that do best, each by itself, on average over collections, where not those as they are."""
    found = {}
    for name, values in kind.others.items():
        gains = {
            v: np.mean([np.log(r.value(kind, {name: v}) / r.value(kind, {})) for r in others]) for v in values
        }
        best = max(gains, key=lambda v: gains[v])
        if gains[best] > 0.0:
            found[name] = best
    return found


def report(kind: Kind, ranked: Mapping[str, Ranked], recorded: Mapping[str, float]) -> Iterator[str]:
    """What a kind of constants is worth, as Markdown."""
    yield f"\n| {kind.measure}, as it is = 1 | {' | '.join(ranked)} |"
    yield "|---|" + "---|" * len(ranked)
    for name, values in kind.others.items():
        for value in values:
            cells = [f"{r.value(kind, {name: value}) / r.value(kind, {}):.3f}" for r in ranked.values()]
            yield f"| {name} {value:g} | {' | '.join(cells)} |"
    yield (
        f"\n| left out | chosen on the others | as it is = 1 | beside {kind.beside} "
        f"| as it is, beside {kind.beside} |"
    )
    yield "|---|---|---|---|---|"
    shares = []
    for name, left_out in ranked.items():
        values = chosen(kind, [other for other in ranked.values() if other is not left_out])
        told = ", ".join(f"{constant} {value:g}" for constant, value in values.items()) or "as it is"
        gain = left_out.value(kind, values) / left_out.value(kind, {})
        shares.append(gain * recorded[name])
        yield f"| {name} | {told} | {gain:.3f} | {shares[-1]:.3f} | {recorded[name]:.3f} |"
    yield (
        f"\nConstants that had no part of the collection, {kind.measure} beside {kind.beside}: "
        f"mean {np.mean(shares):.3f}, least {min(shares):.3f}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--save", action="store_true", help="keep the report in RESULTS.md and results/")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    options = parser.parse_args()
    recorded = ratios()
    ranked = {name: Ranked(name, options.collections) for name in options.names}
    for number, (kind_name, kind) in enumerate(KINDS.items()):
        with multiprocessing.Pool(options.jobs) as pool:
            slowest_first = [(one, kind_name) for one in reversed(ranked.values())]
            done = pool.starmap(tried, slowest_first, chunksize=1)
        ranked = dict(zip(ranked, reversed(done), strict=True))
        lines = [heading("python evals/constants.py --save", [])]
        print(f"\n### {kind_name}\n\n{lines[0]}")
        for line in report(kind, ranked, {name: row[number] for name, row in recorded.items()}):
            print(line, flush=True)
            lines.append(line)
        if options.save:
            section(f"Constants of {kind_name}", lines)


if __name__ == "__main__":
    main()
