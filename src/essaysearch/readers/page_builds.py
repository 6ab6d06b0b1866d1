"""Sites whose pages are built in a way of their own: what tells them, and what has to be put right first.

Each build is one row. Its function may change the tree so that the general way of reading
works, and may give facts that the page does not declare where pages usually do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from essaysearch.readers.dates import parse_date
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_tree import Element, classes, drop, plain, tag_of
from essaysearch.readers.page_facts import PageFacts


@dataclass(frozen=True, slots=True)
class Told:
    """What a build adds to a page's facts. ``element`` holds the text, where the build knows it.

    ``inferred`` are authors that the site has and the page does not name.
    """

    build: str
    element: Element | None = None
    source: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    date: str | None = None
    title: str | None = None
    notes: tuple[str, ...] = ()


SITE_AUTHORS: dict[str, tuple[str, str]] = {"paulgraham.com": ("paulgraham", "Paul Graham")}
"""Hosts whose pages name no author: the site's short name, and whose they are."""

_POSTED = re.compile(r"posted by (?P<name>.{1,80}?)\s*(?:\(\d+ (?:comments?|answers?) total\)|\bat\b|$)")

Build = Callable[[Element, PageFacts, str], Told | None]

_GRAHAM_PAGE = re.compile(r"paulgraham_\d+|/paulgraham/|paulgraham\.com")
_GUEST = re.compile(r"([A-Z][a-z]+(?: [A-Z][a-z]+){1,2}): ")
_GRAHAM_ADVERTS = re.compile(r"Want to start a startup\?.{0,80}Y Combinator\.?", re.S)


def _paul_graham(root: Element, facts: PageFacts, stem: str) -> Told | None:
    """paulgraham.com: a table for a layout, no paragraphs, the date as the first line, no author named."""
    host = urlsplit_safely(facts.url or "").hostname or ""
    body = root.find("body")
    marks = [body.get("background") if body is not None else "", *(i.get("src") for i in root.iter("img"))]
    if not host.endswith("paulgraham.com") and not any(
        _GRAHAM_PAGE.search(str(mark or "")) for mark in marks
    ):
        return None
    for table in list(root.iter("table")):
        if len(plain(table)) < 200 and _GRAHAM_ADVERTS.search(plain(table)):
            drop(table)
    element = next(root.iter("article"), None)
    if element is None:
        cells = [node for node in root.iter("td", "font") if node.find(".//br") is not None]
        element = max(cells, key=lambda node: len(plain(node)), default=None)
        inner = list(element.iter("font")) if element is not None else []
        fullest = max(inner, key=lambda node: len(plain(node)), default=None)
        if fullest is not None and element is not None and len(plain(fullest)) > 0.8 * len(plain(element)):
            element = fullest
    url = facts.url or (f"http://www.paulgraham.com/{stem}.html" if re.fullmatch(r"\w+", stem) else None)
    notes = () if facts.url else ("The page does not hold its address; it was taken from the file's name.",)
    writer = _GUEST.match(facts.title or "")
    guest = writer[1] if writer and element is not None and writer[1] in plain(element)[:400] else None
    names = (guest or "Paul Graham",)
    drawn = next((str(image.get("alt")) for image in root.iter("img") if image.get("alt")), None)
    return Told(
        "paulgraham.com",
        element,
        "paulgraham",
        url,
        inferred=names,
        title=drawn,
        notes=notes if url else (),
    )


_DISTILL_AWAY = frozenset(
    "d-title d-byline d-contents d-footnote-list d-front-matter d-bibliography distill-header distill-footer "
    "distill-appendix dt-byline dt-banner dt-header dt-footer d-interstitial".split()
)


def _distill(root: Element, facts: PageFacts, stem: str) -> Told | None:
    """distill.pub: custom tags, authors in order in the byline, notes where they are called."""
    if next(root.iter("d-article", "dt-article"), None) is None:
        return None
    byline = next(root.iter("d-byline", "dt-byline"), None)
    names, date = [], None
    if byline is not None:
        for node in byline.iter("a", "span", "p", "div"):
            if "name" in classes(node) and (name := plain(node).strip(" *†‡§¶")):
                names.append(name)
        dates = (parse_date(plain(node)) for node in byline.iter("p", "div"))
        date = next((found for found in dates if found), None)
    called = any(plain(note) for note in root.iter("d-footnote", "dt-fn"))
    for node in [node for node in root.iter() if tag_of(node) in _DISTILL_AWAY]:
        if tag_of(node) != "d-footnote-list" or called:
            drop(node)
    body = root.find("body")
    return Told("distill", body, "distill", authors=tuple(dict.fromkeys(names)), date=date)


