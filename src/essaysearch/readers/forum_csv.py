"""Tables (CSV) of forum posts or comments: one row a post, columns named as forums name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from essaysearch.model import Reading, Skipped
from essaysearch.readers.addresses import id_of_address
from essaysearch.readers.csv_rows import Row, header_of, rows
from essaysearch.readers.forum_records import EXCERPT, NOBODY, LeftOut, document_of
from essaysearch.readers.forums import address_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.tally import Tally
from essaysearch.text.ids import derived_document_id

_NAMES: dict[str, tuple[str, ...]] = {
    "_id": ("_id", "id", "comment_id", "commentid", "object_id", "objectid", "tweet_id"),
    "postId": ("postid", "post_id", "story_id", "thread_id", "parent_post_id"),
    "parentCommentId": (
        "parentcommentid", "parent_comment_id", "parentid", "parent_id", "parent", "reply_to",
    ),
    "title": ("title", "titles", "post_title", "headline", "question", "name", "subject"),
    "slug": ("slug",),
    "htmlBody": ("htmlbody", "html", "body_html", "html_body", "contents.html", "contents_html"),
    "text": ("body", "text", "content", "contents", "selftext", "comment", "message", "post", "comment_text",
        "contents.plaintext", "plaintext", "paper_text", "full_text", "article", "transcript", "review"),
    "markdown": ("contents.markdown", "contents_markdown", "body_markdown", "markdown", "rich_text"),
    "summary": ("summary", "excerpt", "description", "snippet", "abstract", "summaries"),
    "pageUrl": ("pageurl", "url", "link", "permalink", "post_url", "page_url"),
    "author": ("author", "user", "username", "display_name", "displayname", "author_name", "by", "poster",
        "user.displayname", "user.username", "user.name", "authors"),
    "authorSlug": ("authorslug", "author_slug"),
    "karma": ("karma", "score", "basescore", "points", "upvotes", "likes", "claps"),
    "voteCount": ("votecount", "vote_count", "votes"),
    "commentCount": ("commentscount", "commentcount", "comment_count", "num_comments", "number_of_comments",
        "comms_num", "comments"),
    "postedAt": (
        "postedat", "posted_at", "date", "created_at", "createdat", "published", "time", "timestamp",
        "created", "published_at", "publication_date", "doc_last_edited",
    ),
    "wordCount": ("wordcount", "word_count", "words"),
    "af": ("af",),
    "tags": ("tags", "categories", "category", "topics"),
}  # fmt: skip
_TAG_BORDER = re.compile(r"\s*[;,|]\s*")
_TAG_NAME = re.compile(r"""["']name["']\s*:\s*["']([^"']+)["']""")
_LISTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")
_WHOLE = 0.9


def sniff(source: SourceFile) -> float:
    """Sure of a header with words and what forums add to them; unsure of a bare title and text."""
    if source.is_binary or source.head_text.lstrip()[:1] in ("{", "[", "<"):
        return 0.0
    names = {_folded(name).removeprefix("attribute:") for name in header_of(source.head_text)}
    if "posttypeid" in names or len(names) < 3:
        return 0.0
    known = {ours for ours, theirs in _NAMES.items() if names.intersection(theirs)}
    if (
        not known & {"text", "htmlBody", "markdown", "summary"}
        and not {"title", "pageUrl", "postedAt"} <= known
    ):
        return 0.0
    forum = {"pageUrl", "postedAt", "karma", "author", "_id", "postId", "voteCount", "slug"} & known
    if len(forum) >= 2:
        return 0.9 if len(forum) >= 4 else 0.6
    titled = "title" in known and known & {"text", "markdown", "summary"}
    return 0.3 if forum or titled else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """One document a row, as posts of the forum their address belongs to."""
    columns = _columns(header_of(source.head_text))
    tally = Tally(source)
    seen: set[str] = set()
    for row in rows(source):
        if isinstance(row, Skipped):
            yield row
            continue
        made = document_of(_record(row, columns))
        if isinstance(made, LeftOut):
            tally.add(made.one, made.many, made.why, f"line {row.line}")
            continue
        if "author" not in columns:
            made = replace(made, notes=tuple(note for note in made.notes if note != NOBODY))
        words = row.fields.get(columns.get("wordCount", ""), "")
        cut = "summary" in columns and not made.text.endswith(("...", "…"))
        if cut and words.isdigit() and len(made.text.split()) >= _WHOLE * int(words) > 0:
            facts = {key: value for key, value in made.metadata.items() if key != "excerpt"}
            made = replace(made, metadata=facts, notes=tuple(n for n in made.notes if n != EXCERPT))
        address = row.fields.get(columns.get("pageUrl", ""), "")
        if not address_of(address).site:
            # A forum not known here: its own address is the name.
            name = id_of_address(address) or derived_document_id(
                READER.name, "; ".join(made.authors), made.title or made.text[:80]
            )
            thread = made.id if made.kind == "comment" else None
            made = replace(
                made,
                id=name,
                thread=name if not thread else made.thread,
                source=_host(address),
                url=address or None,
            )
        if made.id in seen:
            tally.add(
                "row is", "rows are", "of a post that stands before; the first was kept", f"line {row.line}"
            )
            continue
        seen.add(made.id)
        yield replace(made, line=row.line)
    yield from tally.skipped()


def _folded(name: str) -> str:
    return name.lower().strip().replace(" ", "_")


def _columns(header: list[str]) -> dict[str, str]:
    """Our names of facts to the file's names of columns; of several that fit the surest."""
    lower = {_folded(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for ours, theirs in _NAMES.items():
        fits = next((lower[name] for name in theirs if name in lower), None)
        if fits is not None:
            found[ours] = fits
    return found


def _record(row: Row, columns: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {ours: row.fields.get(theirs, "") for ours, theirs in columns.items()}
    address = address_of(str(record.get("pageUrl") or ""))
    if not record.get("_id"):
        record["_id"] = address.comment or address.post or f"row-{row.line}"
    if tags := str(record.pop("tags", "") or ""):
        named = _TAG_NAME.findall(tags) or _TAG_BORDER.split(tags.strip("[]"))
        record["tags"] = [name for part in named if (name := part.strip(" \"'"))]
    if author := str(record.get("author") or ""):
        # A list as Python writes it: "['Ada King', 'Bea Moor']".
        named = [one or other for one, other in _LISTED.findall(author)] if author.startswith("[") else []
        record |= (
            {"author": named[0], "coauthors": [{"displayName": name} for name in named[1:]]} if named else {}
        )
    text = str(record.get("text") or "")
    if re.search(r"</(?:p|div|a|em|i|b|blockquote|li)>|<(?:p|br)\b", text):
        record["htmlBody"] = record.pop("text")
    return record


def _host(address: str) -> str | None:
    name = id_of_address(address)
    return name.split("/")[0] if name else None


READER = Reader("forum-csv", "a table (CSV) of forum posts or comments", (".csv", ".tsv"), sniff, read)
