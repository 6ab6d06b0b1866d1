"""What one leaf of a query finds in one segment: passages, and the weighted frequency x in each.

A *leaf* is a word, a phrase or a pattern. Its x is BM25F's sum over fields of frequency / norm,
before saturation; how much the leaf weighs needs the whole library's statistics and is decided
in `evaluate`. Leaves here are NumPy only; with compiled kernels the same numbers come faster.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar.bound import pattern_in
from essaysearch.columnar.calls import Wanted, frame, match_room
from essaysearch.columnar.decoded import held_by_all, is_in, placed
from essaysearch.columnar.patterns import expansions
from essaysearch.columnar.postings import EXCEPTION, FIELDS
from essaysearch.columnar.segment import Segment, TermInfo
from essaysearch.columnar.snapshot import View
from essaysearch.columnar.space import SPACE
from essaysearch.model import VOICES
from essaysearch.text.analysis import tokens
from essaysearch.tree import RANKING_FIELDS, Expand, Node, Phrase, Word

Array = npt.NDArray[Any]


class Found(NamedTuple):
    """``docs``: passages of the segment, ascending, int64; ``x``: weighted frequency, float64."""

    docs: Array
    x: Array


NONE = Found(np.zeros(0, np.int64), np.zeros(0))


def find(view: View, leaf: Node, words: int, kernels: Any) -> Found:
    """The passages of a segment that a leaf matches, deleted ones included, for a query of ``words`` words.

    ``kernels``: the module of compiled kernels, or None. The arrays may not be written into.
    """
    norms = view.norms(words)
    if isinstance(leaf, Word):
        return _word(view, leaf, norms, words, kernels)
    if isinstance(leaf, Phrase):
        return _phrase(view, leaf, norms, kernels)
    assert isinstance(leaf, Expand)
    if kernels is not None and leaf.fields is None:
        return _expand(view, leaf, norms, kernels)
    return weigh(*tables(view, leaf), norms)


def weigh(docs: Array, frequencies: Array, norms: Array) -> Found:
    """Frequencies by field, (n, 4), to x; passages where nothing counts are left out."""
    x = np.zeros(len(docs))
    for number in range(len(norms)):
        x += frequencies[:, number] / norms[number][docs].astype(np.float64)
    held = x > 0
    return Found(docs, x) if held.all() else Found(docs[held], x[held])


def _asked(segment: Segment, docs: Array, field: str, fields: tuple[str, ...]) -> Array | bool:
    """Where a ranking field counts among the fields asked for."""
    if field in fields:
        return True
    if field != "body":
        return False
    asked: Array | bool = False
    for name, voice in (("own", "own"), ("quote", "quoted")):
        if name in fields:
            asked = asked | (segment.column("voice")[docs] == VOICES.index(voice))
    return asked


def tables(view: View, leaf: Node, kernels: Any = None) -> tuple[Array, Array]:
    """(passages, (n, 4) frequencies by field) of a leaf in the fields it asks for; deleted ones included."""
    segment = view.segment
    if isinstance(leaf, Word):
        info = segment.term(leaf.term)
        if info is None:
            return NONE.docs, np.zeros((0, FIELDS), np.int64)
        if kernels is not None and not leaf.exact:
            docs, table = np.empty(info.df, np.int64), np.empty((info.df, FIELDS), np.int64)
            kernels.frequencies(*segment.arrays, info.block, info.block_end, SPACE.room.ints(0), docs, table)
        else:
            docs = segment.docs(info)
            table = _exact(segment, leaf, docs) if leaf.exact else segment.frequencies(info)
    elif isinstance(leaf, Phrase):
        docs, table = _phrase_table(view, leaf)
    else:
        assert isinstance(leaf, Expand)
        docs, table = _expand_table(view, leaf)
    if leaf.fields is not None:
        table = table.copy()
        for number, field in enumerate(RANKING_FIELDS):
            table[:, number] = np.where(_asked(segment, docs, field, leaf.fields), table[:, number], 0)
    return docs, table


def _word(view: View, word: Word, norms: Array, words: int, kernels: Any) -> Found:
    segment = view.segment
    info = segment.term(word.term)
    if info is None:
        return NONE
    if word.exact or word.fields is not None:
        return weigh(*tables(view, word), norms)
    snapshot = view.snapshot()
    assert snapshot is not None  # whoever evaluates holds it
    key = view.base, info.number, max(words, scoring.SHORT_QUERY)
    return snapshot.decoded.of(key, lambda: _decoded(segment, info, norms, kernels))


def _decoded(segment: Segment, info: TermInfo, norms: Array, kernels: Any) -> Found:
    if kernels is not None:
        docs, x = np.empty(info.df, np.int64), np.empty(info.df)
        kernels.postings(*segment.arrays, norms, info.block, info.block_end, SPACE.room.ints(0), docs, x)
        return Found(docs, x)
    held = segment.blocks(info)
    docs = held.docs
    x = held.codes / norms[0][docs].astype(np.float64)
    rows = np.flatnonzero(held.codes == EXCEPTION)
    if len(rows):
        places = docs[rows]
        x[rows] = sum(held.exc[:, f] / norms[f][places].astype(np.float64) for f in range(len(norms)))
    return Found(docs, x)


def _exact(segment: Segment, word: Word, candidates: Array) -> Array:
    """(n, 4) how often a word stands letter for letter in each field of the candidates."""
    counts = [_literal(segment, int(doc), (word.text,)) for doc in candidates]
    return np.array(counts, dtype=np.int64).reshape(-1, FIELDS)


def _literal(segment: Segment, doc: int, words: tuple[str, ...]) -> list[int]:
    """How often words stand side by side, letter for letter, in each ranking field of a passage."""
    counts = []
    for text in field_texts(segment, doc):
        held = tuple(text[token.start : token.end] for token in tokens(text)) if words[0] in text else ()
        size = len(words)
        counts.append(sum(held[at : at + size] == words for at in range(len(held) - size + 1)))
    return counts


def field_texts(segment: Segment, doc: int) -> tuple[str, str, str, str]:
    """The texts of a passage's ranking fields, in the order of `RANKING_FIELDS`."""
    row = segment.passage(doc)
    record = segment.record(row.document)
    first = int(segment.column("doc_first")[row.document])
    answered = "\n".join(segment.passage_text(first + number) for number in row.passage.answers)
    return row.text, record.get("title") or "", row.passage.section or "", answered


