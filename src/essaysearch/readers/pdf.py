"""PDF papers and essays, through pypdf (the extra ``pdf``).

Running heads and page numbers are left out, words cut at a line's end joined, headings found by
their type. A PDF whose pages are images holds no text, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.arxiv_ids import arxiv_id
from essaysearch.readers.dates import parse_date
from essaysearch.readers.names import authors_of
from essaysearch.readers.pdf_byline import printed_year
from essaysearch.readers.pdf_layout import laid_out
from essaysearch.readers.pdf_lines import Line, pages_of
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id

_NO_TITLE = re.compile(
    r"\(?(?:untitled|unspecified|anonymous)\)?|microsoft word\b.*|.*\.(?:dvi|tex|docx?|pdf|indd|qxd)|\W*"
    r"|no job name|arxiv:\S+",
    re.I,
)
_NO_AUTHOR = re.compile(
    _NO_TITLE.pattern
    + r"|(?:ieee|acm|springer|elsevier|wiley)\b.*|association for .*|(?:the )?(?:author|admin"
    r"|administrator|owner|user|guest|default|root)s?",
    re.I,
)
_PAGE = "the first page"
_RECORD = "the file's own record"
_TELLING = 8
_MADE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)]")
_CATEGORY = re.compile(r"\[([\w.-]+)\]")
_STAMP_DATE = re.compile(r"(\d{1,2}\s+[A-Z][a-z]{2,8}\s+\d{4})$")


def sniff(source: SourceFile) -> float:
    """Sure of PDF's own first words."""
    return 0.99 if b"%PDF-" in source.head[:1024] else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The file as one document: ``essay`` with an abstract, else ``page``."""
    pages = pages_of(source)
    for problem in pages.problems:
        yield Skipped(source.path, problem[0].upper() + problem[1:] + ".")
    laid = laid_out(pages.lines)
    if not laid.text.strip() and not laid.title:
        if pages.pages and not pages.problems:
            yield Skipped(
                source.path, "The PDF holds no text: its pages are images. Run a text recognition first."
            )
        elif not pages.pages:
            yield Skipped(source.path, "The PDF holds no pages.")
        return
    if pages.empty and pages.pages > pages.empty:
        source.note(f"{pages.empty} of {pages.pages} pages hold no text (images, perhaps)")
    first = [line for line in pages.lines if line.page == 0]
    recorded = pages.facts.get("title", "")
    title, title_from = _title(recorded, laid.title or "", first)
    written = pages.facts.get("author", "")
    authors, complete = authors_of("" if _NO_AUTHOR.fullmatch(written) else written)
    origins = {"title": title_from} if title else {}
    if _speaks_for_another(authors, laid.byline.authors):
        authors, complete, origins["authors"] = laid.byline.authors, True, _PAGE
    stamped = arxiv_id(pages.stamp.replace("arXiv:", "arXiv: ")) if pages.stamp else None
    made = _MADE.match(pages.facts.get("creationdate", ""))
    day = _STAMP_DATE.search(pages.stamp)
    date = parse_date(day[1]) if day else laid.byline.date
    date = date or printed_year(first)
    if date and not day:
        origins["date"] = _PAGE
    doi = _DOI.search(laid.text[:6000]) or _DOI.search(" ".join(pages.facts.values()))
    category = _CATEGORY.search(pages.stamp)
    metadata = {
        "pages": pages.pages,
        "arxiv": stamped.name if stamped else None,
        "version": stamped.version if stamped else None,
        "doi": doi[0] if doi else None,
        # When the file was made, which may be long after the text.
        "made": "-".join(part for part in made.groups() if part) if made else None,
        "subject": "" if _NO_TITLE.fullmatch(subject := pages.facts.get("subject", "")) else subject,
        "keywords": pages.facts.get("keywords"),
        "record": recorded if recorded != title and not _NO_TITLE.fullmatch(recorded) else None,
        "origins": origins,
    }
    notes = (
        []
        if authors
        else ["its authors are not named in the file's own record, nor plainly on its first page"]
    )
    if not laid.text.strip():
        notes.append(TITLE_ONLY)
    opening = title or " ".join(laid.text.split(None, 12)[:12])
    yield Document(
        id=f"{stamped.document_id}#pdf"
        if stamped
        else derived_document_id(READER.name, "; ".join(authors[:1]), opening),
        kind="essay" if laid.has_abstract else "page",
        text=laid.text,
        blocks=laid.blocks,
        title=title or None,
        authors=authors,
        authors_complete=complete,
        date=date,
        url=f"https://arxiv.org/pdf/{stamped.name}" if stamped else None,
        source="arxiv" if stamped else None,
        categories=(category[1],) if category else (),
        metadata={key: value for key, value in metadata.items() if value},
        notes=tuple(notes),
    )


def _title(recorded: str, printed: str, first: list[Line]) -> tuple[str, str]:
    """The title and where it is from: the file's record where the first page bears it out, else the page.

    What stands at the foot of the page is no title: the proceedings, the journal.
    """
    record = "" if _NO_TITLE.fullmatch(recorded) else recorded
    said = _letters(record)
    middle = sum(line.y for line in first) / max(len(first), 1)
    upper = [line for line in first if line.y > middle]
    if record and (
        len(_letters(printed)) < _TELLING or said in _letters(" ".join(line.text for line in upper))
    ):
        return record, _RECORD
    for line in upper:
        # A record that goes on with the journal's name.
        if len(beginning := _letters(line.text)) > _TELLING and said.startswith(beginning):
            return line.text, _PAGE
    return (printed, _PAGE) if printed else (record, _RECORD)


def _speaks_for_another(recorded: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether the page names other or more authors than the file's record does."""
    surnames = {_letters(name.split()[-1]) for name in printed}
    known = {_letters(word) for name in recorded for word in name.split()}
    return bool(printed) and (not surnames & known or len(printed) > len(recorded))


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if "a" <= character <= "z" or character.isdigit())


READER = Reader("pdf", "PDF documents", (".pdf",), sniff, read)
