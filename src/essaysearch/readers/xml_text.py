"""XML one element at a time, from files that may be long, malformed, cut off or hostile.

The file is cut at the start and end tags of the elements a format is made of (``row``,
``item``, ``record`` …), and each element is parsed on its own. So memory holds one element, an
error spoils one element, and no parser ever sees a document type: entities are never expanded
and nothing is fetched. An element that is not well-formed is mended where that is plain.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from essaysearch.model import Skipped
from essaysearch.readers.source import SourceFile
from essaysearch.readers.streamed import check_size, text_pieces
from essaysearch.readers.xml_elements import UNKNOWN, Element, is_known
from essaysearch.readers.xml_mend import mended, with_plain_entities

_DECLARED_SPACE = re.compile(r"""\sxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_ENTITY = re.compile(r"<!ENTITY\s+%?\s*([\w.:-]+)")
_TAG_STOP = re.compile(r"""[>"']""")


class Found(NamedTuple):
    """An element that was looked for, the 1-based line it starts at, and what was mended in it."""

    element: Element
    line: int
    notes: tuple[str, ...] = ()


@dataclass
class _Window:
    """The part of the file that is in memory; ``at`` is how far it has been looked through."""

    source: SourceFile
    pieces: Iterator[str]
    text: str = ""
    at: int = 0
    line: int = 1
    ended: bool = False
    header: list[str] = field(default_factory=list)

    def more(self) -> bool:
        """Appends what comes next, as much again as is held; False at the end of the file."""
        check_size(self.source, "an element", len(self.text))
        wanted = max(1, len(self.text))
        got: list[str] = []
        size = 0
        while size < wanted and not self.ended:
            piece = next(self.pieces, None)
            if piece is None:
                self.ended = True
            else:
                got.append(piece)
                size += len(piece)
        self.text += "".join(got)
        return size > 0

    def drop(self, count: int) -> None:
        """Forgets the characters before ``count``."""
        self.line += self.text.count("\n", 0, count)
        self.text = self.text[count:]
        self.at = max(0, self.at - count)


def elements(
    source: SourceFile, names: tuple[str, ...], opening: tuple[str, ...] = (), nests: bool = False
) -> Iterator[Found | Skipped]:
    """The elements of these local names, in order, each without its surroundings.

    Elements within a found one belong to it. Of an ``opening`` name only the start tag is given,
    as an empty element, when it is met. Where elements cannot nest (``nests`` false) a start tag
    inside one of the same name ends the one that was left open. What cannot be parsed, and what
    the file breaks off in, is `Skipped` with its line; what was read in spite of a mistake
    carries a note. Characters and entities that no XML may hold are put right or kept as written.
    """
    return _elements(source, _Window(source, text_pieces(source)), names, opening, nests)


def elements_of(source: SourceFile, text: str, names: tuple[str, ...]) -> Iterator[Found | Skipped]:
    """`elements` of a text that stands inside a file of another format."""
    return _elements(source, _Window(source, iter((text,))), names, (), False)


def _elements(
    source: SourceFile, window: _Window, names: tuple[str, ...], opening: tuple[str, ...], nests: bool
) -> Iterator[Found | Skipped]:
    names_here = "|".join(re.escape(name) for name in (*names, *opening))
    mark = re.compile(rf"<(?:!\[CDATA\[|!--|!DOCTYPE|/?((?:[\w.-]+:)?(?:{names_here}))(?=[\s/>]))", re.I)
    spaces: str | None = None
    entities: set[str] = set()
    while (found := _next(window, mark)) is not None:
        start, kind, name = found
        if spaces is None and kind != "end":
            window.header.append(window.text[:start])
        if kind in ("cdata", "comment"):
            _pass(window, start, "]]>" if kind == "cdata" else "-->")
        elif kind == "doctype":
            end = _doctype_end(window, start)
            entities.update(_ENTITY.findall(window.text, start, end))
            _note_entities(source, entities)
            window.drop(end)
            window.at = 0
        elif kind == "end":
            window.at = start + 2
        else:
            if spaces is None:
                spaces = _spaces("".join(window.header)[-(1 << 16) :])
            window.drop(start)
            window.at = 0
            line = window.line
            local = name.rpartition(":")[2].lower()
            only_tag = local in {n.lower() for n in opening}
            end, problem = _tag(window, 0) if only_tag else _element_end(window, name, mark, nests)
            text = window.text[:end]
            window.drop(end)
            window.at = 0
            if only_tag:
                text = text.rstrip("/> \n\t") + "/>"
            yield from _parsed(source, text, spaces, line, name, problem)


def _next(window: _Window, mark: re.Pattern[str]) -> tuple[int, str, str] | None:
    """The place, kind and name of the next thing that matters; None at the end of the file."""
    while True:
        match = mark.search(window.text, window.at)
        if match and (match.end() < len(window.text) or window.ended):
            return match.start(), _kind(match), match[1] or ""
        if window.ended:
            return None
        # The tail may hold the beginning of a tag.
        keep = window.text.rfind("<", max(window.at, len(window.text) - 256))
        window.at = keep if keep >= 0 else len(window.text)
        if len(window.header) < 8:
            window.header.append(window.text[: window.at])
        window.drop(window.at)
        window.more()


def _kind(match: re.Match[str]) -> str:
    if match[1]:
        return "end" if match[0].startswith("</") else "start"
    return {"<![": "cdata", "<!-": "comment"}.get(match[0][:3], "doctype")


