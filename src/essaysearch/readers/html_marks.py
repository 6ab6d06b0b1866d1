"""What an element of a page is for: hidden, a quotation, a footnote, a data table."""

from __future__ import annotations

import re

from essaysearch.readers.html_tree import Element, classes, tag_of

BREAK = "\x00"
BOLD_STARTS = "\x02"
BOLD_ENDS = "\x03"
NOTE_STARTS = "\x04"
"""Signs that stand for ``<br>``, ``<b>``, ``</b>`` and a footnote's own label while text is gathered."""

_HIDDEN_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only mw-editsection headerlink "
    # The last one is a forum's own notice over a post that was written for another.
    "noprint mjx-preview alignmentcrosspostmessage-root".split()
)
_SHOWN_CLASS = re.compile(r"spoiler|collaps|detail|toggle|accordion|comment|answer|reply", re.I)
_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.I)

_QUOTE_CLASSES = frozenset(
    "bbquote bbcodeblock--quote gmail_quote quote_container quotebox yahoo_quoted".split()
)

_LONGEST_INTRODUCTION = 300
_NOTE_CLASSES = frozenset(
    "footnote footnotes footnote-item footnote-section footnotes-list footnote-list footnote-definition "
    "endnote endnotes references reflist rearnotes rearnote footnotes_content dpub-footnotes".split()
)
_NOTE_ROLES = frozenset(["doc-endnotes", "doc-endnote", "doc-footnote", "doc-footnotes", "note"])
_NOTE_TYPES = frozenset(["footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes"])
_NOTE_TAGS = frozenset("section div ol ul li aside p dl dd footer d-footnote-list dt-fn-list".split())
_ASIDE_CLASSES = frozenset(["sidenote", "marginnote", "inline-footnote-content"])

_NOTE_LINK = re.compile(
    r"#(?:.*[-_:])?(?:user-content-)?(?:fn|f\d+n|note|footnote|endnote|cite_note|ftn|ref)", re.I
)
_BACKLINK_TARGET = re.compile(r"#_?(?:edn|ftn|fn|cite_|note)-?ref|#f\d+r?ref|#_?ref-fn", re.I)
_NOTE_LABEL = re.compile(r"\[?(\d{1,3}|[*†‡§¶]{1,3}|[a-z]{1,2}|[ivx]{1,5})\]?", re.I)
_SUM = re.compile(
    r"\((?:[^()]{0,40}[+*/=^][^()]{0,40}|[^()]{1,8}\s[-−]\s[^()]{1,8}|\w{1,2})\)$|[=+*/^]\s*\w{1,3}$"
)
_BACKLINK_CLASS = re.compile(r"foot-?note-?back|back-?ref|back-?link|reversefootnote|mw-cite-backlink", re.I)
_BACKLINK_TEXT = frozenset(
    ["↩", "↩︎", "↩️", "↵", "⏎", "^", "↑", "⤴", "⬆", "¶", "§", "#", "🔗", "[back]", "[return]"]
)


def is_hidden(element: Element) -> bool:
    """Whether a reader of the page does not see the element. Spoilers and folded parts are seen."""
    attributes = element.attrib
    if not attributes:
        return False
    if "class" in attributes and _HIDDEN_CLASSES.intersection(classes(element)):
        return True
    unseen = "hidden" in attributes or "sf-hidden" in attributes.get("class", "")
    if unseen or _NO_DISPLAY.search(attributes.get("style", "")):
        return not _SHOWN_CLASS.search(f"{attributes.get('class', '')} {attributes.get('id', '')}")
    return attributes.get("aria-hidden") == "true" and tag_of(element) in ("span", "i", "a", "svg", "em")


def speaker_of(element: Element) -> str | None:
    """Whose words a turn of a dialogue on ForumMagnum is; None for any other element."""
    if "dialogue-message" not in classes(element):
        return None
    return " ".join(str(element.get("display-name") or "").split()) or None


def quoted_in(element: Element) -> str | None:
    """Whom Discourse's box around a block quote names; None for any other element."""
    if tag_of(element) != "aside" or "quote" not in classes(element):
        return None
    return " ".join(str(element.get("data-username") or "").split()) or None


def names_the_quoted(element: Element) -> bool:
    """Whether the element is the line over a quotation that repeats what its box says (`quoted_in`)."""
    above = element.getparent() if element.get("class") == "title" else None
    return above is not None and quoted_in(above) is not None


def is_shadow(element: Element) -> bool:
    """Whether a template is shown: a custom element's inside, as programs that save pages write it down."""
    return tag_of(element) == "template" and bool(element.get("shadowrootmode") or element.get("shadowroot"))


def is_quote(element: Element) -> bool:
    """Whether the element holds another's words: a block quote, or a forum's own box for them."""
    if tag_of(element) == "blockquote":
        # A page's own abstract may be set as a quotation is.
        around = element.getparent()
        return around is None or "abstract" not in classes(around)
    if tag_of(element) not in ("div", "aside") or not _QUOTE_CLASSES.intersection(classes(element)):
        return False
    # A box may hold who wrote and then the quotation, marked as one itself.
    quoted = element.find("blockquote")
    return quoted is None or _has_more_than_an_introduction(element, quoted)


