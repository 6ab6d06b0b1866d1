"""Documents to one segment: gathers passages in memory and writes them as a file of arrays."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.arrayfile import ArrayFileWriter
from essaysearch.columnar.blobs import StreamWriter, put_names
from essaysearch.columnar.blocks import Packed, pack
from essaysearch.columnar.norms import averages_of, norms_of
from essaysearch.columnar.postings import FIELDS, inverted, narrow
from essaysearch.columnar.vocabulary import Vocabulary
from essaysearch.model import VOICES, Document, Passage

Array = npt.NDArray[Any]
_BATCH = 1 << 21
_VOICE_CODE = {voice: code for code, voice in enumerate(VOICES)}
_ID = re.compile(r"[0-9a-f]{16}\Z")


class SegmentBuilder:
    """Gathers documents until `write`. ``held`` estimates the bytes it holds.

    Words are numbered in batches as they come, so that what is held is a few bytes a word.
    """

    def __init__(self, vocabulary: Vocabulary, pool: ThreadPoolExecutor, fast: bool) -> None:
        self._vocabulary, self._pool, self._fast = vocabulary, pool, fast
        self._units: list[str] = []
        self._units_size = 0
        self._words: list[Array] = []
        self._counts: list[Array] = []
        self._text = StreamWriter(pool)
        self._record = StreamWriter(pool)
        self.passages: dict[str, list[Any]] = {n: [] for n in ("id", "voice", "byte", "size", "start")}
        self.documents: dict[str, list[Any]] = {
            n: [] for n in ("first", "print", "record", "date", "karma", "chars")
        }
        self.names: dict[str, list[Any]] = {name: [] for name in records.SINGLE + records.MANY}
        self.held = 0

    @property
    def passage_count(self) -> int:
        """Passages gathered so far."""
        return len(self.passages["id"])

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Take one document and its passages, which stand in order.

        Raises `ValueError`, and takes nothing, where they do not.
        """
        text = document.text
        title = document.title or ""
        held, docs = self.passages, self.documents
        check(document, passages)
        told, printed = records.encode_record(document, passages), records.fingerprint(document)
        dated, karma = (
            records.date_key(document.date),
            np.nan if document.karma is None else float(document.karma),
        )
        docs["first"].append(len(held["id"]))
        ascii_text = text.isascii()
        data = text.encode("utf-8", "surrogatepass")
        at = self._text.append(data)
        reached, bytes_reached = 0, at
        for passage in passages:
            body = text[passage.start : passage.end]
            answered = (
                "\n".join(text[passages[n].start : passages[n].end] for n in passage.answers)
                if passage.answers
                else ""
            )
            self._units += (body, title, passage.section or "", answered)
            self._units_size += len(body) + 64
            if ascii_text:
                byte, size = at + passage.start, len(body)
            else:
                byte = bytes_reached + len(text[reached : passage.start].encode("utf-8", "surrogatepass"))
                size = len(body.encode("utf-8", "surrogatepass"))
                reached, bytes_reached = passage.end, byte + size
            held["id"].append(int(passage.id, 16))
            held["voice"].append(_VOICE_CODE[passage.voice])
            held["byte"].append(byte)
            held["size"].append(size)
            held["start"].append(passage.start)
        docs["print"].append(printed)
        docs["record"].append(self._record.append(told))
        docs["date"].append(dated)
        docs["karma"].append(karma)
        docs["chars"].append(len(data))
        for name in self.names:
            self.names[name].append(getattr(document, name))
        if self._units_size > _BATCH:
            self._encode()

    def _encode(self) -> None:
        if self._units:
            words, counts = self._vocabulary.encode(self._units)
            self._words.append(words)
            self._counts.append(counts)
            self.held += words.nbytes * 8 + self._units_size
            self._units, self._units_size = [], 0

    def write(self, path: Path) -> dict[str, Any]:
        """Write the segment; returns what the manifest keeps of it."""
        self._encode()
        words = np.concatenate(self._words) if self._words else np.zeros(0, np.int32)
        counts = np.concatenate(self._counts) if self._counts else np.zeros(0, np.int64)
        self._words, self._counts = [], []
        lengths = np.ascontiguousarray(counts.reshape(-1, FIELDS).T)
        used = np.bincount(words, minlength=len(self._vocabulary.surfaces))
        ranking = self._vocabulary.ranking(used)
        columns = self._columns()
        averages = averages_of(lengths, np.ones(lengths.shape[1], dtype=bool))
        norms = norms_of(lengths, columns["voice"], averages)
        surfaces = np.diff(ranking.surface_first)
        packed = Packed(io.BytesIO)
        terms = len(ranking.terms)
        for low, high, postings in inverted(words, lengths, ranking.rank, ranking.ordinal, terms, self._fast):
            packed.extend(pack(postings, norms, surfaces[low:high], self._fast))
        del words
        file = ArrayFileWriter(path)
        try:
            packed.write(file)
            facts = finish_segment(
                file, ranking.terms, ranking.surfaces, ranking.surface_first, lengths, columns, self.names
            )
            self._text.write(file, "text")
            self._record.write(file, "record")
            return {**facts, **file.close(facts)}
        except BaseException:
            file.abandon()
            raise

    def _columns(self) -> dict[str, Array]:
        held, docs = self.passages, self.documents
        dates = np.array(docs["date"], dtype=np.int64).reshape(-1, 2)
        first = np.array(docs["first"] + [len(held["id"])], dtype=np.int64)
        return {
            "pass_id": np.array(held["id"], dtype=np.uint64),
            "voice": np.array(held["voice"], dtype=np.uint8),
            "pass_byte": np.array(held["byte"], dtype=np.int64),
            "pass_size": np.array(held["size"], dtype=np.int64),
            "pass_start": np.array(held["start"], dtype=np.int64),
            "doc_first": first,
            "doc_print": np.array(docs["print"], dtype=np.uint64),
            "doc_record": np.array(docs["record"] + [self._record.length], dtype=np.int64),
            "doc_size": np.array(docs["chars"], dtype=np.int64),
            "date_low": dates[:, 0],
            "date_precision": dates[:, 1].astype(np.uint8),
            "karma": np.array(docs["karma"], dtype=np.float64),
        }


