"""The documents found as references: BibTeX and RIS, each document once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from essaysearch.formats.facts import title_of
from essaysearch.model import Hit
from essaysearch.search.results import Results
from essaysearch.text.readable import readable

_BIBTEX_KIND = {"abstract": "article"}
_RIS_KIND = {"abstract": "JOUR", "essay": "ELEC", "post": "BLOG", "comment": "ELEC", "message": "PCOMM"}
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def _one_a_document(hits: Iterable[Hit]) -> Iterator[Hit]:
    seen = set()
    for hit in hits:
        if hit.doc_id not in seen:
            seen.add(hit.doc_id)
            yield hit


def _tex(text: str) -> str:
    return re.sub(r"[&%$#_{}\\~^]", lambda m: _TEX.get(m[0], "\\" + m[0]), " ".join(text.split()))


def _bibtex_name(name: str) -> str:
    """A name as BibTeX reads it: one that holds an "and", or more commas than it knows, is one word to it."""
    whole = re.search(r"\band\b|^others$", name, re.IGNORECASE) or name.count(",") > 2
    return f"{{{_tex(name)}}}" if whole else _tex(name)


def bibtex(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """An entry a document. Keys are made of the documents' ids, and no two are equal."""
    keys: set[str] = set()
    for hit in _one_a_document(hits):
        key = base = re.sub(r"[^A-Za-z0-9:.-]", "-", hit.doc_id)
        number = 1
        while key.lower() in keys:
            number += 1
            key = f"{base}-{number}"
        keys.add(key.lower())
        fields = {
            "author": " and ".join(map(_bibtex_name, hit.authors))
            + (" and others" if hit.authors and not hit.authors_complete else ""),
            "title": f"{{{_tex(title_of(hit))}}}",
            "year": (hit.date or "")[:4],
            "date": (hit.date or "")[:10],
            "url": "".join((hit.url or "").split()).replace("{", "%7B").replace("}", "%7D"),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        yield f"@{_BIBTEX_KIND.get(hit.kind, 'misc')}{{{key},\n{lines}}}\n\n"


def ris(results: Results, hits: Iterable[Hit]) -> Iterator[str]:
    """A record a document."""
    for hit in _one_a_document(hits):
        rows = [
            ("TY", _RIS_KIND.get(hit.kind, "GEN")),
            *(("AU", name) for name in hit.authors),
            ("TI", title_of(hit)),
            ("DA", (hit.date or "")[:10].replace("-", "/")),
            ("PY", (hit.date or "")[:4]),
            ("UR", hit.url or ""),
            ("ID", hit.doc_id),
            ("N2", " ".join(readable(hit.text)[0].split()) if hit.kind == "abstract" else ""),
            ("N1", "" if hit.authors_complete or not hit.authors else "The list of authors is cut short."),
        ]
        shown = ((tag, " ".join(value.split())) for tag, value in rows)
        yield "".join(f"{tag}  - {value}\n" for tag, value in shown if value) + "ER  - \n\n"
