"""An index directory: open it, look at a committed state, take the writer's lock.

A `Snapshot` is one committed state; it stays whole and readable whatever a writer does beside
it. Readers take no lock.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import threading
import weakref
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch import scoring
from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.addresses import Table, addresses_of, table_of
from essaysearch.columnar.decoded import Decoded
from essaysearch.columnar.impacts import Impacts
from essaysearch.columnar.lock import LOCK, acquire, read_only, release
from essaysearch.columnar.manifest import Manifest
from essaysearch.columnar.norms import EMPTY, Averages
from essaysearch.columnar.postings import field_starts
from essaysearch.columnar.segment import Segment, TermInfo
from essaysearch.errors import (
    EngineConflict,
    ForeignWriter,
    IndexDamaged,
    IndexMissing,
    UnknownId,
)
from essaysearch.late import late
from essaysearch.tree import Filter

if TYPE_CHECKING:
    from essaysearch.columnar.writer import Writer

Array = npt.NDArray[Any]
_QUOTES = "essaysearch.quotes"
"""How the files of linked quotations begin; they belong to the segments they were made of."""
_TOC = late(r"_MAIN_(\d+)\.toc\Z")
_SEGMENT_FILE = late(r"MAIN_[0-9a-z]+\.(?:[^.]+\.)?([a-z]+)\Z")
_RIVAL = late(r"(whoosh(?:[-_]reloaded)?)-[^-]*(?:-py[\d.]+)?\.(?:dist|egg)-info\Z", re.IGNORECASE)
"""The directories that packages of Whoosh's own name leave beside it when installed."""
_FOREIGN = {"seg", "trm", "pst", "vps", "col"}
"""What the files of Whoosh's own segments end in."""


_MOST_BITS = 64 << 20
"""Bytes of masks that a snapshot keeps."""


class View:
    """A segment within a snapshot: its norms at the library's averages, its place among the others.

    ``snapshot`` gives the state that it is part of, as long as somebody holds that.
    ``units``, ``document_lengths`` and ``holders`` (live documents that hold a term) are what others
    found out about it and keep here.
    """

    def __init__(self, segment: Segment, base: int, averages: Averages) -> None:
        self.segment, self.base, self._averages = segment, base, averages
        self._norms: dict[int, Array] = {}
        self.snapshot: Callable[[], Snapshot | None] = lambda: None
        self.units: dict[str, Array] = {}
        self.document_lengths: Array | None = None
        self.holders: dict[str, int] = {}

    def norms(self, words: int) -> Array:
        """(fields, passages) float32, for a query of ``words`` ranking words."""
        words = max(words, scoring.SHORT_QUERY)
        known = self._norms.get(words)
        if known is None:
            if len(self._norms) > 4:
                self._norms = {}
            known = self._norms[words] = self.segment.norms(self._averages, words)
        return known

    @cached_property
    def starts(self) -> Array:
        """(4, passages) int32, where each field's positions begin; (1, 1) where only the body has words."""
        lengths = self.segment.lengths
        return field_starts(lengths).astype(np.int32) if lengths[1:].any() else np.zeros((1, 1), np.int32)

    @cached_property
    def live(self) -> Array:
        """Which passages are not deleted, bool."""
        live = self.segment.live_passages
        return np.ones(self.segment.passages, dtype=bool) if live is None else live

    @cached_property
    def live_bits(self) -> Array:
        """Which passages are not deleted, a bit each; no byte at all where all are live."""
        live = self.segment.live_passages
        return NO_MASK if live is None else bits_of(live)

    @cached_property
    def passage_ids(self) -> Array:
        """The ids of the passages, uint64."""
        return self.segment.column("pass_id")


NO_MASK = np.frombuffer(b"", dtype=np.uint8)


def bits_of(mask: Array) -> Array:
    """A bool array as bits, the lowest first, of the one type that the kernels are compiled for."""
    return np.frombuffer(np.packbits(mask, bitorder="little").tobytes(), dtype=np.uint8)


class Term(NamedTuple):
    """A term bound to a snapshot: its idf, and by segment where its postings stand."""

    idf: float
    infos: tuple[TermInfo | None, ...]


