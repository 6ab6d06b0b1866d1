"""Measure the inference of unmarked quotes and borders by author-grouped cross-validation.

    python evals/voices.py            # prints the measures, writes evals/results/voices-DATE.json

Five folds, each author in one. Everything learned (cues kept, scales, weights, second step, table
of probabilities, thresholds) is learned without the fold that it is measured on. Every figure
names the labels it is measured on (`voice_data`): ``given`` as the collection has them, which is
the headline; ``proven`` and ``read``, in which quotes that the collection missed were repaired.
What is shipped learns from ``read``, and from more comments than the collection's; what learns
from ``given`` and the collection alone is measured beside it. Average precision is pooled over the
folds. ``together`` measures the product as a whole: the same pages in one library
(`voice_library`), where what stands elsewhere is surer than any cue.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import voice_data
import voice_library
from train_voices import BORDER, Corpus, Sources, corpus, digest, files, flat, thresholds
from voice_fitting import (
    Array,
    Labels,
    calibration,
    call_from,
    folds_of,
    inside,
    probability,
    train_borders,
    train_quotes,
)

import essaysearch
from essaysearch.voices.unmarked import judge

RESULTS = Path(__file__).resolve().parent / "results"
FOLDS = 5
SEEDS = (0, 1)
"""Ways to deal the authors into folds; figures are lists, one for each."""
NEVER = -99.0
"""The score of paragraphs that are never called quoted, for ranking."""


class Outcome:
    """Out-of-fold scores and probabilities, and what is called with thresholds of the training folds."""

    def __init__(self, count: int) -> None:
        self.score = np.zeros(count)
        self.probability = np.zeros(count)
        self.quoted = np.zeros(count, dtype=bool)
        self.own = np.zeros(count, dtype=bool)
        self.border = np.zeros(count)
        self.border_probability = np.zeros(count)
        self.proposed = np.zeros(count, dtype=bool)


def cross_validate(
    data: Corpus, every: Labels, starts: Labels | None, seed: int, others: bool = True
) -> Outcome:
    """``every``: labels of all rows. ``starts`` asks for borders too. ``others`` lets comments that
    are not the collection's help the training, but for those of the people measured on."""
    count = data.measured
    out = Outcome(count)
    label, person = every[:count], data.table.person
    fold = folds_of(person[:count], FOLDS, seed)
    rest = np.arange(count, len(every)) if others else np.arange(0)
    for number in range(FOLDS):
        test, train = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        used = np.concatenate([train, rest[~np.isin(person[rest], person[test])]])
        trained = train_quotes(data.table.part(used), every[used], data.use[used])
        inner = trained.inner[: len(train)]
        held_out = data.table.part(test)
        score = trained.scores(held_out)
        table = calibration(inner, label[train])
        from_, below = thresholds(inner, label[train], data.use[train])
        out.score[test] = np.where(data.use[test], score, NEVER + score)
        out.probability[test] = probability(table, score)
        out.quoted[test] = (score >= from_) & data.use[test]
        out.own[test] = score < below
        if starts is not None:
            before = data.table.part(train)
            border = train_borders(before, starts[train], inner)
            within = inside(before.page)
            table = calibration(border.inner[within], starts[train][within])
            score = border.scores(held_out, score)
            out.border[test] = score
            out.border_probability[test] = probability(table, score)
            out.proposed[test] = score >= call_from(border.inner[within], starts[train][within], BORDER)
    return out


def average_precision(label: Labels, score: Array) -> float:
    hits = np.cumsum(label[(order := np.argsort(-score, kind="stable"))])
    return float((hits / np.arange(1, len(label) + 1) * label[order]).sum() / label.sum())


def calibration_error(label: Labels, told: Array, bins: int = 10) -> float:
    """Expected calibration error: mean distance of told and met shares over bins of equal width."""
    place = np.minimum((told * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(told[at].mean() - label[at].mean()) * at.mean()
            for b in range(bins)
            if (at := place == b).any()
        )
    )


def told_and_met(label: Labels, told: Array) -> list[dict[str, float]]:
    edges = (0.0, 0.03, 0.06, 0.12, 0.25, 0.4, 0.55, 0.7, 1.01)
    rows = []
    for low, high in pairwise(edges):
        at = (told >= low) & (told < high)
        if at.any():
            rows.append(
                {
                    "paragraphs": int(at.sum()),
                    "told": _round(told[at].mean()),
                    "met": _round(label[at].mean()),
                }
            )
    return rows


