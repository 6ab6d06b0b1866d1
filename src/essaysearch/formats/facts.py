"""What is shown of a hit, whatever the format: title, authors, facts, place, link, citation, marks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from urllib.parse import quote

from essaysearch.late import late
from essaysearch.model import Hit, Snippet
from essaysearch.text.readable import readable
from essaysearch.text.snippets import LINK_WORDS

_CONTROL = late("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_QUOTE_MARK = late(r"^(?:[ \t]*>)+[ \t]?", re.MULTILINE)
_TITLE_WORDS = 9


def plain(text: str) -> str:
    """The text without control characters: a document must not move the cursor or ring the bell."""
    return _CONTROL.sub(" ", text)


def marked(snippet: Snippet, before: str, after: str, safe: Callable[[str], str] = lambda text: text) -> str:
    """A snippet with marks around what matched; ``safe`` escapes the text between and within them."""
    text, at, parts = snippet.text, 0, []
    for start, end in snippet.spans:
        parts += [safe(text[at:start]), before, safe(text[start:end]), after]
        at = end
    return "".join(parts) + safe(text[at:])


def one_line(text: str, length: int) -> str:
    """The text in one line, cut after a word where it is longer than ``length``."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"


def title_of(hit: Hit) -> str:
    """The title, else the first words of the passage."""
    if hit.title:
        return " ".join(readable(hit.title)[0].split())
    words = readable(hit.text[:400])[0].split()[:_TITLE_WORDS]
    return " ".join(words) + ("…" if len(words) == _TITLE_WORDS else "")


def heading_of(hit: Hit) -> tuple[str, str]:
    """What stands over a hit: title and facts; the facts and nothing where it is untitled.

    (The first words of a comment, as a title, would be read twice: they often open the snippet.)
    """
    return (title_of(hit), facts_of(hit)) if hit.title else (facts_of(hit), "")


def answered_by(hit: Hit) -> str:
    """What the passage responds to, readable, without the marks of quotation; empty where it is nothing."""
    return readable(_QUOTE_MARK.sub("", hit.answers.text))[0] if hit.answers else ""


def answer_of(hit: Hit) -> str:
    """What answers a quoted passage, readable; empty where it is not known or was not asked for."""
    return readable(hit.answered_by.text)[0] if hit.answered_by else ""


def introduced_by(hit: Hit) -> str:
    """What the passage leads to, readable; empty where it does not, or its end is not shown."""
    if not hit.introduces or hit.snippet.text.endswith("…"):
        return ""
    return readable(_QUOTE_MARK.sub("", hit.introduces))[0]


def authors_of(hit: Hit, most: int = 3) -> str:
    """Who wrote it; ``et al.`` where the list is cut here or in the source."""
    cut = len(hit.authors) > most or not hit.authors_complete
    return ", ".join(hit.authors[:most]) + (" et al." if cut and hit.authors else "")


def place_of(hit: Hit) -> str:
    """Where it can be read: its address, else file and line."""
    path = near(hit.path)
    return hit.url or (f"{path}:{hit.line}" if hit.line else path)


def near(path: str) -> str:
    """The path as one would type it here: relative to the working directory where that is shorter."""
    if not os.path.isabs(path):
        return path
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # the working directory is gone; another drive
        return path
    return relative if len(relative) < len(path) else path


def is_web(url: str | None) -> bool:
    """Whether an address may become a link; ``javascript:`` and the like never do."""
    return url is not None and url.startswith(("http://", "https://"))


def link_of(hit: Hit) -> str | None:
    """The address of the page, opened at the passage; None where there is none to link."""
    return text_link(hit.url, hit.text, hit.lead) if hit.url is not None and is_web(hit.url) else None


def text_link(url: str, text: str, lead: str = "") -> str:
    """A link that opens the page at the passage (``#:~:text=`` of the URL Fragment Text Directives).

    ``lead``: the words before the passage, where its own would be found earlier in the page.
    """
    if "#" in url or not is_web(url):
        return url
    words = readable(text)[0].split()
    if len(words) < 3 and not lead:
        return url
    first, last = " ".join(words[:LINK_WORDS]), " ".join(words[-LINK_WORDS:])
    parts = [" ".join(words)] if len(words) <= 2 * LINK_WORDS else [first, last]
    escaped = [_escaped(part) for part in parts]
    before = " ".join(readable(lead)[0].split())
    return f"{url}#:~:text=" + ",".join([f"{_escaped(before)}-", *escaped] if before else escaped)


def _escaped(text: str) -> str:
    """Percent-encoded, the hyphen too, which is a sign of the directive."""
    return quote(text.encode("utf-8", "replace"), safe="").replace("-", "%2D")


def citation(hit: Hit) -> str:
    """A line that says where the passage comes from."""
    parts = [authors_of(hit), f"“{title_of(hit)}”" if hit.title else hit.kind, (hit.date or "undated")[:10]]
    return ", ".join(part for part in parts if part) + f". {place_of(hit)}"


def facts_of(hit: Hit) -> str:
    """Author, date, kind, source, heading, points, voice and size of the group in one line."""
    parts = [authors_of(hit), (hit.date or "undated")[:10], hit.kind]
    if hit.source:
        parts.append(hit.source)
    if hit.section:
        parts.append(f"§ {one_line(hit.section, 60)}")
    if hit.karma is not None:
        parts.append(f"{hit.karma:g} points")
    if hit.voice == "quoted":
        parts.append(f"quoting {hit.speaker}" if hit.speaker else "a quote")
    elif hit.voice == "unknown":
        parts.append("voice unknown")
    if hit.size is not None and hit.size > 1:
        parts.append(f"{hit.size:,} passages")
    return " · ".join(part for part in parts if part)
