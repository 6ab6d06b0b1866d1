"""A segment open for reading: its terms, postings, columns, texts and documents.

A segment file never changes. What was deleted from it since is a bitmap beside it, named by the
manifest. Everything here is read through memory maps; each page is verified when first touched.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.arrayfile import ArrayFile
from essaysearch.columnar.blocks import Blocks, read_blocks, read_positions, unpack
from essaysearch.columnar.names import Names
from essaysearch.columnar.norms import Averages, averages_of, norms_of
from essaysearch.columnar.postings import BLOCK, FIELDS, Postings
from essaysearch.columnar.streams import Stream
from essaysearch.errors import IndexDamaged
from essaysearch.model import VOICES, Document, Passage
from essaysearch.text.analysis import tokens

Array = npt.NDArray[Any]
_FEW = 64
"""To find more than one in so many names, all are looked at."""

KERNEL_ARRAYS = (
    "term", "term_ends", "term_block", "block_base", "block_at", "block_pos", "block_size",
    "block_format", "postings", "positions",
)  # fmt: skip
"""What the kernels read of a segment, in the order in which they are told where it stands."""


class TermInfo(NamedTuple):
    """Where a term's postings stand in its segment: its blocks, from ``block`` to ``block_end``.

    ``df``: how many postings (deleted passages included); ``number``: the term's rank.
    """

    block: int
    block_end: int
    df: int
    number: int


_ABSENT = {"karma": np.float64(np.nan), "date_low": np.int64(records.NO_DATE)}
"""What columns hold that are not stored."""


class PassageRow(NamedTuple):
    """A passage as it is stored: its number in the segment and its place in its document."""

    passage: Passage
    text: str
    document: int


class Segment:
    """One segment. ``entry`` is its row of the manifest.

    Raises `IndexDamaged` where a file is missing, resized or fails a checksum.
    """

    def __init__(self, directory: Path, entry: Mapping[str, Any]) -> None:
        self.name: str = entry["name"]
        self.entry = entry
        self.file = ArrayFile(directory / entry["file"], entry["size"], entry["crc"])
        self.passages: int = entry["passages"]
        self.documents: int = entry["documents"]
        self.live = _live(directory, entry, self.passages)
        self.averages = Averages.from_dict(entry["averages"])
        self._terms = Names(self.file, "term")
        self._known: dict[str, TermInfo | None] = {}
        self._positioned: set[int] = set()
        self.expanded: dict[Any, Any] = {}
        self._columns: dict[str, Array] = {}
        self._names: dict[str, Names] = {}
        self._value_words: dict[str, list[tuple[str, ...]]] = {}
        self.text = Stream(self.file, "text")
        self.records = Stream(self.file, "record")

    # Terms and postings

    def term(self, term: str, kernels: Any = None) -> TermInfo | None:
        """Where a term's postings stand; None where no passage has it.

        ``kernels``: the compiled module, or None; the answer is the same.
        """
        try:
            return self._known[term]
        except KeyError:
            pass
        if kernels is None:
            number = self._terms.find(term)
            info = self.info(number) if number >= 0 else None
        else:
            info = self._located(term, kernels)
        if len(self._known) > 1 << 18:
            self._known = {}
        self._known[term] = info
        return info

    def info(self, number: int) -> TermInfo:
        """Where the postings of term ``number`` (by rank) stand. Verifies what scoring reads of them."""
        file = self.file
        file.touch("term_block", number, number + 2)
        block, block_end = (int(v) for v in file.view("term_block")[number : number + 2])
        for name in ("block_base", "block_size", "block_format"):
            file.touch(name, block, block_end)
        file.touch("block_at", block, block_end + 1)
        at = file.view("block_at")
        file.touch("postings", int(at[block]), int(at[block_end]))
        df = (block_end - block - 1) * BLOCK + int(file.view("block_size")[block_end - 1])
        return TermInfo(block, block_end, df, number)

    @cached_property
    def arrays(self) -> tuple[Array, Array]:
        """The segment's file as bytes and where in it things stand, as the kernels take them."""
        file = self.file
        at = [file.place(name) for name in KERNEL_ARRAYS]
        widths = [file.view(name).itemsize for name in ("block_at", "block_pos", "term_ends")]
        return file.raw, np.array([*at, len(file.view("block_size")), *widths, file.page, len(self._terms)])

    def _located(self, term: str, kernels: Any) -> TermInfo | None:
        data, at = self.arrays
        flags, missing, row = self.file.flags, np.empty(64, np.int64), np.empty(3, np.int64)
        wanted = np.frombuffer(term.encode("utf-8", "surrogatepass") or b"\0", dtype=np.uint8)
        while True:
            number, pages = kernels.find(data, at, flags, wanted, missing)
            if not pages:
                break
            self.file.verify_pages(missing[:pages])
        if number < 0:
            return None
        while pages := kernels.locate(data, at, flags, number, False, row, missing):
            self.file.verify_pages(missing[:pages])
        begin, end, df = row.tolist()
        return TermInfo(begin, end, df, number)

    def infos(self, numbers: Array, positions: Array, kernels: Any) -> Array:
        """First block, end of blocks and number of postings of many terms by rank, int64 (terms, 3).

        What is read of them is verified, with their positions where ``positions`` is true.
        """
        data, at = self.arrays
        rows, missing = np.empty((len(numbers), 3), np.int64), np.empty(64, np.int64)
        wanted, done = positions.astype(np.uint8), 0
        while done < len(numbers):
            more, pages = kernels.locate_all(
                data, at, self.file.flags, numbers[done:], wanted[done:], rows[done:], missing
            )
            self.file.verify_pages(missing[:pages])
            done += more
        return rows

    def touch_positions(self, info: TermInfo) -> None:
        """Verify a term's positions before they are read."""
        if info.number not in self._positioned:
            self.file.touch("block_pos", info.block, info.block_end + 1)
            starts = self.file.view("block_pos")
            self.file.touch("positions", int(starts[info.block]), int(starts[info.block_end]))
            self._positioned.add(info.number)

    def _piece(self, name: str, start: int, stop: int) -> Array:
        self.file.touch(name, start, stop)
        return self.file.view(name)[start:stop]

    def blocks(self, info: TermInfo) -> Blocks:
        """A term's passages and codes, decoded; deleted passages included."""
        return read_blocks(self._piece, info.block, info.block_end)

    def blocks_of(self, low: int, high: int) -> Blocks:
        """What `blocks` gives, of the terms ``low`` to ``high`` by rank, one after the other."""
        begins = self._piece("term_block", low, high + 1)
        return read_blocks(self._piece, int(begins[0]), int(begins[-1]))

    def docs(self, info: TermInfo) -> Array:
        """The passages of a term, ascending, int64; deleted ones included."""
        return self.blocks(info).docs

    def frequencies(self, info: TermInfo) -> Array:
        """(postings, 4) frequencies by field, int64."""
        return self.blocks(info).frequencies()

    def totals(self, info: TermInfo) -> Array:
        """Occurrences of each posting in all fields, int64."""
        return self.blocks(info).totals()

    def occurrences(self, info: TermInfo) -> tuple[Array, Array, Array]:
        """Every occurrence of a term: (int64 end of each posting's occurrences, positions, ordinals)."""
        sizes, positions, ordinals = self.occurrences_at(info)
        return np.cumsum(sizes), positions, ordinals

    def occurrences_at(self, info: TermInfo, rows: Array | None = None) -> tuple[Array, Array, Array]:
        """The occurrences of chosen postings of a term: (how many of each, positions, ordinals), int64.

        ``rows``: numbers of postings within the term, ascending; None for all.
        """
        return read_positions(self._piece, info.block, info.block_end, self.blocks(info), rows)

    def unpack(self, low: int, high: int) -> Postings:
        """The postings of terms ``low`` to ``high``, uncompressed, for merging."""
        return unpack(self._piece, low, high)

    def term_sizes(self) -> Array:
        """Postings of each term, int64."""
        block = self.column("term_block").astype(np.int64)
        return np.asarray((np.diff(block) - 1) * BLOCK + self.column("block_size")[block[1:] - 1])

    # Columns

    def column(self, name: str) -> Array:
        """A numeric column, verified; absent columns answer with their default."""
        known = self._columns.get(name)
        if known is None:
            held = name in self.file
            known = self.file.array(name) if held else np.broadcast_to(_ABSENT[name], self.documents)
            self._columns[name] = known
        return known

    @cached_property
    def lengths(self) -> Array:
        """(4, passages) words in each field, int64."""
        table = np.zeros((FIELDS, self.passages), dtype=np.int64)
        for field in range(FIELDS):
            if f"length_{field}" in self.file:
                table[field] = self.file.array(f"length_{field}")
        return table

    @cached_property
    def doc_of(self) -> Array:
        """The document of each passage, int64."""
        return np.repeat(np.arange(self.documents), self.doc_sizes)

    @cached_property
    def doc_sizes(self) -> Array:
        """How many passages each document has, int64."""
        first: Array = self.column("doc_first").astype(np.int64)
        return first[1:] - first[:-1]

    @cached_property
    def order(self) -> Array:
        """The place of each passage by (document id, number), uint32: how equal scores are ordered."""
        ranks = self.column("doc_order").astype(np.int64)
        sizes = self.doc_sizes
        by_rank = np.empty(self.documents, dtype=np.int64)
        by_rank[ranks] = sizes
        begins = np.concatenate(([0], np.cumsum(by_rank)))[ranks]
        within = np.arange(self.passages) - np.repeat(self.column("doc_first")[:-1].astype(np.int64), sizes)
        return (np.repeat(begins, sizes) + within).astype(np.uint32)

    @cached_property
    def document_names(self) -> tuple[Array, Array, Array]:
        """(the UTF-8 of all document ids, int64 where each begins, uint32 which is each passage's)."""
        first = self.names("id").arrays()
        return *first, (self.file.array("id_code").astype(np.int64)[self.doc_of] - 1).astype(np.uint32)

    def names(self, field: str) -> Names:
        """The sorted values of a keyword field."""
        known = self._names.get(field)
        if known is None:
            known = self._names[field] = Names(self.file, f"{field}_names")
        return known

    def value_words(self, field: str) -> list[tuple[str, ...]]:
        """The folded words of each value of a keyword field; computed once."""
        known = self._value_words.get(field)
        if known is None:
            known = [tuple(token.surface for token in tokens(value)) for value in self.names(field).all()]
            self._value_words[field] = known
        return known

    @cached_property
    def date_high(self) -> Array:
        """The last microsecond of each document's date, int64."""
        return records.date_ends(self.column("date_low"), self.column("date_precision"))

    def terms(self) -> Names:
        """The sorted terms."""
        return self._terms

    def surfaces(self) -> Names:
        """The surfaces, term by term."""
        return Names(self.file, "surface")

    @cached_property
    def sorted_surfaces(self) -> list[str]:
        """Every surface, sorted; for patterns that must look at the whole vocabulary."""
        words = self.surfaces().all()
        return [words[number] for number in self.column("surface_sorted").tolist()]

    # Documents and passages

    def document_of_id(self, document_id: str) -> int:
        """The live document that bears an id, -1 if none does."""
        found = self.documents_of_ids([document_id])
        return int(found[0]) if len(found) else -1

    def documents_of_ids(self, document_ids: Collection[str]) -> Array:
        """The live documents that bear any of some ids, ascending."""
        names = self.names("id")
        if len(document_ids) * _FEW < len(names):
            found = [names.find(document_id) for document_id in document_ids]
        else:
            wanted = set(document_ids)
            found = [number for number, name in enumerate(names.all()) if name in wanted]
        codes = np.array([number + 1 for number in found if number >= 0], dtype=np.int64)
        if not len(codes):
            return codes
        held = self.file.array("id_code")
        numbers = np.flatnonzero(held == codes[0] if len(codes) == 1 else np.isin(held, codes))
        return numbers if self.live is None else numbers[self.live_documents[numbers]]

    @cached_property
    def live_documents(self) -> Array:
        """Which documents are not deleted, bool."""
        return self._live_documents_of(self.live)

    def _live_documents_of(self, live: tuple[Array, Array] | None) -> Array:
        return np.ones(self.documents, dtype=bool) if live is None else live[1]

    @property
    def live_passages(self) -> Array | None:
        """Which passages are not deleted, bool; None where all are live."""
        return None if self.live is None else self.live[0]

    def record(self, document: int) -> dict[str, Any]:
        """What the columns do not tell of a document, and its date (see `records`)."""
        begin, end = (self.file.item("doc_record", number) for number in (document, document + 1))
        told = records.decode_record(self.records.read(begin, end))
        precision = self.file.item("date_precision", document)
        if precision and "date" not in told:
            told["date"] = records.date_text(self.file.item("date_low", document), precision)
        return told

    def keyword(self, field: str, document: int) -> str | None:
        """The value of a single-valued keyword field."""
        code = self.file.item(f"{field}_code", document)
        return self.names(field)[code - 1] if code else None

    @cached_property
    def _held(self) -> list[tuple[str, Array, Names]]:
        """The single-valued keyword fields that any document has: name, codes, values."""
        fields = ((name, self.names(name)) for name in records.SINGLE)
        return [(name, self.file.array(f"{name}_code"), names) for name, names in fields if len(names)]

    def keywords(self, field: str, document: int) -> tuple[str, ...]:
        """The values of a many-valued keyword field, in the document's own order."""
        begin, end = (self.file.item(f"{field}_first", number) for number in (document, document + 1))
        if begin == end:
            return ()
        names = self.names(field)
        return tuple(names[code] for code in self.file.array(f"{field}_code")[begin:end].tolist())

    @cached_property
    def doc_begin(self) -> Array:
        """The byte of the text stream where each document begins, int64 (documents + 1)."""
        return np.concatenate(([0], np.cumsum(self.column("doc_size"), dtype=np.int64)))

    def text_of(self, document: int) -> str:
        """A document's whole text."""
        begin, end = (int(v) for v in self.doc_begin[document : document + 2])
        return self.text.read(begin, end).decode("utf-8", "surrogatepass")

    def passage_text(self, number: int) -> str:
        """A passage's text, exactly as in its document."""
        begin = self.file.item("pass_byte", number)
        data = self.text.read(begin, begin + self.file.item("pass_size", number))
        return data.decode("utf-8", "surrogatepass")

    def document(self, number: int, with_text: bool = True, record: dict[str, Any] | None = None) -> Document:
        """A document as it was added; without its text and blocks unless asked for.

        ``record``: its record, if already read.
        """
        record = self.record(number) if record is None else record
        text = self.text_of(number) if with_text else ""
        blocks = records.decode_blocks(record, len(text)) if with_text else ()
        return Document(text=text, blocks=blocks, **self.described(number, record))

    def described(self, number: int, record: dict[str, Any]) -> dict[str, Any]:
        """The fields of a document but its text and blocks. ``record``: its record."""
        karma = self.file.item("karma", number) if "karma" in self.file else None
        told = {name: names[code - 1] for name, codes, names in self._held if (code := codes.item(number))}
        return {
            **records.UNTOLD,
            "metadata": {},
            "authors": self.keywords("authors", number),
            "categories": self.keywords("categories", number),
            "karma": karma if karma == karma else None,  # not a number: none
            **told,
            **records.rest_of(record),
        }

    def passage_id(self, number: int) -> str:
        """The id of passage ``number``."""
        return f"{self.file.item('pass_id', number):016x}"

    def passage(self, number: int, record: dict[str, Any] | None = None) -> PassageRow:
        """Passage ``number`` of the segment. ``record``: its document's, if already read."""
        document = self.doc_of.item(number)
        within = number - self.file.item("doc_first", document)
        text = self.passage_text(number)
        start = self.file.item("pass_start", number)
        unusual = records.decode_unusual(record if record is not None else self.record(document), within)
        passage = Passage(
            id=self.passage_id(number),
            number=within,
            start=start,
            end=start + len(text),
            voice=VOICES[self.file.item("voice", number)],
            **unusual,
        )
        return PassageRow(passage, text, document)

    def norms(self, averages: Averages, words: int = 1) -> Array:
        """(fields, passages) float32, at the library's averages, for a query of ``words`` words."""
        return norms_of(self.lengths, self.column("voice"), averages, words)

    def averages_without(self, live: Array) -> Averages:
        """The segment's sums over the passages that ``live`` keeps."""
        return averages_of(self.lengths, live)


def _live(directory: Path, entry: Mapping[str, Any], passages: int) -> tuple[Array, Array] | None:
    """(live passages, live documents), bool, or None where nothing is deleted."""
    deleted = entry.get("deleted")
    if not deleted:
        return None
    path = directory / deleted["file"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path}: is missing. Rebuild with `essaysearch index --rebuild`.") from error
    if zlib.crc32(data) != deleted["crc"]:
        raise IndexDamaged(f"{path}: fails its checksum. Rebuild with `essaysearch index --rebuild`.")
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)).astype(bool)
    return ~bits[:passages], ~bits[passages : passages + entry["documents"]]
