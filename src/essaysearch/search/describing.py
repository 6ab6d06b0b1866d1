"""What a query means in a library: its clauses, how many passages each matches, what patterns stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.patterns import expanded_words
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.search.explaining import name_of
from essaysearch.tree import Clauses, Expand, Node, Phrase, Same, Word

MOST_WORDS = 50
"""Words of a pattern's expansion that are listed."""


@dataclass(frozen=True)
class Description:
    """A clause: its part in the clause around it, how it reads, what it does, how many passages match."""

    part: str
    clause: str
    meaning: str
    passages: int
    children: tuple[Description, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, indent: int = 0) -> list[str]:
        """The tree as indented lines."""
        number = f"{self.passages:,} passage" + ("" if self.passages == 1 else "s")
        told = f"{self.part}{' ' if self.part else ''}{self.clause}: "
        lines = [f"{'  ' * indent}{told}{self.meaning}{', ' if self.meaning else ''}{number}"]
        for child in self.children:
            lines += child.lines(indent + 1)
        return lines

    def to_dict(self) -> dict[str, Any]:
        """The tree as JSON values."""
        return {
            "part": self.part,
            "clause": self.clause,
            "meaning": self.meaning,
            "passages": self.passages,
            "children": [child.to_dict() for child in self.children],
        }


def describe(snapshot: Snapshot, tree: Node) -> Description:
    """The tree of a resolved query."""
    return _described(Evaluation(snapshot, tree), tree, "")


def _described(evaluation: Evaluation, node: Node, part: str) -> Description:
    children: tuple[Description, ...] = ()
    clause = name_of(node)
    if isinstance(node, Clauses):
        rows = [("must", c) for c in node.must] + [("any of", c) for c in node.should]
        rows += [("only", c) for c in node.filters] + [("not", c) for c in node.must_not]
        children = tuple(_described(evaluation, child, name) for name, child in rows)
        clause = "all of this" if part else "the query"
    elif isinstance(node, Same):
        children = (_described(evaluation, node.child, "holds"),)
    passages = sum(int((evaluation.mask(view, node) & view.live).sum()) for view in evaluation.snapshot.views)
    return Description(part, clause, _meaning(evaluation.snapshot, node), passages, children)


def _meaning(snapshot: Snapshot, node: Node) -> str:
    weight = f", weight {node.boost:g}" if node.boost != 1.0 else ""
    if isinstance(node, Word):
        return f"the stem `{node.term}`{' in this very form' if node.exact else ''}{weight}"
    if isinstance(node, Phrase):
        stems = " ".join(word.term for word in node.words)
        how = (
            f"within {node.slop} positions{' in order' if node.ordered else ''}" if node.slop else "adjacent"
        )
        return f"the stems `{stems}` {how}{weight}"
    if isinstance(node, Expand):
        words = sorted({word for view in snapshot.views for word in expanded_words(view.segment, node)})
        shown = ", ".join(words[:MOST_WORDS]) + (", …" if len(words) > MOST_WORDS else "")
        return f"{len(words):,} word{'' if len(words) == 1 else 's'} ({shown}){weight}"
    return weight.removeprefix(", ")
