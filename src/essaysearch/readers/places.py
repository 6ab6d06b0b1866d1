"""Where the facts of a document stand in its file, format by format: what `inspect` says beside each.

A format that has one place for a fact names it in this table; where it has several, they are named in
the order in which they are looked into. A reader that looks through a page keeps what it found in
``metadata["origins"]``, which goes before the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from essaysearch.model import Document

FACTS = ("id", "title", "authors", "date", "url", "source", "categories", "karma", "thread", "parent")
"""The facts that have a place. (Kind, reader and line are what reading itself made of the file.)"""

PLACES: dict[str, dict[str, str]] = {
    "acl": {
        "id": "<url>, else collection id, volume id and <paper id>", "title": "<title>",
        "authors": "<author>, else <editor>", "date": "<year> and <month> of the paper or of <meta>",
        "url": "the id", "source": "the format",
    },
    "article-json": {
        "id": "the address, else author and title", "title": "title, name or headline",
        "authors": "authors, author, byline or creator, else the first lines",
        "date": "date_published, date, published or created_at, else the first lines",
        "url": "url, link, permalink or href", "source": "the address",
        "categories": "tags, categories or keywords", "karma": "karma, score, baseScore or points",
        "thread": "the address", "parent": "the address",
    },
    "arxiv": {
        "id": "<id>", "title": "<title>", "authors": "<author><name>", "date": "<published>", "url": "<id>",
        "source": "the format", "categories": "<arxiv:primary_category> and <category>",
    },
    "arxiv-bulk": {
        "id": "id", "title": "title", "authors": "authors_parsed, else authors",
        "date": "versions[0].created, else published or date", "url": "id", "source": "the format",
        "categories": "categories",
    },
    "arxiv-page": {
        "id": "the arXiv number on the page", "title": "the entry's title",
        "authors": "the entry's authors", "date": "the entry's dates",
        "url": "the arXiv number on the page", "source": "the page's kind",
        "categories": "the entry's subjects",
    },
    "author-page": {
        "id": "the page's author and the title", "title": "the line under the date",
        "authors": "the line of names under the title", "date": "the record's first line",
        "categories": "the record's first line",
    },
    "bibliography": {
        "id": "eprint, doi or url, else author and title", "title": "title = {…}, else booktitle = {…}",
        "authors": "author = {…}, else editor = {…}", "date": "date = {…}, else day, month and year = {…}",
        "url": "url = {…}, else doi or eprint", "categories": "keywords = {…}",
    },
    "bibliography endnote": {
        "id": "%U or %R, else author and title", "title": "%T", "authors": "%A, else %E",
        "date": "%8, else %D", "url": "%U, else %R", "categories": "%K",
    },
    "bibliography pubmed": {
        "id": "AID or LID, else PMID", "title": "TI", "authors": "FAU, else AU", "date": "DP",
        "url": "AID or LID", "categories": "OT or MH",
    },
    "bibliography ris": {
        "id": "UR or DO, else author and title", "title": "TI or T1, else CT or BT",
        "authors": "A1 and AU, else A2 or ED", "date": "DA, PY or Y1", "url": "UR, L2 or LK, else DO",
        "categories": "KW",
    },
    "bibliography web-of-science": {
        "id": "DI, else author and title", "title": "TI", "authors": "AF, else AU", "date": "PY or EY",
        "url": "DI", "categories": "DE",
    },
    "bibliography-json": {
        "id": "DOI or URL, else id or citationKey", "title": "title, else display_name",
        "authors": "author, authorships or creators, else editor",
        "date": "issued, else published, date or publication_date", "url": "URL, else DOI or id",
        "source": "source", "categories": "keyword, subject, categories or tags",
    },
    "bibliography-xml": {
        "id": "the DOI, else <PMID> or the address", "title": "<title>, <ArticleTitle> or <titleInfo>",
        "authors": "<author>, <Author> or <name>", "date": "<dates>, <PubDate> or <dateIssued>",
        "url": "<url>, else the DOI or <PMID>",
        "categories": "<keyword>, <Keyword> and <DescriptorName>, or <topic>",
    },
    "comment-page": {
        "id": "the first line", "authors": "the first line",
    },
    "comments-json": {
        "id": "the page's address and comments[].id",
        "authors": "comments[].author, name, username or user",
        "date": "comments[].created, date or timestamp", "url": "the page's url, link or id",
        "source": "the page's address", "karma": "comments[].likes, score or karma",
        "thread": "the page's url, link or id", "parent": "comments[].parent, else the page",
    },
    "discourse": {
        "id": "topic_id and post_number", "title": "title of the topic", "authors": "name, else username",
        "date": "created_at", "url": "topic_slug, topic_id and post_number; the host in avatar_template",
        "source": "the host in avatar_template", "categories": "tags of the topic",
        "karma": "actions_summary[].count", "thread": "topic_id",
        "parent": "reply_to_post_number, else the topic",
    },
    "disqus": {
        "id": "dsq:id of <post>", "post.id": "<link> of <thread>, else its dsq:id",
        "title": "<title> of <thread>", "authors": "<author><name>", "date": "<createdAt>",
        "url": "<link> of <thread> and dsq:id", "post.url": "<link> of <thread>",
        "source": "<link> of <thread>", "thread": "<thread dsq:id>",
        "parent": "<parent dsq:id>, else the thread",
    },
    "epub": {
        "id": "the page's address and the comment's number",
        "essay.id": "the book's identifier and the chapter's file", "title": "the post's heading",
        "essay.title": "the book's contents", "authors": "the name over the comment",
        "essay.authors": "the book's package", "post.authors": "the name under the title",
        "date": "the comment's date line", "post.date": "the date under the title",
        "url": "the heading's link and the comment's number", "essay.url": "the book's identifier",
        "post.url": "the heading's link", "source": "the heading's link",
        "essay.source": "the book's identifier", "categories": "the book's subjects",
        "karma": "the points over the comment", "thread": "the heading's link",
        "parent": "the link Parent Comment or the nesting, else the post",
    },
    "feed": {
        "id": "<link>, else <id> or <guid>", "title": "<title>",
        "authors": "<author> or <dc:creator>, else those of the feed", "date": "<pubDate> or <dc:date>",
        "message.date": "the time within <author>", "url": "<link>, else <guid>",
        "source": "<title> of the feed", "categories": "<category> or <dc:subject>",
        "thread": "<link> or <thr:in-reply-to>", "parent": "<thr:in-reply-to>, else the page of <link>",
    },
    "feed atom": {
        "authors": "<author><name>, else that of the feed", "date": "<published>", "url": "<link href>",
        "categories": "<category term>",
    },
    "feed json": {
        "id": "url, else id", "title": "title", "authors": "authors[].name, else those of the feed",
        "date": "date_published", "url": "url", "source": "title of the feed", "categories": "tags",
        "thread": "url", "parent": "url",
    },
    "forum-csv": {
        "id": "column _id, else of the address", "title": "column title",
        "authors": "column author, user or username", "date": "column postedAt, date or created_at",
        "url": "column pageUrl, url, link or permalink", "source": "column of the address",
        "categories": "column tags or categories", "karma": "column karma, baseScore or score",
        "thread": "column postId or of the address", "parent": "column parentCommentId, else the post",
    },
    "forum-page": {
        "id": "the permalink", "title": "the page's title", "authors": "the name over the text",
        "date": "the date over the text", "url": "the permalink", "source": "the page's address",
        "categories": "the page's tags", "karma": "the votes over the text", "thread": "the page's address",
        "parent": "the nesting of the comments or a link to the parent, else the post",
    },
    "graphql": {
        "id": "_id", "title": "title", "comment.title": "post.title", "date": "postedAt, else createdAt",
        "authors": "user.displayName and coauthors[].displayName, else author",
        "url": "_id, slug and postId", "source": "the host of pageUrl, else the dump's first line",
        "categories": "tags[].name", "karma": "baseScore", "thread": "_id", "comment.thread": "postId",
        "parent": "parentCommentId, else postId",
    },
    "hackernews": {
        "id": "id, else objectID", "title": "title", "authors": "by, else author",
        "date": "created_at_i or time, else created_at", "url": "id", "source": "the format",
        "karma": "points, else score", "thread": "story_id, else the item at the root",
        "parent": "parent or parent_id",
    },
    "hackernews-page": {
        "id": "id of the row", "title": "the row's title", "authors": "the row's user",
        "date": "the row's age (its tooltip)", "url": "id of the row", "source": "the page's kind",
        "karma": "the row's points", "thread": "the item at the head of the page, or the link on:",
        "parent": "how far the row is set in, or the link parent",
    },
    "html-essay": {
        "id": "the address, else author and title", "title": "the page", "authors": "the page",
        "date": "the page", "url": "the page", "source": "the address, else the site's name",
        "categories": "meta article:tag or keywords", "thread": "the address",
        "parent": "the nesting of the comments, else the page's article",
        "comment.id": "the comment's id in the markup", "comment.authors": "the name over the comment",
        "comment.date": "the date over the comment", "karma": "the votes over the comment",
        "comment.url": "the comment's permalink", "comment.title": "the page's title",
    },
    "jsonl": {
        "id": "_id, else id", "title": "title", "authors": "authors, else author",
        "date": "date, year, published, created_at, created or timestamp", "url": "url", "source": "source",
        "categories": "categories, category or tags", "karma": "karma, else score", "thread": "thread",
        "parent": "parent",
    },
    "mail": {
        "id": "the field Message-ID, else author and subject", "title": "the field Subject",
        "authors": "the field From", "date": "the field Date",
        "thread": "the fields References and Subject", "url": "the archive's address",
        "parent": "the fields In-Reply-To and References", "source": "the list in the fields",
        "categories": "the field Newsgroups",
    },
    "mail-page": {
        "id": "the message's number on the page, else author and subject", "title": "the archive's page",
        "authors": "the archive's page", "date": "the archive's page", "url": "the page's address",
        "source": "the archive's page", "thread": "the subject", "parent": "the link to what it answers",
    },
    "markdown": {
        "id": "the address, else author and title", "title": "title, else the first heading",
        "authors": "authors, author or by", "date": "lw-posted-at, date, published or created",
        "url": "lw-page-url, url, original_url or permalink", "source": "source, else the address",
        "categories": "tags, categories or keywords", "karma": "lw-base-score, karma or score",
    },
    "oai-pmh": {
        "id": "<identifier>", "title": "<title>", "authors": "<creator> or <author>",
        "date": "the earliest of <created>, <date> and <issued>", "url": "<identifier> or the arXiv number",
        "source": "<publisher>, else the archive", "categories": "<categories>, else <subject>",
    },
    "openreview": {
        "id": "id", "title": "content.title", "authors": "content.authors, else signatures",
        "date": "pdate, odate, cdate or tcdate", "url": "forum and id", "source": "the format",
        "categories": "content.keywords", "thread": "forum", "parent": "replyto",
    },
    "pdf": {
        "id": "the arXiv stamp, else author and title",
        "title": "/Title of the file, else the first page's largest type",
        "authors": "/Author of the file, else the first page",
        "date": "the arXiv stamp, else the first page", "url": "the arXiv stamp",
        "source": "the arXiv stamp",
        "categories": "the arXiv stamp",
    },
    "reddit": {
        "id": "name, else id", "title": "title", "authors": "author", "date": "created_utc, else created",
        "url": "permalink, else subreddit, link_id and id", "source": "the format",
        "categories": "subreddit and link_flair_text", "karma": "score, else ups", "thread": "link_id",
        "post.thread": "name, else id", "parent": "parent_id",
    },
    "reddit-page": {
        "id": "data-fullname or thingid", "title": "the submission's title",
        "authors": "data-author or author", "date": "<time datetime> or created-timestamp",
        "url": "the permalink", "source": "the page's kind", "categories": "the subreddit",
        "karma": "data-score or score", "thread": "the submission on the page",
        "parent": "the nesting or parentid",
    },
    "semantic-scholar": {
        "id": "paperId, else corpusId", "title": "title", "authors": "authors[].name",
        "date": "publicationDate, else year", "url": "url, else paperId", "source": "the format",
        "categories": "fieldsOfStudy, else s2FieldsOfStudy[].category",
    },
    "stackexchange": {
        "id": "Id", "title": "Title", "authors": "OwnerUserId (named in Users.xml), else OwnerDisplayName",
        "date": "CreationDate", "url": "Id, and the site in the file's path", "source": "the file's path",
        "categories": "Tags", "karma": "Score", "thread": "Id", "comment.thread": "ParentId",
        "parent": "ParentId (of comments: PostId)",
    },
    "stackexchange-api": {
        "id": "question_id, answer_id or comment_id", "title": "title", "authors": "owner.display_name",
        "date": "creation_date", "url": "link", "source": "the host of link", "categories": "tags",
        "karma": "score", "thread": "question_id", "parent": "question_id (of comments: post_id)",
    },
    "text": {
        "id": "url in the first lines, else author and opening", "title": "the first line or Title:",
        "authors": "the line by … or Author:", "date": "Date: in the first lines",
        "url": "URL: in the first lines", "source": "Source: in the first lines",
    },
    "topic-page": {
        "id": "the post's number on the page", "title": "the topic's heading",
        "authors": "the post's signature", "date": "the post's time",
        "url": "the page's address and the post's number", "source": "the page's address",
        "categories": "the question's tags", "karma": "the post's votes or likes",
        "thread": "the page's address", "parent": "the topic, else the post it stands under",
    },
    "wordpress": {
        "id": "<link>, else <guid> or <wp:post_id>", "comment.id": "<link> of the post and <wp:comment_id>",
        "title": "<title>", "authors": "<dc:creator> (named in <wp:author>)",
        "comment.authors": "<wp:comment_author>",
        "date": "<wp:post_date_gmt>, else <pubDate> or <wp:post_date>",
        "comment.date": "<wp:comment_date_gmt>, else <wp:comment_date>", "url": "<link>, else <guid>",
        "comment.url": "<link> of the post and <wp:comment_id>", "source": "<link>",
        "categories": "<category>", "thread": "<link>", "parent": "<wp:comment_parent>, else the post",
    },
    "zotero-csv": {
        "id": "column DOI, Url or Extra (arXiv), else Key",
        "comment.id": "the work's id and the column's name", "title": "column Title",
        "authors": "column Author", "date": "column Date, else Publication Year",
        "url": "column Url, else DOI", "source": "the format",
        "categories": "columns Manual Tags and Automatic Tags", "thread": "the work in the same row",
        "parent": "the work in the same row",
    },
}  # fmt: skip
"""Reader to fact to place; ``comment.date`` goes before ``date`` for documents of that kind.

