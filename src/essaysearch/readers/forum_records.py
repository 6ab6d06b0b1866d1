"""Records of ForumMagnum's posts and comments (its GraphQL, its dumps, tables made from it) to documents.

Names differ between sources, so each fact is looked for under several.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from essaysearch.model import Block, Document
from essaysearch.readers.dates import from_epoch, no_date, parse_date
from essaysearch.readers.forums import LESSWRONG, Site, address_of, comment_url, post_url, site_of
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.markdown_text import markdown_blocks
from essaysearch.readers.names import authors_of
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.readers.typed_marks import with_typed_lists, with_typed_quotes

Record = Mapping[str, Any]

IDS = ("_id", "id", "commentId", "documentId")
POSTS = ("postId", "post_id")
PARENTS = ("parentCommentId", "parent_comment_id", "parentId", "parent_id", "parentComment", "parent")
DATES = ("postedAt", "posted_at", "createdAt", "created_at", "datePublished", "date", "published")
EDITS = ("lastEditedAt", "modifiedAt", "contentsLastEditedAt", "modified_at")
KARMAS = ("baseScore", "base_score", "karma", "score", "points")
VOTES = ("voteCount", "vote_count", "votes")
ADDRESSES = ("pageUrl", "pageUrlRelative", "page_url", "permalink")
HTML = ("html", "htmlBody", "html_body", "bodyHtml", "htmlHighlight")
MARKDOWN = ("markdown", "contents_markdown", "body_markdown", "md")
PLAIN = ("plaintext", "text", "body", "plaintextMainText", "plaintextDescription", "excerpt", "summary")
CUT = ("plaintextMainText", "plaintextDescription", "excerpt", "summary", "htmlHighlight")
"""The names under which each fact is found, the surest first. What stands under `CUT` is not whole."""


NOBODY = "The source names no author: the account is gone."
EXCERPT = "The source holds only the beginning of this."
"""The note of a document that is cut short; its metadata holds ``excerpt`` then."""


def is_comment(record: Record) -> bool:
    """Whether a record is a comment: it says so, or belongs to a post or a tag."""
    said = str(record.get("type") or record.get("__typename") or "").lower()
    if said in ("post", "comment"):
        return said == "comment"
    if "title" in record and "slug" in record and not _first(record, POSTS):
        return False
    return any(key in record for key in (*POSTS, "parentCommentId", "topLevelCommentId", "tagId"))


def is_record(value: Any) -> bool:
    """Whether a JSON value is a post or comment with words, rather than a reference to one."""
    if not isinstance(value, dict) or not isinstance(_first(value, IDS), str):
        return False
    if str(value.get("type") or "").lower() in ("post", "comment"):
        return True
    worded = any(key in value for key in ("contents", *HTML, *MARKDOWN, "body", "text"))
    placed = any(key in value for key in (*DATES, *KARMAS, *POSTS, "title"))
    return placed and (worded or bool(value.get("deleted")) or ("title" in value and "postedAt" in value))


class LeftOut(NamedTuple):
    """Why a record gives no document, as `Tally` counts it, and which record it is."""

    one: str
    many: str
    why: str
    place: str


def document_of(
    record: Record, site: Site | None = None, titles: Mapping[str, str] | None = None
) -> Document | LeftOut:
    """The document of a record, or why there is none.

    ``site`` is the forum where the record's own address does not tell it; ``titles`` are those of
    posts by their ids, for comments that do not name theirs.
    """
    own = str(_first(record, IDS))
    comment = is_comment(record)
    noun = "comment" if comment else "post"
    if _is_true(record.get("deleted")):
        return LeftOut(f"{noun} was", f"{noun}s were", "deleted", own)
    if _is_true(record.get("draft")):
        return LeftOut(f"{noun} is", f"{noun}s are", "not published", own)
    text, blocks, notes = _body(record)
    title = " ".join(_string(record.get("title")).split())
    titled = bool(title) and not comment
    if not text and titled:
        notes.append(TITLE_ONLY)
    if not text and not titled:
        return LeftOut(f"{noun} has", f"{noun}s have", "no text", own)
    address = _string(_first(record, ADDRESSES))
    found = site_of(address) or site or LESSWRONG
    authors, gone = _authors(record)
    if gone:
        notes.append(NOBODY)
    if _is_true(record.get("rejected")):
        notes.append("The forum's moderators rejected this.")
    facts = (
        _comment_facts(record, own, found, address, titles or {})
        if comment
        else _post_facts(record, own, found)
    )
    said = _first(record, DATES)
    date = from_epoch(said, "ms") if isinstance(said, int | float) else parse_date(_string(said))
    notes += no_date(said, date)
    return Document(
        id=f"{found.prefix}:{own}",
        kind="comment" if comment else "post",
        text=text,
        blocks=blocks,
        authors=authors,
        date=date,
        source=found.source,
        karma=_number(_first(record, KARMAS)),
        metadata=_metadata(record) | ({"excerpt": True} if EXCERPT in notes else {}),
        notes=tuple(notes),
        **facts,
    )


def _post_facts(record: Record, own: str, site: Site) -> dict[str, Any]:
    slug = _string(record.get("slug")) or None
    tags = record.get("tags")
    names = (
        [_string(tag.get("name") if isinstance(tag, dict) else tag) for tag in tags]
        if isinstance(tags, list)
        else []
    )
    return {
        "title": " ".join(_string(record.get("title")).split()) or None,
        "url": post_url(site, own, slug),
        "thread": f"{site.prefix}:{own}",
        "categories": tuple(dict.fromkeys(name for name in names if name)),
    }


def _comment_facts(
    record: Record, own: str, site: Site, address: str, titles: Mapping[str, str]
) -> dict[str, Any]:
    named = record.get("post")
    post: Record = named if isinstance(named, dict) else {}
    where = address_of(address or _string(_first(post, ADDRESSES)))
    about = _string(_first(record, POSTS)) or _string(_first(post, IDS)) or where.post
    slug = _string(post.get("slug")) or where.slug or None
    tag = record.get("tag")
    title = _string(post.get("title")) or _string(record.get("postTitle")) or titles.get(about or "", "")
    if not title and isinstance(tag, dict):
        title = _string(tag.get("name"))
    root = f"{site.prefix}:{about}" if about else None
    parent = _first(record, PARENTS)
    if isinstance(parent, dict):
        parent = _first(parent, IDS)
    return {
        "title": " ".join(title.split()) or None,
        "url": comment_url(site, about, own, slug) or (address if "://" in address else None),
        "thread": root,
        "parent": f"{site.prefix}:{parent}" if isinstance(parent, str) and parent else root,
    }


def _body(record: Record) -> tuple[str, tuple[Block, ...], list[str]]:
    """The words of a record, from the fullest form it holds."""
    contents = record.get("contents")
    holders = [holder for holder in (contents, record) if isinstance(holder, dict)]
    for names, kind in ((HTML, "html"), (MARKDOWN, "markdown"), (PLAIN, "text")):
        for holder in holders:
            for name in names:
                words = holder.get(name)
                if not isinstance(words, str) or not words.strip():
                    continue
                text, blocks = _converted(words, kind)
                if text:
                    return text, blocks, [EXCERPT] if name in CUT else []
    if isinstance(contents, str) and contents.strip():
        text, blocks = _converted(contents, "html" if "</" in contents else "text")
        return text, blocks, []
    return "", (), []


def _converted(words: str, kind: str) -> tuple[str, tuple[Block, ...]]:
    if kind == "markdown":
        made = markdown_blocks(words)
        return made.text, made.blocks
    if kind == "html":
        text, blocks = with_typed_quotes(*html_to_blocks(words))
        return text, with_typed_lists(text, blocks)
    text = words.replace("\r\n", "\n").replace("\0", " ").strip()
    return with_typed_quotes(text, blocks_of(text))


def _authors(record: Record) -> tuple[tuple[str, ...], bool]:
    """The names of the author and coauthors; and whether the source shows that there is none any more."""
    names: list[str] = []
    user = record.get("user")
    if isinstance(user, dict):
        names.append(_name(user))
    for key in ("author", "displayName", "username", "userName"):
        if not any(names) and isinstance(record.get(key), str | list | dict):
            names.extend(authors_of(record[key])[0])
    coauthors = record.get("coauthors")
    if isinstance(coauthors, list):
        names.extend(_name(each) for each in coauthors if isinstance(each, dict))
    known = tuple(dict.fromkeys(name for name in names if name and name.lower() not in ("[deleted]", "none")))
    return known, not known


def _name(user: Record) -> str:
    return _string(user.get("displayName")) or _string(user.get("username")) or _string(user.get("slug"))


def _metadata(record: Record) -> dict[str, Any]:
    """What else a record says that a reader may ask for."""
    score = record.get("extendedScore")
    score = score if isinstance(score, dict) else {}
    user = record.get("user")
    facts: dict[str, Any] = {
        "votes": _number(_first(record, VOTES)),
        "agreement": _number(score.get("agreement")),
        "reacts": _reacts(score.get("reacts")),
        "edited": parse_date(_string(_first(record, EDITS))),
        "comments": _number(_first(record, ("commentCount", "commentsCount", "descendentCount"))),
        "words": _number(_first(record, ("wordCount", "word_count"))),
        "link": _string(record.get("url")),
        "author_slug": _string(user.get("slug") if isinstance(user, dict) else record.get("authorSlug")),
        "top_comment": _string(record.get("topLevelCommentId")),
        "alignment_forum": _is_true(record.get("af")) or None,
        "answer": _is_true(record.get("answer")) or None,
        "curated": parse_date(_string(record.get("curatedDate"))),
    }
    return {key: value for key, value in facts.items() if value not in (None, "", {})}


def _reacts(reacts: Any) -> dict[str, int]:
    """How many people gave each reaction."""
    if not isinstance(reacts, dict):
        return {}
    return {str(name): len(given) for name, given in reacts.items() if isinstance(given, list) and given}


def _first(record: Record, names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)


def _string(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(str(value).replace("−", "-"))
    except ValueError:
        return None
    return number if number - number == 0 else None


def _is_true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
