"""SQLite's FTS5 with its Porter stemmer; metadata in an indexed table beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.corpora import Row
from bench.queries import DEEP, Query

_RANKED = "SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ? OFFSET ?"
_FILTERED = (
    "SELECT words.rowid, words.rank FROM words JOIN passages ON passages.rowid = words.rowid"
    " WHERE words MATCH ? AND author = ? AND day BETWEEN ? AND ? ORDER BY rank LIMIT ?"
)
_BY_DATE = (
    "SELECT words.rowid, 0.0 FROM words JOIN passages ON passages.rowid = words.rowid"
    " WHERE words MATCH ? ORDER BY day DESC LIMIT ?"
)


class Engine:
    def __init__(self) -> None:
        self._database: Any = None

    def index(self, rows: Iterable[Row], directory: str) -> None:
        Path(directory).mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(Path(directory) / "index.db")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE passages (author TEXT, day INTEGER)")
        database.execute("CREATE VIRTUAL TABLE words USING fts5(title, text, tokenize = 'porter unicode61')")
        with database:
            for batch in _batches(rows, 10_000):
                numbered = [(int(row.id[1:]), row) for row in batch]
                database.executemany(
                    "INSERT INTO passages (rowid, author, day) VALUES (?, ?, ?)",
                    [(n, row.author, int(row.date.replace("-", ""))) for n, row in numbered],
                )
                database.executemany(
                    "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                    [(n, row.title, row.text) for n, row in numbered],
                )
            database.execute("CREATE INDEX by_author ON passages (author, day)")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def open(self, directory: str) -> None:
        self._database = sqlite3.connect(Path(directory) / "index.db")
        self._database.execute("SELECT count(*) FROM words WHERE words MATCH 'nothing'").fetchall()

    def render(self, query: Query) -> tuple[str, Query] | None:
        words = query.words
        text = {
            "all": " ".join(words),
            "phrase": f'"{" ".join(words)}"',
            "prefix": f"{words[0]}*",
            "negated": f"({' OR '.join(words)}) NOT {query.without}",
        }.get(query.kind, " OR ".join(words))
        return text, query

    def search(self, rendered: tuple[str, Query], k: int) -> list[tuple[str, float]]:
        text, query = rendered
        if query.kind == "filtered":
            low, high = query.years[0] * 10_000 + 101, query.years[1] * 10_000 + 1231
            found = self._database.execute(_FILTERED, (text, query.author, low, high, k))
        elif query.kind == "by_date":
            found = self._database.execute(_BY_DATE, (text, k))
        else:
            found = self._database.execute(_RANKED, (text, k, DEEP if query.kind == "deep" else 0))
        return [(f"p{number:07d}", -score) for number, score in found]

    def count(self, rendered: tuple[str, Query]) -> int:
        text, query = rendered
        if query.kind == "filtered":
            return len(self.search(rendered, 1 << 30))
        return int(
            self._database.execute("SELECT count(*) FROM words WHERE words MATCH ?", (text,)).fetchone()[0]
        )

    def add(self, row: Row) -> None:
        number = int(row.id[1:])
        with self._database:
            self._database.execute(
                "INSERT INTO passages (rowid, author, day) VALUES (?, ?, ?)",
                (number, row.author, int(row.date.replace("-", ""))),
            )
            self._database.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", (number, row.title, row.text)
            )

    def versions(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch
