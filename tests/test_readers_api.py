"""Papers, threads, feeds and exports: what each real sample gives, and how each format is read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from essaysearch.filling import ingest
from essaysearch.model import Document, Skipped, SourceFacts
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.readers.source import SourceFile
from essaysearch.readers.table import READERS, sniff
from shared import SAMPLES, needs_shared

NO_ENTRIES = "The feed holds no entries."

# Every sample of these kinds: its reader, how many documents it gives, and why what is missing is missing.
SAMPLE_TABLE: list[tuple[str, str, int, list[str]]] = [
    ("arxiv/2022.acl.xml", "acl", 774, []),
    ("arxiv/2022.naloma.xml", "acl", 5, []),
    ("arxiv/2025-03-19.jsonl", "arxiv-bulk", 172, []),
    ("arxiv/2025-03-21_AI_enhanced_Chinese.jsonl", "arxiv-bulk", 45, []),
    ("arxiv/arxiv-metadata-oai-snapshot.json", "arxiv-bulk", 200, []),
    ("arxiv/GetRecord_utf8test.xml", "oai-pmh", 1, []),
    ("arxiv/ListRecords2.xml", "oai-pmh", 1, ["1 record was deleted at the repository"]),
    ("arxiv/ListRecords3.xml", "oai-pmh", 1, ["1 record was deleted at the repository"]),
    ("arxiv/Identify.xml", "oai-pmh", 0, ["The answer is to Identify"]),
    ("arxiv/ListIdentifiers.xml", "oai-pmh", 0, ["The answer is to ListIdentifiers"]),
    ("arxiv/ListMetadataFormats.xml", "oai-pmh", 0, ["The answer is to ListMetadataFormats"]),
    ("arxiv/badArgument.xml", "oai-pmh", 0, ["error badArgument"]),
    (
        "arxiv/badResumptionToken.xml",
        "oai-pmh",
        0,
        ["The repository answered with the error badResumptionToken: "],
    ),
    ("arxiv/cannotDisseminateFormat.xml", "oai-pmh", 0, ["error cannotDisseminateFormat"]),
    ("arxiv/noSetHierarchy.xml", "oai-pmh", 0, ["The repository answered with the error noSetHierarchy: "]),
    ("arxiv/undefinedError.xml", "oai-pmh", 0, ["error undefinedError: no reason given"]),
    ("arxiv/id_0808.05394_1707.08567_s0_m100_42e5aa0ec3af.json", "arxiv", 1, []),
    ("arxiv/id_1605.08386_s0_m100_199195aa31ad.json", "arxiv", 1, []),
    ("arxiv/id_abc_s0_m100_b79c8dcf6bc3.json", "arxiv", 0, ['arXiv answered with an error: "']),
    ("arxiv/q_testing_s0_m100_cfe7536492ca.json", "arxiv", 100, []),
    ("arxiv/q_testing_s0_m10_bc5a6c384fe9.json", "arxiv", 10, []),
    ("arxiv/q_testing_s0_m15_80c242b59d59.json", "arxiv", 15, []),
    ("arxiv/q_testing_s30_m10_f2e39f0143dc.json", "arxiv", 10, []),
    ("arxiv/q_testing_s9_m15_0b78d4b4d476.json", "arxiv", 15, []),
    ("arxiv/test_get_paper_citations.yaml", "semantic-scholar", 1881, []),
    ("arxiv/test_search_paper_bulk_retrieval_next_page.yaml", "semantic-scholar", 2000, []),
    ("hackernews/hn-comments-1000-sample.jsonl", "hackernews", 1000, []),
    ("reddit/thread.json", "reddit", 195, ["4 comments were deleted", "1 comment was removed"]),
    (
        "reddit/TestCommentForest.test_replace__all_with_comment_sort.json",
        "reddit",
        529,
        ["12 comments stand in the file a second time", "7 comments were deleted", "1 comment holds no text"],
    ),
    (
        "stackexchange/Posts.xml",
        "stackexchange",
        593,
        ["5 posts have neither a text nor a title", "13 rows are of the kind tag wiki excerpt", "13 rows"],
    ),
    (
        "stackexchange/post1.csv",
        "stackexchange",
        447,
        ["62 posts have neither a text nor a title", "8 rows are of the kind tag wiki", "8 rows"],
    ),
    ("feeds/003939_Bitcoin-difficulty-sanity-check-suggestion.xml", "feed", 1, []),
    ("feeds/010522_Dynamically-Controlled-Bitcoin-Block-Size-Max-Cap.xml", "feed", 1, []),
    ("feeds/018819_BIP-limiting-OP-RETURN-HF.xml", "feed", 1, []),
    ("feeds/combined_Making-bitcoin-traceability-harder.xml", "feed", 0, ["generated summary of several"]),
    ("feeds/aaa_illformed.xml", "feed", 0, [NO_ENTRIES]),
    ("feeds/always_strip_doctype.xml", "feed", 0, [NO_ENTRIES]),
    ("feeds/big5.xml", "feed", 0, [NO_ENTRIES]),
    ("feeds/gb2312.xml", "feed", 1, []),
    ("feeds/feed.json", "feed", 233, []),
    ("feeds/rss.simple.xml", "feed", 233, []),
    ("feeds/rss.xml", "feed", 233, []),
    ("feeds/item_content_encoded.xml", "feed", 1, []),
    ("feeds/item_content_encoded_type.xml", "feed", 1, []),
    ("feeds/item_description.xml", "feed", 1, []),
    ("feeds/item_description_escaped_markup.xml", "feed", 1, []),
    ("feeds/item_description_map_summary.xml", "feed", 1, []),
    ("feeds/item_description_not_a_doctype2.xml", "feed", 1, []),
    (
        "comments_export/a11y-unit-test-data.xml",
        "wordpress",
        90,
        [
            "39 items are no post but of type attachment",
            "50 items are no post",
            "4 comments are of the kind pingback",
        ],
    ),
    ("comments_export/malformed.xml", "wordpress", 0, ["The export holds no posts: it has no items."]),
    ("comments_export/valid-wxr-1.1.xml", "wordpress", 3, []),
    ("comments_export/wordpress.xml", "wordpress", 11, []),
    ("comments_export/wxr-utf-8-challenges.xml", "wordpress", 1, []),
]


def documents(path: Path | str) -> list[Document]:
    return [reading for reading in ingest.read(path) if isinstance(reading, Document)]


def skips(path: Path | str) -> list[str]:
    return [reading.reason for reading in ingest.read(path) if isinstance(reading, Skipped)]


def covered(document: Document) -> bool:
    """Blocks stand in order and hold every character that is no space."""
    at = 0
    for block in document.blocks:
        if block.start < at or block.end <= block.start or document.text[at : block.start].strip():
            return False
        at = block.end
    return not document.text[at:].strip() and at <= len(document.text)


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@needs_shared
@pytest.mark.parametrize(
    ("name", "reader", "count", "reasons"), SAMPLE_TABLE, ids=[row[0] for row in SAMPLE_TABLE]
)
def test_every_sample_gives_its_documents_and_says_what_it_leaves_out(name, reader, count, reasons):
    path = SAMPLES / name
    assert sniff(SourceFile(str(path))).name == reader
    readings = list(ingest.read(path))
    found = [reading for reading in readings if isinstance(reading, Document)]
    said = [reading.reason for reading in readings if isinstance(reading, Skipped)]
    assert len(found) == count
    assert len(said) == len(reasons)
    for sentence, fragment in zip(said, reasons, strict=True):
        assert fragment in sentence
    assert len({document.id for document in found}) >= count - 3
    assert all(document.text.strip() or TITLE_ONLY in document.notes for document in found)
    assert all(map(covered, found))


@needs_shared
def test_the_table_names_every_sample_of_these_kinds():
    folders = ("arxiv", "hackernews", "reddit", "stackexchange", "feeds", "comments_export")
    there = {f"{folder}/{path.name}" for folder in folders for path in (SAMPLES / folder).iterdir()}
    assert there == {row[0] for row in SAMPLE_TABLE}


@needs_shared
def test_real_titles_join_where_the_anthology_protects_capitals():
    path = SAMPLES / "arxiv/2022.acl.xml"
    titles = [
        " ".join("".join(title.itertext()).split()) for title in ET.parse(path).iterfind(".//paper/title")
    ]
    for document, title in zip(documents(path), titles, strict=True):
        assert document.title.replace("$", "") == title.replace("$", "")
        assert document.date == "2022-05"
        assert document.id.startswith("acl:2022.acl-")


@needs_shared
def test_real_authors_and_dates_of_the_snapshot_are_those_of_its_fields():
    path = SAMPLES / "arxiv/arxiv-metadata-oai-snapshot.json"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for document, record in zip(documents(path), records, strict=True):
        last, first, *_ = record["authors_parsed"][0]
        assert document.id == f"arxiv:{record['id']}"
        assert document.authors[0].replace(" ", "").startswith(f"{first}{last}".replace(" ", ""))
        assert document.metadata["version"] == len(record["versions"])
        assert document.date[:4] in record["versions"][0]["created"]
        assert not any(mark in name for name in document.authors for mark in ("\\'", '\\"', "\\v"))


@needs_shared
def test_recorded_answers_that_were_decoded_wrongly_are_read_again():
    for path in (SAMPLES / "arxiv").glob("*_s*_m*.json"):
        for document in documents(path):
            assert not any("Ã" in name for name in document.authors)
            assert document.id.startswith("arxiv:")
            assert "v" not in document.id.removeprefix("arxiv:")


@needs_shared
def test_what_a_language_model_wrote_about_a_paper_is_no_part_of_it():
    path = SAMPLES / "arxiv/2025-03-21_AI_enhanced_Chinese.jsonl"
    generated = [json.loads(line)["AI"] for line in path.read_text("utf-8").splitlines()]
    for document, written in zip(documents(path), generated, strict=True):
        everything = document.text + json.dumps(dict(document.metadata), ensure_ascii=False)
        assert not any(part in everything for part in written.values() if len(part) > 20)
    for path in (SAMPLES / "feeds").glob("0*.xml"):
        (message,) = documents(path)
        assert message.kind == "message"
        assert (message.text, message.notes[-1]) == ("", TITLE_ONLY)
        assert not message.authors[0][-1].isdigit()
        assert message.date[:10] in path.read_text("utf-8")


@needs_shared
def test_replies_in_real_threads_lead_to_their_roots():
    thread = documents(SAMPLES / "reddit/thread.json")
    root = thread[0]
    assert (root.id, root.kind, root.parent) == ("reddit:t3_1cebxh", "post", None)
    assert all(document.thread == root.id for document in thread)
    known = {document.id for document in thread}
    assert sum(document.parent in known for document in thread[1:]) > 150
    assert any("more replies under it are not in the file" in note for note in root.notes)
    answers = [d for d in documents(SAMPLES / "stackexchange/Posts.xml") if d.kind == "comment"]
    assert all(answer.parent == answer.thread for answer in answers)
    assert {answer.parent for answer in answers} - {None}


@needs_shared
def test_real_quotes_are_voices_of_their_own():
    hits = documents(SAMPLES / "hackernews/hn-comments-1000-sample.jsonl")
    quoting = [document for document in hits if any(block.voice == "quoted" for block in document.blocks)]
    assert len(quoting) > 80
    for document in quoting:
        for block in document.blocks:
            assert not document.text[block.start : block.end].startswith("> ")


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<title>arXiv Query</title>
<entry><id>http://arxiv.org/abs/2401.05566v3</id><title>Watchful
  Models of G\\"odel</title><updated>2024-01-17T00:00:00Z</updated><published>2024-01-10T18:59:59Z</published>
<summary>  One line of it
and another.
  A new paragraph.</summary>
<author><name>Ada Quill</name><arxiv:affiliation>Example Institute</arxiv:affiliation></author>
<author><name>Erd\\H{o}s Kis</name></author>
<arxiv:doi>10.1000/x</arxiv:doi><arxiv:primary_category term="cs.LG"/><category term="cs.AI"/>
<category term="cs.LG"/>
</entry></feed>"""


