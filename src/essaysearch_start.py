"""The door of the command `essaysearch`: what must be said before anything is imported.

A search from the shell is over in a quarter of a second, and most of that is imports. NumPy's linear
algebra starts a thread a core as it is loaded, which no command here uses, and the collector of
cycles walks over modules that stay, while they are loaded and once more as the process ends; NumPy
documents its compiled functions, and Whoosh compiles seventy patterns for functions that no command
calls. All are told to do less, for the command alone: whoever imports `essaysearch` decides for
themselves.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

_OBJECTS = 500_000
"""New objects between two walks of the collector; Python's own figure is 700, a search makes some 60,000."""

_DOCUMENTATION = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
"""Modules that do nothing but give docstrings to what is compiled."""

_UNCALLED = (
    ("whoosh.lang.morph_en", "variations"),
    ("whoosh.lang.porter", "stem"),
    ("whoosh.lang.dmetaphone", "double_metaphone"),
)
"""Modules of which a function is taken that nothing calls."""

_UNASKED = "ipaddress"
"""A module that only addresses with an IP in brackets need."""


def _stand_in(name: str) -> ModuleType:
    """A module in the place of another, which is loaded when anything of it is asked for."""
    module = ModuleType(name)

    def of_the_other(attribute: str) -> Any:
        if attribute.startswith("__"):  # `from name import …` asks every module for its `__path__`
            raise AttributeError(attribute)
        if sys.modules[name] is module:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    module.__dict__["__getattr__"] = of_the_other
    sys.modules[name] = module
    return module


def _calling(module: ModuleType, name: str) -> Callable[..., Any]:
    """A function in the place of the one of that name, which is loaded when it is called."""
    return lambda *given: module.__getattr__(name)(*given)


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in _DOCUMENTATION:
        _stand_in(name)
    for name, function in _UNCALLED:
        module = _stand_in(name)
        module.__dict__[function] = _calling(module, function)
    _stand_in(_UNASKED)
    try:
        from essaysearch.cli import main as run

        run()
    finally:
        gc.freeze()  # the last walk finds nothing left to do; what is open closes by its count
