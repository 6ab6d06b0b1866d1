"""Results to text: one function a format, one table that names them.

Each function takes `Results` and gives pieces of text, so that long answers stream.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from essaysearch.errors import UnknownFormat
from essaysearch.model import Hit
from essaysearch.nearest import nearest
from essaysearch.readable import readable
from essaysearch.results import Results, hit_dict

Render = Callable[[Results], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table."""

    name: str
    label: str
    render: Render


def marked(hit: Hit, before: str, after: str, safe: Callable[[str], str] = lambda text: text) -> str:
    """The snippet with marks around what matched; ``safe`` escapes the text between and within them."""
    text, at, parts = hit.snippet.text, 0, []
    for start, end in hit.snippet.spans:
        parts += [safe(text[at:start]), before, safe(text[start:end]), after]
        at = end
    return "".join(parts) + safe(text[at:])


def title_of(hit: Hit) -> str:
    """The title, else the first words of the passage."""
    if hit.title:
        return readable(hit.title)[0]
    words = hit.text[:400].split()[:9]
    return " ".join(words) + ("…" if len(words) == 9 else "")


def authors_of(hit: Hit, most: int = 3) -> str:
    """Who wrote it; ``et al.`` where the list is cut here or in the source."""
    cut = len(hit.authors) > most or not hit.authors_complete
    return ", ".join(hit.authors[:most]) + (" et al." if cut and hit.authors else "")


def place_of(hit: Hit) -> str:
    """Where it can be read: its address with the text marked, else file and line."""
    if hit.url:
        return text_link(hit.url, hit.text)
    return f"{hit.path}:{hit.line}" if hit.line else hit.path


def text_link(url: str, text: str) -> str:
    """A link that opens the page at the passage (`#:~:text=` of the URL Fragment Text Directives)."""
    if "#" in url or not url.startswith(("http://", "https://")):
        return url
    words = readable(text)[0].split()
    if len(words) < 3:
        return url
    first, last = " ".join(words[:5]), " ".join(words[-5:])
    parts = [first] if len(words) <= 10 else [first, last]
    return f"{url}#:~:text=" + ",".join(quote(part, safe="").replace("-", "%2D") for part in parts)


def citation(hit: Hit) -> str:
    """A line that says where the passage comes from."""
    parts = [authors_of(hit), f"“{title_of(hit)}”" if hit.title else hit.kind, hit.date or "undated"]
    where = hit.url or hit.path
    return ", ".join(part for part in parts if part) + f". {where}"


def facts_of(hit: Hit) -> str:
    """Author, date, kind and place in one line."""
    parts = [authors_of(hit), (hit.date or "undated")[:10], hit.kind]
    if hit.source:
        parts.append(hit.source)
    if hit.section:
        parts.append(f"§ {_short(hit.section, 60)}")
    if hit.karma is not None:
        parts.append(f"{hit.karma:g} points")
    if hit.voice == "quoted":
        parts.append(f"quoting {hit.speaker}" if hit.speaker else "a quote")
    elif hit.voice == "unknown":
        parts.append("voice unknown")
    if hit.size is not None and hit.size > 1:
        parts.append(f"{hit.size} passages")
    return " · ".join(part for part in parts if part)


