"""Reddit: threads as the site gives them, lines of comments and submissions, recorded answers.

A comment keeps its place through ``parent_id`` and ``link_id``; stubs of comments that were
not loaded ("more") become notes of what they stand under. Deleted comments are left out by
count: their replies then hang from a stub.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

from essaysearch.model import Block, Document, Reading, Skipped
from essaysearch.readers.dates import from_epoch, no_date
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import parse, values
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.posts import count, number, post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.recorded import is_recording, responses
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_KIND = re.compile(r'"kind"\s*:\s*"(?:Listing|t1|t3|more)"')
_COMMENT = re.compile(r'"link_id"\s*:\s*"t3_')
_SUBMISSION = re.compile(r'"selftext"\s*:|"is_self"\s*:')
_GONE = re.compile(
    r"\[\s*(?:deleted|removed|deleted by user|removed by reddit|removed by moderator)\s*\]", re.I
)
_REMOVED = re.compile(r"\[\s*removed", re.I)
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|#39|#x27|nbsp|#x200B|#32);", re.I)
_BASE36 = re.compile(r"[a-z0-9]+", re.I)


class _Thing(NamedTuple):
    """A comment or submission: its full name (``t1_…``, ``t3_…``), its data, its line."""

    name: str
    data: dict[str, Any]
    line: int


class _Stub(NamedTuple):
    """Comments that were not loaded: what they stand under, their ids, how many they are."""

    parent: str
    ids: tuple[str, ...]
    size: int


def sniff(source: SourceFile) -> float:
    """Sure of the interface's kinds, of its full names, and of recorded answers of its host."""
    text = source.head_text
    if is_recording(source):
        return (
            0.97
            if "reddit.com" in text and ("t1_" in text or "oauth.reddit.com" in text or "/comments/" in text)
            else 0.0
        )
    if not text.lstrip("\ufeff \n\t").startswith(("{", "[")):
        return 0.0
    if _KIND.search(text):
        return 0.96
    if '"subreddit"' in text and (_COMMENT.search(text) or _SUBMISSION.search(text)):
        return 0.95
    return 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a submission or comment: parents before replies where the file is a thread."""
    tally = Tally(source)
    found = 0
    for values_at_once in _groups(source):
        problems = [value for value in values_at_once if isinstance(value, Skipped)]
        yield from problems
        things: dict[str, _Thing] = {}
        stubs: list[_Stub] = []
        for value, line in (value for value in values_at_once if not isinstance(value, Skipped)):
            for thing in _things(value, line):
                found += 1
                if isinstance(thing, _Stub):
                    stubs.append(thing)
                elif thing.name in things:
                    tally.add(
                        "comment stands",
                        "comments stand",
                        "in the file a second time",
                        f"reddit:{thing.name}",
                    )
                else:
                    things[thing.name] = thing
        notes = _stub_notes(stubs, things)
        for name, thing in things.items():
            document = _document(thing, notes.pop(name, ()), tally)
            if document is not None:
                yield document
        for parent in notes:
            tally.add(
                "comment",
                "comments",
                "with replies that were not loaded is not in the file either",
                f"reddit:{parent}",
            )
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The file holds no comments or submissions.")


def _groups(source: SourceFile) -> Iterator[list[Any]]:
    """What has to be seen together: all of a thread or recording, each line of a dump by itself."""
    if is_recording(source):
        yield list(_recorded(source))
        return
    # The two listings of a thread stand in a list; lines are dumps, which may be long.
    listed = source.head_text.lstrip("\ufeff \n\t").startswith("[")
    together: list[Any] = []
    for value, line, problem in values(source):
        if problem:
            reason = f"The JSON is damaged ({problem}); what is whole was read."
            together.append(Skipped(source.path, reason, f"line {line}"))
        if listed and _is_tree(value):
            together.append((value, line))
        elif value is not None:
            yield [*together, (value, line)]
            together = []
    if together:
        yield together


def _recorded(source: SourceFile) -> Iterator[Any]:
    for response in responses(source):
        if response.problem:
            yield Skipped(source.path, response.problem, response.place)
        elif response.text.strip():
            value, _, problem = parse(response.text)
            if problem and response.text.lstrip().startswith(("{", "[")):
                reason = f"The answer's JSON is damaged ({problem}); what is whole was read."
                yield Skipped(source.path, reason, response.place)
            yield value, 0


def _is_tree(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and ("kind" in value or "json" in value))


def _things(value: Any, line: int) -> Iterator[_Thing | _Stub]:
    """The things in a value, each before its replies."""
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
            continue
        if not isinstance(node, dict):
            continue
        kind, data = node.get("kind"), node.get("data")
        if kind == "more" and isinstance(data, dict):
            ids = data.get("children")
            names = tuple(f"t1_{one}" for one in ids if isinstance(one, str)) if isinstance(ids, list) else ()
            yield _Stub(string(data.get("parent_id")), names, count(data.get("count")) or 0)
        elif kind in ("t1", "t3") and isinstance(data, dict):
            yield _Thing(_name(data, str(kind)), data, line)
            waiting.append(data.get("replies"))
        elif "json" in node and isinstance(node["json"], dict):
            waiting.append(node["json"].get("data"))
        elif isinstance(node.get("things"), list):
            waiting.append(node["things"])
        elif isinstance(data, dict) and isinstance(data.get("children"), list):
            waiting.append(data["children"])
        elif isinstance(data, list):
            waiting.append(data)
        elif "body" in node and ("link_id" in node or "parent_id" in node or "subreddit" in node):
            yield _Thing(_name(node, "t1"), node, line)
            waiting.append(node.get("replies"))
        elif "title" in node and ("selftext" in node or "is_self" in node or "subreddit" in node):
            yield _Thing(_name(node, "t3"), node, line)
            waiting.append(node.get("comments"))


def _name(data: dict[str, Any], kind: str) -> str:
    full = string(data.get("name"))
    if full.startswith(f"{kind}_"):
        return full
    short = string(data.get("id"))
    return short if short.startswith(f"{kind}_") else f"{kind}_{short}" if short else ""


def _stub_notes(stubs: list[_Stub], things: dict[str, _Thing]) -> dict[str, tuple[str, ...]]:
    """What is missing under each thing, in words."""
    notes: dict[str, tuple[str, ...]] = {}
    for stub in stubs:
        present = sum(name in things for name in stub.ids)
        missing = max(stub.size, len(stub.ids)) - present
        if not stub.ids and not stub.size:
            note = "replies to it go on in another page, which is not in the file"
        elif missing <= 0 or present == len(stub.ids):
            continue
        else:
            replies = "reply under it is" if missing == 1 else "replies under it are"
            note = f"{missing:,} more {replies} not in the file"
        notes[stub.parent] = (*notes.get(stub.parent, ()), note)
    return notes


def _document(thing: _Thing, notes: tuple[str, ...], tally: Tally) -> Document | None:
    data, name = thing.data, thing.name
    place = f"reddit:{name}" if name else f"line {thing.line}"
    if not name:
        tally.add("comment has", "comments have", "no id", place)
        return None
    is_comment = name.startswith("t1_")
    written = string(data.get("body" if is_comment else "selftext"))
    gone = bool(_GONE.fullmatch(written))
    if gone and is_comment:
        done = "removed" if _REMOVED.match(written) else "deleted"
        tally.add("comment was", "comments were", f"{done}: no text is left", place)
        return None
    if gone:
        notes = (*notes, "its body was deleted")
    author = string(data.get("author"))
    if not author or _GONE.fullmatch(author):
        author, notes = "", (*notes, "its author was deleted")
    link = string(data.get("link_id"))
    parent = _parent(data.get("parent_id"), link)
    given = data.get("created_utc", data.get("created"))
    date = from_epoch(given or 0) or from_epoch(data.get("created") or 0)
    notes = (*notes, *no_date(given, date))
    flair = unescape(string(data.get("link_flair_text")))
    subreddit = string(data.get("subreddit"))
    made = post(
        f"reddit:{name}",
        "comment" if is_comment else "post",
        ("", ()) if gone else _body(data, "body" if is_comment else "selftext"),
        title="" if is_comment else unescape(string(data.get("title"))),
        authors=(author,) if author else (),
        date=date,
        url=_url(data, name),
        source="reddit",
        categories=tuple(part for part in (subreddit and f"r/{subreddit}", flair) if part),
        karma=None if data.get("score_hidden") is True else number(data.get("score", data.get("ups"))),
        thread=(f"reddit:{link}" if link else None) if is_comment else f"reddit:{name}",
        parent=f"reddit:{parent}" if is_comment and parent else None,
        line=thing.line,
        notes=notes,
        metadata={
            "subreddit": subreddit,
            "link": _link(data) if not is_comment else None,
            "crosspost": _crossposted(data),
            "edited": from_epoch(data["edited"]) if isinstance(data.get("edited"), int | float) else None,
            "comments": count(data.get("num_comments")),
            "thread_title": unescape(string(data.get("link_title"))) if is_comment else None,
            "stickied": data.get("stickied") is True or None,
        },
    )
    if made is None:
        tally.add("comment holds", "comments hold", "no text", place)
    return made


def _parent(given: Any, link: str) -> str:
    """The full name of what a comment answers; newer dumps write it as a number, without its kind."""
    if isinstance(given, int) and not isinstance(given, bool):
        short = _base36(given)
        return link if link == f"t3_{short}" else f"t1_{short}"
    name = string(given)
    return name if name.startswith(("t1_", "t3_")) else link


def _base36(number: int) -> str:
    digits = ""
    while number > 0:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def _crossposted(data: dict[str, Any]) -> str:
    """The id of the submission that this one shows in another community."""
    listed = data.get("crosspost_parent_list")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    name = _name(first, "t3") or string(data.get("crosspost_parent"))
    return f"reddit:{name}" if name else ""


def _body(data: dict[str, Any], key: str) -> tuple[str, tuple[Block, ...]]:
    """The HTML that the site shows where it is given, else the Markdown that was written."""
    html = string(data.get(f"{key}_html"))
    if html:
        return html_to_blocks(unescape(html) if html.startswith("&lt;") else html)
    text = string(data.get(key))
    if _ESCAPED.search(text):
        text = unescape(text)
    laid = markdown_blocks(text)
    return laid.text, laid.blocks


def _link(data: dict[str, Any]) -> str:
    """The address a submission points to, unless that is the submission itself."""
    address = unescape(string(data.get("url")))
    return "" if data.get("is_self") is True or "/comments/" in address else address


def _url(data: dict[str, Any], name: str) -> str | None:
    permalink = string(data.get("permalink"))
    if permalink.startswith("/"):
        return f"https://www.reddit.com{permalink}"
    if permalink.startswith("http"):
        return permalink
    subreddit, link = string(data.get("subreddit")), string(data.get("link_id")).removeprefix("t3_")
    short = name[3:]
    if not subreddit or not _BASE36.fullmatch(short):
        return None
    if name.startswith("t3_"):
        return f"https://www.reddit.com/r/{subreddit}/comments/{short}/"
    return f"https://www.reddit.com/r/{subreddit}/comments/{link}/_/{short}/" if link else None


READER = Reader("reddit", "Reddit threads, comments and submissions", (".json", ".jsonl"), sniff, read)
