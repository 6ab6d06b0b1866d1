"""Documents to passages, the units that are found: 40 to 180 words of one voice under one heading.

Blocks are first cut into runs at headings, changes of voice and borders between comments
(`_runs`). Within a run short blocks are joined until they reach 40 words, and what exceeds 180
is cut (`packing.pack`). A paragraph of 40 words or more ends its passage, so that what is added
elsewhere leaves the passages behind it, and with them their ids, as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from essaysearch.model import Block, Document, Passage
from essaysearch.text.ids import passage_ids
from essaysearch.text.packing import Piece, pack
from essaysearch.text.sentences import trimmed

BORDER = 0.5
"""From this confidence on, a proposed border between comments is one."""

FURNITURE = "a signature, disclaimer or other furniture"
"""The reason of passages that are in no one's voice."""


LIKELY = 0.5
"""From this confidence on, a paragraph of unknown voice is likelier a quote than not: what follows it
is taken for its answer."""

DOUBTED = 0.25
"""From this confidence on, it may as well be one: nothing is said to answer across it."""

MOST_AFTER = 2
"""Passages of a post, an essay or a page of it that answer what is quoted above them: a comment is an
answer as a whole, an essay goes on."""

GOES_ON = frozenset(("post", "essay", "abstract", "page"))
"""Kinds of documents that go on after they answered a quote."""

MOST_BELOW = 6
"""Quoted passages that an answer above them answers at most: whole messages are quoted below."""


@dataclass(slots=True)
class _Run:
    """Blocks between two borders, of one voice, headings first (then it is ``headed``).

    ``comment`` counts the comments that began before it; ``section`` is the heading over it.
    """

    comment: int = 0
    section: str | None = None
    headed: bool = False
    blocks: list[Block] = field(default_factory=list)


_all_but_id = attrgetter(*(field.name for field in fields(Passage) if field.name != "id"))


def split(document: Document) -> tuple[Passage, ...]:
    """The passages of a document, in order; every character that is no space is in exactly one.

    A passage aims at `SHORTEST` to `LONGEST` words (runs of non-spaces; in writing without spaces,
    characters). It never crosses a heading, a change of voice, depth or speaker, or a border
    between comments (`Block.border` of `BORDER` or more); between two of these it may stay short.
    Sentences are not cut: one of more than 180 words is a passage (only beyond
    `sentences.LONGEST_SENTENCE` characters is it cut at spaces). A list that is too long is cut
    between bullets: its first passage holds the sentence that introduces it, the others name that
    sentence as ``section``. A heading is the first line of the passage that follows it, and the
    ``section`` of all passages under it.

    An own or unknown passage ``answers`` the quoted passages directly before it in its comment
    (the shallowest of them, where quotes are nested), and so do those that follow it up to the
    next quote, heading or comment; in a document that `GOES_ON`, only the first `MOST_AFTER` of
    them. Where voices are inferred, a paragraph that stays unknown but may well be a quote (from
    `DOUBTED` on) is a passage by itself, answers nothing and ends what was being answered; from
    `LIKELY` on it is answered as a quote would be. In a message all of whose own words stand above
    what it quotes, they answer the shallowest of the quotes below, the first `MOST_BELOW` passages
    of them. A document without body but with a title has one empty passage, so that its title can
    be found; without either it has none.
    """
    found: list[Passage] = []
    exchange = _Exchange(MOST_AFTER if document.kind in GOES_ON else len(document.text))
    for run in _runs(document):
        exchange.enter(run)
        for piece in pack(document.text, run.blocks):
            found.append(exchange.placed(_passage(len(found), piece, run)))
    if document.kind == "message":
        found = _answering_below(found)
    if not found and document.title and document.title.strip():
        found.append(Passage("", 0, 0, 0))
    ids = passage_ids(document.id, (document.text[passage.start : passage.end] for passage in found))
    return tuple(
        Passage(identity, *_all_but_id(passage)) for passage, identity in zip(found, ids, strict=True)
    )