def test_an_arxiv_entry_loses_its_version_and_keeps_its_facts(file):
    (document,) = documents(file("answer.xml", ATOM))
    assert document.id == "arxiv:2401.05566"
    assert document.title == "Watchful Models of Gödel"
    assert document.text == "One line of it and another.\n\nA new paragraph."
    assert document.authors == ("Ada Quill", "Erdős Kis")
    assert document.date == "2024-01-10T18:59:59+00:00"
    assert document.categories == ("cs.LG", "cs.AI")
    assert document.metadata["version"] == 3
    assert document.metadata["doi"] == "10.1000/x"
    assert document.metadata["affiliations"] == {"Ada Quill": "Example Institute"}
    assert document.kind == "abstract"


def test_an_arxiv_paper_without_a_date_has_the_month_of_its_number_as_inferred(file):
    line = {
        "id": "2503.01234",
        "abs": "https://arxiv.org/abs/2503.01234",
        "title": "T",
        "summary": "Body.",
        "AI": {},
    }
    (document,) = documents(file("daily.jsonl", json.dumps(line)))
    assert (document.date, document.date_inferred) == ("2025-03", "the month in the arXiv identifier")


def test_oai_records_of_arxivs_own_format_are_arxiv_papers(file):
    record = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record>
    <header><identifier>oai:arXiv.org:hep-th/9901001</identifier><setSpec>physics</setSpec></header>
    <metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>hep-th/9901001</id><created>1999-01-01</created>
    <authors><author><keyname>Quill</keyname><forenames>Ada</forenames></author></authors>
    <title>On Strings</title><categories>hep-th math.QA</categories><abstract>  What is said.</abstract>
    </arXiv>
    </metadata></record></ListRecords></OAI-PMH>"""
    (document,) = documents(file("oai.xml", record))
    assert (document.id, document.authors, document.date) == (
        "arxiv:hep-th/9901001",
        ("Ada Quill",),
        "1999-01-01",
    )
    assert document.categories == ("hep-th", "math.QA")
    assert document.line == 1


def test_marc_records_inside_oai_records_do_not_end_them(file):
    record = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord><record><header><identifier>a:1
    </identifier></header><metadata><record xmlns="http://www.loc.gov/MARC21/slim"><title>Inner</title></record>
    </metadata></record></GetRecord></OAI-PMH>"""
    (document,) = documents(file("marc.xml", record))
    assert document.title == "Inner"


