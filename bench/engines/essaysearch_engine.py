"""essaysearch: `Store.writer` to index, `Library.scores` to search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.corpora import Row
from bench.queries import CLASSES, DEEP, Query
from essaysearch.columnar.rows import Plain
from essaysearch.columnar.store import Store
from essaysearch.library import Library


class Engine:
    """``fast``: with compiled kernels."""

    def __init__(self, fast: bool = True) -> None:
        self._fast = fast
        self._library: Any = None

    def compile(self) -> None:
        """Load (or, the first time, compile) every kernel: by a small index and a query of each class."""
        import tempfile

        words = ("river", "stone", "lantern", "harbour")
        rows = [Row(f"p{n:07d}", "nobody", "2025-01-01", "", " ".join(words)) for n in range(300)]
        with tempfile.TemporaryDirectory() as place:
            self.index(rows, place)
            self.open(place)
            for kind in CLASSES:
                rendered = self.render(Query(kind, words[:2], words[3], "nobody", (2024, 2025)))
                if rendered is not None:
                    self.search(rendered, 10)
                    self.shown(rendered, 10)
            self.close()

    def index(self, rows: Iterable[Row], directory: str) -> None:
        with Store(directory, create=True).writer(fast=self._fast) as writer:
            for row in rows:
                writer.add_plain(_plain(row))

    def open(self, directory: str) -> None:
        self._library = Library(Store(directory), fast=self._fast)

    def render(self, query: Query) -> tuple[str, str] | None:
        words = query.words
        text = {
            "all": " ".join(f"+{word}" for word in words),
            "phrase": f'"{" ".join(words)}"',
            "prefix": f"{words[0]}*",
            "filtered": f"{' '.join(words)} author:{query.author} date:{query.years[0]}..{query.years[1]}",
            "negated": f"{' '.join(words)} -{query.without}",
        }.get(query.kind, " ".join(words))
        return text, query.kind

    def search(self, rendered: tuple[str, str], k: int) -> list[tuple[str, float]]:
        text, kind = rendered
        if kind == "by_date":
            return self._library.scores(text, k, sort="date")  # type: ignore[no-any-return]
        if kind == "deep":
            return self._library.scores(text, k, DEEP)  # type: ignore[no-any-return]
        return self._library.scores(text, k)  # type: ignore[no-any-return]

    def shown(self, rendered: tuple[str, str], k: int) -> Any:
        """A user's search: proximity counts, hits come with their snippets."""
        return [hit.snippet for hit in self._library.search(rendered[0], k)]

    def count(self, rendered: tuple[str, str]) -> int:
        return int(self._library.search(rendered[0], 1).total)

    def add(self, row: Row) -> None:
        with self._library._store.writer(fast=self._fast) as writer:
            writer.add_plain(_plain(row))

    def close(self) -> None:
        self._library = None

    def versions(self) -> str:
        from importlib.metadata import version

        fast = f", numba {version('numba')}" if self._fast else ", no numba"
        return f"essaysearch {version_of_project()}, numpy {version('numpy')}{fast}"


def version_of_project() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("essaysearch")
    except PackageNotFoundError:
        return "(this checkout)"


def _plain(row: Row) -> Plain:
    return Plain(
        row.id,
        row.text,
        f"{int(row.id[1:]):016x}",
        title=row.title or None,
        authors=(row.author,),
        date=row.date,
    )