def _answering_below(passages: list[Passage]) -> list[Passage]:
    """The passages of a message, its own words answering the quotes below if they stand above all of them."""
    quotes = [passage for passage in passages if passage.voice == "quoted"]
    own = [passage for passage in passages if passage.voice != "quoted" and passage.reason != FURNITURE]
    if not quotes or not own or own[-1].number > quotes[0].number:
        return passages
    depth = min(quote.depth for quote in quotes)
    answered = tuple(quote.number for quote in quotes if quote.depth == depth)[:MOST_BELOW]
    above = {passage.number for passage in own}
    return [replace(p, answers=answered) if p.number in above else p for p in passages]


def _passage(number: int, piece: Piece, run: _Run) -> Passage:
    section = piece.intro or run.section
    # A heading is in the voice of what it heads.
    spoken = [block for block in piece.blocks if block.role != "heading"] or piece.blocks
    least = min(spoken, key=lambda block: block.confidence)
    if least.role == "furniture":
        return Passage("", number, piece.start, piece.end, "unknown", section=section, reason=FURNITURE)
    return Passage(
        "", number, piece.start, piece.end, least.voice, least.depth, least.speaker, section,
        confidence=least.confidence, reason=least.reason,
    )  # fmt: skip


class _Exchange:
    """Which quoted passages the passage at hand responds to; at most ``most`` respond to the same."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._after = 0
        self._comment = 0
        self._quotes: list[Passage] = []
        self._in_quote = False

    def enter(self, run: _Run) -> None:
        """A heading or another comment ends what was being answered."""
        if run.headed or run.comment != self._comment:
            self._comment, self._quotes, self._in_quote = run.comment, [], False

    def placed(self, passage: Passage) -> Passage:
        doubt = _doubt(passage)
        if passage.voice == "quoted" or doubt >= LIKELY:
            self._quotes = [*self._quotes, passage] if self._in_quote else [passage]
            self._in_quote, self._after = True, 0
            return passage
        if doubt >= DOUBTED:
            self._quotes = []
        self._in_quote = False
        if not self._quotes or passage.reason == FURNITURE or self._after == self._most:
            return passage
        self._after += 1
        # In a quote that holds a quote, the outer one is what is answered.
        depth = min(quote.depth for quote in self._quotes)
        return replace(passage, answers=tuple(q.number for q in self._quotes if q.depth == depth))


def _runs(document: Document) -> Iterator[_Run]:
    """The document's runs in order; a heading opens the run behind it."""
    run = _Run()
    last: Block | None = None
    for block in _covering(document):
        border = block.border >= BORDER and last is not None
        heading = block.role == "heading"
        if last is not None and (border or not _joins(last, block)):
            yield run
            section = None if border else run.section
            run = _Run(run.comment + border, section)
        if heading:
            run.headed = True
            run.section = _heading_text(document.text[block.start : block.end])
        run.blocks.append(block)
        last = block
    if last is not None:
        yield run


def _joins(last: Block, block: Block) -> bool:
    """Whether a block may stand in one passage with the one before it."""
    if last.role == "heading" or block.role == "heading":
        return last.role == "heading" and block.role != "furniture"
    if (last.voice, last.depth, last.speaker) != (block.voice, block.depth, block.speaker):
        return False
    if max(_doubt(last), _doubt(block)) >= DOUBTED:
        return False
    return (last.role == "furniture") == (block.role == "furniture")


def _doubt(said: Block | Passage) -> float:
    """How likely a quote it is, of what was judged and is in no known voice; 0 of all else."""
    return said.confidence if said.voice == "unknown" and said.confidence < 1 else 0.0


def _covering(document: Document) -> Iterator[Block]:
    """The blocks without spaces around them, and what no block covers as paragraphs between them."""
    text, at = document.text, 0
    for block in document.blocks:
        start, end = trimmed(text, max(block.start, at), min(block.end, len(text)))
        if start >= end:
            continue
        yield from _uncovered(text, at, start)
        yield block if (start, end) == (block.start, block.end) else replace(block, start=start, end=end)
        at = end
    yield from _uncovered(text, at, len(text))


def _uncovered(text: str, start: int, end: int) -> Iterator[Block]:
    start, end = trimmed(text, start, end)
    if start < end:
        yield Block(start, end)


def _heading_text(text: str) -> str:
    """A heading as a section's name: its lines with words, joined, without Markdown's marks."""
    lines = [line for line in text.split("\n") if any(c.isalnum() for c in line)]
    return " ".join(" ".join(lines).split()).strip("# ") or " ".join(text.split())
