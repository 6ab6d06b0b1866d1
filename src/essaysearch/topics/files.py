"""Topic files: a concept's senses, each with the phrases that give it away or rule a passage out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essaysearch.errors import TopicError
from essaysearch.nearest import nearest
from essaysearch.text.ids import digest, slug


@dataclass(frozen=True)
class Sense:
    """One sense of a topic: phrases that find it, phrases that rule a passage out."""

    name: str
    phrases: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """A topic as its file has it. ``seeds`` are ids of passages judged typical."""

    name: str
    senses: tuple[Sense, ...]
    note: str = ""
    seeds: tuple[str, ...] = ()
    path: str = ""

    @property
    def phrases(self) -> tuple[str, ...]:
        """The distinct phrases of all senses, in order."""
        return tuple(dict.fromkeys(phrase for sense in self.senses for phrase in sense.phrases))

    @property
    def version(self) -> str:
        """A digest of what the topic says, its notes aside."""
        parts = [f"{sense.phrases}{sense.exclude}" for sense in self.senses]
        return digest(self.name, *parts, *self.seeds, size=5)


def load(path: str | os.PathLike[str]) -> Topic:
    """Read a topic file. Raises `TopicError` with the file, the place and the remedy."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise TopicError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TopicError(f"{path}: is no valid TOML: {error}.") from error
    unknown = set(told) - {"name", "note", "sense", "seeds"}
    if unknown:
        raise TopicError(
            f"{path}: has an unknown key `{sorted(unknown)[0]}`. A topic has: name, note, seeds, [[sense]]."
        )
    senses = tuple(_sense(path, number, row) for number, row in enumerate(told.get("sense", []), 1))
    seeds = _strings(path, "seeds", told.get("seeds", []))
    if not any(sense.phrases for sense in senses) and not seeds:
        raise TopicError(
            f"{path}: the topic is empty: it has neither phrases nor seeds. Add a [[sense]] with phrases."
        )
    name = told.get("name") or Path(path).stem
    return Topic(str(name), senses, str(told.get("note", "")), seeds, os.fspath(path))


def _sense(path: Any, number: int, row: Any) -> Sense:
    if not isinstance(row, dict):
        raise TopicError(f"{path}: sense {number} is no table. Write it as [[sense]].")
    unknown = set(row) - {"name", "phrases", "exclude", "note"}
    if unknown:
        raise TopicError(
            f"{path}: sense {number} has an unknown key `{sorted(unknown)[0]}`."
            " It may have: name, phrases, exclude, note."
        )
    phrases = _strings(path, f"phrases of sense {number}", row.get("phrases", []))
    return Sense(
        str(row.get("name", "")),
        phrases,
        _strings(path, f"exclude of sense {number}", row.get("exclude", [])),
    )


def _strings(path: Any, what: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TopicError(f"{path}: {what} must be a list of strings.")
    return tuple(item.strip() for item in value if item.strip())


def files(directories: Iterable[str | os.PathLike[str]]) -> dict[str, str]:
    """The topic files of directories by name (that of the file), sorted; the first of a name wins."""
    found: dict[str, str] = {}
    for directory in directories:
        place = Path(directory)
        if place.is_dir():
            for file in sorted(place.glob("*.toml")):
                found.setdefault(file.stem, str(file))
    return dict(sorted(found.items()))


def named(directories: Iterable[str | os.PathLike[str]], name: str) -> Topic:
    """The topic of a name. Raises `TopicError` with the nearest name."""
    known = files(directories)
    wanted = slug(name, 100)
    if wanted not in known:
        close = nearest(wanted, known)
        if close:
            remedy = f"Did you mean `{close}`?"
        elif known:
            remedy = f"There are: {', '.join(known)}."
        else:
            remedy = "No topic files were found: they stand in `topics/` beside what is indexed."
        raise TopicError(f"There is no topic `{name}`. {remedy}")
    return load(known[wanted])


def begin(directory: str | os.PathLike[str], name: str, phrases: Iterable[str] = ()) -> str:
    """Write the file of a new topic, its name the first phrase unless some are given.

    Returns its path. Raises `TopicError` where there is one of that name, or it cannot be written.
    """
    stem = slug(name, 100)
    if not stem:
        raise TopicError(f"`{name}` has no letter or digit to name a file by. Give the topic another name.")
    path = Path(directory) / f"{stem}.toml"
    title = " ".join(name.replace("-", " ").split())
    listed = "".join(f"    {_quoted(phrase)},\n" for phrase in list(phrases) or [title])
    text = (
        f'name = {_quoted(title)}\nnote = ""\nseeds = []\n\n'
        f'[[sense]]\nname = ""\nphrases = [\n{listed}]\nexclude = []\n'
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise TopicError(f"{path}: is there already. Edit it, or give the topic another name.") from error
    except OSError as error:
        raise TopicError(f"{path}: cannot be written: {error.strerror or error}.") from error
    return str(path)


def _quoted(text: str) -> str:
    """A basic string of TOML, which JSON's strings are, but for characters beyond the basic plane."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