Behind a reader's name may stand the form of the file: its places go before those of the reader.
"""

_FORMS = {
    "bibliography": (
        ("ris", re.compile(r"^\ufeff?TY {1,2}- ", re.M)), ("pubmed", re.compile(r"^\ufeff?PMID *- ", re.M)),
        ("endnote", re.compile(r"\s*%[0A-Z] ")), ("web-of-science", re.compile(r"\s*(?:FN .*\n|PT [A-Z]\n)")),
    ),
    "feed": (("json", re.compile(r"\ufeff?\s*\{")), ("atom", re.compile(r"[^>]{0,400}?(?:\?>\s*)?<feed\b"))),
}  # fmt: skip
"""Formats of several forms: by what their files begin with."""


def form_of(reader: str, opening: str) -> str:
    """The form of a file that begins so, where the reader knows several; else empty."""
    return next((form for form, sign in _FORMS.get(reader, ()) if sign.search(opening[:2000])), "")


def places_of(document: Document, opening: str = "") -> dict[str, str]:
    """Where each fact that a document has was found, by the fact's name, in the order of `FACTS`.

    What was inferred says from what. A fact given with ``--author``, ``--date`` or ``--url``, or by an
    override, stands elsewhere. ``opening`` is how the file begins, for formats of several forms.
    """
    form = form_of(document.reader, opening)
    table = PLACES.get(document.reader, {}) | PLACES.get(f"{document.reader} {form}", {})
    kept: Any = document.metadata.get("origins")
    found = dict(kept) if isinstance(kept, Mapping) else {}
    places: dict[str, str] = {}
    for fact in FACTS:
        if getattr(document, fact) in (None, "", ()):
            continue
        if fact == "date" and document.date_inferred:
            place = document.date_inferred.removeprefix("from ")
        elif fact == "authors" and document.authors_inferred == document.authors:
            place = "what is known of the page" if fact not in found else str(found[fact])
        else:
            place = str(found.get(fact) or table.get(f"{document.kind}.{fact}") or table.get(fact) or "")
        if place:
            places[fact] = place
    return places
