"""A user's story, told twice, from the shell and from a notebook: both see the same at every step.

Find, look closer, narrow, compare, count, cite, save, come back when the library has changed, diff.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Library, Run, diff
from test_cli import run

ROOT = Path(__file__).resolve().parents[1]
NOTE = """---
title: A Note on Ladders
author: Ada Verge
date: 2025-06-01
---

Oversight is a ladder, and oversight of the ladder is another ladder. I would rather count rungs.
"""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("story") / "papers"
    shutil.copytree(ROOT / "corpus", place)
    return place


@pytest.fixture(scope="module")
def index(papers: Path) -> str:
    place = str(papers.parent / "index")
    assert run("index", str(papers), "--index", place).exit_code == 0
    return place


def shell(index: str, *args: str) -> str:
    done = run(*args, "--index", index)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def found(index: str, *args: str) -> list[str]:
    """The passages that the shell gives."""
    return [
        hit["passage_id"] for hit in json.loads(shell(index, "search", *args, "--format", "json"))["hits"]
    ]


def ids(hits: object) -> list[str]:
    return [hit.passage_id for hit in hits]  # type: ignore[attr-defined]


def test_the_story_is_the_same_from_the_shell_and_from_a_notebook(papers: Path, index: str) -> None:
    library: Library = essaysearch.open_library(index)

    # Find: a question in plain words.
    hits = library.search("does oversight run out", k=20)
    assert found(index, "does oversight run out", "-k", "20") == ids(hits)
    assert len(hits) == 20

    # See what the library has on it, and narrow.
    counted = library.search("does oversight run out", facets=("kind", "author")).facets
    assert f"kind: {', '.join(f'{value} {count}' for value, count in counted['kind'])}" in shell(
        index, "search", "does oversight run out", "--facets", "kind,author"
    )
    narrowed = hits.narrow("kind:comment").narrow("oversight -report")
    assert found(index, "does oversight run out", "-k", "20", "--narrow", "kind:comment",
                 "--narrow", "oversight -report") == ids(narrowed)  # fmt: skip
    assert 0 < narrowed.total < hits.total
    assert {hit.kind for hit in narrowed} == {"comment"}

    # Look closer: what stands around it, why it is where it is, why another is not.
    first = narrowed[0]
    assert f"▶ [{first.passage_id}]" in shell(index, "show", first.passage_id)
    explained = library.explain(first.passage_id, "oversight")
    assert shell(index, "explain", first.passage_id, "oversight") == f"{explained}\n"
    assert sum(child.value for child in explained.children) == pytest.approx(explained.value)
    abstract = library.search("kind:abstract oversight")[0].passage_id
    reasons = library.why_not(abstract, "oversight kind:comment")
    assert shell(index, "why-not", abstract, "oversight kind:comment") == "\n".join(reasons) + "\n"
    assert reasons == ["It does not meet the condition `kind:comment`: its kind is abstract."]

    # Compare: whose word is it, next to what, and when.
    lines = library.kwic("oversight", sort="voice,left")
    assert json.loads(shell(index, "kwic", "oversight", "--sort", "voice,left", "--format", "json"))[
        "rows"
    ] == json.loads(json.dumps(lines.to_dicts()))
    one, other = "oversight kind:comment", "oversight kind:abstract"
    told = json.loads(shell(index, "keyness", one, other, "-k", "999", "--format", "json"))
    assert [row["word"] for row in told["rows"]] == [row.word for row in library.keyness(one, other)]
    years = library.by_year("oversight")
    assert years.sparkline in shell(index, "years", "oversight")

    # Cite.
    cited = shell(index, "search", "oversight", "--group", "document", "-k", "3", "--format", "bibtex")
    best = library.search("oversight", group="document", k=3)
    assert cited.count("@") == len(best) == 3
    notes = shell(index, "search", "oversight", "-k", "3", "--format", "csv")
    assert all(line[:40].split("http")[0] in notes for line in library.search("oversight", k=3).citations())

    # Save.
    kept, copy = papers.parent / "oversight.json", papers.parent / "notebook.json"
    shell(index, "search", "oversight", "-k", "15", "--save", str(kept))
    library.search("oversight", k=15).run.save(copy)
    assert Run.load(kept) == Run.load(copy)
    assert run("diff", str(kept), str(copy)).exit_code == 1

    # Come back, with another library.
    (papers / "essays" / "ladders.md").write_text(NOTE, encoding="utf-8")
    gone = library.search("oversight kind:essay", k=1)[0]
    Path(gone.path if Path(gone.path).is_absolute() else ROOT / gone.path).unlink()
    assert run("index", str(papers), "--prune", "--index", index).exit_code == 0

    old = Run.load(kept)
    difference = diff(old, old.again(library))
    assert run("diff", str(kept), "--index", index).stdout == f"{difference}\n"
    reasons_of = {change.doc_id: change.why for change in difference.changes if change.kind != "moved"}
    assert reasons_of[gone.doc_id] == "its document was removed"
    new = next(hit for hit in library.search("oversight", k=15) if hit.title == "A Note on Ladders")
    assert reasons_of[new.doc_id] == "its document was added"
    again = run("run", str(kept), "--format", "jsonl", "--index", index)
    assert [json.loads(line)["passage_id"] for line in again.stdout.splitlines()] == [
        entry.passage_id for entry in old.again(library).entries
    ]