def _debatabase(root: Element, facts: PageFacts, stem: str) -> Told | None:
    """idebate.org: points for and against, each with its title, its argument and its counterpoint."""
    points = root.xpath("//div[@id='debatabase-points']")
    if not points:
        return None
    for tabs in points[0].findall("ul"):
        drop(tabs)
    for number, name in ((1, "Points for"), (2, "Points against")):
        for side in root.xpath(f"//div[@id='debatabase-points-{number}']"):
            _put_heading(side, name, "h2")
    for label in root.xpath("//div[contains(concat(' ', @class, ' '), ' field-label ')]"):
        said = plain(label).strip(": ").lower()
        follows = label.getnext()
        drop(label)
        if follows is None:
            continue
        if said == "title":
            _put_heading(follows, plain(follows), "h3")
            for child in list(follows)[1:]:
                drop(child)
        elif said in ("counterpoint", "bibliography"):
            _put_heading(follows, said.capitalize(), "h4")
    return Told("idebate.org", points[0].getparent(), "idebate")


def _latexml(root: Element, facts: PageFacts, stem: str) -> Told | None:
    """Papers that LaTeXML made (arXiv's HTML): people, notes and formulas in elements named ``ltx_``."""
    article = next((node for node in root.iter("article") if "ltx_document" in classes(node)), None)
    if article is None:
        return None
    by_class: dict[str, list[Element]] = {}
    for node in article.iter():
        for name in classes(node) if isinstance(node.tag, str) else ():
            if name.startswith("ltx_"):
                by_class.setdefault(name, []).append(node)
    for name in ("ltx_note_mark", "ltx_tag_note", "ltx_tag_item", "ltx_author_notes"):
        for node in by_class.get(name, ()):
            drop(node)
    names = []
    for node in by_class.get("ltx_personname", ()):
        for mark in list(node.iter("sup")):
            drop(mark)
        parts = re.split(r"\s*[,;&]\s|\s+and\s+|\n", " ".join(node.xpath("string()").split()))
        names += [part.strip(" ,*†‡") for part in parts if "@" not in part and len(part.split()) <= 6]
    dates = (parse_date(plain(node).strip("() ")) for node in by_class.get("ltx_dates", ()))
    title = next((plain(node) for node in by_class.get("ltx_title_document", ())), None)
    for node in by_class.get("ltx_note_outer", ()):
        node.set("class", "sidenote")
    for node in by_class.get("ltx_tag_equation", ()):
        node.text = f" {node.text or ''}"
    for tables in (by_class.get("ltx_eqn_table", ()), by_class.get("ltx_equationgroup", ())):
        for table in tables:
            for node in table.iter("table", "tbody", "tr", "td"):
                node.tag = {"tr": "p", "td": "span"}.get(node.tag, "div")
    for name in ("ltx_title_document", "ltx_authors", "ltx_dates", "ltx_bibliography"):
        for node in by_class.get(name, ()):
            drop(node)
    for node in [node for node in article.iter("div") if "package-alerts" in classes(node)]:
        drop(node)
    date = next((found for found in dates if found), None)
    return Told("latexml", article, authors=tuple(dict.fromkeys(filter(None, names))), date=date, title=title)


def _metafilter(root: Element, facts: PageFacts, stem: str) -> Told | None:
    """MetaFilter: the date stands in the heading, who posted it in the last line of the post."""
    heading = next((node for node in root.iter("h1") if "posttitle" in classes(node)), None)
    posts = [node for node in root.iter("div") if "copy" in classes(node)]
    signed = [node for post in posts[:1] for node in post.iter("span") if "smallcopy" in classes(node)]
    match = _POSTED.match(plain(signed[-1])) if heading is not None and signed else None
    if heading is None or match is None:
        return None
    drop(signed[-1])
    stamps = [node for node in heading.iter("span") if "smallcopy" in classes(node)]
    for link in [link for stamp in stamps for link in stamp.iter("a")]:
        drop(link)
    date = next((found for stamp in stamps if (found := parse_date(plain(stamp)))), None)
    for stamp in stamps:
        drop(stamp)
    return Told(
        "metafilter", posts[0], "metafilter.com", authors=(match["name"],), date=date, title=plain(heading)
    )


def _put_heading(element: Element, text: str, tag: str) -> None:
    from lxml import etree

    heading = etree.Element(tag)
    heading.text = text
    heading.tail, element.text = element.text, None
    element.insert(0, heading)


BUILDS: tuple[tuple[str, Build], ...] = (
    ("paulgraham.com", _paul_graham),
    ("distill", _distill),
    ("idebate.org", _debatabase),
    ("latexml", _latexml),
    ("metafilter.com", _metafilter),
)
"""The builds known by name."""


def build_of(root: Element, facts: PageFacts, stem: str) -> Told | None:
    """What the page's build tells, the tree put right; None for a page of no build known here."""
    for _, build in BUILDS:
        told = build(root, facts, stem)
        if told is not None:
            return told
    return None
