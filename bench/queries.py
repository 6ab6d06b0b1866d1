"""What is asked: classes of queries, drawn from a corpus with a fixed seed."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.corpora import COMMON, SEED, rows

CLASSES = ("any", "all", "phrase", "prefix", "filtered", "negated", "by_date", "deep")
"""1 to 5 words, any of them; 2 or 3 words, all of them; 2 or 3 adjacent words; the first 3 or 4
letters of a word; 2 words by one author in three years; 2 words without a third; 2 words, newest
first; 2 words, places 1,001 to 1,010."""

DEEP = 1_000
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Query:
    """One query, in no engine's language. ``kind`` is one of `CLASSES`."""

    kind: str
    words: tuple[str, ...]
    without: str = ""
    author: str = ""
    years: tuple[int, int] = (0, 0)

    def as_dict(self) -> dict[str, Any]:
        """JSON values that `Query.from_dict` takes back."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> Query:
        """The inverse of `as_dict`."""
        return Query(**{**values, "words": tuple(values["words"]), "years": tuple(values["years"])})


def draw(corpus: Path, number: int) -> dict[str, list[Query]]:
    """``number`` queries of each class. Their words stand in the corpus, each where it is one of
    a passage drawn at random; the most frequent words of the corpus are left out."""
    from essaysearch.text.analysis import STOP_WORDS

    rng = random.Random(SEED)
    sample: list[Any] = []
    for size, row in enumerate(rows(corpus), 1):  # a reservoir of passages
        if len(sample) < 4_000:
            sample.append(row)
        elif (at := rng.randrange(size)) < len(sample):
            sample[at] = row
    counts = Counter(word for row in sample for word in _words(row.text))
    common = {word for word, _ in counts.most_common(COMMON)} | STOP_WORDS
    usable = [row for row in sample if sum(_asked(word, common) for word in _words(row.text)) >= 20]

    def words_of(row: Any) -> list[str]:
        return [word for word in _words(row.text) if _asked(word, common)]

    def together(row: Any, count: int) -> tuple[str, ...]:
        return tuple(rng.sample(sorted(set(words_of(row))), count))

    def apart(count: int) -> tuple[str, ...]:
        chosen: list[str] = []
        while len(chosen) < count:
            word = rng.choice(words_of(rng.choice(usable)))
            if word not in chosen:
                chosen.append(word)
        return tuple(chosen)

    def adjacent(count: int) -> tuple[str, ...]:
        while True:
            words = _words(rng.choice(usable).text)
            at = rng.randrange(len(words) - count)
            chosen = words[at : at + count]
            if sum(_asked(word, common) for word in chosen) >= 2 and not set(chosen) & STOP_WORDS:
                return tuple(chosen)

    made: dict[str, list[Query]] = {kind: [] for kind in CLASSES}
    for n in range(number):
        made["any"].append(Query("any", apart(1 + n % 5)))
        made["all"].append(Query("all", together(rng.choice(usable), 2 + n % 2)))
        made["phrase"].append(Query("phrase", adjacent(2 + (n % 3 == 2))))
        (word,) = apart(1)
        made["prefix"].append(Query("prefix", (word[: 3 + n % 2],)))
        row = rng.choice(usable)
        year = int(row.date[:4])
        made["filtered"].append(
            Query("filtered", together(row, 2), author=row.author, years=(year - 1, year + 1))
        )
        *words, without = apart(3)
        made["negated"].append(Query("negated", tuple(words), without=without))
        made["by_date"].append(Query("by_date", apart(2)))
        made["deep"].append(Query("deep", apart(2)))
    return made


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _asked(word: str, common: set[str]) -> bool:
    return len(word) > 2 and word not in common
