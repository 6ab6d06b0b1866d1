"""Ranked passages to hits: the few that are shown are read from the index here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from essaysearch.columnar import records
from essaysearch.columnar.evaluate import Best
from essaysearch.columnar.segment import Segment
from essaysearch.model import Answered, Hit, Passage, Snippet
from essaysearch.text.snippets import lead_of, snippets
from essaysearch.tree import Node


def hit_of(
    best: Best,
    rank: int,
    leaves: Sequence[Node],
    size: int | None = None,
    others: Sequence[Best] = (),
    most: int = 1,
    with_answer: bool = False,
) -> Hit:
    """A ranked passage as a hit. ``leaves``: what its snippets mark.

    ``others``: further passages that are to have a snippet each; without them the passage itself
    has up to ``most``. ``with_answer``: a quoted passage brings what answers it.
    """
    segment = best.view.segment
    number = best.number
    document_number = int(segment.doc_of[number])
    record = segment.record(document_number)
    row = segment.passage(number, record)
    passage = row.passage
    document = segment.described(document_number, record)
    shown = _snippets(row.text, leaves, passage, 1 if others else most)
    return Hit(
        rank=rank,
        score=best.score,
        passage_id=passage.id,
        doc_id=document["id"],
        kind=document["kind"],
        title=document["title"],
        authors=document["authors"],
        authors_complete=document["authors_complete"],
        authors_inferred=document["authors_inferred"],
        date=document["date"],
        url=document["url"],
        path=document["path"],
        section=passage.section,
        karma=document["karma"],
        text=row.text,
        start=passage.start,
        end=passage.end,
        voice=passage.voice,
        answers=_answered(segment, document_number, passage.answers),
        snippet=shown[0],
        source=document["source"],
        categories=document["categories"],
        thread=document["thread"],
        parent=document["parent"],
        number=passage.number,
        speaker=passage.speaker,
        confidence=passage.confidence,
        reason=passage.reason,
        line=_line(segment, document_number, number, document),
        size=size,
        answered_by=_answer(segment, document_number, passage) if with_answer else None,
        lead=_lead(segment, document_number, number, row.text) if document["url"] else "",
        snippets=shown + tuple(_elsewhere(other, leaves) for other in others),
        introduces=_introduced(segment, document_number, number, row.text),
        metadata=document["metadata"],
    )


_MOST_BEFORE = 200_000
"""Bytes before a passage that are looked through for the like of its opening words."""


def _lead(segment: Segment, document_number: int, number: int, text: str) -> str:
    begins, ends = int(segment.doc_begin[document_number]), segment.file.item("pass_byte", number)
    if not 0 < ends - begins <= _MOST_BEFORE:
        return ""
    return lead_of(text, segment.text.read(begins, ends).decode("utf-8", "replace"))


TRUE_TO_THE_LINE = frozenset(("comment-page", "author-page", "text"))
"""Readers whose documents keep the lines of their files."""


def _line(segment: Segment, document_number: int, number: int, document: Mapping[str, Any]) -> int:
    """The line of the file where a passage begins, or where its document does; 0 if not known."""
    line: int = document["line"]
    if not line or document["reader"] not in TRUE_TO_THE_LINE:
        return line
    begins = int(segment.doc_begin[document_number])
    return line + segment.text.read(begins, segment.file.item("pass_byte", number)).count(b"\n")


def _snippets(text: str, leaves: Sequence[Node], passage: Passage, most: int) -> tuple[Snippet, ...]:
    """Snippets without the heading, which the hit gives apart, unless all that matched is there."""
    first, _, rest = text.partition("\n")
    headed = passage.section is not None and first.strip() == passage.section and rest.strip()
    if headed:
        body = snippets(rest.strip(), leaves, passage.voice, most=most)
        if body[0].spans:
            return body
    whole = snippets(text, leaves, passage.voice, most=most)
    return body if headed and not whole[0].spans else whole


def _elsewhere(best: Best, leaves: Sequence[Node]) -> Snippet:
    """The snippet of another passage of the group."""
    row = best.view.segment.passage(best.number)
    return replace(_snippets(row.text, leaves, row.passage, 1)[0], passage_id=row.passage.id)


def _answer(segment: Segment, document: int, quote: Passage) -> Answered | None:
    """The passages of a document that respond to a quoted one, as one text."""
    if quote.voice != "quoted":
        return None
    record = segment.record(document)
    first, end = (int(v) for v in segment.column("doc_first")[document : document + 2])
    numbers = [
        number
        for number in range(quote.number + 1, end - first)
        if quote.number in records.decode_unusual(record, number).get("answers", ())
    ]
    if not numbers:
        return None
    texts = [segment.passage_text(first + number) for number in numbers]
    return Answered(segment.passage_id(first + numbers[0]), "\n\n".join(texts))


_INTRODUCED = 400
"""Characters shown of what a passage introduces, at most."""


def _introduced(segment: Segment, document: int, number: int, text: str) -> str | None:
    """The beginning of the document's next passage where this one ends in a colon, else None."""
    if not text.endswith((":", "：")) or number + 1 >= int(segment.column("doc_first")[document + 1]):
        return None
    return segment.passage_text(number + 1)[:_INTRODUCED]


def _answered(segment: Segment, document: int, numbers: tuple[int, ...]) -> Answered | None:
    if not numbers:
        return None
    first = int(segment.column("doc_first")[document])
    texts = [segment.passage_text(first + number) for number in numbers]
    return Answered(segment.passage_id(first + numbers[0]), "\n\n".join(texts))
