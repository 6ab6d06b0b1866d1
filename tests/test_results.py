"""Results: narrowed, sorted, paged, streamed, collapsed, in several snippets, and what is missing there."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Library
from essaysearch.errors import UnknownChoice
from essaysearch.model import Block, Hit
from essaysearch.search.asking import FACETS, GROUPS, SORTS, Search
from test_cli import run

ROOT = Path(__file__).resolve().parents[1]
MANY = "model oversight reward goals"
LONG = " ".join(f"Kelp grows in bay {n}. " + "Nothing else is said of the bay here. " * 9 for n in range(5))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("results") / "index")


@pytest.fixture(scope="module")
def corpus(place: str) -> Library:
    library = essaysearch.open_library(place, create=True, fast=False)
    library.add(ROOT / "corpus")
    return library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Documents in several segments."""
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    rows = [
        ("a", "Kelp and moss.", "Odile Fenn", "2023-05", 3.0),
        ("b", "Kelp alone, for once.", "Ada Lane", "2024", None),
        ("c", "Kelp again and again.", None, None, 7.0),
        ("d", "Kelp and moss.", "Ada Lane", "2023-06-01", 3.0),
        ("e", "Moss.", "Bo Lane", "2021", 1.0),
    ]
    for key, text, author, date, karma in rows:
        authors = (author,) if author else ()
        library.add(Document(key, "essay", text, authors=authors, date=date, karma=karma))
    return library


def ids(hits: object) -> list[str]:
    return [hit.doc_id for hit in hits]  # type: ignore[attr-defined]


# Order


def test_several_keys_sort_the_unknown_last_and_equals_by_id(library: Library) -> None:
    assert len(library.snapshot().views) > 1
    assert ids(library.search("kelp", sort="author")) == ["b", "d", "a", "c"]
    assert ids(library.search("kelp", sort="-author,-date")) == ["a", "d", "b", "c"]
    assert ids(library.search("kelp", sort="karma,date")) == ["c", "d", "a", "b"]
    assert ids(library.search("kelp", sort="karma,-date")) == ["c", "a", "d", "b"]
    assert ids(library.search("kelp", sort="-length,author")) == ["d", "a", "b", "c"]


@pytest.mark.parametrize("sort", [*SORTS, "-author", "karma,author,-date", "author,length"])
@pytest.mark.parametrize("group", GROUPS)
def test_an_order_is_the_same_however_the_index_is_cut(library: Library, sort: str, group: str) -> None:
    before = [(hit.doc_id, hit.size) for hit in library.search("kelp moss", sort=sort, group=group)]
    library.optimize()
    assert len(library.snapshot().views) == 1
    assert [(hit.doc_id, hit.size) for hit in library.search("kelp moss", sort=sort, group=group)] == before


@pytest.mark.parametrize("sort", [None, "date", "author,-karma", "length"])
def test_deep_pages_join_to_the_whole_ranking(corpus: Library, sort: str | None) -> None:
    whole = corpus.search("alignment oversight reward", k=None, sort=sort)
    page, joined = corpus.search("alignment oversight reward", k=7, sort=sort), []
    while page:
        joined += list(page)
        page = page.more()
    assert [(hit.rank, hit.passage_id) for hit in joined] == [(hit.rank, hit.passage_id) for hit in whole]
    assert len(whole) == whole.total > 7


