"""The engines compared: one module each, behind the same few functions.

An engine module has a class `Engine` with:

- ``index(rows, directory)``: index passages; returns when they are committed.
- ``open(directory)``, then ``render(query)``: the query as its users write it, or None where the
  engine cannot ask it; ``search(rendered, k)``: (id, score) of the best ten; ``count(rendered)``:
  how many match.
- ``add(row)``: one passage more, which ``search`` finds from then on; absent where it cannot.
- ``shown(rendered, k)``: a user's search, hits and snippets; absent where that is not measured.
- ``versions()``: what was measured.
"""

from __future__ import annotations

import importlib
from typing import Any

ENGINES = ("essaysearch", "numpy", "whoosh", "tantivy", "fts5", "bm25s")
"""essaysearch with compiled kernels; the same without; its peers."""


def engine(name: str) -> Any:
    """An engine by name. Raises `ImportError` where what it needs is not installed."""
    if name == "numpy":
        return importlib.import_module("bench.engines.essaysearch_engine").Engine(fast=False)
    return importlib.import_module(f"bench.engines.{name}_engine").Engine()
