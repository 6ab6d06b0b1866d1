"""Files of known kinds in the forms in which other sites and programs write them."""

from __future__ import annotations

# ruff: noqa: E501 - markup stays on its lines
import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
import zstandard

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Skipped, SourceFacts


def _all(tmp_path: Path, name: str, content: str) -> list[Document | Skipped | SourceFacts]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return list(read(path))


def _documents(tmp_path: Path, name: str, content: str) -> list[Document]:
    return [reading for reading in _all(tmp_path, name, content) if isinstance(reading, Document)]


def test_an_entry_that_refers_to_its_volume_has_the_volume_s_year_and_title(tmp_path: Path) -> None:
    text = (
        "@inproceedings{a, title={On gulls}, author={Fenn, Odile}, crossref={V}}\n"
        '@inproceedings{b, title={On light}, year=1999, crossref = "V"}\n'
        "@proceedings{V, title={Moles}, booktitle={Proceedings of Moles}, year=2020, publisher={Mole Press}}\n"
    )
    first, second, _ = _documents(tmp_path, "a.bib", text)
    assert (first.date, first.metadata["journal"], first.metadata["publisher"]) == (
        "2020",
        "Proceedings of Moles",
        "Mole Press",
    )
    assert second.date == "1999"


def test_an_answer_of_substack_gives_comments_with_what_they_answer(tmp_path: Path) -> None:
    answer = {
        "comments": [
            {
                "id": 41, "post_id": 9, "date": "2023-11-02T16:13:00.000Z", "name": "Tobias Fenn", "reaction_count": 5,
                "body": "Is it?", "children": [{"id": 42, "name": "Odile", "body": "It is.", "children": []}],
            },
            {"id": 43, "name": None, "body": None, "deleted": True, "children": []},
        ]
    }  # fmt: skip
    first, second, gone = _all(tmp_path, "a.json", json.dumps(answer))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.authors, first.date, first.karma) == (("Tobias Fenn",), "2023-11-02T16:13:00+00:00", 5.0)
    assert first.parent == first.thread == second.thread == "comments:post-9"
    assert second.parent == first.id
    assert isinstance(gone, Skipped)
    assert gone.reason == "1 comment was deleted."


def test_a_post_of_substack_s_interface_is_an_essay(tmp_path: Path) -> None:
    post = {
        "id": 9, "title": "On Gulls", "slug": "on-gulls", "post_date": "2023-11-02T10:00:00.000Z",
        "canonical_url": "https://mole.example/p/on-gulls", "publishedBylines": [{"id": 2, "name": "Odile Fenn"}],
        "body_html": f"<p>{'They sing at night and nobody knows why. ' * 20}</p><blockquote><p>Do they?</p></blockquote>",
    }  # fmt: skip
    (essay,) = _documents(tmp_path, "a.json", json.dumps(post))
    assert (essay.title, essay.authors, essay.date) == (
        "On Gulls",
        ("Odile Fenn",),
        "2023-11-02T10:00:00+00:00",
    )
    assert essay.url == "https://mole.example/p/on-gulls"
    assert [block.voice for block in essay.blocks] == ["own", "quoted"]


def test_keywords_of_openalex_are_categories(tmp_path: Path) -> None:
    work = {
        "id": "https://openalex.org/W1", "display_name": "On gulls", "title": "On gulls", "publication_year": 2020,
        "authorships": [{"author": {"display_name": "Odile Fenn"}}], "abstract_inverted_index": {"We": [0], "sing": [1]},
        "keywords": [{"display_name": "Gull"}, {"display_name": "Song"}],
    }  # fmt: skip
    (paper,) = _documents(tmp_path, "a.json", json.dumps({"meta": {"count": 1}, "results": [work]}))
    assert (paper.text, paper.categories) == ("We sing", ("Gull", "Song"))


