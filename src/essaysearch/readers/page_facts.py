"""What a saved page says of itself outside its text: address, title, authors, date; and where it says so.

Each fact is looked for in the places where pages declare it, the most reliable first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

from essaysearch.readers.dates import parse_date
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_tree import Element, plain, tag_of
from essaysearch.readers.json_text import parse
from essaysearch.readers.page_authors import author_lists

_SAVED_FROM = (
    re.compile(r"saved from url=\(\d+\)\s*(\S+)"),
    re.compile(r"Page saved with SingleFile\s+url:\s*(\S+)"),
    re.compile(r"Snapshot saved from (\S+)|Archive processed by SingleFile\s+url:\s*(\S+)"),
    re.compile(r"Mirrored from (\S+\.\S+) by HTTrack"),
)
_TITLES = ("citation_title", "dc.title", "dcterms.title", "parsely-title", "og:title", "twitter:title")
_DATES = (
    "article:published_time", "citation_publication_date", "citation_date", "citation_online_date",
    "og:published_time", "dc.date.issued", "dc.date", "dcterms.date", "dcterms.issued", "dcterms.created",
    "parsely-pub-date", "sailthru.date", "datepublished", "pubdate", "publish-date", "publication_date",
    "date", "article.published",
)  # fmt: skip
_WORKS = frozenset(
    "article newsarticle blogposting scholarlyarticle socialmediaposting discussionforumposting techarticle "
    "report opinionnewsarticle analysisnewsarticle question review book chapter webpage creativework".split()
)
_ENTRY_TITLE = re.compile(r"(?:entry|post|article)-?(?:title|header|heading)\b|\bposttitle\b", re.I)
_ADDRESS_DATE = re.compile(r"/((?:19|20)\d{2})[/-](0[1-9]|1[0-2])(?:[/-](0[1-9]|[12]\d|3[01]))?(?=[/-])")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page declares. ``origins`` tells of each fact (``title``, ``authors`` …) where it stood."""

    url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    site: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)
    works: tuple[dict[str, Any], ...] = ()
    heads: dict[str, list[str]] = field(default_factory=dict)


def page_facts(root: Element) -> PageFacts:
    """The facts a page declares in its head, in JSON-LD, in comments of the saving program, and by markup."""
    heads = _heads(root)
    things = tuple(_things(root))
    works = tuple(thing for thing in things if _is_work(thing))
    origins: dict[str, str] = {}
    url = _first(origins, "url", _urls(root, heads, works))
    site = next(iter(heads.get("og:site_name", [])), None)
    title = _first(origins, "title", _titles(root, heads, works))
    authors: tuple[str, ...] = ()
    nodes = {str(node["@id"]): node for node in things if node.get("@id") and node.get("name")}
    for origin, names in author_lists(root, heads, works, nodes, url):
        if names:
            authors, origins["authors"] = names, origin
            break
    date = _first(origins, "date", _dates(root, heads, works))
    categories = [
        part.strip()
        for name in ("article:tag", "citation_keywords", "keywords")
        for value in heads.get(name, [])
        for part in re.split(r"[,;]", value)
    ]
    language = root.get("lang") or root.get("xml:lang")
    return PageFacts(
        url=url,
        title=_without_site(title, site, url) if title else None,
        authors=authors,
        date=date,
        site=site,
        language=str(language) if language else None,
        categories=tuple(dict.fromkeys(part for part in categories if part))[:30],
        origins=origins,
        works=works,
        heads=heads,
    )


def _first(origins: dict[str, str], fact: str, found: Iterator[tuple[str, str | None]]) -> str | None:
    for origin, value in found:
        if value:
            origins[fact] = origin
            return value
    return None


def _heads(root: Element) -> dict[str, list[str]]:
    """The ``meta`` elements: lower-case name or property to its values in order."""
    heads: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        # Programs that fill these in often escape them twice.
        content = " ".join(unescape(str(meta.get("content") or "")).split())
        if name and content:
            key = re.sub(r"^(dc|dcterms):", r"\1.", str(name).strip().lower())
            heads.setdefault(key, []).append(content)
    return heads


def _things(root: Element) -> Iterator[dict[str, Any]]:
    """The things that JSON-LD on the page describes, ``@graph`` opened."""
    for script in root.iter("script"):
        if "ld+json" not in str(script.get("type") or "") or not script.text:
            continue
        waiting = [parse(script.text)[0]]
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting[:0] = item
            elif isinstance(item, dict):
                if isinstance(item.get("@graph"), list):
                    waiting[:0] = item["@graph"]
                yield item


def _is_work(thing: dict[str, Any]) -> bool:
    kinds = thing.get("@type")
    return any(str(name).lower() in _WORKS for name in (kinds if isinstance(kinds, list) else [kinds]))


