"""Results as marked-up cards in a notebook."""

from __future__ import annotations

from html import escape

from essaysearch.expansion import written
from essaysearch.formats.facts import citation
from essaysearch.formats.markup import articles
from essaysearch.search.results import Results
from essaysearch.search.surroundings import Surroundings
from essaysearch.text.readable import readable

_STYLE = """.essaysearch article{border:1px solid #8884;border-radius:6px;padding:.6rem .9rem;margin:.5rem 0;
max-width:52rem}
.essaysearch h2{font-size:1rem;margin:0}
.essaysearch .facts,.essaysearch .place{opacity:.7;font-size:.8rem}
.essaysearch blockquote{margin:.3rem 0;padding-left:.7rem;border-left:3px solid #8886;opacity:.8;
font-size:.88rem}
.essaysearch mark{background:#ffe08a;color:#111;border-radius:2px;padding:0 1px}
.essaysearch p{margin:.3rem 0;white-space:pre-line}"""


def cards(results: Results) -> str:
    """The hits as HTML, everything from documents and queries escaped."""
    warnings = "".join(f"<div>⚠ {escape(warning.message)}</div>" for warning in results.warnings)
    head = f"<div><b>{escape(results.asked)}</b> · {len(results):,} of {results.total:,}</div>"
    if results.expansion is not None:
        head += f"<div>Added: {escape(written(results.expansion)) or 'nothing'}</div>"
    body = "".join(articles(results)) if results else "<div>Nothing found.</div>"
    facets = "".join(
        f"<div>{escape(name)}: "
        + escape(", ".join(f"{value or 'none'} {count:,}" for value, count in rows[:12]))
        + "</div>"
        for name, rows in results.facets.items()
    )
    return f'<div class="essaysearch"><style>{_STYLE}</style>{head}{warnings}{body}{facets}</div>'


def surroundings_card(found: Surroundings) -> str:
    """A passage in its surroundings as HTML: what it answers over it, its neighbours dimmed."""
    document = found.document
    title = readable(document.title)[0] if document.title else document.kind
    facts = " · ".join(part for part in (", ".join(document.authors), document.date or "undated") if part)
    body = []
    for number, (passage, text) in enumerate(found.passages):
        if number == found.focus:
            for _, answered in found.answers:
                body.append(f"<blockquote>in answer to: {escape(readable(answered)[0])}</blockquote>")
        dimmed = "" if number == found.focus else ' style="opacity:.6"'
        body.append(f"<p{dimmed}>{escape(readable(text)[0])} <code>{passage.id}</code></p>")
    return (
        f'<div class="essaysearch"><style>{_STYLE}</style><article><h2>{escape(title)}</h2>'
        f'<div class="facts">{escape(facts)}</div>{"".join(body)}</article></div>'
    )


def citations(results: Results) -> list[str]:
    """A line for each hit that says where it comes from."""
    return [citation(hit) for hit in results]
