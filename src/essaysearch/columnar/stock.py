"""Our query trees under stock Whoosh: which passages a node matches, by Whoosh's own matchers.

This is how ``searcher.search(tree, limit=None)`` of a plain Whoosh searcher understands our
nodes, one posting at a time. It decides what matches, never how it ranks: every score is a
constant or Whoosh's own. What Whoosh has no posting lists for (conditions on metadata, wider
scopes) comes from the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from whoosh.matching.binary import IntersectionMatcher, UnionMatcher
from whoosh.matching.mcore import ListMatcher, NullMatcher
from whoosh.query.positional import Phrase as WhooshPhrase
from whoosh.reading import TermNotFound

from essaysearch.columnar.manifest import Manifest
from essaysearch.columnar.segment import Segment
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.errors import EssaysearchError
from essaysearch.text.matching import occurrences, surface_test
from essaysearch.tree import (
    RANKING_FIELDS,
    AnyFilter,
    Clauses,
    Every,
    Expand,
    Filter,
    Node,
    Nothing,
    Phrase,
    Same,
    Word,
)

_VOICE_OF = {"own": "own", "quote": "quoted"}
"""The fields that are the body in one voice."""

_snapshots: WeakKeyDictionary[Any, Snapshot] = WeakKeyDictionary()


def matcher_of(node: Node, searcher: Any, context: Any = None) -> Any:
    """A Whoosh matcher over the live passages of one segment that ``node`` matches.

    ``searcher``: a Whoosh searcher over one segment, as a collector hands it to a query.
    Raises `EssaysearchError` for nodes that stand for others (`Named`, `Like`) and for readers
    that are not over an index of ours.
    """
    for kind, make in _MATCHERS.items():
        if isinstance(node, kind):
            return make(node, searcher) if searcher.reader().doc_count_all() else NullMatcher()
    raise EssaysearchError(
        f"{type(node).__name__} stands for other clauses."
        " Search through essaysearch.open_library(...), which resolves it."
    )


def _listed(numbers: Iterable[int]) -> Any:
    ordered = sorted(numbers)
    return ListMatcher(ordered) if ordered else NullMatcher()  # type: ignore[no-untyped-call]


def _any(matchers: Iterable[Any]) -> Any:
    return reduce(UnionMatcher, matchers, NullMatcher())


def _all(matchers: Iterable[Any]) -> Any:
    return reduce(IntersectionMatcher, matchers)


def _ids(matcher: Any) -> Iterator[int]:
    """What a matcher still has to give, stepped through without letting Whoosh replace its parts."""
    while matcher.is_active():
        yield int(matcher.id())
        matcher.next()


def _postings(searcher: Any, field: str, term: str) -> Any:
    try:
        return searcher.reader().postings(field, term)
    except TermNotFound:
        return NullMatcher()


def _in_fields(searcher: Any, fields: tuple[str, ...] | None, of_field: Callable[[str], Any]) -> Any:
    """Union over the fields asked for; ``own`` and ``quote`` are the body where the voice is theirs."""
    found = []
    for name in RANKING_FIELDS if fields is None else fields:
        if name in _VOICE_OF:
            found.append(_all((of_field("body"), _postings(searcher, "voice", _VOICE_OF[name]))))
        else:
            found.append(of_field(name))
    return _any(found)


def _where_text(leaf: Node, searcher: Any, field: str, candidates: Any) -> Any:
    """The candidates in whose stored text the leaf occurs."""
    reader = searcher.reader()
    return _listed(n for n in _ids(candidates) if occurrences(leaf, reader.stored_fields(n).get(field, "")))


def _word(word: Word, searcher: Any) -> Any:
    def of_field(field: str) -> Any:
        held = _postings(searcher, field, word.term)
        return _where_text(word, searcher, field, held) if word.exact else held

    return _in_fields(searcher, word.fields, of_field)


def _phrase(phrase: Phrase, searcher: Any) -> Any:
    terms = [word.term for word in phrase.words]
    if not terms:
        return NullMatcher()

    def of_field(field: str) -> Any:
        held = [_postings(searcher, field, term) for term in terms]
        if any(word.exact for word in phrase.words):
            return _where_text(phrase, searcher, field, _all(held))
        if phrase.slop == 0 or len(terms) == 1:
            whole: Any = WhooshPhrase(field, terms) if len(terms) > 1 else None
            return whole.matcher(searcher) if whole else held[0]
        together = _all(held)
        return _listed(
            number
            for number in _ids(together)
            if _near([m.value_as("positions") for m in held], phrase.slop, phrase.ordered)
        )

    return _in_fields(searcher, phrase.fields, of_field)


def _near(places: list[list[int]], slop: int, ordered: bool) -> bool:
    """Whether a place can be chosen for each word, no two the same, all within ``slop``."""

    def chosen_from(chosen: tuple[int, ...]) -> bool:
        if len(chosen) == len(places):
            return True
        for place in places[len(chosen)]:
            longer = (*chosen, place)
            apart = max(longer) - min(longer) <= slop and place not in chosen
            if apart and (not ordered or place >= max(longer)) and chosen_from(longer):
                return True
        return False

    return chosen_from(())


def _expand(pattern: Expand, searcher: Any) -> Any:
    segment = _segment(searcher.reader())
    first = segment.column("surface_first").astype(np.int64)
    meets = surface_test(pattern)
    numbers = [number for number, surface in enumerate(segment.surfaces().all()) if meets(surface)]
    terms = [segment.terms()[n] for n in np.unique(np.searchsorted(first, numbers, "right") - 1).tolist()]

    def of_field(field: str) -> Any:
        return _where_text(pattern, searcher, field, _any(_postings(searcher, field, term) for term in terms))

    return _in_fields(searcher, pattern.fields, of_field)


def _clauses(clauses: Clauses, searcher: Any) -> Any:
    required = [matcher_of(node, searcher) for node in (*clauses.must, *clauses.filters)]
    if clauses.should and not clauses.must:
        required.append(_any(matcher_of(node, searcher) for node in clauses.should))
    if not required:
        required.append(_every(clauses, searcher))
    found = _all(required)
    if clauses.must_not:
        excluded = set(_ids(_any(matcher_of(node, searcher) for node in clauses.must_not)))
        found = _listed(number for number in _ids(found) if number not in excluded)
    return found


def _any_filter(node: AnyFilter, searcher: Any) -> Any:
    return _any(matcher_of(child, searcher) for child in node.filters)


def _every(node: Node, searcher: Any) -> Any:
    return _listed(searcher.reader().all_doc_ids())


def _nothing(node: Node, searcher: Any) -> Any:
    return NullMatcher()


def _filter(condition: Filter, searcher: Any) -> Any:
    from essaysearch.columnar.filters import passage_mask

    snapshot, view = _view(searcher)
    mask = passage_mask(snapshot, view.segment, condition) & view.live
    return _listed(np.flatnonzero(mask).tolist())


def _same(node: Same, searcher: Any) -> Any:
    if node.scope == "passage":
        return matcher_of(node.child, searcher)
    from essaysearch.columnar.evaluate import Evaluation

    snapshot, view = _view(searcher)
    return _listed(Evaluation(snapshot, node).matches(view).docs.tolist())


def _segment(reader: Any) -> Segment:
    opened = getattr(reader.codec(), "opened", None)
    if not isinstance(opened, Segment):
        raise EssaysearchError(
            f"{reader!r} does not read an essaysearch index. Open one with whoosh.index.open_dir."
        )
    return opened


def _view(searcher: Any) -> tuple[Snapshot, View]:
    """The whole index a searcher is over, and its segment in it."""
    reader = searcher.get_parent().reader()
    snapshot = _snapshots.get(reader)
    if snapshot is None:
        segments = [_segment(leaf) for leaf, _ in reader.leaf_readers()]
        entries = tuple(dict(segment.entry) for segment in segments)
        directory = segments[0].file.path.parent
        snapshot = _snapshots[reader] = Snapshot(
            directory, Manifest(reader.generation() or 0, entries), segments
        )
    wanted = _segment(searcher.reader())
    return snapshot, next(view for view in snapshot.views if view.segment is wanted)


_MATCHERS: dict[type[Node], Callable[[Any, Any], Any]] = {
    Word: _word,
    Phrase: _phrase,
    Expand: _expand,
    Clauses: _clauses,
    Filter: _filter,
    AnyFilter: _any_filter,
    Same: _same,
    Every: _every,
    Nothing: _nothing,
}