def test_fixed_case_in_the_anthology_joins_without_spaces_and_maths_keeps_its_dollars(file):
    xml = """<collection id="P19"><volume id="1"><meta><booktitle>B</booktitle><month>July 5-10</month>
    <year>2019</year>
    </meta><paper id="12"><title><fixed-case>B</fixed-case>ig <b><fixed-case>B</fixed-case>ird</b></title>
    <author><first>Ada</first><last>Quill</last><variant><first>X</first></variant></author>
    <abstract>It runs in <tex-math>O(n)</tex-math>, <i>not <tex-math>n^2</tex-math></i>.</abstract></paper>
    </volume></collection>"""
    (document,) = documents(file("P19.xml", xml))
    assert document.id == "acl:P19-1012"
    assert document.title == "Big Bird"
    assert document.text == "It runs in $O(n)$, not $n^2$."
    assert document.authors == ("Ada Quill",)
    assert document.date == "2019-07"


def test_semantic_scholar_papers_may_lack_an_abstract_and_errors_speak(file):
    answer = {
        "total": 2,
        "data": [
            {
                "paperId": "a1",
                "title": "One",
                "abstract": None,
                "authors": [{"authorId": "1", "name": "Ada Quill"}],
            },
            {
                "citingPaper": {"paperId": "b2", "title": "Two", "abstract": "Said.", "year": 2021},
                "contexts": ["c"],
            },
        ],
    }
    one, two = documents(file("answer.json", json.dumps(answer)))
    assert (one.id, one.text, one.title, one.authors) == ("s2:a1", "", "One", ("Ada Quill",))
    assert TITLE_ONLY in one.notes
    assert (two.id, two.text, two.date) == ("s2:b2", "Said.", "2021")
    assert two.metadata["cites"] == {"contexts": ["c"]}
    cassette = (
        "interactions:\n- request:\n    uri: https://api.semanticscholar.org/graph/v1/paper/0\n"
        '  response:\n    content: \'{"error": "Paper with id 0 not found"}\'\n'
    )
    assert any("Paper with id 0 not found" in reason for reason in skips(file("error.yaml", cassette)))


