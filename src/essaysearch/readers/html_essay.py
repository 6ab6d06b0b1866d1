"""Any article saved from the web: its own text, with title, author, date and where each came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urljoin

from essaysearch.model import Block, Document, Kind, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.comment_builds import put_right
from essaysearch.readers.dates import parse_date
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_text import html_to_blocks, to_blocks
from essaysearch.readers.html_tree import Element, brief, classes, parse_html, tag_of
from essaysearch.readers.leading_lines import BYLINE, without_leading
from essaysearch.readers.page_article import Content, main_content
from essaysearch.readers.page_authors import name_said
from essaysearch.readers.page_builds import Told, build_of
from essaysearch.readers.page_comments import PageComment, take_comments
from essaysearch.readers.page_facts import PageFacts, date_in_address, page_facts
from essaysearch.readers.page_sniff import is_page
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id

_BYLINE_CLASS = re.compile(
    r"\b(?:by-?line|author-?name|post-?author|post-footers|entry-?author|article-?author|p-author|fn|vcard)\b",
    re.I,
)
_DATE_CLASS = re.compile(
    r"\b(?:date|dateline|published|posted-on|entry-date|post-date|timestamp|pubdate)\b", re.I
)
_ELSEWHERE = re.compile(r"\b(?:sidebar|related|recommended|widget|comments?|archive|recent|popular)\b", re.I)
_AGO = re.compile(r"\s*\b(?:an?|\d+) (?:second|minute|hour|day|week|month|year)s? ago\b.*", re.S)
_LINKS_TO_PROSE = 1.5
_SCRAP = 40
_FEW_SCRAPS = 1 / 3
_ESSAY_WORDS = 250
_ARTICLE_TYPES = ("article", "blogposting", "newsarticle", "scholarlyarticle", "report")


def sniff(source: SourceFile) -> float:
    """Any page of HTML, unless a reader that knows its site is surer."""
    return 0.4 if is_page(source) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document: the article. Comments that the page marks as such are documents of their own."""
    root = parse_html(source.text())
    facts = page_facts(root)
    put_right(root)
    comments = take_comments(root)
    told = build_of(root, facts, source.stem)
    shown = _shown(root, facts)
    content = main_content(root) if told is None or told.element is None else None
    element = told.element if content is None and told is not None else content.element if content else root
    text, blocks = _text(element, content, source)
    lists_links = content is not None and _is_list_of_links(content) and not comments
    told = replace(told, element=None) if told is not None else None
    del root, element, content  # the tree of a large page is larger than all that is made of it
    document = _document(source, facts, told, shown, text, blocks)
    if not document.text:
        yield Skipped(source.path, "The page holds no text of its own.")
    elif lists_links:
        yield Skipped(source.path, "The page holds links to other pages and hardly any text of its own.")
    else:
        yield document
    for comment in comments:
        yield _comment(source, comment, document)


def _text(element: Element, content: Content | None, source: SourceFile) -> tuple[str, tuple[Block, ...]]:
    """The text; by trafilatura, where it is installed and the page is of no build that is understood.

    That is a page which neither marks its content nor lets it stand out: more than a third of what
    was taken for it are scraps. trafilatura's text counts where it is less broken up.
    """
    text, blocks = to_blocks(element)
    if content is None or content.marked or not content.prose or _scraps(text, blocks) <= _FEW_SCRAPS:
        return text, blocks
    try:
        import trafilatura
    except ImportError:
        return text, blocks
    try:
        found = trafilatura.extract(
            source.text(), output_format="html", include_comments=False, include_tables=True
        )
    except Exception as error:  # whatever it trips over in a page, our own reading stands
        source.note(f"trafilatura could not read the page: {type(error).__name__}: {error}")
        return text, blocks
    other, pieces = html_to_blocks(found) if found else ("", ())
    quoted = sum(block.depth > 0 for block in pieces) > sum(block.depth > 0 for block in blocks)
    sound = len(blocks) * (1 - _scraps(text, blocks))
    whole = len(other) > 0.5 * content.prose and 2 * len(pieces) >= sound and not quoted
    better = whole and _scraps(other, pieces) < _scraps(text, blocks)
    return (other, pieces) if better else (text, blocks)


def _scraps(text: str, blocks: tuple[Block, ...]) -> float:
    """The share of blocks that are a few words without the end of a sentence (0 to 1)."""
    if not blocks:
        return 0.0
    few = (
        block.role in ("paragraph", "list")
        and block.end - block.start < _SCRAP
        and text[block.end - 1] not in ".?!:;…”\"')"
        for block in blocks
    )
    return sum(few) / len(blocks)


def _is_list_of_links(content: Content) -> bool:
    return content.prose < 200 and content.links > _LINKS_TO_PROSE * content.prose


