"""Compiled kernels are kept on disk: of which sources, and who compiles them before anyone has to wait.

Compiling takes a minute of a processor, once for an installation. A library that could use kernels
answers with NumPy until a process of its own has compiled them (`essaysearch.warming`).
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_HERE = Path(__file__).parent
_CONSTANTS = (
    "addresses.py", "blocks.py", "impacts.py", "postings.py", "segment.py", "space.py", "strings.py",
)  # fmt: skip
"""The other sources whose numbers are compiled into kernels."""

_lock = threading.Lock()
_process: subprocess.Popen[bytes] | None = None


def forget_stale(place: Path = _HERE) -> None:
    """Remove what Numba keeps of the kernels in a directory, unless made of the sources as they are."""
    made_of = place / "__pycache__" / "kernels.digest"
    with suppress(OSError):  # another process may be at it too; a directory may be read-only
        if _told(made_of) == _digest(place):
            return
        for kept in made_of.parent.glob("*_kernels.*.nbi"):
            kept.unlink()
        made_of.parent.mkdir(exist_ok=True)
        made_of.write_text(_digest(place), encoding="ascii")


def ready() -> bool:
    """Whether kernels can be loaded without a wait for the compiler.

    If not, a process of its own begins to compile them. True as well where none can help: it failed,
    or what it compiles could not be kept.
    """
    global _process
    with _lock:
        if _process is None:
            if _told(_compiled()) == _state() or not sys.executable or not os.access(_HERE, os.W_OK):
                return True
            from subprocess import DEVNULL, Popen

            command = [sys.executable, "-m", "essaysearch.warming"]
            try:
                _process = Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
            except OSError:
                return True
        return _process.poll() is not None


def compiled() -> None:
    """Remember that every kernel was compiled from the sources as they are."""
    with suppress(OSError):
        _compiled().write_text(_state(), encoding="ascii")


def _compiled() -> Path:
    return _HERE / "__pycache__" / f"kernels.{sys.implementation.cache_tag}.compiled"


def _state() -> str:
    from importlib.metadata import version

    return f"{_digest(_HERE)} {version('numba')}"


def _digest(place: Path) -> str:
    from hashlib import sha256

    sources = sorted([*place.glob("*_kernels.py"), *(place / name for name in _CONSTANTS)])
    return sha256(b"".join(source.read_bytes() for source in sources if source.exists())).hexdigest()


def _told(file: Path) -> str:
    return file.read_text(encoding="ascii") if file.exists() else ""
