"""Topics of Discourse forums kept as JSON: a topic's address with ``.json``, some of its posts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from essaysearch.model import Block, Document, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.json_text import Look, inner, objects, values
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.posts import count, post, string
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_POST = re.compile(r'"post_number"\s*:\s*\d')
_BODY = re.compile(r'"(?:cooked|raw)"\s*:\s*"')
_LIST = re.compile(r'"topic_list"\s*:\s*\{')
_HOST = re.compile(r"/user_avatar/([\w.-]+\.\w+)/")
_LIKES = 2
_ACTIONS = {
    2: "what a moderator did, not a post",
    3: "what happened to the topic, not a post",
    4: "a whisper among the staff",
}
"""What entries are that are no posts, by their type."""


@dataclass
class _Topic:
    """What is known of a topic while its posts are read."""

    address: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    missing: int = 0
    names: dict[str, str] = field(default_factory=dict)


def sniff(source: SourceFile) -> float:
    """Sure of a post's number beside its body, and of a list of topics."""
    head = source.head_text
    if source.is_binary or not head.lstrip("\ufeff \n\t").startswith(("{", "[")):
        return 0.0
    if _POST.search(head) and _BODY.search(head) and ('"topic_id"' in head or '"post_stream"' in head):
        return 0.96
    return 0.9 if _LIST.search(head) and '"posts_count"' in head else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a post; the first of a topic is its root, and bears its title."""
    tally = Tally(source)
    seen: set[str] = set()
    for value, line, problem in values(source):
        if problem:
            said = f"The JSON is damaged ({problem}); what is whole was read."
            yield Skipped(source.path, said, f"line {line}")
        posts = list(objects(value, _look))
        topics = _topics(value, posts)
        if not posts and isinstance(value, dict) and isinstance(value.get("topic_list"), dict):
            said = (
                "The JSON lists topics and holds none of their posts; save each topic's address with `.json`."
            )
            yield Skipped(source.path, said, f"line {line}")
            return
        for item in posts:
            topic = topics[string(item.get("topic_id"))]
            place = f"post {item['post_number']} of topic {item.get('topic_id')}"
            if action := _ACTIONS.get(count(item.get("post_type")) or 1):
                tally.add("entry is", "entries are", action, place)
                continue
            if item.get("user_deleted") is True or item.get("deleted_at"):
                tally.add("post was", "posts were", "deleted", place)
                continue
            document = _document(item, topic)
            if document is None:
                tally.add("post has", "posts have", "no text", place)
            elif document.id in seen:
                tally.add("post stands", "posts stand", "in the file twice; the first was kept", document.id)
            else:
                seen.add(document.id)
                yield replace(document, line=line)
    yield from tally.skipped()
    if not seen and not tally.counts:
        yield Skipped(source.path, "The JSON holds no posts of Discourse.")


def _look(item: dict[str, Any]) -> Look:
    if count(item.get("post_number")) is not None and ("cooked" in item or "raw" in item):
        return True, []
    return False, inner(item)


def _topics(value: Any, posts: list[dict[str, Any]]) -> dict[str, _Topic]:
    """The topics of these posts by number. Only the pictures of a topic's users say its forum's host."""
    hosts = Counter(_HOST.findall(" ".join(string(item.get("avatar_template")) for item in posts)))
    host = hosts.most_common(1)[0][0] if hosts else ""
    topics: dict[str, _Topic] = {}
    for item in posts:
        number = string(item.get("topic_id"))
        topic = topics.setdefault(number, _Topic(title=string(item.get("topic_title"))))
        slug = string(item.get("topic_slug")) or "-"
        topic.address = topic.address or (f"https://{host}/t/{slug}/{number}" if host else "")
        name = string(item.get("name")) or string(item.get("display_username"))
        topic.names[string(item.get("username"))] = name or string(item.get("username"))
    for whole in objects(value, lambda item: ("post_stream" in item, inner(item))):
        stream = whole["post_stream"].get("stream") if isinstance(whole["post_stream"], dict) else None
        if topic_known := topics.get(string(whole.get("id"))):
            topic_known.title = string(whole.get("title")) or topic_known.title
            tags = whole.get("tags")
            names = (
                [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
                if isinstance(tags, list)
                else []
            )
            topic_known.tags = tuple(name for name in names if isinstance(name, str) and name)
            held = {item.get("id") for item in posts}
            topic_known.missing = sum(one not in held for one in stream) if isinstance(stream, list) else 0
    return topics


def _document(item: dict[str, Any], topic: _Topic) -> Document | None:
    number, above = count(item["post_number"]) or 0, count(item.get("reply_to_post_number"))
    root = _identity(topic, item, 1)
    first = number == 1
    text, blocks = _body(item)
    blocks = tuple(
        replace(b, speaker=topic.names.get(b.speaker, b.speaker)) if b.speaker else b for b in blocks
    )
    author = topic.names.get(string(item.get("username")), "")
    date = parse_date(string(item.get("created_at")))
    edited = parse_date(string(item.get("updated_at")))
    notes = [*no_date(item.get("created_at"), date), *(() if author else ("its author is not named",))]
    if first and topic.missing:
        missing = topic.missing
        notes.append(
            f"{missing:,} more {'post' if missing == 1 else 'posts'} of the topic are not in the file"
        )
    if item.get("hidden") is True:
        notes.append("the forum's users hid this post")
    return post(
        _identity(topic, item, number),
        "post" if first else "comment",
        (text, blocks),
        title=topic.title if first and text else "",
        authors=(author,) if author else (),
        date=date,
        url=topic.address + ("" if first else f"/{number}") if topic.address else None,
        source=topic.address.split("/")[2] if topic.address else "discourse",
        karma=_likes(item),
        categories=topic.tags if first else (),
        thread=root,
        parent=None if first else _identity(topic, item, above) if above else root,
        notes=notes,
        metadata={
            "username": string(item.get("username")) if string(item.get("username")) != author else "",
            "thread_title": topic.title if not first else "",
            "edited": edited if edited != date else None,
            "accepted": item.get("accepted_answer") is True or None,
        },
    )


def _identity(topic: _Topic, item: dict[str, Any], number: int) -> str:
    """A post's id; that of the first is the topic's."""
    whole = id_of_address(topic.address) or f"discourse:{string(item.get('topic_id'))}"
    return whole if number == 1 else f"{whole}/{number}"


def _body(item: dict[str, Any]) -> tuple[str, tuple[Block, ...]]:
    """The HTML that the forum shows where it is given, else the Markdown that was written."""
    if html := string(item.get("cooked")):
        return html_to_blocks(html)
    laid = markdown_blocks(string(item.get("raw")))
    return laid.text, laid.blocks


def _likes(item: dict[str, Any]) -> float | None:
    """How many liked a post: the interface leaves the kinds of reaction that nobody gave out."""
    actions = item.get("actions_summary")
    if not isinstance(actions, list):
        return None
    given = [one.get("count") for one in actions if isinstance(one, dict) and one.get("id") == _LIKES]
    return float(count(given[0]) or 0) if given else 0.0


READER = Reader("discourse", "topics of Discourse forums in JSON", (".json",), sniff, read)
