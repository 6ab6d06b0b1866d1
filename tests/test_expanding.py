"""Searching with words that the first results suggest: what is added, what still holds, what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import essaysearch
from essaysearch.cli import main
from essaysearch.expansion import UnusableWords, written
from essaysearch.model import Document
from essaysearch.readers.paragraphs import blocks_of

TEXTS = {
    "a1": "Deceptive alignment: a scheming model behaves in training and defects later.",
    "a2": "Deceptive alignment again. A scheming model hides its goals from the trainer.",
    "a3": "Deceptive alignment may be rare, though a scheming model would hide it.",
    "b1": "Scheming was found in a model that was never told to scheme.",
    "b2": "Kelp grows in cold water, and otters live in kelp.",
    "b3": "Otters hold hands, so that they do not drift while they sleep.",
    "b4": "A quarry in the hills gives slate for roofs.",
}


def document(identity: str, text: str) -> Document:
    return Document(id=identity, kind="essay", text=text, blocks=blocks_of(text, headings=False))


@pytest.fixture
def library(tmp_path: Path) -> essaysearch.Library:
    library = essaysearch.open_library(tmp_path / "index", create=True)
    library.add([document(identity, text) for identity, text in TEXTS.items()])
    return library


@pytest.mark.parametrize("group", ["passage", "document"])
def test_passages_that_share_the_results_words_are_found_too(
    library: essaysearch.Library, group: str
) -> None:
    plain = library.search("deceptive alignment", group=group)
    expanded = library.search("deceptive alignment", group=group, expand=True)
    assert {hit.doc_id for hit in plain} == {"a1", "a2", "a3"}
    assert {hit.doc_id for hit in expanded} == {"a1", "a2", "a3", "b1"}
    assert {hit.doc_id: hit.score for hit in plain}[expanded[0].doc_id] == plain[0].score
    assert expanded.expansion is not None
    assert "scheming" in {one.word for one in expanded.expansion}
    assert plain.expansion is None


def test_only_first_results_that_share_words_add_any(library: essaysearch.Library) -> None:
    results = library.search("quarry", expand=True)
    assert results.expansion == ()
    assert [hit.doc_id for hit in results] == ["b4"]


def test_what_a_query_requires_excludes_and_filters_holds_for_added_words_too(
    library: essaysearch.Library,
) -> None:
    assert {h.doc_id for h in library.search("+deceptive alignment", expand=True)} == {"a1", "a2", "a3"}
    assert "b1" not in {h.doc_id for h in library.search("deceptive alignment -found", expand=True)}
    assert not library.search("deceptive alignment kind:comment", expand=True)
    assert library.search("kind:essay", expand=True).expansion == ()


@pytest.mark.parametrize("group", ["passage", "document"])
def test_added_words_given_back_rank_as_before(library: essaysearch.Library, group: str) -> None:
    expanded = library.search("deceptive alignment", group=group, expand=True)
    again = library.search("deceptive alignment", group=group, expand_with=written(expanded.expansion or ()))
    assert [(h.doc_id, h.score) for h in again] == [(h.doc_id, h.score) for h in expanded]
    other = library.search("deceptive alignment", group=group, expand_with="otters^2")
    assert {"b2", "b3"} <= {hit.doc_id for hit in other}


def test_added_words_count_neither_to_the_length_of_a_query_nor_as_neighbours(
    library: essaysearch.Library,
) -> None:
    plain = {hit.doc_id: hit.score for hit in library.search("deceptive alignment")}
    words = " ".join(f"kelp{n}" for n in range(40))
    with_unknown = {h.doc_id: h.score for h in library.search("deceptive alignment", expand_with=words)}
    assert with_unknown == plain


def test_expansion_does_not_depend_on_how_the_index_is_cut(tmp_path: Path) -> None:
    found = []
    for name, batches in (("one", [list(TEXTS)]), ("many", [[i] for i in reversed(TEXTS)])):
        library = essaysearch.open_library(tmp_path / name, create=True)
        for batch in batches:
            library.add([document(identity, TEXTS[identity]) for identity in batch])
        found.append(
            [
                [(h.doc_id, h.score) for h in library.search("deceptive alignment", group=group, expand=True)]
                for group in ("passage", "document")
            ]
        )
    assert found[0] == found[1]


def test_everything_streams_as_it_is_searched(library: essaysearch.Library) -> None:
    frame, hits = library.stream("deceptive alignment", expand=True)
    searched = library.search("deceptive alignment", expand=True)
    assert [(h.passage_id, h.score) for h in hits] == [(h.passage_id, h.score) for h in searched]
    assert frame.expansion == searched.expansion


def test_documents_rank_as_a_search_by_document_ranks_them(library: essaysearch.Library) -> None:
    for expand in (False, True):
        searched = library.search("deceptive model", group="document", expand=expand)
        assert library.documents("deceptive model", expand=expand) == [(h.doc_id, h.score) for h in searched]


def test_the_command_shows_what_was_added(library: essaysearch.Library) -> None:
    asked = ["search", "deceptive alignment", "--index", library.path]
    shown = CliRunner().invoke(main, [*asked, "--expand"])
    assert shown.exit_code == 0
    assert "Added (edit and give back by --expand-with): " in shown.stderr
    told = json.loads(CliRunner().invoke(main, [*asked, "--expand", "--format", "json"]).stdout)
    assert {"word", "weight", "results"} == set(told["expansion"][0])
    assert told["total"] == 4
    none = CliRunner().invoke(main, ["search", "quarry", "--index", library.path, "--expand"])
    assert "Nothing was added" in none.stderr
    bad = CliRunner().invoke(main, [*asked, "--expand-with", "otters^much"])
    assert bad.exit_code == 2
    assert "`otters^much` cannot be added" in bad.stderr


def test_a_notebook_shows_what_was_added(library: essaysearch.Library) -> None:
    assert "Added: " in library.search("deceptive alignment", expand=True)._repr_html_()
    with pytest.raises(UnusableWords):
        library.search("deceptive alignment", expand_with="two words^x")