def _short(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"


def _text(results: Results) -> Iterator[str]:
    for hit in results:
        yield f"{hit.rank}. {title_of(hit)}\n"
        yield f"   {facts_of(hit)}\n"
        if hit.answers:
            yield f"   in answer to: {_short(readable(hit.answers.text)[0], 100)}\n"
        for line in marked(hit, "", "").split("\n"):
            yield f"   {line}\n"
        yield f"   {place_of(hit)}  [{hit.passage_id}]\n\n"


def _json(results: Results) -> Iterator[str]:
    yield json.dumps(results.to_dict(), ensure_ascii=False) + "\n"


def _jsonl(results: Results) -> Iterator[str]:
    for hit in results:
        yield json.dumps(hit_dict(hit), ensure_ascii=False) + "\n"


_COLUMNS = (
    "rank", "score", "passage_id", "doc_id", "kind", "title", "authors", "date", "karma", "source", "section",
    "voice", "text", "answers", "url", "path",
)  # fmt: skip
_FORMULA = re.compile(r"[=+\-@\t\r]")


def _csv(results: Results) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for hit in results:
        row = []
        for name in _COLUMNS:
            value = getattr(hit, name)
            if name == "authors":
                value = "; ".join(value)
            elif name == "answers":
                value = value.text if value else None
            # A spreadsheet would run a cell that begins like a formula.
            row.append("'" + value if isinstance(value, str) and _FORMULA.match(value) else value)
        writer.writerow(row)
    yield buffer.getvalue()


_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")


def _md(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _markdown(results: Results) -> Iterator[str]:
    yield f"# {_md(results.query)}\n\n"
    for hit in results:
        place = place_of(hit)
        title = (
            f"[{_md(title_of(hit))}]({place.replace(')', '%29').replace(' ', '%20')})"
            if hit.url
            else _md(title_of(hit))
        )
        yield f"## {hit.rank}. {title}\n\n{_md(facts_of(hit))}\n\n"
        if hit.answers:
            yield "".join(f"> > {_md(line)}\n" for line in hit.answers.text.split("\n")) + ">\n"
        yield "".join(f"> {line}\n" for line in marked(hit, "**", "**", _md).split("\n"))
        yield "\n" if hit.url else f"\n`{place}`\n\n"
        if hit.url:
            yield "\n"


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
article{border-top:1px solid #8884;padding:.8rem 0}h2{font-size:1.05rem;margin:0}.facts,.place{opacity:.7;font-size:.85rem;margin:.1rem 0}
blockquote{margin:.4rem 0;padding-left:.8rem;border-left:3px solid #8886;opacity:.8;font-size:.92rem}
mark{background:#ffe08a;color:#111;border-radius:2px;padding:0 1px}p.text{margin:.4rem 0;white-space:pre-line}"""


def articles(results: Results) -> Iterator[str]:
    """The hits as HTML ``article`` elements, everything escaped."""
    for hit in results:
        title = escape(title_of(hit))
        if hit.url and hit.url.startswith(("http://", "https://")):
            title = f'<a href="{escape(place_of(hit), quote=True)}">{title}</a>'
        yield f"<article><h2>{hit.rank}. {title}</h2>"
        yield f'<div class="facts">{escape(facts_of(hit))}</div>'
        if hit.answers:
            yield f"<blockquote>{escape(_short(readable(hit.answers.text)[0], 300))}</blockquote>"
        yield f'<p class="text">{marked(hit, "<mark>", "</mark>", escape)}</p>'
        yield f'<div class="place">{escape(hit.path)} <code>{hit.passage_id}</code></div></article>\n'


def _html(results: Results) -> Iterator[str]:
    title = escape(results.query)
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1><p>{len(results)} of {results.total}</p>\n"
    yield from articles(results)
    yield "</body></html>\n"


_BIBTEX_KIND = {"abstract": "article"}
_RIS_KIND = {"abstract": "JOUR", "essay": "ELEC", "post": "BLOG", "comment": "ELEC", "message": "PCOMM"}


def _one_a_document(results: Results) -> Iterator[Hit]:
    seen = set()
    for hit in results:
        if hit.doc_id not in seen:
            seen.add(hit.doc_id)
            yield hit


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", "")).replace("\n", " ")


def _bibtex(results: Results) -> Iterator[str]:
    for hit in _one_a_document(results):
        key = re.sub(r"[^A-Za-z0-9:.-]", "-", hit.doc_id)
        fields = {
            "author": " and ".join(_tex(name) for name in hit.authors)
            + ("" if hit.authors_complete else " and others"),
            "title": f"{{{_tex(title_of(hit))}}}",
            "year": (hit.date or "")[:4],
            "date": (hit.date or "")[:10],
            "url": hit.url or "",
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value.strip())
        yield f"@{_BIBTEX_KIND.get(hit.kind, 'misc')}{{{key},\n{lines}}}\n\n"


def _ris(results: Results) -> Iterator[str]:
    for hit in _one_a_document(results):
        rows = [("TY", _RIS_KIND.get(hit.kind, "GEN"))]
        rows += [("AU", name) for name in hit.authors]
        rows += [
            ("TI", title_of(hit)),
            ("DA", (hit.date or "")[:10].replace("-", "/")),
            ("PY", (hit.date or "")[:4]),
        ]
        rows += [
            ("UR", hit.url or ""),
            ("ID", hit.doc_id),
            ("N2", " ".join(hit.text.split()) if hit.kind == "abstract" else ""),
        ]
        yield "".join(f"{tag}  - {value}\n" for tag, value in rows if value) + "ER  - \n\n"


def _trec(results: Results) -> Iterator[str]:
    topic = re.sub(r"\s+", "_", results.query.strip()) or "query"
    for hit in results:
        name = hit.doc_id if results.group == "document" else hit.passage_id
        name = "_".join(name.split())
        yield f"{topic} Q0 {name} {hit.rank} {hit.score:.6f} essaysearch\n"


FORMATS: tuple[Format, ...] = (
    Format("text", "for reading", _text),
    Format("json", "one JSON object, as the contract has it", _json),
    Format("jsonl", "one JSON object a hit, a line each", _jsonl),
    Format("csv", "a table for spreadsheets", _csv),
    Format("markdown", "with quotes and links, for notes", _markdown),
    Format("html", "a page on its own", _html),
    Format("bibtex", "the documents found, for LaTeX", _bibtex),
    Format("ris", "the documents found, for reference managers", _ris),
    Format("trec", "a run, for evaluation", _trec),
)


def format_named(name: str) -> Format:
    """The row of a format. Raises `UnknownFormat`, with the valid names."""
    for row in FORMATS:
        if row.name == name:
            return row
    names = [row.name for row in FORMATS]
    close = nearest(name, names)
    meant = f" Did you mean `{close}`?" if close else ""
    raise UnknownFormat(f"There is no format `{name}`.{meant} Choose one of: {', '.join(names)}.")
