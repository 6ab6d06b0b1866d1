"""OpenReview: submissions with their reviews, rebuttals, comments and decisions, from both of its interfaces.

In version 2 each value is wrapped (``{"value": …}``) and a note has several invitations; in version 1 it
has one and the values stand bare. Which keys hold text differs from venue to venue: it is told by words in
them and by its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from essaysearch.model import Block, Document, Reading, Skipped
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.dates import from_epoch, no_date
from essaysearch.readers.json_text import Look, inner, objects, values
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.names import authors_of
from essaysearch.readers.posts import post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_SIGNS = tuple(
    re.compile(rf'"{pattern}"\s*:')
    for pattern in ("forum", "replyto", "invitations?", "signatures", "content", "cdate|tcdate", "notes")
)
_ADDRESS = "https://openreview.net/forum?id="
_DATES = ("pdate", "odate", "cdate", "tcdate", "tmdate", "mdate")
_NOT_TEXT = frozenset(
    "title authors authorids keywords venue venueid pdf paperhash _bibtex bibtex html code_of_conduct"
    " code_of_ethics supplementary_material submission_guidelines anonymous_url".split()
)
_MAIN = re.compile(
    "comment|review|rebuttal|decision|response|summary|strength|weakness|question|limitation|suggestion|reason"
    "|justification|argument"
)
_RATING = re.compile(r"-?\d+(?:\.\d+)?(?:\s*[:.(].*|\s+\w+)?", re.S)
_LONG = 60


def sniff(source: SourceFile) -> float:
    """Sure of JSON with most of a note's keys."""
    head = source.head_text.lstrip("\ufeff \n\t")
    if source.is_binary or not head.startswith(("{", "[")):
        return 0.0
    found = [bool(sign.search(head)) for sign in _SIGNS]
    return 0.95 if found[0] and found[2] and sum(found) >= 4 else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a note, in the file's order, a submission before the replies that it brings along."""
    tally = Tally(source)
    seen: set[str] = set()
    found = 0
    for value, line, problem in values(source):
        if problem:
            said = f"The JSON is damaged ({problem}); what is whole was read."
            yield Skipped(source.path, said, f"line {line}")
        for note in _notes(value):
            found += 1
            identity = string(note.get("id"))
            if note.get("ddate"):
                tally.add("note was", "notes were", "deleted by the venue and left out", identity)
            elif identity in seen:
                tally.add("note stands", "notes stand", "in the file twice; the first was kept", identity)
            elif (document := _document(note, identity)) is None:
                tally.add("note holds", "notes hold", "no text", identity)
            else:
                seen.add(identity)
                yield replace(document, line=line)
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The JSON holds no notes of OpenReview.")


def _notes(value: Any) -> Iterator[dict[str, Any]]:
    """The notes in a value, each before those that stand in its details."""

    def look(item: dict[str, Any]) -> Look:
        if not isinstance(item.get("content"), dict) or not string(item.get("id")):
            return False, inner(item)
        details = item.get("details")
        within = details if isinstance(details, dict) else {}
        replies = inner(within, "replies", "directReplies", "original", "forumContent")
        return True, [*replies, *inner(item, "replies", "children")]

    return objects(value, look)


def _document(note: dict[str, Any], identity: str) -> Document | None:
    content = {key: _bare(value) for key, value in note["content"].items()}
    forum = string(note.get("forum")) or identity
    above = string(note.get("replyto"))
    invited = note.get("invitations") or note.get("invitation") or ""
    invitation = string(invited[0] if isinstance(invited, list) and invited else invited)
    date = next(
        (found for key in _DATES if (given := note.get(key)) and (found := from_epoch(given, "ms"))), None
    )
    doubts = no_date(next((note[key] for key in _DATES if note.get(key) is not None), None), date)
    facts: dict[str, Any] = {
        "invitation": invitation.rpartition("/-/")[2],
        "venue": string(content.get("venue")) or invitation.partition("/-/")[0],
    }
    if forum == identity or not above:
        return _submission(content, identity, note, date, facts, doubts)
    authors, _ = authors_of(content.get("authors"))
    text, blocks, rest = _said(content)
    title = string(content.get("title"))
    return post(
        f"openreview:{identity}",
        "comment",
        (text, blocks),
        title=title,
        authors=authors or _signed(note),
        date=date,
        url=f"{_ADDRESS}{forum}&noteId={identity}",
        source="openreview",
        thread=f"openreview:{forum}",
        parent=f"openreview:{above}",
        notes=doubts,
        metadata={**facts, **rest},
    )


