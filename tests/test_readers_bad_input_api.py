"""Cut off, malformed and hostile papers, threads, feeds and exports: named, mended, never expanded."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

import pytest

from essaysearch.filling import ingest
from essaysearch.model import Document, Skipped
from essaysearch.readers.json_text import parse, values
from essaysearch.readers.source import SourceFile
from essaysearch.readers.xml_elements import text_in
from essaysearch.readers.xml_text import Found, elements

ITEM = "<item><title>T{0}</title><description>Body {0}</description></item>"


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def read(path: Path) -> tuple[list[Document], list[str], list[str]]:
    """Documents, reasons of what was skipped, all notes."""
    documents, reasons, notes = [], [], []
    for reading in ingest.read(path):
        if isinstance(reading, Document):
            documents.append(reading)
            notes += reading.notes
        elif isinstance(reading, Skipped):
            reasons.append(reading.reason)
        else:
            notes += reading.metadata.get("notes", [])
    assert not any("unforeseen" in reason for reason in reasons)
    return documents, reasons, notes


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">
<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:1/evil.dtd"> %p;]>
<rss><channel><item><title t="&c;">&c; &x; &nbsp;end</title></item></channel></rss>"""


def test_entities_of_a_document_type_are_never_expanded_nor_fetched(file):
    (document,), _, notes = read(file("bomb.xml", BOMB))
    assert document.title == "&c; &x; end"
    assert "root:" not in document.text
    assert any("they were not expanded, nor fetched" in note for note in notes)


@pytest.mark.parametrize(
    "reader", ["feed", "wordpress", "disqus", "oai-pmh", "acl", "stackexchange", "arxiv"]
)
def test_no_xml_reader_expands_entities(file, reader):
    element = {
        "disqus": "post",
        "oai-pmh": "record",
        "acl": "paper",
        "stackexchange": "row",
        "arxiv": "entry",
    }
    name = element.get(reader, "item")
    xml = BOMB.replace("<item>", f"<{name}>").replace("</item>", f"</{name}>")
    for reading in ingest.read(file("bomb.xml", xml), as_=reader):
        assert "hahaha" not in repr(reading)
        assert "root:" not in repr(reading)


def test_a_feed_that_breaks_off_gives_what_stands_before(file):
    feed = "<rss><channel>" + ITEM.format(1) + ITEM.format(2)[:40]
    documents, reasons, _ = read(file("cut.xml", feed))
    assert [document.title for document in documents] == ["T1", "T2"]
    assert reasons == ["The file breaks off inside a <item>; what stands of it was read."]


def test_one_malformed_item_costs_no_other(file):
    feed = (
        "<rss><channel>"
        + ITEM.format(1)
        + "<item><title>AT&T</b> & <x</title>"
        + ITEM.format(3)
        + "</channel></rss>"
    )
    documents, _, notes = read(file("bad.xml", feed))
    assert [document.title for document in documents] == ["T1", "AT&T & <x", "T3"]
    assert sum("was not well-formed XML" in note for note in notes) == 1


def test_characters_that_no_xml_may_hold_are_taken_out_or_replaced(file):
    documents, _, _ = read(
        file("chars.xml", b"<rss><item><title>a\x01b\x00c &#0; &#xD800; caf\xe9</title></item></rss>")
    )
    assert documents[0].title == "abc \ufffd \ufffd café"


def test_what_looks_like_markup_in_cdata_and_comments_ends_no_element(file):
    inner = "<![CDATA[ </item><item> & &nbsp; <!DOCTYPE ]]>"
    feed = (
        f"<rss><!-- <item><title>no</title></item> --><item><description>{inner}</description></item></rss>"
    )
    documents, reasons, _ = read(file("cdata.xml", feed))
    assert len(documents) == 1
    assert reasons == []


def test_a_thousand_comments_before_the_first_tag_are_passed_over(file):
    comments = "<!-- one -->\n" * 1000
    (document,), _, _ = read(
        file("c.xml", f'<?xml version="1.0"?>\n{comments}<rss><item><title>T</title></item></rss>')
    )
    assert document.title == "T"


def test_text_in_east_asian_encodings_without_a_declaration_is_recognised(file):
    title = "最近在学校里有很多专业的问题需要讨论"
    (document,), _, notes = read(
        file("gb.xml", f"<rss><item><title>{title}</title></item></rss>".encode("gb2312"))
    )
    assert document.title == title
    assert any("gb18030" in note for note in notes)
    quoted = "It’s “quotes” and don’t — dashes… ’twas “he said” I’m " * 3
    (document,), _, notes = read(
        file("w.xml", f"<rss><item><title>{quoted}</title></item></rss>".encode("cp1252"))
    )
    assert document.title == quoted.strip()


@pytest.mark.parametrize("declared", ["utf-16", "iso-8859-1", "no-such-encoding"])
def test_a_wrong_or_rare_declaration_of_the_encoding_is_survived(file, declared):
    xml = f'<?xml version="1.0" encoding="{declared}"?><rss><item><title>café</title></item></rss>'
    (document,), _, _ = read(file("enc.xml", xml))
    assert document.title == "café"
    (document,), _, _ = read(file("enc16.xml", xml.encode("utf-16")))
    assert document.title == "café"


def test_a_stray_byte_far_into_a_file_spoils_only_itself(file):
    long = b"<rss>" + (ITEM.format("é" * 200).encode() * 1500) + b"<item><title>na\xefve</title></item></rss>"
    documents, _, notes = read(file("long.xml", long))
    assert documents[-1].title == "naïve"
    assert documents[0].title == "T" + "é" * 200
    assert any("Windows-1252" in note for note in notes)


def test_xml_nested_beyond_all_measure_is_read_or_refused_without_a_crash(file):
    deep = "<rss><item><description>" + "<b>" * 50_000 + "x" + "</b>" * 50_000 + "</description></item></rss>"
    documents, reasons, _ = read(file("deep.xml", deep))
    assert len(documents) + len(reasons) >= 1
    quotes = "<blockquote>" * 1000 + "innermost" + "</blockquote>" * 1000
    (document,), _, _ = read(
        file("quotes.xml", f"<rss><item><description><![CDATA[{quotes}]]></description></item></rss>")
    )
    assert "innermost" in document.text
    assert document.blocks[-1].voice == "quoted"


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_elements_are_found_wherever_the_pieces_of_a_file_end(file, monkeypatch, size):
    from essaysearch.readers import streamed

    monkeypatch.setattr(streamed, "PIECE", size)
    body = '<?xml version="1.0"?><!-- c --><r xmlns:q="u"><row a="1>2" b=\'"\'/>'
    body += "<q:row><![CDATA[</q:row>]]>é</q:row></r>"
    found = list(elements(SourceFile(str(file("p.xml", body))), ("row",)))
    assert [text_in(one.element) for one in found if isinstance(one, Found)] == ["", "</q:row>é"]
    assert found[0].element.attrib == {"a": "1>2", "b": '"'}


def test_truncated_json_keeps_every_complete_value():
    text = json.dumps({"a": [1, {"b": "x", "c": [True, None, "é\\n"]}], "d": {"e": -1.5}})
    whole = json.loads(text)
    for end in range(1, len(text)):
        value, _, problem = parse(text[:end])
        assert problem
        assert value is None or _within(value, whole)
    assert parse(text) == (whole, len(text), "")


def _within(part, whole) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _within(part[key], whole[key]) for key in part
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(_within(a, b) for a, b in zip(part, whole, strict=False))
    return part == whole


def test_json_nested_ten_thousand_deep_is_parsed():
    depth = 10_000
    value, _, problem = parse('{"c":[' * depth + "]}" * depth)
    assert problem == ""
    levels = 0
    while value["c"]:
        value, levels = value["c"][0], levels + 1
    assert levels == depth - 1


def test_a_list_of_json_is_read_across_pieces_and_says_where_it_breaks(file, monkeypatch):
    from essaysearch.readers import json_text

    monkeypatch.setattr(json_text, "_CHUNK", 16)
    text = '[{"id": 1, "t": "éé"},\n {"id": 22, "t": "x"},\n {"id": 3, "t": "cut o'
    found = list(values(SourceFile(str(file("list.json", text)))))
    assert [one.value for one in found] == [{"id": 1, "t": "éé"}, {"id": 22, "t": "x"}, {"id": 3}]
    assert [one.line for one in found] == [1, 2, 3]
    assert "line 3" in found[-1].problem


