"""Reading on a second core: a process of its own reads files while this one cuts and indexes what it read.

What it reads comes through a pipe, many documents at a time, in the order of the files. While this
process is behind, the other cuts what it reads into passages as well, so that both have about as
much to do. Nothing else depends on it: where it cannot start, or ends early, the rest is read here.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

from essaysearch.columnar.lines import Line
from essaysearch.filling.collecting import seldom
from essaysearch.filling.ingest import read
from essaysearch.model import Block, Document, Passage, Reading, Skipped, SourceFacts
from essaysearch.text.passages import split

Cut = tuple[Reading, tuple[Passage, ...] | None]
"""What was read and, of a document, its passages, if it was cut already."""

_PARCEL = 1 << 18
"""Characters of text after which what was read is sent."""

_WAITING = 8
"""Parcels that wait until the other process takes them."""

_BEHIND = 2
"""Parcels that wait where the other process is behind."""

_CHILD = (
    "import pickle, sys; sys.path[:], *told = pickle.load(sys.stdin.buffer);"
    " from essaysearch.filling.ahead import serve; serve(*told)"
)
_HEAD = 8


class Ahead:
    """Files read ahead of the caller. A context manager: the process ends with it."""

    def __init__(self, paths: list[str], as_: str | None, defaults: Mapping[str, str] | None) -> None:
        self._read = partial(read, as_=as_, defaults=defaults)
        self._child = _started([sys.path, paths, as_, dict(defaults or {})])
        self._stream = _received(self._child.stdout) if self._child else iter(())

    def read(self, path: str) -> Iterator[Cut]:
        """What `ingest.read` yields of the next file; to be asked for in order, and read to its end."""
        count = 0
        for cut in self._stream:
            if cut is None:
                return
            count += 1
            yield cut
        yield from ((reading, None) for reading in islice(self._read(path), count, None))

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            assert self._child.stdout is not None
            self._child.kill()
            self._child.stdout.close()
            self._child.wait()


def can_read_ahead() -> bool:
    """Whether there is a second core, and a Python to start on it (a frozen program is none)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1 and Path(sys.executable or "").name.lower().startswith(("python", "pypy"))


def _started(told: list[Any]) -> subprocess.Popen[bytes] | None:
    """The process, told what to read; None where none can be started."""
    try:
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    except OSError:
        return None
    assert child.stdin is not None
    try:
        child.stdin.write(pickle.dumps(told))
        child.stdin.close()
    except OSError:  # it ended at once; so will what it sends
        pass
    return child


def _received(pipe: IO[bytes] | None) -> Iterator[Cut | None]:
    """The readings, None behind the last of each file; ends where the pipe does."""
    assert pipe is not None
    while len(head := pipe.read(_HEAD)) == _HEAD:
        size = int.from_bytes(head, "little")
        if len(data := pipe.read(size)) < size:
            return
        yield from pickle.loads(data)  # of our own process


def serve(paths: Iterable[str], as_: str | None, defaults: Mapping[str, str]) -> None:
    """Read files and send what they hold to standard output, until they end or nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process decides
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints is no parcel
    line = Line(_WAITING)
    parcel: list[Reading | None] = []
    held = 0
    try:
        with seldom():
            for path in paths:
                for reading in read(path, as_, defaults):
                    parcel.append(reading)
                    held += len(reading.text) + 500 if isinstance(reading, Document) else 500
                    if held > _PARCEL:
                        line.put(partial(_send, pipe, _pickled(_cut(parcel, line.length > _BEHIND))))
                        parcel, held = [], 0
                parcel.append(None)
            line.put(partial(_send, pipe, _pickled(_cut(parcel, False))))
            line.wait()
    except OSError:
        os._exit(1)  # without a word: nobody listens any more


def _cut(parcel: list[Reading | None], behind: bool) -> list[Cut | None]:
    """A parcel with the passages of its documents where the other process is behind."""
    return [
        None
        if reading is None
        else (reading, split(reading) if behind and isinstance(reading, Document) else None)
        for reading in parcel
    ]


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(_HEAD, "little") + data)
    pipe.flush()


_KINDS = (Document, Block, Passage, Skipped, SourceFacts)
_FIELDS = {kind: attrgetter(*kind.__dataclass_fields__) for kind in _KINDS}


def _reduced(record: Any) -> tuple[Any, ...]:
    """A record as its class and its fields, which takes half the time of its own way."""
    return type(record), _FIELDS[type(record)](record)


def _pickled(parcel: list[Cut | None]) -> bytes:
    data = io.BytesIO()
    pickler = pickle.Pickler(data, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = dict.fromkeys(_FIELDS, _reduced)
    pickler.dump(parcel)
    return data.getvalue()
