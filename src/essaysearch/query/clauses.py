"""What stands between two brackets, put together: NEAR first, then AND, then side by side.

A chain is what AND holds together, most often one clause. What is required, excluded or
filtered counts for the whole of the brackets, also where it stands in a chain.
"""

from __future__ import annotations

from essaysearch.query.items import (
    AND,
    GROUP,
    OR,
    QUOTED,
    REQUIRED,
    STOP,
    Item,
    Join,
    Parts,
    clauses,
)
from essaysearch.query.near import with_near
from essaysearch.query.operators import FIELDS
from essaysearch.query.sentences import EITHER_RANGE, OR_FILTER
from essaysearch.query.words import Warn
from essaysearch.tree import AnyFilter, Clauses, Filter, Node

BRACKETS = "()"
"""The key of brackets that hold nothing but filters and exclusions."""


def assemble(items: list[Item], extras: list[Node], keep_stops: bool, warn: Warn) -> Parts:
    """The parts that the items of one pair of brackets make; ``extras`` rank, and stand in no chain."""
    chains = _chains(_without_stops(with_near(items, warn), keep_stops))
    level = _Level()
    for number, chain in enumerate(chains):
        before = chains[number - 1] if chain[0].join is OR and number else []
        after = chains[number + 1] if number + 1 < len(chains) and chains[number + 1][0].join is OR else []
        if before or after:
            _warn_of_or(before, chain, after, warn)
        level.take(chain, by_or=bool(before or after))
    must, should = level.ranking()
    filters = [node for key, groups in level.filters.items() for node in _filter(key, groups, warn)]
    return Parts(tuple(must), tuple(should + extras), tuple(level.must_not), tuple(filters))


def node_of(parts: Parts, start: int, end: int) -> Node | None:
    """The parts as one node, the plainest that says the same; None where there are none."""
    must, should, must_not, filters = parts
    if not must_not and len(must) + len(should) + len(filters) == 1:
        return (must or should or filters)[0]
    if not any(parts):
        return None
    return Clauses(must, should, must_not, filters, 1.0, start, end)


def restrict(node: Node, fields: tuple[str, ...]) -> None:
    """Gives every word under the node that has no field of its own these fields."""
    if getattr(node, "fields", fields) is None:
        node.fields = fields
    for child in node.children():
        restrict(child, fields)


class _Level:
    """What the chains between two brackets come to."""

    def __init__(self) -> None:
        self.must: list[Node] = []
        self.should: list[Node] = []
        self.must_not: list[Node] = []
        self.filters: dict[str, list[list[Node]]] = {}
        self.either: list[Node] = []
        """Brackets of filters joined by OR."""
        self.rests: list[Node] = []
        """What is left of chains whose required clauses were taken out."""
        self.chains: list[list[Node]] = []
        self.held_alone = False

    def take(self, chain: list[Item], by_or: bool) -> None:
        """Sorts the clauses of a chain; ``by_or``: it has OR on one of its sides."""
        positives: list[Item] = []
        filters: dict[str, list[Node]] = {}
        for item in chain:
            if item.negated:
                self.must_not.append(item.clause)
            elif not item.key:
                positives.append(item)
            elif item.key == BRACKETS and by_or and len(chain) == 1:
                self.either.append(item.clause)
            elif item.rank == REQUIRED or item.key == BRACKETS or FIELDS[item.key].all_of:
                self.filters[f"{item.key} {len(self.filters)}"] = [[item.clause]]
            else:
                filters.setdefault(item.key, []).append(item.clause)
        for key, nodes in filters.items():
            self.filters.setdefault(key, []).append(nodes)
        if positives:
            self._rank(positives, by_or)

    def _rank(self, positives: list[Item], by_or: bool) -> None:
        held: list[Node] = []
        rest: list[Node] = []
        for item in positives:
            required = item.rank == REQUIRED or (item.rank == QUOTED and not by_or)
            (held if required else rest).append(item.clause)
        self.chains.append([item.clause for item in positives])
        self.held_alone = self.held_alone or not rest
        self.must += held
        if held and rest:
            self.rests.append(rest[0] if len(rest) == 1 else clauses(must=rest))
        elif len(rest) > 1:
            self.should.append(clauses(must=rest))
        elif rest:
            node = rest[0]
            any_of = positives[0].rank == GROUP and isinstance(node, Clauses) and node.boost == 1.0
            self.should += node.should if any_of else rest

    def ranking(self) -> tuple[list[Node], list[Node]]:
        """What must match, and what may; the filters are complete afterwards."""
        must, should = self.must, self.should
        if len(self.chains) == 1 and len(self.chains[0]) > 1 and not self.either:
            return self.chains[0], []
        if self.either and not should and (len(self.either) > 1 or not must):
            self.filters.setdefault(BRACKETS, []).extend([node] for node in self.either)
        else:
            should = should + self.either
        should = should + self.rests
        if self.rests and not self.held_alone:
            # The required part of a chain is no match of its own: one of the clauses must match too.
            return [*must, should[0] if len(should) == 1 else clauses(should=should)], []
        return must, should


