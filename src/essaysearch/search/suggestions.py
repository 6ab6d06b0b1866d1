"""Words of a query that the library does not have, and the words of its vocabulary that were meant."""

from __future__ import annotations

from collections.abc import Iterator

from essaysearch.columnar.filters import folded_words, stands_in
from essaysearch.columnar.patterns import words_between
from essaysearch.columnar.store import Snapshot
from essaysearch.model import Diagnostic
from essaysearch.nearest import nearest
from essaysearch.query import Query
from essaysearch.query.ranges import shown


def unknown_words(snapshot: Snapshot, text: str, query: Query) -> Iterator[Diagnostic]:
    """A warning for each word of the query that no passage has, with what may have been meant.

    Nothing is said of the joined form of a compound such as motte-and-bailey.
    """
    seen = set()
    for word in query.words:
        compound = not text[word.start : word.end].isalnum()
        if compound or word.term in seen or snapshot.df(word.term):
            continue
        seen.add(word.term)
        folded = word.text.lower()
        if _is_author(snapshot, word.text):
            remedy = f"; it is an author's name: write `author:{folded}`."
        else:
            close = nearest(folded, _candidates(snapshot, folded))
            remedy = f"; did you mean `{close}`?" if close else "."
        yield Diagnostic(
            "unknown-word", word.start, word.end, f"No passage has the word {shown(word.text)}{remedy}"
        )


def _is_author(snapshot: Snapshot, word: str) -> bool:
    """Whether the name of an author in the library has the word."""
    wanted = folded_words(word)
    return any(
        stands_in(wanted, words) for view in snapshot.views for words in view.segment.value_words("authors")
    )


def _candidates(snapshot: Snapshot, word: str) -> Iterator[str]:
    """Words of the vocabulary of about the word's length that begin with its first letter."""
    if not word:
        return
    for view in snapshot.views:
        for candidate in words_between(view.segment, word[0]):
            if abs(len(candidate) - len(word)) <= 3:
                yield candidate
