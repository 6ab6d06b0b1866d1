"""Paths to what their files hold: here, or in a process of its own where there is much to read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from essaysearch.model import Passage, Reading, Skipped, SourceFacts
from essaysearch.readers.packed import SUFFIXES

if TYPE_CHECKING:
    from essaysearch.filling.ahead import Cut

Progress = Callable[[str, int, int], None]
"""Called with (path, files done, files in all) before each file, and once at the end."""

END: Mapping[str, Any] = {"end of": "file"}
"""What `readings` says behind the last of a file, as the metadata of `SourceFacts`."""


class Files(NamedTuple):
    """What was found under the paths, and what reads a file."""

    found: list[str | Skipped]
    read: Callable[[str], Iterator[Cut]]


@contextmanager
def opened(
    paths: list[str], as_: str | None, defaults: Mapping[str, str] | None, much: bool
) -> Iterator[Files]:
    """The files under the paths; where there is ``much``, another process begins to read them."""
    if not paths:
        yield Files([], lambda _: iter(()))
        return
    from essaysearch.filling.ahead import Ahead, can_read_ahead
    from essaysearch.filling.ingest import discover, overrides, read
    from essaysearch.readers.table import reader_named

    overrides(defaults or {})  # a date that is none is said once, before any file is opened
    if as_ is not None:
        reader_named(as_)
    found = list(discover(paths))
    if much and can_read_ahead():
        with Ahead([path for path in found if not isinstance(path, Skipped)], as_, defaults) as ahead:
            yield Files(found, ahead.read)
    else:
        yield Files(found, lambda path: ((reading, None) for reading in read(path, as_, defaults)))


def readings(
    files: Files, progress: Progress | None
) -> Iterator[tuple[str, Reading, tuple[Passage, ...] | None]]:
    """(file, what was read of it, its passages if it was cut); at each file's end `END` as its facts."""
    for number, path in enumerate(files.found):
        if isinstance(path, Skipped):
            yield path.path, path, None
            continue
        if progress is not None:
            progress(path, number, len(files.found))
        for reading, passages in files.read(path):
            yield path, reading, passages
        yield path, SourceFacts(path, END), None
    if progress is not None and files.found:
        progress("", len(files.found), len(files.found))


def bytes_under(paths: list[str]) -> int:
    """About how much there is to read."""
    total = 0
    for path in paths:
        if os.path.isdir(path):
            total += sum(file.stat().st_size for file in Path(path).rglob("*") if file.is_file())
        elif os.path.isfile(path):
            total += os.path.getsize(path) * (4 if path.endswith(SUFFIXES) else 1)
    return total
