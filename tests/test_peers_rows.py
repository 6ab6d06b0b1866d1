"""What users of other systems have, and what none has: a test for each row that concerns asking.

Querying, results, concordance, export and what can be come back to; on the corpus of the project.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Library, Run, diff
from essaysearch.cli.app import COMMANDS
from essaysearch.query.operators import OPERATORS
from test_cli import run

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = essaysearch.open_library(tmp_path_factory.mktemp("rows") / "index", create=True, fast=False)
    library.add(ROOT / "corpus")
    return library


def ids(hits: object) -> list[str]:
    return [hit.passage_id for hit in hits]  # type: ignore[attr-defined]


# Expected: at least one of the others has it


def test_threads_whole_thread_reply_to_and_matching_messages(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(
        [
            Document("p", "post", "Does oversight scale?", authors=("Ada Lane",), thread="p"),
            Document("q", "comment", "It does.", authors=("Bo Fenn",), thread="p", parent="p"),
            Document("r", "comment", "Oversight does not.", authors=("Cy Oak",), thread="p", parent="q"),
            Document("z", "comment", "Oversight elsewhere.", authors=("Ada Lane",)),
        ]
    )
    docs = lambda query, **how: {hit.doc_id for hit in library.search(query, k=None, **how)}  # noqa: E731
    assert docs("thread:p") == {"p", "q", "r"}
    assert docs("oversight thread:p") == {"p", "r"}
    assert docs("replyto:lane") == {"q"}
    assert docs("same:thread(oversight AND scale)") == {"p", "r"}
    assert len(docs("oversight", group="thread")) == 2
    assert list(library.thread("r").nodes) == ["p", "q", "r"]


def test_voices_own_words_and_quoted_words_apart(library: Library) -> None:
    assert {hit.voice for hit in library.search("own:oversight", k=None)} == {"own"}
    assert {hit.voice for hit in library.search("quote:oversight", k=None)} == {"quoted"}


def test_passages_with_offsets_several_a_document_and_rolled_up(library: Library) -> None:
    hits = library.search("oversight", k=None)
    for hit in hits:
        assert library.document(hit.doc_id).text[hit.start : hit.end] == hit.text
    documents = library.search("oversight", k=None, group="document")
    assert documents.total == len({hit.doc_id for hit in hits}) < hits.total
    assert sum(hit.size or 0 for hit in documents) == hits.total


def test_metadata_author_date_karma_and_categories_filter(library: Library) -> None:
    assert all("Ludo Marchpane" in hit.authors for hit in library.search("author:marchpane", k=None))
    assert all((hit.date or "")[:4] == "2024" for hit in library.search("date:2024", k=None))
    assert all((hit.karma or 0) >= 5 for hit in library.search("karma:>=5", k=None))
    assert all(hit.categories for hit in library.search("has:category", k=None))


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("inner AND alignment", {"inner", "alignment"}), ('"reward hacking"', {"reward hacking"}),
        ("reward NEAR/3 hacking", {"reward", "hacking"}), ("oversi*", {"oversight"}),
        ("o?ersight", {"oversight"}), ("ovresight~1", {"oversight"}), ("/overs.+t/", {"oversight"}),
        ("year:2022..2024 oversight", {"oversight"}), ("date:last-year.. oversight", {"oversight"}),
        ("oversight^2 date:2024-Q1", {"oversight"}), ("has:date oversight -has:karma", {"oversight"}),
    ],
)  # fmt: skip
def test_query_boolean_phrase_near_patterns_ranges_relative_dates(
    library: Library, query: str, marked: set[str]
) -> None:
    found = library.search(query, k=None, today=date(2023, 6, 1))
    assert found.warnings == ()
    assert found.total > 0
    spans = {h.snippet.text[a:b].lower() for h in found for a, b in h.snippet.spans}
    assert any(any(word in span for span in spans) for word in marked), spans


def test_query_literal_mode_did_you_mean_and_synonyms(library: Library) -> None:
    assert (
        library.search("reward hacking", literal=True).total == library.search('exact:"reward hacking"').total
    )
    assert "did you mean `deceptive`" in library.search("deceptve").warnings[0].message
    plain, topic = library.search("sandbagging", k=None), library.search("topic:sandbagging", k=None)
    assert set(ids(topic)) - set(ids(plain)) or topic.total >= plain.total


def test_diagnostics_nothing_is_dropped_in_silence(library: Library) -> None:
    for query, kind in (
        ("autor:lane", "unknown-field"), ('"reward', "unbalanced-quote"), ("date:2023-13", "bad-date"),
        ("(reward", "unbalanced-bracket"), ("year:2024..2022", "empty-range"), ("/.*/", "too-broad"),
        ("the of", "all-stop-words"), ("xyzzyq", "unknown-word"), ("/(a+)+b/", "costly-regex"),
    ):  # fmt: skip
        (warning, *_) = library.search(query).warnings
        assert warning.kind == kind
        assert 0 <= warning.start <= warning.end <= len(query)
        shown = run("search", query, "--index", library.path).stderr.splitlines()
        assert shown[0] == query
        assert set(shown[1]) <= {" ", "^"}


def test_ranking_explained_deterministic_more_like_this_and_near_duplicates(library: Library) -> None:
    hit = library.search("oversight debate")[0]
    told = library.explain(hit.passage_id, "oversight debate")
    assert sum(child.value for child in told.children) == pytest.approx(hit.score)
    assert ids(library.search("oversight debate", k=50)) == ids(library.search("oversight debate", k=50))
    assert hit.passage_id not in ids(library.similar(hit.passage_id))
    assert library.search("oversight", collapse=True).total <= library.search("oversight").total


def test_snippets_accurate_marks_offsets_and_several_a_document(library: Library) -> None:
    for hit in library.search('"reward hacking"', k=None):
        for start, end in hit.snippet.spans:
            assert hit.snippet.text[start:end].lower() == "reward hacking"
    several = library.search("oversight", group="document", snippets=3)
    assert max(len(hit.snippets) for hit in several) > 1


def test_concordance_lines_collocates_plot_and_keyness(library: Library, tmp_path: Path) -> None:
    lines = library.kwic("oversight", sort="left")
    assert len(lines) > 5
    assert library.collocates("reward")[0].word == "hacking"
    assert library.keyness("kind:abstract", "kind:comment")[0].score > 0
    pytest.importorskip("matplotlib")
    lines.plot().save(tmp_path / "where.svg")
    assert (tmp_path / "where.svg").stat().st_size > 1000


def test_recall_every_hit_without_a_cap_streamed(library: Library) -> None:
    frame, hits = library.stream("alignment OR oversight OR model")
    assert len(list(hits)) == frame.total > 50
    lines = run("search", "alignment OR oversight OR model", "--all", "--format", "jsonl",
                "--index", library.path).stdout.splitlines()  # fmt: skip
    assert len(lines) == frame.total


def test_facets_counts_several_sort_keys_and_deep_paging(library: Library) -> None:
    found = library.search("oversight", k=3, facets=("kind", "author", "year", "category", "source", "voice"))
    every = library.search("oversight", k=None)
    assert dict(found.facets["kind"]) == {
        kind: sum(hit.kind == kind for hit in every) for kind in {hit.kind for hit in every}
    }
    assert sum(count for _, count in found.facets["voice"]) == every.total
    keyed = [
        (hit.authors[:1], hit.date or "9999")
        for hit in library.search("oversight", k=None, sort="author,-date")
    ]
    assert all(a <= b for a, b in pairwise(row for row in keyed if row[0]))
    assert ids(found.more()) == ids(every[3:6])


def test_saved_searches_run_again(library: Library, tmp_path: Path) -> None:
    run("search", "oversight", "--save", str(tmp_path / "s.json"), "--index", library.path)
    assert Run.load(tmp_path / "s.json").again(library).entries == library.search("oversight").run.entries


def test_cli_json_lines_statuses_and_every_command_explained(library: Library) -> None:
    assert run("search", "oversight", "--index", library.path).exit_code == 0
    assert run("search", "xyzzyq", "--index", library.path).exit_code == 1
    assert run("search", "oversight", "--group", "page", "--index", library.path).exit_code == 2
    assert {"index", "search", "run", "diff", "kwic", "collocates", "keyness", "explain", "why-not"} <= set(
        COMMANDS
    )


def test_notebook_data_frame_and_rich_display(library: Library) -> None:
    pytest.importorskip("pandas")
    found = library.search("oversight", k=4)
    assert list(found.to_pandas()["passage_id"]) == ids(found)
    assert found._repr_html_().count("<article>") == 4
    assert len(library.kwic("oversight").to_pandas()) == len(library.kwic("oversight"))


def test_export_bibtex_ris_csv_markdown_and_trec_run(library: Library) -> None:
    found = library.search("oversight", k=5)
    for name, pattern in (
        ("bibtex", r"^@\w+\{"),
        ("ris", r"^TY  - "),
        ("markdown", r"^## \d"),
        ("trec", r" Q0 "),
    ):
        shown = run("search", "oversight", "-k", "5", "--format", name, "--index", library.path).stdout
        documents = name in ("bibtex", "ris")
        wanted = len({hit.doc_id for hit in found}) if documents else 5
        assert len(re.findall(pattern, shown, re.MULTILINE)) == wanted, name
    shown = run("search", "oversight", "-k", "5", "--format", "csv", "--index", library.path).stdout
    assert [row["passage_id"] for row in csv.DictReader(io.StringIO(shown))] == ids(found)


def test_syntax_help_comes_from_the_one_table_of_operators() -> None:
    shown = run("help", "query").stdout
    page = (ROOT / "docs" / "query.md").read_text(encoding="utf-8")
    for row in OPERATORS:
        assert row.syntax in shown
        assert row.syntax.replace("|", "\\|") in page


# Nobody has, and these users would love


def test_6_a_recall_report_says_what_each_part_adds_and_what_may_be_missing(library: Library) -> None:
    shown = run("topic", "show", "scalable-oversight", "--index", library.path).stdout
    assert "found  only  new" in shown
    assert "stimate" in shown or "Too few phrases" in shown


@pytest.mark.parametrize(
    ("query", "word"),
    [("kind:comment debate", "kind"), ("xyzzyq", "no passage of the library"), ("+section:debate", "section"),
     ("same:sentence(debate AND zebra)", "sentence")],
)  # fmt: skip
def test_7_why_not_names_clause_stem_field_and_scope(library: Library, query: str, word: str) -> None:
    hit = library.search("kind:abstract debate")[0]
    reasons = library.why_not(hit.passage_id, query)
    assert (hit.passage_id in ids(library.search(query, k=None))) == (not reasons)
    assert not reasons or word in " ".join(reasons)
    assert "place" in " ".join(library.why_not(hit.passage_id, "debate", k=0))


def test_8_the_scope_of_a_boolean_widens_from_sentence_to_thread(library: Library) -> None:
    found = [
        set(ids(library.search(f"same:{scope}(oversight AND debate)", k=None)))
        for scope in ("sentence", "passage", "comment", "document", "thread")
    ]
    assert all(a <= b for a, b in pairwise(found))
    assert len(found[0]) < len(found[-1])


def test_9_a_search_is_reproducible_and_a_difference_has_its_reason(library: Library, tmp_path: Path) -> None:
    small = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    small.add(Document("a", "essay", "Oversight."))
    old = small.search("oversight").run
    assert old.again(small).digest == old.digest
    small.add(Document("b", "essay", "Oversight of oversight."))
    change = next(row for row in diff(old, old.again(small)).changes if row.kind == "new")
    assert (change.doc_id, change.why) == ("b", "its document was added")


def test_10_passage_ids_survive_and_links_lead_into_the_page(library: Library, tmp_path: Path) -> None:
    again = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    again.add(ROOT / "corpus")
    hits = library.search("oversight", k=None)
    assert ids(again.search("oversight", k=None)) == ids(hits)
    hit = next(hit for hit in hits if hit.url and "#" not in hit.url and len(hit.text.split()) > 2)
    assert run("open", hit.passage_id, "--print", "--index", library.path).stdout.startswith(
        f"{hit.url}#:~:text="
    )


def test_12_concordance_by_voice_and_by_genre(library: Library) -> None:
    lines = library.kwic("oversight", sort="voice,kind")
    voices = [line.voice for line in lines]
    assert voices == sorted(voices, key=("own", "quoted", "unknown").index)
    assert set(voices) >= {"own", "quoted"}
    assert sum(count for _, count in lines.counts("kind")) == len(lines)
    against = library.keyness("oversight kind:abstract", "oversight kind:comment", least=1)
    assert against[0].score > 0 > against[-1].score


def test_13_across_genres_abstracts_like_a_comment_and_comments_like_an_abstract(library: Library) -> None:
    comment = library.search("oversight kind:comment")[0]
    abstracts = library.search(f"like:{comment.passage_id} kind:abstract")
    assert abstracts.total
    assert {hit.kind for hit in abstracts} == {"abstract"}
    back = library.search(f"like:{abstracts[0].passage_id} kind:comment")
    assert {hit.kind for hit in back} == {"comment"}


def test_14_position_over_time_with_the_undated_apart(library: Library) -> None:
    rows = library.timeline("oversight", author="marchpane")
    dated = [year for year, _ in rows if year is not None]
    assert dated == list(range(dated[0], dated[-1] + 1))
    own = library.search("oversight voice:own author:marchpane", k=None, collapse=True)
    assert sum(count for _, count in rows) == own.total
    shown = run("timeline", "oversight", "--format", "json", "--index", library.path).stdout
    assert json.loads(shown)["rows"] == library.timeline("oversight").to_dicts()
