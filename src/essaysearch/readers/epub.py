"""E-books (EPUB): each chapter a document, or, in books made of forum threads, each post and comment.

Parts of an e-book that was unpacked are read too: a chapter's XHTML takes its book's facts from
the package beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from essaysearch.errors import ReadError
from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.encodings import decoded
from essaysearch.readers.epub_chapters import Chapter, chapters, is_away, without_heading
from essaysearch.readers.epub_forum import documents_of, is_forum_page
from essaysearch.readers.epub_package import Package, package_of, package_path
from essaysearch.readers.html_tree import parse_html, plain
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.zip_parts import Parts, parts_of
from essaysearch.text.ids import derived_document_id, slug

_PACKAGE = re.compile(r"<(?:\w+:)?package\b[^>]*(?:idpf\.org/2007/opf|openebook)", re.I)
_BOOK_PAGE = re.compile(r"xmlns:epub=|epub:type=")
_LEAST_WORDS = 15
_TWICE = "in the book twice; the first was kept"
_LARGEST_PACKAGE = 8 << 20


def sniff(source: SourceFile) -> float:
    """Sure of EPUB's signature; an unpacked book's package and chapters are known by their markup."""
    if source.head[:4] == b"PK\x03\x04":
        if b"mimetypeapplication/epub+zip" in source.head[:200]:
            return 1.0
        return 0.7 if source.suffix == ".epub" or b"META-INF/container.xml" in source.head else 0.0
    if source.suffix == ".epub":
        return 0.3
    head = source.head_text[:8192]
    if _PACKAGE.search(head):
        return 0.95
    return 0.8 if "<html" in head and _BOOK_PAGE.search(head) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The chapters, or posts and comments, in the book's order."""
    if source.head[:4] == b"PK\x03\x04":
        with parts_of(source) as parts:
            yield from _book(source, parts)
    elif _PACKAGE.search(source.head_text[:8192]):
        yield from _lone_package(source)
    elif "<html" in source.head_text.lower():
        yield from _lone_part(source)
    else:
        raise ReadError(f"{source.path}: the file is no EPUB: it does not begin as a ZIP archive does.")


def _book(source: SourceFile, parts: Parts) -> Iterator[Reading]:
    for name, why in parts.refused.items():
        yield Skipped(source.path, f"The entry {name!r} of the archive was not read: {why}.", name)
    package = _package(source, parts)
    tally = Tally(source)
    seen: set[str] = set()
    assumed: Counter[str] = Counter()
    pending: Document | None = None
    read_any = False
    for part in package.spine:
        true_name = parts.named(part)
        if true_name is None and part in parts.refused:
            continue
        if true_name is None:
            yield Skipped(source.path, "The book lists a part that the archive does not hold.", part)
            continue
        try:
            markup, notes = decoded(parts.read(true_name))
        except ReadError as error:
            yield Skipped(source.path, _sentence(error, source), part)
            continue
        root = parse_html(markup)
        assumed.update(notes)
        if is_forum_page(root):
            for document in documents_of(root):
                if not document.text:
                    tally.add(f"{document.kind} has", f"{document.kind}s have", "no text", document.id)
                elif document.id in seen:
                    tally.add(f"{document.kind} stands", f"{document.kind}s stand", _TWICE, document.id)
                else:
                    seen.add(document.id)
                    read_any = True
                    yield replace(document, metadata={**document.metadata, "book": package.title})
            continue
        if is_away(root, package.kinds.get(part, "")):
            tally.add("part is", "parts are", "a cover, contents or imprint, not text", part)
            continue
        for chapter in chapters(root, part, package.labels):
            document = _document(package, chapter, source.stem)
            words = len(chapter.text.split())
            if not words or (words < _LEAST_WORDS and not chapter.labelled):
                tally.add("part holds", "parts hold", "no text to speak of", part)
            elif pending is not None and not chapter.labelled and not chapter.title:
                pending = _continued(pending, document)
            else:
                if pending is not None:
                    yield pending
                pending, read_any = document, True
    if pending is not None:
        yield pending
    if not read_any:
        yield Skipped(source.path, "The book holds no chapters with text.")
    for note, count in assumed.items():
        source.note(f"in {count} of the book's {len(package.spine)} pages: {note}")
    yield from tally.skipped()


def _sentence(error: ReadError, source: SourceFile) -> str:
    said = str(error).removeprefix(f"{source.path}: ")
    return said[:1].upper() + said[1:]


