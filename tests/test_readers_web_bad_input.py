"""Broken, hostile and odd pages, forum data and e-books: named, mended, never unpacked, never fetched."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import html_tree, zip_parts
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.html_tree import MAX_DEPTH
from essaysearch.readers.posts import TITLE_ONLY

PAGES = Path(__file__).parent / "fixtures" / "pages"
CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
)
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"
WORDS = "Some words that make a chapter long enough to be one, and then a few more of the same kind. "


def documents(readings: Iterable[Reading]) -> list[Document]:
    return [reading for reading in readings if isinstance(reading, Document)]


def reasons(readings: Iterable[Reading]) -> list[str]:
    found = [reading.reason for reading in readings if isinstance(reading, Skipped)]
    assert not any("unforeseen" in reason for reason in found)
    return found


def package(spine: Iterable[str], extra: str = "") -> str:
    """An e-book's package that lists these parts."""
    names = list(spine)
    kind = 'media-type="application/xhtml+xml"'
    items = "".join(f'<item id="i{n}" href="{name}" {kind}/>' for n, name in enumerate(names))
    refs = "".join(f'<itemref idref="i{n}"/>' for n in range(len(names)))
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" unique-identifier="b" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:identifier id="b">urn:isbn:123</dc:identifier>'
        f"<dc:title>A Book</dc:title><dc:creator>Ada Bellweather</dc:creator></metadata>"
        f"<manifest>{items}{extra}</manifest><spine>{refs}</spine></package>"
    )


