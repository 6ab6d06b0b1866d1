"""Files read by a process of its own: the same readings, in the same order, whatever becomes of it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from essaysearch.columnar.store import Store
from essaysearch.errors import UnknownReader
from essaysearch.filling import ahead, indexing
from essaysearch.filling.ingest import discover, read
from essaysearch.model import Document, Reading, Skipped
from essaysearch.text.passages import split

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
            found = [one for one, _ in reading.read(path)]
            assert found == list(read(path, None, {"author": "A. Nobody"})), path


def test_what_is_cut_ahead_is_what_is_cut_here_and_is_cut_only_where_we_are_behind(files: list[str]) -> None:
    found: list[Reading | None] = [*read(files[0]), None, Skipped("a", "It is none."), *read(files[1])]
    cut = ahead._cut(found, True)
    assert [one and one[0] for one in cut] == found
    documents = [one for one in cut if one is not None and isinstance(one[0], Document)]
    assert documents
    assert all(passages == split(document) for document, passages in documents)
    assert pickle.loads(ahead._pickled(cut)) == cut
    assert all(one[1] is None for one in ahead._cut(found, False) if one is not None)


def test_where_the_process_ends_early_the_rest_is_read_here(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_PARCEL", 1_000)
    with ahead.Ahead(files, None, None) as reading:
        found = []
        for path in files:
            for number, (one, _) in enumerate(reading.read(path)):
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
        assert [one for path in files for one, _ in reading.read(path)] == [
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


_ALWAYS_BEHIND = ahead._CHILD.replace("serve(*told)", "") + (
    " from essaysearch.filling import ahead; ahead._BEHIND, ahead._PARCEL = -1, 1_000; ahead.serve(*told)"
)


def test_an_index_of_what_was_read_or_cut_ahead_is_the_same(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, segments = [], []
    started: list[object] = []
    real = ahead._started
    monkeypatch.setattr(ahead, "_started", lambda told: started.append(told) or real(told))
    for name, much, child in (
        ("here", 1 << 40, ""), ("read ahead", 0, ahead._CHILD), ("cut ahead", 0, _ALWAYS_BEHIND),
    ):  # fmt: skip
        monkeypatch.setattr(indexing, "_MUCH", much)
        monkeypatch.setattr(ahead, "_CHILD", child)
        reports.append(indexing.add(Store(tmp_path / name, create=True), files, fast=False))
        segments.append(sorted(path.read_bytes() for path in (tmp_path / name).glob("*.cols")))
    assert len(started) == 2 * ahead.can_read_ahead()
    for report, segment in zip(reports, segments, strict=True):
        told = (report.added, report.passages, report.skipped)
        assert told == (reports[0].added, reports[0].passages, reports[0].skipped)
        assert segment == segments[0]


def test_where_we_are_behind_documents_come_with_their_passages(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_CHILD", _ALWAYS_BEHIND)
    with ahead.Ahead(files, None, None) as reading:
        found = [one for path in files for one in reading.read(path)]
    cut = [one for one in found if one[1] is not None]
    assert len(cut) > 100
    assert all(isinstance(one, Document) and passages == split(one) for one, passages in cut)


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
