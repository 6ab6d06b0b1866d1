"""An index directory: open it, look at a committed state, take the writer's lock.

What it gives is a `Snapshot`, one committed state. Readers take no lock.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import threading
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.lock import LOCK, acquire, read_only, release
from essaysearch.columnar.manifest import Manifest
from essaysearch.columnar.segment import Segment
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import (
    EngineConflict,
    ForeignWriter,
    IndexDamaged,
    IndexMissing,
)
from essaysearch.late import late

if TYPE_CHECKING:
    from essaysearch.columnar.writer import Writer

_QUOTES = "essaysearch.quotes"
"""How the files of linked quotations begin; they belong to the segments they were made of."""
_TOC = late(r"_MAIN_(\d+)\.toc\Z")
_SEGMENT_FILE = late(r"MAIN_[0-9a-z]+\.(?:[^.]+\.)?([a-z]+)\Z")
_RIVAL = late(r"(whoosh(?:[-_]reloaded)?)-[^-]*(?:-py[\d.]+)?\.(?:dist|egg)-info\Z", re.IGNORECASE)
"""The directories that packages of Whoosh's own name leave beside it when installed."""
_FOREIGN = {"seg", "trm", "pst", "vps", "col"}
"""What the files of Whoosh's own segments end in."""


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
