"""Counting what a reader leaves out, so that ten thousand of a kind are one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from essaysearch.model import Skipped
from essaysearch.readers.source import SourceFile

_SHOWN = 3


@dataclass
class Tally:
    """Things left out, by reason. ``one`` and ``many`` are what a thing is called.

    `skipped` gives one `Skipped` a reason, with the count and the first few places.
    """

    source: SourceFile
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    places: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def add(self, one: str, many: str, why: str, place: str = "") -> None:
        """Counts one thing; ``why`` ends the sentence: "3 comments hold no text: they were deleted"."""
        reason = (one, many, why)
        self.counts[reason] = self.counts.get(reason, 0) + 1
        shown = self.places.setdefault(reason, [])
        if place and len(shown) < _SHOWN:
            shown.append(place)

    def skipped(self) -> Iterator[Skipped]:
        """What was counted, in the order of its first occurrence."""
        for reason, count in self.counts.items():
            one, many, why = reason
            places = ", ".join(self.places[reason])
            more = ", …" if places and count > len(self.places[reason]) else ""
            said = f"{count:,} {one if count == 1 else many} {why}."
            yield Skipped(self.source.path, said, places + more, empty=True)
