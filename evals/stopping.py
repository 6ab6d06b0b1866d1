"""When to stop screening: the prior of the rule, learned, and what its promise is worth elsewhere.

    python evals/stopping.py [--save] [--also DIR ...] [NAMES]

From complete screenings of the collections (those of ``screening.py``, run where there are none) it
is learned how finds fall off: the weights of the cells of `topics.stopping.PRIOR`, by expectation
maximisation, stopped after two steps so that a hundred topics do not decide alone. For each collection
the weights are learned on the others, and told is how often the rule's promise then held on it.
``--also`` are collections, as directories, that have no part in the learning at all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import screening
from report import heading, section

from essaysearch.topics import stopping

STEPS = 2


def learned(runs: Sequence[np.ndarray]) -> np.ndarray:
    """The weights of the prior's cells, in per cent, from complete runs."""
    rows = []
    for found in runs:
        places = np.flatnonzero(found) + 0.5
        relevant = np.array([float(len(places))])
        likelihood = stopping.shapes(places, len(found), relevant, stopping.PRIOR >= 0.0)[2][0]
        rows.append(np.exp(likelihood - likelihood.max()))
    likely = np.array(rows)
    weights = np.full(likely.shape[1], 1.0 / likely.shape[1])
    for _ in range(STEPS):
        shares = likely * weights
        weights = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
    return 100.0 * weights.reshape(stopping.PRIOR.shape)


def report(runs: dict[str, list[np.ndarray]], also: dict[str, list[np.ndarray]], jobs: int) -> Iterator[str]:
    """The report, as Markdown."""
    shipped = stopping.PRIOR
    priors = {
        name: learned(list(chain.from_iterable(r for n, r in runs.items() if n != name))) for name in runs
    }
    yield "\nThe prior learned without the collection on which it is measured:"
    yield from screening.stopped({name: _with(priors[name], runs[name], jobs) for name in runs})
    yield "\nEvery cell of the prior the same, for comparison:"
    even = np.ones(shipped.shape)
    yield from list(screening.stopped({name: _with(even, runs[name], jobs) for name in runs}))[:-1]
    if also:
        yield "\nThe prior as it is, on collections that have no part in it:"
        yield from list(screening.stopped({name: _with(shipped, rows, jobs) for name, rows in also.items()}))[
            :-1
        ]
    yield "\nLearned from all of them, in per cent (rows: declines, columns: onsets):\n"
    yield "```"
    yield from (
        " ".join(f"{cell:5.1f}" for cell in row) for row in learned(list(chain.from_iterable(runs.values())))
    )
    yield "```"


def _with(prior: np.ndarray, runs: list[np.ndarray], jobs: int) -> list[list[screening.Stop]]:
    before = stopping.PRIOR
    stopping.PRIOR = prior
    try:
        return screening.all_stops(runs, jobs)
    finally:
        stopping.PRIOR = before


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(screening.NAMES))
    parser.add_argument("--collections", type=Path, default=screening.COLLECTIONS)
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further collections, to measure on")
    parser.add_argument("--save", action="store_true", help="keep the report in RESULTS.md and results/")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    options = parser.parse_args()
    roots = dict.fromkeys(options.names, options.collections) | {at.name: at.parent for at in options.also}
    runs = {}
    for name, root in roots.items():
        of = screening.trial(name, root)
        runs[name] = screening.kept("essaysearch", of, options.jobs, False)
    also = {at.name: runs.pop(at.name) for at in options.also}
    told = " --also DIR/" + " DIR/".join(also) if also else ""
    lines = [heading(f"python evals/stopping.py --save{told}", [])]
    print(lines[0])
    for line in report(runs, also, options.jobs):
        print(line, flush=True)
        lines.append(line)
    if options.save:
        section("When to stop", lines)


if __name__ == "__main__":
    main()