def _pass(window: _Window, start: int, closing: str) -> None:
    """Moves beyond a comment or CDATA section that stands outside of the elements looked for."""
    end = _find(window, closing, start)
    window.drop(end)
    window.at = 0


def _find(window: _Window, closing: str, start: int) -> int:
    """The place after the next ``closing``, or the end of the file."""
    at = start
    while True:
        place = window.text.find(closing, at)
        if place >= 0:
            return place + len(closing)
        at = max(start, len(window.text) - len(closing))
        if not window.more():
            return len(window.text)


def _doctype_end(window: _Window, start: int) -> int:
    """The place after a document type, its inner declarations included."""
    at = start + 9
    while True:
        match = re.compile(r"""[\[>]""").search(window.text, at)
        if match:
            break
        at = len(window.text)
        if not window.more():
            return at
    if match[0] == ">":
        return match.end()
    closed = re.compile(r"\]\s*>")
    while not (end := closed.search(window.text, match.end())):
        if not window.more():
            return len(window.text)
    return end.end()


def _tag(window: _Window, start: int) -> tuple[int, str]:
    """The place after the tag that starts here."""
    at = start
    while True:
        match = _TAG_STOP.search(window.text, at)
        if match and match[0] == ">":
            return match.end(), ""
        if match:
            # An attribute's value may hold ">".
            close = window.text.find(match[0], match.end())
            if close >= 0:
                at = close + 1
                continue
            at = match.start()
        if not window.more():
            plain = window.text.find(">", start)
            return (plain + 1, "") if plain >= 0 else (len(window.text), "the file breaks off inside a tag")


def _element_end(window: _Window, name: str, mark: re.Pattern[str], nests: bool) -> tuple[int, str]:
    """The place after the element at the window's start, and what is wrong with its end (or nothing)."""
    at, problem = _tag(window, 0)
    if problem or window.text[at - 2] == "/":
        return at, problem
    depth = 1
    while True:
        match = mark.search(window.text, at)
        if not match or (match.end() == len(window.text) and not window.ended):
            keep = window.text.rfind("<", max(at, len(window.text) - 256))
            at = keep if keep >= 0 else len(window.text)
            if not window.more():
                return len(window.text), "the file breaks off inside it"
            continue
        kind = _kind(match)
        if kind in ("cdata", "comment"):
            at = _find(window, "]]>" if kind == "cdata" else "-->", match.start())
        elif kind == "doctype" or match[1] != name:
            at = match.end()
        elif kind == "start":
            if not nests:
                return match.start(), "it is never closed"
            at, _ = _tag(window, match.start())
            depth += window.text[at - 2] != "/"
        else:
            at, _ = _tag(window, match.start())
            depth -= 1
            if not depth:
                return at, ""


def _parsed(
    source: SourceFile, text: str, spaces: str, line: int, name: str, problem: str
) -> Iterator[Found | Skipped]:
    place = f"line {line}"
    if not problem:
        try:
            yield Found(_tree(text, spaces), line)
            return
        except ET.ParseError:
            pass
        plain, notes = with_plain_entities(text)
        try:
            yield Found(_tree(plain, spaces), line, notes)
            return
        except ET.ParseError as error:
            problem = _said(error)
    if problem.startswith("the file breaks off") and text.rfind("<") > text.rfind(">"):
        text = text[: text.rfind("<")]
    plain, notes = with_plain_entities(mended(text))
    try:
        element = _tree(plain, spaces)
    except ET.ParseError as error:
        why = problem if problem.startswith("the file breaks off") else _said(error)
        yield Skipped(source.path, f"A <{name}> is not well-formed XML ({why}) and was left out.", place)
        return
    if problem.startswith("the file breaks off"):
        yield Skipped(
            source.path, f"The file breaks off inside a <{name}>; what stands of it was read.", place
        )
    yield Found(element, line, (*notes, f"The <{name}> was not well-formed XML ({problem}) and was mended."))


def _tree(text: str, spaces: str) -> Element:
    used = {prefix for prefix in _PREFIX.findall(text) if prefix not in ("xml", "xmlns")}
    missing = "".join(
        f' xmlns:{prefix}="{UNKNOWN}{prefix}"' for prefix in sorted(used) if f"xmlns:{prefix}=" not in spaces
    )
    root = ET.fromstring(f"<essaysearch{spaces}{missing}>{text}</essaysearch>")
    if len(root) != 1 or (root.text or "").strip():
        raise ET.ParseError("it is not one element")
    return root[0]


def _said(error: ET.ParseError) -> str:
    """expat's words without the place, which counts from the element's own start."""
    return str(error).partition(": line")[0]


def _spaces(header: str) -> str:
    """The namespaces declared before the first element that matters, as attributes.

    An address that is not known is replaced by the prefix, which may well be.
    """
    declared: dict[str, str] = {}
    for prefix, double, single in _DECLARED_SPACE.findall(header):
        declared.setdefault(prefix, double or single)
    made = []
    for prefix, uri in declared.items():
        if not uri or "<" in uri or prefix in ("xml", "xmlns"):
            continue
        if prefix and not is_known(uri):
            uri = f"{UNKNOWN}{prefix}"
        made.append(f' xmlns{":" * bool(prefix)}{prefix}="{with_plain_entities(uri)[0]}"')
    return "".join(made)


def _note_entities(source: SourceFile, names: set[str]) -> None:
    if names:
        shown = ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")
        source.note(f"its document type declares entities ({shown}); they were not expanded, nor fetched")
