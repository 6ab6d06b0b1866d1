"""The writer: gathers documents in memory, writes them as segments, merges, commits.

Nothing a writer does is visible before `commit`; a writer that is killed, or left through an
exception, leaves the last committed state. Segments are merged in tiers: when ten of about the
same size have gathered, they become one.
"""

from __future__ import annotations

import contextlib
import math
import os
import uuid
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.build import SegmentBuilder
from essaysearch.columnar.segment import Segment
from essaysearch.columnar.vocabulary import Vocabulary
from essaysearch.model import Document, Passage

if TYPE_CHECKING:
    from essaysearch.columnar.store import Store

Array = npt.NDArray[Any]
TIER = 10
"""Segments of about one size that become one; a tier's segments are within a factor of ten."""

SMALLEST = 1_000
"""Passages below which segments count as one size."""


class Writer:
    """Use as a context manager: commits on leaving, cancels on an exception."""

    def __init__(self, store: Store, lock: Any, memory: int, fast: bool | None) -> None:
        from essaysearch.columnar.store import numba_present

        self._store, self._lock, self._memory = store, lock, memory
        self._fast = numba_present() if fast is None else fast
        self._pool = ThreadPoolExecutor(1)
        self._snapshot = store.snapshot()
        self._manifest = self._snapshot.manifest
        self.facts: dict[str, Any] = dict(self._manifest.facts)
        self._entries: list[dict[str, Any]] = [dict(entry) for entry in self._manifest.segments]
        self._segments: dict[str, Segment] = {
            view.segment.name: view.segment for view in self._snapshot.views
        }
        self._dead: dict[str, set[int]] = {}
        self._pending: dict[str, int] = {}
        self._pending_dead: set[int] = set()
        self._written: dict[str, tuple[str, int]] = {}
        self._ended = False
        self._vocabulary = Vocabulary(self._fast)
        self._builder = SegmentBuilder(self._vocabulary, self._pool, self._fast)

    # Documents

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document; one of the same id, committed or not, is replaced.

        Raises `ValueError`, and changes nothing, where ``passages`` are not in order, do not lie
        within the text, or bear ids that are not 16 hexadecimal digits.
        """
        self._require_open()
        number = len(self._builder.documents["first"])
        self._builder.add(document, passages)
        self.delete(document.id)
        self._pending[document.id] = number
        if self._builder.held > self._memory:
            self._flush()

    def delete(self, document_id: str) -> bool:
        """Delete a document by id; says whether there was one."""
        self._require_open()
        at = self._pending.pop(document_id, None)
        if at is not None:
            self._pending_dead.add(at)
            return True
        written = self._written.pop(document_id, None)
        if written is not None:
            self._dead.setdefault(written[0], set()).add(written[1])
            return True
        found = self._snapshot.locate_document(document_id)
        if found is None or found[1] in self._dead.get(found[0].segment.name, ()):
            return False
        self._dead.setdefault(found[0].segment.name, set()).add(found[1])
        return True

    def fingerprint_of(self, document_id: str) -> int | None:
        """The fingerprint (see `records.fingerprint`) of a committed document, None if there is none."""
        found = self._snapshot.locate_document(document_id)
        if found is None or found[1] in self._dead.get(found[0].segment.name, ()):
            return None
        return int(found[0].segment.column("doc_print")[found[1]])

    # Segments

    def _flush(self) -> None:
        """Write what was gathered as a segment of its own."""
        if not self._builder.passage_count and not self._pending:
            self._builder = SegmentBuilder(self._vocabulary, self._pool, self._fast)
            self._pending_dead = set()
            return
        entry = self._write(self._builder.write)
        for document_id, number in self._pending.items():
            self._written[document_id] = (entry["name"], number)
        if self._pending_dead:
            self._dead[entry["name"]] = set(self._pending_dead)
        self._pending, self._pending_dead = {}, set()
        self._builder = SegmentBuilder(self._vocabulary, self._pool, self._fast)

    def _write(self, write: Any) -> dict[str, Any]:
        name = uuid.uuid4().hex[:16]
        file = f"MAIN_{name}.cols"
        entry = {"name": name, "file": file, **write(self._store.directory / file)}
        self._entries.append(entry)
        self._segments[name] = Segment(self._store.directory, entry)
        return entry

    def _bury(self) -> None:
        """Write the bitmaps of what was deleted; drop segments in which nothing lives."""
        for entry in list(self._entries):
            dead = self._dead.pop(entry["name"], None)
            if not dead:
                continue
            segment = self._segments[entry["name"]]
            documents = segment.live_documents.copy()
            documents[list(dead)] = False
            if not documents.any():
                self._entries.remove(entry)
                continue
            passages = documents[segment.doc_of]
            data = np.packbits(~np.concatenate((passages, documents))).tobytes()
            file = f"MAIN_{entry['name']}.dead{self._manifest.generation + 1}"
            _write_synced(self._store.directory / file, data)
            entry["deleted"] = {"file": file, "crc": zlib.crc32(data), "passages": int((~passages).sum())}
            entry["averages"] = segment.averages_without(passages).as_dict()
            self._segments[entry["name"]] = Segment(self._store.directory, entry)

    def _merge(self, everything: bool) -> None:
        """Merge where ten segments of one size have gathered (or all, if asked)."""
        from essaysearch.columnar.merge import merge

        while True:
            chosen = self._entries if everything else self._tier()
            if everything and len(chosen) == 1 and not chosen[0].get("deleted"):
                return
            if len(chosen) < (1 if everything else TIER):
                return
            segments = [self._segments[entry["name"]] for entry in chosen]
            names = {entry["name"] for entry in chosen}
            at = self._entries.index(chosen[0])
            self._entries = [entry for entry in self._entries if entry["name"] not in names]
            self._write(lambda path, segments=segments: merge(segments, path, self._pool))
            self._entries.insert(at, self._entries.pop())
            if everything:
                return

    def _tier(self) -> list[dict[str, Any]]:
        tiers: dict[int, list[dict[str, Any]]] = {}
        for entry in self._entries:
            live = max(SMALLEST, entry["averages"]["passages"])
            tiers.setdefault(int(math.log10(live)), []).append(entry)
        return max(tiers.values(), key=len, default=[])

    # Ends

    def commit(self, optimize: bool = False) -> None:
        """Make everything visible and durable. ``optimize``: merge all segments into one.

        A commit that changes nothing leaves the generation as it is.
        """
        self._require_open()
        try:
            self._flush()
            self._bury()
            self._merge(optimize)
            if self._entries == list(self._manifest.segments) and self.facts == self._manifest.facts:
                self._clean(self._manifest)
                return
            following = self._manifest.after(tuple(self._entries), self.facts)
            manifests.store(self._store.directory, following)
            self._clean(following)
        finally:
            self._end()

    def cancel(self) -> None:
        """Forget everything since the last commit; nothing to do where the writer has ended."""
        if self._ended:
            return
        try:
            self._clean(self._manifest)
        finally:
            self._end()

    def _clean(self, current: manifests.Manifest) -> None:
        """Write the table of contents if it is not there yet (a writer may have been killed before
        it came to that), then remove files of ours that neither this manifest nor the one before names."""
        from essaysearch.columnar.codec import toc_name, write_toc

        if not (self._store.directory / toc_name(current.generation)).exists():
            write_toc(self._store.directory, current)
        kept = current.files() | self._manifest.files()
        for name in os.listdir(self._store.directory):
            ours = name.startswith("MAIN_") and (name.endswith(".cols") or ".dead" in name)
            if ours and name not in kept:
                with contextlib.suppress(OSError):  # still mapped by a reader (Windows): next time
                    (self._store.directory / name).unlink()

    def _end(self) -> None:
        self._ended = True
        self._pool.shutdown()
        self._store.unlock(self._lock)

    def _require_open(self) -> None:
        if self._ended:
            raise ValueError("This writer has ended (committed or cancelled). Ask the store for another.")

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._ended:
            self.commit()
        else:
            self.cancel()


def _write_synced(path: Path, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
