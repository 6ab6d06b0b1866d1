"""The door of the command `essaysearch`: what must be said before anything is imported.

A search from the shell is over in a quarter of a second, and half of that is imports. NumPy's linear
algebra starts a thread a core as it is loaded, which no command here uses, and the collector of
cycles walks again and again over modules that stay. Both are told to do less, for the command
alone: whoever imports `essaysearch` decides for themselves.
"""

from __future__ import annotations

import gc
import os

_OBJECTS = 50_000
"""New objects between two walks of the collector; Python's own figure is 700."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from essaysearch.cli import main as run

    run()
