"""Threads where a source names only parents: the first document of each, found by going up from answers.

What the source itself says (the column ``thread``) stands. Answers may lie in other files and other
segments than what they answer, so the roots are found in a state of the library as a whole, when
somebody first asks for threads, and kept with that state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from essaysearch.columnar.segment import Segment
    from essaysearch.columnar.snapshot import Snapshot, View

Array = npt.NDArray[Any]
_KEPT = "roots"
_NOTHING: Mapping[int, str] = {}


def derived_roots(snapshot: Snapshot, segment: Segment) -> Mapping[int, str]:
    """Documents of a segment whose source names no thread, to the id of the first of theirs.

    Only those are in it that answer a document, or are answered by one. Where a parent is not in the
    library, it is the root all the same; of a circle of parents it is the member with the smallest id.
    """
    known: list[tuple[Segment, Mapping[int, str]]] | None = snapshot.kept.get(_KEPT)
    if known is None:
        known = snapshot.kept[_KEPT] = _derived(snapshot)
    return next((roots for held, roots in known if held is segment), _NOTHING)


def root_of(view: View, document: int) -> str | None:
    """The thread a document belongs to: as its source says, else as parents lead to it, else its own id."""
    segment = view.segment
    said = segment.keyword("thread", document)
    snapshot = view.snapshot()
    derived = derived_roots(snapshot, segment).get(document) if said is None and snapshot else None
    return said or derived or segment.keyword("id", document)


def _derived(snapshot: Snapshot) -> list[tuple[Segment, Mapping[int, str]]]:
    above: dict[str, str] = {}
    alone: list[tuple[Segment, Array]] = []
    for view in snapshot.views:
        segment = view.segment
        unsaid = (segment.file.array("thread_code") == 0) & segment.live_documents
        answers = np.flatnonzero(unsaid & (segment.file.array("parent_code") > 0))
        alone.append((segment, unsaid))
        for document in answers.tolist():
            above[segment.keyword("id", document) or ""] = segment.keyword("parent", document) or ""
    if not above:
        return []
    roots = _roots(above, snapshot)
    tops = set(roots.values())
    found: list[tuple[Segment, Mapping[int, str]]] = []
    for segment, unsaid in alone:
        within = segment.documents_of_ids({*above, *tops})
        ids = ((number, segment.keyword("id", number) or "") for number in within[unsaid[within]].tolist())
        found.append((segment, {number: roots.get(name, name) for number, name in ids}))
    return found


def _roots(above: Mapping[str, str], snapshot: Snapshot) -> dict[str, str]:
    """The root of each answer; ``above`` gives what it answers. Every answer is looked at once or twice."""
    roots: dict[str, str] = {}
    for start in above:
        path: dict[str, None] = {}
        top = start
        while top in above and top not in roots and top not in path:
            path[top] = None
            top = above[top]
        if top in roots:
            root = roots[top]
        elif top in path:
            members = list(path)
            root = min(members[members.index(top) :])
        else:
            held = snapshot.locate_document(top)
            root = (held[0].segment.keyword("thread", held[1]) if held else None) or top
            roots[top] = root
        roots.update(dict.fromkeys(path, root))
    return roots