def test_the_heading_over_a_publisher_s_abstract_is_not_part_of_it(tmp_path: Path) -> None:
    work = {
        "DOI": "10.1/x", "title": ["On gulls"], "author": [{"given": "Odile", "family": "Fenn"}],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>They sing.</jats:p>", "type": "journal-article",
        "published": {"date-parts": [[2020, 3]]}, "container-title": ["Moles"],
    }  # fmt: skip
    (paper,) = _documents(tmp_path, "a.json", json.dumps({"status": "ok", "message": {"items": [work]}}))
    assert paper.text == "They sing."


def test_a_podcast_s_two_hosts_are_two_authors_and_a_relative_home_is_whole(tmp_path: Path) -> None:
    feed = (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xml:base="https://mole.example/">'
        "<channel><title>Mole Talk</title><link>/</link><item><title>Gulls</title><description>We talk.</description>"
        "<itunes:author>Ada Quill, Tobias Fenn</itunes:author></item></channel></rss>"
    )
    facts, episode = _all(tmp_path, "a.xml", feed)
    assert isinstance(facts, SourceFacts)
    assert isinstance(episode, Document)
    assert facts.metadata["home"] == "https://mole.example/"
    assert episode.authors == ("Ada Quill", "Tobias Fenn")


def test_json_that_only_nests_is_refused_with_its_nesting(tmp_path: Path) -> None:
    deep = '{"a":' * 20_000 + '[{"_id": "aB3dE6gH9jK2mN5pQ", "htmlBody": "<p>x</p>"}]' + "}" * 20_000
    (skipped,) = _all(tmp_path, "a.json", deep)
    assert isinstance(skipped, Skipped)
    assert "opens 13,107 levels before it says anything" in skipped.reason


def _book(path: Path, chapter: str) -> Path:
    """An e-book of one chapter."""
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Gulls</dc:title></metadata><manifest><item id='c' href='c.xhtml' media-type='application/xhtml+xml'/>"
        "</manifest><spine><itemref idref='c'/></spine></package>"
    )
    with ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("p.opf", package)
        book.writestr(
            "c.xhtml", f"<html><head><title>One</title></head><body><h1>One</h1>{chapter}</body></html>"
        )
    return path


def test_notes_and_asides_of_a_book_are_kept(tmp_path: Path) -> None:
    prose = "<p>" + "They sing at night and nobody knows why. " * 20 + "</p>"
    aside = '<aside epub:type="footnote" id="n1"><p>The note.</p></aside><aside><p>A box beside the text.</p></aside>'
    book = _book(tmp_path / "a.epub", prose + aside)
    (chapter,) = [reading for reading in read(book) if isinstance(reading, Document)]
    roles = [(block.role, chapter.text[block.start : block.end]) for block in chapter.blocks[1:]]
    assert roles == [("note", "The note."), ("paragraph", "A box beside the text.")]


def test_a_lone_comment_s_page_names_its_post(tmp_path: Path) -> None:
    post, comment = "aB3dE6gH9jK2mN5pQ", "rB3dE6gH9jK2mN5pQ"
    page = (
        f'<html><head><title>Tobias comments on On Gulls - LessWrong 2.0 viewer</title><link rel="canonical" '
        f'href="https://www.greaterwrong.com/posts/{post}/on-gulls/comment/{comment}"></head><body><h1 class="post-title">'
        f'Tobias comments on <a href="/posts/{post}/on-gulls">On Gulls</a></h1><ul class="comment-thread">'
        f'<li id="comment-{comment}" class="comment-item"><div class="comment-meta"><a class="author" href="/users/t">Tobias</a>'
        '<a class="date" data-js-date="1746180000000">2 May 2025</a></div><div class="body-text comment-body"><p>They sing.</p>'
        "</div></li></ul></body></html>"
    )
    (found,) = _documents(tmp_path, "a.html", page)
    assert (found.id, found.title, found.text) == (f"lesswrong:{comment}", "On Gulls", "They sing.")


