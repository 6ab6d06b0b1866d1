"""What an indexing run did: counts, what was skipped and why, what was inferred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from essaysearch.model import Document, Skipped

SCHEMA = 1
SURE_BORDER = 1.0
BY_HAND = "corrected by hand"
"""The reason of what a file of corrections says."""


@dataclass
class Inferred:
    """How much of what was read the source did not say itself."""

    quotes: int = 0
    borders: int = 0
    authors: int = 0
    dates: int = 0

    def count(self, document: Document) -> None:
        """Add what was inferred of one document: quoted blocks, comment borders, authors, a date."""
        self.quotes += sum(
            block.voice == "quoted" and block.reason not in ("", BY_HAND) for block in document.blocks
        )
        self.borders += sum(0 < block.border < SURE_BORDER for block in document.blocks)
        self.authors += len(document.authors_inferred)
        self.dates += bool(document.date_inferred)

    def to_dict(self) -> dict[str, int]:
        """The counts by name."""
        return {"quotes": self.quotes, "borders": self.borders, "authors": self.authors, "dates": self.dates}


@dataclass
class IndexReport:
    """The outcome of `Library.add`.

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
            "notes": self.notes,
            "repeated": [{"id": key, "paths": paths} for key, paths in sorted(self.repeated.items())],
            "took_s": round(self.took_s, 3),
        }
