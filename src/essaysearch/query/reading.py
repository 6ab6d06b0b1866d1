"""The state of reading one query: open brackets, clauses so far, warnings, and the caps.

`parser.Parser` says what each sign of a query does; this says how a clause is added, how
brackets open and close, and what becomes of the clauses in them.
"""

from __future__ import annotations

from datetime import date

from essaysearch.model import Diagnostic
from essaysearch.query import sentences as say
from essaysearch.query.clauses import BRACKETS, assemble, node_of, restrict
from essaysearch.query.frame import Frame
from essaysearch.query.items import GROUP, PLAIN, QUOTED, REQUIRED, SIDE, STOP, Item, Parts, is_condition
from essaysearch.query.lexer import plain_marks
from essaysearch.query.operators import phrase
from essaysearch.query.ranges import Problem, shown
from essaysearch.query.words import Fields, Piece, read_run, weight, words_in
from essaysearch.tree import TEXT_FIELDS, Clauses, Node, Nothing, Phrase, Same, Word

MOST_CLAUSES = 1_024
MOST_STOPS = 256
"""Clauses of a query of nothing but stop words, which is read twice."""

MOST_NESTING = 50
MOST_WARNINGS = 20
MOST_DISTANCE = 1_000


class Reading:
    """A query being read; afterwards ``diagnostics`` and ``stops`` say what was met.

    ``stops`` says that stop words were left out; with ``keep_stops`` they are clauses.
    """

    def __init__(self, text: str, today: date | None, keep_stops: bool) -> None:
        self.text, self.keep_stops = plain_marks(text), keep_stops
        self.diagnostics: list[Diagnostic] = []
        self.stops = False
        self.frames = [Frame(0, None, False)]
        self.at = self.clauses = 0
        self.most = MOST_STOPS if keep_stops else MOST_CLAUSES
        self._today = today
        self._too_deep = 0
        self._parts = Parts((), (), (), ())

    def tree(self) -> Node:
        """The tree of what was read."""
        if not any(self._parts):
            return Nothing(0, len(self.text))
        return Clauses(*self._parts, 1.0, 0, len(self.text))

    def today(self) -> date:
        """The day from which relative dates count."""
        return self._today or date.today()

    def finish(self) -> None:
        """Closes what is open."""
        size = len(self.text)
        while len(self.frames) > 1:
            opened = self.frames[-1].start
            self.warn("unbalanced-bracket", opened, opened + 1, say.NEVER_CLOSED)
            self.close(size)
        self._parts = self._parts_of(self.frames[0], size)
        if not any(self._parts) and not self.stops:
            self.diagnostics.append(Diagnostic("nothing-to-search", 0, size, say.NOTHING))

    # Warnings.

    def warn(self, kind: str, start: int, end: int, message: str) -> None:
        """A diagnostic, unless there are enough of them."""
        if len(self.diagnostics) < MOST_WARNINGS:
            self.diagnostics.append(Diagnostic(kind, start, end, message))

    def cut(self, kind: str, at: int, what: str) -> None:
        """Says that the rest is left out; never lost among other warnings."""
        if not any(known.kind == kind for known in self.diagnostics):
            place = Diagnostic(kind, at, max(at, len(self.text)), say.CUT.format(what=what))
            self.diagnostics.insert(0, place)

    def cut_clauses(self, at: int) -> None:
        """Says that there are too many clauses from here on."""
        self.cut("too-many-clauses", at, f"more than {self.most:,} clauses")

    def refuse(self, problem: Problem, start: int, end: int, text: str, at: int) -> None:
        """Says what was wrong; the text is searched as words, or left out where it was to be excluded."""
        pieces = [] if self.frames[-1].excludes() else self.pieces(text, at)
        self.warn(problem.kind, start, end, say.with_outcome(problem.message, not pieces))
        if pieces:
            self.add_pieces(pieces, start, end)
        else:
            self.add_none(start, end)

    def dangling(self, frame: Frame, start: int, end: int, side: str) -> None:
        """An operator without a clause on one side is a stop word."""
        sign = self.text[start:end]
        self.warn("dangling-operator", start, end, say.DANGLING.format(sign=sign, side=side))
        frame.clear()
        token = words_in(sign, 1)[0]
        word = Word(sign[: token.end], token.term, frame.fields, False, 1.0, start, start + token.end)
        frame.items.append(Item(SIDE, False, STOP, word, "", start, end))
        self.clauses += self.keep_stops
        self.stops = True

    def distance(self, digits: str, start: int, end: int) -> int:
        """The number of positions written at ``start``; 0 is none."""
        value = int(digits[:9] or -1)
        if 1 <= value <= MOST_DISTANCE or (value == 0 and self.text[start] == "~"):
            return value
        message = say.DISTANCE.format(given=shown(self.text[start:end]), most=MOST_DISTANCE)
        self.warn("bad-number", start, end, message)
        return min(max(value, 0), MOST_DISTANCE)

    # Clauses.

    def add(self, node: Node, start: int, end: int, rank: int = PLAIN, key: str = "") -> None:
        """A clause, with whatever waited for it."""
        frame = self.frames[-1]
        excludes, required = frame.excludes(), frame.sign == "+"
        if rank == STOP:
            self.stops = True
            if not self.keep_stops and (excludes or required):
                self.warn("stop-word", start, end, say.STOP.format(word=shown(self.text[start:end])))
        elif required:
            rank = REQUIRED
        frame.items.append(Item(frame.join, excludes, rank, node, key, start, end))
        frame.clear()

    def add_none(self, start: int, end: int) -> None:
        """The place of a clause that is left out, so that what waited does not wait on."""
        frame = self.frames[-1]
        frame.items.append(Item(frame.join, False, STOP, None, "", start, end))
        frame.clear()

    def pieces(self, text: str, start: int) -> list[Piece]:
        """The clauses of a run of characters, as many as there is room for."""
        frame, room = self.frames[-1], max(1, self.most - self.clauses)
        pieces = read_run(text, start, frame.next_fields, frame.next_exact, room + 1, self.warn)
        count = sum(_count(piece.node) for piece in pieces if self.keep_stops or not piece.stop)
        if count > room:
            self.cut_clauses(pieces[-1].node.end)
        self.clauses += count
        return pieces

    def add_pieces(self, pieces: list[Piece], start: int, end: int) -> None:
        """The clauses of a run, any of which may match, as one."""
        kept = [piece.node for piece in pieces if not piece.stop]
        self.stops = self.stops or len(kept) < len(pieces)
        nodes = tuple(kept or [piece.node for piece in pieces])
        node = nodes[0] if len(nodes) == 1 else Clauses(should=nodes, start=start, end=end)
        self.add(node, start, end, STOP if not kept else GROUP if len(nodes) > 1 else PLAIN)

    def add_phrase(
        self, text: str, at: int, slop: int, fields: Fields, exact: bool, factor: float = 1.0
    ) -> None:
        """The words of a quoted text, as one clause."""
        room = max(1, self.most - self.clauses)
        tokens = words_in(text, room + 1)
        if not tokens:
            self.frames[-1].unmark()
            return
        if len(tokens) > room:
            self.cut_clauses(at + tokens[room].start)
        words = tuple(
            Word(text[t.start : t.end], t.term, fields, exact, 1.0, at + t.start, at + t.end)
            for t in tokens[:room]
        )
        self.clauses += len(words)
        node = phrase(words, slop, not slop)
        node.boost = factor
        self.add(node, node.start, node.end, QUOTED)

    # Brackets.

    def open(self, start: int, same: str = "") -> None:
        """An opening bracket, perhaps that of a ``same:``."""
        if len(self.frames) > MOST_NESTING:
            if not self._too_deep:
                self.warn("too-deep", start, start + 1, say.TOO_DEEP.format(most=MOST_NESTING))
            self._too_deep += 1
            return
        frame = self.frames[-1]
        self.frames.append(Frame(start, frame.next_fields, frame.next_exact, same))

    def close_at(self, start: int, after: str) -> None:
        """A closing bracket, with the weight behind it."""
        if self._too_deep:
            self._too_deep -= 1
        elif len(self.frames) == 1:
            self.warn("unbalanced-bracket", start, start + 1, say.NEVER_OPENED)
        else:
            self.close(start + 1, after)

    def close(self, end: int, after: str = "") -> None:
        """What stands in the innermost brackets becomes a clause of those around them."""
        frame = self.frames[-1]
        parts = self._parts_of(frame, end)
        self.frames.pop()
        node = node_of(parts, frame.start, end)
        if node is None:
            self.add_none(frame.start, end)
            return
        only_should = not (parts.must or parts.must_not or parts.filters)
        rank = GROUP if only_should and len(parts.should) > 1 else PLAIN
        if frame.same:
            node, rank = Same(frame.same, node, 1.0, frame.start, end), PLAIN
        if after:
            node.boost *= weight(after, end, self.warn)
        self.add(node, frame.start, end, rank, BRACKETS if is_condition(node) else "")

    def _parts_of(self, frame: Frame, end: int) -> Parts:
        if frame.joint is not None:
            self.dangling(frame, *frame.joint, "after")
        parts = assemble(frame.items, frame.extras, self.keep_stops, self.warn)
        if frame.within:
            fields = tuple(field for field in TEXT_FIELDS if field in frame.within)
            for node in (*parts.must, *parts.should, *parts.must_not):
                restrict(node, fields)
        if not frame.scope:
            return parts
        inner = node_of(parts._replace(filters=()), frame.start, end)
        if inner is None or is_condition(inner):
            return parts
        same = (Same(frame.scope, inner, 1.0, frame.start, end),)
        return Parts(same, (), (), parts.filters) if parts.must else Parts((), same, (), parts.filters)


def _count(node: Node) -> int:
    if isinstance(node, Phrase):
        return len(node.words)
    return sum(_count(child) for child in node.children()) if isinstance(node, Clauses) else 1
