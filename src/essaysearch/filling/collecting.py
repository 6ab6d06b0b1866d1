"""While a library is filled, the collector of cycles walks seldom: a tenth of the time, for nothing found."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 500_000
"""New objects between two walks; Python's own figure is 700, a document makes twenty."""

_lock = threading.Lock()
_within = 0
_usual = (0, 0, 0)


@contextmanager
def seldom() -> Iterator[None]:
    """Have the collector walk seldom, or not at all where it is told so; as before when all threads left."""
    global _within, _usual
    with _lock:
        if not _within:
            _usual = gc.get_threshold()
            if _usual[0]:
                gc.set_threshold(max(_usual[0], _OBJECTS), *_usual[1:])
        _within += 1
    try:
        yield
    finally:
        with _lock:
            _within -= 1
            if not _within:
                gc.set_threshold(*_usual)
