"""Screening simulated on judged collections: how many must be judged to find nearly all.

    python evals/screening.py [--save] [--cross] [NAMES]

For each query with at least ten relevant documents a screening is run to its end, the judgments
of the collection answering. Told are the documents judged until 80 % and 95 % of the relevant are
found: by the product, by AutoTAR as published, and down the order of the tf-idf cosine; then, for
the rule that proposes to stop, how often the target was reached where it stopped and how much had
been judged by then. `--cross` also chooses among variants on all collections but one and tells how
the choice does on that one.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from report import heading, section

import essaysearch
from essaysearch.measuring import judgments
from essaysearch.measuring.evaluation import plain_words
from essaysearch.text.analysis import terms
from essaysearch.topics import regression, screening, stopping, vectors

NAMES = ("cranfield", "cisi", "cacm")
LEAST = 10
"""Relevant documents that a query must have."""

RECALLS = (0.8, 0.95)
PROMISES = ((0.8, 0.8), (0.8, 0.9), (0.95, 0.8), (0.95, 0.9))
"""Target recall and stated confidence of the rule that proposes to stop."""

ELSEWHERE = {"cranfield": (122, 344), "cisi": (249, 607), "cacm": (119, 446)}
"""Judged on average to `RECALLS` by an AutoTAR that was implemented elsewhere, on the same data."""

HERE = Path(__file__).resolve().parent
COLLECTIONS = HERE.parents[1] / "shared" / "collections"
KEPT = HERE / "runs" / "screening"


@dataclass(frozen=True)
class Task:
    """One query: its vector, the library's ranking of all documents as scores, what is relevant."""

    query: str
    vector: tuple[np.ndarray, np.ndarray]
    prior: np.ndarray
    relevant: np.ndarray


@dataclass(frozen=True)
class Trial:
    """A collection as its vectors, and the queries to be screened."""

    name: str
    known: vectors.Features
    tasks: tuple[Task, ...]


def trial(name: str, root: Path) -> Trial:
    """A collection read through an index of its own, its documents whole."""
    collection = judgments.read_collection(root / name)
    with tempfile.TemporaryDirectory() as place:
        library = essaysearch.open_library(Path(place) / "index", create=True)
        library.add(judgments.documents(collection))
        snapshot = library.snapshot()
        held = vectors.counted(snapshot)
        starts, columns, counts, first = vectors.by_document(held)
        known = vectors.features(starts, columns, counts, len(held.terms))
        ids = [
            segment.keyword("id", int(segment.doc_of[number]))
            for base, number in held.places[first].tolist()
            for segment in [vectors.view_of(snapshot, base).segment]
        ]
        place_of = {identity: row for row, identity in enumerate(ids)}
        tasks = []
        for query in collection.judged_queries:
            judged = collection.qrels[query.id]
            relevant = np.zeros(len(ids), bool)
            relevant[[place_of[d] for d, grade in judged.items() if grade > 0 and d in place_of]] = True
            if relevant.sum() < LEAST:
                continue
            prior = np.zeros(len(ids))
            for identity, score in library.documents(plain_words(query.text), len(ids)):
                prior[place_of[identity]] = score
            counted = vectors.columns_of(terms(query.text), held)
            tasks.append(Task(query.id, vectors.query_vector(counted, known), prior, relevant))
    return Trial(name, known, tuple(tasks))


Order = np.ndarray
"""Documents in the order in which they were judged, at least until all relevant ones were."""


def product(known: vectors.Features, task: Task) -> Order:
    """The product's own screening."""
    ranker = screening.Ranker(known, task.vector, task.prior)
    judged: list[int] = []
    while task.relevant[judged].sum() < task.relevant.sum():
        scores = ranker.scores(judged, task.relevant[judged].tolist())
        judged += screening.propose(scores, judged, screening.batch(len(judged))).tolist()
    return np.array(judged)


def autotar(known: vectors.Features, task: Task) -> Order:
    """AutoTAR: the query and a hundred drawn as negatives beside the judgments, batches + 1/10."""
    random = np.random.default_rng(0)
    judged: list[int] = []
    batch = 1
    while task.relevant[judged].sum() < task.relevant.sum():
        open_ = np.setdiff1d(np.arange(len(known)), judged)
        drawn = random.choice(open_, min(100, len(open_)), replace=False)
        weights = _regression(known, task, judged, drawn)
        scores = regression.score(known, weights)
        judged += screening.propose(scores, judged, batch).tolist()
        batch += math.ceil(batch / 10)
    return np.array(judged)


