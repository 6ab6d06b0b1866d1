"""The front door of the package: exactly these names."""

from __future__ import annotations

import inspect
import subprocess
import sys

import essaysearch
from essaysearch import errors

NAMES = [
    "Answered", "Block", "Diagnostic", "Document", "EngineConflict", "EssaysearchError", "ExtraMissing",
    "ForeignWriter", "Hit", "IndexDamaged", "IndexLocked", "IndexMissing", "IndexReadOnly", "IndexVersion",
    "Library", "NotAnIndex", "Passage", "QueryTooLarge", "ReadError", "Results", "Run",
    "RunError", "Search", "Skipped", "Snippet",
    "UnknownFormat", "UnknownId", "UnknownReader", "__version__", "diff", "open_library",
]  # fmt: skip


def test_the_package_exports_exactly_these_names() -> None:
    assert essaysearch.__all__ == sorted(NAMES)
    assert all(hasattr(essaysearch, name) for name in NAMES)


def test_every_exported_name_says_what_it_promises() -> None:
    for name in NAMES:
        if name != "__version__":
            assert inspect.getdoc(getattr(essaysearch, name)), name


def test_every_error_descends_from_one_root() -> None:
    found = [value for value in vars(errors).values() if inspect.isclass(value)]
    assert len(found) > 10
    assert all(issubclass(value, essaysearch.EssaysearchError) for value in found)


def test_the_keywords_of_search_are_those_of_the_contract() -> None:
    names = list(inspect.signature(essaysearch.Library.search).parameters)
    assert names[:6] == ["self", "query", "k", "offset", "group", "sort"]
    assert list(inspect.signature(essaysearch.open_library).parameters)[:2] == ["path", "create"]


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "nltk numba lxml yaml rich pandas matplotlib asyncio importlib.metadata markdown_it".split()
    code = f"import sys, essaysearch; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
