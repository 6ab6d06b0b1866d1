"""The parts of an untrusted ZIP file, read by name within bounds; nothing is ever unpacked to disk.

Refused: archives with too many entries, with parts that swell beyond reason (ZIP bombs), with
names that climb out of the archive, and locked ones.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from essaysearch.errors import ReadError
from essaysearch.readers.source import SourceFile

MOST_ENTRIES = 20_000
LARGEST_PART = 64 << 20
LARGEST_SUM = 512 << 20
HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass
class Parts:
    """The readable parts of an archive by name. ``refused`` are names that were not taken, with why."""

    archive: zipfile.ZipFile
    path: str
    infos: dict[str, zipfile.ZipInfo]
    refused: dict[str, str] = field(default_factory=dict)
    taken: int = 0

    def __contains__(self, name: object) -> bool:
        return name in self.infos

    def named(self, name: str) -> str | None:
        """The part's true name where it differs from the one asked for only in case."""
        if name in self.infos:
            return name
        lower = name.lower()
        return next((known for known in self.infos if known.lower() == lower), None)

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises `ReadError` where it is missing, damaged, locked or swells too far."""
        info = self.infos.get(name)
        if info is None:
            raise ReadError(f"{self.path}: the archive has no part {name}.")
        if info.flag_bits & 1:
            raise ReadError(f"{self.path}: the part {name} is locked with a password.")
        try:
            with self.archive.open(info) as part:
                data = part.read(LARGEST_PART + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise ReadError(f"{self.path}: the part {name} is damaged: {error}.") from error
        self.taken += len(data)
        if len(data) > LARGEST_PART or self.taken > LARGEST_SUM:
            raise ReadError(
                f"{self.path}: the part {name} unpacks to more than can be read; is it a ZIP bomb?"
            )
        return data


@contextmanager
def parts_of(source: SourceFile) -> Iterator[Parts]:
    """The parts of a file that is a ZIP archive. Raises `ReadError` where it is none, or a bomb."""
    try:
        archive = zipfile.ZipFile(source.path)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise ReadError(f"{source.path}: the file is no whole ZIP archive: {error}.") from error
    with archive:
        listed = archive.infolist()
        if len(listed) > MOST_ENTRIES:
            raise ReadError(
                f"{source.path}: the archive has {len(listed):,} entries, more than {MOST_ENTRIES:,}."
            )
        sound = [info for info in listed if not _is_swollen(info)]
        if sum(info.file_size for info in sound) > 8 * LARGEST_SUM:
            raise ReadError(
                f"{source.path}: the whole unpacks to far more than it takes up; is it a ZIP bomb?"
            )
        parts = Parts(archive, source.path, {})
        for info in listed:
            if info.is_dir():
                continue
            why = _why_refused(info)
            if why:
                parts.refused[info.filename] = why
            else:
                parts.infos.setdefault(info.filename, info)
        yield parts


def _is_swollen(info: zipfile.ZipInfo) -> bool:
    return info.file_size > _RATIO_COUNTS_FROM and info.file_size > HIGHEST_RATIO * max(1, info.compress_size)


def _why_refused(info: zipfile.ZipInfo) -> str:
    name = info.filename
    if _is_swollen(info):
        return "it unpacks to far more than it takes up, as a ZIP bomb does"
    if "\0" in name or not name.strip():
        return "its name is no name"
    plain = name.replace("\\", "/")
    if plain.startswith("/") or _DRIVE.match(plain) or ".." in plain.split("/"):
        return "its name leads out of the archive"
    return ""


def joined(base: str, href: str) -> str | None:
    """The part that a reference in ``base`` names, without its fragment; None where it leads out."""
    from urllib.parse import unquote

    path = unquote(href.split("#", 1)[0].split("?", 1)[0])
    if not path:
        return base
    if "://" in path or path.startswith("/"):
        return None
    name = posixpath.normpath(posixpath.join(posixpath.dirname(base), path))
    return None if name.startswith("../") or name == ".." else name
