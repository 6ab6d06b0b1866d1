"""The slow obvious evaluator: scores every passage by the formulas, with no index at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from essaysearch import scoring
from essaysearch.columnar import records
from essaysearch.model import Document, Passage
from essaysearch.text.analysis import Token, tokens
from essaysearch.text.matching import surface_test
from essaysearch.tree import AnyFilter, Clauses, Every, Expand, Filter, Node, Phrase, Word

FIELDS = ("body", "title", "section", "answers")


@dataclass
class Unit:
    document: Document
    passage: Passage
    fields: dict[str, list[Token]]
    texts: dict[str, str]

    @property
    def key(self) -> tuple[str, int]:
        return self.document.id, self.passage.number


def units(library: dict[str, tuple[Document, tuple[Passage, ...]]]) -> list[Unit]:
    held = []
    for document, passages in library.values():
        for passage in passages:
            answered = "\n".join(document.text[passages[n].start : passages[n].end] for n in passage.answers)
            texts = dict(
                zip(
                    FIELDS,
                    (
                        document.text[passage.start : passage.end],
                        document.title or "",
                        passage.section or "",
                        answered,
                    ),
                    strict=True,
                )
            )
            held.append(Unit(document, passage, {f: tokens(t) for f, t in texts.items()}, texts))
    return held


def rank(held: list[Unit], tree: Node, proximity: bool = True) -> list[tuple[float, tuple[str, int]]]:
    """(score, (document id, passage number)) of every match, best first."""
    scorer = _Scorer(held, tree, proximity)
    found = [(scorer.score(unit), unit.key) for unit in held if scorer.matches(tree, unit)]
    return sorted(found, key=lambda row: (-row[0], row[1]))


class _Scorer:
    def __init__(self, held: list[Unit], tree: Node, proximity: bool) -> None:
        self.held, self.tree, self.proximity = held, tree, proximity
        self.average = {}
        for field in FIELDS:
            lengths = [len(u.fields[field]) for u in held if u.fields[field]]
            self.average[field] = sum(lengths) / len(lengths) if lengths else 1.0
        self.words = sum(len(leaf.words) if isinstance(leaf, Phrase) else 1 for leaf in self.leaves(tree))
        self._df: dict[int, int] = {}

    def leaves(self, node: Node) -> list[Node]:
        if isinstance(node, (Word, Phrase, Expand)):
            return [node]
        if isinstance(node, Clauses):
            return [leaf for child in (*node.must, *node.should) for leaf in self.leaves(child)]
        return []

    def count(self, leaf: Node, unit: Unit, field: str) -> int:
        words, text = unit.fields[field], unit.texts[field]
        if isinstance(leaf, Word):
            return sum(self.is_word(leaf, token, text) for token in words)
        if isinstance(leaf, Expand):
            meets = surface_test(leaf)
            return sum(meets(token.surface) for token in words)
        assert isinstance(leaf, Phrase)
        places = [
            [n for n, token in enumerate(words) if self.is_word(word, token, text)] for word in leaf.words
        ]
        if leaf.slop == 0:
            return sum(all(first + n in held for n, held in enumerate(places)) for first in places[0])
        return sum(self.window([first], places[1:], leaf) for first in places[0])

    def window(self, chosen: list[int], rest: list[list[int]], leaf: Phrase) -> bool:
        if not rest:
            return max(chosen) - min(chosen) <= leaf.slop and (not leaf.ordered or chosen == sorted(chosen))
        return any(self.window([*chosen, place], rest[1:], leaf) for place in rest[0] if place not in chosen)

    @staticmethod
    def is_word(word: Word, token: Token, text: str) -> bool:
        return token.term == word.term and (not word.exact or text[token.start : token.end] == word.text)

    def x(self, leaf: Node, unit: Unit) -> float:
        total = 0.0
        for field in FIELDS:
            if leaf.fields is not None:
                voice = {"own": "own", "quoted": "quote"}.get(unit.passage.voice)
                if field not in leaf.fields and not (field == "body" and voice in leaf.fields):
                    continue
            times = self.count(leaf, unit, field)
            if times:
                name = "quote" if field == "body" and unit.passage.voice == "quoted" else field
                total += times / scoring.field_norm(
                    name, len(unit.fields[field]), self.average[field], self.words
                )
        return float(total)

    def df(self, leaf: Node) -> int:
        known = self._df.get(id(leaf))
        if known is None:
            if isinstance(leaf, Word):
                known = sum(
                    any(t.term == leaf.term for words in u.fields.values() for t in words) for u in self.held
                )
            else:
                known = sum(self.x(leaf, unit) > 0 for unit in self.held)
            self._df[id(leaf)] = known
        return known

    def matches(self, node: Node, unit: Unit) -> bool:
        if isinstance(node, (Word, Phrase, Expand)):
            return self.x(node, unit) > 0
        if isinstance(node, Filter):
            return self.passes(node, unit)
        if isinstance(node, AnyFilter):
            return any(self.matches(child, unit) for child in node.filters)
        if isinstance(node, Every):
            return True
        if isinstance(node, Clauses):
            if not all(self.matches(child, unit) for child in (*node.must, *node.filters)):
                return False
            if any(self.matches(child, unit) for child in node.must_not):
                return False
            return (
                bool(node.must) or not node.should or any(self.matches(child, unit) for child in node.should)
            )
        return False

    def passes(self, condition: Filter, unit: Unit) -> bool:
        document = unit.document
        if condition.field == "voice":
            return unit.passage.voice == condition.value
        if condition.field == "karma":
            low, high = condition.value
            return (
                document.karma is not None
                and (low is None or document.karma >= low)
                and (high is None or document.karma <= high)
            )
        if condition.field == "date":
            low, precision = records.date_key(document.date)
            if not precision:
                return False
            begin, end = condition.value
            # ISO dates of one precision compare as text; the test uses whole days only.
            return (begin is None or document.date >= begin) and (end is None or document.date <= end)
        values = {"author": document.authors, "kind": (document.kind,), "source": (document.source or "",)}[
            condition.field
        ]
        wanted = [t.surface for t in tokens(str(condition.value))]
        for value in values:
            words = [t.surface for t in tokens(value)]
            if condition.field == "author":
                if wanted and set(wanted) <= set(words):
                    return True
                continue
            if wanted and any(words[at : at + len(wanted)] == wanted for at in range(len(words))):
                return True
        return False

    def clause(self, node: Node, unit: Unit) -> float:
        if isinstance(node, (Word, Phrase, Expand)):
            idf = float(scoring.idf(self.df(node), len(self.held)))
            return node.boost * idf * float(scoring.saturate(self.x(node, unit)))
        if isinstance(node, Clauses):
            if not self.matches(node, unit):
                return 0.0
            return node.boost * self.side_by_side(node, unit)
        return 0.0

    def side_by_side(self, node: Clauses, unit: Unit) -> float:
        total = 0.0
        for children in (node.must, node.should):
            times = Counter(self.word_key(child) for child in children)
            seen = set()
            for child in children:
                key = self.word_key(child)
                repeated = node is self.tree and times[key] > 1
                if repeated and key in seen:
                    continue
                seen.add(key)
                total += self.clause(child, unit) * (
                    float(scoring.query_weight(times[key])) if repeated else 1.0
                )
        return total

    def word_key(self, node: Node) -> object:
        return (
            (node.term, node.fields, node.exact and node.text, node.boost)
            if isinstance(node, Word)
            else id(node)
        )

    def score(self, unit: Unit) -> float:
        return self.clause(self.tree, unit) + (self.bonus(unit) if self.proximity else 0.0)

    def bonus(self, unit: Unit) -> float:
        if not isinstance(self.tree, Clauses):
            return 0.0
        plain = [
            n
            for n in (*self.tree.must, *self.tree.should)
            if isinstance(n, Word) and n.fields is None and not n.exact
        ]
        if self.tree.must and self.tree.should:
            plain.sort(key=lambda word: word.start)
        pairs = {}
        for a, b in pairwise(plain):
            if a.term != b.term:
                pairs.setdefault(frozenset((a.term, b.term)), (a, b))
        total = 0.0
        for a, b in pairs.values():
            near = 0.0
            for words in unit.fields.values():
                left = [n for n, token in enumerate(words) if token.term == a.term]
                right = [n for n, token in enumerate(words) if token.term == b.term]
                near += sum(float(scoring.nearness(abs(i - j))) for i in left for j in right)
            idf = [float(scoring.idf(self.df(word), len(self.held))) for word in (a, b)]
            total += float(scoring.proximity(*idf, near))
        return total
