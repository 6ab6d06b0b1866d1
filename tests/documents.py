"""The console and Python blocks of a Markdown page: run, compared, and (asked to) written anew.

python tests/documents.py README.md        # from the project's root: writes what the commands print now
"""

from __future__ import annotations

import code
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TIME = re.compile(r"\(\d+\.\d s\)")


def blocks(page: str) -> list[tuple[str, str]]:
    """(language, content) of each console or Python block that has commands in it."""
    return [(m[1], m[2]) for m in _BLOCK.finditer(page) if m[2].startswith(("$ ", ">>> "))]


def inputs(block: str) -> Iterator[str]:
    """The lines that were typed in a block."""
    yield from (line for line in block.splitlines() if line.startswith(("$ ", ">>> ", "... ")))


def run(page: str, place: Path) -> list[str]:
    """Each block as it comes out when its lines are typed in ``place``, one after the other."""
    shutil.copytree(ROOT / "corpus", place / "corpus")
    ran = []
    for language, block in blocks(page):
        ran.append((_console if language == "console" else _python)(block, place))
    return ran


def steady(block: str) -> str:
    """The block without what differs from run to run."""
    return _TIME.sub("(0.0 s)", block)


def _console(block: str, place: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ESSAYSEARCH_")}
    with_program = _program(place.with_name(place.name + "-bin"))
    environment["PATH"] = f"{with_program}{os.pathsep}{environment['PATH']}"
    environment["PYTHONPATH"] = str(ROOT / "src")
    environment["ESSAYSEARCH_CONFIG"] = ""
    out = []
    for line in inputs(block):
        done = subprocess.run(
            line[2:], shell=True, cwd=place, env=environment, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        out.append(f"{line}\n{done.stdout}")
    return "".join(out)


def _program(directory: Path) -> Path:
    """A directory with the command `essaysearch`, run by this very Python, installed or not."""
    directory.mkdir(exist_ok=True)
    program = directory / "essaysearch"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m essaysearch "$@"\n')
    program.chmod(0o755)
    return directory


def _python(block: str, place: Path) -> str:
    shell = code.InteractiveConsole()
    out = []
    with contextlib.chdir(place) if sys.version_info >= (3, 11) else _chdir(place):
        for line in inputs(block):
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                shell.push(line[4:])
            out.append(f"{line}\n{said.getvalue()}")
    return "".join(out)


@contextlib.contextmanager
def _chdir(place: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)


def rewritten(page: str, place: Path) -> str:
    """The page with what its blocks print now."""
    for (language, block), ran in zip(blocks(page), run(page, place), strict=True):
        page = page.replace(f"```{language}\n{block}```", f"```{language}\n{ran}```")
    return page


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(name)
            path.write_text(rewritten(path.read_text(encoding="utf-8"), Path(directory)), encoding="utf-8")
