"""What the parser collects between two brackets: clauses as typed, and how each is joined to the last."""

from __future__ import annotations

from typing import NamedTuple

from essaysearch.tree import AnyFilter, Clauses, Filter, Node

PLAIN, QUOTED, REQUIRED, GROUP, STOP = range(5)
"""How an item stands: a ranking clause; a quoted phrase; marked ``+``; a bracketed any-of, which
may dissolve into what is around it; a stop word (or nothing), which counts only if all are."""


class Join(NamedTuple):
    """How an item is joined to the one before it; NEAR and THEN have a distance."""

    kind: str
    distance: int = 0
    ordered: bool = False


SIDE, OR, AND = Join("SIDE"), Join("OR"), Join("AND")


class Item(NamedTuple):
    """A clause as typed. ``key`` is a filter's field, ``()`` for brackets that only filter, else empty."""

    join: Join
    negated: bool
    rank: int
    node: Node | None
    key: str
    start: int
    end: int

    @property
    def clause(self) -> Node:
        """The node of an item that counts."""
        assert self.node is not None
        return self.node


class Parts(NamedTuple):
    """The four parts of a `Clauses`."""

    must: tuple[Node, ...]
    should: tuple[Node, ...]
    must_not: tuple[Node, ...]
    filters: tuple[Node, ...]


def is_condition(node: Node) -> bool:
    """Whether a node only filters: it has nothing that ranks."""
    if isinstance(node, Clauses):
        return not node.must and not node.should
    return isinstance(node, (Filter, AnyFilter))


def clauses(must: list[Node] | None = None, should: list[Node] | None = None) -> Clauses:
    """A `Clauses` that spans its nodes, of which there is at least one."""
    nodes = (must or []) + (should or [])
    start, end = min(node.start for node in nodes), max(node.end for node in nodes)
    return Clauses(must=tuple(must or ()), should=tuple(should or ()), start=start, end=end)
