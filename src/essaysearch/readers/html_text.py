"""HTML as a person reads it: clean text, cut into blocks that say what they are and who speaks.

Every reader that meets HTML comes here. The walk is one pass without recursion, so its time is
linear in the markup and a thousand nested quotes are as good as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from essaysearch.model import Block, Role
from essaysearch.readers.html_marks import (
    BOLD_ENDS,
    BOLD_STARTS,
    BREAK,
    NOTE_STARTS,
    is_aside,
    is_backlink,
    is_data_table,
    is_hidden,
    is_note,
    is_prose,
    is_quote,
    is_shadow,
    leads_back,
    names_the_quoted,
    note_mark,
    quoted_in,
    script_text,
    speaker_of,
)
from essaysearch.readers.html_math import formula
from essaysearch.readers.html_pieces import Piece, joined, settled
from essaysearch.readers.html_runs import BOLD_MARKS, INVISIBLE_BUT_MARKS, one_line, paragraphs_of
from essaysearch.readers.html_tree import Element, parse_fragment, tag_of

_DROPPED = frozenset(
    "script style noscript template nav head svg iframe object audio video canvas map area button "
    "input select textarea progress meter d-bibliography dt-bibliography d-front-matter d-toc rt rp".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol "
    "p pre section summary table tbody td tfoot th thead tr ul listing plaintext xmp".split()
)
_INLINE_CUSTOM = frozenset("d-math d-cite d-footnote d-slider d-code dt-math dt-cite dt-fn dt-code".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 hgroup".split())
_BARE_FORMULAS = frozenset("math d-math dt-math mjx-container".split())
_LISTS = frozenset("ul ol menu dir dl".split())
_CODE = frozenset("pre listing xmp plaintext".split())

_NUMBERED = re.compile(r"\[?(?:\d{1,3}|[ivx]{1,5})[\]).]|[*†‡^]")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_PROGRAM = re.compile(r"code|highlight|language|prettyprint|\bsrc\b|brush|verbatim", re.I)
_LABEL = 80
"""Text shorter than this in a drawing is one of its labels, not a paragraph."""


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int
    quotes: int


@dataclass
class _Walk:
    """What has been written so far, and what encloses the place that is being read."""

    pieces: list[Piece] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    flushes: int = 0
    quotes: int = 0
    notes: int = 0
    headings: int = 0
    code: int = 0
    programs: bool = False
    bold: int = 0
    lists: list[_List] = field(default_factory=list)
    run: int = 0
    marker: str = ""
    tables: int = 0
    drawn: int = 0
    captions: int = 0
    row: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    asides: list[list[str]] = field(default_factory=list)
    aside_notes: list[str] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    speakers: list[tuple[str, int]] = field(default_factory=list)


def to_blocks(element: Element) -> tuple[str, tuple[Block, ...]]:
    """The text of an element and its blocks, in order, covering every non-space character.

    Paragraphs, headings, list runs, code, tables and notes each become blocks, two newlines
    apart. Kept: nested block quotes (voice ``quoted``, ``depth`` n), bullets and numbers of
    lists (one item a line, indented two spaces a level), preformatted code as it stands, data
    tables (one row a line, cells joined by `` | ``), footnotes (role ``note``, their marks as
    ``[1]``), formulas as ``$LaTeX$``, ``<br><br>`` as a border of paragraphs, spoilers.
    Dropped: scripts, styles, navigation, forms, hidden elements, links back from a footnote.
    The element itself is never taken for a quotation, whatever its tag. The tree is not changed.
    """
    from lxml import etree

    walk = _Walk()
    skipped: Element | None = None
    events = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in events:
        if event == "start":
            if node is not element and _skip(walk, node):
                skipped = node
                events.skip_subtree()
                continue
            _enter(walk, node, node is element)
            if node.text:
                walk.buffer.append(node.text)
            continue
        if event == "end":
            if node is skipped:
                skipped = None
            else:
                _leave(walk, node, node is element)
        if node is not element and node.tail:
            walk.buffer.append(node.tail)
    _flush(walk)
    walk.pieces += (Piece(f"[{n}] {note}", "note", 0) for n, note in enumerate(walk.aside_notes, 1))
    return joined(settled(walk.pieces))


def html_to_blocks(fragment: str) -> tuple[str, tuple[Block, ...]]:
    """`to_blocks` of a piece of markup such as a comment's body; its entities are decoded once."""
    return to_blocks(parse_fragment(fragment))


