"""Files of the wild: what people really have of each kind, in small files made up here."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Skipped
from essaysearch.readers import tex

Write = Callable[[str, str], Path]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


def documents(path: Path) -> list[Document]:
    return [reading for reading in read(path) if isinstance(reading, Document)]


def test_references_of_the_wild_keep_names_keywords_and_addresses_apart(file: Write) -> None:
    ris = (
        "TY  - JOUR\nTI  - On gulls\nAU  - King, Ada, Jr.\nKW  - rope\nknots\nKW  - *gulls\n"
        "UR  - http://e.example/1;http://e.example/2\nAB  - They sing.\nER  - \n"
    )
    (one,) = documents(file("wild.ris", ris))
    assert (one.authors, one.categories, one.url) == (
        ("Ada King Jr.",),
        ("rope", "knots", "gulls"),
        "http://e.example/1",
    )
    (one,) = documents(
        file(
            "one.nbib",
            "PMID- 12345678\nTI  - On gulls.\nFAU - King, Ada B\nAU  - King AB\nAB  - They sing.\n",
        )
    )
    assert (one.id, one.authors) == ("pmid:12345678", ("Ada B King",))


def test_entries_of_the_wild_are_read_without_a_key_without_its_comma_and_with_commas_in_front(
    file: Write,
) -> None:
    entries = (
        "@book{,\n  title = {One}, year = 2001\n}\n"
        "@book{\n  title = {Two}, year = 2002\n}\n"
        "@book{three\n  title = {Three}, year = 2003\n}\n"
        "@book{four\n, title = {Four}\n, year = 2004\n}\n"
    )
    for form in (entries, entries[entries.index("@book{\n") :], entries[entries.index("@book{three") :]):
        found = documents(file("wild.bib", form))
        assert [document.title for document in found] == ["One", "Two", "Three", "Four"][-len(found) :]
        assert len(found) == form.count("@book")
        assert [document.date for document in found] == ["2001", "2002", "2003", "2004"][-len(found) :]


def test_entities_in_a_bibliography_are_decoded_bare_or_escaped_and_tags_go(file: Write) -> None:
    entry = (
        "@article{a, title = {Gulls {\\&}amp; <i>Knots</i>}, journal = {Sea &amp; Shore},\n"
        "  keywords = {H<sub>2</sub>O, pins}, abstract = {The &#8220;old&#8221; knot, {{\\&}}{{\\#}}8217;tis"
        " &lt;5 cm; R&D and AT&T.}}\n"
    )
    (one,) = documents(file("wild.bib", entry))
    assert (one.title, one.metadata["journal"]) == ("Gulls & Knots", "Sea & Shore")
    assert one.categories == ("H2O", "pins")
    assert one.text == "The “old” knot, ’tis <5 cm; R&D and AT&T."


def test_what_web_of_science_exports_is_read_as_references(file: Write) -> None:
    export = (
        "FN Some Service\nVR 1.0\nPT J\nAU King, A\n   Moor, B\nAF King, Ada\n   Moor, Bea\nTI On the knots\n"
        "   of gulls\nSO SHORE\nDE rope; gulls\nAB They sing\n   at noon.\nPY 2004\nVL 3\nDI 10.1234/knot.5\n"
        "DA 2019-03-18\nER\n\nPT J\nAU Moor, B\nTI Alone\nPY 2005\nER\n\nEF\n"
    )
    one, two = documents(file("savedrecs.txt", export))
    assert (one.id, one.title, one.authors) == (
        "doi:10.1234/knot.5",
        "On the knots of gulls",
        ("Ada King", "Bea Moor"),
    )
    assert (one.date, one.text, one.categories) == ("2004", "They sing at noon.", ("rope", "gulls"))
    assert (two.title, two.authors, two.date) == ("Alone", ("B Moor",), "2005")


def test_a_tagged_reference_may_begin_without_its_kind_and_its_address_without_a_scheme(file: Write) -> None:
    ris = "JF  - Shore\nT1  - On gulls\nAU  - King, Ada\nUR  - //shore.example/1\nN2  - They sing.\nER  - \n"
    (one,) = documents(file("cut.ris", ris))
    assert (one.title, one.authors, one.url) == ("On gulls", ("Ada King",), "https://shore.example/1")


def test_what_endnote_exports_as_xml_is_read_as_references(file: Write) -> None:
    record = """<?xml version="1.0"?><xml><records><record><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">King, Ada</style></author><author>Moor, B. C.</author></authors>
