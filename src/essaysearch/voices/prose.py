"""Paragraphs that are plainly somebody's prose: most of mail, told at one look each."""

from __future__ import annotations

import re

from essaysearch.voices.furniture import DISCLAIMING, OPENERS


def _in_any_case(pattern: str) -> str:
    """A pattern that ignores case by classes of letters: several times as fast as the flag."""
    return re.sub(r"(?<!\\)[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", pattern)


# What opens with a letter or a quote mark and is no item of a list and no furniture.
_OPENERS = "|".join(re.escape(opener) for opener in OPENERS if opener[0].isalpha())
_LINE = rf"(?![A-Za-z][.)][ \t]|o[ \t]|{_OPENERS})[A-Za-z\"']"
_NO_DISCLAIMER = rf"(?![\"']*(?:{_in_any_case('|'.join(DISCLAIMING))}))"
_ONE_LINE = re.compile(rf"{_NO_DISCLAIMER}{_LINE}.*(?<![:：])(?<! mailing list)")
_WORDS = r"(?=[A-Za-z\"'][^\s=]{0,30}(?: [^\s=]{1,30}){5})"
_WRAPPED = re.compile(
    rf"{_NO_DISCLAIMER}{_WORDS}{_LINE}.{{39,}}(?<![:：{{}};\\])(?<! mailing list)"
    rf"(?:\n{_LINE}.{{44,}}(?<![:：]))*(?:\n{_LINE}.*(?<![:：]))?"
)


def prose_in(text: str) -> str | None:
    """A paragraph that is plainly prose, its lines joined; None where that takes more than one look.

    Such a paragraph holds no furniture, ends no line with a colon, and is wrapped where it has several
    lines: `plain_text.read_paragraph` says the same of it.
    """
    if "\n" not in text:
        return text.strip() if _ONE_LINE.fullmatch(text) else None
    if "   " in text or "\t" in text or not _WRAPPED.fullmatch(text):
        return None
    return text.replace("\n", " ")