def _phrase(view: View, phrase: Phrase, norms: Array, kernels: Any) -> Found:
    segment = view.segment
    infos = [segment.term(word.term, kernels) for word in phrase.words]
    quick = kernels is not None and len(infos) > 1 and (phrase.slop == 0 or len(infos) == 2)
    if not quick or any(info is None for info in infos) or any(word.exact for word in phrase.words):
        return weigh(*tables(view, phrase), norms)
    known: list[TermInfo] = [info for info in infos if info is not None]
    for info in known:
        segment.touch_positions(info)
    snapshot = view.snapshot()
    assert snapshot is not None  # whoever evaluates holds it
    terms = [snapshot.impacts.of(snapshot, word.term, 1, kernels) for word in phrase.words]
    asked = frame(snapshot, snapshot.live_masks, Wanted(1, False), terms)
    fields, number = phrase.fields, snapshot.views.index(view)
    most = min(info.df for info in known) + 1
    docs, x = np.empty(most, np.int64), np.empty(most)
    table = np.empty((0 if fields is None else most, FIELDS), np.int64)
    room, size = 0, -64
    while size < 0:  # a word stands more often in one passage than there is room for
        room = max(-size, 2 * room)
        match_room(terms, snapshot, room)
        size = kernels.phrase(asked, number, norms, phrase.slop, phrase.ordered, room, docs, x, table)
    docs, x, table = docs[:size], x[:size], table[:size]
    if fields is None:
        return Found(docs, x)
    for number, field in enumerate(RANKING_FIELDS):
        table[:, number] = np.where(_asked(segment, docs, field, fields), table[:, number], 0)
    return weigh(docs, table, norms)


def _phrase_table(view: View, phrase: Phrase) -> tuple[Array, Array]:
    segment = view.segment
    infos = [info for word in phrase.words if (info := segment.term(word.term)) is not None]
    if len(infos) < len(phrase.words) or not infos:
        return NONE.docs, np.zeros((0, FIELDS), np.int64)
    if len(infos) == 1:
        word = phrase.words[0]
        return tables(view, Word(word.text, word.term, None, word.exact))
    docs, table = _together(view, infos, phrase.slop, phrase.ordered)
    if any(word.exact for word in phrase.words):
        words = tuple(word.text for word in phrase.words)
        table = np.array([_literal(segment, int(doc), words) for doc in docs], dtype=np.int64).reshape(
            -1, FIELDS
        )
    return docs, table


