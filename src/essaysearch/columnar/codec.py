"""The Whoosh codec (in progress)."""

from __future__ import annotations

from pathlib import Path

from essaysearch.columnar.manifest import Manifest


def write_toc(directory: Path, manifest: Manifest) -> None:
    """Write the table of contents."""
