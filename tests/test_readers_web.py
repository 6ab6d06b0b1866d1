"""Saved pages, forum data and e-books: what each real sample gives, and what each kind of bad input does."""

from __future__ import annotations

import gzip
import json
import quopri
import re
import sys
import types
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.readers.source import SourceFile
from essaysearch.readers.table import sniff
from essaysearch.text.ids import digest
from shared import SAMPLES, needs_shared

PAGES = Path(__file__).parent / "fixtures" / "pages"

RECEPTIVE = "Computing_Receptive_Fields_of_Convolutional_Neural_Networks.html"
SAMPLE_TABLE = [
    ("lesswrong/graphql_raw_response.json", "graphql", {"post": 1}, []),
    ("lesswrong/graphql_parsed_output.json", "graphql", {"post": 1}, []),
    ("lesswrong/graphql_slug_test.json", "graphql", {}, ['Field "slug" is not defined by type']),
    ("lesswrong/alignment-forum-posts.csv", "forum-csv", {"post": 4274}, []),
    (
        "lesswrong/ai-alignment-papers.csv",
        "zotero-csv",
        {"abstract": 1592, "comment": 80},
        ["199 rows are of a work"],
    ),
    ("lesswrong/julia_galef.epub", "epub", {"post": 6, "comment": 33}, ["2 parts are a cover, contents"]),
    (
        "lesswrong/Luke_Meuhlauser.epub",
        "epub",
        {"post": 22, "comment": 191, "essay": 1},
        ["5 parts are a cover, contents"],
    ),
    (
        "lesswrong/foom_debate.epub",
        "epub",
        {"post": 61, "comment": 1413},
        ["2 parts are a cover", "1 post stands in the book twice", "26 comments stand in the book twice"],
    ),
    ("lesswrong/steering-gpt-2-xl-by-adding-an-activation-vector.md", "markdown", {"post": 1}, []),
    ("lesswrong/towards-a-new-impact-measure.md", "markdown", {"post": 1}, []),
    ("lesswrong/seeking-power-is-often-convergently-instrumental-in-mdps.md", "markdown", {"post": 1}, []),
    ("lesswrong/a-shot-at-the-diamond-alignment-problem.md", "markdown", {"post": 1}, []),
    ("essays/2011-04-27-manually-classifying-cifar10.markdown", "markdown", {"essay": 1}, []),
    ("essays/2014-04-26-datascience-weekly-interview.markdown", "markdown", {"essay": 1}, []),
    ("essays/2015-10-25-selfie.markdown", "markdown", {"essay": 1}, []),
    ("essays/3392-leadership-council.md", "markdown", {"page": 1}, []),
    (
        "essays/A_Discussion_of_Adversarial_Examples_Are_Not_Bugs_They_Are_Features_"
        "Discussion_and_Author_Responses.html",
        "html-essay",
        {"essay": 1},
        [],
    ),
    (f"essays/{RECEPTIVE}", "html-essay", {"essay": 1}, []),
    ("essays/aap.html", "html-essay", {"essay": 1}, []),
    ("essays/cliffsnotes.html", "html-essay", {"essay": 1}, []),
    ("essays/invtrend.html", "html-essay", {"essay": 1}, []),
    ("essays/loop.html", "html-essay", {"essay": 1}, []),
    ("essays/nov.html", "html-essay", {"essay": 1}, []),
    ("essays/ethics-life-house-believes-right-die.html", "html-essay", {"essay": 1}, []),
    ("essays/chapter-1.xhtml", "epub", {"essay": 1}, []),
    ("essays/chapter-2.xhtml", "epub", {"essay": 1}, []),
    ("essays/chapter-3.xhtml", "epub", {"essay": 1}, []),
    ("essays/endnotes.xhtml", "epub", {"essay": 1}, []),
    ("essays/content.opf", "epub", {}, ["lists an e-book's parts and holds no text"]),
    (
        "essays/posts.json",
        "article-json",
        {"essay": 204},
        ["3 articles stand in", "1 article has"],
    ),
    ("mbox/0205.html", "mail-page", {"message": 1}, []),
    (
        "mbox/CAJCH0yDfeosp3XHzvGtC8yoWBknycs4d-z1AkuHmZ0TvbSQ-kQ_mail.gmail.com.html",
        "mail-page",
        {"message": 1},
        [],
    ),
    ("mbox/index.html", "html-essay", {}, ["holds links to other pages and hardly any text of its own"]),
]


@cache
def sample(name: str) -> tuple[Reading, ...]:
    return tuple(read(SAMPLES / name))


def documents(readings: Iterable[Reading]) -> list[Document]:
    return [reading for reading in readings if isinstance(reading, Document)]


def reasons(readings: Iterable[Reading]) -> list[str]:
    return [reading.reason for reading in readings if isinstance(reading, Skipped)]


def by_id(readings: Iterable[Reading]) -> dict[str, Document]:
    return {document.id: document for document in documents(readings)}


