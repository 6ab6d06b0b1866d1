"""The records that flow: what a reader yields, what is indexed, what a search gives back.

All are frozen; functions make new ones. Offsets are half-open ranges of code points
(Python string indices) into ``Document.text``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Kind = Literal["essay", "post", "comment", "message", "abstract", "page"]
KINDS: tuple[Kind, ...] = ("essay", "post", "comment", "message", "abstract", "page")

Voice = Literal["own", "quoted", "unknown"]
VOICES: tuple[Voice, ...] = ("own", "quoted", "unknown")

Role = Literal["paragraph", "heading", "list", "code", "table", "note", "furniture"]


class Record:
    """What records have in common: they are compared, hashed and shown by their fields.

    Written once, as what `dataclass` writes for each class anew costs a search from the shell its time.
    """

    __slots__ = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, one.name) for one in fields(self)])  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record) and type(other) is type(self):
            return self._values() == other._values()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        told = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))  # type: ignore[arg-type]
        return f"{type(self).__qualname__}({told})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block(Record):
    """A run of a document's text: one paragraph, heading, list or code block, in one voice.

    ``start`` and ``end`` delimit it in the document's text; blocks stand in order and do not
    overlap. ``depth`` is the nesting of quotation (0: the author's own words, 1: quoted,
    2: a quote in a quote). ``speaker`` names who is quoted where the source says so.
    ``confidence`` (0 to 1) and ``reason`` tell how sure the voice is and why; a voice marked
    in the source has confidence 1 and an empty reason. ``border`` is the confidence (0 to 1)
    that another comment begins with this block; 0 means no border is proposed.
    Blocks of role ``furniture`` (signatures, disclaimers) are in no one's voice.
    """

    start: int
    end: int
    role: Role = "paragraph"
    voice: Voice = "own"
    depth: int = 0
    speaker: str | None = None
    confidence: float = 1.0
    reason: str = ""
    border: float = 0.0
    border_reason: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Document(Record):
    """One essay, post, comment, message or abstract, as a reader understood it.

    ``id`` comes from the source's id or URL, else from (reader, author, title); it never
    depends on the whole text. ``text`` is the body alone: titles, bylines and page furniture
    are not in it. ``blocks`` cover every non-space character of ``text``.
    ``date`` is ISO 8601 at the precision the source has: ``2023``, ``2023-06``, ``2023-06-11``
    or ``2023-06-11T09:30:00+00:00``; None where the source has none.
    ``authors_inferred`` is the subset of ``authors`` the source does not list itself.
    ``thread`` is the id of the document at the root, ``parent`` the id of the one answered.
    ``path`` is absolute where the document was read from a file, so that it means the same in every
    working directory.
    ``line`` is the 1-based line of ``path`` where the document begins (0: not known).
    ``metadata`` holds whatever else the source said, JSON values only.
    ``notes`` are sentences on what was repaired or inferred.
    """

    id: str
    kind: Kind
    text: str
    blocks: tuple[Block, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    authors_complete: bool = True
    authors_inferred: tuple[str, ...] = ()
    date: str | None = None
    date_inferred: str = ""
    url: str | None = None
    source: str | None = None
    categories: tuple[str, ...] = ()
    karma: float | None = None
    thread: str | None = None
    parent: str | None = None
    reader: str = ""
    path: str = ""
    line: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Skipped(Record):
    """Something a reader could not use: where it stands, and why, as a sentence.

    ``empty``: it was read and holds no document (a cover, a row without text), so that nothing of
    the file is missing; what could not be read may hold documents that were read before.
    """

    path: str
    reason: str
    place: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SourceFacts(Record):
    """What a file says about itself rather than about one document (an author page's statistics)."""

    path: str
    metadata: Mapping[str, Any]


Reading = Document | Skipped | SourceFacts
"""What a reader yields, one at a time."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Passage(Record):
    """The unit that is found.

    ``text`` is exactly ``document.text[start:end]``. ``number`` counts a document's passages
    from 0. ``section`` is the heading over it, or the sentence that introduces the list it
    continues. ``answers`` are the numbers of the quoted passages it responds to, in order.
    ``confidence`` and ``reason`` speak of the voice.
    """

    id: str
    number: int
    start: int
    end: int
    voice: Voice = "own"
    depth: int = 0
    speaker: str | None = None
    section: str | None = None
    answers: tuple[int, ...] = ()
    confidence: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Diagnostic(Record):
    """A warning about a query: ``start`` and ``end`` delimit its cause in the query's text."""

    kind: str
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snippet(Record):
    """Readable text of a passage around its matches; ``spans`` mark what matched, in order.

    ``passage_id`` names the passage where it is another than the hit's own.
    """

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    passage_id: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Answered(Record):
    """The passage a hit responds to."""

    passage_id: str
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Hit(Record):
    """One result. Names and meanings are those of the JSON contract.

    ``answered_by`` is what answers a quoted passage where it stands, where the search grouped by exchange.
    ``size`` is how many matching passages the hit's group has, None where the search did not group.
    ``snippets`` are as many as the search asked for at most, ``snippet`` the first of them: windows
    of the passage, or, where the search grouped, of the best passages of the group.
    ``introduces`` is the beginning of the passage behind one that ends in a colon. ``lead`` are the
    last words before the passage where the document has its opening words earlier too, else empty.
    """

    rank: int
    score: float
    passage_id: str
    doc_id: str
    kind: Kind
    title: str | None
    authors: tuple[str, ...]
    authors_complete: bool
    authors_inferred: tuple[str, ...]
    date: str | None
    url: str | None
    path: str
    section: str | None
    karma: float | None
    text: str
    start: int
    end: int
    voice: Voice
    answers: Answered | None
    snippet: Snippet
    source: str | None = None
    categories: tuple[str, ...] = ()
    thread: str | None = None
    parent: str | None = None
    number: int = 0
    speaker: str | None = None
    confidence: float = 1.0
    reason: str = ""
    line: int = 0
    size: int | None = None
    answered_by: Answered | None = None
    snippets: tuple[Snippet, ...] = ()
    introduces: str | None = None
    lead: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