def _urls(
    root: Element, heads: dict[str, list[str]], works: tuple[dict[str, Any], ...]
) -> Iterator[tuple[str, str | None]]:
    saved = _saved_from(root)
    base = next((str(node.get("href")) for node in root.iter("base") if node.get("href")), None)
    for link in root.iter("link"):
        if "canonical" in str(link.get("rel") or "").lower().split() and link.get("href"):
            yield "link rel=canonical", _absolute(_joined(saved or base or "", str(link.get("href")).strip()))
    yield "meta og:url", _absolute(next(iter(heads.get("og:url", [])), ""))
    yield "the saving program's comment", _absolute(saved or "")
    for work in works:
        page = work.get("mainEntityOfPage")
        for value in (work.get("url"), page.get("@id") if isinstance(page, dict) else page):
            yield "JSON-LD", _absolute(value if isinstance(value, str) else "")
    for name in ("citation_abstract_html_url", "citation_public_url", "twitter:url", "dc.identifier"):
        yield f"meta {name}", _absolute(next(iter(heads.get(name, [])), ""))
    yield "base", _absolute(base or "")


def _saved_from(root: Element) -> str | None:
    """The address a browser or an archiver wrote into a comment when it saved the page."""
    before: list[Element] = []
    node = root.getprevious()
    while node is not None and len(before) < 20:
        before.append(node)
        node = node.getprevious()
    inner = (node for number, node in enumerate(root.iter()) if number < 40)
    for node in (*before, *inner):
        if not isinstance(node.tag, str) and node.text:
            for pattern in _SAVED_FROM:
                if match := pattern.search(node.text):
                    found = next(group for group in match.groups() if group)
                    return found if "://" in found else f"http://{found}"
    return None


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        # One of them is no address: perhaps the other stands by itself.
        return url


_ARCHIVED = re.compile(
    r"https?://(?:web\.archive\.org/web/\d{4,14}[a-z_*]*|archive\.(?:is|ph|today|li|md)/\d{8,14})/+(?=https?:)",
    re.I,
)


def _absolute(url: str) -> str | None:
    url = _ARCHIVED.sub("", url.strip())
    parts = urlsplit_safely(url)
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else None


def _titles(
    root: Element, heads: dict[str, list[str]], works: tuple[dict[str, Any], ...]
) -> Iterator[tuple[str, str | None]]:
    for work in works:
        if "webpage" not in str(work.get("@type")).lower():
            yield "JSON-LD", _text(work.get("headline") or work.get("name"))
    for name in _TITLES[:4]:
        yield f"meta {name}", next(iter(heads.get(name, [])), None)
    whole = next((plain(node) for node in root.iter("title") if tag_of(node.getparent()) != "svg"), "")
    tops = [plain(node) for node in root.iter("h1")]
    shared = next(iter(heads.get("og:title", [])), "")
    for node in root.iter("h1", "h2", "h3", "h4"):
        # Of "Blog: Essay" the blog's own heading is the beginning, the essay's the end.
        entry = _ENTRY_TITLE.search(str(node.get("class") or ""))
        if entry and (top := plain(node)) and len(top) > 3 and (whole.endswith(top) or shared == top):
            yield tag_of(node), top
            break
    for top in tops:
        if top and (whole.startswith(top) or shared.startswith(top) or (len(tops) == 1 and top in whole)):
            yield "h1", top
    for node in root.iter("h1", "h2", "h3", "h4"):
        named = "title" in str(node.get("class") or "") or node.get("itemprop") in ("headline", "name")
        if named and (top := plain(node)) and len(top) > 3 and (top in whole or top in shared):
            yield tag_of(node), top
    for name in _TITLES[4:]:
        yield f"meta {name}", next(iter(heads.get(name, [])), None)
    yield "title", whole or None
    yield "h1", tops[0] if len(tops) == 1 else None


def _text(value: Any) -> str | None:
    return " ".join(value.split()) if isinstance(value, str) and value.strip() else None


def _without_site(title: str, site: str | None, url: str | None) -> str:
    """The title without the name of the site that many pages put behind (or before) it."""
    host = (urlsplit_safely(url or "").hostname or "").removeprefix("www.")
    names = {name.casefold() for name in (site, host, host.rsplit(".", 1)[0]) if name}
    parts = re.split(r"(\s+[|·»«—–-]\s+|\s*::\s*)", title)
    while len(parts) > 2 and (parts[-1].strip().casefold() in names or "|" in parts[-2]):
        parts = parts[:-2]
    while len(parts) > 2 and parts[0].strip().casefold() in names:
        parts = parts[2:]
    return "".join(parts).strip()


def _dates(
    root: Element, heads: dict[str, list[str]], works: tuple[dict[str, Any], ...]
) -> Iterator[tuple[str, str | None]]:
    for work in works:
        for key in ("datePublished", "dateCreated"):
            value = work.get(key)
            yield f"JSON-LD {key}", parse_date(value) if isinstance(value, str) else None
    for name in _DATES:
        for value in heads.get(name, []):
            yield f"meta {name}", parse_date(value)
    for node in root.iter("time", "abbr", "span", "meta"):
        marks = f"{node.get('itemprop') or ''} {node.get('class') or ''}".lower().split()
        if "datepublished" in marks or "dt-published" in marks or node.get("pubdate") is not None:
            value = str(node.get("datetime") or node.get("content") or node.get("title") or plain(node))
            yield "markup datePublished", parse_date(value)


def date_in_address(url: str | None) -> str | None:
    """The date that an address such as ``/2008/11/ai-go-foom.html`` holds, at its precision."""
    match = _ADDRESS_DATE.search(urlsplit_safely(url or "").path + "/")
    return parse_date("-".join(part for part in match.groups() if part)) if match else None
