"""An address of the web to a document's id, the same from whichever reader meets it.

A saved page, a feed's entry and a bibliography that name one address become one document.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode

from essaysearch.readers.arxiv_ids import arxiv_id
from essaysearch.readers.forums import address_of, post_id, site_of, urlsplit_safely

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
        if named.comment:
            return f"{site.prefix}:{named.comment}"
        if named.post:
            return post_id(site, named.post)
    if host.endswith("arxiv.org") and (number := arxiv_id(parts.path.removesuffix(".pdf"))):
        return number.document_id
    path = _INDEX.sub("", unquote(parts.path))
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])])
    return f"{host}{path}" + (f"?{query}" if query else "")
