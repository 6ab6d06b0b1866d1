"""Markdown's footnotes: ``[^label]: text`` lines taken out of a body, numbered as they are cited."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DEFINITION = re.compile(r" {0,3}\[\^([^\]\s]{1,80})\]:[ \t]*(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


class Footnotes:
    """The footnotes of one text by label; a label gets its number when first cited."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def define(self, label: str, text: str) -> None:
        self._texts.setdefault(label, text)

    def number(self, label: str) -> int | None:
        """The number under which a label is cited; None where it has no footnote."""
        if label not in self._texts:
            return None
        return self._numbers.setdefault(label, len(self._numbers) + 1)

    def in_order(self) -> Iterator[tuple[int, str]]:
        """Number and Markdown of every footnote: those cited, also by other notes, then the rest."""
        given = 0
        while given < len(self._texts):
            if given == len(self._numbers):
                self.number(next(label for label in self._texts if label not in self._numbers))
            label = list(self._numbers)[given]
            given += 1
            yield given, self._texts[label]


def without_footnotes(source: str) -> tuple[str, Footnotes]:
    """The body without its definitions of footnotes, and these; code blocks are left alone."""
    footnotes = Footnotes()
    if "[^" not in source:
        return source, footnotes
    body: list[str] = []
    lines = source.split("\n")
    fence = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence):
                fence = ""
        match = None if fence else _DEFINITION.match(line)
        at += 1
        if match is None:
            body.append(line)
            continue
        note = [match[2]]
        while at < len(lines) and _continues(lines, at, note):
            note.append(lines[at].removeprefix("    ").lstrip("\t") if lines[at].strip() else "")
            at += 1
        footnotes.define(match[1], "\n".join(note).strip())
        # The border of paragraphs that the footnote was.
        body.append("")
    return "\n".join(body), footnotes


def _continues(lines: list[str], at: int, note: list[str]) -> bool:
    """Whether a line still belongs to the note: it is indented, or goes on with its paragraph."""
    line = lines[at]
    if not line.strip():
        following = next((later for later in lines[at + 1 : at + 3] if later.strip()), "")
        return following.startswith(("    ", "\t"))
    if line.startswith(("    ", "\t")):
        return True
    return (
        bool(note[-1].strip())
        and not _DEFINITION.match(line)
        and not re.match(r" {0,3}(?:#{1,6} |>|```|~~~|[-*+] )", line)
    )
