"""The plainest queries, answered without a tree: words, ``+`` and ``-`` before them, filters, one phrase.

Such a query is pieces between spaces, each of which means the same whatever the others are
(`query.plain.piece_of`). What a piece means in one state of the library, its word's postings found
and weighed, is remembered, so that a query is little more than a look-up for each piece and a
compiled call. Answers are those of `quick.ids` for the tree of the same text.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar import bound
from essaysearch.columnar.addresses import Table
from essaysearch.columnar.calls import Wanted, frame, named
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.impacts import Weighed
from essaysearch.columnar.quick import SCALE, together
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.query.operators import FIELDS
from essaysearch.query.plain import piece_of
from essaysearch.tree import Clauses, Node, Word

Array = npt.NDArray[Any]

SHOULD, MUST, MUST_NOT, CONDITION, STOP, FRAME, OTHER = range(7)
"""What a piece is (see `query.plain.piece_of`)."""

_ROLES = {
    "should": SHOULD, "must": MUST, "must_not": MUST_NOT, "filters": CONDITION, "stop": STOP, "frame": FRAME
}  # fmt: skip
_IN_PHRASES = (SHOULD, STOP, FRAME)
_LONGEST = 400
"""Characters of a query that is looked at here."""

_LONGEST_PIECE = 64
_MOST = 1 << 16
"""Pieces that are remembered of a state."""


class Piece(NamedTuple):
    """``text`` as typed and what it means. ``name``: a word's term, a condition's field."""

    role: int
    text: str
    name: str = ""
    condition: Node | None = None
    weighed: Weighed | None = None
    weight: float = 0.0


def ids(snapshot: Snapshot, text: str, kernels: Any, k: int, offset: int) -> list[tuple[str, float]] | None:
    """(passage id, score) of the ``k`` best passages from place ``offset`` on, without nearness.

    None where the query is not of the kind that is answered here.
    """
    k = min(offset + k, snapshot.passages)
    if k <= offset or len(text) > _LONGEST:
        return None
    wanted = Wanted(k, False, offset)
    if text[:1] == '"':
        return _phrase(snapshot, text, kernels, wanted)
    known = snapshot.impacts.pieces
    found: tuple[list[Any], ...] = ([], [], [], [], [], [], [])
    for typed in text.split(" "):
        piece = known.get(typed) or _learn(snapshot, typed, kernels)
        found[piece.role].append(piece)
    should, must, barred, conditions, _, frame_words, other = found
    words = must or should
    if (
        other
        or frame_words
        or not words
        or (must and should)
        or len(words) + len(barred) > scoring.SHORT_QUERY
    ):
        return None
    if len(words) > 1 and len({word.name for word in words}) < len(words):
        return None
    masks = _masks(snapshot, conditions) if conditions else snapshot.live_masks
    if masks is None:
        return None
    asked = frame(
        snapshot,
        masks,
        wanted,
        [word.weighed for word in words],
        [word.weighed for word in barred],
        [word.weight for word in words],
    )
    return named(kernels.all_of(asked)[0] if must else kernels.any_of(asked), offset)


def _phrase(snapshot: Snapshot, text: str, kernels: Any, wanted: Wanted) -> list[tuple[str, float]] | None:
    """A query that is one phrase."""
    known = snapshot.impacts.pieces
    inside = text[1:-1].split(" ")
    if text[-1] != '"' or not 1 < len(inside) <= scoring.SHORT_QUERY:
        return None
    terms: list[Any] = []
    for typed in inside:
        piece = known.get(typed) or _learn(snapshot, typed, kernels)
        if piece.role not in _IN_PHRASES:
            return None
        if piece.name not in snapshot.placed:
            bound.place(snapshot, piece.name, kernels)
        terms.append(piece.weighed)
    rows = together(snapshot, snapshot.live_masks, terms, kernels, wanted)
    return named(rows.held, wanted.offset or 0, rows.weight)


def _masks(snapshot: Snapshot, conditions: list[Piece]) -> Table | None:
    """The passages that conditions allow; None where a field is named twice."""
    if len(conditions) > 1 and len({piece.name for piece in conditions}) < len(conditions):
        return None

    def make(view: View) -> Array:
        evaluation = Evaluation(snapshot, Clauses())
        met = view.live.copy()
        for piece in conditions:
            assert piece.condition is not None
            met &= evaluation.mask(view, piece.condition)
        return met

    return snapshot.masks(tuple([piece.text for piece in conditions]), make)


def _learn(snapshot: Snapshot, text: str, kernels: Any) -> Piece:
    told = piece_of(text) if len(text) <= _LONGEST_PIECE else None
    piece = Piece(OTHER, text)
    if told is not None:
        role, node = told
        if isinstance(node, Word):
            weighed = snapshot.impacts.of(snapshot, node.term, 1, kernels)
            if weighed.idf > 0.0:
                piece = Piece(_ROLES[role], text, node.term, None, weighed, weighed.idf * SCALE)
        else:
            piece = Piece(CONDITION, text, FIELDS[text.partition(":")[0].lower()].name, node)
    if len(snapshot.impacts.pieces) >= _MOST:
        snapshot.impacts.pieces = {}
    snapshot.impacts.pieces[text] = piece
    return piece
