"""Train the model of unmarked quotes and of borders, and write it into the package.

    python evals/train_voices.py        # writes src/essaysearch/data/voices.json

The labels are those of `voice_data.read`, the paragraphs those of the pages, of the other comments
of the same forums, and of another forum whose writers mark their quotes. `voices.py` beside this
file measures the same training by cross-validation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import voice_data
from voice_fitting import (
    Array,
    Labels,
    Places,
    Table,
    calibration,
    call_below,
    call_from,
    inside,
    probability,
    train_borders,
    train_quotes,
)

from essaysearch.voices.cues import page_cues
from essaysearch.voices.model import GUARDS

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "essaysearch" / "data" / "voices.json"

PRECISION = 0.82
"""Of the paragraphs called quoted, this share is in the training folds, so that 0.8 is outside them."""
OWN = 0.97
BORDER = 0.6


@dataclass(frozen=True)
class Corpus:
    """The collection's pages, then what else there is to learn from, as one table. ``measured``
    counts the rows of the collection, which stand first; ``use`` marks the rows the model is asked about."""

    table: Table
    use: Labels
    measured: int

    def pages(self) -> Places:
        return np.arange(self.measured)


@dataclass(frozen=True)
class Sources:
    """Pages with what is known of their paragraphs: ``labels`` by name, over all pages in their
    order: those of the collection, more of the same forums, another forum's comments."""

    pages: list[voice_data.Page]
    more: list[voice_data.Page]
    others: list[voice_data.Page]
    labels: dict[str, Labels]

    @classmethod
    def open(cls) -> Sources:
        pages, others = voice_data.forum_pages(), voice_data.other_forum_pages()
        more = voice_data.more_forum_pages(pages)
        proven = voice_data.proven(pages + more)
        rest = [page.given for page in others]
        labels = {
            "given": flat([page.given for page in pages + more + others]),
            "proven": flat(proven + rest),
            "read": flat(voice_data.read(pages + more, proven) + rest),
        }
        return cls(pages, more, others, labels)

    def of_pages(self, name: str) -> Labels:
        """A label of the collection's paragraphs."""
        return self.labels[name][: sum(len(page.texts) for page in self.pages)]


def corpus(sources: Sources, known: bool) -> Corpus:
    every = sources.pages + sources.more + sources.others
    rows = [cues for page in every for cues in page_cues(page.texts, page.starts if known else None)]
    sizes = [len(page.texts) for page in every]
    people: dict[str, int] = {}
    names = [people.setdefault(voice_data.person(page.author), len(people)) for page in every]
    use = np.array([not any(cue in row for cue in GUARDS) for row in rows])
    table = Table.of(rows, np.repeat(np.arange(len(every)), sizes), np.repeat(np.array(names), sizes))
    return Corpus(table, use, sum(sizes[: len(sources.pages)]))


def flat(held: Sequence[Sequence[bool]]) -> Labels:
    return np.array([value for page in held for value in page], dtype=bool)


def digest(paths: Sequence[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def files() -> list[Path]:
    return [voice_data.PAGES, voice_data.LIBRARY, voice_data.FORUM, voice_data.READ]


def thresholds(inner: Array, label: Labels, use: Labels) -> tuple[float, float]:
    """(score from which on a paragraph is called quoted, score below which it is called own)."""
    return call_from(inner[use], label[use], PRECISION), call_below(inner, label, OWN)


def main() -> None:
    sources = Sources.open()
    read, starts = sources.of_pages("read"), flat([page.starts for page in sources.pages])
    told: dict[str, object] = {
        "facts": {
            "trained": str(date.today()),
            "data digest": digest(files()),
            "authors": len(sources.pages),
            "paragraphs": len(read),
            "quoted as given": int(sources.of_pages("given").sum()),
            "quoted after repair": int(read.sum()),
            "more paragraphs of the same forums": sum(len(page.texts) for page in sources.more),
            "paragraphs of another forum": sum(len(page.texts) for page in sources.others),
            "quoted of all": int(sources.labels["read"].sum()),
            "each cue": "its weight, and its mean over the training paragraphs",
        }
    }
    for name, known in (("quoted, borders hidden", False), ("quoted, borders known", True)):
        data = corpus(sources, known)
        trained = train_quotes(data.table, sources.labels["read"], data.use)
        at = data.pages()
        inner, use = trained.inner[at], data.use[at]
        table = calibration(inner, read)
        told[name] = _told(table, trained.among.told(), trained.alone.told())
        if known:
            continue
        cuts = probability(table, np.array(thresholds(inner, read, use)))
        told["called quoted from"], told["called own below"] = (round(float(cut), 3) for cut in cuts)
        own_pages = data.table.part(at)
        border = train_borders(own_pages, starts, inner)
        within = inside(own_pages.page)
        table = calibration(border.inner[within], starts[within])
        told["border"] = _told(table, border.among.told(), border.alone.told())
        cut = np.array([call_from(border.inner[within], starts[within], BORDER)])
        told["border proposed from"] = round(float(probability(table, cut)[0]), 3)
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_text(written(told) + "\n", encoding="utf-8")
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes; {told['facts']}")


def written(told: object, indent: int = 0) -> str:
    """JSON for readers: a table with a line for each entry, lists on one line."""
    if not isinstance(told, dict):
        return json.dumps(told, ensure_ascii=False)
    inner = " " * (indent + 1)
    rows = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {written(told[key], indent + 1)}" for key in told]
    return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"


def _told(table: list[tuple[float, float]], among: object, alone: object) -> dict[str, object]:
    return {"calibration": table, "among": among, "alone": alone}


if __name__ == "__main__":
    main()
