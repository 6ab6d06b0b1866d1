"""Several segments into one, on arrays: deleted passages left out, numbers shifted, terms joined.

Terms are merged a range at a time, so that what is held does not grow with the index; the
growing arrays wait in unnamed temporary files until their turn in the segment file.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar import records
from essaysearch.columnar.arrayfile import ArrayFileWriter
from essaysearch.columnar.columns import Keywords, finish_segment
from essaysearch.columnar.packing import Packed, pack
from essaysearch.columnar.postings import FIELDS, Postings
from essaysearch.columnar.segment import Segment
from essaysearch.columnar.streams import StreamWriter, merge_streams
from essaysearch.columnar.strings import strings_of

Array = npt.NDArray[Any]
_OCCURRENCES = 6_000_000
"""Occurrences merged at a time: some 250 MB of work space."""


def merge(segments: Sequence[Segment], path: Path, pool: ThreadPoolExecutor) -> dict[str, Any]:
    """Write the live passages of segments, in their order, as one segment at ``path``.

    Returns what the manifest keeps of it.
    """
    lives = [_live_passages(segment) for segment in segments]
    doc_lives = [segment.live_documents for segment in segments]
    lengths = np.concatenate([s.lengths[:, live] for s, live in zip(segments, lives, strict=True)], axis=1)
    columns = _columns(segments, lives, doc_lives)
    file = ArrayFileWriter(path)
    try:
        terms, surfaces, surface_first = _merge_terms(segments, lives, file)
        names = {name: _keywords(segments, doc_lives, name) for name in records.SINGLE + records.MANY}
        _streams(segments, doc_lives, columns, file, pool)
        facts = finish_segment(
            file, strings_of(terms), strings_of(surfaces), surface_first, lengths, columns, names
        )
        return {**facts, **file.close(facts)}
    except BaseException:
        file.abandon()
        raise


def _live_passages(segment: Segment) -> Array:
    live = segment.live_passages
    return np.ones(segment.passages, dtype=bool) if live is None else live


def _kept(segments: Sequence[Segment], name: str, lives: list[Array]) -> Array:
    """A column of all segments, deleted rows left out."""
    return np.concatenate([s.column(name)[live] for s, live in zip(segments, lives, strict=True)])


def _edges(segments: Sequence[Segment], name: str, doc_lives: list[Array]) -> Array:
    """A column of where each document begins, numbered anew for the documents that stay."""
    held = zip(segments, doc_lives, strict=True)
    sizes = [np.diff(s.column(name).astype(np.int64))[live] for s, live in held]
    return np.concatenate(([0], np.cumsum(np.concatenate(sizes))))


def _columns(segments: Sequence[Segment], lives: list[Array], doc_lives: list[Array]) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for name in ("pass_id", "voice", "pass_size", "pass_start"):
        columns[name] = _kept(segments, name, lives)
    for name in ("doc_print", "doc_size", "date_low", "date_precision", "karma"):
        columns[name] = _kept(segments, name, doc_lives)
    columns["doc_first"] = _edges(segments, "doc_first", doc_lives)
    within = []
    for segment, live in zip(segments, lives, strict=True):
        begins = segment.doc_begin[segment.doc_of]
        within.append((segment.column("pass_byte").astype(np.int64) - begins)[live])
    doc_at = np.concatenate(([0], np.cumsum(columns["doc_size"], dtype=np.int64)))[:-1]
    columns["pass_byte"] = np.concatenate(within) + np.repeat(doc_at, np.diff(columns["doc_first"]))
    return columns


def _keywords(segments: Sequence[Segment], doc_lives: list[Array], name: str) -> Keywords:
    """A keyword field of the documents that stay; values that none of them has are left out."""
    number: dict[str, int] = {}
    codes, sizes = [], []
    many = name in records.MANY
    for segment, live in zip(segments, doc_lives, strict=True):
        held = segment.file.array(f"{name}_code").astype(np.int64) - (0 if many else 1)
        if many:
            first = segment.file.array(f"{name}_first").astype(np.int64)
            size = first[1:] - first[:-1]
            sizes.append(size[live])
            held = held[np.repeat(live, size)]
        else:
            held = held[live]
        values = segment.names(name).all()
        anew = np.full(len(values) + 1, -1, dtype=np.int64)
        for code in np.unique(held[held >= 0]).tolist():
            anew[code] = number.setdefault(values[code], len(number))
        codes.append(anew[held])
    ends = np.concatenate(([0], np.cumsum(np.concatenate(sizes)))) if many else None
    return Keywords(list(number), np.concatenate(codes), ends)


def _streams(
    segments: Sequence[Segment],
    doc_lives: list[Array],
    columns: dict[str, Array],
    file: ArrayFileWriter,
    pool: ThreadPoolExecutor,
) -> None:
    """Copy texts and records: as they are compressed where nothing was deleted."""
    whole = all(live.all() for live in doc_lives)
    columns["doc_record"] = _edges(segments, "doc_record", doc_lives)
    if whole:
        merge_streams([s.text for s in segments], file, "text", pool)
        merge_streams([s.records for s in segments], file, "record", pool)
        return
    text, record = StreamWriter(pool), StreamWriter(pool)
    for segment, live in zip(segments, doc_lives, strict=True):
        at = segment.column("doc_record")
        for document in np.flatnonzero(live):
            begin, end = (int(v) for v in segment.doc_begin[document : document + 2])
            text.append(segment.text.read(begin, end))
            record.append(segment.records.read(int(at[document]), int(at[document + 1])))
    text.write(file, "text")
    record.write(file, "record")


def _merge_terms(
    segments: Sequence[Segment], lives: list[Array], file: ArrayFileWriter
) -> tuple[list[str], list[str], Array]:
    """Merge the postings; returns (terms, surfaces, where each term's surfaces begin)."""
    with Packed(tempfile.TemporaryFile) as packed:
        merged = _merge_runs(segments, lives, packed)
        packed.write(file)
    return merged


def _merge_runs(
    segments: Sequence[Segment], lives: list[Array], packed: Packed
) -> tuple[list[str], list[str], Array]:
    """Merge the postings into ``packed``; returns what `_merge_terms` does."""
    term_lists = [segment.terms().all() for segment in segments]
    surface_lists = [segment.surfaces().all() for segment in segments]
    firsts = [segment.column("surface_first").astype(np.int64) for segment in segments]
    numbered = ([(term, n, i) for i, term in enumerate(terms)] for n, terms in enumerate(term_lists))
    by_term = groupby(heapq.merge(*numbered), key=lambda row: row[0])
    groups = [(term, [(n, i) for _, n, i in group]) for term, group in by_term]
    renumber = [np.cumsum(live) - 1 for live in lives]
    shifts = np.concatenate(([0], np.cumsum([int(live.sum()) for live in lives])))

    terms: list[str] = []
    surfaces: list[str] = []
    surface_first = [0]
    for chunk in _chunks(groups, segments):
        rank_of = [np.full(len(t), -1, dtype=np.int64) for t in term_lists]
        remap = [np.zeros(len(s), dtype=np.int64) for s in surface_lists]
        spans: list[tuple[int, int] | None] = [None] * len(segments)
        held: list[list[str]] = []
        for rank, (_, members) in enumerate(chunk):
            together: dict[str, int] = {}
            for n, i in members:
                rank_of[n][i] = rank
                begin, end = int(firsts[n][i]), int(firsts[n][i + 1])
                for at in range(begin, end):
                    remap[n][at] = together.setdefault(surface_lists[n][at], len(together))
                span = spans[n]
                spans[n] = (i, i + 1) if span is None else (span[0], i + 1)
            held.append(list(together))
        parts = [
            _part(segments[n], span, lives[n], renumber[n], int(shifts[n]), rank_of[n], remap[n], firsts[n])
            for n, span in enumerate(spans)
            if span is not None
        ]
        postings = _join(parts, len(chunk))
        kept = np.flatnonzero(np.diff(postings.post))
        postings = Postings(
            np.append(postings.post[:-1][kept], postings.post[-1]), postings.docs, postings.codes,
            postings.exc, postings.occ, postings.pos, postings.ord,
        )  # fmt: skip
        if len(kept):
            packed.extend(pack(postings))
        for rank in kept.tolist():
            terms.append(chunk[rank][0])
            surfaces += held[rank]
            surface_first.append(len(surfaces))
    return terms, surfaces, np.array(surface_first, dtype=np.int64)


def _chunks(groups: list[Any], segments: Sequence[Segment]) -> Any:
    """Cut the merged terms into runs of at most about `_OCCURRENCES` occurrences."""
    sizes = [segment.term_sizes() for segment in segments]
    chunk: list[Any] = []
    held = 0
    for group in groups:
        size = sum(int(sizes[n][i]) for n, i in group[1])
        if chunk and held + size > _OCCURRENCES:
            yield chunk
            chunk, held = [], 0
        chunk.append(group)
        held += size
    if chunk:
        yield chunk


def _part(
    segment: Segment,
    span: tuple[int, int],
    live: Array,
    renumber: Array,
    shift: int,
    rank_of: Array,
    remap: Array,
    first: Array,
) -> tuple[Array, ...]:
    """The live postings of a run of terms: (rank, passage, code, frequencies, total, positions, ordinals)."""
    low, high = span
    postings = segment.unpack(low, high)
    df = np.diff(postings.post)
    rank = np.repeat(rank_of[low:high], df)
    totals = np.diff(postings.occ)
    term_of_occ = np.repeat(np.repeat(np.arange(low, high), df), totals)
    ordinal = remap[first[term_of_occ] + postings.ord]
    table = np.zeros((len(postings.docs), FIELDS), dtype=np.int64)
    table[postings.codes == 0] = postings.exc
    keep = live[postings.docs]
    keep_occ = np.repeat(keep, totals)
    docs = (renumber[postings.docs[keep]] + shift).astype(np.uint32)
    return (
        rank[keep], docs, postings.codes[keep], table[keep],
        totals[keep], postings.pos[keep_occ], ordinal[keep_occ].astype(np.uint16),
    )  # fmt: skip


def _join(parts: list[tuple[Array, ...]], terms: int) -> Postings:
    """Postings of several segments in the order of terms; within a term, segment after segment."""
    columns = zip(*parts, strict=True)
    rank, docs, codes, table, totals, pos, ordinal = (np.concatenate(column) for column in columns)
    order = np.argsort(rank, kind="stable")
    begins = np.concatenate(([0], np.cumsum(totals)))[:-1][order]
    totals = totals[order]
    occ = np.concatenate(([0], np.cumsum(totals)))
    move = np.repeat(begins - occ[:-1], totals) + np.arange(int(occ[-1]))
    codes = codes[order]
    post = np.searchsorted(rank[order], np.arange(terms + 1))
    return Postings(post, docs[order], codes, table[order][codes == 0], occ, pos[move], ordinal[move])
