"""One pass over a query: each sign that the lexer finds has a method here.

Nothing recurses on the query, so nesting cannot exhaust the stack; the caps bound what one
query may cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from essaysearch.query import sentences as say
from essaysearch.query.frame import values_of, weight_behind
from essaysearch.query.items import AND, OR, PLAIN, STOP, Join
from essaysearch.query.lexer import SCOPE, SIGN, VALUE
from essaysearch.query.operator_rows import Given, Operator
from essaysearch.query.operators import FIELDS, unknown_field
from essaysearch.query.patterns import regex
from essaysearch.query.ranges import Problem
from essaysearch.query.reading import MOST_WARNINGS, Reading
from essaysearch.query.values import no_choice, no_value
from essaysearch.query.words import plain_word, weight
from essaysearch.tree import AnyFilter, Clauses, Node, Word

MOST_SIGNS = 1_536
USUAL_DISTANCE = "10"
"""What NEAR without a number means."""

JOINTS = frozenset(("AND", "OR", "NOT", "NEAR"))


class Parser(Reading):
    """Reads one query, as a query or literally."""

    def read(self) -> None:
        """Reads the text as a query."""
        text, signs = self.text, 0
        while True:
            match = SIGN.match(text, self.at)
            assert match is not None
            kind = match.lastgroup or "end"
            start = match.start(kind)
            if kind == "end":
                break
            signs += 1
            if signs > MOST_SIGNS:
                self.cut("too-long", start, f"more than {MOST_SIGNS:,} words and signs")
                break
            if self.clauses >= self.most:
                self.cut_clauses(start)
                break
            self.at = match.end()
            _READ[kind](self, match, start)
        self.finish()

    def read_literally(self) -> None:
        """Reads the text as one exact phrase."""
        self.add_phrase(self.text, 0, 0, None, True)
        self.finish()

    # Words and phrases.

    def _word(self, match: re.Match[str], start: int) -> None:
        text = match["word"]
        if text in JOINTS:
            self._join(text, start)
            return
        frame, end = self.frames[-1], start + len(text)
        term, stop = plain_word(text)
        exact = frame.next_exact
        stop = stop and not exact
        self.clauses += not stop or self.keep_stops
        node = Word(text, term, frame.next_fields, exact, 1.0, start, end)
        self.add(node, start, end, STOP if stop else PLAIN)

    def _run(self, match: re.Match[str], start: int) -> None:
        pieces = self.pieces(match["run"], start)
        if pieces:
            self.add_pieces(pieces, start, match.end())
        else:
            self.frames[-1].unmark()

    def _phrase(self, match: re.Match[str], start: int) -> None:
        frame, slop, factor = self.frames[-1], 0, 1.0
        if match["slop"]:
            slop = self.distance(match["slop"][1:], match.start("slop"), match.end("slop"))
        if match["weight"]:
            factor = weight(match["weight"], match.start("weight"), self.warn)
        text, at = match["quoted"], match.start("quoted")
        self.add_phrase(text, at, slop, frame.next_fields, frame.next_exact, factor)

    def _lone_quote(self, match: re.Match[str], start: int) -> None:
        self.warn("unbalanced-quote", start, start + 1, say.QUOTE)

    def _regex(self, match: re.Match[str], start: int) -> None:
        frame, end = self.frames[-1], match.end()
        node = regex(match["pattern"])
        if isinstance(node, Problem):
            self.refuse(node, start, end, match["pattern"], start + 1)
            return
        node.fields, node.start, node.end = frame.next_fields, start, end
        if match["factor"]:
            node.boost = weight(match["factor"], match.start("factor"), self.warn)
        self.clauses += 1
        self.add(node, start, end)

    # What joins, marks and brackets.

    def _joint(self, match: re.Match[str], start: int) -> None:
        self._join(match["joint"], start)

    def _join(self, sign: str, start: int) -> None:
        frame, end = self.frames[-1], start + len(sign)
        if sign == "NOT":
            frame.negated = not frame.negated
            frame.joint = frame.joint or (start, end)
            return
        if frame.joint is not None:
            self.dangling(frame, *frame.joint, "after")
        if not frame.items:
            self.dangling(frame, start, end, "before")
            return
        frame.joint = (start, end)
        name, _, number = sign.partition("/")
        if name in ("AND", "OR"):
            frame.join = AND if name == "AND" else OR
            return
        distance = self.distance(number or USUAL_DISTANCE, start, end)
        frame.join = Join(name, max(distance, 1), name == "THEN")

    def _mark(self, match: re.Match[str], start: int) -> None:
        self.frames[-1].sign = match["mark"]

    def _open(self, match: re.Match[str], start: int) -> None:
        self.open(start)

    def _close(self, match: re.Match[str], start: int) -> None:
        self.close_at(start, match["after"] or "")

    # Fields.

    def _bare(self, match: re.Match[str], start: int) -> None:
        name = match["bare"][:-1]
        row = FIELDS.get(name.lower())
        if row:
            problem = no_value(row.name, row.example)
            self.warn(problem.kind, start, match.end(), problem.message)
        self.add_pieces(self.pieces(name, start), start, start + len(name))

    def _field(self, match: re.Match[str], start: int) -> None:
        name = match["field"][:-1]
        row = FIELDS.get(name.lower())
        if row is not None and row.kind in ("filter", "named"):
            self._value(row, start)
            return
        if row is not None and row.kind == "scope":
            self._scope(row, start)
            return
        # The field's clause follows at once, so a sign here is no mark.
        while self.text[self.at : self.at + 1] in ("+", "-"):
            self.at += 1
        if row is None:
            self._unknown(name, start, match.end())
        elif row.fields:
            self.frames[-1].next_fields = row.fields
        else:
            self.frames[-1].next_exact = True

    def _unknown(self, name: str, start: int, end: int) -> None:
        frame = self.frames[-1]
        excludes = frame.excludes()
        if len(self.diagnostics) < MOST_WARNINGS:
            problem = unknown_field(name)
            self.warn(problem.kind, start, end, say.with_outcome(problem.message, excludes))
        if not excludes:
            frame.extras += [piece.node for piece in self.pieces(name, start) if not piece.stop]
            return
        # What was to be excluded cannot be told; to exclude its words instead would hide too much.
        value = VALUE.match(self.text, self.at)
        if value:
            self.at = value.end()
            self.add_none(start, self.at)

    def _scope(self, row: Operator, start: int) -> None:
        frame, match = self.frames[-1], SCOPE.match(self.text, self.at)
        value = match[1].lower() if match else ""
        if match is None:
            problem = no_value(row.name, row.example)
            self.warn(problem.kind, start, self.at, problem.message)
        elif value not in row.values:
            self.at = match.end(1)
            self.refuse(no_choice(row.name, value, row.values), start, self.at, match[1], match.start())
        elif row.name == "in":
            frame.within.append(value)
            self.at = match.end(1)
        elif match[2]:
            self.at = match.end()
            self.open(start, value)
        else:
            frame.scope = value
            self.at = match.end(1)

    def _value(self, row: Operator, start: int) -> None:
        match = VALUE.match(self.text, self.at)
        if match is None:
            return  # An unbalanced quote or bracket, which the next sign reports.
        self.at = end = match.end()
        factor, factor_at = weight_behind(match)
        nodes, problem = self._build(row, values_of(row, match, factor_at, self.most + 1), start)
        if not nodes:
            self.refuse(problem or no_value(row.name, row.example), start, end, match.group(), match.start())
            return
        if problem:
            self.warn(problem.kind, start, end, say.with_outcome(problem.message, True))
        self.clauses += len(nodes)
        node = nodes[0]
        if row.kind == "named":
            if len(nodes) > 1:
                node = Clauses(should=tuple(nodes), start=start, end=end)
            if factor:
                node.boost = weight(factor, factor_at, self.warn)
            self.add(node, start, end)
            return
        if factor:
            self.warn("bad-number", factor_at, end, say.FILTER_WEIGHT)
        if len(nodes) > 1:
            node = AnyFilter(tuple(nodes), start, end)
        self.add(node, start, end, PLAIN, row.name)

    def _build(
        self, row: Operator, values: list[tuple[str, int]], start: int
    ) -> tuple[list[Node], Problem | None]:
        """The nodes of a field's values, and what was wrong with one of them."""
        assert row.build is not None
        nodes: list[Node] = []
        problem: Problem | None = None
        room = max(1, self.most - self.clauses)
        if len(values) > room:
            self.cut_clauses(values[room][1])
        for text, at in values[:room]:
            until = at + len(text)
            node = row.build(Given(row.name, text, start, until, row.values, row.example, self.today))
            if isinstance(node, Problem):
                problem = node
            else:
                nodes.append(node)
        return nodes, problem


_READ: dict[str, Callable[[Parser, re.Match[str], int], None]] = {
    "joint": Parser._joint,
    "word": Parser._word,
    "field": Parser._field,
    "bare": Parser._bare,
    "phrase": Parser._phrase,
    "quote": Parser._lone_quote,
    "open": Parser._open,
    "close": Parser._close,
    "mark": Parser._mark,
    "regex": Parser._regex,
    "run": Parser._run,
}
"""What each sign of `SIGN` does."""
