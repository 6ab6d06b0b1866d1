"""bm25s: impacts in memory, numba; no positions, no conditions, no additions."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import bm25s
import Stemmer

from bench.corpora import Row
from bench.queries import DEEP, Query


class Engine:
    def __init__(self) -> None:
        self._scorer: Any = None
        self._stem = Stemmer.Stemmer("english")

    def index(self, rows: Iterable[Row], directory: str) -> None:
        texts = [f"{row.title} {row.text}" for row in rows]
        tokens = bm25s.tokenize(texts, stopwords=None, stemmer=self._stem, show_progress=False)
        scorer = bm25s.BM25(method="lucene", backend="numba")
        scorer.index(tokens, show_progress=False)
        scorer.save(directory, corpus=texts)

    def open(self, directory: str) -> None:
        self._scorer = bm25s.BM25.load(directory, backend="numba")

    def render(self, query: Query) -> tuple[str, str] | None:
        return (" ".join(query.words), query.kind) if query.kind in ("any", "deep") else None

    def search(self, rendered: tuple[str, str], k: int) -> list[tuple[str, float]]:
        text, kind = rendered
        skipped = DEEP if kind == "deep" else 0
        asked = [[self._stem.stemWord(word) for word in text.split()]]
        found, scores = self._scorer.retrieve(asked, k=k + skipped, show_progress=False, n_threads=1)
        pairs = zip(found[0, skipped:].tolist(), scores[0, skipped:].tolist(), strict=True)
        return [(f"p{number:07d}", score) for number, score in pairs if score > 0]

    def count(self, rendered: tuple[str, str]) -> int:
        asked = [self._stem.stemWord(word) for word in rendered[0].split()]
        return int((self._scorer.get_scores(asked) > 0).sum())

    def versions(self) -> str:
        return f"bm25s {version('bm25s')}"