def _regression(
    known: vectors.Features, task: Task, judged: list[int], drawn: np.ndarray
) -> regression.Model:
    """Logistic regression, C = 1, on the judged, the drawn (as not relevant) and the query (relevant)."""
    examples = regression.Examples(known, np.concatenate((np.array(judged, np.int64), drawn)), task.vector)
    wanted = np.concatenate((task.relevant[judged], np.zeros(len(drawn)), [1.0])).astype(float)
    found = regression.minimise(examples, wanted, np.ones(len(wanted)), np.zeros(len(known.idf) + 1), 8)
    return regression.Model(found[:-1], float(found[-1]))


def cosine(known: vectors.Features, task: Task) -> Order:
    """The order of the tf-idf cosine with the query."""
    weights = np.zeros(len(known.idf))
    weights[task.vector[0]] = task.vector[1]
    return np.argsort(-regression.score(known, regression.Model(weights, 0.0)), kind="stable")


def ranked(known: vectors.Features, task: Task) -> Order:
    """The order of the library's own ranking."""
    return np.argsort(-task.prior, kind="stable")


WAYS = {"essaysearch": product, "AutoTAR": autotar, "search order": ranked, "tf-idf order": cosine}


def flags(way: str, of: Trial, jobs: int) -> list[np.ndarray]:
    """For each query, whether the documents judged first, second, … were relevant."""
    with multiprocessing.Pool(jobs) as pool:
        orders = pool.starmap(WAYS[way], [(of.known, task) for task in of.tasks], chunksize=1)
    return [task.relevant[order] for task, order in zip(of.tasks, orders, strict=True)]


def effort(found: np.ndarray, recall: float) -> int:
    """How many were judged when the recall was reached."""
    return int(np.flatnonzero(found)[math.ceil(recall * found.sum()) - 1]) + 1


def kept(way: str, of: Trial, jobs: int, fresh: bool, variant: str = "") -> list[np.ndarray]:
    """`flags`, from the run before where there is one."""
    path = KEPT / f"{of.name}.{(way + variant).replace(' ', '-')}.json"
    if path.exists() and not fresh:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [np.isin(np.arange(len(of.known)), row) for row in rows]
    found = flags(way, of, jobs)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([np.flatnonzero(row).tolist() for row in found]), encoding="utf-8")
    return found


def efforts(trials: Sequence[Trial], jobs: int, fresh: bool) -> Iterator[str]:
    """The table of efforts, as Markdown."""
    yield (
        "\n| judged to 80 % / 95 % | "
        + " | ".join(f"{t.name} ({len(t.known)}, {len(t.tasks)} queries)" for t in trials)
        + " |"
    )
    yield "|---|" + "---|" * len(trials)
    means: dict[str, list[list[float]]] = {}
    for way in WAYS:
        cells = []
        for of in trials:
            found = kept(way, of, jobs, fresh)
            mean = [float(np.mean([effort(row, recall) for row in found])) for recall in RECALLS]
            means.setdefault(way, []).append(mean)
            cells.append(f"{mean[0]:.0f} / {mean[1]:.0f}")
        yield f"| {way} | " + " | ".join(cells) + " |"
    ours = means["essaysearch"]
    yield from _beside("AutoTAR's", ours, means["AutoTAR"])
    known = [n for n, of in enumerate(trials) if of.name in ELSEWHERE]
    yield from _beside(
        "that of an AutoTAR implemented elsewhere",
        [ours[n] for n in known],
        [ELSEWHERE[trials[n].name] for n in known],
    )


