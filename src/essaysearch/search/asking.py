"""What was asked: a query and the options that decide what is found and in which order, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date as Day
from typing import Any

from essaysearch.errors import UnknownChoice
from essaysearch.model import Record

GROUPS = ("passage", "document", "thread", "author", "exchange")

SORTS = ("relevance", "date", "karma", "author", "length")
"""Keys to sort by: best, newest, highest, A to Z, longest first; a ``-`` before a key turns it round."""

FACETS = ("kind", "author", "year", "category", "source", "voice")

Encoder = Callable[[list[str]], Any]
"""From texts to vectors: anything that NumPy takes as an array (texts, dimensions) of numbers."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Search(Record):
    """A search as a value: it prints, compares, goes into a file and runs again.

    The names are those of `Library.search` and of the command line. ``narrow`` are further
    queries that every hit must match as well; they do not rank. ``expand`` adds words that the first
    results share, ``expand_with`` the words it names. ``k`` None: every hit. ``today``
    is the day from which relative dates count, ISO 8601; None: the day on which the search runs.
    ``encoder`` ranks beside the words; it is no part of what goes into a file.

    >>> Search("inner alignment", k=3)
    Search(query='inner alignment', k=3)
    """

    query: str
    k: int | None = 10
    offset: int = 0
    group: str = "passage"
    sort: str | None = None
    facets: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    literal: bool = False
    proximity: bool = True
    collapse: bool = False
    snippets: int = 1
    today: str | None = None
    expand: bool = False
    expand_with: str | None = None
    encoder: Encoder | None = None

    def __repr__(self) -> str:
        told = [f"query={self.query!r}"]
        told += [
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)[1:]
            if getattr(self, field.name) != field.default
        ]
        return f"Search({', '.join(told)})"

    @property
    def asked(self) -> str:
        """The query, and behind it those that narrow it."""
        return " | ".join((self.query, *self.narrow))

    def to_dict(self) -> dict[str, Any]:
        """The search as JSON values, defaults included, so that a later default changes nothing.

        An encoder is left out.

        >>> Search.from_dict(Search("x", narrow=("kind:essay",)).to_dict())
        Search(query='x', narrow=('kind:essay',))
        """
        values = {name: getattr(self, name) for name in _types()}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    @classmethod
    def from_dict(cls, told: Any) -> Search:
        """The search that `to_dict` told. Raises `UnknownChoice` for what is none."""
        types = _types()
        if not isinstance(told, dict) or not isinstance(told.get("query"), str):
            raise UnknownChoice("This is no saved search: it has no query.")
        for name, value in told.items():
            if name not in types:
                raise UnknownChoice(
                    f"There is no option `{name}` of a search. There are: {', '.join(types)}."
                )
            if type(value) not in types[name]:
                raise UnknownChoice(f"The option `{name}` of a search cannot be {value!r}.")
        values: dict[str, Any] = {name: tuple(v) if type(v) is list else v for name, v in told.items()}
        return cls(**values)

    @property
    def day(self) -> Day | None:
        """``today`` as a date. Raises `UnknownChoice` where it is none."""
        try:
            return Day.fromisoformat(self.today) if self.today else None
        except ValueError:
            raise UnknownChoice(f"`{self.today}` is no day. Write it as 2024-01-31.") from None

    def on(self, day: Day) -> Search:
        """The search with the day from which relative dates count, if it has none."""
        return self if self.today else replace(self, today=day.isoformat())

    def check(self) -> None:
        """Raise `UnknownChoice`, naming what there is, where a group, sort key or facet is none."""
        if self.group not in GROUPS:
            raise UnknownChoice(
                f"Results cannot be grouped by `{self.group}`. Choose one of: {', '.join(GROUPS)}."
            )
        for facet in self.facets:
            if facet not in FACETS:
                raise UnknownChoice(f"There is no facet `{facet}`. Choose among: {', '.join(FACETS)}.")
        for name, _ in sort_keys(self.sort):
            if name not in SORTS:
                raise UnknownChoice(
                    f"Results cannot be sorted by `{name}`. Choose among: {', '.join(SORTS)}."
                )


def asked(query: str | Search, **options: Any) -> Search:
    """A query with its options, or a search with others, named and written as `Library.search` takes them.

    What is a list may be given as one text: ``narrow`` is one query then, ``facets`` are names apart by
    commas.

    >>> asked("pausing", narrow="kind:essay", facets="kind, year")
    Search(query='pausing', facets=('kind', 'year'), narrow=('kind:essay',))
    """
    for name, value in options.items():
        if name == "narrow":
            options[name] = (value,) if isinstance(value, str) else tuple(value)
        elif name == "facets":
            options[name] = names_in(value) if isinstance(value, str) else tuple(value)
        elif name == "today" and isinstance(value, Day):
            options[name] = value.isoformat()
    return replace(query, **options) if isinstance(query, Search) else Search(query, **options)


def names_in(text: str) -> tuple[str, ...]:
    """Names apart by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "int | None": (int, type(None)),
    "bool": (bool,),
    "str | None": (str, type(None)),
    "tuple[str, ...]": (list, tuple),
}


def _types() -> dict[str, tuple[type, ...]]:
    """The options that go into a file, and what each can be."""
    return {field.name: _TYPES[str(field.type)] for field in fields(Search) if field.name != "encoder"}


def sort_keys(sort: str | None) -> list[tuple[str, bool]]:
    """(key, turned round) in the order given; empty where no order was.

    >>> sort_keys("author, -date")
    [('author', False), ('date', True)]
    """
    parts = [part.strip() for part in sort.split(",")] if sort else []
    return [(part.lstrip("-"), part.startswith("-")) for part in parts]