def said(document: Document) -> list[tuple[str, int, str]]:
    """A document as (role, depth, text) block by block."""
    return [(block.role, block.depth, document.text[block.start : block.end]) for block in document.blocks]


def check_shape(document: Document) -> None:
    """What every reader owes: blocks in order that cover the text, sound dates, no parent that is itself."""
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        assert not document.text[end : block.start].strip()
        assert (block.voice == "quoted") == (block.depth > 0) or block.role == "furniture"
        end = block.end
    assert not document.text[end:].strip()
    assert document.text.strip() or TITLE_ONLY in document.notes
    assert document.parent != document.id
    assert document.date is None or document.date[:4].isdigit()
    assert set(document.authors_inferred) <= set(document.authors)
    json.dumps(dict(document.metadata))


@needs_shared
@pytest.mark.parametrize(
    ("name", "reader", "kinds", "skips"), SAMPLE_TABLE, ids=[row[0] for row in SAMPLE_TABLE]
)
def test_each_sample_gives_what_the_table_says(
    name: str, reader: str, kinds: dict[str, int], skips: list[str]
) -> None:
    assert sniff(SourceFile(str(SAMPLES / name))).name == reader
    readings = sample(name)
    found = documents(readings)
    assert Counter(document.kind for document in found) == kinds
    assert len({document.id for document in found}) == len(found)
    left_out = reasons(readings)
    assert len(left_out) == len(skips)
    for reason, expected in zip(left_out, skips, strict=True):
        assert expected in reason
    for document in found:
        check_shape(document)


@needs_shared
def test_the_table_names_every_sample_of_these_kinds() -> None:
    named = {row[0] for row in SAMPLE_TABLE}
    held = {
        f"{path.parent.name}/{path.name}"
        for folder in ("lesswrong", "essays")
        for path in (SAMPLES / folder).iterdir()
    }
    held |= {f"mbox/{path.name}" for path in (SAMPLES / "mbox").glob("*.html")}
    assert held == named


@needs_shared
def test_an_old_forum_comment_has_its_author_hour_karma_and_nested_quotes() -> None:
    comment = by_id(sample("lesswrong/foom_debate.epub"))["lesswrong:pcs"]
    assert (comment.authors, comment.karma, comment.title) == (("Eliezer_Yudkowsky",), 5.0, "Hard Takeoff")
    # The page's "time" attribute is ten hours early; what it shows is UTC.
    assert comment.date == "2008-12-03T08:42:56+00:00"
    assert [(role, depth) for role, depth, _ in said(comment)][:4] == [
        ("paragraph", 0),
        ("paragraph", 2),
        ("paragraph", 1),
        ("paragraph", 0),
    ]
    quoted = comment.blocks[1]
    assert digest(comment.text[quoted.start : quoted.end]) == "364aef89f7893605"


@needs_shared
def test_an_e_book_that_names_parents_gives_a_thread() -> None:
    found = by_id(sample("lesswrong/foom_debate.epub"))
    root = "overcomingbias.com/2014/07/30855.html"
    thread = [document for document in found.values() if document.thread == root and document.id != root]
    assert len(thread) == 163
    assert sum(1 for document in thread if document.parent != root) == 139
    answer = found[f"{root}#comment-1306423"]
    assert (answer.authors, answer.parent) == (("RobinHanson",), f"{root}#comment-1306337")
    assert not any("does not say which" in note for document in thread for note in document.notes)


@needs_shared
def test_windows_1252_in_an_e_book_is_read_and_said_once() -> None:
    readings = sample("lesswrong/foom_debate.epub")
    assert not any("\ufffd" in document.text or "â€" in document.text for document in documents(readings))
    (facts,) = [reading for reading in readings if isinstance(reading, SourceFacts)]
    assert facts.metadata["notes"] == [
        "in 43 of the book's 64 pages: read as Windows-1252: the bytes are not UTF-8"
    ]


@needs_shared
def test_deleted_accounts_leave_their_comments_without_an_author_and_say_so() -> None:
    found = by_id(sample("lesswrong/Luke_Meuhlauser.epub"))
    nameless = [document for document in found.values() if not document.authors]
    assert {document.id for document in nameless} == {"lesswrong:5awf", "lesswrong:3q8f", "lesswrong:7y2k"}
    assert all("account is gone" in document.notes[0] for document in nameless)


@needs_shared
def test_a_graphql_post_keeps_its_structure_and_numbers() -> None:
    (post,) = documents(sample("lesswrong/graphql_raw_response.json"))
    assert post.id == "lesswrong:uMQ3cqWDPHhjtiesc"
    assert (post.authors, post.date, post.karma) == (
        ("Eliezer Yudkowsky",),
        "2022-06-05T22:05:52+00:00",
        956.0,
    )
    assert len(post.text.split()) == pytest.approx(9087, abs=30)
    assert Counter(block.role for block in post.blocks) == {"paragraph": 17, "list": 7, "heading": 4}
    starts = [post.text[block.start :].split(".")[0] for block in post.blocks if block.role == "list"]
    assert starts[:2] == ["1", "10"]