class Snapshot:
    """One committed state of an index."""

    def __init__(self, directory: Path, manifest: Manifest, segments: list[Segment]) -> None:
        self.directory, self.manifest = directory, manifest
        self.averages = sum((segment.averages for segment in segments), EMPTY)
        self.views: list[View] = []
        base = 0
        for segment in segments:
            self.views.append(View(segment, base, self.averages))
            self.views[-1].snapshot = weakref.ref(self)
            base += max(1, segment.passages)  # a segment of empty documents has a place of its own too
        self._df: dict[str, int] = {}
        self._masks: dict[tuple[int, Filter], Array] = {}
        self._terms: dict[str, Term] = {}
        self._bits: dict[Any, Table] = {}
        self._tables: dict[int, Table] = {}
        self._bits_held = 0
        self._unit_numbers: dict[str, int] = {}
        self.kept: dict[Any, Any] = {}
        """What others found out about this state and keep here."""
        self.impacts, self.decoded = Impacts(), Decoded()
        self.placed: set[str] = set()
        """Terms whose positions are verified in every segment."""

    @property
    def passages(self) -> int:
        """Live passages."""
        return self.averages.passages

    @cached_property
    def longest(self) -> int:
        """Passages of the largest segment, deleted ones included."""
        return max((view.segment.passages for view in self.views), default=0)

    @cached_property
    def documents(self) -> int:
        """Live documents."""
        return sum(int(view.segment.live_documents.sum()) for view in self.views)

    def df(self, term: str) -> int:
        """Live passages that hold a term in any ranking field."""
        known = self._df.get(term)
        if known is None:
            known = 0
            for view in self.views:
                info = view.segment.term(term)
                if info is not None:
                    if view.segment.live is None:
                        known += info.df
                    else:
                        known += int(np.count_nonzero(view.live[view.segment.docs(info)]))
            if len(self._df) > 1 << 18:
                self._df = {}
            self._df[term] = known
        return known

    def term(self, term: str, kernels: Any = None) -> Term:
        """A term bound to this snapshot."""
        known = self._terms.get(term)
        if known is None:
            infos = tuple(view.segment.term(term, kernels) for view in self.views)
            known = Term(float(scoring.idf(self.df(term), self.passages)), infos)
            if len(self._terms) > 1 << 16:
                self._terms = {}
            self._terms[term] = known
        return known

    def table(self, words: int) -> Table:
        """This snapshot as the kernels take it, for a query of ``words`` ranking words."""
        key = max(words, scoring.SHORT_QUERY)
        known = self._tables.get(key)
        if known is None:
            known = table_of(self.views, words)
            self._tables = {**self._tables, key: known} if len(self._tables) < 4 else {key: known}
        return known

    @cached_property
    def live_masks(self) -> Table:
        """Which passages are not deleted, as the kernels take masks: an address for each segment."""
        return addresses_of([view.live_bits for view in self.views])

    @cached_property
    def passage_ids(self) -> Table:
        """The ids of the passages, uint64, as the kernels take them: an address for each segment."""
        return addresses_of([np.ascontiguousarray(view.passage_ids, dtype=np.uint64) for view in self.views])

    def masks(self, key: Any, make: Callable[[View], Array]) -> Table:
        """Masks over the segments as the kernels take them; ``make`` gives bools, unless known."""
        known = self._bits.get(key)
        if known is None:
            known = addresses_of([bits_of(make(view)) for view in self.views])
            size = sum(bits.nbytes for bits in known.held)
            if self._bits_held + size > _MOST_BITS:
                self._bits, self._bits_held = {}, 0
            self._bits_held += size
            self._bits[key] = known
        return known

    def mask(self, view: View, condition: Filter, make: Callable[[], Array]) -> Array:
        """The mask of a condition over a segment, from ``make`` or from before."""
        key = (view.base, condition)
        known = self._masks.get(key)
        if known is None:
            known = make()
            if len(self._masks) >= 64:
                self._masks = {}
            self._masks[key] = known
        return known

    def unit_number(self, name: str) -> int:
        """A number for a document or thread id, the same for the same id."""
        return self._unit_numbers.setdefault(name, len(self._unit_numbers) + 1)

    def locate(self, passage_id: str) -> tuple[View, int]:
        """The segment and the number in it of a live passage. Raises `UnknownId`."""
        try:
            wanted = np.uint64(int(passage_id, 16))
        except (ValueError, OverflowError):
            wanted = None
        if wanted is not None and len(passage_id) == 16:
            for view in self.views:
                for number in np.flatnonzero(view.segment.column("pass_id") == wanted):
                    if view.live[number]:
                        return view, int(number)
        raise UnknownId(
            f"No passage bears the id `{passage_id}`. Ids stand in search results (`passage_id`)."
        )

    def locate_document(self, document_id: str) -> tuple[View, int] | None:
        """The segment and the number in it of a live document, or None."""
        for view in self.views:
            number = view.segment.document_of_id(document_id)
            if number >= 0:
                return view, number
        return None

    def verify(self) -> int:
        """Check every byte against its checksum, as it is on disk now; returns how many were read.

        Raises `IndexDamaged`, naming the file.
        """
        total = 0
        for view in self.views:
            total += view.segment.file.verify()
            Segment(self.directory, view.segment.entry)  # reads its bitmap of deletions anew
        return total

    def size(self) -> int:
        """Bytes on disk of the segments."""
        return sum(view.segment.file.nbytes for view in self.views)


