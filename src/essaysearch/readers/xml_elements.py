"""What an XML element is called whatever prefix the file uses, and what it says."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from html import escape

Element = ET.Element

PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://wordpress.org/export/": "wp",
    "http://wordpress.org/excerpt/": "excerpt",
    "http://purl.org/dc/elements/1.": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/": "",
    "http://www.openarchives.org/OAI/2.0/oai_dc/": "oai_dc",
    "http://www.openarchives.org/OAI/2.0/": "",
    "http://arxiv.org/OAI/": "",
    "http://arxiv.org/schemas/atom": "arxiv",
    "http://a9.com/-/spec/opensearch": "opensearch",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/": "itunes",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.loc.gov/mods/": "",
    "http://disqus.com": "",
    "http://disqus.com/disqus-internals": "dsq",
}
"""How namespaces are called in `name`, by the beginning of their address; the longest beginning counts."""


UNKNOWN = "prefix:"
"""How the address of a namespace begins that nothing declares, or that is not known: its prefix follows."""


def is_known(uri: str) -> bool:
    """Whether the address is that of a namespace in `PREFIXES`."""
    return _prefix(uri) is not None


def _prefix(uri: str) -> str | None:
    uri = "http://" + uri.removeprefix("https://") if uri.startswith("https://") else uri
    known = [start for start in PREFIXES if uri.startswith(start)]
    if not known:
        return None
    if "wordpress.org/export" in uri and "/excerpt" in uri:
        return "excerpt"
    return PREFIXES[max(known, key=len)]


@lru_cache(maxsize=4096)
def _name(tag: str) -> str:
    if not tag.startswith("{"):
        return tag
    uri, _, local = tag[1:].partition("}")
    prefix = uri.removeprefix(UNKNOWN) if uri.startswith(UNKNOWN) else _prefix(uri)
    if prefix is None:
        return f"?:{local}"
    return f"{prefix}:{local}" if prefix else local


def name(element: Element) -> str:
    """What an element is called: ``title``, ``dc:creator``, ``wp:comment``, whatever prefix the file uses.

    Atom, RSS 1.0 and OAI have no prefix here; one that is not known is ``?``.
    """
    return _name(element.tag) if isinstance(element.tag, str) else ""


def children(element: Element, wanted: str) -> list[Element]:
    """The children of this name, in order."""
    return [child for child in element if name(child) == wanted]


def text_in(element: Element | None) -> str:
    """All text within an element, without spaces at its ends; empty for None."""
    return "" if element is None else "".join(element.itertext()).strip()


def said(element: Element, *wanted: str) -> str:
    """The text of the first child of one of these names that has any, the names in order of preference."""
    for one in wanted:
        for child in element:
            if name(child) == one and (text := text_in(child)):
                return text
    return ""


def attribute(element: Element, wanted: str) -> str:
    """An attribute by its local name, without spaces at its ends; empty where there is none."""
    for key, value in element.attrib.items():
        if key == wanted or key.endswith("}" + wanted):
            return value.strip()
    return ""


def markup_in(element: Element) -> str:
    """The content of an element as HTML: for text that holds markup as elements, not as characters."""
    parts: list[str] = [escape(element.text or "", quote=False)]
    stack: list[tuple[Element, Iterator[Element]]] = [(element, iter(element))]
    while stack:
        owner, rest = stack[-1]
        child = next(rest, None)
        if child is None:
            stack.pop()
            if stack:
                parts.append(f"</{_local(owner)}>{escape(owner.tail or '', quote=False)}")
            continue
        attributes = "".join(f' {_local_key(k)}="{escape(v)}"' for k, v in child.attrib.items())
        parts.append(f"<{_local(child)}{attributes}>{escape(child.text or '', quote=False)}")
        stack.append((child, iter(child)))
    return "".join(parts)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "span"


def _local_key(key: str) -> str:
    return key.rpartition("}")[2]
