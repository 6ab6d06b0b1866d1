"""Quotations linked to their sources across a library, kept up to date as it changes."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

import essaysearch
from essaysearch.cli.linking import quotes
from essaysearch.formats.table import format_named
from essaysearch.model import Block, Document
from essaysearch.text.passages import MOST_AFTER

SOURCE = (
    "A committee that can only say yes is not a committee, "
    "and a brake that answers to the accelerator is no brake."
)
ALTERED = (
    "A committee that can only ever say yes is no committee, "
    "and a brake that answers to the accelerator is no brake."
)
ESSAYS = {
    "source.md": f"""---
title: On brakes
author: Ada Lane
date: 2021-03-01
---

{SOURCE}

That is all I have to say.
""",
    "answer.md": f"""---
title: An answer
author: Odile Fenn
date: 2022-04-02
---

She writes well.

> {ALTERED}

I think that brakes may answer to several pedals at once.
""",
}


@pytest.fixture
def library(tmp_path):
    for name, text in ESSAYS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    made.add([tmp_path / name for name in ESSAYS])
    return made


def passage(library, query):
    return library.search(query).hits[0]


def test_an_altered_quotation_finds_its_source_and_shows_what_was_changed(library):
    quote = passage(library, 'quote:"a brake that answers"')
    (source,) = library.sources(quote.passage_id)
    assert SOURCE in source.text
    assert 0.8 < source.link.score < 1
    assert [(change.kind, change.quoted) for change in source.changes if change.kind == "added"] == [
        ("added", "ever")
    ]


def test_a_passage_knows_who_quotes_it_and_what_they_answer(library):
    source = passage(library, 'own:"a brake that answers"')
    (quoted,) = library.quoted_by(source.passage_id)
    assert library.document(quoted.quote).authors == ("Odile Fenn",)
    (answer,) = quoted.answered_by
    assert "several pedals" in library.show(answer).passages[library.show(answer).focus][1]
    assert library.exchanges().answers_count() == {source.passage_id: 1}


def test_passages_are_listed_by_how_much_they_were_answered(library, tmp_path):
    source = passage(library, 'own:"a brake that answers"')
    (most,) = library.attention()
    assert (most.passage_id, most.quoted, most.answers, most.replies) == (source.passage_id, 1, 1, 0)
    assert library.attention("pedals") == []
    nobody = {row.passage_id for row in library.attention(unanswered=True)}
    assert source.passage_id not in nobody
    assert passage(library, "own:pedals").passage_id in nobody
    assert all(library.show(name).document.authors != () for name in nobody)


def test_a_long_answer_is_one_answer(tmp_path):
    long = ESSAYS["answer.md"] + "\n\n".join(["", *(f"Pedal {n} is worth a word. " * 12 for n in range(4))])
    for name, text in {**ESSAYS, "answer.md": long}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    made.add([tmp_path / name for name in ESSAYS])
    (most,) = made.attention()
    (quoted,) = made.quoted_by(most.passage_id)
    assert len(quoted.answered_by) == MOST_AFTER
    assert (most.quoted, most.answers) == (1, 1)
    told = CliRunner().invoke(quotes, [most.passage_id, "--index", str(tmp_path / "index")]).output
    assert told.count("answered:") == 1
    assert "(and one more)" in told


def test_what_is_replied_to_as_a_whole_is_answered(tmp_path):
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    told = ("The first of them said that brakes are overrated.", "And the other one said nothing at all.")
    first = Document("a", "comment", told[0], (Block(0, len(told[0])),), date="2020")
    made.add([first, Document("b", "comment", told[1], (Block(0, len(told[1])),), parent="a", date="2021")])
    assert [made.show(row.passage_id).document.id for row in made.attention(unanswered=True)] == ["b"]


def test_quotes_shows_scores_changes_and_answers_in_text_and_json(library, tmp_path):
    index = ["--index", str(tmp_path / "index")]
    quote = passage(library, 'quote:"a brake that answers"').passage_id
    source = passage(library, 'own:"a brake that answers"').passage_id
    told = CliRunner().invoke(quotes, [quote, *index])
    assert re.search(r"quotes \(0\.\d\d\) .*Ada Lane, 2021-03-01", told.output)
    assert "added: '' -> 'ever'" in told.output
    told = json.loads(CliRunner().invoke(quotes, [source, *index, "--format", "json"]).output)
    assert told["quotes"] == []
    assert [(row["passage_id"], len(row["answered_by"])) for row in told["quoted_by"]] == [(quote, 1)]
    listed = CliRunner().invoke(quotes, [*index]).output
    assert listed.startswith(f"   1  [{source}]")
    listed = json.loads(CliRunner().invoke(quotes, ["--unanswered", *index, "--format", "json"]).output)
    assert listed["total"] == len(listed["passages"]) > 0
    none = CliRunner().invoke(quotes, ["--of", "pedals", *index])
    assert (none.exit_code, none.output) == (1, "No quotation is linked to a source.\n")


def test_what_is_added_later_becomes_the_source_of_an_older_quotation(tmp_path):
    for name, text in ESSAYS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    made.add(tmp_path / "answer.md")
    assert len(made.exchanges()) == 0
    made.add(tmp_path / "source.md")
    assert len(made.exchanges()) == 1
    made.remove(passage(made, 'own:"a brake that answers"').doc_id)
    assert len(made.exchanges()) == 0


def test_links_are_kept_and_made_anew_where_their_files_are_damaged(library, tmp_path):
    assert len(library.exchanges()) == 1
    kept = tmp_path / "index" / "essaysearch.quotes.json"
    assert kept.exists()
    kept.write_text("{", encoding="utf-8")
    (tmp_path / "index" / "essaysearch.quotes").write_bytes(b"no")
    assert len(essaysearch.open_library(tmp_path / "index").exchanges()) == 1


def test_an_exchange_is_one_result(library):
    results = library.search("brake", group="exchange")
    assert results.total == 2
    assert {hit.size for hit in results} == {1, 2}


def test_quote_and_answer_come_together_whichever_of_them_matched(library):
    (quoted,) = library.search('quote:"no committee"', group="exchange")
    (answer,) = library.search("answers:committee own:pedals", group="exchange")
    assert quoted.answered_by.passage_id == answer.passage_id
    assert quoted.answered_by.text == answer.text
    assert answer.answers.passage_id == quoted.passage_id
    assert library.search('quote:"no committee"')[0].answered_by is None


@pytest.mark.parametrize("name", ["text", "json", "jsonl", "csv", "markdown", "html"])
def test_every_format_shows_quote_and_answer_of_an_exchange(library, name):
    for query in ('quote:"no committee"', "answers:committee own:pedals"):
        results = library.search(query, group="exchange")
        shown = " ".join("".join(format_named(name).render(results, iter(results))).replace("**", "").split())
        assert "several pedals at once" in re.sub("</?mark>", "", shown)
        assert "A committee that can only ever say" in re.sub("</?mark>", "", shown)


def test_cards_and_tables_show_quote_and_answer_of_an_exchange(library):
    pytest.importorskip("pandas")
    results = library.search('quote:"no committee"', group="exchange")
    assert "several pedals at once" in results._repr_html_()
    assert "several pedals at once" in results.to_pandas()["answered_by"][0]


def test_own_words_come_before_quoted_ones_and_an_original_before_its_copies(tmp_path):
    copies = {
        f"copy{n}.md": f"---\ntitle: Copy {n}\nauthor: O. Fenn\n---\n\n> {SOURCE}\n\nQuite so.\n"
        for n in range(5)
    }
    for name, text in {**ESSAYS, **copies}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    made.add(sorted(tmp_path.glob("*.md")))
    hits = made.search("brake that answers to the accelerator", k=20)
    assert (hits[0].voice, hits[0].authors) == ("own", ("Ada Lane",))

    original = hits[0].score
    assert all(hit.score < original for hit in hits if hit.voice == "quoted")


TWICE = "What was said twice ought to count once, however often the author was proud enough to post it again."


@pytest.fixture
def posted_twice(tmp_path):
    for name, date, more in (("one", "2021", ""), ("two", "2023", " Yes."), ("none", None, " No.")):
        dated = f"date: {date}\n" if date else ""
        text = f"---\ntitle: {name}\nauthor: Ada Lane\n{dated}---\n\n{TWICE}{more}\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    (tmp_path / "other.md").write_text(
        "---\ntitle: other\n---\n\nOught we to count at all?\n", encoding="utf-8"
    )
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    made.add(sorted(tmp_path.glob("*.md")))
    return made


def test_near_duplicates_are_one_result_where_they_are_collapsed(posted_twice):
    assert posted_twice.search("count").total == 4
    collapsed = posted_twice.search("count", collapse=True)
    assert collapsed.total == 2
    assert collapsed[0].score >= collapsed[1].score


def test_a_timeline_counts_what_was_posted_twice_once_in_its_first_year(posted_twice):
    assert posted_twice.by_year("count author:lane") == [(2021, 1), (2022, 0), (2023, 1), (None, 1)]
    assert posted_twice.timeline("count", author="Ada Lane") == [(2021, 1)]
    assert posted_twice.timeline("count") == [(2021, 1), (None, 1)]
