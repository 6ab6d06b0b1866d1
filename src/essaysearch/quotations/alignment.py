"""Which words of a quotation stand in its source, in which order, and what was changed between.

The longest common subsequence of words (rapidfuzz computes it, many times faster than difflib and
without its heuristics), tidied so that matches lie close together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from essaysearch.quotations.shingles import read_quote, word_hashes, word_spans

Pair = tuple[int, int]


class Run(NamedTuple):
    """``length`` words from ``quoted`` on in the quotation are those from ``source`` on in the source."""

    quoted: int
    source: int
    length: int


ChangeKind = Literal["same", "replaced", "left out", "added", "shortened"]


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of the difference: what the quotation has, what the source has (either may be empty).

    ``shortened``: left out behind an ellipsis, as quotations may.
    """

    kind: ChangeKind
    quoted: str
    source: str


def runs_between(quoted: Sequence[int], source: Sequence[int]) -> list[Run]:
    """The runs of words that two texts share, in the order of both, stray ones at the ends left out.

    O(n·m/64) in the numbers of words. A match far from all others at either end is no part of
    the quotation and is dropped.
    """
    from rapidfuzz.distance import LCSseq

    pairs: list[Pair] = []
    for op in LCSseq.opcodes(quoted, source):
        if op.tag == "equal":
            pairs += zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True)
    return _without_strays(_runs(_gathered(pairs, quoted, source)))


def _gathered(pairs: list[Pair], quoted: Sequence[int], source: Sequence[int]) -> list[Pair]:
    """Equal words moved next to their neighbours where the source offers the same word there."""
    for at in range(len(pairs) - 2, -1, -1):
        (i, j), (after_i, after_j) = pairs[at], pairs[at + 1]
        if after_i == i + 1 and after_j > j + 1 and source[after_j - 1] == quoted[i]:
            pairs[at] = (i, after_j - 1)
    for at in range(1, len(pairs)):
        (i, j), (before_i, before_j) = pairs[at], pairs[at - 1]
        later = pairs[at + 1][1] if at + 1 < len(pairs) else len(source)
        nearer = before_j + 1
        if (
            before_i == i - 1
            and j > nearer
            and nearer < later
            and source[nearer] == quoted[i]
            and later > j + 1
        ):
            pairs[at] = (i, nearer)
    return pairs


def _runs(pairs: list[Pair]) -> list[Run]:
    runs: list[Run] = []
    begin = 0
    for at in range(1, len(pairs) + 1):
        (i, j), (first_i, first_j) = pairs[at] if at < len(pairs) else (-1, -1), pairs[begin]
        if i - first_i != at - begin or j - first_j != at - begin:
            runs.append(Run(first_i, first_j, at - begin))
            begin = at
    return runs


def _without_strays(runs: list[Run]) -> list[Run]:
    while len(runs) > 1 and _is_stray(runs[0], _gap(runs[0], runs[1])):
        runs = runs[1:]
    while len(runs) > 1 and _is_stray(runs[-1], _gap(runs[-2], runs[-1])):
        runs = runs[:-1]
    return runs


def _is_stray(run: Run, gap: int) -> bool:
    return run.length <= 2 and gap > 2 * run.length + 1


def _gap(one: Run, other: Run) -> int:
    """The words of the source between two runs, beyond those that the quotation has between them."""
    between = other.source - one.source - one.length
    return between if between > other.quoted - one.quoted - one.length else 0


def difference(quoted: str, source: str) -> tuple[Change, ...]:
    """How a quotation departs from its source, word by word, in order.

    Of the source, what stands before the first and after the last shared word is left out.
    Changes of case and punctuation alone are none. The ``quoted`` sides together are the
    quotation's words; nothing shared gives one ``replaced``, an empty quotation nothing.
    """
    quote = read_quote(quoted)
    there = word_spans(source)
    runs = runs_between(quote.words.tolist(), word_hashes(source).tolist())
    borders = {end for _, end in quote.fragments[:-1]}
    if not runs:
        return (Change("replaced", quoted.strip(), ""),) if quoted.strip() else ()
    changes: list[Change] = []
    at, here = 0, runs[0].source
    for run in [*runs, Run(len(quote.words), runs[-1].source + runs[-1].length, 0)]:
        said, meant = _words(quoted, quote.spans, at, run.quoted), _words(source, there, here, run.source)
        if said or meant:
            elided = not said and any(at <= border <= run.quoted for border in borders)
            kind: ChangeKind = "replaced" if said and meant else "added" if said else "left out"
            changes.append(Change("shortened" if elided else kind, said, meant))
        if run.length:
            same = _words(quoted, quote.spans, run.quoted, run.quoted + run.length)
            changes.append(Change("same", same, _words(source, there, run.source, run.source + run.length)))
        at, here = run.quoted + run.length, run.source + run.length
    return tuple(changes)


def _words(text: str, spans: Sequence[Pair], start: int, end: int) -> str:
    return text[spans[start][0] : spans[end - 1][1]] if start < end else ""
