"""A run of text between two block borders of a page: its paragraphs, cleaned, and which of them are bold."""

from __future__ import annotations

import re

from essaysearch.readers.html_marks import BOLD_ENDS, BOLD_STARTS, BREAK

BOLD_MARKS = re.compile(f"([{BOLD_STARTS}{BOLD_ENDS}])")
_PARAGRAPHS = re.compile(f"{BREAK}(?:[\\s{BOLD_STARTS}{BOLD_ENDS}]*{BREAK})+")
_INVISIBLE = dict.fromkeys((*range(9), 11, *range(14, 32), 0xAD, 0x200B, 0x2060, 0xFEFF))
INVISIBLE_BUT_MARKS = dict.fromkeys(_INVISIBLE.keys() - {0, 2, 3, 4})
"""What `str.translate` takes out of a page's text before its marks have been read."""
_SPACED_MARK = re.compile(r"\[\s+(\d{1,3})\s+\]")


def one_line(text: str) -> str:
    """The text on one line, invisible characters and marks taken out."""
    line = " ".join(BOLD_MARKS.sub("", text).translate(_INVISIBLE).split())
    return _SPACED_MARK.sub(r"[\1]", line) if "[ " in line else line


def paragraphs_of(raw: str, bold: int) -> tuple[list[tuple[str, bool]], int]:
    """The paragraphs of a run, each with whether all of it is bold; and how many bold elements stay open.

    Two breaks or more part paragraphs, one break is a line's end. ``bold`` is the number of bold
    elements open where the run begins.
    """
    found: list[tuple[str, bool]] = []
    position = 0
    for gap in (*_PARAGRAPHS.finditer(raw), None):
        piece = raw[position : gap.start() if gap else len(raw)]
        position = gap.end() if gap else len(raw)
        plain = False
        text = []
        for part in BOLD_MARKS.split(piece):
            if part == BOLD_STARTS:
                bold += 1
            elif part == BOLD_ENDS:
                bold = max(0, bold - 1)
            else:
                plain = plain or (not bold and any(c.isalnum() for c in part))
                text.append(part)
        if gap:
            bold = max(0, bold + gap[0].count(BOLD_STARTS) - gap[0].count(BOLD_ENDS))
        lines = (one_line(line) for line in "".join(text).split(BREAK))
        clean = "\n".join(line for line in lines if line)
        if clean:
            found.append((clean, not plain))
    return found, bold