BIBTEX = r"""% a bibliography
@string{conf = "Conference on Examples"}
@comment{not @article{x, title={y}}}
@inproceedings{quill20,
  author = {Quill, Ada and Luko{\v{s}}i{\=u}t{\.e}, Kamil{\.e} and {The {AI} Group} and others},
  title = "On {Careful} Na{\"\i}ve Models --- a Survey",
  booktitle = conf # { 7}, year = 2020, month = jun,
  abstract = {We say it in
  two lines of $x_{i}$ and \emph{mean} it.

  Then 10\% more.},
  keywords = {care; models},
}
@misc{eprint, title = {E}, eprint = {2401.00001}, archivePrefix = {arXiv}}
@book{broken, title = {Never closed, year = 1999}
@misc{after, title = {Still Read}, year = "0000"}
"""


def test_bibtex_resolves_tex_strings_and_names(file):
    found = {document.metadata["key"]: document for document in documents(file("refs.bib", BIBTEX))}
    quill = found["quill20"]
    assert quill.title == "On Careful Naïve Models — a Survey"
    assert quill.authors == ("Ada Quill", "Kamilė Lukošiūtė", "The AI Group")
    assert quill.authors_complete is False
    assert quill.date == "2020-06"
    assert quill.text == "We say it in two lines of $x_{i}$ and mean it.\n\nThen 10% more."
    assert quill.categories == ("care", "models")
    assert quill.metadata["journal"] == "Conference on Examples 7"
    assert found["eprint"].id == "arxiv:2401.00001"
    assert found["after"].title == "Still Read"
    assert found["after"].date is None
    assert 'the date "0000" is no date' in found["after"].notes


