"""Streams of bytes on disk, compressed in blocks, so that any stretch is read without the rest.

A stream long enough has a *dictionary* (of Zstandard, RFC 8878): what its blocks have in common, told once.
Its blocks are a quarter as long as they would be without and still take less room, and a stretch is read in
a third of the time. A merged stream consists of *runs* of blocks that share a dictionary.

The array ``NAME`` holds the blocks, ``NAME_ends`` and ``NAME_raw`` tell where they begin in it and in the
stream, and where the last ends; ``NAME_run``, which is the first block of each run; ``NAME_dictionary`` holds
the dictionaries of the runs (some may have no byte), ``NAME_dictionary_ends`` tells where they begin, and
where the last ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from essaysearch.columnar.arrayfile import ArrayFile, ArrayFileWriter, offsets

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Array = npt.NDArray[Any]
RAW = 1 << 12
"""Bytes of a block before compression: ten results cost some ten blocks to read, at 12 µs each."""

ALONE = 1 << 14
"""The same without a dictionary: blocks of `RAW` would be a twelfth longer then."""

SAMPLE = 1 << 21
"""Bytes from the beginning of a stream that its dictionary is made of; shorter streams have none."""

DICTIONARY = 1 << 16
"""Bytes of a dictionary: of the shortest stream that has one, the tenth that it saves."""

_SEGMENT, _STEP = 200, 8
"""Parameters k and d of a dictionary. Zstandard would find better ones, for four times the time, to save
one byte in three hundred."""

_LEVEL = 1
"""Without a dictionary, higher levels save one byte in a hundred, for half as much time again."""

_WITH_DICTIONARY: Mapping[str, Any] = {"hash_log": 16, "min_match": 6}
"""What level 1 is told otherwise then: its table has room for a dictionary. (Level 3 would save one byte in
fifteen more of essays and abstracts, for half as much time again, of a text of random words none.)"""

_GATHERED = 1 << 20
"""Bytes that are compressed in one task."""

_WAITING = 16
"""Tasks that wait at most."""

_IN_MEMORY = 1 << 22
"""Bytes of compressed blocks above which they wait in a file."""

_KEPT = 1 << 21
"""Bytes of decompressed blocks that a stream keeps at most."""


class Run(NamedTuple):
    """Successive blocks, each with its length before compression, and their dictionary (may be empty)."""

    dictionary: bytes
    blocks: Iterable[tuple[bytes, int]]


class StreamWriter:
    """A stream of bytes in compressed blocks, compressed on another core while more is appended.

    What is compressed waits in memory, or in a file where it is much.
    """

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        from tempfile import SpooledTemporaryFile  # with every archive format, which a search does without

        self._pool = pool
        self._pending: list[bytes] = []
        self._held = 0
        self._dictionary: Future[zstandard.ZstdCompressionDict] | None = None
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
        if self._held >= (SAMPLE if self._dictionary is None else _GATHERED):
            self._flush(False)
        return begins

    def _flush(self, last: bool) -> None:
        data = b"".join(self._pending)
        if self._dictionary is None and len(data) >= SAMPLE:
            self._dictionary = self._pool.submit(_train, data[:SAMPLE])
        raw = ALONE if self._dictionary is None else RAW
        whole = len(data) if last else len(data) // raw * raw
        self._tasks.append(self._pool.submit(_compress, data[:whole], self._dictionary))
        self._pending = [data[whole:]]
        self._held = len(data) - whole
        while self._tasks and (self._tasks[0].done() or len(self._tasks) > _WAITING):
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
        """Write the stream, as its arrays; close it."""
        self.finish()
        while self._tasks:
            self._take()
        self._spool.seek(0)
        dictionary = self._dictionary.result().as_bytes() if self._dictionary else b""
        blocks = ((self._spool.read(size), length) for size, length in self._sizes)
        write_runs(file, name, [Run(dictionary, blocks)])
        self.close()

    def close(self) -> None:
        """Let go of what waits."""
        self._tasks.clear()
        self._spool.close()


def write_runs(file: ArrayFileWriter, name: str, runs: Iterable[Run]) -> None:
    """Write compressed blocks as a stream."""
    ends, raw_ends, firsts, dictionaries = [0], [0], [], []
    file.begin(name, np.uint8)
    for run in runs:
        firsts.append(len(ends) - 1)
        dictionaries.append(run.dictionary)
        for block, length in run.blocks:
            file.extend(block)
            ends.append(ends[-1] + len(block))
            raw_ends.append(raw_ends[-1] + length)
    file.put(name + "_ends", offsets(np.array(ends)))
    file.put(name + "_raw", offsets(np.array(raw_ends)))
    file.put(name + "_run", offsets(np.array(firsts, dtype=np.int64)))
    file.put(name + "_dictionary", b"".join(dictionaries))
    file.put(name + "_dictionary_ends", offsets(np.cumsum([0, *map(len, dictionaries)])))


def merge_streams(streams: list[Stream], file: ArrayFileWriter, name: str, pool: ThreadPoolExecutor) -> None:
    """Write streams one after another as one.

    Their blocks stay as they are, unless most have no dictionary or the dictionaries take much room: then
    all are compressed anew, with one.
    """
    length, told = sum(stream.length for stream in streams), sum(stream.dictionaries for stream in streams)
    alone = sum(stream.length for stream in streams if not stream.dictionaries)
    if length < SAMPLE or (2 * alone < length and told * 64 < length):
        write_runs(file, name, (run for stream in streams for run in stream.runs()))
        return
    writer = StreamWriter(pool)
    for stream in streams:
        for number in range(len(stream)):
            writer.append(stream.block(number))
    writer.write(file, name)


def _train(data: bytes) -> zstandard.ZstdCompressionDict:
    samples: list[Any] = [data[at : at + RAW] for at in range(0, len(data), RAW)]
    try:
        return zstandard.train_dictionary(DICTIONARY, samples, k=_SEGMENT, d=_STEP)
    except zstandard.ZstdError:  # it finds nothing that they have in common
        return zstandard.ZstdCompressionDict(data[:DICTIONARY])


def _compress(data: bytes, trained: Future[zstandard.ZstdCompressionDict] | None) -> list[tuple[bytes, int]]:
    dictionary, raw = (trained.result(), RAW) if trained else (None, ALONE)
    more = _WITH_DICTIONARY if dictionary else {}
    how = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, source_size=raw, dict_size=len(dictionary or b""), write_checksum=True, **more
    )
    compressor = zstandard.ZstdCompressor(compression_params=how, dict_data=dictionary)
    pieces: list[Any] = [data[at : at + raw] for at in range(0, len(data), raw)]
    if not pieces or "multi_compress_to_buffer" not in zstandard.backend_features:
        return [(compressor.compress(piece), len(piece)) for piece in pieces]
    # All in one call: to get the interpreter's lock back after each takes longer than to compress it.
    blocks = compressor.multi_compress_to_buffer(pieces)
    return [(blocks[n].tobytes(), len(piece)) for n, piece in enumerate(pieces)]


class _Decompressors:
    """The decompressors of a dictionary that no thread is using: each takes as long to make as a block."""

    def __init__(self, dictionary: bytes) -> None:
        self._dictionary = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._free: list[zstandard.ZstdDecompressor] = []

    def decompress(self, block: bytes) -> bytes:
        try:
            one = self._free.pop()
        except IndexError:
            one = zstandard.ZstdDecompressor(dict_data=self._dictionary)
        data = one.decompress(block)
        self._free.append(one)
        return data


_ALONE = _Decompressors(b"")


class Stream:
    """A stream that `StreamWriter` wrote. The last few blocks read stay decompressed."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self._name = file, name
        self._ends = file.view(name + "_ends")
        self._raw: Array | None = None
        self._cache: dict[int, bytes] = {}
        self._decompressors: dict[int, _Decompressors] = {}

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
            known = self._decompressor(number).decompress(self.compressed(number))
            if len(self._cache) >= _KEPT // (RAW if self.dictionaries else ALONE):
                self._cache = {}
            self._cache[number] = known
        return known

    def _decompressor(self, number: int) -> _Decompressors:
        run = int(self._firsts.searchsorted(number, "right")) - 1
        known = self._decompressors.get(run)
        if known is None:
            dictionary = self._dictionary(run)
            known = self._decompressors[run] = _Decompressors(dictionary) if dictionary else _ALONE
        return known

    @cached_property
    def _firsts(self) -> Array:
        return self._file.array(self._name + "_run")

    def _dictionary(self, run: int) -> bytes:
        begin, end = self._file.array(self._name + "_dictionary_ends")[run : run + 2].tolist()
        self._file.touch(self._name + "_dictionary", begin, end)
        return self._file.view(self._name + "_dictionary")[begin:end].tobytes()

    def runs(self) -> Iterator[Run]:
        """Every block as it is stored."""
        raw = self._file.array(self._name + "_raw")
        edges = [*self._firsts.tolist(), len(self)]
        for run, first in enumerate(edges[:-1]):
            numbers = range(first, edges[run + 1])
            blocks = ((self.compressed(n), int(raw[n + 1]) - int(raw[n])) for n in numbers)
            yield Run(self._dictionary(run), blocks)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @cached_property
    def dictionaries(self) -> int:
        """Bytes of all its dictionaries."""
        return int(self._file.array(self._name + "_dictionary_ends")[-1])

    @property
    def length(self) -> int:
        """Bytes of the stream before compression."""
        return int(self._file.array(self._name + "_raw")[-1])
