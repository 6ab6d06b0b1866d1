"""Byte strings on disk: compressed streams that are read in pieces, and sorted lists of names."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import zstandard

from essaysearch.columnar.arrayfile import ArrayFile, ArrayFileWriter
from essaysearch.columnar.strings import Strings

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Array = npt.NDArray[Any]
RAW = 1 << 14
"""Bytes of a block before compression: ten results cost some ten blocks to read, at 30 µs each."""

_LEVEL = 1
"""In blocks of this size higher levels gain one byte in a hundred, for half as much time again."""

_GATHERED = RAW * 64
_IN_MEMORY = 1 << 22
"""Bytes of compressed blocks above which they wait in a file."""


class StreamWriter:
    """A stream of bytes in compressed blocks, compressed on another core while more is appended.

    What is compressed waits in memory, or in a file where it is much.
    """

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        from tempfile import SpooledTemporaryFile  # with every archive format, which a search does without

        self._pool = pool
        self._pending: list[bytes] = []
        self._held = 0
        self._tasks: deque[Future[list[tuple[bytes, int]]]] = deque()
        self._spool = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._sizes: list[tuple[int, int]] = []
        self.length = 0

    def append(self, data: bytes) -> int:
        """Append bytes; returns where they begin in the stream."""
        begins = self.length
        self._pending.append(data)
        self._held += len(data)
        self.length += len(data)
        if self._held >= _GATHERED:
            self._flush(False)
        return begins

    def _flush(self, last: bool) -> None:
        data = b"".join(self._pending)
        whole = len(data) if last else len(data) // RAW * RAW
        self._tasks.append(self._pool.submit(_compress, data[:whole]))
        self._pending = [data[whole:]]
        self._held = len(data) - whole
        while self._tasks and self._tasks[0].done():
            self._take()

    def _take(self) -> None:
        blocks = self._tasks.popleft().result()
        self._spool.write(b"".join([block for block, _ in blocks]))
        self._sizes += [(len(block), length) for block, length in blocks]

    def finish(self) -> None:
        """Have the rest compressed: nothing more will be appended."""
        if self._held:
            self._flush(True)

    def write(self, file: ArrayFileWriter, name: str) -> None:
        """Write the stream as the arrays ``name`` (bytes) and ``name_ends`` (of the blocks); close it."""
        self.finish()
        while self._tasks:
            self._take()
        self._spool.seek(0)
        write_blocks(file, name, ((self._spool.read(size), length) for size, length in self._sizes))
        self.close()

    def close(self) -> None:
        """Let go of what waits."""
        self._tasks.clear()
        self._spool.close()


def write_blocks(file: ArrayFileWriter, name: str, blocks: Iterable[tuple[bytes, int]]) -> None:
    """Write compressed blocks, given as (bytes, length before compression), as a stream."""
    ends, raw_ends = [0], [0]
    file.begin(name, np.uint8)
    for block, length in blocks:
        file.extend(block)
        ends.append(ends[-1] + len(block))
        raw_ends.append(raw_ends[-1] + length)
    file.put(name + "_ends", _offsets(ends))
    file.put(name + "_raw", _offsets(raw_ends))


def _offsets(values: Any) -> Array:
    return np.array(values, dtype=np.uint64 if values[-1] >> 32 else np.uint32)


def _compress(data: bytes) -> list[tuple[bytes, int]]:
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    pieces: list[Any] = [data[at : at + RAW] for at in range(0, len(data), RAW)]
    if not pieces or "multi_compress_to_buffer" not in zstandard.backend_features:
        return [(compressor.compress(piece), len(piece)) for piece in pieces]
    # All in one call: to get the interpreter's lock back after each takes longer than to compress it.
    blocks = compressor.multi_compress_to_buffer(pieces)
    return [(blocks[n].tobytes(), len(piece)) for n, piece in enumerate(pieces)]


class _Decompressing(threading.local):
    """A decompressor for each thread: to make one costs half of what a block does."""

    def __init__(self) -> None:
        self.it = zstandard.ZstdDecompressor()


_DECOMPRESSING = _Decompressing()


class Stream:
    """A stream that `StreamWriter` wrote. The last few blocks read stay decompressed."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self._name = file, name
        self._ends = file.view(name + "_ends")
        self._raw: Array | None = None
        self._cache: dict[int, bytes] = {}

    def read(self, start: int, stop: int) -> bytes:
        """The bytes ``start`` to ``stop`` of the stream."""
        if stop <= start:
            return b""
        raw = self._raw
        if raw is None:
            raw = self._raw = self._file.array(self._name + "_raw")
        first = int(raw.searchsorted(raw.dtype.type(start), "right")) - 1  # of its own type: no copy
        begins = raw.item(first)
        if stop <= raw.item(first + 1):
            return self.block(first)[start - begins : stop - begins]
        last = int(raw.searchsorted(raw.dtype.type(stop), "left")) - 1
        data = b"".join(self.block(number) for number in range(first, last + 1))
        return data[start - begins : stop - begins]

    def compressed(self, number: int) -> bytes:
        """Block ``number`` as it is stored."""
        self._file.touch(self._name + "_ends", number, number + 2)
        begin, end = int(self._ends[number]), int(self._ends[number + 1])
        self._file.touch(self._name, begin, end)
        return self._file.view(self._name)[begin:end].tobytes()

    def block(self, number: int) -> bytes:
        """Block ``number``, decompressed."""
        known = self._cache.get(number)
        if known is None:
            known = _DECOMPRESSING.it.decompress(self.compressed(number))
            if len(self._cache) >= 128:
                self._cache = {}
            self._cache[number] = known
        return known

    def stored(self) -> Iterator[tuple[bytes, int]]:
        """Every block as it is stored, with its length before compression."""
        raw = self._file.array(self._name + "_raw")
        for number in range(len(raw) - 1):
            yield self.compressed(number), int(raw[number + 1]) - int(raw[number])

    @property
    def length(self) -> int:
        """Bytes of the stream before compression."""
        return int(self._file.array(self._name + "_raw")[-1])