def _beside(whose: str, ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> Iterator[str]:
    for column, recall in enumerate(RECALLS):
        ratios = [a[column] / b[column] for a, b in zip(ours, theirs, strict=True)]
        told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        if ratios:
            yield f"\nEffort to {recall:.0%} beside {whose}: {told}; mean {np.mean(ratios):.3f}."


Stop = tuple[bool, float]
"""Whether the target was reached where the rule stopped, and the share of all judged by then."""


def stops(found: np.ndarray, total: int) -> list[Stop]:
    """Where the rule stops, for each of `PROMISES`; it is asked once in a thirtieth of what is judged."""
    ends = [total] * len(PROMISES)
    at = stopping.FEWEST
    while at < total and total in ends:
        relevant = int(found[:at].sum())
        told = stopping.estimate(found[:at].tolist(), total)
        for n, promise in enumerate(PROMISES):
            if ends[n] == total and stopping.reached(relevant, told, *promise):
                ends[n] = at
        at += max(1, at // 30)
    needed = [math.ceil(target * found.sum() - 1e-9) for target, _ in PROMISES]
    return [(bool(found[:at].sum() >= least), at / total) for at, least in zip(ends, needed, strict=True)]


def all_stops(runs: Sequence[np.ndarray], jobs: int) -> list[list[Stop]]:
    """`stops` for each run of a collection."""
    with multiprocessing.Pool(jobs) as pool:
        return pool.starmap(stops, [(row, len(row)) for row in runs], chunksize=1)


def stopped(held: dict[str, list[list[Stop]]]) -> Iterator[str]:
    """The table of the rule that proposes to stop, by collection, as Markdown."""
    yield f"\n| stops at recall, confidence | {' | '.join(held)} | all runs |"
    yield "|---|" + "---|" * (len(held) + 1)
    groups = [*held.values(), list(chain.from_iterable(held.values()))]
    for n, (target, confidence) in enumerate(PROMISES):
        cells = [_stop_cell([run[n] for run in runs]) for runs in groups]
        yield f"| {target:.0%}, {confidence:.0%} | {' | '.join(cells)} |"
    yield (
        "\nA cell: in how many of the runs the recall was reached where the rule stopped, and the share of"
        " the collection that the median run had judged by then."
    )


def promised(trials: Sequence[Trial], jobs: int) -> Iterator[str]:
    """`stopped` of the product's runs."""
    runs = {of.name: kept("essaysearch", of, jobs, False) for of in trials}
    yield from stopped({name: all_stops(rows, jobs) for name, rows in runs.items()})


def _stop_cell(rows: Sequence[Stop]) -> str:
    return f"{np.mean([held for held, _ in rows]):.1%}, {np.median([share for _, share in rows]):.1%}"


VARIANTS = {
    "as it is": {},
    "no voice of the prior": {"PRIOR_WEIGHT": 0.0},
    "twice the prior": {"PRIOR_WEIGHT": 2 * screening.PRIOR_WEIGHT},
    "unjudged count less": {"UNJUDGED_WEIGHT": 3_000.0},
}
"""What else the constants could be: chosen among by `crossed`."""


def crossed(trials: Sequence[Trial], jobs: int, fresh: bool) -> Iterator[str]:
    """Each collection with the variant that does best on the others, as Markdown."""
    ratios: dict[str, list[float]] = {}
    for variant, constants in VARIANTS.items():
        before = {name: getattr(_home(name), name) for name in constants}
        for name, value in constants.items():
            setattr(_home(name), name, value)
        ratios[variant] = []
        for of in trials:
            ours, theirs = (
                np.mean([effort(row, RECALLS[-1]) for row in found])
                for found in (
                    kept("essaysearch", of, jobs, fresh, "" if not constants else f" {variant}"),
                    kept("AutoTAR", of, jobs, False),
                )
            )
            ratios[variant].append(float(ours / theirs))
        for name, value in before.items():
            setattr(_home(name), name, value)
    yield f"\n| effort to {RECALLS[-1]:.0%} beside AutoTAR's | {' | '.join(of.name for of in trials)} |"
    yield "|---|" + "---|" * len(trials)
    for variant, row in ratios.items():
        yield f"| {variant} | {' | '.join(f'{ratio:.2f}' for ratio in row)} |"
    chosen = []
    for left_out in range(len(trials)):
        others = {v: np.mean(np.delete(row, left_out)) for v, row in ratios.items()}
        best = min(others, key=lambda variant: others[variant])
        chosen.append(ratios[best][left_out])
        yield f"\nChosen without {trials[left_out].name}: {best}; on it {chosen[-1]:.2f}."
    yield f"\nMean over collections that had no part in the choice: {np.mean(chosen):.3f}."


def _home(constant: str) -> object:
    return screening if hasattr(screening, constant) else regression


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument(
        "--save", action="store_true", help="keep the report in RESULTS.md and under results/"
    )
    parser.add_argument("--cross", action="store_true", help="choose constants on all collections but one")
    parser.add_argument("--fresh", action="store_true", help="run every screening anew")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    options = parser.parse_args()
    crossing = " --cross" if options.cross else ""
    lines = [heading(f"python evals/screening.py --save{crossing}", [])]
    print(lines[0])
    trials = [trial(name, options.collections) for name in options.names]
    parts = [efforts(trials, options.jobs, options.fresh), promised(trials, options.jobs)]
    if options.cross:
        parts.append(crossed(trials, options.jobs, options.fresh))
    for line in chain.from_iterable(parts):
        print(line, flush=True)
        lines.append(line)
    if options.save:
        section("Screening", lines)


if __name__ == "__main__":
    main()