@needs_shared
def test_a_table_of_posts_says_which_are_cut_short() -> None:
    found = by_id(sample("lesswrong/alignment-forum-posts.csv"))
    assert min(document.karma or 0 for document in found.values()) == -7
    assert sum(1 for document in found.values() if document.metadata.get("excerpt")) == 4186
    assert sum(1 for document in found.values() if TITLE_ONLY in document.notes) == 37
    assert all(document.metadata["alignment_forum"] is True for document in found.values())


@needs_shared
def test_zotero_gives_works_by_their_lasting_names_and_a_reviewer_s_comments() -> None:
    found = by_id(sample("lesswrong/ai-alignment-papers.csv"))
    assert sum(1 for name in found if name.startswith("arxiv:")) == 777
    comments = [document for document in found.values() if document.kind == "comment"]
    assert {document.authors_inferred for document in comments} == {("Rohin Shah",)}
    assert all(document.parent in found for document in comments)


@needs_shared
def test_graham_s_pages_without_paragraphs_give_date_notes_and_thanks() -> None:
    (essay,) = documents(sample("essays/invtrend.html"))
    assert (essay.date, essay.title) == ("2013-06", "Startup Investing Trends")
    assert essay.authors_inferred == ("Paul Graham",)
    notes = [text for role, _, text in said(essay) if role == "note"]
    labels = [text[:3] for text in notes if text.startswith("[")]
    assert labels == [f"[{number}]" for number in range(1, 8)]
    assert essay.text[essay.blocks[-1].start :].startswith("Thanks to ")
    assert "[1]" in essay.text[: essay.blocks[3].end]
    assert not any("\n" in text for _, _, text in said(essay))


@needs_shared
def test_a_guest_s_page_on_graham_s_site_is_the_guest_s() -> None:
    (essay,) = documents(sample("essays/loop.html"))
    assert essay.authors == essay.authors_inferred == ("Dan Weinreb",)


@needs_shared
def test_distill_gives_formulas_tables_notes_and_authors_in_order() -> None:
    (essay,) = documents(sample(f"essays/{RECEPTIVE}"))
    assert essay.authors == ("André Araujo", "Wade Norris", "Jack Sim")
    assert essay.metadata["origins"]["authors"] == "byline"
    roles = Counter(block.role for block in essay.blocks)
    assert (roles["heading"], roles["table"], roles["note"]) == (12, 2, 23)
    assert r"$r_{L-1} = k_{L}$" in essay.text
    # Labels of drawings and empty citations leave nothing behind.
    assert "Kernel Size" not in essay.text
    assert not re.search(r"[a-z]{7} ,", essay.text)


@needs_shared
def test_a_debate_is_laid_out_as_points_and_counterpoints() -> None:
    (debate,) = documents(sample("essays/ethics-life-house-believes-right-die.html"))
    headings = [text for role, _, text in said(debate) if role == "heading"]
    assert headings.index("Points for") < headings.index("Points against")
    assert headings.count("Counterpoint") == 7
    assert sum(1 for role, _, text in said(debate) if role == "note" and text.startswith("[i")) >= 13


@needs_shared
def test_a_chapter_takes_author_and_book_from_the_package_beside_it() -> None:
    (chapter,) = documents(sample("essays/chapter-1.xhtml"))
    book = "standardebooks.org/ebooks/bertrand-russell/the-problems-of-philosophy"
    assert chapter.id == f"{book}#chapter-1"
    assert chapter.title == "The Problems of Philosophy: I: Appearance and Reality"
    assert chapter.authors == ("Bertrand Russell",)
    assert chapter.date is None
    assert said(chapter)[0][0] == "paragraph"


@needs_shared
def test_an_archive_s_message_page_is_a_message_with_voices() -> None:
    (message,) = documents(sample("mbox/0205.html"))
    assert message.id == "mail:20030716160106.GC25151@ucar.edu"
    assert (message.authors, message.date) == (("Brian Eaton",), "2003-07-16T10:01:06-06:00")
    assert {block.speaker for block in message.blocks if block.depth == 1} == {"Jonathan Gregory"}


@needs_shared
def test_an_archive_s_message_that_bears_its_root_s_id_gets_another() -> None:
    (path,) = (SAMPLES / "mbox").glob("CAJCH0*.html")
    (message,) = documents(read(path))
    assert message.parent == "mail:EEF23BC3-7ADD-4A1F-839A-C354064839BE@lukasa.co.uk"
    assert message.thread != message.id
    assert message.date == "2015-11-15T10:48:32-08:00"
    assert "another id was made" in message.notes[0]