@pytest.mark.parametrize("cut", range(100, 1300, 83))
def test_a_thread_cut_off_anywhere_gives_its_whole_comments(file, cut):
    comments = [
        {
            "kind": "t1",
            "data": {"name": f"t1_{n}", "body": f"Comment {n}", "link_id": "t3_p", "parent_id": "t3_p"},
        }
        for n in range(12)
    ]
    thread = json.dumps([{"kind": "Listing", "data": {"children": comments}}])
    documents, reasons, _ = read(file("thread.json", thread[:cut]))
    assert [document.text for document in documents] == re.findall(r'"body": "(Comment \d+)"', thread[:cut])
    assert any("damaged" in reason for reason in reasons)


def test_a_broken_line_of_a_dump_costs_that_line(file):
    good = {"id": "1", "by": "ada", "time": 1, "text": "One", "parent": 2}
    lines = [
        json.dumps(good),
        json.dumps(good)[:40],
        "",
        '{"id": 5}',
        json.dumps({**good, "id": "3", "text": "Three"}),
    ]
    documents, reasons, _ = read(file("dump.jsonl", "\n".join(lines)))
    assert [document.text for document in documents] == ["One", "Three"]
    assert any("damaged" in reason for reason in reasons)


def test_circles_missing_parents_and_repeated_ids_are_kept_with_what_they_say(file):
    items = [
        {"id": 1, "by": "a", "time": 5, "text": "One", "parent": 2, "type": "comment"},
        {"id": 2, "by": "b", "time": 5, "text": "Two", "parent": 1, "type": "comment"},
        {"id": 3, "by": "c", "time": 0, "text": "Own parent", "parent": 3, "type": "comment"},
        {"id": 1, "by": "a", "time": 5, "text": "One again", "parent": 99, "type": "comment"},
    ]
    documents, _, _ = read(file("items.json", json.dumps(items)))
    assert [(document.id, document.parent) for document in documents] == [
        ("hn:1", "hn:2"),
        ("hn:2", "hn:1"),
        ("hn:3", None),
        ("hn:1", "hn:99"),
    ]
    assert documents[2].date is None


def test_a_csv_whose_quotes_are_out_of_order_loses_no_later_row(file):
    header = (
        "Id,PostTypeId,CreationDate,Score,ViewCount,Body,OwnerUserId,LastActivityDate,Title,Tags,ParentId"
    )
    rows = [
        '1,1,23-05-2023 14:25,7,1,"<p>First, ""quoted""</p>",12,23-05-2023 19:22,A title,|x|,',
        '2,2,03-06-2023 10:00,1,,"Closed early"',
        '<p>and more, ""here""</p>',
        '",9,03-06-2023 23:48,,,1',
        "3,2,04-06-2023 10:00,1,,<p>Third</p>,9,04-06-2023 10:00,,,1",
    ]
    documents, reasons, notes = read(file("posts.csv", "\n".join([header, *rows])))
    assert [document.text for document in documents][::2] == ['First, "quoted"', "Third"]
    assert "and more" in documents[1].text
    assert documents[1].date == "2023-06-03T10:00:00"
    assert reasons == []
    assert any("day first" in note for note in notes)
    assert any("out of order" in note for note in notes)


def test_bibtex_with_a_thousand_open_braces_is_linear_and_keeps_the_rest(file):
    text = "".join(f"@misc{{k{n}, title = {{Open {n}, year = 2000\n" for n in range(300))
    documents, reasons, _ = read(file("open.bib", text + "@misc{last, title = {Last}}\n"))
    assert documents[-1].title == "Last"
    assert len(reasons) >= 1


def test_an_ill_formed_recording_says_so(file):
    recording = "interactions:\n- request:\n    uri: https://oauth.reddit.com/comments/x\n"
    recording += "  response:\n    body: [oops\n"
    documents, reasons, _ = read(file("cassette.yaml", recording))
    assert documents == []
    assert "is no YAML at line" in reasons[0]


