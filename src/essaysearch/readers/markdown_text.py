"""Markdown's body to clean text and blocks.

markdown-it finds the structure; its HTML is laid out by `html_text`, as all markup is. What
Markdown writers mean beyond CommonMark is settled here: formulas are left alone, footnotes
become notes, call-outs (``> [!quote] NAME``) know who speaks, and ``<insert any goal here>`` is
text, because HTML has no such tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from essaysearch.model import Block
from essaysearch.readers.footnotes import Footnotes, without_footnotes
from essaysearch.readers.html_text import html_to_blocks
from essaysearch.readers.paragraphs import blocks_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

DEEPEST = 100
"""Levels of block quotes that are told apart."""

_NESTING = 240
_LONGEST_LINE = 200_000
_LONGEST = 20_000_000
_MOST_BRACKETS = 1_000

_TAGS = frozenset(
    """a abbr address article aside audio b bdi bdo blockquote body br button caption center cite code col
    colgroup dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form
    h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main mark
    math menu meta nav noscript object ol option p picture pre q rp rt ruby s samp script section select
    small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track tt u ul var video wbr""".split()
)
_TAG = re.compile(r"<(?!!--)/?([A-Za-z][A-Za-z0-9-]*)?")
_FORMULA = re.compile(r"\$\$[^$]{1,4000}\$\$|\$(?=[^\s$])[^$\n]{0,600}(?<=[^\s\\])\$(?!\d)")
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,80})\]")
_CALLOUT = re.compile(r"\[!([A-Za-z-]+)\][-+]?[ \t]*(?P<title>[^\n]*)(?:\n|\Z)")
_QUOTING = frozenset(("quote", "cite"))
# Attributes that some generators put behind headings or on lines of their own.
_ATTRIBUTES = re.compile(
    r"(?:(?<=\S)[ \t]+|^[ \t]*)\{:?[ \t]*(?:[#.][\w-]|[a-z][\w-]*=[\"'])[^{}\n]{0,300}\}[ \t]*$", re.MULTILINE
)
# A link around whole paragraphs, as programs that clip pages write it; no Markdown knows it.
_BOX = re.compile(r"(?:^|(?<=\n))\[[ \t]*\n((?:(?!\[[ \t]*\n|\]\().*\n){1,60}?)[ \t]*\]\([^()\s]*\)")
_DEEP = re.compile(rf"^[ \t]*(?:>[ \t]?){{{DEEPEST + 1},}}", re.MULTILINE)
_LONGEST_SPEAKER = 120


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """A body laid out: its text and blocks; ``title`` is the heading of first level that opens it."""

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    notes: tuple[str, ...] = ()

    def without_title(self) -> MarkdownText:
        """The same without its opening heading."""
        if self.title is None or not self.blocks:
            return self
        start = self.blocks[1].start if len(self.blocks) > 1 else len(self.text)
        blocks = tuple(replace(b, start=b.start - start, end=b.end - start) for b in self.blocks[1:])
        return MarkdownText(self.text[start:], blocks, None, self.notes)


def markdown_blocks(source: str) -> MarkdownText:
    """The body of a Markdown file as text and blocks, which cover its every non-space character.

    What is too large or too deeply nested for the parser is read as plain text, and noted.
    """
    if len(source) > _LONGEST or any(len(line) > _LONGEST_LINE for line in source.split("\n")):
        return _plain(source, "too long for Markdown; read as plain text")
    if any(part.count("[") > _MOST_BRACKETS for part in source.split("\n\n")):
        return _plain(source, "too many brackets for Markdown; read as plain text")
    notes = []
    if _DEEP.search(source):
        source = _DEEP.sub("> " * DEEPEST, source)
        notes.append(f"quotes nested more than {DEEPEST} deep were read as {DEEPEST} deep")
    if "\n](" in source:
        source = _BOX.sub(r"\n\1\n", source)
    body, footnotes = without_footnotes(_ATTRIBUTES.sub("", _with_closed_comments(source)))
    parser = _parser()
    try:
        tokens = parser.parse(body, {"footnotes": footnotes})
        if any(token.level >= _NESTING - 2 for token in tokens):
            return _plain(source, "too deeply nested for Markdown; read as plain text")
        return replace(_laid_out(parser, tokens, footnotes), notes=tuple(notes))
    except RecursionError:
        return _plain(source, "too deeply nested for Markdown; read as plain text")


def _with_closed_comments(source: str) -> str:
    """The source with a comment that never ends made text: it would hide all that follows."""
    closed = source.rfind("-->") + 1
    return source[:closed] + source[closed:].replace("<!--", "&lt;!--")


def _plain(source: str, note: str) -> MarkdownText:
    text = source.strip()
    return MarkdownText(text, blocks_of(text), None, (note,))


def _laid_out(parser: MarkdownIt, tokens: Sequence[Token], footnotes: Footnotes) -> MarkdownText:
    title = None
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title = " ".join(_readable(tokens[1]).split()) or None
    texts: list[str] = []
    blocks: list[Block] = []
    for part, speaker in _parts(tokens):
        _append(texts, blocks, *html_to_blocks(_html(parser, part)), speaker)
    for number, note in footnotes.in_order():
        html = _html(parser, parser.parse(note, {"footnotes": footnotes}))
        text = f"[{number}] {html_to_blocks(html)[0]}"
        _append(texts, blocks, text, (Block(0, len(text), role="note"),), None)
    return MarkdownText("\n\n".join(texts), tuple(blocks), title)


def _append(
    texts: list[str], blocks: list[Block], text: str, parts: Sequence[Block], speaker: str | None
) -> None:
    if not text.strip():
        return
    shift = blocks[-1].end + 2 if blocks else 0
    texts.append(text)
    for block in parts:
        named = speaker if block.voice == "quoted" and block.depth == 1 else block.speaker
        blocks.append(replace(block, start=block.start + shift, end=block.end + shift, speaker=named))


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], str | None]]:
    """The tokens in stretches, each attributed quote by itself with the name of who is quoted."""
    stretch: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "blockquote_open" and token.level == 0:
            end = next(
                i
                for i in range(at, len(tokens))
                if tokens[i].type == "blockquote_close" and not tokens[i].level
            )
            quote, speaker = _callout(list(tokens[at : end + 1]))
            if speaker:
                if stretch:
                    yield stretch, None
                yield quote, speaker
                stretch = []
            else:
                stretch.extend(quote)
            at = end + 1
            continue
        stretch.append(token)
        at += 1
    if stretch:
        yield stretch, None


def _callout(quote: list[Token]) -> tuple[list[Token], str | None]:
    """A block quote without its ``[!kind] title`` line, and the speaker that names.

    Only a call-out of kind ``quote`` quotes; any other is the author's own words in a box.
    """
    inline = next((token for token in quote if token.type == "inline"), None)
    match = _CALLOUT.match(inline.content) if inline else None
    if inline is None or match is None:
        return quote, None
    title = _readable_markdown(match["title"])
    rest = inline.content[match.end() :]
    quoting = match[1].lower() in _QUOTING
    speaker = title[:_LONGEST_SPEAKER] if quoting and title else None
    kept = rest if speaker else "  \n".join(part for part in (match["title"], rest) if part)
    changed = _parser().parseInline(kept)[0]
    changed.level = inline.level
    quote[quote.index(inline)] = changed
    return (quote if quoting else quote[1:-1]), speaker


def _readable(inline: Token) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " for child in inline.children or ()
    )


def _readable_markdown(text: str) -> str:
    return " ".join(_readable(_parser().parseInline(text)[0]).split())


def _html(parser: MarkdownIt, tokens: Sequence[Token]) -> str:
    for token in tokens:
        if token.type == "html_block":
            token.content = _known_tags(token.content)
        for child in token.children or ():
            if child.type == "html_inline":
                child.content = _known_tags(child.content)
    return str(parser.renderer.render(list(tokens), parser.options, {}))


def _known_tags(markup: str) -> str:
    """The markup, with every ``<`` that opens no tag of HTML made text."""
    return _TAG.sub(
        lambda m: m.group() if (m[1] or "").lower() in _TAGS or not m[1] else escape(m.group()), markup
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING}).enable(
        ["table", "strikethrough"]
    )
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.inline.ruler.before("link", "footnote", _reference)
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    """Keeps ``$a_t o_t$`` as written: its underscores are no emphasis."""
    match = _FORMULA.match(state.src, state.pos) if state.src[state.pos] == "$" else None
    return _text_token(state, silent, match, match.group() if match else "")


def _reference(state: StateInline, silent: bool) -> bool:
    """``[^label]`` as ``[1]``, where the label has a footnote."""
    match = _REFERENCE.match(state.src, state.pos) if state.src.startswith("[^", state.pos) else None
    footnotes: Any = state.env.get("footnotes")
    number = footnotes.number(match[1]) if match and footnotes else None
    return _text_token(state, silent, match if number else None, f"[{number}]")


def _text_token(state: StateInline, silent: bool, match: re.Match[str] | None, text: str) -> bool:
    if match is None:
        return False
    if not silent:
        state.push("text", "", 0).content = text
    state.pos = match.end()
    return True