def test_a_byline_under_a_remark_is_no_text(tmp_path: Path) -> None:
    prose = "<p>" + "They sing at night and nobody knows why. " * 20 + "</p>"
    page = (
        "<html><head><title>On Gulls</title></head><body><article><h1>On Gulls</h1><p>A remark on light and gulls.</p>"
        f"<p>By <a>Odile Fenn</a></p><p>May 1, 2020</p>{prose}</article></body></html>"
    )
    (essay,) = _documents(tmp_path, "a.html", page)
    assert (essay.authors, essay.date) == (("Odile Fenn",), "2020-05-01")
    assert essay.text.split("\n\n")[0] == "A remark on light and gulls."
    assert len(essay.blocks) == 2


def test_a_long_bibliography_is_read_in_pieces_with_its_lines_strings_and_references(tmp_path: Path) -> None:
    filler = "% " + "x" * 1_000 + "\n"
    entry = "@article{{k{n}, title={{On gulls {n}}}, journal=jm, crossref={{V}}}}\n"
    body = "".join(filler * 30 + entry.format(n=n) for n in range(40))
    text = f'@string{{jm = "Journal of " # "Moles"}}\n{body}@book{{V, title={{Moles}}, year=2020}}\n'
    assert len(text) > 4 * (1 << 18)
    found = _documents(tmp_path, "a.bib", text.replace("\n", "\r\n"))
    assert [document.line for document in found] == [*range(32, 32 + 31 * 40, 31), 1242]
    assert {(d.date, d.metadata["journal"]) for d in found[:-1]} == {("2020", "Journal of Moles")}


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "a.jsonl.gz": gzip.compress,
    "a.jsonl.zst": zstandard.ZstdCompressor().compress,
    "a.jsonl.bz2": bz2.compress,
    "a.jsonl.xz": lzma.compress,
}


@pytest.mark.parametrize("name", PACKERS)
def test_a_compressed_file_is_looked_through_and_one_cut_short_says_so(tmp_path: Path, name: str) -> None:
    rows = [{"id": f"c{n}", "body": f"Words {n} of {n * 2654435761 % 2**32}.", "author": "ada", "link_id": "t3_x",
             "subreddit": "moles", "created_utc": 1683108000 + n} for n in range(20_000)]  # fmt: skip
    packed = PACKERS[name]("\n".join(map(json.dumps, rows)).encode())
    path = tmp_path / name
    path.write_bytes(packed)
    whole = list(read(path))
    assert len(whole) == len(rows)
    assert {reading.reader for reading in whole if isinstance(reading, Document)} == {"reddit"}
    path.write_bytes(packed[: len(packed) * 9 // 10])
    cut = list(read(path))
    last = cut[-1]
    assert isinstance(last, Skipped)
    assert "cannot be read to its end" in last.reason
    assert len(cut) > 100


def test_frames_of_zstandard_that_stand_one_behind_the_other_are_one_file(tmp_path: Path) -> None:
    pack = zstandard.ZstdCompressor().compress
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(pack(b'{"_id": "1", "text": "One."}\n') + pack(b'{"_id": "2", "text": "Two."}\n'))
    assert [reading.text for reading in read(path) if isinstance(reading, Document)] == ["One.", "Two."]


def test_a_comment_that_stands_in_json_twice_is_kept_once(tmp_path: Path) -> None:
    comment = {"id": 41, "post_id": 9, "name": "Odile", "body": "It is.", "children": []}
    kept, told = _all(tmp_path, "a.json", json.dumps({"comments": [comment, comment]}))
    assert isinstance(kept, Document)
    assert isinstance(told, Skipped)
    assert told.reason == "1 comment stands in the file twice; the first was kept."


def test_a_lone_carriage_return_within_a_table_is_a_space(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'Id,PostTypeId,\rx,Body\n1,1,2,"<p>On\rgulls.</p>"\n')
    readings = list(read(path, "stackexchange"))
    assert [reading.text for reading in readings if isinstance(reading, Document)] == ["On gulls."]
    assert not [reading for reading in readings if isinstance(reading, Skipped)]