class _Seen(NamedTuple):
    """A snapshot that was the last ``until`` a moment (`time.monotonic`), at this count of commits here."""

    snapshot: Snapshot
    committed: int
    until: float


_FRESH = 0.001
"""Seconds for which the manifest is not looked at again: looking costs a tenth of a quick query."""


class Store:
    """An index directory. Raises what `manifest.load` raises unless ``create``."""

    def __init__(self, directory: str | os.PathLike[str], create: bool = False) -> None:
        require_whoosh3()
        self.directory = Path(directory)
        self._manifest = str(self.directory / manifests.NAME)
        self._segments: dict[str, Segment] = {}
        self._opening = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._seen: _Seen | None = None
        try:
            self._snapshot: Snapshot | None = self._open_latest(manifests.load(self.directory))
        except IndexMissing:
            if not create:
                raise
            self._make()
            self._snapshot = self._open_latest(manifests.load(self.directory))

    def _make(self) -> None:
        """Commit the empty index, unless another process did so (and perhaps more) meanwhile."""
        from essaysearch.columnar.codec import write_toc

        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise read_only(self.directory, error) from error
        lock = acquire(self.directory, 10.0)
        try:
            manifests.load(self.directory)
        except IndexMissing:
            try:
                manifests.store(self.directory, Manifest())
                write_toc(self.directory, Manifest())
            except OSError as error:
                raise read_only(self.directory, error) from error
        finally:
            self.unlock(lock)

    def snapshot(self) -> Snapshot:
        """The state committed last: by this process at once, by another within `_FRESH`."""
        seen = self._seen
        if seen is not None and monotonic() < seen.until and manifests.committed == seen.committed:
            return seen.snapshot
        with self._opening:
            committed, until = manifests.committed, monotonic() + _FRESH
            stamp = manifests.stamp(self._manifest)
            if stamp is None or stamp != self._stamp or self._snapshot is None:
                current = manifests.load(self.directory)
                if self._snapshot is None or current != self._snapshot.manifest:
                    self._snapshot = self._open_latest(current)
                # Where a commit came between, the stamp is older than the snapshot: we look again next time.
                self._stamp = stamp
            self._seen = _Seen(self._snapshot, committed, until)
            return self._snapshot

    def _open_latest(self, current: Manifest) -> Snapshot:
        """Open a manifest, or a later one where a writer removes its files while we look."""
        while True:
            try:
                return self._open(current)
            except IndexDamaged:
                later = manifests.load(self.directory)
                if later == current:
                    raise
                current = later

    def _open(self, manifest: Manifest) -> Snapshot:
        self._refuse_foreign(manifest)
        segments, kept = [], {}
        for entry in manifest.segments:
            key = json.dumps([entry["name"], entry.get("deleted")])
            segment = self._segments.get(key) or Segment(self.directory, entry)
            kept[key] = segment
            segments.append(segment)
        self._segments = kept
        return Snapshot(self.directory, manifest, segments)

    def _refuse_foreign(self, manifest: Manifest) -> None:
        """Name what stock Whoosh wrote: a segment of its own, or a later table of contents."""
        for name in os.listdir(self.directory):
            segment, toc = _SEGMENT_FILE.match(name), _TOC.match(name)
            if segment and segment[1] in _FOREIGN:
                what = "stock Whoosh wrote a segment here, which essaysearch cannot rank"
            elif toc and int(toc[1]) > manifest.generation:
                if int(toc[1]) <= manifests.load(self.directory).generation:
                    continue  # a commit of ours came between our two looks
                what = "a table of contents newer than the last commit; another program wrote here"
            else:
                continue
            raise ForeignWriter(
                f"{self.directory / name}: {what}. {manifests.REBUILD.format(directory=self.directory)}"
            )

    def writer(self, timeout: float = 10.0, memory: int = 256 << 20, fast: bool | None = None) -> Writer:
        """The one writer. Waits up to ``timeout`` seconds for another to finish.

        ``memory``: bytes to gather before a segment is written. ``fast``: use compiled kernels
        (None: where numba is installed). Raises `IndexLocked`, naming the holder, or `IndexReadOnly`.
        """
        from essaysearch.columnar.writer import Writer

        lock = acquire(self.directory, timeout)
        try:
            self._refuse_foreign(manifests.load(self.directory))
            return Writer(self, lock, memory, fast)
        except BaseException:
            self.unlock(lock)
            raise

    def unlock(self, lock: Any) -> None:
        """Give back the writer's lock."""
        release(self.directory, lock)


