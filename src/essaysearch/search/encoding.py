"""A second opinion: passages ranked by a user's own encoder, fused with the words' ranking.

An encoder is any function from a list of texts to an array of vectors, one a text. Vectors of
passages are kept beside the index, so that only new passages are encoded. The two rankings are
fused by reciprocal rank (G. Cormack, C. Clarke, S. Buettcher: Reciprocal Rank Fusion Outperforms
Condorcet and Individual Rank Learning Methods, SIGIR 2009). Nothing of this runs unless asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import quick
from essaysearch.columnar.evaluate import Best, Evaluation, choose
from essaysearch.columnar.store import Snapshot
from essaysearch.errors import EssaysearchError
from essaysearch.tree import Clauses, Node

Array = npt.NDArray[Any]
Encoder = Callable[[list[str]], Any]
"""From texts to vectors: anything that NumPy takes as an array (texts, dimensions) of numbers."""

FUSED = 60.0
"""The k of reciprocal rank fusion: a ranking gives 1 / (k + rank)."""

DEPTH = 1000
"""Passages of each ranking that are fused."""

_BATCH = 256


class BadVectors(EssaysearchError):
    """An encoder gave what cannot be compared."""


def encoded(encoder: Encoder, texts: list[str]) -> Array:
    """The vectors of texts, float32, of length one (nought stays nought). Raises `BadVectors`."""
    vectors = np.asarray(encoder(texts), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        raise BadVectors(
            f"The encoder gave an array of shape {vectors.shape} for {len(texts)} texts; it must give "
            "one vector of finite numbers for each."
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0.0, 1.0, lengths))


def vectors_of(snapshot: Snapshot, encoder: Encoder, name: str) -> Array:
    """(passages, dimensions) vectors of all passages, in the order of the segments.

    They are kept in ``vectors/NAME.npz`` in the index; passages met before are not encoded again,
    and what vanished is dropped. ``name`` stands for the encoder: give another one another name.
    """
    if not name.isidentifier():
        raise BadVectors(f"`{name}` cannot name an encoder; use letters, digits and underscores.")
    at = Path(snapshot.directory) / "vectors" / f"{name}.npz"
    ids = np.concatenate([np.zeros(0, np.uint64), *(view.passage_ids for view in snapshot.views)])
    known, held = _kept(at)
    order = np.argsort(known)
    place = np.minimum(np.searchsorted(known, ids, sorter=order), max(len(known) - 1, 0))
    rows = order[place] if len(known) else np.zeros(len(ids), np.int64)
    met = known[rows] == ids if len(known) else np.zeros(len(ids), dtype=bool)
    if met.all() and len(known) == len(ids):
        return np.asarray(held[rows])
    texts = list(_texts(snapshot, ~met))
    batches = [encoded(encoder, texts[n : n + _BATCH]) for n in range(0, len(texts), _BATCH)]
    width = batches[0].shape[1] if batches else held.shape[1]
    if {batch.shape[1] for batch in batches} - {width} or (met.any() and held.shape[1] != width):
        raise BadVectors(f"The vectors kept as `{name}` have another length; give the encoder another name.")
    vectors = np.zeros((len(ids), width), dtype=np.float32)
    vectors[met] = held[rows[met]] if met.any() else vectors[met]
    if batches:
        vectors[~met] = np.concatenate(batches)
    _keep(at, ids, vectors)
    return vectors


def fused(
    snapshot: Snapshot, text: str, tree: Node, kernels: Any, encoder: Encoder, name: str, k: int
) -> list[Best]:
    """The ``k`` best passages by words and by encoder together; conditions of the query hold for both."""
    words = quick.best(snapshot, tree, kernels, DEPTH).best
    vectors = vectors_of(snapshot, encoder, name)
    closeness = vectors @ encoded(encoder, [text])[0].astype(vectors.dtype) if len(vectors) else np.zeros(0)
    near: list[Best] = []
    first = 0
    conditions = Evaluation(snapshot, _conditions(tree), kernels)
    for view in snapshot.views:
        here = closeness[first : first + view.segment.passages]
        docs = conditions.matches(view).docs
        leading = docs[np.argsort(-here[docs], kind="stable")[:DEPTH]]
        near += [Best(float(here[doc]), view, int(doc)) for doc in leading if here[doc] > 0.0]
        first += view.segment.passages
    scores: dict[tuple[int, int], float] = {}
    rows: dict[tuple[int, int], Best] = {}
    for ranking in (words, choose(near, DEPTH)):
        for rank, row in enumerate(ranking, 1):
            key = (row.view.base, row.number)
            rows[key] = row
            scores[key] = scores.get(key, 0.0) + 1.0 / (FUSED + rank)
    return choose([row._replace(score=scores[key]) for key, row in rows.items()], k)


def _conditions(tree: Node) -> Node:
    """What a passage must meet whether or not it holds the query's words."""
    if not isinstance(tree, Clauses):
        return Clauses()
    return Clauses((), (), tree.must_not, tree.filters + tree.must)


def _texts(snapshot: Snapshot, wanted: Array) -> Iterator[str]:
    first = 0
    for view in snapshot.views:
        for number in np.flatnonzero(wanted[first : first + view.segment.passages]).tolist():
            yield view.segment.passage_text(number)
        first += view.segment.passages


def _kept(at: Path) -> tuple[Array, Array]:
    try:
        with np.load(at, allow_pickle=False) as file:
            return file["ids"], file["vectors"]
    except (OSError, ValueError, KeyError):
        return np.zeros(0, np.uint64), np.zeros((0, 0), np.float32)


def _keep(at: Path, ids: Array, vectors: Array) -> None:
    at.parent.mkdir(exist_ok=True)
    beside = at.with_name(f"{at.stem}.{os.getpid()}.tmp.npz")
    np.savez(beside, ids=ids, vectors=vectors)
    os.replace(beside, at)
