"""Lists of authors as sources write them, to single names, each as it stands."""

from __future__ import annotations

import re
from typing import Any

_ET_AL = re.compile(r"[,;]?\s*(?:\bet\.?\s+al\b\.?|\band others\b|…|\.\.\.)\s*$", re.IGNORECASE)
_OPEN_ENDS = ("al", "al.", "others", "…", "...")
"""How all that it matches ends: the pattern tries every place of a text, which takes a while."""

_AND = re.compile(r"\s*,?\s+(?:and|&)\s+", re.IGNORECASE)
_WHOLE_WORD = re.compile(r"[^\W\d_]{2,}")
SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d.", "md", "m.d."))
_MOST_WORDS = 5


def authors_of(value: Any) -> tuple[tuple[str, ...], bool]:
    """The names in a value, and whether the list is complete (no "et al.").

    A list gives its entries (strings, or objects with ``name``). A string is cut at semicolons,
    at "and", and at commas only where every part looks like a whole name, so that "Perlis, A. J."
    stays one. The order is the source's; a name given twice counts once.

    >>> authors_of("Perlis, A. J.; Samelson, K. et al.")
    (('Perlis, A. J.', 'Samelson, K.'), False)
    """
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list | tuple):
        entries = [_entry(part) for part in value]
        names = list(map(_without_et_al, entries))
        complete = names == entries
    elif isinstance(value, str):
        text = _without_et_al(value)
        complete = text == value
        names = _split(text)
    else:
        return (), True
    return tuple(
        dict.fromkeys(name for raw in names if (name := " ".join(raw.split()).strip(" ,;")))
    ), complete


def _without_et_al(text: str) -> str:
    return _ET_AL.sub("", text) if text.rstrip()[-6:].casefold().endswith(_OPEN_ENDS) else text


def _entry(part: Any) -> str:
    if isinstance(part, dict):
        for key in ("name", "displayName", "display_name", "username"):
            if isinstance(part.get(key), str):
                return str(part[key])
        return ""
    return part if isinstance(part, str) else ""


def _split(text: str) -> list[str]:
    if ";" in text:
        return text.split(";")
    parts = _AND.split(text)
    if len(parts) > 1 and any(len(part.split()) > _MOST_WORDS and "," not in part for part in parts):
        return [text]
    return [name for part in parts for name in _at_commas(part)]


def _at_commas(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    return parts if all(_is_whole_name(part) for part in parts) else [text]


def _is_whole_name(part: str) -> bool:
    """Two words or more, the last a surname: not "A. J.", not "Jr."."""
    words = part.split()
    if not 2 <= len(words) <= _MOST_WORDS or words[-1].lower() in SUFFIXES:
        return False
    return bool(_WHOLE_WORD.search(words[-1]))
