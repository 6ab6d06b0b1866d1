"""An e-book's part to chapters: what is no text, where chapters begin, which headings their titles repeat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from essaysearch.model import Block
from essaysearch.readers.epub_package import Label
from essaysearch.readers.html_pieces import kept_blocks
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, drop, plain, tag_of
from essaysearch.readers.page_article import main_content

_AWAY_KIND = re.compile(
    r"\b(?:toc|cover|titlepage|halftitlepage|copyright-page|imprint|colophon|loi|landmarks)\b"
)
_BOOK_LINKS = frozenset(
    ["Read post", "Read comments", "Go To Summary", "Go To Start of Post", "Next Post", "Summary", "Comments"]
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter to be: its heading, the part it stands in, its place in that part (0: all of it)."""

    title: str | None
    part: str
    number: int
    text: str
    blocks: tuple[Block, ...]
    labelled: bool


def is_away(root: Element, kind: str) -> bool:
    """Whether a part is no text: the book says so, or the part is of such a type, or it only has links."""
    if kind:
        return True
    body = root.find("body")
    for node in (root, body, *(body if body is not None else ())):
        if node is not None and _AWAY_KIND.search(str(node.get("epub:type") or "")):
            return True
    whole = body if body is not None else root
    text = len(plain(whole))
    if not text:
        return True
    linked = sum(len(plain(link)) for link in whole.iter("a"))
    if 4 * linked <= text:
        return False
    # A copy: what the content is looked for in loses its asides, and in a book these are notes.
    content = main_content(deepcopy(root))
    return content.links > 2 * content.prose and content.prose < 400


def chapters(root: Element, part: str, labels: tuple[Label, ...]) -> Iterator[Chapter]:
    """The chapters of a part: one, or several where the table of contents points into it."""
    body = root.find("body")
    body = root if body is None else body
    for link in [node for node in body.iter("a") if plain(node) in _BOOK_LINKS]:
        drop(link)
    own = [label for label in labels if label.part == part]
    top = min((label.depth for label in own), default=0)
    inner = [label for label in own if label.depth == top and label.fragment]
    title = own[0].text if own else None
    if len(inner) < 2:
        text, blocks = to_blocks(body)
        heading = title or _first_heading(root)
        text, blocks = without_heading(text, blocks, heading)
        yield Chapter(heading, part, 0, text, blocks, bool(own))
        return
    marks = _marked(body, inner)
    text, blocks = to_blocks(body)
    runs: list[tuple[str | None, list[bool]]] = [
        (title if not own[0].fragment else None, [False] * len(blocks))
    ]
    for number, block in enumerate(blocks):
        label = marks.get(text[block.start : block.end])
        if label is not None:
            runs.append((label.text, [False] * len(blocks)))
        else:
            runs[-1][1][number] = True
    for number, (heading, wanted) in enumerate(runs):
        if any(wanted):
            piece, cut = without_heading(*kept_blocks(text, blocks, wanted), heading)
            yield Chapter(heading, part, number, piece, cut, heading is not None)


def _marked(body: Element, labels: list[Label]) -> dict[str, Label]:
    """Puts a block of its own before each place that the table of contents points to."""
    from lxml import etree

    places = {label.fragment: label for label in labels}
    found = [
        node
        for node in body.iter()
        if isinstance(node.tag, str) and (node.get("id") or node.get("name")) in places
    ]
    marks: dict[str, Label] = {}
    for number, node in enumerate(found):
        label = places.pop(str(node.get("id") or node.get("name")), None)
        if label is None or node is body:
            continue
        block = node
        while (
            tag_of(block) in ("a", "span", "b", "i", "em", "strong", "big", "small")
            and block.getparent() is not body
        ):
            block = block.getparent()
        mark = etree.Element("div")
        mark.text = f"\ue000{number}\ue000"
        block.addprevious(mark)
        if mark.getnext() is block:
            mark.tail = None
        marks[mark.text] = label
    return marks


def _first_heading(root: Element) -> str | None:
    for node in root.iter("h1", "h2", "h3", "hgroup"):
        if text := plain(node):
            return text if len(text) < 200 else None
    return None


def without_heading(text: str, blocks: tuple[Block, ...], title: str | None) -> tuple[str, tuple[Block, ...]]:
    """The text without the headings at its top that its title repeats."""
    if not title:
        return text, blocks
    folded = re.sub(r"\W+", " ", title.casefold()).strip()
    wanted = [True] * len(blocks)
    for number, block in enumerate(blocks[:3]):
        said = re.sub(r"\W+", " ", text[block.start : block.end].casefold()).strip()
        if len(said) > 200 or not said or f" {said} " not in f" {folded} ":
            break
        wanted[number] = False
    return kept_blocks(text, blocks, wanted) if any(wanted) else (text, blocks)