def test_a_stream_does_not_hold_the_hits_it_has_given(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(Document(str(n), "post", f"Kelp {n}. " + "Long text here. " * 200) for n in range(1500))
    library.search("kelp")
    tracemalloc.start()
    frame, hits = library.stream("kelp")
    peaks = []
    for number, _ in enumerate(hits):
        if number % 500 == 499:
            peaks.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert frame.total == number + 1 > 1400
    assert peaks[-1] < peaks[0] + 2_000_000, peaks


# Narrowing


def test_results_narrow_and_chain_and_keep_their_order_and_scores(corpus: Library) -> None:
    whole = corpus.search("alignment oversight", k=None)
    narrowed = whole.narrow("author:marchpane").narrow("kind:comment")
    kept = [hit for hit in whole if "Ludo Marchpane" in hit.authors and hit.kind == "comment"]
    assert [(hit.passage_id, hit.score) for hit in narrowed] == [(hit.passage_id, hit.score) for hit in kept]
    assert narrowed.total == len(kept) > 0
    assert narrowed.asked == "alignment oversight | author:marchpane | kind:comment"
    assert narrowed.to_dict()["narrow"] == ["author:marchpane", "kind:comment"]


def test_narrowing_by_words_takes_hits_away_and_marks_the_words(corpus: Library) -> None:
    whole = corpus.search("oversight", k=None)
    narrowed = whole.narrow("debate OR judge")
    both = {hit.passage_id for hit in corpus.search("oversight AND (debate OR judge)", k=None)}
    assert {hit.passage_id for hit in narrowed} == both
    assert [hit.passage_id for hit in whole if hit.passage_id in both] == [hit.passage_id for hit in narrowed]
    marked = {hit.snippet.text[start:end].lower() for hit in narrowed for start, end in hit.snippet.spans}
    assert "oversight" in marked
    assert marked & {"debate", "judge", "judges"}


def test_filters_narrowed_by_words_rank_by_the_words(corpus: Library) -> None:
    narrowed = corpus.search("kind:comment", k=None).narrow("oversight")
    direct = corpus.search("oversight kind:comment", k=None)
    assert [(hit.passage_id, hit.score) for hit in narrowed] == [
        (hit.passage_id, hit.score) for hit in direct
    ]


def test_an_odd_query_that_narrows_is_named(corpus: Library) -> None:
    narrowed = corpus.search("oversight").narrow("autor:fenn")
    assert narrowed.warnings[0].kind == "unknown-field"
    assert narrowed.warnings[0].message.startswith("narrowed by `autor:fenn`: no field `autor`")
    assert narrowed.warnings[0].start <= len("oversight")


def test_results_made_by_hand_cannot_go_on() -> None:
    with pytest.raises(essaysearch.EssaysearchError, match="do not know what was asked"):
        essaysearch.Results("kelp", (), 0).narrow("moss")


def test_the_same_options_narrow_from_the_shell(corpus: Library, place: str) -> None:
    shown = run("search", "alignment", "--narrow", "author:marchpane", "--narrow", "-kind:essay",
                "--sort", "-date,author", "--format", "jsonl", "--index", place).stdout  # fmt: skip
    found = corpus.search("alignment", sort="-date,author").narrow("author:marchpane").narrow("-kind:essay")
    assert [line.split('"passage_id": "')[1][:16] for line in shown.splitlines()] == [
        hit.passage_id for hit in found
    ]


# Facets


def test_facets_of_several_segments_count_as_every_hit_does(library: Library) -> None:
    blocks = (Block(0, 12), Block(14, 19, voice="quoted"))
    authors = ("Ada Lane", "Bo Lane")
    library.add(
        Document("f", "comment", "Kelp, twice.\n\nKelp.", blocks, authors=authors, categories=("x", "y"))
    )
    library.add(Document("g", "comment", "Kelp too.", categories=("y",), date="1999"))
    library.remove("b")
    of: dict[str, Callable[[Hit], Sequence[str | None]]] = {
        "kind": lambda hit: [hit.kind],
        "author": lambda hit: hit.authors or [None],
        "year": lambda hit: [hit.date[:4] if hit.date else None],
        "category": lambda hit: hit.categories or [None],
        "source": lambda hit: [hit.source],
        "voice": lambda hit: [hit.voice],
    }
    assert tuple(of) == FACETS
    for query in ("kelp", "kelp moss", "kind:comment", "nothing-of-the-kind"):
        found = library.search(query, k=None, facets=FACETS)
        for name, values in of.items():
            counts = Counter(value for hit in found for value in values(hit))
            rows = sorted(counts.items(), key=lambda row: (-row[1], row[0] is None, row[0] or ""))
            assert found.facets[name] == rows


def test_facets_are_those_of_the_state_that_is_searched(library: Library) -> None:
    assert library.search("kelp", facets=("author",)).facets["author"][0] == ("Ada Lane", 2)
    library.add(Document("h", "essay", "Kelp. Yes.", authors=("Odile Fenn",)))
    library.add(Document("i", "essay", "Kelp. No.", authors=("Odile Fenn",)))
    assert library.search("kelp", facets=("author",)).facets["author"][0] == ("Odile Fenn", 3)


def test_lists_of_names_may_be_given_as_one_text(library: Library) -> None:
    found = library.search("kelp", facets="kind, year", narrow="author:lane")
    assert set(found.facets) == {"kind", "year"}
    assert found.search == Search("kelp", facets=("kind", "year"), narrow=("author:lane",))


# A search as a value


def test_a_search_prints_compares_and_goes_through_json() -> None:
    search = Search("kelp", k=None, sort="date", narrow=("kind:essay",), facets=("year",), today="2024-01-31")
    assert eval(repr(search)) == search
    assert Search.from_dict(search.to_dict()) == search
    assert len({search, Search.from_dict(search.to_dict())}) == 1


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], "it has no query"),
        ({"query": 3}, "it has no query"),
        ({"query": "a", "kay": 3}, "There is no option `kay` of a search. There are: query, k, offset"),
        ({"query": "a", "k": "3"}, "The option `k` of a search cannot be '3'."),
        ({"query": "a", "k": True}, "The option `k` of a search cannot be True."),
    ],
)
def test_what_is_no_search_is_said(told: object, sentence: str) -> None:
    with pytest.raises(UnknownChoice, match=sentence.replace(".", r"\.")):
        Search.from_dict(told)