</contributors><titles><title><style>On the knots of </style><style face="italic">gulls</style></title>
<secondary-title>Shore</secondary-title></titles><dates><year>2015</year><pub-dates><date>Mar 3</date></pub-dates></dates>
<keywords><keyword>rope</keyword></keywords><abstract>They sing.&#xD;They rest.</abstract>
<electronic-resource-num>https://doi.org/10.1234/knot.5</electronic-resource-num></record></records></xml>"""
    (one,) = documents(file("library.xml", record))
    assert (one.id, one.title) == ("doi:10.1234/knot.5", "On the knots of gulls")
    assert (one.authors, one.date) == (("Ada King", "B. C. Moor"), "2015-03-03")
    assert (one.text, one.metadata["journal"]) == ("They sing.\n\nThey rest.", "Shore")
    assert one.categories == ("rope",)


def test_what_pubmed_exports_as_xml_keeps_the_parts_of_the_abstract_and_its_dates(file: Write) -> None:
    article = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "http://dtd.example/pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">12345</PMID><DateRevised><Year>2020</Year>
</DateRevised><Article><Journal><JournalIssue><PubDate>%s</PubDate></JournalIssue><Title>Shore</Title></Journal>
<ArticleTitle>On <i>Larus</i> knots.</ArticleTitle>
<Abstract><AbstractText Label="AIMS">To see.</AbstractText><AbstractText Label="RESULTS">H<sub>2</sub>O was
 seen.</AbstractText></Abstract><AuthorList><Author><LastName>King</LastName><ForeName>Ada</ForeName></Author>
<Author><CollectiveName>The Knot Group</CollectiveName></Author></AuthorList></Article></MedlineCitation>
<PubmedData><ReferenceList><Reference><Citation>Other.</Citation></Reference></ReferenceList></PubmedData>
</PubmedArticle></PubmedArticleSet>"""
    parts = "<Year>2015</Year><Month>Dec</Month><Day>1</Day>"
    for given, date in (
        (parts, "2015-12-01"),
        ("<Year>2015</Year><Month>12</Month>", "2015-12"),
        ("<MedlineDate>2014 Nov-Dec</MedlineDate>", "2014"),
    ):
        (one,) = documents(file("pubmed.xml", article % given))
        assert (one.id, one.title, one.date) == ("pmid:12345", "On Larus knots.", date)
        assert one.authors == ("Ada King", "The Knot Group")
        assert one.text == "AIMS: To see.\n\nRESULTS: H2O was seen."


def test_mods_gives_title_writers_and_the_journal_it_stands_in(file: Write) -> None:
    record = """<?xml version="1.0"?><modsCollection xmlns="http://www.loc.gov/mods/v3"><mods>