def replace(directory: Path, fresh: Path, timeout: float = 10.0) -> None:
    """Put the index in ``fresh`` in the place of the one in ``directory``, whatever state that is in.

    Other files in the directory stay. The manifest comes last: whoever opens the directory meanwhile
    finds the old index or the new one. Raises `IndexLocked` or `IndexReadOnly`.
    """
    import shutil

    lock = acquire(directory, timeout)
    try:
        coming = set(manifests.load(fresh).files())
        for name in coming:
            shutil.move(fresh / name, directory / name)
        for name in os.listdir(directory):
            if _TOC.match(name):
                (directory / name).unlink()
        manifests.sync_directory(directory)
        manifests.put(fresh / manifests.NAME, directory)
        for name in os.listdir(directory):
            if name.startswith("MAIN_") and name != LOCK and name not in coming:
                with contextlib.suppress(OSError):  # still mapped by a reader (Windows): stays
                    (directory / name).unlink()
        (directory / manifests.PREVIOUS).unlink(missing_ok=True)
        for name in os.listdir(directory):
            if name.startswith(_QUOTES):
                (directory / name).unlink()
        for name in os.listdir(fresh):
            if _TOC.match(name):
                shutil.move(fresh / name, directory / name)
        manifests.sync_directory(directory)
    except OSError as error:
        raise read_only(directory, error) from error
    finally:
        release(directory, lock)


def require_whoosh3() -> None:
    """Raise `EngineConflict` unless the Whoosh installed is whoosh3 alone."""
    # Names of directories tell it; importlib.metadata would cost a tenth of a cold search.
    spec = importlib.util.find_spec("whoosh")
    if spec is None or spec.origin is None:
        raise EngineConflict("whoosh3 is not installed. Run `pip install whoosh3==3.54.0`.")
    for name in os.listdir(Path(spec.origin).parents[1]):
        rival = _RIVAL.match(name)
        if rival:
            raise EngineConflict(
                f"{rival[1]} is installed beside whoosh3 and overwrites it."
                f" Run `pip uninstall {rival[1]} whoosh3`, then `pip install whoosh3==3.54.0`."
            )


def numba_present() -> bool:
    """Whether the extra ``fast`` is installed; does not import it."""
    return importlib.util.find_spec("numba") is not None
