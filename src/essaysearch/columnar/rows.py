"""Documents to rows: some thousand documents at a time become arrays, bytes and lists of values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.fingerprints import columns_of, prints_of
from essaysearch.columnar.postings import FIELDS
from essaysearch.model import VOICES, Document, Kind, Passage

Array = npt.NDArray[Any]
Entry = tuple[Document, Sequence[Passage]]

_VOICE_CODE = {voice: code for code, voice in enumerate(VOICES)}
_ID = re.compile(r"[0-9a-f]{16}\Z")
_keywords_of = attrgetter(*records.SINGLE, *records.MANY)
_text_of, _date_of, _karma_of = attrgetter("text"), attrgetter("date"), attrgetter("karma")
_place_of = attrgetter("id", "voice", "start")


@dataclass(frozen=True)
class Rows:
    """What the index keeps of some documents.

    ``units``: the texts of the four ranking fields of each passage, passage by passage.
    ``texts`` and ``records``: bytes of each document. ``passages`` and ``documents``: columns by
    name, a value for each. ``keywords``: for each keyword field the value of each document.
    """

    units: list[str]
    texts: list[bytes]
    records: list[bytes]
    passages: dict[str, Array]
    documents: dict[str, Array]
    keywords: dict[str, Sequence[Any]]


def rows_of(entries: Sequence[Entry]) -> Rows:
    """The rows of documents, each with its passages as `check` wants them."""
    documents = [document for document, _ in entries]
    count = len(entries)
    sizes = np.fromiter((len(passages) for _, passages in entries), np.int64, count)
    places = [_place_of(passage) for _, passages in entries for passage in passages]
    ids, voices, starts = zip(*places, strict=True) if places else ((), (), ())
    texts = [_encoded(text) for text in map(_text_of, documents)]
    told = [records.encode_document(document) for document in documents]
    printed = prints_of(texts, told, map(repr, map(columns_of, documents)))
    dates = [records.date_column(date) for date in map(_date_of, documents)]
    keywords = zip(*map(_keywords_of, documents), strict=True) if documents else iter(())
    unusual = (records.encode_passages(passages) for _, passages in entries)
    units, begins, lengths = _bodies(entries, texts)
    karmas = (np.nan if karma is None else karma for karma in map(_karma_of, documents))
    return Rows(
        units,
        texts,
        list(map(records.joined, told, unusual)),
        {
            "pass_id": _numbers(ids),
            "voice": np.fromiter(map(_VOICE_CODE.__getitem__, voices), np.uint8, len(voices)),
            "pass_byte": np.array(begins, dtype=np.int64),
            "pass_size": np.array(lengths, dtype=np.int64),
            "pass_start": np.array(starts, dtype=np.int64),
        },
        {
            "passages": sizes,
            "doc_print": printed,
            "doc_size": np.fromiter(map(len, texts), np.int64, count),
            **_dated(dates),
            "karma": np.fromiter(karmas, np.float64, count),
        },
        dict(zip(records.SINGLE + records.MANY, keywords, strict=True)) if documents else {},
    )


class Plain(NamedTuple):
    """A document that is one passage of plain text, in its author's own voice."""

    id: str
    text: str
    passage_id: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    kind: Kind = "abstract"


def rows_of_plain(values: Sequence[Any]) -> Rows:
    """The rows that `rows_of` makes of the documents, with passages, that these stand for.

    ``values``: the fields of each `Plain`, one behind the other.
    """
    width = len(Plain._fields)
    ids, bodies, passage_ids, titles, authors, days, kinds = (values[n::width] for n in range(width))
    count = len(ids)
    texts = list(map(_encoded, bodies))
    units = [""] * (count * FIELDS)
    units[0::FIELDS], units[1::FIELDS] = bodies, [title or "" for title in titles]
    told = list(map(records.encode_plain, titles, days))
    columns = [
        f"({k!r}, None, None, None, None, '', {a!r}, (), None, {d!r})"
        for k, a, d in zip(kinds, authors, days, strict=True)
    ]
    dates = list(map(records.date_column, days))
    sizes = np.fromiter(map(len, texts), np.int64, count)
    none, empty = (None,) * count, ("",) * count
    return Rows(
        units,
        texts,
        told,
        {
            "pass_id": _numbers(passage_ids),
            "voice": np.zeros(count, dtype=np.uint8),
            "pass_byte": np.zeros(count, dtype=np.int64),
            "pass_size": sizes,
            "pass_start": np.zeros(count, dtype=np.int64),
        },
        {
            "passages": np.ones(count, dtype=np.int64),
            "doc_print": prints_of(texts, told, columns),
            "doc_size": sizes,
            **_dated(dates),
            "karma": np.full(count, np.nan),
        },
        {
            "id": ids, "kind": kinds, "source": none, "url": none, "path": empty, "thread": none,
            "parent": none, "reader": empty, "authors": authors, "categories": ((),) * count,
        },
    )  # fmt: skip


def _numbers(passage_ids: Iterable[str]) -> Array:
    return np.frombuffer(bytes.fromhex("".join(passage_ids)), dtype=">u8").astype(np.uint64)


def _dated(dates: list[tuple[int, int, bool]]) -> dict[str, Array]:
    return {
        "date_low": np.fromiter((low for low, _, _ in dates), np.int64, len(dates)),
        "date_precision": np.fromiter((precision for _, precision, _ in dates), np.uint8, len(dates)),
    }


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return text.encode("utf-8", "surrogatepass")


def _bodies(entries: Sequence[Entry], texts: list[bytes]) -> tuple[list[str], list[int], list[int]]:
    """(the units of all passages, the byte of its document where each begins, its bytes)."""
    units: list[str] = []
    begins: list[int] = []
    lengths: list[int] = []
    for (document, passages), data in zip(entries, texts, strict=True):
        text, title = document.text, document.title or ""
        ascii_text = len(data) == len(text)
        reached, byte = 0, 0
        for passage in passages:
            start, end = passage.start, passage.end
            body = text[start:end]
            answered = ""
            if passage.answers:
                answered = "\n".join(text[passages[n].start : passages[n].end] for n in passage.answers)
            units += (body, title, passage.section or "", answered)
            if ascii_text:
                begins.append(start)
                lengths.append(len(body))
            else:
                byte += len(_encoded(text[reached:start]))
                begins.append(byte)
                lengths.append(len(_encoded(body)))
                reached, byte = end, byte + lengths[-1]
    return units, begins, lengths


def check_plain(plain: Plain) -> None:
    """Raise `ValueError` where a plain document lacks an id, or has none for its passage."""
    if not plain.id:
        raise ValueError("A document needs an id.")
    if not _ID.match(plain.passage_id):
        raise ValueError(f"{plain.id}: its passage has no id of 16 hexadecimal digits.")


def check(document: Document, passages: Sequence[Passage]) -> None:
    """Raise `ValueError` where passages cannot be those of a document."""
    reached, length, count = 0, len(document.text), len(passages)
    for number, passage in enumerate(passages):
        if not (reached <= passage.start <= passage.end <= length) or passage.number != number:
            raise ValueError(
                f"{document.id}: passage {number} does not follow the one before, or leaves the text."
            )
        if not _ID.match(passage.id) or passage.voice not in _VOICE_CODE:
            raise ValueError(
                f"{document.id}: passage {number} has no id of 16 hexadecimal digits, or no known voice."
            )
        if passage.answers and any(not 0 <= answered < count for answered in passage.answers):
            raise ValueError(f"{document.id}: passage {number} answers a passage that is not there.")
        reached = passage.end
    if not document.id:
        raise ValueError("A document needs an id.")
