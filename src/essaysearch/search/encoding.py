"""A second opinion: passages ranked by a user's own encoder, fused with the words' ranking.

An encoder is any function from a list of texts to an array of vectors, one a text. Vectors of
passages are kept in the index, so that only new passages are encoded. The two rankings are
fused by reciprocal rank (G. Cormack, C. Clarke, S. Buettcher: Reciprocal Rank Fusion Outperforms
Condorcet and Individual Rank Learning Methods, SIGIR 2009). Nothing of this runs unless asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.evaluate import Evaluation, Scored
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import EssaysearchError
from essaysearch.query import Query
from essaysearch.search.asking import Encoder
from essaysearch.search.sorting import Rows, is_condition
from essaysearch.tree import Clauses, Node

Array = npt.NDArray[Any]

FUSED = 60.0
"""The k of reciprocal rank fusion: a ranking gives 1 / (k + rank)."""

DEPTH = 1000
"""How many passages the encoder's ranking reaches; that of the words has all that match."""

_MARKS = re.compile(r"""(?<!\w)[-+]|["()]|\b(?:AND|OR|NOT)\b""")
_BATCH = 256
_PROBES = 3
"""Passages encoded anew before kept vectors are believed to be this encoder's."""

_held: WeakKeyDictionary[Snapshot, list[tuple[Encoder, Array]]] = WeakKeyDictionary()
_MOST_HELD = 4


class BadVectors(EssaysearchError):
    """An encoder gave what cannot be compared."""


def encoded(encoder: Encoder, texts: list[str]) -> Array:
    """The vectors of texts, float32, of length one (nought stays nought). Raises `BadVectors`."""
    try:
        vectors = np.asarray(encoder(texts), dtype=np.float32)
    except ValueError as error:
        raise BadVectors(f"The encoder gave no array of numbers for {len(texts)} texts: {error}.") from None
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        raise BadVectors(
            f"The encoder gave an array of shape {vectors.shape} for {len(texts)} texts; it must give "
            "one vector of finite numbers for each."
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0.0, 1.0, lengths))


def vectors_of(snapshot: Snapshot, encoder: Encoder) -> Array:
    """(passages, dimensions) vectors of all passages, float32, in the order of the segments.

    Those of the encoder used last are kept in ``vectors.npz`` in the index: passages met before are
    not encoded again, what vanished is dropped. Whether they are this encoder's is asked of a few
    passages; if not, all are encoded. Nothing is kept where the index cannot be written to.
    """
    held = _held.setdefault(snapshot, [])
    for known_encoder, vectors in held:
        if known_encoder == encoder:
            return vectors
    vectors = _gathered(snapshot, encoder)
    held.insert(0, (encoder, vectors))
    del held[_MOST_HELD:]
    return vectors


