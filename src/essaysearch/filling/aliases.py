"""Who writes under several names: a file ``authors.toml`` beside what is indexed.

    "Evan Hubinger" = ["evhub", "E. Hubinger"]

Each line joins the names of one person. `author:` finds a document by any of them; what is shown is
what the source says. Nothing is guessed: without the file, names are what they are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from essaysearch.columnar.writer import Writer
from essaysearch.model import Skipped

NAME = "authors.toml"


def remember(writer: Writer, paths: Iterable[str]) -> Iterator[Skipped]:
    """Keep the names that files under the paths join; a file that is gone, or wrong, joins none."""
    known: dict[str, dict[str, list[str]]] = dict(writer.facts.get("aliases", {}))
    before = dict(known)
    for path in paths:
        home = path if os.path.isdir(path) else os.path.dirname(path)
        place = os.path.abspath(os.path.join(home, NAME))
        known.pop(place, None)
        if os.path.isfile(place):
            said = load(place)
            if isinstance(said, Skipped):
                yield said
            else:
                known[place] = said
    if known != before:
        writer.facts["aliases"] = known


def load(path: str) -> dict[str, list[str]] | Skipped:
    """Each name with the others of the same person; why there are none, if the file is wrong."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        told: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Skipped(path, f"The names of authors cannot be read: {error}.", empty=True)
    for name, others in told.items():
        if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
            wanted = f'a list of names, as in "{name}" = ["another name"]'
            return Skipped(path, f"What stands behind `{name}` is not {wanted}.", empty=True)
    return told
