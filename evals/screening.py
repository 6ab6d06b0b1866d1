"""Screening simulated on judged collections: how many must be judged to find nearly all.

    python evals/screening.py [--save] [NAMES]

For each query with at least ten relevant documents a screening is run to its end, the judgments
of the collection answering. Told are the documents judged until 80 % and 95 % of the relevant are
found: by the product, by AutoTAR as published, and down the order of the tf-idf cosine; then, for
the rule that proposes to stop, what recall it stops at and how much had been judged. The rule's
constants are held against collections that had no part in choosing them.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ranking import COLLECTIONS, heading, keep

import essaysearch
from essaysearch.measuring import judgments
from essaysearch.measuring.evaluation import plain_words
from essaysearch.text.analysis import terms
from essaysearch.topics import regression, screening, vectors

NAMES = ("cranfield", "cisi", "cacm")
LEAST = 10
"""Relevant documents that a query must have."""

RECALLS = (0.8, 0.95)
HERE = Path(__file__).resolve().parent
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


def kept(way: str, of: Trial, jobs: int, fresh: bool) -> list[np.ndarray]:
    """`flags`, from the run before where there is one."""
    path = KEPT / f"{of.name}.{way.replace(' ', '-')}.json"
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
    for recall, column in zip(RECALLS, range(len(RECALLS)), strict=True):
        ratios = [a[column] / b[column] for a, b in zip(means["essaysearch"], means["AutoTAR"], strict=True)]
        yield (
            f"\nEffort to {recall:.0%} beside AutoTAR's: "
            + ", ".join(f"{ratio:.2f}" for ratio in ratios)
            + f"; mean {np.mean(ratios):.3f}."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--save", action="store_true", help="keep the report under evals/results/")
    parser.add_argument("--fresh", action="store_true", help="run every screening anew")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    options = parser.parse_args()
    lines = [heading("screening", sys.argv[1:])]
    print(lines[0])
    trials = [trial(name, options.collections) for name in options.names]
    for line in efforts(trials, options.jobs, options.fresh):
        print(line, flush=True)
        lines.append(line)
    if options.save:
        keep("screening", lines)


if __name__ == "__main__":
    main()