def test_bibtex_as_exporters_write_it_is_put_right(file):
    entries = r"""@article{Quill_Le Bras_2019, title={Export}, DOI={10.1000/a{\_}26},
    abstractNote={&lt;p&gt;R$\backslash$'enyi
    &lt;em&gt;said&lt;/em&gt; so.&lt;/p&gt;}, year={2019} }
    @misc{ b
      , title = {{Comma First}}
      , arxivId = {1402.06711}
      , url = {http://example.org/a{\_}b}
    }"""
    one, two = documents(file("export.bib", entries))
    assert (one.id, one.text) == ("doi:10.1000/a_26", "Rényi said so.")
    assert (two.id, two.title, two.url) == ("arxiv:1402.06711", "Comma First", "http://example.org/a_b")


def test_ris_reads_tags_continued_lines_and_partial_dates(file):
    ris = (
        "TY  - JOUR\nAU  - Quill, Ada\nTI  - A title\n  that goes on\nAB  - First\nsecond.\nY1  - 2018/06//\n"
        "KW  - one\nKW  - two\nDO  - 10.1000/xyz\nER  - \n\nTY  - BOOK\nT1  - No end\nPY  - 0000-00-00\n"
    )
    one, two = documents(file("refs.ris", ris))
    assert (one.id, one.title, one.text) == ("doi:10.1000/xyz", "A title that goes on", "First second.")
    assert (one.authors, one.date, one.categories) == (("Ada Quill",), "2018-06", ("one", "two"))
    assert two.date is None
    assert {'the date "0000-00-00" is no date', "the record has no end mark (ER)"} <= set(two.notes)


def test_a_hacker_news_tree_keeps_its_replies_and_knows_quotes(file):
    tree = {
        "id": 1, "type": "story", "author": "ada", "title": "On &amp; Off", "url": "https://example.org/",
        "points": 5,
        "created_at_i": 1160418111, "story_id": 1, "children": [
            {"id": 2, "type": "comment", "author": "bob", "parent_id": 1, "created_at_i": 1160418112,
             "children": [
                {"id": 3, "type": "comment", "author": None, "text": None, "parent_id": 2, "children": [
                    {"id": 4, "type": "comment", "author": "eve", "text": "Still here", "parent_id": 3,
                     "children": []},
                ]},
            ], "text": "&gt; a claim\nan answer<p>&gt;&gt; older<p>see "
                       "<a href=\"https:&#x2F;&#x2F;example.org&#x2F;long\">"
                       "https:&#x2F;&#x2F;example.org&#x2F;lo...</a><p>* one<p>* two"},
        ],
    }  # fmt: skip
    path = file("item.json", json.dumps(tree))
    story, comment, reply = documents(path)
    assert (story.id, story.kind, story.title, story.karma) == ("hn:1", "post", "On & Off", 5.0)
    assert story.metadata["link"] == "https://example.org/"
    voices = [(comment.text[b.start : b.end], b.voice, b.depth, b.role) for b in comment.blocks]
    assert voices == [
        ("a claim", "quoted", 1, "paragraph"),
        ("an answer", "own", 0, "paragraph"),
        ("older", "quoted", 2, "paragraph"),
        ("see https://example.org/long", "own", 0, "paragraph"),
        ("* one\n\n* two", "own", 0, "list"),
    ]
    assert (reply.parent, reply.thread) == ("hn:3", "hn:1")
    assert skips(path) == ["1 item was deleted and left out."]