def test_pdf_without_its_extra_answers_with_the_install_line(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    documents, reasons, _ = read(file("a.pdf", b"%PDF-1.4\n"))
    assert documents == []
    assert "pip install 'essaysearch[pdf]'" in reasons[0]


SEEDS = {
    "feed.xml": "<rss><channel><title>B</title>" + ITEM.format(1) + "</channel></rss>",
    "atom.xml": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title><content type="html">'
    "&lt;p&gt;x"
    "</content></entry></feed>",
    "oai.xml": '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>i'
    "</identifier></header><metadata><dc><title>t</title></dc></metadata></record></ListRecords></OAI-PMH>",
    "acl.xml": '<collection id="2022.a"><volume id="1"><meta><year>2022</year></meta>'
    '<paper id="1"><title>t</title>'
    "</paper></volume></collection>",
    "Posts.xml": '<posts><row Id="1" PostTypeId="1" Title="t" Body="&lt;p&gt;b&lt;/p&gt;" /></posts>',
    "refs.bib": "@article{k, title = {T {X} \\'a}, author = {A and B}, year = 2000}",
    "refs.ris": "TY  - JOUR\nTI  - t\nAB  - b\nER  - \n",
    "hits.json": '{"hits": [{"objectID": "1", "comment_text": "x", "created_at_i": 1, '
    '"_tags": ["comment"]}]}',
    "thread.json": '[{"kind": "Listing", "data": {"children": ['
    '{"kind": "t1", "data": {"name": "t1_a", "body": "b"}}]}}]',
    "paper.json": '{"data": [{"paperId": "a", "title": "t", "authors": [{"name": "A"}], '
    '"externalIds": {"ArXiv": "x"}}]}',
    "feed.json": '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": "x"}]}',
    "bulk.jsonl": '{"id": "0704.0001", "submitter": "s", "authors_parsed": [["A", "B", ""]], '
    '"abstract": "x", "title": "t"}',
    "body.json": '{"url": "https://export.arxiv.org/api/query", "status_code": 200, '
    '"body": "<feed><entry/></feed>"}',
}


@pytest.mark.parametrize("name", SEEDS)
def test_damage_of_any_kind_is_said_and_never_raised(file, name):
    """Random deletions, repetitions and swapped bytes; what is read has whole blocks."""
    chance = random.Random(name)
    original = SEEDS[name].encode()
    for _ in range(60):
        data = bytearray(original)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data) + 1)
            action = chance.randrange(4)
            if action == 0:
                del data[at : at + chance.randrange(1, 20)]
            elif action == 1:
                data[at:at] = bytes(chance.randrange(256) for _ in range(3))
            elif action == 2:
                data[at:at] = data[: chance.randrange(60)]
            else:
                data[at:at] = chance.choice(
                    [b"<", b"&", b"]]>", b'"', b"{", b"\x00", b"<![CDATA[", b"null", b"[]"]
                )
        if not data:
            continue
        documents, _, _ = read(file(name, bytes(data)))
        for document in documents:
            assert all(document.text[block.start : block.end].strip() for block in document.blocks)


@pytest.mark.parametrize(
    "value",
    [
        {"hits": [None, 5, [], {"objectID": None}, {"objectID": "1", "created_at_i": "x", "story_text": 5}]},
        [{"kind": "t1", "data": {"name": 5, "body": None, "created_utc": "zero", "replies": 7}}],
        {
            "kind": "Listing",
            "data": {"children": [{"kind": "more", "data": {"children": 7, "count": "x"}}, None]},
        },
        {"data": [None, {"paperId": None, "title": None, "authors": "x", "externalIds": []}], "total": "x"},
        {"version": "https://jsonfeed.org/version/1", "items": [5, {"tags": "x", "authors": 5, "title": []}]},
        {
            "id": 5,
            "abs": "https://arxiv.org/abs/1",
            "summary": None,
            "authors": 7,
            "categories": {},
            "versions": "x",
        },
    ],
)
@pytest.mark.parametrize("reader", ["hackernews", "reddit", "semantic-scholar", "feed", "arxiv-bulk"])
def test_values_of_the_wrong_kind_are_no_reason_to_stop(file, value, reader):
    readings = list(ingest.read(file("odd.json", json.dumps(value)), as_=reader))
    assert readings
    assert not any("unforeseen" in reading.reason for reading in readings if isinstance(reading, Skipped))
