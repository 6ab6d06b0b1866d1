"""Whoosh's reader interface over our segments: terms, postings one at a time, passages.

This is the slow path, kept so that any program that speaks Whoosh can read an index.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching.mcore import LeafMatcher, NullMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from essaysearch.columnar.codec_fields import Field, FieldPostings, fields_of, find
from essaysearch.columnar.schema import KEYWORDS
from essaysearch.columnar.segment import Segment
from essaysearch.tree import RANKING_FIELDS

FieldTerm = tuple[str, bytes]


class PostingMatcher(LeafMatcher):
    """Steps through the passages of one term in one field; the list is one block to Whoosh's pruning."""

    def __init__(
        self, term: FieldTerm, postings: FieldPostings, info: TermInfo, format_: Any, scorer: Any, at: int = 0
    ) -> None:
        self._term, self._postings, self._info = term, postings, info
        self.format, self.scorer, self._at = format_, scorer, at
        self._ids: list[int] = postings.docs.tolist()
        self._positions: list[list[int]] | None = None

    def is_active(self) -> bool:
        return self._at < len(self._ids)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> PostingMatcher:
        return PostingMatcher(self._term, self._postings, self._info, self.format, self.scorer, self._at)

    def replace(self, minquality: float = 0) -> Any:
        return self if self.is_active() else NullMatcher()

    def supports_block_quality(self) -> bool:
        return bool(self.scorer and self.scorer.supports_block_quality())

    def block_quality(self) -> float:
        return float(self.scorer.block_quality(self))

    def id(self) -> int:
        return self._ids[self._at]

    def all_ids(self) -> Iterator[int]:
        return iter(self._ids[self._at :])

    def next(self) -> Any:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return True

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._ids, id, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        if self.block_quality() > minquality:
            return 0
        self._at = len(self._ids)
        return 1

    def weight(self) -> float:
        return float(self._postings.counts[self._at])

    def score(self) -> float:
        return float(self.scorer.score(self)) if self.scorer else self.weight()

    def positions(self) -> list[int]:
        """Where in its field the term stands in this passage, counted in words from 0."""
        if self._positions is None:
            self._positions = self._postings.positions()
        return self._positions[self._at]

    def value(self) -> bytes:
        if self.format.supports("positions"):
            return bytes(self.format.encode(self.positions()))
        return b""

    def value_as(self, astype: str) -> Any:
        if astype == "frequency":
            return int(self._postings.counts[self._at])
        if astype == "weight":
            return self.weight()
        if astype == "position_boosts":
            return [(place, 1.0) for place in self.positions()]
        if astype == "positions":
            return self.positions()
        raise ValueError(f"A posting of {self._term[0]} does not know its {astype}.")

    def block_min_length(self) -> int:
        return int(self._info.min_length() or 0)

    def block_max_length(self) -> int:
        return int(self._info.max_length())

    def block_max_weight(self) -> float:
        return float(self._info.max_weight())


class SegmentTerms(base.TermsReader):
    """The terms of every field of a segment, sorted by field, then by bytes."""

    def __init__(self, segment: Segment) -> None:
        self._fields = fields_of(segment)

    def _find(self, fieldname: str, text: bytes) -> tuple[Field, int]:
        field = self._fields.get(fieldname)
        number = find(field, text) if field is not None else -1
        if field is None or number < 0:
            raise KeyError((fieldname, text))  # Whoosh's readers expect this one
        return field, number

    def __contains__(self, term: FieldTerm) -> bool:
        field = self._fields.get(term[0])
        return field is not None and find(field, term[1]) >= 0

    def indexed_field_names(self) -> list[str]:
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor:
        return TermCursor(self._fields[fieldname], fieldobj)

    def _numbers(self, fieldname: str, start: int) -> Iterator[tuple[FieldTerm, int]]:
        field = self._fields[fieldname]
        return (((fieldname, field.raw(n)), n) for n in range(start, len(field)) if field.occurs(n))

    def _numbered_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[FieldTerm, int]]:
        later = (self._numbers(name, 0) for name in self._fields if name > fieldname)
        if fieldname not in self._fields:
            return chain.from_iterable(later)
        return chain(
            self._numbers(fieldname, self._fields[fieldname].position(prefix)), chain.from_iterable(later)
        )

    def terms(self) -> Iterator[FieldTerm]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[FieldTerm]:
        return (term for term, _ in self._numbered_from(fieldname, prefix))

    def items(self) -> Iterator[tuple[FieldTerm, TermInfo]]:
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[FieldTerm, TermInfo]]:
        for term, number in self._numbered_from(fieldname, prefix):
            field = self._fields[term[0]]
            yield term, _info(field, field.postings(number))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field, number = self._find(fieldname, text)
        return _info(field, field.postings(number))

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self.term_info(fieldname, text).doc_frequency())

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> PostingMatcher:
        try:
            field, number = self._find(fieldname, text)
        except KeyError as error:
            raise TermNotFound(f"No term {fieldname}:{text!r}") from error
        postings = field.postings(number)
        return PostingMatcher((fieldname, text), postings, _info(field, postings), format_, scorer)


