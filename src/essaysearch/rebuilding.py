"""An index made anew beside an old one of any state, and put in its place when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.store import replace
from essaysearch.errors import EssaysearchError, IndexMissing, IndexReadOnly, NotAnIndex
from essaysearch.filling.report import IndexReport
from essaysearch.library import Library, open_library


def rebuilt(directory: str | os.PathLike[str], fill: Callable[[Library], IndexReport]) -> IndexReport:
    """Fill an empty library beside ``directory`` and put it there; the report of filling it.

    The old index may be damaged, of another version, or touched by stock Whoosh; other files in its
    directory stay. It is kept as it is where ``fill`` raises or reads nothing. Raises `NotAnIndex`
    where the directory holds something else, `IndexLocked` where another process writes, and
    `IndexReadOnly`.
    """
    place = Path(directory)
    try:
        manifests.load(place)
    except IndexMissing:
        return fill(open_library(place, create=True))
    except NotAnIndex:
        raise
    except EssaysearchError:
        pass  # damaged or of another version: what this function is for
    try:
        beside = Path(tempfile.mkdtemp(prefix=place.name + ".rebuilding-", dir=place.resolve().parent))
    except OSError as error:
        raise IndexReadOnly(
            f"{place}: cannot be rebuilt, because nothing can be written beside it"
            f" ({error.strerror}). Name another directory with --index."
        ) from error
    try:
        report = fill(open_library(beside, create=True))
        if report.read:
            replace(place, beside)
        return report
    finally:
        shutil.rmtree(beside, ignore_errors=True)
