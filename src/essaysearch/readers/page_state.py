"""What a forum page carries besides what it shows: the data its scripts start from.

ForumMagnum pages hold the posts and comments they show as JSON-LD and as the state of their
GraphQL client. It completes what the page cuts short, folds away, or dates only as "4y".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from essaysearch.readers.html_tree import Element
from essaysearch.readers.json_text import parse

_STATE = re.compile(r"(?:__APOLLO(?:_FOREIGN)?_STATE__\s*=\s*|ApolloSSRDataTransport[^{]{0,80}push\()(?=\{)")
_BODIES = ("html", "htmlBody")


@dataclass(frozen=True, slots=True)
class Told:
    """Records of comments and posts by their ids, and the texts of comments by the second they date from."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def text_of(self, id: str | None, date: str | None) -> str | None:
        """The markup of a comment's whole text; None where the page does not carry it."""
        record = self.records.get(id or "", {})
        for holder in (record.get("contents"), record):
            if isinstance(holder, dict):
                for name in _BODIES:
                    if isinstance(holder.get(name), str) and holder[name].strip():
                        return str(holder[name])
        return self.texts.get((date or "")[:19])


def told_by(root: Element, works: tuple[dict[str, Any], ...]) -> Told:
    """The data in a page's scripts. ``works`` are those that its JSON-LD describes."""
    told = Told()
    for item in _comments(works):
        date, text = item.get("datePublished"), item.get("text")
        if isinstance(date, str) and isinstance(text, str) and text.strip():
            told.texts[date[:19]] = text
    for script in root.iter("script"):
        text = script.text or ""
        if "postedAt" not in text:
            continue
        for start in _STATE.finditer(text):
            state = parse(text, start.end())[0]
            if isinstance(state, dict):
                _gather(state, told.records)
    return told


def _comments(works: tuple[dict[str, Any], ...]) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = list(works)
    while waiting:
        below = waiting.pop().get("comment")
        for item in below if isinstance(below, list) else [below]:
            if isinstance(item, dict):
                yield item
                waiting.append(item)


def _gather(state: dict[str, Any], records: dict[str, dict[str, Any]]) -> None:
    """Every record with an id, its references to other records followed once."""
    waiting: list[Any] = [state]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(value for value in item.values() if isinstance(value, dict | list))
            name = item.get("_id")
            if isinstance(name, str) and ("postedAt" in item or "displayName" in item):
                known = records.setdefault(name, {})
                known.update(
                    {key: _followed(value, state) for key, value in item.items() if value is not None}
                )


def _followed(value: Any, state: dict[str, Any]) -> Any:
    """The record a reference of the client's cache points to (both of its ways to write one)."""
    if isinstance(value, dict):
        target = value.get("__ref") or (value.get("id") if value.get("type") == "id" else None)
        if isinstance(target, str) and isinstance(state.get(target), dict):
            return state[target]
    return value
