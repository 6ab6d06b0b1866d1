"""Paths or documents into an index: what is new, what changed, what is gone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from essaysearch.columnar.fingerprints import fingerprint
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.columnar.store import Store
from essaysearch.columnar.writer import Writer
from essaysearch.filling.collecting import seldom
from essaysearch.filling.files import END, Progress, bytes_under, opened, readings
from essaysearch.filling.report import IndexReport
from essaysearch.model import Document, Passage, Reading, Skipped

Source = str | os.PathLike[str]

_MUCH = 4_000_000
"""Bytes from which it pays to load compiled kernels and to read in another process: half a second each."""


def add(
    store: Store,
    what: Source | Document | Iterable[Source | Document],
    as_: str | None = None,
    prune: bool = False,
    defaults: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    timeout: float = 10.0,
    fast: bool | None = None,
) -> IndexReport:
    """Read files (or take documents as they are) into the index, in one commit.

    A document whose content is as it was is left alone; one of the same id is replaced. A file read
    again whole loses the documents it no longer holds; one that could not be read to its end, or in
    some of its parts, loses none. ``prune`` also drops documents recorded under the paths given whose
    files are gone. Whatever could not be read, and what was repaired or assumed, is in the report.
    Raises `ReadError` where ``defaults`` has a date that is none.
    """
    from essaysearch.columnar.store import numba_present
    from essaysearch.filling import aliases, elsewhere

    began = time.perf_counter()
    if isinstance(what, (str, os.PathLike, Document)):
        what = [what]
    given = list(what)
    paths = [os.fspath(item) for item in given if not isinstance(item, Document)]
    report = IndexReport()
    there = bytes_under(paths)
    much = there + sum(len(item.text) for item in given if isinstance(item, Document))
    compiled = fast if fast is not None else numba_present() and much > _MUCH
    with ExitStack() as ends:
        ends.enter_context(seldom())
        files = ends.enter_context(opened(paths, as_, defaults, there > _MUCH))  # read from now on
        writer = ends.enter_context(store.writer(timeout=timeout, fast=compiled))
        run = _Run(store.snapshot(), writer, report)
        for item in given:
            if isinstance(item, Document):
                run.meet(item.path, item)
        for path, reading, passages in readings(files, progress):
            run.meet(path, reading, passages)
        run.finish(paths if prune else [])
        _remember_topics(writer, paths)
        report.skipped += aliases.remember(writer, paths)
    elsewhere.compare(store, report, run.changed, run.gone, timeout)
    snapshot = store.snapshot()
    report.documents, report.passages = snapshot.documents, snapshot.passages
    report.took_s = time.perf_counter() - began
    return report


def remove(store: Store, ids: Iterable[str], timeout: float = 10.0) -> int:
    """Delete documents by id, in one commit; returns how many there were."""
    from essaysearch.filling import elsewhere

    with store.writer(timeout=timeout) as writer:
        gone = {key for key in ids if writer.delete(key)}
        for key in gone:
            elsewhere.forget(writer, key)
    elsewhere.compare(store, IndexReport(), (), gone, timeout)
    return len(gone)


def _remember_topics(writer: Writer, paths: list[str]) -> None:
    """Keep where topic files stand beside what was indexed."""
    known = list(writer.facts.get("topics", []))
    for path in paths:
        home = path if os.path.isdir(path) else os.path.dirname(path)
        place = os.path.abspath(os.path.join(home, "topics"))
        if os.path.isdir(place) and place not in known:
            known.append(place)
    if known:
        writer.facts["topics"] = known


class _Run:
    """One run: what it met, compared with what was committed before."""

    def __init__(self, before: Snapshot, writer: Writer, report: IndexReport) -> None:
        from essaysearch.filling import elsewhere
        from essaysearch.filling.ingest import shown
        from essaysearch.filling.shared import Shared
        from essaysearch.text.passages import split

        self._before, self._writer, self._report = before, writer, report
        self._split, self._shown, self._given = split, shown, ""
        self._elsewhere = elsewhere
        self._shared = Shared(writer.facts)
        self.changed: set[str] = set()
        self.gone: set[str] = set()
        self._seen: dict[str, tuple[str, int]] = {}
        self._waiting: set[str] = set()
        self._failed: set[str] = set()
        self._ended: set[str] = set()

    def meet(self, path: str, reading: Reading, passages: tuple[Passage, ...] | None = None) -> None:
        """Take what was read of a file, which is called as it was given, and perhaps cut already."""
        self._given = self._shown(path)
        if isinstance(reading, Document):
            self._report.note(self._given, reading.notes)
            self.take(reading, passages)
            return
        whole = self._shown(os.path.abspath(path))
        if isinstance(reading, Skipped):
            # A complaint about corrections is none about the source.
            if not reading.empty and os.path.basename(reading.path) == os.path.basename(path):
                self._failed.add(whole)
            self._report.skipped.append(reading)
        elif reading.metadata is END:
            self._ended.add(whole)
        else:
            self._report.note(self._given, reading.metadata.get("notes", ()))
            sources = dict(self._writer.facts.get("sources", {}))
            sources[reading.path] = {**sources.get(reading.path, {}), **reading.metadata}
            self._writer.facts["sources"] = sources

    def take(self, document: Document, passages: tuple[Passage, ...] | None = None) -> None:
        """Add a document, or find that it is there already.

        Of one document met in several files the fullest text is kept; all its files are reported.
        """
        size = len(document.text.encode("utf-8", "surrogatepass"))
        known = self._seen.get(document.id)
        if known is not None:
            self._meet_again(document, size, passages, *known)
            return
        self._report.inferred.count(document)
        before = self._before.locate_document(document.id)
        if before is None:
            self._report.added += 1
            self._put(document, size, passages)
            return
        view, number = before
        recorded = view.segment.keyword("path", number) or ""
        kept = int(view.segment.column("doc_size")[number])
        elsewhere = recorded != document.path and os.path.exists(recorded)
        if elsewhere:
            self._repeat(document.id, recorded, document.path)
        fuller = elsewhere and size <= kept
        if fuller or (recorded == document.path and self._as_committed(document)):
            self._seen[document.id] = (recorded, kept)
            self._report.unchanged += 1
            if fuller:
                self._waiting.add(document.id)
            return
        self._report.changed += 1
        self._put(document, size, passages)

    def _as_committed(self, document: Document) -> bool:
        committed = self._elsewhere.as_read(self._writer.facts, document.id)
        if committed is None:
            committed = self._writer.fingerprint_of(document.id)
        return committed == fingerprint(document)

    def _put(self, document: Document, size: int, passages: tuple[Passage, ...] | None = None) -> None:
        self._seen[document.id] = (document.path, size)
        self._writer.add(document, self._split(document) if passages is None else passages)
        self._elsewhere.remember(self._writer, document)
        self.changed.add(document.id)

    def _meet_again(
        self, document: Document, size: int, passages: tuple[Passage, ...] | None, path: str, kept: int
    ) -> None:
        if document.id in self._waiting and path == document.path:
            # The version that was committed, after another file's shorter one.
            self._waiting.remove(document.id)
            if not self._as_committed(document):
                self._report.unchanged -= 1
                self._report.changed += 1
                self._put(document, size, passages)
        elif path == document.path:
            again = f"the id `{document.id}` stands in it more than once; the first was kept"
            self._report.note(self._given, (again,))
        else:
            self._repeat(document.id, path, document.path)
            if size > kept:
                self._put(document, size, passages)

    def _repeat(self, key: str, one: str, other: str) -> None:
        held = self._report.repeated.setdefault(key, [])
        held += [path for path in (one, other) if path not in held]
        self._shared.meet(one, other)

    def finish(self, pruned: list[str]) -> None:
        """Drop what files read whole no longer hold and, under ``pruned``, what has no file any more.

        A document that stands in another file too is kept from there.
        """
        whole = self._ended - self._failed
        roots = [Path(os.path.abspath(path)) for path in pruned]
        going: dict[str, list[str]] = {}
        for view in self._before.views:
            segment = view.segment
            names, paths = segment.names("id"), segment.names("path").all()
            drop = [self._is_gone(path, whole, roots) for path in paths]
            codes = segment.file.array("path_code").astype(np.int64)
            chosen = np.array([False, *drop])[codes] & segment.live_documents
            for number in np.flatnonzero(chosen):
                key = names[int(segment.file.array("id_code")[number]) - 1]
                if key not in self._seen:
                    going.setdefault(paths[int(codes[number]) - 1], []).append(key)
        for path, keys in going.items():
            for document in self._shared.elsewhere(path, keys, whole):
                self._report.inferred.count(document)
                self._report.changed += 1
                said = f"a document that {path} no longer holds is kept from here"
                self._report.note(document.path, (said,))
                self._put(document, len(document.text))
            for key in keys:
                if key not in self._seen and self._writer.delete(key):
                    self._report.removed += 1
                    self._elsewhere.forget(self._writer, key)
                    self.gone.add(key)
        self._shared.remember()
        sources = self._writer.facts.get("sources", {})
        gone = [path for path in sources if roots and self._is_gone(path, set(), roots)]
        if gone:
            self._writer.facts["sources"] = {path: told for path, told in sources.items() if path not in gone}

    def _is_gone(self, path: str, whole: set[str], roots: list[Path]) -> bool:
        if path in whole:
            return True
        if path in self._failed or not roots:
            return False
        place = Path(os.path.abspath(path))
        return any(place == root or root in place.parents for root in roots) and not os.path.exists(path)
