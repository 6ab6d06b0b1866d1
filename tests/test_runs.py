"""Searches that are saved, run again and compared: what is new, gone or moved, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import essaysearch
from essaysearch import Document, Library, Run, RunError, Search, diff
from essaysearch.search.comparing import PUSHED
from essaysearch.search.runs import Entry
from essaysearch.search.states import State, state_of
from test_cli import run


def document(key: str, text: str) -> Document:
    return Document(key, "essay", text)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    for key, text in (("a", "Kelp kelp kelp."), ("b", "Kelp kelp and moss."), ("c", "Kelp, moss and fern.")):
        library.add(document(key, text))
    return library


def why(old: Run, new: Run) -> dict[str, tuple[str, str]]:
    return {change.doc_id: (change.kind, change.why) for change in diff(old, new).changes}


# The library's digest


def test_the_digest_of_a_library_depends_on_its_documents_alone(library: Library, tmp_path: Path) -> None:
    before = library.digest
    assert len(library.snapshot().views) > 1
    library.optimize()
    assert library.digest == before
    library.add(document("d", "Fern."))
    grown = library.digest
    library.remove("d")
    assert library.digest == before != grown
    other = essaysearch.open_library(tmp_path / "other", create=True, fast=False)
    other.add([document("c", "Kelp, moss and fern."), document("b", "Kelp kelp and moss.")])
    other.add(replace(document("a", "Kelp kelp kelp."), path="elsewhere.md"))
    assert other.digest == before
    other.add(document("a", "Kelp kelp kelp!"))
    assert other.digest != before


def test_a_state_tells_which_documents_there_were(library: Library) -> None:
    old = state_of(library.snapshot())
    assert ("a" in old, "z" in old, len(old)) == (True, False, 3)
    library.add([document("a", "Other kelp."), document("z", "Kelp.")])
    library.remove("b")
    new = state_of(library.snapshot())
    assert new.since(old) == (1, 1, 1)
    assert new.print("a") != old.print("a")
    assert new.print("c") == old.print("c") is not None
    assert state_of(essaysearch.open_library(library.path).snapshot()) == new
    assert State(b"").print("a") is None


# Saving


def test_a_run_goes_through_a_file_and_is_the_same_run_again(library: Library, tmp_path: Path) -> None:
    found = library.search("kelp", k=2, sort="-length", narrow=["moss"], facets=["kind"])
    found.run.save(tmp_path / "kelp.json")
    read = Run.load(tmp_path / "kelp.json")
    assert read == found.run
    assert (read.digest, read.library) == (found.run.digest, library.digest)
    assert read.search.narrow == ("moss",)
    assert read.again(library) == read
    assert not diff(read, read.again(library))


def test_the_digest_of_a_result_is_that_of_its_order() -> None:
    one, two = Entry("1", "a", 2.0), Entry("2", "b", 1.0)
    runs = [Run(Search("x"), State(b""), 1, "", 2, rows) for rows in ((one, two), (two, one), (one,))]
    assert len({made.digest for made in runs}) == 3
    assert replace(runs[0], entries=(one._replace(score=3.0), two)).digest == runs[0].digest


def test_relative_dates_count_from_the_day_on_which_a_run_was_made(library: Library) -> None:
    made = library.ask(Search("kelp date:last-month..", today="2024-02-03")).run
    assert made.search.today == "2024-02-03"
    assert library.search("kelp").run.search.today is not None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda told: "{", "is no JSON"),
        (lambda told: {}, "is no saved search"),
        (lambda told: [1], "is no saved search"),
        (lambda told: {**told, "schema": 9}, "saved in schema 9; this essaysearch reads 1"),
        (lambda told: {**told, "search": {"query": "x", "kay": 1}}, "no option `kay` of a search"),
        (lambda told: {**told, "result": {**told["result"], "total": 77}}, "the digests do not fit it"),
        (lambda told: {**told, "library": {**told["library"], "table": "?"}}, "is no saved search"),
    ],
)
def test_a_file_that_is_no_run_is_named_with_what_is_wrong(
    library: Library, tmp_path: Path, change, sentence: str
) -> None:
    told = change(library.search("kelp").run.to_dict())
    path = tmp_path / "bad.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    with pytest.raises(RunError, match=sentence) as raised:
        Run.load(path)
    assert str(path) in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, library: Library) -> None:
    with pytest.raises(RunError, match="cannot be read: No such file"):
        Run.load(tmp_path / "none.json")
    with pytest.raises(RunError, match="cannot be written"):
        library.search("kelp").run.save(tmp_path / "none" / "kelp.json")


# Comparing


def test_new_gone_and_changed_documents_are_the_reasons(library: Library) -> None:
    old = library.search("kelp").run
    library.add([document("d", "Kelp kelp kelp kelp."), document("b", "Moss, and once kelp, for who asks.")])
    library.remove("c")
    new = old.again(library)
    told = why(old, new)
    assert told["d"] == ("new", "its document was added")
    assert told["c"] == ("gone", "its document was removed")
    assert told["b"][1] == "its document changed"
    assert diff(old, new).causes == ("Documents of the library: 1 added, 1 changed, 1 removed.",)


def test_what_only_made_room_is_told_from_what_overtook(library: Library) -> None:
    old = library.search("kelp").run
    assert [entry.doc_id for entry in old.entries] == ["a", "b", "c"]
    library.add(document("z", "Kelp kelp kelp kelp kelp."))
    told = why(old, old.again(library))
    assert told.pop("z")[0] == "new"
    assert set(told.values()) == {("moved", "others came or went before")}


def test_a_passage_overtaken_because_words_weigh_otherwise_says_so(tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add([document("a", "Kelp grows."), document("b", "Moss grows."), document("c", "Moss dries.")])
    old = library.search("kelp moss").run
    assert old.entries[0].doc_id == "a"
    library.add(
        document(f"x{n}", f"Kelp {n} stands, and stands long beside much else here.") for n in range(20)
    )
    moved = [row for row in diff(old, old.again(library)).changes if row.kind == "moved"]
    assert moved
    assert any("the weights of words" in row.why for row in moved)


def test_what_was_below_the_cut_is_no_new_document(library: Library) -> None:
    old = library.search("kelp", k=2).run
    library.remove("a")
    assert why(old, old.again(library)) == {
        "a": ("gone", "its document was removed"),
        "b": ("moved", "others came or went before"),
        "c": ("new", "it stood below the hits kept then"),
    }


def test_another_search_or_analyzer_or_ranking_is_the_reason(library: Library) -> None:
    old = library.search("kelp").run
    other = library.search("kelp", sort="length").run
    assert "the search is another" in {reason for _, reason in why(old, other).values()}
    assert diff(old, other).causes == ("Another search: sort was None and is 'length'.",)
    turned = replace(old, entries=old.entries[::-1])
    assert {row[1] for row in why(old, replace(turned, analyzer=9)).values()} <= {
        "the analyzer changed", "others came or went before"
    }  # fmt: skip
    assert "The analyzer changed from version" in diff(old, replace(turned, analyzer=9)).causes[0]
    assert "essaysearch ranks in another way" in {row[1] for row in why(old, turned).values()}
    assert diff(old, replace(turned, version="9")).causes[0].endswith("and is 9.")


def test_documents_are_told_apart_by_id_where_a_search_grouped_by_document(library: Library) -> None:
    old = library.search("kelp", group="document").run
    library.add(document("b", "Kelp kelp and mosses."))
    told = diff(old, old.again(library))
    assert not [row for row in told.changes if row.kind in ("new", "gone")]


@settings(max_examples=200, deadline=None)
@given(st.permutations("abcdef"), st.integers(0, 6), st.permutations("abcdefgh"), st.integers(0, 8))
def test_the_changes_turn_the_old_result_into_the_new(old, size, new, other) -> None:
    def made(names: list[str]) -> Run:
        rows = tuple(Entry(name, name, 1.0) for name in names)
        return Run(Search("x"), State(b""), 1, "", len(rows), rows)

    before, after = made(old[:size]), made(new[:other])
    changes = diff(before, after).changes
    place = {name: n for n, name in enumerate(old[:size], 1)}
    for row in changes:
        assert place.get(row.passage_id) == row.before
        if row.after is None:
            del place[row.passage_id]
        else:
            place[row.passage_id] = row.after
        assert row.why
    assert sorted(place, key=place.__getitem__) == new[:other]
    pushed = [row.before for row in changes if row.why == PUSHED]
    assert pushed == sorted(pushed)


# From the shell


def test_the_shell_saves_runs_again_and_compares(library: Library, tmp_path: Path) -> None:
    index, kept, later = library.path, str(tmp_path / "kelp.json"), str(tmp_path / "later.json")
    shown = run("search", "kelp", "-k", "2", "--save", kept, "--format", "trec", "--index", index).stdout
    assert Run.load(kept) == library.search("kelp", k=2).run
    again = run("run", kept, "--format", "trec", "--index", index)
    assert again.stdout == shown
    assert "The results are those of" in again.stderr
    same = run("diff", kept, "--index", index)
    assert (same.exit_code, same.stdout) == (1, "The results are the same: 2 hits of 3.\n")
    library.remove("a")
    changed = run("run", kept, "--save", later, "--index", index)
    assert "1 new, 1 gone, 1 moved. See `essaysearch diff " in changed.stderr
    told = run("diff", kept, later)
    assert told.exit_code == 0
    assert told.stdout == str(diff(Run.load(kept), Run.load(later))) + "\n"
    assert json.loads(run("diff", kept, later, "--format", "json").stdout)["counts"] == {
        "new": 1, "gone": 1, "moved": 1
    }  # fmt: skip
    missing = run("diff", str(tmp_path / "none.json"), later)
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr


def test_everything_can_be_saved_as_it_streams(library: Library, tmp_path: Path) -> None:
    kept = str(tmp_path / "all.json")
    run("search", "kelp", "--all", "--save", kept, "--format", "jsonl", "--index", library.path)
    assert Run.load(kept) == library.search("kelp", k=None).run
