"""Authors with several names: what `authors.toml` joins, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import essaysearch
from essaysearch import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return essaysearch.open_library(tmp_path / "index", create=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = (
        '{"_id": "a", "text": "Kelp grows.", "author": "Ann Fen"}',
        '{"_id": "b", "text": "Kelp drifts.", "author": "fenland7"}',
        '{"_id": "c", "text": "Kelp rots.", "author": "Ann Oak", "parent": "b"}',
    )
    place = tmp_path / "in"
    place.mkdir()
    (place / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return place


def found(library: Library, query: str) -> list[str]:
    return sorted(hit.doc_id for hit in library.search(query))


def test_a_document_is_found_by_every_name_of_its_author_and_shows_its_own(
    library: Library, folder: Path
) -> None:
    (folder / "authors.toml").write_text('"Ann Fen" = ["fenland7", "A. F."]', encoding="utf-8")
    report = library.add(folder)
    assert (report.documents, report.skipped) == (3, [])
    for name in ("fen", "fenland7", '"ann fen"', '"fen, ann"', '"A. F."'):
        assert found(library, f"author:{name}") == ["a", "b"]
    assert found(library, "kelp author:fenland7 -author:oak") == ["a", "b"]
    assert found(library, "author:ann") == ["a", "b", "c"]
    assert found(library, "replyto:fen") == ["c"]
    assert [hit.authors for hit in library.search("id:b")] == [("fenland7",)]


def test_names_are_only_joined_by_the_file_and_no_longer_than_it_stands(
    library: Library, folder: Path
) -> None:
    library.add(folder)
    assert found(library, "author:fen") == ["a"]
    file = folder / "authors.toml"
    file.write_text('"Ann Fen" = ["fenland7"]', encoding="utf-8")
    library.add(folder / "a.jsonl")
    assert found(library, "author:fen") == ["a", "b"]
    file.unlink()
    library.add(folder)
    assert found(library, "author:fen") == ["a"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Ann Fen = 1", "The names of authors cannot be read: "),
        (
            '"Ann Fen" = "fenland7"',
            'What stands behind `Ann Fen` is not a list of names, as in "Ann Fen" = ["another name"].',
        ),
    ],
)
def test_a_mistake_in_the_file_is_a_sentence_and_the_rest_is_read(
    library: Library, folder: Path, text: str, sentence: str
) -> None:
    (folder / "authors.toml").write_text(text, encoding="utf-8")
    report = library.add(folder)
    (skipped,) = report.skipped
    assert skipped.path == str(folder / "authors.toml")
    assert skipped.reason.startswith(sentence)
    assert report.documents == 3
