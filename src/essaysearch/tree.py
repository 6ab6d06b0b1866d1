"""The query tree: what a query means, as nodes of ``whoosh.query``.

The parser (`query.py`) builds these; the columnar evaluator ranks them; under stock Whoosh
each node matches the same passages through its ``matcher``. One word over several fields is
one node, so that BM25F can add its frequencies before saturating them. Trees are never
normalised by Whoosh.

``fields`` is None for every ranking field, else a tuple of names of `FIELDS`:
``own`` and ``quote`` are the passage's body where its voice is own or quoted.
``start`` and ``end`` are the node's place in the query's text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh import query as whoosh_query

RANKING_FIELDS = ("body", "title", "section", "answers")
"""The fields whose frequencies BM25F sums, in the order in which an index stores them."""

TEXT_FIELDS = ("title", "section", "own", "quote", "answers", "body")
"""The names a query may restrict a word to."""

SCOPES = ("sentence", "passage", "comment", "document", "thread")


class Node(whoosh_query.Query):  # type: ignore[misc, name-defined]
    """A clause of a query. Nodes are values: equal parts make equal nodes."""

    _parts: tuple[str, ...] = ()

    def __init__(self, start: int = 0, end: int = 0, boost: float = 1.0) -> None:
        self.start, self.end, self.boost = start, end, boost

    def children(self) -> Iterator[Node]:
        return iter(())

    def is_leaf(self) -> bool:
        return not any(True for _ in self.children())

    def normalize(self) -> Node:
        return self

    def _key(self) -> tuple[Any, ...]:
        return (type(self).__name__, self.boost, *(getattr(self, part) for part in self._parts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        parts = ", ".join(f"{part}={getattr(self, part)!r}" for part in self._parts)
        boost = f", boost={self.boost!r}" if self.boost != 1.0 else ""
        return f"{type(self).__name__}({parts}{boost})"

    def __str__(self) -> str:
        return repr(self)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        from essaysearch.columnar.stock import matcher_of

        return matcher_of(self, searcher, context)

    def estimate_size(self, ixreader: Any) -> int:
        return int(ixreader.doc_count())


class Word(Node):
    """A word: ``text`` as typed, ``term`` its stem.

    With ``exact`` it matches only ``text`` letter for letter, case and diacritics included
    (its ``term`` narrows the candidates).
    """

    _parts = ("text", "term", "fields", "exact")

    def __init__(
        self,
        text: str,
        term: str,
        fields: tuple[str, ...] | None = None,
        exact: bool = False,
        boost: float = 1.0,
        start: int = 0,
        end: int = 0,
    ) -> None:
        self.text, self.term, self.fields, self.exact = text, term, fields, exact
        self.boost, self.start, self.end = boost, start, end


class AddedWord(Word):
    """A word that the query does not hold but its expansion adds.

    It ranks and matches as a word does, but is none of the query's: it counts neither to the
    query's length nor as a neighbour of other words, and does not join with an equal word.
    """


class FrameWord(AddedWord):
    """A word that only asks the question: of the query, but counted as an added one is."""


class Phrase(Node):
    """Words that stand together in one field of one passage.

    ``slop`` 0: adjacent, in order. Otherwise every word lies within ``slop`` positions of the
    first found of them (for two words: their positions differ by at most ``slop``), in any
    order unless ``ordered``.
    """

    _parts = ("words", "slop", "ordered", "fields")

    def __init__(
        self,
        words: tuple[Word, ...],
        slop: int = 0,
        ordered: bool = True,
        fields: tuple[str, ...] | None = None,
        boost: float = 1.0,
        start: int = 0,
        end: int = 0,
    ) -> None:
        self.words, self.slop, self.ordered, self.fields = words, slop, ordered, fields
        self.boost, self.start, self.end = boost, start, end

    def children(self) -> Iterator[Node]:
        return iter(self.words)


class Expand(Node):
    """Every folded word of the vocabulary that a pattern matches; it ranks as one word.

    ``pattern`` is folded, as the vocabulary is; a regular expression is already checked.
    ``how`` is ``prefix`` (``pattern`` without its star), ``wildcard`` (``*`` any run, ``?`` one
    character), ``fuzzy`` (within ``distance`` edits) or ``regex`` (matched against whole words).
    """

    _parts = ("how", "pattern", "distance", "fields")

    def __init__(
        self,
        how: str,
        pattern: str,
        distance: int = 0,
        fields: tuple[str, ...] | None = None,
        boost: float = 1.0,
        start: int = 0,
        end: int = 0,
    ) -> None:
        self.how, self.pattern, self.distance, self.fields = how, pattern, distance, fields
        self.boost, self.start, self.end = boost, start, end


class Filter(Node):
    """A condition on metadata; it never ranks.

    ``op`` is ``is`` (folded words of ``value`` stand in order in the field's value),
    ``range`` (``value`` is a pair (low, high), both inclusive, None for open) or
    ``has`` (the field has a value; ``value`` is None). Dates in a range are ISO instants, inclusive.
    ``kind`` and ``voice`` values are checked and lower case; every other value is as typed.
    """

    _parts = ("field", "op", "value")

    def __init__(self, field: str, op: str, value: Any, start: int = 0, end: int = 0) -> None:
        self.field, self.op, self.value = field, op, value
        self.boost, self.start, self.end = 1.0, start, end


class Clauses(Node):
    """What stands side by side.

    A passage matches if it matches all of ``must`` and ``filters``, none of ``must_not``, and,
    where ``must`` is empty and ``should`` is not, at least one of ``should``. Its score is the
    sum over the clauses it matches, first those of ``must``, then those of ``should``.
    With neither, every passage that passes is matched, score 0; such a `Clauses` (a *condition*)
    may itself stand in ``filters``, ``must_not`` or ``should``.
    """

    _parts = ("must", "should", "must_not", "filters")

    def __init__(
        self,
        must: tuple[Node, ...] = (),
        should: tuple[Node, ...] = (),
        must_not: tuple[Node, ...] = (),
        filters: tuple[Node, ...] = (),
        boost: float = 1.0,
        start: int = 0,
        end: int = 0,
    ) -> None:
        self.must, self.should, self.must_not, self.filters = must, should, must_not, filters
        self.boost, self.start, self.end = boost, start, end

    def children(self) -> Iterator[Node]:
        yield from self.must
        yield from self.should
        yield from self.must_not
        yield from self.filters


class AnyFilter(Node):
    """At least one of the filters holds (the same field given twice).

    Each is a `Filter`, or a `Clauses` of conditions alone.
    """

    _parts = ("filters",)

    def __init__(self, filters: tuple[Node, ...], start: int = 0, end: int = 0) -> None:
        self.filters = filters
        self.boost, self.start, self.end = 1.0, start, end

    def children(self) -> Iterator[Node]:
        return iter(self.filters)


class Same(Node):
    """A boolean whose parts may be met anywhere in one ``scope`` (sentence, comment, thread …)."""

    _parts = ("scope", "child")

    def __init__(self, scope: str, child: Node, boost: float = 1.0, start: int = 0, end: int = 0) -> None:
        self.scope, self.child = scope, child
        self.boost, self.start, self.end = boost, start, end

    def children(self) -> Iterator[Node]:
        yield self.child


class Like(Node):
    """Passages like the one named: ranks by its distinctive words."""

    _parts = ("passage_id",)

    def __init__(self, passage_id: str, boost: float = 1.0, start: int = 0, end: int = 0) -> None:
        self.passage_id = passage_id
        self.boost, self.start, self.end = boost, start, end


class Named(Node):
    """A topic by name; the library replaces it by the topic's own clauses before evaluation."""

    _parts = ("name",)

    def __init__(self, name: str, boost: float = 1.0, start: int = 0, end: int = 0) -> None:
        self.name = name
        self.boost, self.start, self.end = boost, start, end


class Every(Node):
    """Every live passage, score 0."""


class Nothing(Node):
    """No passage."""
