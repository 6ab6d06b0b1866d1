"""An address of the web to a document's id, the same from whichever reader meets it.

A saved page, a feed's entry and a bibliography that name one address become one document.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode

from essaysearch.readers.forums import address_of, site_of, urlsplit_safely

_ARXIV = re.compile(
    r"/(?:abs|pdf|html|e-print|format|list)/((?:[a-z-]+(?:\.[A-Z]{2})?/\d{7})|\d{4}\.\d{4,5})(v\d+)?", re.I
)
_ARXIV_ID = re.compile(r"(?:arxiv:)?((?:[a-z-]+(?:\.[A-Z]{2})?/\d{7})|\d{4}\.\d{4,5})(v\d+)?", re.I)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$|/+$", re.I)
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_[ce]id|ref|referrer|source|share|amp|_ga|igshid", re.I)


def id_of_address(url: str) -> str | None:
    """The id of the document at an address; None for what is no address of the web.

    Forums give ``lesswrong:ID``, arXiv ``arxiv:2401.05566`` (without the version), other sites
    host and path: ``example.org/essays/doubt``, without ``www.``, protocol, trackers and fragment.

    >>> id_of_address("https://arxiv.org/abs/2401.05566v3")
    'arxiv:2401.05566'
    """
    parts = urlsplit_safely(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    if parts.scheme not in ("http", "https") or not host:
        return None
    if site := site_of(url):
        named = address_of(url)
        if inner := named.comment or named.post:
            return f"{site.prefix}:{inner}"
    if host.endswith("arxiv.org") and (match := _ARXIV.search(parts.path)):
        return f"arxiv:{match[1]}"
    path = _INDEX.sub("", unquote(parts.path))
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])])
    return f"{host}{path}" + (f"?{query}" if query else "")


def arxiv_id(text: str) -> tuple[str, str] | None:
    """An arXiv number and its version (``"v2"`` or empty) from ``arXiv:2401.05566v2`` or an address."""
    match = _ARXIV_ID.fullmatch(text.strip()) or _ARXIV.search(text)
    return (match[1], match[2] or "") if match else None