def _skip(walk: _Walk, node: Element) -> bool:
    """Whether a subtree is left out here: it is not content, or it has just been said as a formula."""
    if not node.keys():
        tag = tag_of(node)
        if tag not in _BARE_FORMULAS:
            return tag in _DROPPED
    tex = formula(node)
    if tex is not None:
        walk.buffer.append(tex)
        return True
    tag = tag_of(node)
    if (tag in _DROPPED and not is_shadow(node)) or is_hidden(node) or is_backlink(node):
        return True
    return names_the_quoted(node)


def _is_block(tag: str) -> bool:
    return tag in _BLOCKS or ("-" in tag and tag not in _INLINE_CUSTOM and not tag.startswith("mjx-"))


def _enter(walk: _Walk, node: Element, is_root: bool) -> None:
    tag = tag_of(node)
    if is_aside(node):
        walk.asides.append(walk.buffer)
        walk.buffer = []
    if _is_block(tag):
        _flush(walk)
        _open(walk, node, tag, is_root)
    elif tag == "br":
        walk.buffer.append("\n" if walk.code else BREAK)
    elif tag in ("b", "strong"):
        walk.buffer.append(BOLD_STARTS)
    elif tag in ("sup", "sub", "a"):
        walk.starts.append((walk.flushes, len(walk.buffer)))
        if tag == "a" and leads_back(node) and not "".join(walk.buffer).strip():
            walk.buffer.append(NOTE_STARTS)
    elif tag == "q":
        walk.buffer.append("“")
    elif tag in ("code", "samp", "kbd") and walk.code:
        walk.programs = True
    elif tag == "img" and "emoji" in str(node.get("class") or ""):
        walk.buffer.append(str(node.get("alt") or ""))
    elif tag == "d-code" and node.get("block") is not None:
        _flush(walk)
        walk.code += 1


def _open(walk: _Walk, node: Element, tag: str, is_root: bool) -> None:
    if is_quote(node) and not is_root:
        walk.quotes += 1
    elif quoted := quoted_in(node):
        walk.speakers.append((quoted, walk.quotes + 1))
    if is_note(node):
        walk.notes += 1
    if speaker := speaker_of(node):
        walk.speakers.append((speaker, 0))
    if tag in _HEADINGS or node.get("role") == "heading":
        walk.headings += 1
    elif tag in _CODE:
        walk.code += 1
        walk.programs = bool(_PROGRAM.search(str(node.get("class") or "")))
    elif tag in _LISTS:
        if not walk.lists:
            walk.run += 1
        start = str(node.get("start") or "1")
        walk.lists.append(_List(tag == "ol", _number(start), walk.quotes))
    elif tag in ("li", "dt"):
        walk.marker = _marker(walk, node)
    elif tag == "table" and (walk.tables or is_data_table(node)):
        walk.tables += 1
    elif tag == "figcaption":
        walk.captions += 1
    elif tag == "figure" and (walk.drawn or node.find(".//svg") is not None):
        walk.drawn += 1


def _marker(walk: _Walk, node: Element) -> str:
    """What stands before an item: ``- ``, ``3. ``, or ``[3] `` for a footnote."""
    if not walk.lists:
        return "- "
    top = walk.lists[-1]
    top.number = _number(str(node.get("value") or ""), top.number)
    number, top.number = top.number, top.number + 1
    if walk.notes and top.ordered:
        return f"[{number}] "
    return f"{number}. " if top.ordered else "- "


def _leave(walk: _Walk, node: Element, is_root: bool) -> None:
    tag = tag_of(node)
    if tag in ("b", "strong"):
        walk.buffer.append(BOLD_ENDS)
    elif tag in ("sup", "sub", "a") and walk.starts:
        _rewrite(walk, node, tag, walk.starts.pop())
    elif tag == "q":
        walk.buffer.append("”")
    elif tag in ("d-cite", "dt-cite") and walk.buffer and not "".join(node.itertext()).strip():
        walk.buffer[-1] = walk.buffer[-1].rstrip()
    elif tag in ("td", "th") and walk.tables:
        walk.row.append(one_line("".join(walk.buffer).replace(BREAK, " ")))
        walk.buffer = []
    elif tag == "tr" and walk.tables:
        if any(walk.row):
            walk.rows.append(" | ".join(walk.row))
        walk.row = []
    elif tag == "d-code" and node.get("block") is not None:
        _flush(walk)
        walk.code -= 1
    if _is_block(tag):
        _flush(walk)
        _close(walk, node, tag, is_root)
    if is_aside(node):
        note = one_line("".join(walk.buffer).replace(BREAK, " "))
        walk.buffer = walk.asides.pop()
        if note:
            walk.aside_notes.append(note)
            walk.buffer.append(f"[{len(walk.aside_notes)}]")


