"""Words of a query that the library does not have, and the words of its vocabulary that were meant."""

from __future__ import annotations

from collections.abc import Iterator

from essaysearch.columnar.patterns import words_between
from essaysearch.columnar.store import Snapshot
from essaysearch.model import Diagnostic
from essaysearch.nearest import nearest
from essaysearch.query import Query
from essaysearch.query.ranges import shown


def unknown_words(snapshot: Snapshot, text: str, query: Query) -> Iterator[Diagnostic]:
    """A warning for each word of the query that no passage has, with "did you mean".

    Nothing is said of the joined form of a compound such as motte-and-bailey.
    """
    seen = set()
    for word in query.words:
        compound = not text[word.start : word.end].isalnum()
        if compound or word.term in seen or snapshot.df(word.term):
            continue
        seen.add(word.term)
        folded = word.text.lower()
        close = nearest(folded, _candidates(snapshot, folded))
        remedy = f"; did you mean `{close}`?" if close else "."
        yield Diagnostic(
            "unknown-word", word.start, word.end, f"No passage has the word {shown(word.text)}{remedy}"
        )


def _candidates(snapshot: Snapshot, word: str) -> Iterator[str]:
    """Words of the vocabulary of about the word's length that begin with its first letter."""
    if not word:
        return
    for view in snapshot.views:
        for candidate in words_between(view.segment, word[0]):
            if abs(len(candidate) - len(word)) <= 3:
                yield candidate
