"""Each output format: what it holds, and that nothing in a document can act through it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Results, UnknownFormat
from essaysearch.formats.facts import authors_of, citation, link_of, near, text_link, title_of
from essaysearch.formats.page import COLOURED, page
from essaysearch.formats.table import FORMATS, format_named
from essaysearch.notebook import cards
from test_cli import run

EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    library = essaysearch.open_library(tmp_path_factory.mktemp("formats") / "index", create=True)
    library.add(
        [
            Document(
                "a/1", "abstract", f"Kelp {EVIL} grows. \x1b[31mIt is *bold*, [linked](javascript:x) kelp.",
                title=f"On kelp & {EVIL}", authors=("Ann Fen", "Bo {Lee}", "Cy Oak", "Di Ash"),
                date="2023-06-11", authors_complete=False, url="https://kelp.example/1?a=1&b=2",
            ),
            Document(
                "b", "comment", '=HYPERLINK("http://x","kelp")\n\nand more', authors=("=cmd|' /C calc'!A0",),
                url='javascript:alert("kelp")', path="notes/b.txt", line=7, karma=-3.0,
            ),
            Document("c", "essay", "Kelp in Łódź, e.g. -1 kelp", title="@kelp", path="c.md"),
        ]
    )  # fmt: skip
    return library.search("kelp", facets=("kind",))


def text(results: Results, name: str) -> str:
    return "".join(format_named(name).render(results))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
def test_every_format_renders_hits_and_none(results: Results, name: str) -> None:
    assert text(results, name)
    none = Results("nothing", (), 0)
    assert "Fen" not in text(none, name)
    assert text(results, name) == "".join(format_named(name).render(results, iter(results)))


def test_json_is_the_contract(results: Results) -> None:
    told = json.loads(text(results, "json"))
    assert told == json.loads(json.dumps(results.to_dict()))
    assert set(told) == {"schema", "query", "total", "took_ms", "warnings", "facets", "hits"}
    assert set(told["hits"][0]) == {
        "rank", "score", "passage_id", "doc_id", "kind", "title", "authors", "authors_complete",
        "authors_inferred", "date", "url", "path", "section", "karma", "text", "start", "end", "voice",
        "answers", "snippet",
    }  # fmt: skip
    hit = next(hit for hit in told["hits"] if hit["doc_id"] == "a/1")
    assert hit["text"].startswith(f"Kelp {EVIL}")
    shown, spans = hit["snippet"]["text"], hit["snippet"]["spans"]
    assert [shown[start:end].lower() for start, end in spans] == ["kelp", "kelp"]


def test_json_lines_are_the_same_hits(results: Results) -> None:
    lines = text(results, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == results.to_dicts()


def test_html_and_cards_escape_what_documents_and_queries_hold(results: Results) -> None:
    for shown in (text(results, "html"), cards(results), results._repr_html_()):
        seen = _Tags()
        seen.feed(shown)
        tags = {tag for tag, _ in seen.tags}
        assert "script" not in tags
        assert "mark" in tags
        assert EVIL in seen.text
        links = [attributes["href"] or "" for tag, attributes in seen.tags if tag == "a"]
        assert links
        assert all(link.startswith("https://kelp.example/1?a=1&b=2#:~:text=") for link in links)
    evil = Results(EVIL, results.hits, 3)
    for shown in (text(evil, "html"), cards(evil)):
        assert "<script" not in shown


def test_markdown_escapes_markup_and_links_only_to_the_web(results: Results) -> None:
    page = text(results, "markdown")
    assert not re.search(r"(?<!\\)<script", page)
    assert "](javascript:" not in page.replace("\\]", "")
    assert "**Kelp**" in page
    assert r"\*bold\*" in page
    assert "](https://kelp.example/1?a=1&b=2#:~:text=" in page


def test_csv_never_gives_a_spreadsheet_a_formula(results: Results) -> None:
    rows = list(csv.DictReader(io.StringIO(text(results, "csv"))))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        for name in ("title", "authors", "text", "url", "path", "source"):
            assert not re.match(r"[=+\-@\t\r]", row[name]), (name, row[name])
    comment = next(row for row in rows if row["doc_id"] == "b")
    assert comment["text"] == "'" + '=HYPERLINK("http://x","kelp")\n\nand more'
    assert float(comment["karma"]) == -3.0


def test_text_shows_plain_addresses_and_no_control_characters(results: Results) -> None:
    shown = text(results, "text")
    assert "https://kelp.example/1?a=1&b=2  [" in shown
    assert ":~:text=" not in shown
    assert "\x1b" not in shown
    assert "Ann Fen, Bo {Lee}, Cy Oak et al. · 2023-06-11 · abstract" in shown
    assert "-3 points" in shown


def test_the_words_of_an_untitled_hit_stand_on_the_page_once(results: Results) -> None:
    hit = next(hit for hit in results if hit.doc_id == "b")
    for name in ("text", "markdown", "html"):
        shown = text(Results("kelp", (hit,), 1), name)
        assert shown.count("HYPERLINK") == 1
        assert shown.count("comment") == (1 if name == "text" else 2)  # the citation names the kind too
    assert text(Results("kelp", (hit,), 1), "text").startswith(
        f"{hit.rank}. =cmd|' /C calc'!A0 · undated · comment"
    )


def test_what_a_hit_introduces_stands_below_it(results: Results) -> None:
    hit = dataclasses.replace(results[0], introduces=f"> Tides {EVIL}\n> turn.")
    one = Results("kelp", (hit,), 1)
    assert f"   introduces: Tides {EVIL} turn.\n" in text(one, "text")
    assert "<blockquote>introduces: Tides &lt;script&gt;" in text(one, "html")
    assert "> > Tides \\<script\\>" in text(one, "markdown")
    assert "introduces" not in text(results, "text")


def test_paragraphs_of_a_snippet_stand_on_lines_of_their_own(results: Results) -> None:
    hit = next(hit for hit in results if hit.doc_id == "b")
    assert "\n   and more\n" in text(Results("kelp", (hit,), 1), "text")


def test_a_path_is_shown_as_it_would_be_typed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert near(str(here / "in" / "a.md")) == os.path.join("in", "a.md")
    assert near(str(tmp_path / "there" / "a.md")) == os.path.join("..", "there", "a.md")
    assert near("/a.md") == "/a.md"
    assert near("") == ""


def test_a_terminal_page_keeps_its_width_and_paints_what_matched(results: Results) -> None:
    painted = "".join(page(results, 40, COLOURED))
    assert "\x1b[1;33mKelp\x1b[0m" in painted
    plain = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert "\x1b" not in plain
    addresses = ("https://", "javascript:", "c.md", "notes/")
    lines = [line for line in plain.splitlines() if not line.strip().startswith(addresses)]
    assert max(map(len, lines)) <= 40
    words = " ".join(plain.split())
    for hit in results:
        assert hit.passage_id in words
        assert " ".join(re.sub(r"[\x00-\x1f]", " ", hit.snippet.text).split()) in words


def test_bibtex_and_ris_give_each_document_once_and_stay_well_formed(results: Results) -> None:
    twice = Results("kelp", results.hits * 2, 6)
    bibtex, ris = text(twice, "bibtex"), text(twice, "ris")
    assert bibtex.count("@") - bibtex.count("{@") == 3 == ris.count("TY  - ") == ris.count("ER  - ")
    assert bibtex.count("{") - bibtex.count(r"\{") == bibtex.count("}") - bibtex.count(r"\}")
    assert "author = {Ann Fen and Bo \\{Lee\\} and Cy Oak and Di Ash and others}" in bibtex
    assert r"title = {{On kelp \& <script>" in bibtex
    assert "AU  - Di Ash" in ris
    assert "DA  - 2023/06/11" in ris
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.splitlines() if line)


def test_a_trec_run_has_six_columns(results: Results) -> None:
    rows = [line.split() for line in text(results, "trec").splitlines()]
    assert [len(row) for row in rows] == [6, 6, 6]
    assert [row[2] for row in rows] == [hit.passage_id for hit in results]
    grouped = Results("a b", results.hits, 3, group="document")
    first = text(grouped, "trec").splitlines()[0].split()
    assert (first[0], first[2]) == ("a_b", "_".join(results[0].doc_id.split()))


def test_links_open_the_page_at_the_passage() -> None:
    long = "one two three four five six seven eight nine ten eleven-twelve"
    assert text_link("https://x.example/a", long) == (
        "https://x.example/a#:~:text=one%20two%20three%20four%20five,seven%20eight%20nine%20ten%20eleven%2Dtwelve"
    )
    assert text_link("https://x.example/a", "a, b & c") == "https://x.example/a#:~:text=a%2C%20b%20%26%20c"
    assert text_link("https://x.example/a#b", long) == "https://x.example/a#b"
    assert text_link("javascript:alert(1)", long) == "javascript:alert(1)"


def test_titles_authors_and_citations_read_as_lines(results: Results) -> None:
    by_id = {hit.doc_id: hit for hit in results}
    assert title_of(by_id["b"]) == '=HYPERLINK("http://x","kelp") and more'
    assert authors_of(by_id["a/1"], most=2) == "Ann Fen, Bo {Lee} et al."
    assert citation(by_id["c"]) == "“@kelp”, undated. c.md"


def test_an_unknown_format_is_named_with_the_one_that_was_meant() -> None:
    with pytest.raises(
        UnknownFormat, match=r"There is no format `jsno`\. Did you mean `json`\? Choose one of: "
    ):
        format_named("jsno")


def test_the_pandas_table_has_a_row_a_hit(results: Results) -> None:
    pandas = pytest.importorskip("pandas")
    frame = results.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["passage_id"]) == [hit.passage_id for hit in results]
    assert list(Results("none", (), 0).to_pandas().columns) == list(frame.columns)


def test_pages_of_the_corpus_are_whole_html(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True)
    library.add(Path(__file__).resolve().parents[1] / "corpus" / "essays")
    seen = _Tags()
    seen.feed(text(library.search("oversight", k=50), "html"))
    assert sum(tag == "article" for tag, _ in seen.tags) == library.search("oversight", k=50).__len__()


def test_a_link_names_what_stands_before_where_the_page_has_the_words_earlier(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    again = "I agree with this, as - ever."
    text = f"{again}\n\nBut kelp is no moss, & that is that.\n\n{again}"
    middle = text.index("But"), text.index("that.") + 5
    blocks = (
        essaysearch.Block(0, len(again)),
        essaysearch.Block(*middle, voice="quoted", depth=1),
        essaysearch.Block(middle[1] + 2, len(text)),
    )
    library.add(Document("a", "comment", text, blocks, url="https://x.example/a"))
    first, _, last = sorted(library.search("id:a", k=None), key=lambda hit: hit.start)
    assert link_of(first) == "https://x.example/a#:~:text=I%20agree%20with%20this%2C%20as%20%2D%20ever."
    assert link_of(last) == (
        "https://x.example/a#:~:text=moss%2C%20%26%20that%20is%20that.-,"
        "I%20agree%20with%20this%2C%20as%20%2D%20ever."
    )
    shown = run("open", last.passage_id, "--print", "--index", library.path).stdout
    assert shown == f"{link_of(last)}\n"


ODD_NAMES = (
    "Kamilė Lukošiūtė", "Ludwig van Beethoven", "Barnes and Noble", "others", "Bo {Lee} & $on_s", "東京 太郎",
    "Müller-Lüdenscheidt Ö.", "100% #1 Author", "A, B, C, D",
)  # fmt: skip


@pytest.mark.parametrize("name", ["bibtex", "ris"])
def test_references_are_read_back_as_they_were(tmp_path: Path, name: str) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(
        [
            Document("a/1", "abstract", "Kelp is 50 % of it.", title="On kelp & 50% of C#: a_b, “x” and 'y'",
                     authors=ODD_NAMES, date="2023-06-11", url="https://kelp.example/1?a=1&b=2_3%20#x~y"),
            Document("a-1", "essay", "Kelp in Łódź.", title="Kelp\nin Łódź", authors=("Plato",), date="2023"),
            Document("c", "post", "Kelp.", title="Kelp", authors=("Bo Lee",), date="2021-05"),
        ]
    )  # fmt: skip
    found = library.search("kelp", group="document")
    path = tmp_path / f"kelp.{'bib' if name == 'bibtex' else 'ris'}"
    path.write_text(text(found, name), encoding="utf-8")
    back = essaysearch.open_library(tmp_path / "back", create=True, fast=False)
    assert back.add(path).skipped == []
    read = {document.title: document for document in back.all_documents()}
    assert set(read) == {"On kelp & 50% of C#: a_b, “x” and 'y'", "Kelp in Łódź", "Kelp"}
    for hit in found:
        document = read[" ".join((hit.title or "").split())]
        assert (document.date, document.url) == (hit.date, hit.url)
        if len(hit.authors) > 1:
            kept = [wanted for wanted in ODD_NAMES if wanted in document.authors]
            assert len(document.authors) == len(ODD_NAMES)
            assert set(ODD_NAMES) - set(kept) <= {"Bo {Lee} & $on_s", "A, B, C, D"}
        else:
            assert document.authors == hit.authors
    keys = re.findall(r"^@\w+\{([^,]+),", text(found, "bibtex"), re.MULTILINE)
    assert len(keys) == len({key.lower() for key in keys}) == 3


def test_the_run_is_read_back_by_the_evaluation(results: Results, tmp_path: Path) -> None:
    from essaysearch.measuring.judgments import read_run

    path = tmp_path / "run.txt"
    path.write_text(text(results, "trec"), encoding="utf-8")
    (ranking,) = read_run(path).values()
    assert [name for name, _ in ranking] == [hit.passage_id for hit in results]


def test_every_hit_has_a_citation_line_wherever_it_is_shown(results: Results) -> None:
    for hit in results:
        assert citation(hit).endswith(hit.url or (f"{hit.path}:{hit.line}" if hit.line else hit.path))
    assert results.citations() == [citation(hit) for hit in results]
    assert text(results, "markdown").count("\n— ") == len(results)
    assert text(results, "html").count('<div class="place">') == len(results)
    rows = list(csv.DictReader(io.StringIO(text(results, "csv"))))
    assert [row["citation"].lstrip("'") for row in rows] == results.citations()
