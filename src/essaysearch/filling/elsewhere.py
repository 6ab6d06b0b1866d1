"""Pages without quote marks beside the rest of the library: whose words stand elsewhere is no guess.

Cues say how likely a paragraph of such a page is quoted (`voices.unmarked`). Surer is what stands
elsewhere: under another author, it is quoted; under the page's own author, it is what it is there,
if quotations are marked there. So pages are compared with the library once it is filled, and
again when something that shares words with them came, changed or went.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from essaysearch.columnar.fingerprints import fingerprint
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.columnar.store import Store
from essaysearch.columnar.writer import Writer
from essaysearch.filling.report import BY_HAND, IndexReport
from essaysearch.model import Block, Document
from essaysearch.quotations.exchanges import open_exchanges
from essaysearch.quotations.linking import QuoteIndex, Standing, unmarked_source
from essaysearch.quotations.links import is_by
from essaysearch.readers import comment_page
from essaysearch.text.passages import split
from essaysearch.voices.unmarked import USUAL, infer, probability_quoted

FACT = "pages without marks"
"""The library's fact that names them: by id the fingerprint of the page as it was read, and, once it
was compared with the library, the ids of the documents that its voices rest on."""

SURE = 0.8
"""From this confidence on, what stands elsewhere decides the voice of a paragraph."""


def has_lost_marks(document: Document) -> bool:
    """Whether voices of the document were inferred for want of marks."""
    return document.reader == comment_page.READER.name and any(map(_is_inferred, document.blocks))


def remember(writer: Writer, document: Document) -> None:
    """Note a document that is added: a page without marks is to be compared, anything else is not."""
    known = writer.facts.get(FACT, {})
    if has_lost_marks(document):
        writer.facts[FACT] = {**known, document.id: {"read": fingerprint(document)}}
    else:
        forget(writer, document.id)


def forget(writer: Writer, document_id: str) -> None:
    """Note that a document is gone."""
    if document_id in writer.facts.get(FACT, {}):
        writer.facts[FACT] = {key: told for key, told in writer.facts[FACT].items() if key != document_id}


def as_read(facts: Mapping[str, Any], document_id: str) -> int | None:
    """The fingerprint a page without marks had when it was read; None for any other document."""
    told = facts.get(FACT, {}).get(document_id)
    return int(told["read"]) if told else None


def compare(
    store: Store, report: IndexReport, changed: Collection[str], gone: Collection[str], timeout: float
) -> None:
    """Give the pages that a run may concern the voices that the library shows, in a commit of its own.

    ``changed`` and ``gone``: ids of documents that the run added or replaced, and removed.
    """
    snapshot = store.snapshot()
    known: dict[str, dict[str, Any]] = snapshot.manifest.facts.get(FACT, {})
    if not known:
        return
    if asked := _concerned(snapshot, known, changed, gone):
        _revoice(store, snapshot, asked, timeout)
        snapshot = store.snapshot()
    for page in _documents(snapshot, report.inferred.documents & known.keys()):
        report.inferred.count(page)


def _revoice(store: Store, snapshot: Snapshot, asked: Iterable[str], timeout: float) -> None:
    words = open_exchanges(snapshot).words
    with store.writer(timeout=timeout, fast=False) as writer:
        facts = dict(writer.facts.get(FACT, {}))
        for stored in _documents(snapshot, asked):
            if stored.id in facts:
                page, rests_on = revoiced(_as_read(stored), words, facts)
                facts[stored.id] = {**facts[stored.id], "rests on": rests_on}
                if page.blocks != stored.blocks:
                    writer.add(page, split(page))
        writer.facts[FACT] = facts


def revoiced(document: Document, words: QuoteIndex, lost: Collection[str]) -> tuple[Document, list[str]]:
    """A page with the voices that the library shows, and the ids of the documents that say so.

    ``lost``: the ids of pages without marks, whose own voices prove nothing about their author.
    """
    surer = {}
    rests_on = set()
    for standing in words.standing(document):
        if _is_inferred(standing.block) and (told := _told(standing, document, words, lost)):
            surer[standing.block], source = told
            rests_on.add(source)
    blocks = tuple(surer.get(block, block) for block in document.blocks)
    return (replace(document, blocks=blocks) if surer else document), sorted(rests_on)


def _told(
    standing: Standing, document: Document, words: QuoteIndex, lost: Collection[str]
) -> tuple[Block, str] | None:
    """The paragraph in a surer voice, and the id of the document that shows it."""
    block = standing.block
    same = [
        link
        for link in standing.links
        if link.document_id not in lost and any(is_by(document.authors, name) for name in link.authors)
    ]
    for link in same:
        if link.voice == "quoted":
            reason = f"stands in {link.document_id}, by the same author, and is marked as quoted there"
            return _as(block, "quoted", link.score, reason), link.document_id
    # Where the author posted it with a date elsewhere, that says who of two wrote it first.
    posted = min((link.date for link in same if link.date), default=None)
    theirs = unmarked_source(standing, replace(document, date=document.date or posted))
    if theirs is not None:
        confidence = theirs.confidence
        if not theirs.directed:
            # One of the two quotes the other: the cues decide how likely it is this one.
            odds = _odds(probability_quoted(block)) / _odds(USUAL)
            confidence = round(2 * confidence * odds / (1 + odds), 3)
        if confidence >= SURE:
            speaker = theirs.link.authors[0]
            return _as(block, "quoted", confidence, theirs.reason, speaker), theirs.link.document_id
    for link in same:
        if link.voice == "own" and words.marks_quotations(link.document_id):
            reason = f"stands in {link.document_id}, by the same author, unmarked among marked quotations"
            return _as(block, "own", link.score, reason), link.document_id
    return None


def _as(block: Block, voice: Any, confidence: float, reason: str, speaker: str | None = None) -> Block:
    depth = 1 if voice == "quoted" else 0
    sure = round(min(confidence, 0.99), 3)
    return replace(block, voice=voice, depth=depth, confidence=sure, reason=reason, speaker=speaker)


def _odds(probability: float) -> float:
    bounded = min(max(probability, 0.001), 0.999)
    return bounded / (1 - bounded)


def _is_inferred(block: Block) -> bool:
    return block.role not in ("furniture", "heading") and block.reason not in ("", BY_HAND)


def _as_read(document: Document) -> Document:
    """A stored page with the voices that its cues give it."""
    return infer(replace(document, blocks=tuple(map(_unvoiced, document.blocks))))


def _unvoiced(block: Block) -> Block:
    by_hand = block.border_reason == BY_HAND
    border = (block.border, BY_HAND) if by_hand else (0.0, "")
    if not _is_inferred(block):
        return replace(block, border=border[0], border_reason=border[1])
    return Block(
        block.start,
        block.end,
        block.role,
        "unknown",
        confidence=0.5,
        reason=comment_page.LOST_MARKS,
        border=border[0],
        border_reason=border[1],
    )


def _concerned(
    snapshot: Snapshot,
    known: Mapping[str, Mapping[str, Any]],
    changed: Collection[str],
    gone: Collection[str],
) -> list[str]:
    """The pages to compare: those never compared, and those that share words with what changed."""
    if len(changed) >= len(known):
        return sorted(known)
    moved = {*changed, *gone}
    asked = {
        key for key, told in known.items() if "rests on" not in told or not moved.isdisjoint(told["rests on"])
    }
    if changed:
        words = open_exchanges(snapshot).words
        for key in changed:
            asked |= words.sharing(key) & known.keys()
    return sorted(asked)


def _documents(snapshot: Snapshot, ids: Iterable[str]) -> Iterable[Document]:
    for key in ids:
        found = snapshot.locate_document(key)
        if found is not None:
            yield found[0].segment.document(found[1])
