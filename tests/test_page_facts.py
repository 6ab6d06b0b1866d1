"""Who wrote a saved page and when: where pages say so, and what looks like it and is not."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
from pathlib import Path

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document
from essaysearch.readers.page_authors import name_said

PROSE = "".join(f"<p>The {n} gulls of the harbour sing in the morning, and the rope maker listens to them.</p>" for n in ("old", "grey", "young"))  # fmt: skip


def page(folder: Path, head: str = "", body: str = "", content: str = PROSE) -> Document:
    """The one document of a page whose head and whose text's surroundings are given."""
    file = folder / "page.html"
    file.write_text(
        f"<html><head><title>On gulls</title>{head}</head><body><h1>On gulls</h1>{body}"
        f"<div class='entry-content'>{content}</div></body></html>",
        encoding="utf-8",
    )
    (essay,) = (reading for reading in read(file) if isinstance(reading, Document))
    return essay


def linked(*things: dict[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": things})}</script>'


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Von Ada Anders", "Ada Anders"),
        ("von ada", "ada"),
        ("Von Neumann", "Von Neumann"),
        ("Post author By Ada Anders", "Ada Anders"),
        ("Veröffentlicht von Ada Anders", "Ada Anders"),
        ("View all posts by Ada Anders", "Ada Anders"),
        ("| Ada Anders,", "Ada Anders"),
        ("Ada Anders ada@harbour.example", "Ada Anders"),
        ("Byron Anders", "Byron Anders"),
        ("Ada Anders @ada", "Ada Anders"),
        ("By", ""),
        ("Von Redaktion", ""),
        ("Fotos: Harbour Agency", ""),
        ("admin", ""),
        ("Super User", ""),
        ("No Author", ""),
        ("Ada Anders • 8h", ""),
        ("-", ""),
        ("www.harbour.example", ""),
        ("https://harbour.example/author/ada/#author", ""),
        ("facebook.com/harbour", ""),
        ("ada[at]harbour.example", ""),
    ],
)
def test_a_name_is_what_stands_at_the_place_of_one_without_what_surrounds_it(said: str, name: str) -> None:
    assert name_said(said) == name


def test_an_author_named_by_its_number_in_the_graph_is_found_there(tmp_path: Path) -> None:
    person = {"@type": "Person", "@id": "#ada", "name": "Ada Anders"}
    article = {"@type": "Article", "headline": "On gulls", "author": {"@id": "#ada"}}
    assert page(tmp_path, linked(article, person)).authors == ("Ada Anders",)
    assert page(tmp_path, linked({**article, "author": [{"@id": "#ada"}]}, person)).authors == ("Ada Anders",)
    assert page(tmp_path, linked({**article, "author": {"@id": "#bo"}}, person)).authors == ()


def test_the_name_of_the_site_is_not_its_author(tmp_path: Path) -> None:
    named = '<meta property="og:site_name" content="The Harbour Post"><meta name="author" content="The Harbour-Post">'
    assert page(tmp_path, named).authors == ()
    assert page(tmp_path, named, "<p class='byline'>By Ada Anders</p>").authors == ("Ada Anders",)
    publisher = {"@type": "Organization", "name": "Harbour Post"}
    article = {"@type": "NewsArticle", "author": publisher, "publisher": publisher}
    essay = page(tmp_path, linked(article), "<p class='byline'>By Ada Anders</p>")
    assert essay.authors == ("Ada Anders",)


def test_a_person_may_own_the_address_of_the_site(tmp_path: Path) -> None:
    canonical = (
        '<link rel="canonical" href="https://adaanders.example/gulls"><meta name="author" content="{}">'
    )
    assert page(tmp_path, canonical.format("Ada Anders")).authors == ("Ada Anders",)
    assert page(tmp_path, canonical.format("adaanders.example")).authors == ()
