"""What an indexing run did: counts, what was skipped and why, what was inferred."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from essaysearch.model import Document, Skipped

SCHEMA = 1
SURE_BORDER = 1.0
BY_HAND = "corrected by hand"
"""The reason of what a file of corrections says."""

_SHOWN = 10
"""Notes, and documents in several files, that a summary names."""


STANDS_ELSEWHERE = "stands in "
"""How the reasons of voices begin that other documents of the library show."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """What was inferred of one document: how many there are of each, and the sums of their confidences.

    ``elsewhere``: of ``quotes``, those that other documents show; ``unknown``: paragraphs whose
    voice stays open.
    """

    quotes: int = 0
    borders: int = 0
    authors: int = 0
    dates: int = 0
    elsewhere: int = 0
    unknown: int = 0
    sure_quotes: float = 0.0
    sure_borders: float = 0.0


class Inferred:
    """How much of what was read the source did not say itself, and how sure it is."""

    def __init__(self) -> None:
        self._of: dict[str, Guesses] = {}

    @property
    def documents(self) -> set[str]:
        """The ids of the documents of which something was inferred."""
        return set(self._of)

    def count(self, document: Document) -> None:
        """Take note of what was inferred of a document, in place of what was noted of it before."""
        sure = not document.authors_inferred and not document.date_inferred
        if sure and all(block.voice == "own" and not block.border for block in document.blocks):
            return
        told = guesses(document)
        if told != Guesses():
            self._of[document.id] = told

    def total(self, name: str) -> Any:
        """The sum of one field of `Guesses` over all documents."""
        return sum(getattr(told, name) for told in self._of.values())

    def to_dict(self) -> dict[str, int]:
        """The counts by name."""
        return {name: self.total(name) for name in ("quotes", "borders", "authors", "dates")}

    def sureness(self) -> dict[str, Any]:
        """Mean confidences (0 to 1, None where there is nothing), and what the voices rest on."""
        return {
            "quotes": _mean(self.total("sure_quotes"), self.total("quotes")),
            "borders": _mean(self.total("sure_borders"), self.total("borders")),
            "quotes_found_elsewhere": self.total("elsewhere"),
            "paragraphs_of_unknown_voice": self.total("unknown"),
        }


def guesses(document: Document) -> Guesses:
    """What was inferred of a document: quoted blocks, comment borders, authors, a date."""
    quotes = [b for b in document.blocks if b.voice == "quoted" and b.reason not in ("", BY_HAND)]
    borders = [b.border for b in document.blocks if 0 < b.border < SURE_BORDER]
    unknown = [b for b in document.blocks if b.voice == "unknown" and b.role != "furniture"]
    return Guesses(
        len(quotes),
        len(borders),
        len(document.authors_inferred),
        int(bool(document.date_inferred)),
        sum(block.reason.startswith(STANDS_ELSEWHERE) for block in quotes),
        len(unknown),
        sum(block.confidence for block in quotes),
        sum(borders),
    )


def _mean(total: float, count: int) -> float | None:
    return round(total / count, 3) if count else None


@dataclass(repr=False)
class IndexReport:
    """The outcome of `Library.add`; a notebook or prompt shows it in sentences.

    ``documents`` and ``passages`` are the library's totals afterwards, the other counts this run's.
    ``repeated`` names documents met in more than one file, with the files' paths. ``noted`` counts,
    for each file and each sentence on what was repaired or assumed in it, how often it was said.
    """

    documents: int = 0
    passages: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    inferred: Inferred = field(default_factory=Inferred)
    repeated: dict[str, list[str]] = field(default_factory=dict)
    noted: dict[tuple[str, str], int] = field(default_factory=dict)
    took_s: float = 0.0

    @property
    def read(self) -> int:
        """Documents read in this run."""
        return self.added + self.changed + self.unchanged

    def note(self, path: str, sentences: Iterable[str]) -> None:
        """Keep sentences on what was repaired or assumed in a file; equal ones are counted."""
        for sentence in sentences:
            key = (path, sentence.rstrip("."))
            self.noted[key] = self.noted.get(key, 0) + 1

    @property
    def notes(self) -> list[str]:
        """What was repaired or assumed: a sentence for each file and cause, in the order they came up."""
        return [
            f"{path or 'a document given'}: {said}" + (f" ({count:,} times)." if count > 1 else ".")
            for (path, said), count in self.noted.items()
        ]

    def summary(self, name: Callable[[str], str] = str) -> list[str]:
        """The run in sentences, without those on what was skipped. ``name``: how paths are shown."""
        counts = [f"{self.added:,} new", f"{self.changed:,} changed", f"{self.unchanged:,} as they were"]
        counts += [f"{self.removed:,} removed"] if self.removed else []
        lines = [
            f"{_counted(self.read, 'document')} read: {', '.join(counts)}.",
            f"The library holds {_counted(self.documents, 'document')}"
            f" in {_counted(self.passages, 'passage')} ({self.took_s:.1f} s).",
        ]
        lines += _inferred(self.inferred)
        repeated = [
            f"One document, several files: `{key}` in {', '.join(map(name, paths))}."
            for key, paths in sorted(self.repeated.items())
        ]
        lines += _first(repeated, "documents in several files") + _first(self.notes, "notes")
        if self.skipped:
            lines.append(f"{len(self.skipped):,} skipped.")
        return lines

    def __repr__(self) -> str:
        return "\n".join([*self.summary(), *_first([said(one) for one in self.skipped], "skipped")])

    def to_dict(self) -> dict[str, Any]:
        """What ``index --format json`` prints."""
        skipped = [
            {"path": s.path, "reason": f"{s.place}: {s.reason}" if s.place else s.reason}
            for s in self.skipped
        ]
        return {
            "schema": SCHEMA,
            "documents": self.documents,
            "passages": self.passages,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "skipped": skipped,
            "inferred": self.inferred.to_dict(),
            "sureness": self.inferred.sureness(),
            "notes": self.notes,
            "repeated": [{"id": key, "paths": paths} for key, paths in sorted(self.repeated.items())],
            "took_s": round(self.took_s, 3),
        }


def said(skipped: Skipped) -> str:
    """What was skipped, where, and why, in a line."""
    place = f" ({skipped.place})" if skipped.place else ""
    return f"skipped {skipped.path}{place}: {skipped.reason}"


def _inferred(inferred: Inferred) -> list[str]:
    """What was inferred and how sure it is, in sentences; nothing where nothing was."""
    sure = inferred.sureness()
    told = []
    for name, count in inferred.to_dict().items():
        mean = sure.get(name)
        asides = [f"{mean:.0%} sure on average".replace("%", " %")] if mean is not None else []
        if name == "quotes" and sure["quotes_found_elsewhere"]:
            asides.append(f"{sure['quotes_found_elsewhere']:,} of them found elsewhere in the library")
        if count:
            told.append(f"{count:,} {name}" + (f" ({', '.join(asides)})" if asides else ""))
    lines = [f"Inferred, not said by the sources: {', '.join(told)}."] if told else []
    if unknown := sure["paragraphs_of_unknown_voice"]:
        lines.append(f"Whose words they are is not known of {_counted(unknown, 'paragraph')}.")
    return lines


def _first(lines: list[str], noun: str) -> list[str]:
    more = len(lines) - _SHOWN
    cut = [f"… and {more:,} more {noun}; --format json names them all."] if more > 0 else []
    return lines[:_SHOWN] + cut


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
