"""Where results are kept: a section of RESULTS.md for each command, and a dated copy of it."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = "# Results\n\nWritten by the commands named below; see README.md here for what they need.\n"


def heading(command: str, packages: Sequence[str]) -> str:
    """When, by which command, at which commit, on what, with which versions."""
    asked = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "ir_measures", *packages))
    return (
        f"{datetime.date.today().isoformat()}: `{command}` at commit {commit or 'unknown'}; Python "
        f"{platform.python_version()}, {os.cpu_count()} cores, {versions}.\n"
    )


def sections(start: str) -> list[tuple[str, str]]:
    """(what follows ``start`` in the heading, text) of the sections whose headings begin so."""
    at = HERE / "RESULTS.md"
    parts = re.split(r"(?m)^## ", at.read_text(encoding="utf-8") if at.exists() else "")
    held = (part.partition("\n") for part in parts if part.startswith(start))
    return sorted((name.removeprefix(start), text) for name, _, text in held)


def section(name: str, lines: Sequence[str]) -> None:
    """Replace a section of RESULTS.md (or append it) and write a dated copy under results/."""
    text = f"## {name}\n\n" + "\n".join(lines) + "\n"
    at = HERE / "RESULTS.md"
    whole = at.read_text(encoding="utf-8") if at.exists() else TOP
    kept = re.split(r"(?m)^(?=## )", whole)
    held = [text if part.startswith(f"## {name}\n") else part for part in kept]
    if text not in held:
        held.append(text)
    at.write_text("\n".join(part.rstrip("\n") + "\n" for part in held), encoding="utf-8")
    (HERE / "results").mkdir(exist_ok=True)
    named = re.sub(r"\W+", "-", name.lower())
    dated = HERE / "results" / f"{named}-{datetime.date.today().isoformat()}.md"
    dated.write_text(text, encoding="utf-8")
