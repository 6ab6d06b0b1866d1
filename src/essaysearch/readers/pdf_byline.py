"""Who wrote a paper and when, as its first page says: between the title and the abstract, and at its foot.

The file's own record is often the publisher's, or empty. Names are taken from the page only where a line is
nothing but names, so that no university becomes an author.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from essaysearch.readers.dates import parse_date
from essaysearch.readers.pdf_lines import Line

ABSTRACT = re.compile(r"(a ?b ?s ?t ?r ?a ?c ?t|summary)\s*(?:[.:—–-]+\s*|$)", re.I)

_MOST_LINES = 40
_MARKS = re.compile(
    r"\s*(?:[*∗†‡§¶‖#⋆✉]|\(?\d{1,2}(?:\s*,\s*(?:\d{1,2}|[*∗†‡§¶]))*\)?)+\s*|\s[a-d](?=,|\s|$)"
)
_BETWEEN = re.compile(r"\s*[,;|·•]\s*(?:and\s+)?|\s+(?:and|&|AND)\s+")
_WRITTEN_BY = re.compile(r"(?:written )?by[: ]\s*", re.I)
_WORD = re.compile(r"[^\W\d_]\.?(?:-[^\W\d_]\.)?|[^\W\d_][\w'’`.-]*[^\W\d_]\.?")
_PARTICLES = frozenset(
    "de da di do dos du del della der den la le van von zu bin ibn al el y ter ten".split()
)
_PLACES = re.compile(
    r"\b(?:universi|institut|department|dept|laborator|labs?\b|college|school|cent(?:er|re)\b|faculty|research"
    r"|academy|inc\b|ltd\b|gmbh\b|corporation|company|google|microsoft|ibm\b|deepmind|openai|foundation|hospital"
    r"|society|group|project|scienc|technolog|engineering|polytechni|ministry|national|street|avenue|road\b|way\b"
    r"|usa\b|uc\b|uk\b|germany|france\b|china\b|canada|japan|india\b|italy|spain|austria|netherlands|switzerland"
    r"|sweden|australia|singapore|israel\b|korea\b|brazil|kingdom|states\b|city\b|new york|san \w|member"
    r"|fellow\b|editor|proceedings|journal|conference|workshop|volume|version|draft|report|paper|thesis|press\b"
    r"|abstract|introduction|contents)",
    re.I,
)
_IMPRINT = re.compile(
    r"(?:(?:in|to appear in):? )?(?:the )?(?:proceedings|proc\.|[\w ,&-]{0,60}(?:conference|workshop"
    r"|symposium|journal|transactions))\b",
    re.I,
)
_YEAR = re.compile(r"(?<![\d–-])((?:19|20)\d\d)\b(?![)–-])")
_COPYRIGHT = re.compile(r"(?:©|⃝|\(c\)|copyright)[\s,by]{0,5}((?:19|20)\d\d)\b", re.I)
_PROSE = 10
_EDGE = 4


class Byline(NamedTuple):
    """``lines`` of the first page that stand between title and text, the names and the date among them."""

    lines: tuple[Line, ...] = ()
    authors: tuple[str, ...] = ()
    date: str | None = None


def byline(lines: list[Line], title: list[Line]) -> Byline:
    """What stands under the title of a first page, down to its abstract.

    Without an abstract, or a title, only a line that says "by" or dates the text is taken.
    """
    if not title:
        return Byline()
    below = [line for line in lines if line.page == 0 and line.y < title[-1].y + 1]
    end = next((place for place, line in enumerate(below[:_MOST_LINES]) if ABSTRACT.match(line.text)), None)
    if end is None:
        return _short(below[:3])
    region = below[:end]
    prose = next((place for place, line in enumerate(region) if _is_prose(line.text)), len(region))
    region = region[:prose]
    date = next((found for line in region if (found := _date(line.text))), None)
    return Byline(tuple(region), _names(region), date)


def _short(below: list[Line]) -> Byline:
    """A name after "by" and a date, in the first lines under a title that no abstract follows."""
    taken: list[Line] = []
    authors: tuple[str, ...] = ()
    date = None
    for line in below:
        match = _WRITTEN_BY.match(line.text)
        named = _names_of(line.text[match.end() :]) if match else ()
        dated = _date(line.text)
        if not named and not dated:
            break
        taken.append(line)
        authors, date = authors or named, date or dated
    return Byline(tuple(taken), authors, date)


def printed_year(first: list[Line]) -> str | None:
    """The year in the imprint of a first page: of its proceedings or journal, else of its copyright."""
    match = _COPYRIGHT.search(" ".join(line.text for line in first))
    for place, line in enumerate(first):
        at_edge = place < _EDGE or place >= len(first) - 2 * _EDGE
        if match is None and at_edge and _IMPRINT.match(line.text):
            match = _YEAR.search(" ".join(one.text for one in first[place : place + 3]))
    return match[1] if match else None


def _date(text: str) -> str | None:
    return parse_date(text) if len(text) < 30 and re.search(r"(?:19|20)\d\d", text) else None


def _is_prose(text: str) -> bool:
    words = text.split()
    return len(words) >= _PROSE and sum(word[0].islower() for word in words) > 0.6 * len(words)


def _names(region: list[Line]) -> tuple[str, ...]:
    """The names in lines of the first line's type.

    Where the affiliations are in that type too, only those that open the region or follow an address.
    """
    found: list[str] = []
    style: tuple[int, bool] | None = None
    shared = False
    before = ""
    for line in region:
        kind = (round(line.size), line.bold)
        names = [name for cell in line.cells or (line.text,) for name in _names_of(cell) or ("",)]
        whole = all(names)
        if style is None:
            if not whole:
                return ()
            style = kind
        if kind == style and whole and (not shared or "@" in before):
            found.extend(names)
        elif kind == style and "@" not in line.text and not line.mono:
            shared = True
        before = line.text
    return tuple(dict.fromkeys(found))


def _names_of(text: str) -> tuple[str, ...]:
    """The names that a line is made of; none where anything else stands in it, or may stand in it."""
    text = _WRITTEN_BY.sub("", text) if _WRITTEN_BY.match(text) else text
    parts = [part.strip(" ,;").removeprefix("and ") for part in _BETWEEN.split(_MARKS.sub(", ", text))]
    parts = [part for part in parts if part]
    if not parts or _PLACES.search(text) or "@" in text or not all(map(_is_name, parts)):
        return ()
    return tuple(_cased(part) for part in parts)


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 5 or not all(_WORD.fullmatch(word) for word in words):
        return False
    full = [word for word in words if len(word.strip(".")) > 1 and word.lower() not in _PARTICLES]
    # Four full words or more may be two people that nothing parts.
    return 1 <= len(full) <= 3 and all(word[0].isupper() for word in full) and not words[-1].endswith(".")


def _cased(name: str) -> str:
    return (
        " ".join(word.title() if len(word) > 2 else word for word in name.split()) if name.isupper() else name
    )
