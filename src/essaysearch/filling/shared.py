"""Files that share documents: a document kept from one of them is kept from another when that one goes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import Any

from essaysearch.model import Document

FACT = "shared"
MOST_FILES = 10_000
"""Files of which an index remembers with which others they share documents."""


class Shared:
    """Which files share documents, as an index remembers it. Paths are absolute."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        self._known: dict[str, list[str]] = {path: list(held) for path, held in facts.get(FACT, {}).items()}
        self._changed = False

    def meet(self, one: str, other: str) -> None:
        """Two files hold a document of one id."""
        for path, beside in ((one, other), (other, one)):
            held = self._known.get(path, [])
            if beside not in held and (held or len(self._known) < MOST_FILES):
                self._known[path] = [*held, beside]
                self._changed = True

    def elsewhere(self, path: str, ids: Collection[str], read: Collection[str]) -> Iterator[Document]:
        """The documents of some ids, once each, from other files that shared any with this one.

        ``read``: files that need not be looked at.
        """
        from essaysearch.filling.ingest import read as read_file

        wanted = set(ids)
        for other in self._known.get(path, ()):
            if not wanted:
                return
            if other in read or not os.path.isfile(other):
                continue
            for reading in read_file(other):
                if isinstance(reading, Document) and reading.id in wanted:
                    wanted.remove(reading.id)
                    yield reading

    def remember(self) -> None:
        """Keep what was met with the index; files that are gone are forgotten."""
        gone = {path for path in self._known if not os.path.exists(path)}
        if self._changed or gone:
            left = {
                path: [other for other in held if other not in gone]
                for path, held in self._known.items()
                if path not in gone
            }
            self._facts[FACT] = {path: held for path, held in left.items() if held}