def _package(source: SourceFile, parts: Parts) -> Package:
    """The book's package; without a usable one, all pages in the archive in the order of their names."""

    def bytes_of(name: str) -> bytes | None:
        true_name = parts.named(name)
        try:
            return parts.read(true_name) if true_name else None
        except ReadError:
            return None

    container = bytes_of("META-INF/container.xml")
    path = package_path(container) if container else None
    if path is None or parts.named(path) is None:
        path = next((name for name in parts.infos if name.lower().endswith(".opf")), None)
    data = bytes_of(path) if path else None
    package = package_of(path, data, bytes_of) if path and data else Package()
    if not package.spine:
        pages = sorted(name for name in parts.infos if name.lower().endswith((".xhtml", ".html", ".htm")))
        if not pages:
            raise ReadError(f"{source.path}: the archive holds neither an e-book's package nor pages.")
        source.note("the book does not list its parts in order; they were read in the order of their names")
        package = replace(package, spine=tuple(pages))
    return package


def _document(package: Package, chapter: Chapter, stem: str) -> Document:
    name = Path(chapter.part).stem + (f"-{chapter.number}" if chapter.number else "")
    book = _book_id(package, stem)
    title = chapter.title
    if package.title and title and package.title.casefold() not in title.casefold():
        title = f"{package.title}: {title}"
    facts = {
        "book": package.title, "chapter": chapter.title, "published": package.published,
        "publisher": package.publisher, "language": package.language, "identifier": package.identifier,
        "origins": {"title": "the book's contents", "authors": "the book's package"},
    }  # fmt: skip
    return Document(
        id=f"{book}#{name}",
        kind="essay",
        text=chapter.text,
        blocks=chapter.blocks,
        title=title or package.title,
        authors=package.creators,
        url=package.identifier if package.identifier and package.identifier.startswith("http") else None,
        source=book.split("/")[0] if "/" in book else "epub",
        categories=package.subjects,
        metadata={key: value for key, value in facts.items() if value},
    )


def _book_id(package: Package, stem: str) -> str:
    if package.identifier:
        name = id_of_address(package.identifier)
        return name or f"epub:{slug(package.identifier.removeprefix('urn:').removeprefix('uuid:'), 60)}"
    return derived_document_id("epub", package.creators[0] if package.creators else "", package.title or stem)


def _continued(before: Document, after: Document) -> Document:
    """One document of two parts of a chapter that was cut for size."""
    shift = len(before.text) + 2
    moved = (replace(block, start=block.start + shift, end=block.end + shift) for block in after.blocks)
    return replace(before, text=f"{before.text}\n\n{after.text}", blocks=(*before.blocks, *moved))


def _lone_package(source: SourceFile) -> Iterator[Reading]:
    package = package_of("content.opf", source.bytes(), lambda _: None)
    facts = {"book": package.title, "authors": list(package.creators), "identifier": package.identifier}
    yield SourceFacts(source.path, {key: value for key, value in facts.items() if value})
    yield Skipped(
        source.path, "The file lists an e-book's parts and holds no text; the parts are files of their own."
    )


def _lone_part(source: SourceFile) -> Iterator[Reading]:
    """A chapter's file out of an unpacked book."""
    root = parse_html(source.text())
    package = _package_beside(Path(source.path))
    if is_away(root, ""):
        yield Skipped(source.path, "The page is a cover, contents or imprint of a book, not text.")
        return
    whole = plain(next(root.iter("title"), None)) or None
    for chapter in chapters(root, Path(source.path).name, ()):
        titled = replace(chapter, title=whole or chapter.title)
        text, blocks = without_heading(chapter.text, chapter.blocks, titled.title)
        document = _document(package, replace(titled, text=text, blocks=blocks), source.stem)
        if package == Package():
            note = "The book's package does not stand beside the page: its author is not known."
            own = derived_document_id("epub", "", titled.title or source.stem)
            document = replace(document, id=own, notes=(note,))
        yield document


def _package_beside(path: Path) -> Package:
    """The package that lists this file, looked for in its directory and the two above."""
    for directory in list(path.resolve().parents)[:3]:
        for candidate in sorted(directory.glob("*.opf"))[:3]:
            try:
                if candidate.stat().st_size > _LARGEST_PACKAGE:
                    continue
                package = package_of("content.opf", candidate.read_bytes(), lambda _: None)
            except OSError:
                continue
            if any(part.rpartition("/")[2] == path.name for part in package.spine):
                return package
    return Package()


READER = Reader("epub", "e-books (EPUB), also of forum threads", (".epub", ".opf", ".xhtml"), sniff, read)