def _gathered(snapshot: Snapshot, encoder: Encoder) -> Array:
    """The vectors as the file has them, and those it lacks encoded; both kept for the next time."""
    at = Path(snapshot.directory) / "vectors.npz"
    ids = np.concatenate([np.zeros(0, np.uint64), *(view.passage_ids for view in snapshot.views)])
    known, kept = _read(at)
    place = np.searchsorted(known, ids)
    met = np.flatnonzero(place < len(known))
    met = met[known[place[met]] == ids[met]]
    probes = met[:: max(1, len(met) // _PROBES)][:_PROBES]
    if len(met):
        told = encoded(encoder, list(_texts(snapshot, probes)))
        if told.shape[1] != kept.shape[1] or not np.allclose(told, kept[place[probes]], atol=1e-2):
            met = met[:0]
    missing = np.setdiff1d(np.arange(len(ids)), met)
    texts = list(_texts(snapshot, missing))
    batches = [encoded(encoder, texts[n : n + _BATCH]) for n in range(0, len(texts), _BATCH)]
    parts = [kept[place[met]], *batches] if len(met) else batches
    widths = sorted({part.shape[1] for part in parts})
    if len(widths) > 1:
        raise BadVectors(f"The encoder gave vectors of different lengths: {widths}.")
    vectors = np.zeros((len(ids), max(widths, default=0)), dtype=np.float32)
    if parts:
        vectors[np.concatenate((met, missing))] = np.concatenate(parts)
    if batches or len(known) != len(ids):
        with suppress(OSError):
            _keep(at, ids, vectors)
    return vectors


def fused(
    evaluation: Evaluation, matches: Rows, queries: Sequence[tuple[str, Query]], encoder: Encoder
) -> Rows:
    """All that the words find and the encoder's nearest, scored by both ranks together.

    Conditions of the query hold for both. A query of conditions alone stays as it is.
    """
    asked = next((text for text in (wording(*row) for row in queries) if text), "")
    vectors = vectors_of(evaluation.snapshot, encoder) if asked else np.zeros((0, 0))
    if not len(vectors):
        return matches
    towards = encoded(encoder, [asked])[0]
    if len(towards) != vectors.shape[1]:
        widths = sorted((vectors.shape[1], len(towards)))
        raise BadVectors(f"The encoder gave vectors of different lengths: {widths}.")
    closeness = (vectors @ towards).astype(np.float64)
    conditions = Evaluation(evaluation.snapshot, _conditions(evaluation.tree), evaluation.kernels)
    near: list[Scored] = []
    first = 0
    for view, _ in matches:
        here = closeness[first : first + view.segment.passages]
        docs = conditions.matches(view).docs
        docs = docs[here[docs] > 0.0]
        near.append(Scored(docs, here[docs]))
        first += view.segment.passages
    by_words = _by_rank([found for _, found in matches])
    return [
        (view, _together(found, close))
        for (view, _), found, close in zip(matches, by_words, _by_rank(near, DEPTH), strict=True)
    ]


def wording(text: str, query: Query) -> str:
    """What of a query's text an encoder reads: all but its conditions, exclusions and marks.

    Empty for conditions alone.
    """
    if is_condition(query.tree):
        return ""
    if isinstance(query.tree, Clauses):
        for node in sorted((*query.tree.filters, *query.tree.must_not), key=lambda node: -node.start):
            text = text[: node.start] + text[node.end :]
    return " ".join(_MARKS.sub(" ", text).split())


def _conditions(tree: Node) -> Node:
    """What a passage must meet whether or not it holds the query's words."""
    if not isinstance(tree, Clauses):
        return Clauses()
    return Clauses((), (), tree.must_not, tree.filters + tree.must)


def _by_rank(rows: list[Scored], most: int | None = None) -> list[Scored]:
    """Passages with what their rank among all gives each, of equal scores the same; the ``most`` best."""
    scores = np.sort(np.concatenate([np.zeros(0), *(found.scores for found in rows)]))
    least = scores[-most] if most is not None and most < len(scores) else -np.inf
    held = [Scored(found.docs[found.scores >= least], found.scores[found.scores >= least]) for found in rows]
    ranks = [len(scores) - np.searchsorted(scores, found.scores, "right") + 1 for found in held]
    return [Scored(found.docs, 1.0 / (FUSED + rank)) for found, rank in zip(held, ranks, strict=True)]


def _together(one: Scored, other: Scored) -> Scored:
    docs = np.union1d(one.docs, other.docs)
    scores = np.zeros(len(docs))
    for found in (one, other):
        scores[np.searchsorted(docs, found.docs)] += found.scores
    return Scored(docs, scores)


def _texts(snapshot: Snapshot, wanted: Array) -> Iterator[str]:
    """The texts of passages by their numbers in the order of the segments, ascending."""
    first = 0
    for view in snapshot.views:
        size = view.segment.passages
        for number in wanted[(wanted >= first) & (wanted < first + size)].tolist():
            yield view.segment.passage_text(number - first)
        first += size


def _read(at: Path) -> tuple[Array, Array]:
    """Ids, ascending, with their vectors; none where there is no such file."""
    try:
        with np.load(at, allow_pickle=False) as file:
            ids, vectors = file["ids"], file["vectors"]
    except (OSError, ValueError, KeyError, BadZipFile):
        return np.zeros(0, np.uint64), np.zeros((0, 0), np.float32)
    return ids, vectors


def _keep(at: Path, ids: Array, vectors: Array) -> None:
    order = np.argsort(ids)
    beside = at.with_name(f"{at.stem}.{os.getpid()}.tmp.npz")
    np.savez(beside, ids=ids[order], vectors=vectors[order])
    os.replace(beside, at)
