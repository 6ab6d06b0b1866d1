"""One file of named arrays, memory-mapped, each page of it with a checksum.

Layout: magic, the arrays (each aligned to 64 bytes), the CRC-32 of every 64 KiB page, a JSON
footer that names the arrays, and the footer's own length and CRC-32. A page is verified when
one of its bytes is first asked for through `ArrayFile.array` or `ArrayFile.touch`; all of them
by `ArrayFile.verify`. Nothing in the file is executed or unpickled.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.errors import IndexDamaged

MAGIC = b"ESSAYCOL"
PAGE = 1 << 16
_ALIGN = 64

Array = npt.NDArray[Any]


def offsets(values: Array) -> Array:
    """Offsets as uint32, or uint64 where they must: of few types, as kernels are compiled for each."""
    return values.astype(np.uint64 if values.size and int(values.max()) >> 32 else np.uint32)


class ArrayFileWriter:
    """Writes arrays one after another, checksumming as it goes; `close` syncs the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open(path, "wb")  # noqa: SIM115 - closed by `close` or `abandon`
        self._at = 0
        self._crcs: list[int] = []
        self._page = 0
        self._page_fill = 0
        self._arrays: dict[str, dict[str, Any]] = {}
        self._write(MAGIC)

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        view = memoryview(data)
        self._at += len(view)
        while len(view):
            take = min(PAGE - self._page_fill, len(view))
            self._page = zlib.crc32(view[:take], self._page)
            self._page_fill += take
            view = view[take:]
            if self._page_fill == PAGE:
                self._crcs.append(self._page)
                self._page = self._page_fill = 0

    def begin(self, name: str, dtype: npt.DTypeLike) -> None:
        """Start an array that `extend` fills in pieces; one at a time."""
        self._write(b"\0" * (-self._at % _ALIGN))
        self._arrays[name] = {"dtype": np.dtype(dtype).str, "at": self._at, "count": 0}
        self._open = name

    def extend(self, values: Array | bytes) -> None:
        """Append values (or raw bytes of whole values) to the array begun last."""
        entry = self._arrays[self._open]
        dtype = np.dtype(entry["dtype"])
        if isinstance(values, bytes):
            entry["count"] += len(values) // dtype.itemsize
            self._write(values)
            return
        flat = np.ascontiguousarray(values, dtype=dtype)
        entry["count"] += flat.size
        if flat.size:
            self._write(flat.data.cast("B"))

    def put(self, name: str, values: Array | bytes, dtype: npt.DTypeLike | None = None) -> None:
        """Write one array whole."""
        self.begin(
            name, dtype if dtype is not None else (values.dtype if isinstance(values, np.ndarray) else "u1")
        )
        self.extend(values)

    def put_even(self, name: str, values: Array) -> None:
        """Write one array; where unsigned integers keep one distance, as no more than that."""
        if values.dtype.kind == "u" and values.itemsize <= 4 and len(values) > 1:
            steps = np.diff(values.astype(np.int64))
            if (steps == steps[0]).all():
                even = [int(values[0]), int(steps[0])]
                self._arrays[name] = {"dtype": values.dtype.str, "count": len(values), "even": even}
                return
        self.put(name, values)

    def close(self, facts: Mapping[str, Any]) -> dict[str, int]:
        """Finish the file. ``facts`` are JSON values kept in the footer.

        Returns the file's size in bytes and its footer's CRC-32, which the manifest remembers.
        """
        if self._page_fill:
            self._crcs.append(self._page)
        data_end = self._at
        crcs = np.array(self._crcs, dtype="<u4").tobytes()
        footer = json.dumps(
            {"arrays": self._arrays, "data_end": data_end, "pages": zlib.crc32(crcs), "facts": dict(facts)}
        ).encode()
        crc = zlib.crc32(footer)
        self._file.write(crcs)
        self._file.write(footer)
        self._file.write(len(footer).to_bytes(8, "little") + crc.to_bytes(4, "little") + MAGIC)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return {"size": os.path.getsize(self.path), "crc": crc}

    def abandon(self) -> None:
        """Close and delete what was written."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class ArrayFile:
    """A file of arrays, open for reading. Opening costs the same whatever its size.

    Raises `IndexDamaged` where the file is missing, has another size than ``size``, or fails a
    checksum - then, or when the damaged page is first touched.
    """

    def __init__(self, path: Path, size: int | None = None, crc: int | None = None) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                self._size = os.fstat(file.fileno()).st_size
                if size is not None and self._size != size:
                    raise self._damage(f"has {self._size} bytes, where {size} were written")
                if self._size < 20 + len(MAGIC):
                    raise self._damage("is too short")
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            raise self._damage("is missing") from error
        except OSError as error:
            why = f"cannot be read ({error.strerror}). Check its permissions."
            raise IndexDamaged(f"{path}: {why}") from error
        tail = self._map[self._size - 20 : self._size]
        length, found = int.from_bytes(tail[:8], "little"), int.from_bytes(tail[8:12], "little")
        if tail[12:] != MAGIC or self._map[: len(MAGIC)] != MAGIC or length > self._size:
            raise self._damage("does not end as it was written")
        footer = self._map[self._size - 20 - length : self._size - 20]
        if zlib.crc32(footer) != found or (crc is not None and crc != found):
            raise self._damage("has a damaged footer")
        described = json.loads(footer)
        self._arrays: dict[str, dict[str, Any]] = described["arrays"]
        self.facts: dict[str, Any] = described["facts"]
        self._data_end = int(described["data_end"])
        self._bytes = np.frombuffer(self._map, dtype="u1")
        pages = -(-self._data_end // PAGE)
        crcs = self._bytes[self._data_end : self._data_end + 4 * pages]
        if zlib.crc32(crcs.tobytes()) != described["pages"]:
            raise self._damage("has damaged checksums")
        self._crcs = crcs.view("<u4") if self._data_end % 4 == 0 else np.frombuffer(crcs.tobytes(), "<u4")
        self._verified = bytearray(pages)
        self._whole: dict[str, Array] = {}
        self._views: dict[str, Array] = {}
        self._places: dict[str, tuple[Array, int, int]] = {}

    def _damage(self, what: str) -> IndexDamaged:
        return IndexDamaged(f"{self.path}: {what}. Rebuild with `essaysearch index --rebuild`.")

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def view(self, name: str) -> Array:
        """An array, its pages not yet verified: call `touch` for what is read of it."""
        known = self._views.get(name)
        if known is None:
            entry = self._arrays[name]
            dtype = np.dtype(entry["dtype"])
            if "even" in entry:
                first, step = entry["even"]
                known = (first + step * np.arange(entry["count"], dtype=np.int64)).astype(dtype)
                known.flags.writeable = False
                self._whole[name] = known
            else:
                known = np.frombuffer(self._map, dtype=dtype, count=entry["count"], offset=entry["at"])
            self._views[name] = known
        return known

    def array(self, name: str) -> Array:
        """An array, all its pages verified."""
        known = self._whole.get(name)
        if known is None:
            known = self.view(name)
            self.touch(name, 0, len(known))
            self._whole[name] = known
        return known

    def item(self, name: str, at: int) -> Any:
        """Element ``at`` of an array as a number, its page verified; of the others nothing is read."""
        whole = self._whole.get(name)
        if whole is not None:
            return whole.item(at)
        place = self._places.get(name)
        if place is None:
            if "even" in self._arrays[name]:
                first, step = self._arrays[name]["even"]
                return first + step * at
            view = self.view(name)
            place = self._places[name] = (view, self.place(name), view.itemsize)
        view, begins, size = place
        page = (begins + at * size) // PAGE  # whole elements: arrays are aligned
        if not self._verified[page]:
            self._check(page)
        return view.item(at)

    @property
    def raw(self) -> Array:
        """The whole file as bytes, its pages not yet verified."""
        return self._bytes

    @property
    def flags(self) -> Array:
        """A byte for each page: whether it was verified."""
        return np.frombuffer(self._verified, dtype=np.uint8)

    @property
    def page(self) -> int:
        """Bytes of a page."""
        return PAGE

    def place(self, name: str) -> int:
        """The byte of the file where an array begins."""
        return int(self._arrays[name]["at"])

    def verify_pages(self, pages: Iterable[int]) -> None:
        """Verify pages by number."""
        for page in pages:
            self._check(int(page))

    def touch(self, name: str, start: int, stop: int) -> None:
        """Verify the pages that hold elements ``start`` to ``stop`` of an array."""
        if name not in self._whole:
            entry = self._arrays[name]
            if "even" in entry:
                return
            size = np.dtype(entry["dtype"]).itemsize
            self._touch(entry["at"] + start * size, (stop - start) * size)

    def _touch(self, at: int, length: int) -> None:
        if length <= 0:
            return
        first, last = at // PAGE, (at + length - 1) // PAGE
        verified = self._verified
        if first == last:
            if not verified[first]:
                self._check(first)
            return
        page = verified.find(0, first, last + 1)
        while page != -1:
            self._check(page)
            page = verified.find(0, page + 1, last + 1)

    def _check(self, page: int) -> None:
        start = page * PAGE
        if zlib.crc32(self._bytes[start : min(start + PAGE, self._data_end)].data) != self._crcs[page]:
            raise self._damage(f"fails its checksum at byte {start}")
        self._verified[page] = 1

    def verify(self) -> int:
        """Check that the file still has its size, then every page; returns how many bytes were read."""
        try:
            size = os.path.getsize(self.path)
        except OSError as error:
            raise self._damage("is missing") from error
        if size != self._size:  # asked first: to read a mapped page that was cut off ends the process
            raise self._damage(f"has {size} bytes, where {self._size} were written")
        for page in range(len(self._verified)):
            self._verified[page] = 0
            self._check(page)
        return self._data_end

    @property
    def nbytes(self) -> int:
        """The file's size on disk."""
        return self._size
