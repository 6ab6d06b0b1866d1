"""The commit point: one small JSON file that says which segments an index consists of.

The file's first line is the CRC-32 of the rest. It is written beside, synced and renamed over
the old one, which is kept as `PREVIOUS`. Whatever is on disk but not named here does not exist.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from essaysearch.errors import IndexDamaged, IndexMissing, IndexVersion, NotAnIndex
from essaysearch.model import Record
from essaysearch.text.analysis import ANALYZER_VERSION

NAME = "essaysearch.manifest"
PREVIOUS = "essaysearch.manifest.previous"
FORMAT_VERSION = 5
"""Rises whenever an older reader could misunderstand a file."""

REBUILD = "Rebuild it: `essaysearch index --rebuild PATHS --index {directory}`."
_ELSEWHERE = "Name another directory with --index."


@dataclass(frozen=True, eq=False, repr=False)
class Manifest(Record):
    """What an index consists of. ``segments``: a row for each, oldest first; ``facts``: JSON
    values of the library's own (what sources said of themselves, where a document was also met)."""

    generation: int = 0
    segments: tuple[dict[str, Any], ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def after(self, segments: tuple[dict[str, Any], ...], facts: dict[str, Any]) -> Manifest:
        """The next manifest."""
        return replace(self, generation=self.generation + 1, segments=segments, facts=facts)

    def files(self) -> set[str]:
        """The names of all files it refers to."""
        names = {entry["file"] for entry in self.segments}
        return names | {entry["deleted"]["file"] for entry in self.segments if entry.get("deleted")}


def load(directory: Path) -> Manifest:
    """The last committed manifest.

    Raises `IndexMissing`, `NotAnIndex`, `IndexDamaged` or `IndexVersion`, each with the remedy.
    """
    path = directory / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _absent(directory) from None
    except NotADirectoryError:
        raise NotAnIndex(f"{directory}: is a file, not an index. {_ELSEWHERE}") from None
    except OSError as error:
        raise IndexDamaged(f"{path}: cannot be read ({error.strerror}). Check its permissions.") from error
    first, _, body = data.partition(b"\n")
    if first != b"%08x" % zlib.crc32(body):
        raise IndexDamaged(f"{path}: fails its checksum. {REBUILD.format(directory=directory)}")
    told = json.loads(body)
    if told.get("format") != FORMAT_VERSION or told.get("analyzer") != ANALYZER_VERSION:
        raise IndexVersion(
            f"{directory}: was written in format {told.get('format')}, analyzer {told.get('analyzer')}; this"
            f" essaysearch reads format {FORMAT_VERSION}, analyzer {ANALYZER_VERSION}."
            f" {REBUILD.format(directory=directory)}"
        )
    return Manifest(told["generation"], tuple(told["segments"]), told["facts"])


def stamp(manifest: str) -> tuple[int, int, int] | None:
    """What changes whenever a manifest is committed: its file's number, size and time. Cheap."""
    try:
        found = os.stat(manifest)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _absent(directory: Path) -> IndexMissing | IndexDamaged | NotAnIndex:
    """Why a directory has no manifest: nothing was indexed, it was lost, or the directory is another's."""
    make = f"{directory}: there is no index here. Make one: `essaysearch index PATHS --index {directory}`."
    if not directory.is_dir():
        return IndexMissing(make)
    names = [name for name in os.listdir(directory) if not name.startswith(".")]
    if PREVIOUS in names or any(name.endswith(".cols") for name in names):
        return IndexDamaged(f"{directory / NAME}: is missing. {REBUILD.format(directory=directory)}")
    # What an interrupted creation leaves behind is no content.
    if any(not name.startswith("essaysearch.") and name != "MAIN_WRITELOCK" for name in names):
        return NotAnIndex(f"{directory}: is not an essaysearch index, and not empty. {_ELSEWHERE}")
    return IndexMissing(make)


def store(directory: Path, manifest: Manifest) -> None:
    """Commit: after this returns, the manifest is the one that `load` gives, power cut or not."""
    told = {
        "format": FORMAT_VERSION,
        "analyzer": ANALYZER_VERSION,
        "generation": manifest.generation,
        "segments": list(manifest.segments),
        "facts": manifest.facts,
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    path, fresh, previous = directory / NAME, directory / (NAME + ".new"), directory / PREVIOUS
    with open(fresh, "wb") as file:
        file.write(b"%08x\n" % zlib.crc32(body) + body)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        previous.unlink(missing_ok=True)
        try:
            os.link(path, previous)
        except OSError:  # a file system without hard links
            from shutil import copyfile

            copyfile(path, previous)
    put(fresh, directory)
    sync_directory(directory)


committed = 0
"""How often this process has put a manifest in its place."""


def put(fresh: Path, directory: Path) -> None:
    """Put a manifest that is written in the place of the one of a directory."""
    global committed
    os.replace(fresh, directory / NAME)
    committed += 1


def sync_directory(directory: Path) -> None:
    """Make renames in a directory durable, where the platform can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
