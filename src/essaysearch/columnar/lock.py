"""The one writer's lock of an index directory: taken, given back, and who holds it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from pathlib import Path
from typing import Any

from essaysearch.errors import IndexLocked, IndexReadOnly

LOCK = "MAIN_WRITELOCK"
HOLDER = "essaysearch.writer"


def acquire(directory: Path, timeout: float) -> Any:
    """Whoosh's lock on the directory, waited for up to ``timeout`` seconds.

    Raises `IndexLocked`, naming the holder, or `IndexReadOnly`.
    """
    from whoosh.filedb.filestore import FileStorage

    if not os.access(directory, os.W_OK):
        raise read_only(directory, PermissionError(errno.EACCES, "Permission denied"))
    storage: Any = FileStorage(str(directory))  # type: ignore[no-untyped-call]
    lock = storage.lock(LOCK)
    deadline = time.monotonic() + timeout
    try:
        while not lock.acquire():
            if time.monotonic() >= deadline:
                raise IndexLocked(
                    f"{directory}: {_holder(directory)} is writing to this index, and did not finish"
                    f" within {timeout:g} s. Wait for it, or end it."
                )
            time.sleep(0.05)
    except OSError as error:
        raise read_only(directory, error) from error
    told = {"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
    with contextlib.suppress(OSError):  # a full disk: the holder is not named, the lock is held all the same
        (directory / HOLDER).write_text(json.dumps(told))
    return lock


def release(directory: Path, lock: Any) -> None:
    """Give back the lock."""
    with contextlib.suppress(OSError):
        (directory / HOLDER).unlink()
    lock.release()


def read_only(directory: Path, error: OSError) -> IndexReadOnly:
    """That a directory cannot be written, as a sentence."""
    return IndexReadOnly(
        f"{directory}: cannot be written ({error.strerror}). Check its permissions, or name another"
        " directory with --index."
    )


def _holder(directory: Path) -> str:
    try:
        told = json.loads((directory / HOLDER).read_text())
        return f"process {told['pid']} (since {told['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
