"""Every fact that `inspect` shows has a place where it was found, whatever the format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from essaysearch.cli import main
from essaysearch.filling.ingest import discover, read
from essaysearch.model import Document
from essaysearch.readers.mhtml import PAGE_READERS
from essaysearch.readers.places import FACTS, PLACES, places_of
from essaysearch.readers.table import READERS
from shared import SAMPLES, SEEDS, needs_shared

PAGES = Path(__file__).parent / "fixtures" / "pages"
WITHOUT = {"mhtml"}
"""Readers whose documents another one makes."""


def _without_place(path: Path) -> list[tuple[str, str, str]]:
    """(reader, kind, fact) of the facts of a file's documents that no place is named for."""
    missing = set()
    for document in (reading for reading in read(path) if isinstance(reading, Document)):
        places = places_of(document)
        shown = (fact for fact in FACTS if getattr(document, fact) not in (None, "", ()))
        missing |= {(document.reader, document.kind, fact) for fact in shown if fact not in places}
    return sorted(missing)


def test_the_table_knows_every_reader_and_no_other() -> None:
    readers = {reader.name for reader in (*READERS, *PAGE_READERS)}
    assert {name.partition(" ")[0] for name in PLACES} == readers - WITHOUT
    for rows in PLACES.values():
        assert {row.rpartition(".")[2] for row in rows} <= set(FACTS)


@pytest.mark.parametrize("path", sorted(PAGES.iterdir()), ids=lambda path: path.name)
def test_each_fact_of_a_saved_page_has_a_place(path: Path) -> None:
    assert _without_place(path) == []


@needs_shared
def test_each_fact_of_every_sample_has_a_place() -> None:
    paths = [Path(path) for path in discover([SAMPLES, SEEDS]) if isinstance(path, str)]
    assert len(paths) > 80
    assert {path.name: missing for path in paths if (missing := _without_place(path))} == {}


FORMS = {
    "a.bib": ("@misc{g, title={On gulls}, author={Fenn, Odile}, year=2020}", "date", "date = {…}"),
    "b.ris": ("TY  - JOUR\nTI  - On gulls\nAU  - Fenn, Odile\nER  - \n", "title", "TI or T1"),
    "c.enw": ("%0 Journal Article\n%T On gulls\n%A Fenn, Odile\n", "title", "%T"),
    "d.txt": ("FN Shore\nVR 1.0\nPT J\nAU King, A\nTI On gulls\nPY 2004\nER\n", "authors", "AF, else AU"),
    "d.nbib": ("PMID- 1234567\nTI  - On gulls\nFAU - Fenn, Odile\n", "authors", "FAU"),
    "e.xml": ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>On gulls</title>'
        "<published>2020-01-02</published></entry></feed>", "date", "<published>"),
    "f.xml": ("<rss><channel><item><title>On gulls</title><pubDate>2 Jan 2020 03:04:05 GMT</pubDate></item>"
        "</channel></rss>", "date", "<pubDate>"),
    "g.json": ('{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "On gulls", '
        '"date_published": "2020-01-02"}]}', "date", "date_published"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_format_of_several_forms_names_the_place_of_its_form(tmp_path: Path, name: str) -> None:
    content, fact, place = FORMS[name]
    (tmp_path / name).write_text(content)
    shown = CliRunner().invoke(main, ["inspect", str(tmp_path / name), "--format", "json"]).stdout
    told = next(line["document"] for line in map(json.loads, shown.splitlines()) if "document" in line)
    assert told["places"][fact].startswith(place)


def test_inspect_names_the_key_of_the_front_matter_that_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "gulls.md"
    path.write_text("---\ntitle: On gulls\nauthor: Ada Quill\ncreated: 2020-05-01\n---\nThey sing.\n")
    shown = CliRunner().invoke(main, ["inspect", str(path)]).stdout
    assert "authors: Ada Quill (from author)" in shown
    assert "date: 2020-05-01 (from created)" in shown
    assert "origins" not in shown


def test_what_was_given_from_outside_does_not_claim_to_stand_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "gulls.md"
    path.write_text("---\ntitle: On gulls\nauthor: Ada Quill\ndate: 2020-05-01\n---\nThey sing.\n")
    (tmp_path / "gulls.md.overrides.toml").write_text('[document]\ndate = "2021"\n')
    command = ["inspect", str(path), "--author", "Bob Fenn", "--format", "json"]
    told = json.loads(CliRunner().invoke(main, command).stdout.splitlines()[0])["document"]
    assert (told["authors"], told["places"]["authors"]) == (["Bob Fenn"], "--author")
    assert (told["date"], told["places"]["date"]) == ("2021", "the file of corrections")
    assert told["places"]["title"] == "title"
