"""Mail: mailboxes (mbox, Babyl, MMDF), archives of mailing lists (pipermail), messages, Usenet articles.

One document a message, read one after the other. Quote marks are taken off and become voices
(`quote_marks`); what answers what comes from the header. Attachments are named, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from essaysearch.model import Block, Document, Reading, Skipped
from essaysearch.readers.mail_data import Body
from essaysearch.readers.mail_digest import digested
from essaysearch.readers.mail_folders import folder_messages, is_folder
from essaysearch.readers.mail_headers import (
    Person,
    dated,
    fields_of,
    lineage,
    list_of,
    message_id,
    title_of,
    unencoded,
    writer,
)
from essaysearch.readers.mail_known import Known
from essaysearch.readers.mail_split import RawMessage, is_mailbox, raw_messages
from essaysearch.readers.mail_text import body_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id, digest
from essaysearch.voices.quote_marks import Marked, Posting, attributed, unmark

_HEAD_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")
# A mailbox's own line without a date, as single messages keep it.
_UNDATED_MARK = re.compile(rb">?From [^\n]{1,300}\n(?=[!-9;-~]+[ \t]*:)")
_STRAY = 2
_SENDERS = frozenset((b"from", b"sender", b"return-path", b"path", b"newsgroups"))
_SURE = frozenset(
    (b"message-id", b"received", b"newsgroups", b"path", b"in-reply-to", b"references", b"nntp-posting-host")
)
_LIKELY = frozenset(
    (b"date", b"to", b"subject", b"cc", b"lines", b"organization", b"mime-version", b"reply-to")
)
_SENT = _SURE | {b"to", b"return-path", b"delivered-to", b"x-mailer"}
_SAVED_PAGE = (b"saved by ", b"snapshot-content-location")
_OPENING_WORDS = 12


def sniff(source: SourceFile) -> float:
    """A postmark and a header field: a mailbox. A header that names a sender: a message."""
    head = source.head
    if is_mailbox(head) or is_folder(head):
        return 0.97
    names = _names_of_header(head)
    opening = head[:4096].replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0].lower()
    if any(sign in opening for sign in _SAVED_PAGE) or (
        b"multipart/related" in opening and not names & _SENT
    ):
        return 0.0
    if not names & _SENDERS:
        # A draft, or a message whose header was cut down: what the file is called tells.
        return 0.6 if source.suffix == ".eml" and names & (_SURE | _LIKELY) else 0.0
    if names & _SURE and names & _LIKELY:
        return 0.95
    return 0.8 if len(names & _LIKELY) >= 2 else 0.6 if b"from" in names and b"subject" in names else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The messages in the order of the file, as documents of kind ``message``.

    A thread's root is the first of ``References``; where a message has none, it is the root of
    the message answered, if the file held that before. A message met twice is skipped and named,
    another one under the same id is kept under an id of its own.
    """
    known = Known()
    mailbox = is_mailbox(source.head)
    for raw in folder_messages(source) if is_folder(source.head) else raw_messages(source):
        if isinstance(raw, Skipped):
            yield raw
            continue
        within = digested(raw)
        for one in within or (raw,):
            yield _document(one, source, mailbox, known)
        if within:
            said = f"The message is a digest: the {len(within):,} messages in it were read in its place."
            yield Skipped(source.path, said, f"line {raw.line}", empty=True)


def _names_of_header(head: bytes) -> set[bytes]:
    """The names of the fields that a file opens with, in lower case; empty where it opens otherwise.

    A stray line or two among the fields may be none.
    """
    head = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").lstrip(b"\n")
    mark = _UNDATED_MARK.match(head)
    at, stray = mark.end() if mark else 0, 0
    names: set[bytes] = set()
    while True:
        if match := _HEAD_FIELD.match(head, at):
            names.add(match[1].lower())
            at = match.end()
            continue
        below = head.find(b"\n", at) + 1
        if len(names) < 2 or stray == _STRAY or below in (0, at + 1) or not _HEAD_FIELD.match(head, below):
            break
        at, stray = below, stray + 1
    return names if head[at : at + 1] in (b"\n", b"") else set()