def test_a_forum_page_gives_the_post_and_each_comment() -> None:
    readings = list(read(PAGES / "lesswrong_post.html"))
    found = by_id(readings)
    post = found["lesswrong:Qw8ZtYp2LmNxKv4Rs"]
    assert (post.kind, post.title, post.authors) == (
        "post",
        "Lighthouse keepers and warnings",
        ("Imre Valdestam",),
    )
    assert (post.date, post.karma) == ("2023-03-14T09:26:53+00:00", 88.0)
    assert post.categories == ("Forecasting", "Institution Design")
    assert said(post) == [
        (
            "paragraph",
            0,
            "Every lighthouse keeper on the northern coast wrote a log. "
            "The logs say when the lamp was lit, and almost never why.[1]",
        ),
        ("heading", 0, "A small model"),
        ("paragraph", 0, "Let the chance of a ship be $p = 0.02$ on any night. Then:"),
        (
            "list",
            0,
            "- a lamp costs one unit of oil,\n- a wreck costs a thousand,\n"
            "  - and a wreck in winter twice that.",
        ),
        ("paragraph", 1, "Light it whenever you would regret not having lit it."),
        ("paragraph", 0, "That advice is from my grandmother & not from a manual."),
        ("paragraph", 0, "In the end the lamp was electric."),
        ("table", 0, "Night | Lamp\n1 | lit"),
        ("code", 0, "lit = oil > 0\n  and fog"),
        ("note", 0, '[1] One log of 1871 gives the reason "habit".'),
    ]
    comment = found["lesswrong:aB3dE5fG7hJ9kL2mN"]
    assert (comment.authors, comment.karma, comment.parent) == (("Tessaly Quorn",), 31.0, post.id)
    assert comment.metadata["agreement"] == -4
    assert comment.url == f"{post.url}?commentId=aB3dE5fG7hJ9kL2mN"
    assert [(role, depth) for role, depth, _ in said(comment)] == [
        ("paragraph", 1),
        ("paragraph", 2),
        ("paragraph", 0),
    ]
    answer = found["lesswrong:bC4eF6gH8jK2lM3nP"]
    assert (answer.parent, answer.thread, answer.karma) == (comment.id, post.id, -2.0)
    nameless = found["lesswrong:cD5fG7hJ9kL3mN4pQ"]
    assert nameless.authors == ()
    assert nameless.parent == answer.id
    assert all(document.title == post.title for document in found.values())


def test_a_deleted_comment_is_named_and_its_answers_keep_their_place() -> None:
    readings = list(read(PAGES / "lesswrong_post.html"))
    (gone,) = [reading for reading in readings if isinstance(reading, Skipped)]
    assert (gone.reason, gone.place) == ("The comment was deleted.", "comment dE6gH8jK2lM4nP5qR")
    below = by_id(readings)["lesswrong:eF7hJ9kL3mN5pQ6rS"]
    assert below.parent == "lesswrong:dE6gH8jK2lM4nP5qR"


def test_a_comment_cut_to_a_line_is_completed_from_the_page_s_own_data() -> None:
    below = by_id(read(PAGES / "lesswrong_post.html"))["lesswrong:eF7hJ9kL3mN5pQ6rS"]
    assert below.text.endswith("The same holds for alarms that nobody audits.")
    assert not below.notes


def test_a_comment_cut_to_a_line_says_so_where_nothing_completes_it(tmp_path: Path) -> None:
    page = (PAGES / "lesswrong_post.html").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(page.replace('"comment":[', '"other":['), encoding="utf-8")
    below = by_id(read(path))["lesswrong:eF7hJ9kL3mN5pQ6rS"]
    assert below.text == "A keeper who lights the lamp every night learns nothing"
    assert below.notes == ("The saved page shows only the beginning of this comment.",)


def test_a_user_s_page_gives_comments_on_several_posts_and_the_parent_it_shows() -> None:
    found = by_id(read(PAGES / "lesswrong_user_comments.html"))
    assert Counter(document.title for document in found.values()) == {"On tides": 2, "Counting gulls": 1}
    answer = found["lesswrong:qQ1wE2rT3yU4iO5pA"]
    assert (answer.parent, answer.karma) == ("lesswrong:pPaR3nTc0mM3nT111", 17.0)
    assert found[str(answer.parent)].authors == ("Ruslan Feyd",)
    assert (
        answer.url == "https://www.lesswrong.com/posts/Hx5TyUi8OpAs3DfGh/on-tides?commentId=qQ1wE2rT3yU4iO5pA"
    )


def test_a_page_of_2020_takes_the_date_from_the_client_s_state() -> None:
    found = by_id(read(PAGES / "lesswrong_2020.html"))
    assert found["lesswrong:Lq3Wr4Et5Ry6Tu7Yi"].date == "2020-02-08T21:15:00+00:00"
    assert found["lesswrong:Zx9CvBn8MaSd7FgHj"].date == "2020-02-08"


