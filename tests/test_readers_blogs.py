"""Saved blog pages whose comments are marked in ways of their own: who, when, in answer to what, which words."""

# ruff: noqa: E501 - markup stays on its lines
from __future__ import annotations

from pathlib import Path

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Skipped

PROSE = (
    "<p>" + "The keeper counts gulls at dusk because the light is even and nobody frightens them away. " * 3
)
ADDRESS = "https://mole.example/p/gulls"
HEAD = (
    f'<html><head><title>{{title}}</title><link rel="canonical" href="{ADDRESS}">'
    '<meta name="author" content="Ada Quill"></head><body>'
)

SUBSTACK = f"""<article class="post"><h1 class="post-title">On Gulls</h1><div class="available-content">{PROSE}</p>
<p class="button-wrapper"><a>Share</a></p></div></article><div class="comments-page"><div class="comment-list-items">
<div class="comment"><div id="comment-4301" class="comment-anchor"></div><div class="comment-content"><div class="comment-meta">
<span><a href="https://substack.com/profile/1-t">Tobias Fenn</a></span><span><a href="{ADDRESS}/comment/4301"
title="Nov 2, 2023, 4:13 PM">Nov 2</a></span></div><div class="comment-body"><p><span>&gt; the light is even</span></p>
<p><span>Is it?</span></p></div><div class="comment-actions"><a>Like (5)</a><a>Reply</a></div></div>
<div class="comment-list"><div class="comment-list-items"><div class="comment"><div id="comment-4302" class="comment-anchor"></div>
<table class="comment-content"><tr><td><div class="comment-meta"><span class="commenter-name"><span>Odile</span></span>
<span>Nov 3, 2023</span></div><div class="comment-body"><p>West of it.</p></div></td></tr></table></div></div></div></div>
<div class="comment"><div id="comment-4303" class="comment-anchor"></div><div class="comment-content"><div class="comment-meta">
<span><i>Comment deleted</i></span></div><div class="comment-body"><p><i>Comment deleted</i></p></div></div></div></div></div>"""

METAFILTER = f"""<div id="page"><h1 class="posttitle">On Gulls <br><span class="smallcopy">May 1, 2013 6:51 PM
<a class="smallcopy">Subscribe</a></span></h1><div class="copy">{PROSE}<span class="smallcopy">posted by
<a href="/user/1">odile</a> (2 comments total)</span></div><br><a name="43"></a><div class="comments">This was needed.<br><br>
Truly.<br><span class="smallcopy">posted by <a href="/user/2">Tobias Fenn</a> at <a href="/9/On-Gulls#4301">7:10 PM</a>
on May 2, 2013 <span>[<a>3 favorites</a>]</span></span></div><p class="copy">This thread is closed</p></div>"""

BLOGGER = f"""<h1 class="title">Mole Notes</h1><div class="post hentry"><h3 class="post-title entry-title">On Gulls</h3>
<div class="post-body entry-content">{PROSE}</div></div><div class="comments" id="comments"><ol id="top-ra">
<li class="comment" id="c4301"><div class="comment-block"><div class="comment-header"><cite class="user"><a>Tobias Fenn</a></cite>
<span class="datetime"><a href="{ADDRESS}?showComment=1#c4301">May 3, 2012 at 4:13 PM</a></span></div>
<p class="comment-content">Words one.<br><br>Words two.</p><span class="comment-actions"><a>Reply</a></span></div>
<div class="comment-replies"><span class="thread-toggle"><a>Replies</a></span><ol><li class="comment" id="c4302">
<div class="comment-block"><cite class="user blog-author"><a>Odile</a></cite><span class="datetime"><a>May 4, 2012 at 4:13 PM</a>
</span><p class="comment-content">An answer.</p></div></li></ol></div></li></ol></div>"""

OLD_BLOGGER = f"""<h3 class="post-title entry-title">On Gulls</h3><div class="entry-content">{PROSE}</div><div id="comments">
<dl id="comments-block"><dt class="comment-author" id="c4301"><a name="c4301"></a><a>Tobias Fenn</a> said...</dt>
<dd class="comment-body"><p>Words one.</p></dd><dd class="comment-footer"><span class="comment-timestamp">
<a href="#c4301">May 3, 2008 4:13 PM</a></span></dd><dt class="comment-author" id="c4302">Anonymous said...</dt>
<dd class="comment-body"><p>Words two.</p></dd><dd class="comment-footer">May 4, 2008 5:13 PM</dd></dl></div>"""

