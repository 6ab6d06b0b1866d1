"""Two runs compared: what is new, gone or moved, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from essaysearch.search.runs import Entry, Run

PUSHED = "others came or went before"
"""Why a passage has another place although it stands as it did among those that stayed."""


@dataclass(frozen=True)
class Change:
    """A passage whose place differs: ``kind`` is ``new``, ``gone`` or ``moved``; places count from 1."""

    kind: str
    passage_id: str
    doc_id: str
    before: int | None
    after: int | None
    why: str


@dataclass(frozen=True)
class Difference:
    """What two runs differ in.

    ``causes``: sentences on library, analyzer and search. ``changes``: by place.
    """

    old: Run
    new: Run
    causes: tuple[str, ...]
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        """Whether the results differ."""
        return self.old.digest != self.new.digest

    def counts(self) -> dict[str, int]:
        """How many passages are new, gone and moved."""
        kinds = [change.kind for change in self.changes]
        return {kind: kinds.count(kind) for kind in ("new", "gone", "moved")}

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        return {
            "schema": 1,
            "same": not self,
            "old": _head(self.old),
            "new": _head(self.new),
            "causes": list(self.causes),
            "counts": self.counts(),
            "changes": [vars(change) for change in self.changes],
        }

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The comparison for reading; passages that were only pushed are counted, not listed."""
        lines = list(self.causes)
        if not self:
            return [
                *lines,
                f"The results are the same: {len(self.new.entries):,} hits of {self.new.total:,}.",
            ]
        told = ", ".join(f"{count:,} {kind}" for kind, count in self.counts().items())
        lines.append(f"{told}; {self.old.total:,} matched before, {self.new.total:,} match now.")
        pushed = 0
        for change in self.changes:
            if change.why == PUSHED:
                pushed += 1
                continue
            places = f"{change.before or '-'} → {change.after or '-'}"
            lines.append(
                f"{change.kind:<5}  {places:>11}  {change.passage_id}  {change.doc_id}: {change.why}"
            )
        if pushed:
            lines.append(f"{pushed:,} moved only because others came or went before.")
        return lines


def _head(run: Run) -> dict[str, Any]:
    return {"made": run.made, "library": run.library, "digest": run.digest, "total": run.total}


def diff(old: Run, new: Run) -> Difference:
    """What is new, gone or moved from one run to another, by place, and why.

    Passages are told apart by id, or documents where the search grouped by document.

    >>> run = library.search("pausing").run
    >>> print(diff(run, library.search("pausing", k=2).run).lines()[0])
    Another search: k was 10 and is 2.
    """
    before, after = _places(old), _places(new)
    stayed = _in_order([before[key][0] for key in after if key in before])
    changes = []
    for key, (place, entry) in after.items():
        if key not in before:
            why = _why(old, new, entry, _cut(old), "it stood below the hits kept then")
            changes.append(Change("new", *entry[:2], None, place, why))
        elif before[key][0] != place:
            was = before[key][0]
            why = PUSHED if was in stayed else _why(old, new, entry, False, "")
            changes.append(Change("moved", *entry[:2], was, place, why))
    for key, (place, entry) in before.items():
        if key not in after:
            why = _why(old, new, entry, _cut(new), "it stands below the hits kept now")
            changes.append(Change("gone", *entry[:2], place, None, why))
    changes.sort(key=lambda change: (change.after or change.before or 0, change.kind))
    return Difference(old, new, tuple(_causes(old, new)), tuple(changes))


def _places(run: Run) -> dict[str, tuple[int, Entry]]:
    by_document = run.search.group == "document"
    return {
        entry.doc_id if by_document else entry.passage_id: (place, entry)
        for place, entry in enumerate(run.entries, run.search.offset + 1)
    }


def _cut(run: Run) -> bool:
    """Whether more matched than the run kept."""
    return run.total > len(run.entries)


def _why(old: Run, new: Run, entry: Entry, cut: bool, below: str) -> str:
    """Why a passage is where it is now: the first cause that concerns it."""
    was, is_now = old.state.print(entry.doc_id), new.state.print(entry.doc_id)
    if was is None and is_now is not None:
        return "its document was added"
    if was is not None and is_now is None:
        return "its document was removed"
    if was != is_now:
        return "its document changed"
    if old.search != new.search:
        return "the search is another"
    if old.analyzer != new.analyzer:
        return "the analyzer changed"
    if old.library == new.library:
        return "essaysearch ranks in another way"
    if cut:
        return below
    return "documents were added, changed or removed, and with them the weights of words"


def _causes(old: Run, new: Run) -> Iterator[str]:
    """What differs beside the results, a sentence each."""
    told, asked = old.search.to_dict(), new.search.to_dict()
    differing = [
        f"{name} was {told[name]!r} and is {asked[name]!r}" for name in told if told[name] != asked[name]
    ]
    if differing:
        yield f"Another search: {', '.join(differing)}."
    if old.analyzer != new.analyzer:
        yield f"The analyzer changed from version {old.analyzer} to {new.analyzer}."
    if old.version != new.version:
        yield f"essaysearch was {old.version or 'of no known version'} and is {new.version or 'of none'}."
    if old.library != new.library:
        added, changed, removed = new.state.since(old.state)
        yield f"Documents of the library: {added:,} added, {changed:,} changed, {removed:,} removed."


def _in_order(places: list[int]) -> set[int]:
    """A longest rising run of places: those that stand to each other as they did."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(tails, place)
        before[place] = tails[at - 1] if at else None
        tails[at : at + 1] = [place]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
