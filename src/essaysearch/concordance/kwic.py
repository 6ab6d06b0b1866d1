"""Concordance: every occurrence of what a query asks for, in its context."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from html import escape
from typing import TYPE_CHECKING, Any

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.concordance.tables import MOST_SHOWN, Table
from essaysearch.concordance.texts import Text, texts
from essaysearch.errors import UnknownChoice
from essaysearch.model import VOICES
from essaysearch.text.snippets import marked_leaves
from essaysearch.tree import Node

if TYPE_CHECKING:
    from essaysearch.concordance.plots import Plot

WIDTH = 50
"""Characters of context on each side of a concordance line."""


@dataclass(frozen=True)
class Line:
    """One occurrence in its context: ``left`` and ``right`` are cut at words, on one line.

    ``place`` is where in its document it stands: 0 at its beginning, 1 at its end.
    """

    left: str
    match: str
    right: str
    passage_id: str
    doc_id: str
    kind: str
    authors: tuple[str, ...]
    date: str | None
    voice: str
    place: float


class Lines(Table[Line]):
    """Concordance lines.

    >>> lines = library.kwic("motte-and-bailey")
    >>> lines[0].match, sum(count for _, count in lines.counts("voice")) == len(lines)
    ('motte-and-bailey', True)
    """

    columns = tuple(field.name for field in fields(Line))

    def _repr_html_(self) -> str:
        rows = "".join(
            '<tr style="white-space:nowrap">'
            f'<td style="text-align:right">{escape(line.left)}</td><td><b>{escape(line.match)}</b></td>'
            f'<td style="text-align:left">{escape(line.right)}</td>'
            f"<td>{escape(', '.join(line.authors[:1]) or 'unknown')}, {(line.date or 'undated')[:10]}</td>"
            f"<td>{line.voice}</td><td><code>{line.passage_id}</code></td></tr>"
            for line in self[:MOST_SHOWN]
        )
        more = f"<caption>{len(self):,} lines</caption>" if len(self) > MOST_SHOWN else ""
        return f"{self._odd()}<table>{more}<tbody>{rows}</tbody></table>"

    def plot(self) -> Plot:
        """A strip for each document, a tick for each occurrence."""
        from essaysearch.concordance.plots import dispersion

        return dispersion(self)


def kwic(
    snapshot: Snapshot, tree: Node, kernels: Any = None, width: int = WIDTH, sort: str = "place"
) -> Lines:
    """Every occurrence of what a query asks for, in context.

    ``sort``: keys of `SORTS` apart by commas, a ``-`` before one turns it round: ``left`` by the
    words before it, the nearest first; ``right`` by those after it; ``voice`` own words first, then
    quoted ones; ``place`` by document, then passage. Raises `UnknownChoice` for another order.
    """
    keys = []
    for part in sort.split(","):
        name = part.strip().lstrip("-")
        if name not in SORTS:
            raise UnknownChoice(f"Lines cannot be sorted by `{name}`. Choose among: {', '.join(SORTS)}.")
        keys.append((SORTS[name], part.strip().startswith("-")))
    leaves = marked_leaves(tree)
    lines = [line for found in texts(snapshot, tree, kernels) for line in _lines(found, leaves, width)]
    for key, turned in reversed(keys):
        lines.sort(key=key, reverse=turned)
    return Lines(lines)


SORTS: dict[str, Callable[[Line], Any]] = {
    "place": lambda line: 0,
    "left": lambda line: [word.lower() for word in reversed(line.left.split())],
    "right": lambda line: [word.lower() for word in line.right.split()],
    "match": lambda line: line.match.lower(),
    "voice": lambda line: VOICES.index(line.voice),
    "kind": lambda line: line.kind,
    "author": lambda line: line.authors[:1] or ("\U0010ffff",),
    "date": lambda line: line.date or "9999-99",
}
"""What lines can be sorted by; dates oldest first, the unknown last."""


def _lines(found: Text, leaves: list[Node], width: int) -> Iterator[Line]:
    spans = found.spans(leaves)
    if not spans:
        return
    segment = found.view.segment
    number = int(segment.doc_of[found.number])
    document = segment.document(number, with_text=False)
    passage_id = segment.passage_id(found.number)
    size = max(1, int(segment.column("doc_size")[number]))
    begins = int(segment.column("pass_byte")[found.number]) - int(segment.doc_begin[number])
    share = int(segment.column("pass_size")[found.number]) / max(1, len(found.text))
    for start, end in spans:
        left = " ".join(found.text[max(0, start - width - 30) : start].split())
        right = " ".join(found.text[end : end + width + 30].split())
        yield Line(
            _last(left, width),
            found.text[start:end],
            _first(right, width),
            passage_id,
            document.id,
            document.kind,
            document.authors,
            document.date,
            found.voice,
            min(1.0, (begins + start * share) / size),
        )


def _last(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    cut = text[-width:]
    return cut.split(" ", 1)[1] if " " in cut else cut


def _first(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    cut = text[:width]
    return cut.rsplit(" ", 1)[0] if " " in cut else cut
