"""What an index must hold, worked out from the documents alone; and what it does hold, read bare.

Strategies draw whole documents with passages; `expected` is the slow obvious reading of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.model import KINDS, VOICES, Block, Document, Passage
from essaysearch.text import ids
from essaysearch.text.analysis import tokens

LONG = bool(os.environ.get("ESSAYSEARCH_LONG"))
FIELDS = ("body", "title", "section", "answers")

Entry = tuple[Document, tuple[Passage, ...]]
Library = dict[str, Entry]
Key = tuple[str, int]


def examples(usual: int) -> int:
    """How many examples a property test draws: few in everyday runs, 2,000 where asked for."""
    return 2000 if LONG else usual


# Documents

WORDS = (
    "model models modeling modelled train training deceive deceptive the The a risk Risks café Café CAFÉ"
    " naïve Lukošiūtė straße STRASSE it's C++ 3.14 200[1-9] well-being state-of-the-art <tag> ``quoted'' —"
    " “curly” 日本語 東京 Ωmega ﬁne ½ 🙂 🇫🇷 кот कि e\u0301te\u0301 \ud800 \x00 \u200d مرحبا ok?"
).split(" ")
words = st.sampled_from(WORDS) | st.text(max_size=6)
texts = st.lists(words, min_size=0, max_size=12).map(" ".join)
lines = st.none() | texts
names = st.sampled_from(["Ada Lane", "Odile Fenn", "Kamilė Lane", "von Ähm, Jr.", ""])
dates = st.sampled_from([None, "2023", "2023-06", "2023-06-11", "2023-06-11T09:30:00+02:00", "soon", ""])
karmas = st.none() | st.floats(allow_nan=False) | st.integers(-9, 9)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def entries(draw: Any, key: str | None = None) -> Entry:
    """A document with its passages; any field may be filled."""
    parts = draw(st.lists(st.tuples(texts, st.sampled_from(VOICES), lines), min_size=0, max_size=4))
    if parts and draw(st.integers(0, 9)) == 0:
        parts[0] = (" ".join([parts[0][0] or "long"] * draw(st.integers(100, 400))), *parts[0][1:])
    text, spans = "", []
    for part, _, _ in parts:
        text += draw(st.sampled_from(["", "\n\n", " "]))
        spans.append((len(text), len(text) + len(part)))
        text += part
    text += draw(st.sampled_from(["", "\n"]))
    key = key or draw(st.sampled_from([f"d{number}" for number in range(12)]))
    labels = ids.passage_ids(key, [text[start:end] for start, end in spans])
    passages = []
    for number, ((_, voice, section), (start, end)) in enumerate(zip(parts, spans, strict=True)):
        answers = draw(st.lists(st.integers(0, number - 1), max_size=2)) if number else []
        usual = draw(st.booleans())
        passages.append(
            Passage(
                labels[number], number, start, end, voice, section=section, answers=tuple(answers),
                depth=0 if usual else draw(st.integers(0, 3)), speaker=None if usual else draw(lines),
                confidence=1.0 if usual else draw(st.floats(0, 1)), reason="" if usual else "a guess",
            )
        )  # fmt: skip
    if draw(st.booleans()):
        return Document(key, "essay", text, blocks=(Block(0, len(text)),)), tuple(passages)
    blocks = tuple(
        Block(
            start,
            end,
            draw(st.sampled_from(["paragraph", "list", "furniture"])),
            passage.voice,
            border=draw(st.floats(0, 1)),
        )
        for (start, end), passage in zip(spans, passages, strict=True)
    )
    authors = tuple(draw(st.lists(names, max_size=3)))
    document = Document(
        id=key, kind=draw(st.sampled_from(KINDS)), text=text, blocks=blocks, title=draw(lines),
        authors=authors, authors_complete=draw(st.booleans()), authors_inferred=authors[:1],
        categories=tuple(draw(st.lists(names, max_size=2))), date=draw(dates),
        date_inferred=draw(st.sampled_from(["", "from the heading"])), url=draw(lines), source=draw(lines),
        karma=draw(karmas), thread=draw(lines), parent=draw(lines), path=draw(texts),
        reader=draw(st.sampled_from(["", "plain"])), line=draw(st.integers(0, 99)),
        notes=tuple(draw(st.lists(texts, max_size=2))),
        metadata=draw(st.dictionaries(st.text(max_size=3), json_values, max_size=2)),
    )  # fmt: skip
    return document, tuple(passages)


def plain_entry(key: str, text: str, **fields: Any) -> Entry:
    """A document of one passage a paragraph; every second one is a quote, answered by the next."""
    parts = text.split("\n\n")
    labels = ids.passage_ids(key, parts)
    passages, at = [], 0
    for number, part in enumerate(parts):
        voice = "quoted" if number % 2 else "own"
        answers = (number - 1,) if number and voice == "own" else ()
        passages.append(Passage(labels[number], number, at, at + len(part), voice, answers=answers))
        at += len(part) + 2
    return Document(key, fields.pop("kind", "essay"), text, (Block(0, len(text)),), **fields), tuple(passages)


# What they come to

Truth = dict[str, dict[Key, tuple[list[int], list[tuple[int, str]]]]]
"""term -> passage -> (frequency in each field, (position, surface) of every occurrence)."""


def field_texts(document: Document, passages: tuple[Passage, ...], passage: Passage) -> tuple[str, ...]:
    """The texts of a passage's ranking fields."""
    answered = "\n".join(document.text[passages[n].start : passages[n].end] for n in passage.answers)
    return document.text[passage.start : passage.end], document.title or "", passage.section or "", answered