def _document(raw: RawMessage, source: SourceFile, mailbox: bool, known: Known) -> Document | Skipped:
    header, body = _cut(raw.data)
    fields = fields_of(header) if header else {}
    person = writer(fields.get("from", "") or fields.get("sender", ""))
    inferred = False
    if person is None and raw.sender and raw.sender != "-":
        person, inferred = writer(raw.sender), True
    subject = " ".join(unencoded(fields.get("subject", "")).split())
    title = title_of(subject) if subject else None
    content = body_of(fields, body, mailbox)
    marked = _marked(content)
    if not marked.blocks:
        return _empty(raw, source, person, title, content)
    date, how, bad_date = dated(fields, raw.posted)
    name = message_id(fields)
    author = person.name if person else ""
    if name:
        identity = f"mail:{name}"
    else:
        opening = " ".join(marked.text.split(None, _OPENING_WORDS)[:_OPENING_WORDS])
        place = date if date and not how else opening
        identity = derived_document_id("mail", author, f"{title or ''}\n{place}")
    shared = not known.is_new(identity)
    if shared and known.is_repeat(identity, author, date, title):
        what = f'the message "{title or "without a subject"}" stands here a second time'
        return Skipped(source.path, f"{what} ({identity}).", f"line {raw.line}", empty=True)
    features = (identity, author, date, title)
    if shared:
        identity = f"{identity}~{digest(author, str(date), marked.text, size=3)}"
    parent, root = lineage(fields, name)
    above = f"mail:{parent}" if parent else None
    thread = known.thread(identity, above, f"mail:{root}" if root else None)
    known.note(identity, thread, *features)
    groups: tuple[str, ...] = ()
    if "newsgroups" in fields:
        groups = tuple(group for group in re.split(r"[,\s]+", fields["newsgroups"]) if group)
    return Document(
        id=identity,
        kind="message",
        text=marked.text,
        blocks=marked.blocks,
        title=title,
        authors=(author,) if person else (),
        authors_inferred=(author,) if inferred and person else (),
        date=date,
        date_inferred=how,
        url=fields["archived-at"].strip("<> ") or None if "archived-at" in fields else None,
        source=list_of(fields) or (groups[0] if groups else None),
        categories=groups,
        thread=thread,
        parent=above,
        reader=READER.name,
        path=source.path,
        line=raw.line,
        metadata=_metadata(fields, name, person, subject, title, content, marked),
        notes=_notes(raw, name, person, inferred, bad_date, shared, content, marked),
    )


def _notes(
    raw: RawMessage,
    name: str | None,
    person: Person | None,
    inferred: bool,
    bad_date: str,
    shared: bool,
    content: Body,
    marked: Marked,
) -> tuple[str, ...]:
    """What was repaired or inferred, as sentences."""
    notes: list[str] = []
    if not name:
        notes.append("the message has no id of its own: its author, subject and date or first words make one")
    if shared:
        notes.append("another message in the file bears the same id")
    if inferred:
        notes.append("the author is the sender that the mailbox names")
    if person is None:
        notes.append("the message names no author")
    if bad_date:
        notes.append(bad_date)
    if raw.left_out:
        notes.append(f"the message is too large: its last {raw.left_out:,} bytes were left out")
    if content.attachments:
        notes.append(f"left out, attached: {', '.join(content.attachments)}")
    if marked.posting == "quote":
        notes.append("all of the message is quoted: none of it is in its author's own words")
    return (*notes, *content.notes)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """A message's header and its body; a message without header fields is all body."""
    data = data.lstrip(b"\n")
    if not _HEAD_FIELD.match(data):
        mark = _UNDATED_MARK.match(data)
        if not mark:
            return b"", data
        data = data[mark.end() :]
    end = data.find(b"\n\n")
    return (data, b"") if end < 0 else (data[: end + 1], data[end + 2 :])


def _marked(content: Body) -> Marked:
    """The texts of a body as one, with their voices."""
    if len(content.texts) == 1 and content.texts[0][0] == "plain":
        return unmark(content.texts[0][1])
    if all(kind == "plain" for kind, _ in content.texts):
        return unmark("\n\n".join(text.strip("\n") for _, text in content.texts))
    from essaysearch.readers.html_text import html_to_blocks

    pieces: list[str] = []
    blocks: list[Block] = []
    at = 0
    posting: Posting = "none"
    for kind, text in content.texts:
        one = unmark(text) if kind == "plain" else attributed(*html_to_blocks(text))
        if not one.text.strip():
            continue
        if pieces:
            pieces.append("\n\n")
            at += 2
        pieces.append(one.text)
        blocks += (replace(block, start=block.start + at, end=block.end + at) for block in one.blocks)
        at += len(one.text)
        posting = one.posting if posting == "none" else posting
    return Marked("".join(pieces), tuple(blocks), posting)


def _empty(
    raw: RawMessage, source: SourceFile, person: Person | None, title: str | None, content: Body
) -> Skipped:
    what = f'the message "{title}"' if title else "a message without a subject"
    who = f" of {person.name}" if person else ""
    only = f" beside what is attached ({', '.join(content.attachments)})" if content.attachments else ""
    return Skipped(source.path, f"{what}{who} holds no text{only}.", f"line {raw.line}", empty=True)


def _metadata(
    fields: dict[str, str],
    name: str | None,
    person: Person | None,
    subject: str,
    title: str | None,
    content: Body,
    marked: Marked,
) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if name:
        facts["message_id"] = name
    if person and person.address:
        facts["address"] = person.address
    if subject and subject != title:
        facts["subject"] = subject
    for key in ("organization", "to", "cc", "newsgroups"):
        if value := fields.get(key):
            facts[key] = unencoded(value)
    if marked.posting != "none":
        facts["posting"] = marked.posting
    if content.attachments:
        facts["attachments"] = list(content.attachments)
    return facts


READER = Reader(
    "mail",
    "mailboxes (mbox, Babyl, MMDF), pipermail archives, single messages and Usenet articles",
    (".mbox", ".mbx", ".eml", ".msg", ".mail"),
    sniff,
    read,
)
