"""The spelling that was probably meant: "did you mean" for field names, values and words."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 64
"""Words beyond this many characters are never compared."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate closest to the word, or None where none is close.

    Close is one edit (a letter added, dropped, changed, or two neighbours exchanged) in a word of
    up to four letters, two in one of up to nine, three beyond; failing that, a candidate that the
    word begins (three letters or more). Of equally close ones the first that shares its first
    letter, else the first given. The word itself is never the answer.

    >>> nearest("autor", ["kind", "author", "date"])
    'author'
    """
    size, allowed = len(word), allowed_edits(word)
    if not allowed:
        return None
    best: str | None = None
    best_rank = (allowed + 1.0, False)
    for candidate in candidates:
        if candidate == word:
            continue
        distance: float = edits(word, candidate, allowed)
        if distance > allowed and size >= 3 and candidate.startswith(word):
            distance = allowed + 0.5
        rank = (distance, candidate[:1] != word[:1])
        if rank < best_rank:
            best, best_rank = candidate, rank
    return best


def allowed_edits(word: str) -> int:
    """How many edits away a word may be that was meant; 0 where none can be told."""
    size = len(word)
    if not 2 <= size <= LONGEST:
        return 0
    return 1 if size <= 4 else 2 if size <= 9 else 3


def edits(one: str, other: str, allowed: int) -> int:
    """How many edits apart two words are (optimal string alignment), or ``allowed + 1`` for more."""
    if abs(len(one) - len(other)) > allowed:
        return allowed + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return allowed + 1
    return min(row[-1], allowed + 1)
