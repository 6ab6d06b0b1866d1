"""A head written as a list: the ``- Start Date: 2014-12-21`` lines that proposals and minutes open with."""

from __future__ import annotations

import re

from essaysearch.readers.front_matter import FrontMatter

_LIST = re.compile(
    r"\s*(?:[-*+] {1,3}\**[A-Z][\w /#-]{1,40}\**:[^\n]*\n(?:(?: {2,}|\t)\S[^\n]*\n)*){2,}(?=\s*(?:\n|#|\Z))"
)
_ITEM = re.compile(
    r"^[-*+] {1,3}\**(?P<key>[A-Z][\w /#-]{1,40}?)\**:\**[ \t]*(?P<value>[^\n]*)", re.MULTILINE
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")
_MEANT = {
    "feature name": "title", "proposal": "title", "title": "title", "name": "title", "start date": "date",
    "date": "date", "created": "date", "author": "authors", "authors": "authors", "by": "authors",
}  # fmt: skip
_TELLING = frozenset(("title", "date", "authors"))


def fact_list(text: str) -> FrontMatter:
    """The facts a text opens with; empty, ending at 0, unless they name a title, a date or authors."""
    match = _LIST.match(text)
    facts: dict[str, str] = {}
    if match:
        for item in _ITEM.finditer(match.group()):
            key = item["key"].strip().lower()
            value = _LINK.sub(r"\1", item["value"]).replace("`", "").strip()
            if value:
                facts.setdefault(_MEANT.get(key, key), value)
    return FrontMatter(dict(facts), match.end()) if match and _TELLING & facts.keys() else FrontMatter({}, 0)
