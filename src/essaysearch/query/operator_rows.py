"""The shape of a row in the table of operators, and what its builder is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from essaysearch.query.ranges import Problem
from essaysearch.tree import Node

Kind = Literal["boolean", "phrase", "pattern", "text", "scope", "named", "filter"]


class Operator(NamedTuple):
    """A row: how it is written, an example query, what it means, and what makes its node.

    ``name`` is the field without its colon, or the operator's own name. ``values`` are the
    choices where there are few. ``build`` makes the node, or says what is wrong as a `Problem`:
    of a `Given` for ``named`` and ``filter`` rows, of the pattern for ``pattern``
    rows, of words for ``phrase`` rows; ``boolean`` rows, ``text`` and ``scope`` rows make none of
    their own. ``fields`` are the text fields a ``text`` row restricts words to. ``all_of``: given
    twice, both must hold; else either. ``words``: in brackets, several words are one value; else
    each is a value.
    """

    name: str
    kind: Kind
    syntax: str
    example: str
    meaning: str
    values: tuple[str, ...] = ()
    build: Callable[..., Node | Problem] | None = None
    fields: tuple[str, ...] = ()
    all_of: bool = False
    words: bool = False


class Given(NamedTuple):
    """What stands behind a field's colon: the text without quotes, its place, and the field's row.

    ``choices`` are the row's values, ``example`` its example; ``today`` gives the day it is.
    """

    field: str
    text: str
    start: int
    end: int
    choices: tuple[str, ...]
    example: str
    today: Callable[[], date]
