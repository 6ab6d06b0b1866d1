"""Web pages saved as one MIME file (``.mhtml``): the page is taken out and read like any saved page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from essaysearch.errors import ReadError
from essaysearch.model import Reading, Skipped
from essaysearch.readers import (
    arxiv_page,
    forum_page,
    hackernews_page,
    html_essay,
    mail_page,
    reddit_page,
    topic_page,
)
from essaysearch.readers.encodings import decoded
from essaysearch.readers.mail_headers import in_charset
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile

if TYPE_CHECKING:
    from email.message import Message

_RELATED = re.compile(rb"^content-type:\s*multipart/(?:related|mixed|alternative)", re.I | re.M)
_SAVED = re.compile(
    rb"^(?:snapshot-content-location:|from:\s*<?\"?saved by|x-mht|content-location:|content-base:)",
    re.I | re.M,
)
_HTML = re.compile(rb"^content-type:\s*(?:text/html|application/xhtml)", re.I | re.M)

PAGE_READERS: tuple[Reader, ...] = (
    forum_page.READER,
    arxiv_page.READER,
    mail_page.READER,
    hackernews_page.READER,
    topic_page.READER,
    reddit_page.READER,
    html_essay.READER,
)
"""The readers a page can belong to; the surest takes it."""


@dataclass
class PageInside(SourceFile):
    """A page that stands inside another file, whose path it bears."""

    data: bytes = b""

    def open(self) -> IO[bytes]:
        return io.BytesIO(self.data)

    @property
    def size(self) -> int:
        return len(self.data)


def sniff(source: SourceFile) -> float:
    """Sure of a MIME header with parts, made by a browser that saves pages."""
    head = source.head[:16384].replace(b"\r\n", b"\n")
    header = head.split(b"\n\n", 1)[0]
    if source.is_binary or not _RELATED.search(header):
        return 0.0
    if _SAVED.search(header) or (_SAVED.search(head) and _HTML.search(head)):
        return 0.98
    return 0.5 if source.suffix in READER.suffixes else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """What the page inside holds, as the reader of such pages gives it."""
    import email.parser
    import email.policy

    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(source.bytes())
    part = _page_part(message)
    if part is None:
        yield Skipped(source.path, "The MIME file holds no web page.")
        return
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise ReadError(f"{source.path}: the web page in the MIME file is empty.")
    charset = part.get_content_charset()
    text, sure = in_charset(payload, charset) if charset else (decoded(payload)[0], True)
    if not sure:
        source.note(f"the page is not wholly in {charset}, as it says it is")
    address = str(message.get("Snapshot-Content-Location") or part.get("Content-Location") or "").strip()
    if "://" in address and "-->" not in address:
        # As browsers write it into a page they save by itself.
        text = f"<!-- saved from url=({len(address):04d}){address} -->{text}"
    page = PageInside(
        source.path, notes=source.notes, defaults=source.defaults, data=text.encode("utf-8", "replace")
    )
    best = max(PAGE_READERS, key=lambda reader: reader.sniff(page))
    yield from best.read(page)


def _page_part(message: Message) -> Message | None:
    """The part that is the page: the one named as the start, else the first HTML."""
    start = str(message.get_param("start") or "").strip("<>")
    pages = [
        part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")
    ]
    for part in pages:
        if start and str(part.get("Content-ID") or "").strip("<> ") == start:
            return part
    return pages[0] if pages else None


READER = Reader("mhtml", "a web page saved as one MIME file", (".mhtml", ".mht"), sniff, read)