def _without_stops(items: list[Item], keep: bool) -> list[Item]:
    """The items that count; one joined by AND to a dropped one takes over what joined that."""
    kept: list[Item] = []
    dropped: Join | None = None
    for item in items:
        if item.node is None or (item.rank == STOP and not keep):
            dropped = dropped or item.join
            continue
        if dropped is not None and item.join is AND:
            item = item._replace(join=dropped)
        dropped = None
        kept.append(item)
    return kept


def _chains(items: list[Item]) -> list[list[Item]]:
    chains: list[list[Item]] = []
    for item in items:
        if item.join is AND and chains:
            chains[-1].append(item)
        else:
            chains.append([item])
    return chains


def _filter(key: str, groups: list[list[Node]], warn: Warn) -> list[Node]:
    """Filters of one field: those of one chain hold together, the chains are alternatives."""
    if len(groups) == 1:
        return [part for node in groups[0] for part in _conditions(node)]
    members: list[Node] = []
    for nodes in groups:
        if len(nodes) > 1:
            members.append(Clauses(filters=tuple(nodes), start=nodes[0].start, end=nodes[-1].end))
        else:
            members += nodes[0].filters if isinstance(nodes[0], AnyFilter) else nodes
    if key in FIELDS:
        _warn_of_ranges(key, members, warn)
    return [AnyFilter(tuple(members), members[0].start, members[-1].end)]


def _conditions(node: Node) -> tuple[Node, ...]:
    return node.filters if isinstance(node, Clauses) and not node.must_not else (node,)


def _warn_of_ranges(name: str, members: list[Node], warn: Warn) -> None:
    """Two open ranges that overlap, of which either suffices, let everything pass."""
    ranges = [node for node in members if isinstance(node, Filter) and node.op == "range"]
    upward = next((node for node in ranges if node.value[1] is None), None)
    downward = next((node for node in ranges if node.value[0] is None), None)
    if upward and downward and upward.value[0] <= downward.value[1]:
        last = max(upward, downward, key=lambda node: node.start)
        warn("either-range", last.start, last.end, EITHER_RANGE.format(name=name))


def _warn_of_or(before: list[Item], chain: list[Item], after: list[Item], warn: Warn) -> None:
    """OR beside a filter changes nothing, unless both sides are one field that means either."""
    filters = [item for item in chain if item.key in FIELDS and not item.negated]
    if not filters or any(item.key in FIELDS for item in before):
        return
    name = filters[0].key
    alone = all(item.key == name for item in (*before, *chain, *after))
    if alone and not FIELDS[name].all_of:
        return
    remedy = f"`{name}:(a OR b)`" if alone else f"brackets around each side: `({name}:…) OR (…)`"
    warn("or-filter", filters[0].start, filters[0].end, OR_FILTER.format(name=name, remedy=remedy))
