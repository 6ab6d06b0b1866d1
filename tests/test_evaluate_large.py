"""What only a large index shows: many windows of passages, long steps between them, many blocks a word.

Compiled kernels against NumPy, whose answers `test_evaluate` holds to the brute-force oracle.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from essaysearch.columnar import decoded, impacts
from essaysearch.columnar.rows import Plain
from essaysearch.columnar.store import Store
from essaysearch.library import Library

pytest.importorskip("numba")

PASSAGES = 90_000
VOCABULARY = [
    a + b + c for a in "bdfgklmnprst" for b in ("a", "e", "i", "o") for c in ("b", "n", "rk", "lt", "x")
]
WORDS = [first + last for first in VOCABULARY[:60] for last in VOCABULARY[60:70]]


def passages() -> Iterator[Plain]:
    rng = random.Random(7)
    weights = [1 / (rank + 3) for rank in range(len(WORDS))]
    for n in range(PASSAGES):
        words = rng.choices(WORDS, weights, k=rng.choice((3, 6, 12)))
        if n % 4_001 == 7:
            words[1:1] = ["zyrap", "wolum"][: 1 + n % 2]  # rare and far apart
        yield Plain(
            f"d{n}", " ".join(words), f"{n:016x}", authors=(f"author{n % 40}",), date=str(2000 + n % 20)
        )


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Library]:
    place: Path = tmp_path_factory.mktemp("large") / "index"
    with Store(place, create=True).writer() as writer:
        for passage in passages():
            writer.add_plain(passage)
    return Library(Store(place), fast=True), Library(Store(place), fast=False)


def queries() -> Iterator[str]:
    rng = random.Random(8)
    yield from ("zyrap wolum", "+zyrap +wolum", '"zyrap wolum"', f"zyrap {WORDS[0]} {WORDS[1]}")
    for n in range(24):
        words = [rng.choice(WORDS[: rng.choice((4, 40, 600))]) for _ in range(1 + n % 5)]
        yield " ".join(words)
        yield " ".join(f"+{word}" for word in words[:3])
        yield f"{' '.join(words[:2])} author:author{n} date:2003..2007"
        yield f"{' '.join(words[:2])} -{rng.choice(WORDS[:20])}"
        yield f'"{words[0]} {words[-1]}"'
        yield f"{words[0][: 1 + n % 4]}*"


@pytest.mark.parametrize("query", list(queries()))
def test_kernels_and_numpy_agree_on_a_large_index(libraries: tuple[Library, Library], query: str) -> None:
    fast, slow = libraries
    for k, proximity in ((1, True), (10, False), (10, True), (700, False)):
        found, expected = (
            fast.scores(query, k, proximity=proximity),
            slow.scores(query, k, proximity=proximity),
        )
        assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)
        assert [name for name, _ in found] == [name for name, _ in expected]
    assert fast.search(query, 1).total == slow.search(query, 1).total


def test_kernels_compiled_before_a_change_of_a_source_are_forgotten(tmp_path: Path) -> None:
    from essaysearch.columnar.compiling import forget_stale

    (tmp_path / "__pycache__").mkdir()
    kept = tmp_path / "__pycache__" / "any_kernels.any_of-1.py311.nbi"
    other = tmp_path / "__pycache__" / "store.cpython-311.pyc"
    other.write_text("")
    (tmp_path / "any_kernels.py").write_text("one")
    (tmp_path / "impacts.py").write_text("two")
    forget_stale(tmp_path)
    kept.write_text("")
    forget_stale(tmp_path)
    assert kept.exists()
    told = (tmp_path / "impacts.py").stat()
    (tmp_path / "impacts.py").write_text("six")  # as long, and an installer may give it the same time
    os.utime(tmp_path / "impacts.py", (told.st_atime, told.st_mtime))
    forget_stale(tmp_path)
    assert not kept.exists()
    assert other.exists()


def test_words_that_no_longer_fit_in_memory_are_worked_out_again(
    libraries: tuple[Library, Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, slow = libraries
    monkeypatch.setattr(impacts, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(decoded, "MOST_BYTES", 1 << 20)
    for query in [f"{mark}{WORDS[n]} {WORDS[n + 9]}{mark}" for n in range(40) for mark in ("", '"')] * 2:
        assert [name for name, _ in fast.scores(query, 5)] == [name for name, _ in slow.scores(query, 5)]
    assert 0 < fast._store.snapshot().impacts._bytes <= 1 << 20
    assert 0 < slow._store.snapshot().decoded._bytes <= 1 << 20