def test_hacker_news_search_hits_and_flat_items_with_strings_for_numbers(file):
    hits = {
        "hits": [
            {"objectID": "5", "title": "Ask HN: x", "story_text": "Body", "author": "ada",
             "created_at_i": 1704067200},
            {"objectID": "6", "comment_text": "Yes", "author": "bob", "story_id": 5, "parent_id": 5,
             "created_at_i": 1704067300, "_tags": ["comment", "story_5"]},
        ],
        "nbHits": 2,
    }  # fmt: skip
    story, comment = documents(file("hits.json", json.dumps(hits)))
    assert (story.kind, story.title, story.text) == ("post", "Ask HN: x", "Body")
    assert (comment.kind, comment.parent, comment.thread) == ("comment", "hn:5", "hn:5")
    flat = {"id": "9", "by": "ada", "time": "1665929544", "text": "I &amp; you", "parent": "8"}
    (item,) = documents(file("flat.jsonl", json.dumps(flat)))
    assert (item.id, item.date, item.text) == ("hn:9", "2022-10-16T14:12:24+00:00", "I & you")
    assert (item.parent, item.thread) == ("hn:8", None)


def test_reddit_html_is_unescaped_once_and_markdown_read_where_there_is_no_html(file):
    def comment(name: str, **data):
        common = {
            "name": name,
            "link_id": "t3_p",
            "parent_id": "t3_p",
            "author": "ada",
            "created_utc": 1366059088.0,
        }
        return {"kind": "t1", "data": {**common, "replies": "", **data}}

    escaped = '&lt;div class="md"&gt;&lt;blockquote&gt;&lt;p&gt;it&amp;#39;s so&lt;/p&gt;&lt;/blockquote&gt;'
    thread = [
        {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {
            "name": "t3_p", "title": "P &amp; Q", "url": "https://example.org/", "author": "[deleted]",
            "selftext": "", "is_self": False, "subreddit": "x"}}]}},
        {"kind": "Listing", "data": {"children": [
            comment("t1_a", body="> it's so", body_html=escaped + "&lt;p&gt;No.&lt;/p&gt;&lt;/div&gt;"),
            comment("t1_b", body="&gt; quoted *words*\n\nmine &amp; more", score=3),
            comment("t1_c", body="[removed]", parent_id="t1_a"),
            {"kind": "more", "data": {"parent_id": "t1_b", "count": 7, "children": ["d", "e"]}},
        ]}},
    ]  # fmt: skip
    path = file("thread.json", json.dumps(thread))
    root, first, second = documents(path)
    assert (root.title, root.text, root.authors) == ("P & Q", "", ())
    assert root.metadata["link"] == "https://example.org/"
    assert "its author was deleted" in root.notes
    assert [(first.text[b.start : b.end], b.voice) for b in first.blocks] == [
        ("it's so", "quoted"),
        ("No.", "own"),
    ]
    assert [(second.text[b.start : b.end], b.voice) for b in second.blocks] == [
        ("quoted words", "quoted"),
        ("mine & more", "own"),
    ]
    assert second.notes == ("7 more replies under it are not in the file",)
    assert skips(path) == ["1 comment was removed: no text is left."]


def test_reddit_dumps_give_a_document_a_line(file):
    lines = [
        {
            "id": "c1",
            "author": "ada",
            "body": "Hello",
            "link_id": "t3_p",
            "parent_id": "t1_b",
            "subreddit": "x",
        },
        {
            "id": "p",
            "author": "bob",
            "title": "T",
            "selftext": "Body",
            "subreddit": "x",
            "created_utc": "1420070300",
        },
    ]
    comment, submission = documents(file("dump.jsonl", "\n".join(map(json.dumps, lines))))
    assert (comment.id, comment.parent, comment.thread) == ("reddit:t1_c1", "reddit:t1_b", "reddit:t3_p")
    assert (submission.id, submission.kind, submission.text) == ("reddit:t3_p", "post", "Body")
    assert submission.date == "2014-12-31T23:58:20+00:00"


POSTS = """<?xml version="1.0" encoding="utf-8"?><posts>
<row Id="1" PostTypeId="1" AcceptedAnswerId="2" CreationDate="2014-05-14T08:11:02.157" Score="-3"
 Body="&lt;p&gt;x &amp;lt; y&lt;/p&gt;&lt;blockquote&gt;&lt;p&gt;said&lt;/p&gt;&lt;/blockquote&gt;"
 Title="A &amp;lt; B?" OwnerUserId="7"
 Tags="|logic|proof|" />
<row Id="2" PostTypeId="2" ParentId="1" Body="&lt;p&gt;Because.&lt;/p&gt;" OwnerDisplayName="Guest One" />
<row Id="3" PostTypeId="4" Body="&lt;p&gt;About a tag.&lt;/p&gt;" />
</posts>"""


