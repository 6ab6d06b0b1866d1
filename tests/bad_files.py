"""Small files of every format with records, for asking each reader the same questions about bad input."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

SENTENCE = "Ropes of this kind {0} hold whatever anybody hangs from them, and that is all there is to say. "


@dataclass(frozen=True)
class Record:
    """One record of a file: a comment, a post, a paper. ``parent`` is the number of another."""

    number: int
    text: str
    author: str = "Oda Fenn"
    date: str = "2021-03-04"
    parent: int = 0

    @property
    def epoch(self) -> Any:
        """The date as seconds, as interfaces give it; what is no date stays what it is."""
        return 1614816000 if self.date == "2021-03-04" else 0 if self.date.startswith("0000") else self.date

    @property
    def html(self) -> str:
        return self.text if self.text.startswith("<") or not self.text else f"<p>{self.text}</p>"


def records(*changed: Record) -> list[Record]:
    """Five records with words of their own, answers to the first; those given stand in their places."""
    usual = {n: Record(n, SENTENCE.format(f"word{n}"), parent=1 if n > 1 else 0) for n in range(1, 6)}
    usual.update((one.number, one) for one in changed)
    return [usual[n] for n in sorted(usual)]


@dataclass(frozen=True)
class Format:
    """How a file of a reader is written. ``quotes`` is how quotations nest: html, marks, or none.

    ``dated``, ``parented``: whether a date that is none is told, and whether a record names its parent.
    """

    reader: str
    suffix: str
    one: Callable[[Record], str]
    head: str = ""
    joint: str = "\n"
    tail: str = ""
    quotes: str = "html"
    dated: bool = True
    parented: bool = True

    def file(self, some: Iterable[Record]) -> str:
        """The file with these records."""
        return self.head + self.joint.join(self.one(record) for record in some) + self.tail


def _json(
    reader: str, one: Callable[[Record], dict[str, Any]], head: str = "[", tail: str = "]", **more: Any
) -> Format:
    suffix = ".jsonl" if not head else ".json"
    joint = "\n" if not head else ",\n"
    return Format(reader, suffix, lambda record: json.dumps(one(record)), head, joint, tail, **more)


def _forum(r: Record) -> dict[str, Any]:
    above = {"parentCommentId": f"{r.parent:017d}"} if r.parent else {}
    return {
        "_id": f"{r.number:017d}", "postId": "Qw8ZtYp2LmNxKv4Rs", "postedAt": r.date, "htmlBody": r.html,
        "baseScore": 1, "user": {"displayName": r.author} if r.author else None, **above,
    }  # fmt: skip


def _hackernews(r: Record) -> dict[str, Any]:
    return {"id": r.number, "type": "comment", "by": r.author or None, "time": r.epoch, "text": r.html,
            "parent": r.parent or 900}  # fmt: skip


def _hit(r: Record) -> dict[str, Any]:
    return {"objectID": str(r.number), "author": r.author or None, "created_at": r.date, "created_at_i": None, "comment_text": r.html,
            "parent_id": r.parent or 900, "story_id": 900, "_tags": ["comment"]}  # fmt: skip


def _reddit(r: Record) -> dict[str, Any]:
    data = {"name": f"t1_{r.number}", "author": r.author or "[deleted]", "body": r.text, "created_utc": r.epoch,
            "link_id": "t3_p", "parent_id": f"t1_{r.parent}" if r.parent else "t3_p", "subreddit": "knots"}  # fmt: skip
    return {"kind": "t1", "data": data}


def _xml_paper(r: Record) -> str:
    people = f"<author><last>{r.author}</last></author>" if r.author else ""
    return (
        f'<paper id="{r.number}"><title>On knot {r.number}</title>{people}'
        f"<abstract>{escape(r.text)}</abstract><url>2022.acl-long.{r.number}</url></paper>"
    )


def _post_row(r: Record) -> str:
    above = f'ParentId="{r.parent}" PostTypeId="2"' if r.parent else f'PostTypeId="1" Title="T{r.number}"'
    owner = f'OwnerDisplayName="{r.author}"' if r.author else ""
    return f'<row Id="{r.number}" {above} {owner} CreationDate="{r.date}" Body="{escape(r.html)}" />'


def _wordpress(r: Record) -> str:
    return (
        f"<wp:comment><wp:comment_id>{r.number}</wp:comment_id><wp:comment_author>{r.author}</wp:comment_author>"
        f"<wp:comment_date_gmt>{r.date}</wp:comment_date_gmt><wp:comment_approved>1</wp:comment_approved>"
        f"<wp:comment_content>{escape(r.text)}</wp:comment_content>"
        f"<wp:comment_parent>{r.parent}</wp:comment_parent></wp:comment>"
    )


def _disqus(r: Record) -> str:
    above = f'<parent dsq:id="{r.parent}"/>' if r.parent else ""
    return (
        f'<post dsq:id="{r.number}"><message>{escape(r.html)}</message><createdAt>{r.date}</createdAt>'
        f"<isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>{r.author}</name></author>"
        f'<thread dsq:id="900"/>{above}</post>'
    )


def _atom(r: Record) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/2103.0000{r.number}v1</id><title>On knot {r.number}</title>"
        f'<link href="http://arxiv.org/abs/2103.0000{r.number}v1"/><published>{r.date}</published>'
        f"<author><name>{r.author}</name></author><summary>{escape(r.text)}</summary></entry>"
    )


def _feed_entry(r: Record) -> str:
    return (
        f'<entry><id>t{r.number}</id><link href="https://a.example/{r.number}"/><title>On knot {r.number}</title>'
        f"<published>{r.date}</published><author><name>{r.author}</name></author>"
        f'<content type="html">{escape(r.html)}</content></entry>'
    )


def _rss_item(r: Record) -> str:
    return (
        f"<item><title>On knot {r.number}</title><link>https://a.example/{r.number}</link>"
        f"<pubDate>{r.date}</pubDate><author>{r.author}</author>"
        f"<description>{escape(r.html)}</description></item>"
    )


def _oai(r: Record) -> str:
    return (
        f"<record><header><identifier>oai:x.example:{r.number}</identifier><datestamp>{r.date}</datestamp></header>"
        '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>On knot {r.number}</dc:title><dc:creator>{r.author}</dc:creator>"
        f"<dc:description>{escape(r.text)}</dc:description><dc:date>{r.date}</dc:date></oai_dc:dc></metadata></record>"
    )


def _mail(r: Record) -> str:
    above = f"In-Reply-To: <{r.parent}@a.example>\n" if r.parent else ""
    sender = f"From: {r.author} <oda@a.example>\n" if r.author else "From:\n"
    return (
        f"From oda@a.example Thu Mar  4 10:00:0{r.number % 10} 2021\n{sender}Subject: On knot {r.number}\n"
        f"Date: {r.date}\nMessage-ID: <{r.number}@a.example>\n{above}\n{r.text}\n"
    )


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _forum_row(r: Record) -> str:
    address = f"https://www.lesswrong.com/posts/Qw8ZtYp2LmNxKv4Rs/x?commentId={r.number:017d}"
    above = f"{r.parent:017d}" if r.parent else ""
    cells = (f"{r.number:017d}", "Qw8ZtYp2LmNxKv4Rs", above, r.text, address, r.author, "1", r.date)
    return ",".join(map(_cell, cells))


def _zotero_row(r: Record) -> str:
    return ",".join(
        map(_cell, (f"K{r.number}", "journalArticle", r.author, f"On knot {r.number}", r.text, r.date))
    )


def _bibtex(r: Record) -> str:
    return f"@article{{k{r.number},\n title = {{On knot {r.number}}},\n author = {{{r.author}}},\n date = {{{r.date}}},\n abstract = {{{r.text}}}\n}}"


def _ris(r: Record) -> str:
    return f"TY  - JOUR\nID  - {r.number}\nTI  - On knot {r.number}\nAU  - {r.author}\nDA  - {r.date}\nAB  - {r.text}\nER  - "


def _hn_page(r: Record) -> str:
    who = f'<a href="user?id=x" class="hnuser">{r.author}</a>' if r.author else ""
    return (
        f"<tr class='athing comtr' id='{r.number}'><td><table><tr><td class='ind' indent='{int(r.parent > 0)}'></td>"
        f'<td class="default"><span class="comhead">{who} <span class="age" title="{r.date}">'
        f'<a href="item?id={r.number}">x</a></span></span><div class="comment"><div class="commtext c00">{r.html}'
        "</div></div></td></tr></table></td></tr>"
    )


def _reddit_page(r: Record) -> str:
    who = f'data-author="{r.author}"' if r.author else ""
    return (
        f'<div class="thing id-t1_c{r.number} comment" data-fullname="t1_c{r.number}" {who}><div class="entry">'
        f'<p class="tagline"><time datetime="{r.date}">x</time></p><form class="usertext">'
        f'<div class="usertext-body"><div class="md">{r.html}</div></div></form></div></div>'
    )


def _answer(r: Record) -> str:
    return (
        f'<div id="answer-{r.number}" class="answer" data-answerid="{r.number}" data-score="3">'
        f'<div class="s-prose js-post-body" itemprop="text">{r.html}</div><div class="user-info">'
        f'<div class="user-action-time">answered <span title="{r.date}" class="relativetime">x</span></div>'
        f'<div class="user-details" itemprop="author"><a href="/users/2/x">{r.author}</a></div></div></div>'
    )


def _forum_page(r: Record) -> str:
    own = f"Vb1Nm2Qw3Er4Ty5{r.number:02d}"
    who = f'<a href="/users/x">{r.author}</a>' if r.author else ""
    return (
        f'<div class="css-n0d3" id="{own}"><div class="css-m3ta">{who} '
        f'<a href="/posts/Pd4Fg5Hj6Kl7Zx8Cv/x?commentId={own}"><time datetime="{r.date}">2y</time></a></div>'
        f'<div class="css-t3xt">{r.html}</div></div>'
    )


_HTML_END = "</div></div></body></html>"
_FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Knots</title>'
_CSL = {"type": "article-journal", "container-title": "Knots"}
_DISCOURSE = {"topic_id": 9, "topic_slug": "knots"}

FORMATS: dict[str, Format] = {
    "graphql": _json("graphql", _forum, '{"data":{"comments":{"results":[', "]}}}"),
    "forum dump": _json("graphql", _forum, "", ""),
    "article-json": _json("article-json", lambda r: {
        "title": f"On knot {r.number}", "url": f"https://a.example/{r.number}", "author": r.author,
        "date": r.date, "body": (r.html * 5 if r.text else "")}, parented=False),
    "arxiv-bulk": _json("arxiv-bulk", lambda r: {
        "id": f"x{r.number}", "submitter": "x", "authors": r.author, "title": f"On knot {r.number}",
        "abstract": r.text, "update_date": r.date, "versions": [{"version": "v1", "created": r.date}]},
        "", "", quotes="", parented=False),
    "semantic-scholar": _json("semantic-scholar", lambda r: {
        "paperId": str(r.number), "title": f"On knot {r.number}", "abstract": r.text, "publicationDate": r.date,
        "authors": [{"name": r.author}] if r.author else []}, '{"data": [', "]}", quotes="", parented=False),
    "openreview": _json("openreview", lambda r: {
        "id": f"n{r.number}", "forum": "f", "replyto": f"n{r.parent}" if r.parent else "f",
        "signatures": [r.author], "invitations": ["V/-/Comment"], "cdate": r.epoch * 1000 if isinstance(r.epoch, int) else r.epoch,
        "content": {"comment": {"value": r.text}}}, '{"notes": [', "]}", quotes="marks"),
    "CSL": _json("bibliography-json", lambda r: {
        **_CSL, "id": f"k{r.number}", "title": f"On knot {r.number}", "abstract": r.text,
        "author": [{"literal": r.author}] if r.author else [],
        "issued": {"raw": r.date}}, quotes="", parented=False),
    "hackernews": _json("hackernews", _hackernews),
    "hackernews hits": _json("hackernews", _hit, '{"hits": [', "]}"),
    "reddit": _json("reddit", _reddit, '[{"kind":"Listing","data":{"children":[', "]}}]", quotes="marks"),
    "stackexchange-api": _json("stackexchange-api", lambda r: {
        "answer_id": r.number, "question_id": r.parent or 900, "creation_date": r.epoch, "body": r.html,
        "owner": {"display_name": r.author}, "score": 1}, '{"items": [', '], "quota_remaining": 9}'),
    "discourse": _json("discourse", lambda r: {
        **_DISCOURSE, "id": r.number, "post_number": r.number, "username": r.author, "created_at": r.date,
        "cooked": r.html, "reply_to_post_number": r.parent or None},
        '{"id": 9, "title": "Knots", "post_stream": {"posts": [', "]}}"),
    "comments-json": _json("comments-json", lambda r: {
        "id": r.number, "author": r.author, "text": r.html, "created": r.date, "parent": r.parent},
        '[{"url": "https://a.example/x", "comments": [', "]}]"),
    "JSON feed": _json("feed", lambda r: {
        "id": str(r.number), "url": f"https://a.example/{r.number}", "title": f"On knot {r.number}",
        "content_html": r.html, "date_published": r.date, "authors": [{"name": r.author}] if r.author else []},
        '{"version": "https://jsonfeed.org/version/1", "title": "Knots", "items": [', "]}", parented=False),
    "jsonl": _json("jsonl", lambda r: {
        "_id": str(r.number), "text": r.text, "author": r.author, "date": r.date, "kind": "comment",
        "parent": str(r.parent) if r.parent else None}, "", "", quotes="marks"),
    "RSS": Format("feed", ".xml", _rss_item, '<rss version="2.0"><channel><title>Knots</title>',
                  tail="</channel></rss>", parented=False),
    "Atom": Format("feed", ".xml", _feed_entry, _FEED, tail="</feed>", parented=False),
    "arxiv": Format("arxiv", ".xml", _atom, '<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://arxiv.org/api/query?x"/>'
                    "<id>http://arxiv.org/api/x</id>", tail="</feed>", quotes="", parented=False),
    "oai-pmh": Format("oai-pmh", ".xml", _oai, '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>',
                      tail="</ListRecords></OAI-PMH>", quotes="", parented=False),
    "acl": Format("acl", ".xml", _xml_paper, '<collection id="2022.acl"><volume id="long"><meta><year>2022</year></meta>',
                  tail="</volume></collection>", quotes="", dated=False, parented=False),
    "stackexchange": Format("stackexchange", ".xml", _post_row, "<posts>", tail="</posts>"),
    "wordpress": Format("wordpress", ".xml", _wordpress,
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>Knots</title>'
        "<wp:post_id>900</wp:post_id><wp:post_type>post</wp:post_type>", tail="</item></channel></rss>"),
    "disqus": Format("disqus", ".xml", _disqus, '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
        '<thread dsq:id="900"><link>https://a.example/x</link><title>Knots</title></thread>', tail="</disqus>"),
    "mail": Format("mail", ".mbox", _mail, quotes="marks"),
    "forum-csv": Format("forum-csv", ".csv", _forum_row,
        "_id,postId,parentCommentId,text,pageUrl,author,karma,postedAt\n"),
    "zotero-csv": Format("zotero-csv", ".csv", _zotero_row,
        "Key,Item Type,Author,Title,Abstract Note,Date\n", quotes="", parented=False),
    "BibTeX": Format("bibliography", ".bib", _bibtex, quotes="", parented=False),
    "RIS": Format("bibliography", ".ris", _ris, tail="\n", quotes="", parented=False),
    "hackernews-page": Format("hackernews-page", ".html", _hn_page,
        '<html op="item"><head><title>Knots | Hacker News</title></head><body><table id="hnmain"><tr><td>'
        '<table class="fatitem"><tr class="athing" id="900"><td class="title"><span class="titleline">'
        '<a href="https://a.example/x">Knots</a></span></td></tr></table><table class="comment-tree">',
        tail="</table></td></tr></table></body></html>"),
    "reddit-page": Format("reddit-page", ".html", _reddit_page,
        '<html><head><title>Knots : knots</title><link rel="canonical" href="https://www.reddit.com/r/knots/comments/abc/x/">'
        '</head><body class="comments-page"><div class="sitetable nestedlisting" id="siteTable_t3_abc"><div>', tail=_HTML_END,
        parented=False),
    "topic-page": Format("topic-page", ".html", _answer,
        '<html itemtype="https://schema.org/QAPage"><head><title>Knots - Stack Exchange</title>'
        '<link rel="canonical" href="https://knots.stackexchange.com/questions/20/x"></head><body class="question-page">'
        '<div id="question" class="question" data-questionid="20"><div class="s-prose js-post-body"><p>Why?</p></div></div>'
        '<div id="answers"><div>', tail=_HTML_END, parented=False, dated=False),
    "forum-page": Format("forum-page", ".html", _forum_page,
        '<html><head><title>Knots — EA Forum</title><link rel="canonical" '
        'href="https://forum.effectivealtruism.org/posts/Pd4Fg5Hj6Kl7Zx8Cv/x"></head><body><div id="postContent"><p>Why?</p>'
        "</div><div><div>", tail=_HTML_END, parented=False, dated=False),
}  # fmt: skip
"""Every format whose files hold records, by a name of its own."""