def _shown(root: Element, facts: PageFacts) -> PageFacts:
    """The facts, completed by what the page shows: a byline, a date beside the text."""
    authors, date, origins = facts.authors, facts.date, dict(facts.origins)
    if authors and date:
        return facts
    for node in root.iter(
        "p", "span", "div", "a", "address", "h2", "h3", "h4", "h5", "time", "abbr", "li", "i", "em"
    ):
        names = " ".join((*classes(node), str(node.get("id") or "")))
        if not authors and _BYLINE_CLASS.search(names):
            said = _AGO.sub("", brief(node))
            match = BYLINE.fullmatch(said)
            name = name_said(match["name"] if match else said)
            is_name = len(name) > 1 and len(said) <= 90 and len(name.split()) <= 6 and not _has_date(name)
            if is_name and not _beside(node):
                authors, origins["authors"] = (name,), "byline"
        if not date and (node.get("datetime") or (_DATE_CLASS.search(names) and brief(node))):
            inner = next(
                (time for time in node.iter("time", "abbr") if time.get("datetime") or time.get("title")),
                node,
            )
            stamp = str(inner.get("datetime") or inner.get("title") or "")
            found = parse_date(stamp) or parse_date(brief(node))
            if found and not _beside(node):
                date, origins["date"] = found, "date beside the text"
    return replace(facts, authors=authors, date=date, origins=origins)


def _has_date(text: str) -> bool:
    return bool(parse_date(text)) or len(re.findall(r"\d+", text)) > 1


def _beside(node: Element) -> bool:
    """Whether an element stands in a part of the page that speaks of other pages."""
    return any(
        tag_of(above) in ("nav", "aside")
        or _ELSEWHERE.search(str(above.get("class") or above.get("id") or ""))
        for above in node.iterancestors()
        if tag_of(above) not in ("body", "html")
    )


def _document(
    source: SourceFile,
    facts: PageFacts,
    told: Told | None,
    shown: PageFacts,
    text: str,
    blocks: tuple[Block, ...],
) -> Document:
    title = shown.title
    authors, date, origins = shown.authors, shown.date, dict(shown.origins)
    url = facts.url
    inferred: tuple[str, ...] = ()
    notes: list[str] = []
    if told is not None:
        authors = told.authors or authors
        date, url, title = told.date or date, url or told.url, title or told.title
        if told.authors:
            origins["authors"] = "byline"
        notes += told.notes
    text, blocks, leading = without_leading(text, blocks, title)
    if not authors and leading.get("author"):
        authors, origins["authors"] = (leading["author"],), "first lines"
    if not date and leading.get("date"):
        date, origins["date"] = leading["date"], "first lines"
    if not authors and told is not None and told.inferred:
        inferred = authors = told.inferred
        origins["authors"] = "the site"
        notes.append(
            "The page names no author beside its title; the one of the site, or of the title, was taken."
        )
    date_inferred = ""
    if not date and (date := date_in_address(url)):
        date_inferred = "the page's address holds this date"
        origins["date"] = "address"
    host = (urlsplit_safely(url or "").hostname or "").removeprefix("www.")
    id = id_of_address(url) if url else None
    metadata = {"origins": origins, "site": facts.site, "language": facts.language}
    return Document(
        id=id or derived_document_id(READER.name, authors[0] if authors else "", title or text[:80]),
        kind=_kind(facts, told, authors, date, text),
        text=text,
        blocks=blocks,
        title=title,
        authors=authors,
        authors_inferred=inferred,
        date=date,
        date_inferred=date_inferred,
        url=url,
        source=(told.source if told else None) or host or None,
        categories=facts.categories,
        metadata={key: value for key, value in metadata.items() if value},
        notes=tuple(notes),
    )


def _kind(facts: PageFacts, told: Told | None, authors: Sequence[str], date: str | None, text: str) -> Kind:
    """An essay where the page says so, is of a build that is, or is signed or dated prose of some length."""
    declared = facts.heads.get("og:type", []) + [str(work.get("@type")) for work in facts.works]
    if told is not None or any(str(kind).lower() in _ARTICLE_TYPES for kind in declared):
        return "essay"
    return "essay" if (authors or date) and len(text.split()) >= _ESSAY_WORDS else "page"


def _comment(source: SourceFile, comment: PageComment, page: Document) -> Reading:
    """A reader's comment below an article."""
    place = f"comment {comment.id}" if comment.id else f"line {comment.line}"
    if comment.problem:
        return Skipped(source.path, f"The comment {comment.problem}.", place)
    meta = comment.meta
    own = comment.id or derived_document_id(READER.name, meta.author or "", meta.date or comment.text[:80])
    return Document(
        id=f"{page.id}#comment-{own}",
        kind="comment",
        text=comment.text,
        blocks=comment.blocks,
        title=page.title,
        authors=(meta.author,) if meta.author else (),
        date=meta.date,
        url=_permalink(comment, page.url),
        source=page.source,
        karma=meta.karma,
        thread=page.id,
        parent=f"{page.id}#comment-{comment.parent}" if comment.parent else page.id,
        line=comment.line,
    )


def _permalink(comment: PageComment, page: str | None) -> str | None:
    """The comment's own address: as its link has it, else the page's with the comment's number."""
    said = comment.meta.url or ""
    if page is None or comment.id is None:
        return said if said.startswith(("http://", "https://")) else None
    try:
        return urljoin(page, said) if said else f"{page}#comment-{comment.id}"
    except ValueError:
        return None


READER = Reader(
    "html-essay", "an article or page saved from the web", (".html", ".htm", ".xhtml"), sniff, read
)
