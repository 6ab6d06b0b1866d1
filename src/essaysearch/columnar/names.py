"""Lists of strings on disk, sorted or not."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.arrayfile import ArrayFile, ArrayFileWriter, offsets
from essaysearch.columnar.strings import Strings

Array = npt.NDArray[Any]


def put_names(file: ArrayFileWriter, name: str, values: Strings, even: bool = False) -> None:
    """Write strings, packed without gaps, as the arrays ``name`` (UTF-8 bytes) and ``name_ends``.

    ``even``: ends of strings of one length need no room (kernels could not read them).
    """
    file.put(name, values.data)
    (file.put_even if even else file.put)(name + "_ends", offsets(np.append(0, values.ends)))


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
