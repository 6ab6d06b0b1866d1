"""One pass over a query's signs: each sign has a method, brackets are a list of frames.

Nothing recurses on the query, so nesting cannot exhaust the stack; the caps bound what one
query may cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from essaysearch import query_sentences as say
from essaysearch.model import Diagnostic
from essaysearch.operators import FIELDS, Operator, phrase, unknown_field
from essaysearch.query_clauses import BRACKETS, assemble, node_of, restrict
from essaysearch.query_frame import Frame, values_of
from essaysearch.query_items import (
    AND,
    GROUP,
    OR,
    PLAIN,
    QUOTED,
    REQUIRED,
    SIDE,
    STOP,
    Item,
    Join,
    Parts,
    is_condition,
)
from essaysearch.query_lexer import SCOPE, SIGN, VALUE, plain_marks
from essaysearch.query_patterns import regex
from essaysearch.query_ranges import Problem, shown
from essaysearch.query_values import Given, no_choice, no_value
from essaysearch.query_words import Fields, Piece, plain_word, read_run, weight, words_in
from essaysearch.tree import TEXT_FIELDS, AnyFilter, Clauses, Node, Nothing, Phrase, Same, Word

MOST_SIGNS = 4_096
MOST_CLAUSES = 1_024
MOST_NESTING = 50
MOST_WARNINGS = 20
MOST_DISTANCE = 1_000
USUAL_DISTANCE = 10
"""What NEAR without a number means."""

JOINTS = frozenset(("AND", "OR", "NOT", "NEAR"))


class Parser:
    """Reads one query; afterwards ``parts``, ``diagnostics`` and ``stops`` hold what it found.

    ``stops`` says that stop words were left out; with ``keep_stops`` they are clauses.
    """

    def __init__(self, text: str, today: date | None, keep_stops: bool) -> None:
        self.text, self.today, self.keep_stops = plain_marks(text), today, keep_stops
        self.diagnostics: list[Diagnostic] = []
        self.parts = Parts((), (), (), ())
        self.stops = False
        self._frames = [Frame(0, None, False)]
        self._at = self._clauses = self._too_deep = 0

    def read(self) -> None:
        """Reads the text as a query."""
        text, signs = self.text, 0
        while True:
            match = SIGN.match(text, self._at)
            assert match is not None
            kind = match.lastgroup or "end"
            start = match.start(kind)
            if kind == "end":
                break
            signs += 1
            if signs > MOST_SIGNS:
                self.cut("too-long", start, f"more than {MOST_SIGNS:,} words and signs")
                break
            if self._clauses >= MOST_CLAUSES:
                self._cut_clauses(start)
                break
            self._at = match.end()
            _READ[kind](self, match, start)
        while len(self._frames) > 1:
            opened = self._frames[-1].start
            self.warn("unbalanced-bracket", opened, opened + 1, say.NEVER_CLOSED)
            self._close(len(text))
        self._finish()

    def read_literally(self) -> None:
        """Reads the text as one exact phrase."""
        self._add_phrase(self.text, 0, 0, None, True)
        self._finish()

    def tree(self) -> Node:
        """The tree of what was read."""
        if not any(self.parts):
            return Nothing(0, len(self.text))
        return Clauses(*self.parts, 1.0, 0, len(self.text))

    def warn(self, kind: str, start: int, end: int, message: str) -> None:
        if len(self.diagnostics) < MOST_WARNINGS:
            self.diagnostics.append(Diagnostic(kind, start, end, message))

    def cut(self, kind: str, at: int, what: str) -> None:
        """Says that the rest is left out; never lost among other warnings."""
        if not any(known.kind == kind for known in self.diagnostics):
            place = Diagnostic(kind, at, max(at, len(self.text)), say.CUT.format(what=what))
            self.diagnostics.insert(0, place)

    def _cut_clauses(self, at: int) -> None:
        self.cut("too-many-clauses", at, f"more than {MOST_CLAUSES:,} clauses")

    def _finish(self) -> None:
        size = len(self.text)
        self.parts = self._parts(self._frames[0], size)
        if not any(self.parts) and not self.stops:
            self.diagnostics.append(Diagnostic("nothing-to-search", 0, size, say.NOTHING))

    # Words and phrases.

    def _word(self, match: re.Match[str], start: int) -> None:
        text = match["word"]
        if text in JOINTS:
            self._join(text, start)
            return
        frame, end = self._frames[-1], start + len(text)
        term, stop = plain_word(text)
        exact = frame.next_exact
        self._clauses += 1
        node = Word(text, term, frame.next_fields, exact, 1.0, start, end)
        self._add(node, start, end, STOP if stop and not exact else PLAIN)

    def _run(self, match: re.Match[str], start: int) -> None:
        pieces = self._pieces(match["run"], start)
        if pieces:
            self._add_pieces(pieces, start, match.end())
        else:
            self._frames[-1].unmark()

    def _pieces(self, text: str, start: int) -> list[Piece]:
        frame, room = self._frames[-1], max(1, MOST_CLAUSES - self._clauses)
        pieces = read_run(text, start, frame.next_fields, frame.next_exact, room, self.warn)
        self._clauses += sum(_count(piece.node) for piece in pieces)
        return pieces

    def _add_pieces(self, pieces: list[Piece], start: int, end: int) -> None:
        kept = [piece.node for piece in pieces if not piece.stop]
        self.stops = self.stops or len(kept) < len(pieces)
        nodes = tuple(kept or [piece.node for piece in pieces])
        node = nodes[0] if len(nodes) == 1 else Clauses(should=nodes, start=start, end=end)
        self._add(node, start, end, STOP if not kept else GROUP if len(nodes) > 1 else PLAIN)

    def _phrase(self, match: re.Match[str], start: int) -> None:
        frame, slop = self._frames[-1], 0
        if match["slop"]:
            slop = self._distance(match["slop"][1:], match.start("slop"), match.end("slop"))
        factor = weight(match["weight"], match.start("weight"), self.warn) if match["weight"] else 1.0
        self._add_phrase(
            match["quoted"], match.start("quoted"), slop, frame.next_fields, frame.next_exact, factor
        )

    def _add_phrase(
        self, text: str, at: int, slop: int, fields: Fields, exact: bool, factor: float = 1.0
    ) -> None:
        room = max(1, MOST_CLAUSES - self._clauses)
        tokens = words_in(text, room + 1)
        if not tokens:
            self._frames[-1].unmark()
            return
        if len(tokens) > room:
            self._cut_clauses(at + tokens[room].start)
        words = tuple(
            Word(text[t.start : t.end], t.term, fields, exact, 1.0, at + t.start, at + t.end)
            for t in tokens[:room]
        )
        self._clauses += len(words)
        node = phrase(words, slop, not slop)
        node.boost = factor
        self._add(node, node.start, node.end, QUOTED)

    def _lone_quote(self, match: re.Match[str], start: int) -> None:
        self.warn("unbalanced-quote", start, start + 1, say.QUOTE)

    def _regex(self, match: re.Match[str], start: int) -> None:
        frame, end = self._frames[-1], match.end()
        node = regex(match["pattern"])
        if isinstance(node, Problem):
            self._refuse(node, start, end, match["pattern"], start + 1)
            return
        node.fields, node.start, node.end = frame.next_fields, start, end
        if match["factor"]:
            node.boost = weight(match["factor"], match.start("factor"), self.warn)
        self._clauses += 1
        self._add(node, start, end)

    # What joins, marks and brackets.

    def _joint(self, match: re.Match[str], start: int) -> None:
        self._join(match["joint"], start)

    def _join(self, sign: str, start: int) -> None:
        frame, end = self._frames[-1], start + len(sign)
        if sign == "NOT":
            frame.negated = not frame.negated
            frame.joint = frame.joint or (start, end)
            return
        if frame.joint is not None:
            self._dangling(frame, *frame.joint, "after")
        if not frame.items:
            self._dangling(frame, start, end, "before")
            return
        frame.joint = (start, end)
        name, _, number = sign.partition("/")
        if name in ("AND", "OR"):
            frame.join = AND if name == "AND" else OR
            return
        distance = self._distance(number or str(USUAL_DISTANCE), start, end)
        frame.join = Join(name, max(distance, 1), name == "THEN")

    def _dangling(self, frame: Frame, start: int, end: int, side: str) -> None:
        sign = self.text[start:end]
        self.warn("dangling-operator", start, end, say.DANGLING.format(sign=sign, side=side))
        frame.clear()
        token = words_in(sign, 1)[0]
        word = Word(sign[: token.end], token.term, frame.fields, False, 1.0, start, start + token.end)
        frame.items.append(Item(SIDE, False, STOP, word, "", start, end))
        self.stops = True

    def _mark(self, match: re.Match[str], start: int) -> None:
        self._frames[-1].sign = match["mark"]

    def _open(self, match: re.Match[str], start: int) -> None:
        self._open_group(start, "")

    def _open_group(self, start: int, same: str) -> None:
        if len(self._frames) > MOST_NESTING:
            if not self._too_deep:
                self.warn("too-deep", start, start + 1, say.TOO_DEEP.format(most=MOST_NESTING))
            self._too_deep += 1
            return
        frame = self._frames[-1]
        self._frames.append(Frame(start, frame.next_fields, frame.next_exact, same))

    def _closing(self, match: re.Match[str], start: int) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._frames) == 1:
            self.warn("unbalanced-bracket", start, start + 1, say.NEVER_OPENED)
        else:
            self._close(start + 1, match["after"] or "")

    def _close(self, end: int, after: str = "") -> None:
        frame = self._frames[-1]
        parts = self._parts(frame, end)
        self._frames.pop()
        node = node_of(parts, frame.start, end)
        outer = self._frames[-1]
        if node is None:
            outer.items.append(Item(outer.join, False, STOP, None, "", frame.start, end))
            outer.clear()
            return
        rank = (
            GROUP if len(parts.should) > 1 and not (parts.must or parts.must_not or parts.filters) else PLAIN
        )
        if frame.same:
            node, rank = Same(frame.same, node, 1.0, frame.start, end), PLAIN
        if after:
            node.boost *= weight(after, end, self.warn)
        self._add(node, frame.start, end, rank, BRACKETS if is_condition(node) else "")

    def _parts(self, frame: Frame, end: int) -> Parts:
        if frame.joint is not None:
            self._dangling(frame, *frame.joint, "after")
        parts = assemble(frame.items, frame.extras, self.keep_stops, self.warn)
        if frame.within:
            fields = tuple(field for field in TEXT_FIELDS if field in frame.within)
            for node in (*parts.must, *parts.should, *parts.must_not):
                restrict(node, fields)
        inner = node_of(parts._replace(filters=()), frame.start, end)
        if frame.scope and inner is not None and not is_condition(inner):
            same = (Same(frame.scope, inner, 1.0, frame.start, end),)
            return Parts(same, (), (), parts.filters) if parts.must else Parts((), same, (), parts.filters)
        return parts

    def _add(self, node: Node, start: int, end: int, rank: int = PLAIN, key: str = "") -> None:
        frame = self._frames[-1]
        excludes, required = frame.excludes(), frame.sign == "+"
        if rank == STOP:
            self.stops = True
            if not self.keep_stops and (excludes or required):
                message = say.STOP.format(word=shown(self.text[start:end]))
                self.warn("stop-word", start, end, message)
        elif required:
            rank = REQUIRED
        frame.items.append(Item(frame.join, excludes, rank, node, key, start, end))
        frame.clear()

    # Fields.

    def _bare(self, match: re.Match[str], start: int) -> None:
        name = match["bare"][:-1]
        row = FIELDS.get(name.lower())
        if row:
            problem = no_value(row.name, row.example)
            self.warn(problem.kind, start, match.end(), problem.message)
        pieces = self._pieces(name, start)
        self._add_pieces(pieces, start, start + len(name))

    def _field(self, match: re.Match[str], start: int) -> None:
        name = match["field"][:-1]
        row = FIELDS.get(name.lower())
        frame = self._frames[-1]
        if row is not None and row.kind in ("filter", "named"):
            self._value(row, start)
        elif row is not None and row.kind == "scope":
            self._scope(row, start)
        else:
            # A field's clause follows at once, so a sign here is no mark.
            while self.text[self._at : self._at + 1] in ("+", "-"):
                self._at += 1
            if row is None:
                problem = unknown_field(name)
                self.warn(
                    problem.kind, start, match.end(), say.with_outcome(problem.message, frame.excludes())
                )
                if not frame.excludes():
                    frame.extras += [piece.node for piece in self._pieces(name, start) if not piece.stop]
            elif row.fields:
                frame.next_fields = row.fields
            else:
                frame.next_exact = True

    def _scope(self, row: Operator, start: int) -> None:
        frame, match = self._frames[-1], SCOPE.match(self.text, self._at)
        value = match[1].lower() if match else ""
        if match is None:
            problem = no_value(row.name, row.example)
            self.warn(problem.kind, start, self._at, problem.message)
        elif value not in row.values:
            self._at = match.end(1)
            self._refuse(no_choice(row.name, value, row.values), start, self._at, match[1], match.start())
        elif row.name == "in":
            frame.within.append(value)
            self._at = match.end(1)
        elif match[2]:
            self._at = match.end()
            self._open_group(start, value)
        else:
            frame.scope = value
            self._at = match.end(1)

    def _value(self, row: Operator, start: int) -> None:
        match = VALUE.match(self.text, self._at)
        if match is None:
            return  # An unbalanced quote or bracket, which the next sign reports.
        self._at = end = match.end()
        nodes: list[Node] = []
        problem: Problem | None = None
        for text, at in values_of(row, match, max(1, MOST_CLAUSES - self._clauses)):
            node = self._build(row, text, start, at)
            if isinstance(node, Problem):
                problem = node
            else:
                nodes.append(node)
        if not nodes:
            problem = problem or no_value(row.name, row.example)
            self._refuse(problem, start, end, match.group(), match.start())
            return
        if problem:
            self.warn(problem.kind, start, end, say.with_outcome(problem.message, True))
        self._clauses += len(nodes)
        ranks = row.kind == "named"
        if len(nodes) == 1:
            node = nodes[0]
        elif ranks:
            node = Clauses(should=tuple(nodes), start=start, end=end)
        else:
            node = AnyFilter(tuple(nodes), start, end)
        self._add(node, start, end, PLAIN, "" if ranks else row.name)

    def _build(self, row: Operator, text: str, start: int, at: int) -> Node | Problem:
        assert row.build is not None
        factor, (before, caret, after) = 1.0, text.rpartition("^")
        if row.kind == "named" and before:
            factor, text = weight(caret + after, at + len(before), self.warn), before
        node = row.build(Given(row.name, text, start, at + len(text), row.values, row.example, self._today))
        if factor != 1.0 and isinstance(node, Node):
            node.boost = factor
        return node

    def _refuse(self, problem: Problem, start: int, end: int, text: str, at: int) -> None:
        """Says what was wrong; the text is searched as words, or left out where it was to be excluded."""
        frame = self._frames[-1]
        excludes = frame.excludes()
        self.warn(problem.kind, start, end, say.with_outcome(problem.message, excludes))
        pieces = [] if excludes else self._pieces(text, at)
        if pieces:
            self._add_pieces(pieces, start, end)
        else:
            frame.items.append(Item(frame.join, False, STOP, None, "", start, end))
            frame.clear()

    def _distance(self, digits: str, start: int, end: int) -> int:
        value = int(digits[:9] or -1)
        if 1 <= value <= MOST_DISTANCE or (value == 0 and self.text[start] == "~"):
            return value
        message = say.DISTANCE.format(given=shown(self.text[start:end]), most=MOST_DISTANCE)
        self.warn("bad-number", start, end, message)
        return min(max(value, 0), MOST_DISTANCE)

    def _today(self) -> date:
        return self.today or date.today()


_READ: dict[str, Callable[[Parser, re.Match[str], int], None]] = {
    "joint": Parser._joint,
    "word": Parser._word,
    "field": Parser._field,
    "bare": Parser._bare,
    "phrase": Parser._phrase,
    "quote": Parser._lone_quote,
    "open": Parser._open,
    "close": Parser._closing,
    "mark": Parser._mark,
    "regex": Parser._regex,
    "run": Parser._run,
}
"""What each sign of `SIGN` does."""


def _count(node: Node) -> int:
    if isinstance(node, Phrase):
        return len(node.words)
    return sum(_count(child) for child in node.children()) if isinstance(node, Clauses) else 1
