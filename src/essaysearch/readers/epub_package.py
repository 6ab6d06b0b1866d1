"""What an e-book says of itself: its package (title, creators, order of parts) and its table of contents.

XML is parsed without entities, without a network, without document types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from essaysearch.readers.html_tree import Element, plain, tag_of
from essaysearch.readers.names import authors_of
from essaysearch.readers.zip_parts import joined
from essaysearch.voices.intros import natural_name

_AWAY = frozenset(
    "toc cover titlepage halftitlepage copyright-page imprint colophon landmarks loi lot page-list index "
    "dedication-page ad other-credits title-page coverimage".split()
)
_FACTS = frozenset("title creator date publisher language subject identifier".split())
_DRAWN = ("image/", "font/", "text/css", "application/x-dtbncx", "application/font", "audio/", "video/")


@dataclass(frozen=True, slots=True)
class Label:
    """An entry of the table of contents: its text, the part and the place in it, how deep it stands."""

    text: str
    part: str
    fragment: str
    depth: int


@dataclass(frozen=True, slots=True)
class Package:
    """A book: its facts, its parts in reading order, its table of contents.

    ``kinds`` gives the parts that the book itself says are a cover, contents, imprint and the like.
    """

    title: str | None = None
    creators: tuple[str, ...] = ()
    identifier: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None
    subjects: tuple[str, ...] = ()
    spine: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)


def parse_xml(data: bytes) -> Element | None:
    """The root of a small XML document; None for what is none. Entities stay as they are."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        recover=True,
        huge_tree=False,
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def package_path(container: bytes) -> str | None:
    """The part that holds the package, as ``META-INF/container.xml`` names it."""
    root = parse_xml(container)
    for node in root.iter() if root is not None else ():
        if tag_of(node) == "rootfile" and node.get("full-path"):
            return str(node.get("full-path"))
    return None


def package_of(path: str, data: bytes, read: Callable[[str], bytes | None]) -> Package:
    """The package in part ``path``; ``read`` gives other parts (None where missing) for the contents."""
    root = parse_xml(data)
    if root is None:
        return Package()
    facts: dict[str, list[str]] = {}
    unique = str(root.get("unique-identifier") or "")
    identifier = None
    others = _others(root)
    for node in root.iter():
        name = tag_of(node)
        if name == "creator" and node in others:
            continue
        if name in _FACTS and (text := plain(node)):
            facts.setdefault(name, []).append(text)
            if name == "identifier" and node.get("id") == unique:
                identifier = text
    items = {str(node.get("id")): node for node in root.iter() if tag_of(node) == "item" and node.get("href")}
    spine = []
    for node in root.iter():
        item = items.get(str(node.get("idref"))) if tag_of(node) == "itemref" else None
        part = joined(path, str(item.get("href"))) if item is not None else None
        if part and item is not None and not str(item.get("media-type") or "").startswith(_DRAWN):
            spine.append(part)
    kinds = {}
    for node in root.iter():
        away = tag_of(node) == "reference" and str(node.get("type")).lower() in _AWAY
        if away and node.get("href") and (target := joined(path, str(node.get("href")))):
            kinds[target] = str(node.get("type"))
    labels = _labels(path, items, read, kinds)
    return Package(
        title=next(iter(facts.get("title", [])), None),
        creators=tuple(
            dict.fromkeys(
                natural_name(one) for text in facts.get("creator", []) for one in authors_of(text)[0]
            )
        ),
        identifier=identifier or next(iter(facts.get("identifier", [])), None),
        published=next(iter(facts.get("date", [])), None),
        publisher=next(iter(facts.get("publisher", [])), None),
        language=next(iter(facts.get("language", [])), None),
        subjects=tuple(dict.fromkeys(facts.get("subject", []))),
        spine=tuple(dict.fromkeys(spine)),
        labels=labels,
        kinds=kinds,
    )


def _others(root: Element) -> list[Element]:
    """The creators that translated, drew or edited, where another one is said to be the author."""
    refined = {
        str(node.get("refines") or "")[1:]: plain(node)
        for node in root.iter()
        if tag_of(node) == "meta" and node.get("property") == "role"
    }
    roles = {
        node: str(node.get("{http://www.idpf.org/2007/opf}role") or refined.get(str(node.get("id")), ""))
        for node in root.iter()
        if tag_of(node) == "creator"
    }
    if not any(role in ("aut", "") for role in roles.values()):
        return []
    return [node for node, role in roles.items() if role not in ("aut", "")]


def _labels(
    path: str, items: dict[str, Element], read: Callable[[str], bytes | None], kinds: dict[str, str]
) -> tuple[Label, ...]:
    """The table of contents: EPUB 3's navigation document, else EPUB 2's NCX."""
    for wanted in ("nav", "ncx"):
        for item in items.values():
            is_nav = "nav" in str(item.get("properties") or "").split()
            is_ncx = "dtbncx" in str(item.get("media-type") or "")
            if not (is_nav if wanted == "nav" else is_ncx):
                continue
            part = joined(path, str(item.get("href")))
            data = read(part) if part else None
            root = parse_xml(data) if data else None
            if root is None or part is None:
                continue
            if is_nav:
                kinds.setdefault(part, "toc")
            labels = _of_nav(root, part, kinds) if is_nav else _of_ncx(root, part)
            if labels:
                return labels
    return ()


def _of_nav(root: Element, part: str, kinds: dict[str, str]) -> tuple[Label, ...]:
    labels = []
    for nav in root.iter():
        if tag_of(nav) != "nav":
            continue
        kind = str(nav.get("{http://www.idpf.org/2007/ops}type") or nav.get("epub:type") or "toc")
        for link in nav.iter():
            if tag_of(link) != "a" or not link.get("href"):
                continue
            href = str(link.get("href"))
            target = joined(part, href)
            if target is None:
                continue
            if kind == "toc":
                depth = sum(1 for above in link.iterancestors() if tag_of(above) in ("ol", "ul"))
                labels.append(Label(plain(link), target, href.partition("#")[2], depth))
            elif kind == "landmarks":
                role = str(link.get("{http://www.idpf.org/2007/ops}type") or "")
                if _AWAY.intersection(role.split()) and not href.partition("#")[2]:
                    kinds[target] = role
    return tuple(label for label in labels if label.text)


def _of_ncx(root: Element, part: str) -> tuple[Label, ...]:
    labels = []
    for point in root.iter():
        if tag_of(point) != "navpoint":
            continue
        content = next((node for node in point if tag_of(node) == "content"), None)
        name = next((node for node in point if tag_of(node) == "navlabel"), None)
        href = str(content.get("src") or "") if content is not None else ""
        target = joined(part, href) if href else None
        if target and (text := plain(name)):
            depth = 1 + sum(1 for above in point.iterancestors() if tag_of(above) == "navpoint")
            labels.append(Label(text, target, href.partition("#")[2], depth))
    return tuple(labels)