def _info(field: Field, postings: FieldPostings) -> TermInfo:
    """Whoosh's statistics of a term in a field; deleted passages included, as Whoosh does."""
    docs, counts = postings.docs, postings.counts
    lengths = field.lengths[docs] if field.lengths is not None else np.ones(len(docs), dtype=np.int64)
    span = (int(lengths.min()), int(lengths.max()))
    return TermInfo(  # type: ignore[no-untyped-call]
        float(counts.sum()), len(docs), *span, float(counts.max()), int(docs[0]), int(docs[-1])
    )


class TermCursor(base.FieldCursor):
    """Walks the terms of one field in order; None after the last."""

    def __init__(self, field: Field, fieldobj: Any) -> None:
        self._field, self._fieldobj = field, fieldobj
        self._at = -1
        self.next()

    def _settle(self, at: int) -> str | None:
        while at < len(self._field) and not self._field.occurs(at):
            at += 1
        self._at = at
        return self.text()

    def first(self) -> str | None:
        return self._settle(0)

    def find(self, term: str | bytes) -> str | None:
        wanted = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        return self._settle(self._field.position(wanted))

    def next(self) -> str | None:
        return self._settle(self._at + 1)

    def is_valid(self) -> bool:
        return self._at < len(self._field)

    def text(self) -> str | None:
        return str(self._fieldobj.from_bytes(self._field.raw(self._at))) if self.is_valid() else None

    def term_info(self) -> TermInfo | None:
        return _info(self._field, self._field.postings(self._at)) if self.is_valid() else None


class SegmentPassages(base.PerDocumentReader):
    """The passages of a segment: which are deleted, how long their fields are, what is stored of them."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def doc_count(self) -> int:
        return self._segment.averages.passages

    def doc_count_all(self) -> int:
        return self._segment.passages

    def has_deletions(self) -> bool:
        return self.doc_count() < self.doc_count_all()

    def is_deleted(self, docnum: int) -> bool:
        live = self._segment.live_passages
        # Whoosh's matcher of what does not match also asks for the number after the last.
        return live is not None and docnum < len(live) and not live[docnum]

    def deleted_docs(self) -> Iterator[int]:
        live = self._segment.live_passages
        return iter([] if live is None else np.flatnonzero(~live).tolist())

    def _lengths(self, fieldname: str) -> Any:
        known = fieldname in RANKING_FIELDS and self._segment.passages
        return self._segment.lengths[RANKING_FIELDS.index(fieldname)] if known else np.zeros(1, np.int64)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return (
            int(self._segment.lengths[RANKING_FIELDS.index(fieldname), docnum])
            if fieldname in RANKING_FIELDS
            else default
        )

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).min())

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        segment = self._segment
        row = segment.passage(docnum)
        passage, document = row.passage, segment.document(row.document, with_text=False)
        first = docnum - passage.number
        answered = "\n".join(segment.passage_text(first + number) for number in passage.answers)
        told = {
            **{name: getattr(document, column) for name, column in KEYWORDS.items()},
            "doc_id": document.id, "passage_id": passage.id, "number": passage.number, "start": passage.start,
            "end": passage.end, "text": row.text, "body": row.text, "title": document.title,
            "section": passage.section, "answers": answered, "voice": passage.voice,
            "speaker": passage.speaker, "date": document.date, "karma": document.karma,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value is not None and value not in ("", ())}