def test_renamed_classes_do_not_lose_a_thread() -> None:
    found = by_id(read(PAGES / "lesswrong_renamed.html"))
    assert [document.source for document in found.values()] == ["eaforum"] * 3
    first, second = found["eaforum:Vb1Nm2Qw3Er4Ty5Ui"], found["eaforum:Wc2Mq3We4Rt5Yu6Io"]
    assert (first.authors, first.date, first.karma) == (("Ilse Torvag",), "2024-05-06T07:08:09+00:00", 8.0)
    assert said(first) == [
        ("paragraph", 1, "dredging is loud"),
        ("paragraph", 0, "Only by day."),
        ("paragraph", 0, "At night the barges leave."),
    ]
    assert second.parent == first.id


def test_answers_to_a_question_are_parents_of_what_stands_below_them() -> None:
    found = by_id(read(PAGES / "lesswrong_question.html"))
    question = found["lesswrong:Ty7Ui8Op9As1Df2Gh"]
    assert question.authors == ("Imre Valdestam", "Ilse Torvag")
    assert question.source == "alignmentforum"
    answer = found["lesswrong:Gh3Jk4Lz5Xc6Vb7Nm"]
    assert answer.metadata["answer"] is True
    assert found["lesswrong:Hj4Kl5Zx6Cv7Bn8Mq"].parent == answer.id


def test_greaterwrong_shows_the_same_documents_under_the_same_ids() -> None:
    readings = list(read(PAGES / "greaterwrong_post.html"))
    found = by_id(readings)
    post = found["lesswrong:Mn8Bv7Cx6Za5Qw4Er"]
    assert (post.authors, post.date, post.karma) == (("Pell Arnarson",), "2010-01-01T00:00:00+00:00", 53.0)
    assert post.url == "https://www.lesswrong.com/posts/Mn8Bv7Cx6Za5Qw4Er/ropes-and-promises"
    comment = found["lesswrong:Aa1Bb2Cc3Dd4Ee5Ff"]
    assert (comment.authors, comment.karma, comment.metadata["agreement"]) == (("Oda Brennick",), -3.0, 7.0)
    assert found["lesswrong:Gg6Hh7Ii8Jj9Kk1Ll"].parent == comment.id
    assert reasons(readings) == ["The comment was deleted."]


def test_a_page_from_before_2018_has_short_numbers_and_the_hours_it_shows() -> None:
    readings = list(read(PAGES / "lesswrong_2012.html"))
    found = by_id(readings)
    assert list(found) == ["lesswrong:lw/9zz", "lesswrong:7aa", "lesswrong:7bb"]
    comment = found["lesswrong:7aa"]
    assert (comment.authors, comment.date, comment.karma) == (("odab",), "2012-04-10T12:31:12+00:00", 27.0)
    assert found["lesswrong:7bb"].parent == comment.id
    assert found["lesswrong:7bb"].karma == -1
    assert reasons(readings) == ["The comment was deleted."]


def test_an_arxiv_page_is_one_abstract_with_its_first_date() -> None:
    (paper,) = documents(read(PAGES / "arxiv_abs.html"))
    assert paper.id == "arxiv:2311.04567"
    assert (paper.authors, paper.date) == (("Tessaly Quorn", "Pell Arnarson"), "2023-11-08T10:11:12+00:00")
    assert paper.categories == ("physics.data-an", "cs.LG")
    assert paper.metadata["version"] == 2
    assert (
        paper.text
        == "We watch a gauge for $10^4$ tides and it does not complain. We ask why & answer in part."
    )


def test_an_arxiv_listing_gives_every_entry_and_says_when_authors_are_hidden() -> None:
    first, second = documents(read(PAGES / "arxiv_list.html"))
    assert (first.id, first.title, first.date) == ("arxiv:2402.00011", "A gauge that counts gulls", "2024-02")
    assert not first.authors_complete
    assert first.authors == ("Ilse Torvag", "Ruslan Feyd")
    assert (second.text, second.title, second.authors_complete) == ("", "Ropes as promises", True)


def test_a_page_saved_as_mime_reads_as_the_page_does(tmp_path: Path) -> None:
    page = (PAGES / "greaterwrong_post.html").read_bytes()
    path = tmp_path / "page.mhtml"
    path.write_bytes(mime(page, "https://www.greaterwrong.com/posts/Mn8Bv7Cx6Za5Qw4Er/ropes-and-promises"))
    assert sniff(SourceFile(str(path))).name == "mhtml"
    inside, plain = by_id(read(path)), by_id(read(PAGES / "greaterwrong_post.html"))
    assert {name: document.text for name, document in inside.items()} == {
        name: document.text for name, document in plain.items()
    }
    packed = tmp_path / "page.mhtml.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert by_id(read(packed)).keys() == plain.keys()


def test_a_mime_save_tells_the_address_that_the_page_has_lost(tmp_path: Path) -> None:
    page = (PAGES / "blog_article.html").read_text(encoding="utf-8")
    path = tmp_path / "essay.mht"
    path.write_bytes(
        mime(page.encode("cp1252"), "https://example.org/2016/05/against-clocks/", "windows-1252")
    )
    essay, *_ = documents(read(path))
    assert essay.id == "example.org/2016/05/against-clocks"
    assert essay.metadata["origins"]["url"] == "the saving program's comment"
    assert "“truth”" in essay.text