def _has_more_than_an_introduction(element: Element, quoted: Element) -> bool:
    before = [element.text or ""]
    for child in element:
        if child is quoted:
            break
        before += ["".join(child.itertext()), child.tail or ""]
    said = " ".join("".join(before).split())
    return len(said) > _LONGEST_INTRODUCTION or said.startswith("---")


def is_note(element: Element) -> bool:
    """Whether the element holds footnotes or is one. (Marks that point to a footnote are not.)"""
    attributes = element.attrib
    if not attributes or tag_of(element) not in _NOTE_TAGS:
        return False
    if attributes.get("role") in _NOTE_ROLES - {"note"}:
        return True
    kinds = attributes.get("epub:type") or attributes.get("{http://www.idpf.org/2007/ops}type") or ""
    return bool(_NOTE_TYPES.intersection(kinds.split()) or _NOTE_CLASSES.intersection(classes(element)))


def is_aside(element: Element) -> bool:
    """Whether the element is a footnote that stands inside the sentence it belongs to."""
    tag = tag_of(element)
    if tag in ("d-footnote", "dt-fn"):
        return True
    return tag in ("span", "small") and bool(_ASIDE_CLASSES.intersection(classes(element)))


def is_backlink(element: Element) -> bool:
    """Whether the element only leads back from a footnote to its mark, or links a heading to itself."""
    tag = tag_of(element)
    if tag not in ("a", "span", "sup"):
        return False
    attributes = element.attrib
    if not attributes:
        return False
    if _BACKLINK_CLASS.search(attributes.get("class", "")) or attributes.get("rev") == "footnote":
        return True
    if attributes.get("role") == "doc-backlink" or attributes.get("epub:type") == "backlink":
        return True
    return (
        tag == "a"
        and "#" in attributes.get("href", "")
        and len(element) <= 1
        and "".join(element.itertext()).strip() in _BACKLINK_TEXT
    )


def leads_back(element: Element) -> bool:
    """Whether a link stands before a footnote and leads to its mark in the text (Word, Drupal, Wikipedia)."""
    return bool(_BACKLINK_TARGET.search(str(element.get("href") or "")))


def note_mark(element: Element, text: str) -> str | None:
    """``[1]`` where a link's text is the bare mark of a footnote, else None."""
    label = _NOTE_LABEL.fullmatch(text.strip())
    if not label:
        return None
    roles = (element.get("role"), element.get("epub:type"))
    if "doc-noteref" in roles or "noteref" in roles or _NOTE_LINK.search(str(element.get("href") or "")):
        return f"[{label[1]}]"
    return None


def script_text(tag: str, before: str, text: str) -> str:
    """A superscript or subscript in a line: ``10^5``, ``x_i``, ``H2O``, ``1st``, ``word [3]``."""
    inner = text.strip()
    if not inner or inner[0] in "[(^$" or len(inner) > 12:
        return text
    last = before[-1:]
    if tag == "sub":
        return f"_{inner}" if last.isalnum() and inner[0].isalpha() else inner
    if last.isdigit() and inner[0].isalpha():
        return inner
    word = re.search(r"\w*$", before)
    if last.isdigit() or (word and len(word[0]) == 1) or _SUM.search(before):
        return f"^{inner}"
    return f"[{inner}]" if inner.isdigit() and (last.strip() or not before.strip()) else inner


def is_data_table(table: Element) -> bool:
    """Whether a table holds data, rather than laying out a page: short cells, no blocks within."""
    columns = cells = 0
    row = 0
    for node in table.iter():
        if node is table:
            continue
        tag = tag_of(node)
        if tag in ("table", "blockquote", "h1", "h2", "h3", "article", "form", "pre"):
            return False
        if tag == "tr":
            columns, row = max(columns, row), 0
        elif tag in ("td", "th"):
            row += 1
            cells += 1
            if _length(node) > 800:
                return False
    return max(columns, row) >= 2 and cells >= 4


def _length(element: Element) -> int:
    total = 0
    for piece in element.itertext():
        total += len(piece.strip())
        if total > 800:
            break
    return total


def is_prose(text: str) -> bool:
    """Whether preformatted text is prose broken into lines, rather than a program or a table."""
    lines = [line for line in text.split("\n") if line.strip()]
    words = sum(len(line.split()) for line in lines)
    if words < 30 or words < 5 * len(lines):
        return False
    signs = sum(text.count(sign) for sign in "{}[];=<>|\\_#$+@")
    wide = sum(1 for line in lines if "   " in line.strip())
    ended = sum(text.count(sign) for sign in (". ", ".\n", "? ", "?\n", "! ")) + text.rstrip().endswith(".")
    return signs < 0.015 * len(text) and wide <= 0.1 * len(lines) and ended * 40 >= words
