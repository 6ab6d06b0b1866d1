"""What a user's search costs beside the plain one: python -m bench.querying [--passages 100k]

The passages of the made corpus become documents of one to eight passages with kinds, authors, dates (a tenth
have none), sources and categories. Told is the time of the processor, the least of five, queries and ways in
turn, with compiled kernels and without: ten hits with their snippets, the same with six facets over all
matches, the matches alone (k=0) with facets and without. Then a warning with "did you mean", and the parser.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import essaysearch
from bench import corpora
from bench.queries import draw
from essaysearch import Document, Library
from essaysearch.model import KINDS, Block
from essaysearch.query import parse
from essaysearch.search.asking import FACETS
from essaysearch.search.suggestions import unknown_words

_SOURCES = ("forum", "journal", "archive", "list", None)
_CATEGORIES = [f"{area}.{letter}" for area in ("cs", "stat", "econ", "phil") for letter in "ABCDEFGHIJ"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--passages", default="100k")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--dir", default=tempfile.gettempdir(), help="Where the made corpus is kept.")
    options = parser.parse_args()
    passages = int(options.passages.replace("k", "000"))
    corpus = corpora.zipf(Path(options.dir) / f"zipf-{passages}.tsv", passages)
    asked = [" ".join(query.words) for query in draw(corpus, options.queries)["any"]]
    print(f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as place:
        library = essaysearch.open_library(place, create=True)
        made = list(documents(corpus))
        library.add(made[: len(made) // 2])
        library.add(made[len(made) // 2 :])
        print(f"{library.stats()['documents']:,} documents, {len(library):,} passages, {len(asked)} queries")
        for name, fast in (("NumPy alone", False), ("compiled", True)):
            _compare(name, essaysearch.open_library(place, fast=fast), asked)
        _misspelt(library, asked)
    _parsing(asked)


def documents(corpus: Path) -> Iterator[Document]:
    """The passages of a corpus as documents with metadata; the same for the same corpus."""
    rng = random.Random(corpora.SEED)
    held: list[corpora.Row] = []
    size = 1
    for row in corpora.rows(corpus):
        held.append(row)
        if len(held) < size:
            continue
        blocks, at = [], 0
        for number, one in enumerate(held):
            quoted = size > 2 and number % 3 == 0
            blocks.append(
                Block(at, at + len(one.text), voice="quoted" if quoted else "own", depth=int(quoted))
            )
            at += len(one.text) + 2
        yield Document(
            held[0].id,
            rng.choice(KINDS),
            "\n\n".join(one.text for one in held),
            tuple(blocks),
            authors=(held[0].author,) if rng.random() < 0.9 else (held[0].author, "somebody else"),
            date=held[0].date if rng.random() < 0.9 else None,
            source=rng.choice(_SOURCES),
            categories=tuple(rng.sample(_CATEGORIES, rng.choice((0, 1, 1, 2, 3)))),
            karma=float(rng.randint(-5, 99)),
        )
        held, size = [], rng.choice((1, 1, 1, 2, 3, 4, 8))


def _compare(name: str, library: Library, asked: list[str]) -> None:
    ways: dict[str, Callable[[str], object]] = {
        "ten hits": lambda query: library.search(query),
        "ten hits, six facets": lambda query: library.search(query, facets=FACETS),
        "matches alone": lambda query: library.search(query, k=0),
        "matches alone, six facets": lambda query: library.search(query, k=0, facets=FACETS),
    }
    took = np.array([_least(ways, query) for query in asked])
    for number, way in enumerate(ways):
        beside = took[:, number] / took[:, number - number % 2]
        ratio = (
            f", {took[:, number].mean() / took[:, number - 1].mean():.2f} times the plain one's"
            if number % 2
            else ""
        )
        spread = f" (by query: median {np.median(beside):.2f}, most {beside.max():.2f})" if number % 2 else ""
        print(f"{name}: {way}: {took[:, number].mean():.2f} ms{ratio}{spread}")


def _least(ways: dict[str, Callable[[str], object]], query: str) -> list[float]:
    """Milliseconds of the processor of each way of asking a query, the least of five after one to warm."""
    rounds = []
    for _ in range(6):
        row = []
        for ask in ways.values():
            begun = time.process_time()
            ask(query)
            row.append((time.process_time() - begun) * 1000)
        rounds.append(row)
    return [float(value) for value in np.array(rounds[1:]).min(axis=0)]


def _misspelt(library: Library, asked: list[str]) -> None:
    """A word of the corpus with two letters turned round, that no passage has."""
    snapshot = library.snapshot()
    took = []
    for word in sorted({word for query in asked for word in query.split() if len(word) > 4}):
        typed = word[:2] + word[3] + word[2] + word[4:]
        query = parse(typed)
        if typed != word and not snapshot.df(query.words[0].term):
            begun = time.process_time()
            list(unknown_words(snapshot, typed, query))
            took.append((time.process_time() - begun) * 1000)
    words = sum(len(view.segment.surfaces()) for view in snapshot.views)
    print(
        f"did you mean, of {words:,} words in {len(snapshot.views)} segments: first {took[0]:.1f} ms,"
        f" then {np.mean(took[1:]):.1f} ms, at most {max(took[1:]):.1f} ms ({len(took)} words)"
    )


def _parsing(asked: list[str]) -> None:
    usual = [
        *asked[:10], "what do people say about slow takeoff?", 'own:"inductive biases" author:hubinger',
        '+oversight -reward "goal drift" date:2023..2024', "(alignment OR safety) AND kind:essay karma:>=50",
        "motte-and-bailey", "decept* NEAR/5 model", 'same:sentence(pause treaty) year:2022..2024 -has:url',
    ]  # fmt: skip
    took = {query: min(_parsed(query) for _ in range(9)) for query in usual}
    worst = max(took, key=lambda query: took[query])
    print(f"parsing: {np.mean(list(took.values())):.0f} µs on average, most {took[worst]:.0f} µs ({worst})")


def _parsed(query: str) -> float:
    """Microseconds of the processor to parse a query."""
    begun = time.process_time()
    for _ in range(300):
        parse(query)
    return (time.process_time() - begun) / 300 * 1e6


if __name__ == "__main__":
    main()
