"""tantivy through its own Python binding, two threads to index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from bench.corpora import Row
from bench.queries import DEEP, Query


class Engine:
    def __init__(self) -> None:
        self._index: Any = None
        self._searcher: Any = None
        self._fields = ["text"]

    def index(self, rows: Iterable[Row], directory: str) -> None:
        Path(directory).mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True, indexed=True, fast=True)
        builder.add_text_field("author", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("day", stored=True, indexed=True, fast=True)
        builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
        builder.add_text_field("text", stored=True, tokenizer_name="en_stem")
        index = tantivy.Index(builder.build(), path=directory)
        writer = index.writer(256_000_000, 2)
        for row in rows:
            writer.add_document(_document(row))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, directory: str) -> None:
        self._index = tantivy.Index.open(directory)
        self._searcher = self._index.searcher()
        some = self._searcher.search(self._index.parse_query("*", ["text"]), 1).hits
        if some and self._searcher.doc(some[0][1]).get_first("title"):
            self._fields = ["title", "text"]

    def render(self, query: Query) -> tuple[str, str] | None:
        words = query.words
        text = {
            "all": " ".join(f"+{word}" for word in words),
            "phrase": f'"{" ".join(words)}"',
            "prefix": f'"{words[0]}"*',
            "filtered": (
                f"+({' '.join(words)}) +author:{query.author}"
                f" +day:[{query.years[0]}0101 TO {query.years[1]}1231]"
            ),
            "negated": f"{' '.join(words)} -{query.without}",
        }.get(query.kind, " ".join(words))
        return text, query.kind

    def search(self, rendered: tuple[str, str], k: int) -> list[tuple[str, float]]:
        text, kind = rendered
        index, searcher = self._index, self._searcher
        if kind == "prefix":
            parsed: Any = self._prefix(text)
        else:
            parsed = index.parse_query(text, self._fields)
        if kind == "by_date":
            hits = searcher.search(parsed, k, count=False, order_by_field="day").hits
        elif kind == "deep":
            hits = searcher.search(parsed, k, count=False, offset=DEEP).hits
        else:
            hits = searcher.search(parsed, k, count=False).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        return [(f"p{number:07d}", score) for number, (score, _) in zip(numbers, hits, strict=True)]

    def _prefix(self, text: str) -> Any:
        pattern = re.escape(text[1:-2]) + ".*"
        queries = [tantivy.Query.regex_query(self._index.schema, field, pattern) for field in self._fields]
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def count(self, rendered: tuple[str, str]) -> int:
        text, kind = rendered
        parsed = self._prefix(text) if kind == "prefix" else self._index.parse_query(text, self._fields)
        return int(self._searcher.search(parsed, 1, count=True).count)

    def add(self, row: Row) -> None:
        writer = self._index.writer(15_000_000, 1)
        writer.add_document(_document(row))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def versions(self) -> str:
        return f"tantivy {tantivy.__version__}"


def _document(row: Row) -> Any:
    return tantivy.Document(
        number=int(row.id[1:]),
        author=row.author,
        day=int(row.date.replace("-", "")),
        title=row.title,
        text=row.text,
    )