def book(
    path: Path, parts: dict[str, str | bytes], spine: Iterable[str] | None = None, extra: str = ""
) -> Path:
    """An EPUB with these parts under ``OEBPS/``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/content.opf", package(spine if spine is not None else parts, extra))
        for name, content in parts.items():
            archive.writestr(f"OEBPS/{name}", content)
    return path


def test_a_thousand_nested_quotes_are_a_thousand_levels() -> None:
    markup = (
        "".join(f"<blockquote><p>level {n}</p>" for n in range(1, 1001))
        + "</blockquote>" * 1000
        + "<p>own</p>"
    )
    text, blocks = html_to_blocks(markup)
    assert [block.depth for block in blocks] == [*range(1, 1001), 0]
    assert text.endswith("level 1000\n\nown")


@pytest.mark.parametrize("markup", ["<blockquote>", "<div><ul><li>", "<b><i><span>", "<table><tr><td>"])
def test_markup_deeper_than_the_parser_bears_loses_no_word(markup: str) -> None:
    levels = MAX_DEPTH * 2
    text, _ = html_to_blocks("".join(f"{markup}w{n} " for n in range(levels)))
    found = {word for word in text.split() if word.startswith("w")}
    assert found == {f"w{n}" for n in range(levels)}


def test_a_page_s_entities_are_not_those_of_its_document_type(tmp_path: Path) -> None:
    path = tmp_path / "bomb.html"
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(
        f'<!DOCTYPE html [<!ENTITY l0 "lol">{lols}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<html><body><p>&l11; &x; &amp;amp; {WORDS * 3}</p></body></html>",
        encoding="utf-8",
    )
    (page,) = documents(read(path))
    assert "lollol" not in page.text
    assert "]>" not in page.text
    assert "root:" not in page.text
    assert "&amp;" in page.text


def test_a_page_larger_than_can_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_tree, "LARGEST", 1 << 20)
    path = tmp_path / "large.html"
    path.write_text(f"<!DOCTYPE html><html><body><h1>T</h1><p>{WORDS * 12_000}</p></body></html>")
    assert reasons(read(path)) == ["The page is larger than 1 MB, the most that can be read of a page."]


def test_words_in_angle_brackets_that_are_escaped_stay() -> None:
    assert html_to_blocks("<p>&lt;insert any long-term goal here&gt; &amp;lt;</p>")[0] == (
        "<insert any long-term goal here> &lt;"
    )


def test_what_readers_do_not_see_is_not_text() -> None:
    markup = (
        "<style>p{}</style><script>x()</script><nav><a>Home</a></nav><p hidden>no</p>"
        "<p style='display: none'>no</p><div class='spoiler' style='display:none'>yes</div>"
        "<p>so\u00adft\u200b\u0007 \u00a0 it</p><!-- no -->"
    )
    assert html_to_blocks(markup)[0] == "yes\n\nsoft it"


def test_formulas_of_every_renderer_are_their_source_once() -> None:
    source = r"\alpha^2"
    drawn = '<span class="mjx-mi">a2</span>'
    forms = [
        f'<span class="mjpage"><span class="mjx-chtml"><span class="mjx-math" aria-label="{source}">'
        f"{drawn}</span></span></span>",
        '<span class="katex"><span class="katex-mathml"><math><semantics><mi>a</mi>'
        f'<annotation encoding="application/x-tex">{source}</annotation></semantics></math></span>'
        '<span class="katex-html" aria-hidden="true">a2</span></span>',
        '<span class="MathJax_Preview">a2</span><span class="MathJax">a2</span>'
        f'<script type="math/tex">{source}</script>',
        f'<math alttext="{source}"><mi>a</mi></math>',
        f"<d-math>{source}</d-math>",
        f'<img class="latex" alt="{source}" src="x.png">',
    ]
    for form in forms:
        assert html_to_blocks(f"<p>so {form} it is</p>")[0] == f"so ${source}$ it is"


@pytest.mark.parametrize("name", sorted(path.name for path in PAGES.glob("*.html")))
def test_a_page_that_breaks_off_anywhere_gives_what_stands_or_a_sentence(name: str, tmp_path: Path) -> None:
    whole = (PAGES / name).read_bytes()
    random.seed(name)
    for cut in sorted(random.sample(range(1, len(whole)), 12)):
        path = tmp_path / f"{cut}-{name}"
        path.write_bytes(whole[:cut])
        readings = list(read(path))
        reasons(readings)
        assert readings
        for document in documents(readings):
            assert document.text.strip() or TITLE_ONLY in document.notes


def test_a_comment_without_words_is_named(tmp_path: Path) -> None:
    page = (PAGES / "lesswrong_renamed.html").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(page.replace("<p>You have not slept there.</p>", ""), encoding="utf-8")
    readings = list(read(path))
    assert len(documents(readings)) == 2
    assert len(reasons(readings)) == 1
    assert "text" in reasons(readings)[0]


def test_a_page_without_text_is_refused(tmp_path: Path) -> None:
    for number, markup in enumerate(
        ("<html></html>", "<!DOCTYPE html><html><body><script>x</script></body></html>")
    ):
        path = tmp_path / f"{number}.html"
        path.write_text(markup, encoding="utf-8")
        assert reasons(read(path)) == ["The page holds no text of its own."]


def test_windows_1252_that_calls_itself_utf_8_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(
        b'<html><head><meta charset="utf-8"></head><body><p>He said \x93no\x94 \x96 '
        + WORDS.encode() * 2
        + b"</p></body></html>"
    )
    (page,) = documents(read(path))
    assert "“no” –" in page.text


GRAPHQL = {
    "data": {
        "comments": {
            "results": [
                {
                    "_id": f"{n:017d}",
                    "postId": "Qw8ZtYp2LmNxKv4Rs",
                    "postedAt": "0000-00-00" if n == 2 else "2023-03-15T00:00:00.000Z",
                    "htmlBody": f"<p>Comment {n}.</p>" if n != 3 else "",
                    "parentCommentId": f"{n + 1:017d}",
                    "baseScore": n,
                    "user": None if n == 1 else {"displayName": "Oda"},
                }
                for n in range(1, 6)
            ]
        }
    }
}


def test_empty_bodies_deleted_authors_late_parents_and_impossible_dates_are_survived(tmp_path: Path) -> None:
    path = tmp_path / "comments.json"
    path.write_text(json.dumps(GRAPHQL))
    readings = list(read(path))
    found = documents(readings)
    assert [document.text for document in found] == ["Comment 1.", "Comment 2.", "Comment 4.", "Comment 5."]
    assert reasons(readings) == ["1 comment has no text."]
    assert found[0].authors == ()
    assert found[1].date is None
    # The parent comes later, or never.
    assert [document.parent for document in found] == [f"lesswrong:{n + 1:017d}" for n in (1, 2, 4, 5)]


def test_json_that_breaks_off_gives_the_records_before_the_break(tmp_path: Path) -> None:
    whole = json.dumps(GRAPHQL)
    path = tmp_path / "comments.json"
    path.write_text(whole[: whole.index("Comment 5") + 4])
    readings = list(read(path))
    assert [document.text for document in documents(readings)] == ["Comment 1.", "Comment 2.", "Comment 4."]
    assert any("breaks off" in reason for reason in reasons(readings))


def test_a_dump_line_that_is_no_json_costs_one_line(tmp_path: Path) -> None:
    rows = [
        json.dumps({"type": "post", "_id": f"{n:017d}", "title": f"Post {n}", "html": "<p>x</p>"})
        for n in range(3)
    ]
    rows.insert(0, json.dumps({"type": "meta", "format": 1, "site": "https://www.lesswrong.com"}))
    rows[2] = rows[2][:40]
    path = tmp_path / "dump.jsonl"
    path.write_text("\n".join(rows))
    readings = list(read(path))
    assert [document.title for document in documents(readings)] == ["Post 0", "Post 2"]
    assert len(reasons(readings)) == 1


def test_a_comment_tree_nested_a_thousand_deep_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    text = ""
    for n in range(1, 1001):
        text += f'{{"_id":"{n:017d}","postId":"Qw8ZtYp2LmNxKv4Rs","baseScore":1,"htmlBody":"<p>{n}</p>",'
        text += '"children":['
    path.write_text(f'{{"data":{{"comments":{{"results":[{text}{"]}" * 1000}]}}}}}}')
    assert [document.text for document in documents(read(path))] == [str(n) for n in range(1, 1001)]


def test_a_quote_left_open_in_a_table_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = ['"_id","title","summary","pageUrl","author","karma","postedAt"']
    rows += [
        f'"{n:017d}","T{n}","Words {n}","https://www.lesswrong.com/posts/{n:017d}/x","Oda","{n}","2023-01-01"'
        for n in range(5)
    ]
    rows[3] = rows[3].replace('"Words 2"', '"Words 2')
    path.write_text("\r\n".join(rows))
    readings = list(read(path))
    assert [document.title for document in documents(readings)] == ["T0", "T1", "T3", "T4"]
    assert reasons(readings) == ["The row has a quotation mark that is not closed."]


def test_a_row_that_stands_twice_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    row = "00000000000000001,T,Words,https://www.lesswrong.com/posts/00000000000000001/x,Oda,-3,2023-01-01"
    path.write_text(f"_id,title,summary,pageUrl,author,karma,postedAt\n{row}\n{row}\n")
    readings = list(read(path))
    (post,) = documents(readings)
    assert (post.karma, post.id) == (-3.0, "lesswrong:00000000000000001")
    assert reasons(readings) == ["1 row is of a post that stands before; the first was kept."]


def test_a_book_gives_chapters_by_its_contents(tmp_path: Path) -> None:
    nav = (
        '<html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>'
        '<li><a href="one.xhtml">One</a></li><li><a href="two.xhtml#a">Two, first</a></li>'
        '<li><a href="two.xhtml#b">Two, second</a></li></ol></nav></body></html>'
    )
    parts = {
        "cover.xhtml": '<html xmlns:epub="x"><body epub:type="cover"><p>A Book</p></body></html>',
        "one.xhtml": PAGE.format("One", WORDS),
        "one-b.xhtml": f"<html><body><p>{WORDS}</p></body></html>",
        "two.xhtml": (
            f'<html><body><h2 id="a">Two, first</h2><p>{WORDS}</p>'
            f'<p><a id="b"></a>Begins. {WORDS}</p></body></html>'
        ),
        "gone.xhtml": "",
    }
    nav_item = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    path = book(tmp_path / "book.epub", {**parts, "nav.xhtml": nav}, [*parts, "missing.xhtml"], nav_item)
    readings = list(read(path))
    found = documents(readings)
    assert [document.title for document in found] == [
        "A Book: One",
        "A Book: Two, first",
        "A Book: Two, second",
    ]
    assert found[0].text.count("Some words") == 2
    assert found[2].text.startswith("Begins.")
    assert found[0].authors == ("Ada Bellweather",)
    assert len({document.id for document in found}) == 3
    said = reasons(readings)
    assert any("archive does not hold" in reason for reason in said)
    assert any("cover, contents or imprint" in reason for reason in said)


def test_names_that_lead_out_of_a_book_are_not_read(tmp_path: Path) -> None:
    path = book(
        tmp_path / "book.epub", {"one.xhtml": PAGE.format("One", WORDS)}, ["one.xhtml", "../../../etc/passwd"]
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../etc/passwd", "root:x")
        archive.writestr("/etc/shadow", "root:x")
        archive.writestr("C:\\evil.xhtml", PAGE.format("Evil", WORDS))
    readings = list(read(path))
    assert [document.title for document in documents(readings)] == ["A Book: One"]
    assert sum("leads out of the archive" in reason for reason in reasons(readings)) == 3
    assert not any("root:" in repr(reading) for reading in readings)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    parts = {"one.xhtml": PAGE.format("One", " " * (64 << 20)), "two.xhtml": PAGE.format("Two", WORDS)}
    readings = list(read(book(tmp_path / "bomb.epub", parts)))
    (reason,) = reasons(readings)
    assert "one.xhtml" in reason
    assert "ZIP bomb" in reason
    assert [reading.title for reading in readings if isinstance(reading, Document)] == ["A Book: Two"]


def test_a_part_that_lies_about_its_size_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_parts, "LARGEST_PART", 1000)
    path = book(
        tmp_path / "book.epub",
        {"one.xhtml": PAGE.format("One", WORDS), "two.xhtml": PAGE.format("Two", WORDS * 50)},
    )
    readings = list(read(path))
    assert [document.title for document in documents(readings)] == ["A Book: One"]
    assert any("ZIP bomb" in reason for reason in reasons(readings))


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_parts, "MOST_ENTRIES", 3)
    (reason,) = reasons(read(book(tmp_path / "book.epub", {"one.xhtml": PAGE.format("One", WORDS)})))
    assert "entries, more than 3" in reason


def test_a_broken_or_false_epub_is_a_sentence(tmp_path: Path) -> None:
    whole = book(tmp_path / "book.epub", {"one.xhtml": PAGE.format("One", WORDS)}).read_bytes()
    for number, data in enumerate((whole[:300], b"PK\x03\x04" + b"\0" * 500, b"no zip at all, only words")):
        path = tmp_path / f"{number}.epub"
        path.write_bytes(data)
        assert len(reasons(read(path))) == 1


def test_entities_in_a_book_s_package_are_not_expanded(tmp_path: Path) -> None:
    opf = package(["one.xhtml"]).replace("A Book", "A &x; Book")
    opf = f'<?xml version="1.0"?><!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/passwd">]>{opf}'
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/content.opf", opf)
        archive.writestr("OEBPS/one.xhtml", PAGE.format("One", WORDS))
    (chapter,) = documents(read(path))
    assert "root:" not in repr(chapter)


def test_a_book_without_a_package_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name in ("b", "a"):
            archive.writestr(f"{name}.xhtml", PAGE.format(name.upper(), WORDS))
    readings = list(read(path))
    assert [document.title for document in documents(readings)] == ["A", "B"]
    assert any("order of their names" in note for document in documents(readings) for note in document.notes)


def test_a_mime_save_without_a_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "page.mhtml"
    path.write_text(
        "From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n"
        "--B\nContent-Type: image/png\n\nx\n--B--\n"
    )
    assert reasons(read(path)) == ["The MIME file holds no web page."]


def test_articles_in_json_that_breaks_off_keep_what_is_whole(tmp_path: Path) -> None:
    rows = [
        {"title": f"T{n}", "url": f"https://example.org/{n}", "body": f"<p>{WORDS * 6}</p>"} for n in range(3)
    ]
    text = json.dumps(rows)
    path = tmp_path / "articles.json"
    path.write_text(text[: text.rindex("Some words")])
    readings = list(read(path))
    assert [document.id for document in documents(readings)] == ["example.org/0", "example.org/1"]
    assert any("breaks off" in reason for reason in reasons(readings))


def test_superscripts_are_powers_ordinals_or_marks_of_notes() -> None:
    markup = (
        "<p>10<sup>2</sup>, E=mc<sup>2</sup>, (a+b)<sup>2</sup>, x<sup>i</sup>, 2<sup>nd</sup>, "
        "CO<sub>2</sub>, x<sub>i</sub>, word<sup>3</sup>, (self-help)<sup>4</sup> and "
        "<a href='#fn5' role='doc-noteref'>5</a></p>"
    )
    assert html_to_blocks(markup)[0] == (
        "10^2, E=mc^2, (a+b)^2, x^i, 2nd, CO2, x_i, word[3], (self-help)[4] and [5]"
    )