def check(document: Document, passages: Sequence[Passage]) -> None:
    """Raise `ValueError` where passages cannot be those of a document, as `SegmentBuilder` needs them."""
    reached = 0
    for number, passage in enumerate(passages):
        if not (reached <= passage.start <= passage.end <= len(document.text)) or passage.number != number:
            raise ValueError(
                f"{document.id}: passage {number} does not follow the one before, or leaves the text."
            )
        if not _ID.match(passage.id) or passage.voice not in _VOICE_CODE:
            raise ValueError(
                f"{document.id}: passage {number} has no id of 16 hexadecimal digits, or no known voice."
            )
        if any(not 0 <= answered < len(passages) for answered in passage.answers):
            raise ValueError(f"{document.id}: passage {number} answers a passage that is not there.")
        reached = passage.end
    if not document.id:
        raise ValueError("A document needs an id.")


_WIDE = {"pass_id", "voice", "doc_print", "date_low", "date_precision", "karma"}


def finish_segment(
    file: ArrayFileWriter,
    terms: list[str],
    surfaces: list[str],
    surface_first: Array,
    lengths: Array,
    columns: dict[str, Array],
    names: dict[str, list[Any]],
) -> dict[str, Any]:
    """Write a segment's vocabulary and columns, after its postings; returns the facts of its footer.

    ``surfaces`` stand term by term, those of term i from ``surface_first[i]`` on. ``lengths``:
    (4, passages) words in each field. ``columns``: as `SegmentBuilder` makes them. ``names``: for
    each keyword field the value (or tuple of values) of each document.
    """
    put_names(file, "term", terms)
    put_names(file, "surface", surfaces)
    file.put("surface_first", narrow(surface_first))
    file.put("surface_sorted", narrow(_sorting(surfaces)))
    for field in range(FIELDS):
        if field == 0 or lengths[field].any():
            file.put(f"length_{field}", narrow(lengths[field]))
    for name, values in columns.items():
        if (name == "karma" and np.isnan(values).all()) or (
            name == "date_low" and (values == records.NO_DATE).all()
        ):
            continue
        file.put(name, values if name in _WIDE else narrow(values))
    by_id = _sorting(names["id"])
    order = np.empty_like(by_id)
    order[by_id] = np.arange(len(by_id))
    file.put("doc_order", narrow(order))
    for name in records.SINGLE:
        _put_single(file, name, names[name])
    for name in records.MANY:
        _put_many(file, name, names[name])
    return {
        "passages": int(lengths.shape[1]),
        "documents": len(names["id"]),
        "terms": len(terms),
        "words": int(lengths.sum()),
        "averages": averages_of(lengths, np.ones(lengths.shape[1], dtype=bool)).as_dict(),
    }


def _sorting(values: list[str]) -> Array:
    """The stable permutation that sorts strings, int64."""
    return np.array(sorted(range(len(values)), key=values.__getitem__), dtype=np.int64)


def _put_single(file: ArrayFileWriter, name: str, values: list[str | None]) -> None:
    distinct = sorted({value for value in values if value is not None and value != ""})
    code = {value: number for number, value in enumerate(distinct, 1)}
    put_names(file, f"{name}_names", distinct)
    file.put(f"{name}_code", narrow(np.array([code.get(value or "", 0) for value in values], dtype=np.int64)))


def _put_many(file: ArrayFileWriter, name: str, values: list[tuple[str, ...]]) -> None:
    distinct = sorted({value for held in values for value in held})
    code = {value: number for number, value in enumerate(distinct)}
    put_names(file, f"{name}_names", distinct)
    flat = [code[value] for held in values for value in held]
    first = np.cumsum([0, *map(len, values)])
    file.put(f"{name}_first", narrow(first))
    file.put(f"{name}_code", narrow(np.array(flat, dtype=np.int64)))
