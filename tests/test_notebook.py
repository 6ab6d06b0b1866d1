"""The notebook's face: cards, tables, and the example notebook from end to end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document, Results
from essaysearch.notebook import cards

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def library(tmp_path: Path) -> essaysearch.Library:
    library = essaysearch.open_library(tmp_path / "index", create=True)
    library.add([Document("a", "essay", "On kelp & moss.", title="Kelp"), Document("b", "post", "No kelp.")])
    return library


def test_results_show_as_cards_with_what_matched_marked(library: essaysearch.Library) -> None:
    shown = library.search("kelp", facets=("kind",))._repr_html_()
    assert shown.count("<article>") == 2
    assert "On <mark>kelp</mark> &amp; moss." in shown
    assert "2 of 2" in shown
    assert "kind: essay 1, post 1" in shown


def test_a_passage_in_its_surroundings_shows_as_a_card(library: essaysearch.Library) -> None:
    library.add(Document("c", "essay", f"{'Dull words. ' * 60}\n\nA <tide> & fog.\n\n{'More of it. ' * 60}"))
    hit = library.search("tide fog", k=1)[0]
    found = library.show(hit.passage_id)
    shown = found._repr_html_()
    assert shown.count("<p>") == 1
    assert shown.count("<p") == len(found.passages) > 1
    assert "&lt;tide&gt; &amp; fog." in shown
    assert f"<code>{hit.passage_id}</code>" in shown


def test_cards_say_what_was_odd_and_that_nothing_was_found(library: essaysearch.Library) -> None:
    shown = cards(library.search("autor:zebra"))
    assert "no field `autor`; did you mean `author`?" in shown
    assert "Nothing found." in shown


def test_results_are_a_sequence_and_print_as_one_line(library: essaysearch.Library) -> None:
    results = library.search("kelp")
    assert (len(results), results[0], results[:1]) == (2, results.hits[0], results.hits[:1])
    assert repr(results) == "<Results for 'kelp': 2 of 2>"
    assert repr(library).endswith("2 documents, 2 passages>")
    assert isinstance(results, Results)


def test_the_table_has_the_names_of_the_json(library: essaysearch.Library) -> None:
    pytest.importorskip("pandas")
    results = library.search("kelp")
    frame = results.to_pandas()
    assert set(frame.columns) == set(results.to_dicts()[0])
    assert list(frame["score"]) == [hit.score for hit in results]


def test_without_pandas_the_install_line_is_said(
    library: essaysearch.Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(essaysearch.ExtraMissing, match=r"pip install 'essaysearch\[notebook\]'"):
        library.search("kelp").to_pandas()


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.ipynb")), ids=lambda path: path.stem)
def test_an_example_notebook_runs_from_its_first_cell_to_its_last(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("pandas")
    book = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    assert any("<mark>" in output.get("data", {}).get("text/html", "") for output in outputs)
    assert not [output for output in outputs if output.output_type == "error"]


@pytest.mark.parametrize("name", ["an-argument-through-a-forum", "a-topic-over-time"])
def test_an_example_is_kept_as_it_came_out_and_names_no_machine(name: str) -> None:
    text = (ROOT / "examples" / f"{name}.ipynb").read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]
    ran = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in ran] == list(range(1, len(ran) + 1))
    shown = [output for cell in ran for output in cell["outputs"]]
    assert any("image/png" in output.get("data", {}) for output in shown)
    assert any("<table" in str(output.get("data", {}).get("text/html", "")) for output in shown)
    assert not re.search(r"/(?:tmp|home|Users|root|work)/", text)
    assert " at 0x" not in text
