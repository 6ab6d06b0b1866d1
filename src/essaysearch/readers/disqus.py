"""Disqus exports: the comments of a site's pages as threads.

A page itself is not in the export, only its title and address; the comments name it as their
thread. Deleted comments and spam are left out by count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.feed_text import as_line
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.posts import post
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.wordpress import comment_body
from essaysearch.readers.xml_elements import Element, attribute, children, name, said
from essaysearch.readers.xml_opening import opening_tag, root_name
from essaysearch.readers.xml_text import Found, elements


class _Thread(NamedTuple):
    id: str
    title: str
    link: str


def sniff(source: SourceFile) -> float:
    """Sure of the export's root element or namespace."""
    if root_name(source) == "disqus":
        return 0.98
    return 0.95 if "disqus.com" in opening_tag(source) and "disqus-internals" in source.head_text else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a comment, and one for a page whose own text is in the export."""
    tally = Tally(source)
    threads: dict[str, _Thread] = {}
    found_any = False
    for found in elements(source, ("thread", "post")):
        if isinstance(found, Skipped):
            yield found
            continue
        if name(found.element) == "thread":
            document = _page(found, threads)
        else:
            found_any = True
            document = _comment(found, threads, tally)
        if document is not None:
            yield document
    yield from tally.skipped()
    if not found_any:
        yield Skipped(source.path, "The export holds no comments.")


def _page(found: Found, threads: dict[str, _Thread]) -> Document | None:
    element = found.element
    number, link = attribute(element, "id"), said(element, "link")
    thread = _Thread(
        id_of_address(link) or f"disqus:thread-{number}", as_line(said(element, "title"), None), link
    )
    threads[number] = thread
    message = said(element, "message")
    if not message:
        return None
    author, date, notes = _who_and_when(element)
    return post(
        thread.id,
        "post",
        comment_body(message),
        title=thread.title,
        authors=author,
        date=date,
        url=link or None,
        source=urlsplit_safely(link).hostname,
        thread=thread.id,
        line=found.line,
        notes=(*found.notes, *notes),
    )


def _comment(found: Found, threads: dict[str, _Thread], tally: Tally) -> Document | None:
    element = found.element
    number = attribute(element, "id")
    place = f"disqus:{number}" if number else f"line {found.line}"
    for flag, why in (("isDeleted", "was deleted"), ("isSpam", "was marked as spam")):
        if said(element, flag).lower() == "true":
            tally.add("comment", "comments", f"{why} and left out", place)
            return None
    owner = next(iter(children(element, "thread")), None)
    thread = threads.get(attribute(owner, "id")) if owner is not None else None
    if thread is None and owner is not None and attribute(owner, "id"):
        thread = _Thread(f"disqus:thread-{attribute(owner, 'id')}", "", "")
    parents = [attribute(parent, "id") for parent in children(element, "parent")]
    author, date, notes = _who_and_when(element)
    parent = f"disqus:{parents[0]}" if parents and parents[0] else thread.id if thread else None
    made = post(
        place if number else f"disqus:{found.line}",
        "comment",
        comment_body(said(element, "message")),
        authors=author,
        date=date,
        url=f"{thread.link.partition('#')[0]}#comment-{number}"
        if thread and thread.link and number
        else None,
        source=urlsplit_safely(thread.link).hostname if thread else None,
        thread=thread.id if thread else None,
        parent=parent,
        line=found.line,
        notes=(*found.notes, *notes),
        metadata={"thread_title": thread.title if thread else None},
    )
    if made is None:
        tally.add("comment", "comments", "held no text and was left out", place)
    return made


def _who_and_when(element: Element) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    author = next(iter(children(element, "author")), None)
    named = (said(author, "name") or said(author, "username")) if author is not None else ""
    given = said(element, "createdAt")
    date = parse_date(given)
    notes = no_date(given, date)
    return ((named,) if named else ()), date, notes if named else (*notes, "its author is not named")


READER = Reader("disqus", "Disqus exports (XML)", (".xml",), sniff, read)
