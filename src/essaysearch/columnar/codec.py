"""The Whoosh codec: lets stock Whoosh read an index of ours, and refuses to let it write one.

With essaysearch installed, ``whoosh.index.open_dir(directory).searcher()`` finds the same
passages, each as one Whoosh document, by Whoosh's own one-posting-at-a-time path. The table of
contents is a pickle, because Whoosh reads nothing else; essaysearch writes it and never reads it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from essaysearch.columnar.codec_readers import SegmentPassages, SegmentTerms
from essaysearch.columnar.manifest import Manifest, sync_directory
from essaysearch.columnar.schema import schema
from essaysearch.columnar.segment import Segment
from essaysearch.errors import ForeignWriter, IndexDamaged

INDEX_NAME = "MAIN"
TOC_NAME = re.compile(r"_MAIN_(\d+)\.toc$")
_FRESH = "essaysearch.toc.new"
_REFUSAL = (
    "This index was written by essaysearch; stock Whoosh can read it but not write it."
    " Add documents with `essaysearch index PATHS`, or essaysearch.open_library(...).add(...)."
)


class ColumnarCodec(base.Codec):
    """Reads segments of ours; everything that would write raises `ForeignWriter`.

    ``opened``: the segment it reads, once a reader asked for it.
    """

    def __init__(self) -> None:
        self.opened: Segment | None = None

    def _segment(self, storage: Any, segment: ColumnarSegment) -> Segment:
        if self.opened is None:
            directory = Path(storage.folder)
            try:
                self.opened = Segment(directory, segment.entry)
            except IndexDamaged as error:
                gone = [name for name in segment.files() if not (directory / name).exists()]
                if gone:  # a commit took it away; Whoosh looks again after this error
                    raise FileNotFoundError(str(error)) from error
                raise
        return self.opened

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> SegmentTerms:
        return SegmentTerms(self._segment(storage, segment))

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> SegmentPassages:
        return SegmentPassages(self._segment(storage, segment))

    def postings_reader(self, *args: Any, **kwargs: Any) -> Any:
        raise ForeignWriter(
            "Postings of essaysearch are read through its terms reader, not from a file of Whoosh's."
        )

    def per_document_writer(self, storage: Any, segment: Any) -> Any:
        raise ForeignWriter(_REFUSAL)

    def field_writer(self, storage: Any, segment: Any) -> Any:
        raise ForeignWriter(_REFUSAL)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        raise ForeignWriter(_REFUSAL)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        raise ForeignWriter(_REFUSAL)


class ColumnarSegment(base.Segment):
    """What Whoosh's table of contents keeps of a segment: its row of our manifest.

    Whoosh's writers ask a segment how many documents it holds before they touch anything, its
    readers never do (they ask `SegmentPassages`): so the question is refused.
    """

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.indexname, self.segid, self.compound = INDEX_NAME, str(entry["name"]), False
        self.entry = dict(entry)

    def files(self) -> list[str]:
        """The names of the files it is read from."""
        deleted = self.entry.get("deleted")
        return [self.entry["file"], *([deleted["file"]] if deleted else [])]

    def codec(self) -> ColumnarCodec:
        return ColumnarCodec()

    def should_assemble(self) -> bool:
        return False

    def doc_count_all(self) -> int:
        raise ForeignWriter(_REFUSAL)

    def doc_count(self) -> int:
        return int(self.entry["averages"]["passages"])

    def deleted_count(self) -> int:
        return int(self.entry["passages"]) - self.doc_count()

    def deleted_docs(self) -> Any:
        raise ForeignWriter(_REFUSAL)

    def is_deleted(self, docnum: int) -> bool:
        raise ForeignWriter(_REFUSAL)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        raise ForeignWriter(_REFUSAL)

    def set_doc_count(self, doccount: int) -> None:
        raise ForeignWriter(_REFUSAL)


def write_toc(directory: Path, manifest: Manifest) -> None:
    """Write the table of contents by which stock Whoosh reads this generation.

    It appears whole or not at all, is synced, and replaces those older than the generation
    before (a reader that has just listed the directory still finds the one it chose).
    """
    segments = [ColumnarSegment(entry) for entry in manifest.segments]
    memory: Any = RamStorage()  # type: ignore[no-untyped-call]
    contents: Any = TOC(schema(), segments, manifest.generation)  # type: ignore[no-untyped-call]
    contents.write(memory, INDEX_NAME)
    name = toc_name(manifest.generation)
    with open(directory / _FRESH, "wb") as file:
        file.write(memory.files[name])
        file.flush()
        os.fsync(file.fileno())
    os.replace(directory / _FRESH, directory / name)
    sync_directory(directory)
    for other in os.listdir(directory):
        match = TOC_NAME.match(other)
        if match and int(match[1]) < manifest.generation - 1:
            with contextlib.suppress(OSError):  # open in another process (Windows): next time
                (directory / other).unlink()


def toc_name(generation: int) -> str:
    """The file name of the table of contents of a generation."""
    return f"_{INDEX_NAME}_{generation}.toc"
