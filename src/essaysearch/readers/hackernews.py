"""Hacker News: a story with its tree of comments, flat items, and search hits.

Trees and hits come from the search interface (``created_at_i``, ``children``, ``hits``), flat
items from Firebase and BigQuery (``by``, ``time``, ``parent``), where numbers may be strings.
A flat comment names its parent, not its story; the thread is then found from the parents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from essaysearch.model import Block, Document, Kind, Reading, Skipped
from essaysearch.readers.csv_rows import header_of, rows
from essaysearch.readers.dates import from_epoch, no_date, parse_date
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import Value, values
from essaysearch.readers.posts import count, number, post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.typed_marks import with_typed_lists, with_typed_quotes

_TREE = re.compile(r'"created_at_i"\s*:')
_HIT = re.compile(r'"(?:story_id|parent_id|objectID|_tags|children|num_comments)"\s*:')
_FLAT = re.compile(r'"by"\s*:\s*"')
_FLAT_MORE = re.compile(r'"(?:parent|kids|descendants|type|text|score|dead|ranking)"\s*:')
_COLUMNS = frozenset("time time_ts timestamp parent dead deleted ranking descendants score type".split())
_PARAGRAPH = re.compile(r"(<p>|</p>)", re.I)
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*)\.\.\.</a>', re.I)
_STORIES = ("story", "poll", "job", "show_hn", "ask_hn", "launch_hn")
ADDRESS = "https://news.ycombinator.com/item?id="


def sniff(source: SourceFile) -> float:
    """Sure of JSON with the keys of the search interface or of the item interface."""
    text = source.head_text
    if _is_table(source):
        return 0.95
    if not text.lstrip("\ufeff \n\t").startswith(("{", "[")):
        return 0.0
    if _TREE.search(text) and _HIT.search(text):
        return 0.94
    if _FLAT.search(text) and re.search(r'"(?:time|time_ts|timestamp)"\s*:', text):
        return 0.93 if len(set(_FLAT_MORE.findall(text))) >= 1 and '"id"' in text else 0.5
    return 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a story or comment, a story before its comments, a comment before its replies."""
    tally = Tally(source)
    found = 0
    for value, line, problem in _rows(source) if _is_table(source) else values(source):
        if problem:
            yield Skipped(
                source.path, f"The file is damaged ({problem}); what is whole was read.", f"line {line}"
            )
        for item, story in _items(value):
            found += 1
            identity = string(item.get("id")) or string(item.get("objectID"))
            why = _unusable(item, identity)
            document = None if why else _document(item, identity, story, line)
            if document is not None:
                yield document
            else:
                tally.add(
                    "item was",
                    "items were",
                    why or "without text and left out",
                    identity and f"hn:{identity}",
                )
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The file holds no items of Hacker News.")


def _is_table(source: SourceFile) -> bool:
    """Whether a file is a table of items, as BigQuery exports them."""
    if source.is_binary or source.head_text.lstrip()[:1] in ("{", "[", "<"):
        return False
    names = {name.lower() for name in header_of(source.head_text)}
    return {"id", "by"} <= names and bool(names & {"text", "title"}) and len(names & _COLUMNS) >= 2


def _rows(source: SourceFile) -> Iterator[Value]:
    for row in rows(source):
        if isinstance(row, Skipped):
            yield Value(None, int(row.place.rpartition(" ")[2] or 0), row.reason.rstrip("."))
        else:
            yield Value({key.lower(): text for key, text in row.fields.items()}, row.line)


