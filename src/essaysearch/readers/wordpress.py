"""WordPress exports (WXR): posts and pages, and their comments as threads.

Pingbacks, trackbacks, comments that were never approved, and what is neither a post nor a page
(attachments, menus, revisions) are left out by count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essaysearch.model import Block, Document, Kind, Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.dates import no_date, parse_date
from essaysearch.readers.feed_text import as_line, is_markup
from essaysearch.readers.forums import urlsplit_safely
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.posts import post
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.readers.typed_marks import with_typed_lists, with_typed_quotes
from essaysearch.readers.xml_elements import Element, children, said
from essaysearch.readers.xml_opening import opening_tag, root_name
from essaysearch.readers.xml_text import Found, elements
from essaysearch.text.ids import derived_document_id

_MARK = re.compile(r"wordpress\.org/export/\d|<wp:wxr_version|<wp:post_type|<wp:comment>")
_KINDS: dict[str, Kind] = {"post": "post", "page": "page", "": "post"}
_FURNITURE = frozenset(
    "attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request wp_block"
    " wp_template wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face".split()
)
_UNPUBLISHED = ("auto-draft", "trash", "inherit")
_APPROVED = ("1", "approve", "approved", "")
_BLOCK = re.compile(r"<!--\s*(?P<ends>/?)wp:(?P<name>[\w/-]+).*?(?P<empty>/?)-->", re.S)
_BLOCK_MARK = re.compile(r"<!--\s*/?(?:wp:|more|nextpage).*?-->", re.S)
_SHORTCODE_PAIR = re.compile(
    r"(?<!\[)\[/?(?:caption|gallery|audio|video|playlist|embed|wp_caption)\b[^\]]*\](?!\])"
)
_SOURCE_CODE = re.compile(r"\[(sourcecode|code|source)\b[^\]]*\](.*?)\[/\1\]", re.S)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|ul|ol|li|dl|dt|dd|blockquote|table|thead|tbody|tfoot|tr|td|th|h[1-6]|pre|form|section|article"
    r"|figure|figcaption|hr|address|details|summary|aside|header|footer|nav|main|center)(?:\s[^<>]*)?/?>",
    re.I,
)
_PRESERVED = re.compile(
    r"(<pre\b.*?</pre>|<(?:script|style|textarea)\b.*?</(?:script|style|textarea)>)", re.S | re.I
)


def sniff(source: SourceFile) -> float:
    """Sure of RSS in WordPress's export namespace."""
    root = root_name(source)
    if root not in ("rss", "channel", "item"):
        return 0.0
    return 0.97 if _MARK.search(source.head_text) or "xmlns:wp=" in opening_tag(source) else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a post or page, then one for each of its comments."""
    tally = Tally(source)
    names: dict[str, str] = {}
    items = 0
    for found in elements(source, ("item", "author", "wp_author")):
        if isinstance(found, Skipped):
            yield found
        elif found.element.tag.rpartition("}")[2] in ("author", "wp_author"):
            login = said(found.element, "wp:author_login")
            names[login] = said(found.element, "wp:author_display_name") or login
        else:
            items += 1
            yield from _item(found, names, tally)
    yield from tally.skipped()
    if not items:
        yield Skipped(source.path, "The export holds no posts: it has no items.")


def _item(found: Found, names: dict[str, str], tally: Tally) -> Iterator[Document]:
    item = found.element
    kind, status = said(item, "wp:post_type"), said(item, "wp:status")
    number = said(item, "wp:post_id")
    link = said(item, "link") or said(item, "guid")
    base = id_of_address(link)
    identity = base or (
        f"wp:{number}" if number else derived_document_id(READER.name, "", said(item, "title"))
    )
    place = f"line {found.line}"
    if kind in _FURNITURE:
        tally.add("item is", "items are", f"no post but of type {kind}", place)
        return
    if status in _UNPUBLISHED:
        tally.add("post was", "posts were", f"never published ({status})", place)
        return
    document = _post(found, identity, names)
    if document is not None:
        yield document
    else:
        tally.add("post has", "posts have", "neither a text nor a title", place)
    title = document.title if document else None
    for comment in children(item, "wp:comment"):
        made = _comment(comment, identity, link, title, found, tally)
        if made is not None:
            yield made


def _post(found: Found, identity: str, names: dict[str, str]) -> Document | None:
    item = found.element
    kind, status = said(item, "wp:post_type"), said(item, "wp:status")
    author = said(item, "dc:creator")
    # Of a draft, WordPress makes the publication date from "0000-00-00": that is 30 November 1999.
    drafted = said(item, "wp:post_date_gmt").startswith("0000")
    date, notes = _date(item, "wp:post_date_gmt", *(() if drafted else ("pubDate",)), "wp:post_date")
    categories = (
        " ".join(said_text.split()) for c in children(item, "category") if (said_text := c.text or "")
    )
    link = said(item, "link") or said(item, "guid")
    return post(
        identity,
        _KINDS.get(kind, "page"),
        body_of(said(item, "content:encoded")),
        title=as_line(said(item, "title"), None),
        authors=(names.get(author, author),) if author else (),
        date=date,
        url=link if link.startswith("http") else None,
        source=urlsplit_safely(link).hostname,
        categories=tuple(dict.fromkeys(c for c in categories if c)),
        thread=identity,
        line=found.line,
        notes=(*found.notes, *notes),
        metadata={
            "status": status if status != "publish" else None,
            "type": kind if kind not in ("post", "page") else None,
            "password": bool(said(item, "wp:post_password")) or None,
            "updated": parse_date(said(item, "wp:post_modified_gmt")),
            "slug": said(item, "wp:post_name"),
        },
    )


def _comment(
    comment: Element, base: str, link: str, title: str | None, found: Found, tally: Tally
) -> Document | None:
    number = said(comment, "wp:comment_id")
    identity = f"{base}#comment-{number}" if number else ""
    kind = said(comment, "wp:comment_type").lower()
    approved = said(comment, "wp:comment_approved").lower()
    place = identity or f"line {found.line}"
    if kind in ("pingback", "trackback"):
        tally.add("comment is a", "comments are of the kind", f"{kind} and left out", place)
        return None
    if approved not in _APPROVED:
        why = {
            "0": "not approved",
            "spam": "marked as spam",
            "trash": "in the trash",
            "post-trashed": "in the trash",
        }
        tally.add("comment is", "comments are", why.get(approved, "not approved"), place)
        return None
    parent = said(comment, "wp:comment_parent")
    author = said(comment, "wp:comment_author")
    date, notes = _date(comment, "wp:comment_date_gmt", "wp:comment_date")
    body = comment_body(said(comment, "wp:comment_content"))
    made = post(
        identity or derived_document_id(READER.name, author, body[0][:80]),
        "comment",
        body,
        authors=(author,) if author else (),
        date=date,
        url=f"{link.partition('#')[0]}#comment-{number}" if link.startswith("http") and number else None,
        source=urlsplit_safely(link).hostname,
        thread=base,
        parent=f"{base}#comment-{parent}" if parent not in ("", "0") else base,
        line=found.line,
        notes=notes if author else (*notes, "its author is not named"),
        metadata={"thread_title": title},
    )
    if made is None:
        tally.add("comment holds", "comments hold", "no text", place)
    return made


def _date(element: Element, *keys: str) -> tuple[str | None, tuple[str, ...]]:
    """The first of these dates that is one: Greenwich time where the key says so."""
    given = ""
    for key in keys:
        text = said(element, key)
        date = parse_date(text)
        if date:
            return (f"{date}+00:00" if key.endswith("_gmt") and len(date) == 19 else date), ()
        given = given or text
    return None, no_date(given, None)


def body_of(content: str) -> tuple[str, tuple[Block, ...]]:
    """A post's content: HTML in which line ends are meant as such, but in what was written in blocks."""
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    text = _SOURCE_CODE.sub(lambda match: f"<pre>{match[2]}</pre>", text)
    text = _SHORTCODE_PAIR.sub("\n\n", text)
    pieces: list[str] = []
    at = depth = 0
    for mark in _BLOCK.finditer(text):
        pieces.append(text[at : mark.start()] if depth else _classic(text[at : mark.start()]))
        if mark["name"] != "freeform" and not mark["empty"]:
            depth = max(0, depth - 1) if mark["ends"] else depth + 1
        at = mark.end()
    pieces.append(text[at:] if depth else _classic(text[at:]))
    return html_to_blocks(_BLOCK_MARK.sub("\n\n", "\n\n".join(pieces)))


