"""What stands before an article's first sentence and is not of it: its title, a byline, a date, buttons."""

from __future__ import annotations

import re

from essaysearch.model import Block
from essaysearch.readers.dates import parse_date
from essaysearch.readers.html_pieces import kept_blocks

BYLINE = re.compile(
    r"(?:(?:written|posted|published|an essay|essay|story|words)?\s*by:?\s+)(?P<name>[^,.|•·\n]{3,60}?)"
    r"(?:\s*(?:(?:[,|•·–—\n-]|\b(?:on|at)\b)\s*(?P<date>.{4,40})|\bin\s+(?P<year>(?:1[5-9]|20)\d\d)))?",
    re.I,
)
_FURNITURE = re.compile(
    r"(?:\d+ min(?:ute)?s? read|share(?: this)?(?: on \w+)?:?|tweet|print|email|advertisement|subscribe"
    r"|sign up|listen to this article|skip to (?:main )?content|table of contents|read more"
    r"|continue reading.*|comments? \(?\d+\)?|\d+ comments?|leave a comment|reply|permalink|tags?:.{0,80}"
    r"|filed under:?.{0,80}|posted in .{0,80}|(?:<+|«|←)?\s*(?:back|home|index|next|previous|prev|top|up"
    r"|back to .{0,40}|return to .{0,40})\s*(?:>+|»|→)?)",
    re.I,
)
_SIGNED = re.compile(r"(?P<name>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){1,3})(?:, | [-–—|•·] |\n)(?P<date>.{4,30})")
_REVISED = re.compile(r"(.{4,30}?),? \(?(?:rev\.?|revised|corrected|updated|last updated) .{4,30}", re.I)
_LEADING = 5
_LONGEST_BYLINE = 80
_MONTH = len("2008-05")


def without_leading(
    text: str, blocks: tuple[Block, ...], title: str | None
) -> tuple[str, tuple[Block, ...], dict[str, str]]:
    """The text without the title, byline, date and buttons that stand before it, and what they say."""
    said: dict[str, str] = {}
    past_text = False
    wanted = [True] * len(blocks)
    for number, block in enumerate(blocks[:_LEADING]):
        line = text[block.start : block.end]
        if block.depth:
            break
        match = BYLINE.fullmatch(line)
        signed = _SIGNED.fullmatch(line) if not match and len(line) < 90 else None
        match = signed if signed and parse_date(signed["date"]) else match
        revised = _REVISED.fullmatch(line)
        date = parse_date(revised[1] if revised else line) if len(line) < 60 else None
        under = match is not None and number < 3 and len(line) < _LONGEST_BYLINE
        if past_text and not under and not (date and len(date) >= _MONTH):
            break
        folded = line.casefold()
        if title and (
            folded == title.casefold()
            or (
                block.role == "heading"
                and number < 2
                and folded in re.split(r"\W*[:.|]\W*", title.casefold())
            )
        ):
            wanted[number] = False
        elif date:
            said.setdefault("date", date)
            wanted[number] = False
        elif match and number < 3 and match["name"].strip()[:1].isupper():
            said.setdefault("author", match["name"].strip())
            if date := parse_date(match["date"] or match.groupdict().get("year") or ""):
                said.setdefault("date", date)
            wanted[number] = False
        elif _FURNITURE.fullmatch(line):
            wanted[number] = False
        elif block.role == "paragraph":
            # A remark may stand above the date.
            past_text = True
    for number in range(len(blocks) - 1, max(len(blocks) - 4, -1), -1):
        if not _FURNITURE.fullmatch(text[blocks[number].start : blocks[number].end]):
            break
        wanted[number] = False
    if not any(wanted):
        return text, blocks, said
    return (*kept_blocks(text, blocks, wanted), said)