def test_a_day_that_is_none_is_said(corpus: Library) -> None:
    with pytest.raises(UnknownChoice, match=r"`soon` is no day\. Write it as 2024-01-31"):
        corpus.ask(Search("date:yesterday", today="soon"))


# Snippets


def test_a_long_passage_has_several_snippets_that_do_not_overlap(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(Document("a", "essay", LONG.replace(". ", "; ").strip() + "."))
    hit = library.search("kelp", snippets=3)[0]
    assert hit.snippet == hit.snippets[0]
    assert len(hit.snippets) == 3
    bays = [shown.text[a:] for shown in hit.snippets for a, _ in shown.spans]
    assert len(bays) == len(set(bays)) >= 3
    for shown in hit.snippets:
        assert all(shown.text[a:b].lower() == "kelp" for a, b in shown.spans)
        assert shown.spans
        assert shown.text.strip("…") in " ".join(hit.text.split())
    assert len(library.search("kelp", snippets=50)[0].snippets) <= 5


@pytest.mark.parametrize("group", ["document", "thread", "author"])
def test_a_group_shows_its_best_passages(corpus: Library, group: str) -> None:
    passages = {hit.passage_id: hit for hit in corpus.search("alignment", k=None)}
    for hit in corpus.search("alignment", group=group, snippets=4):
        named = [shown.passage_id or hit.passage_id for shown in hit.snippets]
        assert len(named) == len(set(named)) == min(4, hit.size or 0)
        scores = [passages[name].score for name in named]
        assert all(a >= b for a, b in pairwise(scores))
        same = {passages[name].doc_id if group == "document" else passages[name].thread or hit.thread or name
                for name in named}  # fmt: skip
        assert group == "author" or len(same) == 1 or group == "thread"
        told = essaysearch.search.results.hit_dict(hit).get("snippets", [])
        assert [row["passage_id"] for row in told] == (named if len(named) > 1 else [])


def test_snippets_are_on_the_page_and_in_markdown_and_html(corpus: Library, place: str) -> None:
    for name, mark in (("text", "   · "), ("markdown", "\n>\n"), ("html", '</p><p class="text">')):
        shown = run("search", "alignment", "--group", "document", "--snippets", "3", "-k", "1",
                    "--format", name, "--index", place).stdout  # fmt: skip
        assert shown.count(mark) == 2, name


# What is missing


def test_why_not_names_the_cut_off(corpus: Library) -> None:
    ranking = corpus.search(MANY, k=None)
    low, first = ranking[30].passage_id, ranking[0].passage_id
    assert corpus.why_not(low, MANY) == [
        "It is found, in place 31, and the hits shown end with place 10:"
        " ask for 31 of them, or narrow the search."
    ]
    assert corpus.why_not(low, MANY, k=31) == []
    assert corpus.why_not(first, MANY, offset=5) == [
        "It stands in place 1, and the hits shown begin with place 6."
    ]
    assert corpus.place(low, MANY) == 31


def test_why_not_names_the_passage_that_stands_for_a_group(corpus: Library) -> None:
    best = corpus.search("alignment", group="document", k=None)
    hit = next(hit for hit in best if (hit.size or 0) > 1)
    others = [
        found.passage_id
        for found in corpus.search("alignment", k=None)
        if found.doc_id == hit.doc_id and found.passage_id != hit.passage_id
    ]
    assert corpus.why_not(others[0], "alignment", group="document") == [
        f"It is found, but of its document only the best passage is a hit: {hit.passage_id},"
        f" in place {hit.rank}."
    ]


def test_why_not_names_the_near_duplicate_that_stands_for_it(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    text = "Whoever trains a model on its own reports of its goals learns what it reports, and not its goals."
    library.add(
        [Document("a", "post", text), Document("b", "comment", text), Document("c", "post", "Goals.")]
    )
    whole = library.search("goals", k=None)
    kept = library.search("goals", k=None, collapse=True)
    assert (whole.total, kept.total) == (3, 2)
    _, hits = library.stream("goals", collapse=True)
    assert [hit.passage_id for hit in hits] == [hit.passage_id for hit in kept]
    gone = next(hit for hit in whole if hit.passage_id not in {other.passage_id for other in kept})
    stays = next(hit for hit in kept if hit.text == gone.text)
    assert library.why_not(gone.passage_id, "goals", collapse=True) == [
        "It is found, but near-duplicates are collapsed, and the best of them is"
        f" {stays.passage_id}, in place {stays.rank}."
    ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("author:lane", "It does not meet the condition `author:lane`: its author is Odile Fenn."),
        ("date:2024..", "It does not meet the condition `date:2024-01-01..`: its date is 2023-05."),
        ("has:url", "It does not meet the condition `has:url`: it has no url."),
        ("karma:>=5", "It does not meet the condition `karma:5.0..`: its karma is 3.0."),
        ("voice:quoted", "It does not meet the condition `voice:quoted`: its voice is own."),
        ("same:sentence(kelp AND bays)", "there is no sentence around it in which all of this holds"),
        ("title:kelp", "`title:kelp`: it has the word, but not in title."),
        ("mosses^2 fern", "`fern`: no passage of the library has this word (its stem is `fern`)."),
    ],
)
def test_why_not_names_clause_stem_field_and_scope(library: Library, query: str, sentence: str) -> None:
    id = library.search("id:a")[0].passage_id
    reasons = library.why_not(id, query)
    if query.startswith("mosses"):
        assert reasons == []
        reasons = library.why_not(library.search("id:b")[0].passage_id, query)
    assert any(sentence in reason for reason in reasons), reasons


def test_why_not_from_the_shell_takes_the_options_of_a_search(corpus: Library, place: str) -> None:
    low = corpus.search(MANY, k=None)[30].passage_id
    missed = run("why-not", low, MANY, "--index", place)
    assert (missed.exit_code, missed.stdout[:27]) == (0, "It is found, in place 31, a")
    there = run("why-not", low, MANY, "-k", "40", "--index", place)
    assert (there.exit_code, there.stdout) == (1, "The query finds it, in place 31.\n")


# From the shell


@pytest.mark.parametrize(
    "args", [["-has:url"], ["-has:url", "-k", "3"], ["-k3", "--sort", "-date", "-has:url"]]
)
def test_a_query_may_begin_with_a_hyphen(corpus: Library, place: str, args: list[str]) -> None:
    done = run("search", *args, "--format", "jsonl", "--index", place)
    assert done.exit_code == 0, done.stderr
    assert '"url": null' in done.stdout
    assert '"url": "' not in done.stdout


def test_an_option_that_does_not_exist_is_still_named(place: str, corpus: Library) -> None:
    done = run("search", "kelp", "--sorted", "date", "--index", place)
    assert done.exit_code == 2
    assert "--sorted" in done.stderr
