"""Patterns over the vocabulary: which words a prefix, wildcard, fuzzy word or regex stands for.

Patterns match folded words (surfaces), not stems: `generali*ation` finds generalisation and
generalization, not general.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.segment import Segment
from essaysearch.errors import QueryTooLarge
from essaysearch.text.matching import surface_test
from essaysearch.tree import Expand

Array = npt.NDArray[Any]
MOST_WORDS = 10_000
"""Words a pattern may stand for."""

MOST_PATTERNS = 2_000
"""Patterns whose words a segment remembers."""


def expansions(segment: Segment, leaf: Expand) -> list[tuple[int, list[int]]]:
    """The words of a segment that a pattern matches, as (term, numbers of its surfaces), by term.

    Raises `QueryTooLarge` where they are more than `MOST_WORDS`.
    """
    key = (leaf.how, leaf.pattern, leaf.distance)
    known: list[tuple[int, list[int]]] | None = segment.expanded.get(key)
    if known is None:
        surfaces = _matching(segment, leaf)
        if len(surfaces) > MOST_WORDS:
            raise QueryTooLarge(
                f"`{leaf.pattern}` stands for {len(surfaces):,} different words, more than {MOST_WORDS:,}."
                " Write more of the word."
            )
        first = segment.column("surface_first")
        held = np.sort(np.array(surfaces, dtype=first.dtype))
        terms = np.searchsorted(first, held, "right") - 1
        by_term: dict[int, list[int]] = {}
        for term, ordinal in zip(terms.tolist(), (held - first[terms]).tolist(), strict=True):
            by_term.setdefault(term, []).append(ordinal)
        known = list(by_term.items())
        if len(segment.expanded) > MOST_PATTERNS:
            segment.expanded.clear()
        segment.expanded[key] = known
    return known


def expanded_words(segment: Segment, leaf: Expand) -> list[str]:
    """The words themselves, sorted."""
    first = segment.column("surface_first")
    names = segment.surfaces()
    return sorted(
        names[int(first[term]) + ordinal] for term, held in expansions(segment, leaf) for ordinal in held
    )


def _matching(segment: Segment, leaf: Expand) -> list[int]:
    if leaf.how == "fuzzy":
        return _fuzzy(segment, leaf)
    literal = _literal_start(leaf)
    low, high = _range(segment, literal)
    order = segment.column("surface_sorted")
    names = segment.surfaces()
    numbers: list[int] = order[low:high].tolist()
    if leaf.how == "prefix":
        return numbers
    whole = segment.sorted_surfaces if high - low > len(names) // 2 else None
    words = whole[low:high] if whole is not None else [names[number] for number in numbers]
    meets = surface_test(leaf)
    return [n for n, word in zip(numbers, words, strict=True) if meets(word)]


def _fuzzy(segment: Segment, leaf: Expand) -> list[int]:
    from essaysearch.columnar.spelling import near_words  # most queries have no ~

    return [number for _, number in near_words(segment, leaf.pattern, leaf.distance)]


def _literal_start(leaf: Expand) -> str:
    """What every match begins with."""
    if leaf.how == "prefix":
        return leaf.pattern
    if leaf.how == "wildcard":
        return re.split(r"[*?]", leaf.pattern, maxsplit=1)[0]
    return ""


def _range(segment: Segment, start: str) -> tuple[int, int]:
    """Which places of the sorted surfaces begin with ``start``."""
    order, names = segment.column("surface_sorted"), segment.surfaces()
    total = len(names)
    if not start:
        return 0, total
    wanted = start.encode("utf-8", "surrogatepass")

    def first_place(after: bool) -> int:
        low, high = 0, total
        while low < high:
            middle = (low + high) // 2
            held = names.raw(int(order[middle]))[: len(wanted)]
            if held < wanted or (after and held == wanted):
                low = middle + 1
            else:
                high = middle
        return low

    return first_place(False), first_place(True)


def words_beginning(segment: Segment, start: str, most: int | None = None) -> list[str]:
    """The words of a segment that begin with ``start``, sorted, the first ``most`` of them."""
    low, high = _range(segment, start)
    high = high if most is None else min(high, low + most)
    order, names = segment.column("surface_sorted"), segment.surfaces()
    return [names[int(order[place])] for place in range(low, high)]
