"""The table of readers: every source format that can be read, and which of them a file is.

To read another format: one new file with a `Reader`, one row here.
"""

from __future__ import annotations

import re

from essaysearch.errors import ReadError, UnknownReader
from essaysearch.readers import (
    acl_xml,
    article_json,
    arxiv_atom,
    arxiv_bulk,
    author_page,
    bibliography,
    bibliography_json,
    bibliography_xml,
    comment_page,
    comments_json,
    discourse,
    disqus,
    epub,
    feeds,
    forum_csv,
    graphql,
    hackernews,
    jsonl,
    mail,
    markdown,
    mhtml,
    oai_pmh,
    openreview,
    pdf,
    plain,
    reddit,
    semantic_scholar,
    stackexchange,
    stackexchange_api,
    wordpress,
    zotero_csv,
)
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile

READERS: tuple[Reader, ...] = (
    comment_page.READER,
    author_page.READER,
    *mhtml.PAGE_READERS,
    mhtml.READER,
    graphql.READER,
    forum_csv.READER,
    zotero_csv.READER,
    epub.READER,
    article_json.READER,
    mail.READER,
    markdown.READER,
    arxiv_atom.READER,
    arxiv_bulk.READER,
    oai_pmh.READER,
    acl_xml.READER,
    semantic_scholar.READER,
    openreview.READER,
    bibliography.READER,
    bibliography_json.READER,
    bibliography_xml.READER,
    hackernews.READER,
    reddit.READER,
    stackexchange.READER,
    stackexchange_api.READER,
    discourse.READER,
    wordpress.READER,
    disqus.READER,
    comments_json.READER,
    feeds.READER,
    pdf.READER,
    jsonl.READER,
    plain.READER,
)
"""All readers. Where two are equally sure of a file, the earlier one takes it."""

_FOR_SUFFIX = 0.04
_OPENINGS = re.compile(r'\ufeff?(?:\s*(?:\[|\{\s*"[^"\\]{0,200}"\s*:))+')
_DEEP = 100
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(source: SourceFile) -> Reader:
    """The reader a file belongs to, by its content; a fitting suffix tips the scales between near equals.

    Raises `ReadError` where the file is empty or no reader knows it.
    """
    if not source.head:
        raise ReadError(f"{source.path}: the file is empty.")
    best, most = None, 0.0
    for reader in READERS:
        sure = _sureness(reader, source)
        if sure > 0 and source.suffix in reader.suffixes:
            sure += _FOR_SUFFIX
        if sure > most:
            best, most = reader, sure
    if best is None:
        raise ReadError(f"{source.path}: the file holds {_content(source)}; `--as` forces a reader.")
    return best


def _sureness(reader: Reader, source: SourceFile) -> float:
    """What the reader's sniff says; one that fails does not keep the others from reading the file."""
    try:
        return reader.sniff(source)
    except ReadError:
        raise
    except Exception as error:
        source.note(f"the reader {reader.name} could not judge the file: {type(error).__name__}: {error}")
        return 0.0


def _content(source: SourceFile) -> str:
    if source.head.startswith(_OFFICE):
        return "a message of Outlook or a file of an old Office program: save it there as .eml or .html"
    if source.is_binary:
        return "binary data that no reader knows"
    if nested := _nesting(source.head_text):
        return f"JSON that opens {nested:,} levels before it says anything, which no reader looks through"
    return "JSON or markup that no reader knows" if plain.is_data(source) else "no text that a reader knows"


def _nesting(text: str) -> int:
    """How many lists and objects open at the beginning of a JSON text before its first value; 0 for a few."""
    match = _OPENINGS.match(text)
    depth = len(re.findall(r'[\[{](?=\s*["\[{]|\Z)', match[0])) if match else 0
    return depth if depth > _DEEP else 0


def reader_named(name: str) -> Reader:
    """The reader of this name (case, spaces and underscores do not matter).

    Raises `UnknownReader`, which lists the names and the one that was probably meant.
    """
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    for reader in READERS:
        if reader.name == wanted:
            return reader
    from difflib import get_close_matches

    names = sorted(reader.name for reader in READERS)
    close = get_close_matches(wanted, names, n=1)
    meant = f' Did you mean "{close[0]}"?' if close else ""
    raise UnknownReader(f'There is no reader "{name}".{meant} The readers are: {", ".join(names)}.')
