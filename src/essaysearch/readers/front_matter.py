"""The head of a Markdown file: YAML between ``---``, TOML between ``+++``, to plain values.

Scalars are read as text first, so that "2011-04-27 22:00:00 +0900" keeps its offset and ``'false'``
means what ``false`` does. What is no valid YAML is read line by line as far as it goes.
"""

from __future__ import annotations

import math
import re
import sys
from datetime import date, datetime, time
from typing import Any, NamedTuple

_YAML = re.compile(r"\A\s*---[ \t]*\n(?P<head>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(?P<head>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[A-Za-z_][\w. -]*:(?:\s|\Z)", re.MULTILINE)
_LINE = re.compile(r"^(?P<key>[A-Za-z_][\w. -]*?)[ \t]*:[ \t]*(?P<value>.*?)[ \t]*$")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?")
_WORDS: dict[str, bool | None] = {
    "true": True, "yes": True, "false": False, "no": False, "none": None, "null": None, "~": None, "": None,
    "n/a": None, "nan": None,
}  # fmt: skip
_MOST_VALUES = 10_000
_LONGEST = 1 << 18


class FrontMatter(NamedTuple):
    """What the head says, where the text begins behind it, and sentences on what was repaired.

    ``facts`` maps keys in lower case to texts, lists and objects of texts (TOML: typed values);
    `typed` turns them into JSON values.
    """

    facts: dict[str, Any]
    end: int
    notes: tuple[str, ...] = ()


def front_matter(text: str) -> FrontMatter:
    """The head of a file; empty, ending at 0, where there is none."""
    if (match := _YAML.match(text)) and len(match["head"]) <= _LONGEST:
        # Two rules around prose are no head.
        if match["head"].strip() and not _KEY.search(match["head"]):
            return FrontMatter({}, 0)
        facts, notes = _yaml(match["head"])
        return FrontMatter(facts, match.end(), notes)
    if (match := _TOML.match(text)) and len(match["head"]) <= _LONGEST:
        facts, notes = _toml(match["head"])
        return FrontMatter(facts, match.end(), notes)
    return FrontMatter({}, 0)


def typed(value: Any) -> Any:
    """A value of front matter as JSON has it: ``"true"`` is True, ``"None"`` is None, ``"58"`` is 58."""
    if isinstance(value, str):
        word = value.strip()
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        if _NUMBER.fullmatch(word):
            return float(word) if "." in word else int(word)
        return value
    if isinstance(value, dict):
        return {str(key): typed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [typed(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _yaml(head: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        facts = yaml.load(head.replace("\t", "  "), Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = str(getattr(error, "problem", None) or error).split("\n", 1)[0]
        return _lines(head), (f"the front matter is no valid YAML ({problem}); its simple lines were read",)
    if facts in ("", None):
        return {}, ()
    if not isinstance(facts, dict) or _size(facts) > _MOST_VALUES:
        return _lines(head), (
            "the front matter is not a mapping of sensible size; its simple lines were read",
        )
    return _lowered(facts), ()


def _toml(head: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        facts = tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, (f"the front matter is no valid TOML ({error}); it was left out",)
    return _lowered(_texts(facts)), ()


def _lowered(facts: dict[Any, Any]) -> dict[str, Any]:
    return {str(key).strip().lower(): value for key, value in facts.items()}


def _texts(value: Any) -> Any:
    """TOML's dates as texts; all else as it is."""
    if isinstance(value, dict):
        return {key: _texts(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_texts(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _size(value: Any) -> int:
    """How many values there are once aliases are followed, counted no further than matters."""
    waiting, count = [value], 0
    while waiting and count <= _MOST_VALUES:
        part = waiting.pop()
        count += 1
        if isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return count


def _lines(head: str) -> dict[str, Any]:
    """``key: value`` lines, and ``- value`` lines under a key."""
    facts: dict[str, Any] = {}
    key = ""
    for line in head.split("\n"):
        if match := _LINE.match(line):
            key = match["key"].lower()
            facts[key] = match["value"].strip("\"'")
        elif key and line.lstrip().startswith("- "):
            entry = line.lstrip()[2:].strip().strip("\"'")
            facts[key] = [*facts[key], entry] if isinstance(facts[key], list) else [entry]
    return facts
