"""Where a page's own text stands, among its menus, sidebars, forms and comments.

Two ways, in this order: the element that the page itself marks as its content, and the deepest
element that still holds nearly all of the page's prose. Prose is text in runs of a sentence's
length that are not mostly links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from essaysearch.readers.html_marks import is_note
from essaysearch.readers.html_tree import Element, classes, drop, tag_of

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data dfn em font i img ins del kbd label mark q s samp small "
    "span strike strong sub sup time tt u var wbr d-cite d-footnote d-math".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_SILENT = frozenset("script style noscript template head select textarea button option svg math".split())
_AWAY_TAGS = frozenset("nav footer aside form dialog".split())
_AWAY_BOXES = frozenset("div section ul ol table td p span header li center".split())
_AWAY_WORDS = frozenset(
    """comments comment disqus sidebar footer menu nav navbar navigation breadcrumb breadcrumbs related
    recommended recommendations share sharing sharedaddy social promo advert advertisement ads ad banner
    cookie cookies consent newsletter subscribe subscription signup popup modal widget widgets masthead
    toolbar pagination pager bio authorbox tags postmeta respond login search toc trackback catlinks navbox
    printfooter ipp""".split()
)
_AWAY_NAMES = frozenset(
    ["speechify-ignore", "button-wrapper", "subscription-widget-wrap", "page-metadata-content"]
)
_CONTENT = (
    ("itemprop", re.compile(r"articleBody|blogPost", re.I)),
    ("class", re.compile(
        r"(?:^|\s)(?:entry-content|post-content|article-content|article-body|articleBody|post-body|post__content"
        r"|article__body|story-body|blog-post-content|post-entry|entry-body|e-content|instapaper_body|body-text"
        r"|mw-parser-output|available-content|ltx_document|markdown-body|main-content|story-content|td-post-content"
        r"|page-content|single-content|content-body|rich-text|field-name-body)(?:\s|$)", re.I)),
    ("role", re.compile(r"main", re.I)),
)  # fmt: skip
_CONTENT_TAGS = ("d-article", "dt-article", "article", "main")
_LONG = 25
_ENOUGH = 80


@dataclass(frozen=True, slots=True)
class Content:
    """The element that holds a page's text. ``marked`` tells whether the page itself says so.

    ``prose`` is the number of characters of prose in it, ``links`` of characters in links.
    """

    element: Element
    marked: bool
    prose: int
    links: int


def main_content(root: Element) -> Content:
    """The element that holds the page's own text; what surely is not part of it is taken out of the tree."""
    body = root.find("body")
    body = root if body is None else body
    prose, links = _weights(body)
    total = prose.get(body, 0)
    for element in _away(body, prose, total):
        drop(element)
    prose, links = _weights(body)
    total = prose.get(body, 0)
    marked = _marked(body, prose, total)
    element = marked if marked is not None else _deepest(body, prose)
    return Content(element, marked is not None, prose.get(element, 0), links.get(element, 0))


def _weights(body: Element) -> tuple[dict[Element, int], dict[Element, int]]:
    """Characters of prose, and characters within links, of each element that has any."""
    from lxml import etree

    prose: dict[Element, int] = {}
    links: dict[Element, int] = {}
    run = linked = within = headings = 0
    stack: list[tuple[int, int]] = []
    totals = [0, 0]

    def end_run() -> None:
        nonlocal run, linked
        if run >= _LONG and linked <= run // 2 and not headings:
            totals[0] += run
        totals[1] += linked
        run = linked = 0

    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    silent: Element | None = None
    for event, node in walk:
        tag = tag_of(node)
        if event == "start":
            if tag in _SILENT:
                silent = node
                walk.skip_subtree()
                continue
            if tag not in _INLINE or tag == "br":
                end_run()
            stack.append((totals[0], totals[1]))
            within += tag == "a"
            headings += tag in _HEADINGS
            if node.text:
                size = len(" ".join(node.text.split()))
                run, linked = run + size, linked + (size if within else 0)
        elif event == "end":
            if node is silent:
                silent = None
            else:
                if tag not in _INLINE:
                    end_run()
                before = stack.pop()
                within -= tag == "a"
                headings -= tag in _HEADINGS
                if totals[0] > before[0]:
                    prose[node] = totals[0] - before[0]
                if totals[1] > before[1]:
                    links[node] = totals[1] - before[1]
        if event != "start" and node is not body and node.tail:
            size = len(" ".join(node.tail.split()))
            run, linked = run + size, linked + (size if within else 0)
    end_run()
    return prose, links


def _away(body: Element, prose: dict[Element, int], total: int) -> list[Element]:
    """The outermost elements that are furniture by tag or by name, and do not hold half of the prose."""
    from lxml import etree

    found = []
    walk = etree.iterwalk(body, events=("start",))
    for _, node in walk:
        if node is body or not isinstance(node.tag, str):
            continue
        if _is_away(node) and prose.get(node, 0) * 2 <= total:
            found.append(node)
            walk.skip_subtree()
    return found


def _is_away(node: Element) -> bool:
    if tag_of(node) in _AWAY_TAGS:
        noted = is_note(node) or {"footnote", "footnotes", "note"}.intersection(classes(node))
        return tag_of(node) not in ("aside", "footer") or not noted
    if node.get("role") in ("navigation", "complementary", "contentinfo", "search", "banner", "dialog"):
        return True
    if tag_of(node) not in _AWAY_BOXES:
        return False
    names = f"{node.get('class') or ''} {node.get('id') or ''}".lower()
    return bool(names.strip()) and any(
        name in _AWAY_NAMES or _AWAY_WORDS.intersection(name.replace("_", "-").split("-"))
        for name in names.split()
    )


def _marked(body: Element, prose: dict[Element, int], total: int) -> Element | None:
    """The element the page marks as its content, where it holds a fair part of all prose."""
    for attribute, pattern in _CONTENT:
        found = [
            node for node in body.iter() if node in prose and pattern.search(str(node.get(attribute) or ""))
        ]
        if found and (best := _largest(found, prose, total)) is not None:
            return best
    for tag in _CONTENT_TAGS:
        found = [node for node in body.iter(tag) if node in prose]
        if found and (best := _largest(found, prose, total)) is not None:
            return best
    return None


def _largest(found: list[Element], prose: dict[Element, int], total: int) -> Element | None:
    best = max(found, key=lambda node: prose[node])
    return best if prose[best] >= max(_ENOUGH, 0.4 * total) else None


def _deepest(body: Element, prose: dict[Element, int]) -> Element:
    """The deepest element that holds 85 % of the prose of each element around it."""
    here = body
    while True:
        below = max((child for child in here if child in prose), key=lambda child: prose[child], default=None)
        if below is None or tag_of(below) in _INLINE | {"p", "ul", "ol", "pre", "tr", "dl"}:
            return here
        if prose[below] < 0.85 * prose[here]:
            return here
        here = below