def _close(walk: _Walk, node: Element, tag: str, is_root: bool) -> None:
    if is_quote(node) and not is_root:
        walk.quotes -= 1
    if is_note(node):
        walk.notes -= 1
    if walk.speakers and (speaker_of(node) or quoted_in(node)):
        walk.speakers.pop()
    if tag in _HEADINGS or node.get("role") == "heading":
        walk.headings -= 1
    elif tag in _CODE:
        walk.code -= 1
    elif tag in _LISTS:
        walk.lists.pop()
    elif tag == "figcaption":
        walk.captions -= 1
    elif tag == "figure" and walk.drawn:
        walk.drawn -= 1
    elif tag in ("li", "dt"):
        walk.marker = ""
    elif tag == "table" and walk.tables:
        walk.tables -= 1
        if not walk.tables and walk.rows:
            _add(walk, "\n".join(walk.rows), "table")
            walk.rows = []


def _number(text: str, default: int = 1) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def _rewrite(walk: _Walk, node: Element, tag: str, begun: tuple[int, int]) -> None:
    """Gives a superscript, a subscript or the mark of a footnote the form it has in plain text."""
    flushes, start = begun
    if flushes != walk.flushes or walk.code:
        return
    text = "".join(walk.buffer[start:])
    if len(text) > 24:
        return
    before = BOLD_MARKS.sub("", "".join(walk.buffer[max(0, start - 3) : start]))
    new: str | None
    if tag != "a":
        new = script_text(tag, before, text)
    else:
        new = None if before.rstrip().endswith("[") else note_mark(node, text)
    if new is not None:
        walk.buffer[start:] = [new]


def _flush(walk: _Walk) -> None:
    """Ends a run of text: what was gathered becomes a block, or several where ``<br><br>`` parts it."""
    if not walk.buffer:
        return
    if walk.tables or walk.asides:
        walk.buffer.append(" ")
        return
    raw = "".join(walk.buffer).translate(INVISIBLE_BUT_MARKS)
    walk.buffer = []
    walk.flushes += 1
    if walk.code:
        code = BOLD_MARKS.sub("", raw).replace(BREAK, "\n").replace(NOTE_STARTS, "").strip("\n").rstrip()
        if code.strip() and not walk.programs and is_prose(code):
            for paragraph in _EMPTY_LINES.split(code):
                if line := one_line(paragraph):
                    _add_run(walk, line, False)
        elif code.strip():
            _add(walk, code, "code")
        return
    is_a_note = NOTE_STARTS in raw
    walk.notes += is_a_note
    found, walk.bold = paragraphs_of(raw, walk.bold)
    for text, bold in found:
        _add_run(walk, text, bold)
    walk.notes -= is_a_note


def _add_run(walk: _Walk, text: str, bold: bool) -> None:
    if walk.drawn and not walk.captions and len(text) < _LABEL:
        return
    marker, walk.marker = walk.marker, ""
    if walk.notes and not walk.headings:
        label = marker if marker.startswith("[") and not _NUMBERED.match(text) else ""
        _add(walk, label + text, "note")
    elif walk.headings:
        _add(walk, (marker if marker != "- " else "") + text.replace("\n", " "), "heading")
    elif walk.lists and walk.lists[-1].quotes == walk.quotes:
        level = sum(1 for outer in walk.lists if outer.quotes == walk.quotes) - 1
        indent = "  " * min(level, 20) + ("" if marker else "  ")
        hanging = "  " * min(level + 1, 21)
        _add(walk, indent + marker + text.replace("\n", "\n" + hanging), "list", walk.run)
    else:
        _add(walk, text, "paragraph", bold=bold)


def _add(walk: _Walk, text: str, role: Role, run: int = 0, bold: bool = False) -> None:
    last = walk.pieces[-1] if walk.pieces else None
    if run and last and last.run == run and last.depth == walk.quotes:
        walk.pieces[-1] = Piece(f"{last.text}\n{text}", role, walk.quotes, run, speaker=last.speaker)
    else:
        speaker = next((name for name, depth in reversed(walk.speakers) if depth == walk.quotes), None)
        text = text.lstrip() if role == "list" else text
        walk.pieces.append(Piece(text, role, walk.quotes, run, bold, speaker))
