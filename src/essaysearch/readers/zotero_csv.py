"""Zotero's CSV export: one work a row, its abstract as the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.arxiv_ids import ArxivId, arxiv_id
from essaysearch.readers.csv_rows import header_of, rows
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_COLUMNS = {"Key", "Item Type", "Title", "Abstract Note"}
_BLURB = re.compile(r"([A-Z][\w.'-]*(?:[ _][A-Z][\w.'-]*)+)[ _](?:Blurb|Summary|Opinion|Note|Comment)", re.I)
_MARKUP = re.compile(r"</(?:p|i|b|em|sub|sup|jats:\w+)>|<br\s*/?>")
_KEPT = {
    "type": "Item Type", "journal": "Publication Title", "publisher": "Publisher", "doi": "DOI", "key": "Key",
    "language": "Language", "pages": "Pages", "volume": "Volume", "issue": "Issue", "isbn": "ISBN",
    "conference": "Conference Name",
}  # fmt: skip


def sniff(source: SourceFile) -> float:
    """Sure of Zotero's column names."""
    return 0.97 if not source.is_binary and set(header_of(source.head_text)) >= _COLUMNS else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a work; a column named after a person (``Ada_King_Blurb``) gives comments on the works."""
    commentators = {
        name: match[1].replace("_", " ")
        for name in header_of(source.head_text)
        if (match := _BLURB.fullmatch(name))
    }
    tally = Tally(source)
    fullest = _fullest(source)
    commented: set[str] = set()
    for row in rows(source):
        if isinstance(row, Skipped):
            yield row
            continue
        document = _work(row.fields, row.line)
        if document is None:
            tally.add("row has", "rows have", "neither a title nor an abstract", f"line {row.line}")
            continue
        if fullest.get(document.id) == row.line:
            yield document
        else:
            why = "of a work that stands in another row too; the fullest was kept"
            tally.add("row is", "rows are", why, f"line {row.line}")
        for column, name in commentators.items():
            comment = _comment(document, name, column, row.fields.get(column, ""), row.line)
            if comment.text and comment.id not in commented:
                commented.add(comment.id)
                yield comment
    yield from tally.skipped()


def _fullest(source: SourceFile) -> dict[str, int]:
    """The line of each work's row that has the longest abstract; the first of equals."""
    best: dict[str, tuple[int, int]] = {}
    for row in rows(source):
        document = None if isinstance(row, Skipped) else _work(row.fields, row.line)
        if document is not None:
            size = len(document.text)
            if document.id not in best or size > best[document.id][0]:
                best[document.id] = (size, document.line)
    return {name: line for name, (_, line) in best.items()}


def _work(fields: Mapping[str, str], line: int) -> Document | None:
    doi, url = fields.get("DOI", ""), fields.get("Url", "")
    doi = re.sub(r"^https?://(?:dx\.)?doi\.org/|^doi:\s*", "", doi, flags=re.I)
    arxiv = _arxiv(doi, url, fields.get("Extra", ""))
    identity = (
        arxiv.document_id
        if arxiv
        else f"doi:{doi.lower()}"
        if doi
        else f"zotero:{fields['Key']}"
        if fields.get("Key")
        else None
    )
    abstract = fields.get("Abstract Note", "")
    if _MARKUP.search(abstract):
        abstract = html_to_blocks(abstract)[0]
    date = parse_date(fields.get("Date", "")) or parse_date(fields.get("Publication Year", ""))
    given = fields.get("Date", "") or fields.get("Publication Year", "")
    tags = [fields.get("Manual Tags", ""), fields.get("Automatic Tags", "")]
    names = [_in_order(name) for name in fields.get("Author", "").split(";")]
    return paper(
        id=identity,
        reader=READER.name,
        title=unescape(fields.get("Title", "")),
        abstract=abstract_text(unescape(abstract)),
        authors=names,
        date=date,
        notes=no_date(given, date),
        url=url or (arxiv.url if arxiv else f"https://doi.org/{doi}" if doi else None),
        source="zotero",
        categories=tuple(
            dict.fromkeys(tag.strip() for part in tags for tag in part.split(";") if tag.strip())
        ),
        line=line,
        metadata={name: fields.get(column, "") for name, column in _KEPT.items()}
        | {"arxiv": arxiv.name if arxiv else None},
    )


def _arxiv(doi: str, url: str, extra: str) -> ArxivId | None:
    for text in (doi, url):
        if "arxiv" in text.lower() and (found := arxiv_id(text)):
            return found
    said = re.search(r"arxiv:\s*(\S+)", extra, re.I)
    return arxiv_id(said[1]) if said else None


def _in_order(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name.strip()


def _comment(work: Document, name: str, column: str, words: str, line: int) -> Document:
    made = markdown_blocks(words)
    return Document(
        id=f"{work.id}#{column.lower().replace('_', '-').replace(' ', '-')}",
        kind="comment",
        text=made.text,
        blocks=made.blocks,
        title=work.title,
        authors=(name,),
        authors_inferred=(name,),
        url=work.url,
        source=work.source,
        thread=work.id,
        parent=work.id,
        line=line,
        notes=(f'The author is taken from the name of the column "{column}".',),
    )


READER = Reader("zotero-csv", "Zotero's export as CSV", (".csv",), sniff, read)
