"""StackExchange dumps: posts (``Posts.xml`` or CSV) and comments (``Comments.xml``).

Posts name their authors by number; the names stand in ``Users.xml``, which is read where it
lies beside the file. Tag wikis and their like are left out by count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from essaysearch.errors import ReadError
from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.feed_text import as_line
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.posts import count, number, post
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.stackexchange_csv import HEADER, Row, rows
from essaysearch.readers.tally import Tally
from essaysearch.readers.xml_opening import root_name
from essaysearch.readers.xml_text import elements

_HOST = re.compile(
    r"((?:[a-z0-9-]+\.)*(?:stackexchange\.com|stackoverflow\.com|superuser\.com|serverfault\.com|askubuntu\.com"
    r"|mathoverflow\.net|stackapps\.com))",
    re.I,
)
_TAG = re.compile(r"[|<>]+")
_OTHER_TABLES = frozenset("users votes badges posthistory postlinks tags".split())
_NO_POSTS = {
    "3": "tag wiki",
    "4": "tag wiki excerpt",
    "5": "tag wiki",
    "7": "wiki placeholder",
    "8": "privilege wiki",
}


class _Site(NamedTuple):
    """Where the posts are from: the part of their ids, its host (or nothing), names of authors by number."""

    key: str
    host: str
    names: Mapping[str, str]

    def document_id(self, number: str, mark: str = "") -> str:
        return f"se:{self.key}/{mark}{number}"


def sniff(source: SourceFile) -> float:
    """Sure of a dump's root element with rows, and of a CSV with its columns."""
    root = root_name(source)
    if root in ("posts", "comments", *_OTHER_TABLES):
        return 0.97 if re.search(r"<row\s", source.head_text) else 0.0
    return 0.95 if not root and HEADER.match(source.head_text) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a question, answer or comment."""
    root = root_name(source)
    if root in _OTHER_TABLES:
        raise ReadError(
            f"{source.path}: this table of the dump ({root}) holds no posts; read Posts.xml beside it."
        )
    site = _site(source)
    tally = Tally(source)
    found = 0
    for row in _rows(source) if root else rows(source):
        if isinstance(row, Skipped):
            yield row
            continue
        found += 1
        document = _comment(row, site, tally) if root == "comments" else _post(row, site, tally)
        if document is not None:
            yield document
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The dump holds no rows.")


def _site(source: SourceFile) -> _Site:
    hosts = [match[1].lower() for part in reversed(Path(source.path).parts) if (match := _HOST.search(part))]
    beside = (Path(source.path).with_name(name) for name in ("Users.xml", "users.xml"))
    users = next((path for path in beside if path.is_file()), None)
    names: dict[str, str] = {}
    if users is not None:
        for found in elements(SourceFile(str(users)), ("row",)):
            if not isinstance(found, Skipped) and (display := found.element.get("DisplayName")):
                names[found.element.get("Id", "")] = display
    else:
        source.note(
            "authors are known by number only: Users.xml, which names them, does not lie beside the file"
        )
    # Comments answer the posts of the file beside theirs.
    key = "Posts" if source.stem.lower() == "comments" else source.stem
    return _Site(hosts[0] if hosts else key, hosts[0] if hosts else "", names)


def _rows(source: SourceFile) -> Iterator[Row | Skipped]:
    for found in elements(source, ("row",)):
        yield found if isinstance(found, Skipped) else Row(found.line, found.element.attrib, found.notes)


def _post(row: Row, site: _Site, tally: Tally) -> Document | None:
    line, fields, mended = row
    identity = fields.get("Id", "")
    kind = fields.get("PostTypeId", "1")
    place = site.document_id(identity) if identity else f"line {line}"
    if kind in _NO_POSTS:
        tally.add("row is a", "rows are of the kind", f"{_NO_POSTS[kind]} and left out", place)
        return None
    if not identity:
        tally.add("row has", "rows have", "no number", place)
        return None
    question = fields.get("ParentId", "")
    answers = kind == "2"
    authors, anonymous = _author(fields, "Owner", site)
    date, notes = _date(fields)
    made = post(
        site.document_id(identity),
        "comment" if answers else "post",
        html_to_blocks(fields.get("Body", "")),
        title=as_line(fields.get("Title", ""), False),
        authors=authors,
        date=date,
        url=f"https://{site.host}/{'a' if answers else 'questions'}/{identity}" if site.host else None,
        source=site.key,
        karma=number(fields.get("Score")),
        categories=tuple(tag for tag in _TAG.split(fields.get("Tags", "")) if tag.strip()),
        thread=site.document_id(question)
        if answers and question
        else None
        if answers
        else site.document_id(identity),
        parent=site.document_id(question) if question else None,
        line=line,
        notes=(*mended, *notes, *anonymous),
        metadata={
            "type": "answer" if answers else "question" if kind == "1" else f"post type {kind}",
            "accepted": site.document_id(fields["AcceptedAnswerId"])
            if fields.get("AcceptedAnswerId")
            else None,
            "views": count(fields.get("ViewCount")),
            "answers": count(fields.get("AnswerCount")),
            "updated": parse_date(fields.get("LastEditDate", "")),
            "closed": parse_date(fields.get("ClosedDate", "")),
            "license": fields.get("ContentLicense"),
        },
    )
    if made is None:
        tally.add("post has", "posts have", "neither a text nor a title", place)
    return made


def _comment(row: Row, site: _Site, tally: Tally) -> Document | None:
    line, fields, mended = row
    identity, owner = fields.get("Id", ""), fields.get("PostId", "")
    text = fields.get("Text", "").strip()
    if not identity or not text:
        tally.add("comment has", "comments have", "no number or no text", f"line {line}")
        return None
    authors, anonymous = _author(fields, "User", site)
    date, notes = _date(fields)
    return post(
        site.document_id(identity, "comment-"),
        "comment",
        (text, blocks_of(text, headings=False)),
        authors=authors,
        date=date,
        url=f"https://{site.host}/posts/comments/{identity}" if site.host else None,
        source=site.key,
        karma=number(fields.get("Score")),
        parent=site.document_id(owner) if owner else None,
        line=line,
        notes=(*mended, *notes, *anonymous),
        metadata={"type": "comment", "license": fields.get("ContentLicense")},
    )


def _author(fields: Mapping[str, str], role: str, site: _Site) -> tuple[tuple[str, ...], tuple[str, ...]]:
    key = fields.get("OwnerUserId" if role == "Owner" else "UserId", "")
    display = site.names.get(key) or fields.get(
        "OwnerDisplayName" if role == "Owner" else "UserDisplayName", ""
    )
    if display.strip():
        return (" ".join(display.split()),), ()
    if key == "-1":
        return ("Community",), ()
    # "user14" is what the sites themselves call an account without a name.
    return ((f"user{key}",), ()) if key else ((), ("its author is not named",))


def _date(fields: Mapping[str, str]) -> tuple[str | None, tuple[str, ...]]:
    given = fields.get("CreationDate", "")
    date = parse_date(given)
    return date, no_date(given, date)


READER = Reader("stackexchange", "StackExchange posts and comments", (".xml", ".csv"), sniff, read)