def mime(page: bytes, address: str, charset: str = "utf-8") -> bytes:
    """A page as a browser saves it in one file."""
    fields = (
        "From: <Saved by Blink>",
        f"Snapshot-Content-Location: {address}",
        "Subject: A page",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--B--"',
        "\r\n----B--",
        f"Content-Type: text/html; charset={charset}",
        "Content-Transfer-Encoding: quoted-printable",
        f"Content-Location: {address}",
        "\r\n",
    )
    body = quopri.encodestring(page).replace(b"\n", b"\r\n")
    tail = b"\r\n----B--\r\nContent-Type: image/png\r\n\r\niVBORw0K\r\n----B----\r\n"
    return "\r\n".join(fields).encode() + body + tail


def test_a_blog_s_article_and_its_comments_are_told_from_what_surrounds_them() -> None:
    article, first, second = documents(read(PAGES / "blog_article.html"))
    assert (article.title, article.authors) == ("Against Clocks", ("Mira Oakshott",))
    assert article.date == "2016-05-04T09:00:00+00:00"
    assert said(article) == [
        ("paragraph", 0, "Clocks agree with each other and with nothing else. That is a virtue."),
        ("paragraph", 0, "Accuracy is not “truth”;\nneither is punctuality."),
    ]
    assert said(first) == [("paragraph", 1, "Clocks agree"), ("paragraph", 0, "Mine do not.")]
    assert (first.authors, first.parent) == (("Tobin Hale",), article.id)
    assert (second.parent, second.date) == (first.id, "2016-05-05T12:00:00+00:00")


def test_prose_in_pre_is_prose_and_a_signature_line_is_author_and_date(tmp_path: Path) -> None:
    path = tmp_path / "kettles.htm"
    path.write_text(
        "<HTML><HEAD><TITLE>The Argument from Kettles</TITLE></HEAD><BODY><H1>The Argument from Kettles</H1>"
        "<I>Isidore Plum, March 1997</I><HR><PRE>\nA watched kettle boils when an unwatched one does.\n"
        "This has been tested.  What has not been tested is whether the watcher\narrives in time.\n\n"
        "I want to argue that the proverb is about the watcher.  It says that\nwaiting is long.\n</PRE>"
        '<A HREF="index.html">Back</A></BODY></HTML>',
        encoding="utf-8",
    )
    (essay,) = documents(read(path))
    assert (essay.authors, essay.date) == (("Isidore Plum",), "1997-03")
    assert [role for role, _, _ in said(essay)] == ["paragraph", "paragraph"]
    assert "\n" not in said(essay)[0][2]


def test_trafilatura_is_asked_only_where_the_page_is_not_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def extract(markup: str, **_: object) -> str:
        asked.append(markup)
        return (
            "<html><body><p>"
            + "A sentence that another program found on the page. " * 4
            + "</p></body></html>"
        )

    module = types.ModuleType("trafilatura")
    module.extract = extract  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "trafilatura", module)
    assert documents(read(PAGES / "blog_article.html"))
    assert asked == []
    scraps = "".join(f"<div>bit {number}</div>" for number in range(3))
    unclear = tmp_path / "unclear.html"
    unclear.write_text(
        f"<html><body><div>{scraps}<p>{'One long sentence stands here. ' * 4}</p></div></body></html>",
        encoding="utf-8",
    )
    (page,) = documents(read(unclear))
    assert len(asked) == 1
    assert page.text.startswith("A sentence that another program found")

    def trips(markup: str, **_: object) -> str:
        raise KeyError("hi")

    module.extract = trips  # type: ignore[attr-defined]
    (page,) = documents(read(unclear))
    assert "One long sentence stands here." in page.text
    assert page.notes == ("trafilatura could not read the page: KeyError: 'hi'",)


def test_the_same_address_is_the_same_id_whichever_way_it_is_written() -> None:
    ids = {
        "https://arxiv.org/abs/2401.05566v3": "arxiv:2401.05566",
        "http://arxiv.org/pdf/2401.05566.pdf": "arxiv:2401.05566",
        "https://www.alignmentforum.org/posts/uMQ3cqWDPHhjtiesc/agi-ruin": "lesswrong:uMQ3cqWDPHhjtiesc",
        "https://www.greaterwrong.com/posts/uMQ3cqWDPHhjtiesc/agi-ruin": "lesswrong:uMQ3cqWDPHhjtiesc",
        "https://forum-bots.effectivealtruism.org/posts/uMQ3cqWDPHhjtiesc/x?commentId=aB3dE5fG7hJ9kL2mN": (
            "eaforum:aB3dE5fG7hJ9kL2mN"
        ),
        "http://lesswrong.com/lw/m0m/16_types/c8ow": "lesswrong:c8ow",
        "https://www.example.org/essays/doubt/?utm_source=feed&page=2#top": "example.org/essays/doubt?page=2",
        "http://paulgraham.com/hs.html": "paulgraham.com/hs.html",
    }
    assert {address: id_of_address(address) for address in ids} == ids
    assert id_of_address("mailto:a@b.c") is None


