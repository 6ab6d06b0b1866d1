"""A passage among what stands around it: neighbours, what it answers, its thread; the library's counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from essaysearch.columnar import records
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.errors import UnknownId
from essaysearch.model import Document, Passage
from essaysearch.threads import Thread, build


@dataclass(frozen=True)
class Surroundings:
    """``passages``: (passage, its text) in order, ``focus`` the index of the one asked for.

    ``document`` is without its text. ``answers``: the quoted passages that the focus answers.
    ``ancestors``: the documents it replies to, the root first (those the library has);
    ``missing``: the id of the first ancestor that it lacks; ``replies``: the direct answers.
    """

    document: Document
    passages: tuple[tuple[Passage, str], ...]
    focus: int
    answers: tuple[tuple[Passage, str], ...]
    ancestors: tuple[Document, ...] = ()
    missing: str | None = None
    replies: tuple[Document, ...] = ()

    def _repr_html_(self) -> str:
        from essaysearch.notebook import surroundings_card

        return surroundings_card(self)


def locate(snapshot: Snapshot, id: str) -> tuple[View, int, int | None]:
    """(segment, document's number, passage's number if ``id`` is a passage's). Raises `UnknownId`."""
    try:
        view, number = snapshot.locate(id)
        return view, int(view.segment.doc_of[number]), number
    except UnknownId:
        found = snapshot.locate_document(id)
        if found is None:
            raise UnknownId(
                f"Nothing bears the id `{id}`. Ids stand in search results (`passage_id`, `doc_id`)."
            ) from None
        return found[0], found[1], None


def surroundings(snapshot: Snapshot, id: str, before: int, after: int) -> Surroundings:
    """A passage with its neighbours, or a whole document. Raises `UnknownId`."""
    view, document_number, passage_number = locate(snapshot, id)
    segment = view.segment
    record = segment.record(document_number)
    begin, end = (int(v) for v in segment.column("doc_first")[document_number : document_number + 2])
    low, high, focus = begin, end, 0
    if passage_number is not None:
        low, high = max(begin, passage_number - max(0, before)), min(end, passage_number + max(0, after) + 1)
        focus = passage_number - low
    rows = [segment.passage(number, record) for number in range(low, high)]
    passages = tuple((row.passage, row.text) for row in rows)
    answered = passages[focus][0].answers if passage_number is not None and passages else ()
    answers = tuple((row.passage, row.text) for row in (segment.passage(begin + n, record) for n in answered))
    document = segment.document(document_number, with_text=False, record=record)
    ancestors, missing = _ancestors(snapshot, document)
    return Surroundings(
        document, passages, focus, answers, ancestors, missing, _replies(snapshot, document.id)
    )


def _ancestors(snapshot: Snapshot, document: Document) -> tuple[tuple[Document, ...], str | None]:
    found: list[Document] = []
    seen = {document.id}
    parent = document.parent
    while parent is not None and parent not in seen:
        seen.add(parent)
        held = snapshot.locate_document(parent)
        if held is None:
            return tuple(reversed(found)), parent
        found.append(held[0].segment.document(held[1], with_text=False))
        parent = found[-1].parent
    return tuple(reversed(found)), None


def _bearing(snapshot: Snapshot, field: str, value: str) -> Iterator[Document]:
    """The documents whose ``field`` (``parent``, ``thread``) is ``value``."""
    for view in snapshot.views:
        code = view.segment.names(field).find(value) + 1
        if code:
            for number in np.flatnonzero(view.segment.file.array(f"{field}_code") == code):
                if view.segment.live_documents[number]:
                    yield view.segment.document(int(number), with_text=False)


def _replies(snapshot: Snapshot, document_id: str) -> tuple[Document, ...]:
    replies = _bearing(snapshot, "parent", document_id)
    return tuple(sorted(replies, key=lambda document: (document.date or "", document.id)))


def thread_of(snapshot: Snapshot, id: str) -> Thread:
    """The thread that a passage or document belongs to: everything above and below it that is here.

    Raises `UnknownId`.
    """
    view, number, _ = locate(snapshot, id)
    document = view.segment.document(number, with_text=False)
    ancestors, missing = _ancestors(snapshot, document)
    found = {document.id: document, **{above.id: above for above in ancestors}}
    root = document.thread or missing or (ancestors[0] if ancestors else document).id
    held = snapshot.locate_document(root)
    if held is not None:
        found[root] = held[0].segment.document(held[1], with_text=False)
    found.update((member.id, member) for member in _bearing(snapshot, "thread", root))
    waiting = [root, *found]
    while waiting:
        for reply in _bearing(snapshot, "parent", waiting.pop()):
            if reply.id not in found:
                found[reply.id] = reply
                waiting.append(reply.id)
    return build(found.values())


def stats(snapshot: Snapshot) -> dict[str, Any]:
    """Counts of the library, as JSON values."""
    kinds: dict[str, int] = {}
    voices = dict.fromkeys(("own", "quoted", "unknown"), 0)
    dated = 0
    for view in snapshot.views:
        segment = view.segment
        live = segment.live_documents
        names = segment.names("kind")
        for code, count in zip(
            *np.unique(segment.file.array("kind_code")[live], return_counts=True), strict=True
        ):
            kinds[names[int(code) - 1]] = kinds.get(names[int(code) - 1], 0) + int(count)
        for voice, count in zip(
            voices, np.bincount(segment.column("voice")[view.live], minlength=3), strict=False
        ):
            voices[voice] += int(count)
        dated += int((segment.column("date_low")[live] != records.NO_DATE).sum())
    averages = snapshot.averages
    return {
        "schema": 1,
        "documents": snapshot.documents,
        "passages": snapshot.passages,
        "kinds": dict(sorted(kinds.items())),
        "voices": voices,
        "dated": dated,
        "undated": snapshot.documents - dated,
        "words": averages.words[0],
        "words_per_passage": round(averages.mean(0), 1),
        "segments": len(snapshot.views),
        "bytes": snapshot.size(),
        "sources": snapshot.manifest.facts.get("sources", {}),
    }
