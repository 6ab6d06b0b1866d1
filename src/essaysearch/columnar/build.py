"""Rows of documents to one segment: gathers them in memory and writes them as a file of arrays."""

from __future__ import annotations

import tempfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.arrayfile import ArrayFileWriter
from essaysearch.columnar.columns import KeywordsBuilder, finish_segment
from essaysearch.columnar.lines import ahead
from essaysearch.columnar.packing import Packed, pack
from essaysearch.columnar.postings import FIELDS, Inversion
from essaysearch.columnar.records import MANY, SINGLE
from essaysearch.columnar.rows import Rows
from essaysearch.columnar.streams import StreamWriter
from essaysearch.columnar.strings import taken
from essaysearch.columnar.vocabulary import Cut, Ranking, Vocabulary

Array = npt.NDArray[Any]
_IN_MEMORY = 1 << 22
"""Bytes of packed postings above which they wait in a file."""


class SegmentBuilder:
    """Gathers rows until `write`: four bytes a word, some columns; texts wait compressed in a file."""

    def __init__(
        self, vocabulary: Vocabulary, pool: ThreadPoolExecutor, cutter: ThreadPoolExecutor, fast: bool
    ) -> None:
        """``cutter``: one thread, as texts are cut one batch after another."""
        self._vocabulary, self._pool, self._cutter, self._fast = vocabulary, pool, cutter, fast
        self._cutting: deque[Future[Cut]] = deque()
        self._words: list[Array] = []
        self._counts: list[Array] = []
        self._text, self._record = StreamWriter(pool), StreamWriter(pool)
        self._passages: dict[str, list[Array]] = {}
        self._documents: dict[str, list[Array]] = {}
        self._keywords = {name: KeywordsBuilder(name in MANY) for name in SINGLE + MANY}

    def append(self, rows: Rows) -> None:
        """Take the rows of some documents. Their texts are cut on another thread until the next come."""
        self._number(1)
        self._cutting.append(self._cutter.submit(self._vocabulary.cut, rows.units))
        sizes = rows.documents["doc_size"]
        begins = self._text.length + np.cumsum(sizes) - sizes
        self._text.append(b"".join(rows.texts))
        self._record.append(b"".join(rows.records))
        _append(self._passages, rows.passages)
        self._passages["pass_byte"][-1] += np.repeat(begins, rows.documents["passages"])
        records = np.fromiter(map(len, rows.records), np.int64, len(rows.records))
        _append(self._documents, {**rows.documents, "records": records})
        for name, values in rows.keywords.items():
            self._keywords[name].extend(values)

    def _number(self, most: int = 0) -> None:
        """Number the words of what was cut, but for the last ``most`` batches."""
        while len(self._cutting) > most:
            words, counts = self._vocabulary.encode(self._cutting.popleft().result())
            self._words.append(words)
            self._counts.append(counts)

    def ranking(self) -> Ranking:
        """The order of the words gathered. To be asked for when all are, before others begin to be."""
        self._number()
        used = np.zeros(self._vocabulary.size, dtype=np.int64)
        for words in self._words:
            used += np.bincount(words, minlength=len(used))
        return self._vocabulary.ranking(used)

    def write(self, path: Path, ranking: Ranking) -> dict[str, Any]:
        """Write the segment, once; returns what the manifest keeps of it."""
        self._text.finish()
        self._record.finish()
        lengths = _lengths(self._counts)
        columns = self._columns()
        words, self._words = self._words, []
        inversion = Inversion(
            np.concatenate(words), lengths, ranking.rank, ranking.ordinal, ranking.occurrences, self._fast
        )
        del words

        def packed_run(run: tuple[int, int]) -> dict[str, Array]:
            return pack(inversion.postings(*run), self._fast)

        runs = ahead(self._pool, packed_run, inversion.runs(), 2)
        file = ArrayFileWriter(path)
        try:
            keywords = {name: held.finished() for name, held in self._keywords.items()}
            facts = finish_segment(
                file,
                taken(*ranking.terms),
                taken(*ranking.surfaces),
                ranking.surface_first,
                lengths,
                columns,
                keywords,
            )
            self._text.write(file, "text")
            self._record.write(file, "record")
            with Packed(lambda: tempfile.SpooledTemporaryFile(_IN_MEMORY)) as packed:
                for arrays in runs:
                    packed.extend(arrays)
                packed.write(file)
            return {**facts, **file.close(facts)}
        except BaseException:
            file.abandon()
            raise

    def close(self) -> None:
        """Let go of what was gathered."""
        self._text.close()
        self._record.close()

    def _columns(self) -> dict[str, Array]:
        columns = {name: np.concatenate(held) for name, held in {**self._passages, **self._documents}.items()}
        for name, sizes in (("doc_first", "passages"), ("doc_record", "records")):
            columns[name] = np.concatenate(([0], np.cumsum(columns.pop(sizes))))
        return columns


def _append(held: dict[str, list[Array]], columns: dict[str, Array]) -> None:
    for name, values in columns.items():
        held.setdefault(name, []).append(values)


def _lengths(counts: list[Array]) -> Array:
    """(4, passages) words in each field, of the words of each unit."""
    return np.ascontiguousarray(np.concatenate(counts).reshape(-1, FIELDS).T)
