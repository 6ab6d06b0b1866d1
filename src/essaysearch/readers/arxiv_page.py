"""Saved pages of arXiv: an abstract, a listing (new, recent, by month), results of its search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.abstracts import abstract_text, paper
from essaysearch.readers.arxiv_ids import ArxivId, arxiv_id
from essaysearch.readers.dates import parse_date
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, classes, drop, parse_html, plain, tag_of
from essaysearch.readers.page_facts import PageFacts, page_facts
from essaysearch.readers.page_sniff import is_page, opening
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_ABSTRACT = re.compile(r"<blockquote[^>]*class=[\"'][^\"']*\babstract\b|name=[\"']citation_arxiv_id")
_LISTING = re.compile(r"class=[\"'][^\"']*\b(?:list-title|arxiv-result)\b")
_ARXIV = re.compile(r"\barxiv\b", re.I)
_SUBMITTED = re.compile(r"\[?(?:Submitted|submitted)\s+(?:on\s+)?(\d{1,2}\s+\w+,?\s+\d{4})")
_OWN_NUMBER = re.compile(r"<meta\s[^<>]*\bcitation_arxiv_id\b", re.I)
_VERSION = re.compile(r"\[v(\d+)\]\s*(?:\w{3},\s*)?(\d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2})")
_CATEGORY = re.compile(r"\(([a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]+)?)\)")
_HIDDEN_AUTHORS = re.compile(r"\(\d+ additional authors? not shown\)|\bet al\.?$")
_DESCRIPTOR = re.compile(r"^(?:Title|Authors?|Abstract|Comments|Subjects|Journal-ref)\s*:\s*", re.I)


def sniff(source: SourceFile) -> float:
    """Sure of an abstract's or a listing's markup together with the site's name."""
    if not is_page(source):
        return 0.0
    text = opening(source)
    if _OWN_NUMBER.search(text) and _ABSTRACT.search(text):
        return 0.95
    if not _ARXIV.search(text):
        return 0.0
    return 0.95 if _ABSTRACT.search(text) else 0.9 if _LISTING.search(text) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a paper, of kind ``abstract``."""
    root = parse_html(source.text())
    facts = page_facts(root)
    quote = next((node for node in root.iter("blockquote") if "abstract" in classes(node)), None)
    if quote is not None or "citation_arxiv_id" in facts.heads:
        document = _abstract_page(root, facts, quote)
        yield document or Skipped(source.path, "The page of arXiv holds neither a title nor an abstract.")
        return
    tally = Tally(source)
    count = 0
    for document in (*_one_by_one(root, "dd", _listed), *_one_by_one(root, "li", _result)):
        count += 1
        if document is None:
            tally.add("entry has", "entries have", "no title")
        else:
            yield document
    yield from tally.skipped()
    if not count:
        yield Skipped(source.path, "The page of arXiv lists no papers.")


def _abstract_page(root: Element, facts: PageFacts, quote: Element | None) -> Document | None:
    heads = facts.heads
    number = _number(heads.get("citation_arxiv_id", [""])[0], facts.url)
    shown = next((node for node in root.iter("h1") if "title" in classes(node)), None)
    title = _said(shown) or heads.get("citation_title", [""])[0]
    people = next((node for node in root.iter("div") if "authors" in classes(node)), None)
    names = [plain(link) for link in people.iter("a")] if people is not None else []
    names = [name for name in names if name and not name.startswith(("et al", "("))]
    complete = not (people is not None and _HIDDEN_AUTHORS.search(plain(people)))
    if not names or not complete:
        names, complete = list(facts.authors) or names, bool(facts.authors) or complete
    abstract = _words(quote) if quote is not None else heads.get("citation_abstract", [""])[0]
    versions = _versions(root)
    dateline = next((plain(node) for node in root.iter("div") if "dateline" in classes(node)), "")
    submitted = _SUBMITTED.search(dateline)
    first = next((date for version, date in versions if version == 1), None)
    date = first or (parse_date(submitted[1]) if submitted else None) or facts.date
    cells = {name: node for node in root.iter("td") for name in classes(node)}
    return paper(
        id=number.document_id if number else None,
        reader=READER.name,
        title=title,
        abstract=abstract_text(abstract),
        authors=names,
        authors_complete=complete,
        date=date,
        url=number.url if number else facts.url,
        source="arxiv",
        categories=_categories(cells.get("subjects")),
        metadata={
            "arxiv": number.name if number else None,
            "version": max((version for version, _ in versions), default=number.version if number else 0),
            "updated": versions[-1][1] if len(versions) > 1 else None,
            "comment": _said(cells.get("comments")),
            "journal": _said(cells.get("jref")),
            "doi": heads.get("citation_doi", [""])[0],
            "origins": {
                "title": "h1",
                "authors": "the page",
                "date": "submission history" if first else "the page",
            },
        },
    )


def _number(*texts: str | None) -> ArxivId | None:
    return next((found for text in texts if text and (found := arxiv_id(text.removesuffix(".pdf")))), None)


def _said(node: Element | None) -> str:
    """The text of a field without its label ("Title:")."""
    return _DESCRIPTOR.sub("", plain(node)).strip() if node is not None else ""


def _words(node: Element) -> str:
    """An abstract's paragraphs without its label."""
    for label in [inner for inner in node.iter("span") if "descriptor" in classes(inner)]:
        drop(label)
    return _DESCRIPTOR.sub("", to_blocks(node)[0])


