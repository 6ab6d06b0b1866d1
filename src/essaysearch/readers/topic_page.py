"""Saved pages of StackExchange questions and of Discourse topics: a document for each post and comment.

The ids are those of the sites' interfaces and dumps (`stackexchange`, `stackexchange_api`, `discourse`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import from_epoch, parse_date
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_text import to_blocks
from essaysearch.readers.html_tree import Element, classes, drop, parse_html, plain
from essaysearch.readers.page_facts import PageFacts, page_facts
from essaysearch.readers.page_sniff import is_page, opening
from essaysearch.readers.posts import number, post
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally

_QUESTION = re.compile(r"\bdata-questionid\s*=")
_TOPIC = re.compile(r"""\bclass\s*=\s*["'][^"'>]*\bcrawler-post\b|\bdata-post-id\s*=\s*["']?\d""")
_DISCOURSE = re.compile(r"content\s*=\s*[\"']?Discourse\b|\bcrawler-post\b|\btopic-post\b")
_TOPIC_PATH = re.compile(r"/t/([^/?#]+)/(\d+)")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}Z?")
_Made = Iterator[tuple[str, Document | None]]
_DIGITS = re.compile(r"-?\d+")


def sniff(source: SourceFile) -> float:
    """Sure by the numbers that a question's or a topic's posts bear in the page."""
    if not is_page(source):
        return 0.0
    page = opening(source)
    topic = _TOPIC.search(page) and _DISCOURSE.search(page)
    return 0.95 if topic or (_QUESTION.search(page) and "answer" in page) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The question or first post, then what answers it, in the order of the page."""
    root = parse_html(source.text())
    facts = page_facts(root)
    tally = Tally(source)
    question = _with_attribute(root, "data-questionid")
    made = _stackexchange(root, facts, question) if question is not None else _discourse(root, facts)
    found = 0
    for place, document in made:
        found += 1
        if document is None:
            tally.add("post has", "posts have", "no text on the page", place)
        else:
            yield document
    yield from tally.skipped()
    if not found:
        yield Skipped(source.path, "The page holds no posts of its topic.")


def _stackexchange(root: Element, facts: PageFacts, question: Element) -> _Made:
    host = (urlsplit_safely(facts.url or "").hostname or "").removeprefix("www.")
    prefix = f"se:{host or 'page'}/"
    thread = prefix + str(question.get("data-questionid"))
    title = plain(_first(root, "question-hyperlink")) or facts.title or ""
    shown: list[tuple[Element, str, str | None]] = [(question, thread, None)]
    answers = [node for node in root.iter("div") if node.get("data-answerid")]
    shown += [(node, prefix + str(node.get("data-answerid")), thread) for node in answers]
    for node, identity, above in shown:
        remarks = [part for part in node.iter("li", "tr") if "comment" in classes(part)]
        for remark in remarks:
            drop(remark)
        body = _first(node, "js-post-body", "post-text")
        score = _first(node, "js-vote-count", "vote-count-post")
        own = identity.rpartition("/")[2]
        asked = above is None
        yield own, _made(
            node, identity, above, thread, body,
            title=title if asked else "", author=_signed(node), date=_stamp(node, "user-action-time"),
            karma=number(str(score.get("data-value") or plain(score))) if score is not None else None,
            url=f"https://{host}/{'questions' if asked else 'a'}/{own}" if host else None, source=host,
            categories=tuple(dict.fromkeys(plain(tag) for tag in _all(node, "post-tag"))),
            metadata={"type": "question" if asked else "answer"},
        )  # fmt: skip
        for remark in remarks:
            number_of = _DIGITS.search(str(remark.get("data-comment-id") or remark.get("id") or ""))
            name = number_of[0].lstrip("-") if number_of else ""
            votes = _first(remark, "comment-score")
            yield f"comment {name}", _made(
                remark, f"{prefix}comment-{name}", identity, thread, _first(remark, "comment-copy"),
                author=plain(_first(remark, "comment-user")), date=_stamp(remark, "comment-date"),
                karma=number(plain(votes) or "0") if votes is not None else None,
                url=f"https://{host}/posts/comments/{name}" if host and name else None, source=host,
                metadata={"type": "comment"},
            )  # fmt: skip


