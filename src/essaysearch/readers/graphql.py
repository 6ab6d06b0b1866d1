"""Answers of ForumMagnum's GraphQL (LessWrong, Alignment Forum, EA Forum) kept as JSON, and its public dumps.

Whatever wraps them (``data.post.result``, ``data.comments.results``, a program's own report, one
record a line), the records of posts and comments are found, and each is one document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from essaysearch.model import Reading, Skipped, SourceFacts
from essaysearch.readers.forum_records import LeftOut, document_of, is_record
from essaysearch.readers.forums import Site, site_named, site_of
from essaysearch.readers.json_text import Look, inner, objects, values
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_META = re.compile(r'\A\s*\{[^{}]*"type"\s*:\s*"meta"[^{}]*\}\s*(?:\n|$)')
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        r'"_id"\s*:\s*"[A-Za-z0-9]{17}"', r'"postedAt"\s*:', r'"(?:htmlBody|contents)"\s*:',
        r'"baseScore"\s*:', r'"(?:postId|parentCommentId|topLevelCommentId)"\s*:', r'"pageUrl"\s*:',
        r'"data"\s*:\s*\{',
    )
)  # fmt: skip
_GRAPHQL_ERROR = re.compile(r'"(?:GRAPHQL_\w+|graphql_query)"|"errors"\s*:\s*\[\s*\{\s*"message"')
_MOST_TITLES = 500_000


def sniff(source: SourceFile) -> float:
    """Sure by the names of ForumMagnum's fields together; less so of a bare GraphQL error."""
    head = source.head_text.lstrip("\ufeff \t\r\n")
    if source.is_binary or head[:1] not in ("{", "["):
        return 0.0
    if _META.match(head) and ('"site"' in head[:500] or '"generatedAt"' in head[:500]):
        return 0.97
    found = sum(1 for sign in _SIGNS if sign.search(head))
    if found >= 3 and (_SIGNS[0].search(head) or found >= 4):
        return 0.96
    return 0.85 if _GRAPHQL_ERROR.search(head) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The posts and comments in the file's order; what an answer says instead is named."""
    site: Site | None = None
    titles: dict[str, str] = {}
    seen: set[str] = set()
    tally = Tally(source)
    for value, line, problem in values(source):
        if isinstance(value, dict) and str(value.get("type")).lower() == "meta":
            said = str(value.get("site") or "")
            site = site_of(said) or site_named(said)
            yield SourceFacts(source.path, {key: item for key, item in value.items() if key != "type"})
            continue
        found = 0
        for record in _records(value):
            found += 1
            made = document_of(record, site, titles)
            if isinstance(made, LeftOut):
                tally.add(*made)
            elif made.id in seen:
                tally.add("record stands", "records stand", "in the file twice; the first was kept", made.id)
            else:
                seen.add(made.id)
                if made.kind == "post" and made.title and len(titles) < _MOST_TITLES:
                    titles[made.id.partition(":")[2]] = made.title
                yield replace(made, line=line)
        if not found and not problem:
            yield from _nothing(value, source, line)
        if problem:
            said = f"The JSON is broken ({problem}); what stands whole before that was read."
            yield Skipped(source.path, said, f"line {line}")
    yield from tally.skipped()


def _records(value: Any) -> Iterator[dict[str, Any]]:
    """The records in a value, in order, with a post's comments and a comment's replies."""

    def look(item: dict[str, Any]) -> Look:
        if is_record(item):
            return True, inner(item, "comments", "children", "latestChildren", "replies")
        return False, inner(item)

    return objects(value, look)


def _nothing(value: Any, source: SourceFile, line: int) -> Iterator[Skipped]:
    """Why a value holds no post or comment: the server's own words where it gave an error."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict):
            continue
        errors = item.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict) and errors[0].get("message"):
            said = " ".join(str(errors[0]["message"]).split()).rstrip(".")
            yield Skipped(
                source.path, f"The answer is an error of the forum's server: {said}.", f"line {line}"
            )
            return
        waiting.extend(inside for inside in item.values() if isinstance(inside, dict))
    if value is not None:
        yield Skipped(source.path, "The JSON holds no post or comment with a text.", f"line {line}")


READER = Reader(
    "graphql", "JSON of posts and comments from LessWrong, the Alignment Forum or the EA Forum",
    (".json", ".jsonl", ".ndjson"), sniff, read,
)  # fmt: skip
