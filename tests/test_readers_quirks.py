"""Quirks that files of the kinds people have really show, each in a small file made up here."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Skipped
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.table import READERS

Reads = Callable[[str, str | bytes], list[Document]]


@pytest.fixture
def documents(tmp_path: Path) -> Reads:
    def of(name: str, content: str | bytes) -> list[Document]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [reading for reading in read(path) if isinstance(reading, Document)]

    return of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        # An element that is never closed and has no content of its own hides nothing that follows.
        ("<p>Before <embed src=x> <em>and</em> after.</p>", "Before and after."),
        # A class of MathJax in lower case asks for formulas; it is none.
        ('<p>A <span class="search-hit mathjax">bell</span> rings.</p>', "A bell rings."),
        ('<p>Let <span class="MathJax" data-mathml="&lt;math&gt;&lt;mi&gt;x&lt;/mi&gt;&lt;/math&gt;">'
         "<svg></svg></span> be.</p>", "Let $x$ be."),
        ('<p>So <span class="mjpage"><svg aria-labelledby="t"><title id="t">x^2</title><g></g></svg></span>.</p>',
         "So $x^2$."),
        # The inside of a custom element, as a program that saves pages in one file writes it down.
        ('<my-note><template shadowrootmode="open"><p>Shown.</p></template></my-note>', "Shown."),
        ("<template><p>Never shown.</p></template><p>Shown.</p>", "Shown."),
    ],
)  # fmt: skip
def test_markup_of_a_rarer_kind_reads_as_it_is_seen(markup: str, text: str) -> None:
    assert html_to_blocks(markup)[0] == text


def test_turns_of_a_dialogue_know_who_speaks() -> None:
    text, blocks = html_to_blocks(
        '<section class="dialogue-message" display-name="Oda Brennick"><section class="dialogue-message-header">'
        '<b>Oda Brennick</b></section><div class="dialogue-message-content"><p>Bells lie.</p><blockquote>'
        "<p>The bell tolls.</p></blockquote></div></section>"
        '<section class="dialogue-message" display-name="Pell"><p>They ring.</p></section><p>The end.</p>'
    )
    said = [(text[block.start : block.end], block.voice, block.speaker) for block in blocks]
    assert said[1:] == [
        ("Bells lie.", "own", "Oda Brennick"),
        ("The bell tolls.", "quoted", None),
        ("They ring.", "own", "Pell"),
        ("The end.", "own", None),
    ]


LATEXML = """<!DOCTYPE html><html><head><title>Bells in High Dimension</title></head><body>
<article class="ltx_document"><div class="package-alerts">Conversions may fail</div>
<h1 class="ltx_title ltx_title_document">Bells in High Dimension</h1>
<div class="ltx_authors"><span class="ltx_creator"><span class="ltx_personname">Oda Brennick<sup>1</sup></span>
<span class="ltx_author_notes">University of Ropes</span></span><span class="ltx_personname">Imre Vald</span></div>
<div class="ltx_dates">(1 January 2025)</div><p class="ltx_p">Bells ring<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer"><span class="ltx_note_content"><sup class="ltx_note_mark">1</sup><span class="ltx_tag ltx_tag_note">1</span>On Sundays.</span></span></span> here.</p>
<table class="ltx_equation ltx_eqn_table"><tbody><tr><td></td><td><math alttext="E=mc^{2}"><mi>E</mi></math></td><td></td><td><span class="ltx_tag ltx_tag_equation">(1)</span></td></tr></tbody></table>
<ul class="ltx_itemize"><li class="ltx_item"><span class="ltx_tag ltx_tag_item">•</span><p>First thing.</p></li></ul>
<section class="ltx_bibliography"><h2>References</h2><ul><li>Pell. Ropes.</li></ul></section></article></body></html>"""


def test_a_paper_in_arxivs_html_has_its_people_notes_and_formulas(documents: Reads) -> None:
    (paper,) = documents("paper.html", LATEXML)
    assert (paper.title, paper.authors, paper.date) == (
        "Bells in High Dimension",
        ("Oda Brennick", "Imre Vald"),
        "2025-01-01",
    )
    assert [(block.role, paper.text[block.start : block.end]) for block in paper.blocks] == [
        ("paragraph", "Bells ring[1] here."),
        ("paragraph", "$E=mc^{2}$ (1)"),
        ("list", "- First thing."),
        ("note", "[1] On Sundays."),
    ]


OLD_PAGE = """<html><head><title>The price of a map - Less Wrong</title>
<link rel="canonical" href="{address}"></head><body><div id="wm-ipp-base">12 captures</div><h1>The price of a map</h1>
<div id="entry_t3_9zz"><div class="md"><p>A map you cannot read is a picture.</p></div></div>
<div id="thingrow_t1_7aa" class="comment"><p class="comment-meta"><a href="/user/oda/">oda</a>
<span class="comment-date" time="1334025072">10 April 2012 12:31:12PM</span> <span class="votes">3 points</span></p>
<div class="comment-content"><div class="md"><p>And a frame makes it art.</p></div></div></div></body></html>"""


@pytest.mark.parametrize(
    "address",
    [
        "https://web.archive.org/web/20120412033344/http://lesswrong.com/lw/9zz/the_price_of_a_map/",
        "http://archive.is/20120412033344/http://lesswrong.com/lw/9zz/the_price_of_a_map/",
        "http://lesswrong.com/lw/9zz/the_price_of_a_map/",
    ],
)
def test_a_page_from_an_archive_of_the_web_is_the_page_it_copies(documents: Reads, address: str) -> None:
    post, comment = documents("saved.html", OLD_PAGE.format(address=address))
    assert (post.id, post.url) == ("lesswrong:lw/9zz", "https://www.lesswrong.com/lw/9zz/the_price_of_a_map/")
    assert (comment.id, comment.thread, comment.karma) == ("lesswrong:7aa", post.id, 3)
    assert "captures" not in post.text


def test_a_forum_page_copied_to_another_address_keeps_its_comments_ids(documents: Reads) -> None:
    found = documents("saved.html", OLD_PAGE.format(address="http://mirror.example.net/x.html"))
    assert [document.id for document in found][1:] == ["lesswrong:7aa"]


def test_an_address_with_two_hyphens_is_not_lost_in_a_mime_save(documents: Reads) -> None:
    page = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/bells--and-ropes\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/html\r\n\r\n<html><head><title>Bells</title></head><body><p>Bells ring.</p>"
        "</body></html>\r\n--b--\r\n"
    )
    (document,) = documents("saved.mhtml", page)
    assert (document.url, document.text) == ("https://example.org/bells--and-ropes", "Bells ring.")


def test_a_byline_with_a_year_gives_author_and_year(documents: Reads) -> None:
    words = "Work on what matters and leave the door open. " * 40
    page = f"<html><head><title>On work</title></head><body><p>by <b>Rika Moss</b> in 1986</p><p>{words}</p></body></html>"
    (document,) = documents("work.html", page)
    assert (document.authors, document.date) == (("Rika Moss",), "1986")


@pytest.mark.parametrize(
    "record",
    [
        {"cate": "eess.SP", "url": "http://arxiv.org/abs/2506.08519v1"},
        {"categories": ["eess.SP"], "url": "http://arxiv.org/pdf/2506.08519v1", "date": "2025-06-10"},
    ],
)
def test_daily_lists_of_arxiv_keep_their_meaning_under_other_names(
    documents: Reads, record: dict[str, object]
) -> None:
    record = {
        "id": "2506.08519",
        "title": "Bells",
        "authors": ["Oda B"],
        "summary": "We ring bells.",
        **record,
    }
    line = json.dumps({**record, "AI": {"tldr": "a generated sentence"}})
    (document,) = documents("2025-06-11.jsonl", line + "\n")
    assert (document.id, document.kind, document.authors) == ("arxiv:2506.08519", "abstract", ("Oda B",))
    assert (document.text, document.categories) == ("We ring bells.", ("eess.SP",))
    assert "generated" not in str(document.metadata)


def test_a_draft_of_wordpress_has_not_the_date_made_of_zeros(documents: Reads) -> None:
    item = (
        "<item><title>Draft</title><pubDate>Tue, 30 Nov 1999 00:00:00 +0000</pubDate><wp:post_id>1</wp:post_id>"
        "<wp:post_type>post</wp:post_type><wp:post_date>{date}</wp:post_date>"
        "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><content:encoded>Words.</content:encoded></item>"
    )
    export = (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "<channel><wp:wxr_version>1.2</wp:wxr_version>{item}</channel></rss>"
    )
    (dated,) = documents("a.xml", export.replace("{item}", item.format(date="2009-10-20 16:13:20")))
    assert dated.date == "2009-10-20T16:13:20"
    (undated,) = documents("b.xml", export.replace("{item}", item.format(date="0000-00-00 00:00:00")))
    assert undated.date is None
    assert any("0000-00-00" in note for note in undated.notes)


def test_titles_of_feeds_stand_in_dublin_core_or_in_xhtml(documents: Reads) -> None:
    (document,) = documents(
        "a.xml",
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><dc:title>Bells</dc:title>'
        "<description>They ring.</description></item></channel></rss>",
    )
    assert document.title == "Bells"
    (document,) = documents(
        "b.xml",
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml"><div '
        'xmlns="http://www.w3.org/1999/xhtml">Safe<script>go()</script> words</div></title>'
        "<content>They ring.</content></entry></feed>",
    )
    assert document.title == "Safe words"


def test_comments_listed_page_by_page_know_their_page(tmp_path: Path) -> None:
    pages = [
        {
            "id": "/posts/0001/", "title": "Nat+%26+Miguel",
            "comments": [
                {"id": 0, "author": "oda", "created": "2005-02-24 04:03:37", "text": "A <b>bell</b>."},
                {"id": 7, "author": "", "created": "0000-00-00 00:00:00", "text": "A rope."},
                {"id": 8, "author": "pell", "parent": 7, "created": 1108000000, "text": "A knot."},
                {"id": 9, "author": "pell", "text": " "},
            ],
        },
        {"id": "https://example.org/ropes", "title": "Ropes", "comments": [{"author": "x", "text": "Yes."}]},
    ]  # fmt: skip
    path = tmp_path / "comments.json"
    path.write_text(json.dumps(pages), encoding="utf-8")
    readings = list(read(path))
    first, second, third, fourth = [reading for reading in readings if isinstance(reading, Document)]
    assert (first.text, first.date, first.metadata["thread_title"]) == (
        "A bell.",
        "2005-02-24T04:03:37",
        "Nat & Miguel",
    )
    assert (second.authors, second.date, len(second.notes)) == ((), None, 2)
    assert third.parent == second.id
    assert first.parent == third.thread == "comments:/posts/0001/"
    assert (fourth.thread, fourth.source) == ("example.org/ropes", "example.org")
    assert [r.reason for r in readings if isinstance(r, Skipped)] == ["1 comment holds no text."]


def test_a_proposal_opens_with_its_facts_as_a_list(documents: Reads) -> None:
    (document,) = documents(
        "0550-bells.md",
        "- Feature Name: `loud_bells`\n- Start Date: 2014-12-21\n- RFC PR: [550](https://example.org/550)\n"
        "- Issues:\n  - [1](https://example.org/1)\n\n## Summary\n\nRing them.\n",
    )
    assert (document.title, document.date, document.text) == (
        "loud_bells",
        "2014-12-21",
        "Summary\n\nRing them.",
    )
    assert document.metadata["rfc pr"] == 550


def test_a_list_of_other_things_at_the_top_stays_text(documents: Reads) -> None:
    (document,) = documents("list.md", "- Bells: they ring.\n- Ropes: they hold.\n\n## More\n\nWords.\n")
    assert document.text.startswith("- Bells: they ring.")


def test_a_link_around_whole_paragraphs_leaves_only_its_words(documents: Reads) -> None:
    (document,) = documents(
        "clip.md", "# Group\n\n[\n\nOn bells\n\nthey ring at noon\n\n](https://example.org/c/1)\n\n9/28/14\n"
    )
    assert document.text == "On bells\n\nthey ring at noon\n\n9/28/14"


def test_quotes_and_dashes_left_over_from_windows_1252_are_read_as_such(documents: Reads) -> None:
    line = json.dumps({"title": "A \x93bell\x94", "text": "It isn\x92t \x97 not yet."})
    (document,) = documents("old.jsonl", line)
    assert (document.title, document.text) == ("A “bell”", "It isn’t — not yet.")
    assert any("Windows-1252" in note for note in document.notes)


FIXTURES = Path(__file__).parent / "fixtures" / "pages"
CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.mark.parametrize("seed", range(4))
def test_files_damaged_at_random_give_documents_or_true_reasons(tmp_path: Path, seed: int) -> None:
    # The long form of this test is evals/fuzz_readers.py.
    evals = str(Path(__file__).parent.parent / "evals")
    sys.path.insert(0, evals)
    try:
        import fuzz_readers
    finally:
        sys.path.remove(evals)
    random_ = random.Random(seed)
    originals = fuzz_readers.originals_in([str(FIXTURES), str(CORPUS)])
    for number in range(40):
        name, data = fuzz_readers.damaged(originals, random_)
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(data)
        reader = random_.choice(READERS).name if number % 4 == 0 else None
        assert fuzz_readers.fault_of(list(read(path, reader))) == "", (seed, number, name, reader)


def test_a_reader_that_finds_nothing_of_its_kind_says_so(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<p>No table.</p>", encoding="utf-8")
    for name in ("forum-csv", "author-page"):
        readings = list(read(path, name))
        assert any(isinstance(reading, Skipped) for reading in readings), name
        assert not any("unforeseen" in getattr(reading, "reason", "") for reading in readings), name


def test_a_comment_whose_date_is_shown_in_words_has_that_date(documents: Reads) -> None:
    permalink = "/posts/Rp9ZtYp2LmNxKv4Rs/on-ropes?commentId=eeeeeeeeeeeeeee11"
    page = f"""<html><head><title>On ropes — EA Forum</title><link rel="canonical"
    href="https://forum.effectivealtruism.org/posts/Rp9ZtYp2LmNxKv4Rs/on-ropes"></head><body>
    <div class="comments-node CommentFrame-node" id="eeeeeeeeeeeeeee11"><div class="CommentsItem-body">
    <div class="CommentsItemMeta-root"><a href="/users/pell" class="UsersNameDisplay-noColor">Pell</a>
    <span class="CommentsItemDate-root"><a href="{permalink}"><span>Mar 5 2022</span></a>*</span></div>
    <div class="ContentStyles-commentBody CommentBody-root"><p>Which?</p></div></div></div></body></html>"""
    (comment,) = documents("ropes.html", page)
    assert (comment.id, comment.date) == ("eaforum:eeeeeeeeeeeeeee11", "2022-03-05")


def test_entries_of_a_listing_that_lost_its_end_tags_do_not_hold_each_other(documents: Reads) -> None:
    entries = "".join(
        f'<dt><a href="/abs/2501.{n:05d}">arXiv:2501.{n:05d}</a><div><dd><div class="meta">'
        f'<div class="list-title mathjax">Paper {n}<div class="list-authors"><a>Oda {n}</a>'
        f'<p class="mathjax">Abstract number {n}.</p>'
        for n in range(1, 300)
    )
    page = f'<html><head><title>arXiv.org - cs.AI new</title></head><body><dl id="articles">{entries}'
    found = documents("listing.html", page)
    assert len(found) == 299
    assert [document.text for document in found] == [f"Abstract number {n}." for n in range(1, 300)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_may_end_its_lines_in_any_way(documents: Reads, end: str) -> None:
    rows = ["title,author,date,karma,url,text", "Bells,Oda,2020-01-02,3,https://example.org/a,They ring."]
    rows.append('Ropes,Pell,2020-01-03,4,https://example.org/b,"They, too, hold."')
    found = documents("posts.csv", end.join(rows) + end)
    assert [(d.title, d.text) for d in found] == [("Bells", "They ring."), ("Ropes", "They, too, hold.")]


def test_an_address_that_is_none_does_not_stop_a_page(documents: Reads) -> None:
    page = '<html><head><base href="http://[x/"><link rel="canonical" href="/a"><title>Bells</title></head><p>Ring.</p>'
    (document,) = documents("page.html", page)
    assert (document.text, document.url) == ("Ring.", None)