def _submission(
    content: Mapping[str, Any], identity: str, note: dict[str, Any], date: str | None, facts: dict[str, Any],
    doubts: tuple[str, ...],
) -> Document | None:  # fmt: skip
    authors, complete = authors_of(content.get("authors"))
    listed = content.get("keywords")
    keywords = listed if isinstance(listed, list) else re.split(r"\s*[,;]\s*", string(listed))
    summary = string(content.get("TLDR")) or string(content.get("TL;DR")) or string(content.get("tldr"))
    made = paper(
        id=f"openreview:{identity}",
        reader=READER.name,
        title=string(content.get("title")),
        abstract=abstract_text(string(content.get("abstract"))),
        authors=authors or _signed(note),
        date=date,
        url=_ADDRESS + identity,
        source="openreview",
        categories=tuple(word for key in keywords if (word := string(key))),
        notes=doubts,
        metadata={**facts, "summary": summary},
        authors_complete=complete,
        thread=f"openreview:{identity}",
    )
    return made


def _bare(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _signed(note: Mapping[str, Any]) -> tuple[str, ...]:
    """Who signed: ``~Ada_King1`` is Ada King, ``…/Reviewer_7aQx`` is Reviewer 7aQx."""
    signatures = note.get("signatures")
    names = []
    for signature in signatures if isinstance(signatures, list) else ():
        last = string(signature).rpartition("/")[2]
        name = re.sub(r"\d+$", "", last.removeprefix("~")) if last.startswith("~") else last
        names.append(name.replace("_", " ").strip())
    return tuple(dict.fromkeys(filter(None, names)))


def _said(content: Mapping[str, Any]) -> tuple[str, tuple[Block, ...], dict[str, Any]]:
    """The texts of a note, each under its key where there are several, and the short values beside them."""
    texts: dict[str, str] = {}
    rest: dict[str, Any] = {}
    for key, value in content.items():
        if key in _NOT_TEXT or value in (None, "", []):
            continue
        words = isinstance(value, str) and not _RATING.fullmatch(value.strip())
        if words and (_MAIN.search(key.lower()) or len(value) > _LONG or "\n" in value.strip()):
            texts[key] = value
        else:
            rest[key] = value
    if not texts and (short := {key: value for key, value in rest.items() if isinstance(value, str)}):
        return (*_laid_out(short, named=True), rest)
    return (*_laid_out(texts, named=len(texts) > 1), rest)


def _laid_out(texts: Mapping[str, str], named: bool) -> tuple[str, tuple[Block, ...]]:
    pieces: list[str] = []
    blocks: list[Block] = []
    at = 0

    def add(text: str, made: tuple[Block, ...]) -> None:
        nonlocal at
        if pieces:
            pieces.append("\n\n")
            at += 2
        pieces.append(text)
        blocks.extend(replace(block, start=block.start + at, end=block.end + at) for block in made)
        at += len(text)

    for key, value in texts.items():
        body = markdown_blocks(value)
        if not body.text.strip():
            continue
        if named:
            heading = key.replace("_", " ").strip().capitalize()
            add(heading, (Block(0, len(heading), role="heading"),))
        add(body.text, body.blocks)
    return "".join(pieces), tuple(blocks)


READER = Reader(
    "openreview", "OpenReview submissions, reviews and comments", (".json", ".jsonl"), sniff, read
)
