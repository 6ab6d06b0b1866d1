"""Paragraphs of plain text: what a run of lines is, and its wrapped lines joined again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from essaysearch.model import Role

_BULLET = re.compile(r"[ \t]{0,8}(?:[-*•+o·–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+\S")
_INDENTED = ("    ", "\t")
_CODE = re.compile(
    r"[>+$#%]+\s|[\w.$\[\]\"',]+\s*(?:<-|<<-|:=|==?)\s*\S|[\w.:$]+\(.*\)?;?\s*[\\{,]?$|\s*[{}()\[\]]+[;,]?\s*$"
    r"|(?:library|require|import|from|def|class|function|return|print|if|for|while|SELECT|INSERT|UPDATE|sudo|cd|ls"
    r"|make|gcc|git|pip)\b.*[\w)}\];:{]$|\+\s|[A-Z]:\\|[-d][rwx-]{9}\s|#.*|\[\d+\]\s|@@ "
    r"|(?:---|\+\+\+) \S"
)
_CODE_ENDS = frozenset(";{}")
_CONSOLE = re.compile(
    r"[\w.$\[\]\"',]+\s*(?:<-|<<-)\s*\S.*|[\w.:$]+\(.*"
    r"|(?:library|require|import|from \w+ import|def|print|>>>)\b.*"
    r"|#.*|[\w.$\[\]]+\s*=\s*\S.*|\?\w+|\+\s.*|.*[;{}]|[\w.]+[$\[][\w.$\[\],:\"']*"
)
_ALIGNED = "   "
# What `_may_stand_alone` says of a line behind the first one.
_ALONE = re.compile(r"\n(?:[ \t*•+·–(0-9=_-]|.[).]|o[ \t])")
_NUMBERED = re.compile(r"[(\[]?\d+[:\])]\s")
_UNDERLINE = re.compile(r"\s*([=~*#-])\1{2,}\s*")
_RULES = frozenset(("---", "***", "===", "___", "+++"))
_AROUND_WORDS = ".,;:!?()'\"-*"
_PROSE = re.compile(
    r"(?=[A-Za-z\"'][^\s=]{0,30}(?: [^\s=]{1,30}){5})(?!\w[.)] |o ).{40,}(?<![{};\\])"
    r"(?:\n(?!\w[.)] |o )[A-Za-z\"'].{44,})*(?:\n(?!\w[.)] |o )[A-Za-z\"'].*)?"
)
_CLOSING = re.compile(r"[^\W\d_]['’.\w-]*(?: [^\W\d_]['’.\w-]*){0,4},?")
_SHORTEST_WRAPPED = 40


def read_paragraph(text: str) -> tuple[Role, str]:
    """What a paragraph is, and its text with wrapped lines joined: `role_of` and `rejoined` in one."""
    if "\n" not in text:
        return "list" if _is_item(text) else "paragraph", text.strip()
    # Most paragraphs are wrapped prose, which one look can tell.
    if _ALIGNED not in text and "\t" not in text and _PROSE.fullmatch(text):
        return "paragraph", text.replace("\n", " ")
    lines = text.split("\n")
    role = role_of(lines)
    return role, rejoined(lines, role == "code")


def role_of(lines: Sequence[str]) -> Role:
    """What a paragraph is: ``code`` (set in, or read so), ``list``, underlined ``heading``, ``paragraph``."""
    first = lines[0]
    if _is_item(first):
        return "list"
    if len(lines) == 1 or (first[0].isalpha() and first.count(" ") > 6 and first[-1] not in "{};\\"):
        return "paragraph"
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]) and len(first) <= 80 and first[-1] not in ".,;":
        return "heading"
    if all(line.startswith(_INDENTED) for line in lines):
        # What is indented is code, or prose that a program set in like that, or "Regards," with a name.
        bare = [line.strip() for line in lines]
        return "paragraph" if _is_prose(bare) or _is_closing(bare) else "code"
    others = len(lines) // 3
    for line in lines:
        if line[-1:] not in _CODE_ENDS and not _CODE.match(line):
            others -= 1
            if others < 0:
                return "paragraph"
    return "code"


def _is_item(line: str) -> bool:
    """Whether a line opens with a bullet or a number."""
    if line[0].isalpha() and line[1:2] not in (" ", "\t", ".", ")"):
        return False
    return _BULLET.match(line) is not None


def _is_prose(lines: Sequence[str]) -> bool:
    """Whether lines read as sentences: words of letters, few signs that only programs need."""
    words = " ".join(lines).split()
    plain = sum([word.strip(_AROUND_WORDS).isalpha() for word in words])
    return len(words) > 5 and plain * 5 >= len(words) * 4 and _ALIGNED not in "\n".join(lines)


def _is_closing(lines: Sequence[str]) -> bool:
    """Whether lines close a letter: a few words with a comma, and below them a name in a line or two."""
    return (
        len(lines) <= 3
        and lines[0].endswith(",")
        and all(_CLOSING.fullmatch(line) for line in lines)
        and not any(line.endswith(",") for line in lines[1:])
    )


def is_console(lines: Sequence[str]) -> bool:
    """Whether marked lines are a session at a prompt rather than somebody's prose."""
    if not lines or sum([line.count(" ") > 8 and line[0].isalpha() for line in lines[:16]]) > 2:
        return False
    others = [line for line in lines if not _CONSOLE.fullmatch(line)]
    # The name of a variable alone shows its value: beside code it is code.
    prose = sum([" " in line for line in others])
    return len(others) < len(lines) and prose * 5 <= len(lines)


