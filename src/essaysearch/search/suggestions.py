"""Words that the library does not have and what was meant by them; authors whom a question asks about."""

from __future__ import annotations

from collections.abc import Iterator

from essaysearch.columnar.filters import folded_words, stands_in
from essaysearch.columnar.patterns import words_beginning
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.model import Diagnostic
from essaysearch.nearest import allowed_edits
from essaysearch.query import Query
from essaysearch.query.ranges import shown
from essaysearch.text.analysis import stem
from essaysearch.tree import FrameWord

MOST_GUESSED = 5
"""Unknown words of a query for which others are looked up."""

_MOST_BEGUN = 1_000
"""Words that begin with what was typed, of which the most frequent is offered."""


def unknown_words(snapshot: Snapshot, text: str, query: Query) -> Iterator[Diagnostic]:
    """A warning for each word of the query that no passage has, with what may have been meant.

    Nothing is said of the joined form of a compound such as motte-and-bailey, nor of what frames a question.
    """
    seen = set()
    for word in query.words:
        compound = not text[word.start : word.end].isalnum()
        if compound or isinstance(word, FrameWord) or word.term in seen or snapshot.df(word.term):
            continue
        seen.add(word.term)
        remedy = _remedy(snapshot, word.text) if len(seen) <= MOST_GUESSED else "."
        yield Diagnostic(
            "unknown-word", word.start, word.end, f"No passage has the word {shown(word.text)}{remedy}"
        )


def authors_asked(snapshot: Snapshot, query: Query) -> Iterator[Diagnostic]:
    """A hint where a question asks what an author of the library says: how to search that author alone.

    Names are known by their capital letters.
    """
    frame = next((word.start for word in query.words if isinstance(word, FrameWord)), 0)
    before = [
        word for word in query.words if word.end <= frame and len(word.text) > 1 and word.text[0].isupper()
    ]
    begin = 0
    while begin < len(before):
        end = len(before)
        while end > begin and not _is_author(snapshot, " ".join(word.text for word in before[begin:end])):
            end -= 1
        if end == begin:
            begin += 1
            continue
        name = " ".join(word.text for word in before[begin:end])
        condition = f'author:"{name.lower()}"' if " " in name else f"author:{name.lower()}"
        message = (
            f"{shown(name)} is an author here; to search what that author wrote, write `{condition}` instead."
        )
        yield Diagnostic("asks-an-author", before[begin].start, before[end - 1].end, message)
        begin = end


def _remedy(snapshot: Snapshot, word: str) -> str:
    if _is_author(snapshot, word):
        return f"; it is an author's name: write `author:{word.lower()}`."
    meant = meant_by(snapshot, "".join(folded_words(word)))
    return f"; did you mean `{meant}`?" if meant else "."


def meant_by(snapshot: Snapshot, word: str) -> str | None:
    """The word of some passage that a folded word was probably meant to be; None where none is close.

    Of those fewest edits away one with the same first letter, then the one in most passages, then
    the first by the alphabet; failing those, of the words that it begins the one in most passages.
    """
    allowed = allowed_edits(word)
    if not allowed:
        return None
    from essaysearch.columnar.spelling import near_words  # most searches misspell nothing

    near = {
        (distance, view.segment.surfaces()[number])
        for view in snapshot.views
        for distance, number in near_words(view.segment, word, allowed)
    }
    ranked = sorted((distance, other[:1] != word[:1], other) for distance, other in near)
    for rank in dict.fromkeys(row[:2] for row in ranked):
        best = _most_frequent(snapshot, [row[2] for row in ranked if row[:2] == rank])
        if best:
            return best
    begun = {o for view in snapshot.views for o in words_beginning(view.segment, word, _MOST_BEGUN)}
    return _most_frequent(snapshot, sorted(begun)) if len(word) > 2 else None


def _most_frequent(snapshot: Snapshot, words: list[str]) -> str | None:
    best = max(words, key=lambda word: snapshot.df(stem(word)), default=None)
    return best if best is not None and snapshot.df(stem(best)) else None


def _is_author(snapshot: Snapshot, word: str) -> bool:
    """Whether the name of an author in the library has the word."""
    wanted = folded_words(word)
    held = [name for view in snapshot.views for name in view.segment.names("authors").all()]
    if not wanted or not held:
        return False
    # Few names hold the letters at all, and only those are cut into words.
    letters = max(wanted, key=len)
    likely = [name for name in held if not name.isascii() or letters in name.lower()]
    return any(stands_in(wanted, folded_words(name)) for name in likely)