def _discourse(root: Element, facts: PageFacts) -> _Made:
    parts = urlsplit_safely(facts.url or "")
    named = _TOPIC_PATH.search(parts.path)
    address = f"https://{parts.hostname}/t/{named[1]}/{named[2]}" if named and parts.hostname else ""
    entries = [node for node in root.iter("article", "div") if _is_entry(node)]
    topic = named[2] if named else next((str(node.get("data-topic-id") or "") for node in entries), "")
    whole = id_of_address(address) or f"discourse:{topic}"
    title = plain(_first(root, "fancy-title")) or plain(next(root.iter("h1"), None)) or facts.title or ""
    for node in entries:
        at = str(node.get("id")).removeprefix("post_")
        first = at == "1"
        body = _first(node, "cooked") if node.get("data-post-id") else _first(node, "post")
        likes = _DIGITS.search(plain(_first(node, "post-likes", "like-count")))
        yield f"post {at}", _made(
            node, whole if first else f"{whole}/{at}", None if first else whole, whole, body,
            title=title if first else "", author=_writer(node), date=_moment(node),
            karma=float(likes[0]) if likes else None,
            url=address + ("" if first else f"/{at}") if address else None,
            source=parts.hostname or "discourse",
            metadata={"thread_title": "" if first else title},
        )  # fmt: skip


def _made(
    node: Element, identity: str, above: str | None, thread: str, body: Element | None,
    *, author: str, url: str | None, source: str, **more: Any,
) -> Document | None:  # fmt: skip
    text = to_blocks(body) if body is not None else ("", ())
    return post(
        identity, "post" if above is None else "comment", text, authors=(author,) if author else (),
        notes=() if author else ("its author is not named",), url=url, source=source or None,
        thread=thread, parent=above, line=node.sourceline or 0, **more,
    )  # fmt: skip


def _is_entry(node: Element) -> bool:
    named = str(node.get("id") or "").startswith("post_")
    return named and (bool(node.get("data-post-id")) or "crawler-post" in classes(node))


def _signed(node: Element) -> str:
    """Who wrote a post: of its signatures (asked, edited) the one marked as the author's, else the last."""
    signatures = _all(node, "user-details")
    owner = next((one for one in signatures if one.get("itemprop") == "author"), None)
    owner = owner if owner is not None else signatures[-1] if signatures else None
    links = owner.iter("a") if owner is not None else iter(())
    return next((plain(link) for link in links if "/users/" in str(link.get("href"))), "")


def _stamp(node: Element, name: str) -> str | None:
    """The instant in the titles within such elements; of several the last, as edits stand first."""
    found = [
        instant[0]
        for place in _all(node, name)
        for part in place.iter("span", "time", "a")
        if (instant := _INSTANT.match(str(part.get("title") or part.get("datetime") or "")))
    ]
    return parse_date(found[-1]) if found else None


def _writer(node: Element) -> str:
    """The name that Discourse shows first: the whole name where the forum shows names."""
    names = _first(node, "names", "creator")
    named = list(names.iter("a", "span")) if names is not None else []
    card = next(
        (part for part in named if part.get("data-user-card") or part.get("itemprop") == "name"), None
    )
    return plain(card)


def _moment(node: Element) -> str | None:
    for part in node.iter("time", "span"):
        date = parse_date(str(part.get("datetime") or "")) or from_epoch(
            str(part.get("data-time") or 0), "ms"
        )
        if date:
            return date
    return None


def _with_attribute(root: Element, name: str) -> Element | None:
    return next((node for node in root.iter() if isinstance(node.tag, str) and node.get(name)), None)


def _all(node: Element, *names: str) -> list[Element]:
    return [
        part for part in node.iter() if isinstance(part.tag, str) and not set(names).isdisjoint(classes(part))
    ]


def _first(node: Element, *names: str) -> Element | None:
    return next(iter(_all(node, *names)), None)


READER = Reader(
    "topic-page",
    "saved pages of StackExchange questions and Discourse topics",
    (".html", ".htm"),
    sniff,
    read,
)
