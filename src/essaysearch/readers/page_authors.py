"""Who wrote a saved page, by what it declares in JSON-LD, ``meta`` and ``rel=author``; what is a name there.

A wrong author is worse than none: accounts, addresses and the name of the site itself are not
taken for the person who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_tree import Element, brief
from essaysearch.readers.names import authors_of

_METAS = (
    "citation_author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "byl", "twitter:data1",
)  # fmt: skip
_ALL_POSTS = re.compile(
    r"(?:(?:view|show|see) all (?:posts|articles) (?:by|of|from)|(?:zeige )?alle (?:beiträge|artikel) von"
    r"|(?:voir )?tous les articles de|ver todas las entradas de)\s+",
    re.I,
)
_BEFORE = re.compile(
    r"(?:(?:post )?author:?\s+by:?|(?:(?:written|posted|published|text|words|story)\s*)?\bby:?"
    r"|(?:post )?author:?|(?:ein beitrag|veröffentlicht|geschrieben|verfasst|erstellt|text)\s+von"
    r"|autor(?:in)?:|auteure?:|autora?:|écrit par)\s+",
    re.I,
)
# "Von" and its like may also be the first word of a name: of "Von Neumann", not of "Von Ada Anders".
_FROM = re.compile(r"(?:[Vv]o[nm]|[Pp]ar|[Pp]or|[Dd]i)\s+(?=\S+\s+\S)|(?:vo[nm]|par|por)\s+")
_MAIL = re.compile(r"\s*[<(]?\S+@\S+\.\w+[>)]?\s*$|\s+@\w+$")
_NO_NAME = re.compile(
    r"(?:fotos?|photos?|bild(?:er)?|copyright|source|quelle)\b|©|\(c\)"
    r"|(?:view|afficher|ver|mein|ver todo)\s+(?:my|mon|mi|profil)\b|(?:by|von)$|(?:von )?redaktion$",
    re.I,
)
_WEB = re.compile(
    r"://|\bwww\.|^@|^(?:facebook|twitter|x|instagram|linkedin|youtube)\.com/|[(\[]at[)\]]", re.I
)
_NOBODY = frozenset(
    """admin administrator administrador webmaster editor redaktion redakteur redaction rédaction redacción
    redazione redação staff author autor user guest gast publisher anonymous anónimo anonyme anonym unknown
    unbekannt none null undefined wordpressadmin wpadmin root site-admin siteadmin super-user superuser
    no-author site-administrator""".split()
)
_AGED = re.compile(r"•\s*\d+\s?(?:min|mo|[smhdwy])\b")
_LONGEST = 120
_HOST = "@"
_WORDS = re.compile(r"[^\W_]+")


def name_said(text: str) -> str:
    """The name in what stands at an author's place; empty where it is none.

    "By", "Von" and the like, "View all posts by", an e-mail address behind it and marks around it
    go. An address of the web, an account that is no person's (``admin``), what holds no letter, and
    a name with its age beside it (``Ada • 8h``, as lists of other pages have it) are no name.

    >>> [name_said(text) for text in ("Von Ada Anders,", "View all posts by Ada", "admin", "Von Neumann")]
    ['Ada Anders', 'Ada', '', 'Von Neumann']
    """
    text = " ".join(text.replace("\xad", "").split()).strip("|·•–—- ,;:")
    for before in (_ALL_POSTS, _BEFORE, _FROM):
        if match := before.match(text):
            text = text[match.end() :]
    text = _MAIL.sub("", text).strip("|·•–—- ,;:")
    account = "-".join(text.casefold().split())
    nobody = (
        account in _NOBODY
        or _WEB.search(text)
        or _NO_NAME.match(text)
        or "@" in text
        or _AGED.search(text)
        or len(text) > _LONGEST
    )
    return "" if nobody or not any(letter.isalpha() for letter in text) else text


def folded(name: str) -> str:
    """A name by its letters and digits alone, in lower case: "Die Zeit" and "die-zeit" are one."""
    return "".join(_WORDS.findall(name.casefold()))


def site_names(
    heads: Mapping[str, list[str]], nodes: Mapping[str, dict[str, Any]], url: str | None
) -> set[str]:
    """What the site calls itself, folded: its declared name, JSON-LD's organisations, its host (marked)."""
    host = (urlsplit_safely(url or "").hostname or "").removeprefix("www.")
    said = [*heads.get("og:site_name", []), *heads.get("application-name", [])]
    for node in nodes.values():
        if "organization" in str(node.get("@type")).lower() or node.get("@type") == "WebSite":
            said.append(str(node.get("name") or ""))
    hosts = {_HOST + folded(name) for name in (host, host.rpartition(".")[0]) if name}
    return {folded(name) for name in said if folded(name)} | hosts


def author_lists(
    root: Element,
    heads: Mapping[str, list[str]],
    works: tuple[dict[str, Any], ...],
    nodes: Mapping[str, dict[str, Any]],
    url: str | None,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where authors are declared and who they are there, the surest place first.

    ``nodes`` are the things of JSON-LD by their ``@id``, by which an author may be named.
    """
    sites = site_names(heads, nodes, url)
    for work in works:
        said = work.get("author") or work.get("creator") or ""
        publisher = work.get("publisher")
        company = isinstance(publisher, dict) and "Person" not in str(publisher.get("@type"))
        own = {folded(name) for name in authors_of(publisher)[0]} if company else set()
        people = authors_of(
            [_node(part, nodes) for part in said] if isinstance(said, list) else _node(said, nodes)
        )[0]
        yield "JSON-LD", _without(_said(people), sites | own)
    for name in _METAS:
        values = heads.get(name, [])
        if name == "citation_author":
            values = [_in_order(value) for value in values]
        if name == "twitter:data1" and not _is_writer(" ".join(heads.get("twitter:label1", []))):
            continue
        yield f"meta {name}", _without(_people(values), sites)
    for node in root.iter("a", "span", "div", "p", "address", "li"):
        marks = str(node.get("rel") or "").split() + str(node.get("itemprop") or "").split()
        if "author" in marks:
            inner = next((n for n in node.iter() if n.get("itemprop") == "name"), node)
            yield "markup author", _people([brief(inner) or str(inner.get("content") or "")])


def _node(value: Any, nodes: Mapping[str, dict[str, Any]]) -> Any:
    """The thing that JSON-LD names by its ``@id`` alone."""
    if isinstance(value, dict) and "name" not in value:
        return nodes.get(str(value.get("@id")), value)
    return value


def _is_writer(label: str) -> bool:
    return bool(
        re.search(r"written by|verfasst von|geschrieben von|écrit par|escrito por|scritto da", label, re.I)
    )


def _said(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for name in names if (said := name_said(name))))


def _without(names: tuple[str, ...], sites: set[str]) -> tuple[str, ...]:
    """The names that are none of the site's; Ada Anders may own adaanders.example, and be its author."""
    hosts = {name for name in sites if name.startswith(_HOST)}
    return tuple(
        name
        for name in names
        if folded(name) not in sites and (" " in name or _HOST + folded(name) not in hosts)
    )


def _people(values: list[str]) -> tuple[str, ...]:
    """The names in the values of one place; where there is but one value it may be a list of them."""
    if len(values) != 1:
        return _said(tuple(values))
    return _said(authors_of(name_said(values[0]))[0])


def _in_order(name: str) -> str:
    """``Doe, Jane`` as ``Jane Doe``."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else name
