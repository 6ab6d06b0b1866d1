"""The library: what is added, replaced, dropped and found, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Library, ReadError, UnknownId
from essaysearch.errors import UnknownChoice
from essaysearch.model import Block
from shared import SEEDS, needs_shared

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = essaysearch.open_library(tmp_path_factory.mktemp("corpus") / "index", create=True)
    library.add(ROOT / "corpus")
    return library


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = essaysearch.open_library(tmp_path_factory.mktemp("seeds") / "index", create=True)
    library.add(SEEDS)
    return library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return essaysearch.open_library(tmp_path / "index", create=True)


def note(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def titled(results: essaysearch.Results) -> list[str | None]:
    return [hit.title for hit in results]


# Filling


def test_a_file_added_again_is_left_alone_and_a_changed_one_replaced(
    library: Library, tmp_path: Path
) -> None:
    path = note(tmp_path / "in", "a.md", "# Kelp\n\nKelp grows in cold water.\n")
    assert library.add(path).added == 1
    again = library.add(path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    path.write_text("# Kelp\n\nKelp drifts in warm water.\n", encoding="utf-8")
    changed = library.add(path)
    assert (changed.added, changed.changed, changed.documents) == (0, 1, 1)
    assert library.search("warm").total == 1
    assert library.search("cold").total == 0


def test_prune_drops_only_what_lay_under_the_paths_given(library: Library, tmp_path: Path) -> None:
    gone = note(tmp_path / "here", "gone.md", "# Gone\n\nA heron.\n")
    elsewhere = note(tmp_path / "there", "kept.md", "# Elsewhere\n\nA heron too.\n")
    note(tmp_path / "here", "stays.md", "# Stays\n\nAnother heron.\n")
    library.add([tmp_path / "here", tmp_path / "there"])
    gone.unlink()
    elsewhere.unlink()
    assert library.add(tmp_path / "here").removed == 0
    report = library.add(tmp_path / "here", prune=True)
    assert (report.removed, report.documents) == (1, 2)
    assert titled(library.search("heron", sort="length")) == ["Stays", "Elsewhere"]


def test_a_file_read_again_loses_the_documents_it_no_longer_holds(library: Library, tmp_path: Path) -> None:
    path = note(tmp_path / "in", "two.jsonl", '{"_id":"b","text":"a vole"}\n{"_id":"a","text":"an otter"}\n')
    library.add(path)
    path.write_text('{"_id":"b","text":"a vole"}\n', encoding="utf-8")
    report = library.add(path)
    assert (report.removed, report.unchanged, report.documents) == (1, 1, 1)


def test_rows_without_text_do_not_keep_what_the_file_no_longer_holds(
    library: Library, tmp_path: Path
) -> None:
    path = note(tmp_path / "in", "a.jsonl", '{"_id": "a", "text": "Kelp."}\n{"_id": "b", "text": "Eels."}\n')
    library.add(path)
    path.write_text('{"_id": "a", "text": "Kelp."}\n{"_id": "c"}\n', encoding="utf-8")
    report = library.add(path)
    assert (len(report.skipped), report.removed, report.documents) == (1, 1, 1)


def test_a_row_that_cannot_be_read_keeps_what_may_stand_in_it(library: Library, tmp_path: Path) -> None:
    path = note(tmp_path / "in", "a.jsonl", '{"_id": "a", "text": "Kelp."}\n{"_id": "b", "text": "Eels."}\n')
    library.add(path)
    path.write_text('{"_id": "a", "text": "Kelp."}\n{"_id": "b", "te\n', encoding="utf-8")
    report = library.add(path)
    assert (len(report.skipped), report.removed, report.documents) == (1, 0, 2)


def test_a_file_is_the_same_however_its_path_is_written(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = note(tmp_path / "in", "a.md", "# Kelp\n\nKelp grows.\n")
    monkeypatch.chdir(tmp_path)
    library.add("in")
    for folder, written in ((tmp_path, path), (tmp_path, "./in/../in/a.md"), (tmp_path / "in", "a.md")):
        monkeypatch.chdir(folder)
        report = library.add(written)
        assert (report.unchanged, report.changed, report.added, report.repeated) == (1, 0, 0, {})
    assert library.search("kelp")[0].path == str(path)


def test_files_of_one_name_in_two_directories_are_two_files(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        note(tmp_path / folder, "a.md", f"# The {folder}\n\nKelp grows.\n")
        monkeypatch.chdir(tmp_path / folder)
        report = library.add("a.md")
    assert (report.added, report.removed, report.documents) == (1, 0, 2)


def test_prune_within_one_directory_spares_the_others(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        note(tmp_path / folder, "a.md", f"# The {folder}\n\nKelp grows.\n")
    note(tmp_path / "one", "b.md", "# More\n\nEels swim.\n")
    monkeypatch.chdir(tmp_path)
    library.add(["one", "two"])
    (tmp_path / "one" / "a.md").unlink()
    monkeypatch.chdir(tmp_path / "one")
    report = library.add(".", prune=True)
    assert (report.removed, report.documents) == (1, 2)


def test_one_id_in_two_files_is_one_document_and_both_files_are_named(
    library: Library, tmp_path: Path
) -> None:
    first = note(tmp_path / "in", "a.jsonl", '{"_id":"x","text":"a short text"}\n')
    second = note(tmp_path / "in", "b.jsonl", '{"_id":"x","text":"a short text and a longer one"}\n')
    report = library.add(tmp_path / "in")
    assert report.documents == 1
    assert report.repeated == {"x": [str(first), str(second)]}
    assert library.search("longer").total == 1


@pytest.mark.parametrize("prune", [True, False])
def test_a_document_whose_file_goes_is_kept_from_the_other_that_holds_it(
    library: Library, tmp_path: Path, prune: bool
) -> None:
    first = note(
        tmp_path / "a", "a.jsonl", '{"_id":"x","text":"a text and a longer one"}\n{"_id":"y","text":"b"}\n'
    )
    second = note(tmp_path / "b", "b.jsonl", '{"_id":"x","text":"a text"}\n{"_id":"z","text":"an otter"}\n')
    library.add(tmp_path / "a")
    assert library.add(tmp_path / "b").repeated == {"x": [str(first), str(second)]}
    if prune:
        first.unlink()
        note(tmp_path / "a", "c.jsonl", '{"_id":"y","text":"b"}\n')
    else:
        first.write_text('{"_id":"y","text":"b"}\n', encoding="utf-8")
    report = library.add(tmp_path / "a", prune=prune)
    assert (report.removed, report.documents) == (0, 3)
    assert library.document("x").text == "a text"
    assert library.document("x").path == str(second)
    assert f"{second}: a document that {first} no longer holds is kept from here." in report.notes
    second.unlink()
    assert library.add([tmp_path / "a", tmp_path / "b"], prune=True).documents == 1


def test_a_document_removed_by_name_does_not_come_back_from_another_file(
    library: Library, tmp_path: Path
) -> None:
    for name in "ab":
        note(
            tmp_path / name,
            f"{name}.jsonl",
            '{"_id":"x","text":"a text"}\n{"_id":"' + name + '","text":"b"}\n',
        )
        library.add(tmp_path / name)
    assert library.remove("x") == 1
    (tmp_path / "a" / "a.jsonl").unlink()
    report = library.add(tmp_path / "a", prune=True)
    assert (report.removed, report.documents) == (1, 1)


def test_what_was_repaired_or_assumed_in_a_file_is_in_the_report_once_for_each_cause(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "old.txt").write_bytes(b"A caf\xe9 with a \x81 in its name.")
    note(tmp_path / "in", "two.jsonl", '{"_id":"a","text":"kelp","date":"someday"}\n' * 2)
    note(tmp_path / "in", "when.md", "---\ntitle: When\ndate: someday\n---\nAn essay on kelp.\n")
    said = library.add(tmp_path / "in").to_dict()["notes"]
    assert said == [
        f"{tmp_path}/in/old.txt: read as Windows-1252: the bytes are not UTF-8.",
        f"{tmp_path}/in/old.txt: 1 byte was undecodable and replaced.",
        f'{tmp_path}/in/two.jsonl: the date "someday" is no date (2 times).',
        f"{tmp_path}/in/two.jsonl: the id `a` stands in it more than once; the first was kept.",
        f'{tmp_path}/in/when.md: the date "someday" is no date.',
    ]
    assert library.add(tmp_path / "in").to_dict()["notes"] == said


def test_a_date_given_that_is_none_stops_the_run_before_anything_is_read(
    library: Library, tmp_path: Path
) -> None:
    path = note(tmp_path / "in", "a.txt", "An essay on kelp.")
    with pytest.raises(ReadError, match='"someday" is no date; write one such as 2023-06-11'):
        library.add(path, date="someday")
    assert library.search("kelp").total == 0


@pytest.mark.parametrize("turn", [False, True])
def test_a_group_shows_the_first_of_equally_good_passages_however_the_index_is_cut(
    library: Library, turn: bool
) -> None:
    dates = {"c": "2021", "b": "2024-05", "a": None, "d": "2023"}
    given = [
        Document(key, "essay", "On kelp.", date=date, authors=("Ann Fen",)) for key, date in dates.items()
    ]
    for document in reversed(given) if turn else given:
        library.add(document)  # each in a segment of its own
    assert [(hit.doc_id, hit.size) for hit in library.search("kind:essay", group="author")] == [("b", 4)]
    assert [hit.doc_id for hit in library.search("kelp", group="author")] == ["a"]
    assert [hit.doc_id for hit in library.search("kelp", group="author", sort="-date")] == ["c"]


def test_documents_of_ones_own_making_can_be_added_and_removed(library: Library) -> None:
    report = library.add([Document("d1", "essay", "On kelp."), Document("d2", "post", "On moss.")])
    assert (report.added, report.passages) == (2, 2)
    assert library.remove("d1") == 1
    assert library.remove(["d1", "nobody"]) == 0
    assert [hit.doc_id for hit in library.search("kind:post")] == ["d2"]
    assert len(library) == 1


def test_a_document_of_a_title_alone_has_one_empty_passage_and_is_found_by_its_title(
    library: Library,
) -> None:
    library.add(Document("t", "abstract", "", title="Lanterns and Lighthouses"))
    (hit,) = library.search("lighthouse")
    assert (hit.doc_id, hit.text, hit.start, hit.end) == ("t", "", 0, 0)
    assert hit.snippet.text == ""


def test_a_run_that_fails_leaves_the_library_as_it_was(library: Library) -> None:
    library.add(Document("d1", "essay", "On kelp."))

    def documents() -> Iterator[Document]:
        yield Document("d2", "essay", "On moss.")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add(documents())
    assert len(library) == 1
    assert library.add(Document("d3", "essay", "On ferns.")).added == 1


def test_unreadable_files_are_named_and_stop_nothing(library: Library, tmp_path: Path) -> None:
    note(tmp_path / "in", "good.md", "# Good\n\nA readable note.\n")
    note(tmp_path / "in", "empty.md", "")
    (tmp_path / "in" / "noise.bin").write_bytes(bytes(range(256)) * 20)
    report = library.add([tmp_path / "in", tmp_path / "missing"])
    assert report.read == 1
    skipped = {Path(s.path).name: s.reason for s in report.skipped}
    assert set(skipped) == {"empty.md", "noise.bin", "missing"}
    assert all(reason.endswith(".") for reason in skipped.values())


def test_optimizing_changes_no_score(library: Library) -> None:
    for number in range(12):
        library.add(Document(f"d{number}", "essay", f"Kelp and moss, number {number}. " * (number + 1)))
    library.remove(["d3", "d7"])
    before = [(hit.doc_id, hit.score) for hit in library.search("kelp moss", k=20)]
    library.optimize()
    assert library.stats()["segments"] == 1
    assert [(hit.doc_id, hit.score) for hit in library.search("kelp moss", k=20)] == before


# Searching


def test_the_first_hits_fall_in_score_and_total_counts_all(corpus: Library) -> None:
    results = corpus.search("deceptive alignment", k=5)
    assert len(results) == 5 < results.total
    assert all(a.score >= b.score for a, b in pairwise(results))
    assert [hit.rank for hit in results] == [1, 2, 3, 4, 5]


def test_offset_pages_through_the_same_ranking(corpus: Library) -> None:
    whole = [hit.passage_id for hit in corpus.search("oversight debate", k=30)]
    paged = [hit.passage_id for at in range(0, 30, 7) for hit in corpus.search("oversight debate", 7, at)]
    assert paged[: len(whole)] == whole
    assert [hit.rank for hit in corpus.search("oversight", 2, 3)] == [4, 5]


@pytest.mark.parametrize("group", ["passage", "document", "thread", "author", "exchange"])
@pytest.mark.parametrize("sort", [None, "date", "-karma,author"])
def test_a_stream_gives_what_a_search_gives(corpus: Library, group: str, sort: str | None) -> None:
    found = corpus.search("alignment oversight", k=1000, group=group, sort=sort)
    frame, hits = corpus.stream("alignment oversight", group=group, sort=sort)
    assert frame.total == found.total == len(found)
    read = list(hits)
    assert [replace(hit, score=0.0) for hit in read] == [replace(hit, score=0.0) for hit in found]
    assert [hit.score for hit in read] == pytest.approx([hit.score for hit in found])


def test_grouping_gives_each_document_once_and_counts_its_passages(corpus: Library) -> None:
    results = corpus.search("oversight", k=100, group="document")
    ids = [hit.doc_id for hit in results]
    assert len(ids) == len(set(ids)) == results.total
    passages = corpus.search("oversight", k=1000)
    sizes = {hit.doc_id: hit.size for hit in results}
    assert sizes == {key: sum(hit.doc_id == key for hit in passages) for key in ids}


def test_sorting_by_date_is_newest_first_and_undated_last_either_way(corpus: Library) -> None:
    newest = [hit.date for hit in corpus.search("alignment oversight", k=500, sort="date")]
    oldest = [hit.date for hit in corpus.search("alignment oversight", k=500, sort="-date")]
    dated = [day[:10] for day in newest if day]
    assert dated == sorted(dated, reverse=True)
    assert [day[:10] for day in oldest if day] == sorted(dated)
    undated = newest.count(None)
    assert undated > 0
    assert newest[-undated:] == oldest[-undated:] == [None] * undated


def test_filters_alone_list_everything_newest_first_without_a_score(corpus: Library) -> None:
    results = corpus.search("kind:abstract", k=100, group="document")
    assert results.total == 8
    assert {hit.score for hit in results} == {0.0}
    dates = [hit.date for hit in results]
    assert dates == sorted(dates, key=str, reverse=True)


def test_facets_count_over_all_matches_not_over_those_shown(corpus: Library) -> None:
    results = corpus.search(
        "oversight", k=1, facets=("kind", "author", "year", "category", "source", "voice")
    )
    everything = corpus.search("oversight", k=1000)
    for name, of in (("kind", lambda h: h.kind), ("voice", lambda h: h.voice)):
        counted = {value: sum(of(hit) == value for hit in everything) for value in map(of, everything)}
        assert dict(results.facets[name]) == counted
    assert sum(count for _, count in results.facets["year"]) == results.total
    counts = [count for _, count in results.facets["author"]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"group": "paragraph"}, "Results cannot be grouped by `paragraph`."),
        ({"sort": "karma,loudness"}, "Results cannot be sorted by `loudness`."),
        ({"facets": ("kind", "mood")}, "There is no facet `mood`."),
    ],
)
def test_a_choice_that_does_not_exist_is_named_with_those_that_do(
    corpus: Library, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UnknownChoice) as raised:
        corpus.search("oversight", **options)  # type: ignore[arg-type]
    assert str(raised.value).startswith(sentence)
    assert "Choose" in str(raised.value)


@pytest.mark.parametrize(
    "query", ["", "   ", "?!…", '"', "()", "-", "a" * 10_000, "word " * 2_000, "(" * 10_000]
)
def test_no_query_raises_and_odd_ones_say_what_is_odd(corpus: Library, query: str) -> None:
    results = corpus.search(query)
    assert results.warnings
    assert all(warning.message for warning in results.warnings)


def test_a_word_nobody_wrote_is_named_with_the_one_that_was_meant(corpus: Library) -> None:
    (warning,) = corpus.search("alignment oversihgt").warnings
    assert warning.message == "No passage has the word `oversihgt`; did you mean `oversight`?"
    assert (warning.start, warning.end) == (10, 19)


def test_an_authors_name_among_the_words_is_said_to_be_one(library: Library) -> None:
    library.add(Document("a", "essay", "Kelp grows.", authors=("Séraphine Łunøster",)))
    (warning,) = library.search("Lunoster kelp").warnings
    assert warning.message == (
        "No passage has the word `Lunoster`; it is an author's name: write `author:lunoster`."
    )
    assert library.search("author:lunoster kelp").total == 1


def test_a_passage_that_ends_in_a_colon_comes_with_what_it_introduces(library: Library) -> None:
    blocks = (Block(0, 17), Block(19, 36, voice="quoted", depth=1), Block(38, 53))
    library.add(Document("a", "essay", "Of kelp she said:\n\nIt grows in cold.\n\nSo much for it.", blocks))
    leading, led, last = (library.search(f"body:{word}")[0] for word in ("kelp", "cold", "much"))
    assert leading.introduces == led.text == "It grows in cold."
    assert led.introduces is last.introduces is None


def test_a_report_reads_as_sentences_with_what_was_skipped_and_why(library: Library, tmp_path: Path) -> None:
    note(tmp_path / "in", "a.md", "# Kelp\n\nKelp grows.\n")
    note(tmp_path / "in", "b.md", "")
    first, second, *_, last = repr(library.add(tmp_path / "in")).splitlines()
    assert first == "1 document read: 1 new, 0 changed, 0 as they were."
    assert second.startswith("The library holds 1 document in 1 passage (")
    assert last == f"skipped {tmp_path / 'in' / 'b.md'}: The file is empty."


def test_literal_searches_exactly_what_was_typed(corpus: Library) -> None:
    assert (
        corpus.search("kind:abstract -oversight", literal=True).total != corpus.search("kind:abstract").total
    )
    assert corpus.search("motte AND bailey", literal=True).warnings == ()


def test_dates_of_a_query_are_relative_to_the_day_given(corpus: Library) -> None:
    recent = corpus.search("date:last-year..", k=1000, today=date(2026, 6, 1))
    assert recent.total > 0
    assert all(hit.date and hit.date >= "2025" for hit in recent)


def test_snippets_mark_words_of_the_text_shown(corpus: Library) -> None:
    for hit in corpus.search('"inductive biases"', k=20):
        marked = [hit.snippet.text[start:end].lower() for start, end in hit.snippet.spans]
        assert marked, hit.passage_id
        assert all(word.split()[0] == "inductive" for word in marked)


def test_a_snippet_leaves_out_the_heading_that_the_hit_gives_apart(library: Library, tmp_path: Path) -> None:
    library.add(note(tmp_path / "in", "a.md", "# T\n\n## On kelp\n\nIt grows in cold water.\n"))
    (hit,) = library.search("cold")
    assert (hit.section, hit.snippet.text) == ("On kelp", "It grows in cold water.")
    assert library.search("section:kelp")[0].snippet.text.endswith("cold water.")


# Looking closer


def test_show_gives_a_passage_among_its_neighbours(corpus: Library) -> None:
    hit = corpus.search("kind:essay tenant", k=1)[0]
    found = corpus.show(hit.passage_id, before=1, after=1)
    assert found.passages[found.focus][0].id == hit.passage_id
    assert found.passages[found.focus][1] == hit.text
    assert 2 <= len(found.passages) <= 3
    whole = corpus.show(hit.doc_id)
    text = corpus.document(hit.doc_id).text
    assert [part for _, part in whole.passages] == [text[p.start : p.end] for p, _ in whole.passages]


def test_show_of_an_answer_gives_what_it_answers(corpus: Library) -> None:
    hit = next(hit for hit in corpus.search("voice:own kind:comment", k=100) if hit.answers)
    found = corpus.show(hit.passage_id)
    assert found.answers[0][0].id == hit.answers.passage_id  # type: ignore[union-attr]
    assert "\n\n".join(text for _, text in found.answers) == hit.answers.text  # type: ignore[union-attr]


def test_a_thread_holds_everything_around_any_of_its_comments(corpus: Library) -> None:
    whole = corpus.thread("cr-101")
    assert whole.roots == ("cr-101",)
    assert len(whole.nodes) > 3
    for id in whole.nodes:
        assert corpus.thread(id) == whole


def test_a_thread_says_what_the_library_does_not_hold(library: Library) -> None:
    library.add(Document("c", "comment", "I disagree.", thread="root", parent="missing"))
    thread = library.thread("c")
    assert [(node.id, node.document is None) for node in thread.nodes.values()] == [
        ("root", True), ("missing", True), ("c", False),
    ]  # fmt: skip


@pytest.mark.parametrize("ask", ["show", "document", "thread", "similar"])
def test_an_id_that_nobody_bears_is_named(corpus: Library, ask: str) -> None:
    with pytest.raises(UnknownId, match="`0123456789abcdef`"):
        getattr(corpus, ask)("0123456789abcdef")


QUERIES = [
    "deceptive alignment",
    "deceptive^3 alignment kind:essay",
    '"inductive biases" goal',
    '"inductive list"~20 counting',
    "title:oversight scal* evaluat~1",
    "+oversight (debate AND judge) -tenant",
    "own:oversight quote:ladder answers:report",
    "same:document(oversight AND debate)",
]


@pytest.mark.parametrize("query", QUERIES)
def test_an_explanation_sums_to_the_score(corpus: Library, query: str) -> None:
    results = corpus.search(query, k=6)
    assert results.total > 0
    for hit in results:
        told = corpus.explain(hit.passage_id, query)
        assert told.value == pytest.approx(hit.score, rel=1e-6)
        assert sum(child.value for child in told.children) == pytest.approx(hit.score, rel=1e-6)
        assert corpus.why_not(hit.passage_id, query) == []


def test_why_not_names_the_clause_that_keeps_a_passage_out(library: Library) -> None:
    library.add(
        [
            Document("d", "essay", "The optimizer prefers its own goals.", date="2023", authors=("Ann Fen",)),
            Document("e", "post", "Zebras are striped. Optimizers were never seen."),
        ]
    )
    id = library.search("kind:essay")[0].passage_id
    for query, sentence in (
        ("zebras", "it has no word with the stem `zebra`"),
        ("unicorn", "no passage of the library has this word"),
        ("optimizer -goals", "It matches `goals`, which the query excludes."),
        ("optimizer kind:post", "It does not meet the condition `kind:post`: its kind is essay."),
        ("title:optimizer", "it has the word, but not in title"),
        ('"goals own"', "they do not stand side by side in this order"),
        ('"zebras own"', "it has no word like `zebras`"),
        ("exact:Goals", "it has the word in another form only"),
        ("zeb*", "none of its words matches the pattern"),
    ):
        reasons = library.why_not(id, query)
        assert any(sentence in reason for reason in reasons), (query, reasons)
        assert id not in [hit.passage_id for hit in library.search(query)]


def test_a_query_is_described_with_what_its_patterns_stand_for(corpus: Library) -> None:
    told = corpus.describe("decept* +oversight kind:essay")
    lines = told.lines()
    assert lines[0].startswith("the query: ")
    assert any(line.startswith("  must oversight: the stem `oversight`") for line in lines)
    assert any("decept*: " in line and "deceptive" in line for line in lines)
    assert told.passages == corpus.search("decept* +oversight kind:essay").total
    assert told.to_dict()["children"][0]["part"] == "must"


def test_similar_passages_leave_out_the_passage_itself(corpus: Library) -> None:
    hit = corpus.search("inductive biases", k=1)[0]
    found = corpus.similar(hit.passage_id, 5)
    assert len(found) == 5
    assert hit.passage_id not in [other.passage_id for other in found]


def test_stats_count_what_is_there(corpus: Library) -> None:
    told = corpus.stats()
    assert told["documents"] == sum(told["kinds"].values()) == told["dated"] + told["undated"] == 33
    assert told["passages"] == sum(told["voices"].values()) == len(corpus)
    assert corpus.verify() > 0


def test_a_library_opened_twice_sees_what_the_other_commits(library: Library) -> None:
    other = essaysearch.open_library(library.path)
    library.add(Document("d", "essay", "On kelp."))
    assert other.search("kelp").total == 1


def test_documents_come_back_as_they_were_added(library: Library) -> None:
    document = Document(
        "d", "comment", "On kelp.\n\nOn moss.", title="Notes", authors=("Ann Fen", "Bo Lee"), date="2023-06",
        url="https://kelp.example/1", categories=("cs.LG",), karma=3.5, metadata={"shelf": [1, "b"]},
    )  # fmt: skip
    library.add(document)
    assert replace(library.document("d"), blocks=()) == document
    assert list(library.all_documents()) == [library.document("d")]


# The real documents


@needs_shared
def test_each_seed_query_finds_as_many_documents_as_the_sources_say(seeds: Library) -> None:
    for query, number in (
        ("kind:abstract", 20), ("kind:abstract author:hubinger", 20), ('author:"nina panickssery"', 1),
        ("author:lukosiute", 1), ("kind:abstract date:2023..2024", 10), ("has:code kind:abstract", 1),
        ('kind:abstract "deceptive alignment"', 0), ("kind:comment", 1),
    ):  # fmt: skip
        assert seeds.search(query, k=0, group="document").total == number, query


@needs_shared
def test_deceptive_alignment_ranks_comments_and_abstracts_in_its_first_ten(seeds: Library) -> None:
    assert {hit.kind for hit in seeds.search("deceptive alignment")} >= {"comment", "abstract"}
    best = titled(seeds.search("kind:abstract deceptive alignment", k=5, group="document"))
    for start in ("Sleeper Agents", "Alignment faking", "Uncovering Deceptive Tendencies"):
        assert any(title and title.startswith(start) for title in best), start


@needs_shared
def test_truncated_author_lists_are_said_to_be_incomplete(seeds: Library) -> None:
    abstracts = seeds.search("kind:abstract", k=20, group="document")
    assert sum(not hit.authors_complete for hit in abstracts) == 17
    assert sum(bool(hit.authors_inferred) for hit in abstracts) == 14


@needs_shared
def test_literal_angle_brackets_of_plain_text_survive_and_furniture_does_not(seeds: Library) -> None:
    (hit,) = seeds.search('"insert any long-term goal here"')
    assert "<insert any long-term goal here>" in hit.text
    for furniture in ('"Load More"', '"Wiki Contributions"', '"20papers"'):
        assert seeds.search(furniture).total == 0


@needs_shared
def test_what_a_source_says_of_itself_is_kept_with_the_source(seeds: Library) -> None:
    told = {key: value for facts in seeds.stats()["sources"].values() for key, value in facts.items()}
    assert 54 in told.values()
    assert 3987 in told.values()


# Ids and scores alone


@pytest.mark.parametrize("query", ["model", "+model +training", '"language models"', "mod*", "model risk"])
@pytest.mark.parametrize("sort", [None, "date", "-length,author"])
def test_scores_are_those_of_a_search_page_by_page(corpus: Library, query: str, sort: str | None) -> None:
    whole = [(hit.passage_id, hit.score) for hit in corpus.search(query, 30, sort=sort)]
    pages = [row for at in (0, 10, 20) for row in corpus.scores(query, 10, at, proximity=True, sort=sort)]
    assert [name for name, _ in pages] == [name for name, _ in whole]
    assert [score for _, score in pages] == pytest.approx([score for _, score in whole])


def test_what_resembles_a_passage_can_be_left_out(corpus: Library) -> None:
    first = corpus.search("model")[0].passage_id
    assert first not in [hit.passage_id for hit in corpus.search(f"model -like:{first}", 100)]