TYPEPAD = f"""<h1>Mole Bias</h1><h3 class="entry-header">On Gulls</h3><div class="entry-body">{PROSE}</div>
<span class="post-footers">Posted by Odile at 10:13 AM</span><div class="comments-content"><div class="comment" id="comment-6a00d83f">
<div class="comment-content"><p>Words one.</p><p>Words two.</p></div><p class="comment-footer">Posted by: <a>Tobias Fenn</a> |
<a href="{ADDRESS}?cid=1#comment-6a00d83f">November 12, 2007 at 10:13 AM</a></p></div></div>"""

LOBSTERS = f"""<div class="byline"><a class="u-author">ada</a> 1 year ago</div><div class="story_text">{PROSE}</div>
<ol class="comments"><li class="comments_subtree"><div id="c_x1" class="comment"><a class="upvoter">7</a><div class="byline">
<a href="/~t"><img></a><a href="/~t">Tobias Fenn</a> <time datetime="2023-05-03 12:00:00">1 year ago</time></div>
<div class="comment_text"><p>Words one.</p></div></div><ol class="comments"><li class="comments_subtree"><div id="c_x2" class="comment">
<div class="byline"><a>Odile</a> <time datetime="2023-05-03 13:00:00">x</time></div><div class="comment_text"><p>An answer.</p></div>
</div></li></ol></li></ol>"""

WORDPRESS = f"""<h1 class="entry-title">On Gulls</h1><div class="entry-content">{PROSE}</div><ol class="commentlist">
<li class="comment depth-1" id="li-comment-7"><div id="comment-7"><cite class="fn">Tobias Fenn</cite>
<div class="comment-meta commentmetadata"><a href="#comment-7">June 3, 2014 at 4:13 am</a> <a class="hide">~new~</a></div>
<div class="comment-body"><p>Words one.</p></div></div></li><li class="pingback" id="comment-8"><p>Pingback: Other</p></li></ol>"""

Row = tuple[str, str, str | None, str | None, float | None, tuple[str, ...]]

PAGES: dict[str, tuple[str, list[Row]]] = {
    "Substack": (SUBSTACK, [
        ("Tobias Fenn", "4301", None, "2023-11-02T16:13:00", 5.0, ("> the light is even", "Is it?")),
        ("Odile", "4302", "4301", "2023-11-03", None, ("West of it.",)),
    ]),
    "MetaFilter": (METAFILTER, [
        ("Tobias Fenn", "4301", None, "2013-05-02T19:10:00", None, ("This was needed.", "Truly.")),
    ]),
    "Blogger": (BLOGGER, [
        ("Tobias Fenn", "4301", None, "2012-05-03T16:13:00", None, ("Words one.", "Words two.")),
        ("Odile", "4302", "4301", "2012-05-04T16:13:00", None, ("An answer.",)),
    ]),
    "Blogger before 2012": (OLD_BLOGGER, [
        ("Tobias Fenn", "4301", None, "2008-05-03T16:13:00", None, ("Words one.",)),
        ("Anonymous", "4302", None, "2008-05-04T17:13:00", None, ("Words two.",)),
    ]),
    "TypePad": (TYPEPAD, [
        ("Tobias Fenn", "6a00d83f", None, "2007-11-12T10:13:00", None, ("Words one.", "Words two.")),
    ]),
    "Lobsters": (LOBSTERS, [
        ("Tobias Fenn", "x1", None, "2023-05-03T12:00:00", 7.0, ("Words one.",)),
        ("Odile", "x2", "x1", "2023-05-03T13:00:00", None, ("An answer.",)),
    ]),
    "WordPress": (WORDPRESS, [
        ("Tobias Fenn", "7", None, "2014-06-03T04:13:00", None, ("Words one.",)),
    ]),
}  # fmt: skip


