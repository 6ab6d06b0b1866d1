"""Which documents a library holds, each as two short numbers, so that states can be told apart later."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.segment import Segment
from essaysearch.columnar.snapshot import Snapshot

Array = npt.NDArray[Any]
_ROW = np.dtype([("id", ">u4"), ("print", ">u4")])


@dataclass(frozen=True)
class State:
    """The documents of a library at a time: for each the heads of the digests of its id and its content.

    ``table``: 8 bytes a document, sorted. It does not depend on how the index is cut into segments,
    nor on where the documents' files lay. Two documents of a million share a head by chance.
    """

    table: bytes

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that differ where any document differs."""
        return digest_of(self.table)

    def __len__(self) -> int:
        return len(self.table) // _ROW.itemsize

    def __contains__(self, document_id: str) -> bool:
        return self.print(document_id) is not None

    def print(self, document_id: str) -> int | None:
        """The head of the digest of a document's content, None where the library had no such document."""
        wanted = _head(document_id)
        rows = self._rows
        at = int(np.searchsorted(rows["id"], wanted))
        return int(rows["print"][at]) if at < len(rows) and rows["id"][at] == wanted else None

    def since(self, older: State) -> tuple[int, int, int]:
        """How many documents were added, changed and removed since an older state."""
        new, old = self._rows, older._rows
        _, here, there = np.intersect1d(new["id"], old["id"], return_indices=True)
        changed = int(np.count_nonzero(new["print"][here] != old["print"][there]))
        return len(new) - len(here), changed, len(old) - len(here)

    @cached_property
    def _rows(self) -> Array:
        return np.frombuffer(self.table, dtype=_ROW)


def state_of(snapshot: Snapshot) -> State:
    """The state of a library; ids are hashed once for each segment."""
    parts = []
    for view in snapshot.views:
        live = view.segment.live_documents
        rows = np.empty(int(live.sum()), dtype=_ROW)
        rows["id"] = _heads(view.segment)[live]
        rows["print"] = (view.segment.column("doc_print")[live].astype(np.uint64) >> np.uint64(32)).astype(
            np.uint32
        )
        parts.append(rows)
    table = np.concatenate(parts) if parts else np.empty(0, dtype=_ROW)
    # Joining arrays gives them the machine's own byte order; the table has one order everywhere.
    return State(np.sort(table, order=["id", "print"]).astype(_ROW).tobytes())


_KNOWN: WeakKeyDictionary[Segment, Array] = WeakKeyDictionary()


def _heads(segment: Segment) -> Array:
    """The head of the digest of each document's id, uint32."""
    known = _KNOWN.get(segment)
    if known is None:
        names = np.array([_head(name) for name in segment.names("id").all()], dtype=np.uint32)
        known = _KNOWN[segment] = names[segment.file.array("id_code").astype(np.int64) - 1]
    return known


def _head(document_id: str) -> int:
    return int(digest_of(document_id.encode("utf-8", "surrogatepass"))[:8], 16)


def digest_of(data: bytes) -> str:
    import hashlib  # with all of OpenSSL, which a search does without

    return hashlib.blake2b(data, digest_size=8).hexdigest()
