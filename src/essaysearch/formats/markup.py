"""Results as documents: Markdown for notes, an HTML page on its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from essaysearch.formats.facts import (
    answer_of,
    answered_by,
    citation,
    heading_of,
    introduced_by,
    link_of,
    marked,
    one_line,
    plain,
)
from essaysearch.model import Hit
from essaysearch.search.results import Results

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|&~])")


def _escape(text: str) -> str:
    """The text within HTML. What HTML calls every character is loaded for a page alone."""
    from html import escape

    return escape(text)


def _md(text: str) -> str:
    """The text with everything escaped that Markdown, or HTML within it, would act upon."""
    return _MARKDOWN.sub(r"\\\1", plain(text))


def _md_address(url: str) -> str:
    return re.sub(r"[()<>\s\\]", lambda match: f"%{ord(match[0]):02X}", url)


def markdown(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A heading a hit, linked to the passage in its page; what is answered as a quote in the quote."""
    yield f"# {_md(one_line(results.asked, 200))}\n\n"
    for hit in hits:
        (title, facts), link = heading_of(hit), link_of(hit)
        title = f"[{_md(title)}]({_md_address(link)})" if link else _md(title)
        yield f"## {hit.rank}. {title}\n\n" + (f"{_md(facts)}\n\n" if facts else "")
        if hit.answers:
            yield "".join(f"> > {_md(line)}\n" for line in answered_by(hit).split("\n")) + ">\n"
        for number, shown in enumerate(hit.snippets or (hit.snippet,)):
            yield ">\n" if number else ""
            yield "".join(f"> {line}\n" for line in marked(shown, "**", "**", _md).split("\n"))
        if answer := answer_of(hit):
            yield "\n" + "".join(f"{_md(line)}\n" for line in answer.split("\n"))
        if introduced := introduced_by(hit):
            yield ">\n" + "".join(f"> > {_md(line)}\n" for line in introduced.split("\n"))
        yield f"\n— {_md(citation(hit))} \\[{hit.passage_id}\\]\n\n"


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;
color-scheme:light dark}
article{border-top:1px solid #8884;padding:.8rem 0}h2{font-size:1.05rem;margin:0}
.facts,.place{opacity:.7;font-size:.85rem;margin:.1rem 0}
blockquote{margin:.4rem 0;padding-left:.8rem;border-left:3px solid #8886;opacity:.8;font-size:.92rem}
mark{background:#ffe08a;color:#111;border-radius:2px;padding:0 1px}
p.text{margin:.4rem 0;white-space:pre-line}"""


def articles(hits: Iterable[Hit]) -> Iterator[str]:
    """The hits as HTML ``article`` elements, everything escaped."""
    for hit in hits:
        (title, facts), link = heading_of(hit), link_of(hit)
        title = _escape(title)
        if link:
            title = f'<a href="{_escape(link)}">{title}</a>'
        yield f"<article><h2>{hit.rank}. {title}</h2>"
        if facts:
            yield f'<div class="facts">{_escape(facts)}</div>'
        if hit.answers:
            yield f"<blockquote>in answer to: {_escape(one_line(answered_by(hit), 300))}</blockquote>"
        for shown in hit.snippets or (hit.snippet,):
            yield f'<p class="text">{marked(shown, "<mark>", "</mark>", _escape)}</p>'
        if answer := answer_of(hit):
            yield f'<p class="text">{_escape(one_line(answer, 600))}</p>'
        if introduced := introduced_by(hit):
            yield f"<blockquote>introduces: {_escape(one_line(introduced, 300))}</blockquote>"
        yield f'<div class="place">{_escape(citation(hit))} <code>{hit.passage_id}</code></div></article>\n'


def html(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A page that needs nothing beside it."""
    title = _escape(results.asked)
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1><p>{results.total:,} found</p>\n"
    yield from articles(hits)
    yield "</body></html>\n"