def _together(view: View, infos: list[TermInfo], slop: int, ordered: bool) -> tuple[Array, Array]:
    """(passages, (n, 4) frequencies by field) where terms stand together, as `kernels.phrase` defines."""
    held = [placed(view, info) for info in infos]
    common = held_by_all([word.docs for word in held])
    spots = [word.at(common) for word in held]
    place = 32
    keys = [(np.repeat(np.arange(len(common)), sizes) << place) + positions for sizes, positions in spots]
    if slop == 0:
        met = held_by_all([key - offset for offset, key in enumerate(keys)])
    elif len(keys) == 2:
        met = keys[0][_near(view, common, keys[0], keys[1], slop, ordered, place)]
    else:
        met = np.array(
            [key for key in keys[0].tolist() if _window(view, common, key, keys, slop, ordered, place)],
            dtype=np.int64,
        )
    at = met >> place
    fields = field_of(view, common[at], met & ((1 << place) - 1))
    table = np.bincount(at * FIELDS + fields, minlength=len(common) * FIELDS).reshape(-1, FIELDS)
    some = table.any(axis=1)
    return common[some], table[some]


def field_of(view: View, docs: Array, positions: Array) -> Array:
    """The field each position lies in, int64."""
    fields = np.zeros(len(docs), dtype=np.int64)
    for number in range(1, len(view.starts)):
        fields += positions >= view.starts[number][docs]
    return fields


def _near(
    view: View, common: Array, first: Array, second: Array, slop: int, ordered: bool, place: int
) -> Array:
    """Which occurrences of the first word have one of the second within ``slop``, in their field."""
    met = np.zeros(len(first), dtype=bool)
    mask = (1 << place) - 1
    fields = field_of(view, common[first >> place], first & mask)
    for distance in range(1 if ordered else -slop, slop + 1):
        if distance:
            other = first + distance
            here = (other >> place == first >> place) & is_in(other, second) & ~met
            rows = np.flatnonzero(here)
            met[rows] = field_of(view, common[first[rows] >> place], other[rows] & mask) == fields[rows]
    return met


def _window(
    view: View, common: Array, key: int, keys: list[Array], slop: int, ordered: bool, place: int
) -> bool:
    """Whether words can be chosen around an occurrence of the first so that all lie within ``slop``."""
    near = [key_list[np.abs(key_list - key) <= slop].tolist() for key_list in keys[1:]]
    doc = key >> place
    mask = (1 << place) - 1
    field = int(field_of(view, common[[doc]], np.array([key & mask]))[0])

    def fits(chosen: list[int], rest: list[list[int]]) -> bool:
        if not rest:
            return True
        for other in rest[0]:
            if other >> place != doc or other in chosen or (ordered and other < chosen[-1]):
                continue
            if max(*chosen, other) - min(*chosen, other) > slop:
                continue
            if int(field_of(view, common[[doc]], np.array([other & mask]))[0]) == field and fits(
                [*chosen, other], rest[1:]
            ):
                return True
        return False

    return fits([key], near)


def _expand(view: View, leaf: Expand, norms: Array, kernels: Any) -> Found:
    """As `_expand_table`, added up by kernels."""
    segment = view.segment
    held = pattern_in(segment, leaf, kernels)
    sums, room = SPACE.room.tallies(*norms.shape), np.empty(held.size + 1, np.int64)
    size = kernels.union(
        *segment.arrays,
        view.starts,
        held.rows,
        held.ordinals,
        SPACE.room.surfaces,
        SPACE.room.ints(0),
        *sums,
        room,
    )
    docs = np.sort(room[:size])
    x = np.empty(len(docs))
    kernels.take(*sums, norms, docs, x)
    return Found(docs, x)


def _expand_table(view: View, leaf: Expand) -> tuple[Array, Array]:
    """Passages that hold any word a pattern matches, and how often they hold any."""
    segment = view.segment
    chosen = expansions(segment, leaf)
    if not chosen:
        return NONE.docs, np.zeros((0, FIELDS), np.int64)
    docs, held_tables = [], []
    for number, ordinals in chosen:
        info = segment.info(number)
        begin, end = (int(v) for v in segment.column("surface_first")[number : number + 2])
        found = segment.docs(info)
        if len(ordinals) == end - begin:
            table = segment.frequencies(info)
        else:
            sizes, positions, held = segment.occurrences_at(info)
            wanted = np.isin(held, ordinals)
            row = np.repeat(np.arange(info.df), sizes)[wanted]
            fields = field_of(view, found[row], positions[wanted])
            table = np.bincount(row * FIELDS + fields, minlength=info.df * FIELDS).reshape(-1, FIELDS)
            some = table.any(axis=1)
            found, table = found[some], table[some]
        docs.append(found)
        held_tables.append(table)
    together = np.concatenate(docs)
    places, back = np.unique(together, return_inverse=True)
    total = np.zeros((len(places), FIELDS), dtype=np.int64)
    np.add.at(total, back, np.concatenate(held_tables))
    return places, total
