"""Comments in the markup of sites that mark none of their parts as others do, put into the common form.

Each build is one row: a function that finds its comments and gives each an ``id="comment-N"``, the type
of schema.org, an author, a time and a body by the names that `page_comments` looks for. What answers what
shows in the nesting, which stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from essaysearch.readers.dates import parse_date
from essaysearch.readers.html_tree import Element, classes, drop, plain, tag_of

_ANCHOR = re.compile(r"comment-(\d+)")
_LIKES = re.compile(r"Like \((\d[\d,]*)\)")
_BLOGGER = re.compile(r"c(\d+)")
_SAID = re.compile(r"\s*\bsaid(?:\s*\.\.\.|…)?:?\s*$")
_SIGNED = re.compile(
    r"\s*posted by:?\s*(?P<name>.{1,80}?)\s*(?:\||\bat\b|\bon\b|—)\s*(?P<rest>.*)", re.I | re.S
)
_MOMENT = re.compile(r"(?P<time>\d{1,2}:\d\d(?:\s*[AP]M)?),? on (?P<date>[A-Z][a-z]+ \d{1,2}, \d{4})", re.I)
_FRAGMENT = re.compile(r"#(?:comment-|c)?(\w{3,40})$")
_FEET = frozenset(["comment-footer", "comments-post", "comment-meta", "posted"])
_WORDED_DATE = re.compile(
    r"(?:[A-Z][a-z]{2,8} \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4}|\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{4})"
    r"(?:(?:,| at)? \d{1,2}:\d\d(?::\d\d)?(?:\s*[AP]M)?)?", re.I,
)  # fmt: skip


def put_right(root: Element) -> None:
    """Puts the comments of every build known here into the common form; other pages stay as they are."""
    shown = {name for node in root.iter() if isinstance(node.tag, str) for name in classes(node)}
    for _, signs, build in BUILDS:
        if signs & shown:
            build(root)


def _mark(
    element: Element, id: str, author: str, date: str | None, link: str | None = None, karma: str = ""
) -> None:
    """Marks an element as a comment, with the facts that are given. ``link`` is its own address."""
    from lxml import etree

    element.set("id", f"comment-{id}")
    element.set("itemtype", "http://schema.org/Comment")
    if link:
        element.set("data-permalink", link)
    meta = etree.Element("div")
    meta.set("class", "comment-meta")
    for tag, name, value in (("span", "fn", author), ("time", "", date), ("span", "karma-value", karma)):
        if value:
            fact = etree.SubElement(meta, tag)
            fact.text = value
            fact.set(*(("class", name) if name else ("datetime", value)))
    if len(meta):
        meta.tail, element.text = element.text, None
        element.insert(0, meta)


def _substack(root: Element) -> None:
    """Substack: an anchor of its own bears the number; name and date are links without names."""
    for box in [node for node in root.iter("div") if "comment" in classes(node)]:
        anchors = [child for child in box if "comment-anchor" in classes(child)]
        found = next((m for node in anchors if (m := _ANCHOR.fullmatch(str(node.get("id"))))), None)
        own = next((child for child in box if "comment-content" in classes(child)), None)
        meta = _first(own, "comment-meta")
        if found is None or meta is None:
            continue
        links = [link for link in meta.iter("a") if plain(link)]
        dated = [link for link in links if "/comment" in str(link.get("href"))]
        names = [link for link in links if link not in dated]
        named = names[0] if names else _first(meta, "commenter-name")
        stamps = [str(part.get("title") or plain(part)) for part in (*dated, *meta.iter("span", "time"))]
        actions = _first(own, "comment-actions")
        likes = _LIKES.search(plain(actions))
        date = next((stamp for stamp in stamps if parse_date(stamp)), None)
        drop(meta)
        for node in (*anchors, *([actions] if actions is not None else [])):
            drop(node)
        # A deleted comment bears no name: what stands in its place says that it was deleted.
        link = str(dated[0].get("href")) if dated else None
        _mark(box, found[1], plain(named), date, link, likes[1] if likes else "")


def _metafilter(root: Element) -> None:
    """MetaFilter: ``posted by NAME at TIME on DATE`` ends each comment, whose link has its number."""
    for box in [node for node in root.iter("div") if "comments" in classes(node)]:
        said = [child for child in box if "smallcopy" in classes(child)]
        signed = _SIGNED.match(plain(said[-1])) if said else None
        if signed is None:
            continue
        links = [str(link.get("href") or "") for link in said[-1].iter("a")]
        number = next((match[1] for link in links if (match := _FRAGMENT.search(link))), "")
        moment = _MOMENT.search(plain(said[-1]))
        drop(said[-1])
        _enclose(box)
        date = f"{moment['date']} {moment['time']}" if moment else None
        _mark(box, number or str(box.sourceline), signed["name"], date, f"#{number}" if number else None)


def _blogger(root: Element) -> None:
    """Blogger: threads as lists, numbers such as ``c8700``."""
    for toggle in [node for node in root.iter("span") if "thread-toggle" in classes(node)]:
        drop(toggle)
    for box in [node for node in root.iter("li") if "comment" in classes(node)]:
        number = _BLOGGER.fullmatch(str(box.get("id")))
        if number is None:
            continue
        own = _first(box, "comment-block")
        name, stamp = _first(own, "user"), _first(own, "datetime")
        for part in (_first(own, "comment-actions"), name, stamp):
            if part is not None:
                drop(part)
        _mark(box, number[1], plain(name), plain(stamp), f"#c{number[1]}")


def _old_blogger(root: Element) -> None:
    """Blogger before 2012: a list of terms, of which three in a row are one comment."""
    from lxml import etree

    for term in [node for node in root.iter("dt") if _BLOGGER.fullmatch(str(node.get("id")))]:
        parts: list[Element] = []
        node = term.getnext()
        while node is not None and tag_of(node) == "dd":
            parts.append(node)
            node = node.getnext()
        body = next((part for part in parts if "comment-body" in classes(part)), None)
        if body is None:
            continue
        footer = next((part for part in parts if part is not body), None)
        date = _WORDED_DATE.search(plain(footer))
        box = etree.Element("div")
        term.addprevious(box)
        own = str(term.get("id"))
        _mark(box, own[1:], _SAID.sub("", plain(term)), date[0] if date else None, f"#{own}")
        body.tag = "div"
        box.append(body)
        for part in (term, *(part for part in parts if part is not body)):
            drop(part)


def _typepad(root: Element) -> None:
    """TypePad and Movable Type: ``Posted by: NAME | DATE`` in a line of its own below the comment."""
    for foot in [node for node in root.iter("p", "span", "div") if _FEET.intersection(classes(node))]:
        signed, box = _SIGNED.fullmatch(plain(foot)), foot.getparent()
        if signed is None or box is None or not {"comment", "comments-body"}.intersection(classes(box)):
            continue
        links = [str(link.get("href") or "") for link in foot.iter("a")]
        number = next((match[1] for link in links if (match := _FRAGMENT.search(link))), "")
        date = _WORDED_DATE.search(signed["rest"])
        drop(foot)
        if not any("comment-content" in classes(child) for child in box):
            _enclose(box)
        own = str(box.get("id") or "").removeprefix("comment-")
        _mark(box, number or own or str(box.sourceline), signed["name"], date[0] if date else None)


def _lobsters(root: Element) -> None:
    """Lobsters: a subtree is a list item around the comment and the list of its answers."""
    for item in [node for node in root.iter("li") if "comments_subtree" in classes(node)]:
        box = next((node for node in item if "comment" in classes(node)), None)
        byline = _first(box, "byline")
        if box is None or byline is None:
            continue
        number = str(box.get("data-shortid") or str(box.get("id") or "").removeprefix("c_"))
        stamp = next(
            (str(node.get("datetime") or node.get("title") or "") for node in byline.iter("time")), ""
        )
        name = next((plain(link) for link in byline.iter("a") if plain(link)), "")
        score = _first(box, "upvoter")
        drop(byline)
        box.attrib.pop("id", None)
        _mark(item, number, name, stamp, f"#c_{number}", plain(score))


def _enclose(box: Element) -> None:
    """Puts all that an element holds into one body."""
    from lxml import etree

    body = etree.Element("div")
    body.set("class", "comment-body")
    body.text, box.text = box.text, None
    body.extend(list(box))
    box.append(body)


def _first(element: Element | None, name: str) -> Element | None:
    inner = element.iter() if element is not None else ()
    return next((node for node in inner if isinstance(node.tag, str) and name in classes(node)), None)


BUILDS: tuple[tuple[str, frozenset[str], Callable[[Element], None]], ...] = (
    ("Substack", frozenset(["comment-anchor"]), _substack),
    ("MetaFilter", frozenset(["smallcopy"]), _metafilter),
    ("Blogger", frozenset(["comment-block"]), _blogger),
    ("Blogger before 2012", frozenset(["comment-footer", "comment-body"]), _old_blogger),
    ("TypePad", _FEET, _typepad),
    ("Lobsters", frozenset(["comments_subtree"]), _lobsters),
)
"""The builds known by name: the classes of which a page of each has one, and what puts it right."""
