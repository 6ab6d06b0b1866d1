"""What stock Whoosh is told about our fields: their names, their types, how queries are analysed.

Whoosh pickles this schema into its table of contents; essaysearch itself never reads it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh import fields
from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer

from essaysearch.text.analysis import tokens
from essaysearch.tree import RANKING_FIELDS

KEYWORDS: dict[str, str] = {
    "author": "authors",
    "category": "categories",
    "id": "id",
    "kind": "kind",
    "parent": "parent",
    "path": "path",
    "source": "source",
    "thread": "thread",
    "url": "url",
}
"""Whoosh's name of each keyword field, and the field of `model.Document` it holds.

``voice``, a keyword of passages rather than of documents, stands beside them.
"""

STORED = ("doc_id", "passage_id", "number", "start", "end", "text", "date", "karma", "speaker")
"""What each stored passage tells beside the fields that can be searched."""


class FoldedStems(Analyzer):
    """`analysis.tokens` as a Whoosh analyzer: folded, stemmed, stop words kept."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Any]:
        token: Any = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        for number, word in enumerate(tokens(value)):
            token.text, token.boost, token.stopped = word.term, 1.0, False
            if keeporiginal:
                token.original = word.surface
            if positions:
                token.pos = start_pos + number
            if chars:
                token.startchar, token.endchar = start_char + word.start, start_char + word.end
            yield token


def schema() -> Any:
    """The Whoosh schema of every index: words by field, keywords, and what is only stored."""
    analyzer = FoldedStems()
    text = {name: fields.TEXT(analyzer=analyzer, stored=True) for name in RANKING_FIELDS}
    keywords = {name: fields.ID(stored=True) for name in (*KEYWORDS, "voice")}
    return fields.Schema(**text, **keywords, **{name: fields.STORED() for name in STORED})
