"""The examples in docstrings run as they stand, on the corpus that comes with the project."""

from __future__ import annotations

import doctest
import importlib
import re
from datetime import date
from pathlib import Path

import pytest

import essaysearch

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "essaysearch"
NAMES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.stem != "__main__" and re.search(r"^ +>>> \w", path.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> essaysearch.Library:
    library = essaysearch.open_library(tmp_path_factory.mktemp("docs") / "index", create=True, fast=False)
    library.add(ROOT / "corpus")
    return library


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_module_are_true(
    name: str, library: essaysearch.Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    given = {
        "library": library, "date": date, "Search": essaysearch.Search, "Run": essaysearch.Run,
        "diff": essaysearch.diff, "essaysearch": essaysearch,
    }  # fmt: skip
    done = doctest.testmod(module, extraglobs=given, optionflags=doctest.ELLIPSIS)
    assert done.attempted > 0
    assert done.failed == 0


def test_the_ways_on_from_a_library_and_its_results_have_examples() -> None:
    for owner, names in (
        (essaysearch.Library, ("search", "ask", "kwic", "collocates", "keyness", "by_year", "why_not")),
        (essaysearch.Results, ("narrow", "again", "more", "citations", "run")),
    ):
        for name in names:
            assert ">>> " in (getattr(owner, name).__doc__ or ""), (owner, name)
