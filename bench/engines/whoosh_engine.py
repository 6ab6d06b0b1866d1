"""Stock Whoosh (whoosh3, its own codec), one process."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer
from whoosh.qparser import MultifieldParser, OrGroup

from bench.corpora import Row
from bench.queries import DEEP, Query


class Engine:
    def __init__(self) -> None:
        self._index: Any = None
        self._searcher: Any = None
        self._parser: Any = None

    def index(self, rows: Iterable[Row], directory: str) -> None:
        Path(directory).mkdir(parents=True, exist_ok=True)
        words = StemmingAnalyzer(stoplist=None, minsize=1)
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            author=fields.ID(stored=True),
            day=fields.NUMERIC(stored=True, sortable=True),
            title=fields.TEXT(analyzer=words, stored=True),
            text=fields.TEXT(analyzer=words, stored=True),
        )
        writer = index.create_in(directory, schema).writer(limitmb=256)
        for row in rows:
            writer.add_document(**_document(row))
        writer.commit()

    def open(self, directory: str) -> None:
        self._index = index.open_dir(directory)
        self._searcher = self._index.searcher()
        some = next(iter(self._searcher.documents()), {})
        names = ["title", "text"] if some.get("title") else ["text"]
        self._parser = MultifieldParser(names, self._index.schema, group=OrGroup)

    def render(self, query: Query) -> tuple[str, str] | None:
        words = query.words
        text = {
            "all": " AND ".join(words),
            "phrase": f'"{" ".join(words)}"',
            "prefix": f"{words[0]}*",
            "filtered": (
                f"({' OR '.join(words)}) AND author:{query.author}"
                f" AND day:[{query.years[0]}0101 TO {query.years[1]}1231]"
            ),
            "negated": f"({' OR '.join(words)}) NOT {query.without}",
        }.get(query.kind, " ".join(words))
        return text, query.kind

    def search(self, rendered: tuple[str, str], k: int) -> list[tuple[str, float]]:
        text, kind = rendered
        parsed = self._parser.parse(text)
        if kind == "by_date":
            hits = self._searcher.search(parsed, limit=k, sortedby="day", reverse=True)
            return [(hit["id"], 0.0) for hit in hits]
        hits = self._searcher.search(parsed, limit=k + (DEEP if kind == "deep" else 0))
        return [(hit["id"], hit.score) for hit in hits[DEEP if kind == "deep" else 0 :]]

    def count(self, rendered: tuple[str, str]) -> int:
        # Whoosh counts rightly only where it does not rank (`limit=None`).
        return len(self._searcher.search(self._parser.parse(rendered[0]), limit=None))

    def add(self, row: Row) -> None:
        writer = self._index.writer(limitmb=256)
        writer.add_document(**_document(row))
        writer.commit()
        self._searcher = self._index.searcher()

    def versions(self) -> str:
        return f"whoosh3 {version('whoosh3')}"


def _document(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "author": row.author,
        "day": int(row.date.replace("-", "")),
        "title": row.title,
        "text": row.text,
    }
