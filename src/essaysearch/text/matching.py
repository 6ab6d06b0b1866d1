"""Where a query's leaves occur in a text: for marks in snippets, and for scopes within a passage."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from essaysearch.text.analysis import Token, fold, places_of, tokens
from essaysearch.tree import Expand, Node, Phrase, Word

Span = tuple[int, int]


def occurrences(leaf: Node, text: str, words: Sequence[Token] | None = None) -> list[Span]:
    """The places in a text where a word, phrase or pattern occurs, in order, as (start, end).

    A phrase is one span from its first word to its last; a near match is a span for each of its
    words. ``words``: the text's tokens, if at hand.
    """
    words = tokens(text) if words is None else words
    if isinstance(leaf, Word):
        wanted = leaf.term
        spans = [(start, end) for start, end, _, term in words if term == wanted]
        return spans if not leaf.exact else [(a, b) for a, b in spans if text[a:b] == leaf.text]
    if isinstance(leaf, Expand):
        meets = surface_test(leaf)
        return [(token.start, token.end) for token in words if meets(token.surface)]
    if isinstance(leaf, Phrase):
        return _near(leaf, text, words) if leaf.slop else _adjacent(leaf, text, words)
    return []


def all_occurrences(leaves: Sequence[Node], text: str) -> list[list[Span]]:
    """The `occurrences` of several leaves in one text."""
    plain = frozenset(leaf.term for leaf in leaves if isinstance(leaf, Word))
    few = places_of(plain, text) if plain else []
    words = None if len(plain) == len(leaves) else tokens(text)
    return [occurrences(leaf, text, few if isinstance(leaf, Word) else words) for leaf in leaves]


def _is(word: Word, token: Token, text: str) -> bool:
    return token.term == word.term and (not word.exact or text[token.start : token.end] == word.text)


def _adjacent(phrase: Phrase, text: str, words: Sequence[Token]) -> list[Span]:
    size = len(phrase.words)
    found = []
    for at in range(len(words) - size + 1):
        if all(_is(word, words[at + n], text) for n, word in enumerate(phrase.words)):
            found.append((words[at].start, words[at + size - 1].end))
    return found


def _near(phrase: Phrase, text: str, words: Sequence[Token]) -> list[Span]:
    places = [[n for n, token in enumerate(words) if _is(word, token, text)] for word in phrase.words]
    spans: set[Span] = set()
    for first in places[0]:
        chosen = _window([first], places[1:], phrase.slop, phrase.ordered)
        if chosen:
            spans.update((words[n].start, words[n].end) for n in chosen)
    return sorted(spans)


def _window(chosen: list[int], rest: list[list[int]], slop: int, ordered: bool) -> list[int] | None:
    """One place for each word so that all lie within ``slop`` of one another, or None."""
    if not rest:
        return chosen
    for place in rest[0]:
        if place in chosen or (ordered and place < chosen[-1]):
            continue
        if max(*chosen, place) - min(*chosen, place) <= slop:
            found = _window([*chosen, place], rest[1:], slop, ordered)
            if found:
                return found
    return None


def surface_test(leaf: Expand) -> Callable[[str], bool]:
    """Whether a folded word is one that a pattern stands for."""
    return _surface_test(leaf.how, leaf.pattern, leaf.distance)


@lru_cache(maxsize=256)
def _surface_test(how: str, pattern: str, distance: int) -> Callable[[str], bool]:
    if how == "prefix":
        return lambda word: word.startswith(pattern)
    if how == "fuzzy":
        return lambda word: within(pattern, word, distance)
    expression = compiled(how, pattern)
    return lambda word: expression.fullmatch(word) is not None


def compiled(how: str, pattern: str) -> re.Pattern[str]:
    """The regular expression of a wildcard or regex, to be matched against whole folded words."""
    if how == "wildcard":
        parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in fold(pattern))
        return re.compile("".join(parts), re.DOTALL)
    return re.compile(pattern)


def within(a: str, b: str, distance: int) -> bool:
    """Whether two words are at most ``distance`` edits apart.

    An edit inserts, drops or replaces a letter, or swaps two neighbours (optimal string
    alignment: Damerau 1964, Levenshtein 1966, each place edited once).
    """
    if abs(len(a) - len(b)) > distance:
        return False
    twice_above: list[int] = []
    above: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        twice_above, above, row = above, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, twice_above[j - 2] + 1)
            row.append(cost)
        if min(row) > distance and min(above) > distance:
            return False
    return row[-1] <= distance
