"""Files read by a process of its own: the same readings, in the same order, whatever becomes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from essaysearch.columnar.store import Store
from essaysearch.errors import UnknownReader
from essaysearch.filling import ahead, indexing
from essaysearch.filling.ingest import discover, read
from essaysearch.model import Document, Skipped

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Files of several kinds, one that nothing can be read of, one with a bad line."""
    (tmp_path / "nothing.txt").write_bytes(b"")
    lines = [f'{{"_id": "line{n}", "text": "Sentence {n} of many. \\ud800 It ends."}}' for n in range(3_000)]
    lines[7] = "no JSON"
    (tmp_path / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return [str(path) for path in discover([CORPUS, tmp_path]) if not isinstance(path, Skipped)]


def test_what_is_read_ahead_is_what_is_read(files: list[str]) -> None:
    with ahead.Ahead(files, None, {"author": "A. Nobody"}) as reading:
        for path in files:
            assert list(reading.read(path)) == list(read(path, None, {"author": "A. Nobody"})), path


def test_where_the_process_ends_early_the_rest_is_read_here(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_PARCEL", 1_000)
    with ahead.Ahead(files, None, None) as reading:
        found = []
        for path in files:
            for number, one in enumerate(reading.read(path)):
                found.append(one)
                if path.endswith("lines.jsonl") and number == 20:
                    assert reading._child is not None
                    reading._child.kill()
                    reading._child.wait()
    assert found == [one for path in files for one in read(path)]


@pytest.mark.parametrize("start", ["no such program", "ends at once"])
def test_where_no_process_starts_all_is_read_here(
    files: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, start: str
) -> None:
    if start == "no such program":
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python-that-is-not-there"))
    else:
        monkeypatch.setattr(ahead, "_CHILD", "raise SystemExit(3)")
    with ahead.Ahead(files, None, None) as reading:
        assert [one for path in files for one in reading.read(path)] == [
            one for path in files for one in read(path)
        ]


def test_the_process_ends_with_the_reading(files: list[str]) -> None:
    with ahead.Ahead(files, None, None) as reading:
        next(iter(reading.read(files[0])))
        child = reading._child
    assert child is not None
    assert child.returncode is not None


def test_what_a_reader_prints_is_no_reading(tmp_path: Path) -> None:
    code = (
        "import sys; from essaysearch.filling import ahead;"
        "real = ahead.read; ahead.read = lambda *a: (print('noise'), real(*a))[1];"
        "ahead.serve([sys.argv[1]], None, {})"
    )
    path = tmp_path / "a.txt"
    path.write_text("A text of one sentence, which is read.", encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True)
    assert b"noise" not in ran.stdout
    assert b"noise" in ran.stderr


def test_an_index_of_what_was_read_ahead_is_the_same(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = []
    started: list[object] = []
    real = ahead._started
    monkeypatch.setattr(ahead, "_started", lambda told: started.append(told) or real(told))
    for name, much in (("here", 1 << 40), ("ahead", 0)):
        monkeypatch.setattr(indexing, "_MUCH", much)
        store = Store(tmp_path / name, create=True)
        reports.append(indexing.add(store, files, fast=False))
        assert len(started) == (name == "ahead" and ahead.can_read_ahead())
    here, beside = reports
    assert (here.added, here.passages, here.skipped) == (beside.added, beside.passages, beside.skipped)
    segments = [
        sorted(path.read_bytes() for path in (tmp_path / n).glob("*.cols")) for n in ("here", "ahead")
    ]
    assert segments[0] == segments[1]


def test_a_reader_that_is_unknown_is_said_before_any_process_starts(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_MUCH", 0)
    monkeypatch.setattr(ahead, "_started", lambda told: pytest.fail("a process was started"))
    with pytest.raises(UnknownReader):
        indexing.add(Store(tmp_path / "index", create=True), files, as_="no-such-reader")


def test_documents_need_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_MUCH", 0)
    report = indexing.add(Store(tmp_path / "index", create=True), Document("a", "essay", "A text."))
    assert report.added == 1