def calls(called: Labels, label: Labels) -> dict[str, float]:
    right = int((called & label).sum())
    return {
        "called": int(called.sum()),
        "right": right,
        "precision": _round(right / max(1, called.sum())),
        "recall": _round(right / label.sum()),
    }


def measures(outcomes: list[Outcome], labels: dict[str, Labels], pages: Labels) -> dict[str, Any]:
    """``pages`` marks the paragraphs of the author with the most of them, who is also left out."""
    first = outcomes[0]
    met: dict[str, Any] = {
        name: {
            "average_precision": [_round(average_precision(label, out.score)) for out in outcomes],
            "average_precision_without_the_largest_page": [
                _round(average_precision(label[~pages], out.score[~pages])) for out in outcomes
            ],
            "called_quoted": [calls(out.quoted, label) for out in outcomes],
            "called_own": {
                "share": _round(first.own.mean()),
                "right": _round(1 - label[first.own].mean()),
            },
            "calibration_error": _round(calibration_error(label, first.probability)),
            "told_and_met": told_and_met(label, first.probability),
        }
        for name, label in labels.items()
    }
    return met


def together(
    outcomes: list[Outcome], pages: list[voice_data.Page], labels: dict[str, Labels]
) -> dict[str, Any]:
    """What is called when the pages are one library, alone and beside the posts they comment on."""
    posts = voice_data.posts()
    met: dict[str, Any] = {}
    for name, beside in (("pages_alone", []), ("pages_and_posts", posts)):
        called = [
            voice_library.called_quoted(pages, out.quoted, out.own, out.probability, beside)
            for out in outcomes
        ]
        met[name] = {
            "documents": len(pages) + len(beside),
            **{label: [calls(quoted, truth) for quoted in called] for label, truth in labels.items()},
        }
    return met


def border_measures(out: Outcome, starts: Labels, within: Labels) -> dict[str, Any]:
    label, told = starts[within], out.border_probability[within]
    return {
        "paragraphs": int(within.sum()),
        "share": _round(label.mean()),
        "average_precision": _round(average_precision(label, out.border[within])),
        "proposed": calls(out.proposed[within], label),
        "calibration_error": _round(calibration_error(label, told)),
        "told_and_met": told_and_met(label, told),
    }


def speed(pages: list[voice_data.Page]) -> int:
    """Paragraphs judged in a second of one core's time by what is shipped, cues and reasons included."""
    judge(pages[0].texts)
    begun = time.process_time()
    for page in pages[:200]:
        judge(page.texts)
    return int(sum(len(page.texts) for page in pages[:200]) / (time.process_time() - begun))


def _round(value: float) -> float:
    return round(float(value), 4)


def main(write: Callable[[str], object] = print) -> None:
    sources = Sources.open()
    pages = sources.pages
    labels = {name: sources.of_pages(name) for name in sources.labels}
    starts = flat([page.starts for page in pages])
    sizes = [len(page.texts) for page in pages]
    largest = np.repeat(np.arange(len(pages)), sizes) == int(np.argmax(sizes))
    found: dict[str, Any] = {
        "date": str(date.today()),
        "versions": {
            "essaysearch": essaysearch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "data_digest": digest(files()),
        "authors": len(pages),
        "paragraphs": len(starts),
        "quoted": {name: int(label.sum()) for name, label in labels.items()},
        "paragraphs_that_only_help_the_training": {
            "same_forums": sum(len(page.texts) for page in sources.more),
            "another_forum": sum(len(page.texts) for page in sources.others),
        },
        "a_perfect_judge": {name: calls(labels["read"], label) for name, label in labels.items()},
    }
    for name, known in (("borders_hidden", False), ("borders_known", True)):
        data = corpus(sources, known)
        read = sources.labels["read"]
        shipped = [cross_validate(data, read, None if known or s else starts, s) for s in SEEDS]
        found[name] = {"shipped_trained_on_read": measures(shipped, labels, largest)}
        if not known:
            found["borders"] = border_measures(shipped[0], starts, inside(data.table.page[: data.measured]))
            found["together"] = together(shipped, pages, labels)
            write(json.dumps({"together": found["together"]}, indent=1))
        alone = [cross_validate(data, sources.labels["given"], None, SEEDS[0], others=False)]
        found[name]["trained_on_given_alone"] = measures(alone, {"given": labels["given"]}, largest)
        write(json.dumps({name: found[name]}, indent=1))
    found["paragraphs_a_second"] = speed(pages)
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"voices-{found['date']}.json"
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write(
        json.dumps(
            {"borders": found["borders"], "paragraphs_a_second": found["paragraphs_a_second"]}, indent=1
        )
    )
    write(f"written: {target.name}")


if __name__ == "__main__":
    main()
