"""Rules that hold in every reader, each tried on small files of several kinds made up here."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from essaysearch import open_library
from essaysearch.cli import main
from essaysearch.filling.ingest import read
from essaysearch.model import Document
from essaysearch.readers.posts import TITLE_ONLY

Write = Callable[[str, str], Path]

TITLE_ALONE = {
    "a.jsonl": '{"_id": "1", "title": "On gulls", "text": ""}',
    "b.bib": "@article{g, title={On gulls}, author={Fenn, Odile}}",
    "c.ris": "TY  - JOUR\nTI  - On gulls\nER  - \n",
    "d.xml": "<rss><channel><item><title>On gulls</title><link>https://gulls.example/1</link></item></channel></rss>",
    "e.json": json.dumps({"id": 7, "type": "story", "by": "odile", "title": "On gulls", "time": 1600000000}),
    "f.json": json.dumps(
        {"data": {"post": {"result": {"_id": "aB3dE6gH9jK2mN5pQ", "title": "On gulls", "slug": "on-gulls",
         "postedAt": "2020-01-02T03:04:05Z", "baseScore": 3, "contents": None}}}}
    ),
    "g.json": json.dumps([{"type": "article", "title": "On gulls", "issued": {"date-parts": [[2020]]},
                           "author": [{"family": "Fenn", "given": "Odile"}]}]),
}  # fmt: skip


@pytest.mark.parametrize("name", TITLE_ALONE)
def test_a_title_alone_is_a_document_without_text_that_its_title_finds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TITLE_ALONE[name], encoding="utf-8")
    (document,) = [reading for reading in read(path) if isinstance(reading, Document)]
    assert (document.title, document.text, document.blocks) == ("On gulls", "", ())
    assert TITLE_ONLY in document.notes
    library = open_library(tmp_path / "index", create=True)
    library.add([document])
    (hit,) = library.search("gulls")
    assert (hit.title, hit.text, hit.snippet.text) == ("On gulls", "", "")


def test_a_title_alone_leaves_no_empty_line_in_its_thread(tmp_path: Path) -> None:
    items = [
        {"id": 1, "type": "story", "by": "odile", "title": "On gulls", "time": 1600000000},
        {"id": 2, "type": "comment", "by": "bob", "parent": 1, "text": "They sing.", "time": 1600000100},
    ]
    (tmp_path / "items.json").write_text(json.dumps(items))
    open_library(tmp_path / "index", create=True).add([tmp_path / "items.json"])
    for command in ("thread", "show"):
        done = CliRunner().invoke(main, [command, "hn:2", "--index", str(tmp_path / "index")])
        assert done.exit_code == 0
        assert "On gulls" in done.stdout
        assert not [line for line in done.stdout.split("\n") if line.endswith(" ")]


def test_inspect_says_where_each_fact_was_found(tmp_path: Path) -> None:
    page = (
        '<html><head><title>On gulls</title><meta name="author" content="Ada Quill"></head><body><article><h1>On gulls</h1>'
        f"<p>{'They sing at night and nobody knows why. ' * 20}</p></article></body></html>"
    )
    (tmp_path / "page.html").write_text(page)
    (tmp_path / "one.eml").write_text(
        "From: Ada <a@b.example>\nSubject: On gulls\nDate: Mon, 3 May 2004 12:30:00 +0200\n\nThey sing.\n"
    )
    shown = CliRunner().invoke(main, ["inspect", str(tmp_path / "page.html")]).stdout
    assert "authors: Ada Quill (from meta author)" in shown
    assert "origins" not in shown
    shown = CliRunner().invoke(main, ["inspect", str(tmp_path / "one.eml")]).stdout
    assert "title: On gulls (from the field Subject)" in shown
    assert "date: 2004-05-03T12:30:00+02:00 (from the field Date)" in shown