def _read(tmp_path: Path, body: str, title: str = "Mole Notes: On Gulls") -> list[Document | Skipped]:
    path = tmp_path / "page.html"
    path.write_text(HEAD.format(title=title) + body + "</body></html>")
    return [reading for reading in read(path) if isinstance(reading, Document | Skipped)]


def _row(document: Document) -> Row:
    page = "mole.example/p/gulls"
    parent = document.parent.removeprefix(page).removeprefix("#comment-") if document.parent else None
    pieces = tuple("> " * block.depth + document.text[block.start : block.end] for block in document.blocks)
    own = document.id.removeprefix(f"{page}#comment-")
    return "; ".join(document.authors), own, parent or None, document.date, document.karma, pieces


@pytest.mark.parametrize("name", PAGES)
def test_comments_of_a_blog_have_their_author_date_parent_and_words(tmp_path: Path, name: str) -> None:
    body, rows = PAGES[name]
    essay, *rest = _read(tmp_path, body)
    comments = [reading for reading in rest if isinstance(reading, Document)]
    assert [_row(comment) for comment in comments] == rows
    assert isinstance(essay, Document)
    words = essay.text.split()
    assert (words[:2], words[-2:]) == (["The", "keeper"], ["them", "away."])
    assert all(comment.thread == essay.id for comment in comments)


def test_a_permalink_is_the_one_that_the_site_gives(tmp_path: Path) -> None:
    (_, comment, *_) = _read(tmp_path, SUBSTACK)
    assert isinstance(comment, Document)
    assert comment.url == f"{ADDRESS}/comment/4301"
    (_, comment, *_) = _read(tmp_path, BLOGGER)
    assert isinstance(comment, Document)
    assert comment.url == f"{ADDRESS}#c4301"


def test_what_was_deleted_and_what_is_no_comment_is_named(tmp_path: Path) -> None:
    reasons = [reading.reason for reading in _read(tmp_path, SUBSTACK) if isinstance(reading, Skipped)]
    assert reasons == ["The comment was deleted."]
    reasons = [reading.reason for reading in _read(tmp_path, WORDPRESS) if isinstance(reading, Skipped)]
    assert reasons == ["The comment is another blog's link to the page, which the blog counts as one."]


@pytest.mark.parametrize("name", ["Blogger", "TypePad"])
def test_a_title_is_the_essay_s_and_not_the_blog_s(tmp_path: Path, name: str) -> None:
    essay = _read(tmp_path, PAGES[name][0])[0]
    assert isinstance(essay, Document)
    assert essay.title == "On Gulls"


def test_a_post_of_metafilter_has_its_poster_and_date(tmp_path: Path) -> None:
    post = _read(tmp_path, METAFILTER, "On Gulls | MetaFilter")[0]
    assert isinstance(post, Document)
    assert (post.title, post.authors, post.date) == ("On Gulls", ("odile",), "2013-05-01T18:51:00")


def test_an_abstract_set_as_a_quotation_is_the_author_s_own(tmp_path: Path) -> None:
    abstract = (
        "<div class='abstract'><blockquote><p>Gulls are counted at dusk, it says here.</p></blockquote></div>"
    )
    essay = _read(
        tmp_path, f"<article>{abstract}{PROSE}</p><blockquote><p>Another's words.</p></blockquote></article>"
    )[0]
    assert isinstance(essay, Document)
    assert [block.voice for block in essay.blocks] == ["own", "own", "quoted"]


def test_six_hundred_answers_within_each_other_each_know_the_one_above(tmp_path: Path) -> None:
    one = (
        '<div class="comment"><div id="comment-{n}" class="comment-anchor"></div><div class="comment-content">'
        '<div class="comment-meta"><span>Nov 3, 2023</span></div><div class="comment-body"><p>Words {n}.</p></div></div>'
    )
    thread = "".join(one.format(n=n) for n in range(1, 601)) + "</div>" * 600
    comments = _read(tmp_path, f"<article>{PROSE}</article>{thread}")[1:]
    assert len(comments) == 600
    chain = [(c.id, c.parent) for c in comments if isinstance(c, Document)]
    assert all(parent == above for (_, parent), (above, _) in zip(chain[1:], chain[:-1], strict=True))