def comment_body(content: str) -> tuple[str, tuple[Block, ...]]:
    """A comment's content: a little HTML, line ends meant as such, quotes and lists typed by hand."""
    text = content.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not is_markup(text) and "&" not in text:
        text = text.replace("<", "&lt;")
    made, blocks = with_typed_quotes(*html_to_blocks(_with_breaks(text)))
    return made, with_typed_lists(made, blocks)


def _classic(text: str) -> str:
    """What stands in no block."""
    return _with_breaks(_BLOCK_MARK.sub("\n\n", text)) if text.strip() else ""


def _with_breaks(text: str) -> str:
    """The HTML that WordPress would show: an empty line parts paragraphs, a line end breaks the line."""
    parts = _PRESERVED.split(text)
    for number in range(0, len(parts), 2):
        part = re.sub(
            r"\n[ \t]*\n\s*", "<br><br>", parts[number].strip("\n") if len(parts) == 1 else parts[number]
        )
        part = re.sub(rf"(?:\n|<br>)*({_BLOCK_TAG.pattern})(?:\n|<br>)*", r"\1", part, flags=re.I)
        parts[number] = re.sub(r"(<br\s*/?>)\n", r"\1", part).replace("\n", "<br>")
    return "".join(parts)


READER = Reader("wordpress", "WordPress exports (WXR)", (".xml", ".wxr"), sniff, read)