def put_names(file: ArrayFileWriter, name: str, values: Strings, even: bool = False) -> None:
    """Write strings, packed without gaps, as the arrays ``name`` (UTF-8 bytes) and ``name_ends``.

    ``even``: ends of strings of one length need no room (kernels could not read them).
    """
    file.put(name, values.data)
    (file.put_even if even else file.put)(name + "_ends", _offsets(np.append(0, values.ends)))


_MOST_KNOWN = 1 << 10


class Names:
    """A list of strings on disk; if sorted, searched by bisection without reading it whole.

    The last few asked for stay in memory.
    """

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self._name = file, name
        self._bytes = file.view(name)
        self._ends = file.view(name + "_ends")
        self._known: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1

    def raw(self, number: int) -> bytes:
        """The UTF-8 bytes of value ``number``."""
        self._file.touch(self._name + "_ends", number, number + 2)
        begin, end = int(self._ends[number]), int(self._ends[number + 1])
        self._file.touch(self._name, begin, end)
        return self._bytes[begin:end].tobytes()

    def __getitem__(self, number: int) -> str:
        known = self._known.get(number)
        if known is None:
            if number >= len(self):
                raise IndexError(number)
            if len(self._known) >= _MOST_KNOWN:
                self._known = {}
            known = self._known[number] = self.raw(number).decode("utf-8", "surrogatepass")
        return known

    def find(self, value: str) -> int:
        """The number of a value in a sorted list, -1 where it is not there."""
        wanted = value.encode("utf-8", "surrogatepass")
        at = self.position(wanted)
        return at if at < len(self) and self.raw(at) == wanted else -1

    def position(self, wanted: bytes) -> int:
        """Where bytes would stand in the sorted list."""
        return bisect_left(_RawView(self), wanted)

    def arrays(self) -> tuple[Array, Array]:
        """(the UTF-8 of all values, int64 where each begins, and the end of the last)."""
        ends = self._file.array(self._name + "_ends").astype(np.int64)
        return self._file.array(self._name), ends

    def all(self) -> list[str]:
        """Every value, in order."""
        data = self._file.array(self._name).tobytes()
        ends = self._file.array(self._name + "_ends").tolist()
        return [data[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise(ends)]


class _RawView:
    """A sorted list of names as bytes, for `bisect`."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, number: int) -> bytes:
        return self._names.raw(number)
