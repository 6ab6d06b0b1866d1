"""The writer: gathers documents in memory, writes them as segments, merges, commits.

Nothing a writer does is visible before `commit`; a writer that is killed, or left through an
exception, leaves the last committed state. Segments are merged in tiers: when ten of about the
same size have gathered, they become one.

Documents go through in batches: the caller's thread makes rows of them (see `rows`) and numbers their
words; others cut their texts and compress them meanwhile, without the interpreter's lock, and write what
has reached half of the memory allowed, while the other half fills.
"""

from __future__ import annotations

import contextlib
import math
import os
import uuid
import zlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.build import SegmentBuilder
from essaysearch.columnar.lines import Line
from essaysearch.columnar.rows import Entry, Plain, check, check_plain, rows_of, rows_of_plain
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

_BATCH = 1 << 21
_PASSAGE, _DOCUMENT = 60, 200
"""Bytes: how much makes a batch (a quarter where documents wait as records, which the garbage collector goes
through); what is held of a passage and of a document beside their words."""


class Writer:
    """Use as a context manager: commits on leaving, cancels on an exception."""

    def __init__(self, store: Store, lock: Any, memory: int, fast: bool | None) -> None:
        from essaysearch.columnar.store import numba_present

        self._store, self._lock, self._memory = store, lock, memory
        self._fast = numba_present() if fast is None else fast
        self._pool, self._cutter, self._writing = ThreadPoolExecutor(2), ThreadPoolExecutor(1), Line(0)
        self._snapshot = store.snapshot()
        self._manifest = self._snapshot.manifest
        self.facts: dict[str, Any] = dict(self._manifest.facts)
        self._entries: list[dict[str, Any]] = [dict(entry) for entry in self._manifest.segments]
        self._segments: dict[str, Segment] = {
            view.segment.name: view.segment for view in self._snapshot.views
        }
        self._dead: dict[str, set[int]] = {}
        self._written: list[tuple[dict[str, Any], set[int]]] = []
        self._ended = False
        self._vocabulary = Vocabulary(self._fast)
        self._begin()

    def _begin(self) -> None:
        """Begin to gather a segment."""
        self._builder = SegmentBuilder(self._vocabulary, self._pool, self._cutter, self._fast)
        self._batch: list[Entry] = []
        # Fields of `Plain`, one behind the other: as records they would be work for the garbage collector.
        self._plain: list[Any] = []
        self._batch_size = self._held = self._count = 0
        self._pending: dict[str, int] = {}
        self._pending_dead: set[int] = set()

    # Documents

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document; one of the same id, committed or not, is replaced.

        Raises `ValueError`, and changes nothing, where ``passages`` are not in order, do not lie
        within the text, or bear ids that are not 16 hexadecimal digits.
        """
        self._require_open()
        check(document, passages)
        if self._plain:
            self._send()
        self._batch.append((document, passages))
        self._take(document.id, len(document.text) + _PASSAGE * len(passages) + _DOCUMENT)

    def add_plain(self, plain: Plain) -> None:
        """Add a document that is one passage, as `add` would, and sooner.

        Raises `ValueError`, and changes nothing, where one of its ids is missing.
        """
        self._require_open()
        check_plain(plain)
        if self._batch:
            self._send()
        self._plain.extend(plain)
        self._take(plain.id, len(plain.text) + _PASSAGE + _DOCUMENT)

    def _take(self, document_id: str, size: int) -> None:
        """Count what was put into the batch; let it go on where it is full."""
        before = self._pending.get(document_id)
        if before is not None:
            self._pending_dead.add(before)
        self._pending[document_id] = self._count
        self._count += 1
        self._batch_size += size
        if self._batch_size > (_BATCH if self._plain else _BATCH // 4):
            self._send()
            if self._held > self._memory // 2:
                self._flush()

    def delete(self, document_id: str) -> bool:
        """Delete a document by id; says whether there was one."""
        self._require_open()
        at = self._pending.pop(document_id, None)
        if at is not None:
            self._pending_dead.add(at)
        self._settle()
        return self._kill([document_id]) > 0 or at is not None

    def fingerprint_of(self, document_id: str) -> int | None:
        """The fingerprint (see `fingerprints.fingerprint`) of a committed document, None if there is none
        or it was replaced or deleted since."""
        found = self._snapshot.locate_document(document_id)
        if document_id in self._pending or found is None:
            return None
        segment, number = found[0].segment, found[1]
        if number in self._dead.get(segment.name, ()):
            return None
        return int(segment.column("doc_print")[number])

    def _kill(self, document_ids: Collection[str], younger: Collection[str] = ()) -> int:
        """Mark documents of segments as deleted, those named ``younger`` aside; returns how many."""
        count = 0
        for name, segment in self._segments.items():
            if name not in younger:
                dead = self._dead.setdefault(name, set())
                before = len(dead)
                dead.update(segment.documents_of_ids(document_ids).tolist())
                count += len(dead) - before
        return count

    # Segments

    def _send(self) -> None:
        """Make rows of the batch and let the segment have them."""
        if self._batch_size:
            rows = rows_of(self._batch) if self._batch else rows_of_plain(self._plain)
            self._held += self._batch_size * 3 // 4  # four bytes a word, of five or six characters
            self._batch, self._plain, self._batch_size = [], [], 0
            self._builder.append(rows)

    def _flush(self) -> None:
        """Let what was gathered be written as a segment of its own."""
        self._send()
        builder, dead = self._builder, self._pending_dead
        alive = bool(self._pending)
        self._begin()
        if not alive:
            builder.close()
            return

        ranking = builder.ranking()

        def write() -> None:
            self._written.append((self._write(lambda path: builder.write(path, ranking)), dead))

        self._writing.put(write)

    def _settle(self) -> None:
        """Wait for what is being written; of what it replaces, mark the older versions as deleted."""
        self._writing.wait()
        written, self._written = self._written, []
        younger = [entry["name"] for entry, _ in written]
        for entry, dead in written:
            self._open(entry)
            self._dead[entry["name"]] = dead
        for entry, _ in written:
            if len(younger) < len(self._segments):
                self._kill(self._segments[entry["name"]].names("id").all(), younger)
            younger.remove(entry["name"])

    def _write(self, write: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        """Write a segment; returns its row of the manifest."""
        name = uuid.uuid4().hex[:16]
        file = f"MAIN_{name}.cols"
        return {"name": name, "file": file, **write(self._store.directory / file)}

    def _open(self, entry: dict[str, Any]) -> None:
        self._entries.append(entry)
        self._segments[entry["name"]] = Segment(self._store.directory, entry)

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
            self._open(self._write(partial(merge, segments, pool=self._pool)))
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
            self._settle()
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
            self._stop()
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

    def _stop(self) -> None:
        """Let the other threads end."""
        self._writing.end()
        self._cutter.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)
        self._builder.close()

    def _end(self) -> None:
        self._ended = True
        try:
            self._stop()
        finally:
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
