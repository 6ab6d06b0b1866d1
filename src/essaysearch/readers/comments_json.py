"""Comments in JSON: a list of pages with their comments (Isso's generic form), or the answer of Substack.

Substack's interface gives one page's comments, each with its answers in ``children``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import from_epoch, no_date, parse_date
from essaysearch.readers.feed_text import as_blocks
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.json_text import values
from essaysearch.readers.posts import number, post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.text.ids import derived_document_id

_PAGES = re.compile(r'\A\s*\[?\s*\{(?:(?!"comments").){0,2000}?"comments"\s*:\s*\[', re.S)
_COMMENT = re.compile(r'"(?:text|comment|message|body|content)"\s*:\s*"')
_ENCODED = re.compile(r"\S*(?:\+|%[0-9A-Fa-f]{2})\S*")
_BODIES = ("text", "comment", "message", "body", "content", "html")
_AUTHORS = ("author", "name", "username", "user")
_DATES = ("created", "date", "created_at", "published", "timestamp")
_PARENTS = ("parent", "parent_id", "parentId", "reply_to")


def sniff(source: SourceFile) -> float:
    """Likely where the first object has a list of comments, and those have a text."""
    head = source.head_text.lstrip("\ufeff")
    if (
        source.is_binary
        or head.lstrip()[:1] not in ("[", "{")
        or not _PAGES.match(head)
        or not _COMMENT.search(head)
    ):
        return 0.0
    return 0.75


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a comment; its thread is its page, and so is its parent where it names none."""
    tally = Tally(source)
    seen: set[str] = set()
    for page, line, problem in values(source):
        if problem:
            yield Skipped(
                source.path, f"The JSON is broken ({problem}); what stands whole was read.", f"line {line}"
            )
        if not isinstance(page, dict) or not isinstance(page.get("comments"), list):
            continue
        place = string(page.get("url")) or string(page.get("link")) or string(page.get("id"))
        title = string(page.get("title"))
        title = unquote_plus(title) if _ENCODED.fullmatch(title) else title
        thread = id_of_address(place) or f"comments:{place or title or line}"
        for ordinal, (comment, above) in enumerate(_comments(page["comments"]), 1):
            if not place and string(comment.get("post_id")):
                thread = f"comments:post-{string(comment['post_id'])}"
            gone = comment.get("deleted") is True
            made = None if gone else _document(comment, above, ordinal, thread, place, title, line)
            if gone:
                tally.add("comment was", "comments were", "deleted", f"{place or thread} {ordinal}")
            elif made is not None and made.id in seen:
                tally.add(
                    "comment stands", "comments stand", "in the file twice; the first was kept", made.id
                )
            elif made is None:
                tally.add("comment holds", "comments hold", "no text", f"{place or title} {ordinal}")
            else:
                seen.add(made.id)
                yield made
    yield from tally.skipped()


def _comments(listed: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The comments of a page, each before its answers, with the number of the one that it stands under."""
    waiting = [(one, "") for one in reversed(listed)]
    while waiting:
        comment, above = waiting.pop()
        if not isinstance(comment, dict):
            continue
        yield comment, above
        below = comment.get("children")
        if isinstance(below, list):
            waiting += [(one, string(comment.get("id"))) for one in reversed(below)]


def _document(
    comment: dict[str, Any], above: str, ordinal: int, thread: str, place: str, title: str, line: int
) -> Document | None:
    author = next((found for key in _AUTHORS if (found := string(comment.get(key)))), "")
    given = next((comment[key] for key in _DATES if comment.get(key) not in (None, "")), "")
    date = from_epoch(given) if isinstance(given, int | float) else parse_date(string(given))
    body = as_blocks(next((found for key in _BODIES if (found := string(comment.get(key)))), ""))
    # Programs that make such lists number the comments, or give all of them the number 0.
    own = string(comment.get("id")) if number(comment.get("id")) != 0 else ""
    said = (found for key in _PARENTS if (found := string(comment.get(key))) not in ("", "0"))
    above = next(said, above)
    notes = [*(() if author else ("its author is not named",)), *no_date(given, date)]
    return post(
        f"{thread}#comment-{own}"
        if own
        else derived_document_id(READER.name, author, f"{thread} {date or ordinal}"),
        "comment",
        body,
        authors=(author,) if author else (),
        date=date,
        url=place if urlsplit_safely(place).hostname else None,
        source=urlsplit_safely(place).hostname or None,
        karma=next(
            (
                n
                for key in ("likes", "score", "karma", "reaction_count")
                if (n := number(comment.get(key))) is not None
            ),
            None,
        ),
        thread=thread,
        parent=f"{thread}#comment-{above}" if above else thread,
        line=line,
        metadata={"thread_title": title, "website": string(comment.get("website"))},
        notes=notes,
    )


READER = Reader("comments-json", "comments in JSON, listed page by page", (".json",), sniff, read)
