"""Answers of the StackExchange API kept as JSON: questions, answers, comments, alone or in each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from essaysearch.model import Block, Document, Reading, Skipped
from essaysearch.readers.dates import from_epoch, no_date
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import Look, inner, objects, values
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.posts import count, number, post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_ID = re.compile(r'"(?:question_id|answer_id|comment_id)"\s*:\s*\d')
_SIGNS = tuple(
    re.compile(rf'"{key}"\s*:')
    for key in ("creation_date", "owner", "items", "quota_remaining", "is_a[a-z]+ed", "content_license")
)
_ERROR = re.compile(r'"error_name"\s*:.*"error_message"\s*:|"error_message"\s*:.*"error_name"\s*:', re.S)
_QUESTION = re.compile(r"/questions/(\d+)")
_KINDS = ("comment", "answer", "question")
"""What an object is, by its own number: a comment may name its answer, an answer its question."""


@dataclass
class _Known:
    """What was learnt from objects before: the site's host, and the question of each post.

    An answer names its question but not always its site.
    """

    host: str = ""
    questions: dict[str, str] = field(default_factory=dict)


def sniff(source: SourceFile) -> float:
    """Sure of a number of a post beside other keys of the interface, and of its errors."""
    head = source.head_text
    if source.is_binary or not head.lstrip("\ufeff \n\t").startswith(("{", "[")):
        return 0.0
    if _ID.search(head) and sum(bool(sign.search(head)) for sign in _SIGNS) >= 2:
        return 0.96
    return 0.9 if _ERROR.search(head[:2000]) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a question, answer or comment, each before what answers it."""
    tally = Tally(source)
    seen: set[str] = set()
    known = _Known()
    for value, line, problem in values(source):
        if problem:
            said = f"The JSON is damaged ({problem}); what is whole was read."
            yield Skipped(source.path, said, f"line {line}")
        if isinstance(value, dict) and string(value.get("error_message")):
            said = string(value["error_message"]).rstrip(".")
            yield Skipped(source.path, f"The answer is an error of the server: {said}.", f"line {line}")
        if isinstance(value, dict) and value.get("has_more") is True:
            said = "The answer is one page of several: those that follow it are not in the file."
            yield Skipped(source.path, said, f"line {line}", empty=True)
        for item in objects(value, _look):
            document = _document(item, known, line)
            if document is None:
                what = _kind(item) or "post"
                why = "no text: the interface was asked without bodies"
                tally.add(f"{what} has", f"{what}s have", why, string(item.get(f"{what}_id")))
            elif document.id in seen:
                tally.add("post stands", "posts stand", "in the file twice; the first was kept", document.id)
            else:
                seen.add(document.id)
                yield document
    yield from tally.skipped()
    if not seen and not tally.counts:
        yield Skipped(source.path, "The JSON holds no posts of StackExchange.")


def _look(item: dict[str, Any]) -> Look:
    if _kind(item) and "creation_date" in item:
        return True, inner(item, "comments", "answers")
    return False, inner(item)


def _kind(item: dict[str, Any]) -> str:
    return next((kind for kind in _KINDS if count(item.get(f"{kind}_id")) is not None), "")


def _document(item: dict[str, Any], known: _Known, line: int) -> Document | None:
    """The document of an object; ``known`` learns from it."""
    kind = _kind(item)
    own = string(item[f"{kind}_id"])
    address, owner = string(item.get("link")), item.get("owner")
    host = known.host = _host(address) or _host(string(_of(owner, "link"))) or known.host
    named = _QUESTION.search(address)
    above = string(item.get("post_id" if kind == "comment" else "question_id"))
    if kind == "question":
        question = own
    else:
        question = (
            string(item.get("question_id")) or known.questions.get(above) or (named[1] if named else "")
        )
    if kind != "comment":
        known.questions[own] = question or own
    prefix = f"se:{host or 'api'}/"
    author = unescape(string(_of(owner, "display_name")))
    date = from_epoch(item.get("creation_date") or 0)
    doubts = no_date(item.get("creation_date"), date)
    return post(
        f"{prefix}comment-{own}" if kind == "comment" else f"{prefix}{own}",
        "post" if kind == "question" else "comment",
        _body(item),
        title=unescape(string(item.get("title"))) if kind == "question" else "",
        authors=(author,) if author else (),
        date=date,
        url=address or None,
        source=host or None,
        karma=number(item.get("score")),
        categories=tuple(tag for tag in item.get("tags") or () if isinstance(tag, str)),
        thread=f"{prefix}{question}" if question else None,
        parent=f"{prefix}{above}" if kind != "question" and above else None,
        line=line,
        notes=doubts if author else (*doubts, "its author is not named"),
        metadata={
            "type": kind,
            "accepted": f"{prefix}{item['accepted_answer_id']}" if item.get("accepted_answer_id") else None,
            "views": count(item.get("view_count")),
            "answers": count(item.get("answer_count")),
            "updated": from_epoch(item.get("last_edit_date") or 0),
            "closed": string(item.get("closed_reason")),
            "license": string(item.get("content_license")),
        },
    )


def _host(address: str) -> str:
    return (urlsplit_safely(address).hostname or "").removeprefix("www.")


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _body(item: dict[str, Any]) -> tuple[str, tuple[Block, ...]]:
    html = string(item.get("body"))
    if html:
        return html_to_blocks(html)
    laid = markdown_blocks(unescape(string(item.get("body_markdown"))))
    return laid.text, laid.blocks


READER = Reader("stackexchange-api", "answers of the StackExchange API", (".json", ".jsonl"), sniff, read)
