"""The records that flow go through pickle and copy, so that they go to other processes and into caches."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

import essaysearch
from essaysearch import Library
from essaysearch.query import parse

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = essaysearch.open_library(tmp_path_factory.mktemp("records") / "index", create=True, fast=False)
    made.add(ROOT / "corpus")
    return made


def records(library: Library) -> dict[str, Any]:
    """Everything that a library gives back."""
    results = library.search("oversight", facets=("kind",), group="exchange", snippets=2)
    passage = library.search("oversight")[0].passage_id
    return {
        "results": results,
        "expanded": library.search("oversight", expand=True),
        "hit": results[0],
        "warnings": library.search("autor:nobody").warnings,
        "search": results.search,
        "run": results.run,
        "lines": library.kwic("pausing"),
        "collocates": library.collocates("pausing"),
        "keys": library.keyness("pausing"),
        "years": library.by_year("pausing"),
        "explanation": library.explain(passage, "oversight"),
        "description": library.describe("oversight"),
        "surroundings": library.show(passage),
        "thread": library.thread(passage),
        "document": library.document(passage),
        "attention": library.attention(),
        "topic": library.topic_passages("pauses"),
        "query": parse('a AND "b c"~5 kind:essay same:sentence(x y) w* /re/ like:abc topic:x fuzzy~1'),
    }


@pytest.mark.parametrize("again", [lambda held: pickle.loads(pickle.dumps(held)), copy.deepcopy, copy.copy])
def test_what_a_library_gives_back_is_the_same_after_pickle_and_copy(library: Library, again: Any) -> None:
    for name, held in records(library).items():
        made = again(held)
        assert made == held, name
        assert repr(made) == repr(held), name


def test_a_table_keeps_its_title_and_warnings(library: Library) -> None:
    lines = pickle.loads(pickle.dumps(library.kwic("oversihgt pausing")))
    assert lines.title == "oversihgt pausing"
    assert lines.warnings[0].kind == "unknown-word"


def test_a_copy_of_results_says_how_to_go_on(library: Library) -> None:
    results = library.search("oversight", k=2)
    made = pickle.loads(pickle.dumps(results))
    with pytest.raises(essaysearch.EssaysearchError, match="a copy that has no library; ask again"):
        made.narrow("kind:essay")
    assert library.ask(made.search).hits == results.hits
