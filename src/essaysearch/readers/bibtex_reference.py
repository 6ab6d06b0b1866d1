"""BibTeX's entries (also BibLaTeX's) as references: TeX is resolved in every field but formulas."""

from __future__ import annotations

import re

from essaysearch.model import Document
from essaysearch.readers import tex
from essaysearch.readers.abstracts import abstract_text, entities_decoded, joined_lines, untagged
from essaysearch.readers.arxiv_ids import ArxivId, arxiv_id
from essaysearch.readers.bibtex import Entry
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.references import DOI, reference, split_keywords, turned

# An entity, bare or with the escapes that TeX wants: ``&amp;``, ``{\\&}amp;``, ``\\&\\#8217;``.
_ENTITY_SIGNS = re.compile(r"\{*\\?&\}*(?:\{*\\?(#)\}*(?=\d{1,7};|x[0-9a-f]{1,6};)|(?=[a-z]{2,8};))", re.I)
_AND = re.compile(r"\s+and\s+", re.I)


def entry_document(entry: Entry) -> Document | None:
    """The document of an entry; None where it has neither a title nor an abstract."""
    fields = {name: _decoded(value) for name, value in entry.fields.items()}

    def field(*names: str) -> str:
        return next((text for name in names if (text := _plain(fields.get(name, "")))), "")

    authors, complete = _people(fields.get("author") or fields.get("editor") or "")
    date, notes = _bibtex_date(fields)
    doi = DOI.search(_address(fields.get("doi", "")))
    arxiv = _eprint(fields) or (arxiv_id(doi[0]) if doi and "arxiv" in doi[0].lower() else None)
    subtitle = field("subtitle")
    title = field("title", "booktitle")
    if entry.problem:
        notes = (*notes, f"the entry is malformed ({entry.problem}); what stands before was read")
    return reference(
        "bibliography",
        arxiv,
        doi[0].rstrip(".,;") if doi else "",
        title=f"{title}: {subtitle}" if subtitle else title,
        abstract=_abstract(fields.get("abstract") or fields.get("abstractnote") or ""),
        authors=authors,
        authors_complete=complete,
        date=date,
        url=_address(fields.get("url", "")),
        categories=split_keywords([field("keywords", "keyword")]),
        line=entry.line,
        notes=notes,
        metadata={
            "key": entry.key,
            "type": entry.kind,
            "journal": field("journal", "journaltitle", "booktitle"),
            "publisher": field("publisher", "school", "institution"),
            "volume": field("volume"),
            "issue": field("number", "issue"),
            "pages": field("pages"),
            "language": field("language", "langid"),
            "note": field("note", "annote", "annotation"),
        },
    )


def _decoded(value: str) -> str:
    """A value without HTML's entities, which some exporters leave in and others escape as TeX does."""
    if "&" not in value:
        return value
    return entities_decoded(_ENTITY_SIGNS.sub(lambda match: f"&{match[1] or ''}", value))


def _plain(text: str) -> str:
    return " ".join(untagged(tex.plain(text)).split())


def _abstract(text: str) -> str:
    """A field that may hold several paragraphs: TeX is resolved in each on its own.

    Some exporters leave HTML in it, others escape backslashes (``$\\backslash$``).
    """
    text = text.replace("$\\backslash$", "\\")
    paragraphs = joined_lines(abstract_text(text)).split("\n\n")
    return "\n\n".join(plain for paragraph in paragraphs if (plain := tex.plain(paragraph)))


def _people(text: str) -> tuple[list[str], bool]:
    """Names joined by "and", in reading order; a name in braces of its own is taken whole."""
    guarded, depth, out = [], 0, []
    for character in text:
        depth += (character == "{") - (character == "}")
        out.append("\ue002" if depth > 0 and character.isspace() else character)
    for part in _AND.split("".join(out)):
        if part.strip():
            guarded.append(part.replace("\ue002", " ").strip())
    complete = not guarded or guarded[-1].lower() not in ("others", "et al.", "et al")
    return [turned(part) for part in (guarded if complete else guarded[:-1])], complete


def _bibtex_date(fields: dict[str, str]) -> tuple[str | None, tuple[str, ...]]:
    given = tex.plain(fields.get("date", ""))
    year, month, day = (tex.plain(fields.get(name, "")) for name in ("year", "month", "day"))
    if day.isdigit() and year and month and (full := _dated(year, month, day)):
        return full, ()
    for text in (
        given.split("/")[0],
        f"{month} {year}" if month else "",
        f"{year}-{month:0>2}" if month.isdigit() else "",
        year,
    ):
        if text and (date := parse_date(text)):
            return date, ()
    said = given or year
    return None, no_date(said, None)


def _dated(year: str, month: str, day: str) -> str | None:
    return parse_date(f"{year}-{month:0>2}-{day:0>2}" if month.isdigit() else f"{day} {month} {year}")


def _address(text: str) -> str:
    """An address or DOI without the braces and backslashes that TeX wants around its signs."""
    return text.replace("\\", "").replace("{", "").replace("}", "").strip()


def _eprint(fields: dict[str, str]) -> ArxivId | None:
    prefix = (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower()
    eprint = tex.plain(fields.get("eprint", ""))
    if eprint and prefix in ("arxiv", ""):
        found = arxiv_id(eprint)
        if found:
            return found
    for name in ("arxivid", "url", "journal", "note", "howpublished"):
        text = fields.get(name, "")
        if (name == "arxivid" or "arxiv" in text.lower()) and (
            found := arxiv_id(text.replace("arXiv:", "arXiv: "))
        ):
            return found
    return None