def test_stackexchange_answers_hang_from_questions_and_names_come_from_users_beside(tmp_path):
    folder = tmp_path / "philosophy.stackexchange.com"
    folder.mkdir()
    (folder / "Posts.xml").write_text(POSTS)
    (folder / "Users.xml").write_text('<users><row Id="7" DisplayName="Ada Quill" /></users>')
    question, answer = documents(folder / "Posts.xml")
    assert question.id == "se:philosophy.stackexchange.com/1"
    assert question.url == "https://philosophy.stackexchange.com/questions/1"
    assert (question.authors, question.karma, question.categories) == (
        ("Ada Quill",),
        -3.0,
        ("logic", "proof"),
    )
    assert [(question.text[b.start : b.end], b.voice) for b in question.blocks] == [
        ("x < y", "own"),
        ("said", "quoted"),
    ]
    assert (answer.authors, answer.parent, answer.thread) == (("Guest One",), question.id, question.id)
    assert skips(folder / "Posts.xml") == ["1 row is a tag wiki excerpt and left out."]
    assert "hold" in skips(folder / "Users.xml")[0]


def test_a_dump_of_unknown_site_is_called_after_its_file(file):
    question, _ = documents(file("Posts.xml", POSTS))
    assert (question.id, question.url, question.authors) == ("se:Posts/1", None, ("user7",))


def test_feeds_of_every_kind_keep_the_fullest_text_and_what_it_answers(file):
    rss = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A Blog</title>
    <item><title>One &amp;amp; two</title><link>https://example.org/one/</link>
    <dc:creator>Ada Quill</dc:creator>
    <pubDate>Wed, 05 Jun 2024 16:04:48 +0200</pubDate><description>A teaser …</description>
    <content:encoded><![CDATA[<p>The whole &amp; all.</p><blockquote>said</blockquote>]]>
    </content:encoded></item>
    <item><title>Comment on One</title><link>https://example.org/one/#comment-7</link>
    <description>2 &lt; 3</description>
    </item></channel></rss>"""
    one, comment = documents(file("feed.xml", rss))
    assert (one.id, one.title, one.source) == ("example.org/one", "One & two", "A Blog")
    assert one.date == "2024-06-05T16:04:48+02:00"
    assert [(one.text[b.start : b.end], b.voice) for b in one.blocks] == [
        ("The whole & all.", "own"),
        ("said", "quoted"),
    ]
    assert (comment.id, comment.kind, comment.parent) == (
        "example.org/one#comment-7",
        "comment",
        "example.org/one",
    )
    assert comment.text == "2 < 3"
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><author><name>Bob Stone</name>
    </author>
    <entry><title type="html">&lt;i&gt;Leaning&lt;/i&gt;</title><id>tag:example.org,2024:1</id>
    <updated>2024-06-05T00:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text <em>here</em>.</p></div></content>
    </entry></feed>"""
    (entry,) = documents(file("atom.xml", atom))
    assert (entry.title, entry.text, entry.authors) == ("Leaning", "Text here.", ("Bob Stone",))
    assert entry.date_inferred == "the feed says only when it was updated"
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
        {"id": "1", "url": "https://example.org/j", "content_html": "<p>Said</p>",
         "date_published": "2024-01-02"}]}  # fmt: skip
    (item,) = documents(file("feed.json", json.dumps(feed)))
    assert (item.id, item.text, item.date) == ("example.org/j", "Said", "2024-01-02")


WXR = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="https://wordpress.org/export/1.2/"><channel>
<wp:author><wp:author_login>aq</wp:author_login>
<wp:author_display_name>Ada Quill</wp:author_display_name></wp:author>
<item><title>A Post</title><link>https://example.org/?p=4</link><dc:creator>aq</dc:creator><wp:post_id>4</wp:post_id>
<wp:post_date_gmt>2014-01-14 17:31:03</wp:post_date_gmt><wp:post_type><![CDATA[post]]></wp:post_type>
<content:encoded><![CDATA[First
line.

Second.<blockquote>said</blockquote>]]></content:encoded>
<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author>Bob</wp:comment_author>
<wp:comment_date_gmt>0000-00-00 00:00:00</wp:comment_date_gmt><wp:comment_content>&gt; Second.