<titleInfo><nonSort>The</nonSort><title>Knots of Gulls</title><subTitle>A Study</subTitle></titleInfo>
<name type="personal"><namePart type="family">King</namePart><namePart type="given">Ada</namePart>
<role><roleTerm type="text">author</roleTerm></role></name>
<name type="personal"><namePart>Moor, Bea,</namePart><role><roleTerm>editor</roleTerm></role></name>
<abstract>They sing.</abstract><relatedItem type="host"><titleInfo><title>Shore</title></titleInfo>
<originInfo><dateIssued>c2011</dateIssued></originInfo></relatedItem></mods>
<mods><genre>book</genre></mods></modsCollection>"""
    readings = list(read(file("library.mods", record)))
    one = readings[0]
    assert isinstance(one, Document)
    assert (one.title, one.authors, one.date) == ("The Knots of Gulls: A Study", ("Ada King",), "2011")
    assert (one.text, one.metadata["journal"]) == ("They sing.", "Shore")
    (skipped,) = (reading for reading in readings[1:] if isinstance(reading, Skipped))
    assert skipped.reason == "1 reference has neither a title nor an abstract."


def test_zotero_s_own_items_are_works_and_attachments_are_not(file: Write) -> None:
    item = {
        "itemType": "journalArticle",
        "title": "On gulls",
        "abstractNote": "They sing.",
        "creators": [
            {"creatorType": "editor", "name": "Shore Press"},
            {"creatorType": "author", "firstName": "Ada, Jr.", "lastName": "King"},
        ],
        "date": "1993-00-00",
        "publicationTitle": "Shore",
        "tags": [{"tag": "rope"}, {"tag": "gulls", "type": 1}],
        "citationKey": "king1993",
    }
    for form in (
        {"config": {}, "items": [item, {"itemType": "attachment", "title": "a.pdf"}]},
        [{"data": item}],
    ):
        (one,) = documents(file("library.json", json.dumps(form)))
        assert (one.id, one.title, one.authors) == ("csl:king1993", "On gulls", ("Ada King Jr.",))
        assert (one.text, one.date, one.categories) == ("They sing.", "1993", ("rope", "gulls"))
        assert one.metadata["journal"] == "Shore"


@pytest.mark.parametrize(
    ("table", "facts"),
    [
        (
            'title,text,url,authors,timestamp,tags\nOn gulls,"They sing.",http://e.example/1,"[\'Ada King\', \'Bea Moor\']",'
            "2020-12-26,\"['rope', 'gulls']\"\n",
            ("On gulls", "They sing.", ("Ada King", "Bea Moor"), "2020-12-26"),
        ),
        ("titles,summaries,terms\nOn gulls,They sing.,x\n", ("On gulls", "They sing.", (), None)),
        ("Question,Status,Rich Text,Doc Last Edited\nWhy gulls?,Live,They sing.,2023-05-01\n",
         ("Why gulls?", "They sing.", (), "2023-05-01")),
        ("Object ID,Title,Author,Created At,URL,Points\n7,On gulls,king,2016-08-04,http://e.example/3,3\n",
         ("On gulls", "", ("king",), "2016-08-04")),
        ("title,author,date,body_markdown\nOn gulls,King,2020-01-02,They **sing**.\n",
         ("On gulls", "They sing.", ("King",), "2020-01-02")),
        ("talk,transcript,url\nA,They sing.,http://e.example/2\n", (None, "They sing.", (), None)),
    ],
)  # fmt: skip
def test_tables_of_posts_are_known_by_the_names_that_people_give_their_columns(
    file: Write, table: str, facts: tuple[object, ...]
) -> None:
    (one,) = documents(file("posts.csv", table))
    assert (one.title, one.text, one.authors, one.date) == facts
    assert not any("account" in note for note in one.notes)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"na\"\i ve Mart{\'\i}nez Garc\'\i a", "naïve Martínez García"),
        (r"at \$5 and \$6, x\_1 and $x_1$ from $7", "at $5 and $6, x_1 and $x_1$ from $7"),
        ("G\\”unter, J{\\\\\"u}rgen, L\\''{u}tz, Tr\\''ager", "Günter, Jürgen, Lütz, Träger"),
        (r"Cu(1\,1\,0)\quad and\vphantom{X} \ensuremath{<}p\ensuremath{\alpha}", r"Cu(1 1 0) and <p$\alpha$"),
        (r"see \href{http://y.example}{the page} there", "see the page there"),
    ],
)
def test_tex_eats_the_space_after_a_letter_s_name_and_shows_a_link_s_words(written: str, read: str) -> None:
    assert tex.plain(written) == read


def test_newer_dumps_of_reddit_write_parents_as_numbers(file: Write) -> None:
    about = {"author": "ada", "subreddit": "gulls", "link_id": "t3_zz", "created_utc": 1690000000, "score": 1}
    lines = [
        about | {"id": "k1", "body": "On the post.", "parent_id": 1295},
        about | {"id": "k2", "body": "On a comment.", "parent_id": 721},
    ]
    found = documents(file("dump.ndjson", "\n".join(map(json.dumps, lines))))
    assert [one.parent for one in found] == ["reddit:t3_zz", "reddit:t1_k1"]


def test_an_option_of_a_poll_belongs_to_the_poll(file: Write) -> None:
    items = [
        {"id": 2, "type": "poll", "by": "b", "title": "Which?", "parts": [3], "time": 1175714200},
        {"id": 3, "type": "pollopt", "by": "b", "poll": 2, "text": "Yes", "score": 7, "time": 1175714200},
    ]
    assert documents(file("poll.json", json.dumps(items)))[1].parent == "hn:2"


def test_addresses_of_a_feed_are_made_whole(file: Write) -> None:
    rss = (
        "<rss><channel><title>Gulls</title><link>https://gulls.example</link>"
        "<item><title>One</title><link>/2020/one/</link><description>They sing.</description></item></channel></rss>"
    )
    assert [one.url for one in documents(file("a.xml", rss))] == ["https://gulls.example/2020/one/"]
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" '
        'xml:base="https://gulls.example/blog/"><title>Gulls</title>'
        '<entry><title>One</title><id>tag:1</id><link href="one"/><summary>They sing.</summary></entry>'
        '<entry><title>Two</title><id>tag:2</id><thr:in-reply-to ref="tag:1" href="one"/><summary>No.</summary></entry>'
        '<entry><title>Three</title><id>tag:3</id><thr:in-reply-to ref="tag:2"/><summary>Yes.</summary></entry></feed>'
    )
    one, two, three = documents(file("b.xml", atom))
    assert (one.url, two.parent, two.thread) == ("https://gulls.example/blog/one", one.id, one.id)
    assert (three.kind, three.parent) == ("comment", two.id)


def test_the_line_that_a_feed_adds_is_nobody_s(file: Write) -> None:
    rss = (
        "<rss><channel><title>Gulls</title><item><title>One</title><description>&lt;p&gt;They sing.&lt;/p&gt;&lt;p&gt;"
        "The post One appeared first on Gulls.&lt;/p&gt;</description></item></channel></rss>"
    )
    (one,) = documents(file("a.xml", rss))
    assert [block.role for block in one.blocks] == ["paragraph", "furniture"]


@pytest.mark.parametrize(
    "said", ["[deleted]", "This comment has been deleted.", "Comment removed by moderator"]
)
def test_a_page_s_words_for_a_deleted_comment_are_no_comment(file: Write, said: str) -> None:
    page = (
        '<html><head><title>Gulls — EA Forum</title><link rel="canonical" '
        'href="https://forum.effectivealtruism.org/posts/aB3dE6gH9jK2mN5pQ/gulls"></head><body>'
        '<div class="ContentStyles-postBody"><p>They sing.</p></div>'
        f'<div class="comments-node" id="xX3dE6gH9jK2mN5pQ"><div class="CommentsItem-body"><p>{said}</p></div></div>'
        '<div class="comments-node" id="yY3dE6gH9jK2mN5pQ"><div class="CommentsItem-body"><p>I saw it deleted.</p></div></div>'
        "</body></html>"
    )
    assert [one.text for one in documents(file("page.html", page))] == ["They sing.", "I saw it deleted."]


PAGES = Path(__file__).parent / "fixtures" / "pages"


def test_a_saved_question_of_stackexchange_has_its_answers_and_comments() -> None:
    found = documents(PAGES / "stackexchange.html")
    host = "se:knots.stackexchange.com/"
    assert [(one.id, one.parent, one.authors, one.karma) for one in found] == [
        (f"{host}20", None, ("Ada",), 5.0),
        (f"{host}comment-5", f"{host}20", ("Bob",), None),
        (f"{host}21", f"{host}20", ("Bob",), 3.0),
        (f"{host}comment-6", f"{host}21", ("Ada",), None),
    ]
    question, comment, answer, _ = found
    assert (question.title, question.categories, question.text) == (
        "Why do ropes hold?",
        ("rope",),
        "Why?\n\nx = 1",
    )
    assert [block.role for block in question.blocks] == ["paragraph", "code"]
    assert (question.date, comment.date) == ("2020-01-01T10:00:00+00:00", "2020-01-01T11:00:00+00:00")
    assert [block.voice for block in answer.blocks] == ["quoted", "own"]
    assert {one.thread for one in found} == {question.id}


@pytest.mark.parametrize(
    ("name", "author"), [("discourse.html", "Ada Quill"), ("discourse_plain.html", "ada")]
)
def test_a_saved_topic_of_discourse_has_its_posts(name: str, author: str) -> None:
    first, second = documents(PAGES / name)
    root = "talk.gulls.example/t/on-gulls/12"
    assert (first.id, first.title, first.text, first.authors) == (root, "On gulls", "Gulls sing.", (author,))
    assert (second.id, second.parent, second.thread) == (f"{root}/2", root, root)
    assert (first.date, second.date) == ("2021-05-01T10:00:00+00:00", "2021-05-02T10:00:00+00:00")
    assert [block.voice for block in second.blocks] == ["quoted", "own"]


def test_a_page_of_hacker_news_saved_as_mime_reads_as_the_page_does(file: Write) -> None:
    page = (PAGES / "hackernews_story.html").read_text(encoding="utf-8")
    saved = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://news.ycombinator.com/item?id=101\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; type="text/html"; boundary="----x"\n\n------x\nContent-Type: text/html; '
        f"charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{page}\n------x--\n"
    )
    ids = [one.id for one in documents(file("page.mhtml", saved))]
    assert ids == [one.id for one in documents(PAGES / "hackernews_story.html")]


def test_arxiv_s_raw_records_are_dated_by_their_first_version(file: Write) -> None:
    record = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>oai:arXiv.org:0704.0001'
        '</identifier></header><metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>0704.0001</id>'
        '<version version="v1"><date>Mon, 2 Apr 2007 19:18:42 GMT</date></version>'
        '<version version="v2"><date>Tue, 24 Jul 2007 20:10:27 GMT</date></version>'
        "<title>On gulls</title><authors>A. King</authors><abstract>They sing.</abstract></arXivRaw></metadata></record>"
        "</ListRecords></OAI-PMH>"
    )
    (one,) = documents(file("raw.xml", record))
    assert (one.date, one.metadata["version"]) == ("2007-04-02T19:18:42+00:00", 2)


def test_older_corpora_of_semantic_scholar_have_abstracts_and_authors_in_parts(file: Write) -> None:
    lines = [
        {"id": "ab12", "title": "On gulls", "paperAbstract": "They sing.", "authors": [{"name": "A. King", "ids": []}],
         "year": 2001, "doi": "10.1234/g", "s2Url": "https://semanticscholar.org/paper/ab12"},
        {"paper_id": "7", "title": "On rope", "abstract": "It holds.", "s2orc_url": "x",
         "authors": [{"first": "Ada", "middle": ["B."], "last": "King", "suffix": ""}], "year": 2002, "arxiv_id": None},
    ]  # fmt: skip
    one, two = documents(file("corpus.jsonl", "\n".join(map(json.dumps, lines))))
    assert (one.id, one.text, one.metadata["doi"]) == ("s2:ab12", "They sing.", "10.1234/g")
    assert (two.id, two.authors) == ("s2:7", ("Ada B. King",))


def test_what_stands_between_the_blocks_of_wordpress_keeps_its_lines(file: Write) -> None:
    export = (
        '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
        "<item><title>Gulls</title><wp:post_id>1</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        "<content:encoded><![CDATA[<!-- wp:paragraph -->\n<p>They\nsing.</p>\n<!-- /wp:paragraph -->\n\nOne.\n\nTwo <em>and</em> three.\n\n"
        '<!-- wp:separator /-->\n\n<!-- wp:group {"a":1} --><div><!-- wp:list --><ul><li>a</li></ul><!-- /wp:list --></div>\n'
        "<!-- /wp:group -->\nLast.]]></content:encoded></item></channel></rss>"
    )
    (one,) = documents(file("export.xml", export))
    assert one.text == "They sing.\n\nOne.\n\nTwo and three.\n\n- a\n\nLast."


def test_a_book_names_its_author_and_keeps_short_chapters(tmp_path: Path) -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Gulls</dc:title><dc:creator id="a">Quill, Ada</dc:creator>'
        '<meta refines="#a" property="role">aut</meta><dc:creator id="t">Bob Reed</dc:creator>'
        '<meta refines="#t" property="role">trl</meta><dc:identifier id="id">urn:isbn:1</dc:identifier></metadata>'
        '<manifest><item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        '<item id="c" href="ch%201.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="n"/><itemref idref="c"/></spine></package>'
    )
    nav = '<html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol><li><a href="ch%201.xhtml">Shore</a></li></ol></nav></body></html>'
    chapter = '<html><body><h1>Shore</h1><p>They sing<a epub:type="noteref" href="#n">1</a>.</p><blockquote><p>And sing.</p></blockquote></body></html>'
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="content.opf"/></rootfiles></container>',
        )
        for name, content in (("content.opf", package), ("nav.xhtml", nav), ("ch 1.xhtml", chapter)):
            book.writestr(name, content)
    (one,) = documents(path)
    assert (one.title, one.authors, one.text) == (
        "Gulls: Shore",
        ("Ada Quill",),
        "They sing[1].\n\nAnd sing.",
    )


def test_a_mirror_of_an_arxiv_page_is_known_by_the_number_it_declares(file: Write) -> None:
    page = (
        '<html><head><title>[hep-th/9711200] Gulls</title><meta name="citation_title" content="Gulls"><meta name="citation_author" '
        'content="King, Ada"><meta name="citation_date" content="1997/11/27"><meta name="citation_arxiv_id" content="hep-th/9711200">'
        '</head><body><h1 class="title mathjax"><span class="descriptor">Title:</span>Gulls</h1><blockquote class="abstract mathjax">'
        '<span class="descriptor">Abstract:</span> They sing.</blockquote></body></html>'
    )
    (one,) = documents(file("mirror.html", page))
    assert (one.id, one.kind, one.text, one.date) == (
        "arxiv:hep-th/9711200",
        "abstract",
        "They sing.",
        "1997-11-27",
    )


def test_columns_of_a_flattened_answer_are_known(file: Write) -> None:
    table = (
        "_id,title,pageUrl,postedAt,baseScore,user.displayName,contents.html,tags\n"
        'aB3dE6gH9jK2mN5pQ,On gulls,https://www.lesswrong.com/posts/aB3dE6gH9jK2mN5pQ/g,2020-01-01,12,Ada,"<p>They\nsing.</p>",'
        '"[""birds"", ""song""]"\n'
        "bB3dE6gH9jK2mN5pQ,On rope,https://www.lesswrong.com/posts/bB3dE6gH9jK2mN5pQ/r,2020-01-01,1,Bob,<p>It holds.</p>,"
        "\"[{'_id': 'x', 'name': 'Knots'}]\"\n"
    )
    one, two = documents(file("posts.csv", table))
    assert (one.authors, one.text, one.categories) == (("Ada",), "They sing.", ("birds", "song"))
    assert (two.text, two.categories) == ("It holds.", ("Knots",))


def test_keys_of_exports_that_bear_the_forum_s_name_are_the_facts_they_name(file: Write) -> None:
    text = (
        "---\nlw-title: On gulls\nlw-url: https://www.lesswrong.com/posts/aB3dE6gH9jK2mN5pQ/g\nlw-author: Ada\n"
        "lw-tags: [birds]\n---\nThey sing.\n"
    )
    (one,) = documents(file("a.md", text))
    assert (one.id, one.title, one.authors, one.categories) == (
        "lesswrong:aB3dE6gH9jK2mN5pQ",
        "On gulls",
        ("Ada",),
        ("birds",),
    )
    (one,) = documents(file("b.md", '+++\ntitle = "On rope"\n[extra]\nauthor = "Bob"\n+++\nIt holds.\n'))
    assert one.authors == ("Bob",)


@pytest.mark.parametrize(
    "signed", ["by Ada Quill<br>March 1998", "Ada Quill<br>March 1998", "Ada Quill | March 1998"]
)
def test_a_signature_over_two_lines_is_author_and_date(file: Write, signed: str) -> None:
    prose = "Gulls sing at night and nobody knows why they do so, though many have asked. " * 8
    page = f"<html><head><title>On gulls</title></head><body><h1>On gulls</h1><i>{signed}</i><hr><p>{prose}<p>{prose}</body></html>"
    (one,) = documents(file("gulls.html", page))
    assert (one.authors, one.date) == (("Ada Quill",), "1998-03")
    assert one.text.startswith("Gulls sing")


@pytest.mark.parametrize("name", ["reddit_old.html", "reddit_new.html"])
def test_a_saved_thread_of_reddit_bears_the_interface_s_ids(name: str) -> None:
    readings = list(read(PAGES / name))
    found = [one for one in readings if isinstance(one, Document)]
    assert [(one.id, one.parent, one.authors, one.date) for one in found] == [
        ("reddit:t3_abc", None, ("ada",), "2020-01-01T10:00:00+00:00"),
        ("reddit:t1_c1", "reddit:t3_abc", ("bob",), "2020-01-01T11:00:00+00:00"),
        ("reddit:t1_c3", "reddit:t1_c2", ("cy",), "2020-01-01T13:00:00+00:00"),
    ]
    submission, comment, _ = found
    assert (submission.title, submission.text, submission.karma) == (
        "Why do gulls sing?",
        "At night, of all times.",
        12.0,
    )
    assert [block.voice for block in comment.blocks] == ["quoted", "own"]
    assert (comment.karma, {one.thread for one in found}) == (3.0, {submission.id})
    reasons = [one.reason for one in readings if isinstance(one, Skipped)]
    assert reasons[0] == "1 comment was deleted or removed: no text is left."
    assert ("1 place stands for replies that the page had not loaded." in reasons) == (
        name == "reddit_old.html"
    )


def test_the_forum_s_notice_that_a_post_was_first_elsewhere_is_no_text_of_its_author(file: Write) -> None:
    page = (
        "<html><head><title>On gulls</title></head><body><article><h1>On gulls</h1>"
        '<div class="AlignmentCrosspostMessage-root">This was first in <a href="http://o.example/">the other</a>.</div>'
        f"<p>{'They sing at noon and rest at night. ' * 12}</p></article></body></html>"
    )
    (one,) = documents(file("gulls.html", page))
    assert "first in" not in one.text
    assert one.text.startswith("They sing")
