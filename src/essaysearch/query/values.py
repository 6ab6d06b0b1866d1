"""A field's value to its node, or to a `Problem` that says what to write instead.

Each builder here belongs to a row of `operators.OPERATORS`.
"""

from __future__ import annotations

from typing import Any

from essaysearch.nearest import nearest
from essaysearch.query.dates import date_range
from essaysearch.query.operator_rows import Given
from essaysearch.query.ranges import Problem, karma_range, shown, year_range
from essaysearch.text.analysis import CHUNK, words_of_chunk
from essaysearch.tree import Filter, Like, Named, Node


def choice(given: Given) -> Node | Problem:
    """One of a few values, in any case."""
    value = given.text.lower()
    if value in given.choices:
        return Filter(given.field, "is", value, given.start, given.end)
    return _no_choice(given)


def has(given: Given) -> Node | Problem:
    """The field that must be known."""
    value = given.text.lower()
    if value in given.choices:
        return Filter(_KNOWN_BY.get(value, value), "has", None, given.start, given.end)
    return _no_choice(given)


_KNOWN_BY = {"replyto": "parent"}
"""What is known of a document that answers one is that one, not whose it is."""


def words(given: Given) -> Node | Problem:
    """Words that stand in the field's value."""
    if not _has_words(given.text):
        return no_value(given.field, given.example)
    return Filter(given.field, "is", given.text, given.start, given.end)


def identifier(given: Given) -> Node | Problem:
    """An id, as typed."""
    if not given.text.strip():
        return no_value(given.field, given.example)
    return Filter(given.field, "is", given.text, given.start, given.end)


def dates(given: Given) -> Node | Problem:
    """A range of dates."""
    return _range(given, date_range(given.text, given.today()))


def karma(given: Given) -> Node | Problem:
    """A range of karma."""
    return _range(given, karma_range(given.text))


def years(given: Given) -> Node | Problem:
    """A range of years."""
    return _range(given, year_range(given.text))


def like(given: Given) -> Node | Problem:
    """The passage to resemble."""
    if not given.text.strip():
        return no_value(given.field, given.example)
    return Like(given.text, 1.0, given.start, given.end)


def topic(given: Given) -> Node | Problem:
    """A topic by name."""
    if not _has_words(given.text):
        return no_value(given.field, given.example)
    return Named(given.text, 1.0, given.start, given.end)


def _no_choice(given: Given) -> Problem:
    if not given.text.strip():
        return no_value(given.field, given.example)
    return no_choice(given.field, given.text, given.choices)


def no_choice(name: str, value: str, choices: tuple[str, ...]) -> Problem:
    """The value is none of the few that the field takes."""
    meant = nearest(value.lower(), choices)
    remedy = f"did you mean `{name}:{meant}`?" if meant else f"write one of {', '.join(choices)}"
    return Problem("bad-value", f"`{name}:` cannot be {shown(value)}; {remedy}")


def no_value(name: str, example: str) -> Problem:
    """Nothing stands behind the field's colon."""
    return Problem("missing-value", f"`{name}:` has no value; write one without a space, as in {example}")


def _range(given: Given, found: tuple[Any, Any] | Problem) -> Node | Problem:
    if isinstance(found, Problem):
        return found
    return Filter(given.field, "range", found, given.start, given.end)


def _has_words(text: str) -> bool:
    return any(words_of_chunk(match.group()) for match in CHUNK.finditer(text[:1000]))
