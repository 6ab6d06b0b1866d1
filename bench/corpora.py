"""The texts every engine indexes: made by a Zipf generator with a fixed seed, or read from JSON Lines.

A corpus is a file of one passage a line, fields apart by tabs: id, author, date, title, text. It is
made once and kept. Made words are chosen so that the stemmers of all engines agree on them, which
lets the bench check that engines agree on what matches.
"""

from __future__ import annotations

import datetime
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SEED = 20261121
VOCABULARY = 200_000
AUTHORS = 1_000
COMMON = 50
"""The most frequent made words play the part of stop words: no query uses them."""

_FIRST_DAY = datetime.date(2012, 1, 1)
_DAYS = 5_000


class Row(NamedTuple):
    """One passage. ``title`` is empty in made corpora, which have one field of text."""

    id: str
    author: str
    date: str
    title: str
    text: str


def rows(path: Path) -> Iterator[Row]:
    """The passages of a corpus, in order."""
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield Row(*line.rstrip("\n").split("\t"))


def text_bytes(path: Path) -> int:
    """UTF-8 bytes of the titles and texts alone: what index sizes are compared to."""
    return sum(len(row.title.encode()) + len(row.text.encode()) for row in rows(path))


def vocabulary() -> list[str]:
    """Made words, the most frequent first and shortest; a third are inflections of others."""
    import Stemmer

    from essaysearch.text.analysis import STOP_WORDS

    rng = random.Random(SEED)
    stemmers = [Stemmer.Stemmer(name) for name in ("english", "porter")]
    words: list[str] = []
    known = set(STOP_WORDS)
    while len(words) < VOCABULARY:
        size = _length(len(words), rng)
        if len(words) > 500 and rng.random() < 0.33:
            word = words[int(len(words) * rng.random() ** 2)] + rng.choice(("s", "ed", "ing"))
        else:
            word = "".join(rng.choice(("aeiou", "bcdfghklmnprstvz")[(n + size) % 2]) for n in range(size))
        first, second = (stemmer.stemWord(word) for stemmer in stemmers)
        if word not in known and first == second and first not in STOP_WORDS:
            known.add(word)
            words.append(word)
    return words


def _length(rank: int, rng: random.Random) -> int:
    for most, low, high in ((12, 2, 2), (300, 3, 3), (3_000, 4, 5), (30_000, 5, 7)):
        if rank < most:
            return rng.randint(low, high)
    return rng.randint(6, 10)


def zipf(path: Path, passages: int) -> Path:
    """A corpus of made passages of 40 to 180 words (100 on average); the same for the same size."""
    if path.exists():
        return path
    words = vocabulary()
    spoken = [*words, *(word.capitalize() for word in words)]
    rng = np.random.default_rng(SEED)
    shares = np.cumsum(1.0 / np.arange(1, VOCABULARY + 1))
    shares /= shares[-1]
    part = path.with_suffix(".part")
    with open(part, "w", encoding="utf-8", newline="\n") as file:
        for start in range(0, passages, 10_000):
            count = min(10_000, passages - start)
            sizes = np.clip(rng.normal(100, 35, count), 40, 180).astype(np.int64)
            ends = np.cumsum(sizes)
            drawn = np.searchsorted(shares, rng.random(int(ends[-1])))
            drawn = np.minimum(drawn, VOCABULARY - 1)
            opens = rng.random(len(drawn)) < 1 / 15
            opens[0] = True
            opens[ends[:-1]] = True
            chosen = (drawn + VOCABULARY * opens).tolist()
            # Half the authors' passages come from the most prolific thirty.
            authors = np.minimum(AUTHORS * rng.random(count) ** 2, AUTHORS - 1).astype(np.int64)
            days = rng.integers(0, _DAYS, count)
            begin = 0
            for n, end in enumerate(ends.tolist()):
                spelled = " ".join(map(spoken.__getitem__, chosen[begin:end]))
                begin = end
                text = re.sub(r" (?=[A-Z])", ". ", spelled) + "."
                day = _FIRST_DAY + datetime.timedelta(days=int(days[n]))
                file.write(f"p{start + n:07d}\twriter{int(authors[n]):03d}\t{day}\t\t{text}\n")
    part.rename(path)
    return path


_SPACE = re.compile(r"\s+")


def json_lines(path: Path, source: Path) -> Path:
    """A corpus from a file of JSON Lines (perhaps gzipped).

    A line has ``text`` and perhaps ``_id`` or ``id``, ``title``, ``author`` or ``authors``, ``date``;
    what is absent is made up from the line's number.
    """
    if path.exists():
        return path
    part = path.with_suffix(".part")
    opener: Any = gzip.open if source.suffix == ".gz" else open
    with (
        opener(source, "rt", encoding="utf-8") as lines,
        open(part, "w", encoding="utf-8", newline="\n") as file,
    ):
        for number, line in enumerate(lines):
            told = json.loads(line)
            author = told.get("author") or told.get("authors") or f"writer{number % AUTHORS:03d}"
            if isinstance(author, list):
                author = author[0] if author else "nobody"
            day = str(told.get("date") or _FIRST_DAY + datetime.timedelta(days=number % _DAYS))[:10]
            fields = (f"p{number:07d}", str(author), day, told.get("title") or "", told["text"])
            file.write("\t".join(_SPACE.sub(" ", value).strip() for value in fields) + "\n")
    part.rename(path)
    return path
