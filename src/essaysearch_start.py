"""The door of the command `essaysearch`: what must be said before anything is imported.

A search from the shell is over in a quarter of a second, and most of that is imports. NumPy's linear
algebra starts a thread a core as it is loaded, which no command here uses, and the collector of
cycles walks over modules that stay, while they are loaded and once more as the process ends; Whoosh
compiles fifty patterns for a function that no command calls. All are told to do less, for the command
alone: whoever imports `essaysearch` decides for themselves.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from types import ModuleType

_OBJECTS = 500_000
"""New objects between two walks of the collector; Python's own figure is 700, a search makes some 60,000."""


_WORD_FORMS = "whoosh.lang.morph_en"


def _variations(word: str) -> set[str]:
    """What the function of this name in Whoosh's module of English word forms gives, loaded only now."""
    if sys.modules[_WORD_FORMS].__spec__ is None:  # what stands in for it
        del sys.modules[_WORD_FORMS]
    found: set[str] = import_module(_WORD_FORMS).variations(word)
    return found


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.modules[_WORD_FORMS] = forms = ModuleType(_WORD_FORMS)
    forms.__dict__["variations"] = _variations
    try:
        from essaysearch.cli import main as run

        run()
    finally:
        gc.freeze()  # the last walk finds nothing left to do; what is open closes by its count
