"""RIS's grammar (and that of its relatives from PubMed and EndNote): lines of a tag and a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2} ?-(?: (.*)|$)")
_ENDNOTE = re.compile(r"%([A-Z0-9@~+!?\[\]<>^&$*])(?: (.*)|$)")
_BARE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
_OF_THE_EXPORT = ("FN", "VR", "EF", "DA")
_LISTED = ("AU", "AF")
_STARTS = ("TY", "%0", "PMID")


class Record(NamedTuple):
    """A reference: the values of each tag in order, and its first line (from 1).

    ``ended`` is false where the file breaks off before the record's end mark.
    """

    tags: dict[str, list[str]]
    line: int
    ended: bool = True


def records(lines: Iterable[tuple[int, str]], bare: bool = False) -> Iterator[Record]:
    """The references of a file, line by line. A line without a tag goes on with the value before it.

    ``bare``: as Web of Science writes them, with one space after a tag, and an author on each line.
    """
    tags: dict[str, list[str]] = {}
    begin = 0
    last = ""
    for number, line in lines:
        tag, value = _tagged(line, _BARE if bare else _LINE)
        if tag is None:
            if bare and last in _LISTED and line.strip():
                tags[last].append(line.strip())
            elif last and line.strip():
                tags[last][-1] = f"{tags[last][-1]}\n{line.strip()}".strip()
            elif not line.strip() and tags and "%0" in tags:
                yield Record(tags, begin)
                tags, last = {}, ""
            continue
        if bare and tag in _OF_THE_EXPORT:
            continue
        if tag == "ER":
            if tags:
                yield Record(tags, begin)
            tags, last = {}, ""
            continue
        if tag in _STARTS and tags:
            yield Record(tags, begin, ended=tag != "TY")
            tags = {}
        if not tags:
            begin = number
        tags.setdefault(tag, []).append(value)
        last = tag
    if tags:
        yield Record(tags, begin, ended="TY" not in tags)


def _tagged(line: str, form: re.Pattern[str]) -> tuple[str | None, str]:
    match = form.match(line)
    if match:
        return match[1], (match[2] or "").strip()
    match = _ENDNOTE.match(line) if form is _LINE else None
    return ("%" + match[1], (match[2] or "").strip()) if match else (None, "")
