"""Before any test: no kernel compiled from older source."""

from __future__ import annotations

from pathlib import Path

import essaysearch.columnar


def pytest_configure() -> None:
    """Delete compiled kernels older than any kernel's source: numba looks at a function's own file only."""
    folder = Path(essaysearch.columnar.__file__).parent
    newest = max(path.stat().st_mtime for path in folder.glob("*_kernels.py"))
    for path in folder.glob("__pycache__/*_kernels.*.nbi"):
        if path.stat().st_mtime < newest:
            path.unlink()
