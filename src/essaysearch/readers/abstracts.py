"""Records of papers to documents of kind ``abstract``: what all bibliographic sources share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from essaysearch.model import Document
from essaysearch.readers import tex
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.readers.posts import TITLE_ONLY
from essaysearch.text.ids import derived_document_id

_EMPTY_LINE = re.compile(r"\n\s*\n\s*")
_INDENT = re.compile(r"\n([ \t]*)(?=\S)")
# The markup that publishers leave in: JATS and MathML by their prefixes, and tags that no prose holds.
_TAG = re.compile(
    r"</?(?P<name>(?:jats|mml|m|tei|xhtml):[\w-]+|p|title|sec|italic|bold|sub|sup|sc|scp|i|b|u|em|strong|tt|span|div|br"
    r"|h[1-6]|ul|ol|li|list|list-item|underline|monospace|inline-formula|tex-math|ext-link|xref|inf)(?:\s[^<>]*)?/?>"
    r"|<a\s+href[^<>]*>|</a>",
    re.IGNORECASE,
)
_ESCAPED_TAG = re.compile(
    r"&lt;/?(?:jats:)?(?:p|title|sec|italic|bold|sub|sup|i|b|em|strong|br)\b[^<>&]*&gt;", re.I
)
_CLOSED = re.compile(r"</[a-z]|<(?:jats:)?br\s*/?>|<[a-z:]+\s*/>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.I)
_HEADING = re.compile(r"\A\s*<jats:title>\s*(?:Abstract|Summary)\s*</jats:title>", re.I)
_SECOND_FORM = re.compile(r"</jats:tex-math>\s*<mml:math\b.*?</mml:math>", re.S | re.I)
_PARTING = frozenset(("p", "title", "sec", "div", "br", "ul", "ol", "li", "list", "list-item", "disp-quote"))


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

    Markup that publishers leave in goes (`untagged`). ``indented``: see `joined_lines`.
    """
    return tex.accents(joined_lines(untagged(text), indented))


def untagged(text: str, entities: bool = False) -> str:
    """A title or abstract without tags of JATS, MathML and HTML; their entities, or all, decoded once.

    Tags go where one of them is closed, and only by names that publishers use: ``<insert any goal
    here>`` and ``<p> = 2`` stay. ``entities``: the source decodes none itself, as JSON and BibTeX do not.

    >>> untagged("On <i>E. coli</i> &amp; a &lt; b, x<sub>1</sub>")
    'On E. coli & a < b, x1'
    """
    text = _HEADING.sub("", text)
    if "&lt;/" in text and _ESCAPED_TAG.search(text):
        text = unescape(text)
    if _CLOSED.search(text) and _TAG.search(text):
        text, entities = _TAG.sub(_parted, _SECOND_FORM.sub("", text)), True
    return entities_decoded(text) if entities else text


def entities_decoded(text: str) -> str:
    """The text with HTML's entities as characters, those alone that end as they must.

    >>> entities_decoded("R&copy &amp; &#8220;x&#8221;")
    'R&copy & “x”'
    """
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def _parted(match: re.Match[str]) -> str:
    """What stands for a tag: a new paragraph where it is that of a block."""
    name = (match["name"] or "").rpartition(":")[2].lower()
    return "\n\n" if name in _PARTING or (name[:1] == "h" and name[1:].isdigit()) else ""


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
    abstract it is a title alone (`TITLE_ONLY`). Metadata that is empty is left out.
    Without an id of its own it gets one from reader, first author and title.
    """
    title = " ".join(untagged(title).split())
    names = tuple(dict.fromkeys(name for raw in authors if (name := " ".join(raw.split()))))
    text, said = (abstract, tuple(notes)) if abstract.strip() else ("", (*notes, TITLE_ONLY))
    if not text and not title:
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