No &amp;lt; yes</wp:comment_content><wp:comment_approved>1</wp:comment_approved>
<wp:comment_parent>0</wp:comment_parent>
</wp:comment>
<wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_content>Why?</wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_parent>1</wp:comment_parent></wp:comment>
<wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_content>ping</wp:comment_content>
<wp:comment_type>pingback</wp:comment_type><wp:comment_approved>1</wp:comment_approved></wp:comment>
<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_content>buy</wp:comment_content>
<wp:comment_approved>spam</wp:comment_approved></wp:comment>
</item><item><title>menu</title><wp:post_type>nav_menu_item</wp:post_type></item></channel></rss>"""


def test_a_wordpress_export_gives_posts_and_approved_comments_as_threads(file):
    path = file("export.xml", WXR)
    article, first, second = documents(path)
    assert (article.id, article.authors) == ("example.org?p=4", ("Ada Quill",))
    assert article.date == "2014-01-14T17:31:03+00:00"
    assert [(article.text[b.start : b.end], b.voice) for b in article.blocks] == [
        ("First\nline.", "own"),
        ("Second.", "own"),
        ("said", "quoted"),
    ]
    assert [(first.text[b.start : b.end], b.voice) for b in first.blocks] == [
        ("Second.", "quoted"),
        ("No < yes", "own"),
    ]
    assert first.date is None
    assert 'the date "0000-00-00 00:00:00" is no date' in first.notes
    assert (second.parent, second.thread) == (first.id, article.id)
    assert "its author is not named" in second.notes
    assert skips(path) == [
        "1 comment is a pingback and left out.",
        "1 comment is marked as spam.",
        "1 item is no post but of type nav_menu_item.",
    ]


def test_a_disqus_export_gives_comments_that_know_their_page(file):
    xml = """<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
    <thread dsq:id="10"><link>https://example.org/essay/</link><title>An &amp;amp; Essay</title>
    <message/></thread>
    <post dsq:id="100"><message><![CDATA[<p>&gt; so it is</p><p>Is it?</p>]]></message>
    <createdAt>2014-01-02T10:00:00Z</createdAt><author><name>Ada Quill</name></author>
    <thread dsq:id="10"/></post>
    <post dsq:id="101"><message>Yes</message><createdAt>0000-00-00</createdAt><thread dsq:id="10"/>
    <parent dsq:id="100"/></post>
    <post dsq:id="102"><message>x</message><isSpam>true</isSpam><thread dsq:id="10"/></post></disqus>"""
    path = file("disqus.xml", xml)
    first, second = documents(path)
    assert (first.id, first.thread, first.parent) == ("disqus:100", "example.org/essay", "example.org/essay")
    assert first.metadata["thread_title"] == "An & Essay"
    assert [block.voice for block in first.blocks] == ["quoted", "own"]
    assert (second.parent, second.date, second.authors) == ("disqus:100", None, ())
    assert skips(path) == ["1 comment was marked as spam and left out."]


def test_every_reader_has_a_name_of_its_own():
    assert [name for name, count in Counter(reader.name for reader in READERS).items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("README.md", "# A tool\n\nCite it as\n\n```\n@article{k, title = {T}}\n```\n", "markdown"),
        ("letter.txt", "Dear all,\n\nsee @article{k, title = {T}} for more.\n", "text"),
        ("refs.txt", "% mine\n\n@article{k, title = {T}}\n", "bibliography"),
        ("data.json", '{"id": 1, "time": "noon", "text": "no item of a news site"}', "jsonl"),
        ("beir.jsonl", '{"_id": "1", "title": "T", "text": "a subreddit, a paperId, a kind"}', "jsonl"),
    ],
)
def test_files_of_other_kinds_are_left_to_other_readers(file, name, content, reader):
    assert sniff(SourceFile(str(file(name, content)))).name == reader


def test_what_the_file_says_of_itself_is_kept(file):
    feed = "<rss><channel><title>A Blog</title><item><title>x</title></item></channel></rss>"
    readings = list(ingest.read(file("feed.xml", feed)))
    assert any(
        isinstance(reading, SourceFacts) and reading.metadata.get("title") == "A Blog" for reading in readings
    )
