"""Who answers whom: documents as trees of parents and replies.

A thread is built from whatever documents are at hand, in any order. A parent that is not among
them becomes a stub, a circle of parents is cut, and every such step is said in a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from essaysearch.errors import UnknownId
from essaysearch.model import Document


@dataclass(frozen=True, slots=True)
class Node:
    """A document's place in its thread; a stub (``document`` None) stands for one that is not at hand.

    ``children`` are ids in order. ``depth`` is 0 at a root. ``root`` is the id of the topmost
    node above (its own, at a root).
    """

    id: str
    document: Document | None
    parent: str | None
    children: tuple[str, ...]
    depth: int
    root: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """Trees of documents. ``nodes`` are in reading order: each before its replies, siblings by date.

    ``roots`` are the ids of depth 0, in the same order. ``notes`` tell what was left out.
    """

    nodes: Mapping[str, Node]
    roots: tuple[str, ...]
    notes: tuple[str, ...] = ()


def build(documents: Iterable[Document]) -> Thread:
    """The trees that the documents' parents make. Time n log n, no recursion.

    Siblings and roots are ordered by date (undated last), then by id. Of documents with one id
    the first counts. A parent that is missing becomes a stub under the thread it belongs to. A
    document without a parent hangs from its thread. In a circle of parents the earliest document
    (a stub, if there is one) loses its parent.
    """
    kept: dict[str, Document] = {}
    repeated = 0
    for document in documents:
        if document.id in kept:
            repeated += 1
        else:
            kept[document.id] = document
    said: dict[str, list[str]] = {}
    parents = _parents(kept, said)
    order = _orders(parents, kept)
    _cut_circles(parents, kept, order, said)
    children: dict[str, list[str]] = {}
    roots: list[str] = []
    for id in sorted(parents, key=order.__getitem__):
        parent = parents[id]
        (roots if parent is None else children.setdefault(parent, [])).append(id)
    nodes: dict[str, Node] = {}
    waiting = [(root, 0, root) for root in reversed(roots)]
    while waiting:
        id, depth, root = waiting.pop()
        replies = children.get(id, [])
        nodes[id] = Node(id, kept.get(id), parents[id], tuple(replies), depth, root, tuple(said.get(id, ())))
        waiting.extend((reply, depth + 1, root) for reply in reversed(replies))
    notes: tuple[str, ...] = ()
    if repeated:
        left = "was" if repeated == 1 else "were"
        notes = (f"{repeated:,} with an id that was met before {left} left out; the first counts",)
    return Thread(nodes, tuple(roots), notes)


def ancestors(thread: Thread, id: str) -> tuple[Node, ...]:
    """The nodes above one, from its root down to its parent. Raises `UnknownId`."""
    above: list[Node] = []
    parent = _node(thread, id).parent
    while parent is not None:
        node = thread.nodes[parent]
        above.append(node)
        parent = node.parent
    return tuple(reversed(above))


def replies(thread: Thread, id: str) -> tuple[Node, ...]:
    """The nodes under one in reading order, replies to replies included. Raises `UnknownId`."""
    found: list[Node] = []
    waiting = list(reversed(_node(thread, id).children))
    while waiting:
        node = thread.nodes[waiting.pop()]
        found.append(node)
        waiting.extend(reversed(node.children))
    return tuple(found)


def _node(thread: Thread, id: str) -> Node:
    node = thread.nodes.get(id)
    if node is None:
        raise UnknownId(f'The thread holds no document "{id}".')
    return node


def _parents(kept: Mapping[str, Document], said: dict[str, list[str]]) -> dict[str, str | None]:
    """What each document and each stub hangs from, circles included."""
    parents: dict[str, str | None] = {}
    for id, document in kept.items():
        parent = document.parent or document.thread
        if document.parent == id:
            said.setdefault(id, []).append("it names itself as its parent")
            parent = document.thread
        parents[id] = None if parent == id else parent
    for document in kept.values():
        missing = parents[document.id]
        if missing is None or missing in parents:
            continue
        thread = document.thread if document.thread not in (missing, document.id) else None
        parents[missing] = thread
        said[missing] = ["it is not in the library; only its replies are"]
        if thread is not None and thread not in parents:
            parents[thread] = None
            said[thread] = ["it is not in the library; only its replies are"]
    return parents


def _cut_circles(
    parents: dict[str, str | None],
    kept: Mapping[str, Document],
    order: Mapping[str, tuple[bool, str, str]],
    said: dict[str, list[str]],
) -> None:
    """Takes the parent from one member of every circle."""
    done: set[str] = set()
    for start in list(parents):
        path: list[str] = []
        place: dict[str, int] = {}
        id: str | None = start
        while id is not None and id not in done and id not in place:
            place[id] = len(path)
            path.append(id)
            id = parents[id]
        if id is not None and id in place:
            circle = path[place[id] :]
            first = min(circle, key=lambda member: (member in kept, order[member]))
            parents[first] = None
            said.setdefault(first, []).append(f"its parents led back to it, in a circle of {len(circle):,}")
        done.update(path)


def _orders(
    parents: Mapping[str, str | None], kept: Mapping[str, Document]
) -> dict[str, tuple[bool, str, str]]:
    """What siblings are sorted by: dated before undated, the instant, then the id.

    A stub stands where the earliest of its replies would.
    """
    order = {id: (document.date is None, _instant(document.date or ""), id) for id, document in kept.items()}
    stubs = {id: (True, "", id) for id in parents if id not in kept}
    # A stub may hang from a stub, but no deeper.
    for _ in range(2):
        for id, parent in parents.items():
            if parent in stubs:
                undated, instant, _name = order[id] if id in order else stubs[id]
                if not undated:
                    stubs[parent] = min(stubs[parent], (False, instant, parent))
    return {**order, **stubs}


def _instant(date: str) -> str:
    """The beginning of a date of any precision, in UTC, as text that sorts; no offset counts as UTC."""
    if not date:
        return ""
    padded = date + "0000-01-01T00:00:00"[len(date) :] if len(date) < 19 else date
    try:
        moment = datetime.fromisoformat(padded.replace("Z", "+00:00"))
        if moment.tzinfo is not None:
            moment = moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return date
    return moment.replace(tzinfo=None).isoformat()
