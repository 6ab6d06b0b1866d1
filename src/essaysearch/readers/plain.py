"""Plain text of unknown kind: one document a file, the reader of last resort.

A first line that stands alone is taken for the title, a line ``by NAME`` or a head of
``Author: NAME`` lines for what they say. Nothing else is read into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import parse_date
from essaysearch.readers.mail_data import Body, cleaned
from essaysearch.readers.paragraphs import blocks_of, paragraphs
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id

_BYLINE = re.compile(r"by[ \t]+([^\W\d_][^\n]{1,60})", re.IGNORECASE)
_HEAD_LINE = re.compile(r"(title|author|by|date|url|source)[ \t]*:[ \t]*(\S[^\n]*)", re.IGNORECASE)
_DATA = re.compile(
    r"""\s*(?: \{\s*["}] | \[\s*(?:["{\]] | \[\s*["\d{\[\]]) | <(?:\?xml|!doctype|html)\b
          | <[a-z][\w:.-]*(?:\s+[\w:-]+\s*=\s*["'][^"']*["'])+\s*/?> )""",
    re.VERBOSE | re.IGNORECASE,
)
_ENDS_SENTENCE = (".", "?", "!", ":", ";", ",", "…", '"', "”")
_LONGEST_TITLE = 120
_OPENING_WORDS = 12


def sniff(source: SourceFile) -> float:
    """Any prose will do, but no data; any other reader that knows the file knows it better."""
    if source.is_binary or is_data(source) or not source.head.strip(b"\0 \t\r\n\f\v"):
        return 0.0
    return 0.1


def is_data(source: SourceFile) -> bool:
    """True for JSON and markup, whose keys and tags would be read as words.

    ``[a step]`` and ``<insert any goal here>`` at the beginning are prose.
    """
    return bool(_DATA.match(source.head_text))


def read(source: SourceFile) -> Iterator[Reading]:
    """The file as one document of kind ``page``."""
    text = source.text()
    if not text.strip():
        yield Skipped(source.path, "The file holds no text.")
        return
    held = Body()
    if "\nbegin " in text:
        text = cleaned(held, text, b"")
    facts, start = _head(text)
    body = text[start:].rstrip()
    lead = len(body) - len(body.lstrip())
    start, body = start + lead, body[lead:]
    title, author = facts.get("title"), facts.get("author")
    opening = title or " ".join(body.split(None, _OPENING_WORDS)[:_OPENING_WORDS])
    yield Document(
        id=id_of_address(facts.get("url", "")) or derived_document_id(READER.name, author or "", opening),
        kind="page",
        text=body,
        blocks=blocks_of(body),
        title=title,
        authors=(author,) if author else (),
        date=parse_date(facts.get("date", "")),
        url=facts.get("url"),
        source=facts.get("source"),
        line=text.count("\n", 0, start) + 1,
        notes=tuple(held.notes),
    )


def _head(text: str) -> tuple[dict[str, str], int]:
    """What the first paragraphs say of the document, and where its body begins."""
    facts: dict[str, str] = {}
    begin = 0
    for number, (start, end) in enumerate(paragraphs(text)):
        lines = text[start:end].split("\n") if end - start < 2_000 else []
        head = [_HEAD_LINE.fullmatch(line.strip()) for line in lines]
        if head and all(head) and number < 2:
            found = {match[1].lower(): match[2].strip() for match in head if match}
            facts.update({"author" if key == "by" else key: value for key, value in found.items()})
        elif number == 0 and len(lines) == 1 and _is_title(lines[0]):
            facts["title"] = lines[0].strip()
        elif 0 < number < 3 and len(lines) == 1 and (byline := _BYLINE.fullmatch(lines[0].strip())):
            facts["author"] = byline[1].strip()
        elif 0 < number < 3 and len(lines) == 1 and "date" not in facts and parse_date(lines[0]):
            facts["date"] = lines[0]
        else:
            return facts, start
        begin = end
    # A file that is all head is all body instead.
    return ({}, 0) if not text[begin:].strip() else (facts, begin)


def _is_title(line: str) -> bool:
    line = line.strip()
    return len(line) <= _LONGEST_TITLE and not line.endswith(_ENDS_SENTENCE) and line[:1] not in "->*•[{<#"


READER = Reader("text", "plain text", (".txt", ".text"), sniff, read)
