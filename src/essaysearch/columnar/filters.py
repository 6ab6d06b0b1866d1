"""Conditions on metadata to masks over the passages of a segment.

A condition is decided once for each document (or once for each distinct value, where the field
is a keyword column) and spread over the document's passages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.roots import derived_roots
from essaysearch.columnar.segment import Segment
from essaysearch.model import VOICES
from essaysearch.text.analysis import tokens
from essaysearch.tree import Filter

if TYPE_CHECKING:
    from essaysearch.columnar.snapshot import Snapshot

Array = npt.NDArray[Any]
Condition = Callable[["Snapshot", Segment, Filter], Array]

COLUMN_OF = {"author": "authors", "category": "categories"}
"""Keyword columns whose name differs from the field's."""


def folded_words(text: str) -> tuple[str, ...]:
    """The folded words of a value, in order."""
    return tuple(token.surface for token in tokens(text))


def stands_in(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether words stand side by side, in order, among others; never for no words."""
    size = len(wanted)
    return size > 0 and any(words[at : at + size] == wanted for at in range(len(words) - size + 1))


def passage_mask(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    """Which passages of a segment meet a condition, bool."""
    if condition.field in _OF_PASSAGES:
        return _OF_PASSAGES[condition.field](segment, condition)
    documents = _CONDITIONS.get(condition.field, _keyword)(snapshot, segment, condition)
    return np.asarray(documents[segment.doc_of])


def _voice(segment: Segment, condition: Filter) -> Array:
    voices = segment.column("voice")
    if condition.op == "has":
        return np.ones(len(voices), dtype=bool)
    return (
        np.asarray(voices == VOICES.index(condition.value))
        if condition.value in VOICES
        else np.zeros(len(voices), bool)
    )


def _values(segment: Segment, column: str, chosen: Array) -> Array:
    """The documents that have one of the chosen values of a keyword column. ``chosen``: bool by value."""
    codes = segment.file.array(f"{column}_code").astype(np.int64)
    if column in records.SINGLE:
        return np.concatenate((np.zeros(1, dtype=bool), chosen))[codes]
    first = segment.file.array(f"{column}_first").astype(np.int64)
    hits = np.concatenate((np.zeros(1, np.int64), np.cumsum(chosen[codes])))
    return np.asarray(hits[first[1:]] > hits[first[:-1]])


def _keyword(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    column = COLUMN_OF.get(condition.field, condition.field)
    if column not in records.SINGLE + records.MANY:
        return np.zeros(segment.documents, dtype=bool)
    names = segment.names(column)
    if condition.op == "has":
        return _values(segment, column, np.ones(len(names), dtype=bool))
    if column in ("id", "thread", "parent"):
        number = names.find(str(condition.value))
        if number >= 0:
            chosen = np.zeros(len(names), dtype=bool)
            chosen[number] = True
            return _values(segment, column, chosen)
    wanted = folded_words(str(condition.value))
    values = segment.value_words(column)
    if column == "authors":
        others = _other_names(snapshot)
        met = [any(_names(wanted, name) for name in (own, *others.get(own, ()))) for own in values]
    else:
        met = [stands_in(wanted, words) for words in values]
    return _values(segment, column, np.array(met, dtype=bool))


def _names(wanted: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether a name has all the words, in whatever order it is written ("Fen, Ann"); never for no words."""
    return bool(wanted) and all(word in name for word in wanted)


def _other_names(snapshot: Snapshot) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """The folded words of a name to those of the other names of the same person (`filling.aliases`)."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for joined in snapshot.manifest.facts.get("aliases", {}).values():
        for name, others in joined.items():
            person = [folded_words(one) for one in (name, *others)]
            for one in person:
                found.setdefault(one, []).extend(person)
    return found


def _date(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    low = segment.column("date_low")
    dated = low != records.NO_DATE
    if condition.op == "has":
        return np.asarray(dated)
    begin, end = condition.value if condition.op == "range" else (condition.value, condition.value)
    met = dated.copy()
    if end is not None:
        met &= low <= _instant(str(end), last=True)
    if begin is not None:
        met &= segment.date_high >= _instant(str(begin), last=False)
    return np.asarray(met)


def _instant(date: str, last: bool) -> int:
    low, precision = records.date_key(date)
    if not last:
        return low
    return int(records.date_ends(np.array([low]), np.array([precision], dtype=np.uint8))[0])


def _year(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    if condition.op == "has":
        return _date(snapshot, segment, condition)
    begin, end = condition.value if condition.op == "range" else (condition.value, condition.value)
    bounds = tuple(None if year is None else f"{int(year):04d}" for year in (begin, end))
    return _date(snapshot, segment, Filter("date", "range", bounds))


def _karma(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    karma = segment.column("karma")
    met = ~np.isnan(karma)
    if condition.op == "has":
        return np.asarray(met)
    begin, end = condition.value if condition.op == "range" else (condition.value, condition.value)
    with np.errstate(invalid="ignore"):
        if begin is not None:
            met &= karma >= begin
        if end is not None:
            met &= karma <= end
    return np.asarray(met)


def _replyto(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    """Documents whose parent, anywhere in the library, is by the author named."""
    if condition.op == "has":
        return _keyword(snapshot, segment, Filter("parent", "has", None))
    wanted = Filter("author", "is", condition.value)
    answered: set[str] = set()
    for view in snapshot.views:
        documents = _keyword(snapshot, view.segment, wanted) & view.segment.live_documents
        codes = view.segment.file.array("id_code")
        names = view.segment.names("id")
        answered.update(names[int(codes[document]) - 1] for document in np.flatnonzero(documents))
    parents = segment.names("parent")
    chosen = np.array([name in answered for name in parents.all()], dtype=bool)
    return _values(segment, "parent", chosen)


def _title(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    """Documents that have a title (``has:title``): those whose passages have words in that field."""
    if not segment.lengths[1].any():
        return np.zeros(segment.documents, dtype=bool)
    return np.bincount(segment.doc_of, weights=segment.lengths[1] > 0, minlength=segment.documents) > 0


def _filled(field: int) -> Callable[[Segment, Filter], Array]:
    """Passages in which a ranking field has words (``has:section``, ``has:answers``)."""
    return lambda segment, condition: np.asarray(segment.lengths[field] > 0)


def _code(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    """Documents whose source marks that code comes with them (``has:code``)."""
    marked = [bool(segment.record(n).get("metadata", {}).get("has_code")) for n in range(segment.documents)]
    return np.array(marked, dtype=bool)


def _passage(segment: Segment, condition: Filter) -> Array:
    """The passage with one id."""
    try:
        return np.asarray(segment.column("pass_id") == np.uint64(int(condition.value, 16)))
    except (ValueError, OverflowError):
        return np.zeros(segment.passages, dtype=bool)


_OF_PASSAGES: dict[str, Callable[[Segment, Filter], Array]] = {
    "voice": _voice,
    "passage": _passage,
    "section": _filled(2),
    "answers": _filled(3),
}


def _thread(snapshot: Snapshot, segment: Segment, condition: Filter) -> Array:
    """A thread as the source names it, or as parents lead to it; its first document is of it."""
    met = _keyword(snapshot, segment, condition)
    derived = derived_roots(snapshot, segment)
    if condition.op == "has":
        met[list(derived)] = True
        return met
    wanted = str(condition.value)
    own = segment.document_of_id(wanted)
    if own >= 0 and not segment.keyword("thread", own):
        met[own] = own not in derived or derived[own] == wanted
    roots = set(derived.values())
    words = folded_words(wanted)
    chosen = {wanted} & roots or {root for root in roots if stands_in(words, folded_words(root))}
    met[[number for number, root in derived.items() if root in chosen]] = True
    return met


_CONDITIONS: dict[str, Condition] = {
    "code": _code,
    "date": _date,
    "year": _year,
    "karma": _karma,
    "replyto": _replyto,
    "thread": _thread,
    "title": _title,
}
