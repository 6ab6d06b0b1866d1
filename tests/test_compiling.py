"""Kernels are compiled by a process of its own, and used as soon as they are there."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import essaysearch
from essaysearch import Document
from essaysearch.columnar import compiling

pytest.importorskip("numba", reason="needs the extra `fast`")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose kernels nobody has compiled yet; the compiler ends once this file is there."""
    over, compiler = tmp_path / "over", tmp_path / "python"
    compiler.write_text(f"#!/bin/sh\nwhile [ ! -e '{over}' ]; do sleep 0.05; done\n", encoding="utf-8")
    compiler.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(compiler))
    monkeypatch.setattr(compiling, "_process", None)
    monkeypatch.setattr(compiling, "_compiled", lambda: tmp_path / "kernels.compiled")
    return over


def wait_until_ready() -> None:
    for _ in range(200):
        if compiling.ready():
            return
        time.sleep(0.05)
    raise AssertionError("The compiler has ended, and nobody noticed.")


def test_searches_are_answered_without_kernels_until_these_are_compiled(fresh: Path, tmp_path: Path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True)
    library.add(Document(name, "essay", "Moss on a lantern.") for name in "ab")
    found = [[hit.doc_id for hit in library.search("moss")] for _ in range(5)]
    assert found == [["a", "b"]] * 5
    assert library._compiled is None
    fresh.touch()
    wait_until_ready()
    assert [hit.doc_id for hit in library.search("moss")] == ["a", "b"]
    assert library._compiled is not None


def test_what_is_compiled_already_is_used_at_once(fresh: Path) -> None:
    assert not compiling.ready()
    fresh.touch()
    wait_until_ready()
    compiling._process = None
    compiling.compiled()
    assert compiling.ready()
    assert compiling._process is None


def test_where_no_process_can_be_started_kernels_are_compiled_here(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(fresh))
    assert compiling.ready()
    monkeypatch.setattr(sys, "executable", "")
    assert compiling.ready()


def test_every_kernel_of_queries_is_compiled() -> None:
    program = (
        "from essaysearch import warming; warming.main()\n"
        "from essaysearch.columnar import kernels\n"
        "print([name for name in kernels.__all__ if not getattr(kernels, name).signatures])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
