"""Where a message ends: address blocks, and what a writer's mail program adds below the name.

A signature without the line ``--`` over it is told by its place: after a closing formula and a
name stands a block of short lines that names the writer again. A single message shows no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from essaysearch.voices.quote_facts import looks_like_a_contact
from essaysearch.voices.quote_parts import ADDRESS, SIGNATURE, Part, furniture

_MOST_CONTACT_LINES = 15
_MOST_BELOW = 30
"""Lines of a signature below a closing formula."""
_LONGEST_LINE = 80
_CLOSING = re.compile(
    r"(?:(?:with |my |very )?(?:best|kind|kindest|warm|warmest|many)?\W{0,2}(?:regards|wishes|greetings)"
    r"|best|cheers|sincerely|yours(?: (?:sincerely|truly|faithfully))?|thanks(?: a lot| again)?|thank you"
    r"|(?:mit )?(?:freundlichen|besten|viele|liebe)n? grüßen?|cordialement|saludos|med vänlig hälsning)"
    r"\s*[,.!]?\s*(?:\n\s*)?(?P<name>\w[\w.'’ -]{0,40})?",
    re.IGNORECASE,
)


def without_closings(parts: list[Part]) -> list[Part]:
    """The parts with what stands at the end of each voice in no one's voice made furniture."""
    last = {part.depth: number for number, part in enumerate(parts) if part.role != "furniture"}
    for number in last.values():
        part = parts[number]
        if 2 <= part.raw.count("\n") < _MOST_CONTACT_LINES and looks_like_a_contact(part.raw):
            parts[number] = furniture(part.raw, part.depth, ADDRESS, part.first)
    for number, part in enumerate(parts):
        if (
            part.role != "furniture"
            and len(part.raw) < 80
            and (match := _CLOSING.fullmatch(part.raw.strip()))
        ):
            _sign(parts, number, (match["name"] or "").strip())
    return parts


def _sign(parts: list[Part], closing: int, name: str) -> None:
    """Makes what stands below a closing formula a signature, if it is one."""
    depth, begin = parts[closing].depth, closing + 1
    end = begin
    while end < len(parts) and parts[end].depth == depth and parts[end].role != "furniture":
        end += 1
    if not name and begin < end and _is_name(parts[begin].raw):
        name, begin = parts[begin].raw.strip(), begin + 1
    below = parts[begin:end]
    if not name or not below or not _is_block(below[0].raw.split("\n"), name):
        return
    if sum(part.raw.count("\n") + 1 for part in below) > _MOST_BELOW:
        return
    for number in range(begin, end):
        parts[number] = furniture(parts[number].raw, depth, SIGNATURE, parts[number].first)


def _is_name(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= 4 and len(text) <= 40 and all(word[:1].isupper() for word in words)


def _is_block(lines: Sequence[str], name: str) -> bool:
    """Whether lines are short, end mostly without a mark, and begin with one that holds the name."""
    called = name.split()[0].strip(".,").lower()
    marked = sum(line.rstrip().endswith((".", "?", "!", ",", ";", ":")) for line in lines)
    short = len(lines) >= 2 and max(map(len, lines)) <= _LONGEST_LINE and marked * 3 <= len(lines)
    return short and called in re.findall(r"\w+", lines[0].lower())