def test_graphql_answers_of_both_shapes_give_posts_and_comments(tmp_path: Path) -> None:
    post = {
        "_id": "Qw8ZtYp2LmNxKv4Rs", "slug": "lamps", "title": "Lamps", "postedAt": "2023-03-14T09:26:53.000Z",
        "pageUrl": "https://forum-bots.effectivealtruism.org/posts/Qw8ZtYp2LmNxKv4Rs/lamps", "baseScore": 12,
        "contents": {"html": "<p>One lamp &amp;amp; another.</p>"}, "user": {"displayName": "Imre Valdestam"},
        "coauthors": [{"displayName": "Oda Brennick"}], "tags": [{"name": "Light"}], "af": False,
    }  # fmt: skip
    comment = {
        "_id": "aB3dE5fG7hJ9kL2mN", "postId": "Qw8ZtYp2LmNxKv4Rs", "parentCommentId": "never0000came0000",
        "postedAt": "2023-03-15T00:00:00.000Z", "baseScore": -4, "user": None,
        "htmlBody": "<blockquote><p>One lamp</p></blockquote><p>Two.</p>",
        "post": {"_id": "Qw8ZtYp2LmNxKv4Rs", "title": "Lamps", "slug": "lamps"},
        "pageUrl": "https://forum.effectivealtruism.org/posts/Qw8ZtYp2LmNxKv4Rs/lamps?commentId=aB3dE5fG7hJ9kL2mN",
        "extendedScore": {"agreement": 3, "reacts": {"agree": [{"userId": "u"}]}},
    }  # fmt: skip
    deleted = {**comment, "_id": "dE6gH8jK2lM4nP5qR", "deleted": True}
    path = tmp_path / "answer.json"
    path.write_text(
        json.dumps({"data": {"post": {"result": post}, "comments": {"results": [comment, deleted, comment]}}})
    )
    readings = list(read(path))
    first, second = documents(readings)
    assert (first.id, first.text) == ("eaforum:Qw8ZtYp2LmNxKv4Rs", "One lamp &amp; another.")
    assert first.authors == ("Imre Valdestam", "Oda Brennick")
    assert first.url == "https://forum.effectivealtruism.org/posts/Qw8ZtYp2LmNxKv4Rs/lamps"
    assert second.parent == "eaforum:never0000came0000"
    assert (second.thread, second.title, second.karma) == (first.id, "Lamps", -4.0)
    assert said(second) == [("paragraph", 1, "One lamp"), ("paragraph", 0, "Two.")]
    assert second.metadata["reacts"] == {"agree": 1}
    assert second.authors == ()
    assert reasons(readings) == [
        "1 comment was deleted.",
        "1 record stands in the file twice; the first was kept.",
    ]


def test_the_public_dump_is_read_line_by_line_with_its_first_line_as_facts(tmp_path: Path) -> None:
    rows = [
        {"type": "meta", "format": 1, "site": "https://forum.effectivealtruism.org", "license": "own"},
        {"type": "post", "_id": "Qw8ZtYp2LmNxKv4Rs", "title": "Lamps", "slug": "lamps", "html": "<p>Lit.</p>",
         "postedAt": "2023-03-14", "author": "Imre Valdestam", "karma": 3},
        {"type": "comment", "_id": "aB3dE5fG7hJ9kL2mN", "postId": "Qw8ZtYp2LmNxKv4Rs", "html": "<p>Out.</p>",
         "postedAt": "2023-03-15", "author": "Oda Brennick", "parentCommentId": None},
    ]  # fmt: skip
    path = tmp_path / "dump.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    facts, post, comment = read(path)
    assert isinstance(facts, SourceFacts)
    assert facts.metadata["license"] == "own"
    assert isinstance(post, Document)
    assert isinstance(comment, Document)
    assert (post.id, post.karma, post.source) == ("eaforum:Qw8ZtYp2LmNxKv4Rs", 3.0, "eaforum")
    assert (comment.title, comment.parent, comment.authors) == ("Lamps", post.id, ("Oda Brennick",))


def test_a_permalinked_comment_that_stands_twice_is_one(tmp_path: Path) -> None:
    page = (PAGES / "lesswrong_post.html").read_text(encoding="utf-8")
    begin = page.index('<div class="comments-node CommentFrame-commentsNodeRoot')
    end = page.index('<div class="CommentsNode-children">', begin)
    shown = page[begin:end].replace(' id="aB3dE5fG7hJ9kL2mN"', "") + "</div>"
    path = tmp_path / "permalink.html"
    path.write_text(
        page.replace('<div class="LWPostsPageHeader-root">', f"{shown}<div>", 1), encoding="utf-8"
    )
    found = documents(read(path))
    assert Counter(document.id for document in found) == dict.fromkeys(
        by_id(read(PAGES / "lesswrong_post.html")), 1
    )


