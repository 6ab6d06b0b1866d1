"""NEAR and THEN: the clauses they join made one."""

from __future__ import annotations

from itertools import product

from essaysearch.query.items import AND, PLAIN, REQUIRED, Item, clauses
from essaysearch.query.operators import phrase
from essaysearch.query.sentences import NEAR_MIXED, NEAR_OPERAND
from essaysearch.query.words import Warn
from essaysearch.tree import Clauses, Node, Phrase, Word

MOST_WORDS = 512
"""Alternatives (a compound has two) multiply; beyond so many words in all, AND is used instead."""


def with_near(items: list[Item], warn: Warn) -> list[Item]:
    """The items with each run of NEAR, or of THEN, made one item."""
    if not any(item.join.distance for item in items):
        return items
    found: list[Item] = []
    at = 0
    while at < len(items):
        first, join = items[at], items[at].join
        end = at + 1
        while end < len(items) and _continues(items[end], items[at + 1], items[at + 1 : end]):
            end += 1
        operands = items[at:end]
        at = end
        if join.distance:
            join = AND
            warn("near-operand", first.start, first.end, NEAR_MIXED)
        near = _near(operands) if len(operands) > 1 else None
        if near is not None:
            rank = REQUIRED if first.rank == REQUIRED else PLAIN
            found.append(Item(join, first.negated, rank, near, "", first.start, operands[-1].end))
            continue
        if len(operands) > 1:
            warn("near-operand", operands[1].start, operands[1].end, NEAR_OPERAND)
        found.append(first._replace(join=join))
        found += [item._replace(join=AND) for item in operands[1:]]
    return found


def _continues(item: Item, second: Item, run: list[Item]) -> bool:
    return bool(item.join.distance) and (not run or item.join.ordered == second.join.ordered)


def _near(operands: list[Item]) -> Node | None:
    """The operands within their distances of each other; None where one is no word or phrase."""
    if any(item.negated for item in operands[1:]):
        return None
    ways = [_wordings(item.node) for item in operands]
    count = sum(max(map(len, way), default=0) for way in ways)
    for way in ways:
        count *= len(way)
    fields = {wording[0].fields for way in ways for wording in way}
    if not 0 < count <= MOST_WORDS or len(fields) != 1:
        return None
    distance = sum(item.join.distance for item in operands[1:])
    nodes: list[Node] = []
    for wordings in product(*ways):
        words = tuple(word for wording in wordings for word in wording)
        # A phrase's own words stand between its ends, so they do not count as distance.
        slop = distance + len(words) - len(wordings)
        near = phrase(words, slop, operands[1].join.ordered)
        whole = [phrase(wording) for wording in wordings if len(wording) > 1]
        nodes.append(clauses(must=[near, *whole]) if whole else near)
    return nodes[0] if len(nodes) == 1 else clauses(should=nodes)


def _wordings(node: Node | None) -> list[tuple[Word, ...]]:
    """The sequences of words any of which a node stands for; empty where it is something else."""
    if isinstance(node, Word):
        return [(node,)]
    if isinstance(node, Phrase) and not node.slop:
        return [node.words]
    if isinstance(node, Clauses) and node.should and not (node.must or node.must_not or node.filters):
        ways = [_wordings(child) for child in node.should]
        return [way for found in ways for way in found] if all(ways) else []
    return []
