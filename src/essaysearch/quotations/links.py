"""Links from quotations to their sources: what a link says, and which of several is the likeliest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from essaysearch.model import Document, Voice
from essaysearch.quotations.shingle_store import VOICES
from essaysearch.text.analysis import fold

_NEARLY_AS_GOOD, _AS_GOOD_AS_EXACT = 0.02, 0.995
_NEVER = float("inf")
_OPENING_MARKS = ('"', "“", "„", "«", "‘")
_NAME_PART = re.compile(r"\w{2,}")


@dataclass(frozen=True, slots=True)
class Link:
    """A quotation's place in a source.

    ``score`` (0 to 1) is twice the words shared, over the words quoted and the words spanned in
    the source; what an ellipsis leaves out does not count. ``voice`` is that of the words found:
    ``own`` is a source, ``quoted`` the same thing quoted elsewhere, ``unknown`` may be either.
    ``passages`` are all passages the quotation runs over, ``passage_id`` the one that holds most of it.
    ``quoted`` are the places in the quoted text that stand in the source; ``source`` says, for each
    of ``passages``, which of its words (from, to) they are. ``part`` says that the paragraphs they
    stand in go on before or after them.
    """

    passage_id: str
    document_id: str
    score: float
    voice: Voice
    authors: tuple[str, ...]
    date: str | None
    passages: tuple[str, ...]
    quoted: tuple[tuple[int, int], ...]
    source: tuple[tuple[int, int], ...]
    part: bool


def ranked(links: list[Link], author: str | None = None, before: str | None = None) -> list[Link]:
    """Links by how likely each leads to the source.

    First somebody's own words, then passages of unknown voice, then quotations; among those that fit
    about equally well first ``author``'s, then what is not later than ``before``, then the earliest.
    """
    limit = _instant(before)
    best = {
        voice: max((link.score for link in links if link.voice == voice), default=0.0) for voice in VOICES
    }

    def preference(link: Link) -> tuple[int, bool, bool, bool, float, float, str]:
        moment = _instant(link.date)
        exact = best[link.voice] >= _AS_GOOD_AS_EXACT
        enough = _AS_GOOD_AS_EXACT if exact else best[link.voice] - _NEARLY_AS_GOOD
        return (
            -VOICES.index(link.voice),
            link.score < enough,
            not is_by(link.authors, author),
            moment is not None and limit is not None and moment > limit,
            moment if moment is not None else _NEVER,
            -link.score,
            link.passage_id,
        )

    return sorted(links, key=preference)


def is_by(authors: tuple[str, ...], name: str | None) -> bool:
    """Whether a name, perhaps shortened to a part of itself, is one of the authors'; no name is anybody's."""
    if not name:
        return True
    wanted = _parts(name)
    return any(wanted <= (parts := _parts(author)) or parts <= wanted for author in authors)


def is_elsewhere(link: Link, document: Document) -> bool:
    """Whether a link leads to another author's words that were not written later."""
    if not link.authors or any(is_by(document.authors, name) for name in link.authors):
        return False
    there, here = _instant(link.date), _instant(document.date)
    return there is None or here is None or there <= here


def leads_there(text: str, link: Link, document: Document) -> bool:
    """Whether anything says that this text is the quotation and the other one the source.

    An earlier date, a longer paragraph there, quotation marks or the other author's name here.
    """
    there, here = _instant(link.date), _instant(document.date)
    if link.part or (there is not None and here is not None and there < here):
        return True
    before = text[: link.quoted[0][0]].strip()
    if text.lstrip()[:1] in _OPENING_MARKS or before.endswith(_OPENING_MARKS):
        return True
    named = set(_NAME_PART.findall(fold(before)))
    return any(named & _parts(author) for author in link.authors)


def _parts(name: str) -> set[str]:
    """The words of a name, initials left out where it has others."""
    folded = fold(name)
    return set(_NAME_PART.findall(folded)) or {folded.strip()}


def _instant(date: str | None) -> float | None:
    """An ISO date of any precision as seconds since 1970; one without offset counts as UTC."""
    if not date:
        return None
    try:
        padded = date if len(date) >= 10 else (f"{date}-01" if len(date) == 7 else f"{date}-01-01")
        moment = datetime.fromisoformat(padded)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