def rejoined(lines: Sequence[str], code: bool = False) -> str:
    """The lines of a paragraph as one text: wrapped prose joined by spaces, all else on lines of its own.

    Lines that were wrapped are nearly as long as the longest; lists, ``code``, indented and aligned
    lines are left alone.
    """
    if len(lines) == 1:
        return lines[0].strip()
    lengths = list(map(len, lines))
    width = max(lengths)
    if code or width < _SHORTEST_WRAPPED:
        return _block_of(lines)
    enough = max(_SHORTEST_WRAPPED, width * 3 // 5)
    together = "\n".join(lines)
    aligned = _ALIGNED in together or "\t" in together
    if not aligned and not _ALONE.search(together):
        if min(lengths[:-1]) >= enough:
            return together.replace("\n", " ").strip()
        kept = [False] * len(lines)
    else:
        kept = list(map(_may_stand_alone, [line[:2] for line in lines]))
        listed = _is_item(lines[0])
        kept = [perhaps and _stands_alone(line, listed) for perhaps, line in zip(kept, lines, strict=True)]
        if aligned:
            columns = [_ALIGNED in line.lstrip() or "\t" in line.lstrip() for line in lines]
            kept = [a or b or c for a, b, c in zip(kept, columns, [False, *columns], strict=False)]
    pieces = [lines[0].lstrip()]
    for number in range(1, len(lines)):
        if len(lines[number - 1]) >= enough and not kept[number]:
            pieces += (" ", lines[number].strip())
        else:
            pieces += ("\n", lines[number])
    return "".join(pieces).strip("\n").rstrip()


@lru_cache(maxsize=4096)
def _may_stand_alone(opening: str) -> bool:
    """Whether a line that opens with these two characters may be indented or an item."""
    return opening[0] in " \t-*•+·–(0123456789=_" or opening[1:] in (")", ".") or opening in ("o ", "o\t")


def _stands_alone(line: str, listed: bool) -> bool:
    """Whether a line goes on its own: a bullet or number, a rule, an indented line that continues no item."""
    if line[:3] in _RULES or (line[0] in " \t" and not listed):
        return True
    return _is_item(line) or _NUMBERED.match(line) is not None


def _block_of(lines: Sequence[str]) -> str:
    """The lines as they stand, without the indentation that all of them share."""
    shared = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[shared:] for line in lines).rstrip()