def _items(value: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The items in a value, parents first, each with the story at the root of its tree (None: not known)."""
    waiting: list[tuple[Any, dict[str, Any] | None]] = [(value, None)]
    while waiting:
        node, story = waiting.pop()
        if isinstance(node, list):
            waiting.extend((entry, story) for entry in reversed(node))
        elif isinstance(node, dict) and isinstance(node.get("hits"), list) and "author" not in node:
            waiting.append((node["hits"], None))
        elif isinstance(node, dict) and not (node.keys() & {"id", "objectID"}) and _is_map(node):
            waiting.append((list(node.values()), None))
        elif isinstance(node, dict):
            if story is None and _kind(node) == "post":
                story = node
            yield node, story
            waiting.extend((child, story) for child in reversed(node.get("children") or ()))


def _is_map(node: dict[str, Any]) -> bool:
    """Whether an object holds items by their number."""
    return bool(node) and all(isinstance(entry, dict | None) for entry in node.values())


def _unusable(item: dict[str, Any], identity: str) -> str:
    if not identity:
        return "without an id and left out"
    silent = not any(string(item.get(key)) for key in ("author", "by", "text", "comment_text", "title"))
    if (
        silent
        or _is_true(item.get("deleted"))
        or string(item.get("text")) in ("[deleted]", "[flagged]", "[dead]", "[delayed]")
    ):
        return "deleted and left out"
    return ""


def _is_true(value: Any) -> bool:
    return value is True or string(value).lower() == "true"


def _kind(item: dict[str, Any]) -> Kind:
    kind = string(item.get("type"))
    listed = item.get("_tags")
    tags = listed if isinstance(listed, list) else ()
    if kind in _STORIES or "story" in tags or "poll" in tags or "job" in tags:
        return "post"
    if kind or "comment" in tags:
        return "comment"
    return "comment" if item.get("parent") or item.get("parent_id") or item.get("comment_text") else "post"


def _document(
    item: dict[str, Any], identity: str, story: dict[str, Any] | None, line: int
) -> Document | None:
    kind = _kind(item)
    parent = next((name for key in ("parent", "parent_id", "poll") if (name := string(item.get(key)))), "")
    root = string(item.get("story_id")) or (string(story.get("id")) if story else "")
    title = unescape(string(item.get("title")))
    thread = identity if kind == "post" else root if root != identity else ""
    thread_title = string(item.get("story_title")) or (string(story.get("title")) if story else "")
    author = string(item.get("by")) or string(item.get("author"))
    date, notes = _date(item)
    if not author:
        notes = (*notes, "its author is not named")
    return post(
        f"hn:{identity}",
        kind,
        body_of(
            string(item.get("text")) or string(item.get("comment_text")) or string(item.get("story_text"))
        ),
        title=title if kind == "post" else "",
        authors=(author,) if author else (),
        date=date,
        url=ADDRESS + identity,
        source="hackernews",
        karma=next((n for key in ("points", "score") if (n := number(item.get(key))) is not None), None),
        thread=f"hn:{thread}" if thread else None,
        parent=f"hn:{parent}" if parent and kind == "comment" else None,
        line=line,
        notes=notes,
        metadata={
            "link": string(item.get("url")) or (string(item.get("story_url")) if kind == "post" else ""),
            "thread_title": unescape(thread_title) if kind == "comment" else None,
            "comments": count(item.get("num_comments", item.get("descendants"))),
            "type": string(item.get("type")),
            "dead": _is_true(item.get("dead")) or None,
        },
    )


def _date(item: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    for key in ("created_at_i", "time"):
        if item.get(key) is not None and (date := from_epoch(item[key])):
            return date, ()
    given = next(
        (text for key in ("created_at", "time_ts", "timestamp", "time") if (text := string(item.get(key)))),
        "",
    )
    date = parse_date(given)
    return date, no_date(given, date)


def body_of(html: str) -> tuple[str, tuple[Block, ...]]:
    """HTML whose ``<p>`` parts paragraphs and never closes; lines that open with ``>`` are quoted."""
    if not html:
        return "", ()
    paragraphs = _PARAGRAPH.split(_LINK.sub(_whole_link, html))
    # Line ends within a paragraph show only where a quote ends and its answer begins.
    joined = "".join(
        part.replace("\n", "<br>") if part.lstrip().startswith(("&gt;", ">")) else part for part in paragraphs
    )
    text, blocks = with_typed_quotes(*html_to_blocks(joined))
    return text, with_typed_lists(text, blocks)


def _whole_link(match: re.Match[str]) -> str:
    """A link whose text was shortened, as its whole address."""
    address = unescape(match[1])
    return match[1] if address.startswith(unescape(match[2])) else match[0]


READER = Reader(
    "hackernews", "Hacker News items, trees and search hits", (".json", ".jsonl", ".csv"), sniff, read
)