def test_greaterwrong_s_page_of_a_user_names_posts_and_comments_answered() -> None:
    first, second = documents(read(PAGES / "greaterwrong_user.html"))
    assert (first.title, first.parent) == ("Ropes and promises", "lesswrong:Zz9Yy8Xx7Ww6Vv5Uu")
    assert (second.title, second.parent) == ("Wells", "lesswrong:Nn8Bv7Cx6Za5Qw4Er")
    assert first.authors == second.authors == ("Oda Brennick",)


def test_a_blog_that_links_to_the_forum_is_not_a_page_of_the_forum(tmp_path: Path) -> None:
    page = (PAGES / "blog_article.html").read_text(encoding="utf-8")
    link = (
        '<a href="https://www.lesswrong.com/posts/Qw8ZtYp2LmNxKv4Rs/x?commentId=aB3dE5fG7hJ9kL2mN">there</a>'
    )
    path = tmp_path / "blog.html"
    path.write_text(
        page.replace("<p>Accuracy", f'<p class="comment-item">See {link}.</p><p>Accuracy'), encoding="utf-8"
    )
    article, *comments = documents(read(path))
    assert article.title == "Against Clocks"
    assert not any(document.id.startswith("lesswrong:") for document in (article, *comments))


def test_pipermail_s_and_mhonarc_s_pages_are_messages() -> None:
    (first,) = documents(read(PAGES / "pipermail.html"))
    assert (first.id, first.authors) == ("mail:12345.abc@example.org", ("Oda Brennick",))
    assert (first.date, first.title) == ("2003-01-08T10:11:12+01:00", "rounding in tides")
    assert [(block.depth, block.speaker) for block in first.blocks if block.depth] == [(1, "Pell Arnarson")]
    (second,) = documents(read(PAGES / "mhonarc.html"))
    assert (second.id, second.parent) == ("mail:m2@example.org", "mail:m1@example.org")
    assert second.authors == ("Peel B",)


def test_a_post_and_a_comment_from_before_2018_with_one_number_are_two_documents() -> None:
    assert id_of_address("http://lesswrong.com/lw/pcs/a_post/") == "lesswrong:lw/pcs"
    assert id_of_address("http://lesswrong.com/lw/wf/hard_takeoff/pcs") == "lesswrong:pcs"


def test_graham_s_drawn_title_stands_in_for_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "lamp.html"
    path.write_text(
        '<html><body background="https://sep.yimg.com/ca/I/paulgraham_2271_0"><table><tr><td>'
        '<img src="t.gif" alt="On Lamps"><font face="verdana" size=2>May 2008<br><br>A lamp is a promise '
        "that somebody made to the dark.<br><br>It is kept by oil, and a little by habit; the rest is "
        "glass.<br><br></font></td></tr></table></body></html>",
        encoding="utf-8",
    )
    (essay,) = documents(read(path))
    assert (essay.title, essay.date, essay.id) == ("On Lamps", "2008-05", "paulgraham.com/lamp.html")
    assert len(essay.blocks) == 2


def test_a_page_of_hacker_news_is_its_story_and_its_comments() -> None:
    found = list(read(str(PAGES / "hackernews_story.html")))
    documents = [reading for reading in found if isinstance(reading, Document)]
    assert [(one.id, one.parent, one.thread, one.authors) for one in documents] == [
        ("hn:101", None, "hn:101", ("wick",)),
        ("hn:102", "hn:101", "hn:101", ("fenn",)),
        ("hn:103", "hn:102", "hn:101", ("wick",)),
        ("hn:105", "hn:101", "hn:101", ("quill",)),
    ]
    story, doubt, _, old = documents
    assert (story.title, story.karma, story.date) == ("On ladders", 57, "2024-01-10T12:00:00+00:00")
    assert story.metadata == {"link": "https://lamplight.example/ladders", "comments": 34}
    assert story.text == "Some words.\n\nAnd more of them."
    assert (doubt.date, old.date) == ("2024-01-10T13:00:00+00:00", None)
    assert doubt.text.startswith(
        "Some words.\n\nI doubt that. See https://lamplight.example/a-very-long-addr"
    )
    assert [(block.role, block.voice) for block in doubt.blocks] == [
        ("paragraph", "quoted"),
        ("paragraph", "own"),
        ("code", "own"),
    ]
    assert old.text == "An old build.\n\nTwo paragraphs."
    skipped = [reading for reading in found if isinstance(reading, Skipped)]
    assert [(one.reason, one.place) for one in skipped] == [
        ("1 item was deleted or flagged and left out.", "hn:104")
    ]


def test_a_comment_s_own_page_of_hacker_news_names_its_parent_and_its_story() -> None:
    found = list(read(str(PAGES / "hackernews_comment.html")))
    assert [(one.id, one.parent, one.thread) for one in found if isinstance(one, Document)] == [
        ("hn:102", "hn:101", "hn:100"),
        ("hn:103", "hn:102", "hn:100"),
    ]
