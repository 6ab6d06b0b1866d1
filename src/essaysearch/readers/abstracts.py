"""Records of papers to documents of kind ``abstract``: what all bibliographic sources share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from essaysearch.model import Document
from essaysearch.readers import tex
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.text.ids import derived_document_id

TITLE_ONLY = "it has no abstract: its title stands as its text"
"""The note of a document that is a title and nothing else."""

_EMPTY_LINE = re.compile(r"\n\s*\n\s*")
_INDENT = re.compile(r"\n([ \t]*)(?=\S)")
_JATS = re.compile(r"</?(?:jats:)?(?:p|title|sec|italic|bold|sub|sup|i|b|em|strong)(?:\s[^<>]*)?/?>")


def joined_lines(text: str, indented: bool = False) -> str:
    """A text broken into lines of fixed length as whole paragraphs.

    An empty line parts paragraphs; where they are ``indented`` (in arXiv's abstracts), so does a
    line that stands two spaces or more to the right of the others. Spaces within a paragraph
    become one.

    >>> joined_lines("  One\\ntwo.\\n  Three\\nfour.", indented=True)
    'One two.\\n\\nThree four.'
    """
    text = text.strip()
    if indented and (indents := [len(indent.expandtabs()) for indent in _INDENT.findall(text)]):
        first = min(indents) + 2
        text = _INDENT.sub(lambda match: "\n\n" if len(match[1].expandtabs()) >= first else "\n", text)
    paragraphs = (" ".join(part.split()) for part in _EMPTY_LINE.split(text))
    return "\n\n".join(part for part in paragraphs if part)


def abstract_text(text: str, indented: bool = False) -> str:
    """An abstract as a source holds it, to its text: whole paragraphs, TeX's accents as characters.

    Tags of JATS (``<jats:p>``), which publishers leave in, go. ``indented``: see `joined_lines`.
    """
    if "<" in text and _JATS.search(text):
        text = _JATS.sub(lambda match: "\n\n" if match[0].endswith(("p>", "title>", "sec>")) else "", text)
    return tex.accents(joined_lines(text, indented))


def paper(
    *,
    id: str | None,
    reader: str,
    title: str,
    abstract: str,
    authors: Iterable[str] = (),
    date: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    notes: Iterable[str] = (),
    **more: Any,
) -> Document | None:
    """The document of a paper; None where it has neither an abstract nor a title.

    ``title`` is put on one line, ``abstract`` is taken as `abstract_text` gave it. Without an
    abstract the title is the text, and a note says so. Metadata that is empty is left out.
    Without an id of its own it gets one from reader, first author and title.
    """
    title = " ".join(title.split())
    names = tuple(dict.fromkeys(name for raw in authors if (name := " ".join(raw.split()))))
    text, said = (abstract, tuple(notes)) if abstract.strip() else (title, (*notes, TITLE_ONLY))
    if not text:
        return None
    return Document(
        id=id or derived_document_id(reader, names[0] if names else "", title or text[:80]),
        kind="abstract",
        text=text,
        blocks=blocks_of(text, headings=False),
        title=title or None,
        authors=names,
        date=date,
        metadata={
            key: value for key, value in (metadata or {}).items() if value not in (None, "", [], {}, ())
        },
        notes=said,
        **more,
    )
