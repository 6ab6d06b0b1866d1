"""The ACL Anthology's XML: the papers of a volume with their abstracts.

``<fixed-case>`` protects capitals and joins what stands around it without a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import tex
from essaysearch.readers.abstracts import joined_lines, paper
from essaysearch.readers.dates import parse_date
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.xml_elements import Element, attribute, children, name, said, text_in
from essaysearch.readers.xml_opening import opening_tag, root_name
from essaysearch.readers.xml_text import Found, elements

_OLD_STYLE = re.compile(r"[A-Z]\d{2}")
_FULL_ID = re.compile(r"[A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+|\d{4}\.[\w]+-[\w]+\.\d+")


def sniff(source: SourceFile) -> float:
    """Sure of a ``collection`` of volumes and papers."""
    root = root_name(source)
    if root not in ("collection", "volume"):
        return 0.0
    text = source.head_text
    known = "<volume" in text and ("<paper" in text or "<frontmatter" in text or "<booktitle" in text)
    return 0.97 if known and "id=" in opening_tag(source) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a paper."""
    collection, volume, meta = source.stem, "", None
    papers = 0
    for found in elements(source, ("meta", "paper"), ("collection", "volume")):
        if isinstance(found, Skipped):
            yield found
            continue
        kind = name(found.element)
        if kind == "collection":
            collection = attribute(found.element, "id") or collection
        elif kind == "volume":
            volume, meta = attribute(found.element, "id"), None
        elif kind == "meta":
            meta = found.element
        else:
            papers += 1
            document = _document(found, collection, volume, meta)
            nothing = "The paper has neither a title nor an abstract."
            yield document or Skipped(source.path, nothing, f"line {found.line}", empty=True)
    if not papers:
        yield Skipped(source.path, "The file holds no papers.")


def _document(found: Found, collection: str, volume: str, meta: Element | None) -> Document | None:
    element = found.element
    number = attribute(element, "id")
    address = said(element, "url")
    identity = address if _FULL_ID.fullmatch(address) else _built(collection, volume, number)
    authors = [_person(author) for author in children(element, "author")]
    editors = [_person(editor) for editor in children(element, "editor")]
    doi = said(element, "doi")
    return paper(
        id=f"acl:{identity}" if identity else None,
        reader=READER.name,
        title=_inline(next(iter(children(element, "title")), None)),
        abstract=joined_lines(_inline(next(iter(children(element, "abstract")), None))),
        authors=authors or editors,
        date=_date(element, meta, collection),
        url=f"https://aclanthology.org/{identity}/" if identity else None,
        source="acl",
        line=found.line,
        notes=found.notes,
        metadata={
            "doi": doi,
            "pages": said(element, "pages"),
            "bibkey": said(element, "bibkey"),
            "venue": said(meta, "venue") if meta is not None else None,
            "proceedings": _inline(next(iter(children(meta, "booktitle")), None))
            if meta is not None
            else None,
            "publisher": said(meta, "publisher") if meta is not None else None,
            "code": attribute(code[0], "url") if (code := children(element, "pwccode")) else None,
            "language": said(element, "language"),
        },
    )


def _built(collection: str, volume: str, number: str) -> str:
    if not (volume and number):
        return ""
    if _OLD_STYLE.fullmatch(collection):
        wide = 2 if collection[0] == "W" or collection == "C69" else 1
        return f"{collection}-{volume.zfill(wide)}{number.zfill(4 - wide)}"
    return f"{collection}-{volume}.{number}"


def _person(element: Element) -> str:
    parts = " ".join(part for part in (said(element, "first"), said(element, "last")) if part)
    return parts or text_in(element)


def _date(element: Element, meta: Element | None, collection: str) -> str | None:
    """The month the volume appeared where it names one, else its year."""
    year = said(element, "year") or (said(meta, "year") if meta is not None else "")
    month = said(element, "month") or (said(meta, "month") if meta is not None else "")
    if not year and re.match(r"\d{4}\.", collection):
        year = collection[:4]
    full = parse_date(f"{month} {year}") if month and year else None
    # "July 5-10" names the days of a meeting, not of a paper.
    return full[:7] if full else parse_date(year)


def _inline(element: Element | None) -> str:
    """Text with formulas as ``$LaTeX$``, paragraphs kept, and everything else run together as it stands."""
    if element is None:
        return ""
    parts: list[str] = []
    waiting: list[Element | str] = [element]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        kind = name(node)
        if kind in ("par", "p", "br"):
            parts.append("\n\n")
        if kind == "tex-math":
            parts.append(f"${''.join(node.itertext())}$")
            continue
        parts.append(node.text or "")
        for child in reversed(node):
            waiting += (child.tail or "", child)
    return tex.accents("".join(parts)).strip()


READER = Reader("acl", "ACL Anthology XML", (".xml",), sniff, read)