def _versions(root: Element) -> list[tuple[int, str]]:
    """The versions of the submission history, with their dates, oldest first."""
    history = next((node for node in root.iter("div") if "submission-history" in classes(node)), None)
    found = _VERSION.findall(plain(history))
    dated = ((int(version), parse_date(f"{date} UTC")) for version, date in found)
    return sorted((version, date) for version, date in dated if date)


def _categories(node: Element | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_CATEGORY.findall(plain(node)))) if node is not None else ()


Entry = Document | Literal["no entry"] | None
"""A paper; None for an entry without a title."""


def _one_by_one(root: Element, tag: str, read_one: Callable[[Element], Entry]) -> list[Document | None]:
    """What entries give, in order; read from the last to the first and taken out of the tree.

    So what a broken page nests in an entry is not read once more for each entry around it.
    """
    found: list[Document | None] = []
    for entry in reversed(list(root.iter(tag))):
        made = read_one(entry)
        if made != "no entry":
            found.append(made)
        label = entry.getprevious()
        if label is not None and tag_of(label) == "dt":
            drop(label)
        drop(entry)
    return found[::-1]


def _listed(entry: Element) -> Entry:
    """The paper of a listing: ``dt`` with the number, ``dd`` with the rest."""
    parts = {name: node for node in entry.iter() if isinstance(node.tag, str) for name in classes(node)}
    if "list-title" not in parts:
        return "no entry"
    before = entry.getprevious()
    links = [] if before is None else [str(link.get("href") or "") for link in before.iter("a")]
    number = _number(*links, plain(before))
    people = parts.get("list-authors")
    words = next((node for node in entry.iter("p") if "mathjax" in classes(node)), None)
    return _entry(
        number,
        _said(parts["list-title"]),
        _words(words) if words is not None else "",
        people,
        _categories(parts.get("list-subjects")),
        None,
        _said(parts.get("list-comments")),
    )


def _result(entry: Element) -> Entry:
    """The paper of a result of arXiv's search."""
    if "arxiv-result" not in classes(entry):
        return "no entry"
    parts = {name: node for node in entry.iter() if isinstance(node.tag, str) for name in classes(node)}
    number = _number(*(str(link.get("href") or "") for link in entry.iter("a")))
    words = parts.get("abstract-full", parts.get("abstract"))
    for less in list(words.iter("a")) if words is not None else []:
        drop(less)
    tags = [
        str(node.get("data-tooltip")) and plain(node) for node in entry.iter("span") if "tag" in classes(node)
    ]
    submitted = _SUBMITTED.search(plain(entry))
    return _entry(
        number,
        _said(parts.get("title")),
        _words(words) if words is not None else "",
        parts.get("authors"),
        tuple(tag for tag in tags if re.fullmatch(r"[a-z-]+(?:\.[A-Za-z-]+)?", tag)),
        parse_date(submitted[1].replace(",", "")) if submitted else None,
        "",
    )


def _entry(
    number: ArxivId | None,
    title: str,
    abstract: str,
    people: Element | None,
    categories: tuple[str, ...],
    date: str | None,
    comment: str,
) -> Document | None:
    names = [plain(link) for link in people.iter("a")] if people is not None else []
    inferred = number.month if number and not date else None
    return paper(
        id=number.document_id if number else None,
        reader=READER.name,
        title=title,
        abstract=abstract_text(abstract),
        authors=[name for name in names if name and not name.startswith("et al")],
        authors_complete=not (people is not None and _HIDDEN_AUTHORS.search(plain(people))),
        date=date or inferred,
        date_inferred="the arXiv number holds this month" if inferred else "",
        url=number.url if number else None,
        source="arxiv",
        categories=categories,
        metadata={"arxiv": number.name if number else None, "comment": comment},
    )


READER = Reader(
    "arxiv-page", "saved pages of arXiv: abstracts, listings, search results", (".html", ".htm"), sniff, read
)