def expected(library: Library) -> Truth:
    """Every term's passages, frequencies, positions and surfaces, by reading every text."""
    truth: Truth = {}
    for document, passages in library.values():
        for passage in passages:
            begins = 0
            for field, text in enumerate(field_texts(document, passages, passage)):
                held = tokens(text)
                for place, token in enumerate(held):
                    row = truth.setdefault(token.term, {})
                    counts, found = row.setdefault((document.id, passage.number), ([0] * len(FIELDS), []))
                    counts[field] += 1
                    found.append((begins + place, token.surface))
                begins += len(held) + 1
    return truth


# What an index holds


def held(snapshot: Snapshot) -> Truth:
    """The live postings of an index, read term by term from its arrays."""
    truth: Truth = {}
    for view in snapshot.views:
        segment = view.segment
        first = segment.column("surface_first").astype(np.int64)
        surfaces = segment.surfaces().all()
        keys = _keys(segment)
        for number, term in enumerate(segment.terms().all()):
            info = segment.term(term)
            assert info is not None
            assert info == segment.info(number)
            docs, table = segment.docs(info), segment.frequencies(info)
            ends, positions, ordinals = segment.occurrences(info)
            assert (np.diff(docs) > 0).all()
            assert (segment.totals(info) == table.sum(axis=1)).all()
            begins = np.concatenate(([0], ends[:-1]))
            for doc, counts, begin, end in zip(docs.tolist(), table.tolist(), begins, ends, strict=True):
                if not view.live[doc]:
                    continue
                told = [
                    (place, surfaces[int(first[number]) + ordinal])
                    for place, ordinal in zip(
                        positions[begin:end].tolist(), ordinals[begin:end].tolist(), strict=True
                    )
                ]
                row = truth.setdefault(term, {})
                assert keys[doc] not in row
                row[keys[doc]] = (counts, told)
    return truth


def _keys(segment: Any) -> list[Key]:
    first = segment.column("doc_first").astype(np.int64)
    return [
        (segment.keyword("id", int(document)), int(number - first[document]))
        for number, document in enumerate(segment.doc_of)
    ]


def documents(snapshot: Snapshot) -> Library:
    """Every live document and its passages, as the index gives them back."""
    found: Library = {}
    for view in snapshot.views:
        segment = view.segment
        first = segment.column("doc_first").astype(np.int64)
        for number in np.flatnonzero(segment.live_documents).tolist():
            rows = [segment.passage(n) for n in range(int(first[number]), int(first[number + 1]))]
            document = segment.document(number)
            for row in rows:
                assert row.document == number
                assert row.text == document.text[row.passage.start : row.passage.end]
            assert document.id not in found
            found[document.id] = (document, tuple(row.passage for row in rows))
    return found


def assert_holds(snapshot: Snapshot, library: Library) -> None:
    """The index holds exactly the library: documents, passages, every occurrence, every count."""
    assert documents(snapshot) == library
    truth = expected(library)
    assert held(snapshot) == truth
    assert snapshot.documents == len(library)
    assert snapshot.passages == sum(len(passages) for _, passages in library.values())
    for term, passages in truth.items():
        assert snapshot.df(term) == len(passages)
    lengths = [
        [len(tokens(text)) for text in field_texts(document, passages, passage)]
        for document, passages in library.values()
        for passage in passages
    ]
    for field in range(len(FIELDS)):
        column = [row[field] for row in lengths]
        assert snapshot.averages.words[field] == sum(column)
        assert snapshot.averages.holders[field] == sum(1 for length in column if length)
    for document, passages in library.values():
        for passage in passages:
            assert_located(snapshot, document, passage)


def assert_located(snapshot: Snapshot, document: Document, passage: Passage) -> None:
    """A passage is found by its id, and its document by its own."""
    view, number = snapshot.locate(passage.id)
    assert view.segment.passage(number).passage == passage
    at = snapshot.locate_document(document.id)
    assert at is not None
    assert at[0] is view
    assert view.segment.passage(number).document == at[1]


def library_of(entries: Iterable[Entry]) -> Library:
    """Entries by id; of two with one id the later stays."""
    return {document.id: (document, passages) for document, passages in entries}
