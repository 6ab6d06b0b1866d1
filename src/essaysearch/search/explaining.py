"""Why a passage scores what it scores."""

from __future__ import annotations

from dataclasses import dataclass

from essaysearch import scoring
from essaysearch.columnar import proximity
from essaysearch.columnar.evaluate import LEAVES, Evaluation
from essaysearch.columnar.leaves import tables
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.tree import (
    RANKING_FIELDS,
    AnyFilter,
    Clauses,
    Expand,
    Filter,
    Node,
    Nothing,
    Phrase,
    Same,
    Word,
)


@dataclass(frozen=True)
class Explanation:
    """A value, what it is, and the values it is made of. A node of kind "sum" is the sum of its children."""

    value: float
    label: str
    children: tuple[Explanation, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, indent: int = 0) -> list[str]:
        """The tree as indented lines."""
        lines = [f"{'  ' * indent}{self.value:.4f}  {self.label}"]
        for child in self.children:
            lines += child.lines(indent + 1)
        return lines


def name_of(node: Node) -> str:
    """A clause in the query language, about as it was typed."""
    if isinstance(node, Word):
        return _in_fields(node.fields, f"exact:{node.text}" if node.exact else node.text)
    if isinstance(node, Phrase):
        text = " ".join(word.text for word in node.words)
        return _in_fields(node.fields, f'"{text}"' + (f"~{node.slop}" if node.slop else ""))
    if isinstance(node, Expand):
        shape = {"prefix": "{}*", "fuzzy": "{}~" + str(node.distance), "regex": "/{}/"}.get(node.how, "{}")
        return _in_fields(node.fields, shape.format(node.pattern))
    if isinstance(node, Filter):
        if node.op == "has":
            return f"has:{node.field}"
        value = (
            "..".join("" if v is None else str(v) for v in node.value)
            if node.op == "range"
            else str(node.value)
        )
        return f"{node.field}:{value}"
    if isinstance(node, AnyFilter):
        return " or ".join(name_of(child) for child in node.filters)
    if isinstance(node, Same):
        return f"same:{node.scope}({name_of(node.child)})"
    if isinstance(node, Clauses):
        parts = [f"+{name_of(c)}" for c in node.must] + [name_of(c) for c in (*node.should, *node.filters)]
        return "(" + " ".join(parts + [f"-{name_of(c)}" for c in node.must_not]) + ")"
    return "nothing" if isinstance(node, Nothing) else "everything"


def _in_fields(fields: tuple[str, ...] | None, text: str) -> str:
    return text if fields is None else f"{'|'.join(fields)}:{text}"


def explain(snapshot: Snapshot, tree: Node, passage_id: str) -> Explanation:
    """The score of a passage as a tree whose leaves sum to it. Raises `UnknownId`."""
    view, number = snapshot.locate(passage_id)
    evaluation = Evaluation(snapshot, tree)
    found = evaluation.matches(view)
    if number not in found.docs:
        return Explanation(0.0, "not found by this query; ask why not")
    children = list(_clauses(evaluation, view, evaluation.tree, number, 1.0))
    for a, b in evaluation.pairs:
        near = proximity.nearness_by_passage(view, a, b, found.docs[found.docs == number])
        if near is not None and near[1][0] > 0:
            value = float(proximity.bonus(snapshot, view, a, b, found.docs[found.docs == number])[0])
            children.append(
                Explanation(
                    value, f"`{a.text}` and `{b.text}` stand near each other (nearness {near[1][0]:.3f})"
                )
            )
    score = float(found.scores[found.docs == number][0])
    return Explanation(score, "score: the sum of", tuple(children))


def _clauses(evaluation: Evaluation, view: View, node: Node, number: int, boost: float) -> list[Explanation]:
    if isinstance(node, LEAVES):
        leaf = _leaf(evaluation, view, node, number, boost)
        return [leaf] if leaf is not None else []
    if isinstance(node, Same):
        return _clauses(evaluation, view, node.child, number, boost * node.boost)
    if not isinstance(node, Clauses):
        return []
    rows = []
    for child in (*node.must, *node.should):
        held = evaluation._node(view, child)
        if number in held.docs:
            rows += _clauses(evaluation, view, child, number, boost * node.boost)
    return rows


def _leaf(evaluation: Evaluation, view: View, leaf: Node, number: int, boost: float) -> Explanation | None:
    docs, table = tables(view, leaf)
    rows = table[docs == number]
    if not len(rows) or not rows[0].any():
        return None
    norms = view.norms(evaluation.words)
    x = 0.0
    parts = []
    for field in range(len(norms)):
        times = int(rows[0][field])
        if times:
            share = times / float(norms[field][number])
            x += share
            length = int(view.segment.lengths[field][number])
            norm = float(norms[field][number])
            told = f"{times} × in the {RANKING_FIELDS[field]} of {length} words, over its norm {norm:.3f}"
            parts.append(Explanation(share, told))
    df = evaluation.df(leaf)
    idf = float(scoring.idf(df, evaluation.snapshot.passages))
    factor = boost * leaf.boost
    saturation = float(scoring.saturate(x))
    label = (
        f"{name_of(leaf)}: {factor:g} × idf {idf:.3f} ({df} of {evaluation.snapshot.passages} passages)"
        f" × saturation {saturation:.3f} of"
    )
    return Explanation(factor * idf * saturation, label, tuple(parts))
