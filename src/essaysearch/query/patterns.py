"""Patterns over the vocabulary: ``pre*``, ``wild*card?``, ``fuzzy~1``, ``/regex/``, each with its guard.

A pattern is matched against every folded word of the library, so one that would match nearly
all of them, or take long on a single one, is refused with a sentence.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from functools import lru_cache
from typing import Any

from essaysearch.query.ranges import Problem, shown
from essaysearch.text.analysis import fold
from essaysearch.tree import Expand

MOST_EDITS = 2
LONGEST_REGEX = 100
LONGEST_PATTERN = 100
MOST_STARS = 4
_PATHS = 20_000
_WORD_LENGTH = 24
"""A pattern may try at most ``_PATHS`` ways through a word of ``_WORD_LENGTH`` letters."""

_STARS = re.compile(r"[*?]*\*[*?]*")
_CAPITALS = re.compile(r"(\\.)|[^\\]+", re.S)


def star(text: str) -> Expand | Problem:
    """``pre*`` or ``wild*card?``; ``text`` holds letters and digits, ``*`` and ``?``.

    >>> star("Decept*").pattern, star("wom?n").pattern
    ('decept', 'wom?n')
    """
    # A run of both means: at least as many letters as it has question marks.
    pattern = _STARS.sub(lambda run: "?" * run[0].count("?") + "*", fold(text))
    letters = pattern.replace("*", "").replace("?", "")
    if len(letters) < (2 if letters.isascii() else 1):
        return Problem(
            "too-broad",
            f"{shown(text)} would match too many words; write at least two letters beside * and ?",
        )
    if len(pattern) > LONGEST_PATTERN or pattern.count("*") > MOST_STARS:
        return Problem(
            "too-broad",
            f"{shown(text)} is too long or has too many stars; at most {MOST_STARS} stars "
            f"and {LONGEST_PATTERN} characters are tried",
        )
    if pattern == letters + "*":
        return Expand("prefix", letters)
    return Expand("wildcard", pattern)


def fuzzy(word: str, distance: int) -> Expand | Problem:
    """``word~1``: the words within one or two edits. Two edits need a word of five letters.

    >>> fuzzy("decepton", 1)
    Expand(how='fuzzy', pattern='decepton', distance=1, fields=None)
    """
    pattern = fold(word)
    least = 3 if distance <= 1 else 5
    if not 1 <= distance <= MOST_EDITS:
        return Problem(
            "bad-number", f"`~{distance}` is out of range; a word may be ~1 or ~{MOST_EDITS} edits away"
        )
    if len(pattern) < least:
        return Problem(
            "too-broad",
            f"{shown(word + '~' + str(distance))} would match too many words; "
            f"~1 needs a word of 3 letters, ~2 one of 5",
        )
    if len(pattern) > LONGEST_PATTERN:
        return Problem(
            "too-broad", f"{shown(word)} is too long for ~; at most {LONGEST_PATTERN} letters are tried"
        )
    return Expand("fuzzy", pattern, distance)


def regex(pattern: str) -> Expand | Problem:
    """``/pattern/``: the words that the regular expression matches from end to end.

    Capitals are folded, as the vocabulary is. Lookaround, references to groups and repeated
    repetition are refused, because a single long word could keep them busy for hours.

    >>> regex("Decepti(on|ve)").pattern
    'decepti(on|ve)'
    """
    if len(pattern) > LONGEST_REGEX:
        return Problem(
            "costly-regex", f"the pattern is too long; at most {LONGEST_REGEX} characters are tried"
        )
    checked = _checked(pattern)
    return checked if isinstance(checked, Problem) else Expand("regex", checked)


@lru_cache(maxsize=256)
def _checked(pattern: str) -> str | Problem:
    """The pattern folded, or why it is refused."""
    folded = _CAPITALS.sub(lambda run: run[0] if run[1] else fold(run[0]), pattern)
    written = shown(f"/{pattern}/")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(folded)
            parsed = importlib.import_module(_PARSER).parse(folded)
        paths, chosen = _paths(parsed), _chosen(parsed)
    except re.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        return Problem(
            "bad-regex",
            f"the pattern {written} cannot be read: {error.msg}{place}; "
            "write a backslash before a character that is meant as itself",
        )
    except (ValueError, OverflowError, RecursionError):
        paths, chosen = _PATHS + 1, 0
    if paths > _PATHS:
        return Problem(
            "costly-regex",
            f"the pattern {written} could take too long; leave out repetition within repetition, "
            "lookaround and references, or use * and ? instead",
        )
    if not chosen:
        return Problem(
            "too-broad", f"{written} would match too many words; name at least one letter it must have"
        )
    return folded


_PARSER = "re._parser" if sys.version_info >= (3, 11) else "sre_parse"


def _paths(sequence: Any) -> int:
    """How many ways a backtracking matcher may go through the pattern; above `_PATHS`: too many."""
    total = 1
    for op, argument in sequence:
        name = str(op)
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE"):
            ways = 1
        elif name == "BRANCH":
            ways = sum(_paths(branch) for branch in argument[1])
        elif name == "SUBPATTERN":
            ways = _paths(argument[-1])
        elif name == "ATOMIC_GROUP":
            ways = _paths(argument)
        elif name.endswith("_REPEAT"):
            least, most, body = argument
            least, most = min(int(least), _WORD_LENGTH), min(int(most), _WORD_LENGTH)
            inner = _paths(body)
            ways = most - least + 1 if inner == 1 else sum(inner**n for n in range(least, most + 1))
        else:
            raise ValueError(name)
        total *= ways
        if total > _PATHS:
            return _PATHS + 1
    return total


def _chosen(sequence: Any) -> int:
    """How many letters or sets of letters the pattern insists on."""
    total = 0
    for op, argument in sequence:
        name = str(op)
        if name in ("LITERAL", "IN"):
            total += 1
        elif name == "BRANCH":
            total += min(_chosen(branch) for branch in argument[1])
        elif name == "SUBPATTERN":
            total += _chosen(argument[-1])
        elif name == "ATOMIC_GROUP":
            total += _chosen(argument)
        elif name.endswith("_REPEAT") and int(argument[0]):
            total += _chosen(argument[2])
    return total
